"""The pages of the demo: for every reader, on paper, and equal to the tables the demo was made from."""

from __future__ import annotations

import csv
import io
import json
import math
import re
import urllib.request
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import mapbox_vector_tile
import pytest
from playwright.sync_api import Browser, Page

from layers.atlas import AtlasFacts, IndicatorFacts, Lang
from tests.server.make_products import make_products
from tests.web.conftest import REPOSITORY, serving

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

AXE = REPOSITORY / "server/web/node_modules/axe-core/axe.min.js"
IDS = [f"V{number}" for number in range(1, 10)] + [f"D{number}" for number in range(1, 8)]
YEAR = 2023
"""The newest year in which every product has figures."""


@dataclass(frozen=True)
class OnMap:
    """A product whose figures are per gemeente: the column of the source and what it is called in the atlas."""

    topic: str
    column: str
    measure: str = "aantal"
    file: str = "gemeente.csv"
    part: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class InTable:
    """A product whose figures are a table or a flow: where they are, and the file and columns they come from."""

    address: str
    file: str
    columns: tuple[tuple[str, str], ...]
    """Of our rows, and of the source."""


PROFILE = {"profiel": "doorsluiswoning"}
SOURCES: dict[str, OnMap | InTable] = {
    "V1": OnMap("woningtransacties", "woningtransacties"),
    "V2": OnMap("particuliere-woningen", "particuliere_woningen"),
    "V3": OnMap("woningen-per-profiel", "profiel_woningen", file="profielen-gemeente.csv", part=PROFILE),
    "V4": OnMap("woz-waarde-per-profiel", "profiel_woz", "totaal", "profielen-gemeente.csv", PROFILE),
    "V5": OnMap("onverklaarbare-woningaankopen", "onverklaarbare_aankopen"),
    "V6": OnMap("onverklaarbaar-woningbezit", "onverklaarbaar_bezit"),
    "V7": OnMap("doorsluiswoningen", "doorsluiswoningen"),
    "V8": OnMap("onbekende-eigenaren", "onbekende_eigenaar"),
    "V9": OnMap("bezit-stichtingsbestuurders", "stichtingsbestuurder_woningen"),
    "D1": OnMap("drugsdelicten", "delicten", file="drugsfeiten-gemeente.csv", part={"drugsfeit": "bezit-harddrugs"}),
    "D2": InTable("flows/woon-pleeggemeente", "woon-pleeggemeente.csv", (("value", "verdachten"),)),
    "D3": InTable("tables/verdachten-leeftijd-geslacht", "verdachten.csv", (("aandeel", "aandeel"),)),
    "D4": OnMap("hennep-verhoogd-risico", "woningen_verhoogd_risico"),
    "D5": InTable("tables/verdachten-subgroepen", "subgroepen.csv", (("lift", "lift"), ("verdachten", "verdachten"))),
    "D6": OnMap("familierelaties-softdrugs", "familierelaties"),
    "D7": OnMap("woningen-familie-drugsverdachten", "familie_woningen"),
}


def read(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=120) as answer:
        body: bytes = answer.read()
        return body


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def number(cell: str) -> float | None:
    """The number in a cell of the source; None for a blank and for what is secret."""
    return float(cell) if re.fullmatch(r"-?\d+(\.\d+)?", cell) else None


@pytest.fixture(scope="module")
def facts(site: str) -> AtlasFacts:
    found = AtlasFacts.model_validate_json(read(f"{site}atlas.json"))
    if not found.products:
        pytest.skip("this demo atlas has no products")
    return found


def indicator_of(facts: AtlasFacts, wanted: OnMap) -> IndicatorFacts:
    topic = next(one for one in facts.topics if one.id == wanted.topic)
    of_topic = [one for one in facts.indicators if one.id in topic.indicators]
    breakdown = of_topic[0].breakdown | wanted.part
    return next(one for one in of_topic if (one.measure, one.breakdown) == (wanted.measure, breakdown))


@pytest.mark.parametrize("product", [one for one, source in SOURCES.items() if isinstance(source, OnMap)])
def test_figures_per_gemeente_are_those_of_the_source_in_page_tile_table_and_api(
    site: str, facts: AtlasFacts, product: str
) -> None:
    wanted = SOURCES[product]
    assert isinstance(wanted, OnMap)
    one = indicator_of(facts, wanted)
    rows = table((REPOSITORY / "data/demo" / wanted.file).read_text())
    wholes = {"profiel": "", "stichting": "alle", "drugsfeit": "alle"}
    theirs = {
        row["code"]: number(row[wanted.column])
        for row in rows
        if row["jaar"] == str(YEAR)
        and all(row[name] == (wanted.part.get(name) or whole) for name, whole in wholes.items() if name in row)
    }
    answer = json.loads(read(f"{site}values/{one.id}?level=gemeente&year={YEAR}"))["columns"]
    api = dict(zip(answer["code"], answer["value"], strict=True))
    shown = {code: value for code, value in api.items() if value is not None}
    assert shown
    assert {code: theirs[code] for code in shown} == pytest.approx(shown)
    in_csv = table(read(f"{site}values/{one.id}?f=csv&level=gemeente&year={YEAR}").decode())
    assert {row["code"]: number(row["value"]) for row in in_csv} == api
    assert on_page(read(f"{site}products/{product}?indicator={one.id}").decode(), one.title.nl) == api
    for code, value in in_tile(site, facts, one).items():
        assert value == pytest.approx(api[code])


