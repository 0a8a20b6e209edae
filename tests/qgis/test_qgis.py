"""A real QGIS and a real GDAL open the addresses of a running server."""

from __future__ import annotations

import csv
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest

from styles.bivariate import COLORS
from styles.tokens import LIGHT
from tests.qgis.clients import Click, View, converted, open_in_qgis, read_with_gdal
from tests.qgis.pictures import Picture, class_color, has, likest, read_png, rgb
from tests.qgis.running import Site
from tests.server.process import REPOSITORY
from tests.styles.reading import passes

pytestmark = pytest.mark.qgis

MERCATOR, RD = "EPSG:3857", "EPSG:28992"
DEFAULT_BLUE = "#0000ff"
WATER = LIGHT.water
"""The color of ponds, which lie on top of regions."""

REGION_PX = 20
"""A region narrower than this is left out, as borders can cover it."""

PATTERN_PX = 24
"""A region narrower than this does not show enough of its pattern to tell which one it is."""

LON, LAT = 5.249, 52.568
"""The middle of the demo."""


def both_grids(name: str, lon: float, lat: float, zoom: float, size: int = 900) -> list[View]:
    """The same map in the grid of the tiles and in the Dutch one."""
    return [
        View(name=f"{name}-{crs[5:]}", crs=crs, lon=lon, lat=lat, zoom=zoom, width=size, height=size)
        for crs in (MERCATOR, RD)
    ]


def patterns_of(site: Site) -> dict[str, np.ndarray[Any, np.dtype[np.uint8]]]:
    """The images of the sprite by reason."""
    pixels, index = read_png(site.get("sprites/reasons.png").content), site.get("sprites/reasons.json").json()
    return {
        name.removeprefix("reason-"): pixels[at["y"] : at["y"] + at["height"], at["x"] : at["x"] + at["width"]]
        for name, at in index.items()
        if name.startswith("reason-")
    }


def side_px(picture: Picture, place: dict[str, Any]) -> float:
    """The shorter side of the extent of a region in a picture."""
    left, bottom = picture.place(place["west"], place["south"])
    right, top = picture.place(place["east"], place["north"])
    return min(right - left, bottom - top)


def check_picture(
    picture: Picture, site: Site, indicator: str, year: int, level: str, edition: int
) -> tuple[int, set[str]]:
    """Every region in view has the color of its class, the widest of each reason its pattern: how many, and which reasons."""
    facts, places = site.indicator(indicator), site.places(edition)
    edges = facts["breaks"].get(level, {}).get("edges", [])
    sizes = {
        code: side_px(picture, places[code])
        for code in site.values(indicator, year, level)
        if picture.holds(places[code]["lon"], places[code]["lat"], 10)
    }
    wrong, shown, widest = [], set[str](), dict[str, str]()
    for code, row in site.values(indicator, year, level).items():
        if sizes.get(code, 0) < REGION_PX:
            continue
        if row["status"]:
            widest[row["status"]] = max(code, widest.get(row["status"], code), key=sizes.__getitem__)
            continue
        color = class_color(float(row["value"]), edges, facts["colors"])
        shown.add(color)
        around = picture.around(places[code]["lon"], places[code]["lat"], 5)
        if not has(around, color) and not has(around, WATER):
            wrong.append((code, row["value"], color))
    assert wrong == []
    assert all(has(picture.pixels, color) for color in shown)
    assert not has(picture.pixels, DEFAULT_BLUE)
    telling = {reason: code for reason, code in widest.items() if sizes[code] > PATTERN_PX}
    for reason, code in telling.items():
        around = picture.around(places[code]["lon"], places[code]["lat"], 16)
        assert likest(around, patterns_of(site)) == reason, code
    return sum(size >= REGION_PX for size in sizes.values()), set(telling)


@pytest.mark.parametrize(
    ("indicator", "year", "level", "least", "reasons"),
    [
        ("onverklaarbare-woningaankopen", 2022, "buurt", 60, {"withheld", "not-applicable", "not-comparable"}),
        ("doorsluiswoningen", 2022, "wijk", 50, {"withheld", "missing"}),
        ("doorsluiswoningen", 2022, "gemeente", 8, {"missing"}),
        ("onbekende-eigenaren", 2024, "wijk", 60, {"not-yet-published"}),
        ("drugsdelicten", 2018, "wijk", 50, {"withheld"}),
    ],
)
def test_qgis_draws_each_region_in_its_class_or_with_its_reason(
    demo: Site, indicator: str, year: int, level: str, least: int, reasons: set[str], tmp_path: Path
) -> None:
    edition = 2018 if year < 2022 else 2022
    tileset = f"{demo.indicator(indicator)['theme']}-{year}"
    zoom = max(10.9, min(demo.minzoom(level) + 1, demo.maxzoom) - 0.4)
    style, views = demo.style(indicator, year, level), both_grids(level, LON, LAT, zoom, 1000)
    found = open_in_qgis(demo.tiles(tileset), style, tmp_path, views, [])
    assert found["problems"] == []
    for view in views:
        picture = Picture.of(found["views"][view["name"]], view["crs"])
        count, seen = check_picture(picture, demo, indicator, year, level, edition)
        assert count >= least
        assert seen == reasons
        named = Picture.of(found["views"][view["name"]], view["crs"], "picture")
        assert (named.pixels != picture.pixels).any(axis=-1).mean() > 0.005


