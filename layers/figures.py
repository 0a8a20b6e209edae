"""Raw tables of figures: CSV, Excel and Parquet, as they are, with the rows of the file remembered.

Raw figures may hold what must not be published; they stay within ``layers`` and leave it through ``layers.publish``.
"""

from __future__ import annotations

import codecs
import csv
import io
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NoReturn
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl.utils.exceptions import InvalidFileException

from layers.catalog_model import TableEntry
from layers.cells import Sign, decimal_sign, is_unsure
from layers.codes import cell_text
from layers.problems import InputProblems, Problem, counted, listed, suggestion
from layers.sources import find_column

_HEADER_WITHIN = 40
"""Among how many first rows the header is looked for; exports of StatLine have titles above it."""

_NO_EXCEL = (
    InvalidFileException,
    BadZipFile,
    ParseError,
    zlib.error,
    OSError,
    EOFError,
    KeyError,
    ValueError,
    TypeError,
    IndexError,
    AttributeError,
)
"""What openpyxl, and what it stands on, raise for a workbook that is damaged; sheets are read only when they are asked for."""

_PARQUET = (".parquet", ".pq")
_KINDS = "CSV, Excel (.xlsx) and Parquet are understood"
Cell = str | float | None


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table of a publisher; nothing in it has been judged yet."""

    source: str
    sheet: str | None
    columns: dict[str, list[object]]
    """Cells by column: text, numbers, or None; every column as long as ``rows``."""

    rows: list[int]
    """The number of each row as a spreadsheet shows it, from 1; the header has one too."""

    delimiter: str | None = None
    """What parts the cells of a CSV."""

    twice: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Names that stand in the header more than once, and above which columns, counted from 1."""

    def problem(self, message: str, row: int | None = None) -> Problem:
        """A problem with this table."""
        return Problem(self.source, message, sheet=self.sheet, row=row)

    def column(self, name: str) -> str:
        """The column of that name, in any case. Raises InputProblems when there is none, or more than one."""
        self._check_once(name)
        return find_column(name, list(self.columns), self.problem)

    def first_column(self, names: Sequence[str]) -> str | None:
        """The first of the names that the table has as a column, in any case; None where it has none.

        Raises InputProblems when it has that one more than once.
        """
        for name in names:
            self._check_once(name)
            if any(column.strip().casefold() == name.strip().casefold() for column in self.columns):
                return self.column(name)
        return None

    def _check_once(self, name: str) -> None:
        for twice, columns in self.twice.items():
            if twice.strip().casefold() == name.strip().casefold():
                often = "twice" if len(columns) == 2 else f"{len(columns)} times"
                where = " and ".join(map(str, columns)) if len(columns) == 2 else listed(map(str, columns))
                message = f'"{twice}" stands {often} in the header, above columns {where}; rename or remove one'
                raise InputProblems([self.problem(message)])

    def with_cells(self, column: str, cells: list[object]) -> RawTable:
        """The same table with other cells in one column."""
        return replace(self, columns={**self.columns, column: cells})

    def sign(self, column: str) -> Sign | None:
        """The decimal sign of numbers written as text, as the column shows it, else the table; None if neither."""
        texts = [cell for cell in self.columns[column] if isinstance(cell, str)]
        shown = decimal_sign(texts)
        if shown is None and any(map(is_unsure, texts)):
            shown = decimal_sign(cell for cells in self.columns.values() for cell in cells if isinstance(cell, str))
        return shown

    @property
    def usual_sign(self) -> Sign | None:
        """The decimal sign that goes with the kind of file: semicolons with commas, commas and tabs with points."""
        return None if self.delimiter is None else "," if self.delimiter == ";" else "."


def read_table(path: Path, entry: TableEntry) -> RawTable:
    """The table of an entry, its header found by the column that names the regions.

    Raises InputProblems when the file cannot be used.
    """
    if not path.exists():
        hint = (
            suggestion(path.name, sorted(file.name for file in path.parent.iterdir())) if path.parent.is_dir() else ""
        )
        _refuse(entry.source, f"this file does not exist{hint}")
    if path.is_dir() and path.suffix.lower() not in _PARQUET:  # which may be a folder of parts
        _refuse(entry.source, "this is a folder; name the file in it")
    if entry.sheet is not None and path.suffix.lower() not in (".xlsx", ".xlsm"):
        _refuse(entry.source, f'sheet = "{entry.sheet}" is for Excel files, and this is none')
    match path.suffix.lower():
        case ".xlsx" | ".xlsm":
            return _read_excel(path, entry)
        case kind if kind in _PARQUET:
            return _read_parquet(path, entry)
        case ".csv" | ".txt" | ".tsv":
            return _read_csv(path, entry)
    old = "; save an old Excel file as .xlsx" if path.suffix.lower() == ".xls" else ""
    message = f'a table cannot be read from a "{path.suffix}" file: {_KINDS}{old}'
    raise InputProblems([Problem(entry.source, message)])


def _refuse(source: str, message: str, sheet: str | None = None, cause: Exception | None = None) -> NoReturn:
    raise InputProblems([Problem(source, message, sheet=sheet)]) from cause


def _read_csv(path: Path, entry: TableEntry) -> RawTable:
    try:
        text = _decoded(path.read_bytes())
    except OSError as error:
        _refuse(entry.source, f"this file cannot be read ({error.strerror})", cause=error)
    if "\0" in text:
        _refuse(entry.source, f"this is no CSV file; {_KINDS}")
    delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        # one record may run over several lines, and a spreadsheet counts it as one row
        records: list[list[Cell]] = [list(record) for record in reader]
    except csv.Error as error:
        _refuse(entry.source, f"line {reader.line_num} cannot be read as CSV ({error})", cause=error)
    return _table(records, entry, None, delimiter)


