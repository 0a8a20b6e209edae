"""The indicators of a catalog: the columns of each found in whatever tables have them, and their figures published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from layers.catalog import Catalog
from layers.catalog_model import IndicatorEntry
from layers.cells import Missing
from layers.join import Joined
from layers.problems import Gathering, InputProblems, Problem, listed, suggestion
from layers.publish import (
    Reading,
    Rounding,
    categories_of,
    number_categories,
    publish_categories,
    publish_numbers,
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
    counts: list[SeriesReport] = field(default_factory=list)

    @property
    def reports(self) -> tuple[SeriesReport, ...]:
        """What each series came to."""
        return tuple(self.counts)

    def add(self, indicator: str, joined: Joined, rounding: Rounding) -> None:
        """Keep the figures of one series."""
        self.series[indicator, joined.level, joined.year] = PublishedSeries(joined.edition, rounding.published)
        self.counts.append(
            SeriesReport.of(indicator, joined.level, joined.year, joined.edition, rounding.published, rounding.rounded)
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


def _reading(table: JoinedTable) -> Reading:
    return Reading(Missing.of(table.entry.missing), table.entry.decimal)


def _publish_number(
    indicator: IndicatorEntry, found: Sequence[_Found], figures: IndicatorFigures, gathering: Gathering
) -> None:
    for place in found:
        for joined in place.table.joined:
            with gathering.step():
                rounding = publish_numbers(
                    place.table.raw, place.column, joined.rows, indicator.decimals, _reading(place.table)
                )
                figures.add(indicator.id, joined, rounding)


def _publish_category(indicator: IndicatorEntry, found: Sequence[_Found], figures: IndicatorFigures) -> None:
    """Categories are numbered over all levels and years, so that a number means the same everywhere."""
    series = [
        (joined, publish_categories(place.table.raw, place.column, joined.rows, _reading(place.table).missing))
        for place in found
        for joined in place.table.joined
    ]
    if not series:
        return
    categories = categories_of([values for _, values in series], found[0].table.raw, found[0].column)
    figures.categories[indicator.id] = categories
    for joined, values in series:
        figures.add(indicator.id, joined, Rounding(number_categories(values, categories), 0))
