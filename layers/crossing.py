"""Rows across a change of borders: which rows of a table make the figure of a region of other borders.

Where figures are of other borders than the ones they are shown on, a region has a figure only when it consists of whole
regions of the figures (see ``layers.recodes``). Any other region has figures that are not comparable.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from layers.codes import tidied
from layers.recodes import SAME, Relation, gemeente_of

NO_ROW: Final = -1
"""Stands where a region has no row of its own."""

_COUNTRY, _NEARLY_ALL = 300, 0.9
"""Of borders with so many gemeenten, a table with rows in this part of them is one of the whole country: a wijk it lacks is
gone."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """What lies between the borders that figures are of and those they are shown on."""

    borders: int
    """The boundary year the figures are of."""

    relation: Relation = SAME
    """Between regions of the level of the table."""

    gemeenten: Relation = SAME
    """Between gemeenten, which the codes of wijken and buurten begin with."""

    changed: frozenset[str] = frozenset()
    """Regions whose code stayed and whose borders did not, as CBS says (*indelingswijziging* 3)."""


@dataclass(frozen=True, slots=True)
class Regions:
    """What a table is joined with: the regions of one level of one edition."""

    level: str
    edition: int
    codes: tuple[str, ...]
    names: tuple[str, ...]

    def with_former(self, relation: Relation) -> Regions:
        """These, and after them the regions that only the figures know."""
        former = sorted(relation.ended - set(self.codes))
        names = tuple(relation.names.get(code, code) for code in former)
        return Regions(self.level, self.edition, (*self.codes, *former), (*self.names, *names))


@dataclass(frozen=True, slots=True)
class Carried:
    """Rows taken across a change of borders."""

    rows: NDArray[np.int64]
    parts: tuple[tuple[int, tuple[int, ...]], ...]
    not_comparable: NDArray[np.bool_]
    used: frozenset[str]
    """Codes of the figures that make, or are part of, the figure of a region."""

    sources: tuple[tuple[str, ...], ...]
    """By region: the regions of the figures that cover it."""


def carried_rows(row_by_code: dict[str, int], regions: Regions, relation: Relation) -> Carried:
    """The row of each region, or the rows it is made of."""
    if relation.begun & row_by_code.keys() and not relation.ended & row_by_code.keys():
        relation = SAME  # the publisher has brought the figures to these borders already
    whole, divided = relation.theirs(), relation.divided()
    rows = np.full(len(regions.codes), NO_ROW, dtype=np.int64)
    other = np.zeros(len(regions.codes), dtype=bool)
    parts: list[tuple[int, tuple[int, ...]]] = []
    used: set[str] = set()
    every: list[tuple[str, ...]] = []
    for region, code in enumerate(regions.codes):
        sources = sorted(divided.get(code) or whole.get(code) or {code})
        found = [row_by_code[source] for source in sources if source in row_by_code]
        every.append(tuple(sources))
        if code in divided or 0 < len(found) < len(sources):
            other[region] = bool(found)
        elif len(found) > 1:
            parts.append((region, tuple(found)))
            used.update(sources)
        elif found:
            rows[region] = found[0]
            used.update(sources)
        elif code in row_by_code:
            rows[region] = row_by_code[code]
            used.add(code)
    return Carried(rows, tuple(parts), other, frozenset(used), tuple(every))


def redrawn(
    carried: Carried, regions: Regions, crossing: Crossing, row_by_code: dict[str, int], unknown: Sequence[str]
) -> NDArray[np.bool_]:
    """(regions,) True where the figures are of a wijk or buurt that was drawn anew.

    That is known where CBS says that the borders changed. A region without a row was drawn anew where its gemeente has
    rows about regions we do not know, or changed itself, or where the table has nearly every other region.
    """
    has_row = carried.rows != NO_ROW
    has_row[[region for region, _ in carried.parts]] = True
    moved_borders: NDArray[np.bool_] = has_row & np.array(
        [code in crossing.changed for code in regions.codes], dtype=bool
    )
    gemeenten = [gemeente_of(code) for code in regions.codes]
    if crossing.borders == regions.edition or None in gemeenten:
        return moved_borders
    with_rows = {gemeente_of(code) for code in row_by_code}
    with_unknown = {gemeente_of(code.upper()) for code in tidied(unknown, regions.level)} - {None}
    groups = [theirs | ours for theirs, ours in crossing.gemeenten.groups]
    moved = frozenset().union(*(group for group in groups if group & (with_rows | with_unknown)))
    count = len(set(gemeenten))
    is_national = count >= _COUNTRY and len(with_rows & set(gemeenten)) >= _NEARLY_ALL * count
    near = with_unknown | moved | (with_rows if is_national else set())
    gone: NDArray[np.bool_] = ~has_row & np.array([gemeente in near for gemeente in gemeenten], dtype=bool)
    return np.logical_or(moved_borders, gone)
