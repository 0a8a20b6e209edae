"""Every address of the server, asked of the application in this process."""

from __future__ import annotations

import csv
import gzip
import io
import json
import logging
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import brotli
import mapbox_vector_tile
import pytest

from server.access_log import AccessLogForm
from server.app import open_app
from server.settings import Settings
from server.snapshot import MEGABYTE, CurrentAtlas
from tests.server.client import ORIGIN, Answer, Client
from tiles.grid import Grid, GridName, TileCoord

TILESET = "vastgoed-2022"
WEB_MERCATOR = Grid.named(GridName.WEB_MERCATOR)
MIDDLE = TileCoord(8, 131, 84)
"""Holds the whole tiny country."""


@pytest.fixture(scope="module")
def client(settings: Settings, atlas_folder: Path) -> Client:
    return Client(open_app(settings, atlas_folder))


def client_with(settings: Settings, atlas_folder: Path, **changes: Any) -> Client:
    return Client(open_app(replace(settings, **changes), atlas_folder))


def problem_of(answer: Answer) -> str:
    """The sentence of an error, after looking at its document."""
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    document = answer.json()
    assert set(document) == {"type", "title", "status", "detail"}
    assert document["status"] == answer.status
    detail: str = document["detail"]
    assert detail[-1] in ".?"
    return detail


def version_of(client: Client, tileset: str = TILESET) -> str:
    address: str = client.get(f"/tiles/{tileset}").json()["tiles"][0]
    return address.partition("?v=")[2]


# ---- tiles


def test_a_tile_has_each_region_with_its_figure_or_its_reason(client: Client) -> None:
    answer = client.get(f"/tiles/{TILESET}/{MIDDLE}", accept_encoding="gzip")
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert answer.headers["content-encoding"] == "gzip"
    layers = mapbox_vector_tile.decode(gzip.decompress(answer.raw))
    wijken = {feature["properties"]["code"]: feature["properties"] for feature in layers["wijk"]["features"]}
    assert wijken["WK990101"]["koopwoningen"] == 40
    assert wijken["WK990102"]["koopwoningen"] == 0
    assert wijken["WK990201"]["koopwoningen_status"] == "withheld"
    assert wijken["WK990202"]["koopwoningen_status"] == "missing"
    assert "koopwoningen" not in wijken["WK990201"]
    assert wijken["WK990102"]["gemeente"] == "GM9901"
    gemeenten = {feature["properties"]["code"]: feature["properties"] for feature in layers["gemeente"]["features"]}
    assert gemeenten["GM9901"]["gemiddelde_woz_waarde"] == 251.5


def test_a_tile_without_figures_has_regions_only(client: Client) -> None:
    layers = mapbox_vector_tile.decode(client.get(f"/tiles/gebieden-2022/{MIDDLE}").raw)
    properties = layers["wijk"]["features"][0]["properties"]
    assert set(properties) == {"code", "name", "gemeente"}


