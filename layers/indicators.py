"""The indicators of a catalog: the columns of each found in whatever tables have them, and their figures published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from layers.carry import ADDED, carried
from layers.catalog import Catalog
from layers.catalog_model import IndicatorEntry
from layers.catalog_words import MOST_DECIMALS
from layers.cells import Marks
from layers.figures import RawTable
from layers.join import Joined
from layers.problems import Gathering, InputProblems, Problem, counted, listed, suggestion
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
from layers.values import Published, Reason

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
    notes: list[str] = field(default_factory=list)
    """Columns that were found under another name than the catalog has."""

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
            found = _columns(indicator, tables, figures.notes)
            if not found and is_complete:
                raise InputProblems([_nowhere(catalog, number, indicator, tables)])
            _check_overlap(catalog, number, indicator, found)
            if found:
                _check_denominator(catalog, number, indicator, found)
            if indicator.kind == "category":
                _publish_category(indicator, found, figures)
            else:
                _publish_number(indicator, found, figures, gathering)
    return figures


def _columns(indicator: IndicatorEntry, tables: Sequence[JoinedTable], notes: list[str]) -> list[_Found]:
    found = []
    for table in tables:
        names = indicator.columns(table.entry.id)
        column = table.raw.first_column(names)
        if column is not None:
            found.append(_Found(table, column))
            if column.casefold() not in {name.strip().casefold() for name in names}:
                wanted = listed(f'"{name}"' for name in names)
                notes.append(
                    f'table {table.entry.id}: indicator {indicator.id} names {wanted}, which is "{column}" here'
                )
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
                read.append((place, joined, _read(indicator, place, joined)))
    if not read:
        return
    figures.notes.extend(_undivided(indicator, [joined for _, joined, _ in read]))
    decimals = _decimals(indicator, [unrounded for _, _, unrounded in read])
    figures.decimals[indicator.id] = decimals
    for place, joined, unrounded in read:
        figures.add(
            indicator.id, joined, round_figures(unrounded, decimals), _outside(indicator, place, joined, unrounded)
        )


def _read(indicator: IndicatorEntry, place: _Found, joined: Joined) -> Figures:
    """The figure of each region, across a change of borders where there is one."""
    raw = place.table.raw
    reading = _reading(place.table, indicator)
    over = None
    if (denominator := _denominator(indicator, place)) is not None:
        over = partial(_read_rows, raw, denominator, replace(reading, is_percentage=False))
    return carried(joined, indicator.kind, partial(_read_rows, raw, place.column, reading), over)


def _undivided(indicator: IndicatorEntry, joins: Sequence[Joined]) -> list[str]:
    """What a denominator could do for the figures of an indicator, level by level."""
    if indicator.kind in (*ADDED, "category") or indicator.denominator is not None:
        return []
    merged = {
        level: sum(len(joined.parts) for joined in joins if joined.level == level) for level in {j.level for j in joins}
    }
    return [
        f"{indicator.id}, {level}: {counted(count, 'figure')} of regions that merged cannot be put together without "
        f"denominator = .., the column with what the {indicator.kind} is taken over"
        for level, count in sorted(merged.items())
        if count
    ]


def _denominator(indicator: IndicatorEntry, place: _Found) -> str | None:
    """The column that figures of a table are averaged by; None where it has none, or figures are added."""
    if indicator.denominator is None or indicator.kind in ADDED:
        return None
    return place.table.raw.first_column([indicator.denominator])


def _check_denominator(catalog: Catalog, number: int, indicator: IndicatorEntry, found: Sequence[_Found]) -> None:
    """A denominator that no table of the indicator has is a mistake in the catalog."""
    if (
        indicator.denominator is None
        or indicator.kind in ADDED
        or any(_denominator(indicator, place) for place in found)
    ):
        return
    columns = list(dict.fromkeys(column for place in found for column in place.table.raw.columns))
    message = f'indicator "{indicator.id}", denominator = "{indicator.denominator}": none of its tables has that column'
    hint = f"{suggestion(indicator.denominator, columns)}; the columns are {listed(columns, 20)}"
    raise InputProblems([catalog.problem(("indicators", number, "denominator"), message + hint)])


def _read_rows(raw: RawTable, column: str, reading: Reading, rows: NDArray[np.int64]) -> Figures:
    return read_figures(raw, column, rows, reading)


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
    own, parts = dict(joined.own), dict(joined.parts)
    places = [own.get(region, parts[region][0] if region in parts else joined.rows[region]) for region in beyond]
    return [f"{unrounded.numbers[region]:g} in row {rows[at]}" for region, at in zip(beyond, places, strict=True)]


def _publish_category(indicator: IndicatorEntry, found: Sequence[_Found], figures: IndicatorFigures) -> None:
    """Categories are numbered over all levels and years, so that a number means the same everywhere."""
    series = [(joined, _categories(indicator, place, joined)) for place in found for joined in place.table.joined]
    if not series:
        return
    categories = categories_of([values for _, values in series], found[0].table.raw, found[0].column)
    figures.categories[indicator.id] = categories
    figures.decimals[indicator.id] = indicator.decimals if indicator.has_own_decimals else 0
    for joined, values in series:
        figures.add(indicator.id, joined, Rounding(number_categories(values, categories), 0))


def _categories(indicator: IndicatorEntry, place: _Found, joined: Joined) -> list[str | Reason]:
    """The category of each region; a region that consists of several has none."""
    marks = _reading(place.table, indicator).marks
    values = publish_categories(place.table.raw, place.column, joined.rows, marks)
    for region in [*np.flatnonzero(joined.not_comparable).tolist(), *(region for region, _ in joined.parts)]:
        values[region] = Reason.NOT_COMPARABLE
    own = np.array([row for _, row in joined.own], dtype=np.int64)
    for (region, _), value in zip(
        joined.own, publish_categories(place.table.raw, place.column, own, marks), strict=True
    ):
        values[region] = values[region] if isinstance(value, Reason) else value
    return values
