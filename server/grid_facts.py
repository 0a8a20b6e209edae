"""What the manifest says of a grid: its classes and colours, decided once and for all when an atlas is built."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from layers.atlas import Artefact, GridCategory, GridFacts, Kind
from layers.catalog import Catalog
from layers.catalog_grids import GridEntry
from layers.catalog_model import StyleEntry
from layers.catalog_words import MOST_DECIMALS
from layers.columns import SeriesRows
from layers.grids import GridSource, GridTally
from layers.problems import Problem
from layers.values import Published
from server.classification import Classification, classified, faults
from server.grids.indicator import LEVEL
from styles.palettes import colors
from styles.preset import category_palette


@dataclass(frozen=True, slots=True)
class GridLook:
    """A grid as classification sees it: cells are all of one size, so a number of things in each may fill it."""

    id: str
    kind: Kind
    decimals: int
    style: StyleEntry
    theme: str = ""


def grid_facts(grid: GridSource, tally: GridTally, cells: Artefact) -> GridFacts:
    """The facts of a grid that was written."""
    entry = grid.entry
    decimals = _decimals(tally.sample) if entry.decimals is None else entry.decimals
    look = Classification((), {}) if entry.categories else _look(entry, decimals, tally.sample)
    return GridFacts(
        id=entry.id,
        title=entry.title,
        unit=entry.unit,
        year=entry.year,
        decimals=decimals,
        explanation=entry.explanation,
        caveat=entry.caveat,
        source=entry.made_by,
        bounds=grid.bounds,
        cell=(abs(grid.transform.a), abs(grid.transform.e)),
        colors=_category_colors(grid) if entry.categories else look.colors,
        breaks=look.breaks.get(LEVEL),
        middle=look.middle,
        categories=tuple(GridCategory(value=one.value, title=one.title) for one in entry.categories),
        reasons=tuple(reason.value for reason in tally.reasons),
        cells=cells,
    )


def grid_style_problems(catalog: Catalog) -> list[Problem]:
    """What is wrong with the styles of grids, each at its line."""
    return [
        catalog.problem(("grids", number, "style", key), f"{key} of {entry.id}: {error}")
        for number, entry in enumerate(catalog.grids)
        for key, error in faults(_styled(entry, 0), [category.title.nl for category in entry.categories])
    ]


def _styled(entry: GridEntry, decimals: int) -> GridLook:
    return GridLook(entry.id, "category" if entry.categories else "mean", decimals, entry.style)


def _look(entry: GridEntry, decimals: int, sample: NDArray[np.float64]) -> Classification:
    rows = SeriesRows(LEVEL, entry.year or 0, (), Published(sample, np.zeros(len(sample), np.uint8)))
    return classified(_styled(entry, decimals), [rows], ())


def _category_colors(grid: GridSource) -> tuple[str, ...]:
    """That of the catalog, of the file, or of the palette."""
    entry = grid.entry
    spare: Sequence[str] = colors(entry.style.palette or category_palette(len(entry.categories)), len(entry.categories))
    return tuple(
        category.color or grid.colors.get(category.value) or spare[place]
        for place, category in enumerate(entry.categories)
    )


def _decimals(sample: NDArray[np.float64]) -> int:
    """As many as the figures have."""
    return next(
        (places for places in range(MOST_DECIMALS) if np.allclose(sample, np.round(sample, places), rtol=0, atol=1e-9)),
        MOST_DECIMALS,
    )


def grid_sentence(grid: GridFacts) -> str:
    """What came of it, for the report of a build."""
    cell = " by ".join(f"{side:g}" for side in grid.cell)
    classes = len(grid.categories) or (0 if grid.breaks is None else len(grid.breaks.edges) + 1)
    reasons = f", with cells that are {' or '.join(grid.reasons)}" if grid.reasons else ""
    return f"cells of {cell}, {classes} colours{reasons}"
