"""Archives, read by the pmtiles package and by GDAL."""

from __future__ import annotations

import gzip
from pathlib import Path

import pyogrio
import pytest
from pmtiles.reader import MmapSource, Reader, all_tiles
from pmtiles.tile import deserialize_header, serialize_header

from tests.tiles.make import level, pyramid, wiggly_coverage
from tiles.archive import TileArchive, write_archive
from tiles.compression import Compression
from tiles.errors import BadArchive, TileOutOfRange
from tiles.grid import TileCoord

BOUNDS = (3.0, 50.0, 7.0, 54.0)


def test_the_pmtiles_package_reads_the_same_tiles(tmp_path: Path) -> None:
    pyramid(tmp_path / "t.pmtiles", level("regio", wiggly_coverage(1, 9)), maxzoom=9)
    archive = TileArchive.open(tmp_path / "t.pmtiles")
    with (tmp_path / "t.pmtiles").open("rb") as file:
        source = MmapSource(file)
        theirs = {TileCoord(*zxy): body for zxy, body in all_tiles(source)}
        header = Reader(source).header()
    assert {coord: archive.tile(coord) for coord in archive.coords()} == theirs
    assert header["clustered"]
    assert header["addressed_tiles_count"] == len(archive) == len(theirs)


def test_gdal_reads_every_region_at_the_largest_zoom(tmp_path: Path) -> None:
    regions = level("regio", wiggly_coverage(2, 9))
    pyramid(tmp_path / "t.pmtiles", regions, maxzoom=8)
    frame = pyogrio.read_dataframe(tmp_path / "t.pmtiles", layer="regio")
    assert set(frame["mvt_id"].astype("int64")) == set(regions.ids.tolist())
    layers = {name for name, _ in pyogrio.list_layers(tmp_path / "t.pmtiles")}
    assert layers == {"regio", "grenzen", "labels"}


def test_equal_tiles_are_stored_once(tmp_path: Path) -> None:
    body = gzip.compress(b"the same everywhere", mtime=0)
    write_archive(tmp_path / "t.pmtiles", {TileCoord(3, x, y): body for x in range(8) for y in range(8)}, BOUNDS, {})
    archive = TileArchive.open(tmp_path / "t.pmtiles")
    assert len(archive) == 64
    assert archive.tile(TileCoord(3, 7, 7)) == body
    assert archive.tile(TileCoord(4, 7, 7)) is None
    assert (tmp_path / "t.pmtiles").stat().st_size < 400


def test_thousands_of_tiles_need_leaf_directories_and_are_all_found(tmp_path: Path) -> None:
    tiles = {TileCoord(8, x, y): f"{x}/{y}".encode() for x in range(0, 256, 2) for y in range(256)}
    write_archive(tmp_path / "t.pmtiles", tiles, BOUNDS, {})
    archive = TileArchive.open(tmp_path / "t.pmtiles")
    assert all(archive.tile(coord) == body for coord, body in tiles.items())
    assert archive.tile(TileCoord(8, 1, 1)) is None
    assert archive.bounds == BOUNDS


@pytest.mark.parametrize("content", [b"", b"hello", b"PMTiles\x03" + bytes(200)])
def test_a_file_that_is_no_archive_is_refused_with_its_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "t.pmtiles").write_bytes(content)
    with pytest.raises(BadArchive, match=r"t\.pmtiles"):
        TileArchive.open(tmp_path / "t.pmtiles")


def test_an_archive_cut_short_is_refused(tmp_path: Path) -> None:
    write_archive(tmp_path / "t.pmtiles", {TileCoord(0, 0, 0): bytes(1000)}, BOUNDS, {})
    whole = (tmp_path / "t.pmtiles").read_bytes()
    (tmp_path / "t.pmtiles").write_bytes(whole[:-10])
    with pytest.raises(BadArchive, match="damaged"):
        TileArchive.open(tmp_path / "t.pmtiles")


@pytest.mark.parametrize(
    ("place", "value", "told"),
    [
        (98, 4, "compressed with zstd, which cannot be read here"),
        (97, 4, "compressed with zstd, which cannot be read here"),
        (99, 2, "its tiles are PNG, not vector tiles"),
        (7, 2, "no PMTiles archive of version 3"),
    ],
    ids=["tiles in zstd", "directories in zstd", "pictures", "version 2"],
)
def test_what_is_no_archive_of_tiles_we_can_read_is_told(tmp_path: Path, place: int, value: int, told: str) -> None:
    write_archive(tmp_path / "t.pmtiles", {TileCoord(0, 0, 0): bytes(1000)}, BOUNDS, {})
    content = bytearray((tmp_path / "t.pmtiles").read_bytes())
    content[place] = value
    (tmp_path / "t.pmtiles").write_bytes(content)
    with pytest.raises(BadArchive, match=told):
        TileArchive.open(tmp_path / "t.pmtiles")


def test_an_archive_whose_directories_are_not_compressed_is_read(tmp_path: Path) -> None:
    write_archive(
        tmp_path / "t.pmtiles", {TileCoord(2, x, 1): bytes([x]) * 9 for x in range(4)}, BOUNDS, {"name": "nl"}
    )
    whole = (tmp_path / "t.pmtiles").read_bytes()
    header = deserialize_header(whole)
    begin, end = header["metadata_offset"], header["metadata_offset"] + header["metadata_length"]
    root, told = gzip.decompress(whole[127 : 127 + header["root_length"]]), gzip.decompress(whole[begin:end])
    header["internal_compression"] = Compression.NONE.in_header
    header["root_length"], header["metadata_length"] = len(root), len(told)
    header["metadata_offset"] = 127 + len(root)
    header["tile_data_offset"] = 127 + len(root) + len(told)
    (tmp_path / "n.pmtiles").write_bytes(serialize_header(header) + root + told + whole[-36:])
    archive = TileArchive.open(tmp_path / "n.pmtiles")
    assert archive.metadata == {"name": "nl"}
    assert [archive.tile(TileCoord(2, x, 1)) for x in range(4)] == [bytes([x]) * 9 for x in range(4)]


def test_an_archive_has_tiles_and_each_has_bytes(tmp_path: Path) -> None:
    for tiles in ({}, {TileCoord(0, 0, 0): b""}):
        with pytest.raises(ValueError, match="an archive has tiles"):
            write_archive(tmp_path / "t.pmtiles", tiles, BOUNDS, {})


def test_a_damaged_tile_is_told_with_its_number(tmp_path: Path) -> None:
    write_archive(tmp_path / "t.pmtiles", {TileCoord(1, 1, 0): b"no gzip"}, BOUNDS, {})
    with pytest.raises(BadArchive, match=r"t\.pmtiles: tile 1/1/0 is damaged"):
        TileArchive.open(tmp_path / "t.pmtiles").unpacked(TileCoord(1, 1, 0))


def test_a_tile_outside_its_grid_names_the_range() -> None:
    with pytest.raises(TileOutOfRange, match="tile 1/2/0 does not exist: at zoom 1 columns and rows run from 0 to 1"):
        TileCoord(1, 2, 0)
