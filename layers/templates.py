"""The tables that a theme asks a publisher for: which columns, what they mean and how to fill them in.

Indicators of information products that are broken down alike share a table per level, ``cijfers-gemeente`` or
``drugsfeit-gemeente``; each panel and flow has a table of its own. What shares and rates are taken over stands in ``cijfers``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from layers.atlas import Text
from layers.catalog_model import DimensionEntry, IndicatorEntry
from layers.catalog_products import FlowEntry, PanelEntry
from layers.levels import KNOWN
from layers.packages import Package

CODE: Final = "code"
YEAR: Final = "jaar"

ColumnKind = Literal["code", "year", "dimension", "text", "number"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table that a publisher fills in."""

    name: str
    kind: ColumnKind
    title: Text
    unit: Text | None = None
    definition: Text | None = None
    rule: str | None = None
    """Name of the disclosure rule that is applied to it."""

    dimension: DimensionEntry | None = None
    """Whose codes stand in it."""

    is_needed: bool = True
    """Whether the table means nothing without it; a breakdown can be left out, and then rows are about its first code."""


@dataclass(frozen=True, slots=True)
class Template:
    """A table that a publisher fills in."""

    id: str
    title: Text
    columns: tuple[Column, ...]
    products: tuple[str, ...]
    """Ids of the information products that are made of it."""

    level: str | None = None
    """Of regions and flows."""

    of: str | None = None
    """Id of the panel or flow that it is for."""


def templates(package: Package, levels: Sequence[str]) -> tuple[Template, ...]:
    """The tables that a package asks for, with those per region on each of the levels."""
    per_region = [table for level in levels for table in _region_tables(package, level)]
    panels = [
        Template(
            panel.id,
            panel.title,
            tuple(_panel_columns(package, panel)),
            _products(package, [panel.id], "panels"),
            of=panel.id,
        )
        for panel in package.panels
    ]
    flows = [
        Template(
            flow.id,
            flow.title,
            tuple(_flow_columns(flow)),
            _products(package, [flow.id], "flows"),
            level="gemeente" if "gemeente" in levels else levels[0],
            of=flow.id,
        )
        for flow in package.flows
    ]
    return (*per_region, *panels, *flows)


def _region_tables(package: Package, level: str) -> Iterator[Template]:
    together: dict[tuple[str, ...], list[IndicatorEntry]] = {(): []}
    for indicator in package.made:
        together.setdefault(indicator.dimensions, []).append(indicator)
    for dimensions, indicators in together.items():
        columns = tuple(_region_columns(package, dimensions, indicators))
        over = () if dimensions else (indicator for indicator in package.made if _over([indicator]))
        products = _products(package, [indicator.id for indicator in (*indicators, *over)], "indicators")
        name = f"{'-'.join(dimensions) or 'cijfers'}-{level}"
        if len(columns) > 2 + len(dimensions):
            yield Template(name, _title(package, dimensions, level), columns, products, level)


def _title(package: Package, dimensions: Sequence[str], level: str) -> Text:
    name = KNOWN[level].title if level in KNOWN else Text(nl=level)
    by = [dimension.title for dimension in package.dimensions if dimension.id in dimensions]
    nl = "".join(f", {text.nl.lower()}" for text in by)
    en = "".join(f", {text.in_('en').lower()}" for text in by)
    return Text(nl=f"Cijfers per {name.nl}{nl}", en=f"Figures by {name.in_('en')}{en}")


def _products(package: Package, names: Sequence[str], section: str) -> tuple[str, ...]:
    return tuple(product.id for product in package.products if set(getattr(product, section)) & set(names))


def _region_columns(
    package: Package, dimensions: Sequence[str], indicators: Sequence[IndicatorEntry]
) -> Iterator[Column]:
    yield Column(CODE, "code", Text(nl="Code van het gebied", en="Code of the region"))
    yield Column(YEAR, "year", Text(nl="Jaar", en="Year"))
    for dimension in (entry for entry in package.dimensions if entry.id in dimensions):
        yield Column(dimension.id, "dimension", dimension.title, dimension=dimension, is_needed=False)
    taken = {indicator.column for indicator in indicators}
    for name, title in ({} if dimensions else _over(package.made)).items():
        if name not in taken:
            yield Column(name, "number", title)
    for indicator in indicators:
        name = indicator.column or indicator.from_[0].column
        yield Column(name, "number", indicator.title, indicator.unit, indicator.definition, indicator.protect)


def _over(indicators: Sequence[IndicatorEntry]) -> dict[str, Text]:
    """Columns that shares and rates are taken over, and what stands in them."""
    found: dict[str, Text] = {}
    for indicator in indicators:
        for measure in indicator.measures:
            base = measure.base or indicator.base
            if measure.of is not None and base is not None:
                found.setdefault(measure.of, Text(nl=_clause(base.nl), en=_clause(base.in_("en"))))
    return found


def _clause(text: str) -> str:
    """What stands before the first semicolon or full stop."""
    return re.split(r"[;.]", text)[0]


def _panel_columns(package: Package, panel: PanelEntry) -> Iterator[Column]:
    dimensions = {dimension.id: dimension for dimension in package.dimensions}
    for column in panel.columns:
        title = column.title or Text(nl=column.id)
        dimension = dimensions[column.of] if column.kind == "dimension" else None
        rule = column.protect or panel.protect if column.kind == "number" else None
        yield Column(column.name, column.kind, title, column.unit, None, rule, dimension)


def _flow_columns(flow: FlowEntry) -> Iterator[Column]:
    yield Column(flow.columns.origin, "code", flow.origin)
    yield Column(flow.columns.destination, "code", flow.destination)
    yield Column(YEAR, "year", Text(nl="Jaar", en="Year"))
    yield Column(flow.columns.value, "number", flow.title, flow.unit, None, flow.protect)
