"""Layers of a MapLibre Tile, and the streams they are made of: numbers of one kind, with a short header.

Numbers are packed as varints, in one of four ways: as they are, as differences, as runs, or as runs of differences. Decoders in
use read no more than these (FastPFOR is newer, and smaller only where a tile is not compressed afterwards).
Names are those of https://maplibre.org/maplibre-tile-spec/specification/v1/
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from tiles.ragged import Ints, offsets_of
from tiles.varint import Words, varint, varint_sizes, varints

TAG = 1
"""Of layers written in the way of these modules."""

LONG_ID_COLUMN, GEOMETRY_COLUMN = b"\x02", b"\x04"
"""Types of columns that need no name: ids of 64 bits, and geometry."""


class Content(IntEnum):
    """What a stream holds: its physical type in the high four bits, and what it is there for in the low ones."""

    PRESENT = 0x00
    VALUES = 0x10
    DICTIONARY = 0x11
    """UTF-8 of distinct texts, end to end."""

    VERTICES = 0x13
    VERTEX_OFFSETS = 0x20
    TEXT_OFFSETS = 0x22
    TEXT_LENGTHS = 0x30
    GEOMETRIES = 0x31
    """How many parts each multi-part geometry has."""

    PARTS = 0x32
    """How many rings each polygon, or how many vertices each line has."""

    RINGS = 0x33
    """How many vertices each ring has."""

    DICTIONARY_LENGTHS = 0x36


class Packing(IntEnum):
    """How the numbers of a stream are written: two logical techniques and a physical one."""

    BYTES = 0x00
    """Text, or numbers of fixed length."""

    PLAIN = 0x02
    DELTA = 0x22
    """Zigzag differences with the number before."""

    DELTA_RUNS = 0x2E
    """Zigzag differences in runs: all lengths, then all differences."""

    VERTEX_DELTA = 0x42
    """Zigzag differences of x and y with the vertex before."""

    BYTE_RUNS = 0x60
    """Bits, the first in the lowest of a byte, in runs of bytes and stretches of others."""

    RUNS = 0x62
    """Runs: all lengths, then all numbers."""


def layer(body: bytes) -> bytes:
    """A layer as it stands in a tile, from its name, extent, types of columns and columns."""
    return varint(len(body) + 1) + bytes([TAG]) + body


def stream(content: Content, packing: Packing, count: int, data: bytes) -> bytes:
    """A stream of so many numbers."""
    return bytes((content, packing)) + varint(count) + varint(len(data)) + data


def run_stream(content: Content, packing: Packing, runs: int, count: int, data: bytes) -> bytes:
    """A stream of so many numbers in so many runs."""
    head = bytes((content, packing)) + varint(2 * runs) + varint(len(data))
    return head + varint(runs) + varint(count) + data


@dataclass(frozen=True, slots=True)
class Packed:
    """Varints of all tiles, end to end."""

    data: bytes
    at: list[int]
    """(tiles + 1,) where the varints of each tile begin."""

    numbers: list[int]
    """(tiles + 1,) how many numbers come before each tile."""

    @staticmethod
    def of(words: NDArray[np.uint32] | Words, offsets: Ints) -> Packed:
        """Numbers of tiles, which begin at these offsets."""
        sizes = varint_sizes(words)
        at = offsets_of(sizes)[offsets]
        return Packed(varints(words, sizes).tobytes(), at.tolist(), offsets.tolist())

    def tile(self, i: int) -> bytes:
        """The varints of a tile."""
        return self.data[self.at[i] : self.at[i + 1]]

    def count(self, i: int) -> int:
        """How many numbers a tile has."""
        return self.numbers[i + 1] - self.numbers[i]

    def stream(self, i: int, content: Content, packing: Packing) -> bytes:
        """The stream of a tile."""
        return stream(content, packing, self.count(i), self.tile(i))


@dataclass(frozen=True, slots=True)
class PackedRuns:
    """Numbers of all tiles as runs of equal ones; no run goes on into the next tile."""

    lengths: Packed
    values: Packed
    numbers: list[int]
    """(tiles + 1,) how many numbers come before each tile."""

    @staticmethod
    def of(words: NDArray[np.uint32], offsets: Ints) -> PackedRuns:
        """Numbers of tiles, which begin at these offsets; no tile is without."""
        begins = np.ones(len(words), bool)
        begins[1:] = words[1:] != words[:-1]
        begins[offsets[:-1]] = True
        first = np.flatnonzero(begins)
        run_offsets = np.searchsorted(first, offsets)
        lengths = np.diff(np.append(first, len(words))).astype(np.uint32)
        return PackedRuns(Packed.of(lengths, run_offsets), Packed.of(words[first], run_offsets), offsets.tolist())

    def stream(self, i: int, content: Content, packing: Packing) -> bytes:
        """The stream of a tile."""
        count = self.numbers[i + 1] - self.numbers[i]
        data = self.lengths.tile(i) + self.values.tile(i)
        return run_stream(content, packing, self.lengths.count(i), count, data)

    def sizes(self) -> Ints:
        """(tiles,) bytes of the runs of each tile, without header."""
        return np.diff(self.lengths.at) + np.diff(self.values.at)
