"""Shapes, lines and points of a zoom cut into its tiles, each piece in the coordinates of its tile.

    bounds of each piece give the tiles it may touch; a piece that lies inside the frame of a tile is copied,
    the others are clipped, all of them in one call of GEOS.

The frame of a tile is its square and a buffer around it. It runs between pixels, so no vertex lies on it and clipping never
makes a ring that touches itself on the frame by chance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from tiles.ragged import Ints, extremes, offsets_of, ranges, row_of
from tiles.rings import PIXELS, Rings, closed_rings, picked, polygons_of
from tiles.shapes import Shapes, valid_pieces
from tiles.simplify import Lines

EXTENT = 4096
"""Tile units along the side of a tile."""

CLIPPED_AT_ONCE = 250_000
"""Vertices handed to GEOS in one call; bounds the memory that clipping needs."""

BLOCK = 3
"""Zooms up: the square that a polygon with very many vertices is cut to before it is cut into tiles, 8 x 8 of these."""

HEAVY = 1_000_000
"""Such a polygon has more vertices times tiles than this."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """Rings, lines or points in tiles, ordered by tile, then feature, then as they came."""

    xy: PIXELS
    """(vertices, 2) from the north-west corner of the tile."""

    offsets: Ints
    """(pieces + 1,) where each ring or line begins in ``xy``."""

    tile: Ints
    """(pieces,) ``y * 2**z + x``."""

    feature: Ints
    """(pieces,)."""

    def __len__(self) -> int:
        return len(self.tile)

    def where(self, keep: NDArray[np.bool_]) -> Pieces:
        """Some of the pieces."""
        if keep.all():
            return self
        length = np.diff(self.offsets)
        return Pieces(self.xy[np.repeat(keep, length)], offsets_of(length[keep]), self.tile[keep], self.feature[keep])


def cut_shapes(shapes: Shapes, z: int, buffer: int) -> Pieces:
    """Polygons in tiles. A polygon's shell comes before its holes; shells have positive area, holes negative."""
    heavy = _is_heavy(shapes, z, buffer)
    found = _cut(shapes.where(~heavy), None, z, buffer)
    if heavy.any():
        found += _cut(*_in_blocks(shapes.where(heavy), z, buffer), z, buffer)
    return _ordered(found)


def _cut(shapes: Shapes, block: Ints | None, z: int, buffer: int) -> list[Pieces]:
    """Polygons in tiles; ``block`` is the square whose tiles alone each of them is meant for."""
    if not len(shapes.start):
        return []
    polygons = _Polygons.of(shapes)
    pairs = _Pairs.of(*polygons.bounds(), z, buffer)
    if block is not None:
        row, column = np.divmod(pairs.tile, 1 << z)
        pairs = pairs.where(block[pairs.item] == (row >> BLOCK) * (1 << z - BLOCK) + (column >> BLOCK))
    whole = np.flatnonzero(pairs.inside)
    ring, owner = polygons.rings(pairs.item[whole])
    xy = picked(shapes.xy, ranges(shapes.start[ring], shapes.length[ring]))
    found = [_placed(xy, shapes.length[ring], pairs, whole[owner], shapes.feature[ring])]
    for clipped in pairs.to_clip(polygons.weight):
        local = polygons.beside(pairs.corner[clipped], pairs.item[clipped])
        found.extend(_clipped_shapes(local, clipped, pairs, polygons.feature, buffer))
    return found


def _is_heavy(shapes: Shapes, z: int, buffer: int) -> NDArray[np.bool_]:
    """(rings,) True for those of polygons with so many vertices in so many tiles that they are cut in two steps."""
    if z < BLOCK or not len(shapes.start):
        return np.zeros(len(shapes.start), bool)
    polygons = _Polygons.of(shapes)
    low, high = polygons.bounds()
    across = (high - low + 2 * buffer).astype(np.int64) // EXTENT + 1
    heavy = polygons.weight * across[:, 0] * across[:, 1] > HEAVY
    return np.repeat(heavy, polygons.count)