def on_page(page: str, title: str) -> dict[str, float | None]:
    """By code, the figure of the year in the table of regions under a title."""
    every = [one for one in re.findall(r"<table>.*?</table>", page, re.DOTALL) if "<td>GM" in one]
    shown = next(one for one in every if unescape(one).partition("<caption>")[2].startswith(title))
    years = re.findall(r'<th scope="col" class="number">(\d{4})</th>', shown)
    figures: dict[str, float | None] = {}
    for code, row in re.findall(r"<td>(GM\d{4})</td>(.*?)</tr>", shown, re.DOTALL):
        cell = re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)[years.index(str(YEAR))]
        value = re.search(r'<data value="([^"]+)"', cell)
        if "bestond niet" not in cell:
            figures[code] = float(value[1]) if value else None
    return figures


def in_tile(site: str, facts: AtlasFacts, one: IndicatorFacts) -> dict[str, float]:
    """By code, the figures in the tile over the middle of the country."""
    edition = facts.editions[-1]
    west, south, east, north = edition.bounds
    zoom = 8
    lon, lat = (west + east) / 2, math.radians((south + north) / 2)
    x = int((lon + 180) / 360 * 2**zoom)
    y = int((1 - math.asinh(math.tan(lat)) / math.pi) / 2 * 2**zoom)
    address = f"{site}tiles/gebieden-{edition.year}/{zoom}/{x}/{y}?indicators={one.id}&year={YEAR}"
    layers: dict[str, Any] = mapbox_vector_tile.decode(read(address))
    every = [feature["properties"] for feature in layers["gemeente"]["features"]]
    assert every
    return {told["code"]: told[one.field] for told in every if one.field in told}


@pytest.mark.parametrize("product", [one for one, source in SOURCES.items() if isinstance(source, InTable)])
def test_rows_of_tables_and_flows_are_those_of_the_source_in_page_table_and_api(
    site: str, facts: AtlasFacts, product: str
) -> None:
    wanted = SOURCES[product]
    assert isinstance(wanted, InTable)
    rows = table((REPOSITORY / "data/demo" / wanted.file).read_text())
    ours = table(read(f"{site}{wanted.address}?f=csv").decode())
    api = json.loads(read(f"{site}{wanted.address}"))["columns"]
    page = read(f"{site}products/{product}").decode()
    on_this_page = {float(value) for value in re.findall(r'<data value="([^"]+)"', page)}
    for our, their in wanted.columns:
        published = [number(row[our]) for row in ours]
        assert published == api[our]
        source = sorted(value for row in rows if (value := number(row[their])) is not None)
        shown = sorted(value for value in published if value is not None)
        assert shown
        assert set(shown) <= set(source)
        if product != "D2":  # whose page shows one gemeente
            assert set(shown) <= on_this_page
    assert facts.notice is not None
    assert all(row["notice"] == facts.notice.nl for row in ours)


def test_the_readme_links_every_product_of_the_demo(site: str, facts: AtlasFacts) -> None:
    readme = (REPOSITORY / "README.md").read_text()
    linked = re.findall(r"\[([VD]\d)\]\(http://127\.0\.0\.1:8080/(products/[VD]\d)\)", readme)
    assert [name for name, _ in linked] == IDS == [product.id for product in facts.products]
    for name, path in linked:
        title = next(product.title.nl for product in facts.products if product.id == name)
        assert title in read(f"{site}{path}").decode()


