"""Circles: areas in proportion, the same in browsers, in QGIS, in the legend and in raster tiles."""

from __future__ import annotations

import json
import math
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.atlas import AtlasFacts, Breaks, Lang
from layers.values import Published, Reason
from styles import qgis, web
from styles.legend import entries, legend_svg
from styles.raster_colors import GROUND, circle_paint, color_indices, palette, symbol_radii_px
from styles.reasons import TILE, mark_pixels, mark_svg, sprite
from styles.scene import scene
from styles.symbol_layers import fixed_px
from styles.symbols import LEAST_PX, MOST_PX, MOST_TILED_PX, SIZES, Growth, radius_px, round_figures, size_classes
from styles.tokens import LIGHT
from tests.qgis.clients import converted
from tests.styles.color_vision import VISION, contrast, difference
from tests.styles.make_facts import edition, incidents, series, town
from tests.styles.reading import passes, value_of
from tests.styles.style_golden import check
from tests.styles.style_validator import complaints
from tiles.cut import EXTENT
from tiles.pyramid import LABEL_BUFFER

BASE = "https://kaart.example"
law = settings(deadline=None, max_examples=60)


@pytest.fixture
def facts() -> AtlasFacts:
    """Incidents on two levels."""
    return counted()


def counted(high: float = 1200, low: float = 0, decimals: int = 0) -> AtlasFacts:
    found = incidents(series(["gemeente", "wijk"]))
    breaks = {level: Breaks(edges=(), low=low, high=high) for level in ("gemeente", "wijk")}
    return town(found.model_copy(update={"breaks": breaks, "decimals": decimals}))


def made(facts: AtlasFacts, profile: str, level: str | None = None) -> dict[str, Any]:
    make = qgis.style if profile == "qgis" else web.style
    return make(facts, "incidenten", 2022, level, "nl", BASE)


def of_role(style: dict[str, Any], role: str) -> list[dict[str, Any]]:
    return [layer for layer in style["layers"] if layer.get("metadata", {}).get("zichtkaart:role") == role]


@law
@given(st.integers(1, 1200), st.floats(4, 14))
def test_twice_the_figure_is_twice_the_area_at_every_zoom(value: int, zoom: float) -> None:
    [layer] = [one for one in of_role(made(counted(2400), "web", "wijk"), "symbols") if one["id"] == "wijk-symbols"]
    radius = layer["paint"]["circle-radius"]
    one, two = (value_of(radius, {"incidenten": figure}, zoom) for figure in (value, 2 * value))
    assert two**2 / one**2 == pytest.approx(2)


@law
@given(st.integers(0, 1200), st.floats(0, 16))
def test_browser_and_raster_draw_the_same_radius(value: int, zoom: float) -> None:
    facts = counted()
    [layer] = [one for one in of_role(made(facts, "web", "wijk"), "symbols") if one["id"] == "wijk-symbols"]
    drawn = value_of(layer["paint"]["circle-radius"], {"incidenten": value}, zoom)
    column = Published(np.array([float(value), np.nan]), np.array([0, 1], np.uint8))
    radii = symbol_radii_px(column, facts.indicators[0], facts.editions[0], "wijk", zoom)
    assert drawn == pytest.approx(radii[0], abs=0.05)
    assert math.isnan(radii[1])


@law
@given(st.integers(0, 1200), st.sampled_from([3, 12, 1200]))
def test_qgis_draws_each_figure_once_and_nearly_as_large(value: int, high: int) -> None:
    """QGIS 3.22 keeps the first of radii that follow the zoom, so there is one number."""
    value = min(value, high)
    facts = counted(high)
    sizes = [
        one for one in of_role(made(facts, "qgis", "wijk"), "symbols") if one["filter"][1] == ["==", "level", "wijk"]
    ]
    found = [one for one in sizes if passes(one["filter"], {"level": "wijk", "incidenten": value})]
    assert len(found) == 1
    drawn = found[0]["paint"]["circle-radius"]
    view = scene(facts, "incidenten", 2022, "wijk")
    largest = fixed_px(view.bands[-1], view)
    assert LEAST_PX <= largest <= MOST_TILED_PX
    assert drawn == pytest.approx(radius_px(value, high, largest), abs=largest / SIZES)


@pytest.mark.parametrize("profile", ["web", "qgis"])
def test_the_largest_circles_are_drawn_first(facts: AtlasFacts, profile: str) -> None:
    layers = [
        one for one in of_role(made(facts, profile, "wijk"), "symbols") if one["metadata"]["zichtkaart:level"] == "wijk"
    ]
    if profile == "web":
        keys = [value_of(layers[0]["layout"]["circle-sort-key"], {"incidenten": value}) for value in (1, 10, 1200)]
        assert keys == sorted(keys, reverse=True), "a feature with a lower key is drawn below"
    else:
        lows = [one["filter"][3][2] for one in layers]
        assert lows == sorted(lows, reverse=True)
    assert all(0 < one["paint"]["circle-opacity"] < 1 for one in layers if profile == "qgis")


