"""QGIS opens what we hand out: layer files, connections, and WMTS in both grids."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.qgis.clients import View, run
from tests.qgis.pictures import Picture, class_color, has
from tests.qgis.running import Site
from tests.qgis.test_qgis import LAT, LON, MERCATOR, check_picture

pytestmark = pytest.mark.qgis

INDICATOR = "onverklaarbare-woningaankopen"
TITLE = "Onverklaarbare woningaankopen"
CONNECTIONS = ("vector-tiles.xml", "xyz.xml", "wmts.xml", "ogc-api.xml")


@pytest.fixture(scope="module")
def opened(demo: Site, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What ``checks/open_handouts.py`` answers for the theme Vastgoed of 2022."""
    folder = tmp_path_factory.mktemp("handouts")
    (folder / "vastgoed.qlr").write_bytes(demo.get("qgis/vastgoed.qlr?year=2022").content)
    for name in CONNECTIONS:
        (folder / name).write_bytes(demo.get(f"qgis/connections/{name}").content)
    job = {
        "layer_file": str(folder / "vastgoed.qlr"),
        "map": TITLE,
        "connections": {name: str(folder / name) for name in CONNECTIONS},
        "site": demo.url,
        "wmts": [(INDICATOR, grid) for grid in ("WebMercatorQuad", "NetherlandsRDNewQuad")],
        "folder": str(folder),
        "views": [View(name="gebied", crs=MERCATOR, lon=LON, lat=LAT, zoom=11.6, width=900, height=900)],
    }
    (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
    return run("open_handouts.py", "qgis.core", folder, str(folder / "job.json"))


def test_every_layer_of_the_file_is_valid_and_nothing_is_complained_of(opened: dict[str, Any]) -> None:
    assert opened["problems"] == []
    assert all(layer["valid"] for layer in opened["layers"])
    assert {layer["provider"] for layer in opened["layers"]} == {"vectortile", "OAPIF"}


def test_the_map_of_the_file_has_every_region_in_its_class_or_with_its_reason(
    opened: dict[str, Any], demo: Site
) -> None:
    name = next(layer["name"] for layer in opened["layers"] if layer["name"].startswith(TITLE))
    picture = Picture.of(opened["views"][f"{name} gebied"], MERCATOR)
    count, reasons = check_picture(picture, demo, INDICATOR, 2022, "buurt", 2022)
    assert count >= 30
    assert "withheld" in reasons


def test_the_legend_of_regions_tells_classes_and_reasons(opened: dict[str, Any]) -> None:
    legends = [layer["legend"] for layer in opened["layers"] if layer["provider"] == "OAPIF"]
    assert legends
    for legend in legends:
        assert "Geheim of te weinig waarnemingen" in legend
        assert any("tot" in label for label in legend)


def test_qgis_imports_every_connection(opened: dict[str, Any]) -> None:
    found = opened["connections"]
    assert any("vastgoed-2022" in name for name in found["vector-tiles.xml"])
    assert any("Onverklaarbare" in name for name in found["xyz.xml"])
    assert found["wmts.xml"] == found["ogc-api.xml"] == ["Zicht op Markerwaard"]


@pytest.mark.parametrize(("grid", "crs"), [("WebMercatorQuad", "EPSG:3857"), ("NetherlandsRDNewQuad", "EPSG:28992")])
def test_wmts_shows_the_classes_where_they_belong(opened: dict[str, Any], demo: Site, grid: str, crs: str) -> None:
    picture = Picture.of(opened["views"][f"{INDICATOR} {grid} gebied"], crs)
    facts, places = demo.indicator(INDICATOR), demo.places(2022)
    edges = facts["breaks"]["buurt"]["edges"]
    looked, right = 0, 0
    for code, row in demo.values(INDICATOR, 2022, "buurt").items():
        place = places[code]
        if row["value"] and picture.holds(place["lon"], place["lat"], 8):
            looked += 1
            around = picture.around(place["lon"], place["lat"], 4)
            right += has(around, class_color(float(row["value"]), edges, facts["colors"]))
    assert looked > 20
    # A pond can lie on the place of a label, and a picture is drawn anew for the screen.
    assert right / looked > 0.9
