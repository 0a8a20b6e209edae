from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from layers.atlas import AtlasFacts
from styles import qgis, web
from styles.reasons import sprite
from tests.styles.make_facts import homes, series, town
from tests.styles.style_golden import check
from tests.styles.style_validator import complaints

WOZ = "gemiddelde-woz-waarde"
BASE = "https://kaart.example"
PYTHON = "/usr/bin/python3"
CONVERT = Path(__file__).resolve().parents[1] / "qgis_checks" / "convert_style.py"


def made(facts: AtlasFacts, indicator: str = WOZ, level: str | None = None) -> dict[str, Any]:
    return qgis.style(facts, indicator, 2022, level, "nl", BASE)


def converted(style: dict[str, Any], folder: Path) -> dict[str, Any]:
    """What QGIS makes of a style; skips where there is no QGIS, but not in CI."""
    environment = os.environ | {
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_RUNTIME_DIR": str(folder / "runtime"),
        "QGIS_CUSTOM_CONFIG_PATH": str(folder / "profile"),
    }
    (folder / "runtime").mkdir(mode=0o700)
    found = subprocess.run([PYTHON, "-c", "import qgis.core"], env=environment, capture_output=True, check=False)
    if found.returncode:
        sentence = f"{PYTHON} cannot import qgis: install python3-qgis"
        pytest.fail(sentence) if os.environ.get("CI") else pytest.skip(sentence)
    picture, index = sprite(2)
    (folder / "style.json").write_text(json.dumps(style), encoding="utf-8")
    (folder / "sprite.png").write_bytes(picture)
    (folder / "sprite.json").write_text(json.dumps(index), encoding="utf-8")
    command = [PYTHON, str(CONVERT), *(str(folder / name) for name in ("style.json", "sprite.png", "sprite.json"))]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.mark.qgis
@pytest.mark.parametrize("indicator", [WOZ, "drugsmisdrijven", "meeste-eigenaren"])
def test_qgis_converts_the_style_without_a_warning_and_finds_every_color(
    facts: AtlasFacts, indicator: str, tmp_path: Path
) -> None:
    style = made(facts, indicator)
    found = converted(style, tmp_path)
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
    found = converted(made(facts, level="wijk"), tmp_path)
    filters = {one["name"]: one["filter"] for one in found["styles"]}
    field = "gemiddelde_woz_waarde"
    assert filters["wijk 250 tot 300 x 1000 euro"] == (
        f'("{field}" IS NOT NULL) AND ("{field}" >= 250) AND ("{field}" < 300)'
    )
    assert filters["wijk geheim of te weinig waarnemingen"] == f"\"{field}_status\" IS 'withheld'"
    assert filters["grens wijk (wijk)"] == '("rank" IS 1) AND ("outer" IS NOT TRUE)'
    assert {(one["name"], one["field"]) for one in found["labels"]} == {
        ("namen gemeenten", '"name"'),
        ("namen wijken", '"name"'),
    }


@pytest.mark.parametrize("level", [None, "wijk"])
@pytest.mark.parametrize("indicator", [WOZ, "drugsmisdrijven", "meeste-eigenaren"])
def test_maplibre_accepts_the_style_too(facts: AtlasFacts, indicator: str, level: str | None, tmp_path: Path) -> None:
    assert complaints(made(facts, indicator, level), tmp_path) == ""


def test_the_style_is_as_agreed(facts: AtlasFacts) -> None:
    check(f"qgis-{WOZ}.json", json.dumps(made(facts), indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def test_nothing_is_in_it_that_old_versions_paint_blue(facts: AtlasFacts) -> None:
    for indicator in facts.indicators:
        text = json.dumps(made(facts, indicator.id))
        assert not any(f'["{word}"' in text for word in ("step", "case", "coalesce", "match", "interpolate", "literal"))


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


def test_both_profiles_show_the_same_colors_at_the_same_zooms(facts: AtlasFacts) -> None:
    def shown(style: dict[str, Any]) -> set[tuple[Any, ...]]:
        fills = [one for one in style["layers"] if one.get("metadata", {}).get("zichtkaart:role") == "classes"]
        return {
            (one["source-layer"], one.get("minzoom"), one.get("maxzoom"), color)
            for one in fills
            for color in (part for part in _flat(one["paint"]["fill-color"]) if str(part).startswith("#"))
        }

    for indicator in facts.indicators:
        assert shown(made(facts, indicator.id)) == shown(web.style(facts, indicator.id, 2022, None, "nl", BASE))


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
