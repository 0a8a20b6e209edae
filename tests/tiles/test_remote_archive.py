"""Archives read over HTTP range requests from a server on this machine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tiles.range_server import RangeServer, serving
from tiles.archive import TileArchive, write_archive
from tiles.errors import BadArchive
from tiles.grid import TileCoord
from tiles.remote_archive import HEAD, Patience, open_archive

BOUNDS = (3.0, 50.0, 7.0, 54.0)
QUICK = Patience(timeout_s=0.4, attempts=3, pause_s=0.0)

many = {TileCoord(8, x, y): f"{x}/{y} ".encode() * 9 for x in range(0, 256, 2) for y in range(256)}
"""Enough for leaf directories."""

few = {TileCoord(2, x, y): bytes([x, y]) * 9_000 for x in range(4) for y in range(4)}
"""Reach beyond what is read at once."""


def archive_of(folder: Path, tiles: dict[TileCoord, bytes]) -> bytes:
    write_archive(folder / "t.pmtiles", tiles, BOUNDS, {"name": "nl"})
    return (folder / "t.pmtiles").read_bytes()


@pytest.mark.parametrize("tiles", [few, many], ids=["few", "many"])
def test_an_archive_on_a_server_is_the_same_as_the_file(tmp_path: Path, tiles: dict[TileCoord, bytes]) -> None:
    with serving(RangeServer(archive_of(tmp_path, tiles))) as server:
        far, near = open_archive(server.address), open_archive(str(tmp_path / "t.pmtiles"))
        assert isinstance(near, TileArchive)
        assert list(far.coords()) == list(near.coords())
        assert (far.metadata, far.bounds, far.size, far.minzoom) == (
            near.metadata,
            near.bounds,
            near.size,
            near.minzoom,
        )
        for coord in list(tiles)[::4_000] + list(tiles)[-1:]:
            assert far.tile(coord) == tiles[coord]
        assert far.tile(TileCoord(9, 0, 0)) is None
        assert far.address == server.address
        far.close()


def test_directories_are_read_once_and_a_tile_takes_one_request(tmp_path: Path) -> None:
    with serving(RangeServer(archive_of(tmp_path, many))) as server:
        archive = open_archive(server.address)
        opening = len(server.requests)
        assert opening <= 3
        assert server.requests[0] == f"bytes=0-{HEAD - 1}"
        for coord in list(many)[-20:]:
            archive.tile(coord)
        assert len(server.requests) == opening + 20
        archive.close()


def test_a_small_archive_takes_a_single_request(tmp_path: Path) -> None:
    with serving(RangeServer(archive_of(tmp_path, {TileCoord(0, 0, 0): b"one"}))) as server:
        archive = open_archive(server.address)
        assert archive.tile(TileCoord(0, 0, 0)) == b"one"
        assert len(server.requests) == 1
        archive.close()


def no_ranges(server: RangeServer) -> None:
    server.does_ranges = False


def status(number: int) -> Callable[[RangeServer], None]:
    return lambda server: server.statuses.extend([number] * 9)


def silence(server: RangeServer) -> None:
    server.silent = 9


def breaks_off(server: RangeServer) -> None:
    server.cut_short = 9


def something_else(server: RangeServer) -> None:
    server.content = b"<html>Welcome</html>" * 9_000


def nothing(server: RangeServer) -> None:
    server.content = b""


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        (no_ranges, "does not answer range requests"),
        (status(404), "there is no such file on the server"),
        (status(403), "does not let us read it"),
        (status(500), r"could not answer \(status 500\), after 3 attempts"),
        (status(418), "status 418"),
        (silence, "did not answer within 0.4 seconds"),
        (breaks_off, "the connection failed"),
        (something_else, "is no PMTiles archive of version 3"),
        (nothing, "is empty"),
    ],
)
def test_what_cannot_be_opened_is_told_in_a_sentence_with_the_address(
    tmp_path: Path, trouble: Callable[[RangeServer], None], told: str
) -> None:
    with serving(RangeServer(archive_of(tmp_path, few))) as server:
        trouble(server)
        with pytest.raises(BadArchive, match=told) as caught:
            open_archive(server.address, QUICK)
        assert str(caught.value).startswith(server.address)
        assert "\n" not in str(caught.value)


def test_nobody_there_is_a_sentence() -> None:
    with pytest.raises(BadArchive, match="the connection failed"):
        open_archive("http://127.0.0.1:1/nl.pmtiles", QUICK)


@pytest.mark.parametrize("trouble", ["busy", "cut", "silent"])
def test_a_trouble_that_passes_is_not_noticed(tmp_path: Path, trouble: str) -> None:
    with serving(RangeServer(archive_of(tmp_path, few))) as server:
        archive = open_archive(server.address, QUICK)
        match trouble:
            case "busy":
                server.statuses = [503, 429]
            case "cut":
                server.cut_short = 2
            case _:
                server.silent = 2
        assert archive.tile(TileCoord(2, 3, 3)) == few[TileCoord(2, 3, 3)]
        archive.close()


@pytest.mark.parametrize("etag", ['"1"', None, 'W/"1"'], ids=["strong", "none", "weak"])
def test_a_file_that_changes_is_never_mixed_with_what_it_was(tmp_path: Path, etag: str | None) -> None:
    modified = "Sun, 22 Nov 2026 10:00:00 GMT"
    with serving(RangeServer(archive_of(tmp_path, few), etag=etag, modified=modified)) as server:
        archive = open_archive(server.address, QUICK)
        assert archive.tile(TileCoord(2, 3, 3)) is not None
        server.etag, server.modified = '"2"' if etag == '"1"' else etag, "Sun, 22 Nov 2026 11:00:00 GMT"
        with pytest.raises(BadArchive, match="has changed since it was opened; open it again"):
            archive.tile(TileCoord(2, 3, 3))
        archive.close()


def test_a_file_that_grows_is_noticed_without_etag_or_date(tmp_path: Path) -> None:
    with serving(RangeServer(archive_of(tmp_path, few), etag=None)) as server:
        archive = open_archive(server.address, QUICK)
        server.content += b"more"
        with pytest.raises(BadArchive, match="has changed"):
            archive.tile(TileCoord(2, 3, 3))
        archive.close()


def test_an_archive_cut_short_on_the_server_is_refused(tmp_path: Path) -> None:
    with serving(RangeServer(archive_of(tmp_path, few)[:-10])) as server, pytest.raises(BadArchive, match="damaged"):
        open_archive(server.address, QUICK)