def test_a_tile_that_is_asked_for_again_comes_in_brotli_to_who_takes_that(
    settings: Settings, atlas_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.responses.WORTH_PACKING", 100)
    client = Client(open_app(settings, atlas_folder))
    path = f"/tiles/{TILESET}/{MIDDLE}?f=mvt"
    plain = client.get(path, accept_encoding="identity")
    tags = {plain.headers["etag"]}
    for accept, encoding in (("gzip, br", "br"), ("gzip", "gzip"), ("gzip;q=1, br;q=0.5", "gzip"), ("br", "br")):
        answer = client.get(path, accept_encoding=accept)
        assert (answer.headers["content-encoding"], answer.headers["vary"]) == (encoding, "Accept-Encoding")
        assert (gzip if encoding == "gzip" else brotli).decompress(answer.raw) == plain.raw
        again = client.get(path, accept_encoding=accept, if_none_match=answer.headers["etag"])
        assert (again.status, again.headers["etag"]) == (304, answer.headers["etag"])
        tags.add(answer.headers["etag"])
    assert len(tags) == 3


@pytest.mark.parametrize("accept", [None, "identity", "gzip;q=0"])
def test_a_tile_is_sent_unpacked_to_who_does_not_take_gzip(client: Client, accept: str | None) -> None:
    packed = client.get(f"/tiles/{TILESET}/{MIDDLE}", accept_encoding="gzip")
    plain = client.get(f"/tiles/{TILESET}/{MIDDLE}", **({"accept_encoding": accept} if accept else {}))
    assert "content-encoding" not in plain.headers
    assert plain.raw == gzip.decompress(packed.raw)
    assert plain.headers["etag"] != packed.headers["etag"]
    assert plain.headers["vary"] == "Accept, Accept-Encoding"


def test_a_tile_with_its_version_may_be_kept_for_ever_and_one_without_for_minutes(client: Client) -> None:
    def kept(query: str) -> str:
        return client.get(f"/tiles/{TILESET}/{MIDDLE}{query}").headers["cache-control"]

    assert kept(f"?v={version_of(client)}") == "public, max-age=31536000, immutable"
    assert kept("") == "public, max-age=300"
    assert kept("?v=0123456789ab") == "no-cache"


def test_a_tile_the_client_has_is_304(client: Client) -> None:
    path = f"/tiles/{TILESET}/{MIDDLE}"
    tag = client.get(path, accept_encoding="gzip").headers["etag"]
    for header in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = client.get(path, accept_encoding="gzip", if_none_match=header)
        assert (again.status, again.raw) == (304, b"")
        assert again.headers["etag"] == tag
    assert client.get(path, accept_encoding="gzip", if_none_match='"other"').status == 200


def test_a_tile_may_be_asked_for_with_the_ending_that_gdal_adds(client: Client) -> None:
    plain, ending = client.get(f"/tiles/{TILESET}/{MIDDLE}"), client.get(f"/tiles/{TILESET}/{MIDDLE}.pbf")
    assert (ending.status, ending.raw) == (200, plain.raw)


def test_an_empty_tile_is_204(client: Client) -> None:
    answer = client.get(f"/tiles/{TILESET}/8/0/0")
    assert (answer.status, answer.raw) == (204, b"")
    assert answer.headers["cache-control"] == "public, max-age=300"


def test_a_zoom_outside_the_tileset_is_a_404_that_names_the_range(client: Client) -> None:
    answer = client.get(f"/tiles/{TILESET}/11/0/0")
    assert answer.status == 404
    assert "zooms 0 to 10, not 11" in problem_of(answer)


def test_an_unknown_tileset_is_a_404_that_names_the_tilesets(client: Client) -> None:
    for path in ("/tiles/vastgoed-2023", "/tiles/vastgoed-2023/0/0/0"):
        answer = client.get(path)
        assert answer.status == 404
        detail = problem_of(answer)
        assert '"vastgoed-2023"' in detail
        assert "vastgoed-2022" in detail
        assert "gebieden-2022" in detail


@pytest.mark.parametrize("path", ["8/256/0", "8/0/256", "0/1/0"])
def test_a_tile_outside_the_grid_is_a_404_that_names_its_size(client: Client, path: str) -> None:
    answer = client.get(f"/tiles/{TILESET}/{path}")
    assert answer.status == 404
    assert "columns and rows run from 0 to" in problem_of(answer)


@pytest.mark.parametrize(
    "path", ["a/0/0", "8/-1/0", "8/1.0/0", "8/131/84.mvt", "8/٣/0", "9999999999999/0/0", "8/0/0%0A"]
)
def test_what_is_no_tile_number_is_a_404(client: Client, path: str) -> None:
    answer = client.get(f"/tiles/{TILESET}/{path}")
    assert answer.status == 404
    problem_of(answer)


# ---- TileJSON


def test_tilejson_says_everything_version_3_asks(client: Client) -> None:
    answer = client.get(f"/tiles/{TILESET}")
    assert answer.headers["content-type"] == "application/json"
    document = answer.json()
    assert document["tilejson"] == "3.0.0"
    assert document["scheme"] == "xyz"
    assert document["attribution"] == "Bron: verzonnen"
    assert (document["minzoom"], document["maxzoom"]) == (0, 10)
    west, south, east, north = document["bounds"]
    lon, lat, zoom = document["center"]
    assert west < lon < east
    assert south < lat < north
    assert 0 <= zoom <= 10
    assert document["description"] == "Fictief"
    (address,) = document["tiles"]
    assert address.startswith(f"{ORIGIN}/tiles/{TILESET}/{{z}}/{{x}}/{{y}}?v=")
    for layer in document["vector_layers"]:
        assert set(layer) == {"id", "fields", "minzoom", "maxzoom"}
        assert all(isinstance(about, str) for about in layer["fields"].values())


def test_the_address_in_tilejson_gives_tiles_with_the_layers_and_fields_it_promises(client: Client) -> None:
    document = client.get(f"/tiles/{TILESET}").json()
    address = document["tiles"][0].format(z=MIDDLE.z, x=MIDDLE.x, y=MIDDLE.y).removeprefix(ORIGIN)
    layers = mapbox_vector_tile.decode(client.get(address).raw)
    promised = {layer["id"]: set(layer["fields"]) for layer in document["vector_layers"]}
    assert set(layers) == set(promised)
    for name, layer in layers.items():
        found = {key for feature in layer["features"] for key in feature["properties"]}
        assert found <= promised[name]


def test_a_level_begins_in_tilejson_where_it_begins_in_the_tiles(client: Client) -> None:
    document = client.get(f"/tiles/{TILESET}").json()
    begins = {layer["id"]: layer["minzoom"] for layer in document["vector_layers"]}
    assert (begins["gemeente"], begins["wijk"]) == (0, 7)


def test_addresses_follow_the_proxy(client: Client) -> None:
    forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "www.gemeente.nl", "X-Forwarded-Prefix": "/kaart"}
    document = client.ask("GET", f"/tiles/{TILESET}", forwarded).json()
    assert document["tiles"][0].startswith("https://www.gemeente.nl/kaart/tiles/")
    style = client.ask("GET", "/styles/koopwoningen", forwarded).json()
    assert style["sprite"] == "https://www.gemeente.nl/kaart/sprites/reasons"


