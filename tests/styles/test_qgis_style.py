from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from layers.atlas import AtlasFacts
from styles import qgis, web
from styles.reasons import sprite
from tests.qgis.clients import converted
from tests.styles.make_facts import homes, series, town
from tests.styles.style_golden import check
from tests.styles.style_validator import complaints

WOZ = "gemiddelde-woz-waarde"
BASE = "https://kaart.example"


def made(facts: AtlasFacts, indicator: str = WOZ, level: str | None = None) -> dict[str, Any]:
    return qgis.style(facts, indicator, 2022, level, "nl", BASE)


@pytest.mark.qgis
@pytest.mark.parametrize("indicator", [WOZ, "drugsmisdrijven", "meeste-eigenaren"])
def test_qgis_converts_the_style_without_a_warning_and_finds_every_color(
    facts: AtlasFacts, indicator: str, tmp_path: Path
) -> None:
    style = made(facts, indicator)
    found = converted(style, *sprite(2), tmp_path)
    assert found["done"]
    assert found["warnings"] == []
    by_name = {one["name"]: one for one in found["styles"]}
    fills = [one for one in style["layers"] if one["type"] == "fill" and "fill-color" in one["paint"]]
    assert [by_name[one["id"]]["colors"] for one in fills] == [[one["paint"]["fill-color"]] for one in fills]
    hatches = [one for one in style["layers"] if one["type"] == "fill" and "fill-pattern" in one["paint"]]
    assert all("RasterFill" in by_name[one["id"]]["kinds"] for one in hatches)
    lines = [one for one in style["layers"] if one["type"] == "line"]
    assert [by_name[one["id"]]["colors"] for one in lines] == [[one["paint"]["line-color"]] for one in lines]


@pytest.mark.qgis
def test_qgis_reads_ranges_reasons_and_names_as_meant(facts: AtlasFacts, tmp_path: Path) -> None:
    found = converted(made(facts, level="wijk"), *sprite(2), tmp_path)
    filters = {one["name"]: one["filter"] for one in found["styles"]}
    field = "gemiddelde_woz_waarde"
    assert filters["wijk 250 tot 300 x 1000 euro"] == (
        f'("{field}" IS NOT NULL) AND ("{field}" >= 250) AND ("{field}" < 300)'
    )
    assert filters["wijk geheim of te weinig waarnemingen"] == f"\"{field}_status\" IS 'withheld'"
    assert filters["grens wijk (wijk)"] == '("rank" IS 1) AND ("outer" IS NOT TRUE)'
    assert {one["field"] for one in found["labels"]} == {'"name"'}
    assert found["labels"][0]["name"] == "namen wijken"
    assert found["labels"][-1]["filter"] == "(level IS 'gemeente') AND (\"rank\" >= 800)"


@pytest.mark.parametrize("level", [None, "wijk"])
@pytest.mark.parametrize("indicator", [WOZ, "drugsmisdrijven", "meeste-eigenaren"])
def test_maplibre_accepts_the_style_too(facts: AtlasFacts, indicator: str, level: str | None, tmp_path: Path) -> None:
    assert complaints(made(facts, indicator, level), tmp_path) == ""


