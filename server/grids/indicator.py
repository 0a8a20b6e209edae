"""A grid in the shape in which legends and pictures know figures; a server needs no more of how grids are built."""

from __future__ import annotations

from typing import Final

from layers.atlas import GridFacts, IndicatorFacts, Lang

LEVEL: Final = "cel"
"""What cells are called where figures of regions have a level."""


def as_indicator(grid: GridFacts, lang: Lang) -> IndicatorFacts:
    """A grid in the shape in which legend and pictures know figures; categories are numbered in their order."""
    return IndicatorFacts(
        id=grid.id,
        theme="",
        title=grid.title,
        unit=grid.unit,
        kind="category" if grid.categories else "mean",
        decimals=grid.decimals,
        series=(),
        colors=grid.colors,
        breaks={} if grid.breaks is None else {LEVEL: grid.breaks},
        middle=grid.middle,
        categories=tuple(category.title.in_(lang) for category in grid.categories),
        values=grid.cells,
    )
