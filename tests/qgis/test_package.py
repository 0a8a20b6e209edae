"""A GeoPackage with styles inside: QGIS shows each region in its class or with its reason as soon as it is opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.qgis.clients import run
from tests.qgis.pictures import class_color
from tests.qgis.running import Site

pytestmark = pytest.mark.qgis

FIRST = "particuliere-woningen"
REASONS = {
    "withheld": "Secret or too few observations",
    "missing": "No figure",
    "not-yet-published": "Not yet published",
    "not-applicable": "Not applicable",
    "not-comparable": "Not comparable",
}


def test_each_region_meets_one_rule_which_is_its_class_or_its_reason(demo: Site, tmp_path: Path) -> None:
    path = tmp_path / "vastgoed.gpkg"
    path.write_bytes(demo.get("qgis/vastgoed.gpkg?year=2022&lang=en").content)
    answer = run("open_package.py", "qgis.core", tmp_path, str(path), str(tmp_path / "map.png"))
    facts = demo.indicator(FIRST)
    assert list(answer) == ["gemeente_2022", "wijk_2022", "buurt_2022"]
    met = set()
    for name, layer in answer.items():
        level = name.partition("_")[0]
        rows = demo.values(FIRST, 2022, level)
        assert layer["valid"]
        assert layer["crs"] == "EPSG:28992"
        assert len(layer["styles"]) > 3
        assert set(layer["found"]) == set(rows)
        for code, row in rows.items():
            [(label, color)] = layer["found"][code]
            if row["value"]:
                assert color == class_color(float(row["value"]), facts["breaks"][level]["edges"], facts["colors"])
            else:
                assert label == REASONS[row["status"]]
            met.add(row["status"])
    assert {"", "withheld"} <= met
    assert (tmp_path / "map.png").stat().st_size > 10_000


def test_the_same_figures_give_the_same_package(demo: Site) -> None:
    first, second = (demo.get(f"qgis/vastgoed.gpkg?year=2022&lang={lang}").content for lang in ("nl", "nl"))
    assert first == second
    assert first != demo.get("qgis/vastgoed.gpkg?year=2022&lang=en").content