def _in_blocks(shapes: Shapes, z: int, buffer: int) -> tuple[Shapes, Ints]:
    """The polygons cut into squares of many tiles, and the number of the square each is in.

    The squares have wider frames than tiles, so nothing that comes to lie on one is in a tile.
    """
    polygons = _Polygons.of(shapes)
    side, margin = EXTENT << BLOCK, buffer + 1
    pairs = _Pairs.of(*polygons.bounds(), z - BLOCK, margin, side)
    inside = np.flatnonzero(pairs.inside)
    parts = [polygons.beside(np.zeros((len(inside), 2), np.int32), pairs.item[inside])]
    pair = [inside]
    for clipped in pairs.to_clip(polygons.weight):
        local = _clip(polygons.beside(pairs.corner[clipped], pairs.item[clipped]), margin, side)
        some, owner = shapely.get_parts(local, return_index=True)
        corner = np.repeat(pairs.corner[clipped[owner]], shapely.get_num_coordinates(some), axis=0)
        parts.append(shapely.set_coordinates(some, shapely.get_coordinates(some) + corner))
        pair.append(clipped[owner])
    rings = Rings.of(np.concatenate(parts), y_down=True)
    xy, start = closed_rings(rings.xy, rings.offsets)
    of_part = np.concatenate(pair)[rings.feature]
    feature = polygons.feature[pairs.item[of_part]][rings.part]
    return Shapes(xy, start, np.diff(rings.offsets), rings.is_shell, feature), pairs.tile[of_part]


def cut_lines(lines: Lines, feature: Ints, z: int, buffer: int) -> Pieces:
    """Lines in tiles; ``feature`` is one number per line, and lines with a negative one are left out."""
    length = np.diff(lines.offsets)
    drawn = np.flatnonzero((feature >= 0) & (length >= 2))
    if not len(drawn):
        return _nothing()
    start, length, feature = lines.offsets[:-1][drawn], length[drawn], feature[drawn]
    pairs = _Pairs.of(*_bounds(lines.xy, start, length), z, buffer)
    whole = np.flatnonzero(pairs.inside)
    item = pairs.item[whole]
    found = [_placed(lines.xy[ranges(start[item], length[item])], length[item], pairs, whole, feature[item])]
    for clipped in pairs.to_clip(length):
        item = pairs.item[clipped]
        local = lines.xy[ranges(start[item], length[item])] - np.repeat(pairs.corner[clipped], length[item], axis=0)
        strings = shapely.from_ragged_array(
            shapely.GeometryType.LINESTRING, local.astype(np.float64), (offsets_of(length[item]),)
        )
        found.append(_clipped_lines(strings, clipped, pairs, feature, buffer))
    return _ordered(_without_dots(pieces) for pieces in found)


def cut_points(xy: PIXELS, feature: Ints, z: int, buffer: int = 0) -> Pieces:
    """Points in the tile each lies in, and in those in whose buffer it lies; points outside the grid are left out."""
    pairs = _Pairs.of(xy, xy, z, buffer)
    points = (xy[pairs.item] - pairs.corner).astype(np.int32)
    return _ordered([Pieces(points, np.arange(len(points) + 1), pairs.tile, feature[pairs.item])])


# ---- which piece meets which tile


@dataclass(frozen=True, slots=True)
class _Polygons:
    """The polygons of shapes, each a shell and its holes."""

    shapes: Shapes
    first: Ints
    """(polygons,) the shell of each."""

    count: Ints
    """(polygons,) how many rings each has."""

    weight: Ints
    """(polygons,) how many vertices each has."""

    @staticmethod
    def of(shapes: Shapes) -> _Polygons:
        first = np.flatnonzero(shapes.is_shell)
        count = np.diff(np.append(first, len(shapes.start)))
        return _Polygons(shapes, first, count, np.add.reduceat(shapes.length, first))

    @property
    def feature(self) -> Ints:
        """(polygons,)."""
        return self.shapes.feature[self.first]

    def rings(self, polygons: Ints) -> tuple[Ints, Ints]:
        """The rings of some polygons, and for each which of these it belongs to."""
        count = self.count[polygons]
        return ranges(self.first[polygons], count), np.repeat(np.arange(len(polygons)), count)

    def bounds(self) -> tuple[PIXELS, PIXELS]:
        """(polygons, 2) lowest and highest x, y of each, outwards to whole pixels."""
        return _bounds(self.shapes.xy, self.shapes.start[self.first], self.shapes.length[self.first])

    def beside(self, corner: PIXELS, polygons: Ints) -> NDArray[np.object_]:
        """Some polygons, with coordinates from a corner each."""
        ring, owner = self.rings(polygons)
        closed = self.shapes.length[ring] + 1
        local = picked(self.shapes.xy, ranges(self.shapes.start[ring], closed)) - np.repeat(
            corner[owner], closed, axis=0
        )
        return polygons_of(local, offsets_of(closed)[:-1], closed - 1, owner)[0]