def _decoded(content: bytes) -> str:
    """UTF-16 where a mark says so, UTF-8 with or without one, else the code page of Western Windows, which reads anything."""
    is_wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if is_wide else ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def _delimiter(text: str) -> str:
    """What parts the cells: the sign that gives most rows the same number of cells, more than one."""
    lines = [line for line in text.splitlines()[:200] if line.strip()]

    def agreement(delimiter: str) -> tuple[int, int]:
        widths = [len(record) for record in csv.reader(lines, delimiter=delimiter)]
        common = max(set(widths), key=lambda width: (widths.count(width), width), default=1)
        return (widths.count(common) if common > 1 else 0, common)

    try:
        return max((";", "\t", ","), key=agreement)
    except csv.Error:
        return ","


def _read_excel(path: Path, entry: TableEntry) -> RawTable:
    try:
        workbook = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except _NO_EXCEL as error:
        _refuse(entry.source, "this file cannot be read as Excel (.xlsx); is it complete?", cause=error)
    try:
        names = workbook.sheetnames
        if entry.sheet is not None and entry.sheet not in names:
            hint = suggestion(entry.sheet, names)
            _refuse(entry.source, f'there is no sheet "{entry.sheet}"{hint}; the sheets are {listed(names)}')
        if entry.sheet is None and len(names) > 1:
            _refuse(entry.source, f"this file has several sheets; choose one with sheet = .. : {listed(names)}")
        sheet = workbook[entry.sheet or names[0]]
        records = [[_excel_cell(value) for value in row] for row in sheet.iter_rows(values_only=True)]
    except _NO_EXCEL as error:
        _refuse(entry.source, "this file cannot be read as Excel (.xlsx) to its end; is it complete?", cause=error)
    finally:
        workbook.close()
    return _table(records, entry, entry.sheet, None)


def _excel_cell(value: object) -> Cell:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    return str(value)


def _read_parquet(path: Path, entry: TableEntry) -> RawTable:
    try:
        # of a file; the reader of folders does not open one with two columns of a name
        table = pq.read_table(path) if path.is_dir() else pq.ParquetFile(path).read()
    except (pa.ArrowException, OSError) as error:
        _refuse(entry.source, "this file cannot be read as Parquet", cause=error)
    kept = [
        field.name
        for field in table.schema
        if not pa.types.is_nested(field.type) and not pa.types.is_binary(field.type)
    ]
    twice = _twice(table.column_names)
    columns: dict[str, list[object]] = {name: table.column(name).to_pylist() for name in kept if name not in twice}
    raw = RawTable(entry.source, None, columns, list(range(2, table.num_rows + 2)), twice=twice)
    if table.num_rows == 0:
        _refuse(entry.source, "there are no rows in it")
    raw.column(entry.key_column)
    return raw


def _table(records: list[list[Cell]], entry: TableEntry, sheet: str | None, delimiter: str | None) -> RawTable:
    """The records below the header as columns; wholly blank rows are left out."""
    at = _header(records, entry, sheet)
    header = [cell_text(cell) for cell in records[at]]
    body = [(number, record) for number, record in enumerate(records[at + 1 :], at + 2) if any(map(cell_text, record))]
    if not body:
        _refuse(entry.source, "there are no rows below the header", sheet)
    if delimiter is not None:
        _check_widths(header, body, entry, delimiter)
    columns: dict[str, list[object]] = {}
    for position, name in enumerate(header):
        # of two columns with one name neither is the one that is meant, so both get their number
        unique = name if header.count(name) == 1 else f"{name} ({position + 1})"
        if name:
            columns[unique] = [record[position] if position < len(record) else None for _, record in body]
    return RawTable(entry.source, sheet, columns, [number for number, _ in body], delimiter, _twice(header))


def _twice(header: Sequence[str]) -> dict[str, tuple[int, ...]]:
    return {
        name: tuple(at for at, other in enumerate(header, 1) if other == name)
        for name in header
        if name and header.count(name) > 1
    }


def _check_widths(
    header: Sequence[str], body: Sequence[tuple[int, list[Cell]]], entry: TableEntry, delimiter: str
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
    }.get(delimiter, "is there a tab within a cell?")
    message = f"there are {wide[first]} cells where the header has {width}{also}: {way_out}"
    raise InputProblems([Problem(entry.source, message, row=first)])


def _filled_width(record: Sequence[Cell]) -> int:
    """The number of cells up to the last that is filled."""
    return max((at for at, cell in enumerate(record, 1) if cell_text(cell)), default=0)


def _header(records: list[list[Cell]], entry: TableEntry, sheet: str | None) -> int:
    """Which record is the header: the first with the column that names the regions."""
    wanted = entry.key_column.strip().casefold()
    for number, record in enumerate(records[:_HEADER_WITHIN]):
        if any(cell_text(cell).casefold() == wanted for cell in record):
            return number
    filled = [record for record in records[:_HEADER_WITHIN] if any(map(cell_text, record))]
    if not filled:
        _refuse(entry.source, "there is nothing in it", sheet)
    widest = max(filled, key=lambda record: sum(map(bool, map(cell_text, record))))
    names = [cell_text(cell) for cell in widest if cell_text(cell)]
    hint = suggestion(entry.key_column, names)
    _refuse(entry.source, f'there is no column "{entry.key_column}"{hint}; the columns are {listed(names, 20)}', sheet)
