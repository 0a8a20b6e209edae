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
from tiles.simplify import lines_at, thinned
from tiles.twists import windings


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