def test_a_document_with_addresses_is_always_asked_again(client: Client) -> None:
    for path in (f"/tiles/{TILESET}", "/styles/koopwoningen", "/atlas.json"):
        assert client.get(path).headers["cache-control"] == "no-cache"


def test_a_bad_forwarded_header_is_a_400(client: Client) -> None:
    answer = client.ask("GET", f"/tiles/{TILESET}", {"X-Forwarded-Host": "a b"})
    assert answer.status == 400
    assert "host" in problem_of(answer)


@pytest.mark.parametrize("prefix", ["", "/kaart"])
def test_the_site_works_under_a_path_whether_the_proxy_takes_it_off_or_not(
    settings: Settings, atlas_folder: Path, prefix: str
) -> None:
    client = client_with(settings, atlas_folder, root_path="/kaart")
    document = client.get(f"{prefix}/tiles/{TILESET}").json()
    assert document["tiles"][0].startswith(f"{ORIGIN}/kaart/tiles/")
    assert client.get(f"{prefix}/").status == 200


# ---- styles


@pytest.mark.parametrize("profile", ["web", "qgis"])
def test_a_style_of_each_profile_points_at_its_tilejson(client: Client, profile: str) -> None:
    style = client.get(f"/styles/koopwoningen?profile={profile}").json()
    assert style["version"] == 8
    addresses = [json.dumps(source) for source in style["sources"].values()]
    assert any(f"{ORIGIN}/tiles/{TILESET}" in address for address in addresses)


def test_the_style_of_a_theme_is_that_of_its_first_indicator(client: Client) -> None:
    assert client.get("/styles/vastgoed").raw == client.get("/styles/koopwoningen").raw


def test_a_style_has_the_newest_year_unless_another_is_asked(client: Client) -> None:
    newest = client.get("/styles/gemiddelde-woz-waarde").json()
    older = client.get("/styles/gemiddelde-woz-waarde?year=2021").json()
    assert "2022" in newest["name"]
    assert "2021" in older["name"]


