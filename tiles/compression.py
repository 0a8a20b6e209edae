"""How the bytes of a tile are made smaller: gzip, brotli or not at all."""

from __future__ import annotations

import gzip
import zlib
from enum import StrEnum

import brotli
import deflate
from pmtiles.tile import Compression as CompressionInHeader

GZIP_LEVEL, QUICK_GZIP_LEVEL = 6, 1
BROTLI_QUALITY, QUICK_BROTLI_QUALITY = 11, 5


class Compression(StrEnum):
    """Compressions by their names in ``Content-Encoding``."""

    NONE = "identity"
    GZIP = "gzip"
    BROTLI = "br"

    @property
    def in_header(self) -> CompressionInHeader:
        """What the header of a PMTiles archive calls it."""
        return _IN_HEADER[self]

    @staticmethod
    def of_header(found: CompressionInHeader) -> Compression:
        """The one a header names; ValueError for one we cannot read."""
        for compression, in_header in _IN_HEADER.items():
            if in_header is found:
                return compression
        raise ValueError(f"it is compressed with {found.name.lower()}, which cannot be read here")

    def packed(self, content: bytes) -> bytes:
        """The content compressed, as small as is reasonable where it is done once: brotli 11 takes 40 ms for a large tile."""
        match self:
            case Compression.NONE:
                return content
            case Compression.GZIP:
                return bytes(deflate.gzip_compress(content, GZIP_LEVEL))
            case Compression.BROTLI:
                return bytes(brotli.compress(content, quality=BROTLI_QUALITY))

    def packed_quickly(self, content: bytes) -> bytes:
        """The content compressed while someone waits: gzip in half the time for 4 % more bytes, brotli in a fiftieth for 8 %."""
        match self:
            case Compression.NONE:
                return content
            case Compression.GZIP:
                return bytes(deflate.gzip_compress(content, QUICK_GZIP_LEVEL))
            case Compression.BROTLI:
                return bytes(brotli.compress(content, quality=QUICK_BROTLI_QUALITY))

    def unpacked(self, content: bytes) -> bytes:
        """What was compressed; ValueError where it is damaged."""
        try:
            match self:
                case Compression.NONE:
                    return content
                case Compression.GZIP:
                    return _gunzipped(content)
                case Compression.BROTLI:
                    return bytes(brotli.decompress(content))
        except (OSError, EOFError, zlib.error, brotli.error) as error:
            raise ValueError(f"it cannot be unpacked ({error})") from error


_IN_HEADER = {
    Compression.NONE: CompressionInHeader.NONE,
    Compression.GZIP: CompressionInHeader.GZIP,
    Compression.BROTLI: CompressionInHeader.BROTLI,
}


def _gunzipped(content: bytes) -> bytes:
    # libdeflate reads one member, and believes the length at its end; what does not fit that is for the slower one to judge.
    try:
        found = bytes(deflate.gzip_decompress(content))
    except deflate.DeflateError:
        return gzip.decompress(content)
    return found if found and len(found) == int.from_bytes(content[-4:], "little") else gzip.decompress(content)
