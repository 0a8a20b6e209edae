"""The fact sheet as sections of a page: a section for each topic."""

from __future__ import annotations

from markupsafe import Markup

from layers.atlas import Lang
from server.pages.fact_sheet import FactSheet, SheetFigure, SheetIndicator, SheetTopic
from server.pages.parts import Cell, Figure, Head, Section, Table, figure_cell, figure_text, with_unit
from server.pages.words import WORDS
from styles.charts import sparkline
from styles.words import source_text


def themes_of(sheet: FactSheet, level_titles: dict[str, str], lang: Lang) -> list[tuple[str, tuple[Section, ...]]]:
    """By title of the theme, a section for each of its topics."""
    return [
        (theme.title.in_(lang), tuple(_section(sheet, topic, level_titles, lang) for topic in theme.topics))
        for theme in sheet.themes
    ]


def _section(sheet: FactSheet, topic: SheetTopic, level_titles: dict[str, str], lang: Lang) -> Section:
    words = WORDS[lang]
    texts = (
        (words.base, topic.base),
        (words.reference_date, topic.reference_date),
        (words.caveat, topic.caveat),
    )
    title = topic.title.in_(lang)
    places = [sheet.area, *sheet.parents]
    heads = [Head(words.figure), *(Head(place.name, is_number=True) for place in places)]
    heads += [Head(words.netherlands, is_number=True), Head(words.year, is_number=True), Head(words.trend)]
    return Section(
        id=topic.id,
        title=title,
        explanation=topic.explanation.in_(lang) if topic.explanation else "",
        terms=(
            *((term, text.in_(lang)) for term, text in texts if text is not None),
            (words.source, source_text(topic.source.in_(lang))),
        ),
        tables=(Table(title, tuple(heads), tuple(_row(one, level_titles, lang) for one in topic.indicators)),),
    )


def _row(one: SheetIndicator, level_titles: dict[str, str], lang: Lang) -> tuple[Cell, ...]:
    label = with_unit(one.label.in_(lang), one.unit.in_(lang))
    cells = [_cell(figure, one, level_titles, lang) for figure in one.figures]
    return (Cell(label, "head"), *cells, Cell(str(one.figures[0].year), "number"), _trend(one, lang))


def _cell(figure: SheetFigure, one: SheetIndicator, level_titles: dict[str, str], lang: Lang) -> Cell:
    if figure.status == "not-at-this-level":
        level = level_titles.get(figure.level, figure.level)
        return Cell(WORDS[lang].not_here.format(level=level), "reason")
    if figure.status == "not-in-these-borders":
        return figure_cell(None, one.decimals, lang)
    return figure_cell(Figure(figure.value, figure.status), one.decimals, lang, one.categories)


def _trend(one: SheetIndicator, lang: Lang) -> Cell:
    there = [(figure.year, figure.value) for figure in one.trend if figure.value is not None]
    if len(there) < 2 or one.categories:
        return Cell("")
    (first_year, first), (last_year, last) = there[0], there[-1]
    text = WORDS[lang].trend_text.format(
        first_year=first_year,
        first=figure_text(first, one.decimals, lang),
        last_year=last_year,
        last=figure_text(last, one.decimals, lang),
    )
    return Cell(text, "text", drawing=Markup(sparkline([figure.value for figure in one.trend])))  # noqa: S704 - escaped where it is made
