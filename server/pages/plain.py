"""The map for readers without scripts: its picture, and its figures as a table with the same classes and reasons."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal, get_args
from urllib.parse import urlencode

from markupsafe import Markup

from layers.atlas import IndicatorFacts, Lang, LevelFacts
from layers.values import Published
from server.pages.parts import Cell, Head, Link, Section, Table, about, figure_at, figure_cell, with_unit
from server.pages.words import WORDS
from server.snapshot import Snapshot
from styles.coloring import class_text, color_classes
from styles.raster_colors import color_indices
from styles.scene import scene

PAGE_ROWS: Final = 200
"""A longer table has pages."""

PICTURE_PX: Final = 1000

Sort = Literal["naam", "-naam", "cijfer", "-cijfer"]
"""The words of the viewer."""


@dataclass(frozen=True, slots=True)
class PlainOrder:
    """What an address asks for, as far as the atlas has it: the nearest thing that exists stands for what does not."""

    indicator: IndicatorFacts
    year: int
    level: LevelFacts
    area: str | None
    lang: Lang
    sort: Sort
    words: str
    page: int

    @property
    def key(self) -> tuple[str | int | None, ...]:
        """What tells two pages apart."""
        return (self.indicator.id, self.year, self.level.id, self.area, self.lang, self.sort, self.words, self.page)

    @property
    def query(self) -> dict[str, str]:
        """The same in words of the viewer."""
        every = {
            "indicator": self.indicator.id,
            "jaar": str(self.year),
            "niveau": self.level.id,
            "gebied": self.area or "",
            "zoek": self.words,
            "tabel": "" if self.sort == "naam" else self.sort,
            "lang": "" if self.lang == "nl" else self.lang,
        }
        return {name: value for name, value in every.items() if value}


@dataclass(frozen=True, slots=True)
class PlainMap:
    """Everything the page shows."""

    asked: PlainOrder
    picture: str
    """Its address, relative to the root."""

    alt: str
    chosen: str | None
    """The figure of the chosen area, in a sentence."""

    section: Section
    years: tuple[int, ...]
    levels: tuple[LevelFacts, ...]
    pages: int


def plain_order(snapshot: Snapshot, query: Mapping[str, str]) -> PlainOrder | None:
    """What a query asks for; None for an atlas without figures."""
    facts = snapshot.facts
    with_figures = {one.id: one for one in facts.indicators if one.series}
    of_theme = (one for one in with_figures.values() if one.theme == query.get("thema"))
    found = (
        with_figures.get(query.get("indicator", "")) or next(of_theme, None) or next(iter(with_figures.values()), None)
    )
    if found is None:
        return None
    years = {str(series.year): series.year for series in found.series}
    year = years.get(query.get("jaar", ""), max(years.values()))
    levels = levels_in(snapshot, found, year)
    level = next((one for one in levels if one.id == query.get("niveau")), levels[0])
    regions = snapshot.atlas.regions(scene(facts, found.id, year, None).edition.year)
    area = query.get("gebied")
    page = query.get("pagina", "1")
    return PlainOrder(
        indicator=found,
        year=year,
        level=level,
        area=area if area in set(regions.code) else None,
        lang=next((lang for lang in get_args(Lang) if lang == query.get("lang")), "nl"),
        sort=next((sort for sort in get_args(Sort) if sort == query.get("tabel")), "naam"),
        words=query.get("zoek", "").strip()[:80],
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
    )


def levels_in(snapshot: Snapshot, indicator: IndicatorFacts, year: int) -> list[LevelFacts]:
    """The levels with figures of a year, from coarse to fine."""
    with_figures = {series.level for series in indicator.series if series.year == year}
    edition = scene(snapshot.facts, indicator.id, year, None).edition
    return [level for level in edition.levels if level.id in with_figures]


def plain_map(snapshot: Snapshot, order: PlainOrder) -> PlainMap:
    """The page of one map."""
    words, lang, indicator = WORDS[order.lang], order.lang, order.indicator
    title = with_unit(indicator.title.in_(lang), indicator.unit.in_(lang))
    caption = words.per_region.format(title=title, level=order.level.title.in_(lang).lower()) + f", {order.year}"
    rows = _rows(snapshot, order)
    pages = max(1, -(-len(rows) // PAGE_ROWS))
    page = min(max(order.page, 1), pages)
    shown = rows[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
    chosen = next((row for row in rows if row.code == order.area), None)
    picture = {"year": str(order.year), "level": order.level.id, "width": str(PICTURE_PX)}
    picture |= {"gebied": order.area} if order.area else {}
    picture |= {"lang": lang} if lang != "nl" else {}
    table = Table(caption, _heads(order), tuple(row.cells for row in shown))
    kept = {name: value for name, value in order.query.items() if name not in ("zoek", "tabel")}
    section = Section(
        id="cijfers",
        title=words.figures,
        terms=about(indicator, snapshot.facts.attribution, lang),
        links=(
            Link(words.open_map, "?" + urlencode(kept)),
            Link(
                words.download,
                f"values/{indicator.id}?{urlencode({'level': order.level.id, 'year': order.year, 'f': 'csv'})}",
            ),
        ),
        tables=(table,),
    )
    return PlainMap(
        asked=replace(order, page=page),
        picture=f"kaart/{indicator.id}.svg?{urlencode(picture)}",
        alt=words.map_of.format(title=caption),
        chosen=None if chosen is None else f"{chosen.name}: {chosen.cells[2].text}",
        section=section,
        years=tuple(sorted({series.year for series in indicator.series}, reverse=True)),
        levels=tuple(levels_in(snapshot, indicator, order.year)),
        pages=pages,
    )


@dataclass(frozen=True, slots=True)
class _Row:
    code: str
    name: str
    key: str
    """Name, code and what it lies in, as one searches."""

    value: float | None
    reason: int
    cells: tuple[Cell, ...]


def _rows(snapshot: Snapshot, order: PlainOrder) -> list[_Row]:
    """The areas in the order and of the words asked for; within the chosen area, where it has any."""
    facts, level = snapshot.facts, order.level.id
    edition = scene(facts, order.indicator.id, order.year, level).edition.year
    every = snapshot.atlas.regions(edition)
    name_by_code = dict(zip(every.code, every.name, strict=True))
    parents = every.parent_by_code
    published = snapshot.atlas.published(order.indicator.id, level, order.year)
    classes = _class_cells(published, order)
    regions = every.of_level(level)
    rows = []
    for at, (code, name) in enumerate(zip(regions.code, regions.name, strict=True)):
        around = _around(code, parents)
        within = ", ".join(name_by_code[one] for one in around)
        figure = figure_at(published, at)
        cells = (
            Cell(name, "head", href=f"gebied/{code}"),
            Cell(within),
            figure_cell(figure, order.indicator.decimals, order.lang, order.indicator.categories),
            *([classes[at]] if classes else []),
        )
        key = _folded(f" {name} {code} {within}".replace(",", " "))
        reason = int(published.reasons[at])
        rows.append((around, _Row(code, name, key, None if reason else float(published.numbers[at]), reason, cells)))
    inside = [row for around, row in rows if order.area in around]
    kept = inside or [row for _, row in rows]
    wanted = _folded(order.words).split()
    return _sorted([row for row in kept if all(f" {word}" in row.key for word in wanted)], order.sort)


def _around(code: str, parents: Mapping[str, str | None]) -> tuple[str, ...]:
    """What an area lies in, the smallest first."""
    found: list[str] = []
    above = parents.get(code)
    while above is not None and above in parents and above not in found:
        found.append(above)
        above = parents[above]
    return tuple(found)


def _sorted(rows: list[_Row], sort: Sort) -> list[_Row]:
    """In the order of the viewer: what has no number comes last either way, reason by reason."""
    by_name = sorted(rows, key=lambda row: (_folded(row.name), row.code), reverse=sort == "-naam")
    if sort.endswith("naam"):
        return by_name
    sign = -1 if sort.startswith("-") else 1
    return sorted(by_name, key=lambda row: (row.reason, sign * (row.value or 0.0)))


def _class_cells(published: Published, order: PlainOrder) -> list[Cell]:
    """The class of each figure with its color; none where circles are drawn, which have no classes."""
    indicator, level = order.indicator, order.level.id
    classes = color_classes(indicator, level)
    if indicator.drawn == "symbols" or not classes:
        return []
    texts = [class_text(one, indicator, level, order.lang) for one in classes]
    cells = [Cell("")]  # a reason has no class
    for text, one in zip(texts, classes, strict=True):
        swatch = Markup(
            '<svg class="swatch" width="20" height="14" aria-hidden="true"><rect width="20" height="14" fill="{}"/></svg>'
        )
        cells.append(Cell(text, drawing=swatch.format(one.color)))
    numbers = color_indices(published, indicator, level)
    return [cells[number] if number < len(cells) else cells[0] for number in numbers]


def _heads(order: PlainOrder) -> tuple[Head, ...]:
    words = WORDS[order.lang]

    def head(text: str, key: str, *, is_number: bool) -> Head:
        state: Literal["ascending", "descending"] | None = {key: "ascending", f"-{key}": "descending"}.get(order.sort)  # type: ignore[assignment]
        turned = f"-{key}" if state == "ascending" else key
        return Head(text, is_number=is_number, href=urlencode({"tabel": turned}), sorted=state)

    heads = [
        head(words.area, "naam", is_number=False),
        Head(words.lies_in),
        head(words.figure, "cijfer", is_number=True),
    ]
    if order.indicator.drawn != "symbols" and color_classes(order.indicator, order.level.id):
        heads.append(Head(words.class_))
    return tuple(heads)


def _folded(text: str) -> str:
    """Without accents and capitals, as one searches."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).casefold()
