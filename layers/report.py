"""What preparing came to, for the publisher: what met, what did not, what is withheld, what was repaired."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from layers.breakdown import Codes
from layers.join import Joined
from layers.problems import counted, listed
from layers.publish import Rounding
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
        """The count, and what was repaired."""
        place = f"{self.level} {self.year}"
        told = [f"{place}: {counted(self.regions, 'region')}"]
        if self.without_parent:
            told.append(f"{place}: {_some(self.without_parent, 'region')} without a known region around")
        codes = np.array(self.codes, dtype=object)
        return told + [f"{place}: {sentence}" for sentence in self.repair.sentences(codes)]

    def concerns(self) -> list[str]:
        """What was lost."""
        if not self.without_geometry:
            return []
        left_out = _some(self.without_geometry, "region")
        return [f"{self.level} {self.year}: {left_out} without a usable geometry left out"]


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

    to_zero: int
    """How many of those became 0."""

    outside: tuple[str, ...]
    """Percentages of a whole that are below 0 or above 100, each with its row."""

    hidden: int = 0
    """How many a rule withheld."""

    @staticmethod
    def of(
        indicator: str, level: str, year: int, edition: int, rounding: Rounding, outside: tuple[str, ...]
    ) -> SeriesReport:
        """From published figures."""
        published = rounding.published
        counts = {reason: int((published.reasons == reason.number).sum()) for reason in Reason}
        present = {reason: count for reason, count in counts.items() if count}
        numbers = int(published.has_number.sum())
        return SeriesReport(
            indicator,
            level,
            year,
            edition,
            numbers,
            present,
            rounding.rounded,
            rounding.to_zero,
            outside,
            rounding.hidden,
        )

    @staticmethod
    def of_published(indicator: str, level: str, year: int, edition: int, published: Published) -> SeriesReport:
        """From figures that were made of published ones."""
        return SeriesReport.of(indicator, level, year, edition, Rounding(published, 0), ())


@dataclass(frozen=True, slots=True)
class PrepareReport:
    """Everything that was counted."""

    levels: tuple[LevelReport, ...]
    joins: tuple[Joined, ...]
    series: tuple[SeriesReport, ...]
    notes: tuple[str, ...] = ()
    """What was done to read tables that the publisher may want to know."""

    lost: tuple[str, ...] = ()
    """What the catalog asks for and could not be made."""

    others: tuple[str, ...] = ()
    """What panels and flows came to, a sentence each."""

    def sentences(self) -> list[str]:
        """What to print, a line each: regions, then joins, then figures."""
        told = [sentence for level in self.levels for sentence in level.sentences()]
        told += self.notes
        told += _over_years(self.joins, _join_sentences)
        return [*told, *(_series_sentence(years) for years in self._series_by_level()), *self.others]

    def concerns(self) -> list[str]:
        """What the publisher gave and readers will not see, or not as it was given: a sentence each."""
        told = [sentence for level in self.levels for sentence in level.concerns()]
        told += _over_years(self.joins, _join_concerns)
        told += dict.fromkeys(self.lost)
        return told + [sentence for years in self._series_by_level() for sentence in _series_concerns(years)]

    def _series_by_level(self) -> list[list[SeriesReport]]:
        """The years of each indicator on each level."""
        by_level: dict[tuple[str, str], list[SeriesReport]] = {}
        for series in self.series:
            by_level.setdefault((series.indicator, series.level), []).append(series)
        return list(by_level.values())

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


def things_to_look_at(concerns: list[str]) -> list[str]:
    """The concerns as lines below a count; nothing where there are none.

    >>> things_to_look_at(["wijk 2022: 1 region has no row"])
    ['1 thing to look at:', '  wijk 2022: 1 region has no row']
    """
    if not concerns:
        return []
    return [f"{counted(len(concerns), 'thing')} to look at:", *(f"  {concern}" for concern in concerns)]


def _place_of(years: list[SeriesReport]) -> str:
    """``koopwoningen, wijk 2020 to 2022``, and how many breakdowns where there are several."""
    spans = sorted({series.year for series in years})
    span = f"{spans[0]}" if len(spans) == 1 else f"{spans[0]} to {spans[-1]}"
    most = max(sum(series.year == year for series in years) for year in spans)
    several = f", {most} breakdowns" if most > 1 else ""
    return f"{years[0].indicator}, {years[0].level} {span}{several}"


def _series_sentence(years: list[SeriesReport]) -> str:
    """How many numbers and reasons an indicator has on a level, over all years, and what else is worth knowing."""
    parts = [counted(sum(series.numbers for series in years), "number")]
    for reason in Reason:
        count = sum(series.reasons.get(reason, 0) for series in years)
        if count:
            parts.append(f"{count:,} {reason.value}")
    rounded = sum(series.rounded for series in years)
    if rounded:
        to_zero = sum(series.to_zero for series in years)
        clause = f" ({to_zero:,} of them to 0)" if to_zero else ""
        parts.append(f"{rounded:,} rounded to the decimals of the indicator{clause}")
    hidden = sum(series.hidden for series in years)
    if hidden:
        parts.append(f"{hidden:,} of them withheld by the rule")
    editions = sorted({series.edition for series in years if series.edition != series.year})
    if editions:
        parts.append(f"on the borders of {' and '.join(map(str, editions))}")
    return f"{_place_of(years)}: {', '.join(parts)}"


def _series_concerns(years: list[SeriesReport]) -> list[str]:
    place = _place_of(years)
    told = []
    numbers = sum(series.numbers for series in years)
    without = sum(sum(series.reasons.values()) for series in years)
    if without > numbers:
        told.append(f"{place}: {without:,} of {counted(numbers + without, 'value')} unknown or withheld")
    to_zero = sum(series.to_zero for series in years)
    if to_zero:
        told.append(f"{place}: {counted(to_zero, 'number')} that {_verb(to_zero)} not 0 rounded to 0; see decimals")
    outside = [text for series in years for text in series.outside]
    if outside:
        told.append(f"{place}: {counted(len(outside), 'share')} outside 0 to 100 %, such as {outside[0]}")
    return told


def _verb(number: int) -> str:
    return "is" if number == 1 else "are"


def _over_years(joins: Sequence[Joined], tell: Callable[[Joined], list[str]]) -> list[str]:
    """What there is to tell of each join; what holds for several years of a table in a row is told once."""
    told: dict[tuple[str, str, str], dict[int, None]] = {}
    codes: dict[tuple[str, str, str], dict[Codes, None]] = {}
    every: dict[tuple[str, str], set[Codes]] = {}
    for joined in joins:
        every.setdefault((joined.table, joined.level), set()).add(joined.codes)
        for sentence in tell(joined):
            key = joined.table, joined.level, sentence
            told.setdefault(key, {})[joined.year] = None
            codes.setdefault(key, {})[joined.codes] = None
    return [
        f"table {table}, {level} {_span(sorted(years))}{_of(codes[table, level, sentence], every[table, level])}: {sentence}"
        for (table, level, sentence), years in sorted(
            told.items(), key=lambda item: _place_in(joins, item[0], list(item[1]))
        )
    ]


def _of(codes: Collection[Codes], every: Collection[Codes]) -> str:
    """Which codes a sentence is about, where it does not hold for all of a table."""
    if len(codes) == len(every):
        return ""
    return f" ({listed(('/'.join(code for _, code in combination) for combination in codes), _EXAMPLES)})"


def _place_in(joins: Sequence[Joined], told: tuple[str, str, str], years: Sequence[int]) -> int:
    """Where the first of the joins stands that a sentence is about."""
    return next(
        at for at, joined in enumerate(joins) if (joined.table, joined.level, joined.year) == (*told[:2], years[0])
    )


def _span(years: Sequence[int]) -> str:
    """``2022``, ``2010 to 2020``, or ``2012, 2016`` where years are skipped."""
    if len(years) > 2 and years[-1] - years[0] == len(years) - 1:
        return f"{years[0]} to {years[-1]}"
    return listed(map(str, years))


def _join_sentences(joined: Joined) -> list[str]:
    told = [f"{joined.matched:,} of {counted(len(joined.rows), 'region')} joined"]
    if joined.parts:
        rows = sum(len(rows) for _, rows in joined.parts)
        told.append(
            f"{counted(len(joined.parts), 'region')} put together from {counted(rows, 'row')} "
            f"about regions that merged since"
        )
    if joined.national:
        told.append(f"{counted(len(joined.national), 'row')} about the Netherlands")
    if joined.of_other_level:
        told.append(f"{counted(joined.of_other_level, 'row')} about other levels passed over")
    if joined.of_other_year:
        told.append(f"{counted(joined.of_other_year, 'row')} about gemeenten of other years passed over")
    return told


def _join_concerns(joined: Joined) -> list[str]:
    told = []
    if joined.unmatched:
        near = "".join(f'; "{key}" may be {listed(near)}' for key, near in joined.nearest)
        count = len(joined.unmatched)
        told.append(f"{_some(joined.unmatched, 'row')} {_verb(count)} about no region of {joined.edition}{near}")
    if joined.other_borders:
        count = len(joined.other_borders)
        borders = f"{_some(joined.other_borders, 'region')} {_verb(count)} not comparable"
        told.append(f"{borders}: the figures are for other borders than those of {joined.edition}")
    if joined.without_key:
        count = len(joined.without_key)
        where = f"row{'' if count == 1 else 's'} {listed(map(str, joined.without_key), _EXAMPLES)}"
        told.append(f"{counted(count, 'row')} without a code or name left out ({where})")
    if joined.without_row:
        verb = "has" if len(joined.without_row) == 1 else "have"
        told.append(f"{_some(joined.without_row, 'region')} {verb} no row")
    return told


def _some(words: Iterable[str], noun: str) -> str:
    every = list(words)
    return f"{counted(len(every), noun)} ({listed(every, _EXAMPLES)})"
