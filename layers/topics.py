"""Topics: the figures of the catalog in all their measures, each measure of each breakdown an indicator of the atlas.

drugsdelicten                          the first measure of the first codes has the id of the topic
drugsdelicten-hard                     other codes
drugsdelicten-per-1000-inwoners        other measures
drugsdelicten-hard-per-1000-inwoners
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from layers.atlas import Kind, MeasureFacts, NationalFigure, Text
from layers.breakdown import Dimension
from layers.catalog import Catalog
from layers.catalog_model import IndicatorEntry, StyleEntry
from layers.finding import Breakdown
from layers.indicators import PublishedSeries
from layers.problems import InputProblems, Problem, counted
from layers.values import Published

MOST = 2000
"""More indicators of one topic are a mistake in the catalog."""


@dataclass(slots=True)
class MeasureFigures:
    """The figures of a topic in one measure."""

    facts: MeasureFacts
    decimals: int
    style: StyleEntry
    base: Text | None = None
    series: dict[tuple[Breakdown, str, int], PublishedSeries] = field(default_factory=dict)
    national: dict[tuple[Breakdown, int], Published] = field(default_factory=dict)

    @property
    def places(self) -> dict[Breakdown, list[tuple[str, int]]]:
        """By breakdown: the levels and years it has."""
        found: dict[Breakdown, list[tuple[str, int]]] = {}
        for breakdown, level, year in self.series:
            found.setdefault(breakdown, []).append((level, year))
        return found

    @property
    def national_years(self) -> dict[Breakdown, list[int]]:
        """By breakdown: the years with a figure of the Netherlands."""
        found: dict[Breakdown, list[int]] = {}
        for breakdown, year in self.national:
            found.setdefault(breakdown, []).append(year)
        return found


@dataclass(frozen=True, slots=True)
class Indicator:
    """One measure of one breakdown of a topic, with its figures."""

    id: str
    entry: IndicatorEntry
    """Its topic, as the catalog has it."""

    measure: MeasureFacts
    breakdown: Mapping[str, str]
    """By dimension the code it is about."""

    title: Text
    decimals: int
    style: StyleEntry
    base: Text | None
    categories: tuple[str, ...]
    series: Mapping[tuple[str, int], PublishedSeries]
    """By level and year; from coarse to fine, then by year."""

    national: tuple[NationalFigure, ...]

    @property
    def theme(self) -> str:
        """Id of its theme."""
        return self.entry.theme

    @property
    def kind(self) -> Kind:
        """What its figures are."""
        return self.measure.kind


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic that has figures."""

    entry: IndicatorEntry
    measures: tuple[MeasureFacts, ...]
    """The first is shown where nobody chose."""

    indicators: tuple[Indicator, ...]
    """First the one that is shown where nobody chose."""


def topic_of(
    entry: IndicatorEntry,
    measures: Sequence[MeasureFigures],
    categories: tuple[str, ...],
    dimensions: Mapping[str, Dimension],
    levels: Sequence[str],
) -> Topic:
    """A topic of measures with figures, the first of them first; ``levels`` run from coarse to fine.

    Raises ValueError for more than ``MOST`` indicators.
    """
    of_topic = [dimensions[name] for name in entry.dimensions]
    orders = [dimension.order for dimension in of_topic]

    def place(breakdown: Breakdown) -> tuple[int, ...]:
        return tuple(order[code] for order, code in zip(orders, breakdown, strict=True))

    breakdowns = sorted({key[0] for measure in measures for key in measure.series}, key=place)
    # What is shown where nobody chose has figures: the first breakdown, in the first measure that it has.
    first = breakdowns[0]
    ordered = sorted(measures, key=lambda measure: first not in measure.places)
    named = _Names(entry, of_topic, ordered, first)
    indicators = []
    for measure in ordered:
        places = measure.places
        years = measure.national_years
        for breakdown in breakdowns:
            if breakdown in places:
                ordered_places = sorted(places[breakdown], key=lambda at: (levels.index(at[0]), at[1]))
                of_country = sorted(years.get(breakdown, ()))
                indicators.append(_indicator(named, measure, breakdown, categories, ordered_places, of_country))
    if len(indicators) > MOST:
        raise ValueError(
            f'"{entry.id}" makes {counted(len(indicators), "indicator")}, and at most {MOST:,} can be told apart: '
            "give fewer dimensions or measures, or fewer rows"
        )
    return Topic(entry, tuple(measure.facts for measure in ordered), tuple(indicators))


