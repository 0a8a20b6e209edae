"""A background map of another site, which the browser never asks: one switches it on and off, and nothing is lost without it."""

from __future__ import annotations

import base64
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from playwright.sync_api import Browser, expect

from tests.web.conftest import serving
from tests.web.test_viewer import COLORS_AT, Demo, Viewer, _violations, a_viewer, address

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

RED = (220, 30, 30)
CREDIT = "Achtergrond: rood van de proef"


def red_tile() -> bytes:
    with rasterio.MemoryFile() as memory:
        with memory.open(
            driver="PNG", width=256, height=256, count=3, dtype="uint8", transform=Affine.scale(2)
        ) as file:
            file.write(np.broadcast_to(np.array(RED, np.uint8)[:, None, None], (3, 256, 256)))
        return bytes(memory.read())


@contextmanager
def tiles(status: int) -> Iterator[str]:
    """A site with one tile for every place, or with a status for each."""
    body = red_tile()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "image/png")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/{{z}}/{{x}}/{{y}}.png"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def a_map(chromium: Browser, atlas: Path, log: Path, status: int = 200) -> Iterator[tuple[Viewer, Demo]]:
    with (
        tiles(status) as template,
        serving(atlas, log, background=template, background_attribution=CREDIT) as site,
        a_viewer(chromium, site, bypass_csp=True) as viewer,
    ):
        yield viewer, Demo(site)
        assert [url for url in viewer.requests if not url.startswith((site, "data:", "blob:"))] == []


def test_a_reader_switches_it_on_and_legend_and_map_stay_alike(
    chromium: Browser, demo_atlas: Path, tmp_path: Path
) -> None:
    with a_map(chromium, demo_atlas, tmp_path / "log.txt") as (viewer, demo):
        indicator, page = demo.indicator, viewer.page
        region, _ = demo.with_number(demo.levels(indicator)[0])
        viewer.open(address(indicator, demo.year(indicator), region, demo.zoom(region.level) + 2))
        credit = page.locator(".credit")
        expect(credit).not_to_contain_text(CREDIT)
        assert not [url for url in viewer.requests if "/background/" in url]
        button = page.get_by_role("button", name="Achtergrondkaart")
        expect(button).to_have_attribute("aria-pressed", "false")
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        expect(credit).to_contain_text(CREDIT)
        assert viewer.query["achtergrond"] == "aan"
        page.wait_for_timeout(500)
        viewer.settle()
        assert [url for url in viewer.requests if "/background/" in url]
        value, _ = demo.figures(indicator, region.level)[region.code]
        assert value is not None
        color = bytes.fromhex(indicator.colors[sum(edge <= value for edge in indicator.breaks[region.level].edges)][1:])
        opacity = page.locator("zicht-legend zicht-swatch").first.evaluate(
            "(swatch) => Number(getComputedStyle(swatch.renderRoot.querySelector('canvas')).opacity)"
        )
        wanted = [opacity * one + (1 - opacity) * red for one, red in zip(color, RED, strict=True)]
        box = page.locator("zicht-map").bounding_box()
        assert box is not None
        middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        places = [(middle[0] + x, middle[1] + y) for x in range(-150, 151, 50) for y in (-60, 60)]
        seen = page.evaluate(COLORS_AT, [base64.b64encode(page.screenshot()).decode(), places])
        near = [max(abs(one - other) for one, other in zip(found, wanted, strict=True)) <= 3 for found in seen]
        assert sum(near) >= len(places) / 2, (wanted, seen)
        assert _violations(page) == []
        page.go_back()
        expect(button).to_have_attribute("aria-pressed", "false")
        expect(credit).not_to_contain_text(CREDIT)
        assert viewer.errors == []


def test_where_its_site_fails_the_figures_are_there_all_the_same(
    chromium: Browser, demo_atlas: Path, tmp_path: Path
) -> None:
    with a_map(chromium, demo_atlas, tmp_path / "log.txt", status=503) as (viewer, _):
        viewer.open("embed?achtergrond=aan&lang=en")
        expect(viewer.page.get_by_role("button", name="Background map")).to_have_attribute("aria-pressed", "true")
        expect(viewer.page.locator(".source")).to_contain_text(CREDIT)
        viewer.page.wait_for_timeout(500)
        viewer.settle()
        expect(viewer.page.get_by_role("alert")).to_have_count(0)
        assert all("502" in error for error in viewer.errors)


def test_without_the_setting_there_is_no_button(chromium: Browser, site: str) -> None:
    with a_viewer(chromium, site) as viewer:
        viewer.open("?achtergrond=aan")
        expect(viewer.page.get_by_role("button", name="Toon de hele kaart")).to_be_visible()
        expect(viewer.page.get_by_role("button", name="Achtergrondkaart")).to_have_count(0)
        assert not [url for url in viewer.requests if "/background/" in url]
        assert viewer.errors == []
