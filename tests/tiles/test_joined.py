"""Whole archives joined to attributes: the same tiles as one by one, whatever the batches and jobs; read by GDAL."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import numpy as np
import pyogrio
import pytest
from pmtiles.reader import MmapSource, Reader, all_tiles
from pmtiles.tile import Compression as CompressionInHeader
from pmtiles.tile import TileType

from tests.tiles.make import RD, level, pyramid, wiggly_coverage
from tiles import joined as joined_module
from tiles.archive import TileArchive, write_archive
from tiles.attributes import Attributes, TileColumn
from tiles.compression import Compression
from tiles.encoding import Encoding
from tiles.errors import BadArchive, BadTile
from tiles.grid import TileCoord
from tiles.joined import joined, write_joined
from tiles.mlt_splice import splice_mlt
from tiles.pyramid import Level, write_pyramid


@pytest.fixture(scope="module")
def regions() -> Level:
    return level("regio", wiggly_coverage(3, 20))


@pytest.fixture(scope="module")
def geometry(regions: Level, tmp_path_factory: pytest.TempPathFactory) -> TileArchive:
    path = tmp_path_factory.mktemp("geometry") / "geometry.pmtiles"
    pyramid(path, regions, maxzoom=10)
    return TileArchive.open(path)


@pytest.fixture(scope="module")
def attributes(regions: Level) -> dict[str, Attributes]:
    n = len(regions.ids)
    columns = {
        "code": TileColumn.full(np.array(regions.codes, object)),
        "aantal": TileColumn(1000 * np.arange(n), np.arange(n) % 3 > 0),
        "aandeel": TileColumn.full(np.round(np.arange(n) / 7, 1)),
        "stedelijk": TileColumn.full(np.arange(n) % 2 == 0),
        "groot": TileColumn.full(2**40 + np.arange(n)),
        "onder_nul": TileColumn.full(-1 - np.arange(n)),
        "leeg": TileColumn(np.zeros(n), np.zeros(n, bool)),
    }
    return {"regio": Attributes.of(regions.ids, columns)}


def write(source: TileArchive, path: Path, attributes: dict[str, Attributes], **options: Any) -> TileArchive:
    write_joined(source, path, attributes, **options)
    return TileArchive.open(path)


def test_every_tile_is_the_one_a_server_makes(
    tmp_path: Path, geometry: TileArchive, attributes: dict[str, Attributes]
) -> None:
    archive = write(geometry, tmp_path / "j.pmtiles", attributes)
    assert list(archive.coords()) == list(geometry.coords())
    for coord in geometry.coords():
        tile = geometry.unpacked(coord)
        assert tile is not None
        assert archive.unpacked(coord) == joined(tile, attributes, Encoding.MVT)


@pytest.mark.parametrize("jobs", [1, 3])
@pytest.mark.parametrize("at_once", [1, 5_000, 1 << 30])
def test_the_bytes_do_not_depend_on_jobs_or_batches(
    tmp_path: Path,
    geometry: TileArchive,
    attributes: dict[str, Attributes],
    monkeypatch: pytest.MonkeyPatch,
    jobs: int,
    at_once: int,
) -> None:
    write_joined(geometry, tmp_path / "a.pmtiles", attributes)
    monkeypatch.setattr(joined_module, "AT_ONCE", at_once)
    write_joined(geometry, tmp_path / "b.pmtiles", attributes, jobs=jobs)
    assert (tmp_path / "a.pmtiles").read_bytes() == (tmp_path / "b.pmtiles").read_bytes()


def test_the_order_of_regions_does_not_matter(
    tmp_path: Path, geometry: TileArchive, attributes: dict[str, Attributes]
) -> None:
    regio = attributes["regio"]
    order = np.random.default_rng(2).permutation(len(regio.ids))
    columns = {key: TileColumn(column.values[order], column.present[order]) for key, column in regio.columns.items()}
    write_joined(geometry, tmp_path / "a.pmtiles", attributes)
    write_joined(geometry, tmp_path / "b.pmtiles", {"regio": Attributes.of(regio.ids[order], columns)})
    assert (tmp_path / "a.pmtiles").read_bytes() == (tmp_path / "b.pmtiles").read_bytes()


def test_the_pmtiles_package_reads_a_joined_archive(
    tmp_path: Path, geometry: TileArchive, attributes: dict[str, Attributes]
) -> None:
    archive = write(geometry, tmp_path / "j.pmtiles", attributes)
    with (tmp_path / "j.pmtiles").open("rb") as file:
        header = Reader(MmapSource(file)).header()
        assert Reader(MmapSource(file)).metadata() == archive.metadata
        theirs = {TileCoord(*zxy): body for zxy, body in all_tiles(MmapSource(file))}
    assert header["clustered"]
    assert header["addressed_tiles_count"] == len(theirs) == len(geometry)
    assert header["tile_contents_count"] <= header["tile_entries_count"] <= len(theirs)
    assert theirs == {coord: archive.tile(coord) for coord in archive.coords()}


def test_gdal_sees_whole_numbers_reals_texts_and_booleans(
    tmp_path: Path, geometry: TileArchive, attributes: dict[str, Attributes]
) -> None:
    write_joined(geometry, tmp_path / "j.pmtiles", attributes)
    info = pyogrio.read_info(tmp_path / "j.pmtiles", layer="regio")
    assert dict(zip(info["fields"], info["ogr_types"], strict=True)) == {
        "mvt_id": "OFTInteger64",
        "code": "OFTString",
        "aantal": "OFTInteger",
        "aandeel": "OFTReal",
        "stedelijk": "OFTInteger",
        "groot": "OFTInteger64",
        "onder_nul": "OFTInteger",
        "leeg": "OFTReal",
    }
    assert dict(zip(info["fields"], info["ogr_subtypes"], strict=True))["stedelijk"] == "OFSTBoolean"
    assert info["geometry_type"] == "MultiPolygon"
    frame = pyogrio.read_dataframe(tmp_path / "j.pmtiles", layer="regio").drop_duplicates("code").set_index("code")
    columns = attributes["regio"].columns
    for row, code in enumerate(columns["code"].values.tolist()):
        assert frame.loc[code, "aandeel"] == columns["aandeel"].values[row]
        assert np.isnan(frame.loc[code, "aantal"]) == (not columns["aantal"].present[row])


def test_metadata_tell_of_each_attribute_what_tippecanoe_tells(
    tmp_path: Path, geometry: TileArchive, attributes: dict[str, Attributes]
) -> None:
    metadata = write(geometry, tmp_path / "j.pmtiles", attributes).metadata
    fields = {layer["id"]: layer["fields"] for layer in metadata["vector_layers"]}
    assert fields["regio"]["aandeel"] == "Number"
    assert fields["regio"]["code"] == "String"
    assert fields["regio"]["stedelijk"] == "Boolean"
    assert fields["grenzen"] == {"level": "String", "rank": "Number", "outer": "Boolean"}
    stats = metadata["tilestats"]
    assert stats["layerCount"] == 1
    told = stats["layers"][0]
    assert (told["layer"], told["count"], told["geometry"], told["attributeCount"]) == ("regio", 20, "Polygon", 7)
    by_name = {attribute["attribute"]: attribute for attribute in told["attributes"]}
    assert by_name["onder_nul"] == {
        "attribute": "onder_nul",
        "count": 20,
        "type": "number",
        "values": list(range(-20, 0)),
        "min": -20,
        "max": -1,
    }
    assert by_name["leeg"] == {"attribute": "leeg", "count": 0, "type": "number", "values": []}
    assert by_name["stedelijk"]["values"] == [False, True]


def test_of_many_values_a_hundred_are_told_and_a_thousand_counted(tmp_path: Path) -> None:
    tiles = {TileCoord(0, 0, 0): Compression.GZIP.packed(b"")}
    write_archive(tmp_path / "g.pmtiles", tiles, (3, 50, 7, 54), {"vector_layers": [{"id": "regio", "fields": {}}]})
    ids = np.arange(1, 5_001)
    columns = {
        "n": TileColumn.full(np.append(np.arange(4_998) / 2, [np.inf, np.nan])),
        "t": TileColumn.full(np.array(["x" * 300, *(f"{i:04d}" for i in range(4_999))], object)),
    }
    metadata = write(
        TileArchive.open(tmp_path / "g.pmtiles"), tmp_path / "j.pmtiles", {"regio": Attributes.of(ids, columns)}
    ).metadata
    number, text = metadata["tilestats"]["layers"][0]["attributes"]
    assert (number["count"], len(number["values"]), number["min"], number["max"]) == (1000, 100, 0.0, 2498.5)
    assert (text["count"], text["values"][:2]) == (1000, ["0000", "0001"])
    json.dumps(metadata, allow_nan=False)


def test_brotli_holds_the_same_tiles_in_fewer_bytes(
    tmp_path: Path, geometry: TileArchive, attributes: dict[str, Attributes]
) -> None:
    gzipped = write(geometry, tmp_path / "g.pmtiles", attributes)
    small = write(geometry, tmp_path / "b.pmtiles", attributes, compression=Compression.BROTLI, jobs=2)
    assert (gzipped.compression, small.compression) == (Compression.GZIP, Compression.BROTLI)
    assert small.size < 0.95 * gzipped.size
    assert all(small.unpacked(coord) == gzipped.unpacked(coord) for coord in gzipped.coords())
    with (tmp_path / "b.pmtiles").open("rb") as file:
        assert Reader(MmapSource(file)).header()["tile_compression"] is CompressionInHeader.BROTLI


def test_a_joined_archive_can_be_the_source_of_another_compression(
    tmp_path: Path, geometry: TileArchive, attributes: dict[str, Attributes]
) -> None:
    small = write(geometry, tmp_path / "b.pmtiles", {}, compression=Compression.BROTLI)
    again = write(small, tmp_path / "g.pmtiles", attributes)
    assert again.compression is Compression.GZIP
    write_joined(geometry, tmp_path / "d.pmtiles", attributes)
    assert list(map(again.tile, again.coords())) == list(
        map(TileArchive.open(tmp_path / "d.pmtiles").tile, again.coords())
    )


def test_equal_tiles_are_joined_and_stored_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = Compression.GZIP.packed(mapbox_vector_tile.encode([{"name": "zee", "features": []}]))
    tiles = {TileCoord(3, x, y): body for x in range(8) for y in range(8)}
    write_archive(tmp_path / "g.pmtiles", tiles, (3, 50, 7, 54), {})
    seen: list[bytes] = []

    def unchanged(tiles: list[bytes], _attributes: object) -> list[bytes]:
        seen.extend(tiles)
        return tiles

    monkeypatch.setattr(joined_module, "splice_all", unchanged)
    archive = write(TileArchive.open(tmp_path / "g.pmtiles"), tmp_path / "j.pmtiles", {})
    assert len(seen) == 1
    assert len(archive) == 64
    assert len(archive.entries) == 1


def test_maplibre_tiles_are_joined_as_a_server_joins_them(
    tmp_path: Path, regions: Level, attributes: dict[str, Attributes]
) -> None:
    write_pyramid(tmp_path / "mvt.pmtiles", [regions], [], RD, 6, {}, mlt=tmp_path / "mlt.pmtiles")
    geometry = TileArchive.open(tmp_path / "mlt.pmtiles")
    archive = write(geometry, tmp_path / "j.pmtiles", attributes, jobs=2)
    assert archive.encoding is geometry.encoding is Encoding.MLT
    with (tmp_path / "j.pmtiles").open("rb") as file:
        assert Reader(MmapSource(file)).header()["tile_type"] is TileType.MLT
    for coord in geometry.coords():
        tile = geometry.unpacked(coord)
        assert tile is not None
        assert archive.unpacked(coord) == joined(tile, attributes, Encoding.MLT) == splice_mlt(tile, attributes)


def test_damage_is_told_with_the_name_of_the_archive(tmp_path: Path) -> None:
    attributes = {"regio": Attributes.of(np.array([1]), {})}
    for body, error in ((b"no gzip", BadArchive), (Compression.GZIP.packed(b"no tile"), BadTile)):
        write_archive(tmp_path / "g.pmtiles", {TileCoord(0, 0, 0): body}, (3, 50, 7, 54), {})
        with pytest.raises(error, match="damaged"):
            write_joined(TileArchive.open(tmp_path / "g.pmtiles"), tmp_path / "j.pmtiles", attributes)
        assert not (tmp_path / "j.pmtiles").exists()
