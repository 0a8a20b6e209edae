"""The page of a product as sections: topics with maps and tables, panels with charts, flows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode

from markupsafe import Markup

from layers.atlas import FlowFacts, IndicatorFacts, Lang, ProductFacts, Series, TopicFacts
from layers.store import Atlas
from server.pages import panels
from server.pages.areas import Area, FigureFinder, above, find_area
from server.pages.fact_sheet import label_of
from server.pages.outlines import outlines
from server.pages.panels import UNSORTED, Panel, Sorting
from server.pages.parts import Cell, Figure, Head, Link, Section, Table, about, figure_at, figure_cell, with_unit
from server.pages.words import WORDS
from styles.flow_map import Stream, flow_map
from styles.words import number_text, source_text

MOST_REGIONS: Final = 500
"""A table of more regions is not put in a page."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What the address of a product page asks for."""

    lang: Lang
    indicator: str | None = None
    area: str | None = None
    year: int | None = None
    sorting: Sorting = UNSORTED


@dataclass(frozen=True, slots=True)
class ProductPage:
    """The page of a product."""

    sections: tuple[Section, ...]
    areas: tuple[Area, ...]
    """Those that can be chosen; none where nothing depends on it."""

    area: Area | None
    years: tuple[int, ...]
    """Of flows."""

    year: int | None
    indicators: tuple[tuple[str, str], ...]
    """Ids and titles of the figures that can be chosen."""

    indicator: str | None


def product_page(atlas: Atlas, product: ProductFacts, choice: Choice) -> ProductPage:
    """Everything the page of a product shows."""
    topics = [topic for topic in atlas.facts.topics if topic.id in product.topics]
    topics.sort(key=lambda topic: product.topics.index(topic.id))
    flows = [atlas.flow_facts(name) for name in product.flows]
    areas = _areas(atlas, topics, flows)
    area = (find_area(atlas, choice.area) if choice.area else None) or next(iter(areas), None)
    by_id = {one.id: one for one in atlas.facts.indicators}
    chosen = choice.indicator
    indicators = tuple(
        (one.id, one.title.in_(choice.lang)) for topic in topics for one in map(by_id.__getitem__, topic.indicators)
    )
    if chosen not in dict(indicators):
        chosen = indicators[0][0] if indicators else None
    years = tuple(sorted({year for flow in flows for year in flow.years}))
    year = choice.year if choice.year in years else (years[-1] if years else None)
    sections: list[Section] = []
    for name in product.tables:
        panel = Panel.of(atlas.table_facts(name), atlas.table(name), atlas.facts.dimensions, choice.lang)
        sections.append(_panel_section(panel, choice, atlas.facts.attribution))
    for flow in flows:
        if area is None or year is None:
            continue  # no region at all
        section = _flow_section(atlas, flow, area, year, choice.lang)
        sections.append(section)
    for topic in topics:
        one = by_id[chosen] if chosen in topic.indicators else by_id[topic.indicators[0]]
        sections.append(_topic_section(atlas, topic, one, area, choice.lang, is_first=topic is topics[0]))
    return ProductPage(tuple(sections), tuple(areas), area, years, year, indicators, chosen)


def _areas(atlas: Atlas, topics: list[TopicFacts], flows: list[FlowFacts]) -> list[Area]:
    """The regions of the coarsest level with figures, of the newest borders."""
    levels = [flow.level for flow in flows]
    levels += [atlas.indicator(topic.indicators[0]).series[0].level for topic in topics]
    if not levels:
        return []
    edition = max(atlas.facts.editions, key=lambda edition: edition.year)
    order = [level.id for level in edition.levels]
    level = min(levels, key=lambda level: order.index(level) if level in order else len(order))
    regions = atlas.regions(edition.year).of_level(level)
    areas = [Area(c, n, level, edition.year) for c, n in zip(regions.code, regions.name, strict=True)]
    return sorted(areas, key=lambda area: area.name) if len(areas) <= MOST_REGIONS else areas[:1]


