"""Cells of a table while they arrive, on disk: any number of them in little memory, and a place to go on from.

A page and the address of the one after it are written in one transaction, so that a page which breaks off leaves nothing
behind and a fetch that was stopped goes on where it was.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from layers.remote.errors import ChangedMeanwhile


class Cell(NamedTuple):
    """One figure as it came."""

    codes: tuple[str, ...]
    """Per dimension, without padding."""

    measure: int
    """Index in the measures of the store."""

    number: float | None
    text: str | None
    sign: str | None
    """What stands in its place or beside it: a sign of StatLine, or a ``ValueAttribute`` of OData 4."""


WideRow = tuple[tuple[str, ...], dict[int, Cell]]
"""The codes of a row, and its cells by measure."""


class CellStore:
    """A file with the cells of one table, sorted when they are taken out."""

    def __init__(self, path: Path, dimensions: Sequence[str], measures: Sequence[str]) -> None:
        self._shape = json.dumps([list(dimensions), list(measures)])
        self._width = len(dimensions)
        self._file = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._file.executescript("pragma journal_mode = wal; pragma synchronous = normal; pragma cache_size = -16000;")
        self._columns = ", ".join(f"d{number}" for number in range(self._width)) + ", measure"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._file.close()

    def begin(self, signature: str, pending: str) -> str:
        """What is still to come: ``pending``, unless the file already holds a part of the very same download."""
        signature = json.dumps([signature, self._shape])
        try:
            found = self._file.execute("select pending from place where signature = ?", (signature,)).fetchone()
        except sqlite3.OperationalError:  # a new file
            found = None
        if found is not None:
            return str(found[0])
        self._file.executescript(
            "begin; drop table if exists cell; drop table if exists place;"
            f"create table cell ({self._columns}, number real, text, sign);"
            "create table place (signature, pending, rows int); commit;"
        )
        self._file.execute("insert into place values (?, ?, 0)", (signature, pending))
        return pending

    def forget(self) -> None:
        """Let the next download begin anew."""
        self._file.execute("update place set signature = ''")

    @contextmanager
    def page(self) -> Iterator[None]:
        """A page: all of it is kept, or nothing when anything goes wrong."""
        self._file.execute("begin")
        try:
            yield
        except BaseException:
            self._file.execute("rollback")
            raise
        self._file.execute("commit")

    def add(self, cells: Iterable[Cell]) -> None:
        """Write the cells of a page as they come."""
        marks = ", ".join("?" * (self._width + 4))
        rows = ((*cell.codes, cell.measure, cell.number, cell.text, cell.sign) for cell in cells)
        self._file.executemany(f"insert into cell values ({marks})", rows)  # noqa: S608 - only question marks

    def move_on(self, pending: str, rows: int) -> None:
        """What is still to come after this page, and how many rows of the publisher it had."""
        self._file.execute("update place set pending = ?, rows = rows + ?", (pending, rows))

    @property
    def arrived(self) -> int:
        """How many rows of the publisher came."""
        return int(self._file.execute("select rows from place").fetchone()[0])

    def fill(self, dimension: int, codes: Iterable[str]) -> None:
        """Add an empty row for each code of a dimension that has none, once for what the other dimensions have."""
        column = f"d{dimension}"
        there = {row[0] for row in self._file.execute(f"select distinct {column} from cell")}  # noqa: S608 - as above
        names = [f"d{number}" for number in range(self._width) if number != dimension]
        others = self._file.execute(f"select distinct {', '.join(names) or '0'} from cell").fetchall()  # noqa: S608
        absent = [code for code in codes if code not in there]
        with self.page():
            for row in others:
                for code in absent:
                    around = list(row) if names else []
                    around.insert(dimension, code)
                    self.add([Cell(tuple(around), 0, None, None, None)])

    def drop_signs(self) -> None:
        """Take away every cell that has only a sign."""
        self._file.execute("delete from cell where number is null and text is null and sign is not null")

    def texts(self) -> set[int]:
        """Measures of which cells hold texts and no numbers."""
        found = self._file.execute(
            "select measure from cell group by measure having count(text) > 0 and count(number) = 0"
        )
        return {int(row[0]) for row in found}

    def signed(self) -> set[int]:
        """Measures of which a cell has a sign."""
        return {int(row[0]) for row in self._file.execute("select distinct measure from cell where sign is not null")}

    def has_empty(self) -> bool:
        """Whether a cell came with neither figure nor sign."""
        found = self._file.execute("select 1 from cell where number is null and text is null and sign is null limit 1")
        return found.fetchone() is not None

    def rows(self) -> Iterator[WideRow]:
        """One row per combination of codes, sorted by them.

        A cell that came twice the same counts once, and a sign goes before a cell that is only empty. Raises
        ChangedMeanwhile when it came with two different figures.
        """
        width = self._width
        found = self._file.execute(f"select * from cell order by {self._columns}")  # noqa: S608 - names of our own
        for codes, group in groupby(found, key=lambda row: row[:width]):
            cells: dict[int, Cell] = {}
            for row in group:
                cell = Cell(codes, *row[width:])
                known = cells.get(cell.measure)
                cells[cell.measure] = cell if known is None else _one(known, cell)
            yield codes, cells


def _one(first: Cell, second: Cell) -> Cell:
    """What two cells in one place come down to."""
    if first == second or (second.number, second.text, second.sign) == (None, None, None):
        return first
    if (first.number, first.text, first.sign) == (None, None, None):
        return second
    raise ChangedMeanwhile(f"two different figures came for {', '.join(first.codes)}")
