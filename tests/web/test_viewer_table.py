"""The table that equals the map, used by readers in a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from layers.atlas import IndicatorFacts
from layers.values import Reason
from styles.legend import entries
from styles.words import number_text, reason_text
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


def shown(indicator: IndicatorFacts, value: float | None, status: str | None) -> str:
    return number_text(value or 0, indicator.decimals, "nl") if status is None else reason_text(Reason(status), "nl")


def table(demo: Demo, level: str, sort: str) -> str:
    return address(demo.indicator, demo.year(demo.indicator)) + f"&niveau={level}&tabel={sort}"


def test_the_table_has_the_figures_classes_and_reasons_of_the_map(viewer: Viewer, demo: Demo) -> None:
    level = demo.levels(demo.indicator)[0]
    viewer.open(table(demo, level, "naam"))
    rows = viewer.page.locator("zicht-table tbody tr")
    figures = demo.figures(demo.indicator, level)
    expect(rows).to_have_count(len(figures))
    labels = {one.label for one in entries(demo.facts, demo.indicator.id, level, "nl", reasons=())}
    names = {region.name: region.code for region in demo.regions(demo.indicator, level)}
    for row in rows.all():
        name, figure = row.locator("th").inner_text(), row.locator(".figure").inner_text()
        value, status = figures[names[name]]
        assert figure.strip() == shown(demo.indicator, value, status)
        assert row.locator("td").last.inner_text() in (labels if value is not None else {""})


def test_reasons_stand_after_all_numbers_in_either_direction(viewer: Viewer, demo: Demo) -> None:
    level = demo.levels(demo.indicator)[1]
    viewer.open(table(demo, level, "cijfer"))
    heading = viewer.page.locator("zicht-table thead th[aria-sort]").last
    figures = [value for value, _ in demo.figures(demo.indicator, level).values() if value is not None]
    for direction, order in (("ascending", sorted(figures)), ("descending", sorted(figures, reverse=True))):
        expect(heading).to_have_attribute("aria-sort", direction)
        cells = viewer.page.locator("zicht-table .figure").all_inner_texts()
        numbers = [number_text(value, demo.indicator.decimals, "nl") for value in order][:100]
        assert [cell.strip() for cell in cells][: len(numbers)] == numbers
        heading.get_by_role("button").click()
    assert viewer.query["tabel"] == "cijfer"


def test_a_row_selects_its_area_and_an_area_its_row(viewer: Viewer, demo: Demo) -> None:
    level = demo.levels(demo.indicator)[0]
    region = demo.regions(demo.indicator, level)[1]
    viewer.open(table(demo, level, "naam"))
    viewer.page.locator("zicht-table").get_by_role("button", name=region.name).click()
    expect(viewer.page.locator("zicht-area").get_by_role("heading")).to_have_text(region.name)
    expect(viewer.page.locator("zicht-table tr.selected th")).to_have_text(region.name)
    expect(viewer.page.locator("zicht-table h2")).to_contain_text(f"per {level}")
    other = demo.regions(demo.indicator, level)[0]
    viewer.open(table(demo, level, "naam") + f"#{demo.zoom(level)}/{other.lat}/{other.lon}")
    expect(viewer.page.locator("zicht-table tbody tr").first).to_be_visible()
    viewer.settle()
    viewer.click_the_middle()
    expect(viewer.page.locator("zicht-table tr.selected th")).to_have_text(other.name)


def test_the_table_is_opened_filtered_and_left_by_keyboard_and_undone_by_the_back_button(
    viewer: Viewer, demo: Demo
) -> None:
    region = demo.regions(demo.indicator, demo.levels(demo.indicator)[-1])[0]
    viewer.open(address(demo.indicator, demo.year(demo.indicator)) + f"&niveau={region.level}")
    opener = viewer.page.get_by_role("button", name="Toon als tabel")
    opener.focus()
    viewer.page.keyboard.press("Enter")
    expect(opener).to_have_attribute("aria-pressed", "true")
    viewer.page.get_by_role("searchbox", name="Filter").fill(region.code)
    expect(viewer.page.locator("zicht-table tbody tr")).to_have_count(1)
    expect(viewer.page.locator("zicht-table tbody th")).to_have_text(region.name)
    viewer.page.go_back()
    expect(viewer.page.locator("zicht-table")).to_have_count(0)


def test_what_is_shown_can_be_taken_along(viewer: Viewer, demo: Demo) -> None:
    level = demo.levels(demo.indicator)[0]
    viewer.open(table(demo, level, "naam"))
    for name, beginning in (("CSV", b"code,"), ("Excel", b"PK"), ("GeoPackage", b"SQLite format 3")):
        link = viewer.page.get_by_role("link", name=name, exact=True).get_attribute("href")
        assert link is not None
        assert f"level={level}&year={demo.year(demo.indicator)}" in link
        assert viewer.page.request.get(link).body().startswith(beginning)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing_in_the_table(chromium: Browser, site: str, demo: Demo, size: tuple[int, int]) -> None:
    with a_viewer(chromium, site, size, bypass_csp=True) as viewer:
        viewer.open(table(demo, demo.levels(demo.indicator)[-1], "-cijfer"))
        expect(viewer.page.locator("zicht-table tbody tr").first).to_be_visible()
        expect(viewer.page.locator("zicht-table .pages")).to_contain_text(re.compile("Rij 1 tot en met 100 van"))
        assert viewer.overflow <= 0
        assert _violations(viewer.page) == []
