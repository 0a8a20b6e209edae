"""Which texts of a catalog English readers get in Dutch."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields

from pydantic import BaseModel

from layers.atlas import Text
from layers.catalog import Catalog

_WORD = re.compile(r"(?!euro\b|km|ha\b)\b[^\W\d_]{2}")
"""A text without it, such as ``%`` and ``x 1000 euro``, says the same in both languages."""


def untranslated(catalog: Catalog) -> list[str]:
    """Where a text stands that has no English, such as ``indicators woz: title``."""
    return [where for field in fields(catalog) for where in _untranslated(getattr(catalog, field.name), field.name)]


def _untranslated(value: object, where: str) -> Iterator[str]:
    if isinstance(value, Text):
        if _WORD.search(value.nl) and not (value.en or "").strip():
            yield where
    elif isinstance(value, BaseModel):
        stop = ":" if ":" not in where else ""
        for name in type(value).model_fields:
            yield from _untranslated(getattr(value, name), f"{where}{stop} {name}")
    elif isinstance(value, tuple):
        for number, entry in enumerate(value, 1):
            yield from _untranslated(entry, f"{where} {getattr(entry, 'id', number)}")
    elif isinstance(value, Mapping):
        for name, entry in value.items():
            yield from _untranslated(entry, f"{where} {name}")
