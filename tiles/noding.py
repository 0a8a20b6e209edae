"""Borders that cross after rounding and thinning, noded on the tile grid so that all regions along them change alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
import shapely
from numpy.typing import NDArray

from tiles.coverage import Coverage
from tiles.ragged import Ints, grouped, in_order, offsets_of, ranges, row_of
from tiles.rings import PIXELS, first_of_each, pixel_key
from tiles.shapes import Geometry, RingsAt, made_valid, marked, off_grid, whole_features
from tiles.simplify import Lines, lines_at, replaced, rows
from tiles.snap import Points, crossings, distinct_segments, snap_rounded

ROUNDS = 5
"""Each round can only meet what the one before it changed; four were the most that a country needed."""

REACH = 8
"""How far around a crossing, in tile units, vertices are given back and borders noded."""

LOOK_EVERY = 4
"""Tile units between points of a long segment that are looked at: less than a square, so that none is passed over."""

NEAR_CROSSING = 3
"""Arcs of a region that crosses itself whose bounds come this close to a crossing, in tile units, are noded there."""

CROWDED_ROUNDS = 1
"""Where there is hardly a pixel for each region there is nothing to be gained by more."""

SQUARE, WIDE_SQUARE = 16, 64
"""Sides of the squares, in tile units, in which segments that may cross are looked for: first in the wide ones."""


@dataclass(frozen=True, slots=True)
class Noded:
    """Borders after noding."""

    lines: Lines
    rings: RingsAt
    """What the lines make."""

    bad: Ints
    """Features that are still not valid."""

    valid: Geometry
    """(features,) what some of those are when made valid, None for others: for who needs it again."""

    crossed: int
    """How many features had borders that crossed."""


def noded(coverage: Coverage, lines: Lines, finest: Lines, units: int, rings: RingsAt, bad: Ints) -> Noded:
    """Lines without crossings off the grid."""
    crossed, valid = 0, np.full(coverage.features, None, object)
    fresh, changed = bad, np.arange(len(coverage.arcs))
    for attempt in range(0 if rings.is_hopeless else CROWDED_ROUNDS if rings.is_crowded else ROUNDS):
        # Ground that is upside down still when its borders have been noded twice is a matter of single pixels.
        whole, names = whole_features(*rings.polygons(fresh))
        valid[names] = made_valid(whole)
        features = _Made(whole, valid[names], names)
        found = _crossings_in_features(coverage, lines, rings, fresh, features, twists=attempt < 2)
        found = found.and_also(_crossings_of_outer_arcs(coverage, lines, changed))
        if not len(found.arcs):
            break
        crossed = crossed or found.features
        arcs, around = found.arcs, _Around.of(found.points)
        before = rows(lines, arcs)
        # Thinning can make borders cross, here or at a finer zoom already: they get back what they had nearby.
        if attempt == 0:
            before = _given_back(coverage, before, rows(finest, arcs), around, units)
        elif attempt == 1:
            before = _given_back(coverage, before, _as_given(coverage, arcs, units), around, units)
        made = snap_rounded(before, around.segments(before))
        if attempt > 1 and np.array_equal(made.xy, before.xy):
            break
        lines = replaced(lines, arcs, made)
        rings, changed = rings.updated(lines, arcs), arcs
        concerned = np.unique(coverage.feature[coverage.use_part[np.isin(coverage.arcs.use_arc, arcs)]])
        valid[concerned] = None
        fresh = rings.bad_features(concerned)
        bad = np.union1d(np.setdiff1d(bad, concerned), fresh)
    return Noded(lines, rings, bad, valid, crossed)


@dataclass(frozen=True, slots=True)
class _Made:
    """Features as their borders make them, and made valid."""

    whole: Geometry
    valid: Geometry
    names: Ints


@dataclass(frozen=True, slots=True)
class _Crossings:
    """Where borders cross."""

    arcs: Ints
    """Those nearby."""

    points: Points
    features: int = 0
    """How many features cross themselves."""

    def and_also(self, others: _Crossings) -> _Crossings:
        """These and others."""
        return _Crossings(
            np.union1d(self.arcs, others.arcs), np.vstack([self.points, others.points]), self.features + others.features
        )


@dataclass(frozen=True, slots=True)
class _Around:
    """The squares of a grid that lie around some points."""

    squares: Ints
    """Their numbers, in order."""

    @staticmethod
    def of(points: Points) -> _Around:
        """All squares that a point lies in, and those beside them."""
        middle = np.floor(points / REACH).astype(np.int64)
        steps = np.array([(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1)])
        return _Around(np.unique(pixel_key((middle[:, None, :] + steps).reshape(-1, 2))))

    def holds(self, xy: PIXELS) -> NDArray[np.bool_]:
        """(vertices,) True for those in one of the squares."""
        return np.isin(pixel_key(xy // REACH), self.squares)

    def segments(self, lines: Lines) -> NDArray[np.bool_]:
        """(vertices,) True where a segment begins that may pass through one of the squares."""
        held = self.holds(lines.xy)
        near = held.copy()
        near[:-1] |= held[1:]
        step = np.diff(lines.xy, axis=0)
        times = np.abs(step).max(axis=1) // LOOK_EVERY
        times[lines.offsets[1:-1] - 1] = 0  # from one line to the next
        long = np.flatnonzero((times > 0) & ~near[:-1])
        times = times[long].astype(np.int64)
        nth = 1 + ranges(np.zeros(len(long), np.int64), times)
        begin = np.repeat(long, times)
        points = lines.xy[begin] + (nth / np.repeat(times + 1, times))[:, None] * step[begin]
        near[begin[self.holds(np.rint(points).astype(np.int32))]] = True
        return near


def _crossings_in_features(
    coverage: Coverage, lines: Lines, rings: RingsAt, bad: Ints, features: _Made, *, twists: bool
) -> _Crossings:
    """Where the borders of bad features cross.

    Borders that cross off the grid give vertices off the grid when they are made valid. Borders that cross at a vertex
    enclose some ground upside down, so that the areas differ: a whole ring, or a part of one that made valid meets itself.
    """
    nothing = _Crossings(np.zeros(0, np.int64), np.zeros((0, 2)))
    if not len(bad):
        return nothing
    is_bad = marked(bad, coverage.features)
    whole, made, names = features.whole, features.valid, features.names
    off, points = off_grid(made)
    twisted = is_bad & rings.covers_other(names, made)
    twisted[names[off]] = False
    if twists:
        doubtful = np.flatnonzero(rings.doubtful() & is_bad[rings.ring_feature])
        twisted[rings.ring_feature[doubtful]] = False
        there = twisted[names]
        points = np.vstack([points, rings.vertices(doubtful), _meetings(whole[there]), _meetings(made[there])])
    if not len(points):
        return nothing
    points = np.unique(np.rint(points), axis=0)
    arcs = coverage.arcs_of_parts(is_bad[coverage.feature])
    low, high = _bounds(rows(lines, arcs))
    boxes = shapely.box(*np.hstack([low - NEAR_CROSSING, high + NEAR_CROSSING]).T)
    near = shapely.STRtree(cast("Geometry", shapely.points(points))).query(boxes)[0]
    return _Crossings(arcs[np.unique(near)], points, int(off.sum() + twisted.sum()))


def _meetings(geometry: Geometry) -> Points:
    """Vertices where two rings of a geometry meet, or one ring comes twice."""
    parts, owner = shapely.get_parts(geometry, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    once = ~first_of_each(ring)  # the last vertex of a ring is its first
    xy, feature = xy[once], owner[part[ring[once]]]
    order, first = grouped(xy[:, 0], xy[:, 1], feature)
    twice: Points = xy[order[~first]]
    return twice


def _crossings_of_outer_arcs(coverage: Coverage, lines: Lines, changed: Ints) -> _Crossings:
    """Where outer borders cross: two coasts of a strait can do so while every region by itself is valid.

    changed are the arcs that may have come to cross another one since this was last asked.
    """
    arcs, owner = coverage.coastal_arcs
    is_changed = np.isin(arcs, changed)
    near = _near_changed(lines, arcs, is_changed)
    if not len(near):
        return _Crossings(near, np.zeros((0, 2)))
    arcs, owner, is_changed = arcs[near], owner[near], is_changed[near]
    some = rows(lines, arcs)
    xy, line = some.xy, row_of(some.offsets)
    begin = np.flatnonzero(line[:-1] == line[1:])
    begin = begin[(xy[begin] != xy[begin + 1]).any(axis=1)]
    line = line[begin]
    beside = _beside_others(xy[begin], xy[begin + 1], owner[line], is_changed[line])
    begin, line = begin[beside], line[beside]
    # At the coarsest zooms many borders run over the same few pixels.
    chosen, same = distinct_segments(xy[begin], xy[begin + 1])
    one, other, points = crossings(xy[begin[chosen]], xy[begin[chosen] + 1], touching=True)
    crosses = marked(np.concatenate([one, other]), len(chosen))
    return _Crossings(np.unique(arcs[line[crosses[same]]]), points)


def _near_changed(lines: Lines, arcs: Ints, changed: NDArray[np.bool_]) -> Ints:
    """Which of some arcs have bounds that meet those of a changed one."""
    if not changed.any() or changed.all():
        return np.flatnonzero(changed)
    low, high = _bounds(rows(lines, arcs))
    boxes = cast("Geometry", shapely.box(*np.hstack([low, high]).T))
    return np.unique(shapely.STRtree(boxes).query(boxes[changed])[1])


def _beside_others(begin: PIXELS, end: PIXELS, owner: Ints, changed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(segments,) True where a segment of another owner is near and one of the two is changed; only these can cross."""
    near = np.zeros(len(begin), bool)
    # What meets in a square meets in a wide one; there are far fewer of those, and most coasts are alone there.
    some = np.flatnonzero(_in_company(begin, end, owner, np.ones(len(begin), bool), WIDE_SQUARE))
    near[some] = _in_company(begin[some], end[some], owner[some], changed[some], SQUARE)
    return near


