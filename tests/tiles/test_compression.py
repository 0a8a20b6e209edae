"""Packing and unpacking, against the standard library."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pmtiles.tile import Compression as CompressionInHeader

from tiles.compression import Compression


@given(st.binary(), st.sampled_from(Compression))
def test_what_is_packed_comes_out_as_it_was(content: bytes, compression: Compression) -> None:
    assert compression.unpacked(compression.packed(content)) == content
    assert compression.unpacked(compression.packed_quickly(content)) == content


@given(st.binary())
def test_gzip_is_that_of_the_standard_library(content: bytes) -> None:
    assert gzip.decompress(Compression.GZIP.packed(content)) == content
    assert Compression.GZIP.unpacked(gzip.compress(content)) == content


def test_gzip_in_two_pieces_is_read_whole() -> None:
    assert Compression.GZIP.unpacked(gzip.compress(b"one, ") + gzip.compress(b"and two")) == b"one, and two"


@pytest.mark.parametrize("compression", [Compression.GZIP, Compression.BROTLI])
@pytest.mark.parametrize("kept", [0, 5, -1])
def test_what_is_cut_short_is_refused(compression: Compression, kept: int) -> None:
    packed = compression.packed(bytes(range(256)) * 9)[:kept]
    with pytest.raises(ValueError, match=r"cannot be unpacked|Invalid gzip"):
        compression.unpacked(packed)


def test_a_wrong_length_at_the_end_is_no_length_of_memory() -> None:
    packed = bytearray(Compression.GZIP.packed(bytes(range(256)) * 9))
    for length in (b"\x00\x00\x00\x00", b"\x01\x00\x00\x00", b"\xff\xff\xff\xff"):
        packed[-4:] = length
        with pytest.raises(ValueError, match="cannot be unpacked"):
            Compression.GZIP.unpacked(bytes(packed))


def test_every_compression_has_its_place_in_a_header() -> None:
    assert {Compression.of_header(compression.in_header) for compression in Compression} == set(Compression)
    with pytest.raises(ValueError, match="zstd"):
        Compression.of_header(CompressionInHeader.ZSTD)
