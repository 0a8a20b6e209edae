"""Maps in pages of other sites: the element, its height, the look of the site, strict policies and sandboxes."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.web.conftest import REPOSITORY
from tests.web.test_viewer import WAIT_MS, Demo, Region, Viewer, a_viewer, another_site

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

NO_SCROLLING = "(html) => html.scrollHeight <= html.clientHeight + 1"

MOST_BYTES = 4_000
"""Of the script, compressed: a page has it before it knows whether anybody looks at the map."""


@pytest.fixture
def editor(chromium: Browser, site: str) -> Iterator[Viewer]:
    """The browser of a web editor; nothing in the console by the end of the test."""
    with a_viewer(chromium, site, (900, 700)) as viewer:
        yield viewer
        assert [error for error in viewer.errors if "favicon" not in error] == []


@pytest.fixture(scope="module")
def demo(site: str) -> Demo:
    return Demo(site)


@pytest.fixture(scope="module")
def area(demo: Demo) -> Region:
    """An area with a figure."""
    return demo.with_number(demo.levels(demo.indicator)[0])[0]


def pasted(site: str, *elements: str, head: str = "", script: str = "") -> str:
    """The page of a gemeente with what its editor pasted."""
    tag = script or f'<script src="{site}embed.js" defer></script>'
    head = f"<title>Gemeente</title>{head}{tag}"
    return f'<!doctype html><html lang="nl"><head>{head}</head><body>{"".join(elements)}</body></html>'


def element(demo: Demo, area: Region, attributes: str = "", children: str = "") -> str:
    """A map of one indicator and one area."""
    named = f'indicator="{demo.indicator.id}" gemeente="{area.code}" {attributes}'
    return f"<zicht-kaart {named}>{children}</zicht-kaart>"


def origin(address: str) -> str:
    """Scheme, host and port."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def strict(site: str) -> str:
    """The policy of a careful site: our script and our frame, and nothing else."""
    return f"default-src 'none'; script-src {origin(site)}; frame-src {origin(site)}"


def map_in(page: Page, at: int = 0) -> FrameLocator:
    """The map in a frame of the page, when it has been drawn."""
    frame = page.frame_locator("zicht-kaart iframe").nth(at)
    expect(frame.locator('zicht-map[state="idle"]')).to_be_visible()
    return frame


def height(page: Page) -> float:
    """Of the frame, in CSS pixels."""
    box = page.locator("zicht-kaart iframe").first.bounding_box()
    assert box is not None
    return box["height"]


