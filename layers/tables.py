"""The tables of a catalog, each joined with the regions its figures belong to, year by year."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from layers.catalog import Catalog
from layers.catalog_model import TableEntry
from layers.codes import cell_text
from layers.editions import Progress
from layers.figures import RawTable, read_table
from layers.join import Joined, Regions, join
from layers.problems import Gathering, InputProblems, Problem, counted

_YEAR = re.compile(r"(\d{4})(?:JJ00)?\s*\*{0,2}")
"""A year as people and CBS write it; stars mark provisional figures."""


@dataclass(frozen=True, slots=True)
class JoinedTable:
    """A raw table and its rows beside regions."""

    entry: TableEntry
    raw: RawTable
    joined: tuple[Joined, ...]
    """One per year."""


def join_tables(
    catalog: Catalog, regions: Mapping[tuple[int, str], Regions], gathering: Gathering, progress: Progress
) -> tuple[JoinedTable, ...]:
    """The tables that could be read; ``regions`` are by edition and level."""
    tables = []
    read: dict[tuple[str, str | None, str], RawTable] = {}
    for number, entry in enumerate(catalog.tables):
        progress("join tables", number, len(catalog.tables))
        with gathering.step():
            key = entry.source, entry.sheet, entry.key_column
            if key not in read:
                read[key] = read_table(catalog.locate(entry.source), entry)
            rows_by_year = years_of(entry, read[key])
            joined = []
            for year, rows in rows_by_year.items():
                edition = edition_for(year, entry, regions)
                if edition is not None:
                    with gathering.step():
                        joined.append(join(entry, read[key], year, rows, regions[edition, entry.level]))
            tables.append(JoinedTable(entry, read[key], tuple(joined)))
    progress("join tables", len(catalog.tables), len(catalog.tables))
    return tuple(tables)


def edition_for(year: int, entry: TableEntry, regions: Mapping[tuple[int, str], Regions]) -> int | None:
    """The boundary year whose borders figures of a year belong to: the newest that is not younger, else the oldest.

    None where no edition of the level could be read.
    """
    editions = sorted(edition for edition, level in regions if level == entry.level)
    if entry.borders is not None:
        return entry.borders if entry.borders in editions else None
    return max((edition for edition in editions if edition <= year), default=min(editions, default=None))


def years_of(entry: TableEntry, table: RawTable) -> dict[int, NDArray[np.int64]]:
    """By year: the indices of its rows. Raises InputProblems when a year cannot be read."""
    if entry.year is not None:
        return {entry.year: np.arange(len(table.rows))}
    column = table.column(entry.year_column or "")
    rows_by_year: dict[int, list[int]] = defaultdict(list)
    unread: list[tuple[int, str]] = []
    for index, cell in enumerate(table.columns[column]):
        text = cell_text(cell)
        found = _YEAR.fullmatch(text)
        if found:
            rows_by_year[int(found[1])].append(index)
        else:
            unread.append((table.rows[index], text))
    if unread:
        raise InputProblems([_no_year(table, column, unread)])
    return {year: np.array(rows, dtype=np.int64) for year, rows in sorted(rows_by_year.items())}


def _no_year(table: RawTable, column: str, unread: list[tuple[int, str]]) -> Problem:
    row, text = unread[0]
    rest = f" ({counted(len(unread) - 1, 'more row')} like it)" if len(unread) > 1 else ""
    message = f'column "{column}" has "{text}" where a year should be{rest}; write it as 2022 or 2022JJ00'
    return table.problem(message, row=row)