def _in_company(begin: PIXELS, end: PIXELS, owner: Ints, changed: NDArray[np.bool_], side: int) -> NDArray[np.bool_]:
    """(segments,) True for those entered in a square of this side with one of another owner, and with a changed one.

    Every segment is entered in the squares around its ends, and around points on its way where it is longer than a square.
    """
    near = np.zeros(len(begin), bool)
    if not len(begin):
        return near
    # Four squares lie half a side around a point, the same for all points in a quarter of a square: they are entered together.
    quarter, segment = _quarters(begin, end, side)
    of_segment = np.append(True, (owner[1:] != owner[:-1]) | (changed[1:] != changed[:-1]))
    new = first_of_each(quarter.view(np.int64).ravel()) | (of_segment[segment] & first_of_each(segment))
    entry, entered = np.cumsum(new) - 1, segment[new]
    corners = quarter[new][:, None, :] + np.array([(-1, -1), (-1, 1), (1, -1), (1, 1)])
    x, y = (corners.reshape(-1, 2) >> 1).T
    keys, order = in_order((x - x.min()) * (int(y.max() - y.min()) + 1) + (y - y.min()))
    first = first_of_each(keys)
    square, of_entry = np.cumsum(first) - 1, order // 4
    owners = owner[entered[of_entry]]
    shared, fresh = np.zeros(square[-1] + 1, bool), np.zeros(square[-1] + 1, bool)
    shared[square[owners != owners[first][square]]] = True
    fresh[square[changed[entered[of_entry]]]] = True
    meets = np.zeros(len(entered), bool)
    meets[of_entry[(shared & fresh)[square]]] = True
    near[segment[meets[entry]]] = True
    return near


