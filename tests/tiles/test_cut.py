"""Shapes cut into tiles."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tiles.make import Geometry
from tiles import cut
from tiles.cut import EXTENT, Pieces, cut_shapes
from tiles.rings import doubled_areas
from tiles.shapes import Shapes

Z, BUFFER = 6, 32
NOTHING = Shapes(
    np.zeros((0, 2), np.int32), np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, bool), np.zeros(0, np.int64)
)


def land(seed: int, vertices: int, holes: int) -> Geometry:
    """A country with a rough coast over thousands of tiles, with lakes, on the grid of zoom 6."""
    rng = np.random.default_rng(seed)
    angle = np.sort(rng.uniform(0, 2 * np.pi, vertices))
    radius = EXTENT * (20 + 4 * np.sin(3 * angle) + rng.uniform(-0.3, 0.3, vertices))
    coast = np.column_stack([np.cos(angle), np.sin(angle)]) * radius[:, None] + EXTENT * 32
    shape = shapely.Polygon(np.rint(coast)).buffer(0)
    places = rng.uniform(20 * EXTENT, 44 * EXTENT, (holes, 2)).round()
    lakes = shapely.union_all(shapely.buffer(shapely.points(places), rng.uniform(50, 9000, holes), quad_segs=4))
    made: Geometry = shapely.get_parts(shapely.set_precision(shape.difference(lakes), 1))
    return made


def areas_by_tile(pieces: Pieces) -> dict[int, float]:
    """Square units in each tile and its frame."""
    areas = doubled_areas(pieces.xy, pieces.offsets) / 2
    tiles, tile = np.unique(pieces.tile, return_inverse=True)
    return dict(zip(tiles.tolist(), np.bincount(tile, areas).tolist(), strict=True))


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1000), st.integers(50, 1500), st.integers(0, 40))
def test_cutting_by_blocks_gives_the_same_tiles(seed: int, vertices: int, holes: int) -> None:
    shapes = NOTHING.and_also(country := land(seed, vertices, holes), np.arange(len(country)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cut, "HEAVY", np.inf)
        at_once = cut_shapes(shapes, Z, BUFFER)
        patch.setattr(cut, "HEAVY", 0)
        in_blocks = cut_shapes(shapes, Z, BUFFER)
    # Where a border meets the frame of a tile halfway between two pixels, it may be rounded to either.
    assert areas_by_tile(in_blocks) == pytest.approx(areas_by_tile(at_once), abs=0.6 * EXTENT)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1000), st.integers(50, 1500), st.integers(0, 40))
def test_tiles_together_are_the_shape(seed: int, vertices: int, holes: int) -> None:
    shapes = NOTHING.and_also(country := land(seed, vertices, holes), np.arange(len(country)))
    areas = areas_by_tile(cut_shapes(shapes, Z, BUFFER))
    frames = {tile: shapely.box(*_frame(tile)) for tile in areas}
    whole = shapely.union_all(country)
    for tile in list(areas)[:: max(len(areas) // 40, 1)]:
        expected = shapely.intersection(whole, frames[tile])
        assert areas[tile] == pytest.approx(expected.area, abs=0.6 * expected.length + 1)


def _frame(tile: int) -> tuple[float, float, float, float]:
    row, column = divmod(tile, 1 << Z)
    low, high = -BUFFER - 0.5, EXTENT + BUFFER + 0.5
    return column * EXTENT + low, row * EXTENT + low, column * EXTENT + high, row * EXTENT + high
