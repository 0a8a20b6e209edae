"""What preparing came to, for the publisher: what met, what did not, what is withheld, what was repaired."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from layers.join import Joined
from layers.problems import counted, listed
from layers.values import Published, Reason
from tiles.repair import RepairReport

_EXAMPLES = 4


@dataclass(frozen=True, slots=True)
class LevelReport:
    """One level of one edition."""

    year: int
    level: str
    regions: int
    without_geometry: tuple[str, ...]
    without_parent: tuple[str, ...]
    """Codes whose region of the next coarser level is not known, where there is such a level."""

    repair: RepairReport
    codes: tuple[str, ...]

    def sentences(self) -> list[str]:
        """The count, and what was dropped or repaired."""
        place = f"{self.level} {self.year}"
        told = [f"{place}: {counted(self.regions, 'region')}"]
        if self.without_geometry:
            told.append(f"{place}: {_some(self.without_geometry, 'region')} without a usable geometry left out")
        if self.without_parent:
            told.append(f"{place}: {_some(self.without_parent, 'region')} without a known region around")
        codes = np.array(self.codes, dtype=object)
        return told + [f"{place}: {sentence}" for sentence in self.repair.sentences(codes)]


@dataclass(frozen=True, slots=True)
class SeriesReport:
    """The figures of one indicator on one level in one year."""

    indicator: str
    level: str
    year: int
    edition: int
    numbers: int
    """How many regions have a number."""

    reasons: dict[Reason, int]
    """How many have each reason, of those that occur."""

    rounded: int
    """How many numbers lost decimals."""

    @staticmethod
    def of(indicator: str, level: str, year: int, edition: int, published: Published, rounded: int) -> SeriesReport:
        """From published figures."""
        counts = {reason: int((published.reasons == reason.number).sum()) for reason in Reason}
        present = {reason: count for reason, count in counts.items() if count}
        return SeriesReport(indicator, level, year, edition, int(published.has_number.sum()), present, rounded)


@dataclass(frozen=True, slots=True)
class PrepareReport:
    """Everything that was counted."""

    levels: tuple[LevelReport, ...]
    joins: tuple[Joined, ...]
    series: tuple[SeriesReport, ...]

    def sentences(self) -> list[str]:
        """What to print, a line each: regions, then joins, then figures."""
        told = [sentence for level in self.levels for sentence in level.sentences()]
        told += [sentence for joined in self.joins for sentence in _join_sentences(joined)]
        by_level: dict[tuple[str, str], list[SeriesReport]] = {}
        for series in self.series:
            by_level.setdefault((series.indicator, series.level), []).append(series)
        return told + [_series_sentence(years) for years in by_level.values()]

    def total(self, reason: Reason) -> int:
        """How many published values have a reason."""
        return sum(series.reasons.get(reason, 0) for series in self.series)

    @property
    def numbers(self) -> int:
        """How many published values are numbers."""
        return sum(series.numbers for series in self.series)

    @property
    def repaired(self) -> int:
        """How many regions had a geometry that was invalid or did not match its neighbours'."""
        return sum(len(level.repair.invalid) + len(level.repair.mismatched) for level in self.levels)


def _series_sentence(years: list[SeriesReport]) -> str:
    """How many numbers and reasons an indicator has on a level, over all years, and what else is worth knowing."""
    first, last = years[0], years[-1]
    span = f"{first.year}" if len(years) == 1 else f"{first.year} to {last.year}"
    parts = [counted(sum(series.numbers for series in years), "number")]
    for reason in Reason:
        count = sum(series.reasons.get(reason, 0) for series in years)
        if count:
            parts.append(f"{count:,} {reason.value}")
    rounded = sum(series.rounded for series in years)
    if rounded:
        parts.append(f"{rounded:,} rounded to the decimals of the catalog")
    editions = sorted({series.edition for series in years if series.edition != series.year})
    if editions:
        parts.append(f"on the borders of {' and '.join(map(str, editions))}")
    return f"{first.indicator}, {first.level} {span}: {', '.join(parts)}"


def _join_sentences(joined: Joined) -> list[str]:
    place = f"table {joined.table}, {joined.level} {joined.year}"
    told = [f"{place}: {joined.matched:,} of {counted(len(joined.rows), 'region')} joined"]
    if joined.unmatched:
        verb = "is" if len(joined.unmatched) == 1 else "are"
        told.append(f"{place}: {_some(joined.unmatched, 'row')} {verb} about no region of {joined.edition}")
    if joined.without_row:
        verb = "has" if len(joined.without_row) == 1 else "have"
        told.append(f"{place}: {_some(joined.without_row, 'region')} {verb} no row")
    if joined.of_other_level:
        told.append(f"{place}: {counted(joined.of_other_level, 'row')} about other levels passed over")
    return told + [f'{place}: "{key}" may be {listed(near)}' for key, near in joined.nearest]


def _some(words: Iterable[str], noun: str) -> str:
    every = list(words)
    return f"{counted(len(every), noun)} ({listed(every, _EXAMPLES)})"
