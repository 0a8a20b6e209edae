"""What may stand in a catalog about regions, tables and indicators: one frozen model per kind of entry.

``layers.catalog_products`` has those for what is no map.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    model_validator,
)

from layers.atlas import COUNTED, RELATIVE, Kind, SourceKind, Text
from layers.catalog_words import (
    MOST_DECIMALS,
    YEAR,
    Entry,
    Filled,
    Id,
    Unit,
    Words,
    Year,
    Zoom,
    column_entry,
    known_crs,
    known_encoding,
    known_parent,
    one_or_more,
    with_year,
)
from layers.composed import columns_in, is_composed
from tiles.grid import GridName


class AtlasEntry(Entry):
    """``[atlas]``: the map as a whole."""

    id: Id
    title: Words
    attribution: Filled
    maxzoom: Zoom = 12
    notice: Words | None = None
    allowed_parents: tuple[Annotated[Filled, AfterValidator(known_parent)], ...] = ()
    """Origins of the pages that may embed this map, in place of those that the settings of the server name."""

    grids: tuple[GridName, ...] = tuple(GridName)
    """The grids tiles are made in; the Dutch one only where regions lie within it. Web Mercator is always there."""


class RegionsEntry(Entry):
    """``[[regions]]``: where the regions of one level in one year come from."""

    level: Id
    year: Year
    source: Filled
    layer: Filled | None = None
    crs: Annotated[Filled, AfterValidator(known_crs)] | None = None
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


class SourceEntry(Entry):
    """What every table says about its source."""

    id: Id
    source: Filled
    sheet: Filled | None = None
    header_row: Annotated[StrictInt, Field(ge=1)] | None = None
    """The row with the names of columns, as a spreadsheet counts them, where it cannot be found."""

    delimiter: Literal[";", ",", "\t", "|"] | None = None
    """What parts the cells of a CSV, where it cannot be told from the rows."""

    encoding: Annotated[Filled, AfterValidator(known_encoding)] | None = None
    """How the letters of a CSV are written, where it cannot be told from the bytes."""

    dimensions: dict[Filled, Annotated[tuple[Filled, ...], BeforeValidator(one_or_more)]] = Field(default={})
    """Which rows count: by column the codes or titles that are wanted."""

    missing: tuple[Filled | StrictInt | StrictFloat, ...] = ()
    """Further texts and numbers that mean: no figure."""

    withheld: tuple[Filled | StrictInt | StrictFloat, ...] = ()
    """Further texts and numbers that mean: there is a figure, and it is secret."""

    decimal: Literal[".", ","] | None = None
    """The decimal sign of numbers written as text, where it cannot be told from the numbers."""


class TableEntry(SourceEntry):
    """``[[tables]]``: a table of figures per region."""

    level: Id
    year: Year | None = None
    year_column: Filled | None = None
    year_header: Annotated[tuple[Annotated[Filled, AfterValidator(with_year)], ...], BeforeValidator(one_or_more)] = ()
    """Names of columns with ``{year}`` where the year stands; an indicator names such a column by the same text."""

    breakdown: dict[Id, Filled] = Field(default={})
    """By dimension the column that has its codes, where that is not called like the dimension."""

    code: Filled | None = None
    """Name of the column that says which region a row is about: with codes, or names where ``key = "name"``. Codes may be
    put together, as those of regions."""

    name: Filled | None = None
    """The same for a column with names."""

    key: Literal["code", "name"] | None = None
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


class PostcodesEntry(SourceEntry):
    """``[[postcodes]]``: a table that says which region each postcode lies in, for the search of the viewer."""

    id: Id = "postcodes"
    level: Id
    year: Year
    """Boundary year that the codes are of."""

    postcode: Filled
    """Name of the column with postcodes, such as 1234AB or 1234."""

    code: Filled
    """Name of the column with codes of regions; they may be put together, as those of tables."""

    def as_table(self) -> TableEntry:
        """The same as the entry of a table of figures."""
        own = {name: getattr(self, name) for name in SourceEntry.model_fields}
        return TableEntry(**own, level=self.level, year=self.year, code=self.code)


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

    middle: StrictFloat | StrictInt | None = None
    """The figure around which the colors diverge. A change diverges around 0 and an index around 100 by themselves."""

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if self.breaks is not None and any(b <= a for a, b in zip(self.breaks, self.breaks[1:], strict=False)):
            raise ValueError(f"breaks must rise, and {list(self.breaks)} does not")
        return self


class ColumnEntry(Entry):
    """An element of ``indicators.from``: a column, in one table or in whichever has it."""

    column: Filled
    table: Id | None = None
    codes: dict[Id, Id] = Field(default={})
    """By dimension the code that the column is about, where each code has a column of its own."""


class CodeEntry(Entry):
    """An element of ``dimensions.codes``."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=False, validate_by_alias=True)

    id: Id
    title: Words
    is_: Annotated[tuple[Filled, ...], BeforeValidator(one_or_more)] = Field(default=(), alias="is")
    """How else tables write it, besides id and titles."""


class DimensionEntry(Entry):
    """``[[dimensions]]``: what figures are broken down by."""

    id: Id
    title: Words
    codes: tuple[CodeEntry, ...] = ()
    """In the order of readers; the first is the total where there is one."""

    open: StrictBool = True
    """Whether codes that only tables have are added behind these."""

    @model_validator(mode="after")
    def _once(self) -> Self:
        ids = [code.id for code in self.codes]
        if twice := [code for code in dict.fromkeys(ids) if ids.count(code) > 1]:
            raise ValueError(f'code "{twice[0]}" stands twice in codes of "{self.id}"; a code stands once')
        if not self.codes and not self.open:
            raise ValueError(f'dimension "{self.id}" has no codes, and open = false lets no table add any')
        return self


