"""Codes of regions: text, tidied so that two spellings of one code are equal.

CBS codes have logic (a buurt code holds the code of its wijk and its gemeente) and suffer in spreadsheets, which eat
leading zeros and add spaces. Codes of other systems are only trimmed and compared as text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from numbers import Integral, Real

from layers.levels import KNOWN

# Nederland, landsdelen, provincies, COROP, politie-eenheden, and the same without a level of ours
_ELSEWHERE = re.compile(r"(NL|LD|PV|CR|RE)\d{2}")
_COUNTRY = "NL"


def cell_text(cell: object) -> str:
    """A cell as the text a reader sees: trimmed, whole numbers without a point, nothing for an empty cell.

    >>> cell_text(1011.0), cell_text(" GM0363  "), cell_text(None)
    ('1011', 'GM0363', '')
    """
    if type(cell) is str:  # by far the most
        return "" if cell == "<NA>" else cell.strip(" \t\r\n\u00a0\u202f\ufeff")
    if cell is None or (isinstance(cell, Real) and cell != cell):
        return ""
    if isinstance(cell, Integral):
        return str(int(cell))
    if isinstance(cell, Real):
        number = float(cell)
        return str(int(number)) if number.is_integer() else repr(number)
    text = str(cell)
    return "" if text == "<NA>" else text.strip(" \t\r\n\u00a0\u202f\ufeff")


def tidy(cell: object, level: str) -> str:
    """The code in a cell of a table or layer about a level; empty for an empty cell.

    On CBS levels the code is written in capitals, with its prefix and its leading zeros, without spaces.

    >>> tidy("gm 363", "gemeente"), tidy(363.0, "gemeente"), tidy(" 0363ad", "wijk"), tidy("SA3 1a", "sa3")
    ('GM0363', 'GM0363', 'WK0363AD', 'SA3 1a')
    """
    return _tidied(cell_text(cell), level)


@lru_cache(maxsize=1 << 17)
def _tidied(text: str, level: str) -> str:
    """Remembered, since the same codes come back in every year and for every code of a breakdown."""
    known = KNOWN.get(level)
    if known is None:
        return text
    capitals = re.sub(r"\s", "", text).upper()
    if known.exact.fullmatch(capitals):
        return capitals
    found = known.loose.fullmatch(capitals)
    return known.prefix + found[1].zfill(known.digits) if found else text


def tidied(cells: Sequence[object], level: str) -> list[str]:
    """``tidy`` of each cell."""
    return [tidy(cell, level) for cell in cells]


def cbs_level(code: str) -> str | None:
    """The level a CBS code belongs to: ``gemeente``, ``wijk``, ..., ``NL`` for larger areas; None for other codes.

    >>> cbs_level("WK0363AD"), cbs_level("NL00"), cbs_level("1011")
    ('wijk', 'NL', None)
    """
    capitals = code.upper()
    for known in KNOWN.values():
        if known.exact.fullmatch(capitals):
            return known.id
    return _COUNTRY if _ELSEWHERE.fullmatch(capitals) else None


def parent_code(code: str, coarser: str) -> str | None:
    """The code of the region of a coarser level that a CBS code lies in; None where the code does not tell.

    >>> parent_code("BU0363AD07", "wijk"), parent_code("BU0363AD07", "gemeente"), parent_code("GM0363", "provincie")
    ('WK0363AD', 'GM0363', None)
    """
    level = cbs_level(code)
    if level not in ("wijk", "buurt") or coarser not in ("gemeente", "wijk") or level == coarser:
        return None
    known = KNOWN[coarser]
    return known.prefix + code[2 : 2 + known.digits]
