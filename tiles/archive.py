"""PMTiles archives (version 3): one file with all tiles of a tileset, written once, read where it lies.

Tiles are clustered and equal tiles stored once. https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md
"""

from __future__ import annotations

import json
import mmap
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from pmtiles.tile import (
    HeaderDict,
    MagicNumberNotFound,
    SpecVersionUnsupported,
    deserialize_header,
    serialize_header,
    zxy_to_tileid,
)

from tiles.compression import Compression
from tiles.directory import Directory, all_entries, packed_tree
from tiles.encoding import Encoding
from tiles.errors import BadArchive
from tiles.grid import TileCoord
from tiles.hilbert import tile_ids, tile_places
from tiles.ragged import Ints, ranges

Bounds = tuple[float, float, float, float]
"""west, south, east, north in degrees (CRS84)."""

HEADER_SIZE = 127
DEGREE_E7 = 10_000_000


# ---- writing


def write_archive(
    path: Path,
    tiles: Mapping[TileCoord, bytes],
    bounds: Bounds,
    metadata: Mapping[str, object],
    *,
    encoding: Encoding = Encoding.MVT,
    compression: Compression = Compression.GZIP,
) -> None:
    """Write tiles as one archive, in the order of their ids. There is at least one; all are compressed as told."""
    z, x, y = np.array([(coord.z, coord.x, coord.y) for coord in tiles], np.int64).reshape(-1, 3).T
    tile_id = tile_ids(z, x, y)
    order = np.argsort(tile_id)
    bodies = list(tiles.values())
    write_tiles(path, tile_id[order], [bodies[row] for row in order.tolist()], bounds, metadata, encoding, compression)


def write_tiles(
    path: Path,
    tile_id: Ints,
    bodies: Sequence[bytes],
    bounds: Bounds,
    metadata: Mapping[str, object],
    encoding: Encoding,
    compression: Compression,
) -> None:
    """Write tiles in ascending order of their ids; ValueError where there is none or one is empty."""
    if not len(bodies) or not all(bodies):
        raise ValueError("an archive has tiles, and each has bytes")
    number_of: dict[bytes, int] = {}
    content = np.array([number_of.setdefault(body, len(number_of)) for body in bodies], np.int64)
    lengths = np.array([len(body) for body in number_of], np.int64)
    entries = Directory.of(tile_id, content, lengths)
    root, leaves = packed_tree(entries, Compression.GZIP.packed)
    told = Compression.GZIP.packed(json.dumps(dict(metadata), ensure_ascii=False).encode())
    west, south, east, north = (round(degrees * DEGREE_E7) for degrees in bounds)
    (minzoom, maxzoom), _, _ = tile_places(tile_id[[0, -1]])
    header: HeaderDict = {
        "version": 3,
        "root_offset": HEADER_SIZE,
        "root_length": len(root),
        "metadata_offset": HEADER_SIZE + len(root),
        "metadata_length": len(told),
        "leaf_directory_offset": HEADER_SIZE + len(root) + len(told),
        "leaf_directory_length": len(leaves),
        "tile_data_offset": HEADER_SIZE + len(root) + len(told) + len(leaves),
        "tile_data_length": int(lengths.sum()),
        "addressed_tiles_count": len(tile_id),
        "tile_entries_count": len(entries),
        "tile_contents_count": len(lengths),
        "clustered": True,
        "internal_compression": Compression.GZIP.in_header,
        "tile_compression": compression.in_header,
        "tile_type": encoding.tile_type,
        "min_zoom": int(minzoom),
        "max_zoom": int(maxzoom),
        "min_lon_e7": west,
        "min_lat_e7": south,
        "max_lon_e7": east,
        "max_lat_e7": north,
        "center_zoom": int(minzoom),
        "center_lon_e7": (west + east) // 2,
        "center_lat_e7": (south + north) // 2,
    }
    with path.open("wb") as file:
        file.writelines((serialize_header(header), root, told, leaves))
        file.writelines(number_of)


# ---- reading


class ByteSource(Protocol):
    """Where the bytes of an archive come from. Safe to share between threads."""

    @property
    def address(self) -> str:
        """What a person calls it: a path or a URL."""

    @property
    def size(self) -> int:
        """Bytes of the whole."""

    def read(self, offset: int, length: int) -> bytes:
        """A part of it, shorter where it ends; BadArchive with a sentence where it cannot be had."""

    def close(self) -> None:
        """Let go of it."""


