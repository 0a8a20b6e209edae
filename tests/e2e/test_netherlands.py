"""All of the Netherlands on real CBS files: from the catalog to the figure that a reader sees."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from layers.store import Atlas
from tests.web.conftest import chromium, serving
from tiles.archive import TileArchive
from tiles.quality import measure

__all__ = ["chromium"]

pytestmark = pytest.mark.real_data

BUURTEN_2016 = """
[atlas]
id = "buurten-2016"
title = "Buurten 2016"
attribution = "Bron: CBS, Kadaster (CC BY 4.0)"
maxzoom = 12

[[regions]]
level = "buurt"
year = 2016
source = "shared/data/geo/{file}"
code = "BU_CODE"
name = "BU_NAAM"

[[tables]]
id = "adressen"
source = "shared/data/geo/{file}"
level = "buurt"
year = 2016
code = "BU_CODE"

[[themes]]
id = "context"
title = "Context"

[[indicators]]
id = "adressendichtheid"
theme = "context"
title = "Omgevingsadressendichtheid"
unit = "adressen per km2"
kind = "mean"
column = "OAD"
"""


def zichtkaart(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "server.cli", *map(str, words)], capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def beside_shared(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("netherlands")
    (folder / "shared").symlink_to(shared_data.parent)
    return folder


@pytest.fixture(scope="module")
def netherlands(beside_shared: Path, shared_data: Path) -> Iterator[str]:
    """The address of a server with the catalog of the design, word for word."""
    design = (shared_data.parent / "DESIGN.md").read_text(encoding="utf-8")
    (catalog,) = re.findall(r"```toml\n(.*?)```", design, re.DOTALL)
    (beside_shared / "nederland.toml").write_text(catalog, encoding="utf-8")
    built = zichtkaart("build", beside_shared / "nederland.toml", "-o", beside_shared / "nederland")
    assert built.returncode == 0, built.stderr
    with serving(beside_shared / "nederland", beside_shared / "log.txt") as address:
        yield address


@pytest.mark.browser
def test_the_page_shows_the_figure_of_the_file_for_wijken_all_over_the_country(
    chromium: Browser, netherlands: str, shared_data: Path
) -> None:
    with (shared_data / "indicators" / "wijk_2022_tmap.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    numbers = [row for row in rows if row["dwelling_value"]]
    chosen = [*numbers[:: len(numbers) // 6], next(row for row in rows if not row["dwelling_value"])]
    page = chromium.new_page(viewport={"width": 1280, "height": 800})
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    for row in chosen:
        page.goto(f"{netherlands}?indicator=gemiddelde-woz-waarde&niveau=wijk&gebied={row['code']}")
        card = page.locator("zicht-area")
        figure = f"{float(row['dwelling_value']):.0f}" if row["dwelling_value"] else "Geen cijfer"
        expect(card.get_by_role("heading")).to_have_text(row["name"], timeout=40_000)
        expect(card.locator(".number")).to_contain_text(figure)
    assert wrong == []


def test_the_buurten_of_2016_build_with_a_report_and_none_is_lost(beside_shared: Path) -> None:
    catalog, atlas = beside_shared / "buurten.toml", beside_shared / "buurten"
    catalog.write_text(BUURTEN_2016.format(file="nl_buurt_2016_wof.parquet"), encoding="utf-8")
    built = zichtkaart("build", catalog, "-o", atlas, "--jobs", "2")
    assert built.returncode == 0, built.stderr
    assert "buurt 2016: 4 regions had a border that crosses itself, made valid: BU03850501" in built.stdout
    assert re.search(r"3,\d{3} regions overlapped a neighbour or did not match its border", built.stdout)
    archive = TileArchive.open(Atlas.open(atlas).path(Atlas.open(atlas).facts.editions[0].tiles))
    largest = max(len(archive.tile(coord) or b"") for coord in archive.coords())
    assert largest < 500_000
    seen = measure(archive, layers=["buurt"], zooms=[archive.maxzoom])
    (at_maxzoom,) = seen.zooms
    assert at_maxzoom.regions == 12_187
    assert at_maxzoom.lost == 0
    assert at_maxzoom.invalid == 0
    assert at_maxzoom.overlap_ppm < 0.1


def test_duplicate_codes_leave_the_atlas_as_it_was(beside_shared: Path, netherlands: str) -> None:
    atlas = beside_shared / "nederland"
    before = {path: path.read_bytes() for path in sorted(atlas.rglob("*")) if path.is_file()}
    catalog = beside_shared / "dubbel.toml"
    catalog.write_text(BUURTEN_2016.format(file="nl_buurt_2016_wof_duplicates.parquet"), encoding="utf-8")
    refused = zichtkaart("build", catalog, "-o", atlas)
    assert refused.returncode == 1
    assert "76 codes occur more than once: BU00590004 (rows 1, 2)" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert {path: path.read_bytes() for path in sorted(atlas.rglob("*")) if path.is_file()} == before
    assert netherlands


def test_the_topojson_on_a_coarse_grid_builds_and_says_what_is_missing(beside_shared: Path) -> None:
    text = BUURTEN_2016.format(file="nl_buurt_2014_q1e3.topojson").replace('"BU_CODE"', '"statcode"')
    text = text.replace('"BU_NAAM"', '"statnaam"')
    figures = beside_shared / "buurten-2014.csv"
    figures.write_text("statcode;OAD\nBU00030000;12\n", encoding="utf-8")
    text = text.replace(
        'id = "adressen"\nsource = "shared/data/geo/nl_buurt_2014_q1e3.topojson"',
        'id = "adressen"\nsource = "buurten-2014.csv"',
    )
    (beside_shared / "topo.toml").write_text(text, encoding="utf-8")
    built = zichtkaart("build", beside_shared / "topo.toml", "-o", beside_shared / "topo")
    assert built.returncode == 0, built.stderr
    assert "without a usable geometry left out" in built.stdout
    assert "had a border that crosses itself, made valid" in built.stdout