def test_everything_wrong_in_the_query_of_a_style_is_told_at_once(client: Client) -> None:
    answer = client.get("/styles/koopwoningen?year=1900&level=wjk&lang=fr&profile=arcgis")
    assert answer.status == 400
    detail = problem_of(answer)
    for part in ("year is", "level is", "lang is", "profile is", "wijk", "2022", "nl and en", "web, web-mvt and qgis"):
        assert part in detail


def test_two_indicators_come_in_one_style_and_one_legend(client: Client) -> None:
    style = client.get("/styles/koopwoningen?with=gemiddelde-woz-waarde&level=gemeente").json()
    address = style["sources"]["kaart"]["url"]
    assert address.startswith(f"{ORIGIN}/tiles/gebieden-2022?indicators=koopwoningen,gemiddelde-woz-waarde&year=")
    assert client.get(address.removeprefix(ORIGIN)).json()["tiles"]
    legend = client.get("/styles/koopwoningen/legend.svg?with=gemiddelde-woz-waarde&level=gemeente").text
    assert "Koopwoningen" in legend
    assert "Gemiddelde WOZ-waarde" in legend


def test_an_unknown_second_indicator_is_told_with_the_ones_there_are(client: Client) -> None:
    answer = client.get("/styles/koopwoningen?with=koopwoningen")
    assert answer.status == 400
    assert "with is" in problem_of(answer)


def test_unknown_query_parameters_are_ignored(client: Client) -> None:
    assert client.get("/styles/koopwoningen?utm_source=x").status == 200


def test_an_unknown_style_is_a_404_that_names_the_styles(client: Client) -> None:
    answer = client.get("/styles/drugs")
    assert answer.status == 404
    assert "vastgoed" in problem_of(answer)


def test_figures_on_no_such_level_in_that_year_are_a_404(client: Client) -> None:
    for path in ("/styles/koopwoningen?level=wijk&year=2021", "/values/koopwoningen?level=wijk&year=2021"):
        answer = client.get(path)
        assert answer.status == 404
        assert "no figures" in problem_of(answer)


def test_a_legend_is_a_drawing_that_cannot_run_anything(client: Client) -> None:
    answer = client.get("/styles/koopwoningen/legend.svg?level=wijk&lang=en")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.text.startswith("<svg")
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_legend_is_of_a_zoom_or_of_a_tenth_between_two(client: Client) -> None:
    assert client.get("/styles/koopwoningen/legend.svg?zoom=7").status == 200
    assert client.get("/styles/koopwoningen/legend.svg?zoom=7.3").status == 200
    for zoom in ("7.35", "25", "-1", "nan", "far"):
        answer = client.get(f"/styles/koopwoningen/legend.svg?zoom={zoom}")
        assert answer.status == 400, zoom
        assert "zoom is" in problem_of(answer)


def test_the_sprite_has_every_image_the_style_names(client: Client) -> None:
    style = client.get("/styles/koopwoningen").json()
    named = {layer["paint"]["fill-pattern"] for layer in style["layers"] if "fill-pattern" in layer.get("paint", {})}
    base = style["sprite"].removeprefix(ORIGIN)
    for scale in ("", "@2x"):
        index = client.get(f"{base}{scale}.json")
        assert index.headers["content-type"] == "application/json"
        assert named <= set(index.json())
        picture = client.get(f"{base}{scale}.png", accept_encoding="gzip")
        assert picture.headers["content-type"] == "image/png"
        assert picture.raw.startswith(b"\x89PNG")


def test_an_unknown_sprite_is_a_404_that_names_the_sprites(client: Client) -> None:
    answer = client.get("/sprites/reasons@3x.png")
    assert answer.status == 404
    assert "reasons@2x.png" in problem_of(answer)


# ---- figures


