"""Raw tables of figures as they are, with the rows of the file remembered: CSV, Excel, Parquet, StatLine, layers of maps.

Raw figures may hold what must not be published; they stay within ``layers`` and leave it through ``layers.publish``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from layers.catalog_model import TableEntry
from layers.cells import Sign, decimal_sign, is_unsure
from layers.codes import cell_text
from layers.composed import columns_in, composed, is_composed
from layers.delimited import read_delimited
from layers.header import read_header, without_footer
from layers.headings import headings
from layers.problems import InputProblems, Problem, counted, listed, refuse, suggestion
from layers.sources import is_topojson, read_attributes, the_column
from layers.workbook import read_workbook

_PARQUET = (".parquet", ".geoparquet", ".pq")
_MAPS = (".gpkg", ".geojson", ".topojson", ".shp", ".fgb", ".zip")
_KINDS = "CSV, Excel (.xlsx), Parquet and the layers of maps, such as GeoPackage, are understood"


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table of a publisher; nothing in it has been judged yet."""

    source: str
    sheet: str | None
    columns: Mapping[str, list[object]]
    """Cells by column: text, numbers, or None; every column as long as ``rows``."""

    rows: list[int]
    """The number of each row as a spreadsheet shows it, from 1; the header has one too."""

    delimiter: str | None = None
    """What parts the cells of a CSV."""

    twice: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Names that stand in the header more than once, and above which columns, counted from 1."""

    aliases: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Further names of columns, each with those that it may mean."""

    years: tuple[int, ...] | None = None
    """The year of each row, where the header has it."""

    notes: tuple[str, ...] = ()
    """What was done to read it that the publisher may want to know."""

    titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By column of codes: their titles, where the source has them."""

    finder: Callable[[str], list[str]] | None = None
    """Finds columns in place of ``layers.headings``, where the table knows more about them."""

    _signs: dict[str, Sign | None] = field(default_factory=dict, init=False, repr=False, compare=False)
    """By column its decimal sign, once it was looked for: that takes every cell."""

    parsed: dict[str, list[tuple[Any, Any]]] = field(default_factory=dict, init=False, repr=False, compare=False)
    """By column what its cells mean, once they were read; see ``layers.publish``."""

    def problem(self, message: str, row: int | None = None) -> Problem:
        """A problem with this table."""
        return Problem(self.source, message, sheet=self.sheet, row=row)

    def column(self, name: str) -> str:
        """The column of that name; see ``layers.headings``. Raises InputProblems when there is none, or more than one."""
        self._check_once(name)
        return the_column(name, self._meant(name), list(self.columns), self.problem)

    def first_column(self, names: Sequence[str]) -> str | None:
        """The first of the names that the table has as a column; None where it has none.

        Raises InputProblems when it has that one more than once.
        """
        for name in names:
            self._check_once(name)
            if self._meant(name):
                return self.column(name)
        return None

    def _meant(self, name: str) -> list[str]:
        if self.finder is not None:
            return [name] if name in self.columns else self.finder(name)
        return headings(name, list(self.columns), self.aliases)

    def _check_once(self, name: str) -> None:
        for twice, columns in self.twice.items():
            if twice.strip().casefold() == name.strip().casefold():
                often = "twice" if len(columns) == 2 else f"{len(columns)} times"
                where = " and ".join(map(str, columns)) if len(columns) == 2 else listed(map(str, columns))
                message = f'"{twice}" stands {often} in the header, above columns {where}; rename or remove one'
                raise InputProblems([self.problem(message)])

    def with_cells(self, column: str, cells: list[object]) -> RawTable:
        """The same table with other cells in one column, or with one column more."""
        return replace(self, columns=_Changed(self.columns, {column: cells}))

    def without(self, names: Collection[str]) -> RawTable:
        """The same table without some columns."""
        return replace(self, columns=_Changed(self.columns, {}, frozenset(names)))

    def take(self, chosen: Sequence[int]) -> RawTable:
        """Only the chosen rows, by index."""
        return replace(
            self,
            columns=_Taken(self.columns, np.asarray(chosen, dtype=np.int64)),
            rows=[self.rows[index] for index in chosen],
            years=None if self.years is None else tuple(self.years[index] for index in chosen),
        )

    def sign(self, column: str) -> Sign | None:
        """The decimal sign of numbers written as text, as the column shows it, else the table; None if neither."""
        if column not in self._signs:
            self._signs[column] = self._sign(column)
        return self._signs[column]

    def _sign(self, column: str) -> Sign | None:
        texts = [cell for cell in self.columns[column] if isinstance(cell, str)]
        shown = decimal_sign(texts)
        if shown is None and any(map(is_unsure, texts)):
            shown = decimal_sign(cell for cells in self.columns.values() for cell in cells if isinstance(cell, str))
        return shown

    @property
    def usual_sign(self) -> Sign | None:
        """The decimal sign that goes with the kind of file: semicolons with commas, commas and tabs with points."""
        return None if self.delimiter is None else "," if self.delimiter == ";" else "."


@dataclass(frozen=True, slots=True)
class _Changed(Mapping[str, list[object]]):
    """Columns of which some have other cells, or are new; columns that nobody asks for are not read."""

    under: Mapping[str, list[object]]
    over: Mapping[str, list[object]]
    left_out: frozenset[str] = frozenset()

    def __getitem__(self, name: str) -> list[object]:
        if name in self.left_out:
            raise KeyError(name)
        return self.over[name] if name in self.over else self.under[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name in dict.fromkeys([*self.under, *self.over]) if name not in self.left_out)

    def __len__(self) -> int:
        return sum(1 for _ in self)


@dataclass(frozen=True, slots=True)
class _Taken(Mapping[str, list[object]]):
    """Some rows of columns, taken when a column is asked for."""

    under: Mapping[str, list[object]]
    chosen: NDArray[np.int64]
    _kept: dict[str, list[object]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> list[object]:
        if name not in self._kept:
            cells = self.under[name]
            self._kept[name] = [cells[index] for index in self.chosen.tolist()]
        return self._kept[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.under)

    def __len__(self) -> int:
        return len(self.under)


def read_table(path: Path, entry: TableEntry) -> RawTable:
    """The table of an entry in a file, its header found by the column that names the regions.

    Raises InputProblems when the file cannot be used.
    """
    kind = path.suffix.lower()
    if not path.exists():
        hint = (
            suggestion(path.name, sorted(file.name for file in path.parent.iterdir())) if path.parent.is_dir() else ""
        )
        refuse(entry.source, f"this file does not exist{hint}")
    if path.is_dir() and kind not in _PARQUET:  # which may be a folder of parts
        refuse(entry.source, "this is a folder; name the file in it")
    is_map = kind in _MAPS or (kind == ".json" and _is_map(path))
    if entry.sheet is not None and not is_map and kind not in (".xlsx", ".xlsm"):
        refuse(entry.source, f'sheet = "{entry.sheet}" is for Excel files and layers of maps, and this is neither')
    if entry.header_row is not None and (is_map or kind in _PARQUET):
        refuse(entry.source, f"header_row = {entry.header_row} is for CSV and Excel, and this file has no header row")
    return with_key(_read(path, kind, is_map, entry), entry)


def _read(path: Path, kind: str, is_map: bool, entry: TableEntry) -> RawTable:
    if is_map:
        return _read_map(path, entry)
    if kind in (".xlsx", ".xlsm"):
        return _table(read_workbook(path, entry), entry, entry.sheet, None)
    if kind in _PARQUET:
        return _read_parquet(path, entry)
    if kind in (".csv", ".txt", ".tsv"):
        records, delimiter = read_delimited(path, entry, _KINDS)
        return _table(records, entry, None, delimiter)
    old = "; save an old Excel file as .xlsx" if kind == ".xls" else ""
    raise InputProblems([Problem(entry.source, f'a table cannot be read from a "{path.suffix}" file: {_KINDS}{old}')])


def with_key(raw: RawTable, entry: TableEntry) -> RawTable:
    """A table that has the column which names the regions, put together where the catalog says so."""
    if not is_composed(entry.key_column):
        raw.column(entry.key_column)
        return raw
    cells = {name: raw.columns[raw.column(name)] for name in columns_in(entry.key_column)}
    return raw.with_cells(entry.key_column, list(composed(entry.key_column, cells)))


def _is_map(path: Path) -> bool:
    if is_topojson(path):
        return True
    with path.open("rb") as file:
        return b'"FeatureCollection"' in file.read(2000)


def _read_map(path: Path, entry: TableEntry) -> RawTable:
    """The attributes of a layer, or a table without geometry; rows are numbered as features are, from 1."""
    frame = read_attributes(path, entry.source, entry.sheet)
    columns: dict[str, list[object]] = {str(name): frame[name].tolist() for name in frame.columns}
    return RawTable(entry.source, entry.sheet, columns, list(range(1, len(frame) + 1)))


def _read_parquet(path: Path, entry: TableEntry) -> RawTable:
    try:
        # of a file; the reader of folders does not open one with two columns of a name
        table = pq.read_table(path) if path.is_dir() else pq.ParquetFile(path).read()
    except (pa.ArrowException, OSError) as error:
        refuse(entry.source, "this file cannot be read as Parquet", cause=error)
    kept = [
        field.name
        for field in table.schema
        if not pa.types.is_nested(field.type) and not pa.types.is_binary(field.type)
    ]
    twice = _twice(table.column_names)
    columns: dict[str, list[object]] = {name: table.column(name).to_pylist() for name in kept if name not in twice}
    if table.num_rows == 0:
        refuse(entry.source, "there are no rows in it")
    return RawTable(entry.source, None, columns, list(range(2, table.num_rows + 2)), twice=twice)


def _table(
    records: Sequence[Sequence[object]], entry: TableEntry, sheet: str | None, delimiter: str | None
) -> RawTable:
    """The records below the header as columns; wholly blank rows are left out, and those at the end that name the source."""
    header = read_header(records, entry, sheet)
    numbered = [
        (number, record)
        for number, record in enumerate(records[header.below :], header.below + 1)
        if any(map(cell_text, record))
    ]
    body, footer = without_footer(numbered)
    if not body:
        refuse(
            entry.source, "there are no rows below the header; fill it in, or take it out of the catalog", sheet=sheet
        )
    if delimiter is not None:
        _check_widths(header.names, body, entry, delimiter)
    columns: dict[str, list[object]] = {}
    name_at: list[str] = []
    for position, name in enumerate(header.names):
        # of two columns with one name neither is the one that is meant, so both get their number
        unique = name if header.names.count(name) == 1 else f"{name} ({position + 1})"
        name_at.append(unique)
        if name:
            columns[unique] = [record[position] if position < len(record) else None for _, record in body]
    left_out = f"left out {counted(len(footer), 'row')} below the figures ({listed(footer, 2)})"
    return RawTable(
        entry.source,
        sheet,
        columns,
        [number for number, _ in body],
        delimiter,
        _twice(header.names),
        {alias: [name_at[position] for position in positions] for alias, positions in header.aliases.items()},
        notes=(*header.notes, *([left_out] if footer else [])),
    )


def _twice(header: Sequence[str]) -> dict[str, tuple[int, ...]]:
    return {
        name: tuple(at for at, other in enumerate(header, 1) if other == name)
        for name in header
        if name and header.count(name) > 1
    }


def _check_widths(
    header: Sequence[str], body: Sequence[tuple[int, Sequence[object]]], entry: TableEntry, delimiter: str
) -> None:
    """Refuse rows with a filled cell beyond the header: one of their cells was taken apart."""
    width = _filled_width(header)
    wide = {number: filled for number, record in body if (filled := _filled_width(record)) > width}
    if not wide:
        return
    first, *others = wide
    also = f" (so it is in {counted(len(others), 'more row')}: {listed(map(str, others), 4)})" if others else ""
    way_out = {
        ",": "a decimal comma without quotes? save the file with ; between the cells",
        ";": "put a cell that holds a ; in quotes",
    }.get(delimiter, f"is there a {'tab' if delimiter == chr(9) else delimiter} within a cell?")
    message = f"there are {wide[first]} cells where the header has {width}{also}: {way_out}"
    raise InputProblems([Problem(entry.source, message, row=first)])


def _filled_width(record: Sequence[object]) -> int:
    """The number of cells up to the last that is filled."""
    return max((at for at, cell in enumerate(record, 1) if cell_text(cell)), default=0)