@pytest.mark.parametrize("crs", [MERCATOR, RD])
@pytest.mark.parametrize(("coarser", "level"), [("gemeente", "wijk"), ("wijk", "buurt")])
def test_a_finer_level_comes_a_zoom_after_its_own(
    demo: Site, crs: str, coarser: str, level: str, tmp_path: Path
) -> None:
    """QGIS takes its zoom from the scale, rounds it, and in the Dutch grid has a higher one for the same map."""
    first = min(demo.minzoom(level) + 1, demo.maxzoom) - (
        0.0 if crs == MERCATOR else -math.log2(math.cos(math.radians(LAT)))
    )
    views = [
        View(name=name, crs=crs, lon=LON, lat=LAT, zoom=first + step, width=700, height=700)
        for name, step in ((coarser, -0.6), (level, -0.4))
    ]
    found = open_in_qgis(demo.tiles("vastgoed-2022"), demo.style("gemiddelde-woz-waarde", 2022), tmp_path, views, [])
    assert found["problems"] == []
    for view in views:
        picture = Picture.of(found["views"][view["name"]], crs)
        assert check_picture(picture, demo, "gemiddelde-woz-waarde", 2022, view["name"], 2022)[0] >= 8


def test_what_lies_outside_all_regions_is_left_to_other_maps(demo: Site, tmp_path: Path) -> None:
    views = both_grids("around", LON, LAT, 9, 600)
    found = open_in_qgis(demo.tiles("drugs-2022"), demo.style("drugsdelicten", 2022), tmp_path, views, [])
    for view in views:
        picture = Picture.of(found["views"][view["name"]], view["crs"])
        assert (picture.pixels[:100, :100] == 255).all()


@pytest.mark.parametrize("indicator", ["onverklaarbare-woningaankopen", "familierelaties-softdrugs"])
def test_qgis_converts_the_served_style_without_a_warning(demo: Site, indicator: str, tmp_path: Path) -> None:
    style = demo.get(demo.style(indicator, 2022).removeprefix(demo.url)).json()
    picture, index = demo.get("sprites/reasons@2x.png").content, demo.get("sprites/reasons@2x.json").json()
    found = converted(style, picture, index, tmp_path)
    assert found["done"]
    assert found["warnings"] == []
    assert style["sprite"] == f"{demo.url}sprites/reasons"


def mixed(color: str, below: str, opacity: float) -> np.ndarray[Any, np.dtype[np.float64]]:
    """A color through which another shows."""
    return opacity * np.array(rgb(color), float) + (1 - opacity) * np.array(rgb(below), float)


def test_qgis_draws_whole_circles_as_large_as_their_figures_and_marks_for_reasons(demo: Site, tmp_path: Path) -> None:
    indicator, year, level = "familierelaties-softdrugs", 2022, "gemeente"
    style = demo.get(demo.style(indicator, year).removeprefix(demo.url)).json()
    sizes = [one for one in style["layers"] if one.get("metadata", {}).get("zichtkaart:role") == "symbols"]
    views = both_grids("circles", LON, LAT, 10.3, 1000)
    found = open_in_qgis(demo.tiles(f"drugs-{year}"), demo.style(indicator, year), tmp_path, views, [])
    assert found["problems"] == []
    places, rows = demo.places(2022), demo.values(indicator, year, level)
    fields = {
        code: {"level": level, "familierelaties_softdrugs": float(row["value"] or -1)} for code, row in rows.items()
    }
    for view in views:
        picture = Picture.of(found["views"][view["name"]], view["crs"], "plain")
        for code, row in rows.items():
            column, line = picture.place(places[code]["lon"], places[code]["lat"])
            if row["status"]:
                assert near(picture, column, line, rgb(LIGHT.mark_ink), 10), code
                continue
            [layer] = [one for one in sizes if passes(one["filter"], fields[code])]
            radius = layer["paint"]["circle-radius"]
            inside, outside = (ring(picture, column, line, reach) for reach in (0.8 * radius, radius + 4))
            looks = [mixed(layer["paint"]["circle-color"], below, 0.6) for below in (LIGHT.land, WATER)]
            assert sum(min(np.abs(pixel - one).max() for one in looks) < 25 for pixel in inside) >= 14, (code, radius)
            assert not any(np.abs(pixel - looks[0]).max() < 10 for pixel in outside), (code, radius)


