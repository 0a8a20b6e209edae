"""Directories of PMTiles: which bytes of an archive are which tile, all entries at once.

https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md, chapter 4
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tiles.ragged import Ints, offsets_of
from tiles.varint import read_varints, varint_sizes, varints

ROOT_LIMIT = 16_384 - 127
"""Bytes: a reader fetches the header and the whole root directory in one go of 16 KiB."""

LEAF_ENTRIES = 4096
DEEPEST = 4
"""Levels of directories that a reader follows."""


@dataclass(frozen=True, slots=True)
class Directory:
    """Entries in the order of their tile ids, each a row of these columns."""

    tile_id: Ints
    """(entries,) the first tile of the entry."""

    run_length: Ints
    """(entries,) how many tiles from there on have these bytes; 0 where they are a leaf directory."""

    length: Ints
    """(entries,) bytes."""

    offset: Ints
    """(entries,) from the start of the tile data, or of the leaf directories."""

    def __len__(self) -> int:
        return len(self.tile_id)

    def __getitem__(self, rows: slice) -> Directory:
        return Directory(self.tile_id[rows], self.run_length[rows], self.length[rows], self.offset[rows])

    @staticmethod
    def of(tile_id: Ints, content: Ints, lengths: Ints) -> Directory:
        """Tiles in ascending order; ``content`` is the number of the bytes each has, which lie end to end in that order."""
        begins = np.ones(len(tile_id), bool)
        begins[1:] = (np.diff(tile_id) != 1) | (np.diff(content) != 0)
        first = np.flatnonzero(begins)
        run_length = np.diff(np.append(first, len(tile_id)))
        return Directory(tile_id[first], run_length, lengths[content[first]], offsets_of(lengths)[:-1][content[first]])

    @staticmethod
    def joined(several: Sequence[Directory]) -> Directory:
        """One after the other."""
        columns = (
            np.concatenate(column)
            for column in zip(*((d.tile_id, d.run_length, d.length, d.offset) for d in several), strict=True)
        )
        return Directory(*columns)

    def serialized(self) -> bytes:
        """As it stands in a file, before compression."""
        follows = np.zeros(len(self), bool)
        follows[1:] = self.offset[1:] == self.offset[:-1] + self.length[:-1]
        steps = np.diff(self.tile_id, prepend=0)
        offset = np.where(follows, 0, self.offset + 1)
        words = np.concatenate([[len(self)], steps, self.run_length, self.length, offset]).astype(np.uint64)
        return varints(words, varint_sizes(words)).tobytes()

    @staticmethod
    def deserialized(content: bytes) -> Directory:
        """From what stands in a file, after decompression; ValueError where it is damaged."""
        words = read_varints(content)
        if not len(words) or len(words) != 1 + 4 * int(words[0]) or words[0] == 0 or words.max() >= 1 << 63:
            raise ValueError("a directory is damaged")
        steps, run_length, length, offset = words[1:].astype(np.int64).reshape(4, -1)
        tile_id = np.cumsum(steps)
        explicit = offset > 0
        if not explicit[0] or (steps[1:] <= 0).any() or (length == 0).any():
            raise ValueError("a directory is damaged")
        base = np.maximum.accumulate(np.where(explicit, np.arange(len(offset)), 0))
        before = offsets_of(length)[:-1]
        return Directory(tile_id, run_length, length, offset[base] - 1 + before - before[base])


def packed_tree(entries: Directory, pack: Callable[[bytes], bytes]) -> tuple[bytes, bytes]:
    """The root directory, small enough for a header to go before it, and the leaf directories it needs."""
    root = pack(entries.serialized())
    if len(root) <= ROOT_LIMIT:
        return root, b""
    size = LEAF_ENTRIES
    while True:
        starts = range(0, len(entries), size)
        leaves = [pack(entries[start : start + size].serialized()) for start in starts]
        length = np.array([len(leaf) for leaf in leaves], np.int64)
        pointers = Directory(entries.tile_id[::size], np.zeros(len(leaves), np.int64), length, offsets_of(length)[:-1])
        root = pack(pointers.serialized())
        if len(root) <= ROOT_LIMIT:
            return root, b"".join(leaves)
        size *= 2


def all_entries(root: bytes, leaf: Callable[[int, int], bytes], deepest: int = DEEPEST) -> Directory:
    """All tile entries below a directory; ``leaf`` gives the unpacked leaf of that offset and length.

    ValueError where one is damaged, or they lie too deep.
    """
    found = Directory.deserialized(root)
    pointers = np.flatnonzero(found.run_length == 0)
    if not len(pointers):
        return found
    if deepest == 1:
        raise ValueError("its directories lie too deep")
    parts: list[Directory] = []
    start = 0
    for at in pointers.tolist():
        parts.append(found[start:at])
        parts.append(all_entries(leaf(int(found.offset[at]), int(found.length[at])), leaf, deepest - 1))
        start = at + 1
    return Directory.joined([*parts, found[start:]])
