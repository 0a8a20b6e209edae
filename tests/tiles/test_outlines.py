"""Borders are drawn once."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from tiles.outlines import drawn_once
from tiles.ragged import offsets_of
from tiles.simplify import Lines

Step = tuple[tuple[int, int], tuple[int, int]]

pixels = st.tuples(st.integers(0, 3), st.integers(0, 3))
borders = st.lists(st.tuples(st.lists(pixels, min_size=2, max_size=7), st.integers(-1, 5)), max_size=8)


def _lines(paths: list[list[tuple[int, int]]]) -> Lines:
    xy = np.array([pixel for path in paths for pixel in path], np.int32).reshape(-1, 2)
    return Lines(xy, offsets_of(np.array([len(path) for path in paths], np.int64)), np.arange(len(xy)))


def _steps(lines: Lines, feature: np.ndarray[tuple[int], np.dtype[np.int64]]) -> list[tuple[Step, int]]:
    found = []
    for number, (low, high) in enumerate(zip(lines.offsets[:-1], lines.offsets[1:], strict=True)):
        path = [(int(x), int(y)) for x, y in lines.xy[low:high]]
        for step in pairwise(path):
            one, other = sorted(step)
            if one != other and feature[number] >= 0:
                found.append(((one, other), int(feature[number])))
    return found


@given(borders)
def test_every_step_is_drawn_once_for_the_highest_of_its_borders(
    given: list[tuple[list[tuple[int, int]], int]],
) -> None:
    lines, feature = _lines([path for path, _ in given]), np.array([number for _, number in given], np.int64)
    highest: dict[Step, int] = {}
    for step, number in _steps(lines, feature):
        highest[step] = min(highest.get(step, 99), number, key=lambda one: (one // 2, one % 2 == 0))
    once, of = drawn_once(lines, feature)
    assert dict(_steps(once, of)) == highest
    assert all(count == 1 for count in Counter(step for step, _ in _steps(once, of)).values())


@given(borders)
def test_lines_that_meet_nothing_stay_as_they_are(given: list[tuple[list[tuple[int, int]], int]]) -> None:
    # Each in a place of its own and along a parabola, so that no step comes twice.
    paths = [[(n + 100 * place, n * n) for n in range(len(path))] for place, (path, _) in enumerate(given)]
    lines, feature = _lines(paths), np.array([max(number, 0) for _, number in given], np.int64)
    once, of = drawn_once(lines, feature)
    assert once.xy.tolist() == lines.xy.tolist()
    assert once.offsets.tolist() == lines.offsets.tolist()
    assert of.tolist() == feature.tolist()


def test_a_border_is_interrupted_where_a_higher_one_runs_over_it() -> None:
    lines = _lines([[(0, 0), (1, 0), (2, 0), (3, 0)], [(2, 0), (1, 0)]])
    once, of = drawn_once(lines, np.array([2, 0]))
    drawn = shapely.linestrings(once.xy.astype(float), indices=np.repeat(np.arange(len(once)), np.diff(once.offsets)))
    assert [line.wkt for line in drawn] == ["LINESTRING (0 0, 1 0)", "LINESTRING (2 0, 3 0)", "LINESTRING (2 0, 1 0)"]
    assert of.tolist() == [2, 2, 0]
