"""Journeys through the viewer from beginning to end: a citizen, a council member, a keyboard alone, other ways of seeing."""

from __future__ import annotations

import gzip
import json
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, expect

from styles.legend import entries
from styles.words import number_text
from tests.web.conftest import REPOSITORY
from tests.web.test_viewer import DESK, PHONE, Demo, Viewer, a_viewer, address

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
OWN_CODE_BYTES = 60_000
FIRST_VIEW_BYTES = 450_000


@pytest.fixture(scope="module")
def demo(site: str) -> Demo:
    return Demo(site)


@pytest.fixture
def viewer(chromium: Browser, site: str) -> Iterator[Viewer]:
    with a_viewer(chromium, site) as viewer:
        yield viewer
        assert viewer.errors == []


def figure_of(demo: Demo, level: str, code: str) -> str:
    value, _ = demo.figures(demo.indicator, level)[code]
    assert value is not None
    return number_text(value, demo.indicator.decimals, "nl")


@SIZES
def test_a_citizen_goes_from_postcode_to_figure_to_what_it_means(
    chromium: Browser, site: str, demo: Demo, size: tuple[int, int]
) -> None:
    level = demo.levels(demo.indicator)[-1]
    known = demo.read("postcodes/0101")
    figures = demo.figures(demo.indicator, level)
    alone = [one for one in known["postcode"] if known["postcode"].count(one) == 1]
    postcode, code = next(
        (postcode, code)
        for postcode, code in zip(known["postcode"], known["code"], strict=True)
        if postcode in alone and figures[code][0] is not None
    )
    with a_viewer(chromium, site, size) as viewer:
        viewer.open()
        page = viewer.page
        box = page.get_by_role("combobox", name="Zoek een gebied")
        box.click()
        box.press_sequentially(f"{postcode[:4]} {postcode[4:]}")
        page.locator("zicht-search").get_by_role("option").first.click()
        card = page.locator("zicht-area")
        expect(card.locator(".number")).to_contain_text(figure_of(demo, level, code))
        viewer.settle()
        about = page.get_by_role("region", name="Over deze cijfers")
        about.scroll_into_view_if_needed()
        assert demo.indicator.explanation is not None
        expect(about).to_contain_text(demo.indicator.explanation.nl)
        expect(about).to_contain_text("Bron")
        assert viewer.overflow <= 0
        card.get_by_role("link", name="Alles over dit gebied").click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert f"gebied/{code}" in page.url
        assert viewer.errors == []


@SIZES
def test_a_council_member_compares_two_wijken_over_the_years_and_prints_it(
    chromium: Browser, site: str, demo: Demo, size: tuple[int, int]
) -> None:
    level = demo.levels(demo.indicator)[1]
    figures = demo.figures(demo.indicator, level)
    names = [one.name for one in demo.regions(demo.indicator, level)]
    first, second = [
        one
        for one in demo.regions(demo.indicator, level)
        if figures[one.code][0] is not None and names.count(one.name) == 1
    ][:2]
    with a_viewer(chromium, site, size) as viewer:
        page = viewer.page
        page.add_init_script("window.print = () => { window.printed = true; }")
        viewer.open(address(demo.indicator, demo.year(demo.indicator)))
        for region in (first, second):
            box = page.get_by_role("combobox", name="Zoek een gebied")
            box.fill(region.code)
            page.locator("zicht-search").get_by_role("option").first.click()
            expect(page.locator("zicht-area").get_by_role("heading")).to_have_text(region.name)
            page.get_by_role("button", name="Vergelijk dit gebied").click()
        cards = page.locator("zicht-beside .cards li")
        expect(page.locator("zicht-beside h3")).to_have_text([first.name, second.name, "Nederland"])
        for card, region in zip(cards.all(), (first, second), strict=False):
            expect(card.locator(".figure")).to_contain_text(figure_of(demo, level, region.code))
        viewer.settle()
        assert viewer.overflow <= 0
        page.get_by_role("button", name="Afdrukken").click()
        assert page.evaluate("() => window.printed")
        page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="print")
        years = page.locator("zicht-beside tbody th")
        expect(years).to_have_count(len({one.year for one in demo.indicator.series}))
        expect(years.first).to_be_visible()
        expect(page.get_by_role("button", name="Afdrukken")).to_be_hidden()
        expect(page.locator("zicht-map img.print")).to_have_attribute("src", re.compile("^data:image/png"))
        expect(page.locator("zicht-legend")).to_be_visible()
        expect(page.locator(".credit")).to_be_visible()
        assert viewer.errors == []


