"""The column of an unknown table that says which regions its rows are about: codes of CBS, or names."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from layers.catalog_model import TableEntry
from layers.codes import cbs_level, cell_text
from layers.delimited import decoded, delimiter_of
from layers.header import Records
from layers.levels import KNOWN
from layers.problems import InputProblems, Problem, listed, refuse
from layers.workbook import read_workbook, sheet_names

_FIRST: Final = 500
"""Among how many first rows codes and names are looked for."""

_HEADERS: Final = 40
"""Among how many first rows a header of names is looked for."""

_NAME_COLUMNS: Final = {
    "regio's": "gemeente",
    "regios": "gemeente",
    "regio": "gemeente",
    "gemeente": "gemeente",
    "gemeenten": "gemeente",
    "gemeentenaam": "gemeente",
    "gm_naam": "gemeente",
    "municipality": "gemeente",
    "wijk": "wijk",
    "wijknaam": "wijk",
    "wk_naam": "wijk",
    "district": "wijk",
    "buurt": "buurt",
    "buurtnaam": "buurt",
    "bu_naam": "buurt",
    "neighborhood": "buurt",
    "neighbourhood": "buurt",
    "provincie": "provincie",
    "provincies": "provincie",
    "province": "provincie",
    "wijken en buurten": "buurt",
}
"""Headers of columns with names, by the level they are probably about."""

_SOURCE_TEXT: Final = re.compile(r"\b(bron|source)\s*:\s*(.+)", re.IGNORECASE)
_MOSTLY: Final = 0.8


@dataclass(frozen=True, slots=True)
class KeyColumn:
    """The column that says which region a row is about."""

    key: str
    is_name: bool
    levels: tuple[str, ...]
    sheet: str | None
    records: Records
    titles: tuple[str, ...]
    """Texts above the header."""

    guesses: dict[str, str]


def find_key(path: Path) -> KeyColumn:
    """The column with codes; where no sheet has one, that with names. Raises InputProblems when there is neither."""
    every = _records(path)
    for find in (_code_column, _name_column):
        for sheet, records in every:
            found = find(records, sheet)
            if found is not None:
                return found
    shown = [text for cell in (every[0][1][0] if every[0][1] else ()) if (text := cell_text(cell))]
    message = "there is no column with codes (GM0363, WK036301, BU03630101) or names of regions"
    first = f"; the first row has {listed(shown)}" if shown else ""
    raise InputProblems([Problem(path.name, message + first)])


def _records(path: Path) -> list[tuple[str | None, Records]]:
    """The rows of a file, sheet by sheet, each with the header among them."""
    if not path.is_file():
        refuse(path.name, "this file does not exist")
    kind = path.suffix.lower()
    if kind in (".xlsx", ".xlsm"):
        names = sheet_names(path, path.name)
        entries = [
            TableEntry(id="draft", source=path.name, sheet=name, level="x", year=2000, code="x") for name in names
        ]
        several = len(names) > 1
        return [(entry.sheet if several else None, read_workbook(path, entry)) for entry in entries]
    if kind in (".csv", ".txt", ".tsv"):
        text = decoded(path.read_bytes())
        return [(None, list(csv.reader(text.splitlines(), delimiter=delimiter_of(text))))]
    return refuse(path.name, "a draft is made from CSV (.csv) or Excel (.xlsx); save the figures as one of those")


def _code_column(records: Records, sheet: str | None) -> KeyColumn | None:
    """The column with most codes of CBS, of a buurt beside its gemeente the finest, and the last text above the first code."""
    rows_by_place: dict[int, list[int]] = defaultdict(list)
    for number, record in enumerate(records[:_FIRST]):
        for place, cell in enumerate(record):
            if cbs_level(cell_text(cell)) in KNOWN:
                rows_by_place[place].append(number)
    candidates = {place: rows for place, rows in rows_by_place.items() if _is_mostly_codes(records, place, rows)}
    if not candidates:
        return None
    most = max(map(len, candidates.values()))
    rivals = [place for place, rows in candidates.items() if len(rows) >= _MOSTLY * most]
    place = max(rivals, key=lambda rival: _fineness(records, rival))
    header = _last_text_above(records, place, candidates[place][0])
    cells = [record[place] for record in records[header + 1 :] if place < len(record)]
    name = cell_text(records[header][place])
    return KeyColumn(name, False, levels_of(cells), sheet, records, _titles(records, header), {})


def _is_mostly_codes(records: Records, place: int, rows: Sequence[int]) -> bool:
    """Whether codes stand in a good part of a column from the first code on, and a text above it."""
    below = [record for record in records[rows[0] : _FIRST] if place < len(record) and cell_text(record[place])]
    return len(rows) >= _MOSTLY / 2 * len(below) and _last_text_above(records, place, rows[0]) >= 0


def _last_text_above(records: Records, place: int, row: int) -> int:
    """The nearest row above a row with a text in a column; -1 where there is none."""
    rows = (at for at in range(row - 1, -1, -1) if place < len(records[at]) and cell_text(records[at][place]))
    return next(rows, -1)


def _fineness(records: Records, position: int) -> float:
    """How fine the levels of the codes in a column are, on average."""
    order = list(KNOWN)
    levels = [cbs_level(cell_text(row[position])) for row in records[:_FIRST] if position < len(row)]
    places = [order.index(level) for level in levels if level in KNOWN]
    return sum(places) / len(places) if places else -1


def levels_of(cells: Sequence[object]) -> tuple[str, ...]:
    """The levels of codes, coarsest first."""
    present = {cbs_level(cell_text(cell)) for cell in cells}
    return tuple(level for level in KNOWN if level in present)


def _name_column(records: Records, sheet: str | None) -> KeyColumn | None:
    """The first column with a header that such columns have."""
    for number, record in enumerate(records[:_HEADERS]):
        texts = [cell_text(cell) for cell in record]
        for place, text in enumerate(texts):
            level = _NAME_COLUMNS.get(text.casefold())
            if level is None or sum(map(bool, texts)) < 2:
                continue
            names = [cell_text(row[place]) for row in records[number + 1 :] if place < len(row)]
            if 2 * sum(name.endswith("(PV)") for name in names) > len(names):
                level = "provincie"
            why = "guessed from the header of the column; the rows are joined by name"
            return KeyColumn(text, True, (level,), sheet, records, _titles(records, number), {"level": why})
    return None


def _titles(records: Records, header: int) -> tuple[str, ...]:
    return tuple(text for record in records[:header] for cell in record if (text := cell_text(cell)))


def source_text(records: Records) -> str | None:
    """What a footer or title says after *Bron:*."""
    for record in [*records[-5:], *records[:10]]:
        for cell in record:
            if found := _SOURCE_TEXT.search(cell_text(cell)):
                return f"Bron: {found[2].strip()}"
    return None
