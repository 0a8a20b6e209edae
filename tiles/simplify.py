"""Fewer vertices at each zoom: all arcs of a coverage at once, from the finest zoom to the coarsest.

Each zoom starts from what the finer one kept. Vertices are rounded to the tile grid, those that fall on the same
pixel as their predecessor are dropped, and then vertices whose triangle with their two neighbours is smallest go first
(Visvalingam & Whyatt 1993). The ends of an arc always stay: they are nodes that neighbours share.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tiles.ragged import Ints, offsets_of, ranges
from tiles.rings import PIXELS, picked

DENSE = 8
"""While more than one vertex in so many is small, all are looked at in each round, then only those and their neighbours. The
1.5 M vertices of the buurten of 2016 at zoom 12 took 0.28 s of CPU with 4 to 16, 0.33 with 32, 0.87 without rounds for all."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Arcs at one zoom, on the tile grid."""

    xy: PIXELS
    """(vertices, 2)."""

    offsets: Ints
    """(arcs + 1,)."""

    source: Ints
    """(vertices,) position of each vertex in the arcs that simplification began with; negative for one that mending added."""

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def where(self, keep: NDArray[np.bool_]) -> Lines:
        """Only the vertices marked True; every arc stays, with its ends."""
        # A pair as one number takes a quarter of the time.
        xy = self.xy.view(np.int64).ravel()[keep].view(np.int32).reshape(-1, 2)
        return Lines(xy, offsets_of(keep)[self.offsets], self.source[keep])

    @property
    def is_end(self) -> NDArray[np.bool_]:
        """(vertices,) True for the first and last vertex of each arc."""
        ends = np.zeros(len(self.xy), bool)
        ends[self.offsets[:-1]] = True
        ends[self.offsets[1:] - 1] = True
        return ends


def rows(lines: Lines, arcs: Ints) -> Lines:
    """Some of the arcs."""
    length = np.diff(lines.offsets)[arcs]
    index = ranges(lines.offsets[:-1][arcs], length)
    return Lines(picked(lines.xy, index), offsets_of(length), lines.source[index])


def replaced(lines: Lines, arcs: Ints, others: Lines) -> Lines:
    """The lines with others in place of some arcs."""
    length = np.diff(lines.offsets)
    start = lines.offsets[:-1].copy()
    length[arcs] = np.diff(others.offsets)
    start[arcs] = len(lines.xy) + others.offsets[:-1]
    index = ranges(start, length)
    source = np.concatenate([lines.source, others.source])[index]
    return Lines(picked(np.vstack([lines.xy, others.xy]), index), offsets_of(length), source)


def lines_at(unit_xy: NDArray[np.float64], offsets: Ints, source: Ints, units: int) -> Lines:
    """Arcs rounded to a grid of ``units`` steps along the side of the square, repeated pixels dropped.

    unit_xy and source have one row per vertex; the ends of an arc stay even where they fall on one pixel.
    """
    lines = Lines(np.rint(unit_xy * float(units)).astype(np.int32), offsets, source)
    pixel = lines.xy.view(np.int64).ravel()
    same = pixel[1:] == pixel[:-1]
    if not same.any():
        return lines
    # Among vertices on one pixel an end wins, whichever side it stands on; between two arcs both ends stay.
    end = lines.is_end
    keep = np.ones(len(pixel), bool)
    keep[1:] = ~same | end[1:]
    kept = np.flatnonzero(keep)
    before_end = np.flatnonzero(end[kept[1:]] & (pixel[kept[1:]] == pixel[kept[:-1]]) & ~end[kept[:-1]])
    keep[kept[before_end]] = False
    return lines.where(keep)


def thinned(lines: Lines, tolerance: float) -> Lines:
    """The arcs without the vertices whose triangle covers less than ``tolerance`` squared, in square tile units."""
    return lines.where(_kept(lines, 2.0 * tolerance * tolerance))


def _kept(lines: Lines, smallest: float) -> NDArray[np.bool_]:
    """(vertices,) True for what stays when no vertex may have a doubled triangle area below ``smallest``.

    In each round every vertex that is smaller than both its neighbours goes, all over the coverage. That follows the order of
    one smallest vertex at a time closely (a removal touches only its two neighbours), and the result depends on the arc alone.
    """
    x, y = lines.xy[:, 0].astype(np.float64), lines.xy[:, 1].astype(np.float64)
    left, end = np.arange(len(x)), lines.is_end
    while True:
        area = _areas(x, y, end)
        small = area < smallest
        if np.count_nonzero(small) * DENSE < len(x):
            break
        # Of equal neighbours the first in the arc goes.
        stays = ~small
        stays[:-1] |= area[:-1] > area[1:]
        stays[1:] |= area[1:] >= area[:-1]
        x, y, left, end = x[stays], y[stays], left[stays], end[stays]
    keep = np.zeros(len(lines.xy), bool)
    keep[left[_left(x, y, end, area, smallest)]] = True
    return keep


def _areas(x: NDArray[np.float64], y: NDArray[np.float64], end: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(vertices,) twice the area of the triangle of each with its neighbours; infinite for ends."""
    area = np.full(len(x), np.inf)
    dx, dy = np.diff(x), np.diff(y)
    area[1:-1] = np.abs(dx[:-1] * dy[1:] - dx[1:] * dy[:-1])
    area[end] = np.inf
    return area


def _left(
    x: NDArray[np.float64], y: NDArray[np.float64], end: NDArray[np.bool_], area: NDArray[np.float64], smallest: float
) -> NDArray[np.bool_]:
    """The same where few vertices go: only those and their neighbours are looked at."""
    n = len(x)
    before, after = np.arange(-1, n - 1), np.arange(1, n + 1)
    keep = np.ones(n, bool)

    def measure(vertices: Ints) -> NDArray[np.float64]:
        p, q = before[vertices], after[vertices]
        px, py = x[p], y[p]
        cross = (x[vertices] - px) * (y[q] - py) - (x[q] - px) * (y[vertices] - py)
        return np.abs(cross)

    # A vertex may be listed twice; the last one to sign here stays.
    signed = np.empty(n, np.int64)
    candidates = np.flatnonzero(area < smallest)
    while len(candidates):
        own = area[candidates]
        gone = candidates[(own <= area[after[candidates]]) & (own < area[before[candidates]])]
        keep[gone] = False
        area[gone] = np.inf
        p, q = before[gone], after[gone]
        after[p], before[q] = q, p
        beside = np.concatenate([p, q])
        beside = beside[~end[beside]]
        area[beside] = measure(beside)
        candidates = np.concatenate([candidates[keep[candidates]], beside])
        candidates = candidates[area[candidates] < smallest]
        signed[candidates] = place = np.arange(len(candidates))
        candidates = candidates[signed[candidates] == place]
    return keep
