"""What a publisher's style comes to: classes, colors, circles, and refusals at the line of the catalog."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from layers.atlas import Kind
from layers.catalog import read_catalog
from layers.catalog_model import StyleEntry
from layers.columns import SeriesRows
from layers.values import Published
from server.classification import classified, faults, style_problems, style_remarks
from styles.classes import class_breaks
from styles.errors import AlarmingPalette, NotDiverging, RedPalette, StyleError
from styles.palettes import colors


@dataclass(frozen=True)
class Entry:
    """An indicator as far as its looks go."""

    kind: Kind
    style: StyleEntry
    theme: str = "vastgoed"
    id: str = "proef"
    decimals: int = 0


def entry(kind: Kind, theme: str = "vastgoed", **style: Any) -> Entry:
    return Entry(kind, StyleEntry(**style), theme)


def rows(year: int, *figures: float) -> SeriesRows:
    numbers = np.array(figures, float)
    reasons = np.isnan(numbers).astype(np.uint8)
    return SeriesRows("wijk", year, tuple(f"WK{place}" for place in range(len(figures))), Published(numbers, reasons))


MEASURED = """
[atlas]
id = "proef"
title = "Proef"
attribution = "Bron: proef"

[[regions]]
level = "wijk"
year = 2022
source = "r.gpkg"
code = "code"
name = "name"

[[tables]]
id = "cijfers"
source = "c.csv"
level = "wijk"
year = 2022
code = "code"

[[themes]]
id = "drugs"
title = "Drugs"

[[indicators]]
id = "delicten"
theme = "drugs"
title = "Delicten"
kind = "count"
column = "delicten"
{style}

[[indicators.measures]]
id = "per-1000"
kind = "rate"
of = "inwoners"
per = 1000
{of_measure}
"""

YEARS = [rows(2021, *range(50, 150), np.nan), rows(2022, *range(90, 290))]
ALL = np.array([*range(50, 150), *range(90, 290)], float)


def test_classes_and_thirds_are_made_of_all_years_together() -> None:
    look = classified(entry("share"), YEARS, ())
    assert look.breaks["wijk"].edges == class_breaks(ALL, 5, "quantiles", 0).edges
    assert look.breaks["wijk"].thirds == class_breaks(ALL, 3, "quantiles", 0).edges
    assert (look.drawn, look.middle) == ("fill", None)


@pytest.mark.parametrize(
    ("kind", "theme", "middle", "palette"),
    [("index", "drugs", 100, "PuOr_r"), ("change", "vastgoed", 0, "BrBG"), ("index", "groen", 100, "BrBG")],
)
def test_an_index_and_a_change_diverge_by_themselves(kind: Kind, theme: str, middle: float, palette: str) -> None:
    look = classified(entry(kind, theme), YEARS, ())
    assert (look.middle, look.colors) == (middle, colors(palette, 5))
    edges = look.breaks["wijk"].edges
    assert edges[1] < middle < edges[2]
    assert middle - edges[1] == edges[2] - middle


def test_a_comparison_does_not_take_over_a_palette_without_a_middle() -> None:
    assert classified(entry("index", "drugs", palette="Purples"), YEARS, ()).colors == colors("PuOr_r", 5)
    assert classified(entry("index", "drugs", palette="PRGn"), YEARS, ()).colors == colors("PRGn", 5)


def test_a_publisher_can_state_a_middle() -> None:
    look = classified(entry("share", palette="BrBG", middle=120, classes=4), YEARS, ())
    assert look.breaks["wijk"].edges[1] == 120
    assert look.colors == colors("BrBG", 4)


def test_breaks_of_a_publisher_keep_the_neutral_color_at_the_middle() -> None:
    look = classified(entry("change", breaks=[-5, 5, 20, 60]), YEARS, ())
    assert look.colors == colors("BrBG", 7)[2:]
    assert look.colors[1] == "#f5f5f5"


@pytest.mark.parametrize(
    ("wrong", "error", "key"),
    [
        (entry("rate", "drugs", palette="OrRd"), RedPalette, "palette"),
        (entry("rate", "drugs", palette="Oranges"), AlarmingPalette, "palette"),
        (entry("index", "drugs", palette="RdBu"), AlarmingPalette, "palette"),
        (entry("share", palette="Blues", middle=50), NotDiverging, "palette"),
        (entry("share", palette="Blues", classes=12), StyleError, "classes"),
        (entry("change", breaks=[-9, -8, -7, -6, -5]), StyleError, "breaks"),
    ],
)
def test_a_style_that_cannot_be_is_refused_at_its_key(wrong: Entry, error: type[StyleError], key: str) -> None:
    found: Mapping[str, Exception] = dict(faults(wrong, ()))
    assert list(found) == [key]
    assert isinstance(found[key], error)


@pytest.mark.parametrize(
    ("style", "of_measure", "sentence"),
    [
        (
            "",
            'style = { palette = "Reds" }',
            "palette of delicten-per-1000: there is no palette 'Reds', for red reads as",
        ),
        ("", 'style = { palette = "Oranges" }', "palette of delicten-per-1000: the palette 'Oranges' has red or burnt"),
        ('style = { method = "gok" }', "", "method of delicten-per-1000: there is no method 'gok'"),
        ("style = { classes = 12 }", "", "classes of delicten-per-1000: the palette 'BuPu' has 1 to 9 colours, not 12"),
    ],
)
def test_the_styles_of_measures_are_checked_before_anything_is_built(
    style: str, of_measure: str, sentence: str, tmp_path: Path
) -> None:
    catalog = tmp_path / "catalog.toml"
    catalog.write_text(MEASURED.format(style=style, of_measure=of_measure), encoding="utf-8")
    [problem] = style_problems(read_catalog(catalog))
    assert sentence in str(problem)


def test_what_is_not_used_for_circles_is_told(tmp_path: Path) -> None:
    catalog = tmp_path / "catalog.toml"
    plain = MEASURED.split("[[indicators.measures]]")[0]
    catalog.write_text(plain.format(style='style = { classes = 4, palette = "Purples" }'), encoding="utf-8")
    [remark] = style_remarks(read_catalog(catalog))
    assert remark.startswith("delicten is a number of things and is drawn as circles, since a large area has more")
    assert "classes of its style is not used" in remark
    assert classified(entry("count", "drugs", classes=4), YEARS, ()).colors == (colors("BuPu", 4)[-1],)
