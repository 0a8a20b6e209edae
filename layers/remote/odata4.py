"""Tables of CBS through OData 4, where every cell is a row.

    <base>/CBS/<table>/Properties | Dimensions | MeasureCodes | MeasureGroups | <Dimension>Codes | Observations

    {"Id": 0, "Measure": "M001534", "Perioden": "1995JJ00", "RegioS": "NL01", "Value": 93750.0, "ValueAttribute": "None"}

Empty cells are not sent, unless they have an attribute such as *Impossible* (release notes of CBS's open data API).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from layers.remote.addresses import Addresses
from layers.remote.cell_store import Cell
from layers.remote.client import Client
from layers.remote.description import Code, Description, Dimension, Measure, Role
from layers.remote.errors import BadAnswer, Refused, shown
from layers.remote.odata import group_path, needed, query, rows_of, text_of, whole
from layers.remote.rows import Row
from layers.remote.selection import Clause, Selection, filter_of

_MEASURES_IN_A_FILTER = 40


@dataclass(frozen=True, slots=True)
class OData4:
    """Reads one table."""

    client: Client
    addresses: Addresses
    table: str

    @property
    def service(self) -> str:
        """The name of the protocol."""
        return "odata4"

    @property
    def address(self) -> str:
        """Where the table is."""
        return f"{self.addresses.cbs_v4}/CBS/{self.table}"

    def describe(self) -> Description:
        """What the table is about. Raises Refused where this service does not have it."""
        facts = self._properties()
        groups: dict[Any, tuple[str, Any]] = {}
        codes = self._rows("MeasureCodes")
        if any(row.get("MeasureGroupId") is not None for row in codes):
            groups = {row.get("Id"): (str(row.get("Title", "")), row.get("ParentId")) for row in self._groups()}
        return Description(
            table=self.table,
            title=text_of(facts, "Title") or self.table,
            modified=_modified(facts),
            version=text_of(facts, "Version"),
            licence=text_of(facts, "License", "Licence"),
            dimensions=tuple(map(self._dimension, self._rows("Dimensions"))),
            measures=tuple(self._measure(row, groups) for row in codes),
            observations=whole(facts.get("ObservationCount")),
        )

    def modified(self) -> str | None:
        """When the table, or its figures, were last changed."""
        return _modified(self._properties())

    def pages(self, selection: Selection, dimensions: Sequence[str], measures: Sequence[str]) -> tuple[str, ...]:  # noqa: ARG002
        """The first page of a query; of few measures only their cells."""
        clauses = list(selection)
        if len(measures) <= _MEASURES_IN_A_FILTER:
            clauses.append(Clause("Measure", tuple(measures)))
        return (query(f"{self.address}/Observations", filter=filter_of(clauses)),)

    def cells(self, row: Row, dimensions: Sequence[str], measures: Mapping[str, int]) -> Iterator[Cell]:
        """The cell of a row, if it is of one of the measures."""
        measure = measures.get(needed(row, "Measure", self.address).strip())
        if measure is None:
            return
        codes = tuple(needed(row, dimension, self.address).strip() for dimension in dimensions)
        attribute = row.get("ValueAttribute")
        if attribute is not None and attribute != "None" and str(attribute).strip():
            yield Cell(codes, measure, None, None, str(attribute).strip())
            return
        value, text = row.get("Value"), row.get("StringValue")
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise BadAnswer(f"{shown(self.address)}: {value!r} stands where a number should")
        written = text.strip() if isinstance(text, str) else ""
        yield Cell(codes, measure, None if value is None else float(value), written or None, None)

    def _properties(self) -> Row:
        rows, envelope = rows_of(self.client, self.addresses, f"{self.address}/Properties")
        return rows[0] if rows else envelope  # one object, whether in a list or not

    def _rows(self, entity: str) -> list[Row]:
        return rows_of(self.client, self.addresses, f"{self.address}/{entity}")[0]

    def _groups(self) -> list[Row]:
        try:
            return self._rows("MeasureGroups")
        except Refused:  # titles of groups only help to tell measures of one title apart
            return []

    def _dimension(self, row: Row) -> Dimension:
        name = needed(row, "Identifier", self.address).strip()
        codes = [
            Code(needed(code, "Identifier", self.address), text_of(code, "Title") or "", text_of(code, "Status"))
            for code in self._rows(f"{name}Codes")
        ]
        return Dimension(name, text_of(row, "Title") or name, Role.of(str(row.get("Kind", ""))), tuple(codes))

    def _measure(self, row: Row, groups: Mapping[Any, tuple[str, Any]]) -> Measure:
        name = needed(row, "Identifier", self.address).strip()
        return Measure(
            id=name,
            title=text_of(row, "Title") or name,
            unit=text_of(row, "Unit") or "",
            decimals=whole(row.get("Decimals")),
            is_text=str(row.get("DataType", "")).casefold() in ("string", "text"),
            path=group_path(row.get("MeasureGroupId"), groups),
        )


def _modified(facts: Row) -> str | None:
    moments = [moment for name in ("Modified", "ObservationsModified") if (moment := text_of(facts, name)) is not None]
    return " / ".join(moments) or None
