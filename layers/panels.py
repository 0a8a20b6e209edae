"""Panels: tables that are not per region, checked, protected and published."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from layers.atlas import BASED, ColumnFacts, Text
from layers.breakdown import Dimension, read_codes
from layers.catalog import Catalog
from layers.catalog_products import PanelColumnEntry, PanelEntry
from layers.codes import cell_text
from layers.panel_rows import PanelRows
from layers.problems import Gathering, InputProblems, counted, listed
from layers.protect import ProtectRule, protected
from layers.publish import Figures, read_figures, round_figures
from layers.supplied import SuppliedTable
from layers.tables import years_in
from layers.values import Published, Reason

_YEAR = Text(nl="Jaar", en="Year")


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel with its rows."""

    entry: PanelEntry
    columns: tuple[ColumnFacts, ...]
    rows: PanelRows
    hidden: int
    """How many numbers a rule withheld."""

    def sentence(self) -> str:
        """What there is in it, for the report."""
        published = list(self.rows.numbers.values())
        parts = [counted(sum(int(column.has_number.sum()) for column in published), "number")]
        for reason in Reason:
            count = sum(int((column.reasons == reason.number).sum()) for column in published)
            if count:
                parts.append(f"{count:,} {reason.value}")
        if self.hidden:
            parts.append(f"{self.hidden:,} of them withheld by the rule")
        return f"panel {self.entry.id}: {counted(len(self.rows), 'row')}, {', '.join(parts)}"


def published_panels(
    catalog: Catalog,
    tables: Sequence[SuppliedTable],
    dimensions: Mapping[str, Dimension],
    gathering: Gathering,
    notes: list[str],
) -> tuple[Panel, ...]:
    """The panels for which there are tables, in the order of the catalog; what has none is noted."""
    panels = []
    for number, entry in enumerate(catalog.panels):
        with gathering.step():
            _check_rule(catalog, number, entry)
            own = [table for table in tables if table.entry.for_ == entry.id]
            if own:
                panels.append(_published(catalog, entry, own, dimensions))
            elif not any(table.for_ == entry.id for table in catalog.supplied):
                if ("panels", number) not in catalog.included:
                    message = f'no table is for "{entry.id}"; add for = "{entry.id}" to the one with its rows'
                    raise InputProblems([catalog.problem(("panels", number, "id"), message)])
                notes.append(f"panel {entry.id}: left out, no table is for it")
    return tuple(panels)


def _check_rule(catalog: Catalog, number: int, entry: PanelEntry) -> None:
    for at, column in enumerate(entry.columns):
        rule = _rule(catalog, entry, column)
        if rule is None or (rule.least is None and rule.least_base is None) or column.kind != "number":
            continue
        if column.over is None and column.tells is None and column.figure_kind in BASED:
            name = column.protect or entry.protect
            key = "least" if rule.least_base is None else "least_base"
            message = f'protect = "{name}" has {key}, so column "{column.id}" needs over, the column with'
            more = "what it is taken over, or tells, the column with the count it stands for"
            raise InputProblems([catalog.problem(("panels", number, "columns", at), f"{message} {more}")])


def _rule(catalog: Catalog, entry: PanelEntry, column: PanelColumnEntry) -> ProtectRule | None:
    """The rule for a column of numbers."""
    name = column.protect or entry.protect
    return None if name is None else catalog.protect[name]


def _published(
    catalog: Catalog, entry: PanelEntry, tables: Sequence[SuppliedTable], dimensions: Mapping[str, Dimension]
) -> Panel:
    keys = {
        column.id: [cell for table in tables for cell in _keys(table, column, dimensions)]
        for column in entry.columns
        if column.kind != "number"
    }
    _check_once(entry, tables, keys)
    numbers = [column for column in entry.columns if column.kind == "number"]
    rounded = {column.id: _numbers(tables, column) for column in numbers}
    shown = {column.id: _shown(column, rounded, _rule(catalog, entry, column)) for column in numbers}
    shown |= {
        column.id: _untold(column, column.tells, shown, rounded) for column in numbers if column.tells is not None
    }
    hidden = sum(int((shown[name].reasons != rounded[name].reasons).sum()) for name in shown)
    order = _order(entry, keys, dimensions)
    rows = PanelRows(
        {name: tuple(cells[row] for row in order.tolist()) for name, cells in keys.items()},
        {name: Published(column.numbers[order], column.reasons[order]) for name, column in shown.items()},
    )
    return Panel(entry, tuple(_facts(column, dimensions) for column in entry.columns), rows, hidden)