class PlainMeasureEntry(Entry):
    """``indicators.measure``: what the figure of the column itself is called beside other measures."""

    id: Id
    title: Words


class MeasureEntry(Entry):
    """``[[indicators.measures]]``: another way to express the figures of an indicator, made from published figures."""

    id: Id
    kind: Literal["share", "rate", "index", "change"]
    of: Filled | None = None
    """Of a share or rate: a column, looked up as that of the indicator, or the id of an indicator. Of an index or change: the id
    of another measure."""

    per: Annotated[StrictInt, Field(ge=1)] | None = None
    years: Annotated[StrictInt, Field(ge=1, le=100)] | None = None
    """Of a change: how many years before."""

    unit: Unit | None = None
    title: Words | None = None
    decimals: Annotated[StrictInt, Field(ge=0, le=6)] = 1
    first: StrictBool = False
    """Whether this is shown where nobody chose."""

    base: Words | None = None
    style: StyleEntry | None = None

    @model_validator(mode="after")
    def _of_kind(self) -> Self:
        is_part = self.kind in ("share", "rate")
        if is_part and self.of is None:
            raise ValueError(
                f'measure "{self.id}" needs of, what the {self.kind} is taken over: a column or an indicator'
            )
        if not is_part and self.per is not None:
            raise ValueError(f'measure "{self.id}": per is for a share or rate, and this is of kind "{self.kind}"')
        if (self.kind == "change") != (self.years is not None):
            raise ValueError(f'measure "{self.id}": years goes with kind = "change", which needs it')
        return self


class IndicatorEntry(Entry):
    """``[[indicators]]``: a topic, and its figures as tables have them."""

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
    from_: tuple[Annotated[ColumnEntry, BeforeValidator(column_entry)], ...] = Field(default=(), alias="from")
    dimensions: tuple[Id, ...] = ()
    measure: PlainMeasureEntry | None = None
    measures: tuple[MeasureEntry, ...] = ()
    compare: Literal["nederland"] | None = None
    """Short for a measure of kind ``index``."""

    change: Annotated[StrictInt, Field(ge=1, le=100)] | None = None
    """Short for a measure of kind ``change``, and over how many years."""

    protect: Id | None = None
    style: StyleEntry = StyleEntry()
    explanation: Words | None = None
    definition: Words | None = None
    base: Words | None = None
    reference_date: Words | None = None
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

    @model_validator(mode="after")
    def _measures_fit(self) -> Self:
        kinds: list[Kind] = [self.kind, *(measure.kind for measure in self.measures)]
        is_derived = bool(self.measures) or self.compare is not None or self.change is not None
        if self.kind == "category" and (is_derived or self.protect is not None):
            raise ValueError("a category has no measures, compare, change or protect: there is nothing to compute with")
        if self.kind not in COUNTED and {"share", "rate"} & set(kinds[1:]):
            raise ValueError(f'a share or rate is made of a count or sum, and this is of kind "{self.kind}"')
        if (self.compare or "index" in kinds) and not set(kinds) & set(RELATIVE):
            raise ValueError(
                "a comparison with the Netherlands needs a share, rate or mean, and there is none among the measures"
            )
        if sum(measure.first for measure in self.measures) > 1:
            raise ValueError("first = true stands at two measures; one of them is shown where nobody chose")
        return self

    def columns(self, table_id: str) -> list[str]:
        """The columns to look for in a table, the first that it has counts."""
        if self.column is not None:
            return [self.column]
        return list(dict.fromkeys(entry.column for entry in self.origins(table_id)))

    def origins(self, table_id: str) -> list[ColumnEntry]:
        """The columns to look for in a table with the codes they are about; of each set of codes the first it has counts."""
        if self.column is not None:
            return [ColumnEntry(column=self.column)]
        return [entry for entry in self.from_ if entry.table in (None, table_id)]


class BackdropEntry(Entry):
    """``[[backdrop]]``: shapes for orientation, without figures."""

    id: Id
    kind: Literal["water", "dike"]
    source: Filled
    layer: Filled | None = None
    crs: Annotated[Filled, AfterValidator(known_crs)] | None = None


class RecodeEntry(Entry):
    """``[[recodes]]``: what became of regions when borders or codes changed, besides what is known of gemeenten."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=False, validate_by_alias=True)

    level: Id
    source: Filled | None = None
    """A CSV with the columns year, from and to: a row for each old region and each new one that got any of it."""

    year: Year | None = None
    """The first boundary year with the new regions."""

    from_: Annotated[tuple[Filled, ...], BeforeValidator(one_or_more)] = Field(default=(), alias="from")
    """Codes of old regions that together cover what ``to`` covers."""

    to: Annotated[tuple[Filled, ...], BeforeValidator(one_or_more)] = ()

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        written = self.year is not None and bool(self.from_) and bool(self.to)
        begun = self.year is not None or bool(self.from_) or bool(self.to)
        if begun == (self.source is not None) or written != begun:
            raise ValueError(
                "give either source, a CSV with the columns year, from and to, or year, from and to themselves"
            )
        return self
