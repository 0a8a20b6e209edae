"""The measures of topics: shares and rates, comparisons with the Netherlands, changes between years.

    published figures ──┬─> of a denominator ──> share, rate ──┬─> index
    of the topic        └──────────────────────────────────────┴─> change

Every part is published before anything is made of it, and what is made is protected by the rule of its topic once more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

from layers.atlas import COUNTED, RELATIVE, Kind, MeasureFacts, Text
from layers.borders import Comparison
from layers.breakdown import Dimension
from layers.catalog import Catalog
from layers.catalog_model import IndicatorEntry, MeasureEntry, StyleEntry
from layers.derived import changed, compared, part_of, rounded
from layers.finding import Breakdown, found_columns, not_among
from layers.include import place_of
from layers.indicators import IndicatorFigures, PublishedSeries, TopicFigures, publish_figures
from layers.problems import Gathering, InputProblems, counted, listed
from layers.protect import ProtectRule, protected
from layers.report import SeriesReport
from layers.tables import JoinedTable
from layers.topics import MeasureFigures, Topic, topic_of
from layers.values import Published

_PLAIN: Final[dict[str, tuple[str, Text]]] = {
    "count": ("aantal", Text(nl="aantal", en="number")),
    "share": ("aandeel", Text(nl="aandeel", en="share")),
    "rate": ("cijfer", Text(nl="cijfer", en="rate")),
    "mean": ("gemiddelde", Text(nl="gemiddelde", en="mean")),
    "sum": ("totaal", Text(nl="totaal", en="total")),
    "category": ("soort", Text(nl="soort", en="category")),
}
"""What figures are called as tables have them."""

_PERCENT: Final = Text(nl="%")
_INDEX: Final = Text(nl="Nederland = 100", en="Netherlands = 100")
_POINTS: Final = Text(nl="procentpunt", en="percentage points")


@dataclass(slots=True)
class _Context:
    """What all topics share."""

    catalog: Catalog
    tables: Sequence[JoinedTable]
    dimensions: Mapping[str, Dimension]
    figures: IndicatorFigures
    comparison: Comparison
    gathering: Gathering
    columns: dict[tuple[str, tuple[str, ...]], list[tuple[str, TopicFigures]]] = field(default_factory=dict)
    """By column and dimensions: its figures, table by table."""


def measured_topics(
    catalog: Catalog,
    tables: Sequence[JoinedTable],
    dimensions: Mapping[str, Dimension],
    figures: IndicatorFigures,
    comparison: Comparison,
    levels: Sequence[str],
    gathering: Gathering,
) -> tuple[Topic, ...]:
    """Every topic that has figures, in the order of the catalog, with all its measures; ``levels`` run from coarse to fine."""
    context = _Context(catalog, tables, dimensions, figures, comparison, gathering)
    topics = []
    for number, entry in enumerate(catalog.indicators):
        if entry.id in figures.topics:
            with gathering.step():
                measures = _measures(context, number, figures.topics[entry.id])
                categories = figures.topics[entry.id].categories
                try:
                    topics.append(topic_of(entry, measures, categories, dimensions, levels))
                except ValueError as error:
                    raise InputProblems([catalog.problem(("indicators", number), str(error))]) from error
    return tuple(topics)


def _measures(context: _Context, number: int, topic: TopicFigures) -> list[MeasureFigures]:
    """The measures of a topic that have figures, the one that is shown first in front."""
    entry = topic.entry
    plain = _plain(topic)
    made = {plain.facts.id: plain}
    wanted = list(_wanted(entry))
    for at, measure in wanted:
        if measure.id in made:
            message = f'measure "{measure.id}" of "{entry.id}" is there already; choose another id'
            raise InputProblems([context.catalog.problem(("indicators", number, "measures", at), message)])
        if measure.kind in ("share", "rate"):
            made[measure.id] = _part(context, number, at, topic, measure)
    relative = _relative([measure for measure in made.values() if measure.series], entry)
    for at, measure in wanted:
        if measure.kind in ("index", "change"):
            of = _named(context, number, at, entry, measure, made) if measure.of is not None else None
            base = of or relative or plain
            make = _index if measure.kind == "index" else _change
            made[measure.id] = make(context, topic, measure, base)
    first = next((measure.id for _, measure in wanted if measure.first), plain.facts.id)
    ordered = sorted(made.values(), key=lambda measure: measure.facts.id != first)
    return [measure for measure in ordered if measure.series]


def _plain(topic: TopicFigures) -> MeasureFigures:
    entry = topic.entry
    usual, title = _PLAIN[entry.kind]
    facts = MeasureFacts(
        id=entry.measure.id if entry.measure else usual,
        title=entry.measure.title if entry.measure else title,
        kind=entry.kind,
        unit=entry.unit,
    )
    return MeasureFigures(facts, topic.decimals, entry.style, entry.base, topic.series, topic.national)


def _wanted(entry: IndicatorEntry) -> Iterator[tuple[int, MeasureEntry]]:
    """The measures of an indicator, with the number of each in the catalog, and those that ``compare`` and ``change`` mean."""
    yield from enumerate(entry.measures)
    count = len(entry.measures)
    if entry.compare is not None:
        yield count, MeasureEntry(id="index", kind="index")
    if entry.change is not None:
        yield count, MeasureEntry(id="verandering", kind="change", years=entry.change)


def _relative(measures: Sequence[MeasureFigures], entry: IndicatorEntry) -> MeasureFigures | None:
    """The measure that compares between regions; the one that is shown first, if it does."""
    first = {measure.id for measure in entry.measures if measure.first}
    ordered = sorted(measures, key=lambda measure: measure.facts.id not in first)
    return next((measure for measure in ordered if measure.facts.kind in RELATIVE), None)


def _named(
    context: _Context,
    number: int,
    at: int,
    entry: IndicatorEntry,
    measure: MeasureEntry,
    made: Mapping[str, MeasureFigures],
) -> MeasureFigures:
    known = {name: other for name, other in made.items() if other.facts.kind not in ("index", "change")}
    if measure.of in known:
        return known[measure.of]
    message = f'of = "{measure.of}": "{entry.id}" has no such measure to make "{measure.id}" of; it has {listed(known)}'
    raise InputProblems([context.catalog.problem(("indicators", number, "measures", at, "of"), message)])


def _derived_style(entry: IndicatorEntry, measure: MeasureEntry, kind: Kind) -> StyleEntry:
    """That of the measure; else what of the indicator's style does not depend on its figures."""
    if measure.style is not None:
        return measure.style
    if kind in ("index", "change"):
        return StyleEntry()
    style = entry.style
    return StyleEntry(palette=style.palette, classes=style.classes, method=style.method)