def _keys(
    table: SuppliedTable, column: PanelColumnEntry, dimensions: Mapping[str, Dimension]
) -> Sequence[str | int | None]:
    """What rows are about, in one column."""
    raw = table.raw
    if column.kind == "year":
        if table.entry.year is not None and raw.first_column([column.name]) is None:
            return [table.entry.year] * len(raw.rows)
        return years_in(raw, raw.column(table.entry.year_column or column.name))
    name = raw.column(column.name)
    if column.kind == "dimension":
        return read_codes(raw, name, dimensions[column.of])
    return [cell_text(cell) or None for cell in raw.columns[name]]


def _numbers(tables: Sequence[SuppliedTable], column: PanelColumnEntry) -> Published:
    """The numbers of a column with its decimals, or their reasons."""
    read = []
    for table in tables:
        every = np.arange(len(table.raw.rows), dtype=np.int64)
        reading = table.reading(is_percentage=column.is_percentage)
        read.append(read_figures(table.raw, table.raw.column(column.name), every, reading))
    figures = Figures(np.concatenate([part.numbers for part in read]), np.concatenate([part.reasons for part in read]))
    return round_figures(figures, column.decimals).published


def _shown(column: PanelColumnEntry, rounded: Mapping[str, Published], rule: ProtectRule | None) -> Published:
    if rule is None:
        return rounded[column.id]
    base = rounded[column.over] if column.over is not None else None
    if base is None:  # what it tells of is protected itself
        rule = rule.model_copy(update={"least_base": None})
    safe = protected(rounded[column.id], column.figure_kind, rule, base)
    return round_figures(Figures(safe.numbers, safe.reasons), column.decimals).published


def _untold(
    column: PanelColumnEntry, told: str, shown: Mapping[str, Published], raw: Mapping[str, Published]
) -> Published:
    """The numbers of a column that tells of another: withheld where that is, and of the rounded count where that is rounded."""
    own, other, before = shown[column.id], shown[told], raw[told]
    hidden = own.has_number & (other.reasons == Reason.WITHHELD.number)
    reasons = np.where(hidden, Reason.WITHHELD.number, own.reasons).astype(np.uint8)
    is_coarser = other.has_number & (before.numbers > 0)
    scale = np.where(is_coarser, other.numbers / np.where(is_coarser, before.numbers, 1), 1)
    numbers = np.where(hidden, np.nan, own.numbers * scale)
    return round_figures(Figures(numbers, reasons), column.decimals).published


def _check_once(
    entry: PanelEntry, tables: Sequence[SuppliedTable], keys: Mapping[str, Sequence[str | int | None]]
) -> None:
    """Two rows about the same leave open which of them counts. Raises InputProblems."""
    places = [(table, row) for table in tables for row in table.raw.rows]
    rows_by_key: dict[tuple[str | int | None, ...], list[tuple[SuppliedTable, int]]] = defaultdict(list)
    for number, place in enumerate(places):
        rows_by_key[tuple(cells[number] for cells in keys.values())].append(place)
    doubled = {key: found for key, found in rows_by_key.items() if len(found) > 1}
    if not doubled:
        return
    key, found = next(iter(doubled.items()))
    about = listed((f"{name} {cell}" for name, cell in zip(keys, key, strict=True)), 6) or "everything"
    where = listed((f"{table.raw.source} row {row}" for table, row in found), 3)
    rest = f" (and so are {len(doubled) - 1} more)" if len(doubled) > 1 else ""
    message = f'panel "{entry.id}": {len(found)} rows are about {about}{rest}: {where}; keep one'
    table, row = found[1]
    raise InputProblems([table.raw.problem(message, row=row)])


def _order(
    entry: PanelEntry, keys: Mapping[str, Sequence[str | int | None]], dimensions: Mapping[str, Dimension]
) -> NDArray[np.int64]:
    """Rows by code and year, column by column; those with texts stay in the order of the publisher."""
    size = len(next(iter(keys.values()))) if keys else 1
    if any(column.kind == "text" for column in entry.columns):
        return np.arange(size)
    columns = []
    for column in entry.columns:
        if column.kind == "dimension":
            order = dimensions[column.of].order
            columns.append([order[str(cell)] for cell in keys[column.id]])
        elif column.kind == "year":
            columns.append([int(cell or 0) for cell in keys[column.id]])
    return np.lexsort(columns[::-1]) if columns else np.arange(size)


def _facts(column: PanelColumnEntry, dimensions: Mapping[str, Dimension]) -> ColumnFacts:
    usual = {"dimension": lambda: dimensions[column.of].entry.title, "year": lambda: _YEAR}
    title = column.title or usual.get(column.kind, lambda: Text(nl=column.id))()
    return ColumnFacts(
        id=column.id,
        title=title,
        kind=column.kind,
        dimension=column.of if column.kind == "dimension" else None,
        unit=column.unit,
        decimals=column.decimals,
    )
