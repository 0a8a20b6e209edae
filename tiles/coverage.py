"""A coverage at one zoom: rings put together again from simplified arcs, and made valid without tearing neighbours apart.

Rounding to the tile grid now and then makes borders cross, or a small region collapse. Both are mended in the arcs, never
in a single polygon, so that all regions which share an arc change alike. As long as arcs cancel, simple rings of
positive area leave neither gap nor overlap between neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import cast

import numpy as np
import shapely
from numpy.typing import NDArray

from tiles.arcs import Arcs, arcs_of
from tiles.ragged import Ints, offsets_of, ranges, row_of
from tiles.rings import PIXELS, Rings, doubled_areas, first_of_each, polygons_of
from tiles.simplify import Lines, lines_at
from tiles.snap import crossings, snap_rounded

Geometry = NDArray[np.object_]

NODING_ROUNDS = 5
SQUARE = 16
"""Side of the squares, in tile units, in which segments that may cross are looked for."""

NEAR_CROSSING = 3
"""Arcs whose bounds come this close to a crossing, in tile units, are noded with it."""


@dataclass(frozen=True)
class Coverage:
    """Which arcs make which rings, parts and features; the same at every zoom of a pyramid's storey."""

    arcs: Arcs
    part: Ints
    """(rings,) the part each ring belongs to; shells come first in their part."""

    feature: Ints
    """(parts,) the feature each part belongs to."""

    features: int
    """How many features there are; those without a part have no geometry."""

    @staticmethod
    def of(rings: Rings, features: int) -> Coverage:
        """The coverage that rings make, with their borders as arcs."""
        return Coverage(arcs_of(rings.xy, rings.offsets), rings.part, rings.feature, features)

    @property
    def unthinned(self) -> tuple[Ints, Ints]:
        """Source and offsets of the arcs with all their vertices."""
        return np.arange(len(self.arcs.vertex)), self.arcs.offsets

    @cached_property
    def is_shell(self) -> NDArray[np.bool_]:
        """(rings,) True for outer rings."""
        return first_of_each(self.part)

    @cached_property
    def use_part(self) -> Ints:
        """(uses,) the part of each use of an arc."""
        return self.part[self.arcs.use_ring]

    @cached_property
    def outer_arcs(self) -> tuple[Ints, Ints]:
        """Arcs with a region on one side only (all their uses run the same way), and one feature that uses each."""
        uses = np.bincount(self.arcs.use_arc, minlength=len(self.arcs))
        backwards = np.bincount(self.arcs.use_arc[self.arcs.use_backwards], minlength=len(self.arcs))
        owner = np.zeros(len(self.arcs), np.int64)
        owner[self.arcs.use_arc] = self.feature[self.use_part]
        outer = np.flatnonzero((backwards == 0) | (backwards == uses))
        return outer, owner[outer]

    def arcs_of_parts(self, parts: NDArray[np.bool_]) -> Ints:
        """The arcs that the marked parts use."""
        return np.unique(self.arcs.use_arc[parts[self.use_part]])


@dataclass(frozen=True, slots=True)
class Shapes:
    """Valid polygons on the tile grid, as rings."""

    xy: PIXELS
    start: Ints
    """(rings,) where each ring begins in ``xy``."""

    length: Ints
    """(rings,) its number of vertices, at least three; the first is not repeated."""

    is_shell: NDArray[np.bool_]
    """(rings,) a shell is followed by its holes."""

    feature: Ints
    """(rings,)."""


@dataclass(slots=True)
class Mending:
    """What had to be mended at one zoom."""

    crossed: int = 0
    """Features whose borders crossed off the grid and were noded."""

    pinched: int = 0
    """Features that were split where they touch themselves."""

    enlarged: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    """Features smaller than a pixel that were kept in their smallest form."""