# ---- shares and rates


def _part(context: _Context, number: int, at: int, topic: TopicFigures, measure: MeasureEntry) -> MeasureFigures:
    """A share or rate of published figures, over published figures."""
    entry = topic.entry
    per = measure.per or (100 if measure.kind == "share" else 1000)
    unit, title = _PERCENT if per == 100 else _per(per), _per(per)
    if measure.kind == "share":
        title = Text(nl="aandeel", en="share")
    facts = MeasureFacts(id=measure.id, title=measure.title or title, kind=measure.kind, unit=measure.unit or unit)
    style = _derived_style(entry, measure, measure.kind)
    result = MeasureFigures(facts, measure.decimals, style, measure.base or entry.base)
    denominators = _Denominators(context, number, at, topic, measure)
    rule = context.catalog.protect[entry.protect] if entry.protect is not None else None
    lacking: dict[str, set[int]] = {}
    for key, series in topic.series.items():
        over = denominators.of(key, series)
        if over is None:
            lacking.setdefault(key[1], set()).add(key[2])
            continue
        published = _share(series.published, over[0], per, (topic.decimals, over[1]), measure, rule)
        result.series[key] = PublishedSeries(series.edition, published, series.table)
        _tell(context, entry, measure, key, result.series[key])
    for national_key, figure in topic.national.items():
        over = denominators.of_country(national_key)
        if over is not None:
            result.national[national_key] = _share(figure, over[0], per, (topic.decimals, over[1]), measure, rule)
    for level, years in lacking.items():
        spans = listed(map(str, sorted(years)))
        message = f"no figures, since {measure.of} has none on the same borders for {spans}"
        context.figures.concerns.append(f"{entry.id}, {measure.id}, {level}: {message}")
    return result


def _per(per: int) -> Text:
    return Text(nl=f"per {per:,}".replace(",", "."), en=f"per {per:,}")


