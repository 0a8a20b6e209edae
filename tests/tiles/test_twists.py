"""Regions put right where the grid is too coarse for them: nothing upside down, nothing twice, nobody gone."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.tiles.make import Geometry, coverages, wiggly_coverage
from tiles.coverage import Coverage
from tiles.mend import shapes_of
from tiles.rings import Rings
from tiles.shapes import RingsAt, Shapes
from tiles.simplify import Lines, lines_at, thinned
from tiles.twists import upright, windings, without_straits


def in_unit_square(coverage: Geometry) -> Geometry:
    """The coverage with y down, its longer side 1."""
    west, south, east, north = shapely.total_bounds(coverage).tolist()
    side = max(east - west, north - south)
    moved: Geometry = shapely.transform(coverage, lambda xy: (xy - [west, south]) / side * [1, -1] + [0, 1])
    return moved


def shapes_at(coverage: Geometry, units: int) -> tuple[Shapes, RingsAt]:
    """The shapes of a coverage on a grid of so many steps along its side, and the rings before mending."""
    unit = in_unit_square(coverage)
    whole = Coverage.of(Rings.of(unit, y_down=True), np.zeros(len(coverage), np.int64))
    source, offsets = whole.unthinned
    finest = lines_at(whole.arcs.xy, offsets, source, units)
    lines = thinned(finest, 2.0)
    return shapes_of(whole, lines, finest, units)[0], RingsAt.of(whole, lines)


def overlap(shapes: Shapes) -> float:
    """Square units that lie under two regions."""
    polygons, _ = shapes.polygons()
    return float(shapely.area(polygons).sum() - shapely.area(shapely.union_all(polygons)))


def islands(seed: int, count: int) -> Geometry:
    """Regions that nowhere touch, with straits of every width between them."""
    return np.array([shapely.buffer(region, -200) for region in wiggly_coverage(seed, count, 60_000.0)], object)


@settings(max_examples=60, deadline=None)
@given(coverages, st.sampled_from([24, 40, 64, 100, 256, 1000]))
@example(wiggly_coverage(3, 25, 60_000.0), 24)
def test_no_two_regions_overlap_however_coarse_the_grid(coverage: Geometry, units: int) -> None:
    shapes, _ = shapes_at(coverage, units)
    assert overlap(shapes) == pytest.approx(0, abs=1e-6)
    assert shapely.is_valid(shapes.polygons()[0]).all()


@pytest.mark.parametrize("units", [1, 2, 3, 5, 8])
def test_regions_that_outnumber_the_pixels_each_have_a_valid_shape(units: int) -> None:
    shapes, _ = shapes_at(wiggly_coverage(3, 60, 60_000.0), units)
    polygons, feature = shapes.polygons()
    assert set(feature.tolist()) == set(range(60))
    assert shapely.is_valid(polygons).all()
    assert (shapely.area(polygons) >= 0.5).all()


@settings(max_examples=60, deadline=None)
@given(coverages, st.sampled_from([24, 64, 256]))
def test_every_region_keeps_a_shape(coverage: Geometry, units: int) -> None:
    shapes, _ = shapes_at(coverage, units)
    assert set(shapes.feature.tolist()) == set(range(len(coverage)))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 12), st.sampled_from([40, 100, 400, 2000]))
def test_coasts_of_a_strait_do_not_overlap(seed: int, count: int, units: int) -> None:
    shapes, _ = shapes_at(islands(seed, count), units)
    assert overlap(shapes) == pytest.approx(0, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(coverages, st.sampled_from([40, 256]), st.integers(0, 100))
def test_winding_numbers_add_up_to_one_inside_a_coverage(coverage: Geometry, units: int, seed: int) -> None:
    _, rings = shapes_at(coverage, units)
    points = np.random.default_rng(seed).uniform(0, units, (40, 2))
    deep = shapely.buffer(shapely.union_all(in_unit_square(coverage)), -4 / units)
    points = points[shapely.covers(deep, shapely.points(points / units))]
    features = np.arange(rings.coverage.features)
    each = windings(rings, np.repeat(points, len(features), axis=0), np.tile(features, len(points)))
    assert (each.reshape(len(points), len(features)).sum(axis=1) == 1).all()


def test_a_region_that_is_nothing_but_a_dot_is_taken_from_its_neighbour() -> None:
    land, speck = shapely.box(0, 0, 1000, 1000), shapely.box(500.2, 500.2, 500.6, 500.6)
    shapes, _ = shapes_at(np.array([land.difference(speck), speck], object), 100)
    polygons, feature = shapes.polygons()
    areas = np.bincount(feature, shapely.area(polygons))
    assert areas.tolist() == [100 * 100 - 0.5, 0.5]


def with_pixels(coverage: Coverage, rings: list[list[tuple[int, int, bool]]]) -> Lines:
    """The arcs of islands with other pixels, each with whether it was in the source."""
    arcs = coverage.arcs
    order = [rings[ring][::-1] if back else rings[ring] for ring, back in enumerate(arcs.use_backwards.tolist())]
    order = [order[ring] for ring in np.argsort(arcs.use_arc).tolist()]
    closed = [[*ring, ring[0]] for ring in order]
    rows = [
        (x, y, begin if given else -1)
        for begin, ring in zip(arcs.offsets, closed, strict=False)
        for x, y, given in ring
    ]
    xy, source = np.array([row[:2] for row in rows], np.int32), np.array([row[2] for row in rows])
    return Lines(xy, np.cumsum([0, *map(len, closed)]), source)


def test_ground_that_two_noded_coasts_claim_goes_to_one() -> None:
    islands = np.array([shapely.box(0, 0, 10, 10), shapely.box(12, 0, 22, 10)], object)
    coverage = Coverage.of(Rings.of(islands, y_down=True), np.zeros(2, np.int64))
    # Noding has put the two pixels where the coasts cross into both of them.
    west = [(0, 0, True), (11, 3, False), (12, 5, True), (11, 7, False), (0, 10, True)]
    east = [(22, 0, True), (22, 10, True), (11, 7, False), (10, 5, True), (11, 3, False)]
    lines = with_pixels(coverage, [west, east])
    before = upright(RingsAt.of(coverage, lines), np.zeros(0, np.int64))
    assert overlap(before) == 4
    after = without_straits(coverage, lines, before)
    assert overlap(after) == 0
    assert shapely.union_all(after.polygons()[0]).area == shapely.union_all(before.polygons()[0]).area


def test_a_lake_between_two_nodes_that_is_turned_over_is_under_one_region() -> None:
    west = shapely.Polygon([(0, 0), (10, 0), (10, 10), (6, 30), (10, 60), (10, 64), (0, 64)])
    east = shapely.Polygon([(10, 0), (64, 0), (64, 64), (10, 64), (10, 60), (14, 30), (10, 10)])
    coverage = Coverage.of(Rings.of(np.array([west, east], object), y_down=True), np.zeros(2, np.int64))
    source, offsets = coverage.unthinned
    lines = lines_at(coverage.arcs.xy, offsets, source, 1)
    # Thinning and rounding have moved the western shore past the eastern one.
    lines.xy[(lines.xy == (6, 30)).all(axis=1)] = 16, 30
    before = upright(RingsAt.of(coverage, lines), np.zeros(0, np.int64))
    assert overlap(before) == 50
    after = without_straits(coverage, lines, before)
    assert overlap(after) == 0
