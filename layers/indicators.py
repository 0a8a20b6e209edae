"""The indicators of a catalog: the columns of each found in whatever tables have them, and their figures published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from layers.catalog import Catalog
from layers.catalog_model import MOST_DECIMALS, IndicatorEntry
from layers.cells import Marks
from layers.join import Joined
from layers.problems import Gathering, InputProblems, Problem, listed, suggestion
from layers.publish import (
    Figures,
    Reading,
    Rounding,
    categories_of,
    decimals_in,
    number_categories,
    publish_categories,
    read_figures,
    round_figures,
)
from layers.report import SeriesReport
from layers.tables import JoinedTable
from layers.values import Published

SeriesKey = tuple[str, str, int]
"""Indicator, level and year."""


@dataclass(frozen=True, slots=True)
class PublishedSeries:
    """The figures of one indicator on one level in one year, in the order of the edition's regions."""

    edition: int
    published: Published


@dataclass(slots=True)
class IndicatorFigures:
    """The figures of all indicators."""

    series: dict[SeriesKey, PublishedSeries] = field(default_factory=dict)
    categories: dict[str, tuple[str, ...]] = field(default_factory=dict)
    decimals: dict[str, int] = field(default_factory=dict)
    """By indicator: how many decimals its figures have."""

    counts: list[SeriesReport] = field(default_factory=list)

    @property
    def reports(self) -> tuple[SeriesReport, ...]:
        """What each series came to."""
        return tuple(self.counts)

    def add(self, indicator: str, joined: Joined, rounding: Rounding, outside: Sequence[str] = ()) -> None:
        """Keep the figures of one series; ``outside`` tells of those that are no percentage of a whole."""
        self.series[indicator, joined.level, joined.year] = PublishedSeries(joined.edition, rounding.published)
        self.counts.append(
            SeriesReport.of(indicator, joined.level, joined.year, joined.edition, rounding, tuple(outside))
        )


@dataclass(frozen=True, slots=True)
class _Found:
    """A column of an indicator in one table."""

    table: JoinedTable
    column: str


def publish_indicators(catalog: Catalog, tables: Sequence[JoinedTable], gathering: Gathering) -> IndicatorFigures:
    """Find and publish the figures of every indicator; a table that could not be read is not held against it."""
    figures = IndicatorFigures()
    is_complete = len(tables) == len(catalog.tables)
    for number, indicator in enumerate(catalog.indicators):
        with gathering.step():
            found = _columns(indicator, tables)
            if not found and is_complete:
                raise InputProblems([_nowhere(catalog, number, indicator, tables)])
            _check_overlap(catalog, number, indicator, found)
            if indicator.kind == "category":
                _publish_category(indicator, found, figures)
            else:
                _publish_number(indicator, found, figures, gathering)
    return figures


def _columns(indicator: IndicatorEntry, tables: Sequence[JoinedTable]) -> list[_Found]:
    found = []
    for table in tables:
        column = table.raw.first_column(indicator.columns(table.entry.id))
        if column is not None:
            found.append(_Found(table, column))
    return found


def _nowhere(catalog: Catalog, number: int, indicator: IndicatorEntry, tables: Sequence[JoinedTable]) -> Problem:
    wanted = [indicator.column] if indicator.column else [entry.column for entry in indicator.from_]
    columns = list(dict.fromkeys(column for table in tables for column in table.raw.columns))
    if not tables:
        message = "there are no [[tables]] to take it from"
    else:
        hint = "".join(suggestion(column, columns) for column in wanted)
        message = f"no table has it{hint}; the columns are {listed(columns, 20)}"
    what = listed(f'column "{column}"' for column in wanted)
    key = "column" if indicator.column else "from"
    return catalog.problem(("indicators", number, key), f'indicator "{indicator.id}", {what}: {message}')


def _check_overlap(catalog: Catalog, number: int, indicator: IndicatorEntry, found: Sequence[_Found]) -> None:
    """Two tables with figures for the same level and year leave open which of them counts."""
    table_of: dict[tuple[str, int], str] = {}
    for place in found:
        for joined in place.table.joined:
            first = table_of.setdefault((joined.level, joined.year), joined.table)
            if first != joined.table:
                choice = f'from = [{{ table = "{first}", column = "{place.column}" }}]'
                message = (
                    f'indicator "{indicator.id}": tables "{first}" and "{joined.table}" both have its column for '
                    f"{joined.level} {joined.year}; choose with {choice}"
                )
                raise InputProblems([catalog.problem(("indicators", number), message)])


def _reading(table: JoinedTable, indicator: IndicatorEntry) -> Reading:
    marks = Marks.of(table.entry.missing, table.entry.withheld)
    return Reading(marks, table.entry.decimal, indicator.is_percentage)


def _publish_number(
    indicator: IndicatorEntry, found: Sequence[_Found], figures: IndicatorFigures, gathering: Gathering
) -> None:
    """Figures are rounded alike over all levels and years, so that they compare."""
    read: list[tuple[_Found, Joined, Figures]] = []
    for place in found:
        for joined in place.table.joined:
            with gathering.step():
                reading = _reading(place.table, indicator)
                read.append((place, joined, read_figures(place.table.raw, place.column, joined.rows, reading)))
    if not read:
        return
    decimals = _decimals(indicator, [unrounded for _, _, unrounded in read])
    figures.decimals[indicator.id] = decimals
    for place, joined, unrounded in read:
        figures.add(
            indicator.id, joined, round_figures(unrounded, decimals), _outside(indicator, place, joined, unrounded)
        )


def _decimals(indicator: IndicatorEntry, every: Sequence[Figures]) -> int:
    """What the catalog says, else what the figures have; a count has none."""
    if indicator.has_own_decimals:
        return indicator.decimals
    return 0 if indicator.kind == "count" else decimals_in(every, MOST_DECIMALS)


def _outside(indicator: IndicatorEntry, place: _Found, joined: Joined, unrounded: Figures) -> list[str]:
    """The figures of a share in percent that are below 0 or above 100."""
    if indicator.kind != "share" or not indicator.is_percentage:
        return []
    beyond = np.flatnonzero((unrounded.numbers < 0) | (unrounded.numbers > 100)).tolist()
    rows = place.table.raw.rows
    return [f"{unrounded.numbers[region]:g} in row {rows[joined.rows[region]]}" for region in beyond]


def _publish_category(indicator: IndicatorEntry, found: Sequence[_Found], figures: IndicatorFigures) -> None:
    """Categories are numbered over all levels and years, so that a number means the same everywhere."""
    series = [
        (joined, publish_categories(place.table.raw, place.column, joined.rows, _reading(place.table, indicator).marks))
        for place in found
        for joined in place.table.joined
    ]
    if not series:
        return
    categories = categories_of([values for _, values in series], found[0].table.raw, found[0].column)
    figures.categories[indicator.id] = categories
    figures.decimals[indicator.id] = indicator.decimals if indicator.has_own_decimals else 0
    for joined, values in series:
        figures.add(indicator.id, joined, Rounding(number_categories(values, categories), 0))