def _panel_section(panel: Panel, choice: Choice, attribution: str) -> Section:
    words = WORDS[choice.lang]
    facts = panel.facts
    terms = [(words.caveat, facts.caveat.in_(choice.lang))] if facts.caveat else []
    terms.append((words.source, source_text(facts.source.in_(choice.lang) if facts.source else attribution)))
    return Section(
        id=facts.id,
        title=facts.title.in_(choice.lang),
        explanation=facts.explanation.in_(choice.lang) if facts.explanation else "",
        terms=tuple(terms),
        links=(Link(words.download, f"tables/{facts.id}?f=csv"),),
        charts=panels.charts(panel, f"c-{facts.id}"),
        tables=panels.tables(panel, choice.sorting),
    )


def map_address(indicator: IndicatorFacts, lang: Lang, area: str | None = None) -> str:
    """The query of the map that shows an indicator in its newest year."""
    year = max(series.year for series in indicator.series)
    query = {"thema": indicator.theme, "indicator": indicator.id, "jaar": str(year)}
    query |= {"gebied": area} if area else {}
    query |= {"lang": lang} if lang != "nl" else {}
    return f"?{urlencode(query)}"


def _topic_section(
    atlas: Atlas, topic: TopicFacts, one: IndicatorFacts, area: Area | None, lang: Lang, *, is_first: bool
) -> Section:
    words = WORDS[lang]
    address = map_address(one, lang)
    title = one.title.in_(lang)
    return Section(
        id=topic.id,
        title=topic.title.in_(lang),
        explanation=one.explanation.in_(lang) if one.explanation else "",
        terms=about(one, atlas.facts.attribution, lang),
        links=(Link(words.open_map, address), Link(words.download, f"values/{one.id}?f=csv")),
        frame=Link(words.map_of.format(title=title), f"embed{address}") if is_first else None,
        notes=(words.other_levels,) if len({series.level for series in one.series}) > 1 else (),
        tables=tuple(_topic_tables(atlas, topic, one, area, lang)),
    )


def _topic_tables(
    atlas: Atlas, topic: TopicFacts, one: IndicatorFacts, area: Area | None, lang: Lang
) -> Iterator[Table]:
    finder = FigureFinder(atlas)
    if topic.dimensions:
        yield _breakdown(atlas, topic, one, None, finder, lang)
        if area is not None:
            yield _breakdown(atlas, topic, one, area, finder, lang)
    yield _regions(atlas, one, finder, lang)
    if area is not None:
        yield from _within(atlas, one, area, finder, lang)


def _national(one: IndicatorFacts, year: int) -> Figure:
    found = next((figure for figure in one.national if figure.year == year), None)
    return Figure(found.value, found.status) if found else Figure(status="missing")


def _breakdown(
    atlas: Atlas, topic: TopicFacts, shown: IndicatorFacts, area: Area | None, finder: FigureFinder, lang: Lang
) -> Table:
    """The parts of a topic over the years, in the measure of the indicator: of the Netherlands, or of an area."""
    words = WORDS[lang]
    by_id = {one.id: one for one in atlas.facts.indicators}
    first = by_id[topic.indicators[0]]
    parts = [
        one
        for one in map(by_id.__getitem__, topic.indicators)
        if one.measure == shown.measure
        and sum(one.breakdown.get(name) != code for name, code in first.breakdown.items()) <= 1
    ]
    if area is None:
        years = sorted({figure.year for one in parts for figure in one.national})
    else:
        years = sorted({year for one in parts for year in finder.years(one.id, area.level)})
    rows = []
    for one in parts:
        own = set(finder.years(one.id, area.level)) if area else set()
        cells = [
            figure_cell(
                _national(one, year)
                if area is None
                else finder.figure(one.id, area.level, year, area.code)
                if year in own
                else Figure(status="missing"),
                one.decimals,
                lang,
                one.categories,
            )
            for year in years
        ]
        rows.append((Cell(_part_title(atlas, topic, one, first, lang), "head"), *cells))
    caption = words.per_year.format(
        title=with_unit(topic.title.in_(lang), shown.unit.in_(lang)), area=area.name if area else words.netherlands
    )
    dimension = next((d.title.in_(lang) for d in atlas.facts.dimensions if d.id in topic.dimensions), words.figure)
    return Table(caption, (Head(dimension), *(Head(str(year), is_number=True) for year in years)), tuple(rows))


