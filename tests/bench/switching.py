"""How long a switch of subject or year takes in the viewer, beside reloading tiles that hold the figures.

    python -m tests.bench.switching ../shared/data

builds two atlases (all wijken of 2022 with figures of CBS, 12,187 buurten of 2016 with made-up ones), opens the viewer in
Chromium with the whole country in view, and switches back and forth between subjects of two themes. In turn with it MapLibre
alone is given the styles of the server, which draw tiles with the figures in them. Both count from the choice to the drawn
frame, with all that either needs in the browser's memory or cache. Wall clock counts on an idle machine only; the ratio holds
on any.
"""

from __future__ import annotations

import csv
import json
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
from playwright.sync_api import Browser, Page, Route, ViewportSize, sync_playwright

from tests.web.conftest import CHROMIUM, FLAGS, REPOSITORY, serving

ROUNDS = 9
SIZE: ViewportSize = {"width": 1280, "height": 800}
MAPLIBRE = REPOSITORY / "server/web/node_modules/maplibre-gl/dist"

HEAD = """
[atlas]
id = "switching"
title = "Switching"
attribution = "CBS, Kadaster/PDOK (CC BY 4.0)"
maxzoom = 10

[[regions]]
level = "{level}"
year = {year}
source = "{borders}"
minzoom = 0
{columns}

[[tables]]
id = "figures"
source = "{figures}"
level = "{level}"
year = {year}
code = "code"
"""

SUBJECT = """
[[themes]]
id = "{theme}"
title = "{theme}"

[[indicators]]
id = "{column_id}"
theme = "{theme}"
title = "{column}"
unit = "x"
kind = "mean"
decimals = {decimals}
column = "{column}"
style = {{ palette = "{palette}", classes = 5, method = "quantiles" }}
"""

PEER = """<!doctype html><style>body { margin: 0 } #map { width: 920px; height: 736px }</style><div id="map"></div>
<script type="module">
import { Map, setWorkerUrl } from "./maplibre-gl.mjs";
setWorkerUrl(new URL("./maplibre-gl-worker.mjs", location).href);
let map;
window.start = async (style) => {
  const { center, zoom } = style;
  map = new Map({ container: "map", style, center, zoom, fadeDuration: 0, attributionControl: false });
  await new Promise((done) => map.once("idle", done));
};
window.change = async (style) => {
  const start = performance.now();
  map.setStyle(style);
  await new Promise((done) => map.once("idle", done));
  return performance.now() - start;
};
window.ready = true;
</script>"""


@dataclass(frozen=True)
class Case:
    """A country of areas with two subjects, each in a theme and so in a tileset of its own."""

    name: str
    level: str
    year: int
    borders: Path
    columns: str
    figures: Path
    subjects: tuple[str, str]
    decimals: int

    def catalog(self) -> str:
        """Two subjects in two palettes, so that colors change as well."""
        head = HEAD.format(
            level=self.level, year=self.year, borders=self.borders, columns=self.columns, figures=self.figures
        )
        subjects = [
            SUBJECT.format(theme=theme, column=column, column_id=self.ids[row], palette=palette, decimals=self.decimals)
            for row, (theme, column, palette) in enumerate(
                zip(("een", "twee"), self.subjects, ("YlGnBu", "Blues"), strict=True)
            )
        ]
        return head + "".join(subjects)

    @property
    def ids(self) -> list[str]:
        """Ids of the subjects."""
        return [column.replace("_", "-") for column in self.subjects]


