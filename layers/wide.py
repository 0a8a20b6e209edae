"""Tables with the years in the header: ``woz_2021, woz_2022`` becomes one column, and a row per region and year."""

from __future__ import annotations

import re
from collections.abc import Sequence

from layers.catalog_words import YEAR
from layers.figures import RawTable
from layers.problems import InputProblems, listed


def by_year(raw: RawTable, patterns: Sequence[str]) -> RawTable:
    """The table with a row for each of its rows and years, and a column for each pattern, called by that pattern.

    A pattern is a name with ``{year}`` in it; it is held against names of columns and against the texts these are put
    together from. Where a pattern has no column for a year, its cells are empty. Raises InputProblems when a pattern
    fits no column.
    """
    column_by_year = {pattern: _columns(raw, pattern) for pattern in patterns}
    years = sorted({year for columns in column_by_year.values() for year in columns})
    count = len(raw.rows)
    used = {column for columns in column_by_year.values() for column in columns.values()}
    long = raw.without(used).take([index for _ in years for index in range(count)])
    for pattern, columns in column_by_year.items():
        cells: list[object] = []
        for year in years:
            cells += raw.columns[columns[year]] if year in columns else [None] * count
        long = long.with_cells(pattern, cells)
    return RawTable(
        long.source,
        long.sheet,
        long.columns,
        long.rows,
        long.delimiter,
        long.twice,
        long.aliases,
        years=tuple(year for year in years for _ in range(count)),
        notes=(*long.notes, f"the header has the years {listed(map(str, years), 20)}"),
        titles=long.titles,
        finder=long.finder,
    )


def _columns(raw: RawTable, pattern: str) -> dict[int, str]:
    """By year: the column of a pattern. Raises InputProblems when there is none, or when a year has several."""
    before, after = (re.escape(part.strip()) for part in pattern.split(YEAR))
    expression = re.compile(rf"{before}\s*(\d{{4}})(?:JJ00)?\s*\*{{0,2}}\s*{after}", re.IGNORECASE)
    found: dict[int, set[str]] = {}
    called = [(name, [name]) for name in raw.columns] + [(alias, list(meant)) for alias, meant in raw.aliases.items()]
    for name, columns in called:
        if match := expression.fullmatch(name.strip()):
            found.setdefault(int(match[1]), set()).update(columns)
    if not found:
        message = f'year_header = "{pattern}" fits no column; the columns are {listed(raw.columns, 20)}'
        raise InputProblems([raw.problem(message)])
    for year, meant in found.items():
        if len(meant) > 1:
            message = f'year_header = "{pattern}" fits several columns of {year}: {listed(sorted(meant))}'
            raise InputProblems([raw.problem(f"{message}; write more of the name")])
    return {year: next(iter(meant)) for year, meant in found.items()}
