"""PMTiles archives (version 3): one file with all tiles of a tileset, written once, read over a memory map.

Writing and the directory format are those of the ``pmtiles`` package; tiles are clustered and equal tiles stored once.
https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md
"""

from __future__ import annotations

import gzip
import json
import mmap
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pmtiles.tile import (
    Compression,
    Entry,
    MagicNumberNotFound,
    SpecVersionUnsupported,
    TileType,
    deserialize_directory,
    deserialize_header,
    tileid_to_zxy,
    zxy_to_tileid,
)
from pmtiles.writer import Writer

from tiles.errors import BadArchive
from tiles.grid import TileCoord

Bounds = tuple[float, float, float, float]
"""west, south, east, north in degrees (CRS84)."""

HEADER_SIZE = 127
DEGREE_E7 = 10_000_000


def write_archive(path: Path, tiles: Mapping[TileCoord, bytes], bounds: Bounds, metadata: Mapping[str, object]) -> None:
    """Write gzipped MVT tiles as one archive, in the order of their tile numbers. There is at least one tile."""
    numbered = sorted((zxy_to_tileid(coord.z, coord.x, coord.y), body) for coord, body in tiles.items())
    zooms = [coord.z for coord in tiles]
    west, south, east, north = (round(degrees * DEGREE_E7) for degrees in bounds)
    with path.open("wb") as file:
        writer = Writer(file)
        for number, body in numbered:
            writer.write_tile(number, body)
        writer.finalize(
            {
                "tile_compression": Compression.GZIP,
                "tile_type": TileType.MVT,
                "min_lon_e7": west,
                "min_lat_e7": south,
                "max_lon_e7": east,
                "max_lat_e7": north,
                "center_zoom": min(zooms),
                "center_lon_e7": (west + east) // 2,
                "center_lat_e7": (south + north) // 2,
            },
            dict(metadata),
        )


@dataclass(frozen=True)
class TileArchive:
    """A PMTiles file opened for reading, with all its directories in memory. Safe to share between threads."""

    path: Path
    minzoom: int
    maxzoom: int
    bounds: Bounds
    metadata: Mapping[str, Any]
    is_gzipped: bool
    """Whether tile bodies are gzipped, as ours are."""

    _bytes: mmap.mmap
    _data_offset: int
    _starts: list[int]
    _entries: list[Entry]

    @staticmethod
    def open(path: Path) -> TileArchive:
        """Map a file; raises BadArchive where it is not there, no archive, or cut short."""
        try:
            with path.open("rb") as file:
                content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            raise BadArchive(f"{path}: cannot be read as a PMTiles archive: {error}") from error
        try:
            return _opened(path, content)
        except (MagicNumberNotFound, SpecVersionUnsupported, IndexError, EOFError, OSError, ValueError) as error:
            content.close()
            raise BadArchive(f"{path}: is no PMTiles archive of version 3, or a damaged one") from error

    def tile(self, coord: TileCoord) -> bytes | None:
        """The body of a tile as it is stored, None where the archive has none."""
        number = zxy_to_tileid(coord.z, coord.x, coord.y)
        at = bisect_right(self._starts, number) - 1
        if at < 0:
            return None
        entry = self._entries[at]
        if number >= entry.tile_id + entry.run_length:
            return None
        begin = self._data_offset + entry.offset
        return self._bytes[begin : begin + entry.length]

    def unpacked(self, coord: TileCoord) -> bytes | None:
        """The tile without its compression."""
        body = self.tile(coord)
        return gzip.decompress(body) if body is not None and self.is_gzipped else body

    def coords(self) -> Iterable[TileCoord]:
        """All tiles there are, in the order of the archive."""
        for entry in self._entries:
            for step in range(entry.run_length):
                z, x, y = tileid_to_zxy(entry.tile_id + step)
                yield TileCoord(z, x, y)

    def __len__(self) -> int:
        return sum(entry.run_length for entry in self._entries)


def _opened(path: Path, content: mmap.mmap) -> TileArchive:
    header = deserialize_header(content[:HEADER_SIZE])
    metadata_end = header["metadata_offset"] + header["metadata_length"]
    metadata = json.loads(gzip.decompress(content[header["metadata_offset"] : metadata_end]))
    if header["tile_data_offset"] + header["tile_data_length"] > len(content):
        raise ValueError("the file is shorter than its header says")
    entries = _entries(content, header["root_offset"], header["root_length"], header["leaf_directory_offset"])
    bounds = tuple(header[key] / DEGREE_E7 for key in ("min_lon_e7", "min_lat_e7", "max_lon_e7", "max_lat_e7"))
    west, south, east, north = bounds
    return TileArchive(
        path,
        header["min_zoom"],
        header["max_zoom"],
        (west, south, east, north),
        metadata,
        header["tile_compression"] is Compression.GZIP,
        content,
        header["tile_data_offset"],
        [entry.tile_id for entry in entries],
        entries,
    )


def _entries(content: mmap.mmap, offset: int, length: int, leaves: int) -> list[Entry]:
    """All tile entries below a directory; a run length of 0 points to a leaf."""
    found: list[Entry] = []
    for entry in deserialize_directory(content[offset : offset + length]):
        if entry.run_length:
            found.append(entry)
        else:
            found += _entries(content, leaves + entry.offset, entry.length, leaves)
    return found
