"""QGIS, GDAL and OWSLib read the regions of a running server through OGC API Features, page by page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from owslib.ogcapi.features import Features

from tests.qgis.clients import run
from tests.qgis.running import Site

pytestmark = pytest.mark.qgis


def expected(site: Site, indicator: str, year: int, level: str) -> dict[str, tuple[float | None, str]]:
    """By code the figure and the reason, as the CSV of the server has them."""
    return {
        code: (float(row["value"]) if row["value"] else None, row["status"])
        for code, row in site.values(indicator, year, level).items()
    }


def figures(features: list[dict[str, Any]], field: str) -> dict[str, tuple[float | None, str]]:
    return {
        feature["code"]: (
            None if feature.get(field) is None else float(feature[field]),
            feature.get(f"{field}_status") or "",
        )
        for feature in features
    }


def test_qgis_reads_every_figure_and_reason_of_the_demo(demo: Site, tmp_path: Path) -> None:
    answer = run("open_features.py", "qgis.core", tmp_path, f"{demo.url}ogc/v1/", "vastgoed-2022-wijk")
    assert answer["error"] == ""
    assert answer["crs"] in ("OGC:CRS84", "EPSG:4326")
    found = figures([feature["attributes"] for feature in answer["features"]], "doorsluiswoningen")
    assert found == expected(demo, "doorsluiswoningen", 2022, "wijk")
    assert all(feature["area"] > 0 for feature in answer["features"])


@pytest.mark.real_data
def test_gdal_reads_every_wijk_of_the_netherlands(netherlands: Site, tmp_path: Path) -> None:
    answer = run("read_features.py", "osgeo.gdal", tmp_path, f"{netherlands.url}ogc/v1/", "vastgoed-2022-wijk")
    found = figures([feature["attributes"] for feature in answer["features"]], "gemiddelde_woz_waarde")
    assert found == expected(netherlands, "gemiddelde-woz-waarde", 2022, "wijk")
    assert len(found) == 3340
    assert found["WK036300"] == (479.0, "")


def test_owslib_finds_collections_and_a_region_in_a_box(demo: Site) -> None:
    interface = Features(f"{demo.url}ogc/v1/")
    assert "vastgoed-2022-wijk" in interface.feature_collections()
    place = next(iter(demo.places(2022).values()))
    box = [place["west"], place["south"], place["east"], place["north"]]
    answer = interface.collection_items("vastgoed-2022-wijk", bbox=box, limit=500)
    assert answer["numberMatched"] == answer["numberReturned"] > 0
    schema = interface.collection_queryables("vastgoed-2022-wijk")
    assert "doorsluiswoningen" in schema["properties"]
