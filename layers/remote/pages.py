"""All pages of a table, into a store of cells: what is still to come stands in the store beside what came.

A query that is refused for its size is divided, and one that a service refuses is put to the next.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from layers.remote.addresses import Addresses
from layers.remote.cell_store import Cell, CellStore
from layers.remote.client import Answer, Client
from layers.remote.description import Code, Description
from layers.remote.errors import GaveUp, Refused, TooManyRows, shown
from layers.remote.meter import Amount, Meter
from layers.remote.odata import JSON, Reader, following
from layers.remote.odata3 import UNTYPED, OData3
from layers.remote.rows import Row, RowStream
from layers.remote.selection import Clause, Selection, divided, selections
from layers.remote.statline import SECRETS

_METERED = 2_000
"""Rows between two reports of how far a page is."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A query of which pages are still to come."""

    selection: Selection
    page: str | None = None
    """The address of the next page; None for the first one."""

    is_for_signs: bool = False
    """Whether only signs are taken from its rows, to tell why cells of the typed rows are empty."""


@dataclass(slots=True)
class Pages:
    """Everything that is asked of one table."""

    client: Client
    addresses: Addresses
    reader: Reader
    description: Description
    codes: Mapping[str, tuple[Code, ...]]
    """By dimension that is narrowed: the codes that are wanted."""

    store: CellStore
    measures: Mapping[str, int]
    """Index by identifier, of those that are wanted."""

    meter: Meter
    _bytes: int = 0
    _refused: set[str] = field(default_factory=set)
    """Addresses, without what is asked, that said no once and are not asked again."""

    def read(self, modified: str | None) -> tuple[str, ...]:
        """Read what is still to come of the table as it was modified then; what a person should know of it.

        Raises RemoteError; the store then knows where to go on.
        """
        first = [Pending(selection) for selection in selections(self.codes)]
        if isinstance(self.reader, OData3):
            first += [replace(each, is_for_signs=True) for each in first]
        signature = json.dumps([self.reader.address, modified, _json(first)])
        pending = _pending(self.store.begin(signature, _json(first)))
        while pending and not pending[0].is_for_signs:
            pending = self._step(pending)
        if not pending or not self.store.has_empty():
            return ()
        try:
            while pending:
                pending = self._step(pending)
        except (Refused, GaveUp, TooManyRows) as error:
            self.store.drop_signs()
            return (f"why cells are empty could not be read, so that they count as missing ({error})",)
        return ()

    def _step(self, pending: list[Pending]) -> list[Pending]:
        """Read one page, or divide the query it is of; what comes after it."""
        now, *later = pending
        addresses = (now.page,) if now.page else self._first_pages(now)
        refusal: Refused | GaveUp | TooManyRows | None = None
        for address in addresses:
            try:
                return self.client.read(address, lambda answer: self._receive(answer, now, later), JSON)
            except TooManyRows as error:
                refusal = error
            except (Refused, GaveUp) as error:
                refusal = refusal or error
                self._refused.add(shown(address))
        parts = divided(now.selection, self.description) if isinstance(refusal, TooManyRows) else []
        if refusal is not None and not parts:
            raise refusal
        return [*(replace(now, selection=part) for part in parts), *later]

    def _first_pages(self, now: Pending) -> tuple[str, ...]:
        reader = self.reader
        if now.is_for_signs and isinstance(reader, OData3):
            reader = replace(reader, dataset=UNTYPED)
        pages = reader.pages(now.selection, self._dimensions, list(self.measures))
        return tuple(page for page in pages if shown(page) not in self._refused) or pages

    @property
    def _dimensions(self) -> list[str]:
        return [dimension.id for dimension in self.description.dimensions]

    def _receive(self, answer: Answer, now: Pending, later: list[Pending]) -> list[Pending]:
        """Store the cells of a page together with what comes after it, or nothing."""
        with self.store.page():
            stream = RowStream(answer.address, answer.chunks())
            count = _Count()
            rows = self._metered(stream, answer, count, is_counted=not now.is_for_signs)
            self.store.add(self._signs(rows) if now.is_for_signs else self._cells(rows))
            link = following(self.addresses, answer.address, stream)
            pending = [replace(now, page=link), *later] if link else later
            self.store.move_on(_json(pending), 0 if now.is_for_signs else count.rows)
        self._bytes += answer.arrived
        return pending

    def _metered(self, stream: RowStream, answer: Answer, count: _Count, *, is_counted: bool) -> Iterator[Row]:
        before = self.store.arrived
        for row in stream:
            yield row
            count.rows += 1
            if count.rows % _METERED == 0:
                self._tell(answer, before + (count.rows if is_counted else 0))
        self._tell(answer, before + (count.rows if is_counted else 0))

    def _tell(self, answer: Answer, rows: int) -> None:
        total = None if self.codes or self._is_part else self.description.observations
        self.meter(Amount(self._bytes + answer.arrived, None, rows, total))

    @property
    def _is_part(self) -> bool:
        return len(self.measures) < len(self.description.measures)

    def _cells(self, rows: Iterator[Row]) -> Iterator[Cell]:
        """The cells of rows that were asked for; a server that does not know a filter sends others too."""
        dimensions = self._dimensions
        wanted = [
            None if dimension not in self.codes else {code.code for code in self.codes[dimension]}
            for dimension in dimensions
        ]
        narrowed = any(codes is not None for codes in wanted)
        for row in rows:
            for cell in self.reader.cells(row, dimensions, self.measures):
                if not narrowed or all(
                    codes is None or at in codes for at, codes in zip(cell.codes, wanted, strict=True)
                ):
                    yield cell

    def _signs(self, rows: Iterator[Row]) -> Iterator[Cell]:
        return (cell for cell in self._cells(rows) if cell.sign in SECRETS)


@dataclass(slots=True)
class _Count:
    rows: int = 0


def _json(pending: list[Pending]) -> str:
    return json.dumps([asdict(each) for each in pending])


def _pending(text: str) -> list[Pending]:
    found: list[dict[str, Any]] = json.loads(text)
    return [
        Pending(
            tuple(Clause(clause["dimension"], tuple(clause["keys"]), clause["prefix"]) for clause in each["selection"]),
            each["page"],
            each["is_for_signs"],
        )
        for each in found
    ]