def _part_title(atlas: Atlas, topic: TopicFacts, one: IndicatorFacts, first: IndicatorFacts, lang: Lang) -> str:
    """The part a row is about; the title of the first code for the whole."""
    if one.breakdown != first.breakdown:
        return label_of(atlas, topic, one, first).in_(lang)
    for dimension in atlas.facts.dimensions:
        if dimension.id in topic.dimensions:
            code = first.breakdown.get(dimension.id)
            return next((known.title.in_(lang) for known in dimension.codes if known.id == code), one.title.in_(lang))
    return one.title.in_(lang)


def _regions(atlas: Atlas, one: IndicatorFacts, finder: FigureFinder, lang: Lang) -> Table:
    """Every region of the coarsest level with figures, over the years; the Netherlands first where it has figures."""
    words = WORDS[lang]
    level = one.series[0].level
    every = [series for series in one.series if series.level == level]
    rows = list(_region_rows(one, level, _names(atlas, every), finder, lang))[:MOST_REGIONS]
    if one.national:
        cells = [figure_cell(_national(one, s.year), one.decimals, lang, one.categories) for s in every]
        rows.insert(0, (Cell(words.netherlands, "head"), Cell("NL"), *cells))
    title = _level_title(atlas, level, lang)
    caption = words.per_region.format(title=with_unit(one.title.in_(lang), one.unit.in_(lang)), level=title)
    return Table(caption, _region_heads(title, every, words.code), tuple(rows))


def _within(atlas: Atlas, one: IndicatorFacts, area: Area, finder: FigureFinder, lang: Lang) -> Iterator[Table]:
    """The regions of finer levels in an area, a folded table for each level; none of a level with too many."""
    words = WORDS[lang]
    for level in dict.fromkeys(series.level for series in one.series[1:]):
        every = [series for series in one.series if series.level == level]
        inside = {code: name for code, name in _names(atlas, every, area.code).items() if code != area.code}
        if level in (area.level, one.series[0].level) or not 0 < len(inside) <= MOST_REGIONS:
            continue
        title = _level_title(atlas, level, lang)
        caption = words.within.format(
            title=with_unit(one.title.in_(lang), one.unit.in_(lang)), level=title, area=area.name
        )
        rows = tuple(_region_rows(one, level, inside, finder, lang))
        yield Table(caption, _region_heads(title, every, words.code), rows, is_folded=True)


def _names(atlas: Atlas, every: list[Series], around: str | None = None) -> dict[str, str]:
    """By code, the names of the regions of one level in any of its borders; only those in the area around, where there is one."""
    names: dict[str, str] = {}
    for edition, level in sorted({(series.edition, series.level) for series in every}):
        regions = atlas.regions(edition)
        parents = regions.parent_by_code
        of_level = regions.of_level(level)
        names |= {
            code: name
            for code, name in zip(of_level.code, of_level.name, strict=True)
            if around is None or around in above(code, parents)
        }
    return names


def _region_rows(
    one: IndicatorFacts, level: str, names: dict[str, str], finder: FigureFinder, lang: Lang
) -> Iterator[tuple[Cell, ...]]:
    years = [series.year for series in one.series if series.level == level]
    for code, name in sorted(names.items(), key=lambda item: item[1]):
        cells = [
            figure_cell(finder.figure(one.id, level, year, code), one.decimals, lang, one.categories) for year in years
        ]
        yield (Cell(name, "head", href=f"gebied/{quote(code, safe='')}"), Cell(code), *cells)


