"""Polygons as rings: open, oriented, in flat arrays, with the part and feature each ring belongs to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from tiles.ragged import Ints, offsets_of, ranges, row_of, sums

PIXELS = NDArray[np.int32]
"""(vertices, 2) x, y in tile units from the north-west corner of the grid, y down."""


@dataclass(frozen=True, slots=True)
class Rings:
    """The rings of many polygons."""

    xy: NDArray[np.float64]
    """(vertices, 2); a ring does not repeat its first vertex. Shells run clockwise where y points up, holes counter-clockwise,
    so that shells have a positive area on the tile grid, where y points down (MVT 2.1, section 4.3.4.4)."""

    offsets: Ints
    """(rings + 1,) where each ring begins in ``xy``."""

    part: Ints
    """(rings,) the polygon each ring belongs to; the first ring of a polygon is its shell, all others are holes."""

    feature: Ints
    """(parts,) the geometry each polygon belongs to."""

    @property
    def is_shell(self) -> NDArray[np.bool_]:
        """(rings,) True for outer rings."""
        return first_of_each(self.part)

    @staticmethod
    def of(
        geometry: NDArray[np.object_],
        *,
        y_down: bool = False,
        moved: Callable[[NDArray[np.float64]], NDArray[np.float64]] | None = None,
    ) -> Rings:
        """The rings of polygons and multipolygons; other geometry and empty parts give none.

        y_down says that the coordinates are those of a tile grid already; moved says where vertices come to lie.
        """
        parts, feature = shapely.get_parts(geometry, return_index=True)
        polygons = (shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(parts)
        if not polygons.all():
            parts, feature = parts[polygons], feature[polygons]
        rings, part = shapely.get_rings(parts, return_index=True)
        closed = shapely.get_num_coordinates(rings).astype(np.int64)
        xy = shapely.get_coordinates(rings)
        offsets = offsets_of(closed - 1)
        if moved is None:
            counter_clockwise = shapely.is_ccw(rings)
        else:
            xy = moved(xy)
            counter_clockwise = doubled_areas(xy, offsets_of(closed)) > 0
        turn = (counter_clockwise == first_of_each(part)) != y_down
        # One gather both turns rings and leaves out the vertex that closes each.
        first = offsets_of(closed)[:-1]
        start, step = np.where(turn, first + closed - 2, first), np.where(turn, -1, 1).astype(np.int64)
        xy = picked(xy, ranges(start, closed - 1, step))
        return Rings(xy, offsets, part.astype(np.int64), feature.astype(np.int64)).tidied()

    def tidied(self) -> Rings:
        """The same without vertices that repeat the one before, and without rings and parts of fewer than three vertices."""
        point = np.ascontiguousarray(self.xy).view(np.complex128).ravel()
        repeats = np.zeros(len(point), bool)
        np.equal(point[1:], point[:-1], out=repeats[1:])
        length = np.diff(self.offsets)
        filled = np.flatnonzero(length)
        first, last = self.offsets[:-1][filled], self.offsets[1:][filled] - 1
        repeats[first] = point[first] == point[last]
        if not repeats.any() and (length >= 3).all():
            return self
        length = length - sums(repeats.astype(np.int64), self.offsets)
        keep = self.keep(length)
        kept_parts, part = np.unique(self.part[keep], return_inverse=True)
        vertices = ~repeats & np.repeat(keep, np.diff(self.offsets))
        return Rings(self.xy[vertices], offsets_of(length[keep]), part.astype(np.int64), self.feature[kept_parts])

    def keep(self, length: Ints) -> NDArray[np.bool_]:
        """(rings,) True for rings of three vertices or more whose shell has them too."""
        wide = length >= 3
        return wide & wide[np.flatnonzero(self.is_shell)][self.part]


def first_of_each(group: NDArray[np.integer]) -> NDArray[np.bool_]:
    """(n,) True where a run of equal numbers begins."""
    first = np.ones(len(group), bool)
    first[1:] = group[1:] != group[:-1]
    return first


def pixel_key(xy: NDArray[np.integer]) -> Ints:
    """(n,) one number for each pixel."""
    key: Ints = (xy[:, 0].astype(np.int64) << 32) + xy[:, 1]
    return key


def doubled_areas(xy: NDArray[np.number], offsets: Ints) -> NDArray[np.float64]:
    """(rings,) twice the signed area of each open ring: positive for shells on the tile grid.

    Exact for pixels: coordinates are taken relative to the ring's first vertex.
    """
    areas = np.zeros(len(offsets) - 1)
    filled = np.flatnonzero(np.diff(offsets) > 0)
    if not len(filled):
        return areas
    first = offsets[:-1]
    ring = row_of(offsets)
    local = xy.astype(np.float64) - xy[first[ring]]
    x, y = local[:, 0], local[:, 1]
    following = np.arange(1, len(xy) + 1)
    following[offsets[1:][filled] - 1] = first[filled]
    cross = x * y[following] - x[following] * y
    areas[filled] = np.add.reduceat(cross, first[filled])
    return areas


def polygons_of(xy: NDArray[np.number], start: Ints, length: Ints, part: Ints) -> tuple[NDArray[np.object_], Ints]:
    """Shapely polygons of closed rings that lie at ``start`` with ``length`` vertices, and the part each of them is.

    Rings of a part stand together, its shell first; a ring has at least three vertices, and after its last one comes its
    first again, which ``length`` does not count.
    """
    if not len(start):
        return np.zeros(0, object), np.zeros(0, np.int64)
    closed = length + 1
    offsets = offsets_of(closed)
    follow = bool((start[1:] == start[:-1] + closed[:-1]).all())
    vertices = xy[start[0] : start[0] + offsets[-1]] if follow else picked(xy, ranges(start, closed))
    begin = np.flatnonzero(first_of_each(part))
    polygons = shapely.from_ragged_array(
        shapely.GeometryType.POLYGON, vertices.astype(np.float64), (offsets, np.append(begin, len(start)))
    )
    return polygons, part[begin]


def closed_rings(xy: NDArray[Any], offsets: Ints) -> tuple[NDArray[Any], Ints]:
    """Open rings with the first vertex of each repeated at its end, and where each begins now; empty ones stay so."""
    length = np.diff(offsets)
    closed = length + (length > 0)
    index, begin = ranges(offsets[:-1], closed), offsets_of(closed)
    filled = length > 0
    index[begin[1:][filled] - 1] = offsets[:-1][filled]
    return picked(xy, index), begin[:-1]


def picked(xy: NDArray[Any], index: Ints) -> NDArray[Any]:
    """``xy[index]`` for the rows of an array of pairs, each taken as one number: a quarter of the time or less."""
    whole = _PAIRS.get(xy.dtype)
    if whole is None or xy.ndim == 1 or not xy.flags.c_contiguous:
        return np.asarray(xy[index])
    pairs: NDArray[Any] = xy.view(whole).ravel()[index].view(xy.dtype).reshape(-1, 2)
    return pairs


_PAIRS = {
    np.dtype(np.int32): np.dtype(np.int64),
    np.dtype(np.int64): np.dtype(np.complex128),
    np.dtype(np.float64): np.dtype(np.complex128),
}
"""Numbers as large as a pair of those."""
