"""Thinning and noding of lines on the tile grid."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tiles.ragged import row_of
from tiles.simplify import Lines, lines_at, thinned
from tiles.snap import crossings, snap_rounded

paths = st.lists(
    arrays(np.int32, st.tuples(st.integers(2, 25), st.just(2)), elements=st.integers(0, 60)), min_size=1, max_size=6
)


def lines_of(many: list[np.ndarray]) -> Lines:
    xy = np.vstack(many)
    offsets = np.concatenate([[0], np.cumsum([len(one) for one in many])])
    return Lines(xy, offsets, np.arange(len(xy)))


def segments_of(lines: Lines) -> tuple[np.ndarray, np.ndarray]:
    line = row_of(lines.offsets)
    begin = np.flatnonzero(line[:-1] == line[1:])
    return lines.xy[begin], lines.xy[begin + 1]


@given(paths, st.floats(0.5, 6))
def test_thinning_keeps_the_ends_of_every_line_and_only_drops_vertices(
    many: list[np.ndarray], tolerance: float
) -> None:
    lines = lines_of(many)
    thin = thinned(lines, tolerance)
    assert len(thin) == len(lines)
    assert np.array_equal(thin.xy, lines.xy[thin.source])
    assert np.array_equal(thin.source[thin.offsets[:-1]], lines.offsets[:-1])
    assert np.array_equal(thin.source[thin.offsets[1:] - 1], lines.offsets[1:] - 1)


@given(paths, st.floats(0.5, 6))
def test_no_triangle_smaller_than_the_tolerance_is_left(many: list[np.ndarray], tolerance: float) -> None:
    thin = thinned(lines_of(many), tolerance)
    for begin, end in zip(thin.offsets[:-1], thin.offsets[1:], strict=True):
        path = thin.xy[begin:end].astype(float)
        for a, b, c in zip(path, path[1:], path[2:], strict=False):
            assert shapely.Polygon([a, b, c]).area >= tolerance**2 - 1e-9


@given(st.integers(0, 10_000), st.floats(0.5, 40))
def test_vertices_go_in_rounds_of_those_smaller_than_their_neighbours(seed: int, tolerance: float) -> None:
    walk = np.random.default_rng(seed).integers(-9, 10, (300, 2)).cumsum(axis=0).astype(np.int32)
    assert np.array_equal(thinned(lines_of([walk]), tolerance).xy, thinned_one_by_one(walk, tolerance))


def thinned_one_by_one(path: np.ndarray, tolerance: float) -> np.ndarray:
    while True:
        areas = [shapely.Polygon(path[i - 1 : i + 2]).area for i in range(1, len(path) - 1)]
        sizes = [float("inf"), *areas, float("inf")]
        stays = [
            sizes[i] >= tolerance**2 or sizes[i] > sizes[i + 1] or sizes[i] >= sizes[i - 1]
            for i in range(1, len(path) - 1)
        ]
        if all(stays):
            return path
        path = path[[True, *stays, True]]


@given(paths)
def test_a_line_thins_the_same_whatever_stands_beside_it(many: list[np.ndarray]) -> None:
    together = thinned(lines_of(many), 2.0)
    for i, one in enumerate(many):
        alone = thinned(lines_of([one]), 2.0)
        assert np.array_equal(alone.xy, together.xy[together.offsets[i] : together.offsets[i + 1]])


@given(paths)
def test_rounding_leaves_no_pixel_twice_in_a_row_but_for_the_ends(many: list[np.ndarray]) -> None:
    lines = lines_of(many)
    rounded = lines_at(lines.xy / 4096.0, lines.offsets, lines.source, 1024)
    for begin, end in zip(rounded.offsets[:-1], rounded.offsets[1:], strict=True):
        steps = np.abs(np.diff(rounded.xy[begin:end], axis=0)).sum(axis=1)
        assert (steps > 0).all() or end - begin == 2


@given(paths)
def test_after_snap_rounding_lines_meet_only_at_vertices(many: list[np.ndarray]) -> None:
    lines = lines_of(many)
    snapped = snap_rounded(lines)
    xy, offsets = snapped.xy, snapped.offsets
    assert len(crossings(*segments_of(Lines(xy, offsets, np.arange(len(xy)))))[0]) == 0
    for i, one in enumerate(many):
        assert xy[offsets[i]].tolist() == one[0].tolist()
        assert xy[offsets[i + 1] - 1].tolist() == one[-1].tolist()


@given(paths)
def test_crossings_are_those_that_geos_finds(many: list[np.ndarray]) -> None:
    lines = lines_of(many)
    segments = [shapely.LineString(xy) for one in many for xy in pairwise(one) if not np.array_equal(xy[0], xy[1])]
    expected = any(a.crosses(b) for i, a in enumerate(segments) for b in segments[i + 1 :])
    assert (len(crossings(*segments_of(lines))[0]) > 0) == expected
