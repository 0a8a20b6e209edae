"""Attributes spliced into ready MapLibre Tiles: columns appended to a layer, with ids and geometry copied as they are.

    name, extent, 2 columns      types                ids, geometry
    name, extent, 5 columns      types + 3 of them    ids, geometry    values of the 3

Columns that a layer has already stay where they are.

The same function makes the tiles of a static archive and those the server makes per request, so they are equal
byte for byte.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tiles.attributes import Attributes
from tiles.errors import BadTile
from tiles.mlt_columns import LayerColumns
from tiles.mlt_streams import GEOMETRY_COLUMN, LONG_ID_COLUMN, TAG, Packing, layer
from tiles.ragged import Ints, offsets_of
from tiles.varint import read_varint, read_varints, varint

VERSION = 1
"""Raise it when the same geometry and values give other bytes: tiles are kept for ever under their version."""


def splice_mlt(tile: bytes, attributes: Mapping[str, Attributes]) -> bytes:
    """The tile with attributes in the layers that have them; other layers are copied as they are.

    tile is an uncompressed geometry tile. A feature without attributes gets none. Raises BadTile.
    """
    return splice_mlt_all([tile], attributes)[0]


def splice_mlt_all(tiles: Sequence[bytes], attributes: Mapping[str, Attributes]) -> list[bytes]:
    """Many tiles with attributes, each as ``splice_mlt`` makes it. Raises BadTile."""
    layers = [_layers(tile, attributes) for tile in tiles]
    fields = [[found.field for found in of_tile] for of_tile in layers]
    for name, of_layer in attributes.items():
        places = [(i, j) for i, of_tile in enumerate(layers) for j, found in enumerate(of_tile) if found.name == name]
        if places and of_layer.columns:
            for (i, j), field in zip(places, _spliced([layers[i][j] for i, j in places], of_layer), strict=True):
                fields[i][j] = field
    return [b"".join(of_tile) for of_tile in fields]


@dataclass(frozen=True, slots=True)
class _Layer:
    name: str
    field: bytes
    """All of it, as it stands in the tile."""

    head: bytes = b""
    """Name and extent."""

    count: int = 0
    """How many columns it has."""

    types: bytes = b""
    """Type and name of each."""

    columns: bytes = b""
    """Ids, geometry, and then any others."""


def _layers(tile: bytes, attributes: Mapping[str, Attributes]) -> list[_Layer]:
    """The layers of a tile, those with attributes taken apart."""
    found = []
    at = 0
    while at < len(tile):
        start = at
        size, at = read_varint(tile, at)
        end = at + size
        if end > len(tile) or not size or tile[at] != TAG:
            raise BadTile("the tile is damaged: a layer of a MapLibre Tile was expected")
        length, name_at = read_varint(tile, at + 1)
        name = tile[name_at : name_at + length].decode(errors="replace")
        found.append(
            _taken_apart(name, tile[start:end], tile[at + 1 : end])
            if name in attributes
            else _Layer(name, tile[start:end])
        )
        at = end
    return found


def _taken_apart(name: str, field: bytes, body: bytes) -> _Layer:
    length, at = read_varint(body, 0)
    _, types_at = read_varint(body, at + length)
    count, at = read_varint(body, types_at)
    start, bare = at, LONG_ID_COLUMN + GEOMETRY_COLUMN
    if not body.startswith(bare, at):
        raise BadTile(f"the tile is no geometry tile: layer {name} does not begin with ids and geometry")
    at += len(bare)
    for _ in range(2, count):
        length, at = read_varint(body, at + 1)  # behind one byte for the type
        at += length
    return _Layer(name, field, body[:types_at], count, body[start:at], body[at:])


def _spliced(layers: Sequence[_Layer], attributes: Attributes) -> list[bytes]:
    """Layers of one name with the columns that have a value in them."""
    columns = attributes.prepared(LayerColumns.of)
    ids, at = _ids(layers)
    out = []
    for bare, own in zip(layers, columns.of_layers(attributes.rows(ids), at), strict=True):
        types = (varint(bare.count + len(own)), bare.types, *(head for head, _ in own))
        out.append(layer(b"".join((bare.head, *types, bare.columns, *(content for _, content in own)))))
    return out


def _ids(layers: Sequence[_Layer]) -> tuple[Ints, Ints]:
    """The ids of all features, and where those of each layer begin."""
    streams, counts, is_delta = [], [], []
    for found in layers:
        count, at = read_varint(found.columns, 2)
        size, at = read_varint(found.columns, at)
        streams.append(found.columns[at : at + size])
        counts.append(count)
        is_delta.append(found.columns[1] == Packing.DELTA)
    offsets = offsets_of(np.array(counts, np.int64))
    try:
        words = read_varints(b"".join(streams)).astype(np.int64)
    except ValueError as error:
        raise BadTile(f"the tile is damaged: in its ids {error}") from error
    if len(words) != offsets[-1]:
        raise BadTile("the tile is damaged: it has not as many ids as it says")
    total = np.cumsum((words >> 1) ^ -(words & 1))
    before = np.append(0, total)[offsets[:-1]]
    return np.where(np.repeat(is_delta, counts), total - np.repeat(before, counts), words), offsets
