"""A map as one picture: the colors of the classes where regions lie, told in words, and shown with links to the viewer."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from rasterio.io import MemoryFile

from layers.store import Atlas
from layers.values import Reason
from server.app import open_app
from server.kaart.frame import ROOM, Frame
from server.settings import Settings
from styles.classes import classify
from styles.map_picture import Box
from styles.picture import Pixels
from styles.reasons import patterns
from tests.server.client import ORIGIN, Client

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def client(settings: Settings, atlas_folder: Path) -> Client:
    return Client(open_app(settings, atlas_folder))


def pixels(content: bytes) -> Pixels:
    """(rows, columns, 3) as GDAL reads them."""
    with MemoryFile(content) as file, file.open() as dataset:
        found: Pixels = np.moveaxis(dataset.read([1, 2, 3]), 0, -1)
        return found


def near(found: Pixels, x: float, y: float) -> set[tuple[int, ...]]:
    """The colors around a point, as far as a pattern repeats."""
    column, row = round(x), round(y)
    return {tuple(color) for color in found[row - 12 : row + 13, column - 12 : column + 13].reshape(-1, 3).tolist()}


def rgb(color: str) -> tuple[int, ...]:
    return tuple(int(color[k : k + 2], 16) for k in (1, 3, 5))


def map_box(drawing: str) -> Box:
    [place] = ET.fromstring(drawing).findall(f".//{SVG}clipPath/{SVG}rect")
    return Box(*(float(place.attrib[name]) for name in ("x", "y", "width", "height")))


@pytest.mark.parametrize("width", [480, 800, 1600])
def test_a_region_has_the_color_of_its_class_or_the_pattern_of_its_reason(
    client: Client, atlas_folder: Path, width: int
) -> None:
    atlas = Atlas.open(atlas_folder)
    indicator, published = atlas.indicator("koopwoningen"), atlas.published("koopwoningen", "wijk", 2022)
    regions = atlas.regions(2022).of_level("wijk")
    box = map_box(client.get(f"/kaart/koopwoningen.svg?width={width}").text)
    x, y = Frame.around(atlas.facts.editions[0].bounds, box).place(regions.lon, regions.lat)
    found = pixels(client.get(f"/kaart/koopwoningen.png?width={width}").raw)
    assert found.shape[1] == width
    larger = max(width / 800, 1)
    classes = classify(published.numbers, indicator.breaks["wijk"])
    for row, code in enumerate(regions.code):
        colors = near(found, (box.left + x[row]) * larger, (box.top + y[row]) * larger)
        if published.reasons[row] == 0:
            assert rgb(indicator.colors[classes[row]]) in colors, code
        else:
            pattern = patterns()[list(Reason)[published.reasons[row] - 1]]
            assert rgb(pattern.ground) in colors, code
            assert not colors & set(map(rgb, indicator.colors)), code


def test_an_area_fills_the_picture_and_its_outline_is_drawn(client: Client) -> None:
    whole, part = (client.get(f"/kaart/koopwoningen.svg{query}").text for query in ("", "?gebied=WK990101"))
    selected = 'stroke="#0b0c0c"'
    assert selected in part
    assert selected not in whole
    [path] = re.findall(selected + r'[^>]* d="([^"]+)"', part)
    points = np.array([float(number) for number in re.findall(r"-?[\d.]+", path)]).reshape(-1, 2)
    box, (left, top), (right, bottom) = map_box(part), points.min(axis=0), points.max(axis=0)
    assert max((right - left) / box.width, (bottom - top) / box.height) == pytest.approx(1 / ROOM, abs=0.01)
    assert (left + right) / 2 == pytest.approx(box.width / 2, abs=1)
    assert (top + bottom) / 2 == pytest.approx(box.height / 2, abs=1)


def test_who_cannot_see_it_hears_what_it_shows(client: Client) -> None:
    drawing = ET.fromstring(client.get("/kaart/koopwoningen.svg?gebied=WK990101").text)
    assert drawing.attrib["role"] == "img"
    title, told = drawing.find(f"{SVG}title"), drawing.find(f"{SVG}desc")
    assert title is not None
    assert told is not None
    assert (title.attrib["id"], told.attrib["id"]) == (
        drawing.attrib["aria-labelledby"],
        drawing.attrib["aria-describedby"],
    )
    text = told.text or ""
    assert "per wijk" in text
    assert "40" in text
    assert "Geheim of te weinig waarnemingen" in client.get("/kaart/koopwoningen.svg").text


def test_a_picture_names_source_and_notice(client: Client) -> None:
    texts = [part.text or "" for part in ET.fromstring(client.get("/kaart/koopwoningen.svg").text).iter(f"{SVG}text")]
    assert {"Bron: verzonnen", "Fictief", "Koopwoningen"} <= set(texts)


@pytest.mark.parametrize(
    ("path", "status", "word"),
    [
        ("/kaart/koopwoningen.jpg", 404, "INDICATOR.png"),
        ("/kaart/koopwoningen", 404, "INDICATOR.png"),
        ("/kaart/nergens.png", 404, "koopwoningen"),
        ("/kaart/koopwoningen.png?gebied=WK99", 400, "WK990"),
        ("/kaart/koopwoningen.png?width=5000", 400, "2000"),
        ("/kaart/koopwoningen.png?width=0", 400, "320"),
        ("/kaart/koopwoningen.png?year=1066&level=provincie", 400, "provincie"),
        ("/kaart/koopwoningen.png?lang=fy", 400, "nl"),
    ],
)
def test_what_is_not_there_is_told(client: Client, path: str, status: int, word: str) -> None:
    answer = client.get(path)
    assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json")
    assert word in answer.json()["detail"]


def test_a_picture_is_kept_as_long_as_its_address_holds_the_version(client: Client) -> None:
    first = client.get("/kaart/koopwoningen.png")
    assert first.headers["cache-control"] == "no-cache"
    again = client.get("/kaart/koopwoningen.png", if_none_match=first.headers["etag"])
    assert (again.status, again.raw) == (304, b"")
    [address] = re.findall(r'og:image" content="([^"]+)"', client.get("/", accept="text/html").text)
    assert "immutable" in client.get(unescape(address).removeprefix(ORIGIN)).headers["cache-control"]


def test_a_link_to_the_viewer_shows_its_map(client: Client) -> None:
    page = client.get("/?indicator=gemiddelde-woz-waarde&jaar=2021&gebied=GM9902&lang=en", accept="text/html").text
    found = {name: unescape(text) for name, text in re.findall(r'<meta property="og:([^"]+)" content="([^"]*)"', page)}
    assert "/kaart/gemiddelde-woz-waarde.png?year=2021&gebied=GM9902&width=1200&lang=en&v=" in found["image"]
    assert "Oosterveen, 2021" in found["title"]
    answer = client.get(found["image"].removeprefix(ORIGIN))
    assert answer.status == 200
    assert pixels(answer.raw).shape[1] == int(found["image:width"])


def test_what_a_link_asks_for_in_vain_is_left_out_of_its_picture(client: Client) -> None:
    page = client.get("/?indicator=zomaar&jaar=1066&gebied=%22%3E%3Cscript%3E&niveau=straat", accept="text/html").text
    [address] = re.findall(r'og:image" content="([^"]+)"', page)
    assert client.get(unescape(address).removeprefix(ORIGIN)).status == 200
    assert "<script>" not in page