def shapes_of(coverage: Coverage, lines: Lines, finest: Lines, units: int) -> tuple[Shapes, Lines, Mending]:
    """The polygons of a zoom, and the lines they are made of.

    ``finest`` are the same arcs on the same grid before they were thinned: where thinning makes borders cross or a
    region vanish, they take its place. ``units`` is the number of steps of the grid along the side of the unit square.
    """
    mending = Mending()
    lines, mending.enlarged = _with_all_regions(coverage, lines, finest)
    rings = _RingsAt.of(coverage, lines)
    bad = rings.bad_features(np.arange(coverage.features))
    lines, rings, bad, mending.crossed = _noded(coverage, lines, finest, units, rings, bad)
    shapes, mending.pinched = rings.shapes(bad)
    gone = _missing(coverage, shapes)
    mending.enlarged = np.union1d(mending.enlarged, gone)
    return _with_dots(coverage, lines, shapes, gone), lines, mending


def ring_vertices(arcs: Arcs, lines: Lines, *, by_pixel: bool) -> tuple[Ints, Ints]:
    """Positions in ``lines.xy`` of the vertices of each ring, and where each ring begins.

    An arc gives all its vertices but the last, which is the first of the next. Where only pixels count, an arc whose ends
    fell on one pixel gives none.
    """
    length = np.diff(lines.offsets)
    first, last = lines.offsets[:-1], lines.offsets[1:] - 1
    given = length - 1
    if by_pixel:
        given = np.where((length == 2) & (lines.xy[first] == lines.xy[last]).all(axis=1), 0, given)
    given = given[arcs.use_arc]
    begin = np.where(arcs.use_backwards, last[arcs.use_arc], first[arcs.use_arc])
    index = ranges(begin, given, np.where(arcs.use_backwards, -1, 1).astype(np.int64))
    per_ring = np.bincount(arcs.use_ring, weights=given, minlength=arcs.rings).astype(np.int64)
    return index, offsets_of(per_ring)


@dataclass(frozen=True, slots=True)
class _RingsAt:
    """All rings of a coverage at one zoom, valid or not."""

    coverage: Coverage
    xy: PIXELS
    offsets: Ints
    doubled_area: NDArray[np.float64]

    @staticmethod
    def of(coverage: Coverage, lines: Lines) -> _RingsAt:
        index, offsets = ring_vertices(coverage.arcs, lines, by_pixel=True)
        xy = lines.xy[index]
        return _RingsAt(coverage, xy, offsets, doubled_areas(xy, offsets))

    def standing(self) -> NDArray[np.bool_]:
        """(rings,) True for rings with three vertices or more in parts whose shell has kept its direction."""
        coverage = self.coverage
        wide = np.diff(self.offsets) >= 3
        shell_stands = np.zeros(len(coverage.feature), bool)
        upright = wide & coverage.is_shell & (self.doubled_area > 0)
        shell_stands[coverage.part[upright]] = True
        return wide & shell_stands[coverage.part]

    def polygons(self, features: NDArray[np.bool_]) -> tuple[Geometry, Ints]:
        """Polygons of the standing parts of the marked features, and the feature of each."""
        coverage = self.coverage
        rings = np.flatnonzero(self.standing() & features[coverage.feature[coverage.part]])
        polygons, part = polygons_of(
            self.xy, self.offsets[:-1][rings], np.diff(self.offsets)[rings], coverage.part[rings]
        )
        return polygons, coverage.feature[part]

    def bad_features(self, among: Ints) -> Ints:
        """Features that are not valid polygons as they stand: rings that cross or touch, parts that run into each other."""
        asked = np.zeros(self.coverage.features, bool)
        asked[among] = True
        polygons, feature = self.polygons(asked)
        whole, names = _whole(polygons, feature)
        bad = np.zeros(self.coverage.features, bool)
        bad[names[~shapely.is_valid(whole)]] = True
        upside_down = self.coverage.is_shell & (self.doubled_area < 0)
        bad[self.coverage.feature[self.coverage.part[upside_down]]] = True
        return np.flatnonzero(bad & asked)

    def areas(self) -> NDArray[np.float64]:
        """(features,) the area that the rings of each feature enclose by their direction, upside-down ones counted off."""
        feature = self.coverage.feature[self.coverage.part]
        areas: NDArray[np.float64] = np.bincount(feature, self.doubled_area / 2, self.coverage.features).astype(
            np.float64
        )
        return areas

    def lost_features(self) -> Ints:
        """Features that have parts but none that stands."""
        coverage = self.coverage
        stands = np.zeros(coverage.features, bool)
        stands[coverage.feature[coverage.part[self.standing()]]] = True
        stands[np.setdiff1d(np.arange(coverage.features), coverage.feature)] = True
        return np.flatnonzero(~stands)

    def shapes(self, bad: Ints) -> tuple[Shapes, int]:
        """All standing rings, those of bad features split at the pixels where they touch themselves."""
        coverage = self.coverage
        is_bad = np.zeros(coverage.features, bool)
        is_bad[bad] = True
        feature = coverage.feature[coverage.part]
        rings = np.flatnonzero(self.standing() & ~is_bad[feature])
        start, length = self.offsets[:-1][rings], np.diff(self.offsets)[rings]
        shapes = Shapes(self.xy, start, length, coverage.is_shell[rings], feature[rings])
        if not len(bad):
            return shapes, 0
        pieces, piece_feature = valid_pieces(*_whole(*self.polygons(is_bad)))
        return _joined(shapes, Rings.of(pieces, y_down=True), piece_feature), len(bad)


