"""Postcodes: which regions of an edition each lies in, so that readers find their own without asking anybody else.

Tables such as CBS's have a row per address or per postcode. What is kept is each postcode once with each of its regions, the one
with most rows first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from layers.borders import Borders
from layers.catalog import Catalog
from layers.catalog_model import PostcodesEntry
from layers.codes import cell_text
from layers.join import regions_of
from layers.places import Places
from layers.postcode_rows import PostcodeRows
from layers.problems import Gathering, InputProblems, counted, listed

_POSTCODE: Final = re.compile(r"(\d{4})\s?([A-Z]{2})?")


@dataclass(frozen=True, slots=True)
class Postcodes:
    """The postcodes of one table."""

    entry: PostcodesEntry
    rows: PostcodeRows
    unreadable: Mapping[str, int]
    """Texts that are no postcode, with the number of rows each costs."""

    unknown: Mapping[str, int]
    """Codes that are no region of the edition, likewise."""

    def sentence(self) -> str:
        """What there is in it, for the report."""
        regions = counted(len(set(self.rows.code)), "region")
        postcodes = counted(len(set(self.rows.postcode)), "postcode")
        return f"postcodes, {self.entry.level} {self.entry.year}: {postcodes} in {regions}"

    def concerns(self) -> list[str]:
        """What was left out."""
        told = []
        for texts, why in (
            (self.unreadable, "no postcode such as 1234 AB or 1234"),
            (self.unknown, f"no {self.entry.level} of {self.entry.year}"),
        ):
            if texts:
                named = listed((f'"{text}"' for text in texts), 4)
                told.append(
                    f"postcodes {self.entry.year}: {counted(sum(texts.values()), 'row')} left out, {named}: {why}"
                )
        return told


def read_postcodes(catalog: Catalog, places: Places, borders: Borders, gathering: Gathering) -> tuple[Postcodes, ...]:
    """The postcodes of each table that could be read."""
    found = []
    for number, entry in enumerate(catalog.postcodes):
        with gathering.step():
            if (entry.year, entry.level) not in borders.regions:
                message = f"there are no regions of {entry.level} {entry.year}; level and year say which borders the codes are of"
                raise InputProblems([catalog.problem(("postcodes", number), message)])
            found.append(_read(entry, places, borders))
    return tuple(found)


def _read(entry: PostcodesEntry, places: Places, borders: Borders) -> Postcodes:
    raw = places.table(entry.as_table())
    postcodes = [cell_text(cell) for cell in raw.columns[raw.column(entry.postcode)]]
    codes = [cell_text(cell) for cell in raw.columns[raw.column(entry.code)]]
    regions = borders.regions[entry.year, entry.level]
    texts = list(dict.fromkeys(codes))
    indices = regions_of(texts, raw, np.arange(len(texts)), regions, by_name=False)
    region_by_text = dict(zip(texts, indices.tolist(), strict=True))
    counts: Counter[tuple[str, str]] = Counter()
    unreadable: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    for written, code in zip(postcodes, codes, strict=True):
        parts = _POSTCODE.fullmatch(written.strip().upper())
        if parts is None:
            unreadable[written] += 1
        elif region_by_text[code] < 0:
            unknown[code] += 1
        else:
            counts["".join(part for part in parts.groups() if part), regions.codes[region_by_text[code]]] += 1
    if not counts:
        theirs = listed((f'"{code}"' for code in texts), 3)
        ours = listed((f'"{code}"' for code in regions.codes), 3)
        what = f"no row has a postcode and a {entry.level} of {entry.year}"
        raise InputProblems([raw.problem(f'{what}: column "{entry.code}" has {theirs}, the regions are {ours}')])
    order = sorted(counts, key=lambda pair: (pair[0], -counts[pair], pair[1]))
    rows = PostcodeRows(tuple(postcode for postcode, _ in order), tuple(code for _, code in order))
    return Postcodes(entry, rows, unreadable, unknown)
