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
from layers.codes import cell_text, tidied
from layers.crossing import Crossing, Regions
from layers.editions import Progress
from layers.figures import RawTable
from layers.join import Joined, join
from layers.places import Places
from layers.problems import Gathering, InputProblems, Problem, counted
from layers.recodes import GEMEENTE, Recodes
from layers.regions import changed_codes

_YEAR = re.compile(r"(\d{4})(?:JJ00|\.0)?\s*\*{0,2}")
"""A year as people and CBS write it; stars mark provisional figures."""


@dataclass(frozen=True, slots=True)
class JoinedTable:
    """A raw table and its rows beside regions."""

    entry: TableEntry
    raw: RawTable
    joined: tuple[Joined, ...]
    """One per year."""


@dataclass(frozen=True, slots=True)
class Borders:
    """What tables are joined with, and how the borders of one year relate to those of another."""

    regions: Mapping[tuple[int, str], Regions]
    """By edition and level."""

    recodes: Recodes
    changed: Mapping[tuple[int, str], frozenset[str]]
    """By edition and level: regions with other borders than the year before, where the source says so."""

    def crossing(self, level: str, figures: int, edition: int, changed: frozenset[str]) -> Crossing:
        """What lies between figures of a boundary year and the borders of an edition.

        ``changed`` are the regions of which the table itself says that they differ from the year before the figures.
        """
        first, last = sorted((figures, edition))
        between = [
            codes for (year, of_level), codes in self.changed.items() if of_level == level and first < year <= last
        ]
        redrawn = frozenset().union(*between, changed if figures > edition else ())
        gemeenten = self.recodes.between(GEMEENTE, figures, edition)
        return Crossing(figures, self.recodes.between(level, figures, edition), gemeenten, redrawn)


def join_tables(
    catalog: Catalog, places: Places, borders: Borders, gathering: Gathering, progress: Progress
) -> tuple[JoinedTable, ...]:
    """The tables that could be read, each joined year by year."""
    tables = []
    for number, entry in enumerate(catalog.tables):
        progress("join tables", number, len(catalog.tables))
        with gathering.step():
            raw = places.table(entry)
            rows_by_year = years_of(entry, raw)
            joined = []
            for year, rows in rows_by_year.items():
                edition = edition_for(year, entry, borders.regions)
                if edition is not None:
                    with gathering.step():
                        joined.append(_joined(entry, raw, year, rows, borders, edition))
            tables.append(JoinedTable(entry, raw, tuple(joined)))
    progress("join tables", len(catalog.tables), len(catalog.tables))
    return tuple(tables)


def _joined(
    entry: TableEntry, raw: RawTable, year: int, rows: NDArray[np.int64], borders: Borders, edition: int
) -> Joined:
    figures = edition if entry.borders is not None or is_recoded(entry) else year
    keys = raw.columns[raw.column(entry.key_column)]
    codes = tidied([keys[row] for row in rows.tolist()], entry.level)
    changed = changed_codes(list(raw.columns), lambda name: [raw.columns[name][row] for row in rows.tolist()], codes)
    crossing = borders.crossing(entry.level, figures, edition, changed)
    return join(entry, raw, year, rows, borders.regions[edition, entry.level], crossing)


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
