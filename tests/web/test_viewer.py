"""What readers do with the viewer, done by a browser on the demo atlas behind the real server."""

from __future__ import annotations

import base64
import http.server
import json
import re
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, FloatRect, Page, Request, expect

from layers.atlas import AtlasFacts, IndicatorFacts, Lang
from layers.values import Reason
from styles.legend import entries
from styles.words import number_text, reason_text

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

WAIT_MS = 40_000
"""Long, for a busy machine draws maps slowly."""

DESK = (1280, 800)
PHONE = (360, 740)
TILE = re.compile(r"/tiles/[^/]+/\d+/\d+/\d+")
AXE = Path(__file__).resolve().parents[2] / "server/web/node_modules/axe-core/axe.min.js"

MIDDLE_PIXELS = """(swatches) => swatches.map((swatch) => {
  const pen = swatch.renderRoot.querySelector("canvas").getContext("2d");
  return [...pen.getImageData(30, 20, 1, 1).data.slice(0, 3)];
})"""

expect.set_options(timeout=WAIT_MS)


@dataclass(frozen=True)
class Region:
    """A region of the newest borders, with its place on the map."""

    code: str
    name: str
    level: str
    parent: str | None
    lon: float
    lat: float


@dataclass(frozen=True)
class Demo:
    """What the server says of the demo atlas; the oracle of these tests."""

    site: str

    def read(self, path: str) -> Any:
        with urllib.request.urlopen(self.site + path, timeout=60) as answer:
            return json.load(answer)

    @cached_property
    def facts(self) -> AtlasFacts:
        return AtlasFacts.model_validate(self.read("atlas.json"))

    @cached_property
    def indicator(self) -> IndicatorFacts:
        """The first one that has figures on every level in its newest year."""
        levels = len(self.facts.editions[-1].levels)
        return next(one for one in self.facts.indicators if len(self.levels(one)) == levels)

    def levels(self, indicator: IndicatorFacts) -> list[str]:
        return [series.level for series in indicator.series if series.year == self.year(indicator)]

    def year(self, indicator: IndicatorFacts) -> int:
        return max(series.year for series in indicator.series)

    def regions(self, indicator: IndicatorFacts, level: str) -> list[Region]:
        year = self.year(indicator)
        edition = next(one.edition for one in indicator.series if (one.level, one.year) == (level, year))
        columns = self.read(f"regions/{edition}")
        names = ("code", "name", "level", "parent", "lon", "lat")
        rows = zip(*(columns[name] for name in names), strict=True)
        return [region for row in rows if (region := Region(*row)).level == level]

    def figures(self, indicator: IndicatorFacts, level: str) -> dict[str, tuple[float | None, str | None]]:
        path = f"values/{indicator.id}?level={level}&year={self.year(indicator)}&f=json"
        columns = self.read(path)["columns"]
        return dict(zip(columns["code"], zip(columns["value"], columns["status"], strict=True), strict=True))

    def with_number(self, level: str) -> tuple[Region, str]:
        """A region with a number, and the number as readers of Dutch write it."""
        figures = self.figures(self.indicator, level)
        for region in self.regions(self.indicator, level):
            value, _ = figures[region.code]
            if value is not None:
                return region, number_text(value, self.indicator.decimals, "nl")
        raise AssertionError(f"no {level} of the demo has a number")

    def with_reason(self, reason: Reason) -> tuple[IndicatorFacts, Region]:
        """An indicator and a region whose figure has this reason."""
        for indicator in self.facts.indicators:
            for level in self.levels(indicator):
                figures = self.figures(indicator, level)
                for region in self.regions(indicator, level):
                    if figures[region.code][1] == reason:
                        return indicator, region
        raise AssertionError(f"no figure of the demo is {reason}")

    def zoom(self, level: str) -> int:
        """A zoom at which a level is shown and the region in the middle is large."""
        minzoom = next(one.minzoom for one in self.facts.editions[-1].levels if one.id == level)
        return max(minzoom, 9) + 2