def ring(picture: Picture, column: float, line: float, radius: float) -> list[np.ndarray[Any, np.dtype[np.float64]]]:
    """Sixteen pixels at a distance from a place."""
    turns = np.arange(16) * np.pi / 8
    at = zip((line + radius * np.sin(turns)).astype(int), (column + radius * np.cos(turns)).astype(int), strict=True)
    return [picture.pixels[y, x].astype(float) for y, x in at]


def near(picture: Picture, column: float, line: float, color: tuple[int, int, int], reach: int) -> bool:
    """Whether a color is found around a place."""
    x, y = int(column), int(line)
    around = picture.pixels[y - reach : y + reach, x - reach : x + reach].astype(int)
    return bool((np.abs(around - np.array(color)).max(axis=-1) < 40).any())


def check_click(found: list[dict[str, Any]], row: dict[str, str], field: str, level: str = "wijk") -> None:
    """A click found the region of a row of the CSV, with its name and its figure or its reason.

    QGIS finds it once per tile, so twice near the edge of one.
    """
    regions = [one["attributes"] for one in found if one["layer"] == level]
    same = [attributes for attributes in regions if attributes["code"] == row["code"]]
    assert same, f"{row['code']} is not among {[attributes['code'] for attributes in regions]}"
    for attributes in same:
        assert attributes["name"] == row["name"]
        assert attributes[f"{field}_status"] == (row["status"] or None)
        assert attributes[field] == (float(row["value"]) if row["value"] else None)


@pytest.mark.parametrize("level", ["wijk", "buurt"])
def test_qgis_draws_two_indicators_in_one_map(demo: Site, level: str, tmp_path: Path) -> None:
    pair, year = ("onverklaarbare-woningaankopen", "drugsdelicten"), 2022
    tiles = f"{demo.url}tiles/gebieden-2022/{{z}}/{{x}}/{{y}}?indicators={pair[0]},{pair[1]}&year={year}"
    style = f"{demo.style(pair[0], year, level)}&with={pair[1]}"
    zoom = max(10.9, min(demo.minzoom(level) + 1, demo.maxzoom) - 0.4)
    views = both_grids(level, LON, LAT, zoom, 1000)
    found = open_in_qgis(tiles, style, tmp_path, views, [])
    assert found["problems"] == []
    places, rows = demo.places(2022), [demo.values(one, year, level) for one in pair]
    thirds = [demo.indicator(one)["breaks"][level]["thirds"] for one in pair]
    for view in views:
        picture = Picture.of(found["views"][view["name"]], view["crs"])
        wrong, shown = [], set()
        for code in rows[0]:
            place = places[code]
            if not picture.holds(place["lon"], place["lat"], 10) or side_px(picture, place) < REGION_PX:
                continue
            if any(one[code]["status"] for one in rows):
                continue
            at = [
                sum(float(one[code]["value"]) >= edge for edge in edges)
                for one, edges in zip(rows, thirds, strict=True)
            ]
            color = COLORS[at[1]][at[0]]
            shown.add(color)
            around = picture.around(place["lon"], place["lat"], 5)
            if not has(around, color) and not has(around, WATER):
                wrong.append((code, color))
        assert wrong == []
        assert len(shown) >= 5


@pytest.mark.parametrize("crs", [MERCATOR, RD])
def test_identify_tells_code_name_and_figure_as_the_csv_does(demo: Site, crs: str, tmp_path: Path) -> None:
    rows, places = demo.values("doorsluiswoningen", 2022, "wijk"), demo.places(2022)
    chosen = [*list(rows)[::6], *(code for code in rows if rows[code]["status"])]
    clicks = [Click(crs=crs, lon=places[code]["lon"], lat=places[code]["lat"], zoom=11) for code in chosen]
    style = demo.style("doorsluiswoningen", 2022)
    found = open_in_qgis(demo.tiles("vastgoed-2022"), style, tmp_path, [], clicks)
    assert found["problems"] == []
    for code, answer in zip(chosen, found["clicks"], strict=True):
        check_click(answer, rows[code], "doorsluiswoningen")
        assert {one["attributes"]["code"] for one in answer if one["layer"] == "gemeente"} >= {places[code]["parent"]}