@pytest.fixture(scope="module")
def small_site(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A small atlas with a table, a list, a flow and a product without figures."""
    folder = tmp_path_factory.mktemp("producten")
    with serving(make_products(folder), folder / "log.txt") as address:
        yield address


PAGES = ["products", "products/P1", "products/P2", "products/P3", "products/P4", "gebied/GM9901", "gebied/GM9999"]


def opened(browser: Browser, width: int, *, script: bool = True) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 800}, bypass_csp=script, java_script_enabled=script
    )
    context.route("**/embed**", lambda route: route.fulfill(body="<!doctype html><html lang=nl><title>Kaart</title>"))
    return context.new_page()


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("lang", ["nl", "en"])
def test_axe_finds_nothing_and_nothing_sticks_out(chromium: Browser, small_site: str, width: int, lang: Lang) -> None:
    page = opened(chromium, width)
    for path in PAGES:
        page.goto(f"{small_site}{path}?lang={lang}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        page.add_script_tag(path=AXE)
        found = page.evaluate("axe.run({iframes: false})")["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == [], path
    page.context.close()


def test_the_keyboard_skips_to_the_content_and_chooses_an_area_without_a_script(
    chromium: Browser, small_site: str
) -> None:
    page = opened(chromium, 1280, script=False)
    page.goto(f"{small_site}products/P2")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Naar de inhoud"
    page.keyboard.press("Enter")
    assert page.url.endswith("#inhoud")
    page.get_by_label("Gebied", exact=True).focus()
    page.keyboard.press("ArrowDown")
    page.get_by_role("button", name="Toon").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**gebied=GM9901**")
    assert page.get_by_role("img", name="Stromen van en naar Westdam").count() == 1
    page.context.close()


A4_PX = round((210 - 2 * 12) / 25.4 * 96)
"""What is left of the width of A4 between the margins of the style sheet."""

LONG_PAGES = ["products", "products/V5", "products/D1", "products/D2", "products/D3", "products/D5"]


def test_pages_print_on_a4_with_nothing_cut_off(
    chromium: Browser, site: str, facts: AtlasFacts, tmp_path: Path
) -> None:
    del facts  # skips an atlas without products
    page = opened(chromium, A4_PX)
    for path in [*LONG_PAGES, "gebied/GM9903", "gebied/GM9906", "gebied/WK990201"]:
        page.emulate_media(media="print")
        page.goto(f"{site}{path}")
        sheet = page.pdf(path=tmp_path / "pagina.pdf", prefer_css_page_size=True)
        sizes = {tuple(map(float, box)) for box in re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", sheet)}
        assert [(round(width / 72 * 25.4), round(height / 72 * 25.4)) for width, height in sizes] == [(210, 297)], path
        pages = len(re.findall(rb"/Type\s*/Page\b", sheet))
        assert 1 <= pages <= 16, (path, pages)
        cut = page.evaluate(WIDER, A4_PX)
        assert cut == [], (path, cut)
        assert page.locator("nav, .links, .choose").filter(visible=True).count() == 0
    page.context.close()


WIDER = """width => [...document.querySelectorAll('main *')]
    .filter(one => one.checkVisibility() && one.getBoundingClientRect().right > width + 1)
    .map(one => one.outerHTML.slice(0, 80))"""
"""What reaches further to the right than the paper."""


def test_pages_can_be_read_in_forced_colors(chromium: Browser, small_site: str) -> None:
    context = chromium.new_context(forced_colors="active", color_scheme="dark", viewport={"width": 800, "height": 800})
    page = context.new_page()
    for path in ("products/P1", "products/P2", "gebied/GM9901"):
        page.goto(f"{small_site}{path}")
        black, white = "rgb(0, 0, 0)", "rgb(255, 255, 255)"
        assert page.evaluate("getComputedStyle(document.body).color") == white
        for fill in page.evaluate(
            "[...document.querySelectorAll('svg.chart:not(.flow) text')].map(x => getComputedStyle(x).fill)"
        ):
            assert fill == white, path
        for fill in page.evaluate("[...document.querySelectorAll('svg.flow text')].map(x => getComputedStyle(x).fill)"):
            assert fill not in (black, white), path  # the flow map keeps its white ground and dark letters
    context.close()


def test_every_link_of_pages_below_a_path_leads_below_it(site_below_a_path: str) -> None:
    for path in (
        "products",
        "products/V5",
        "products/D2?gebied=GM9901",
        "products/D3",
        "gebied/GM9901",
        "gebied/GM9906",
    ):
        address = f"{site_below_a_path}{path}"
        page = read(address).decode()
        links = {urljoin(address, unescape(link)) for link in re.findall(r'(?:href|src)="([^"#]+)', page)}
        assert links
        for link in links:
            assert link.startswith(site_below_a_path), (path, link)
            read(link)


def test_a_fact_sheet_prints_on_a4(chromium: Browser, small_site: str, tmp_path: Path) -> None:
    page = opened(chromium, 1280)
    page.goto(f"{small_site}gebied/GM9901")
    sheet = page.pdf(path=tmp_path / "gebied.pdf", prefer_css_page_size=True)
    sizes = {tuple(map(float, box)) for box in re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", sheet)}
    assert [(round(width / 72 * 25.4), round(height / 72 * 25.4)) for width, height in sizes] == [(210, 297)]
    page.emulate_media(media="print")
    assert page.locator("nav, .links").filter(visible=True).count() == 0
    page.context.close()