@dataclass(frozen=True, slots=True)
class _Names:
    """What indicators of a topic are called."""

    entry: IndicatorEntry
    dimensions: Sequence[Dimension]
    measures: Sequence[MeasureFigures]
    first: Breakdown

    def id(self, measure: MeasureFigures, breakdown: Breakdown) -> str:
        """The id of the topic, and the parts that are not first."""
        parts = [self._part(dimension, code) for dimension, code in self._others(breakdown)]
        if measure is not self.measures[0]:
            parts.append(measure.facts.id)
        return "-".join([self.entry.id, *parts])

    def _others(self, breakdown: Breakdown) -> Iterator[tuple[Dimension, str]]:
        for dimension, code, usual in zip(self.dimensions, breakdown, self.first, strict=True):
            if code != usual:
                yield dimension, code

    def _part(self, dimension: Dimension, code: str) -> str:
        """A code, with its dimension before it where it could be that of another, or a measure."""
        others = [c.id for other in self.dimensions if other is not dimension for c in other.codes]
        others += [measure.facts.id for measure in self.measures]
        return f"{dimension.id}-{code}" if code in others else code

    def title(self, measure: MeasureFigures, breakdown: Breakdown) -> Text:
        """The title of the topic, and what is not first."""
        parts = [dimension.title(code) for dimension, code in self._others(breakdown)]
        if measure is not self.measures[0]:
            parts.append(measure.facts.title)
        title = self.entry.title
        if not parts:
            return title
        nl = f"{title.nl}: {', '.join(part.nl for part in parts)}"
        en = f"{title.en}: {', '.join(part.in_('en') for part in parts)}" if title.en is not None else None
        return Text(nl=nl, en=en)


def _indicator(
    named: _Names,
    measure: MeasureFigures,
    breakdown: Breakdown,
    categories: tuple[str, ...],
    places: Sequence[tuple[str, int]],
    years: Sequence[int],
) -> Indicator:
    return Indicator(
        id=named.id(measure, breakdown),
        entry=named.entry,
        measure=measure.facts,
        breakdown=dict(zip(named.entry.dimensions, breakdown, strict=True)),
        title=named.title(measure, breakdown),
        decimals=measure.decimals,
        style=measure.style,
        base=measure.base,
        categories=categories,
        series={(level, year): measure.series[breakdown, level, year] for level, year in places},
        national=tuple(_national(year, measure.national[breakdown, year]) for year in years),
    )


def _national(year: int, figure: Published) -> NationalFigure:
    return NationalFigure.model_validate({"year": year, "value": figure.values()[0], "status": figure.statuses()[0]})


def check_ids(catalog: Catalog, topics: Sequence[Topic]) -> None:
    """Ids of indicators are names in tiles and addresses, each of one thing. Raises InputProblems."""
    levels = {entry.level for entry in catalog.regions}
    taken: dict[str, str] = {theme.id: f'the theme "{theme.id}"' for theme in catalog.themes}
    taken |= dict.fromkeys((*levels, "code", "name"), "another attribute in the tiles")
    fields = {indicator.id.replace("-", "_") for topic in topics for indicator in topic.indicators}
    problems: list[Problem] = []
    for topic in topics:
        number = catalog.indicators.index(topic.entry)
        for indicator in topic.indicators:
            column = indicator.id.replace("-", "_")
            other = taken.get(indicator.id)
            if column.endswith("_status") and column.removesuffix("_status") in fields:
                other = "another attribute in the tiles"
            if other is not None:
                message = f'indicator "{topic.entry.id}" makes "{indicator.id}", which is also the id of {other}'
                problems.append(catalog.problem(("indicators", number, "id"), f"{message}; choose other ids"))
            taken[indicator.id] = f'what "{topic.entry.id}" makes'
    if problems:
        raise InputProblems(problems)
