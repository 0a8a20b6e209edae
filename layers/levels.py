"""The levels of Dutch statistics we know by name, and what any other level is called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from layers.atlas import Text


@dataclass(frozen=True, slots=True)
class KnownLevel:
    """A level with a fixed place, name and code system."""

    id: str
    title: Text
    """Singular, lower case."""

    plural: Text
    minzoom: int
    """The zoom from which it is shown unless the catalog says otherwise."""

    prefix: str
    """What CBS codes of this level begin with."""

    digits: int
    """How many characters follow the prefix."""

    exact: re.Pattern[str]
    """Codes as CBS writes them; wijk and buurt numbers may hold letters where a gemeente has a hundred or more."""

    loose: re.Pattern[str]
    """Codes without their prefix, or with zeros that a spreadsheet has eaten; group 1 is what is left."""


KNOWN: Final[dict[str, KnownLevel]] = {
    level.id: level
    for level in (
        KnownLevel(
            "provincie",
            Text(nl="provincie", en="province"),
            Text(nl="provincies", en="provinces"),
            0,
            "PV",
            2,
            re.compile(r"PV\d{2}"),
            re.compile(r"PV(\d{2})"),
        ),
        KnownLevel(
            "gemeente",
            Text(nl="gemeente", en="municipality"),
            Text(nl="gemeenten", en="municipalities"),
            0,
            "GM",
            4,
            re.compile(r"GM\d{4}"),
            re.compile(r"(?:GM)?(\d{1,4})"),
        ),
        KnownLevel(
            "wijk",
            Text(nl="wijk", en="district"),
            Text(nl="wijken", en="districts"),
            7,
            "WK",
            6,
            re.compile(r"WK\d{4}[0-9A-Z]{2}"),
            re.compile(r"(?:WK)?(\d{3,6}|\d{4}[0-9A-Z]{2})"),
        ),
        KnownLevel(
            "buurt",
            Text(nl="buurt", en="neighbourhood"),
            Text(nl="buurten", en="neighbourhoods"),
            9,
            "BU",
            8,
            re.compile(r"BU\d{4}[0-9A-Z]{4}"),
            re.compile(r"(?:BU)?(\d{5,8}|\d{4}[0-9A-Z]{4})"),
        ),
    )
}
"""By id, from coarse to fine."""


def title(level: str) -> Text:
    """The name of one region of a level; a level we do not know is called by its id."""
    return KNOWN[level].title if level in KNOWN else Text(nl=level)


def plural(level: str) -> Text:
    """The name of several regions of a level."""
    return KNOWN[level].plural if level in KNOWN else Text(nl=level)