def test_values_are_columns_of_one_length_with_a_number_or_a_reason(client: Client) -> None:
    document = client.get("/values/koopwoningen?level=wijk&year=2022").json()
    assert document["indicator"] == "koopwoningen"
    assert document["unit"]["nl"] == "%"
    assert document["source"]["nl"] == "Bron: verzonnen"
    assert document["notice"]["nl"] == "Fictief"
    assert document["columns"] == {
        "code": ["WK990101", "WK990102", "WK990201", "WK990202"],
        "name": ["Wijk 01", "Wijk 02", "Wijk 01", "Wijk 02"],
        "level": ["wijk"] * 4,
        "year": [2022] * 4,
        "value": [40.0, 0.0, None, None],
        "status": [None, None, "withheld", "missing"],
    }


def test_values_without_level_and_year_are_all_of_them(client: Client) -> None:
    columns = client.get("/values/gemiddelde-woz-waarde").json()["columns"]
    assert columns["year"] == [2021, 2021, 2022, 2022]
    assert columns["value"] == [240.5, None, 251.5, 310.0]
    assert columns["status"] == [None, "withheld", None, None]


@pytest.mark.parametrize(("query", "accept"), [("&f=csv", None), ("", "text/csv"), ("&f=csv", "application/json")])
def test_values_as_csv_have_a_status_where_there_is_no_value(client: Client, query: str, accept: str | None) -> None:
    headers = {"accept": accept} if accept else {}
    answer = client.get(f"/values/koopwoningen?level=wijk&year=2022{query}", **headers)
    assert answer.headers["content-type"].startswith("text/csv")
    assert "koopwoningen-wijk-2022.csv" in answer.headers["content-disposition"]
    assert answer.headers["vary"] == "Accept, Accept-Encoding"
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert rows == [
        ["code", "name", "year", "value", "status", "notice"],
        ["WK990101", "Wijk 01", "2022", "40", "", "Fictief"],
        ["WK990102", "Wijk 02", "2022", "0", "", "Fictief"],
        ["WK990201", "Wijk 01", "2022", "", "withheld", "Fictief"],
        ["WK990202", "Wijk 02", "2022", "", "missing", "Fictief"],
    ]


def test_values_of_a_version_may_be_kept_for_ever(client: Client) -> None:
    facts = client.get("/atlas.json").json()
    version = facts["indicators"][0]["values"]["version"]
    assert "immutable" in client.get(f"/values/koopwoningen?v={version}").headers["cache-control"]
    assert client.get("/values/koopwoningen").headers["cache-control"] == "no-cache"


def test_everything_wrong_in_the_query_of_values_is_told_at_once(client: Client) -> None:
    detail = problem_of(client.get("/values/koopwoningen?level=buurt&year=x&f=xml"))
    for part in ('"buurt"', "gemeente and wijk", '"x"', '"xml"', "json, csv, xlsx and gpkg"):
        assert part in detail


def test_an_unknown_indicator_is_a_404_that_names_the_indicators(client: Client) -> None:
    answer = client.get("/values/koopwoning")
    assert answer.status == 404
    assert "koopwoningen" in problem_of(answer)


def test_regions_are_columns_with_parents_and_places(client: Client) -> None:
    columns = client.get("/regions/2022").json()
    assert columns["code"] == ["GM9901", "GM9902", "WK990101", "WK990102", "WK990201", "WK990202"]
    assert columns["parent"] == [None, None, "GM9901", "GM9901", "GM9902", "GM9902"]
    for row in range(6):
        assert columns["west"][row] < columns["lon"][row] < columns["east"][row]
        assert columns["south"][row] < columns["lat"][row] < columns["north"][row]


def test_an_unknown_edition_is_a_404_that_names_the_editions(client: Client) -> None:
    answer = client.get("/regions/1999")
    assert answer.status == 404
    assert "2022" in problem_of(answer)


def test_the_manifest_is_served_byte_for_byte(client: Client, atlas_folder: Path) -> None:
    assert client.get("/atlas.json").raw == (atlas_folder / "atlas.json").read_bytes()


# ---- pages


def test_the_viewer_has_the_title_of_the_atlas_in_the_language_asked(client: Client) -> None:
    dutch, english = client.get("/", accept="text/html"), client.get("/?lang=en", accept="text/html")
    assert dutch.headers["content-type"] == "text/html; charset=utf-8"
    assert "<title>Proefland</title>" in dutch.text
    assert '<html lang="nl">' in dutch.text
    assert '<meta name="description" content="Fictief">' in dutch.text
    assert "<title>Testland</title>" in english.text
    assert '<html lang="en">' in english.text


