"""Comparing in the viewer: areas side by side, two subjects or years in one map, flows."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from layers.atlas import FlowFacts, IndicatorFacts
from styles.bivariate import rows
from styles.words import number_text
from tests.web.test_viewer import DESK, PHONE, Demo, Viewer, _violations, a_viewer, address

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def demo(site: str) -> Demo:
    return Demo(site)


@pytest.fixture
def viewer(chromium: Browser, site: str) -> Iterator[Viewer]:
    with a_viewer(chromium, site) as viewer:
        yield viewer
        assert viewer.errors == []


def other_theme(demo: Demo) -> IndicatorFacts:
    """A subject that can be crossed with the first one."""
    return next(one for one in demo.facts.indicators if one.theme != demo.indicator.theme and one.drawn == "fill")


def both_maps_rest(page: Page) -> None:
    expect(page.locator('zicht-map[state="idle"]')).to_have_count(2)


def test_two_areas_stand_side_by_side_with_the_netherlands_and_their_figures_per_year(
    viewer: Viewer, demo: Demo
) -> None:
    first, second = demo.regions(demo.indicator, demo.levels(demo.indicator)[0])[:2]
    year = demo.year(demo.indicator)
    viewer.open(address(demo.indicator, year) + f"&gebied={first.code}")
    page = viewer.page
    page.get_by_role("button", name="Vergelijk dit gebied").click()
    expect(page.locator("zicht-beside h3")).to_have_text([first.name, "Nederland"])
    page.get_by_role("combobox", name="Zoek een gebied").fill(second.name)
    page.locator("zicht-search").get_by_role("option").first.click()
    expect(page.locator("zicht-area").get_by_role("heading")).to_have_text(second.name)
    page.get_by_role("button", name="Vergelijk dit gebied").click()
    expect(page.locator("zicht-beside h3")).to_have_text([first.name, second.name, "Nederland"])
    assert viewer.query["naast"] == f"{first.code},{second.code}"
    cards = page.locator("zicht-beside .cards li")
    figures = demo.figures(demo.indicator, first.level)
    for card, region in zip(cards.all(), (first, second), strict=False):
        value, _ = figures[region.code]
        assert value is not None
        expect(card.locator(".figure")).to_contain_text(number_text(value, demo.indicator.decimals, "nl"))
        expect(card.get_by_role("img")).to_have_attribute(
            "aria-label", f"{region.name}: van {_ends(demo, region.code)}"
        )
    page.get_by_text("Cijfers per jaar").click()
    expect(page.locator("zicht-beside tbody tr")).to_have_count(len({one.year for one in demo.indicator.series}))
    page.get_by_role("button", name=f"Haal {first.name} weg").click()
    expect(page.locator("zicht-beside h3")).to_have_text([second.name, "Nederland"])
    page.go_back()
    expect(page.locator("zicht-beside h3")).to_have_text([first.name, second.name, "Nederland"])
    page.get_by_role("button", name="Sluit de vergelijking").click()
    expect(page.locator("zicht-beside")).to_have_count(0)
    viewer.settle()


def _ends(demo: Demo, code: str) -> str:
    """The first and last figure of a gemeente, as the server tells them year by year."""
    told = [
        (year, columns["value"][columns["code"].index(code)])
        for year in sorted({one.year for one in demo.indicator.series})
        for columns in [demo.read(f"values/{demo.indicator.id}?level=gemeente&year={year}&f=json")["columns"]]
        if code in columns["code"] and columns["value"][columns["code"].index(code)] is not None
    ]
    (first, low), (last, high) = told[0], told[-1]
    decimals = demo.indicator.decimals
    return f"{number_text(low, decimals, 'nl')} in {first} naar {number_text(high, decimals, 'nl')} in {last}"


def test_areas_beside_each_other_have_figures_of_every_measure_and_say_why_there_is_none(
    viewer: Viewer, demo: Demo
) -> None:
    """The sheet of an area tells the main indicators of a topic; parts of a topic in another measure are not among them."""
    topics = {topic.id: topic for topic in demo.facts.topics}
    by_id = {one.id: one for one in demo.facts.indicators}
    coarse, fine = (demo.regions(demo.indicator, level)[0] for level in demo.levels(demo.indicator)[:2])
    sheet = demo.read(f"gebied/{coarse.code}?f=json")
    told = {one["id"] for theme in sheet["themes"] for topic in theme["topics"] for one in topic["indicators"]}
    part = next(
        one
        for one in demo.facts.indicators
        if one.id not in told
        and one.topic in topics
        and one.measure != by_id[topics[one.topic].indicators[0]].measure
        and demo.levels(one) == [coarse.level]
        and demo.figures(one, coarse.level)[coarse.code][0] is not None
    )
    value, _ = demo.figures(part, coarse.level)[coarse.code]
    assert value is not None
    viewer.open(address(part, demo.year(part)) + f"&naast={coarse.code},{fine.code}")
    cards = viewer.page.locator("zicht-beside .cards li .figure")
    expect(cards.nth(0)).to_contain_text(number_text(value, part.decimals, "nl"))
    expect(cards.nth(1)).to_have_text("Niet op dit niveau")


def test_a_year_before_an_area_had_its_borders_is_not_a_missing_figure(viewer: Viewer, demo: Demo) -> None:
    old, new = demo.facts.editions[0].year, demo.facts.editions[-1].year
    known = set(demo.read(f"regions/{old}")["code"])
    columns = demo.read(f"regions/{new}")
    level = demo.levels(demo.indicator)[0]
    code = next(
        code for code, at in zip(columns["code"], columns["level"], strict=True) if at == level and code not in known
    )
    viewer.open(address(demo.indicator, demo.year(demo.indicator)) + f"&naast={code}")
    viewer.page.get_by_text("Cijfers per jaar").click()
    cells = viewer.page.locator("zicht-beside tbody tr").filter(has_text=re.compile(rf"^\s*{old}")).locator("td")
    expect(cells.first).to_have_text("Niet in de grenzen van dit jaar")


def test_no_more_than_four_areas_stand_side_by_side(viewer: Viewer, demo: Demo) -> None:
    regions = demo.regions(demo.indicator, demo.levels(demo.indicator)[0])
    codes = ",".join(one.code for one in regions[:4])
    viewer.open(address(demo.indicator, demo.year(demo.indicator)) + f"&naast={codes}&gebied={regions[4].code}")
    expect(viewer.page.locator("zicht-area")).to_contain_text("Er staan al vier gebieden naast elkaar")
    expect(viewer.page.locator("zicht-beside .cards li")).to_have_count(5)


def test_a_slider_uncovers_another_year_by_keyboard_and_the_area_has_both_figures(viewer: Viewer, demo: Demo) -> None:
    region, number = demo.with_number(demo.levels(demo.indicator)[0])
    year = demo.year(demo.indicator)
    viewer.open(address(demo.indicator, year) + f"&gebied={region.code}")
    page = viewer.page
    page.get_by_text("Vergelijk met iets anders").click()
    page.get_by_label("Tweede onderwerp").select_option(demo.indicator.id)
    both_maps_rest(page)
    assert viewer.query["schuif"] == f"{demo.indicator.id},{year - 1}"
    slider = page.get_by_role("slider", name=f"Schuif tussen {year} (links) en {year - 1} (rechts)")
    slider.focus()
    before = page.locator("zicht-map[bare]").evaluate("(map) => getComputedStyle(map).clipPath")
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "60 procent van de kaart is links")
    assert page.locator("zicht-map[bare]").evaluate("(map) => getComputedStyle(map).clipPath") != before
    columns = demo.read(f"values/{demo.indicator.id}?level={region.level}&year={year - 1}&f=json")["columns"]
    earlier = number_text(columns["value"][columns["code"].index(region.code)], demo.indicator.decimals, "nl")
    card = page.locator("zicht-area")
    expect(card.locator(".number")).to_contain_text(number)
    expect(card.locator(".other")).to_contain_text(f"{year - 1}: {earlier}")
    page.get_by_label("Tweede onderwerp").select_option("")
    expect(page.locator("zicht-map")).to_have_count(1)
    page.go_back()
    both_maps_rest(page)


def test_the_map_right_of_the_slider_goes_along(viewer: Viewer, demo: Demo) -> None:
    other = other_theme(demo)
    year = demo.year(demo.indicator)
    viewer.open(address(demo.indicator, year) + f"&schuif={other.id},{year}")
    both_maps_rest(viewer.page)
    viewer.page.get_by_role("button", name="Inzoomen").click()
    both_maps_rest(viewer.page)
    cameras = viewer.page.locator("zicht-map").evaluate_all("(maps) => maps.map((map) => map.camera)")
    assert cameras[0] == pytest.approx(cameras[1])
    expect(viewer.page.locator("zicht-legend h2")).to_have_text([demo.indicator.title.nl, other.title.nl])


def test_two_subjects_cross_in_one_map_with_the_nine_colors_of_the_server(viewer: Viewer, demo: Demo) -> None:
    other = other_theme(demo)
    viewer.open(address(demo.indicator, demo.year(demo.indicator)))
    page = viewer.page
    page.get_by_text("Vergelijk met iets anders").click()
    page.get_by_label("Tweede onderwerp").select_option(other.id)
    page.get_by_label("In één kaart, met negen kleuren").check()
    cells = page.locator("zicht-cross-legend tbody td")
    expect(cells).to_have_count(9)
    assert viewer.query["kruis"] == f"{other.id},{demo.year(demo.indicator)}"
    viewer.settle()
    level = page.locator("zicht-cross-legend caption").inner_text().rpartition("per ")[2].partition(",")[0]
    wanted = rows(demo.indicator, other, level, "nl")
    painted = cells.evaluate_all("(cells) => cells.map((cell) => getComputedStyle(cell).backgroundColor)")
    from_low = [painted[row * 3 + column] for row in (2, 1, 0) for column in (0, 1, 2)]
    assert from_low == [f"rgb({', '.join(map(str, bytes.fromhex(one['color'][1:])))})" for one in wanted]
    heads = page.locator("zicht-cross-legend tfoot th").all_inner_texts()
    assert heads == [one[demo.indicator.id] for one in wanted[:3]]


def test_circles_in_the_legend_are_as_large_as_on_the_map(viewer: Viewer, demo: Demo) -> None:
    counted = next(one for one in demo.facts.indicators if one.drawn == "symbols")
    viewer.open(address(counted, demo.year(counted)))
    circles = viewer.page.get_by_role("list", name="Grootte van de cirkels").locator("circle")
    expect(circles.first).to_be_visible()
    zoom = viewer.page.locator("zicht-map").evaluate("(map) => map.camera.zoom")
    said = demo.read(f"styles/{counted.id}?year={demo.year(counted)}")["metadata"]["zichtkaart:symbols"]
    level = viewer.page.locator("zicht-legend .quiet").inner_text().rpartition("per ")[2].partition(",")[0]
    (low, least), (high, most) = said[level]["radius_px"]
    largest = least * 2 ** (min(max(zoom, low), high) - low)
    assert largest <= most + 0.01
    wanted = [largest * (value / said[level]["top"]) ** 0.5 for value in said[level]["legend"]]
    drawn = circles.evaluate_all("(circles) => circles.map((circle) => circle.r.baseVal.value)")
    assert drawn == pytest.approx(wanted, rel=0.05)  # the legend follows the zoom in steps of a tenth


def a_flow(demo: Demo) -> FlowFacts:
    return demo.facts.flows[0]


def test_flows_of_an_area_are_drawn_and_told_in_words(viewer: Viewer, demo: Demo) -> None:
    flow = a_flow(demo)
    year = max(flow.years)
    columns = demo.read(f"flows/{flow.id}?f=json")["columns"]
    told = zip(*(columns[name] for name in ("year", "origin", "destination", "destination_name", "value")), strict=True)
    leaving = [one for one in told if one[0] == year and one[1] != one[2] and one[4] is not None]
    _, code, _, name, value = max(leaving, key=lambda one: one[4])
    indicator = next(one for one in demo.facts.indicators if one.theme == flow.theme)
    viewer.open(f"?indicator={indicator.id}&jaar={year}")
    page = viewer.page
    page.get_by_text("Vergelijk met iets anders").click()
    page.get_by_role("checkbox", name=flow.title.nl).check()
    expect(page.locator("zicht-flows")).to_contain_text("Kies een gemeente om de stromen te zien.")
    viewer.open(f"?indicator={indicator.id}&jaar={year}&stroom={flow.id}&gebied={code}")
    item = page.locator("zicht-flows li").filter(has_text=name).first
    expect(item).to_contain_text(number_text(value, flow.decimals, "nl"))
    assert flow.caveat is not None
    expect(page.locator("zicht-flows")).to_contain_text(flow.caveat.nl)
    viewer.settle()


STATES = (
    "naast={gm},{wk}&gebied={gm}",
    "schuif={other},{year}&gebied={gm}",
    "kruis={other},{year}",
    "stroom={flow}&gebied={gm}",
)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("state", STATES, ids=["beside", "swipe", "cross", "flow"])
def test_axe_finds_nothing_in_a_comparison(
    chromium: Browser, site: str, demo: Demo, state: str, size: tuple[int, int]
) -> None:
    coarse, fine = (demo.regions(demo.indicator, level)[0] for level in demo.levels(demo.indicator)[:2])
    year = demo.year(demo.indicator)
    query = state.format(gm=coarse.code, wk=fine.code, other=other_theme(demo).id, year=year, flow=a_flow(demo).id)
    with a_viewer(chromium, site, size, bypass_csp=True) as viewer:
        viewer.open(f"{address(demo.indicator, year)}&{query}")
        if size == PHONE:
            viewer.page.locator("summary", has_text="Kaart kiezen").click()
        assert viewer.overflow <= 0
        assert _violations(viewer.page) == []
        assert viewer.errors == []
