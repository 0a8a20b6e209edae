"""The figures of a catalog as tables have them: read, rounded, protected and published, code by code.

What is made of them, shares and comparisons, comes after this and never sees a raw figure (``layers.derived``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from layers.atlas import BASED, COUNTED
from layers.breakdown import Dimension
from layers.carry import carried
from layers.catalog import Catalog
from layers.catalog_model import IndicatorEntry
from layers.catalog_words import MOST_DECIMALS
from layers.cells import Marks
from layers.codes import cell_text
from layers.figures import RawTable
from layers.finding import Breakdown, Found, check_overlap, found_columns, nowhere
from layers.join import Joined
from layers.problems import Gathering, InputProblems, counted, listed, suggestion
from layers.protect import ProtectRule, protected
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
    table: str = ""
    """Id of the table they come from."""


@dataclass(slots=True)
class TopicFigures:
    """The published figures of a topic, as its tables have them."""

    entry: IndicatorEntry
    decimals: int = 0
    series: dict[tuple[Breakdown, str, int], PublishedSeries] = field(default_factory=dict)
    """By codes, level and year."""

    national: dict[tuple[Breakdown, int], Published] = field(default_factory=dict)
    """By codes and year: the one figure of the Netherlands."""

    categories: tuple[str, ...] = ()


@dataclass(slots=True)
class IndicatorFigures:
    """The figures of all topics."""

    topics: dict[str, TopicFigures] = field(default_factory=dict)
    reports: list[SeriesReport] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """Columns that were found under another name than the catalog has, and what was left out of included files."""

    concerns: list[str] = field(default_factory=list)
    """What a publisher may have wanted otherwise."""

    @property
    def categories(self) -> dict[str, tuple[str, ...]]:
        """By topic of kind ``category``: what its numbers index."""
        return {name: topic.categories for name, topic in self.topics.items() if topic.entry.kind == "category"}

    @property
    def decimals(self) -> dict[str, int]:
        """By topic: how many decimals its figures have."""
        return {name: topic.decimals for name, topic in self.topics.items()}


@dataclass(frozen=True, slots=True)
class _Read:
    """The figures of a column for some rows: those of one level and year, about the same codes."""

    place: Found
    joined: Joined
    breakdown: Breakdown
    figures: Figures
    national: Figures | None
    """The one figure of the Netherlands, where there is a row about it."""


def publish_indicators(
    catalog: Catalog, tables: Sequence[JoinedTable], dimensions: Mapping[str, Dimension], gathering: Gathering
) -> IndicatorFigures:
    """Find and publish the figures of every topic; a table that could not be read is not held against it."""
    result = IndicatorFigures()
    is_complete = len(tables) == len(catalog.tables)
    for number, indicator in enumerate(catalog.indicators):
        with gathering.step():
            found = found_columns(indicator, tables, result.notes)
            if not found and is_complete:
                _leave_out(catalog, number, indicator, tables, result)
            check_overlap(catalog, number, indicator, found, dimensions)
            if found:
                _check_denominator(catalog, number, indicator, found)
            filled = _filled(indicator, found, result.notes)
            rule = catalog.protect[indicator.protect] if indicator.protect is not None else None
            figures = publish_figures(indicator, filled, dimensions, rule, gathering, result)
            if figures.series:
                result.topics[indicator.id] = figures
            elif filled and not gathering.problems:
                result.concerns.append(_only_parts(indicator, filled, dimensions))
    return result


def _leave_out(
    catalog: Catalog, number: int, indicator: IndicatorEntry, tables: Sequence[JoinedTable], result: IndicatorFigures
) -> None:
    """Note that no table has an indicator of an included file; any other is a mistake."""
    if ("indicators", number) not in catalog.included:
        key = "column" if indicator.column else "from"
        raise InputProblems([catalog.problem(("indicators", number, key), nowhere(indicator, tables))])
    columns = [indicator.column] if indicator.column else [entry.column for entry in indicator.from_]
    wanted = listed(f'"{name}"' for name in dict.fromkeys(columns))
    result.notes.append(f"{indicator.id}: left out, no table has the column {wanted}")


def _filled(indicator: IndicatorEntry, found: Sequence[Found], notes: list[str]) -> list[Found]:
    """The columns with anything in them; a template that was filled in by half has others, of which nothing is missing."""
    filled = [place for place in found if any(map(cell_text, place.table.raw.columns[place.column]))]
    if empty := [place for place in found if place not in filled]:
        where = listed(f'"{place.column}" of table {place.table.entry.id}' for place in empty)
        notes.append(f"{indicator.id}: left out where nothing is filled in, column {where}")
    return filled


def _only_parts(indicator: IndicatorEntry, found: Sequence[Found], dimensions: Mapping[str, Dimension]) -> str:
    """A sentence that tables break figures down by something the indicator does not have, and give no total."""
    names = dict.fromkeys(name for place in found for joined in place.table.joined for name, _ in joined.codes)
    totals = listed(f'"{dimensions[name].codes[0].id}" of {name}' for name in names) or "its codes"
    return f"{indicator.id}: left out, no table has figures of it for {totals}"


def publish_figures(
    indicator: IndicatorEntry,
    found: Sequence[Found],
    dimensions: Mapping[str, Dimension],
    rule: ProtectRule | None,
    gathering: Gathering,
    result: IndicatorFigures,
) -> TopicFigures:
    """The figures of a topic in some columns, rounded alike over all codes, levels and years, so that they compare."""
    if indicator.kind == "category":
        return _publish_category(indicator, found, dimensions, result)
    read: list[_Read] = []
    for place in found:
        for joined in place.table.joined:
            breakdown = place.breakdown(indicator, joined, dimensions)
            if breakdown is not None:
                with gathering.step():
                    figures = _read(indicator, place, joined)
                    read.append(_Read(place, joined, breakdown, figures, _read_national(indicator, place, joined)))
    if not read:
        return TopicFigures(indicator)
    result.notes.extend(_undivided(indicator, [part.joined for part in read]))
    topic = TopicFigures(indicator, _decimals(indicator, [part.figures for part in read]))
    for part in read:
        _publish(topic, part, rule, result)
    return topic


def _publish(topic: TopicFigures, part: _Read, rule: ProtectRule | None, result: IndicatorFigures) -> None:
    """Round and protect what was read, and keep it."""
    place, joined = part.place, part.joined
    if not joined.is_empty:
        base = _base(topic.entry, place, joined, joined.rows) if rule is not None else None
        rounding = _shown(part.figures, topic, rule, base)
        topic.series[part.breakdown, joined.level, joined.year] = PublishedSeries(
            joined.edition, rounding.published, joined.table
        )
        outside = tuple(_outside(topic.entry, place, joined, part.figures))
        result.reports.append(
            SeriesReport.of(topic.entry.id, joined.level, joined.year, joined.edition, rounding, outside)
        )
    if part.national is not None:
        rows = np.array(joined.national, dtype=np.int64)
        base = _base(topic.entry, place, None, rows) if rule is not None else None
        national = _shown(part.national, topic, rule, base).published
        key = part.breakdown, joined.year
        first = topic.national.setdefault(key, national)
        if Reason.WITHHELD.number in national.reasons:
            topic.national[key] = national  # what one table withholds no other tells
        if (first.values(), first.statuses()) != (national.values(), national.statuses()):
            result.concerns.append(
                f"{topic.entry.id}, {joined.year}: tables differ about the Netherlands, "
                f"{first.values()[0]} and {national.values()[0]} in {joined.table}; "
                "withheld goes before a number, else the first counts"
            )
    elif len(joined.national) > 1:
        result.concerns.append(
            f"table {joined.table}, {joined.year}: {len(joined.national)} rows are about the Netherlands, and none counts"
        )


def _shown(figures: Figures, topic: TopicFigures, rule: ProtectRule | None, base: Published | None) -> Rounding:
    """Figures as readers may see them."""
    rounding = round_figures(figures, topic.decimals)
    if rule is None:
        return rounding
    safe = protected(rounding.published, topic.entry.kind, rule, base)
    again = round_figures(Figures(safe.numbers, safe.reasons), topic.decimals).published
    hidden = int((safe.reasons != rounding.published.reasons).sum())
    return replace(rounding, published=again, hidden=hidden)


def _base(indicator: IndicatorEntry, place: Found, joined: Joined | None, rows: NDArray[np.int64]) -> Published | None:
    """What figures are taken over, for rules; all missing where this table does not say, None where the catalog does not."""
    if indicator.denominator is None or indicator.kind not in BASED:
        return None
    raw = place.table.raw
    column = raw.first_column([indicator.denominator])
    if column is None:
        return Published(np.full(len(rows), np.nan), np.full(len(rows), Reason.MISSING.number, dtype=np.uint8))
    read = partial(_read_rows, raw, column, replace(_reading(place.table, indicator), is_percentage=False))
    figures = read(rows) if joined is None else carried(joined, "sum", read, None)
    return Published(figures.numbers, figures.reasons)


def _reading(table: JoinedTable, indicator: IndicatorEntry) -> Reading:
    marks = Marks.of(table.entry.missing, table.entry.withheld)
    return Reading(marks, table.entry.decimal, indicator.is_percentage)


def _read(indicator: IndicatorEntry, place: Found, joined: Joined) -> Figures:
    """The figure of each region, across a change of borders where there is one."""
    raw = place.table.raw
    reading = _reading(place.table, indicator)
    over = None
    if (denominator := _denominator(indicator, place)) is not None:
        over = partial(_read_rows, raw, denominator, replace(reading, is_percentage=False))
    return carried(joined, indicator.kind, partial(_read_rows, raw, place.column, reading), over)


def _read_national(indicator: IndicatorEntry, place: Found, joined: Joined) -> Figures | None:
    if len(joined.national) != 1:
        return None
    rows = np.array(joined.national, dtype=np.int64)
    return _read_rows(place.table.raw, place.column, _reading(place.table, indicator), rows)


def _undivided(indicator: IndicatorEntry, joins: Sequence[Joined]) -> list[str]:
    """What a denominator could do for the figures of an indicator, level by level."""
    if indicator.kind in (*COUNTED, "category") or indicator.denominator is not None:
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


def _denominator(indicator: IndicatorEntry, place: Found) -> str | None:
    """The column that figures of a table are averaged by; None where it has none, or figures are added."""
    if indicator.denominator is None or indicator.kind in COUNTED:
        return None
    return place.table.raw.first_column([indicator.denominator])


def _check_denominator(catalog: Catalog, number: int, indicator: IndicatorEntry, found: Sequence[Found]) -> None:
    """A denominator that no table of the indicator has is a mistake in the catalog, and so is a rule that needs one."""
    rule = catalog.protect[indicator.protect] if indicator.protect is not None else None
    if rule is not None and rule.least_base is not None and indicator.kind in BASED and indicator.denominator is None:
        message = (
            f'protect = "{indicator.protect}" has least_base, so "{indicator.id}" needs denominator, the column with'
        )
        what = f"what the {indicator.kind} is taken over"
        raise InputProblems([catalog.problem(("indicators", number, "protect"), f"{message} {what}")])
    if (
        indicator.denominator is None
        or indicator.kind in COUNTED
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


def _outside(indicator: IndicatorEntry, place: Found, joined: Joined, unrounded: Figures) -> list[str]:
    """The figures of a share in percent that are below 0 or above 100."""
    if indicator.kind != "share" or not indicator.is_percentage:
        return []
    beyond = np.flatnonzero((unrounded.numbers < 0) | (unrounded.numbers > 100)).tolist()
    rows = place.table.raw.rows
    own, parts = dict(joined.own), dict(joined.parts)
    places = [own.get(region, parts[region][0] if region in parts else joined.rows[region]) for region in beyond]
    return [f"{unrounded.numbers[region]:g} in row {rows[at]}" for region, at in zip(beyond, places, strict=True)]


def _publish_category(
    indicator: IndicatorEntry, found: Sequence[Found], dimensions: Mapping[str, Dimension], result: IndicatorFigures
) -> TopicFigures:
    """Categories are numbered over all codes, levels and years, so that a number means the same everywhere."""
    series = [
        (joined, breakdown, _categories(indicator, place, joined))
        for place in found
        for joined in place.table.joined
        if (breakdown := place.breakdown(indicator, joined, dimensions)) is not None and not joined.is_empty
    ]
    topic = TopicFigures(indicator, indicator.decimals if indicator.has_own_decimals else 0)
    if not series:
        return topic
    topic.categories = categories_of([values for _, _, values in series], found[0].table.raw, found[0].column)
    for joined, breakdown, values in series:
        published = number_categories(values, topic.categories)
        topic.series[breakdown, joined.level, joined.year] = PublishedSeries(joined.edition, published, joined.table)
        result.reports.append(
            SeriesReport.of(indicator.id, joined.level, joined.year, joined.edition, Rounding(published, 0), ())
        )
    return topic


def _categories(indicator: IndicatorEntry, place: Found, joined: Joined) -> list[str | Reason]:
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
