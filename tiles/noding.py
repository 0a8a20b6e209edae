"""Borders that cross after rounding and thinning, noded on the tile grid so that all regions along them change alike."""

from __future__ import annotations

from typing import cast

import numpy as np
import shapely
from numpy.typing import NDArray

from tiles.coverage import Coverage
from tiles.ragged import Ints, offsets_of, ranges, row_of
from tiles.rings import PIXELS, first_of_each
from tiles.shapes import Geometry, RingsAt, off_grid, whole_features
from tiles.simplify import Lines, lines_at, replaced, rows
from tiles.snap import crossings, snap_rounded

ROUNDS = 5
"""Each round can only meet what the one before it changed; two or three have always been enough."""

SQUARE = 16
"""Side of the squares, in tile units, in which segments that may cross are looked for."""

NEAR_CROSSING = 3
"""Arcs whose bounds come this close to a crossing, in tile units, are noded with it."""


def noded(
    coverage: Coverage, lines: Lines, finest: Lines, units: int, rings: RingsAt, bad: Ints
) -> tuple[Lines, RingsAt, Ints, int]:
    """Lines without crossings off the grid, the rings they make, the features still not valid, and how many had crossed."""
    crossed = 0
    fresh, changed = bad, np.arange(len(coverage.arcs))
    for attempt in range(ROUNDS):
        within, count = _arcs_crossing_in_features(coverage, lines, rings, fresh)
        arcs = np.union1d(within, _outer_arcs_crossing(coverage, lines, changed))
        if not len(arcs):
            break
        if attempt == 0:
            crossed = count
            given = rows(finest, arcs)
        elif attempt == 1:
            # Thinning at a finer zoom had made them cross already: back to how they were given.
            given = _as_given(coverage, arcs, units)
        else:
            given = rows(lines, arcs)
        made = snap_rounded(*given)
        if attempt > 1 and np.array_equal(made[0], given[0]):
            break
        lines = replaced(lines, arcs, *made)
        rings, changed = rings.updated(lines, arcs), arcs
        concerned = np.unique(coverage.feature[coverage.use_part[np.isin(coverage.arcs.use_arc, arcs)]])
        fresh = rings.bad_features(concerned)
        bad = np.union1d(np.setdiff1d(bad, concerned), fresh)
    return lines, rings, bad, crossed


def _arcs_crossing_in_features(coverage: Coverage, lines: Lines, rings: RingsAt, bad: Ints) -> tuple[Ints, int]:
    """Arcs of bad features whose borders cross, and how many features these are.

    Borders that cross off the grid give vertices off the grid when they are made valid; of these only the arcs nearby are
    meant. Borders that cross at a vertex enclose some ground upside down, so that the areas differ.
    """
    nothing = np.zeros(0, np.int64), 0
    if not len(bad):
        return nothing
    is_bad = np.zeros(coverage.features, bool)
    is_bad[bad] = True
    whole, names = whole_features(*rings.polygons(is_bad))
    made = shapely.make_valid(whole, method="structure", keep_collapsed=False)
    off, points = off_grid(made)
    covered = np.zeros(coverage.features)
    covered[names] = shapely.area(made)
    twisted = is_bad & (np.abs(covered - rings.areas()) > 1e-6)
    twisted[names[off]] = False
    arcs = coverage.arcs_of_parts(twisted[coverage.feature])
    if len(points):
        near = coverage.arcs_of_parts(is_bad[coverage.feature])
        xy, offsets = rows(lines, near)
        begin = offsets[:-1]
        low, high = np.minimum.reduceat(xy, begin) - NEAR_CROSSING, np.maximum.reduceat(xy, begin) + NEAR_CROSSING
        tree = shapely.STRtree(cast("Geometry", shapely.points(points)))
        arcs = np.union1d(arcs, near[tree.query(shapely.box(*np.hstack([low, high]).T))[0]])
    return arcs, int(off.sum() + twisted.sum())


