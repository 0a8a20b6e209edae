"""What catalog entries are written in: ids, texts in two languages, years, columns."""

from __future__ import annotations

import codecs
import re
from typing import Annotated, Any

import pyproj
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictInt,
    ValidationInfo,
)
from pyproj.exceptions import CRSError

from layers.atlas import Text

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


def column_entry(value: Any) -> Any:
    """A name of a column as an entry of its own."""
    return {"column": value} if isinstance(value, str) else value


def one_or_more(value: Any) -> Any:
    """A list, also where a single text was written."""
    return [value] if isinstance(value, str) else value


def known_crs(value: str) -> str:
    """A coordinate reference system that pyproj knows."""
    try:
        pyproj.CRS.from_user_input(value)
    except CRSError as error:
        raise ValueError(f'crs = "{value}" is not known; write a code such as "EPSG:28992"') from error
    return value


def known_encoding(value: str) -> str:
    """An encoding that Python knows."""
    try:
        codecs.lookup(value)
    except LookupError as error:
        raise ValueError(f'encoding = "{value}" is not known; such as "utf-8", "cp1252" and "utf-16" are') from error
    return value


def known_parent(value: str) -> str:
    """An origin of pages that may frame the map, or ``*`` for any; as ``frame-ancestors`` of a content policy has it."""
    if not is_parent(value):
        raise ValueError(
            f'allowed_parents has "{value}"; write origins such as "https://www.gemeente.nl" and "https://*.gemeente.nl"'
        )
    return value


def is_parent(value: str) -> bool:
    """Whether a text is an origin, its first label perhaps a star, or one star for any page.

    >>> [is_parent(text) for text in ("*", "https://*.gemeente.nl", "http://localhost:8000", "www.gemeente.nl", "https://a/b")]
    [True, True, True, False, False]
    """
    return re.fullmatch(r"\*|https?://(\*\.)?[A-Za-z0-9.-]+(:[0-9]{1,5})?", value) is not None


def with_year(value: str) -> str:
    """A name of columns that holds the year once."""
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