@dataclass(frozen=True, slots=True)
class _Pairs:
    """A piece and a tile whose frame its bounds meet."""

    item: Ints
    corner: NDArray[np.int32]
    """(pairs, 2) the north-west corner of the tile on the grid of the zoom."""

    tile: Ints
    inside: NDArray[np.bool_]
    """(pairs,) True where the piece lies inside the frame."""

    @staticmethod
    def of(low: PIXELS, high: PIXELS, z: int, buffer: int, side: int = EXTENT) -> _Pairs:
        """Pairs at zoom z; ``side`` is that of a tile, or of a square of many tiles, of which zoom z has as many."""
        last = (1 << z) - 1
        first = np.maximum((low - buffer).astype(np.int64) // side, 0)
        final = np.minimum((high + buffer).astype(np.int64) // side, last)
        size = np.maximum(final - first + 1, 0)
        count = size[:, 0] * size[:, 1]
        item = np.repeat(np.arange(len(low)), count)
        nth = np.arange(len(item)) - offsets_of(count)[:-1][item]
        column = first[item, 0] + nth % np.maximum(size[item, 0], 1)
        row = first[item, 1] + nth // np.maximum(size[item, 0], 1)
        corner = np.column_stack([column, row]) * side
        inside = (low[item] >= corner - buffer).all(axis=1) & (high[item] <= corner + side + buffer).all(axis=1)
        return _Pairs(item, corner.astype(np.int32), row * (last + 1) + column, np.asarray(inside))

    def where(self, keep: NDArray[np.bool_]) -> _Pairs:
        """Some of the pairs."""
        return _Pairs(self.item[keep], self.corner[keep], self.tile[keep], self.inside[keep])

    def to_clip(self, weight: Ints) -> Iterator[Ints]:
        """Pairs to clip, in batches of a bounded number of vertices; ``weight`` is the number of vertices of each item."""
        outside = np.flatnonzero(~self.inside)
        if not len(outside):
            return
        batch = np.cumsum(weight[self.item[outside]]) // CLIPPED_AT_ONCE
        yield from np.split(outside, np.flatnonzero(np.diff(batch)) + 1)


def _bounds(xy: PIXELS, start: Ints, length: Ints) -> tuple[PIXELS, PIXELS]:
    """(items, 2) lowest and highest x, y of each."""
    (west, east), (north, south) = extremes(xy[:, 0], start, length), extremes(xy[:, 1], start, length)
    low, high = np.column_stack([west, north]), np.column_stack([east, south])
    return np.floor(low).astype(np.int32), np.ceil(high).astype(np.int32)


def _placed(xy: PIXELS, length: Ints, pairs: _Pairs, pair: Ints, feature: Ints) -> Pieces:
    """Pieces moved as they are into the tile of their pair."""
    local = (xy - np.repeat(pairs.corner[pair], length, axis=0)).astype(np.int32, copy=False)
    return Pieces(local, offsets_of(length), pairs.tile[pair], feature)


# ---- clipping


def _clip(geometry: NDArray[np.object_], buffer: int, side: int = EXTENT) -> NDArray[np.object_]:
    low, high = -buffer - 0.5, side + buffer + 0.5
    clipped: NDArray[np.object_] = shapely.clip_by_rect(geometry, low, low, high, high)
    return clipped


def _on_grid(xy: NDArray[np.float64], buffer: int) -> NDArray[np.float64]:
    """Vertices that clipping made, moved to the pixel outside the frame; all others are on the grid already."""
    rounded = np.rint(xy)
    rounded[xy == -buffer - 0.5] = -buffer - 1
    rounded[xy == EXTENT + buffer + 0.5] = EXTENT + buffer + 1
    return rounded


def _clipped_shapes(
    polygons: NDArray[np.object_], clipped: Ints, pairs: _Pairs, feature_of_item: Ints, buffer: int
) -> list[Pieces]:
    parts, owner = shapely.get_parts(_clip(polygons, buffer), return_index=True)
    rings = Rings.of(parts, y_down=True, moved=lambda xy: _on_grid(xy, buffer))
    closed, start = closed_rings(rings.xy, rings.offsets)
    pieces, _ = polygons_of(closed, start, np.diff(rings.offsets), rings.part)
    pair = clipped[owner[rings.feature]]
    # Rounding on the frame can pinch a piece or weld a hole to its shell there; such pieces are split.
    bad = ~shapely.is_valid(pieces)
    mended, mended_pair = valid_pieces(pieces[bad], pair[bad])
    again = Rings.of(mended, y_down=True)
    return [
        _in_tiles(rings, pair, pairs, feature_of_item).where(~bad[rings.part]),
        _in_tiles(again, mended_pair[again.feature], pairs, feature_of_item),
    ]


def _in_tiles(rings: Rings, pair: Ints, pairs: _Pairs, feature_of_item: Ints) -> Pieces:
    """Rings in the tiles of the pairs that their parts belong to."""
    ring_pair = pair[rings.part]
    xy = np.rint(rings.xy).astype(np.int32)
    return Pieces(xy, rings.offsets, pairs.tile[ring_pair], feature_of_item[pairs.item[ring_pair]])


def _clipped_lines(
    strings: NDArray[np.object_], clipped: Ints, pairs: _Pairs, feature_of_item: Ints, buffer: int
) -> Pieces:
    parts, owner = shapely.get_parts(_clip(strings, buffer), return_index=True)
    lines = (shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING) & ~shapely.is_empty(parts)
    parts, pair = parts[lines], clipped[owner[lines]]
    xy = _on_grid(shapely.get_coordinates(parts), buffer).astype(np.int32)
    offsets = offsets_of(shapely.get_num_coordinates(parts))
    return Pieces(xy, offsets, pairs.tile[pair], feature_of_item[pairs.item[pair]])


def _without_dots(pieces: Pieces) -> Pieces:
    """Lines without repeated pixels, and without those of which one pixel is left."""
    if not len(pieces):
        return pieces
    line = row_of(pieces.offsets)
    keep = np.ones(len(pieces.xy), bool)
    keep[1:] = (pieces.xy[1:] != pieces.xy[:-1]).any(axis=1) | (line[1:] != line[:-1])
    length = np.bincount(line[keep], minlength=len(pieces))
    long = length >= 2
    return Pieces(pieces.xy[keep & long[line]], offsets_of(length[long]), pieces.tile[long], pieces.feature[long])


def _ordered(found: Iterator[Pieces] | list[Pieces]) -> Pieces:
    """All pieces together, by tile and feature, and within these as they came."""
    batches = [pieces for pieces in found if len(pieces)]
    if not batches:
        return _nothing()
    xy = np.vstack([pieces.xy for pieces in batches])
    length = np.concatenate([np.diff(pieces.offsets) for pieces in batches])
    tile = np.concatenate([pieces.tile for pieces in batches])
    feature = np.concatenate([pieces.feature for pieces in batches])
    order = np.lexsort((feature, tile))
    start = offsets_of(length)[:-1]
    return Pieces(
        picked(xy, ranges(start[order], length[order])),
        offsets_of(length[order]),
        tile[order],
        feature[order],
    )


def _nothing() -> Pieces:
    return Pieces(np.zeros((0, 2), np.int32), np.zeros(1, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64))