def test_a_program_gets_links_at_the_same_address_and_each_of_them_works(client: Client) -> None:
    answer = client.get("/", accept="application/json")
    assert answer.headers["vary"] == "Accept, Accept-Encoding"
    links = answer.json()["links"]
    assert {link["rel"] for link in links} >= {"self", "tiles", "style", "values", "regions"}
    for link in links:
        found = client.get(link["href"].removeprefix(ORIGIN), accept=link["type"])
        assert found.status == 200, link
        assert found.headers["content-type"].startswith(link["type"])


def test_the_viewer_may_only_run_what_is_its_own_and_be_framed_by_itself(client: Client) -> None:
    headers = client.get("/").headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'self'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "geolocation=()" in headers["permissions-policy"]


def test_any_page_may_embed_the_map_unless_the_settings_name_some(settings: Settings, atlas_folder: Path) -> None:
    anyone = client_with(settings, atlas_folder).get("/embed").headers
    assert "frame-ancestors" not in anyone["content-security-policy"]
    assert "x-frame-options" not in anyone
    some = client_with(settings, atlas_folder, allowed_parents=("https://www.gemeente.nl",)).get("/embed").headers
    assert "frame-ancestors 'self' https://www.gemeente.nl" in some["content-security-policy"]


def test_the_pages_that_an_atlas_names_go_before_those_of_the_settings(
    settings: Settings, atlas_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "atlas"
    shutil.copytree(atlas_folder, folder)
    facts = json.loads((folder / "atlas.json").read_text()) | {"allowed_parents": ["https://*.breda.nl"]}
    (folder / "atlas.json").write_text(json.dumps(facts))
    client = client_with(settings, folder, allowed_parents=("https://www.gemeente.nl",))
    for page in ("/embed", "/tabel"):
        policy = client.get(page, accept="text/html").headers["content-security-policy"]
        assert policy.endswith("; frame-ancestors 'self' https://*.breda.nl"), page
    assert client.get("/").headers["x-frame-options"] == "SAMEORIGIN"


def test_an_asset_is_immutable_and_sent_in_the_smallest_encoding_there_is(client: Client) -> None:
    answer = client.get("/assets/map-abc123.js", accept_encoding="gzip, br")
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (answer.headers["content-encoding"], answer.raw) == ("br", b"brotli")
    assert client.get("/assets/map-abc123.js", accept_encoding="gzip").raw == b"gzip"
    assert client.get("/assets/map-abc123.js").raw.startswith(b"export const b")


def test_an_asset_without_packed_siblings_is_packed_here(client: Client) -> None:
    answer = client.get("/assets/index-abc123.js", accept_encoding="gzip, br")
    assert gzip.decompress(answer.raw).startswith(b"export const a")


def test_a_script_has_no_policy_of_its_own_because_it_may_be_a_worker(client: Client) -> None:
    assert "content-security-policy" not in client.get("/assets/map-abc123.js").headers


def test_files_beside_the_page_are_served_and_nothing_outside(client: Client) -> None:
    assert client.get("/favicon.svg").headers["content-type"] == "image/svg+xml"
    for path in ("/index.html", "/assets/../index.html", "/assets/%2e%2e/index.html", "/assets/%2fetc%2fpasswd", "/x"):
        answer = client.get(path)
        assert answer.status == 404, path
        problem_of(answer)


def test_without_a_built_front_end_the_page_says_how_to_build_it(
    settings: Settings, atlas_folder: Path, tmp_path: Path
) -> None:
    client = client_with(settings, atlas_folder, static=tmp_path / "none")
    for path in ("/", "/embed"):
        answer = client.get(path)
        assert answer.status == 200
        assert "npm run build" in answer.text


# ---- the whole


def test_health_says_that_the_server_lives_and_which_atlas_is_ready(client: Client) -> None:
    assert client.get("/health/live").json() == {"status": "live"}
    ready = client.get("/health/ready")
    assert ready.json() == {"status": "ready", "atlas": "proefland"}
    assert ready.headers["cache-control"] == "no-store"


ADDRESSES = (
    "/", "/embed", "/atlas.json", "/regions/2022", f"/tiles/{TILESET}", f"/tiles/{TILESET}/{MIDDLE}",
    "/styles/koopwoningen", "/styles/koopwoningen/legend.svg", "/sprites/reasons.png", "/values/koopwoningen",
    "/health/live", "/nothing", "/tiles/nothing",
)  # fmt: skip


@pytest.mark.parametrize("path", ADDRESSES)
def test_head_has_the_headers_of_get_and_no_body(client: Client, path: str) -> None:
    got, head = client.ask("GET", path), client.ask("HEAD", path)
    assert (head.status, head.raw) == (got.status, b"")
    assert dict(head.headers) == dict(got.headers)


@pytest.mark.parametrize("path", ADDRESSES)
def test_every_answer_is_open_to_every_site_and_never_sniffed(client: Client, path: str) -> None:
    headers = client.get(path, origin="https://www.gemeente.nl").headers
    assert headers["access-control-allow-origin"] == "*"
    assert headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in headers


def test_a_preflight_is_answered(client: Client) -> None:
    asked = {"Origin": "https://a.nl", "Access-Control-Request-Method": "GET"}
    answer = client.ask("OPTIONS", f"/tiles/{TILESET}/{MIDDLE}", asked)
    assert (answer.status, answer.raw) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "GET" in answer.headers["access-control-allow-methods"]
    assert "if-none-match" in answer.headers["access-control-allow-headers"].lower()


@pytest.mark.parametrize("path", ["/tiles/", f"/tiles/{TILESET}/", "/embed/", "/atlas.json/", "/values/koopwoningen/"])
def test_an_address_with_a_slash_behind_is_another_one_that_does_not_exist(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status == 404
    assert path in problem_of(answer)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_another_method_is_a_405_that_says_which_there_are(client: Client, method: str) -> None:
    answer = client.ask(method, f"/tiles/{TILESET}")
    assert answer.status == 405
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
    problem_of(answer)


def test_our_own_fault_is_a_500_without_a_stack_and_the_stack_is_in_the_log(
    settings: Settings, atlas_folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    current = CurrentAtlas(atlas_folder, MEGABYTE)
    from server.app import create_app

    client = Client(create_app(settings, current))

    def broken(*_: object) -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr(current.snapshot.atlas, "regions", broken)
    with caplog.at_level(logging.ERROR, "zichtkaart"):
        answer = client.get("/regions/2022")
    assert answer.status == 500
    assert "secret" not in problem_of(answer)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert caplog.records[0].exc_info
    assert "a secret" in caplog.text


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_access_log_says_what_was_asked_and_not_by_whom(
    settings: Settings, atlas_folder: Path, form: AccessLogForm, capsys: pytest.CaptureFixture[str]
) -> None:
    site = open_app(replace(settings, access_log=form), atlas_folder)
    for path in ("/health/live?who=me", f"/tiles/{TILESET}/{MIDDLE}?v=1", f"/tiles/{TILESET}/{MIDDLE}?v=1", "/a%0Ab"):
        Client(site).get(path, accept_encoding="gzip")
    site.access_log.flush()
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 4
    if form == "json":
        found = [json.loads(line) for line in lines]
        assert [(line["method"], line["path"], line["status"]) for line in found] == [
            ("GET", "/health/live", 200),
            ("GET", f"/tiles/{TILESET}/{MIDDLE}", 200),
            ("GET", f"/tiles/{TILESET}/{MIDDLE}", 200),
            ("GET", "/a%0Ab", 404),
        ]
        assert found[1]["bytes"] == found[2]["bytes"] > 0
        assert set(found[0]) == {"time", "method", "path", "status", "bytes", "ms"}
    else:
        assert " GET /health/live 200 " in lines[0]
        assert [line.split()[1:4] for line in lines][1] == ["GET", f"/tiles/{TILESET}/{MIDDLE}", "200"]
    assert not any("me" in line.split() or "127.0.0.1" in line for line in lines)
