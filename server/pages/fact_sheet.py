"""The fact sheet of an area: every topic of every theme, with the areas it lies in and the Netherlands beside it.

Of a topic it has every measure of the whole and the first measure of every part, so that a topic with many breakdowns stays
readable; all combinations are in ``/values``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Literal

from layers.atlas import IndicatorFacts, Kind, Status, Text, TopicFacts
from layers.store import Atlas
from server.csv_cells import safe
from server.documents import Document, FigureDocument
from server.pages.areas import Area, FigureFinder, newest_edition, succession

NETHERLANDS = "NL"

SheetStatus = Status | Literal["not-at-this-level", "not-in-these-borders"]


class SheetFigure(Document):
    """A number or a reason of an area in a year."""

    code: str
    name: str
    level: str
    year: int
    value: float | None
    status: SheetStatus | None


class SheetIndicator(Document):
    """One line of the fact sheet."""

    id: str
    title: Text
    """Whole."""

    label: Text
    """Within its topic: the measure, or the part."""

    unit: Text
    kind: Kind
    decimals: int
    categories: list[str]
    drawn_at: list[str]
    """Levels with figures."""

    figures: list[SheetFigure]
    """Of the newest year: the area, the areas it lies in from small to large, the Netherlands."""

    trend: list[SheetFigure]
    """The area over the years; empty where its level has no figures."""


class SheetTopic(Document):
    """A topic with its lines."""

    id: str
    title: Text
    explanation: Text | None
    definition: Text | None
    base: Text | None
    reference_date: Text | None
    caveat: Text | None
    source: Text
    indicators: list[SheetIndicator]


class SheetTheme(Document):
    """A theme with its topics."""

    id: str
    title: Text
    topics: list[SheetTopic]


class SheetArea(Document):
    """An area that the sheet names."""

    code: str
    name: str
    level: str
    edition: int


class FactSheet(FigureDocument):
    """Everything the atlas says of an area."""

    area: SheetArea
    parents: list[SheetArea]
    became: list[SheetArea]
    """Where the newest borders do not have the area: what it became part of, as far as known."""

    attribution: str
    notice: Text | None
    themes: list[SheetTheme]


def fact_sheet(atlas: Atlas, area: Area) -> FactSheet:
    """The fact sheet of an area."""
    facts = atlas.facts
    finder = FigureFinder(atlas)
    by_id = {indicator.id: indicator for indicator in facts.indicators}
    themes = []
    for theme in facts.themes:
        topics = [_topic(atlas, finder, topic, by_id, area) for topic in topics_of(atlas, theme.id)]
        if topics:
            themes.append(SheetTheme(id=theme.id, title=theme.title, topics=topics))
    is_old = area.edition != newest_edition(atlas)
    after = succession(atlas, area.code) if is_old else None
    return FactSheet(
        area=_named(area),
        parents=[_named(parent) for parent in area.parents],
        became=[_named(one) for one in after.areas] if after else [],
        attribution=facts.attribution,
        notice=facts.notice,
        themes=themes,
    )


def topics_of(atlas: Atlas, theme: str) -> list[TopicFacts]:
    """The topics of a theme; an atlas of before there were topics has one for each indicator."""
    known = [topic for topic in atlas.facts.topics if topic.theme == theme]
    if atlas.facts.topics:
        return known
    return [
        TopicFacts(id=one.id, theme=theme, title=one.title, measures=(), indicators=(one.id,))
        for one in atlas.facts.indicators
        if one.theme == theme
    ]


def main_indicators(topic: TopicFacts, by_id: dict[str, IndicatorFacts]) -> list[IndicatorFacts]:
    """Every measure of the whole, and the first measure of every part along one dimension."""
    first = by_id[topic.indicators[0]]
    return [one for one in map(by_id.__getitem__, topic.indicators) if _distance(one, first) <= 1]


def _distance(one: IndicatorFacts, first: IndicatorFacts) -> int:
    """How far an indicator is from the first: 0 the same, 1 another measure or one other code, 2 or more beyond."""
    codes = sum(one.breakdown.get(name) != code for name, code in first.breakdown.items())
    return (one.measure != first.measure) + codes


def label_of(atlas: Atlas, topic: TopicFacts, one: IndicatorFacts, first: IndicatorFacts) -> Text:
    """What sets an indicator apart within its topic: its part where it is about one, else its measure."""
    for dimension in atlas.facts.dimensions:
        code = one.breakdown.get(dimension.id)
        if code is not None and code != first.breakdown.get(dimension.id):
            title = next((known.title for known in dimension.codes if known.id == code), Text(nl=code))
            # of two dimensions each says its name, since both can have a part of one name
            return title if len(topic.dimensions) < 2 else _joined(dimension.title, title)
    return next((measure.title for measure in topic.measures if measure.id == one.measure), one.title)


def _joined(dimension: Text, code: Text) -> Text:
    english = None if dimension.en is None and code.en is None else f"{dimension.in_('en')}: {code.in_('en')}"
    return Text(nl=f"{dimension.nl}: {code.nl}", en=english)


def _topic(
    atlas: Atlas, finder: FigureFinder, topic: TopicFacts, by_id: dict[str, IndicatorFacts], area: Area
) -> SheetTopic:
    first = by_id[topic.indicators[0]]
    return SheetTopic(
        id=topic.id,
        title=topic.title,
        explanation=first.explanation,
        definition=first.definition,
        base=first.base,
        reference_date=first.reference_date,
        caveat=first.caveat,
        source=first.source or Text(nl=atlas.facts.attribution),
        indicators=[
            _indicator(finder, one, label_of(atlas, topic, one, first), area) for one in main_indicators(topic, by_id)
        ],
    )


def _indicator(finder: FigureFinder, one: IndicatorFacts, label: Text, area: Area) -> SheetIndicator:
    years = [
        series.year
        for series in one.series
        if series.level == area.level and area.code in finder.rows(series.edition, area.level)
    ]
    year = max(years or [series.year for series in one.series])
    shown = [_figure(finder, one, place, year) for place in (area, *area.parents)]
    national = next((figure for figure in one.national if figure.year == year), None)
    shown.append(
        SheetFigure(
            code=NETHERLANDS,
            name="Nederland",
            level="land",
            year=year,
            value=national.value if national else None,
            status=(national.status if national else "missing"),
        )
    )
    return SheetIndicator(
        id=one.id,
        title=one.title,
        label=label,
        unit=one.unit,
        kind=one.kind,
        decimals=one.decimals,
        categories=list(one.categories),
        drawn_at=list(dict.fromkeys(series.level for series in one.series)),
        figures=shown,
        trend=[_figure(finder, one, area, year) for year in sorted(years)],
    )


def _figure(finder: FigureFinder, one: IndicatorFacts, area: Area, year: int) -> SheetFigure:
    status: SheetStatus | None
    if year not in finder.years(one.id, area.level):
        value, status = None, "not-at-this-level"
    else:
        found = finder.figure(one.id, area.level, year, area.code)
        value, status = (found.value, found.status) if found is not None else (None, "not-in-these-borders")
    return SheetFigure(code=area.code, name=area.name, level=area.level, year=year, value=value, status=status)


def _named(area: Area) -> SheetArea:
    return SheetArea(code=area.code, name=area.name, level=area.level, edition=area.edition)


def as_csv(sheet: FactSheet) -> bytes:
    """The sheet as CSV (RFC 4180, UTF-8): the area over the years, then what stands beside it; the notice in every row."""
    text = io.StringIO()
    writer = csv.writer(text)
    notice = [sheet.notice.nl] if sheet.notice else []
    head = ["theme", "topic", "indicator", "title", "unit", "code", "name", "level", "year", "value", "status"]
    writer.writerow([*head, *(["notice"] if notice else [])])
    writer.writerows([*map(safe, row), *notice] for row in _rows(sheet))
    return text.getvalue().encode()


def _rows(sheet: FactSheet) -> Iterator[list[str | float | None]]:
    for theme in sheet.themes:
        for topic in theme.topics:
            for one in topic.indicators:
                for figure in one.trend + (one.figures[1:] if one.trend else one.figures):
                    value: str | float | None = figure.value
                    if one.categories and figure.value is not None:
                        value = one.categories[int(figure.value)]
                    what: list[str | float | None] = [theme.id, topic.id, one.id, one.title.nl, one.unit.nl]
                    yield [*what, figure.code, figure.name, figure.level, figure.year, value, figure.status]
