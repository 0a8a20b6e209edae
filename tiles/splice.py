"""Attributes spliced into ready geometry: keys, values and tags put into a tile without touching its geometry.

A feature of a geometry tile is the message ``id, type, geometry``. The fields of a message may stand in any order, so the
tags go in front and the rest is copied as it is. The same function makes the tiles of a static archive and
those the server makes per request, so they are equal byte for byte.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiles.errors import BadTile
from tiles.mvt import FEATURE_FIELD, ID_FIELD, KEY_FIELD, LAYER_FIELD, NAME_FIELD, TAGS_FIELD, VALUE_FIELD
from tiles.varint import read_varint, varint

VERSION = 1
"""Raise it when the same geometry and values give other bytes: tiles are kept for ever under their version."""

_SMALL = [varint(number) for number in range(1 << 14)]


@dataclass(frozen=True, slots=True)
class TileColumn:
    """One attribute of a layer, a value or nothing for each region."""

    values: NDArray[Any]
    """(regions,) int64, float64, bool, or object holding str."""

    present: NDArray[np.bool_]
    """(regions,) True where there is a value; no tag is written elsewhere."""

    @staticmethod
    def full(values: NDArray[Any]) -> TileColumn:
        """A column with a value everywhere."""
        return TileColumn(values, np.ones(len(values), bool))


@dataclass(frozen=True, slots=True)
class Attributes:
    """The attributes of a layer, ready to be spliced."""

    keys: tuple[bytes, ...]
    """Each key as the field it is in a layer."""

    values: tuple[bytes, ...]
    """Each distinct value as the field it is in a layer."""

    tags_of: Mapping[int, tuple[tuple[int, int], ...]]
    """By feature id: the pairs of key and value, as indices into ``keys`` and ``values``."""

    @staticmethod
    def of(ids: NDArray[np.int64], columns: Mapping[str, TileColumn]) -> Attributes:
        """Columns of regions with these feature ids, in the order in which tags will stand."""
        index_of: dict[bytes, int] = {}
        tags: list[list[tuple[int, int]]] = [[] for _ in range(len(ids))]
        for key, column in enumerate(columns.values()):
            if len(column.values) != len(ids) or len(column.present) != len(ids):
                raise ValueError("a column has one value for each region")
            distinct, inverse = np.unique(column.values[column.present], return_inverse=True)
            numbers = [index_of.setdefault(encoded_value(value), len(index_of)) for value in distinct.tolist()]
            for region, value in zip(np.flatnonzero(column.present).tolist(), inverse.tolist(), strict=True):
                tags[region].append((key, numbers[value]))
        keys = tuple(_field(KEY_FIELD, name.encode()) for name in columns)
        return Attributes(keys, tuple(index_of), dict(zip(ids.tolist(), map(tuple, tags), strict=True)))


def encoded_value(value: str | bool | float) -> bytes:
    """A value as a field of a layer (section 4.1): whole numbers as such, others as doubles, so that 2.4 stays 2.4."""
    match value:
        case bool():
            message = b"\x38" + varint(int(value))
        case str():
            message = _field(0x0A, value.encode())
        case int() if value >= 0:
            message = b"\x28" + varint(value)
        case int():
            message = b"\x30" + varint((value << 1 ^ value >> 63) & 0xFFFF_FFFF_FFFF_FFFF)
        case float():
            message = b"\x19" + struct.pack("<d", value)
        case _:
            raise TypeError(f"a tile cannot hold a {type(value).__name__}")
    return _field(VALUE_FIELD, message)


def splice(tile: bytes, attributes: Mapping[str, Attributes]) -> bytes:
    """The tile with attributes in the layers that have them; other layers are copied as they are.

    tile is an uncompressed geometry tile. A feature without attributes gets no tags.
    """
    out: list[bytes] = []
    for name, start, begin, end in layers_of(tile):
        if name in attributes:
            body = _spliced_layer(tile[begin:end], attributes[name])
            out += (bytes([LAYER_FIELD]), varint(len(body)), body)
        else:
            out.append(tile[start:end])
    return b"".join(out)


def layers_of(tile: bytes) -> list[tuple[str, int, int, int]]:
    """Name of each layer, where its field starts in the tile, and where its message begins and ends."""
    found = []
    at = 0
    while at < len(tile):
        start = at
        field, at = read_varint(tile, at)
        size, at = read_varint(tile, at)
        if field != LAYER_FIELD or at + size > len(tile):
            raise BadTile("the tile is damaged: a layer was expected")
        found.append((_layer_name(tile[at : at + size]), start, at, at + size))
        at += size
    return found


def _layer_name(message: bytes) -> str:
    at = 0
    while at < len(message):
        field = message[at]
        number, at = read_varint(message, at + 1)
        if field == NAME_FIELD:
            return message[at : at + number].decode()
        if field & 7 == 2:
            at += number
    raise BadTile("the tile is damaged: a layer without a name")


def _spliced_layer(message: bytes, attributes: Attributes) -> bytes:
    """The layer with tags in its features and with the keys and values they need."""
    small, tags_of = _SMALL, attributes.tags_of
    feature_field, tags_field = bytes([FEATURE_FIELD]), bytes([TAGS_FIELD])
    value_at: dict[int, int] = {}
    out: list[bytes] = []
    rest: list[bytes] = []
    at, end = 0, len(message)
    while at < end:
        start, field = at, message[at]
        number, at = read_varint(message, at + 1)
        if field & 7 != 2:
            rest.append(message[start:at])
            continue
        begin, at = at, at + number
        if field != FEATURE_FIELD:
            rest.append(message[start:at])
            continue
        tags = tags_of.get(_feature_id(message, begin), ())
        words = []
        for key, value in tags:
            words.append(small[key])
            place = value_at.setdefault(value, len(value_at))
            words.append(small[place] if place < 16384 else varint(place))
        encoded = b"".join(words)
        head = b"" if not encoded else tags_field + _size(len(encoded)) + encoded
        out += (feature_field, _size(len(head) + number), head, message[begin:at])
    keys = attributes.keys if value_at else ()
    # Name, version and extent first, then features, keys and values.
    return b"".join([*rest, *out, *keys, *(attributes.values[value] for value in value_at)])


def _feature_id(message: bytes, begin: int) -> int:
    if message[begin] != ID_FIELD:
        raise BadTile("the tile is no geometry tile: a feature does not begin with its id")
    return read_varint(message, begin + 1)[0]


def _size(number: int) -> bytes:
    return _SMALL[number] if number < 16384 else varint(number)


def _field(tag: int, content: bytes) -> bytes:
    return bytes([tag]) + varint(len(content)) + content
