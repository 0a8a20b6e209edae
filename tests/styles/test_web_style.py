from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from layers.atlas import AtlasFacts, Lang
from layers.values import Reason
from styles import web
from styles.palettes import DIVERGING, SEQUENTIAL, colors
from styles.reasons import sprite
from styles.tokens import LIGHT
from tests.styles.color_vision import contrast
from tests.styles.make_facts import homes, series, town
from tests.styles.style_golden import check
from tests.styles.style_validator import complaints

WOZ = "gemiddelde-woz-waarde"
BASE = "https://kaart.example/base"


def made(facts: AtlasFacts, indicator: str = WOZ, level: str | None = None, lang: Lang = "nl") -> dict[str, Any]:
    return web.style(facts, indicator, 2022, level, lang, BASE)


def layer(style: dict[str, Any], layer_id: str) -> dict[str, Any]:
    return next(one for one in style["layers"] if one["id"] == layer_id)


def color_of(expression: Any, value: float) -> str:
    """What MapLibre makes of a ``step``: the reader's own words, to compare the breaks with."""
    _, _, color, *pairs = expression
    for edge, next_color in zip(pairs[::2], pairs[1::2], strict=True):
        if value >= edge:
            color = next_color
    return str(color)


@pytest.mark.parametrize("level", [None, "wijk"])
@pytest.mark.parametrize("indicator", [WOZ, "drugsmisdrijven", "meeste-eigenaren"])
def test_maplibre_accepts_the_style(facts: AtlasFacts, indicator: str, level: str | None, tmp_path: Path) -> None:
    assert complaints(made(facts, indicator, level), tmp_path) == ""


def test_maplibre_accepts_a_style_on_mlt(facts: AtlasFacts, tmp_path: Path) -> None:
    editions = tuple(one.model_copy(update={"mlt": one.tiles}) for one in facts.editions)
    style = made(facts.model_copy(update={"editions": editions}))
    assert style["sources"]["kaart"]["encoding"] == "mlt"
    assert complaints(style, tmp_path) == ""


def test_the_validator_is_awake(facts: AtlasFacts, tmp_path: Path) -> None:
    style = made(facts)
    layer(style, "wijk-classes")["paint"]["fill-colour"] = "#ffffff"
    assert "fill-colour" in complaints(style, tmp_path)


def test_maplibre_accepts_a_level_without_numbers_and_one_class(tmp_path: Path) -> None:
    indicator = homes(series(["gemeente", "wijk"]))
    one_class = indicator.breaks["wijk"].model_copy(update={"edges": ()})
    facts = town(indicator.model_copy(update={"breaks": {"wijk": one_class}}))
    style = made(facts)
    assert complaints(style, tmp_path) == ""
    assert layer(style, "wijk-classes")["paint"] == {"fill-color": "#ffffcc"}
    assert "gemeente-classes" not in {one["id"] for one in style["layers"]}


@pytest.mark.parametrize("indicator", [WOZ, "meeste-eigenaren"])
def test_the_style_is_as_agreed(facts: AtlasFacts, indicator: str) -> None:
    check(
        f"web-{indicator}.json", json.dumps(made(facts, indicator), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    )


def test_class_colors_change_exactly_at_the_breaks(facts: AtlasFacts) -> None:
    expression = layer(made(facts), "wijk-classes")["paint"]["fill-color"]
    assert expression[:2] == ["step", ["get", "gemiddelde_woz_waarde"]]
    shown = [color_of(expression, value) for value in (249.9, 250, 349.9, 350, 1410)]
    assert shown == ["#ffffcc", "#a1dab4", "#41b6c4", "#2c7fb8", "#253494"]


def test_a_region_with_a_reason_is_drawn_by_its_reason_layer_only(facts: AtlasFacts) -> None:
    style = made(facts)
    assert "coalesce" not in json.dumps(style)
    assert layer(style, "buurt-classes")["filter"] == ["has", "gemiddelde_woz_waarde"]
    for reason in Reason:
        one = layer(style, f"buurt-{reason}")
        assert one["filter"] == ["==", ["get", "gemiddelde_woz_waarde_status"], reason.value]
        assert one["paint"]["fill-pattern"] in sprite(1)[1]


def test_fills_are_opaque_so_that_map_and_legend_agree(facts: AtlasFacts) -> None:
    assert not any("fill-opacity" in one.get("paint", {}) for one in made(facts)["layers"])


def test_there_is_one_source_and_a_sprite_at_the_given_address_and_no_glyphs(facts: AtlasFacts) -> None:
    style = web.style(facts, "drugsmisdrijven", 2022, None, "nl", BASE + "/")
    assert list(style["sources"]) == ["kaart"]
    assert style["sources"]["kaart"]["url"] == f"{BASE}/tiles/drugs-2022"
    assert style["sprite"] == f"{BASE}/sprites/reasons"
    assert "glyphs" not in style


def test_every_source_layer_is_in_the_tiles(facts: AtlasFacts) -> None:
    known = {"gemeente", "wijk", "buurt", "grenzen", "labels", "plassen", "lekdijk"}
    assert {one["source-layer"] for one in made(facts)["layers"] if "source-layer" in one} == known


def test_from_bottom_to_top_come_fills_water_borders_selection_and_names(facts: AtlasFacts) -> None:
    ids = [one["id"] for one in made(facts)["layers"]]
    order = [
        "background",
        "wijk-classes",
        "wijk-withheld",
        "backdrop-plassen",
        "border-buurt-casing",
        "border-buurt-core",
        "border-gemeente-casing",
        "border-outer-core",
        "wijk-hover",
        "wijk-selected",
        "names-buurt",
        "names-gemeente",
    ]
    assert sorted(order, key=ids.index) == order


def test_each_level_can_be_hovered_and_selected(facts: AtlasFacts) -> None:
    style = made(facts)
    for level in ("gemeente", "wijk", "buurt"):
        for name, state in (("hover", "hover"), ("selected", "selected"), ("selected-casing", "selected")):
            one = layer(style, f"{level}-{name}")
            assert one["source-layer"] == level
            assert one["paint"]["line-opacity"] == ["case", ["boolean", ["feature-state", state], False], 1, 0]


def test_metadata_tell_what_is_shown(facts: AtlasFacts) -> None:
    style = made(facts, lang="en")
    assert style["name"] == "Mean property value 2022"
    told = style["metadata"]
    assert (told["zichtkaart:indicator"], told["zichtkaart:year"], told["zichtkaart:level"]) == (WOZ, 2022, None)
    assert told["zichtkaart:unit"] == "x 1000 euro"
    assert told["zichtkaart:breaks"]["buurt"] == {"edges": [300.0], "low": 50.0, "high": 2100.0}
    assert told["zichtkaart:attribution"].startswith("Source: Statistics Netherlands")


@pytest.mark.parametrize("name", [*SEQUENTIAL, *DIVERGING])
def test_borders_stand_out_from_every_class_by_casing_or_core(name: str) -> None:
    """WCAG technique G209: 3 to 1 against what lies on either side."""
    for line in (*LIGHT.borders, LIGHT.outer):
        found = {color: max(contrast(color, line.casing), contrast(color, line.core)) for color in colors(name, 5)}
        assert min(found.values()) >= 3, found


def test_names_can_be_read_on_their_halo() -> None:
    assert all(contrast(label.color, LIGHT.label_halo) >= 7 for label in LIGHT.labels)