@dataclass(frozen=True)
class _MappedFile:
    """A file in memory, page by page as it is used."""

    address: str
    content: mmap.mmap

    @staticmethod
    def open(path: Path) -> _MappedFile:
        try:
            with path.open("rb") as file:
                return _MappedFile(str(path), mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        except (OSError, ValueError) as error:
            raise BadArchive(f"{path}: cannot be read as a PMTiles archive: {error}") from error

    @property
    def size(self) -> int:
        return len(self.content)

    def read(self, offset: int, length: int) -> bytes:
        return self.content[offset : offset + length]

    def close(self) -> None:
        self.content.close()


@dataclass(frozen=True)
class TileArchive:
    """A PMTiles file opened for reading, with all its directories in memory. Safe to share between threads."""

    address: str
    """Its path or URL."""

    size: int
    """Bytes of the whole file."""

    minzoom: int
    maxzoom: int
    bounds: Bounds
    metadata: Mapping[str, Any] = field(repr=False)
    encoding: Encoding
    compression: Compression
    """Of the tiles as they are stored."""

    entries: Directory = field(repr=False)
    """All tile entries, in the order of their ids."""

    _source: ByteSource = field(repr=False)
    _data_offset: int = field(repr=False)
    _starts: list[int] = field(repr=False)

    @staticmethod
    def open(path: Path) -> TileArchive:
        """Map a file; raises BadArchive where it is not there, no archive of vector tiles, or cut short."""
        return TileArchive.over(_MappedFile.open(path))

    @staticmethod
    def over(source: ByteSource) -> TileArchive:
        """Read an archive wherever its bytes are; raises BadArchive as ``open`` does."""
        try:
            return _opened(source)
        except BadArchive:
            source.close()
            raise
        except (MagicNumberNotFound, SpecVersionUnsupported, IndexError, UnicodeDecodeError) as error:
            source.close()
            raise BadArchive(f"{source.address}: is no PMTiles archive of version 3") from error
        except ValueError as error:
            source.close()
            raise BadArchive(
                f"{source.address}: is no PMTiles archive of version 3, or a damaged one: {error}"
            ) from error

    def tile(self, coord: TileCoord) -> bytes | None:
        """The body of a tile as it is stored, None where the archive has none."""
        tile_id = zxy_to_tileid(coord.z, coord.x, coord.y)
        row = bisect_right(self._starts, tile_id) - 1
        if row < 0 or tile_id >= self._starts[row] + int(self.entries.run_length[row]):
            return None
        return self.stored(int(self.entries.offset[row]), int(self.entries.length[row]))

    def stored(self, offset: int, length: int) -> bytes:
        """Bytes of the tile data, as an entry points to them; BadArchive where they are not all there."""
        body = self._source.read(self._data_offset + offset, length)
        if len(body) != length:
            raise BadArchive(f"{self.address}: ends in the middle of a tile")
        return body

    def unpacked(self, coord: TileCoord) -> bytes | None:
        """The tile without its compression; BadArchive where it is damaged."""
        body = self.tile(coord)
        try:
            return None if body is None else self.compression.unpacked(body)
        except ValueError as error:
            raise BadArchive(f"{self.address}: tile {coord} is damaged: {error}") from error

    def coords(self) -> Iterator[TileCoord]:
        """All tiles there are, in the order of the archive."""
        z, x, y = tile_places(self.tile_ids())
        return map(TileCoord, z.tolist(), x.tolist(), y.tolist())

    def tile_ids(self) -> Ints:
        """(tiles,) the ids of all tiles there are, ascending."""
        return ranges(self.entries.tile_id, self.entries.run_length)

    def __len__(self) -> int:
        return int(self.entries.run_length.sum())

    def close(self) -> None:
        """Let go of the file or connection; tiles can no longer be read."""
        self._source.close()


def _opened(source: ByteSource) -> TileArchive:
    header = deserialize_header(source.read(0, HEADER_SIZE))
    internal = Compression.of_header(header["internal_compression"])
    told = source.read(header["metadata_offset"], header["metadata_length"])
    if header["tile_data_offset"] + header["tile_data_length"] > source.size:
        raise ValueError("the file is shorter than its header says")
    bounds = tuple(header[key] / DEGREE_E7 for key in ("min_lon_e7", "min_lat_e7", "max_lon_e7", "max_lat_e7"))
    west, south, east, north = bounds
    entries = _entries(source, header, internal)
    return TileArchive(
        source.address,
        source.size,
        header["min_zoom"],
        header["max_zoom"],
        (west, south, east, north),
        json.loads(internal.unpacked(told) or b"{}"),
        Encoding.of_tile_type(header["tile_type"]),
        Compression.of_header(header["tile_compression"]),
        entries,
        source,
        header["tile_data_offset"],
        entries.tile_id.tolist(),
    )


def _entries(source: ByteSource, header: HeaderDict, internal: Compression) -> Directory:
    """All tile entries, checked to lie inside the tile data."""
    root = internal.unpacked(source.read(header["root_offset"], header["root_length"]))
    leaves = source.read(header["leaf_directory_offset"], header["leaf_directory_length"])
    entries = all_entries(root, lambda offset, length: internal.unpacked(leaves[offset : offset + length]))
    if (np.diff(entries.tile_id) < entries.run_length[:-1]).any():
        raise ValueError("its directories overlap")
    if (entries.offset + entries.length > header["tile_data_length"]).any():
        raise ValueError("a tile lies outside the file")
    return entries
