"""Excel workbooks, as records of cells."""

from __future__ import annotations

import re
import zlib
from datetime import datetime, time
from pathlib import Path
from zipfile import BadZipFile

import openpyxl
from openpyxl import Workbook
from openpyxl.utils.exceptions import InvalidFileException

from layers.catalog_model import TableEntry
from layers.cells import Percentage
from layers.problems import listed, refuse, suggestion

_NO_EXCEL = (
    InvalidFileException,
    BadZipFile,
    SyntaxError,  # of either reader of XML: lxml is used where it is installed
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

Cell = str | float | Percentage | None

_OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")
"""What an old Excel file begins with, and one with a password; an .xlsx without one is a zip file."""

_PERCENT = re.compile(r'^(?:"[^"]*"|\\.|[^"%\\])*%')
"""A number format that shows 0.4 as 40%; a percent sign in quotes or after a backslash is a text only."""


def read_workbook(path: Path, entry: TableEntry) -> list[list[Cell]]:
    """The records of the sheet that is named, or the only one. Of merged cells the first has the text, the others None.

    A number that is shown as a percentage comes as one. Raises InputProblems.
    """
    workbook = _opened(path, entry.source)
    try:
        names = workbook.sheetnames
        if entry.sheet is not None and entry.sheet not in names:
            hint = suggestion(entry.sheet, names)
            refuse(entry.source, f'there is no sheet "{entry.sheet}"{hint}; the sheets are {listed(names)}')
        if entry.sheet is None and len(names) > 1:
            refuse(entry.source, f"this file has several sheets; choose one with sheet = .. : {listed(names)}")
        sheet = workbook[entry.sheet or names[0]]
        return [[_cell(cell.value, cell.number_format) for cell in row] for row in sheet.iter_rows()]
    except _NO_EXCEL as error:
        refuse(entry.source, "this file cannot be read as Excel (.xlsx) to its end; is it complete?", cause=error)
    finally:
        workbook.close()


def sheet_names(path: Path, source: str) -> list[str]:
    """The sheets of a workbook. Raises InputProblems."""
    workbook = _opened(path, source)
    names = list(workbook.sheetnames)
    workbook.close()
    return names


def _opened(path: Path, source: str) -> Workbook:
    try:
        return openpyxl.load_workbook(path, read_only=True, data_only=True)
    except _NO_EXCEL as error:
        refuse(source, f"this file cannot be read as Excel (.xlsx); {_hint(path)}", cause=error)


def _hint(path: Path) -> str:
    """Why a file may be no workbook."""
    content = path.read_bytes() if path.is_file() else b""
    if not content.startswith(_OLD_OFFICE):
        return "is it complete?" if content.startswith(b"PK") else "is it a CSV file? then call it .csv"
    if "EncryptedPackage".encode("utf-16-le") in content:
        return "it has a password: save it without one"
    return "it is an old Excel file: save it as .xlsx"


def _cell(value: object, number_format: str) -> Cell:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value.date() if isinstance(value, datetime) and value.time() == time() else value)
    return Percentage.of_part(value) if _PERCENT.match(number_format) else value