def _share(
    numerator: Published,
    denominator: Published,
    per: int,
    decimals: tuple[int, int],
    measure: MeasureEntry,
    rule: ProtectRule | None,
) -> Published:
    published = part_of(numerator, denominator, per, decimals)
    if rule is not None:
        published = protected(published, measure.kind, rule, denominator, per=per)
    return rounded(published, measure.decimals)


class _Denominators:
    """What a share or rate is taken over: the figures of a column or an indicator, published, with their decimals."""

    def __init__(self, context: _Context, number: int, at: int, topic: TopicFigures, measure: MeasureEntry) -> None:
        self.topic = topic
        self.dimensions = context.dimensions
        self.is_total = measure.of == topic.entry.id
        self.sources = _sources(context, number, at, topic, measure)

    def of(self, key: tuple[Breakdown, str, int], series: PublishedSeries) -> tuple[Published, int] | None:
        """That of the same regions in the same year, about the same codes or else the first; of the same table if it can be."""
        _, level, year = key
        ordered = sorted(self.sources, key=lambda source: source[0] != series.table)
        for _, source in ordered:
            for breakdown in self._breakdowns(key[0], source.entry):
                found = source.series.get((breakdown, level, year))
                if found is not None and found.edition == series.edition:
                    return found.published, source.decimals
        return None

    def of_country(self, key: tuple[Breakdown, int]) -> tuple[Published, int] | None:
        """That of the Netherlands."""
        for _, source in self.sources:
            for breakdown in self._breakdowns(key[0], source.entry):
                if (breakdown, key[1]) in source.national:
                    return source.national[breakdown, key[1]], source.decimals
        return None

    def _breakdowns(self, breakdown: Breakdown, entry: IndicatorEntry) -> Iterator[Breakdown]:
        """The codes of a denominator that fit, best first: as many as can be the same, the others the first ones."""
        code_of = {} if self.is_total else dict(zip(self.topic.entry.dimensions, breakdown, strict=True))
        shared = [name for name in entry.dimensions if name in code_of]
        for count in range(len(shared) + 1):
            for dropped in combinations(shared, count):
                yield tuple(
                    code_of[name] if name in code_of and name not in dropped else self.dimensions[name].codes[0].id
                    for name in entry.dimensions
                )


def _sources(
    context: _Context, number: int, at: int, topic: TopicFigures, measure: MeasureEntry
) -> list[tuple[str, TopicFigures]]:
    """Figures to divide by, with the id of the table they are of; those of an indicator are of no table in particular."""
    catalog, of = context.catalog, measure.of or ""
    entry = next((other for other in catalog.indicators if other.id == of), None)
    if entry is None:
        # What is protected as an indicator stays so as a denominator.
        guarded = (other for other in catalog.indicators if other.protect is not None)
        meant = {(table.entry.id, table.raw.first_column([of])) for table in context.tables}
        entry = next((other for other in guarded if _stands_in(other, of, meant, context.tables)), None)
    if entry is not None:
        if entry.kind == "category":
            message = f'of = "{of}" is a category, and nothing can be divided by it'
            raise InputProblems([catalog.problem(("indicators", number, "measures", at, "of"), message)])
        found = context.figures.topics.get(entry.id)
        return [] if found is None else [("", found)]
    key = of, topic.entry.dimensions
    if key not in context.columns:
        context.columns[key] = _of_column(context, of, topic.entry)
    if not context.columns[key] and len(context.tables) == len(catalog.tables):
        place = place_of(catalog.places, ("indicators", number, "measures", at), catalog.path)
        if place.file == str(catalog.path):
            message = f'measure "{measure.id}" of "{topic.entry.id}", of = "{of}": {not_among([of], context.tables)}'
            hint = ", and no indicator is called so"
            raise InputProblems([catalog.problem(("indicators", number, "measures", at, "of"), message + hint)])
        context.figures.notes.append(f'{topic.entry.id}, {measure.id}: left out, no table has the column "{of}"')
    return context.columns[key]


def _stands_in(
    entry: IndicatorEntry, of: str, meant: set[tuple[str, str | None]], tables: Sequence[JoinedTable]
) -> bool:
    """Whether a name means a column of an indicator, however it is written there."""
    if of in (entry.column, *(origin.column for origin in entry.from_)):
        return True
    return any((place.table.entry.id, place.column) in meant for place in found_columns(entry, tables, []))


