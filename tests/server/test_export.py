"""A static site says what the server says, in files that any web server can hand out."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import mapbox_vector_tile
import pyogrio
import pytest
from pmtiles.reader import MmapSource, Reader, all_tiles

from server.app import open_app
from server.errors import BadExport
from server.export.files import Address
from server.export.folder import MARK
from server.export.page_links import standing_alone
from server.export.site import export
from server.settings import Settings
from tests.server.client import Client
from tests.server.make_products import make_products
from tests.server.process import run
from tests.static_host import static_host

BASE = "https://www.proefland.nl/kaart"


@pytest.fixture(scope="module")
def site(settings: Settings, atlas_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Not to be changed."""
    folder = tmp_path_factory.mktemp("export") / "site"
    export(atlas_folder, folder, BASE, settings)
    return folder


@pytest.fixture(scope="module")
def client(settings: Settings, atlas_folder: Path) -> Client:
    return Client(open_app(replace(settings, public_url=BASE), atlas_folder))


# ---- names


@pytest.mark.parametrize(
    ("address", "file"),
    [
        # The same cases as in server/web/src/static.test.ts.
        (Address.of("values/woz", level="wijk", year=2022, f="csv"), "values/woz.wijk.2022.csv"),
        (Address.of("values/woz", f="json"), "values/woz.json"),
        (Address.of("styles/woz", year=2022, lang="en"), "styles/woz.en.2022.json"),
        (Address.of("styles/woz/legend.svg", lang="nl", level="wijk"), "styles/woz/legend.wijk.svg"),
        (Address.of("gebied/A+1 a", lang="en"), "gebied/A~2B1~20a.en.html"),
        (Address.of("products", lang="nl"), "products.html"),
        (Address.of("sprites/reasons@2x.json"), "sprites/reasons@2x.json"),
        (Address.of("atlas.json"), "atlas.json"),
        (Address.of("embed", indicator="woz"), "embed.html"),
        (Address.of(""), "index.html"),
    ],
)
def test_an_address_has_one_file(address: Address, file: str) -> None:
    assert address.file == file


# ---- what is in it


def test_files_hold_what_the_server_answers(site: Path, client: Client) -> None:
    for address in (
        Address("atlas.json"),
        Address("regions/2022"),
        Address.of("values/koopwoningen", level="wijk", year=2022, f="csv"),
        Address.of("values/koopwoningen", f="json"),
        Address.of("styles/koopwoningen/legend.svg", level="wijk", lang="en"),
        Address("sprites/reasons@2x.png"),
        Address.of("gebied/GM9901", f="json"),
    ):
        assert (site / address.file).read_bytes() == client.get(address.target).raw, address


def test_archives_hold_the_tiles_of_the_server_byte_for_byte(site: Path, client: Client) -> None:
    for name, form in (("vastgoed-2022.pmtiles", "mvt"), ("vastgoed-2022.mlt.pmtiles", "mlt")):
        with (site / "tiles" / name).open("rb") as file:
            tiles = list(all_tiles(MmapSource(file)))
        assert len(tiles) > 10
        for (z, x, y), body in tiles:
            served = client.get(f"/tiles/vastgoed-2022/{z}/{x}/{y}?f={form}", accept_encoding="gzip").raw
            # an archive is packed once, and well; the server packs while someone waits
            assert gzip.decompress(body) == gzip.decompress(served), (name, z, x, y)


def test_a_style_names_the_archive_that_has_its_figures(site: Path) -> None:
    style = json.loads((site / "styles/koopwoningen.en.wijk.2022.json").read_text())
    [source] = style["sources"].values()
    assert source["url"] == f"pmtiles://{BASE}/tiles/vastgoed-2022.mlt.pmtiles"
    assert source["encoding"] == "mlt"
    assert style["sprite"].startswith(f"{BASE}/sprites/")
    with (site / "tiles/vastgoed-2022.pmtiles").open("rb") as file:
        layers = Reader(MmapSource(file)).metadata()["vector_layers"]
    fields = {layer["id"]: layer["fields"] for layer in layers}
    assert "koopwoningen" in fields["wijk"]


def test_a_withheld_figure_is_nowhere(site: Path) -> None:
    """WK990201 is withheld, WK990102 is a real zero."""
    rows = csv.DictReader(io.StringIO((site / "values/koopwoningen.wijk.2022.csv").read_text()))
    told = {row["code"]: (row["value"], row["status"]) for row in rows}
    assert told["WK990201"] == ("", "withheld")
    assert told["WK990102"] == ("0", "")
    with (site / "tiles/vastgoed-2022.pmtiles").open("rb") as file:
        tiles = [mapbox_vector_tile.decode(gzip.decompress(body)) for _, body in all_tiles(MmapSource(file))]
    found = [f["properties"] for tile in tiles for f in tile.get("wijk", {}).get("features", [])]
    withheld = [one for one in found if one["code"] == "WK990201"]
    assert withheld
    assert all("koopwoningen" not in one and one["koopwoningen_status"] == "withheld" for one in withheld)


