"""Regions as samples, against GDAL's own filling of polygons."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.features import rasterize
from rasterio.transform import Affine

from tiles.raster import filled

SAMPLES = 60


def by_gdal(shapes: np.ndarray, corner: np.ndarray, step: float) -> np.ndarray:
    transform = Affine.translation(*corner) @ Affine.scale(step)
    burnt = [(shape, place) for place, shape in enumerate(shapes, start=1)]
    return np.asarray(rasterize(burnt, (SAMPLES, SAMPLES), transform=transform, dtype="uint16"))


@given(seed=st.integers(0, 10_000), regions=st.integers(2, 40), step=st.sampled_from([7.3, 13.1, 41.7]))
@settings(max_examples=40, deadline=None)
def test_regions_lie_where_gdal_fills_them(seed: int, regions: int, step: float) -> None:
    """Corners on whole numbers as in a tile, samples between them; a square larger and smaller than the coverage."""
    points = np.random.default_rng(seed).integers(0, 1024, (regions, 2))
    cells = shapely.voronoi_polygons(shapely.MultiPoint(points), extend_to=shapely.box(0, 0, 1024, 1024))
    shapes = np.array([shapely.intersection(cell, shapely.box(-50, -50, 1100, 1100)) for cell in cells.geoms], object)
    shapes = shapely.set_precision(shapes, 1.0)
    shapes = np.array([shape for shape in shapes if shape.area > 0], object)
    corner = np.array([-31.37, 12.71])
    own, gdal = filled(shapes, corner, step, SAMPLES), by_gdal(shapes, corner, step)
    # Rounding cell by cell can leave slivers that two cells claim; everywhere else both say the same.
    assert (own != gdal).mean() < 0.01


def test_holes_islands_and_several_parts_are_filled_as_gdal_does() -> None:
    lake = shapely.box(10, 10, 50, 50).difference(shapely.box(20, 20, 40, 40))
    island = shapely.box(25, 25, 35, 35)
    archipelago = shapely.union(shapely.box(1, 1, 5, 5), shapely.box(52, 2, 58, 58))
    shapes = np.array([lake, island, archipelago], object)
    corner = np.array([0.0, 0.0])
    assert np.array_equal(filled(shapes, corner, 1.0, SAMPLES), by_gdal(shapes, corner, 1.0))


def test_of_two_regions_on_the_same_ground_the_last_lies_on_top_and_no_third_shows() -> None:
    boxes = [
        shapely.box(1, 1, 30, 30),
        shapely.box(20, 20, 50, 50),
        shapely.box(40, 1, 59, 12),
        shapely.box(2, 40, 9, 58),
    ]
    shapes, corner = np.array([*boxes, shapely.box(5, 5, 45, 25)], object), np.array([0.0, 0.0])
    assert np.array_equal(filled(shapes, corner, 1.0, SAMPLES), by_gdal(shapes, corner, 1.0))


@pytest.mark.parametrize("shapes", [[], [shapely.box(500, 500, 600, 600)], [shapely.Polygon()]])
def test_a_square_without_regions_is_empty(shapes: list[shapely.Geometry]) -> None:
    assert not filled(np.array(shapes, object), np.array([0.0, 0.0]), 1.0, SAMPLES).any()
