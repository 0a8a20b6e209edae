"""What a reader sees before the server has answered: never a figure of an earlier choice under the heading of a new one."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from layers.atlas import IndicatorFacts
from layers.values import Reason
from styles.words import number_text, reason_text
from tests.web.test_viewer import COLORS_AT, Demo, Region, Viewer, _box, a_viewer, address

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

LOADING = "Cijfer laden…"


@pytest.fixture(scope="module")
def demo(site: str) -> Demo:
    return Demo(site)


@pytest.fixture
def viewer(chromium: Browser, site: str) -> Iterator[Viewer]:
    with a_viewer(chromium, site, bypass_csp=True) as viewer:
        yield viewer
        assert viewer.errors == []


@contextmanager
def held(page: Page, address: str) -> Iterator[list[Route]]:
    """Requests that get their answer at the end of the block."""
    waiting: list[Route] = []
    pattern = re.compile(address)
    page.route(pattern, lambda route: waiting.append(route))
    yield waiting
    page.unroute(pattern)  # lets them go as well


def choose(page: Page, indicator: IndicatorFacts) -> None:
    """The choice itself; which switches lead to it is tested elsewhere."""
    page.locator("zicht-choices").evaluate(
        "(choices, indicator) => choices.dispatchEvent(new CustomEvent('choose', { detail: { indicator } }))",
        indicator.id,
    )
    expect(page.locator("zicht-about").get_by_role("link", name="JSON")).to_have_attribute(
        "href", re.compile(f"/{indicator.id}\\?")
    )


def two_subjects(demo: Demo) -> tuple[IndicatorFacts, IndicatorFacts]:
    """On the same levels and drawn as fills, in two themes."""
    first = demo.indicator
    levels = demo.levels(first)
    second = next(
        one
        for one in demo.facts.indicators
        if one.theme != first.theme and one.drawn == "fill" and demo.levels(one) == levels
    )
    return first, second


def shown(demo: Demo, indicator: IndicatorFacts, region: Region) -> str:
    value, status = demo.figures(indicator, region.level)[region.code]
    return number_text(value or 0, indicator.decimals, "nl") if status is None else reason_text(Reason(status), "nl")


def color_at_the_middle(page: Page) -> str:
    box = _box(page, "zicht-map")
    picture = base64.b64encode(page.screenshot()).decode()
    place = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    [seen] = page.evaluate(COLORS_AT, [picture, [place]])
    return "#" + bytes(seen).hex()


def test_a_click_right_after_a_choice_waits_for_the_new_figure(viewer: Viewer, demo: Demo) -> None:
    first, second = two_subjects(demo)
    region, before = demo.with_number(demo.levels(first)[0])
    viewer.open(address(first, demo.year(first), region, demo.zoom(region.level)))
    card = viewer.page.locator("zicht-area")
    with held(viewer.page, rf"/values/{second.id}\?"):
        choose(viewer.page, second)
        viewer.click_the_middle()
        expect(card.get_by_role("heading")).to_have_text(region.name)
        expect(card).to_contain_text(LOADING)
        expect(card).not_to_contain_text(before)
    expect(card).to_contain_text(shown(demo, second, region))
    viewer.settle()


def test_the_chosen_area_and_those_beside_it_lose_the_figures_of_an_earlier_choice(viewer: Viewer, demo: Demo) -> None:
    first, second = two_subjects(demo)
    region, before = demo.with_number(demo.levels(first)[0])
    viewer.open(address(first, demo.year(first)) + f"&gebied={region.code}&naast={region.code}")
    card, beside = viewer.page.locator("zicht-area"), viewer.page.locator("zicht-beside")
    expect(card.locator(".number")).to_contain_text(before)
    expect(beside.locator("li .figure").first).to_contain_text(before)
    viewer.open(address(second, demo.year(second)) + f"&gebied={region.code}&naast={region.code}")
    expect(card.locator(".number")).to_contain_text(shown(demo, second, region))
    with held(viewer.page, rf"/values/{first.id}\?|/gebied/"):
        choose(viewer.page, first)
        expect(card).to_contain_text(LOADING)
    expect(card.locator(".number")).to_contain_text(before)
    expect(beside.locator("li .figure").first).to_contain_text(before)
    viewer.settle()


def test_the_table_empties_at_a_choice_and_opens_where_the_chosen_area_stands(viewer: Viewer, demo: Demo) -> None:
    first, second = two_subjects(demo)
    level = demo.levels(first)[-1]
    region = sorted(demo.regions(first, level), key=lambda one: one.name.casefold())[150]
    query = f"&niveau={level}&tabel=naam&gebied={region.code}"
    viewer.open(address(first, demo.year(first)) + query)
    selected = viewer.page.locator("zicht-table tr.selected th")
    expect(selected).to_have_text(region.name)
    expect(viewer.page.locator("zicht-table .pages")).not_to_contain_text("Rij 1 tot")
    with held(viewer.page, rf"/values/{second.id}\?"):
        choose(viewer.page, second)
        expect(viewer.page.locator("zicht-table h2")).to_contain_text(second.title.nl)
        expect(viewer.page.locator("zicht-table")).to_contain_text(LOADING)
        expect(viewer.page.locator("zicht-table tbody tr")).to_have_count(0)
    expect(selected).to_have_text(region.name)
    viewer.settle()


def test_a_level_out_of_view_does_not_come_back_in_the_colors_of_an_earlier_choice(viewer: Viewer, demo: Demo) -> None:
    first, second = two_subjects(demo)
    coarse, fine = demo.levels(first)[:2]
    region, _ = demo.with_number(fine)
    far, near = (one.minzoom - 0.5 for one in demo.facts.editions[-1].levels[1:3])
    steps = round(near - far)
    viewer.open(f"?indicator={first.id}&jaar={demo.year(first)}#{near}/{region.lat}/{region.lon}")
    figure = demo.figures(first, fine)[region.code][0]
    assert figure is not None
    edges = first.breaks[fine].edges
    before = first.colors[sum(edge <= figure for edge in edges)]

    def press(name: str) -> None:
        for _ in range(steps):
            viewer.page.get_by_role("button", name=name, exact=True).click()
            viewer.settle()

    assert color_at_the_middle(viewer.page) == before
    press("Uitzoomen")
    expect(viewer.page.locator("zicht-legend")).to_contain_text(f"per {coarse}")
    choose(viewer.page, second)
    viewer.settle()
    with held(viewer.page, rf"/values/{second.id}\?level={fine}"):
        press("Inzoomen")
        expect(viewer.page.locator("zicht-legend")).to_contain_text(f"per {fine}")
        assert color_at_the_middle(viewer.page) not in first.colors
    viewer.settle()


def test_the_legend_has_its_reasons_again_when_a_choice_is_taken_back(viewer: Viewer, demo: Demo) -> None:
    first, region = demo.with_reason(Reason.WITHHELD)
    second = next(one for one in demo.facts.indicators if one.theme != first.theme and one.drawn == "fill")
    viewer.open(address(first, demo.year(first), region, demo.zoom(region.level)))
    reasons = viewer.page.locator("zicht-legend .reasons")
    withheld = reason_text(Reason.WITHHELD, "nl")
    expect(reasons).to_contain_text(withheld)
    with held(viewer.page, rf"/values/{second.id}\?"):
        choose(viewer.page, second)
        expect(reasons).to_have_count(0)
        choose(viewer.page, first)
        expect(reasons).to_contain_text(withheld)
    viewer.settle()


def test_flows_of_an_area_that_is_chosen_do_not_ask_to_choose_one(viewer: Viewer, demo: Demo) -> None:
    flow = demo.facts.flows[0]
    year = max(flow.years)
    indicator = next(one for one in demo.facts.indicators if one.theme == flow.theme)
    area = demo.regions(demo.indicator, flow.level)[0]
    flows = viewer.page.locator("zicht-flows")
    for address_held in (r"/regions/", r"/flows/"):
        with held(viewer.page, address_held):
            viewer.page.goto(f"{viewer.site}?indicator={indicator.id}&jaar={year}&stroom={flow.id}&gebied={area.code}")
            expect(flows).to_contain_text(LOADING)
            expect(flows).not_to_contain_text("Kies een")
        expect(flows).to_contain_text(area.name)
    viewer.settle()


def test_a_second_figure_that_cannot_be_read_is_told_and_one_that_does_not_exist_is_not(
    chromium: Browser, site: str, demo: Demo
) -> None:
    first, second = two_subjects(demo)
    region, number = demo.with_number(demo.levels(first)[0])
    with a_viewer(chromium, site) as viewer:
        viewer.page.route(re.compile(rf"/values/{second.id}\?"), lambda route: route.abort())
        viewer.page.goto(
            viewer.site
            + address(first, demo.year(first))
            + f"&kruis={second.id},{demo.year(second)}&gebied={region.code}"
        )
        expect(viewer.page.get_by_role("alert")).to_contain_text("De server antwoordt niet")
    coarse_only = next(one for one in demo.facts.indicators if one.drawn == "fill" and len(demo.levels(one)) == 1)
    fine, number = demo.with_number(demo.levels(first)[-1])
    with a_viewer(chromium, site) as viewer:
        viewer.open(
            address(first, demo.year(first)) + f"&schuif={coarse_only.id},{demo.year(coarse_only)}&gebied={fine.code}"
        )
        expect(viewer.page.locator("zicht-area .number")).to_contain_text(number)
        expect(viewer.page.get_by_role("alert")).to_have_count(0)
        expect(viewer.page.locator("zicht-area .other")).to_have_count(0)
