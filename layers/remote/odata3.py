"""Tables of CBS and of other publishers, such as the police, through OData 3, where a row has all measures.

    <base>/ODataFeed/odata/<table>/TableInfos | DataProperties | <Dimension> | TypedDataSet | UntypedDataSet

``ODataFeed`` is for whole tables and gives pages; ``ODataApi`` refuses a query of more than 10,000 rows and is asked where
the feed says no. ``TypedDataSet`` has numbers and nulls; ``UntypedDataSet`` has texts, which tell a secret (``.``) from
an empty cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from layers.remote.addresses import Addresses
from layers.remote.cell_store import Cell
from layers.remote.client import Client
from layers.remote.description import Code, Description, Dimension, Measure, Role
from layers.remote.errors import BadAnswer, GaveUp, Refused, shown
from layers.remote.odata import group_path, needed, query, rows_of, text_of, whole
from layers.remote.rows import Row
from layers.remote.selection import Selection, filter_of
from layers.remote.statline import SIGNS

TYPED, UNTYPED = "TypedDataSet", "UntypedDataSet"
_MEASURES_IN_A_SELECT = 40


@dataclass(frozen=True, slots=True)
class OData3:
    """Reads one table."""

    client: Client
    addresses: Addresses
    base: str
    table: str
    dataset: str = TYPED
    """Which of the two sets of rows is read."""

    @property
    def service(self) -> str:
        """The name of the protocol."""
        return "odata3"

    @property
    def address(self) -> str:
        """Where the table is."""
        return self._roots[0]

    @property
    def _roots(self) -> tuple[str, str]:
        return f"{self.base}/ODataFeed/odata/{self.table}", f"{self.base}/ODataApi/odata/{self.table}"

    def describe(self) -> Description:
        """What the table is about. Raises Refused where this service does not have it."""
        facts = self._infos()
        properties = self._rows("DataProperties")
        groups = {row.get("ID"): (str(row.get("Title", "")).strip(), row.get("ParentID")) for row in properties}
        return Description(
            table=self.table,
            title=text_of(facts, "Title") or self.table,
            modified=text_of(facts, "Modified"),
            version=None,
            licence=None,
            dimensions=tuple(self._dimension(row) for row in properties if _is_dimension(row)),
            measures=tuple(self._measure(row, groups) for row in properties if row.get("Type") == "Topic"),
        )

    def modified(self) -> str | None:
        """When the table was last changed."""
        return text_of(self._infos(), "Modified")

    def pages(self, selection: Selection, dimensions: Sequence[str], measures: Sequence[str]) -> tuple[str, ...]:
        """The first page of a query at the feed, and at the API; of few measures only their columns."""
        names = ",".join((*dimensions, *measures)) if len(measures) <= _MEASURES_IN_A_SELECT else ""
        return tuple(
            query(f"{root}/{self.dataset}", filter=filter_of(selection), select=names, format="json")
            for root in self._roots
        )

    def cells(self, row: Row, dimensions: Sequence[str], measures: Mapping[str, int]) -> Iterator[Cell]:
        """The cells of a row, those without a figure too."""
        codes = tuple(needed(row, dimension, self.address).strip() for dimension in dimensions)
        for name, measure in measures.items():
            if name not in row:
                raise BadAnswer(f"{shown(self.address)}: a row has no {name}")
            yield _cell(codes, measure, row[name])

    def _infos(self) -> Row:
        rows = self._rows("TableInfos")
        if not rows:
            raise BadAnswer(f"{shown(self.address)}: there is nothing in TableInfos")
        return rows[0]

    def _rows(self, entity: str) -> list[Row]:
        """All rows of a small entity, from the feed or, where that says no, from the API."""
        feed, api = (query(f"{root}/{entity}", format="json") for root in self._roots)
        try:
            return rows_of(self.client, self.addresses, feed)[0]
        except (Refused, GaveUp) as refusal:
            try:
                return rows_of(self.client, self.addresses, api)[0]
            except (Refused, GaveUp):
                raise refusal from None  # of two refusals the first tells more

    def _dimension(self, row: Row) -> Dimension:
        name = needed(row, "Key", self.address).strip()
        codes = [
            Code(needed(code, "Key", self.address), text_of(code, "Title") or "", text_of(code, "Status"))
            for code in self._rows(name)
        ]
        return Dimension(name, text_of(row, "Title") or name, Role.of(str(row["Type"])), tuple(codes))

    def _measure(self, row: Row, groups: Mapping[Any, tuple[str, Any]]) -> Measure:
        name = needed(row, "Key", self.address).strip()
        return Measure(
            id=name,
            title=text_of(row, "Title") or name,
            unit=text_of(row, "Unit") or "",
            decimals=whole(row.get("Decimals")),
            is_text=row.get("Datatype") == "String",
            path=group_path(row.get("ParentID"), groups),
        )


def _is_dimension(row: Row) -> bool:
    return str(row.get("Type", "")) in ("Dimension", "TimeDimension", "GeoDimension", "GeoDetail")


def _cell(codes: tuple[str, ...], measure: int, value: Any) -> Cell:
    """A number as it is or written as text, a text, or what stands where a number should."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Cell(codes, measure, float(value), None, None)
    text = value.strip() if isinstance(value, str) else ""
    if not text:
        return Cell(codes, measure, None, None, None)
    if text in SIGNS:
        return Cell(codes, measure, None, None, text)
    return Cell(codes, measure, None, text, None)
