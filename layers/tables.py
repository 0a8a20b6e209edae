"""The tables of a catalog, each joined with the regions its figures belong to, year by year."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from layers.borders import Borders
from layers.breakdown import Codes, Dimension, dimension_column, rows_by_codes
from layers.catalog import Catalog
from layers.catalog_model import TableEntry
from layers.codes import cell_text, tidied
from layers.crossing import Regions
from layers.editions import Progress
from layers.figures import RawTable
from layers.join import Joined, join, no_match
from layers.places import Places
from layers.problems import Gathering, InputProblems, Problem, counted
from layers.regions import changed_codes

_YEAR = re.compile(r"(\d{4})(?:JJ00|\.0)?\s*\*{0,2}")
"""A year as people and CBS write it; stars mark provisional figures."""


@dataclass(frozen=True, slots=True)
class ReadTable:
    """A raw table, and the columns that say what its rows are about."""

    entry: TableEntry
    raw: RawTable
    columns: Mapping[str, str]
    """By dimension: the column with its codes."""


@dataclass(frozen=True, slots=True)
class JoinedTable:
    """A raw table and its rows beside regions."""

    entry: TableEntry
    raw: RawTable
    joined: tuple[Joined, ...]
    """One per year, and of a table that is broken down one per year and combination of codes."""


def read_tables(catalog: Catalog, places: Places, gathering: Gathering, progress: Progress) -> tuple[ReadTable, ...]:
    """The tables that could be read."""
    tables = []
    for number, entry in enumerate(catalog.tables):
        progress("read tables", number, len(catalog.tables))
        with gathering.step():
            raw = places.table(entry)
            tables.append(ReadTable(entry, raw, _breakdown(catalog, entry, raw)))
    progress("read tables", len(catalog.tables), len(catalog.tables))
    return tuple(tables)


def _breakdown(catalog: Catalog, entry: TableEntry, raw: RawTable) -> dict[str, str]:
    """By dimension the column with its codes: those the entry names, and those of indicators that have figures here."""
    wanted = dict.fromkeys(entry.breakdown)
    for indicator in catalog.indicators:
        if indicator.dimensions and raw.first_column(indicator.columns(entry.id)) is not None:
            wanted |= dict.fromkeys(indicator.dimensions)
    found = {name: dimension_column(raw, name, entry.breakdown) for name in wanted}
    return {name: column for name, column in found.items() if column is not None}


def join_tables(
    tables: Sequence[ReadTable],
    dimensions: Mapping[str, Dimension],
    borders: Borders,
    gathering: Gathering,
    progress: Progress,
) -> tuple[JoinedTable, ...]:
    """The tables, each joined year by year and code by code."""
    joined = []
    for number, table in enumerate(tables):
        progress("join tables", number, len(tables))
        with gathering.step():
            joined.append(_join_table(table, dimensions, borders, gathering))
    progress("join tables", len(tables), len(tables))
    return tuple(joined)


def _join_table(
    table: ReadTable, dimensions: Mapping[str, Dimension], borders: Borders, gathering: Gathering
) -> JoinedTable:
    entry, raw = table.entry, table.raw
    combinations, combination_of = rows_by_codes(raw, table.columns, dimensions)
    joined: list[Joined] = []
    for year, rows in years_of(entry, raw).items():
        edition = edition_for(year, entry, borders.regions)
        if edition is None:
            continue
        with gathering.step():
            of_year = [
                _joined(entry, raw, year, of_codes, borders, edition, combinations[number])
                for number, of_codes in _split(rows, combination_of)
            ]
            if all(part.is_empty for part in of_year):
                raise InputProblems([no_match(entry, raw, rows, borders.regions[edition, entry.level])])
            joined += of_year
    return JoinedTable(entry, raw, tuple(joined))


def _split(rows: NDArray[np.int64], combination_of: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """The rows of each combination of codes, in the order of combinations."""
    numbers = combination_of[rows]
    order = np.argsort(numbers, kind="stable")
    present, starts = np.unique(numbers[order], return_index=True)
    yield from zip(present.tolist(), np.split(rows[order], starts[1:]), strict=True)


def _joined(
    entry: TableEntry,
    raw: RawTable,
    year: int,
    rows: NDArray[np.int64],
    borders: Borders,
    edition: int,
    codes: Codes,
) -> Joined:
    figures = edition if entry.borders is not None or is_recoded(entry) else year
    keys = raw.columns[raw.column(entry.key_column)]
    region_codes = tidied([keys[row] for row in rows.tolist()], entry.level)
    changed = changed_codes(
        list(raw.columns), lambda name: [raw.columns[name][row] for row in rows.tolist()], region_codes
    )
    crossing = borders.crossing(entry.level, figures, edition, changed)
    return join(entry, raw, year, rows, borders.regions[edition, entry.level], crossing, codes)


def is_recoded(entry: TableEntry) -> bool:
    """Whether the publisher brings figures of all years to the newest borders, as the police do."""
    return entry.source.casefold().startswith("politie:")


def edition_for(year: int, entry: TableEntry, regions: Mapping[tuple[int, str], Regions]) -> int | None:
    """The boundary year whose borders figures of a year belong to: the newest that is not younger, else the oldest.

    Of a table that the publisher brings to the newest borders, the newest. None where no edition of the level could be read.
    """
    editions = sorted(edition for edition, level in regions if level == entry.level)
    if entry.borders is not None:
        return entry.borders if entry.borders in editions else None
    if is_recoded(entry):
        return max(editions, default=None)
    return max((edition for edition in editions if edition <= year), default=min(editions, default=None))


def years_of(entry: TableEntry, table: RawTable) -> dict[int, NDArray[np.int64]]:
    """By year: the indices of its rows. Raises InputProblems when a year cannot be read."""
    if entry.year is not None:
        return {entry.year: np.arange(len(table.rows))}
    if table.years is not None:
        years = np.array(table.years, dtype=np.int64)
        return {year: np.flatnonzero(years == year) for year in sorted(set(table.years))}
    every = np.array(years_in(table, table.column(entry.year_column or "")), dtype=np.int64)
    return {year: np.flatnonzero(every == year) for year in sorted(set(every.tolist()))}


def years_in(table: RawTable, column: str) -> list[int]:
    """The year of each row. Raises InputProblems when one cannot be read."""
    texts = [cell_text(cell) for cell in table.columns[column]]
    read = {text: _YEAR.fullmatch(text) for text in dict.fromkeys(texts)}
    unread = [(row, text) for row, text in zip(table.rows, texts, strict=True) if read[text] is None]
    if unread:
        raise InputProblems([_no_year(table, column, unread)])
    year_by_text = {text: int(found[1]) for text, found in read.items() if found}
    return [year_by_text[text] for text in texts]


def _no_year(table: RawTable, column: str, unread: list[tuple[int, str]]) -> Problem:
    row, text = unread[0]
    rest = f" ({counted(len(unread) - 1, 'more row')} like it)" if len(unread) > 1 else ""
    message = f'column "{column}" has "{text}" where a year should be{rest}; write it as 2022 or 2022JJ00'
    return table.problem(message, row=row)
