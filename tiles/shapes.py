"""The polygons of a coverage at one zoom: rings put together again from simplified arcs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
import shapely
from numpy.typing import NDArray

from tiles.coverage import Coverage, ring_vertices
from tiles.ragged import Ints, offsets_of, ranges, sums
from tiles.rings import PIXELS, Rings, closed_rings, picked, polygons_of
from tiles.simplify import Lines, rows

Geometry = NDArray[np.object_]


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
        turn = _turns(lines.xy, lines.offsets)
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
        turn[arcs] = _turns(*rows(lines, arcs))
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

    def polygons(self, features: NDArray[np.bool_]) -> tuple[Geometry, Ints]:
        """Polygons of the standing parts of the marked features, and the feature of each."""
        coverage = self.coverage
        rings = np.flatnonzero(self.standing() & features[coverage.feature[coverage.part]])
        polygons, part = polygons_of(self.xy, self.start[rings], self.length[rings], coverage.part[rings])
        return polygons, coverage.feature[part]

    def bad_features(self, among: Ints) -> Ints:
        """Features that are not valid polygons as they stand: rings that cross or touch, parts that run into each other."""
        asked = np.zeros(self.coverage.features, bool)
        asked[among] = True
        polygons, feature = self.polygons(asked)
        whole, names = whole_features(polygons, feature)
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
        shapes = Shapes(self.xy, self.start[rings], self.length[rings], coverage.is_shell[rings], feature[rings])
        if not len(bad):
            return shapes, 0
        pieces, piece_feature = valid_pieces(*whole_features(*self.polygons(is_bad)))
        return _joined(shapes, Rings.of(pieces, y_down=True), piece_feature), len(bad)


def _assembled(coverage: Coverage, lines: Lines, rings: Ints | None) -> tuple[PIXELS, Ints, Ints]:
    """Closed rings, all or some: their pixels, where each begins, and its number of vertices."""
    index, offsets = ring_vertices(coverage, lines, by_pixel=True, rings=rings)
    index, start = closed_rings(index, offsets)
    return picked(lines.xy, index), start, np.diff(offsets)


def _turns(xy: PIXELS, offsets: Ints) -> Ints:
    """(arcs,) the sum of x y' - x' y over the steps of each arc.

    Whole numbers, so that the sum around a ring is twice its area to the last bit, wherever its origin is.
    """
    x, y = xy[:, 0].astype(np.int64), xy[:, 1].astype(np.int64)
    cross = np.zeros(len(xy), np.int64)
    cross[:-1] = x[:-1] * y[1:] - x[1:] * y[:-1]
    cross[offsets[1:] - 1] = 0
    return sums(cross, offsets)


def _areas(coverage: Coverage, turn: Ints, rings: Ints) -> Ints:
    """(rings,) twice the signed area of some rings."""
    uses = coverage.uses_of_ring[rings]
    use = ranges(coverage.first_use[rings], uses)
    part = turn[coverage.arcs.use_arc[use]]
    return sums(np.where(coverage.arcs.use_backwards[use], -part, part), offsets_of(uses))


def valid_pieces(geometry: Geometry, feature: Ints) -> tuple[Geometry, Ints]:
    """Valid polygons that cover the same ground on the grid, and the feature of each."""
    made = shapely.make_valid(geometry, method="structure", keep_collapsed=False)
    unsettled = off_grid(made)[0] | ~shapely.is_valid(made)
    if unsettled.any():
        # What noding could not settle, and parts that touch along an edge: a handful per country at the coarsest zooms.
        made[unsettled] = shapely.unary_union(made[unsettled], grid_size=1.0)
    pieces, owner = shapely.get_parts(made, return_index=True)
    polygons = (shapely.get_type_id(pieces) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(pieces)
    return pieces[polygons], feature[owner[polygons]]


def whole_features(polygons: Geometry, feature: Ints) -> tuple[Geometry, Ints]:
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


def off_grid(geometry: Geometry) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """(geometries,) True where a vertex lies between grid points, and those vertices."""
    xy, owner = shapely.get_coordinates(geometry, return_index=True)
    off = (xy != np.rint(xy)).any(axis=1)
    marked = np.zeros(len(geometry), bool)
    marked[owner[off]] = True
    return marked, xy[off]


def _joined(shapes: Shapes, pieces: Rings, piece_feature: Ints) -> Shapes:
    """Shapes with further polygons after them."""
    xy, start = closed_rings(np.rint(pieces.xy).astype(np.int32), pieces.offsets)
    feature = piece_feature[pieces.feature[pieces.part]]
    return Shapes(
        np.vstack([shapes.xy, xy]),
        np.concatenate([shapes.start, start + len(shapes.xy)]),
        np.concatenate([shapes.length, np.diff(pieces.offsets)]),
        np.concatenate([shapes.is_shell, pieces.is_shell]),
        np.concatenate([shapes.feature, feature]),
    )
