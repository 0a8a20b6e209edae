"""What may stand in a catalog: one frozen model per kind of entry."""

from __future__ import annotations

import codecs
from typing import Annotated, Any, Literal, Self

import pyproj
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictFloat,
    StrictInt,
    ValidationInfo,
    model_validator,
)
from pyproj.exceptions import CRSError

from layers.atlas import SourceKind, Text
from layers.composed import columns_in, is_composed

FILLED = r"\S"
"""What a text matches that is not blank."""

YEAR = "{year}"
"""Stands in ``tables.year_header`` where the names of columns have the year."""

MOST_DECIMALS = 3
"""How many decimals an indicator has at most where the catalog does not say."""

MAXZOOM = 16
"""The deepest zoom tiles are made for; clients over-zoom beyond."""


def _text(value: Any) -> Any:
    return {"nl": value} if isinstance(value, str) else value


def _filled(text: Text, info: ValidationInfo) -> Text:
    for lang, written in (("nl", text.nl), ("en", text.en)):
        if written is not None and not written.strip():
            raise ValueError(f'{info.field_name}.{lang} = "{written}" must be a text that is not empty')
    return text


def _column(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


def _one_or_more(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _known_crs(value: str) -> str:
    try:
        pyproj.CRS.from_user_input(value)
    except CRSError as error:
        raise ValueError(f'crs = "{value}" is not known; write a code such as "EPSG:28992"') from error
    return value


def _known_encoding(value: str) -> str:
    try:
        codecs.lookup(value)
    except LookupError as error:
        raise ValueError(f'encoding = "{value}" is not known; such as "utf-8", "cp1252" and "utf-16" are') from error
    return value


def _with_year(value: str) -> str:
    if value.count(YEAR) != 1:
        raise ValueError(f'year_header = "{value}" must hold {YEAR} once, where the year stands, such as "woz_{YEAR}"')
    return value


Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
Filled = Annotated[str, Field(pattern=FILLED)]
Words = Annotated[Text, BeforeValidator(_text), AfterValidator(_filled)]
"""A text for readers: ``{ nl = "..", en = ".." }``, or a plain string, which is Dutch; never blank."""

Unit = Annotated[Text, BeforeValidator(_text)]
"""The same, and blank for a figure without a unit."""

Year = Annotated[StrictInt, Field(ge=1800, le=2200)]
Zoom = Annotated[StrictInt, Field(ge=0, le=MAXZOOM)]


class Entry(BaseModel):
    """A frozen entry of a catalog; a key that it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class AtlasEntry(Entry):
    """``[atlas]``: the map as a whole."""

    id: Id
    title: Words
    attribution: Filled
    maxzoom: Zoom = 12
    notice: Words | None = None


class RegionsEntry(Entry):
    """``[[regions]]``: where the regions of one level in one year come from."""

    level: Id
    year: Year
    source: Filled
    layer: Filled | None = None
    crs: Annotated[Filled, AfterValidator(_known_crs)] | None = None
    """The CRS of the coordinates, where the file has none or the wrong one."""

    code: Filled
    """Name of the column with codes, or how they are put together: ``BU{GEMEENTECODE}{BUURTCODE}``."""

    name: Filled | None = None
    """Name of the column with names; codes are shown where there is none."""

    parent: Filled | None = None
    """Name of the column with the code (or the name) of the region of the next coarser level."""

    where: Filled | None = None
    """Which rows count, such as ``water = 'NEE'``; see ``layers.where``."""

    minzoom: Zoom | None = None


class TableEntry(Entry):
    """``[[tables]]``: a table of figures."""

    id: Id
    source: Filled
    sheet: Filled | None = None
    header_row: Annotated[StrictInt, Field(ge=1)] | None = None
    """The row with the names of columns, as a spreadsheet counts them, where it cannot be found."""

    delimiter: Literal[";", ",", "\t", "|"] | None = None
    """What parts the cells of a CSV, where it cannot be told from the rows."""

    encoding: Annotated[Filled, AfterValidator(_known_encoding)] | None = None
    """How the letters of a CSV are written, where it cannot be told from the bytes."""

    level: Id
    year: Year | None = None
    year_column: Filled | None = None
    year_header: Annotated[
        tuple[Annotated[Filled, AfterValidator(_with_year)], ...], BeforeValidator(_one_or_more)
    ] = ()
    """Names of columns with ``{year}`` where the year stands; an indicator names such a column by the same text."""

    dimensions: dict[Filled, Annotated[tuple[Filled, ...], BeforeValidator(_one_or_more)]] = {}
    """Which rows count: by column the codes or titles that are wanted."""

    code: Filled | None = None
    """Name of the column that says which region a row is about: with codes, or names where ``key = "name"``. Codes may be
    put together, as those of regions."""

    name: Filled | None = None
    """The same for a column with names."""

    key: Literal["code", "name"] | None = None
    missing: tuple[Filled | StrictInt | StrictFloat, ...] = ()
    """Further texts and numbers that mean: no figure."""

    withheld: tuple[Filled | StrictInt | StrictFloat, ...] = ()
    """Further texts and numbers that mean: there is a figure, and it is secret."""

    decimal: Literal[".", ","] | None = None
    """The decimal sign of numbers written as text, where it cannot be told from the numbers."""

    borders: Year | None = None
    """Boundary year the figures belong to, where it is not their own."""

    @model_validator(mode="after")
    def _one_year(self) -> Self:
        given = [name for name in ("year", "year_column", "year_header") if getattr(self, name)]
        if len(given) != 1:
            both = f", and not {' and '.join(given)}" if given else ""
            raise ValueError(
                f'give either year, such as 2022, or year_column, such as "Perioden", or year_header, such as "woz_{YEAR}"{both}'
            )
        return self

    @model_validator(mode="after")
    def _one_key(self) -> Self:
        if self.key is None and (self.code is None) == (self.name is None):
            raise ValueError("give either code, the column with codes, or name, the column with names")
        if self.key is not None and self.code is None and self.name is None:
            raise ValueError("give code, the column that says which region a row is about")
        if self.key == "code" and self.code is None:
            raise ValueError('key = "code" needs code, the column with codes')
        return self

    @property
    def joins_on_names(self) -> bool:
        """Whether rows are matched with regions by name instead of by code."""
        return self.key == "name" or (self.key is None and self.code is None)

    @property
    def key_column(self) -> str:
        """The column that says which region a row is about."""
        first, second = (self.name, self.code) if self.joins_on_names else (self.code, self.name)
        return first or second or ""  # one of the two is there: checked at birth

    @property
    def key_parts(self) -> tuple[str, ...]:
        """The columns of the file that it takes to know which region a row is about; more than one for composed codes."""
        return columns_in(self.key_column) if is_composed(self.key_column) else (self.key_column,)


class ThemeEntry(Entry):
    """``[[themes]]``: indicators that belong together."""

    id: Id
    title: Words
    explanation: Words | None = None


class StyleEntry(Entry):
    """``indicators.style``: how the classes are made and coloured. Names are checked where styles are made."""

    palette: Filled | None = None
    classes: Annotated[StrictInt, Field(ge=1, le=12)] = 5
    method: Filled = "quantiles"
    breaks: tuple[StrictFloat | StrictInt, ...] | None = None
    """Fixed inner edges, rising; they replace method and classes."""

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if self.breaks is not None and any(b <= a for a, b in zip(self.breaks, self.breaks[1:], strict=False)):
            raise ValueError(f"breaks must rise, and {list(self.breaks)} does not")
        return self


class ColumnEntry(Entry):
    """An element of ``indicators.from``: a column, in one table or in whichever has it."""

    column: Filled
    table: Id | None = None


class IndicatorEntry(Entry):
    """``[[indicators]]``: a figure that can be shown."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=False, validate_by_alias=True)

    id: Id
    theme: Id
    title: Words
    unit: Unit = Text(nl="")
    kind: SourceKind
    decimals: Annotated[StrictInt, Field(ge=0, le=6)] = MOST_DECIMALS
    """How many decimals are published. Where the catalog does not say, what the figures have decides, up to this many."""

    denominator: Filled | None = None
    """Column with what a share, rate or mean is taken over. With it figures of gemeenten that merged can be put together."""

    column: Filled | None = None
    from_: tuple[Annotated[ColumnEntry, BeforeValidator(_column)], ...] = Field(default=(), alias="from")
    style: StyleEntry = StyleEntry()
    explanation: Words | None = None
    caveat: Words | None = None
    source: Words | None = None

    @property
    def has_own_decimals(self) -> bool:
        """Whether the catalog says how many."""
        return "decimals" in self.model_fields_set

    @property
    def is_percentage(self) -> bool:
        """Whether its unit is the hundredth part."""
        return "%" in (self.unit.nl.strip(), (self.unit.en or "").strip())

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if (self.column is None) == (not self.from_):
            raise ValueError('give either column, such as "dwelling_value", or from, a list of columns')
        return self

    def columns(self, table_id: str) -> list[str]:
        """The columns to look for in a table, the first that it has counts."""
        if self.column is not None:
            return [self.column]
        return [entry.column for entry in self.from_ if entry.table in (None, table_id)]


class BackdropEntry(Entry):
    """``[[backdrop]]``: shapes for orientation, without figures."""

    id: Id
    kind: Literal["water", "dike"]
    source: Filled
    layer: Filled | None = None
    crs: Annotated[Filled, AfterValidator(_known_crs)] | None = None


class RecodeEntry(Entry):
    """``[[recodes]]``: what became of regions when borders or codes changed, besides what is known of gemeenten."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=False, validate_by_alias=True)

    level: Id
    source: Filled | None = None
    """A CSV with the columns year, from and to: a row for each old region and each new one that got any of it."""

    year: Year | None = None
    """The first boundary year with the new regions."""

    from_: Annotated[tuple[Filled, ...], BeforeValidator(_one_or_more)] = Field(default=(), alias="from")
    """Codes of old regions that together cover what ``to`` covers."""

    to: Annotated[tuple[Filled, ...], BeforeValidator(_one_or_more)] = ()

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        written = self.year is not None and bool(self.from_) and bool(self.to)
        begun = self.year is not None or bool(self.from_) or bool(self.to)
        if begun == (self.source is not None) or written != begun:
            raise ValueError(
                "give either source, a CSV with the columns year, from and to, or year, from and to themselves"
            )
        return self