def eventually(page: Page, holds: Callable[[], bool]) -> bool:
    """Whether something comes to hold; asked from here, for the page forbids scripts in sentences."""
    for _ in range(WAIT_MS // 100):
        if holds():
            return True
        page.wait_for_timeout(100)
    return False


def test_an_element_becomes_a_map_on_a_page_that_allows_one_script_and_one_frame(
    editor: Viewer, site: str, demo: Demo, area: Region
) -> None:
    page = editor.page
    with another_site(pasted(site, element(demo, area, "", '<a href="x">Cijfers</a>')), strict(site)) as other:
        page.goto(other)
        frame = map_in(page)
        expect(frame.get_by_role("heading", level=1)).to_contain_text(demo.indicator.title.nl)
        expect(frame.locator("zicht-area")).to_contain_text(area.name)
        asked = parse_qs(urlsplit(page.locator("zicht-kaart iframe").get_attribute("src") or "").query)
        assert asked == {"indicator": [demo.indicator.id], "gebied": [area.code]}
        expect(page.get_by_role("link", name="Cijfers")).to_be_hidden()
        strangers = [url for url in editor.requests if not url.startswith((site, other, "data:", "blob:"))]
        assert strangers == []
        assert page.context.cookies() == []


def test_a_frame_is_as_high_as_the_map_asks_at_every_width(editor: Viewer, site: str, demo: Demo, area: Region) -> None:
    page = editor.page
    with another_site(pasted(site, element(demo, area)), strict(site)) as other:
        page.goto(other)
        frame = map_in(page)
        fits = frame.locator("html")
        for width in (900, 360):
            page.set_viewport_size({"width": width, "height": 700})
            assert eventually(page, lambda: bool(fits.evaluate(NO_SCROLLING))), width
            assert fits.evaluate("(html) => html.scrollWidth <= html.clientWidth")
            box = frame.locator("zicht-map").bounding_box()
            assert box is not None
            assert box["height"] > 200
        assert height(page) > 300


def test_a_height_that_the_editor_chose_stays(editor: Viewer, site: str, demo: Demo, area: Region) -> None:
    page = editor.page
    with another_site(pasted(site, element(demo, area, 'height="555"')), strict(site)) as other:
        page.goto(other)
        map_in(page)
        page.wait_for_timeout(300)
        assert height(page) == 555


def test_the_theme_of_a_site_colors_the_interface_and_never_the_figures(
    editor: Viewer, site: str, demo: Demo, area: Region
) -> None:
    page = editor.page
    theme = """<style>
      .gemeente-theme { --utrecht-button-primary-action-background-color: rgb(176 0 64); --nl-button-border-radius: 0px;
        --utrecht-document-font-family: "DejaVu Serif"; --zichtkaart-color: #f0f0f0; }
    </style>"""
    policy = strict(site) + "; style-src 'unsafe-inline'"
    body = f'<div class="gemeente-theme">{element(demo, area)}</div>'
    with another_site(pasted(site, body, head=theme), policy) as other:
        page.goto(other)
        frame = map_in(page)
        root = frame.locator("html")
        worn = "(html) => html.style.getPropertyValue('--zichtkaart-accent')"
        assert eventually(page, lambda: root.evaluate(worn) == "rgb(176 0 64)")
        app = frame.locator("zicht-app")
        assert app.evaluate("(app) => getComputedStyle(app).fontFamily") == '"DejaVu Serif"'
        link = frame.locator(".source a").first
        assert link.evaluate("(link) => getComputedStyle(link).color") == "rgb(176, 0, 64)"
        # Letters that nobody could read on the ground of the map are not taken over.
        assert app.evaluate("(app) => getComputedStyle(app).color") == "rgb(0, 26, 64)"
        colors = (
            frame.locator("zicht-legend ul")
            .first.locator("zicht-swatch")
            .evaluate_all(
                """(swatches) => swatches.map((swatch) => {
              const pen = swatch.renderRoot.querySelector("canvas").getContext("2d");
              return [...pen.getImageData(30, 20, 1, 1).data.slice(0, 3)];
            })"""
            )
        )
        assert colors == [list(bytes.fromhex(color[1:])) for color in demo.indicator.colors[: len(colors)]]


def test_a_frame_without_a_script_takes_one_color_from_its_address(editor: Viewer, site: str, demo: Demo) -> None:
    page = editor.page
    place = f"{site}embed?indicator={demo.indicator.id}&amp;kleur=9b0050"
    frame = f'<iframe src="{place}" title="Kaart" width="600" height="500"></iframe>'
    with another_site(pasted(site, frame, script=" "), f"default-src 'none'; frame-src {origin(site)}") as other:
        page.goto(other)
        inner = page.frame_locator("iframe")
        expect(inner.locator('zicht-map[state="idle"]')).to_be_visible()
        color = inner.locator(".source a").first.evaluate("(link) => getComputedStyle(link).color")
        assert color == "rgb(155, 0, 80)"


def test_a_map_works_in_a_sandbox_without_an_origin(editor: Viewer, site: str, demo: Demo, area: Region) -> None:
    page = editor.page
    with another_site(pasted(site, element(demo, area, 'sandbox="allow-scripts"')), strict(site)) as other:
        page.goto(other)
        frame = map_in(page)
        assert frame.locator("html").evaluate("() => self.origin") == "null"
        expect(frame.locator("zicht-area")).to_contain_text(area.name)
        assert eventually(page, lambda: height(page) != 480)


def test_several_maps_share_a_page_and_those_out_of_sight_wait(
    editor: Viewer, site: str, demo: Demo, area: Region
) -> None:
    page = editor.page
    others = [one for one in demo.facts.indicators if one.id != demo.indicator.id and one.drawn == "fill"]
    second = f'<zicht-kaart indicator="{others[0].id}" height="400"></zicht-kaart>'
    far = f'<div id="far"></div><zicht-kaart indicator="{others[1].id}" lang="en"></zicht-kaart>'
    style = "<style>#far { height: 9000px; }</style>"
    policy = strict(site) + "; style-src 'unsafe-inline'"
    with another_site(pasted(site, element(demo, area, 'height="400"'), second, far, head=style), policy) as other:
        page.goto(other)
        expect(map_in(page, 0).get_by_role("heading", level=1)).to_contain_text(demo.indicator.title.nl)
        expect(map_in(page, 1).get_by_role("heading", level=1)).to_contain_text(others[0].title.nl)
        asked = [url for url in editor.requests if "/embed?" in url]
        assert len(asked) == 2
        page.locator("zicht-kaart").nth(2).scroll_into_view_if_needed()
        title = others[1].title
        expect(map_in(page, 2).get_by_role("heading", level=1)).to_contain_text(title.en or title.nl)


def test_where_the_frame_is_forbidden_or_the_script_is_the_link_and_the_table_stay(
    chromium: Browser, site: str, demo: Demo, area: Region
) -> None:
    children = '<a href="https://kaart.example.nl/">Cijfers</a><table><tr><td>12</td></tr></table>'
    page_text = pasted(site, element(demo, area, "", children))
    for policy in (f"default-src 'none'; script-src {origin(site)}", "default-src 'none'"):
        with a_viewer(chromium, site) as viewer, another_site(page_text, policy) as other:
            viewer.page.goto(other)
            viewer.page.wait_for_timeout(1000)
            expect(viewer.page.get_by_role("link", name="Cijfers")).to_be_visible()
            expect(viewer.page.get_by_role("cell", name="12")).to_be_visible()


@pytest.mark.parametrize("way", ["frame", "element"])
def test_what_an_editor_builds_works_where_it_is_pasted(
    editor: Viewer, site: str, demo: Demo, area: Region, way: str
) -> None:
    page = editor.page
    editor.open(f"?indicator={demo.indicator.id}&gebied={area.code}")
    page.get_by_role("button", name="Insluiten").click()
    dialog = page.get_by_role("dialog", name="Kaart insluiten op een website")
    if way == "element":
        dialog.get_by_role("radio", name="Element met script").check()
    dialog.get_by_label("Hoogte in pixels").fill("560")
    example = page.frame_locator("iframe[title='Voorbeeld van de ingesloten kaart']")
    expect(example.get_by_role("heading", level=1)).to_contain_text(demo.indicator.title.nl)
    snippet = dialog.get_by_label("Code voor de website").input_value()
    assert ("<zicht-kaart" in snippet) == (way == "element")
    policy = strict(site) + "; style-src 'unsafe-inline'"
    with another_site(pasted(site, snippet, script=" "), policy) as other:
        page.goto(other)
        frame = page.frame_locator("iframe")
        expect(frame.locator('zicht-map[state="idle"]')).to_be_visible()
        expect(frame.locator("zicht-area")).to_contain_text(area.name)
        box = page.locator("iframe").bounding_box()
        assert box is not None
        assert box["height"] == 560


def test_the_builder_says_when_a_color_cannot_be_read(editor: Viewer, demo: Demo) -> None:
    page = editor.page
    editor.open(f"?indicator={demo.indicator.id}")
    page.get_by_role("button", name="Insluiten").click()
    dialog = page.get_by_role("dialog", name="Kaart insluiten op een website")
    color = dialog.get_by_label("Kleur van knoppen en links")
    color.fill("#9b0050")
    expect(dialog.get_by_label("Code voor de website")).to_have_value(re.compile("kleur=9b0050"))
    expect(dialog.get_by_text("slecht te lezen")).to_have_count(0)
    color.fill("#ffe100")
    expect(dialog.get_by_text("slecht te lezen")).to_be_visible()


def test_messages_of_strangers_change_nothing(editor: Viewer, site: str, demo: Demo, area: Region) -> None:
    page = editor.page
    with another_site(pasted(site, element(demo, area)), strict(site)) as other:
        page.goto(other)
        frame = map_in(page)
        before = height(page)
        page.evaluate("() => window.postMessage({ zichtkaart: 'height', px: 1500 }, '*')")
        # From within the frame itself, and so not from the page around it.
        frame.locator("html").evaluate(
            "() => window.postMessage({ zichtkaart: 'style', tokens: { '--zichtkaart-accent': 'red' } }, '*')"
        )
        page.wait_for_timeout(500)
        assert height(page) == before
        assert frame.locator("html").evaluate("(html) => html.style.getPropertyValue('--zichtkaart-accent')") != "red"


def test_another_indicator_in_the_attribute_is_another_map(editor: Viewer, site: str, demo: Demo, area: Region) -> None:
    page = editor.page
    other_indicator = next(one for one in demo.facts.indicators if one.theme != demo.indicator.theme)
    with another_site(pasted(site, element(demo, area)), strict(site)) as other:
        page.goto(other)
        map_in(page)
        page.locator("zicht-kaart").evaluate(
            "(element, id) => element.setAttribute('indicator', id)", other_indicator.id
        )
        expect(map_in(page).get_by_role("heading", level=1)).to_contain_text(other_indicator.title.nl)


def test_the_script_is_a_few_kilobytes_and_keeps_its_name() -> None:
    script = (REPOSITORY / "server/static/embed.js").read_bytes()
    assert len(gzip.compress(script, 9)) < MOST_BYTES
    assert b"import" not in script.split(b"customElements", 1)[0][:20]
