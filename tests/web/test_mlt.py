"""MapLibre draws MapLibre Tiles as it draws Mapbox Vector Tiles."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Route

from tests.qgis.pictures import Pixels, read_png
from tests.web.conftest import REPOSITORY

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

MAPLIBRE = REPOSITORY / "server/web/node_modules/maplibre-gl/dist"

PAGE = """<!doctype html><style>body { margin: 0 } #map { width: 800px; height: 600px }</style><div id="map"></div>
<script type="module">
import { Map, setWorkerUrl } from "./maplibre-gl.mjs";
setWorkerUrl(new URL("./maplibre-gl-worker.mjs", location).href);
window.draw = async (style, center, zoom) => {
  const map = new Map({ container: "map", style, center, zoom, fadeDuration: 0, attributionControl: false });
  const troubles = [];
  map.on("error", ({ error }) => troubles.push(String(error)));
  await new Promise((done) => map.once("idle", done));
  const drawn = map.queryRenderedFeatures().map(({ id, layer, properties }) => [layer.id, id, properties]);
  return { drawn, troubles };
};
window.ready = true;
</script>"""

ZOOMS = (6.5, 8.2, 9.7, 11.4, 13.1)
"""Every level of the demo, and beyond the last zoom of its tiles."""


@pytest.fixture
def page(chromium: Browser, site: str) -> Iterator[Page]:
    """A page below ``maplibre/`` of the server that draws a style."""

    def answer(route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        if name:
            route.fulfill(path=MAPLIBRE / name)
        else:
            route.fulfill(body=PAGE, content_type="text/html")

    context = chromium.new_context(viewport={"width": 800, "height": 600})
    context.route("**/maplibre/*", answer)
    page = context.new_page()
    page.goto(f"{site}maplibre/")
    page.wait_for_function("window.ready")
    yield page
    context.close()


def drawn(page: Page, site: str, profile: str, zoom: float, folder: Path) -> tuple[list[str], Pixels, set[str]]:
    """What a style draws: its features as JSON, the picture, and the types of the tiles it was drawn from."""
    page.reload()
    page.wait_for_function("window.ready")
    types: set[str] = set()
    page.on(
        "response",
        lambda answer: types.add(answer.headers.get("content-type", "")) if "/tiles/" in answer.url else None,
    )
    with urllib.request.urlopen(f"{site}styles/koopwoningen?profile={profile}", timeout=30) as answer:
        style = json.load(answer)
    found = page.evaluate("([style, center, zoom]) => draw(style, center, zoom)", [style, style["center"], zoom])
    assert found["troubles"] == []
    features = sorted(json.dumps(feature, sort_keys=True) for feature in found["drawn"])
    picture = page.locator("#map").screenshot(path=folder / f"{profile}.png")
    return features, read_png(picture), types


@pytest.mark.parametrize("zoom", ZOOMS)
def test_maplibre_draws_both_encodings_alike(page: Page, site: str, zoom: float, tmp_path: Path) -> None:
    mvt_features, mvt_picture, mvt_types = drawn(page, site, "web-mvt", zoom, tmp_path)
    mlt_features, mlt_picture, mlt_types = drawn(page, site, "web", zoom, tmp_path)
    assert "application/vnd.mapbox-vector-tile" in mvt_types
    assert "application/vnd.maplibre-tile" in mlt_types
    assert "application/vnd.mapbox-vector-tile" not in mlt_types
    assert len(mvt_features) > 10
    assert mlt_features == mvt_features
    assert len(np.unique(mvt_picture.reshape(-1, 3), axis=0)) > 20, "the picture is empty"
    differs = np.abs(mlt_picture.astype(int) - mvt_picture).max(axis=2) > 8
    assert differs.mean() < 0.001
