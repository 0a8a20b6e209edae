"""The page on QGIS and ArcGIS: every address on it answers, in both languages, and a theme can be taken along with its styles."""

from __future__ import annotations

import re
import sqlite3
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import pytest

from server.app import open_app
from server.settings import Settings
from tests.server.client import ORIGIN, Client


@pytest.fixture(scope="module")
def client(settings: Settings, atlas_folder: Path) -> Client:
    return Client(open_app(settings, atlas_folder))


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_every_link_picture_and_address_of_the_page_answers(client: Client, lang: str) -> None:
    page = client.get(f"/qgis?lang={lang}", accept="text/html")
    assert page.status == 200
    assert f'<html lang="{lang}">' in page.text
    links = [unescape(link) for link in re.findall(r'(?:href|src)="([^"#]+)"', page.text)]
    shown = [unescape(code) for code in re.findall(rf"<code>({re.escape(ORIGIN)}[^<]*)</code>", page.text)]
    assert len(shown) == 5
    for link in [urljoin(f"{ORIGIN}/qgis", link) for link in links] + shown:
        address = link.format(z=8, x=131, y=84).removeprefix(ORIGIN)
        assert client.get(address).status == 200, address


def test_pictures_tell_what_is_on_them(client: Client) -> None:
    page = client.get("/qgis", accept="text/html").text
    told = re.findall(r'<img [^>]*alt="([^"]*)"', page)
    assert len(told) == page.count("<img ") == 2
    assert all(len(text) >= 30 for text in told)
    assert client.get("/qgis/pictures/andere.png").status == 404


def test_a_package_has_a_layer_for_each_level_and_a_style_for_each_indicator(client: Client, tmp_path: Path) -> None:
    answer = client.get("/qgis/vastgoed.gpkg?year=2022")
    assert answer.headers["content-type"] == "application/geopackage+sqlite3"
    assert 'filename="vastgoed-2022.gpkg"' in answer.headers["content-disposition"]
    (tmp_path / "v.gpkg").write_bytes(answer.raw)
    with sqlite3.connect(tmp_path / "v.gpkg") as database:
        wijken = dict(database.execute("SELECT code, koopwoningen FROM wijk_2022").fetchall())
        reasons = dict(database.execute("SELECT code, koopwoningen_status FROM wijk_2022").fetchall())
        styles = database.execute("SELECT f_table_name, styleName, useAsDefault FROM layer_styles").fetchall()
        notices = database.execute("SELECT DISTINCT notice FROM gemeente_2022").fetchall()
    database.close()
    assert wijken == {"WK990101": 40, "WK990102": 0, "WK990201": None, "WK990202": None}
    assert list(reasons.values()) == [None, None, "withheld", "missing"]
    assert set(styles) == {
        ("gemeente_2022", "Koopwoningen", 1),
        ("gemeente_2022", "Gemiddelde WOZ-waarde", 0),
        ("wijk_2022", "Koopwoningen", 1),
    }
    assert notices == [("Fictief",)]


@pytest.mark.parametrize(
    ("path", "status", "word"),
    [
        ("/qgis/zomaar.gpkg", 404, "vastgoed.qlr"),
        ("/qgis/vastgoed.zip", 404, "vastgoed.gpkg"),
        ("/qgis/vastgoed.gpkg?year=1066", 400, "2022"),
        ("/qgis?lang=fy", 400, "nl"),
    ],
)
def test_what_is_not_there_is_told(client: Client, path: str, status: int, word: str) -> None:
    answer = client.get(path)
    assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json")
    assert word in answer.json()["detail"]


@pytest.mark.parametrize(
    ("path", "link"), [("/products", "./qgis"), ("/gebied/GM9901?lang=en", "../qgis?lang=en"), ("/tabel", "./qgis")]
)
def test_pages_lead_to_it_in_their_language(client: Client, path: str, link: str) -> None:
    footer = client.get(path, accept="text/html").text.partition("<footer")[2]
    assert f'<a href="{link}">' in footer
    assert client.get(urljoin(f"{ORIGIN}{path}", link).removeprefix(ORIGIN)).status == 200
