"""What may stand in a catalog about grids: figures per cell of a raster or per square, without regions."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StrictFloat, StrictInt, model_validator

from layers.atlas import Text
from layers.catalog_model import StyleEntry
from layers.catalog_words import MOST_DECIMALS, Entry, Filled, Id, Unit, Words, Year, known_crs, known_encoding


def _color(value: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        raise ValueError(f'color = "{value}" is no color; write six hexadecimal digits, such as "#2b8cbe"')
    return value.lower()


class GridCategoryEntry(Entry):
    """An element of ``grids.categories``: what a number of a grid stands for."""

    value: StrictInt
    title: Words
    color: Annotated[str, AfterValidator(_color)] | None = None
    """That of the colour table of the file, or of the palette, where it is not given."""


class GridEntry(Entry):
    """``[[grids]]``: figures per cell of a raster, or per square of CBS."""

    id: Id
    title: Words
    unit: Unit = Text(nl="")
    year: Year | None = None
    source: Filled
    layer: Filled | None = None
    """Of a GeoPackage."""

    band: Annotated[StrictInt, Field(ge=1)] | None = None
    """Of a raster."""

    crs: Annotated[Filled, AfterValidator(known_crs)] | None = None
    column: Filled | None = None
    """Of squares: the column with figures."""

    square: Filled | None = None
    """Of squares: the column with their ids, such as ``E1234N4567``."""

    cell: Annotated[StrictInt, Field(ge=1)] | None = None
    """Of squares: their side in metres."""

    delimiter: Literal[";", ",", "\t", "|"] | None = None
    encoding: Annotated[Filled, AfterValidator(known_encoding)] | None = None
    decimal: Literal[".", ","] | None = None
    missing: tuple[Filled | StrictInt | StrictFloat, ...] = ()
    withheld: tuple[Filled | StrictInt | StrictFloat, ...] = ()
    decimals: Annotated[StrictInt, Field(ge=0, le=MOST_DECIMALS)] | None = None
    categories: tuple[GridCategoryEntry, ...] = ()
    style: StyleEntry = StyleEntry()
    explanation: Words | None = None
    caveat: Words | None = None
    made_by: Words | None = None
    """Who published the figures; the attribution of the atlas where none."""

    @model_validator(mode="after")
    def _categories_differ(self) -> Self:
        values = [category.value for category in self.categories]
        if twice := [value for value in dict.fromkeys(values) if values.count(value) > 1]:
            raise ValueError(f'value = {twice[0]} stands twice in categories of "{self.id}"; a value stands once')
        return self