def _region_heads(title: str, every: list[Series], code: str) -> tuple[Head, ...]:
    return (Head(title.capitalize()), Head(code), *(Head(str(series.year), is_number=True) for series in every))


def _level_title(atlas: Atlas, level: str, lang: Lang) -> str:
    every = [known for edition in atlas.facts.editions for known in edition.levels]
    return next((known.title.in_(lang) for known in every if known.id == level), level)


def _flow_section(atlas: Atlas, flow: FlowFacts, area: Area, year: int, lang: Lang) -> Section:
    words = WORDS[lang]
    rows = atlas.flows(flow.id)
    edition = dict(zip(flow.years, flow.editions, strict=True)).get(year, flow.editions[-1])
    regions = atlas.regions(edition).of_level(flow.level)
    names = dict(zip(regions.code, regions.name, strict=True))
    here = [row for row in range(len(rows)) if int(rows.year[row]) == year]
    out = [(rows.destination[row], figure_at(rows.published, row)) for row in here if rows.origin[row] == area.code]
    into = [(rows.origin[row], figure_at(rows.published, row)) for row in here if rows.destination[row] == area.code]
    unit = flow.unit.in_(lang)
    charts = []
    if area.code in names:
        streams = [
            Stream(
                code,
                figure.value,
                f"{area.name if is_out else names[code]} \N{EN DASH} {names[code] if is_out else area.name}: "
                f"{number_text(figure.value, flow.decimals, lang)} {unit}",
                is_out,
            )
            for is_out, side in ((True, out), (False, into))
            for code, figure in side
            if figure.value and code != area.code
        ]
        size, shapes = outlines(atlas, edition, flow.level)
        title = words.flow_title.format(name=area.name, year=year)
        counts = {
            "out": sum(stream.is_out for stream in streams),
            "into": sum(not stream.is_out for stream in streams),
        }
        description = words.flow_description.format(name=area.name, **counts)
        charts.append(Markup(flow_map(f"f-{flow.id}", title, description, size, shapes, area.code, streams)))  # noqa: S704 - escaped where it is made
    captions = (words.flow_from, words.flow_to)
    tables = tuple(
        _flow_table(f"{with_unit(caption.format(name=area.name), unit)}, {year}", side, names, flow, lang)
        for caption, side in zip(captions, (out, into), strict=True)
    )
    terms = [(words.caveat, flow.caveat.in_(lang))] if flow.caveat else []
    terms.append((words.source, source_text(flow.source.in_(lang) if flow.source else atlas.facts.attribution)))
    ends = {"name": area.name, "origin": flow.origin.in_(lang), "destination": flow.destination.in_(lang)}
    return Section(
        id=flow.id,
        title=flow.title.in_(lang),
        explanation=flow.explanation.in_(lang) if flow.explanation else "",
        terms=tuple(terms),
        links=(
            Link(words.open_map, f"?{urlencode({'thema': flow.theme, 'gebied': area.code, 'lang': lang})}"),
            Link(words.download, f"flows/{flow.id}?f=csv"),
        ),
        charts=tuple(charts),
        notes=(
            words.flow_key_out.format(**ends),
            words.flow_key_in.format(**ends),
            words.absent_zero if flow.absent == "zero" else words.absent_missing,
        ),
        tables=tables,
    )


def _flow_table(
    caption: str, side: list[tuple[str, Figure]], names: dict[str, str], flow: FlowFacts, lang: Lang
) -> Table:
    ordered = sorted(side, key=lambda pair: (pair[1].value is None, -(pair[1].value or 0.0), names.get(pair[0], "")))
    rows = tuple(
        (
            Cell(names.get(code, code), "head", href=f"gebied/{quote(code, safe='')}"),
            Cell(code),
            figure_cell(figure, flow.decimals, lang),
        )
        for code, figure in ordered
    )
    words = WORDS[lang]
    heads = (Head(words.other_end), Head(words.code), Head(flow.unit.in_(lang).capitalize(), is_number=True))
    return Table(caption, heads, rows)