@dataclass
class Viewer:
    """A page with the viewer, and everything that went wrong in it."""

    page: Page
    site: str
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(WAIT_MS)
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", self._count)

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def _count(self, request: Request) -> None:
        self.requests.append(request.url)

    def open(self, path: str = "") -> Viewer:
        self.page.goto(self.site + path)
        self.settle()
        return self

    def settle(self) -> None:
        """Wait until the map has drawn all it has."""
        self.page.wait_for_selector('zicht-map[state="idle"]')

    def click_the_middle(self) -> None:
        box = self.page.locator("zicht-map").bounding_box()
        assert box is not None
        self.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    @property
    def query(self) -> dict[str, str]:
        return {key: values[0] for key, values in parse_qs(urlsplit(self.page.url).query).items()}

    @property
    def focused(self) -> str:
        """Tag and class of what has the focus, in whichever shadow tree."""
        return str(
            self.page.evaluate(
                """() => {
                  let element = document.activeElement;
                  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
                  return `${element.tagName} ${element.className}`;
                }"""
            )
        )

    @property
    def tiles(self) -> list[str]:
        return [url for url in self.requests if TILE.search(url)]

    @property
    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(self.page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth"))


@pytest.fixture(scope="module")
def demo(site: str) -> Demo:
    return Demo(site)


@contextmanager
def a_viewer(chromium: Browser, site: str, size: tuple[int, int] = DESK, **options: Any) -> Iterator[Viewer]:
    width, height = size
    context: BrowserContext = chromium.new_context(viewport={"width": width, "height": height}, **options)
    try:
        yield Viewer(context.new_page(), site)
    finally:
        context.close()


@pytest.fixture
def viewer(chromium: Browser, site: str) -> Iterator[Viewer]:
    """A desk; nothing in the console and no request to another host by the end of the test."""
    with a_viewer(chromium, site) as viewer:
        yield viewer
        assert viewer.errors == []
        assert [url for url in viewer.requests if not url.startswith((site, "data:", "blob:"))] == []


@pytest.fixture
def phone(chromium: Browser, site: str) -> Iterator[Viewer]:
    with a_viewer(chromium, site, PHONE, has_touch=True, is_mobile=True) as viewer:
        yield viewer
        assert viewer.errors == []


def address(indicator: IndicatorFacts, year: int, region: Region | None = None, zoom: int | None = None) -> str:
    place = "" if region is None or zoom is None else f"#{zoom}/{region.lat}/{region.lon}"
    level = "" if region is None else f"&niveau={region.level}"
    return f"?indicator={indicator.id}&jaar={year}{level}{place}"


def test_the_page_shows_the_atlas_its_notice_and_a_drawn_map(viewer: Viewer, demo: Demo) -> None:
    viewer.open()
    expect(viewer.page.get_by_role("heading", level=1)).to_have_text(demo.facts.title.nl)
    notice = demo.facts.notice
    assert notice is not None
    expect(viewer.page.locator("header .notice")).to_contain_text(re.split(r"[:;.]\s", notice.nl)[0])
    expect(viewer.page.locator("zicht-map canvas").first).to_be_visible()
    assert viewer.tiles


def test_the_legend_says_what_the_server_says(viewer: Viewer, demo: Demo) -> None:
    for level in demo.levels(demo.indicator):
        region = demo.regions(demo.indicator, level)[0]
        viewer.open(address(demo.indicator, demo.year(demo.indicator), region, demo.zoom(level)))
        wanted = [one.label for one in entries(demo.facts, demo.indicator.id, level, "nl", reasons=())]
        expect(viewer.page.get_by_role("list", name="Legenda").get_by_role("listitem")).to_have_text(wanted)


def of_first_theme(demo: Demo) -> list[IndicatorFacts]:
    """What the switch *Onderwerp* offers at the start: the first indicator of each topic."""
    topics = [topic.id for topic in demo.facts.topics if topic.theme == demo.facts.topics[0].theme]
    return [one for one in demo.facts.indicators if one.id in topics]


def test_a_choice_of_indicator_year_and_level_changes_legend_and_address(viewer: Viewer, demo: Demo) -> None:
    viewer.open()
    second = of_first_theme(demo)[1]
    viewer.page.get_by_label("Onderwerp", exact=True).select_option(second.id)
    expect(viewer.page.locator("zicht-legend h2")).to_have_text(second.title.nl)
    assert viewer.query["indicator"] == second.id

    oldest = min(series.year for series in second.series)
    viewer.page.get_by_label("Jaar", exact=True).fill("0")
    expect(viewer.page.locator("zicht-legend")).to_contain_text(str(oldest))
    assert viewer.query["jaar"] == str(oldest)

    level = next(series.level for series in reversed(second.series) if series.year == oldest)
    title = next(one.title.nl for edition in demo.facts.editions for one in edition.levels if one.id == level)
    viewer.page.get_by_role("radio", name=title).check()
    expect(viewer.page.locator("zicht-legend")).to_contain_text(f"per {title}")
    assert viewer.query["niveau"] == level
    viewer.settle()


def test_another_theme_or_year_on_the_same_borders_asks_for_no_tile_again(viewer: Viewer, demo: Demo) -> None:
    viewer.open()
    before = list(viewer.tiles)
    first, last = demo.facts.themes[0], demo.facts.themes[-1]
    viewer.page.get_by_role("radio", name=last.title.nl).check()
    other = next(one for one in demo.facts.indicators if one.theme == last.id)
    expect(viewer.page.locator("zicht-legend h2")).to_have_text(other.title.nl)
    viewer.page.get_by_role("button", name="Vorig jaar").click()
    expect(viewer.page.locator("zicht-legend")).to_contain_text(str(demo.year(other) - 1))
    viewer.page.get_by_role("radio", name=first.title.nl).check()
    viewer.settle()
    assert viewer.tiles == before


COLORS_AT = """async ([png, places]) => {
  const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
  const pen = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
  pen.drawImage(picture, 0, 0);
  return places.map(([x, y]) => [...pen.getImageData(x, y, 1, 1).data.slice(0, 3)]);
}"""


def test_an_area_has_the_color_of_its_class_before_and_after_a_switch(chromium: Browser, site: str, demo: Demo) -> None:
    region, _ = demo.with_number(demo.levels(demo.indicator)[0])
    themes = (demo.facts.themes[-1], demo.facts.themes[0])
    with a_viewer(chromium, site, bypass_csp=True) as viewer:
        viewer.open(address(demo.indicator, demo.year(demo.indicator), region, demo.zoom(region.level) + 2))
        for theme in themes:
            viewer.page.get_by_role("radio", name=theme.title.nl).check()
            indicator = next(one for one in demo.facts.indicators if one.theme == theme.id)
            expect(viewer.page.locator("zicht-legend h2")).to_have_text(indicator.title.nl)
            viewer.settle()
            value, _ = demo.figures(indicator, region.level)[region.code]
            assert value is not None
            edges = indicator.breaks[region.level].edges
            color = indicator.colors[sum(edge <= value for edge in edges)]
            box = _box(viewer.page, "zicht-map")
            picture = base64.b64encode(viewer.page.screenshot()).decode()
            middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            places = [(middle[0] + x, middle[1] + y) for x in range(-150, 151, 50) for y in (-60, 60)]
            seen = viewer.page.evaluate(COLORS_AT, [picture, places])
            assert seen.count(list(bytes.fromhex(color[1:]))) >= len(places) / 2, (color, seen)


def test_a_search_by_name_selects_the_area_and_shows_its_figure(viewer: Viewer, demo: Demo) -> None:
    region, number = demo.with_number(demo.levels(demo.indicator)[0])
    viewer.open(address(demo.indicator, demo.year(demo.indicator)))
    box = viewer.page.get_by_role("combobox", name="Zoek een gebied")
    box.click()
    box.press_sequentially(region.name.lower())
    expect(viewer.page.locator("zicht-search").get_by_role("option").first).to_contain_text(region.name)
    box.press("ArrowDown")
    box.press("Enter")
    card = viewer.page.locator("zicht-area")
    expect(card.get_by_role("heading")).to_have_text(region.name)
    expect(card.locator(".number")).to_contain_text(number)
    expect(viewer.page.locator("#announcement")).to_contain_text(region.name)
    assert viewer.query["gebied"] == region.code
    viewer.settle()


@pytest.mark.parametrize("finest", [False, True], ids=["coarsest level", "finest level"])
def test_a_click_on_an_area_shows_the_figure_of_the_table(viewer: Viewer, demo: Demo, finest: bool) -> None:
    region, number = demo.with_number(demo.levels(demo.indicator)[-1 if finest else 0])
    viewer.open(address(demo.indicator, demo.year(demo.indicator), region, demo.zoom(region.level)))
    viewer.click_the_middle()
    card = viewer.page.locator("zicht-area")
    expect(card.get_by_role("heading")).to_have_text(region.name)
    expect(card.locator(".number")).to_contain_text(number)
    expect(viewer.page.locator("zicht-legend [aria-current]")).to_have_count(1)
    assert viewer.query["gebied"] == region.code


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_a_withheld_figure_is_words_and_never_a_number(viewer: Viewer, demo: Demo, lang: Lang) -> None:
    indicator, region = demo.with_reason(Reason.WITHHELD)
    place = address(indicator, demo.year(indicator), region, demo.zoom(region.level))
    viewer.open(place.replace("#", f"&lang={lang}#"))
    viewer.click_the_middle()
    card = viewer.page.locator("zicht-area")
    expect(card.get_by_role("heading")).to_have_text(region.name)
    expect(card.locator(".number")).to_have_text(reason_text(Reason.WITHHELD, lang))
    expect(viewer.page.locator("zicht-legend .reasons")).to_contain_text(reason_text(Reason.WITHHELD, lang))


def test_an_address_restores_the_view(viewer: Viewer, demo: Demo) -> None:
    region, number = demo.with_number(demo.levels(demo.indicator)[-1])
    zoom = demo.zoom(region.level)
    year = demo.year(demo.indicator)
    viewer.open(
        f"?indicator={demo.indicator.id}&jaar={year}&gebied={region.code}&lang=en#{zoom}/{region.lat}/{region.lon}"
    )
    card = viewer.page.locator("zicht-area")
    expect(card.get_by_role("heading")).to_have_text(region.name)
    expect(card.locator(".number")).to_contain_text(number_text(_number(number), demo.indicator.decimals, "en"))
    expect(viewer.page.locator("html")).to_have_attribute("lang", "en")
    assert viewer.page.url.endswith(f"#{zoom}/{region.lat}/{region.lon}")


def _number(text: str) -> float:
    return float(text.replace(".", "").replace(",", "."))


def test_what_an_address_asks_for_in_vain_is_told(viewer: Viewer) -> None:
    viewer.open("?indicator=bestaat-niet&gebied=GM0000")
    expect(viewer.page.locator(".hint")).to_contain_text("bestaat-niet")
    expect(viewer.page.locator(".hint")).to_contain_text("GM0000")


def test_the_back_button_undoes_a_choice(viewer: Viewer, demo: Demo) -> None:
    first, second = of_first_theme(demo)[:2]
    viewer.open(address(first, demo.year(first)))
    viewer.page.get_by_label("Onderwerp", exact=True).select_option(second.id)
    expect(viewer.page.locator("zicht-legend h2")).to_have_text(second.title.nl)
    viewer.page.go_back()
    expect(viewer.page.locator("zicht-legend h2")).to_have_text(first.title.nl)
    expect(viewer.page.get_by_label("Onderwerp", exact=True)).to_have_value(first.id)
    viewer.settle()


def test_the_other_language_changes_every_word(viewer: Viewer, demo: Demo) -> None:
    viewer.open()
    viewer.page.get_by_role("button", name="English").click()
    expect(viewer.page.locator("html")).to_have_attribute("lang", "en")
    expect(viewer.page.get_by_role("heading", level=1)).to_have_text(demo.facts.title.in_("en"))
    expect(viewer.page.get_by_role("button", name="Zoom in").first).to_be_visible()
    expect(viewer.page.locator("zicht-map canvas").first).to_have_attribute("aria-label", re.compile("^Map: "))
    expect(viewer.page.get_by_role("combobox", name="Search for an area")).to_be_visible()
    assert viewer.query["lang"] == "en"
    viewer.settle()


def test_by_keyboard_alone_one_selects_an_area_and_leaves_the_map(viewer: Viewer, demo: Demo) -> None:
    region, number = demo.with_number(demo.levels(demo.indicator)[0])
    viewer.open(address(demo.indicator, demo.year(demo.indicator), region, demo.zoom(region.level)))
    for _ in range(40):
        viewer.page.keyboard.press("Tab")
        if "maplibregl-canvas" in viewer.focused:
            break
    assert "maplibregl-canvas" in viewer.focused
    viewer.page.keyboard.press("Enter")
    expect(viewer.page.locator("#announcement")).to_contain_text(region.name)
    expect(viewer.page.locator("#announcement")).to_contain_text(number)
    passed = []
    for _ in range(40):
        viewer.page.keyboard.press("Tab")
        passed.append(viewer.focused)
        if passed[-1].startswith("BODY") or "skip" in passed[-1]:
            break
    assert "skip" in passed[-1] or passed[-1].startswith("BODY"), passed
    assert not any("maplibregl-canvas" in one for one in passed)


def test_the_skip_link_leads_to_the_map(viewer: Viewer) -> None:
    viewer.open()
    viewer.page.keyboard.press("Tab")
    viewer.page.keyboard.press("Enter")
    assert "maplibregl-canvas" in viewer.focused


def test_a_phone_shows_everything_without_scrolling_sideways(phone: Viewer, demo: Demo) -> None:
    region, number = demo.with_number(demo.levels(demo.indicator)[0])
    phone.open(address(demo.indicator, demo.year(demo.indicator)) + f"&gebied={region.code}")
    expect(phone.page.locator("zicht-area .number")).to_contain_text(number)
    assert phone.overflow <= 0
    phone.page.locator("summary", has_text="Kaart kiezen").click()
    expect(phone.page.get_by_label("Onderwerp", exact=True)).to_be_visible()
    assert phone.overflow <= 0


def test_the_embedded_map_has_legend_title_source_and_a_link_at_360_pixels(
    chromium: Browser, site: str, demo: Demo
) -> None:
    with a_viewer(chromium, site, (360, 480)) as viewer:
        viewer.open("embed" + address(demo.indicator, demo.year(demo.indicator)))
        page = viewer.page
        expect(page.get_by_role("heading", level=1)).to_contain_text(demo.indicator.title.nl)
        expect(page.get_by_role("list", name="Legenda")).to_be_visible()
        expect(page.locator(".source")).to_contain_text("Bron:")
        expect(page.locator("header .notice")).to_be_visible()
        expect(page.get_by_role("combobox")).to_have_count(0)
        link = page.get_by_role("link", name="Bekijk de volledige kaart").get_attribute("href")
        assert link is not None
        assert link.startswith(f"{site}?")
        assert viewer.overflow <= 0
        box = page.locator("zicht-map").bounding_box()
        assert box is not None
        assert box["height"] > 200
        assert viewer.errors == []


@pytest.mark.parametrize("size", [(600, 400), (320, 300)], ids=["600x400", "320x300"])
@pytest.mark.parametrize("chosen", [True, False], ids=["area", "no area"])
def test_a_small_frame_leaves_most_of_the_map_in_sight_and_cuts_nothing_off(
    chromium: Browser, site: str, demo: Demo, size: tuple[int, int], chosen: bool
) -> None:
    region, number = demo.with_number(demo.levels(demo.indicator)[0])
    place = address(demo.indicator, demo.year(demo.indicator)) + (f"&gebied={region.code}" if chosen else "")
    with a_viewer(chromium, site, size) as viewer:
        viewer.open("embed" + place)
        card = viewer.page.locator("zicht-area")
        if chosen:
            expect(card.locator(".number")).to_contain_text(number)
        map_box = _box(viewer.page, "zicht-map")
        if chosen:
            card_box = _box(viewer.page, "zicht-area")
            covered = card_box["width"] * card_box["height"]
            assert covered < 0.4 * map_box["width"] * map_box["height"]
            assert map_box["height"] > size[1] / 2
        for part in ("header .notice", ".maplibregl-ctrl-group >> nth=-1", ".source a"):
            box = _box(viewer.page, part)
            assert box["x"] >= 0, part
            assert box["x"] + box["width"] <= size[0], part
            assert box["y"] + box["height"] <= size[1], part
        last = _box(viewer.page, ".maplibregl-ctrl-group >> nth=-1")
        assert last["y"] + last["height"] <= map_box["y"] + map_box["height"]
        assert viewer.errors == []


def _box(page: Page, selector: str) -> FloatRect:
    box = page.locator(selector).bounding_box()
    assert box is not None, selector
    return box


def test_the_snippet_names_only_an_area_that_exists(viewer: Viewer, demo: Demo) -> None:
    region = demo.regions(demo.indicator, demo.levels(demo.indicator)[0])[0]
    for code, is_known in ((region.code, True), ("WK990103", False)):
        viewer.open(address(demo.indicator, demo.year(demo.indicator)) + f"&gebied={code}")
        expect(viewer.page.locator("zicht-area" if is_known else ".hint")).to_contain_text(
            region.name if is_known else code
        )
        viewer.page.get_by_role("button", name="Insluiten").click()
        snippet = viewer.page.get_by_label("Code voor de website").input_value()
        assert ("gebied=" in snippet) == is_known
        assert ("gebied" in viewer.query) == is_known


def test_a_level_that_is_too_fine_for_the_zoom_is_told_and_one_zooms_to_it(viewer: Viewer, demo: Demo) -> None:
    finest = demo.facts.editions[-1].levels[-1]
    region = demo.regions(demo.indicator, finest.id)[0]
    viewer.open(address(demo.indicator, demo.year(demo.indicator), region, finest.minzoom - 2))
    choices = viewer.page.locator("zicht-choices")
    assert finest.plural is not None
    expect(choices.locator(".help")).to_contain_text(f"te ver uitgezoomd voor {finest.plural.nl}")
    choices.get_by_role("button", name="Zoom in").click()
    expect(choices.locator(".help")).to_have_count(0)
    expect(viewer.page.locator(".hint")).to_have_count(0)
    expect(viewer.page.locator("zicht-legend")).to_contain_text(f"per {finest.title.nl}")
    choices.get_by_role("radio", name="Automatisch").check()
    expect(choices.locator(".help")).to_have_text("Grove gebieden van ver, fijne van dichtbij.")
    viewer.settle()


def test_what_is_not_translated_is_marked_as_dutch(chromium: Browser, site: str, demo: Demo) -> None:
    facts = json.loads(demo.facts.model_dump_json())
    for indicator in facts["indicators"]:
        indicator["explanation"] = {"nl": "Alleen in het Nederlands."}
    with a_viewer(chromium, site) as viewer:
        viewer.page.route("**/atlas.json", lambda route: route.fulfill(json=facts))
        viewer.open("?lang=en")
        expect(viewer.page.locator("zicht-about [lang=nl]").first).to_have_text("Alleen in het Nederlands.")
        expect(viewer.page.locator(".credit [lang=nl]")).to_have_text(re.sub("^Bron: ", "", demo.facts.attribution))
        expect(viewer.page.get_by_placeholder("Name or postcode")).to_be_visible()
        viewer.open()
        assert viewer.page.locator("zicht-about [lang]").count() == 0


def test_the_snippet_works_in_a_page_of_another_origin_that_allows_only_this_frame(
    chromium: Browser, site: str, demo: Demo
) -> None:
    with a_viewer(chromium, site) as viewer:
        viewer.open(address(demo.indicator, demo.year(demo.indicator)))
        viewer.page.get_by_role("button", name="Insluiten").click()
        snippet = viewer.page.get_by_label("Code voor de website").input_value()
        policy = f"default-src 'none'; style-src 'unsafe-inline'; frame-src {site.rstrip('/')}"
        with another_site(f'<!doctype html><html lang="nl"><title>Gemeente</title>{snippet}', policy) as other:
            viewer.page.goto(other)
            frame = viewer.page.frame_locator("iframe")
            expect(frame.locator('zicht-map[state="idle"]')).to_be_visible()
            expect(frame.get_by_role("heading", level=1)).to_contain_text(demo.indicator.title.nl)
        assert [error for error in viewer.errors if "favicon" not in error] == []


@contextmanager
def another_site(page: str, policy: str) -> Iterator[str]:
    """A page under another origin, with its own content security policy."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/" else 204)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            if self.path == "/":
                self.wfile.write(page.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def test_below_a_path_everything_comes_from_below_that_path(chromium: Browser, site_below_a_path: str) -> None:
    with a_viewer(chromium, site_below_a_path) as viewer:
        for page in ("", "embed"):
            viewer.open(page)
            expect(viewer.page.get_by_role("list", name="Legenda")).to_be_visible()
        assert viewer.errors == []
        elsewhere = [url for url in viewer.requests if not url.startswith((site_below_a_path, "data:", "blob:"))]
        assert elsewhere == []


def test_a_server_in_trouble_is_told_in_its_own_words(chromium: Browser, site: str) -> None:
    problem = {
        "type": "about:blank",
        "title": "Unavailable",
        "status": 503,
        "detail": "De atlas wordt juist vervangen.",
    }
    body = json.dumps(problem)
    with a_viewer(chromium, site) as viewer:
        viewer.page.route(
            "**/styles/**", lambda route: route.fulfill(status=503, content_type="application/problem+json", body=body)
        )
        viewer.page.goto(site)
        expect(viewer.page.get_by_role("alert")).to_contain_text("De atlas wordt juist vervangen.")
        expect(viewer.page.get_by_role("list", name="Legenda")).to_be_visible()


def test_without_an_atlas_the_page_says_so(chromium: Browser, site: str) -> None:
    with a_viewer(chromium, site) as viewer:
        viewer.page.route("**/atlas.json", lambda route: route.abort())
        viewer.page.goto(site)
        expect(viewer.page.get_by_role("alert")).to_contain_text("De server antwoordt niet")


def test_the_viewer_keeps_nothing_in_the_browser(viewer: Viewer) -> None:
    viewer.open()
    assert viewer.page.context.cookies() == []
    assert viewer.page.evaluate("() => localStorage.length + sessionStorage.length") == 0


@pytest.mark.parametrize(
    ("path", "size"),
    [("", DESK), ("", PHONE), ("embed", PHONE)],
    ids=["desk", "phone", "embedded"],
)
def test_axe_finds_nothing(chromium: Browser, site: str, demo: Demo, path: str, size: tuple[int, int]) -> None:
    if not AXE.is_file():
        pytest.fail("axe-core is not installed: run npm ci in server/web")
    region, number = demo.with_number(demo.levels(demo.indicator)[0])
    place = address(demo.indicator, demo.year(demo.indicator)) + f"&gebied={region.code}"
    with a_viewer(chromium, site, size, bypass_csp=True) as viewer:
        viewer.open(path + place)
        expect(viewer.page.locator("zicht-area .number")).to_contain_text(number)
        if path == "" and size == PHONE:
            viewer.page.locator("summary", has_text="Kaart kiezen").click()
        assert _violations(viewer.page) == []
        if path == "" and size == DESK:
            viewer.page.get_by_role("button", name="Insluiten").click()
            assert _violations(viewer.page) == []


def _violations(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    found = page.evaluate("async () => (await axe.run()).violations")
    return [f"{one['id']}: {[node['html'] for node in one['nodes']]}" for one in found]


def test_forced_colours_leave_the_swatches_alone(chromium: Browser, site: str, demo: Demo) -> None:
    with a_viewer(chromium, site, forced_colors="active") as viewer:
        viewer.open(address(demo.indicator, demo.year(demo.indicator)))
        swatches = viewer.page.locator("zicht-legend ul").first.locator("zicht-swatch")
        painted = swatches.evaluate_all(MIDDLE_PIXELS)
        assert painted == [list(bytes.fromhex(color[1:])) for color in demo.indicator.colors[: len(painted)]]
        adjust = viewer.page.locator("zicht-swatch").first.evaluate(
            "(swatch) => getComputedStyle(swatch).forcedColorAdjust"
        )
        assert adjust == "none"


def test_print_has_a_picture_of_the_map(viewer: Viewer) -> None:
    viewer.open()
    viewer.page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    expect(viewer.page.locator("zicht-map img.print")).to_have_attribute("src", re.compile("^data:image/png"))


def test_a_reader_finds_the_own_buurt_by_postcode_and_only_its_digits_are_asked_for(viewer: Viewer, demo: Demo) -> None:
    finest = demo.levels(demo.indicator)[-1]
    known = demo.read("postcodes/0101")
    postcode, code = known["postcode"][0], known["code"][0]
    region = next(one for one in demo.regions(demo.indicator, finest) if one.code == code)
    viewer.open(address(demo.indicator, demo.year(demo.indicator)))
    box = viewer.page.get_by_role("combobox", name="Zoek een gebied")
    box.click()
    box.press_sequentially(f"{postcode[:4]} {postcode[4:].lower()}")
    expect(viewer.page.locator("zicht-search").get_by_role("option").first).to_contain_text(region.name)
    box.press("Enter")
    expect(viewer.page.locator("zicht-area").get_by_role("heading")).to_have_text(region.name)
    expect(box).to_have_value(f"{postcode[:4]} {postcode[4:]}")
    assert viewer.query["gebied"] == code
    assert [url for url in viewer.requests if "postcodes" in url] == [f"{viewer.site}postcodes/0101"]
    assert not any(postcode in url for url in viewer.requests)
    box.fill("9999 ZZ")
    expect(viewer.page.locator("zicht-search .results")).to_contain_text("Deze postcode is hier niet bekend")
    viewer.settle()


@pytest.mark.parametrize(("lang", "text"), [("nl", "Gebruik in QGIS"), ("en", "Use in QGIS")])
def test_beside_the_downloads_is_how_to_use_the_map_in_qgis(viewer: Viewer, lang: str, text: str) -> None:
    viewer.open(f"?lang={lang}")
    viewer.page.locator("zicht-about").get_by_role("link", name=text).click()
    expect(viewer.page.locator("html")).to_have_attribute("lang", lang)
    expect(viewer.page.get_by_role("heading", level=1)).to_contain_text("QGIS")