def test_by_keyboard_alone_one_steps_from_area_to_area_hears_figure_and_class_and_comes_away(
    viewer: Viewer, demo: Demo
) -> None:
    level = demo.levels(demo.indicator)[0]
    region, _ = demo.with_number(level)
    labels = {one.label for one in entries(demo.facts, demo.indicator.id, level, "nl", reasons=())}
    viewer.open(address(demo.indicator, demo.year(demo.indicator), region, demo.zoom(level)))
    page = viewer.page
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the skip link
    assert "maplibregl-canvas" in viewer.focused
    heard = page.locator("zicht-map p[role=status]")
    expect(heard).to_contain_text(f"{region.name}, ")
    expect(heard).to_contain_text(re.compile("klasse (" + "|".join(map(re.escape, labels)) + ")$"))
    passed = {region.name}
    for key in ("ArrowRight", "ArrowUp", "ArrowLeft", "ArrowDown"):
        page.keyboard.press(key)
        viewer.settle()
        page.wait_for_timeout(400)
        viewer.settle()
        passed.add(heard.inner_text().removeprefix("Verder in deze richting ligt geen gebied. ").split(", ")[0])
    assert len(passed & {one.name for one in demo.regions(demo.indicator, level)}) >= 2, passed
    page.keyboard.press("Enter")
    announced = page.locator("#announcement")
    expect(announced).to_contain_text(re.compile("klasse|Geheim|Geen cijfer"))
    center = page.locator("zicht-map").evaluate("(map) => map.camera.lon")
    page.keyboard.press("Shift+ArrowRight")
    viewer.settle()
    page.wait_for_timeout(400)
    assert page.locator("zicht-map").evaluate("(map) => map.camera.lon") > center
    page.keyboard.press("Escape")
    expect(page.locator("zicht-area")).to_have_count(0)
    page.keyboard.press("Tab")
    assert "maplibregl-canvas" not in viewer.focused


@pytest.mark.parametrize("size", [(320, 640), (640, 400)], ids=["320 pixels", "a desk at 200 percent"])
@pytest.mark.parametrize("state", ["tabel=naam", "naast={codes}", "schuif={indicator},2020", "gebied={code}"])
def test_nothing_is_cut_off_on_a_narrow_page(
    chromium: Browser, site: str, demo: Demo, state: str, size: tuple[int, int]
) -> None:
    codes = [one.code for one in demo.regions(demo.indicator, demo.levels(demo.indicator)[0])]
    query = state.format(codes=",".join(codes[:4]), code=codes[0], indicator=demo.indicator.id)
    with a_viewer(chromium, site, size) as viewer:
        viewer.open(f"{address(demo.indicator, demo.year(demo.indicator))}&{query}")
        assert viewer.overflow <= 0
        assert viewer.errors == []


def test_forced_colors_leave_the_colors_of_a_comparison_alone(chromium: Browser, site: str, demo: Demo) -> None:
    other = next(one for one in demo.facts.indicators if one.theme != demo.indicator.theme and one.drawn == "fill")
    year = demo.year(demo.indicator)
    with a_viewer(chromium, site, forced_colors="active") as viewer:
        viewer.open(address(demo.indicator, year) + f"&kruis={other.id},{year}")
        cells = viewer.page.locator("zicht-cross-legend tbody td")
        expect(cells).to_have_count(9)
        painted = cells.evaluate_all("(cells) => cells.map((cell) => getComputedStyle(cell).backgroundColor)")
        assert len(set(painted)) == 9


