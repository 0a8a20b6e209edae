"""Finding the column a catalog means: by its name, by a part of a header of several rows, or by what a name was last year."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_STATLINE = re.compile(r"([A-Z][0-9A-Za-z]*[a-z][0-9A-Za-z]*)_(\d{1,3})")
"""``GemiddeldeWOZWaardeVanWoningen_39``: what StatLine calls a column, and its place in the table, which moves each year."""

_STEM = re.compile(r"[A-Z][0-9A-Za-z]*[a-z][0-9A-Za-z]*")

NO_ALIASES: Mapping[str, Sequence[str]] = {}


def headings(name: str, columns: Sequence[str], aliases: Mapping[str, Sequence[str]] = NO_ALIASES) -> list[str]:
    """The columns that a name may mean, of which there should be one; none where no column comes near.

    In this order: the very name, the name in another case, an alias, the same column of StatLine at another place.

    >>> headings("Mannen_6", ["Regio", "Mannen_7", "Vrouwen_8"])
    ['Mannen_7']
    """
    if name in columns:
        return [name]
    wanted = name.strip().casefold()
    folded = [column for column in columns if column.strip().casefold() == wanted]
    called = [column for alias, meant in aliases.items() if alias.strip().casefold() == wanted for column in meant]
    return folded or list(dict.fromkeys(called)) or _moved(name.strip(), columns)


def _moved(name: str, columns: Sequence[str]) -> list[str]:
    """Columns of StatLine that differ from a name in their place only."""
    found = _STATLINE.fullmatch(name)
    stem = found[1] if found else name
    if _STEM.fullmatch(stem) is None or not _is_statline(columns):
        return []
    return [column for column in columns if (other := _STATLINE.fullmatch(column)) and other[1] == stem]


def _is_statline(columns: Sequence[str]) -> bool:
    """Whether the numbers behind the names are places in a table: each differs. ``Koop_21, Huur_21`` are of a year."""
    places = [found[2] for column in columns if (found := _STATLINE.fullmatch(column))]
    return len(places) > 1 and len(set(places)) == len(places)