def _of_column(context: _Context, column: str, entry: IndicatorEntry) -> list[tuple[str, TopicFigures]]:
    """The figures of a column that is no indicator, in each table that has it."""
    divisor = IndicatorEntry.model_validate(
        {
            "id": entry.id,
            "theme": entry.theme,
            "title": column,
            "kind": "sum",
            "column": column,
            "dimensions": entry.dimensions,
        }
    )
    found = []
    for table in context.tables:
        silent = IndicatorFigures()  # it is not shown; only what changes the measure is told
        places = found_columns(divisor, [table], context.figures.notes)
        figures = publish_figures(divisor, places, context.dimensions, None, context.gathering, silent)
        if figures.series or figures.national:
            found.append((table.entry.id, figures))
        context.figures.concerns.extend(silent.concerns)
    return found


def _tell(
    context: _Context,
    entry: IndicatorEntry,
    measure: MeasureEntry,
    key: tuple[Breakdown, str, int],
    series: PublishedSeries,
) -> None:
    label = f"{entry.id}, {measure.id}"
    report = SeriesReport.of_published(label, key[1], key[2], series.edition, series.published)
    context.figures.reports.append(report)


# ---- comparisons and changes


def _index(context: _Context, topic: TopicFigures, measure: MeasureEntry, of: MeasureFigures) -> MeasureFigures:
    """What a measure is where the same of the Netherlands is 100."""
    facts = MeasureFacts(
        id=measure.id,
        title=measure.title or Text(nl="vergeleken met Nederland", en="compared with the Netherlands"),
        kind="index",
        unit=measure.unit or _INDEX,
    )
    style = _derived_style(topic.entry, measure, "index")
    result = MeasureFigures(facts, measure.decimals, style, measure.base or of.base)
    lacking: dict[str, None] = {}
    for key, series in of.series.items():
        national = of.national.get((key[0], key[2]))
        if national is None:
            lacking[f"{key[2]} ({'/'.join(key[0])})" if key[0] else str(key[2])] = None
            continue
        published = rounded(compared(series.published, national, of.decimals), measure.decimals)
        result.series[key] = PublishedSeries(series.edition, published, series.table)
        result.national[key[0], key[2]] = rounded(compared(national, national, of.decimals), measure.decimals)
        _tell(context, topic.entry, measure, key, result.series[key])
    if lacking:
        spans = listed(sorted(lacking), 6)
        context.figures.concerns.append(
            f"{topic.entry.id}, {measure.id}: no comparison for {spans}, since no row about the Netherlands has a figure"
        )
    return result


def _change(context: _Context, topic: TopicFigures, measure: MeasureEntry, of: MeasureFigures) -> MeasureFigures:
    """The difference with so many years before, where borders are the same."""
    years = measure.years or 1
    is_counted = of.facts.kind in COUNTED
    is_share = of.facts.unit.nl.strip() == "%"
    unit = _PERCENT if is_counted else _POINTS if is_share else of.facts.unit
    span = "verandering in een jaar" if years == 1 else f"verandering in {years} jaar"
    title = Text(nl=span, en="change in a year" if years == 1 else f"change in {years} years")
    facts = MeasureFacts(id=measure.id, title=measure.title or title, kind="change", unit=measure.unit or unit)
    style = _derived_style(topic.entry, measure, "change")
    result = MeasureFigures(facts, measure.decimals, style, measure.base or of.base)
    for key, series in of.series.items():
        breakdown, level, year = key
        before = of.series.get((breakdown, level, year - years))
        if before is None:
            continue
        then = context.comparison.carried(level, before.edition, series.edition, before.published)
        published = changed(series.published, then, of.decimals, in_percent=is_counted)
        result.series[key] = PublishedSeries(series.edition, rounded(published, measure.decimals), series.table)
        _tell(context, topic.entry, measure, key, result.series[key])
    for (breakdown, year), figure in of.national.items():
        earlier = of.national.get((breakdown, year - years))
        if earlier is not None:
            published = changed(figure, earlier, of.decimals, in_percent=is_counted)
            result.national[breakdown, year] = rounded(published, measure.decimals)
    if not result.series:
        spans = sorted({key[2] for key in of.series})
        context.figures.concerns.append(
            f"{topic.entry.id}, {measure.id}: left out, no figures are {counted(years, 'year')} apart; "
            f"there are those of {listed(map(str, spans))}"
        )
    return result
