"""Two indicators in one map: low, middle and high of the one against low, middle and high of the other.

high    . . .       Nine colors: across, the first indicator from light to green; upwards, the second from light to
        . . .       purple; where both are high, dark. Map, QGIS, legend, table and raster read them here. They were
low     . . .       found by a search for nine that are far apart for everyone (CIEDE2000 above 12 in each kind of
      low   high    color blindness); the well-known schemes fall below 4 for one kind or another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from layers.atlas import IndicatorFacts, Lang
from layers.values import Reason
from styles.coloring import ColorClass, class_text

COLORS = (
    ("#f4f4ee", "#95cdb2", "#01a579"),
    ("#d9b9eb", "#8a95a8", "#386f68"),
    ("#b06de5", "#724c98", "#382c51"),
)
"""``COLORS[third of the second][third of the first]``, from low to high."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One of the nine: a third of the first indicator with a third of the second."""

    color: str
    """``#rrggbb``"""

    column: int
    """Third of the first, 0 is low."""

    row: int
    """Third of the second, 0 is low."""

    first: ColorClass
    second: ColorClass


def thirds_of(indicator: IndicatorFacts, level: str) -> tuple[ColorClass, ...]:
    """Low, middle and high of an indicator on a level; fewer where it has few distinct figures, none without any."""
    if level not in indicator.breaks:
        return ()
    edges = indicator.breaks[level].thirds
    ranges = zip((None, *edges), (*edges, None), strict=True)
    return tuple(ColorClass(color="", low=low, high=high) for low, high in ranges)


def cells(first: IndicatorFacts, second: IndicatorFacts, level: str) -> tuple[Cell, ...]:
    """The cells of a level, from low to high of the second and in that of the first."""
    return tuple(
        Cell(COLORS[row][column], column, row, across, upwards)
        for row, upwards in enumerate(thirds_of(second, level))
        for column, across in enumerate(thirds_of(first, level))
    )


def color_expression(first: IndicatorFacts, second: IndicatorFacts, level: str) -> Any:
    """The color of a region with two figures, for MapLibre."""
    rows = len(thirds_of(second, level))
    across = first.breaks[level].thirds
    of_row = [_steps(first.field, across, list(COLORS[row][: len(across) + 1])) for row in range(rows)]
    return _steps(second.field, second.breaks[level].thirds, of_row)


def _steps(field: str, edges: tuple[float, ...], outcomes: list[Any]) -> Any:
    if not edges:
        return outcomes[0]
    return [
        "step",
        ["get", field],
        outcomes[0],
        *(part for pair in zip(edges, outcomes[1:], strict=True) for part in pair),
    ]


def cell_filter(cell: Cell, first: IndicatorFacts, second: IndicatorFacts) -> Any:
    """The regions of a cell, in the filter language that QGIS reads."""
    return ["all", *_range(cell.first, first.field), *_range(cell.second, second.field)]


def _range(part: ColorClass, field: str) -> Iterator[Any]:
    yield ["has", field]
    if part.low is not None:
        yield [">=", field, part.low]
    if part.high is not None:
        yield ["<", field, part.high]


def reason_filters(first: IndicatorFacts, second: IndicatorFacts, reason: Reason) -> list[list[Any]]:
    """Field and value of a reason in either."""
    return [[f"{one.field}_status", reason.value] for one in (first, second)]


def reasons_by_weight() -> list[Reason]:
    """In the order in which they are drawn: of two reasons the later one covers the other, *withheld* covers all."""
    return list(reversed(Reason))


def rows(first: IndicatorFacts, second: IndicatorFacts, level: str, lang: Lang) -> list[dict[str, str]]:
    """The nine colors as a table: what each says of either indicator."""
    return [
        {
            "color": cell.color,
            first.id: class_text(cell.first, first, level, lang),
            second.id: class_text(cell.second, second, level, lang),
        }
        for cell in cells(first, second, level)
    ]
