"""Attribute columns as MapLibre Tile writes them, for many layers at once.

A *cell* is one column in one layer. The values of all cells stand end to end, column by column and layer by layer, so that each
kind of value is packed in one go and cut up after it. Section names are those of
https://maplibre.org/maplibre-tile-spec/specification/v1/
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiles.attributes import Attributes, TileColumn
from tiles.mlt_streams import Content, Packed, Packing, stream
from tiles.ragged import Ints, offsets_of, row_of, sums
from tiles.varint import varint, zigzag

WHOLE = 1 << 31
"""Whole numbers nearer to 0 than this arrive exactly and as plain numbers of JavaScript; larger ones are written as doubles."""

LITERALS_AT_ONCE = 128

RESERVED = frozenset({"id", "geometry"})
"""Names that decoders take for the columns that every layer has."""

Streams = tuple[bytes, ...]
Encode = Callable[[NDArray[Any], Ints], list[Streams]]
"""Streams of the values of each cell, from all values and the offsets of the cells."""


class ColumnType(IntEnum):
    """Types of columns; one more says that some values are absent."""

    BOOLEAN = 10
    INT_32 = 16
    UINT_32 = 18
    DOUBLE = 26
    STRING = 28


@dataclass(frozen=True, slots=True)
class Kind:
    """Columns whose values are written in the same way."""

    columns: list[int]
    """Numbers of the columns."""

    values: NDArray[Any]
    """(columns, regions + 1); what stands where no value is has no meaning."""

    encode: Encode
    is_counted: bool = False
    """The number of streams stands in front of them."""

    def content(self, streams: Streams) -> bytes:
        """Streams as they stand in a column."""
        return (varint(len(streams)) if self.is_counted else b"") + b"".join(streams)


@dataclass(frozen=True, slots=True)
class LayerColumns:
    """The attributes of a layer, ready to be cut into tiles."""

    heads: tuple[tuple[bytes, bytes], ...]
    """Type and name of each column where all values are there, and where some are not."""

    present: NDArray[np.bool_]
    """(columns, regions + 1) True where there is a value; the last row of a column is that of no region."""

    kinds: tuple[Kind, ...]

    @staticmethod
    def of(attributes: Attributes) -> LayerColumns:
        """Of all columns. TypeError for a type that a tile cannot hold, ValueError for a reserved name."""
        for name in RESERVED.intersection(attributes.columns):
            raise ValueError(f'a MapLibre Tile cannot hold an attribute called "{name}"')
        columns = list(attributes.columns.values())
        typed = [_typed(column) for column in columns]
        present = np.zeros((len(columns), len(attributes.ids) + 1), bool)
        for number, column in enumerate(columns):
            present[number, :-1] = column.present
        names = [varint(len(name)) + name for name in map(str.encode, attributes.columns)]
        heads = tuple(
            (bytes([type_]) + name, bytes([type_ + 1]) + name) for (type_, _), name in zip(typed, names, strict=True)
        )
        return LayerColumns(heads, present, _kinds(typed))

    def of_layers(self, rows: Ints, at: Ints) -> list[list[tuple[bytes, bytes]]]:
        """The columns of each layer that have a value in it: head and content of each.

        rows: (features,) the region of each feature, -1 for none; at: (layers + 1,) where the features of each layer begin.
        Columns of a kind stand together: their values are alike, and the tile compresses better.
        """
        layers = len(at) - 1
        present = self.present[:, rows]
        bounds = np.append((np.arange(len(present))[:, None] * len(rows) + at[:-1]).ravel(), present.size)
        features, filled = np.diff(bounds), sums(present.ravel().astype(np.int64), bounds)
        masks = _bits(present.ravel(), bounds)
        found: list[list[tuple[bytes, bytes]]] = [[] for _ in range(layers)]
        for kind in self.kinds:
            cells = (np.array(kind.columns)[:, None] * layers + np.arange(layers)).ravel()
            contents = kind.encode(kind.values[:, rows][present[kind.columns]], offsets_of(filled[cells]))
            for cell, streams in zip(cells.tolist(), contents, strict=True):
                if filled[cell]:
                    column, of_layer = divmod(cell, layers)
                    mask = _mask(int(features[cell]), masks[cell]) if filled[cell] < features[cell] else ()
                    found[of_layer].append((self.heads[column][bool(mask)], kind.content((*mask, *streams))))
        return found


def _mask(features: int, bits: bytes) -> Streams:
    """The stream that says which features have a value."""
    return (stream(Content.PRESENT, Packing.BYTE_RUNS, features, bits),)


# ---- columns


def _typed(column: TileColumn) -> tuple[ColumnType, NDArray[Any]]:
    """The type of a column, and its values as they are packed."""
    match column.values.dtype.kind:
        case "b":
            return ColumnType.BOOLEAN, column.values
        case "O" | "U":
            return ColumnType.STRING, np.where(column.present, column.values, "")
        case "i" | "u" | "f":
            return _typed_numbers(np.where(column.present, column.values, column.values.dtype.type(0)))
        case _:
            raise TypeError(f"a tile cannot hold a column of {column.values.dtype}")


def _typed_numbers(numbers: NDArray[Any]) -> tuple[ColumnType, NDArray[Any]]:
    low, high = numbers.min(initial=0), numbers.max(initial=0)
    is_whole = low > -WHOLE and high < WHOLE and bool((numbers == np.rint(numbers)).all())
    if not is_whole or (np.signbit(numbers) & (numbers == 0)).any():
        return ColumnType.DOUBLE, numbers.astype("<f8")
    if low < 0:
        return ColumnType.INT_32, zigzag(numbers.astype(np.int64)).astype(np.uint32)
    return ColumnType.UINT_32, numbers.astype(np.uint32)


def _kinds(typed: list[tuple[ColumnType, NDArray[Any]]]) -> tuple[Kind, ...]:
    """Columns by how they are written."""

    def of(*types: ColumnType) -> list[int]:
        return [number for number, (type_, _) in enumerate(typed) if type_ in types]

    whole, doubles = of(ColumnType.INT_32, ColumnType.UINT_32), of(ColumnType.DOUBLE)
    booleans, texts = of(ColumnType.BOOLEAN), of(ColumnType.STRING)
    number_of: dict[str, int] = {}
    numbers = [
        np.array([number_of.setdefault(text, len(number_of)) for text in _checked(typed[column][1])], np.int64)
        for column in texts
    ]
    kinds = (
        Kind(whole, _padded([typed[column][1] for column in whole], np.uint32), _whole_numbers),
        Kind(doubles, _padded([typed[column][1] for column in doubles], np.float64), _doubles),
        Kind(booleans, _padded([typed[column][1] for column in booleans], np.bool_), _booleans),
        Kind(texts, _padded(numbers, np.int64), partial(_texts, _Table.of(number_of)), is_counted=True),
    )
    return tuple(kind for kind in kinds if kind.columns)


def _padded(columns: list[NDArray[Any]], dtype: type) -> NDArray[Any]:
    """(columns, regions + 1)."""
    return np.array([np.append(column, column.dtype.type(0)) for column in columns], dtype)


def _checked(values: NDArray[Any]) -> list[str]:
    texts: list[str] = values.tolist()
    for text in texts:
        if not isinstance(text, str):
            raise TypeError(f"a tile cannot hold a {type(text).__name__} in a column of text")
    return texts


# ---- values


def _whole_numbers(words: NDArray[np.uint32], at: Ints) -> list[Streams]:
    packed = Packed.of(words, at)
    return [(packed.stream(i, Content.VALUES, Packing.PLAIN),) for i in range(len(at) - 1)]


def _doubles(values: NDArray[np.float64], at: Ints) -> list[Streams]:
    data, bounds = values.astype("<f8").tobytes(), at.tolist()
    return [
        (stream(Content.VALUES, Packing.BYTES, end - begin, data[8 * begin : 8 * end]),)
        for begin, end in pairwise(bounds)
    ]


def _booleans(values: NDArray[np.bool_], at: Ints) -> list[Streams]:
    counts = np.diff(at).tolist()
    return [
        (stream(Content.VALUES, Packing.BYTE_RUNS, count, bits),)
        for count, bits in zip(counts, _bits(values, at), strict=True)
    ]


def _bits(flags: NDArray[np.bool_], at: Ints) -> list[bytes]:
    """The flags of each cell as bits, the first in the lowest, in literal runs of bytes ("Boolean-RLE")."""
    size = np.diff(at)
    byte_at = offsets_of((size + 7) // 8)
    bits = np.zeros(8 * int(byte_at[-1]), np.uint8)
    bits[np.arange(len(flags)) + np.repeat(8 * byte_at[:-1] - at[:-1], size)] = flags
    data, bounds = np.packbits(bits, bitorder="little").tobytes(), byte_at.tolist()
    return [_literals(data[begin:end]) for begin, end in pairwise(bounds)]


def _literals(data: bytes) -> bytes:
    chunks = [data[at : at + LITERALS_AT_ONCE] for at in range(0, len(data), LITERALS_AT_ONCE)]
    return b"".join(bytes([256 - len(chunk)]) + chunk for chunk in chunks)


# ---- texts


@dataclass(frozen=True, slots=True)
class _Table:
    """Distinct texts of all columns."""

    texts: tuple[bytes, ...]
    size: Ints
    """(texts,) bytes of each."""

    @staticmethod
    def of(texts: dict[str, int]) -> _Table:
        encoded = tuple(map(str.encode, texts))
        return _Table(encoded, np.array([len(text) for text in encoded], np.int64))


def _texts(table: _Table, texts: Ints, at: Ints) -> list[Streams]:
    """The texts of each cell: a dictionary and a place in it for each, or all of them in full where that is smaller."""
    cell = row_of(at)
    distinct, place = np.unique(cell * len(table.texts) + texts, return_inverse=True)
    distinct_cell, distinct_text = np.divmod(distinct, len(table.texts))
    distinct_at = np.searchsorted(distinct_cell, np.arange(len(at)))
    in_full, once = sums(table.size[texts], at), sums(table.size[distinct_text], distinct_at)
    # A place takes about a byte, as does the length of a text.
    shared = (once + np.diff(distinct_at) < in_full) | (once == 0)
    places = Packed.of((place - distinct_at[cell]).astype(np.uint32), at)
    found: list[Streams] = []
    for i, is_shared in enumerate(shared.tolist()):
        own = (distinct_text[slice(*distinct_at[i : i + 2])] if is_shared else texts[slice(*at[i : i + 2])]).tolist()
        entries = [table.texts[number] for number in own]
        if is_shared:
            lengths, data = _dictionary(entries)
            found.append((lengths, places.stream(i, Content.TEXT_OFFSETS, Packing.PLAIN), data))
        else:
            found.append(_listed(entries, Content.TEXT_LENGTHS, Content.VALUES))
    return found


def _dictionary(entries: list[bytes]) -> tuple[bytes, bytes]:
    # @maplibre/mlt before 1.1.12 skips a dictionary without bytes; an entry that no place names gives it one.
    return _listed(entries if any(entries) else [*entries, b" "], Content.DICTIONARY_LENGTHS, Content.DICTIONARY)


def _listed(entries: list[bytes], lengths: Content, data: Content) -> tuple[bytes, bytes]:
    sizes = b"".join([varint(len(entry)) for entry in entries])
    content = b"".join(entries)
    return stream(lengths, Packing.PLAIN, len(entries), sizes), stream(data, Packing.BYTES, len(entries), content)
