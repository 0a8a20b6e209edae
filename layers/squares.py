"""Squares of CBS: ids such as ``E1234N4567``, and files that have a row per square.

An id names the lower left corner in EPSG:28992, in hundreds of metres (four digits of N), in metres (six) or in kilometres
(three). A square without a row is not there, which is no figure of any kind: CBS leaves out squares with few inhabitants.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyogrio
from numpy.typing import NDArray
from pyogrio.errors import DataSourceError

from layers.catalog_grids import GridEntry
from layers.cells import Marks
from layers.delimited import read_delimited
from layers.figures import RawTable
from layers.grid_cells import ABSENT
from layers.headings import headings
from layers.problems import InputProblems, Problem, listed, refuse
from layers.publish import Figures, Reading, read_figures
from layers.sources import the_column

RD: Final = "EPSG:28992"
MOST_CELLS: Final = 40_000_000
"""The Netherlands in squares of 100 m are nine million."""

_ID = re.compile(r"E(\d+)N(\d+)", re.IGNORECASE)
_UNIT_M: Final = {3: 1000, 4: 100, 6: 1}
"""Metres per unit, by the digits of N."""

_HEADING = re.compile(r"crs28992res(\d+)m?", re.IGNORECASE)
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Squares:
    """Figures per square, laid out as a raster with north up."""

    west: int
    north: int
    """Of the upper left corner, in metres."""

    cell_m: int
    numbers: NDArray[np.float64]
    """(height, width), NaN where there is no number."""

    status: NDArray[np.uint8]
    """(height, width) 0 for a number, ``Reason.number`` for a reason, ``ABSENT`` where there is no square."""


def corner_of(text: str) -> tuple[int, int] | None:
    """The lower left corner of a square in metres; None for a text that is no id.

    >>> corner_of("E1234N4567"), corner_of("E85900N436000"), corner_of("E123N456"), corner_of("1234")
    ((123400, 456700), (85900, 436000), (123000, 456000), None)
    """
    found = _ID.fullmatch(text.strip())
    if found is None or len(found[2]) not in _UNIT_M:
        return None
    unit = _UNIT_M[len(found[2])]
    return int(found[1]) * unit, int(found[2]) * unit


def read_squares(path: Path, entry: GridEntry) -> Squares:
    """The squares of a CSV or GeoPackage. Raises InputProblems with what is wrong with rows and columns."""
    is_text = path.suffix.lower() in (".csv", ".txt", ".tsv")
    table = _from_text(path, entry) if is_text else _from_map(path, entry)
    heading, figures = table.columns
    ids = table.columns[heading]
    places = _places(table, ids)
    side = entry.cell or _side(heading, places)
    off = np.flatnonzero((places % side).any(axis=1)).tolist()
    if off:
        message = f'"{ids[off[0]]}" lies on no multiple of {side} m; give cell, the side of a square in metres'
        raise InputProblems([table.problem(message, row=table.rows[off[0]])])
    reading = Reading(Marks.of(entry.missing, entry.withheld), entry.decimal, entry.unit.nl.strip().startswith("%"))
    return _laid_out(entry, places // side, side, read_figures(table, figures, np.arange(len(ids)), reading))


def _places(table: RawTable, ids: Sequence[object]) -> NDArray[np.int64]:
    """(squares, 2) the corner of each square, in metres; every id is one, and stands once."""
    if not ids:
        raise InputProblems([table.problem("there are no squares in it")])
    problems = []
    first: dict[tuple[int, int], int] = {}
    for row, text in zip(table.rows, ids, strict=True):
        corner = corner_of(str(text))
        if corner is None:
            problems.append(table.problem(f'"{text}" is no id of a square, such as E1234N4567', row=row))
        elif (before := first.setdefault(corner, row)) != row:
            message = f'square "{text}" stands in row {before} already; a square has one row'
            problems.append(table.problem(message, row=row))
        if len(problems) == _SHOWN:
            break
    if problems:
        raise InputProblems(problems)
    return np.array(list(first), np.int64).reshape(-1, 2)


def _side(heading: str, places: NDArray[np.int64]) -> int:
    """The side of a square: what the name of the column says, or what all corners have in common."""
    if (found := _HEADING.fullmatch(heading)) is not None:
        return int(found[1])
    return int(np.gcd.reduce(places, axis=None))


def _laid_out(entry: GridEntry, places: NDArray[np.int64], side: int, figures: Figures) -> Squares:
    (west, south), (east, north) = places.min(axis=0), places.max(axis=0) + 1
    height, width = int(north - south), int(east - west)
    if height * width > MOST_CELLS:
        message = f"the squares lie {width * side / 1000:,.0f} by {height * side / 1000:,.0f} km apart; one of the ids is wrong"
        refuse(entry.source, message, layer=entry.layer)
    numbers = np.full((height, width), np.nan)
    status = np.full((height, width), ABSENT, np.uint8)
    row, column = north - 1 - places[:, 1], places[:, 0] - west
    numbers[row, column], status[row, column] = figures.numbers, figures.reasons
    return Squares(int(west) * side, int(north) * side, side, numbers, status)


def _columns(entry: GridEntry, columns: list[str]) -> tuple[str, str]:
    """The column with ids and the one with figures."""

    def problem(message: str) -> Problem:
        return Problem(entry.source, message, layer=entry.layer)

    if entry.column is None:
        refuse(
            entry.source, f"give column, the one with figures; the columns are {listed(columns, 20)}", layer=entry.layer
        )
    figures = the_column(entry.column, headings(entry.column, columns), columns, problem)
    if entry.square is not None:
        return the_column(entry.square, headings(entry.square, columns), columns, problem), figures
    named = [column for column in columns if _HEADING.fullmatch(column)]
    if len(named) != 1:
        refuse(
            entry.source, f"give square, the column with ids; the columns are {listed(columns, 20)}", layer=entry.layer
        )
    return named[0], figures


def _from_text(path: Path, entry: GridEntry) -> RawTable:
    """The columns of ids and of figures of a CSV; blank rows are left out."""
    records, delimiter = read_delimited(path, entry, "CSV and GeoPackage are understood")
    header = records[0] if records else []
    chosen = _columns(entry, header)
    numbered = [(number, record) for number, record in enumerate(records[1:], 2) if any(record)]
    cells: dict[str, list[object]] = {}
    for name in chosen:
        at = header.index(name)
        cells[name] = [record[at] if at < len(record) else None for _, record in numbered]
    return RawTable(entry.source, None, cells, [number for number, _ in numbered], delimiter)


def _from_map(path: Path, entry: GridEntry) -> RawTable:
    """The same of a GeoPackage, or whatever else GDAL reads; the ids say where squares lie, so shapes are not read."""
    try:
        known = [str(name) for name in pyogrio.read_info(path, layer=entry.layer)["fields"]]
        chosen = _columns(entry, known)
        frame = pyogrio.read_dataframe(path, layer=entry.layer, columns=list(chosen), read_geometry=False)
    except (DataSourceError, ValueError) as error:
        refuse(entry.source, f"this file cannot be read ({error})", layer=entry.layer, cause=error)
    return RawTable(
        entry.source, entry.layer, {name: frame[name].tolist() for name in chosen}, list(range(1, len(frame) + 1))
    )
