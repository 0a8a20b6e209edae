"""Borders as arcs, and arcs back into rings."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings

from tests.tiles.make import Geometry, coverages
from tiles import arcs
from tiles.arcs import arcs_of, distinct_vertices
from tiles.coverage import Coverage, outline_rank, ring_vertices
from tiles.rings import Rings, doubled_areas
from tiles.simplify import Lines


def as_lines(coverage: Coverage) -> Lines:
    arcs = coverage.arcs
    return Lines(arcs.xy.astype(np.int32), arcs.offsets, np.arange(len(arcs.xy)))


def test_two_squares_share_one_arc() -> None:
    squares = np.array([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)], object)
    rings = Rings.of(squares)
    arcs = arcs_of(rings.xy, rings.offsets)
    assert len(arcs) == 3
    assert np.bincount(arcs.use_arc).tolist().count(2) == 1


def test_an_island_is_one_closed_arc() -> None:
    rings = Rings.of(np.array([shapely.Point(0, 0).buffer(5)], object))
    arcs = arcs_of(rings.xy, rings.offsets)
    assert len(arcs) == 1
    assert np.array_equal(arcs.xy[0], arcs.xy[-1])


@settings(max_examples=30, deadline=None)
@given(coverages)
def test_rings_put_together_from_arcs_are_the_rings_they_came_from(coverage: Geometry) -> None:
    rings = Rings.of(coverage)
    whole = Coverage.of(rings, np.zeros(len(coverage), int))
    index, offsets = ring_vertices(whole, as_lines(whole), by_pixel=False)
    xy = whole.arcs.xy[index]
    assert np.array_equal(np.diff(offsets), np.diff(rings.offsets))
    assert np.allclose(doubled_areas(xy, offsets), doubled_areas(rings.xy, rings.offsets))


@settings(max_examples=30, deadline=None)
@given(coverages)
def test_every_arc_is_used_at_most_once_each_way(coverage: Geometry) -> None:
    rings = Rings.of(coverage)
    arcs = arcs_of(rings.xy, rings.offsets)
    uses = list(zip(arcs.use_arc.tolist(), arcs.use_backwards.tolist(), strict=True))
    assert len(uses) == len(set(uses))
    assert sum(np.diff(arcs.offsets) - 1) * 2 >= len(rings.xy)


def test_the_same_borders_on_two_levels_are_the_same_arcs() -> None:
    west, east = shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)
    both = np.array([shapely.union(west, east), west, east], object)
    # The union lacks the two vertices where the inner border meets the outer one; give them to it.
    both[0] = shapely.Polygon([(0, 0), (0, 10), (10, 10), (20, 10), (20, 0), (10, 0)])
    coverage = Coverage.of(Rings.of(both), np.array([0, 1, 1]))
    rank, outer = outline_rank(coverage, np.array([0, 1, 1]))
    assert sorted(zip(rank.tolist(), outer.tolist(), strict=True)) == [(0, True), (0, True), (1, False)]


def test_shells_have_positive_area_on_a_grid_that_points_down() -> None:
    ring = shapely.Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(2, 2), (4, 2), (4, 4), (2, 4)]])
    for geometry in (ring, shapely.reverse(ring)):
        rings = Rings.of(np.array([geometry], object), y_down=True)
        assert np.sign(doubled_areas(rings.xy, rings.offsets)).tolist() == [1, -1]


def test_points_are_told_apart_where_their_keys_are_equal(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(8)
    xy = np.vstack([rng.integers(0, 7, (500, 2)), [[0.0, 3.0], [-0.0, 3.0]]]).astype(float)
    for mix in ([0, 0], [1 << 60, 0]):
        monkeypatch.setattr(arcs, "MIX", np.array(mix, np.int64))
        vertex, position, rank = distinct_vertices(xy)
        _, expected = np.unique(xy, axis=0, return_inverse=True)
        assert len(set(zip(vertex.tolist(), expected.ravel().tolist(), strict=True))) == len(position) == 49
        assert np.array_equal(vertex[position], np.arange(49))
        assert np.array_equal(xy[position][vertex], xy)
        # Numbers follow the order of the points, ranks do not.
        assert (np.diff(position) > 0).all()
        again, _, other_rank = distinct_vertices(xy[::-1])
        assert np.array_equal(other_rank[again][::-1], rank[vertex])
