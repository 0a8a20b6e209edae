"""Periods as CBS writes them: eight characters, the year first (``2024JJ00``, ``2024KW01``, ``2024MM12``)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_CODE = re.compile(r"(\d{4})([A-Z][A-Z0-9])(\d{2})")

KIND_BY_LETTERS: Final = {"JJ": "year", "KW": "quarter", "MM": "month"}
"""What the two letters in the middle mean; others are their own kind."""


@dataclass(frozen=True, slots=True)
class Period:
    """A period of a table."""

    year: int
    kind: str
    """``year``, ``quarter``, ``month``, or the two letters of CBS for any other."""

    number: int
    """Which quarter or month of the year, from 1; 0 for a year."""


def read_period(code: str) -> Period | None:
    """The period of a code; None where it is none.

    >>> read_period("2024KW03")
    Period(year=2024, kind='quarter', number=3)
    """
    found = _CODE.fullmatch(code.strip())
    if found is None:
        return None
    return Period(int(found[1]), KIND_BY_LETTERS.get(found[2], found[2]), int(found[3]))
