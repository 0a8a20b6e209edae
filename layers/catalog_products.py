"""What may stand in a catalog about products that are no map: tables, flows, and the list of products itself."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, StrictInt, model_validator

from layers.atlas import PRODUCT_KIND, SourceKind, Text
from layers.catalog_model import SourceEntry, TableEntry
from layers.catalog_words import Entry, Filled, Id, Unit, Words, Year
from layers.problems import listed


def _product_id(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]*", value):
        raise ValueError(f'id = "{value}" is no id of a product: it holds letters, digits and hyphens, such as "V1"')
    return value


class PanelColumnEntry(Entry):
    """An element of ``panels.columns``: a column of a table that is not per region."""

    id: Id
    kind: Literal["dimension", "year", "text", "number"]
    column: Filled | None = None
    """Its name in tables, where that is not the id."""

    dimension: Id | None = None
    """Of kind ``dimension``: which one, where that is not the id."""

    title: Words | None = None
    unit: Unit | None = None
    decimals: Annotated[StrictInt, Field(ge=0, le=6)] = 0
    figures: SourceKind | None = None
    """Of kind ``number``: what the numbers are, for ``protect``; a share where the unit begins with ``%``, else a count."""

    over: Id | None = None
    """Of kind ``number``: the column with what a share, rate or mean is taken over, for ``protect``."""

    tells: Id | None = None
    """Of kind ``number``: the column whose number could be worked out from this one, such as the count behind a share. Where that
    is withheld so is this, and where that is a rounded count this is of the rounded one."""

    protect: Id | None = None
    """Of kind ``number``: the rule for this column, where it is not that of the panel."""

    @model_validator(mode="after")
    def _of_kind(self) -> Self:
        numbers = ("unit", "figures", "over", "tells", "protect")
        for key, kind in (("dimension", "dimension"), *((key, "number") for key in numbers)):
            if getattr(self, key) is not None and self.kind != kind:
                raise ValueError(f'column "{self.id}": {key} goes with kind = "{kind}"')
        return self

    @property
    def name(self) -> str:
        """Its name in tables."""
        return self.column or self.id

    @property
    def is_percentage(self) -> bool:
        """Whether its numbers are percentages."""
        return self.unit is not None and self.unit.nl.strip().startswith("%")

    @property
    def figure_kind(self) -> SourceKind:
        """What its numbers are."""
        return self.figures or ("share" if self.is_percentage else "count")

    @property
    def of(self) -> str:
        """The dimension of a column of kind ``dimension``."""
        return self.dimension or self.id


class PanelEntry(Entry):
    """``[[panels]]``: a table that is not per region, shown as a chart and as a table."""

    id: Id
    theme: Id
    title: Words
    view: Literal["table", "bar", "line"] = "table"
    columns: Annotated[tuple[PanelColumnEntry, ...], Field(min_length=1)]
    protect: Id | None = None
    explanation: Words | None = None
    caveat: Words | None = None
    source: Words | None = None

    @property
    def source_columns(self) -> tuple[str, ...]:
        """The columns that its tables have; that of years last, for it may be absent."""
        ordered = sorted(self.columns, key=lambda column: column.kind == "year")
        return tuple(column.name for column in ordered)

    @model_validator(mode="after")
    def _columns_differ(self) -> Self:
        ids = [column.id for column in self.columns]
        if twice := [name for name in dict.fromkeys(ids) if ids.count(name) > 1]:
            raise ValueError(f'column "{twice[0]}" stands twice in columns of "{self.id}"; a column stands once')
        if clash := [name for name in ids if name.endswith("-status") and name.removesuffix("-status") in ids]:
            raise ValueError(f'column "{clash[0]}" has the name under which reasons are kept; choose another')
        numbers = [column.id for column in self.columns if column.kind == "number"]
        for column in self.columns:
            for key in ("over", "tells"):
                if (other := getattr(column, key)) is not None and other not in numbers:
                    message = f'{key} = "{other}" is no column of numbers; those are {listed(numbers)}'
                    raise ValueError(f'column "{column.id}": {message}')
            if any(one.id == column.tells and one.tells is not None for one in self.columns):
                raise ValueError(
                    f'column "{column.id}": tells = "{column.tells}" tells of another column; name that one'
                )
        if not numbers:
            raise ValueError(f'"{self.id}" has no column of kind "number"; there is nothing to show')
        if sum(column.kind == "year" for column in self.columns) > 1:
            raise ValueError(f'"{self.id}" has two columns of kind "year"; a row is of one year')
        return self


class FlowColumns(Entry):
    """``flows.columns``: names in tables."""

    origin: Filled
    destination: Filled
    value: Filled


class FlowEntry(Entry):
    """``[[flows]]``: figures from region to region."""

    id: Id
    theme: Id
    title: Words
    unit: Unit = Text(nl="")
    decimals: Annotated[StrictInt, Field(ge=0, le=6)] = 0
    origin: Words
    destination: Words
    absent: Literal["zero", "missing"] = "missing"
    columns: FlowColumns
    protect: Id | None = None
    explanation: Words | None = None
    caveat: Words | None = None
    source: Words | None = None

    @property
    def source_columns(self) -> tuple[str, ...]:
        """The columns that its tables have."""
        return (self.columns.origin, self.columns.destination, self.columns.value)


class SuppliedEntry(SourceEntry):
    """``[[tables]]`` with ``for``: the rows of a panel or a flow."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=False, validate_by_alias=True)

    for_: Id = Field(alias="for")
    level: Id | None = None
    """Of a flow: the level of its regions."""

    year: Year | None = None
    year_column: Filled | None = None
    key: Literal["code", "name"] = "code"
    """Of a flow: whether its regions stand there by code or by name."""

    borders: Year | None = None

    @model_validator(mode="after")
    def _one_year(self) -> Self:
        if self.year is not None and self.year_column is not None:
            raise ValueError("give either year or year_column, and not both")
        return self

    def as_table(self, key_column: str) -> TableEntry:
        """The same as the entry of a table whose header has this column."""
        own = {name: getattr(self, name) for name in SourceEntry.model_fields}
        year = {"year_column": self.year_column} if self.year_column else {"year": self.year or 2000}
        return TableEntry(**own, **year, level=self.level or "land", code=key_column, borders=self.borders)


class ProductEntry(Entry):
    """``[[products]]``: an information product that readers know by name, also where there are no figures of it."""

    id: Annotated[Filled, AfterValidator(_product_id)]
    theme: Id
    title: Words
    kind: PRODUCT_KIND
    explanation: Words | None = None
    caveat: Words | None = None
    indicators: tuple[Id, ...] = ()
    panels: tuple[Id, ...] = ()
    flows: tuple[Id, ...] = ()
    needs: Words
