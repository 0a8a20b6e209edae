"""The polygons of a coverage at one zoom: rings put together again from simplified arcs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
import shapely
from numpy.typing import NDArray

from tiles.coverage import Coverage, ring_vertices
from tiles.ragged import Ints, grouped, offsets_of, ranges, sums
from tiles.rings import PIXELS, Rings, closed_rings, picked, polygons_of
from tiles.simplify import Lines, rows

Geometry = NDArray[np.object_]

ROOM = 2.0
"""Square tile units to a polygon on average: with less there is no place for all."""

NO_ROOM = 0.5
"""The same: with less they lie upon each other whatever is done. The smallest polygon has half a unit."""


@dataclass(frozen=True, slots=True)
class Shapes:
    """Valid polygons on the tile grid, as rings."""

    xy: PIXELS
    """Rings are closed: after the last vertex of each comes its first again."""

    start: Ints
    """(rings,) where each ring begins in ``xy``."""

    length: Ints
    """(rings,) its number of vertices, at least three; the first is counted once."""

    is_shell: NDArray[np.bool_]
    """(rings,) a shell is followed by its holes."""

    feature: Ints
    """(rings,)."""

    def polygons(self) -> tuple[Geometry, Ints]:
        """All as polygons, and the feature of each."""
        pieces, _ = polygons_of(self.xy, self.start, self.length, np.cumsum(self.is_shell) - 1)
        return pieces, self.feature[self.is_shell]

    def where(self, keep: NDArray[np.bool_]) -> Shapes:
        """Only the rings marked True; a polygon goes with all its rings."""
        return Shapes(self.xy, self.start[keep], self.length[keep], self.is_shell[keep], self.feature[keep])

    def and_also(self, geometry: Geometry, feature: Ints) -> Shapes:
        """These and further polygons and multipolygons on the grid."""
        rings = Rings.of(geometry, y_down=True)
        if not len(rings.part):
            return self
        xy, start = closed_rings(np.rint(rings.xy).astype(np.int32), rings.offsets)
        return Shapes(
            np.vstack([self.xy, xy]),
            np.concatenate([self.start, start + len(self.xy)]),
            np.concatenate([self.length, np.diff(rings.offsets)]),
            np.concatenate([self.is_shell, rings.is_shell]),
            np.concatenate([self.feature, feature[rings.feature[rings.part]]]),
        )


@dataclass(frozen=True, slots=True)
class RingsAt:
    """All rings of a coverage at one zoom, valid or not."""

    coverage: Coverage
    xy: PIXELS
    """Closed rings, as in ``Shapes``."""

    start: Ints
    length: Ints
    turn: Ints
    """(arcs,) what each arc adds to twice the area of a ring that runs through it forwards."""

    doubled_area: Ints
    """(rings,) signed: positive for shells."""

    @staticmethod
    def of(coverage: Coverage, lines: Lines) -> RingsAt:
        """The rings that the arcs make on the tile grid."""
        turn = _turns(lines)
        xy, start, length = _assembled(coverage, lines, None)
        return RingsAt(coverage, xy, start, length, turn, _areas(coverage, turn, np.arange(coverage.arcs.rings)))

    def updated(self, lines: Lines, arcs: Ints) -> RingsAt:
        """The rings after some arcs have changed."""
        coverage = self.coverage
        changed = np.zeros(len(coverage.arcs), bool)
        changed[arcs] = True
        rings = np.flatnonzero(
            np.bincount(coverage.arcs.use_ring[changed[coverage.arcs.use_arc]], minlength=len(self.start))
        )
        xy, new_start, new_length = _assembled(coverage, lines, rings)
        start, length, turn, area = self.start.copy(), self.length.copy(), self.turn.copy(), self.doubled_area.copy()
        start[rings], length[rings] = new_start + len(self.xy), new_length
        turn[arcs] = _turns(rows(lines, arcs))
        area[rings] = _areas(coverage, turn, rings)
        return RingsAt(coverage, np.vstack([self.xy, xy]), start, length, turn, area)

    def standing(self) -> NDArray[np.bool_]:
        """(rings,) True for rings with three vertices or more in parts whose shell has kept its direction."""
        coverage = self.coverage
        wide = self.length >= 3
        shell_stands = np.zeros(len(coverage.feature), bool)
        upright = wide & coverage.is_shell & (self.doubled_area > 0)
        shell_stands[coverage.part[upright]] = True
        return wide & shell_stands[coverage.part]

    def polygons(self, features: Ints) -> tuple[Geometry, Ints]:
        """Polygons of the standing parts of some features, and the feature of each."""
        coverage = self.coverage
        rings = np.flatnonzero(self.standing() & marked(features, coverage.features)[self.ring_feature])
        polygons, part = polygons_of(self.xy, self.start[rings], self.length[rings], coverage.part[rings])
        return polygons, coverage.feature[part]

    def bad_features(self, among: Ints) -> Ints:
        """Features that are not valid polygons as they stand: rings that cross or touch, parts that run into each other."""
        whole, names = whole_features(*self.polygons(among))
        bad = np.zeros(self.coverage.features, bool)
        bad[names[~shapely.is_valid(whole)]] = True
        bad[self.ring_feature[self.doubtful()]] = True
        return np.flatnonzero(bad & marked(among, len(bad)))

    def doubtful(self) -> NDArray[np.bool_]:
        """(rings,) True for rings that have changed direction, wholly or so that nothing is left, and for holes without shell."""
        doubt = np.where(self.coverage.is_shell, self.doubled_area < 0, self.doubled_area > 0)
        doubt |= ~self.standing() & (self.doubled_area != 0)
        empty = np.flatnonzero((self.doubled_area == 0) & (self.length >= 3))
        doubt[empty[~self._run_back(empty)]] = True
        return doubt

    def _run_back(self, rings: Ints) -> NDArray[np.bool_]:
        """(rings,) True for those that run back over all their steps."""
        length = self.length[rings]
        begin = ranges(self.start[rings], length)
        a, b = (picked(self.xy, index).view(np.int64).ravel() for index in (begin, begin + 1))
        ring = np.repeat(np.arange(len(rings)), length)
        order, first = grouped(np.minimum(a, b), np.maximum(a, b), ring)
        balance = sums(np.where(a < b, 1, -1)[order], np.append(np.flatnonzero(first), len(order)))
        return ~marked(ring[order[first]][balance != 0], len(rings))

    def vertices(self, rings: Ints) -> PIXELS:
        """The vertices of some rings."""
        return picked(self.xy, ranges(self.start[rings], self.length[rings]))

    @property
    def ring_feature(self) -> Ints:
        """(rings,) the feature each belongs to, in order."""
        return self.coverage.feature[self.coverage.part]

    def areas(self) -> NDArray[np.float64]:
        """(features,) the area that the rings of each feature enclose by their direction, upside-down ones counted off."""
        feature = self.coverage.feature[self.coverage.part]
        areas: NDArray[np.float64] = np.bincount(feature, self.doubled_area / 2, self.coverage.features).astype(
            np.float64
        )
        return areas

    def covers_other(self, names: Ints, geometry: Geometry) -> NDArray[np.bool_]:
        """(features,) True where a valid geometry, or none, covers more or less ground than the rings by their direction."""
        covered = np.zeros(self.coverage.features)
        covered[names] = shapely.area(geometry)
        return np.abs(covered - self.areas()) > 1e-6

    @property
    def is_crowded(self) -> bool:
        """Whether there is so little ground that not every region can have a place on the grid."""
        return self._room < ROOM

    @property
    def is_hopeless(self) -> bool:
        """Whether most regions cannot have a place of their own."""
        return self._room < NO_ROOM

    @property
    def _room(self) -> float:
        """Square tile units to a polygon on average."""
        return float(self.areas().sum()) / max(len(self.coverage.feature), 1)

    def lost_features(self) -> Ints:
        """Features that have parts but none that stands."""
        coverage = self.coverage
        stands = np.zeros(coverage.features, bool)
        stands[coverage.feature[coverage.part[self.standing()]]] = True
        stands[np.setdiff1d(np.arange(coverage.features), coverage.feature)] = True
        return np.flatnonzero(~stands)


def _assembled(coverage: Coverage, lines: Lines, rings: Ints | None) -> tuple[PIXELS, Ints, Ints]:
    """Closed rings, all or some: their pixels, where each begins, and its number of vertices."""
    index, offsets = ring_vertices(coverage, lines, by_pixel=True, rings=rings)
    index, start = closed_rings(index, offsets)
    return picked(lines.xy, index), start, np.diff(offsets)


def _turns(lines: Lines) -> Ints:
    """(arcs,) the sum of x y' - x' y over the steps of each arc.

    Whole numbers, so that the sum around a ring is twice its area to the last bit, wherever its origin is.
    """
    x, y = lines.xy.astype(np.int64).T
    cross = np.zeros(len(x), np.int64)
    cross[:-1] = x[:-1] * y[1:] - x[1:] * y[:-1]
    cross[lines.offsets[1:] - 1] = 0
    return sums(cross, lines.offsets)


def _areas(coverage: Coverage, turn: Ints, rings: Ints) -> Ints:
    """(rings,) twice the signed area of some rings."""
    uses = coverage.uses_of_ring[rings]
    use = ranges(coverage.first_use[rings], uses)
    part = turn[coverage.arcs.use_arc[use]]
    return sums(np.where(coverage.arcs.use_backwards[use], -part, part), offsets_of(uses))


def valid_pieces(geometry: Geometry, feature: Ints) -> tuple[Geometry, Ints]:
    """Valid polygons that cover the same ground on the grid, and the feature of each."""
    pieces, owner = shapely.get_parts(valid(geometry), return_index=True)
    polygons = (shapely.get_type_id(pieces) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(pieces)
    return pieces[polygons], feature[owner[polygons]]


def made_valid(geometry: Geometry) -> Geometry:
    """(geometries,) valid, with vertices off the grid where borders cross."""
    made: Geometry = shapely.make_valid(geometry, method="structure", keep_collapsed=False)
    return made


def valid(geometry: Geometry, known: Geometry | None = None) -> Geometry:
    """(geometries,) valid, on the grid; what ``known`` has been made valid already, None for others."""
    made = np.full(len(geometry), None, object) if known is None else known.copy()
    unknown = np.flatnonzero(shapely.is_missing(made))
    made[unknown] = made_valid(geometry[unknown])
    unsettled = off_grid(made)[0] | ~shapely.is_valid(made)
    if unsettled.any():
        # What noding could not settle, and parts that touch along an edge: a handful per country at the coarsest zooms.
        made[unsettled] = shapely.set_precision(made[unsettled], 1.0)
    return made


def marked(some: Ints, count: int) -> NDArray[np.bool_]:
    """(count,) True at some places."""
    out = np.zeros(count, bool)
    out[some] = True
    return out


def less(geometry: Geometry, feature: Ints, given_up: Geometry, loser: Ints) -> Geometry:
    """The geometry of some features without the ground that they give up."""
    if not len(loser):
        return geometry
    lost, names = whole_features(given_up, loser)
    row = {name: place for place, name in enumerate(feature.tolist())}
    at = np.array([row.get(name, -1) for name in names.tolist()])
    there = at >= 0
    out = geometry.copy()
    out[at[there]] = shapely.difference(geometry[at[there]], shapely.union_all(lost[there, None], axis=1))
    return out


def whole_features(polygons: Geometry, feature: Ints) -> tuple[Geometry, Ints]:
    """One geometry per feature."""
    names, count = np.unique(feature, return_counts=True)
    if (count == 1).all():
        return polygons, feature
    order = np.argsort(feature, kind="stable")
    first = offsets_of(count)[:-1]
    whole = polygons[order[first]]
    several = count > 1
    owner = np.repeat(np.cumsum(several) - 1, count)
    parts = np.repeat(several, count)
    whole[several] = cast("Geometry", shapely.multipolygons(polygons[order[parts]], indices=owner[parts]))
    return whole, names


def off_grid(geometry: Geometry) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """(geometries,) True where a vertex lies between grid points, and those vertices."""
    xy, owner = shapely.get_coordinates(geometry, return_index=True)
    off = (xy != np.rint(xy)).any(axis=1)
    marked = np.zeros(len(geometry), bool)
    marked[owner[off]] = True
    return marked, xy[off]