def test_the_style_is_as_agreed(facts: AtlasFacts) -> None:
    check(f"qgis-{WOZ}.json", json.dumps(made(facts), indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def test_nothing_is_in_it_that_old_versions_paint_blue(facts: AtlasFacts) -> None:
    for indicator in facts.indicators:
        text = json.dumps(made(facts, indicator.id))
        assert not any(f'["{word}"' in text for word in ("step", "case", "coalesce", "match", "literal"))
        assert text.count('["interpolate"') == text.count('["interpolate", ["linear"], ["zoom"], ')


def test_layer_ids_are_what_a_legend_would_say(facts: AtlasFacts) -> None:
    ids = [one["id"] for one in made(facts, "drugsmisdrijven")["layers"] if one["type"] == "fill"]
    assert ids[:5] == [
        "wijk 0 misdrijven",
        "wijk 1 tot 5 misdrijven",
        "wijk 5 tot 1.000 misdrijven",
        "wijk 1.000 of meer misdrijven",
        "wijk geheim of te weinig waarnemingen",
    ]


def test_finer_levels_cover_coarser_ones(facts: AtlasFacts) -> None:
    """QGIS 3.22 draws a layer at its maxzoom too."""
    levels = [one["source-layer"] for one in made(facts)["layers"] if one["type"] == "fill"]
    assert [level for level in dict.fromkeys(levels) if level != "plassen"] == ["gemeente", "wijk", "buurt"]


def test_there_is_no_background_for_other_maps_lie_below(facts: AtlasFacts) -> None:
    """QGIS draws one per tile: seams where it reprojects, steps where a tile is empty."""
    assert {one["type"] for one in made(facts)["layers"]} == {"fill", "line", "symbol"}


def test_each_region_is_named_once_and_never_three_levels_at_a_zoom(facts: AtlasFacts) -> None:
    """QGIS writes every name that fits, so far out only the widest regions are named."""
    names = [one for one in made(facts)["layers"] if one["type"] == "symbol"]
    for zoom in range(13):
        shown = [one for one in names if one.get("minzoom", 0) <= zoom <= one.get("maxzoom", 99)]
        assert 1 <= len({level_of(one) for one in shown}) <= 2
        for level in {level_of(one) for one in shown}:
            ranges = sorted(ranks_of(one) for one in shown if level_of(one) == level)
            assert [low for low, _ in ranges] == [0, *(high for _, high in ranges[:-1])]
            assert ranges[-1][1] == (50 if zoom < 7 else 200) or zoom >= 8


def level_of(layer: dict[str, Any]) -> str:
    """Whose names a layer writes."""
    return next(str(value) for _, key, value in layer["filter"][1:] if key == "level")


def ranks_of(layer: dict[str, Any]) -> tuple[float, float]:
    """The ranks of the regions that a layer names, the last one not included."""
    bounds = {operator: value for operator, key, value in layer["filter"][1:] if key == "rank"}
    return bounds.get(">=", 0), bounds.get("<", math.inf)


def test_both_profiles_show_the_same_colors_and_qgis_its_finer_levels_a_zoom_later(facts: AtlasFacts) -> None:
    def shown(style: dict[str, Any], later: int) -> set[tuple[Any, ...]]:
        fills = [one for one in style["layers"] if one.get("metadata", {}).get("zichtkaart:role") == "classes"]
        first = min(one.get("minzoom", 0) for one in fills)
        return {
            (
                one["source-layer"],
                start + later if start > first else start,
                one.get("maxzoom", 99 - later) + later,
                color,
            )
            for one in fills
            for color in (part for part in _flat(one["paint"]["fill-color"]) if str(part).startswith("#"))
            for start in [one.get("minzoom", 0)]
        }

    for indicator in facts.indicators:
        web_style = web.style(facts, indicator.id, 2022, None, "nl", BASE)
        assert shown(made(facts, indicator.id), later=0) == shown(web_style, later=1)


def test_no_level_waits_for_a_zoom_without_tiles(facts: AtlasFacts) -> None:
    """QGIS asks for no tiles beyond the maxzoom of a connection and draws as if it stood there."""
    shallow = facts.model_copy(update={"maxzoom": 8})
    assert max(one.get("minzoom", 0) for one in made(shallow)["layers"]) == 8


def test_two_levels_of_one_title_keep_ids_apart(tmp_path: Path) -> None:
    facts = town(homes(series(["gemeente", "wijk"])))
    edition = facts.editions[0]
    levels = (edition.levels[0], edition.levels[1].model_copy(update={"title": edition.levels[0].title}))
    same = facts.model_copy(update={"editions": (edition.model_copy(update={"levels": levels}),)})
    ids = [one["id"] for one in made(same)["layers"]]
    assert len(ids) == len(set(ids))
    assert complaints(made(same), tmp_path) == ""


def _flat(expression: Any) -> list[Any]:
    if isinstance(expression, list):
        return [part for one in expression for part in _flat(one)]
    return [expression]