def _outer_arcs_crossing(coverage: Coverage, lines: Lines, changed: Ints) -> Ints:
    """Outer borders that cross each other: two coasts of a strait can do so while every region by itself is valid.

    changed are the arcs that may have come to cross another one since this was last asked.
    """
    arcs, owner = coverage.outer_arcs
    if not len(arcs):
        return arcs
    is_changed = np.isin(arcs, changed)
    near = _near_changed(lines, arcs, is_changed)
    arcs, owner, is_changed = arcs[near], owner[near], is_changed[near]
    xy, offsets = rows(lines, arcs)
    line = row_of(offsets)
    begin = np.flatnonzero(line[:-1] == line[1:])
    begin = begin[(xy[begin] != xy[begin + 1]).any(axis=1)]
    line = line[begin]
    beside = _beside_others(xy[begin], xy[begin + 1], owner[line], is_changed[line])
    begin, line = begin[beside], line[beside]
    # At the coarsest zooms many borders run over the same few pixels.
    ends = np.sort(np.column_stack([_key(xy[begin]), _key(xy[begin + 1])]), axis=1)
    _, first, same = np.unique(ends, axis=0, return_index=True, return_inverse=True)
    one, other = crossings(xy[begin[first]], xy[begin[first] + 1])
    crosses = np.zeros(len(first), bool)
    crosses[one] = crosses[other] = True
    return np.unique(arcs[line[crosses[same.reshape(-1)]]])


def _near_changed(lines: Lines, arcs: Ints, changed: NDArray[np.bool_]) -> Ints:
    """Which of some arcs have bounds that meet those of a changed one."""
    if not changed.any() or changed.all():
        return np.flatnonzero(changed)
    xy, offsets = rows(lines, arcs)
    low, high = np.minimum.reduceat(xy, offsets[:-1]), np.maximum.reduceat(xy, offsets[:-1])
    boxes = cast("Geometry", shapely.box(*np.hstack([low, high]).T))
    return np.unique(shapely.STRtree(boxes).query(boxes[changed])[1])


def _beside_others(begin: PIXELS, end: PIXELS, owner: Ints, changed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(segments,) True where a segment of another owner is near and one of the two is changed; only these can cross.

    Every segment is entered in the squares that the corners of its bounds lie in. One longer than a square is always near.
    """
    low, high = np.minimum(begin, end), np.maximum(begin, end)
    near = np.asarray((high - low > SQUARE).any(axis=1))
    if not len(begin):
        return near
    corners = [low, np.column_stack([high[:, 0], low[:, 1]]), np.column_stack([low[:, 0], high[:, 1]]), high]
    keys = _key(np.vstack(corners) // SQUARE)
    order = np.argsort(keys, kind="stable")
    first = first_of_each(keys[order])
    square = np.cumsum(first) - 1
    owners = np.tile(owner, 4)[order]
    shared, fresh = np.zeros(square[-1] + 1, bool), np.zeros(square[-1] + 1, bool)
    shared[square[owners != owners[first][square]]] = True
    fresh[square[np.tile(changed, 4)[order]]] = True
    near[order[(shared & fresh)[square]] % len(begin)] = True
    return near


def _key(xy: PIXELS) -> Ints:
    """(n,) one number for each pixel."""
    key: Ints = (xy[:, 0].astype(np.int64) << 32) + xy[:, 1]
    return key


def _as_given(coverage: Coverage, arcs: Ints, units: int) -> tuple[PIXELS, Ints]:
    """Some arcs with all their vertices, rounded to the grid, and where each begins."""
    source, offsets = coverage.unthinned
    length = np.diff(offsets)[arcs]
    index = ranges(offsets[:-1][arcs], length)
    given = lines_at(coverage.arcs.xy[coverage.arcs.vertex[index]], offsets_of(length), source[index], units)
    return given.xy, given.offsets