def test_circles_grow_with_the_room_there_is_and_no_further() -> None:
    growth = Growth.of(edition(), "buurt")
    sizes = [growth.largest_px(zoom) for zoom in range(17)]
    assert sizes[0] == LEAST_PX
    assert sizes[-1] == MOST_PX
    assert all(low <= high <= 2 * low for low, high in pairwise(sizes))
    assert Growth.of(edition(), "gemeente").largest_px(9) > growth.largest_px(9), "fewer regions, more room"


def test_circles_of_the_buurten_of_one_gemeente_beside_a_country_are_as_small_as_in_an_atlas_of_that_gemeente() -> None:
    whole = edition()
    west, south, east, north = whole.bounds
    corner = (west, south, west + (east - west) / 50, south + (north - south) / 50)
    levels = tuple(
        level.model_copy(update={"bounds": corner}) if level.id == "buurt" else level for level in whole.levels
    )
    beside = Growth.of(whole.model_copy(update={"levels": levels}), "buurt")
    alone = Growth.of(whole.model_copy(update={"bounds": corner}), "buurt")
    assert beside == alone
    assert beside.spacing_px < Growth.of(whole, "buurt").spacing_px / 40


def test_a_circle_of_qgis_fits_in_the_buffer_of_the_labels_of_a_tile() -> None:
    """QGIS shows a tile of 512 px no smaller than this: half a zoom by rounding, 0.7 in the Dutch grid."""
    smallest_tile_px = 512 / 2**1.2
    assert LABEL_BUFFER / EXTENT * smallest_tile_px > MOST_TILED_PX + 1


@pytest.mark.parametrize("profile", ["web", "qgis"])
def test_no_figure_fills_a_region(facts: AtlasFacts, profile: str) -> None:
    style = made(facts, profile)
    fills = [one for one in style["layers"] if one["type"] == "fill" and one["source-layer"] in ("gemeente", "wijk")]
    assert {one["paint"]["fill-color"] for one in fills} == {LIGHT.land}
    indices = color_indices(Published(np.array([5.0, np.nan]), np.array([0, 2], np.uint8)), facts.indicators[0], "wijk")
    assert indices.tolist() == [GROUND, GROUND]
    assert palette(facts.indicators[0])[GROUND].tolist() == [0xF4, 0xF3, 0xEE, 255]
    assert circle_paint(facts.indicators[0]).outline == (0x88, 0x41, 0x9D, 255)


@pytest.mark.parametrize("profile", ["web", "qgis"])
def test_every_reason_has_its_mark_and_a_figure_has_none(facts: AtlasFacts, profile: str) -> None:
    def shown(feature: dict[str, Any]) -> list[str]:
        layers = of_role(made(facts, profile, "wijk"), "reason-symbols")
        keep = passes if profile == "qgis" else value_of
        return [one["layout"]["icon-image"] for one in layers if keep(one["filter"], feature)]

    for reason in Reason:
        assert shown({"level": "wijk", "incidenten_status": reason.value}) == [f"mark-{reason.value}"]
    assert shown({"level": "wijk", "incidenten": 0}) == []


def test_marks_are_told_apart_by_their_shape() -> None:
    pictures = {reason: mark_pixels(reason, 2).astype(int) for reason in Reason}
    for one, other in combinations(Reason, 2):
        strong = (abs(pictures[one] - pictures[other]).max(axis=-1) > 90).sum()
        assert strong > 30, (one, other)
    assert contrast(LIGHT.mark_ink, LIGHT.mark_ground) > 4.5
    assert contrast(LIGHT.mark_ink, LIGHT.land) > 3


@pytest.mark.parametrize("reason", Reason)
def test_a_mark_is_drawn_the_same_in_the_legend(reason: Reason) -> None:
    drawing = ET.fromstring(f'<svg xmlns="http://www.w3.org/2000/svg">{mark_svg(reason)}</svg>')
    assert len(drawing) >= 1
    [frame] = [one for one in drawing if one.tag.endswith("rect")]
    assert frame.get("stroke") == LIGHT.mark_ink
    pixels = mark_pixels(reason, 1)
    assert pixels.shape == (TILE, TILE, 3)
    assert "#" + "".join(f"{part:02x}" for part in pixels[2, 2]) == LIGHT.mark_ground


@pytest.mark.parametrize("vision", VISION)
def test_a_circle_stands_out_from_ground_and_water(vision: str) -> None:
    for color in ("#88419d", "#225ea8", "#6a51a3", "#2171b5"):
        assert contrast(color, LIGHT.land) > 4.5
        assert min(difference(color, other, vision) for other in (LIGHT.land, LIGHT.water, LIGHT.background)) > 20


@pytest.mark.parametrize("profile", ["web", "qgis"])
@pytest.mark.parametrize("low", [0, -300])
def test_maplibre_accepts_it(profile: str, low: int, tmp_path: Path) -> None:
    assert complaints(made(counted(low=low), profile), tmp_path) == ""


