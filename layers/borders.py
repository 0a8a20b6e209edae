"""What lies between the borders of two years: for tables whose figures are of other borders, and for comparing years."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from layers.crossing import NO_ROW, Crossing, Regions, carried_rows, redrawn
from layers.recodes import GEMEENTE, Recodes
from layers.values import Published, Reason


@dataclass(frozen=True, slots=True)
class Borders:
    """What tables are joined with, and how the borders of one year relate to those of another."""

    regions: Mapping[tuple[int, str], Regions]
    """By edition and level."""

    recodes: Recodes
    changed: Mapping[tuple[int, str], frozenset[str]]
    """By edition and level: regions with other borders than the year before, where the source says so."""

    def crossing(self, level: str, figures: int, edition: int, changed: frozenset[str]) -> Crossing:
        """What lies between figures of a boundary year and the borders of an edition.

        ``changed`` are the regions of which the table itself says that they differ from the year before the figures.
        """
        first, last = sorted((figures, edition))
        between = [
            codes for (year, of_level), codes in self.changed.items() if of_level == level and first < year <= last
        ]
        redrawn = frozenset().union(*between, changed if figures > edition else ())
        gemeenten = self.recodes.between(GEMEENTE, figures, edition)
        return Crossing(figures, self.recodes.between(level, figures, edition), gemeenten, redrawn)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Published figures of one edition beside the regions of another."""

    borders: Borders
    _rows: dict[tuple[str, int, int], NDArray[np.int64]] = field(default_factory=dict)

    def carried(self, level: str, edition: int, onto: int, published: Published) -> Published:
        """The figure of each region that has the same borders in both; the others are not comparable.

        Regions that merged are not put together: that would be a figure nobody published.
        """
        if edition == onto:
            return published
        rows = self._same(level, edition, onto)
        is_there = rows != NO_ROW
        numbers = np.where(is_there, published.numbers[rows], np.nan)
        reasons = np.where(is_there, published.reasons[rows], Reason.NOT_COMPARABLE.number)
        return Published(numbers, reasons.astype(np.uint8))

    def _same(self, level: str, edition: int, onto: int) -> NDArray[np.int64]:
        """(regions of ``onto``,) the index of the region of ``edition`` with the same borders."""
        key = level, edition, onto
        if key not in self._rows:
            theirs, ours = self.borders.regions[edition, level], self.borders.regions[onto, level]
            crossing = self.borders.crossing(level, edition, onto, frozenset())
            row_by_code = {code: row for row, code in enumerate(theirs.codes)}
            carried = carried_rows(row_by_code, ours, crossing.relation)
            known = set(ours.codes) | crossing.relation.ended
            unknown = [code for code in theirs.codes if code not in known]
            other = carried.not_comparable | redrawn(carried, ours, crossing, row_by_code, unknown)
            rows = carried.rows.copy()
            rows[other] = NO_ROW
            self._rows[key] = rows
        return self._rows[key]
