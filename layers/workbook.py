"""Excel workbooks, as records of cells."""

from __future__ import annotations

import zlib
from pathlib import Path
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from layers.catalog_model import TableEntry
from layers.problems import listed, refuse, suggestion

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

Cell = str | float | None


def read_workbook(path: Path, entry: TableEntry) -> list[list[Cell]]:
    """The records of the sheet that is named, or the only one. Of merged cells the first has the text, the others None.

    Raises InputProblems.
    """
    try:
        workbook = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except _NO_EXCEL as error:
        refuse(entry.source, "this file cannot be read as Excel (.xlsx); is it complete?", cause=error)
    try:
        names = workbook.sheetnames
        if entry.sheet is not None and entry.sheet not in names:
            hint = suggestion(entry.sheet, names)
            refuse(entry.source, f'there is no sheet "{entry.sheet}"{hint}; the sheets are {listed(names)}')
        if entry.sheet is None and len(names) > 1:
            refuse(entry.source, f"this file has several sheets; choose one with sheet = .. : {listed(names)}")
        sheet = workbook[entry.sheet or names[0]]
        return [[_cell(value) for value in row] for row in sheet.iter_rows(values_only=True)]
    except _NO_EXCEL as error:
        refuse(entry.source, "this file cannot be read as Excel (.xlsx) to its end; is it complete?", cause=error)
    finally:
        workbook.close()


def sheet_names(path: Path, source: str) -> list[str]:
    """The sheets of a workbook. Raises InputProblems."""
    try:
        workbook = openpyxl.load_workbook(path, read_only=True)
    except _NO_EXCEL as error:
        refuse(source, "this file cannot be read as Excel (.xlsx); is it complete?", cause=error)
    names = list(workbook.sheetnames)
    workbook.close()
    return names


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    return str(value)