def _quarters(begin: PIXELS, end: PIXELS, side: int) -> tuple[PIXELS, Ints]:
    """The quarters of squares that segments enter, and the segment of each."""
    ends = (np.stack([begin, end], axis=1) // (side // 2)).reshape(-1, 2)
    segment = np.repeat(np.arange(len(begin)), 2)
    steps = np.abs(end - begin).max(axis=1) // side + 1
    long = np.flatnonzero(steps > 1)
    if not len(long):
        return ends, segment
    between = np.repeat(long, steps[long] - 1)
    share = (1 + np.arange(len(between)) - np.repeat(offsets_of(steps[long] - 1)[:-1], steps[long] - 1)) / steps[
        between
    ]
    points = begin[between] + share[:, None] * (end - begin)[between]
    quarters = np.floor(points / (side / 2)).astype(np.int32)
    return np.vstack([ends, quarters]), np.concatenate([segment, between])


def _bounds(lines: Lines) -> tuple[PIXELS, PIXELS]:
    """(lines, 2) lowest and highest x, y of each."""
    begin = lines.offsets[:-1]
    return np.minimum.reduceat(lines.xy, begin), np.maximum.reduceat(lines.xy, begin)


def _as_given(coverage: Coverage, arcs: Ints, units: int) -> Lines:
    """Some arcs with all their vertices, rounded to the grid."""
    offsets = coverage.arcs.offsets
    length = np.diff(offsets)[arcs]
    source = ranges(offsets[:-1][arcs], length)
    return lines_at(coverage.arcs.xy[source], offsets_of(length), source, units)


def _given_back(coverage: Coverage, lines: Lines, fuller: Lines, around: _Around, units: int) -> Lines:
    """Some arcs with the vertices that fuller ones have in the squares, without those that mending added."""
    wanted = fuller.source[around.holds(fuller.xy)]
    source = np.union1d(lines.source[lines.source >= 0], wanted)
    # Sources rise along the lines, and every line has kept its ends.
    first = np.searchsorted(source, fuller.source[fuller.offsets[:-1]])
    return lines_at(coverage.arcs.xy[source], np.append(first, len(source)), source, units)
