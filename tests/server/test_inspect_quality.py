"""``zichtkaart inspect --quality`` on archives, on an atlas, over HTTP, and what it says where something cannot be measured."""

from __future__ import annotations

from pathlib import Path

import geopandas
import numpy as np
import pytest
from typer.testing import CliRunner, Result

from server.cli import cli
from tests.tiles.make import RD, level, pyramid, wiggly_coverage
from tests.tiles.range_server import RangeServer, serving
from tiles.archive import TileArchive, write_archive
from tiles.attributes import Attributes, TileColumn
from tiles.encoding import Encoding
from tiles.grid import TileCoord
from tiles.joined import write_joined
from tiles.pyramid import Level


def measured(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["inspect", "--quality", *map(str, arguments)])


def rows(output: str) -> dict[tuple[str, int], list[str]]:
    """Cells by layer and zoom."""
    cells = [line.split() for line in output.splitlines()]
    return {(row[0], int(row[1])): row[2:] for row in cells if len(row) == 12 and row[1].isdigit()}


@pytest.fixture(scope="module")
def regions() -> Level:
    return level("regio", wiggly_coverage(4, 12))


@pytest.fixture(scope="module")
def archive(regions: Level, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With codes and without one region at zoom 5."""
    folder = tmp_path_factory.mktemp("archive")
    pyramid(folder / "g.pmtiles", regions, maxzoom=8)
    columns = {"code": TileColumn.full(np.array(regions.codes, object))}
    write_joined(
        TileArchive.open(folder / "g.pmtiles"), folder / "j.pmtiles", {"regio": Attributes.of(regions.ids, columns)}
    )
    return folder / "j.pmtiles"


@pytest.fixture(scope="module")
def source(regions: Level, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same regions in a file, one of them in two rows, and a row without code."""
    path = tmp_path_factory.mktemp("source") / "regions.gpkg"
    frame = geopandas.GeoDataFrame({"code": regions.codes}, geometry=list(regions.geometry), crs=RD)
    halves = frame.iloc[[0]].overlay(frame.iloc[[0]].buffer(-10).to_frame("geometry"), how="intersection")
    lone = geopandas.GeoDataFrame({"code": [None]}, geometry=[regions.geometry[1]], crs=RD)
    geopandas.pd.concat([frame, halves, lone]).to_file(path)
    return path


def test_an_archive_is_measured_by_layer_and_zoom(archive: Path) -> None:
    done = measured(archive)
    assert done.exit_code == 0
    assert done.stdout.startswith(f"{archive}\nlayer  z  tiles")
    found = rows(done.stdout)
    assert sorted(found) == [("regio", z) for z in range(9)]
    tiles, _, _, features, count, lost, invalid, overlap, gap, differs = found["regio", 8]
    assert (count, lost, invalid, overlap, gap, differs) == ("12", "0", "0", "0", "0", "-")
    assert int(features) >= 12
    assert int(tiles) >= 1
    assert done.stdout.splitlines()[-1].startswith("archive: ")


def test_layers_and_zooms_can_be_chosen(archive: Path) -> None:
    assert sorted(rows(measured(archive, "--layers", "regio", "--zooms", "5-7").stdout)) == [
        ("regio", z) for z in (5, 6, 7)
    ]
    assert sorted(rows(measured(archive, "--zooms", "6").stdout)) == [("regio", 6)]
    assert sorted(rows(measured(archive, "--zooms", "7-14").stdout)) == [("regio", 7), ("regio", 8)]


@pytest.mark.parametrize("names", [("--key", "code"), ("--code", "code"), ("--code", "CODE")])
def test_regions_are_compared_with_their_source(archive: Path, source: Path, names: tuple[str, str]) -> None:
    done = measured(archive, "--source", source, "--zooms", "6-8", "--layers", "regio", *names)
    assert done.exit_code == 0, done.output
    found = rows(done.stdout)
    assert [found["regio", z][5] for z in (6, 7, 8)] == ["0", "0", "0"]
    differs = [float(found["regio", z][-1]) for z in (6, 7, 8)]
    assert differs == sorted(differs, reverse=True)
    assert 0 < differs[-1] < 2


def test_an_atlas_is_measured_edition_by_edition(atlas_folder: Path) -> None:
    done = measured(atlas_folder)
    assert done.exit_code == 0
    assert [line for line in done.stdout.splitlines() if line.startswith("edition")] == ["edition 2022"]
    found = rows(done.stdout)
    assert {layer for layer, _ in found} == {"gemeente", "wijk"}
    assert min(z for layer, z in found if layer == "wijk") == 7
    assert {layer for layer, _ in rows(measured(atlas_folder, "--zooms", "0-5").stdout)} == {"gemeente"}


def test_an_archive_on_a_server_is_measured_like_the_file(archive: Path) -> None:
    with serving(RangeServer(archive.read_bytes())) as server:
        far = measured(server.address, "--zooms", "6-8")
    assert far.exit_code == 0
    assert far.stdout.startswith(server.address)
    assert rows(far.stdout) == rows(measured(archive, "--zooms", "6-8").stdout)


def test_an_archive_that_is_not_on_the_server_is_a_sentence(archive: Path) -> None:
    with serving(RangeServer(archive.read_bytes(), statuses=[404])) as server:
        done = measured(server.address)
    assert done.exit_code == 1
    assert done.stderr == f"{server.address}: there is no such file on the server (status 404).\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--key", "naam"), "a feature has no property 'naam', so regions cannot be told apart"),
        (("--zooms", "12-14"), "has zooms 0 to 8, none of those that were asked for"),
        (("--layers", "wijk"), "has no areas in a layer wijk"),
        (("--source", "nowhere.gpkg", "--code", "code", "--layers", "regio"), "this file does not exist"),
        (("--source", "SOURCE", "--layers", "regio"), "tell which of its columns has the codes of regions"),
        (("--source", "SOURCE", "--code", "kode", "--layers", "regio"), 'there is no column "kode"'),
        (("--source", "SOURCE", "--code", "code"), "name the layer with --layers"),
        (("--source", "SOURCE", "--code", "code", "--layers", "a,b"), "name the layer with --layers"),
    ],
)
def test_what_cannot_be_measured_is_a_sentence(
    archive: Path, source: Path, arguments: tuple[str, ...], told: str
) -> None:
    done = measured(archive, *(str(source) if word == "SOURCE" else word for word in arguments))
    assert done.exit_code == 1
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_maplibre_tiles_are_told_apart_from_what_can_be_measured(tmp_path: Path) -> None:
    write_archive(tmp_path / "t.pmtiles", {TileCoord(0, 0, 0): b"x"}, (3, 50, 7, 54), {}, encoding=Encoding.MLT)
    done = measured(tmp_path / "t.pmtiles")
    assert done.exit_code == 1
    assert "holds MapLibre Tiles" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("atlas", "--key", "code"),
        ("atlas", "--source", "regions.gpkg"),
        ("--quality", "atlas", "vastgoed-2022", "8/131/84"),
        ("--quality", "atlas", "--zooms", "a"),
        ("--quality", "atlas", "--zooms", "8-4"),
        ("--quality", "atlas", "--grid", "Mars"),
    ],
)
def test_wrong_usage_is_status_2_and_says_how(arguments: tuple[str, ...]) -> None:
    done = CliRunner().invoke(cli, ["inspect", *arguments])
    assert done.exit_code == 2
    assert "Usage" in done.stderr
