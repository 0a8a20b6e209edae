"""Tables of panels and flows: those that are not about one region per row."""

from __future__ import annotations

from dataclasses import dataclass

from layers.catalog import Catalog
from layers.catalog_model import TableEntry
from layers.catalog_products import SuppliedEntry
from layers.cells import Marks
from layers.figures import RawTable
from layers.places import Places
from layers.problems import Gathering
from layers.publish import Reading


@dataclass(frozen=True, slots=True)
class SuppliedTable:
    """A raw table for a panel or a flow."""

    entry: SuppliedEntry
    raw: RawTable

    def reading(self, *, is_percentage: bool) -> Reading:
        """How its cells are to be read."""
        return Reading(Marks.of(self.entry.missing, self.entry.withheld), self.entry.decimal, is_percentage)


def read_supplied(catalog: Catalog, places: Places, gathering: Gathering) -> tuple[SuppliedTable, ...]:
    """The tables that could be read."""
    tables = []
    for entry in catalog.supplied:
        with gathering.step():
            tables.append(SuppliedTable(entry, places.table(as_table(catalog, entry))))
    return tuple(tables)


def as_table(catalog: Catalog, entry: SuppliedEntry) -> TableEntry:
    """The entry as one of a table whose header has the first column that it must have."""
    return entry.as_table(catalog.owner(entry).source_columns[0])
