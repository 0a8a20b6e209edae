"""MapLibre Tile: layers with ids and geometry, for all tiles of a zoom at once, in the encoding with tag 1.

A border is walked twice, once by either neighbour. So the vertices of a tile are kept once, in the order in which rings
meet them, and a ring is a list of places among them. Where a ring is the first to walk a border the places count up by
one, where it is the second they count down: two runs, however long the border.

    vertices   a b c d e f g        ring 1: 0 1 2 3 4    differences  +1 +1 +1 +1
               o--o--o--o--o        ring 2: 3 2 1 5 6                 -1 -1 +4 +1

Tiles in which this does not pay, because borders are short or not shared, have the vertices of each ring in full.
What comes out has no attributes: ``mlt_splice`` puts those in later.
Section names are those of https://maplibre.org/maplibre-tile-spec/specification/v1/
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from tiles.cut import EXTENT, Pieces
from tiles.mlt_streams import GEOMETRY_COLUMN, LONG_ID_COLUMN, Content, Packed, PackedRuns, Packing, layer
from tiles.mvt import GeometryKind
from tiles.ragged import Ints
from tiles.rings import doubled_areas, first_of_each
from tiles.varint import varint, zigzag

Number = TypeVar("Number", np.int32, np.int64)

MULTI = 3
"""Added to the number of a single-part geometry type."""

SAFE_STEP = 1 << 52
"""Decoders that read ids as doubles lose differences of this size."""

SORTED_AT_ONCE = 1 << 16
"""Vertices in one sort: as many as stay in the cache of a processor."""

SHARING_PAYS = 0.9
"""Places and distinct vertices must take less than this share of the bytes of all vertices: they compress less well."""


def layers_by_tile(name: str, pieces: Pieces, kind: GeometryKind, ids: NDArray[np.int64]) -> dict[int, bytes]:
    """The layer of each tile, by tile number. ``ids`` has the id of each feature of ``pieces``, from 0 to 2**53 - 1.

    Pieces that stand together and have the same tile and feature become one feature. Polygons are open rings, each shell
    before its holes; shells have a positive area and holes a negative one.
    """
    if not len(pieces):
        return {}
    tiles = _Tiles(pieces, kind)
    encoded = name.encode()
    head = varint(len(encoded)) + encoded + varint(EXTENT) + b"\x02" + LONG_ID_COLUMN + GEOMETRY_COLUMN
    id_columns, geometry_columns = _id_columns(tiles, ids), _geometry_columns(tiles)
    bodies = (head + b"".join(columns) for columns in zip(id_columns, geometry_columns, strict=True))
    return {number: layer(body) for number, body in zip(tiles.number, bodies, strict=True)}


@dataclass(frozen=True)
class _Tiles:
    """What begins where in pieces of many tiles. Offsets have an entry for each tile and a last one for the end."""

    pieces: Pieces
    kind: GeometryKind

    @cached_property
    def piece_at(self) -> Ints:
        return np.append(np.flatnonzero(first_of_each(self.pieces.tile)), len(self.pieces))

    @cached_property
    def vertex_at(self) -> Ints:
        return self.pieces.offsets[self.piece_at]

    @cached_property
    def begins_feature(self) -> NDArray[np.bool_]:
        """(pieces,)."""
        return first_of_each(self.pieces.tile) | first_of_each(self.pieces.feature)

    @cached_property
    def feature_first(self) -> Ints:
        """(features,) the first piece of each feature."""
        return np.flatnonzero(self.begins_feature)

    @cached_property
    def feature_at(self) -> Ints:
        return np.searchsorted(self.feature_first, self.piece_at)

    @cached_property
    def begins_part(self) -> NDArray[np.bool_]:
        """(pieces,) True for points, lines and shells."""
        if self.kind is not GeometryKind.POLYGON:
            return np.ones(len(self.pieces), bool)
        return (doubled_areas(self.pieces.xy, self.pieces.offsets) > 0) | self.begins_feature

    @cached_property
    def number(self) -> list[int]:
        """(tiles,)."""
        numbers: list[int] = self.pieces.tile[self.piece_at[:-1]].tolist()
        return numbers


def _id_columns(tiles: _Tiles, ids: NDArray[np.int64]) -> list[bytes]:
    """(tiles,) the id column of each."""
    own = ids[tiles.pieces.feature[tiles.feature_first]]
    at = tiles.feature_at
    step = _steps(own, at[:-1])
    # One number on its own is misread as a difference by @maplibre/mlt before 1.1.12.
    plain = (np.minimum.reduceat(step, at[:-1]) <= -SAFE_STEP) | (np.diff(at) == 1)
    of_feature = np.repeat(plain, np.diff(at))
    packed = Packed.of(np.where(of_feature, own.astype(np.uint64), zigzag(step)), at)
    return [
        packed.stream(i, Content.VALUES, Packing.PLAIN if is_plain else Packing.DELTA)
        for i, is_plain in enumerate(plain.tolist())
    ]


def _geometry_columns(tiles: _Tiles) -> list[bytes]:
    """(tiles,) the geometry column of each: types, then lengths from geometries to rings, then vertices."""
    types, geometries = _types(tiles)
    lengths = _lengths(tiles)
    places, vertices = _shared_vertices(tiles)
    columns = []
    for i in range(len(tiles.number)):
        streams = [types.stream(i, Content.VALUES, Packing.RUNS)]
        if geometries.count(i):
            streams.append(geometries.stream(i, Content.GEOMETRIES, Packing.PLAIN))
        streams += [packed.stream(i, content, Packing.PLAIN) for content, packed in lengths.items()]
        if places[i]:
            streams.append(places[i])
        streams.append(vertices.stream(i, Content.VERTICES, Packing.VERTEX_DELTA))
        columns.append(varint(len(streams)) + b"".join(streams))
    return columns


def _types(tiles: _Tiles) -> tuple[PackedRuns, Packed]:
    """The geometry type of each feature, and how many parts each has of those that have several."""
    parts = np.add.reduceat(tiles.begins_part.astype(np.int64), tiles.feature_first)
    single = {GeometryKind.POINT: 0, GeometryKind.LINE: 1, GeometryKind.POLYGON: 2}[tiles.kind]
    several = parts > 1
    types = np.where(several, single + MULTI, single).astype(np.uint32)
    multi_at = np.searchsorted(np.flatnonzero(several), tiles.feature_at)
    return PackedRuns.of(types, tiles.feature_at), Packed.of(parts[several].astype(np.uint32), multi_at)


def _lengths(tiles: _Tiles) -> dict[Content, Packed]:
    vertices = np.diff(tiles.pieces.offsets).astype(np.uint32)
    match tiles.kind:
        case GeometryKind.POINT:
            return {}
        case GeometryKind.LINE:
            return {Content.PARTS: Packed.of(vertices, tiles.piece_at)}
        case GeometryKind.POLYGON:
            shells = np.flatnonzero(tiles.begins_part)
            rings = np.diff(np.append(shells, len(tiles.pieces))).astype(np.uint32)
            return {
                Content.PARTS: Packed.of(rings, np.searchsorted(shells, tiles.piece_at)),
                Content.RINGS: Packed.of(vertices, tiles.piece_at),
            }


# ---- vertices


def _shared_vertices(tiles: _Tiles) -> tuple[list[bytes], Packed]:
    """The offset stream of each tile, empty where it has none, and its vertices."""
    xy, at = tiles.pieces.xy, tiles.vertex_at
    first = _first_there(xy, at)
    is_first = first == np.arange(len(xy))
    nth = np.cumsum(is_first, dtype=np.int32) - 1
    place = nth[first] - np.repeat(nth[at[:-1]], np.diff(at))
    places = PackedRuns.of(_zigzag_steps(place, at[:-1]), at)

    in_full = _bytes_of_steps(xy, at)
    once = _bytes_of_steps(xy[is_first], _kept_at(is_first, at))
    sharing = once + places.sizes() < SHARING_PAYS * in_full

    kept = is_first | ~np.repeat(sharing, np.diff(at))
    kept_at = _kept_at(kept, at)
    vertices = Packed.of(_zigzag_steps(xy[kept], kept_at[:-1]).ravel(), 2 * kept_at)
    streams = [
        places.stream(i, Content.VERTEX_OFFSETS, Packing.DELTA_RUNS) if shared else b""
        for i, shared in enumerate(sharing.tolist())
    ]
    return streams, vertices


def _kept_at(kept: NDArray[np.bool_], at: Ints) -> Ints:
    """Offsets among those that are kept."""
    return np.append(0, np.cumsum(kept))[at]


def _bytes_of_steps(xy: NDArray[np.int32], at: Ints) -> Ints:
    """(tiles,) the bytes of the differences of all vertices."""
    words = _zigzag_steps(xy, at[:-1]).ravel()
    longer = [_kept_at(words >= 1 << bits, 2 * at) for bits in range(7, int(words.max()).bit_length(), 7)]
    return np.diff(2 * at + sum(longer))


def _first_there(xy: NDArray[np.int32], at: Ints) -> Ints:
    """(vertices,) the first vertex of the same tile at the same pixel."""
    low = int(xy.min())
    bits = (int(xy.max()) - low).bit_length()
    first = np.empty(len(xy), np.int64)
    for begin, end in _batches(at):
        own = at[begin : end + 1]
        n = int(own[-1] - own[0])
        local = (xy[own[0] : own[-1]] - low).astype(np.int64)
        # Tile, x, y and place in one number: equal pixels stand together once sorted, the first of them in front.
        key = np.repeat(np.arange(end - begin), np.diff(own))
        key = (key << bits | local[:, 0]) << bits | local[:, 1]
        key = key << n.bit_length() | np.arange(n)
        key.sort()
        vertex = key & ((1 << n.bit_length()) - 1)
        new = first_of_each(key >> n.bit_length())
        first[own[0] + vertex] = own[0] + vertex[new][np.cumsum(new) - 1]
    return first


def _batches(at: Ints) -> list[tuple[int, int]]:
    """First tile and the one after the last of batches of tiles, no larger than can be sorted at once where it can be."""
    batches, begin = [], 0
    while begin < len(at) - 1:
        end = max(begin + 1, int(np.searchsorted(at, at[begin] + SORTED_AT_ONCE, side="right")) - 1)
        batches.append((begin, end))
        begin = end
    return batches


def _steps(numbers: NDArray[Number], begins: Ints) -> NDArray[Number]:
    """Differences with the number before; where a tile begins the number itself."""
    step = np.empty_like(numbers)
    np.subtract(numbers[1:], numbers[:-1], out=step[1:])
    step[begins] = numbers[begins]
    return step


def _zigzag_steps(numbers: NDArray[np.int32], begins: Ints) -> NDArray[np.uint32]:
    step = _steps(numbers, begins)
    return (step << 1 ^ step >> 31).view(np.uint32)
