"""Directories of archives, against the pmtiles package."""

from __future__ import annotations

import gzip

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pmtiles.tile import Entry, deserialize_directory, serialize_directory

from tiles.compression import Compression
from tiles.directory import ROOT_LIMIT, Directory, all_entries, packed_tree
from tiles.varint import varint

numbers = st.integers(1, 2**40)
rows = st.lists(st.tuples(st.integers(1, 2**20), st.integers(1, 50), st.integers(1, 2**20), st.booleans()), min_size=1)


def directory(steps: list[tuple[int, int, int, bool]]) -> Directory:
    """Of (step in id, run length, length, whether it lies right after the one before)."""
    tile_id = np.cumsum([step + run for step, run, _, _ in steps])
    length = np.array([length for _, _, length, _ in steps])
    offset = np.zeros(len(steps), np.int64)
    for row in range(1, len(steps)):
        offset[row] = offset[row - 1] + length[row - 1] if steps[row][3] else 7 * row
    return Directory(tile_id, np.array([run for _, run, _, _ in steps]), length, offset)


def rows_of(entries: Directory) -> list[tuple[int, ...]]:
    return list(
        zip(*(getattr(entries, n).tolist() for n in ("tile_id", "offset", "length", "run_length")), strict=True)
    )


@given(rows)
def test_the_pmtiles_package_reads_what_is_written(steps: list[tuple[int, int, int, bool]]) -> None:
    entries = directory(steps)
    theirs = deserialize_directory(gzip.compress(entries.serialized()))
    assert [(e.tile_id, e.offset, e.length, e.run_length) for e in theirs] == rows_of(entries)


@given(rows)
def test_what_the_pmtiles_package_writes_is_read(steps: list[tuple[int, int, int, bool]]) -> None:
    entries = directory(steps)
    theirs = gzip.decompress(serialize_directory([Entry(*row) for row in rows_of(entries)]))
    assert theirs == entries.serialized()
    assert rows_of(Directory.deserialized(theirs)) == rows_of(entries)


@pytest.mark.parametrize("count", [10, 5_000, 60_000])
def test_the_root_fits_in_what_a_reader_fetches_first_and_leads_to_every_entry(count: int) -> None:
    rng = np.random.default_rng(1)
    steps, lengths = rng.integers(1, 2**30, count), rng.integers(1, 2**30, count)
    entries = Directory(np.cumsum(steps), np.ones(count, np.int64), lengths, rng.integers(0, 2**40, count))
    root, leaves = packed_tree(entries, Compression.GZIP.packed)
    assert len(root) <= ROOT_LIMIT
    found = all_entries(gzip.decompress(root), lambda at, length: gzip.decompress(leaves[at : at + length]))
    assert rows_of(found) == rows_of(entries)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        varint(0),
        varint(1) + bytes([5, 1, 9]),
        varint(1) + bytes([5, 1, 0, 1]),
        varint(1) + bytes([5, 1, 9, 0]),
        varint(2) + bytes([5, 0, 1, 1, 9, 9, 1, 0]),
        varint(1) + bytes([5, 1, 9, 129]),
        varint(2**62) + bytes(8),
        bytes([255] * 30 + [1]),
    ],
    ids=["nothing", "empty", "short", "no length", "no offset", "same id", "half a number", "too many", "too large"],
)
def test_a_damaged_directory_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"damaged|number"):
        Directory.deserialized(content)


def test_directories_that_lead_to_themselves_are_refused() -> None:
    loop = Directory(np.array([0]), np.array([0]), np.array([9]), np.array([0])).serialized()
    with pytest.raises(ValueError, match="too deep"):
        all_entries(loop, lambda _at, _length: loop)