def test_gdal_reads_an_archive_over_http(site: Path) -> None:
    if "PMTiles" not in pyogrio.list_drivers():
        pytest.skip("this GDAL has no driver for PMTiles")
    with static_host(site, "/kaart") as host:
        path = f"/vsicurl/{host.address}/tiles/vastgoed-2022.pmtiles"
        table = pyogrio.read_dataframe(path, layer="wijk", read_geometry=False)
    figures = dict(zip(table["code"], table["koopwoningen"], strict=True))
    assert figures["WK990101"] == 40
    assert figures["WK990102"] == 0


# ---- links


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.found += [value or "" for name, value in attrs if name in ("href", "src")]


def test_every_link_of_every_page_leads_to_a_file(settings: Settings, tmp_path: Path) -> None:
    site = tmp_path / "site"
    export(make_products(tmp_path / "products"), site, BASE, settings)
    pages = list(site.rglob("*.html"))
    assert {"products.html", "products/P2.en.html", "gebied/GM9901.html"} <= {
        path.relative_to(site).as_posix() for path in pages
    }
    for page in pages:
        links = Links()
        links.feed(page.read_text())
        assert not links.tags & {"form", "select", "button"}, page
        for link in links.found:
            target = urlsplit(urljoin(f"http://site/{page.relative_to(site).as_posix()}", link))
            if target.netloc == "site":
                assert (site / unquote(target.path).lstrip("/")).is_file(), f"{page}: {link}"


def test_a_form_becomes_links_and_what_has_no_file_becomes_text() -> None:
    page = (
        '<p><a href="?sorteer=a">A &amp; <b>B</b></a> <a href="../gebied/GM1?lang=en#x">1</a> <a href="#x">2</a></p>'
        '<form action="V1"><label for="i">Cijfer</label><select id="i" name="indicator">'
        '<option value="a" selected>Eén &amp; a</option><option value="b">b</option><option value="c">c</option></select>'
        "<button>Toon</button></form>"
    )
    files = ["gebied/GM1.en.html", "products/V1.a.en.html", "products/V1.b.en.html"]
    assert standing_alone(page, Address.of("products/V1", lang="en"), files) == (
        '<p>A &amp; <b>B</b> <a href="../gebied/GM1.en.html#x">1</a> <a href="#x">2</a></p>'
        '<h2>Cijfer</h2>\n<ul class="choose">\n<li><a href="../products/V1.a.en.html" aria-current="true">Eén &amp; a</a></li>'
        '<li><a href="../products/V1.b.en.html">b</a></li>\n</ul>'
    )


def test_pages_say_what_may_run_in_them(site: Path) -> None:
    viewer, sheet = (site / "index.html").read_text(), (site / "gebied/GM9901.html").read_text()
    for page in (viewer, sheet):
        assert '<meta name="zichtkaart:site" content="static">' in page
        assert "default-src &#x27;none&#x27;" in page
    assert "script-src &#x27;self&#x27;" in viewer
    assert "og:image" not in viewer
    assert "script-src &#x27;none&#x27;" in sheet


# ---- the folder


def test_an_earlier_export_is_replaced_as_a_whole(settings: Settings, atlas_folder: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    export(atlas_folder, site, BASE, settings)
    (site / "leftover.txt").touch()
    before = site.stat().st_ino
    export(atlas_folder, site, "https://elders.nl", settings)
    assert not (site / "leftover.txt").exists()
    assert json.loads((site / MARK).read_text())["base_url"] == "https://elders.nl"
    assert site.stat().st_ino != before
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_folder_that_holds_something_else_is_left_alone(
    settings: Settings, atlas_folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(BadExport, match="holds no export"):
        export(atlas_folder, tmp_path, BASE, settings)
    with pytest.raises(BadExport, match="holds no export"):
        export(atlas_folder, atlas_folder, BASE, settings)
    with pytest.raises(BadExport, match="is no folder"):
        export(atlas_folder, tmp_path / "letter.txt", BASE, settings)
    (tmp_path / "letter.txt").unlink()
    (tmp_path / MARK).write_text('{"atlas": "elders"}')
    with pytest.raises(BadExport, match='holds the export of "elders"'):
        export(atlas_folder, tmp_path, BASE, settings)
    assert [path.name for path in tmp_path.iterdir()] == [MARK]


def test_an_export_that_fails_leaves_the_earlier_one(
    settings: Settings, atlas_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    export(atlas_folder, site, BASE, settings)
    before = (site / "atlas.json").read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("server.export.site.write_archives", full)
    with pytest.raises(OSError, match="No space left"):
        export(atlas_folder, site, "https://elders.nl", settings)
    assert (site / "atlas.json").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


@pytest.mark.parametrize("base", ["www.gemeente.nl", "ftp://a.nl", "https://a.nl/?b", "https://a.nl/a b"])
def test_an_address_that_is_none_is_one_sentence_and_status_1(atlas_folder: Path, tmp_path: Path, base: str) -> None:
    done = run("export", atlas_folder, "-o", tmp_path / "site", "--base-url", base)
    assert done.returncode == 1
    assert re.fullmatch(r"--base-url is .* must be an address such as .*\n", done.stderr, re.IGNORECASE)
    assert not (tmp_path / "site").exists()
