"""Names of regions as different publishers spell them.

CBS adds ``(gemeente)`` where a province has the same name and an abbreviation of the province where two gemeenten have,
or had: *Utrecht (gemeente)*, *Hengelo (O.)*. Others leave that out, drop accents, or use everyday names.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

_SUFFIX: Final = re.compile(r"\s*\(([^()]*)\)\s*$")
_LEVEL_BY_SUFFIX: Final = {"gemeente": "gemeente", "pv": "provincie", "provincie": "provincie"}
_ELSEWHERE: Final = frozenset({"cr", "ld", "re", "pl", "am", "rg", "politie eenheid", "arrondissement"})
"""Abbreviations of levels that are none of ours, such as police regions."""

_NOWHERE: Final = "niet in te delen"
"""What CBS and the police call what they could not locate."""

_CBS_SPELLING: Final = {
    "GM0164": "Hengelo (O.)",
    "GM0373": "Bergen (NH.)",
    "GM0417": "Laren (NH.)",
    "GM0603": "Rijswijk (ZH.)",
    "GM0687": "Middelburg (Z.)",
    "GM0888": "Beek (L.)",
    "GM0893": "Bergen (L.)",
    "GM0971": "Stein (L.)",
}
"""Gemeenten that share their name with another, now or once."""

_EVERYDAY: Final = {
    "den haag": "s gravenhage",
    "the hague": "s gravenhage",
    "den bosch": "s hertogenbosch",
    "de friese meren": "de fryske marren",
    "fryslan": "friesland",
}
"""Everyday, foreign and former names; by ``spelled``."""


def spelled(name: str) -> str:
    """A name reduced to what spellings share: small letters and digits without accents, parted by single spaces.

    >>> spelled("Súdwest-Fryslân"), spelled("'s-Gravenhage")
    ('sudwest fryslan', 's gravenhage')
    """
    plain = unicodedata.normalize("NFKD", name.replace("ĳ", "ij").replace("Ĳ", "IJ"))
    letters = "".join(character for character in plain if not unicodedata.combining(character)).casefold()
    return " ".join(re.findall(r"[^\W_]+", letters))


def official(name: str) -> str:
    """A name, spelled, with everyday names replaced by those CBS uses."""
    words = spelled(name)
    return _EVERYDAY.get(words, words)


def is_of_other_level(name: str, level: str) -> bool:
    """Whether a name says that it is of another level, or nowhere: ``Utrecht (PV)`` is no gemeente, ``Nederland`` neither."""
    suffix = _suffix(name)
    named = _LEVEL_BY_SUFFIX.get(suffix)
    words = spelled(name)
    return (
        suffix in _ELSEWHERE
        or (named is not None and named != level)
        or words in ("nederland", "buitenland")
        or _NOWHERE in words
    )


class NameIndex:
    """Regions by name, strict first and then with leave."""

    def __init__(self, codes: Sequence[str], names: Sequence[str]) -> None:
        self._strict: dict[str, list[int]] = defaultdict(list)
        self._bare: dict[str, list[int]] = defaultdict(list)
        self._suffixes = []
        for region, (code, name) in enumerate(zip(codes, names, strict=True)):
            cbs = _CBS_SPELLING.get(code, name)
            full = cbs if _without_suffix(cbs) == _without_suffix(name) else name
            self._suffixes.append(_suffix(full))
            for spelling in {_with_suffix(name), _with_suffix(full)}:
                self._strict[spelling].append(region)
            self._bare[official(_SUFFIX.sub("", name))].append(region)

    def strict(self, name: str) -> list[int]:
        """Regions of exactly this name, but for case, accents and ``(gemeente)``."""
        return self._strict.get(_with_suffix(name), [])

    def lenient(self, name: str) -> list[int]:
        """Regions of this name where one of the two lacks the abbreviation of the province, or is an everyday name."""
        suffix = _suffix(name)
        found = self._bare.get(official(_SUFFIX.sub("", name)), [])
        return [region for region in found if not suffix or not self._suffixes[region] or suffix in _LEVEL_BY_SUFFIX]


def _suffix(name: str) -> str:
    found = _SUFFIX.search(name)
    return spelled(found[1]) if found else ""


def _without_suffix(name: str) -> str:
    return spelled(_SUFFIX.sub("", name))


def _with_suffix(name: str) -> str:
    suffix = _suffix(name)
    return _without_suffix(name) if suffix in _LEVEL_BY_SUFFIX else spelled(name)
