"""The law of one truth: map, QGIS, legend and raster say the same of every figure, and it is what arithmetic says."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.atlas import AtlasFacts, Breaks, IndicatorFacts, Text
from layers.values import Published, Reason
from styles import qgis, web
from styles.bivariate import COLORS, rows
from styles.legend import entries
from styles.palettes import colors
from styles.raster_colors import REASONS, color_indices, pair_indices, palette, reason_of
from tests.styles.make_facts import FILE, series, town
from tests.styles.reading import look

law = settings(deadline=None, max_examples=40)
BASE = "https://kaart.example"


@st.composite
def indicators(draw: st.DrawFn, name: str = "een", *, diverging: bool | None = None) -> IndicatorFacts:
    """An indicator with any classes, sequential or around 0, and any thirds."""
    edges = sorted(draw(st.sets(st.integers(-50, 50), max_size=8)))
    is_diverging = draw(st.booleans()) if diverging is None else diverging
    thirds = sorted(draw(st.sets(st.integers(-50, 50), max_size=2)))
    names = colors("PuOr_r" if is_diverging else "YlGnBu", 9)
    return IndicatorFacts(
        id=name,
        theme="vastgoed",
        title=Text(nl=name),
        unit=Text(nl="%"),
        kind="change" if is_diverging else "share",
        middle=0 if is_diverging else None,
        decimals=0,
        series=tuple(series(["wijk"])),
        colors=names,
        breaks={"wijk": Breaks(edges=tuple(edges), low=-60, high=60, thirds=tuple(thirds))},
        values=FILE,
    )


def published(figures: list[int | Reason]) -> Published:
    """A column of numbers and reasons."""
    numbers = np.array([np.nan if isinstance(one, Reason) else one for one in figures], float)
    reasons = np.array([one.number if isinstance(one, Reason) else 0 for one in figures], np.uint8)
    return Published(numbers, reasons)


def feature(**figures: int | Reason) -> dict[str, Any]:
    """A region in a tile."""
    return {
        key: one
        for field, figure in figures.items()
        for key, one in ([(f"{field}_status", figure.value)] if isinstance(figure, Reason) else [(field, figure)])
    }


def hex_of(rgba: Any) -> str:
    return "#" + "".join(f"{part:02x}" for part in rgba[:3])


figure = st.one_of(st.integers(-60, 60), st.sampled_from(Reason))
many = st.lists(figure, min_size=1, max_size=12)


def both_styles(facts: AtlasFacts, other: str | None = None) -> list[dict[str, Any]]:
    return [make(facts, "een", 2022, "wijk", "nl", BASE, other=other) for make in (web.style, qgis.style)]


@law
@given(indicators(), many)
def test_a_figure_has_one_class_everywhere(indicator: IndicatorFacts, figures: list[int | Reason]) -> None:
    facts = town(indicator)
    styles = both_styles(facts)
    legend = entries(facts, "een", "wijk", "nl", reasons=[])
    raster, table = color_indices(published(figures), indicator, "wijk"), palette(indicator)
    edges = indicator.breaks["wijk"].edges
    for one, index in zip(figures, raster.tolist(), strict=True):
        if isinstance(one, Reason):
            assert reason_of(index) is one
            assert [look(style, "wijk", feature(een=one)) for style in styles] == [f"reason-{one.value}"] * 2
            continue
        expected = indicator.colors[bisect_right(edges, one)]
        assert [look(style, "wijk", feature(een=one)) for style in styles] == [expected] * 2
        assert hex_of(table[index]) == expected
        [entry] = [
            entry
            for entry in legend
            if (entry.low is None or entry.low <= one) and (entry.high is None or one < entry.high)
        ]
        assert entry.color == expected


@law
@given(indicators("een"), indicators("twee"), st.lists(st.tuples(figure, figure), min_size=1, max_size=12))
def test_two_figures_have_one_cell_everywhere(
    first: IndicatorFacts, second: IndicatorFacts, pairs: list[tuple[int | Reason, int | Reason]]
) -> None:
    facts = town(first, second)
    styles = both_styles(facts, other="twee")
    columns = published([a for a, _ in pairs]), published([b for _, b in pairs])
    raster = pair_indices(*columns, (first, second), "wijk")
    table = palette(first, second)
    told = {row["color"] for row in rows(first, second, "wijk", "nl")}
    for (one, other), index in zip(pairs, raster.tolist(), strict=True):
        reasons = [figure for figure in (one, other) if isinstance(figure, Reason)]
        looks = [look(style, "wijk", feature(een=one, twee=other)) for style in styles]
        if reasons:
            weightiest = min(reasons, key=list(Reason).index)
            assert looks == [f"reason-{weightiest.value}"] * 2
            assert reason_of(index) is weightiest
            continue
        column = sum(one >= edge for edge in first.breaks["wijk"].thirds)  # type: ignore[operator]
        row = sum(other >= edge for edge in second.breaks["wijk"].thirds)  # type: ignore[operator]
        assert looks == [COLORS[row][column]] * 2
        assert hex_of(table[index]) == COLORS[row][column]
        assert COLORS[row][column] in told


def test_numbers_of_colors_keep_reasons_apart_from_classes() -> None:
    facts = town()
    indicator = facts.indicators[0]
    indices = color_indices(published([70, 1600, *Reason]), indicator, "wijk")
    assert indices.tolist() == [1, 5, *(REASONS + reason.number for reason in Reason)]
    assert palette(indicator)[0].tolist() == [0, 0, 0, 0], "where nothing is, nothing is drawn"
    assert len({tuple(palette(indicator)[index]) for index in (1, 2, 3, 4, 5, REASONS + 2)}) == 6
    category = facts.indicators[2]
    assert color_indices(published([2, 0, Reason.MISSING]), category, "wijk").tolist() == [3, 1, REASONS + 2]
    bare = indicator.model_copy(update={"breaks": {}})
    assert color_indices(published([Reason.WITHHELD]), bare, "wijk").tolist() == [REASONS + 1]