@pytest.mark.parametrize("profile", ["web", "qgis"])
def test_it_is_as_agreed(facts: AtlasFacts, profile: str) -> None:
    text = json.dumps(made(facts, profile, "gemeente"), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    check(f"{profile}-symbols.json", text)


@pytest.mark.qgis
@pytest.mark.parametrize("low", [0, -300])
def test_qgis_converts_it_without_a_warning(low: int, tmp_path: Path) -> None:
    style = made(counted(low=low), "qgis", "wijk")
    found = converted(style, *sprite(2), tmp_path)
    assert found["warnings"] == []
    kinds = {one["name"]: one["kinds"] for one in found["styles"]}
    colors = {one["name"]: one["colors"] for one in found["styles"]}
    for layer in of_role(style, "symbols"):
        assert kinds[layer["id"]] == ["SimpleMarker"]
        assert colors[layer["id"]] == ["#88419d"]
    for layer in of_role(style, "reason-symbols"):
        assert kinds[layer["id"]] == ["RasterMarker"]


def test_a_figure_below_zero_is_hollow() -> None:
    facts = counted(low=-300)
    [web_layer] = [one for one in of_role(made(facts, "web", "wijk"), "symbols") if one["id"] == "wijk-symbols"]
    opacity = web_layer["paint"]["circle-opacity"]
    assert (value_of(opacity, {"incidenten": -5}), value_of(opacity, {"incidenten": 5})) == (0, 0.6)
    for value in (-300, -7, -1, 0, 3):
        found = [
            one
            for one in of_role(made(facts, "qgis", "wijk"), "symbols")
            if passes(one["filter"], {"level": "wijk", "incidenten": value})
        ]
        assert [one["paint"]["circle-opacity"] for one in found] == [0.0 if value < 0 else 0.6]


@law
@given(st.integers(1, 10**9), st.integers(0, 3))
def test_legend_figures_are_round_and_below_the_top(units: int, decimals: int) -> None:
    top = units / 10**decimals
    values = round_figures(top, decimals)
    assert 1 <= len(values) <= 3
    assert all(low < high for high, low in pairwise(values))
    assert values[0] <= top
    assert all(round(value, decimals) == value for value in values)
    assert values[0] > top / 2.51
    for value in values:
        assert f"{value:e}".split("e")[0].rstrip("0") in ("1.", "2.", "2.5", "5.")


@law
@given(st.integers(1, 10**6), st.integers(0, 2))
def test_sizes_follow_each_other_without_a_gap(units: int, decimals: int) -> None:
    sizes = size_classes(units / 10**decimals, decimals)
    assert sizes[0].low == 0
    assert [one.high for one in sizes[:-1]] == [one.low for one in sizes[1:]]
    assert sizes[-1].high is None
    assert all(0 <= low.fraction < high.fraction <= 1 for low, high in pairwise(sizes))


def test_the_legend_has_circles_of_round_figures_as_large_as_on_the_map(facts: AtlasFacts) -> None:
    found = entries(facts, "incidenten", "wijk", "nl", reasons=[])
    assert [one.label for one in found] == ["1.000", "250", "50", "0"]
    assert [round((one.radius or 0) ** 2 * 1200, 6) for one in found] == [1000, 250, 50, 0]
    root = ET.fromstring(legend_svg(facts, "incidenten", "wijk", "nl", zoom=9))
    radii = [
        float(one.get("r", 0))
        for one in root.iter("{http://www.w3.org/2000/svg}circle")
        if one.get("fill") == "#88419d"
    ]
    largest = Growth.of(facts.editions[0], "wijk").largest_px(9)
    assert radii == pytest.approx([radius_px(value, 1200, largest) for value in (1000, 250, 50, 0)], abs=0.01)


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_legend_is_as_agreed(facts: AtlasFacts, lang: Lang) -> None:
    check(f"legend-symbols-{lang}.svg", legend_svg(facts, "incidenten", None, lang))


def test_the_style_says_what_a_viewer_needs_to_draw_its_own_legend(facts: AtlasFacts) -> None:
    told = made(facts, "web")["metadata"]["zichtkaart:symbols"]["wijk"]
    assert told["top"] == 1200
    assert told["legend"] == [1000, 250, 50]
    assert [radius for _, radius in told["radius_px"]] == [LEAST_PX, MOST_PX]


def test_a_level_without_a_number_has_marks_and_no_circles() -> None:
    bare = town(incidents(series(["wijk"])).model_copy(update={"breaks": {}}))
    for profile in ("web", "qgis"):
        assert of_role(made(bare, profile), "symbols") == []
        assert len(of_role(made(bare, profile), "reason-symbols")) == len(Reason)
    assert entries(bare, "incidenten", "wijk", "nl", reasons=[]) == []
    assert "Geen cijfer" in legend_svg(bare, "incidenten", "wijk", "nl")
