"""Where borders are noded: around crossings, and nowhere else."""

from __future__ import annotations

import numpy as np

from tiles.noding import REACH, _Around
from tiles.simplify import Lines


def lines(*several: list[tuple[int, int]]) -> Lines:
    xy = np.array([vertex for line in several for vertex in line], np.int32)
    offsets = np.cumsum([0, *map(len, several)])
    return Lines(xy, offsets, np.arange(len(xy)))


def test_only_segments_that_may_come_near_a_crossing_are_noded() -> None:
    around = _Around.of(np.array([[100.0, 100.0]]))
    given = lines(
        [(0, 0), (300, 300)],  # passes over it
        [(0, 300), (300, 0 + 300 - 1)],  # passes far from it
        [(98, 99), (99, 99), (400, 99)],  # begins beside it
        [(100 + 4 * REACH, 0), (100 + 4 * REACH, 300)],  # passes beside the squares around it
    )
    concerned = around.segments(given)
    begins = np.ones(len(concerned), bool)
    begins[given.offsets[1:] - 1] = False
    assert concerned[begins].tolist() == [True, False, True, True, False]
