"""What the columns of an unknown table of figures are: which regions it is about, which years, and what is measured.

    records ──> key column and level ──> header ──> years ──> dimensions ──> measures

Nothing is asked and nothing is certain: every guess is kept, so that the draft of a catalog can show it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from layers.catalog_model import TableEntry
from layers.catalog_words import YEAR
from layers.cells import Marks, NotANumber, Sign, read_number, read_reason, without_percent
from layers.codes import cell_text
from layers.figures import RawTable, read_table
from layers.key_column import KeyColumn, find_key, levels_of, source_text
from layers.problems import listed, refuse

_YEAR_COLUMNS: Final = ("jaar", "year", "perioden", "periode", "peiljaar", "period")
_YEAR_CELL: Final = re.compile(r"((?:18|19|20|21)\d{2})(?:JJ00|\.0)?\s*\*{0,2}")
_YEAR_TEXT: Final = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_NUMBERS: Final = ("id", "index", "objectid", "fid", "unnamed: 0", "shape__area", "shape__length")
"""Columns of numbers that measure nothing a map should show."""

_PLACES: Final = ({"x", "y"}, {"lon", "lat"})
"""Columns that, where both are there, are coordinates."""

_MOSTLY: Final = 0.8


@dataclass(frozen=True, slots=True)
class Recognised:
    """An unknown table, with what was made of it."""

    path: Path
    sheet: str | None
    key: str
    is_name: bool
    """Whether the key column has names of regions, and no codes."""

    levels: tuple[str, ...]
    """The levels its rows are about, the coarsest first."""

    raw: RawTable
    year: int | None = None
    year_column: str | None = None
    year_headers: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    """The years of the figures; the one that was guessed where the table does not tell."""

    dimensions: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    """Column, the value that was chosen, and the others there are."""

    measures: tuple[str, ...] = ()
    without_year: tuple[str, ...] = ()
    """Columns with figures that have no year in their name, where others do: they are no part of the draft."""

    subject: str | None = None
    """The only text in a column with one, such as ``Onderwerp``: what a nameless column of figures is about."""

    source_text: str | None = None
    """What the file says about where it comes from."""

    guesses: dict[str, str] = field(default_factory=dict)
    """By key of the catalog: why a value was chosen, where that is not certain."""


def recognise(path: Path, this_year: int) -> Recognised:
    """What an unknown table is about. ``this_year`` is a last resort where nothing tells the year of the figures.

    Raises InputProblems when there is no column with codes or names of regions, or none with numbers.
    """
    found = find_key(path)
    entry = _entry(path, found, found.levels[-1])
    raw = read_table(path, entry)
    key = raw.column(found.key)
    cells = raw.columns[key]
    levels = found.levels if found.is_name else (levels_of(cells) or found.levels)
    guesses = dict(found.guesses)
    year_column = _year_column(raw, key)
    headers = () if year_column else _year_headers(raw)
    year, years = _years(raw, year_column, headers, path, this_year, found.titles, guesses)
    texts = [name for name in raw.columns if name not in (key, year_column)]
    dimensions = _dimensions(raw, key, year_column, texts)
    taken = {key, year_column, *(name for name, _, _ in dimensions)}
    numeric = tuple(name for name in raw.columns if name not in taken and _is_measure(raw, name))
    measures = headers or numeric
    without_year = tuple(name for name in numeric if headers and _YEAR_TEXT.search(name) is None)
    if not measures:
        refuse(path.name, f"there is no column with figures; the columns are {listed(raw.columns, 20)}")
    return Recognised(
        path, found.sheet, key, found.is_name, levels, raw, year, year_column, headers, years, dimensions, measures,
        without_year, _subject(raw, key), source_text(found.records), guesses,
    )  # fmt: skip


def _entry(path: Path, found: KeyColumn, level: str) -> TableEntry:
    key = {"name": found.key} if found.is_name else {"code": found.key}
    return TableEntry(id="draft", source=path.name, sheet=found.sheet, level=level, year=2000, **key)


def _subject(raw: RawTable, key: str) -> str | None:
    for name, cells in raw.columns.items():
        texts = {cell_text(cell) for cell in cells} - {""}
        if name != key and len(texts) == 1 and len(raw.rows) > 1 and any(map(str.isalpha, text := next(iter(texts)))):
            return text
    return None


def _year_column(raw: RawTable, key: str) -> str | None:
    named = [
        name for name in raw.columns if name != key and name.split(" / ")[-1].casefold().split(" ")[0] in _YEAR_COLUMNS
    ]
    for name in named:
        cells = [cell_text(cell) for cell in raw.columns[name]]
        if all(_YEAR_CELL.fullmatch(cell) for cell in cells):
            return name
    return None


def _year_headers(raw: RawTable) -> tuple[str, ...]:
    """Names of columns that differ in their year only, with the place of the year; none where no two do."""
    years: dict[str, set[str]] = {}
    for name in raw.columns:
        found = list(_YEAR_TEXT.finditer(name))
        if len(found) == 1 and _is_measure(raw, name):
            years.setdefault(name[: found[0].start()] + YEAR + name[found[0].end() :], set()).add(found[0][1])
    return tuple(pattern for pattern, present in years.items() if len(present) > 1)


def _years(
    raw: RawTable,
    column: str | None,
    headers: Sequence[str],
    path: Path,
    this_year: int,
    titles: Sequence[str],
    guesses: dict[str, str],
) -> tuple[int | None, tuple[int, ...]]:
    if column is not None:
        found = {int(match[1]) for cell in raw.columns[column] if (match := _YEAR_CELL.fullmatch(cell_text(cell)))}
        return None, tuple(sorted(found))
    if headers:
        found = {int(match[1]) for name in raw.columns for match in _YEAR_TEXT.finditer(name)}
        return None, tuple(sorted(found))
    of_period = [title for title in titles if "period" in title.casefold()]
    stated = [name for name in raw.columns if _YEAR_TEXT.search(name)]
    in_header = stated if 2 * len(stated) >= len(raw.columns) - 1 else []  # one column may be about homes since 2000
    places = [
        ("in a title", of_period or titles),
        ("in the name of the file", [path.stem]),
        ("in the header", in_header),
    ]
    for where, texts in places:
        years = [int(match[1]) for text in texts for match in _YEAR_TEXT.finditer(text)]
        if years:
            guesses["year"] = f"guessed: it stands {where}"
            return max(years), (max(years),)
    guesses["year"] = "guessed: nothing tells the year of the figures, so this is last year"
    return this_year - 1, (this_year - 1,)


def _dimensions(
    raw: RawTable, key: str, year_column: str | None, names: Sequence[str]
) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """Columns with words that have to be chosen from, because a region has several rows in a year."""
    chosen = list(range(len(raw.rows)))
    found: list[tuple[str, str, tuple[str, ...]]] = []
    for name in names:
        pairs = Counter(
            (cell_text(raw.columns[key][i]), cell_text(raw.columns[year_column][i]) if year_column else "")
            for i in chosen
        )
        if not pairs or max(pairs.values()) == 1:
            break
        cells = [cell_text(cell) for cell in raw.columns[name]]
        values = list(dict.fromkeys(cells[i] for i in chosen if cells[i]))
        if not 1 < len(values) <= 200 or _is_measure(raw, name) or len(values) > len(chosen) / 2:
            continue
        best = _best(values)
        found.append((name, best, tuple(value for value in values if value != best)))
        chosen = [i for i in chosen if cells[i] == best]
    return tuple(found)


def _best(values: Sequence[str]) -> str:
    """The value of most use on a map: drugs where there is such a thing, else the total, land before water, else the first."""
    for wanted in ("drugs", "totaal", "total", "nee"):
        for value in values:
            if wanted in value.casefold():
                return value
    return values[0]


def figure_cells(raw: RawTable, name: str) -> tuple[list[object], Sign]:
    """The cells of a column without percent signs, and their decimal sign."""
    cells = [without_percent(cell) for cell in raw.columns[name]]
    return cells, raw.with_cells(name, cells).sign(name) or raw.usual_sign or "."


def _is_measure(raw: RawTable, name: str) -> bool:
    """Whether a column holds figures: nearly all of its cells are numbers or reasons, and some are numbers."""
    folded = name.split(" / ")[-1].strip().casefold()
    if folded in _NUMBERS or folded.startswith(("indelingswijziging", "ind_wbi")):
        return False
    present = {str(other).casefold() for other in raw.columns}
    if any(folded in place and place <= present for place in _PLACES):
        return False
    cells, sign = figure_cells(raw, name)
    numbers = texts = 0
    for cell in cells:
        if read_reason(cell, Marks()) is not None:
            continue
        try:
            numbers += isinstance(read_number(cell, sign), float)
        except NotANumber:
            texts += 1
    return numbers > 0 and numbers >= _MOSTLY * (numbers + texts)
