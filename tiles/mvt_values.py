"""Keys and values of a layer as Mapbox Vector Tile writes them (section 4.1), for all regions at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiles.attributes import Attributes, TileColumn
from tiles.mvt_fields import BOOL, DOUBLE, KEY_FIELD, SIGNED, STRING, UNSIGNED, VALUE_FIELD
from tiles.ragged import offsets_of
from tiles.varint import varint, varint_sizes, varints, zigzag

Rows = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class LayerValues:
    """The attributes of a layer with each distinct value once, in an order that follows from the values alone."""

    keys: bytes
    """All keys, as the fields they are in a layer."""

    values: tuple[bytes, ...]
    """Each distinct value as the field it is in a layer."""

    value_of: Rows
    """(regions + 1, columns) which of ``values`` each region has, -1 for none; the last row is that of no region."""

    @staticmethod
    def of(attributes: Attributes) -> LayerValues:
        """Of all columns; equal values of several columns are one. TypeError for a type that a tile cannot hold."""
        columns = list(attributes.columns.values())
        value_of = np.full((len(attributes.ids) + 1, len(columns)), -1, np.int32)
        values: list[bytes] = []
        kinds = [_kind(column) for column in columns]
        for kind in sorted(set(kinds)):
            own = [number for number, other in enumerate(kinds) if other == kind]
            fields, numbers = _ENCODED[kind]([columns[number] for number in own])
            for number, column in zip(own, numbers, strict=True):
                value_of[:-1, number][columns[number].present] = column + len(values)
            values += fields
        keys = (bytes([KEY_FIELD]) + varint(len(name)) + name for name in map(str.encode, attributes.columns))
        return LayerValues(b"".join(keys), tuple(values), value_of)


def _kind(column: TileColumn) -> str:
    kind = column.values.dtype.kind
    if kind in "OU":
        return "text"
    if kind not in "biuf":
        raise TypeError(f"a tile cannot hold a column of {column.values.dtype}")
    return {"b": "bool", "f": "double"}.get(kind, "whole")


def _texts(columns: list[TileColumn]) -> tuple[list[bytes], list[Rows]]:
    cells = [column.values[column.present].tolist() for column in columns]
    distinct = sorted(_strings(set().union(*cells)))
    number_of = {text: number for number, text in enumerate(distinct)}
    numbers = [np.array([number_of[text] for text in column], np.int32) for column in cells]
    return [_field(bytes([STRING]) + _sized(text.encode())) for text in distinct], numbers


def _strings(values: Iterable[object]) -> Iterable[str]:
    for value in values:
        if not isinstance(value, str):
            raise TypeError(f"a tile cannot hold a {type(value).__name__} in a column of text")
        yield value


def _bools(columns: list[TileColumn]) -> tuple[list[bytes], list[Rows]]:
    fields = [_field(bytes([BOOL, value])) for value in (0, 1)]
    return fields, [column.values[column.present].astype(np.int32) for column in columns]


def _doubles(columns: list[TileColumn]) -> tuple[list[bytes], list[Rows]]:
    """Doubles, so that 2.4 stays 2.4."""
    # By their bits: a NaN equals itself, and 0.0 is not -0.0.
    distinct, numbers = _numbered(columns, np.float64)
    fields = np.empty((len(distinct), 11), np.uint8)
    fields[:, :3] = VALUE_FIELD, 9, DOUBLE
    fields[:, 3:] = distinct.astype("<i8")[:, None].view(np.uint8)
    return _split(fields.tobytes(), np.full(len(distinct), 11)), numbers


def _whole_numbers(columns: list[TileColumn]) -> tuple[list[bytes], list[Rows]]:
    distinct, numbers = _numbered(columns, np.int64)
    words = np.empty((len(distinct), 4), np.uint64)
    words[:, 3] = np.where(distinct < 0, zigzag(distinct), distinct.astype(np.uint64))
    words[:, 2] = np.where(distinct < 0, SIGNED, UNSIGNED)
    words[:, 1] = 1 + varint_sizes(words[:, 3])
    words[:, 0] = VALUE_FIELD
    sizes = varint_sizes(words.ravel())
    return _split(varints(words.ravel(), sizes).tobytes(), sizes.reshape(-1, 4).sum(axis=1)), numbers


def _numbered(columns: list[TileColumn], dtype: type) -> tuple[NDArray[np.int64], list[Rows]]:
    """Distinct values of all columns, and the number of each value that is there."""
    cells: list[NDArray[np.int64]] = [
        column.values[column.present].astype(dtype, casting="safe").view(np.int64) for column in columns
    ]
    distinct = np.unique(np.concatenate(cells))
    return distinct, [np.searchsorted(distinct, column).astype(np.int32) for column in cells]


_ENCODED: dict[str, Any] = {"text": _texts, "bool": _bools, "double": _doubles, "whole": _whole_numbers}


def _split(content: bytes, sizes: NDArray[np.int64]) -> list[bytes]:
    ends = offsets_of(sizes).tolist()
    return [content[begin:end] for begin, end in pairwise(ends)]


def _field(message: bytes) -> bytes:
    return bytes([VALUE_FIELD]) + _sized(message)


def _sized(content: bytes) -> bytes:
    return varint(len(content)) + content
