"""Mapbox Vector Tile 2.1: the geometry of all tiles of a zoom, encoded at once.

What comes out are layers whose features have an id, a type and a geometry, but no tags: ``splice`` puts those in later.
Section numbers are those of https://github.com/mapbox/vector-tile-spec/tree/master/2.1
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from tiles.cut import EXTENT, Pieces
from tiles.mvt_fields import (
    EXTENT_FIELD,
    FEATURE_FIELD,
    GEOMETRY_FIELD,
    ID_FIELD,
    LAYER_FIELD,
    NAME_FIELD,
    TYPE_FIELD,
    VERSION,
)
from tiles.ragged import Ints, offsets_of, sums
from tiles.varint import Words, varint, varint_sizes, varints


class GeometryKind(IntEnum):
    """Geometry types by their numbers in a tile (section 4.3.4)."""

    POINT = 1
    LINE = 2
    POLYGON = 3


MOVE_TO, CLOSE_PATH = 9, 15
"""``MoveTo`` one point, and ``ClosePath`` (section 4.3.1)."""


def layer(name: str, body: bytes, extent: int = EXTENT) -> bytes:
    """A layer as it stands in a tile, from its features (and keys and values)."""
    encoded = name.encode()
    head = VERSION + bytes([NAME_FIELD]) + varint(len(encoded)) + encoded
    message = head + body + EXTENT_FIELD + varint(extent)
    return bytes([LAYER_FIELD]) + varint(len(message)) + message


def features_by_tile(pieces: Pieces, kind: GeometryKind, ids: NDArray[np.int64]) -> dict[int, bytes]:
    """The feature messages of each tile, by tile number. ``ids`` has the id of each feature of ``pieces``.

    Pieces that stand together and have the same tile and feature become one feature.
    """
    if not len(pieces):
        return {}
    begins = np.ones(len(pieces), bool)
    begins[1:] = (pieces.tile[1:] != pieces.tile[:-1]) | (pieces.feature[1:] != pieces.feature[:-1])
    first = np.flatnonzero(begins)
    words, words_of_piece = _commands(pieces, first, kind)
    sizes = varint_sizes(words)
    per_piece = sums(sizes, offsets_of(words_of_piece))
    geometry_size = np.add.reduceat(per_piece, first)
    geometry = varints(words, sizes).tobytes()

    heads, head_offsets = _heads(ids[pieces.feature[first]], kind, geometry_size)
    return _interleaved(heads, head_offsets, geometry, offsets_of(geometry_size), pieces.tile[first])


def _commands(pieces: Pieces, first: Ints, kind: GeometryKind) -> tuple[NDArray[np.uint32], Ints]:
    """The command and parameter integers of all pieces (section 4.3), and how many each piece has."""
    length = np.diff(pieces.offsets)
    step = np.empty(pieces.xy.shape, np.int32)
    # The cursor runs on within a feature and starts at 0, 0 in the next; a ring does not move it when it closes.
    np.subtract(pieces.xy[1:], pieces.xy[:-1], out=step[1:])
    step[pieces.offsets[:-1][first]] = pieces.xy[pieces.offsets[:-1][first]]
    extra = {GeometryKind.POINT: 1, GeometryKind.LINE: 2, GeometryKind.POLYGON: 3}[kind]
    count = 2 * length + extra
    offsets = offsets_of(count)
    words = np.empty(int(offsets[-1]), np.uint32)
    is_parameter = np.ones(len(words), bool)

    def command(at: Ints, value: Ints | int) -> None:
        words[at] = value
        is_parameter[at] = False

    command(offsets[:-1], MOVE_TO)
    if kind is not GeometryKind.POINT:
        command(offsets[:-1] + 3, (length - 1) << 3 | 2)
    if kind is GeometryKind.POLYGON:
        command(offsets[1:] - 1, CLOSE_PATH)
    words[is_parameter] = (step << 1 ^ step >> 31).view(np.uint32).ravel()
    return words, count


def _heads(ids: NDArray[np.int64], kind: GeometryKind, geometry_size: Ints) -> tuple[bytes, Ints]:
    """What stands before the geometry of each feature, and where each begins."""
    n = len(ids)
    id_size, size_size = varint_sizes(ids), varint_sizes(geometry_size)
    feature_size = 1 + id_size + 2 + 1 + size_size + geometry_size
    head: Words = np.empty((n, 8), np.uint64)
    head[:, 0], head[:, 1] = FEATURE_FIELD, feature_size
    head[:, 2], head[:, 3] = ID_FIELD, ids
    head[:, 4], head[:, 5] = TYPE_FIELD, kind
    head[:, 6], head[:, 7] = GEOMETRY_FIELD, geometry_size
    sizes = varint_sizes(head.ravel())
    return varints(head.ravel(), sizes).tobytes(), offsets_of(sizes.reshape(n, 8).sum(axis=1))


def _interleaved(heads: bytes, head_at: Ints, geometry: bytes, geometry_at: Ints, tile: Ints) -> dict[int, bytes]:
    """Head and geometry of each feature in turn, tile by tile."""
    h, g = head_at.tolist(), geometry_at.tolist()
    begins = np.flatnonzero(np.append(True, tile[1:] != tile[:-1]))
    bounds = [*begins.tolist(), len(tile)]
    return {
        number: b"".join(part for i in range(low, high) for part in (heads[h[i] : h[i + 1]], geometry[g[i] : g[i + 1]]))
        for number, low, high in zip(tile[begins].tolist(), bounds[:-1], bounds[1:], strict=True)
    }
