from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from layers.atlas import AtlasFacts
from layers.values import Reason
from styles import qgis, web
from styles.bivariate import COLORS, rows
from styles.errors import CountIsNoFill, NoFigures, NoPair
from styles.pair_legend import pair_legend_svg
from styles.reasons import sprite
from styles.tokens import LIGHT
from tests.qgis.clients import converted
from tests.styles.color_vision import VISION, contrast, difference
from tests.styles.make_facts import edition, homes, incidents, owners, risk, series, town
from tests.styles.style_golden import check
from tests.styles.style_validator import complaints

WOZ, RISK = "gemiddelde-woz-waarde", "verhoogd-risico"
BASE = "https://kaart.example"
NINE = [color for row in COLORS for color in row]


@pytest.fixture
def pair() -> AtlasFacts:
    """A Vastgoed indicator on three levels and a Drugs one on two of them."""
    levels = ["gemeente", "wijk"]
    return town(
        homes(series([*levels, "buurt"])),
        risk(series(levels, tileset="drugs-2022")),
        incidents(series(["wijk"])),
        owners(series(["wijk"])),
    )


def made(facts: AtlasFacts, profile: str, level: str | None = None) -> dict[str, Any]:
    make = qgis.style if profile == "qgis" else web.style
    return make(facts, WOZ, 2022, level, "nl", BASE, other=RISK)


@pytest.mark.parametrize("vision", VISION)
def test_everyone_can_tell_any_two_of_the_nine_colors_apart(vision: str) -> None:
    found = {pair: difference(*pair, vision) for pair in combinations(NINE, 2)}
    assert min(found.values()) > 12, min(found, key=found.__getitem__)


@pytest.mark.parametrize("vision", VISION)
def test_none_of_the_nine_looks_like_a_gap_or_the_ground(vision: str) -> None:
    assert min(difference(color, LIGHT.missing, vision) for color in NINE) > 6
    assert min(difference(color, LIGHT.background, vision) for color in NINE) > 4.5


def test_more_of_either_is_darker() -> None:
    for row, other in combinations(range(3), 2):
        for place in range(3):
            assert contrast(COLORS[other][place], "#ffffff") > contrast(COLORS[row][place], "#ffffff")
            assert contrast(COLORS[place][other], "#ffffff") > contrast(COLORS[place][row], "#ffffff")


@pytest.mark.parametrize("profile", ["web", "qgis"])
def test_it_shows_the_levels_both_have_and_asks_for_tiles_with_both(pair: AtlasFacts, profile: str) -> None:
    style = made(pair, profile)
    fills = [layer for layer in style["layers"] if layer["type"] == "fill" and layer["source-layer"] != "plassen"]
    assert {layer["source-layer"] for layer in fills} == {"gemeente", "wijk"}
    address = f"{BASE}/tiles/gebieden-2022?indicators={WOZ},{RISK}&year=2022"
    assert style["sources"]["kaart"]["url"] == address
    assert style["metadata"]["zichtkaart:with"] == RISK
    assert style["metadata"]["zichtkaart:colors"]["wijk"] == rows(pair.indicators[0], pair.indicators[1], "wijk", "nl")


@pytest.mark.parametrize("profile", ["web", "qgis"])
def test_maplibre_accepts_it(pair: AtlasFacts, profile: str, tmp_path: Path) -> None:
    assert complaints(made(pair, profile), tmp_path) == ""


@pytest.mark.parametrize("profile", ["web", "qgis"])
def test_it_is_as_agreed(pair: AtlasFacts, profile: str) -> None:
    text = json.dumps(made(pair, profile, "gemeente"), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    check(f"{profile}-bivariate.json", text)


@pytest.mark.qgis
def test_qgis_converts_it_without_a_warning_and_finds_the_nine_colors(pair: AtlasFacts, tmp_path: Path) -> None:
    found = converted(made(pair, "qgis", "wijk"), *sprite(2), tmp_path)
    assert found["warnings"] == []
    of_wijk = [one for one in found["styles"] if one["layer"] == "wijk"]
    assert [one["colors"][0] for one in of_wijk[:9]] == NINE
    field, other = "gemiddelde_woz_waarde", "verhoogd_risico"
    assert of_wijk[1]["filter"] == (
        f'("{field}" IS NOT NULL) AND ("{field}" >= 260) AND ("{field}" < 340) '
        f'AND ("{other}" IS NOT NULL) AND ("{other}" < 3)'
    )
    assert of_wijk[1]["name"] == "wijk 260 tot 340 x 1000 euro / 0,0 tot 3,0 % van de woningen"
    assert of_wijk[-1]["filter"] == f"(\"{field}_status\" IS 'withheld') OR (\"{other}_status\" IS 'withheld')"


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_legend_is_a_square_that_is_read_aloud_as_nine_rows(pair: AtlasFacts, lang: Any) -> None:
    drawing = pair_legend_svg(pair, WOZ, RISK, "wijk", lang)
    root = ET.fromstring(drawing)
    fills = [one.get("fill") for one in root.iter("{http://www.w3.org/2000/svg}rect")]
    assert {*NINE} <= {*fills}
    told = (root.find("{http://www.w3.org/2000/svg}desc").text or "").split("; ")  # type: ignore[union-attr]
    assert len(told) == 9 + len(Reason)
    check(f"legend-bivariate-{lang}.svg", drawing)


def test_the_legend_of_all_levels_has_a_square_for_each(pair: AtlasFacts) -> None:
    drawing = pair_legend_svg(pair, WOZ, RISK, None, "en")
    assert drawing.count(COLORS[2][2]) == 4, "two squares, each drawn and read aloud"
    with pytest.raises(NoFigures, match="has no figures for buurt: it has gemeente, wijk"):
        pair_legend_svg(pair, WOZ, RISK, "buurt", "en")


@pytest.mark.parametrize(
    ("other", "error", "sentence"),
    [
        (
            "incidenten",
            CountIsNoFill,
            "'incidenten' is a number of things and cannot fill areas, since a large area has",
        ),
        ("meeste-eigenaren", NoPair, "has categories, which are neither low nor high"),
        (WOZ, NoPair, "they are the same"),
    ],
)
def test_what_cannot_be_paired_says_why(pair: AtlasFacts, other: str, error: type[Exception], sentence: str) -> None:
    with pytest.raises(error, match=sentence):
        web.style(pair, WOZ, 2022, None, "nl", BASE, other=other)


def test_figures_on_other_borders_are_no_pair() -> None:
    facts = town(
        homes(series(["wijk"])),
        risk(series(["wijk"], edition_year=2021, tileset="drugs-2022-op-2021")),
        editions=(edition(2021), edition()),
    )
    with pytest.raises(NoPair, match="there is no year and level for which both have figures"):
        web.style(facts, WOZ, 2022, None, "nl", BASE, other=RISK)


def test_an_indicator_that_its_tileset_has_not_is_asked_for_by_name() -> None:
    facts = town(homes(series(["wijk"])), risk(series(["wijk"], tileset="drugs-2022")))
    there = web.style(facts, WOZ, 2022, None, "nl", BASE)["sources"]["kaart"]["url"]
    named = web.style(facts, RISK, 2022, None, "nl", BASE)["sources"]["kaart"]["url"]
    assert (there, named) == (f"{BASE}/tiles/vastgoed-2022", f"{BASE}/tiles/drugs-2022?indicators={RISK}")