def valid_pieces(geometry: Geometry, feature: Ints) -> tuple[Geometry, Ints]:
    """Valid polygons that cover the same ground on the grid, and the feature of each."""
    made = shapely.make_valid(geometry, method="structure", keep_collapsed=False)
    unsettled = _off_grid(made)[0] | ~shapely.is_valid(made)
    if unsettled.any():
        # What noding could not settle, and parts that touch along an edge: a handful per country at the coarsest zooms.
        made[unsettled] = shapely.unary_union(made[unsettled], grid_size=1.0)
    pieces, owner = shapely.get_parts(made, return_index=True)
    polygons = (shapely.get_type_id(pieces) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(pieces)
    return pieces[polygons], feature[owner[polygons]]


def _whole(polygons: Geometry, feature: Ints) -> tuple[Geometry, Ints]:
    """One geometry per feature."""
    names, count = np.unique(feature, return_counts=True)
    if (count == 1).all():
        return polygons, feature
    order = np.argsort(feature, kind="stable")
    owner = np.repeat(np.arange(len(names)), count)
    whole = cast("Geometry", shapely.multipolygons(polygons[order], indices=owner))
    single = count == 1
    whole[single] = polygons[order][offsets_of(count)[:-1][single]]
    return whole, names


def _off_grid(geometry: Geometry) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """(geometries,) True where a vertex lies between grid points, and those vertices."""
    xy, owner = shapely.get_coordinates(geometry, return_index=True)
    off = (xy != np.rint(xy)).any(axis=1)
    marked = np.zeros(len(geometry), bool)
    marked[owner[off]] = True
    return marked, xy[off]


def _joined(shapes: Shapes, pieces: Rings, piece_feature: Ints) -> Shapes:
    """Shapes with further polygons after them."""
    xy = np.rint(pieces.xy).astype(np.int32)
    feature = piece_feature[pieces.feature[pieces.part]]
    return Shapes(
        np.ascontiguousarray(np.vstack([shapes.xy, xy])),
        np.concatenate([shapes.start, pieces.offsets[:-1] + len(shapes.xy)]),
        np.concatenate([shapes.length, np.diff(pieces.offsets)]),
        np.concatenate([shapes.is_shell, pieces.is_shell]),
        np.concatenate([shapes.feature, feature]),
    )


# ---- crossings


def _noded(
    coverage: Coverage, lines: Lines, finest: Lines, units: int, rings: _RingsAt, bad: Ints
) -> tuple[Lines, _RingsAt, Ints, int]:
    """Lines without crossings off the grid, the rings they make, the features still not valid, and how many had crossed."""
    crossed = 0
    fresh, changed = bad, np.ones(len(coverage.arcs), bool)
    for attempt in range(NODING_ROUNDS):
        within, count = _arcs_crossing_in_features(coverage, lines, rings, fresh)
        arcs = np.union1d(within, _outer_arcs_crossing(coverage, lines, changed))
        if not len(arcs):
            break
        if attempt == 0:
            crossed = count
            lines = replaced(lines, arcs, *rows(finest, arcs))
        elif attempt == 1:
            # Thinning at a finer zoom had made them cross already: back to how they were given.
            lines = replaced(lines, arcs, *_as_given(coverage, arcs, units))
        lines = replaced(lines, arcs, *snap_rounded(*rows(lines, arcs)))
        changed[:] = False
        changed[arcs] = True
        rings = _RingsAt.of(coverage, lines)
        concerned = np.unique(coverage.feature[coverage.use_part[changed[coverage.arcs.use_arc]]])
        fresh = rings.bad_features(concerned)
        bad = np.union1d(np.setdiff1d(bad, concerned), fresh)
    return lines, rings, bad, crossed


def _arcs_crossing_in_features(coverage: Coverage, lines: Lines, rings: _RingsAt, bad: Ints) -> tuple[Ints, int]:
    """Arcs of bad features whose borders cross, and how many features these are.

    Borders that cross off the grid give vertices off the grid when they are made valid; of these only the arcs nearby are
    meant. Borders that cross at a vertex enclose some ground upside down, so that the areas differ.
    """
    nothing = np.zeros(0, np.int64), 0
    if not len(bad):
        return nothing
    is_bad = np.zeros(coverage.features, bool)
    is_bad[bad] = True
    whole, names = _whole(*rings.polygons(is_bad))
    made = shapely.make_valid(whole, method="structure", keep_collapsed=False)
    off_grid, points = _off_grid(made)
    covered = np.zeros(coverage.features)
    covered[names] = shapely.area(made)
    twisted = is_bad & (np.abs(covered - rings.areas()) > 1e-6)
    twisted[names[off_grid]] = False
    arcs = coverage.arcs_of_parts(twisted[coverage.feature])
    if len(points):
        near = coverage.arcs_of_parts(is_bad[coverage.feature])
        xy, offsets = rows(lines, near)
        begin = offsets[:-1]
        low, high = np.minimum.reduceat(xy, begin) - NEAR_CROSSING, np.maximum.reduceat(xy, begin) + NEAR_CROSSING
        tree = shapely.STRtree(cast("Geometry", shapely.points(points)))
        arcs = np.union1d(arcs, near[tree.query(shapely.box(*np.hstack([low, high]).T))[0]])
    return arcs, int(off_grid.sum() + twisted.sum())


def _outer_arcs_crossing(coverage: Coverage, lines: Lines, changed: NDArray[np.bool_]) -> Ints:
    """Outer borders that cross each other: two coasts of a strait can do so while every region by itself is valid.

    changed has True for arcs that may have come to cross another one since this was last asked.
    """
    arcs, owner = coverage.outer_arcs
    xy, offsets = rows(lines, arcs)
    line = row_of(offsets)
    begin = np.flatnonzero(line[:-1] == line[1:])
    begin = begin[(xy[begin] != xy[begin + 1]).any(axis=1)]
    line = line[begin]
    near = _beside_others(xy[begin], xy[begin + 1], owner[line], changed[arcs[line]])
    begin, line = begin[near], line[near]
    # At the coarsest zooms many borders run over the same few pixels.
    ends = np.sort(np.column_stack([_key(xy[begin]), _key(xy[begin + 1])]), axis=1)
    _, first, same = np.unique(ends, axis=0, return_index=True, return_inverse=True)
    one, other = crossings(xy[begin[first]], xy[begin[first] + 1])
    crosses = np.zeros(len(first), bool)
    crosses[one] = crosses[other] = True
    return np.unique(arcs[line[crosses[same.reshape(-1)]]])


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


def rows(lines: Lines, arcs: Ints) -> tuple[PIXELS, Ints]:
    """The vertices of some arcs, and where each begins."""
    length = np.diff(lines.offsets)[arcs]
    return lines.xy[ranges(lines.offsets[:-1][arcs], length)], offsets_of(length)


def replaced(lines: Lines, arcs: Ints, xy: PIXELS, offsets: Ints, sources: Ints | None = None) -> Lines:
    """The lines with other vertices in some arcs; new vertices have no source unless it is given."""
    length = np.diff(lines.offsets)
    start = lines.offsets[:-1].copy()
    length[arcs] = np.diff(offsets)
    start[arcs] = len(lines.xy) + offsets[:-1]
    index = ranges(start, length)
    source = np.concatenate([lines.source, np.full(len(xy), -1) if sources is None else sources])
    return Lines(np.vstack([lines.xy, xy])[index], offsets_of(length), source[index])


# ---- regions smaller than a pixel


def _with_all_regions(coverage: Coverage, lines: Lines, finest: Lines) -> tuple[Lines, Ints]:
    """Lines in which no region has vanished, and the regions that had.

    First their arcs get back what thinning took; a region that is smaller than a pixel then gets one corner more, which its
    neighbour across that arc gives away.
    """
    lost = _RingsAt.of(coverage, lines).lost_features()
    if not len(lost):
        return lines, lost
    lines = _restored(coverage, lines, finest, lost)
    rings = _RingsAt.of(coverage, lines)
    return _with_corners(coverage, lines, rings.lost_features()), lost


def _restored(coverage: Coverage, lines: Lines, finest: Lines, features: Ints) -> Lines:
    """Lines in which the arcs of some features have all their vertices again."""
    wanted = np.zeros(coverage.features, bool)
    wanted[features] = True
    arcs = coverage.arcs_of_parts(wanted[coverage.feature])
    length = np.diff(finest.offsets)[arcs]
    return replaced(lines, arcs, *rows(finest, arcs), finest.source[ranges(finest.offsets[:-1][arcs], length)])


def rings_for_coarser(coverage: Coverage, lines: Lines, finest: Lines, keep: NDArray[np.bool_]) -> Rings:
    """The rings of the features marked True, with the vertices that simplification kept so far, where they really lie.

    Features that would have vanished get their vertices back.
    """
    lost = _RingsAt.of(coverage, lines).lost_features()
    lines = _restored(coverage, lines, finest, lost[keep[lost]])
    index, offsets = ring_vertices(coverage.arcs, lines, by_pixel=False)
    rings = keep[coverage.feature[coverage.part]]
    length = np.diff(offsets)[rings]
    source = lines.source[index[ranges(offsets[:-1][rings], length)]]
    kept_parts, part = np.unique(coverage.part[rings], return_inverse=True)
    xy = coverage.arcs.xy[coverage.arcs.vertex[source]]
    return Rings(xy, offsets_of(length), part.astype(np.int64), coverage.feature[kept_parts]).tidied()


def _with_corners(coverage: Coverage, lines: Lines, features: Ints) -> Lines:
    """Lines in which the longest arc around each collapsed region makes a detour by one pixel, outwards."""
    if not len(features):
        return lines
    arcs = coverage.arcs
    wanted = np.zeros(coverage.features, bool)
    wanted[features] = True
    uses = np.flatnonzero(coverage.is_shell[arcs.use_ring] & wanted[coverage.feature[coverage.use_part]])
    feature = coverage.feature[coverage.use_part[uses]]
    order = np.lexsort((-np.diff(lines.offsets)[arcs.use_arc[uses]], feature))
    longest = uses[order[first_of_each(feature[order])]]
    # An arc between two collapsed regions can only bulge into one of them.
    arc, chosen = np.unique(arcs.use_arc[longest], return_index=True)
    backwards = arcs.use_backwards[longest[chosen]]
    return _with_bulges(lines, arc, backwards)


def _with_bulges(lines: Lines, arcs: Ints, backwards: NDArray[np.bool_]) -> Lines:
    """Lines in which the longest step of some arcs gets vertices beside it, to the right as the region runs through it."""
    xy, offsets = rows(lines, arcs)
    step = np.abs(np.diff(xy, axis=0)).sum(axis=1)
    step[offsets[1:-1] - 1] = -1  # from one arc to the next
    owner = row_of(offsets)[:-1]
    longest = np.lexsort((np.arange(len(step)), -step, owner))
    longest = longest[first_of_each(owner[longest])]
    a, b = xy[longest].astype(np.int64), xy[longest + 1].astype(np.int64)
    # Shells run with their inside on the left of (x, y), so outside is to the right: (dy, -dx), or back if we run back.
    outwards = np.sign(np.column_stack([b[:, 1] - a[:, 1], a[:, 0] - b[:, 0]])) * np.where(backwards, -1, 1)[:, None]
    first = np.rint((a + b) / 2 + outwards)
    # An arc on one pixel becomes a triangle, in the direction that gives the region the inside.
    dot = step[longest] == 0
    first[dot] = a[dot] + np.where(backwards[dot, None], (1, 1), (1, 0))
    second = a + np.where(backwards[:, None], (1, 0), (1, 1))
    place = np.concatenate([np.arange(len(xy), dtype=np.float64), longest + 0.3, longest[dot] + 0.6])
    order = np.argsort(place, kind="stable")
    points = np.vstack([xy, first, second[dot]]).astype(np.int32)[order]
    return replaced(lines, arcs, points, offsets_of(np.diff(offsets) + 1 + dot))


def _missing(coverage: Coverage, shapes: Shapes) -> Ints:
    """Features that have rings but no shape."""
    missing = np.zeros(coverage.features, bool)
    missing[coverage.feature] = True
    missing[shapes.feature] = False
    return np.flatnonzero(missing)


def _with_dots(coverage: Coverage, lines: Lines, shapes: Shapes, features: Ints) -> Shapes:
    """Shapes with half a pixel in its own place for each of some features, which noding merged into their neighbours."""
    if not len(features):
        return shapes
    use_feature = coverage.feature[coverage.use_part]
    order = np.argsort(use_feature, kind="stable")
    use = order[np.searchsorted(use_feature[order], features)]
    corner = lines.xy[lines.offsets[:-1][coverage.arcs.use_arc[use]]]
    dots = (corner[:, None, :] + np.array([[0, 0], [1, 0], [0, 1]])).reshape(-1, 2).astype(np.int32)
    count = len(features)
    return Shapes(
        np.ascontiguousarray(np.vstack([shapes.xy, dots])),
        np.concatenate([shapes.start, len(shapes.xy) + 3 * np.arange(count)]),
        np.concatenate([shapes.length, np.full(count, 3)]),
        np.concatenate([shapes.is_shell, np.ones(count, bool)]),
        np.concatenate([shapes.feature, features]),
    )


def outline_rank(coverage: Coverage, feature_rank: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """(arcs,) the lowest rank among the features that use each arc, and whether only one feature of that rank does.

    With rank 0 for the coarsest level this is the highest level an arc separates, and True for outer borders. An arc that
    one feature uses on both sides (a cut in itself) separates nothing and gets rank -1.
    """
    arcs = coverage.arcs
    owner = coverage.feature[coverage.use_part]
    rank = feature_rank[owner]
    order = np.lexsort((owner, rank, arcs.use_arc))
    arc, rank, owner = arcs.use_arc[order], rank[order], owner[order]
    first = first_of_each(arc)
    lowest = rank[first]
    group = np.cumsum(first) - 1
    at_lowest = rank == lowest[group]
    distinct = at_lowest & (first_of_each(owner) | first)
    owners = np.bincount(group[distinct], minlength=len(lowest))
    uses = np.bincount(group[at_lowest], minlength=len(lowest))
    out_rank = np.full(len(arcs), -1, np.int64)
    outer = np.zeros(len(arcs), bool)
    names = arc[first]
    out_rank[names] = np.where((owners == 1) & (uses > 1), -1, lowest)
    outer[names] = (owners == 1) & (uses == 1)
    return out_rank, outer