def cases(shared: Path, folder: Path) -> list[Case]:
    """All wijken with real figures, and as many buurten as there are with figures that follow from their codes."""
    buurten = shared / "geo" / "nl_buurt_2016_wof.parquet"
    made_up = folder / "made-up.csv"
    with made_up.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["code", "first", "second"])
        for row, code in enumerate(pq.read_table(buurten, columns=["BU_CODE"])["BU_CODE"].to_pylist()):
            writer.writerow(
                [code, "." if row % 11 == 0 else row * 7919 % 1000, "" if row % 17 == 0 else row * 104729 % 500]
            )
    return [
        Case(
            "3,340 wijken of 2022",
            "wijk",
            2022,
            shared / "geo" / "nl_2022_tmap.gpkg",
            'layer = "wijk_2022"\ncode = "code"\nname = "name"',
            shared / "indicators" / "wijk_2022_tmap.csv",
            ("dwelling_value", "dwelling_ownership"),
            0,
        ),
        Case(
            "12,187 buurten of 2016",
            "buurt",
            2016,
            buurten,
            'code = "BU_CODE"\nname = "BU_NAAM"',
            made_up,
            ("first", "second"),
            0,
        ),
    ]


def measured(browser: Browser, site: str, case: Case) -> tuple[list[float], list[float]]:
    """Milliseconds per switch: in the viewer, and by reloading tiles with figures; the first of each is thrown away."""
    viewer, peer = browser.new_page(viewport=SIZE), browser.new_page(viewport=SIZE)
    for page in (viewer, peer):
        page.set_default_timeout(600_000)
    viewer.goto(f"{site}?indicator={case.ids[0]}&niveau={case.level}")
    viewer.wait_for_selector('zicht-map[state="idle"]')
    styles = _peer(peer, site, case)
    ours: list[float] = []
    theirs: list[float] = []
    for number in range(ROUNDS + 1):
        chosen = (number + 1) % 2
        ours.append(_switch(viewer, case.ids[chosen], number))
        theirs.append(peer.evaluate("(style) => change(style)", styles[chosen]))
    viewer.close()
    peer.close()
    return ours[1:], theirs[1:]


def _switch(page: Page, indicator: str, before: int) -> float:
    page.evaluate(
        """(indicator) => document.querySelector("zicht-app").renderRoot.querySelector("zicht-choices")
             .dispatchEvent(new CustomEvent("choose", { detail: { indicator } }))""",
        indicator,
    )
    page.wait_for_function("(count) => performance.getEntriesByName('zichtkaart:switch').length > count", arg=before)
    page.wait_for_selector('zicht-map[state="idle"]')
    return float(page.evaluate("() => performance.getEntriesByName('zichtkaart:switch').at(-1).duration"))


def _peer(page: Page, site: str, case: Case) -> list[object]:
    def answer(route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        if name:
            route.fulfill(path=MAPLIBRE / name)
        else:
            route.fulfill(body=PEER, content_type="text/html")

    page.route("**/maplibre/*", answer)
    page.goto(f"{site}maplibre/")
    page.wait_for_function("window.ready")
    styles: list[object] = [
        json.loads(page.request.get(f"{site}styles/{indicator}?level={case.level}").text()) for indicator in case.ids
    ]
    page.evaluate("(style) => start(style)", styles[0])
    return styles


def main() -> None:
    """Build, measure, print a table."""
    shared = Path(sys.argv[1]).resolve()
    sys.stdout.write(
        "| areas in view | viewer | tiles with figures, reloaded | viewer / reloaded |\n|---|---:|---:|---:|\n"
    )
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        folder = Path(place)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        for case in cases(shared, folder):
            catalog, atlas = folder / f"{case.level}.toml", folder / case.level
            catalog.write_text(case.catalog(), encoding="utf-8")
            command = [sys.executable, "-m", "server.cli", "build", str(catalog), "-o", str(atlas)]
            subprocess.run(command, cwd=REPOSITORY, check=True, stdout=subprocess.DEVNULL)
            with serving(atlas, folder / "log.txt") as site:
                ours, theirs = map(statistics.median, measured(browser, site, case))
            sys.stdout.write(f"| {case.name} | {ours:.0f} ms | {theirs:.0f} ms | {ours / theirs:.2f} |\n")
            sys.stdout.flush()
        browser.close()


if __name__ == "__main__":
    main()
