"""Codes that a file has in parts: ``BU{GEMEENTECODE}{BUURTCODE}`` puts them together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from layers.codes import cell_text

_PART = re.compile(r"\{([^{}:]+)(?::0?(\d))?\}")


def is_composed(code: str) -> bool:
    """Whether a text of a catalog says how to put codes together, and is no name of a column.

    >>> is_composed("BU{GEMEENTECODE}{BUURTCODE}"), is_composed("buurtcode")
    (True, False)
    """
    return _PART.search(code) is not None


def columns_in(code: str) -> tuple[str, ...]:
    """The columns that hold the parts.

    >>> columns_in("BU{GEMEENTECODE}{BUURTCODE:04}")
    ('GEMEENTECODE', 'BUURTCODE')
    """
    return tuple(found[1].strip() for found in _PART.finditer(code))


def composed(code: str, cells: Mapping[str, Sequence[object]]) -> list[str]:
    """The code of each row, from its cells by column; empty where a part is empty.

    A number behind a colon is how many characters a part has at least, for zeros that a spreadsheet has eaten.

    >>> composed("BU{gm}{bu:04}", {"gm": ["0758", None], "bu": [601.0, 2]})
    ['BU07580601', '']
    """
    rows = zip(*(cells[name] for name in columns_in(code)), strict=True)
    return [_composed(code, [cell_text(cell) for cell in row]) for row in rows]


def _composed(code: str, parts: list[str]) -> str:
    if not all(parts):
        return ""
    left = iter(parts)
    return _PART.sub(lambda found: next(left).zfill(int(found[2] or 0)), code)