def test_who_asked_for_less_motion_gets_no_film_and_no_flight(chromium: Browser, site: str, demo: Demo) -> None:
    with a_viewer(chromium, site, reduced_motion="reduce") as viewer:
        viewer.open(address(demo.indicator, demo.year(demo.indicator)))
        expect(viewer.page.get_by_role("button", name="Speel de jaren af")).to_have_count(0)
        zooms = viewer.page.evaluate(
            """() => {
              const map = document.querySelector("zicht-app").renderRoot.querySelector("zicht-map");
              const seen = [];
              map.addEventListener("moving", ({ detail }) => seen.push(detail.zoom));
              map.goal = { kind: "bounds", bounds: [5.2, 52.5, 5.3, 52.6], padding: { top: 0, right: 0, bottom: 0, left: 0 },
                jump: false, maxZoom: 20 };
              return new Promise((done) => setTimeout(() => done(seen), 1500));
            }"""
        )
        assert 1 <= len(set(zooms)) <= 2, zooms  # a flight has dozens


def test_the_picture_is_a_png_of_map_legend_and_source(viewer: Viewer, demo: Demo) -> None:
    year = demo.year(demo.indicator)
    viewer.open(address(demo.indicator, year))
    with viewer.page.expect_download() as download:
        viewer.page.get_by_role("button", name="Bewaar als plaatje").click()
    assert download.value.suggested_filename == f"{demo.indicator.id}-{year}.png"
    content = Path(download.value.path()).read_bytes()
    assert content.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", content[16:24])
    box = viewer.page.locator("zicht-map").bounding_box()
    assert box is not None
    assert width > box["width"] + 150  # the legend stands beside the map
    assert height > box["height"] + 80  # title above, source below


def test_the_picture_has_circles_as_large_as_the_map_and_the_sources_of_both_subjects(
    chromium: Browser, site: str, demo: Demo
) -> None:
    counted, other = (
        next(one for one in demo.facts.indicators if one.drawn == drawn and one.theme == demo.facts.themes[-1].id)
        for drawn in ("symbols", "fill")
    )
    area = demo.regions(demo.indicator, demo.levels(demo.indicator)[0])[0]
    facts = json.loads(demo.facts.model_dump_json())
    for indicator in facts["indicators"]:
        indicator["source"] = {"nl": f"Bron van {indicator['id']}"}
    year = demo.year(counted)
    with a_viewer(chromium, site) as viewer:
        viewer.page.route("**/atlas.json", lambda route: route.fulfill(json=facts))
        viewer.open(address(counted, year) + f"&schuif={other.id},{year}#8.3/{area.lat}/{area.lon}")
        expect(viewer.page.locator('zicht-map[state="idle"]')).to_have_count(2)
        for subject in (counted, other):
            expect(viewer.page.locator(".credit")).to_contain_text(f"Bron van {subject.id}")
        with viewer.page.expect_download():
            viewer.page.get_by_role("button", name="Bewaar als plaatje").click()
        asked = [parse_qs(urlsplit(url).query) for url in viewer.requests if f"/{counted.id}/legend.svg" in url]
        assert [one["zoom"] for one in asked] == [["8.3"]]
        assert viewer.errors == []


def test_the_viewer_is_light(chromium: Browser, site: str) -> None:
    assets = REPOSITORY / "server/static/assets"
    own = [path for path in assets.glob("*.js") if not path.name.startswith(("map-", "maplibre"))]
    assert sum(len(gzip.compress(path.read_bytes(), 9, mtime=0)) for path in own) < OWN_CODE_BYTES
    with a_viewer(chromium, site) as viewer:
        sizes: list[int] = []
        viewer.page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
        viewer.open()
        viewer.page.wait_for_timeout(500)
        assert sum(sizes) < FIRST_VIEW_BYTES, sizes
