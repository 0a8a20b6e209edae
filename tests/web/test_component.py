"""The map as a part of a page of others, without a frame: strict policies, several on a page, its look and its history."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Locator, expect

from layers.atlas import IndicatorFacts, Lang
from styles.legend import entries
from styles.words import number_text
from tests.web.conftest import REPOSITORY
from tests.web.test_embed import eventually, origin
from tests.web.test_viewer import MIDDLE_PIXELS, TILE, Demo, Region, Viewer, _violations, a_viewer, another_site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

MOST_BYTES = 3_000
"""Of the script, compressed: a page has it before it knows whether anybody looks at the map."""

TABLE = '<table><caption>Cijfers</caption><tr><th scope="row">Centrum</th><td>12</td></tr></table>'


@pytest.fixture(scope="module")
def demo(site: str) -> Demo:
    return Demo(site)


@pytest.fixture(scope="module")
def area(demo: Demo) -> Region:
    """An area with a figure."""
    return demo.with_number(demo.levels(demo.indicator)[0])[0]


def strict(site: str) -> str:
    """The least that a site must allow, as docs/embedding.md says."""
    ours = origin(site)
    return (
        f"default-src 'none'; script-src {ours}; connect-src {ours}; img-src {ours} data:; worker-src blob: {ours}; "
        "base-uri 'none'; form-action 'none'"
    )


def panel(indicator: IndicatorFacts, attributes: str = "", children: str = "") -> str:
    return f'<zicht-kaart-paneel indicator="{indicator.id}" {attributes}>{children}</zicht-kaart-paneel>'


@contextmanager
def a_page(
    chromium: Browser, site: str, *elements: str, head: str = "", policy: str = "", bypass_csp: bool = False
) -> Iterator[Viewer]:
    """The page of a gemeente with what its editor pasted, under another origin; nothing in the console in the end."""
    script = f'<script type="module" src="{site}component.js"></script>'
    page = (
        f'<!doctype html><html lang="nl"><head><title>Gemeente</title>{head}{script}</head>'
        f"<body><main><h1>Gemeente</h1>{''.join(elements)}</main></body></html>"
    )
    with (
        another_site(page, policy or strict(site)) as other,
        a_viewer(chromium, site, (900, 700), bypass_csp=bypass_csp) as viewer,
    ):
        viewer.page.goto(f"{other}#deel")
        yield viewer
        assert [error for error in viewer.errors if "favicon" not in error] == []
        assert [url for url in viewer.requests if not url.startswith((site, other, "data:", "blob:"))] == []
        assert viewer.page.context.cookies() == []
        assert viewer.page.evaluate("() => localStorage.length + sessionStorage.length") == 0


def drawn(viewer: Viewer, at: int = 0) -> Locator:
    """A map of the page, when it has been drawn."""
    found = viewer.page.locator("zicht-kaart-paneel").nth(at)
    expect(found.locator('zicht-map[state="idle"]')).to_be_visible()
    return found


def other_indicator(demo: Demo) -> IndicatorFacts:
    """Of another theme, as fills."""
    return next(one for one in demo.facts.indicators if one.theme != demo.indicator.theme and one.drawn == "fill")


def test_two_maps_share_a_page_of_another_site_with_their_figures_and_classes(
    chromium: Browser, site: str, demo: Demo, area: Region
) -> None:
    other = other_indicator(demo)
    level = area.level
    first = panel(demo.indicator, f'gemeente="{area.code}" level="{level}"', TABLE)
    second = panel(other, f'lang="en" height="420" level="{level}"')
    with a_page(chromium, site, first, second) as viewer:
        one, two = drawn(viewer, 0), drawn(viewer, 1)
        value, _ = demo.figures(demo.indicator, area.level)[area.code]
        assert value is not None
        expect(one.locator("zicht-area")).to_contain_text(area.name)
        expect(one.locator("zicht-area .number")).to_contain_text(number_text(value, demo.indicator.decimals, "nl"))
        expect(viewer.page.get_by_role("cell", name="12")).to_be_hidden()
        maps: list[tuple[Locator, IndicatorFacts, Lang]] = [(one, demo.indicator, "nl"), (two, other, "en")]
        for found, indicator, lang in maps:
            expect(found.get_by_role("heading", level=2).first).to_contain_text(indicator.title.in_(lang))
            wanted = [entry.label for entry in entries(demo.facts, indicator.id, level, lang, reasons=())]
            items = found.locator("zicht-legend ul").first.get_by_role("listitem")
            expect(items).to_have_text(wanted)
            painted = items.locator("zicht-swatch").evaluate_all(MIDDLE_PIXELS)
            assert painted == [list(bytes.fromhex(color[1:])) for color in indicator.colors[: len(painted)]]
        box = two.bounding_box()
        assert box is not None
        assert box["height"] == 420
        assert len([url for url in viewer.requests if url.endswith("atlas.json")]) <= 2


def test_an_area_that_is_chosen_is_told_to_the_page_and_its_history_is_left_alone(
    chromium: Browser, site: str, demo: Demo
) -> None:
    with a_page(chromium, site, panel(demo.indicator)) as viewer:
        page = viewer.page
        page.evaluate(
            "() => { window.told = []; addEventListener('areachange', (event) => window.told.push(event.detail)); }"
        )
        entries_before = page.evaluate("() => history.length")
        found = drawn(viewer)
        map_ = found.locator("canvas.maplibregl-canvas")
        box = map_.bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        expect(found.locator("zicht-area")).to_be_visible()
        assert eventually(page, lambda: len(page.evaluate("() => window.told")) == 1)
        told = page.evaluate("() => window.told[0]")
        value, reason = demo.figures(demo.indicator, told["level"])[told["code"]]
        assert (told["value"], told["reason"], told["indicator"]) == (value, reason, demo.indicator.id)
        expect(found.locator("zicht-area")).to_contain_text(told["name"])
        map_.press("Escape")
        expect(found.locator("zicht-area")).to_have_count(0)
        assert eventually(page, lambda: page.evaluate("() => window.told.at(-1)") is None)
        assert page.url.endswith("/#deel")
        assert page.evaluate("() => history.length") == entries_before
        assert page.title() == "Gemeente"
        assert page.evaluate("() => document.documentElement.lang") == "nl"


def test_by_keyboard_one_goes_into_a_map_chooses_an_area_and_comes_out_again(
    chromium: Browser, site: str, demo: Demo
) -> None:
    with a_page(chromium, site, panel(demo.indicator), '<a href="/x">Verder</a>') as viewer:
        found = drawn(viewer)
        page = viewer.page
        page.keyboard.press("Tab")
        assert "maplibregl-canvas" in viewer.focused
        expect(found.locator("zicht-map p[role=status]")).not_to_be_empty()
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(400)
        drawn(viewer)
        page.keyboard.press("Enter")
        expect(found.locator("zicht-area")).to_be_visible()
        expect(found.locator("#announcement")).not_to_be_empty()
        for _ in range(20):
            page.keyboard.press("Tab")
            if page.evaluate("() => document.activeElement?.textContent") == "Verder":
                break
        assert page.evaluate("() => document.activeElement?.textContent") == "Verder"


def test_axe_finds_nothing_in_a_page_with_two_maps(chromium: Browser, site: str, demo: Demo, area: Region) -> None:
    elements = (panel(demo.indicator, f'gemeente="{area.code}"'), panel(other_indicator(demo)))
    with a_page(chromium, site, *elements, bypass_csp=True) as viewer:
        drawn(viewer, 0)
        drawn(viewer, 1)
        expect(viewer.page.locator("zicht-area")).to_be_visible()
        assert _violations(viewer.page) == []


def test_the_page_lends_its_look_and_its_style_sheet_stays_outside(chromium: Browser, site: str, demo: Demo) -> None:
    theme = """<style>
      .gemeente-theme { --utrecht-button-primary-action-background-color: rgb(176 0 64); --zichtkaart-color: #f0f0f0;
        --utrecht-document-font-family: "DejaVu Serif"; letter-spacing: 9px; text-transform: uppercase; }
      h2, p, button { color: lime !important; font-size: 60px !important; }
    </style>"""
    policy = strict(site) + "; style-src 'unsafe-inline'"
    body = f'<div class="gemeente-theme">{panel(demo.indicator)}</div>'
    with a_page(chromium, site, body, head=theme, policy=policy) as viewer:
        found = drawn(viewer)
        link = found.locator(".source a").first
        assert link.evaluate("(link) => getComputedStyle(link).color") == "rgb(176, 0, 64)"
        look = found.get_by_role("heading", level=2).evaluate(
            "(h2) => { const { color, fontSize, fontFamily, letterSpacing, textTransform } = getComputedStyle(h2);"
            " return [color, fontSize, fontFamily, letterSpacing, textTransform]; }"
        )
        # Letters that nobody could read on the ground of the map are not taken over.
        assert look == ["rgb(0, 26, 64)", "16px", '"DejaVu Serif"', "normal", "none"]
        viewer.page.locator(".gemeente-theme").evaluate("(div) => { div.className = ''; }")
        assert eventually(
            viewer.page, lambda: link.evaluate("(link) => getComputedStyle(link).color") == "rgb(0, 86, 139)"
        )


def test_a_map_out_of_sight_waits_and_one_that_goes_takes_everything_along(
    chromium: Browser, site: str, demo: Demo
) -> None:
    far = '<div id="far"></div>'
    policy = strict(site) + "; style-src 'unsafe-inline'"
    style = "<style>#far { height: 9000px; }</style>"
    with a_page(chromium, site, far, panel(demo.indicator), head=style, policy=policy) as viewer:
        viewer.page.wait_for_timeout(1000)
        assert [url for url in viewer.requests if TILE.search(url) or "panel.js" in url or "map-" in url] == []
        found = viewer.page.locator("zicht-kaart-paneel")
        found.scroll_into_view_if_needed()
        drawn(viewer)
        other = other_indicator(demo)
        found.evaluate("(element, id) => element.setAttribute('indicator', id)", other.id)
        expect(found.get_by_role("heading", level=2)).to_contain_text(other.title.nl)
        drawn(viewer)
        found.evaluate("(element) => { window.gone = element; element.remove(); }")
        assert viewer.page.evaluate("() => window.gone.shadowRoot.querySelector('article')") is None
        viewer.page.evaluate("() => document.querySelector('main').append(window.gone)")
        drawn(viewer)


@pytest.mark.parametrize("refused", ["script", "data"])
def test_where_the_map_cannot_run_the_link_and_the_table_stay(
    chromium: Browser, site: str, demo: Demo, refused: str
) -> None:
    policy = {
        "script": "default-src 'none'",
        "data": f"default-src 'none'; script-src {origin(site)}; connect-src 'none'",
    }[refused]
    link = '<a href="https://kaart.example.nl/">Kaart</a>'
    page = f'<!doctype html><script type="module" src="{site}component.js"></script>' + panel(
        demo.indicator, "", link + TABLE
    )
    with another_site(page, policy) as other, a_viewer(chromium, site) as viewer:
        viewer.page.goto(other)
        viewer.page.wait_for_timeout(2000)
        expect(viewer.page.get_by_role("link", name="Kaart")).to_be_visible()
        expect(viewer.page.get_by_role("cell", name="12")).to_be_visible()
        assert viewer.page.locator("zicht-app").count() == 0


def test_what_an_editor_builds_works_where_it_is_pasted(chromium: Browser, site: str, demo: Demo, area: Region) -> None:
    with a_viewer(chromium, site) as viewer:
        viewer.open(f"?indicator={demo.indicator.id}&gebied={area.code}")
        viewer.page.get_by_role("button", name="Insluiten").click()
        dialog = viewer.page.get_by_role("dialog", name="Kaart insluiten op een website")
        dialog.get_by_role("radio", name="Deel van de pagina").check()
        snippet = dialog.get_by_label("Code voor de website").input_value()
    with a_page(chromium, site, snippet) as viewer:
        expect(drawn(viewer).locator("zicht-area")).to_contain_text(area.name)


def test_the_script_is_a_few_kilobytes_and_the_map_code_comes_later() -> None:
    script = (REPOSITORY / "server/static/component.js").read_bytes()
    assert len(gzip.compress(script, 9)) < MOST_BYTES
    assert b"maplibre" not in script
    assert b'from "' not in script