@pytest.mark.real_data
def test_qgis_draws_gemeenten_and_wijken_of_the_netherlands(netherlands: Site, tmp_path: Path) -> None:
    far, near = both_grids("far", 5.3, 52.15, 7.2, 1100), both_grids("near", 4.9, 52.37, 10, 900)
    tiles = netherlands.tiles("vastgoed-2022")
    gemeenten = open_in_qgis(tiles, netherlands.style("gemiddelde-woz-waarde", 2022, "gemeente"), tmp_path, far, [])
    wijken = open_in_qgis(tiles, netherlands.style("gemiddelde-woz-waarde", 2022), tmp_path, near, [])
    assert gemeenten["problems"] == wijken["problems"] == []
    for views, found, level, least in ((far, gemeenten, "gemeente", 150), (near, wijken, "wijk", 150)):
        for view in views:
            picture = Picture.of(found["views"][view["name"]], view["crs"])
            count, reasons = check_picture(picture, netherlands, "gemiddelde-woz-waarde", 2022, level, 2022)
            assert count >= least
            assert reasons == (set() if level == "gemeente" else {"missing"})


@pytest.mark.real_data
def test_identify_tells_what_the_file_of_cbs_says(netherlands: Site, shared_data: Path, tmp_path: Path) -> None:
    with (shared_data / "indicators" / "wijk_2022_tmap.csv").open(encoding="utf-8", newline="") as file:
        value_of = {row["code"]: row["dwelling_value"] for row in csv.DictReader(file)}
    numbers = sorted((code for code in value_of if value_of[code]), key=lambda code: float(value_of[code]))
    missing = [code for code in value_of if not value_of[code]]
    chosen = [numbers[0], *numbers[150::400], numbers[-1], missing[0], missing[-1]]
    wijken = pyogrio.read_dataframe(shared_data / "geo" / "nl_2022_tmap.gpkg", layer="wijk_2022").set_index("code")
    points = wijken.geometry.loc[chosen].representative_point().to_crs("EPSG:4326")
    clicks = [Click(crs=RD, lon=point.x, lat=point.y, zoom=12) for point in points]
    style = netherlands.style("gemiddelde-woz-waarde", 2022)
    found = open_in_qgis(netherlands.tiles("vastgoed-2022"), style, tmp_path, [], clicks)
    assert found["problems"] == []
    rows = netherlands.values("gemiddelde-woz-waarde", 2022, "wijk")
    for code, answer in zip(chosen, found["clicks"], strict=True):
        number = value_of[code]
        row = {"code": code, "name": wijken.name.loc[code], "value": number, "status": "" if number else "missing"}
        check_click(answer, row, "gemiddelde_woz_waarde")
        check_click(answer, rows[code], "gemiddelde_woz_waarde")


def test_gdal_reads_a_tile_with_its_attributes(demo: Site, tmp_path: Path) -> None:
    """GDAL wants the name of a file; a tile is asked for by an address that ends like one."""
    zoom = demo.maxzoom
    x = int((LON + 180) / 360 * 2**zoom)
    y = int((1 - math.asinh(math.tan(math.radians(LAT))) / math.pi) / 2 * 2**zoom)
    source = f"/vsicurl/{demo.url}tiles/vastgoed-2022/{zoom}/{x}/{y}?f=.pbf"
    found = read_with_gdal(source, "wijk", tmp_path, f"Z={zoom}", f"X={x}", f"Y={y}", "METADATA_FILE=")
    rows = demo.values("gemiddelde-woz-waarde", 2022, "wijk")
    assert found["crs"] == "3857"
    kinds = {"code": "String", "gemiddelde_woz_waarde": "Integer", "onverklaarbare_woningaankopen": "Real"}
    assert found["fields"].items() >= kinds.items()
    assert len(found["features"]) >= 3
    for feature in found["features"]:
        row = rows[feature["attributes"]["code"]]
        assert feature["attributes"]["name"] == row["name"]
        assert feature["attributes"]["gemiddelde_woz_waarde"] == float(row["value"])
        assert feature["area_m2"] > 0


def test_the_addresses_in_the_documentation_answer(demo: Site) -> None:
    text = (REPOSITORY / "docs" / "qgis.md").read_text(encoding="utf-8")
    found = {address.split("?f=.pbf")[0] for address in re.findall(r"http://127\.0\.0\.1:8080/([^\s`\"]+)", text)}
    assert len(found) >= 6
    for address in found:
        assert demo.get(address.format(z=12, x=2107, y=1342)).content
