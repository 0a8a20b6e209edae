"""Tiles as MVT and as MLT: who gets which, and what caches are told."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pytest

from server.app import open_app
from server.settings import Settings
from tests.server.client import ORIGIN, Client
from tests.tiles.decoders import MLT, Decoders

MVT_TYPE, MLT_TYPE = "application/vnd.mapbox-vector-tile", "application/vnd.maplibre-tile"
TILE = "/tiles/vastgoed-2022/8/131/84"


@pytest.fixture(scope="module")
def client(settings: Settings, atlas_folder: Path) -> Client:
    return Client(open_app(settings, atlas_folder))


@pytest.fixture(scope="module")
def old(settings: Settings, atlas_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Client:
    """A server with an atlas of before there was MLT."""
    folder = tmp_path_factory.mktemp("old") / "atlas"
    shutil.copytree(atlas_folder, folder)
    manifest = json.loads((folder / "atlas.json").read_text())
    for edition in manifest["editions"]:
        (folder / edition.pop("mlt")["path"]).unlink()
    (folder / "atlas.json").write_text(json.dumps(manifest))
    return Client(open_app(settings, folder))


def source_of(client: Client, style: str) -> Any:
    return client.get(f"/styles/koopwoningen{style}").json()["sources"]["kaart"]


@pytest.mark.parametrize(
    ("query", "accept", "media_type"),
    [
        ("", None, MVT_TYPE),
        ("", "*/*", MVT_TYPE),
        ("", "application/octet-stream, text/html", MVT_TYPE),
        ("", f"{MLT_TYPE},*/*", MVT_TYPE),
        ("", MLT_TYPE, MLT_TYPE),
        ("", f"{MLT_TYPE}, */*;q=0.1", MLT_TYPE),
        ("?f=mlt", None, MLT_TYPE),
        ("?f=mlt", MVT_TYPE, MLT_TYPE),
        ("?f=mvt", MLT_TYPE, MVT_TYPE),
        ("?f=.pbf", MLT_TYPE, MVT_TYPE),
    ],
)
def test_the_address_decides_and_else_what_the_client_accepts(
    client: Client, query: str, accept: str | None, media_type: str
) -> None:
    answer = client.get(f"{TILE}{query}", **({"accept": accept} if accept else {}))
    assert answer.headers["content-type"] == media_type
    assert answer.headers["vary"] == ("Accept-Encoding" if query else "Accept, Accept-Encoding")


def test_both_encodings_hold_the_same_features_under_tags_of_their_own(client: Client, decoders: Decoders) -> None:
    mvt, mlt = (client.get(f"{TILE}?f={name}", accept_encoding="gzip") for name in ("mvt", "mlt"))
    assert mvt.headers["etag"] != mlt.headers["etag"]
    expected = decoders.decoded("mvt", gzip.decompress(mvt.raw))
    assert {"gemeente", "wijk", "grenzen", "labels"} <= set(expected)
    for decoder in MLT:
        assert decoders.decoded(decoder, gzip.decompress(mlt.raw)) == expected


def test_an_unknown_encoding_is_refused_with_those_there_are(client: Client) -> None:
    answer = client.get(f"{TILE}?f=png")
    assert answer.status == 400
    assert "mvt, mlt and .pbf" in answer.json()["detail"]


def test_where_nothing_is_there_is_an_empty_answer_in_both(client: Client) -> None:
    assert [client.get(f"/tiles/vastgoed-2022/8/0/0?f={name}").status for name in ("mvt", "mlt")] == [204, 204]


def test_tilejson_of_mlt_says_so_and_names_addresses_of_mlt(client: Client) -> None:
    document = client.get("/tiles/vastgoed-2022?f=mlt").json()
    [address] = document["tiles"]
    assert document["encoding"] == "mlt"
    assert address.startswith(f"{ORIGIN}/tiles/vastgoed-2022/{{z}}/{{x}}/{{y}}?f=mlt&v=")
    tile = client.get(address.removeprefix(ORIGIN).format(z=8, x=131, y=84))
    assert tile.headers["content-type"] == MLT_TYPE
    assert "immutable" in tile.headers["cache-control"]


def test_tilejson_without_a_wish_is_of_mvt(client: Client) -> None:
    document = client.get("/tiles/vastgoed-2022").json()
    assert "encoding" not in document
    assert "f=" not in document["tiles"][0]


def test_a_version_of_one_encoding_does_not_make_the_other_immutable(client: Client) -> None:
    [address] = client.get("/tiles/vastgoed-2022?f=mlt").json()["tiles"]
    version = address.partition("&v=")[2]
    assert client.get(f"{TILE}?f=mvt&v={version}").headers["cache-control"] == "no-cache"


def test_styles_for_browsers_ask_for_mlt_and_those_for_qgis_never(client: Client) -> None:
    assert source_of(client, "")["encoding"] == "mlt"
    assert source_of(client, "")["url"] == f"{ORIGIN}/tiles/vastgoed-2022?f=mlt"
    for profile in ("qgis", "web-mvt"):
        source = source_of(client, f"?profile={profile}")
        assert source["url"] == f"{ORIGIN}/tiles/vastgoed-2022"
        assert "encoding" not in source


def test_an_atlas_without_mlt_answers_with_mvt(old: Client) -> None:
    answer = old.get(f"{TILE}?f=mlt", accept=MLT_TYPE, accept_encoding="gzip")
    assert answer.headers["content-type"] == MVT_TYPE
    assert "wijk" in mapbox_vector_tile.decode(gzip.decompress(answer.raw))
    assert old.get(TILE, accept=MLT_TYPE).headers["vary"] == "Accept-Encoding"
    assert old.get("/tiles/vastgoed-2022?f=mlt").json()["encoding"] == "mvt"
    assert "encoding" not in source_of(old, "")
