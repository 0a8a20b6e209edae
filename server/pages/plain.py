"""The map for readers without scripts: its picture, and its figures as a table with the same classes and reasons."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal, get_args
from urllib.parse import urlencode

from markupsafe import Markup

from layers.atlas import LevelFacts
from layers.names import spelled
from layers.values import Published
from server.pages.areas import above
from server.pages.parts import Cell, Head, Link, Section, Table, about, figure_at, figure_cell, with_unit
from server.pages.words import WORDS
from server.snapshot import Snapshot
from server.viewer_query import ViewerQuery, viewer_query
from styles.coloring import class_text, color_classes
from styles.raster_colors import color_indices

PAGE_ROWS: Final = 200
"""A longer table has pages."""

PICTURE_PX: Final = 1000

Sort = Literal["naam", "-naam", "cijfer", "-cijfer"]
"""The words of the viewer."""


@dataclass(frozen=True, slots=True)
class PlainOrder:
    """A map, and how its table is shown."""

    map: ViewerQuery
    level: LevelFacts
    sort: Sort
    words: str
    page: int

    @property
    def key(self) -> tuple[str | int | None, ...]:
        """What tells two pages apart."""
        one = self.map
        return (one.indicator.id, one.year, self.level.id, one.area, one.lang, self.sort, self.words, self.page)

    @property
    def query(self) -> dict[str, str]:
        """The same in words of the viewer."""
        every = {
            "indicator": self.map.indicator.id,
            "jaar": str(self.map.year),
            "niveau": self.level.id,
            "gebied": self.map.area or "",
            "zoek": self.words,
            "tabel": "" if self.sort == "naam" else self.sort,
            "lang": "" if self.map.lang == "nl" else self.map.lang,
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
    found = viewer_query(snapshot, query)
    if found is None:
        return None
    level = found.level or found.levels[0]
    pages = _pages(snapshot.atlas.regions(found.edition.year).level.count(level.id))
    page = query.get("pagina", "1")
    return PlainOrder(
        map=found,
        level=level,
        sort=next((sort for sort in get_args(Sort) if sort == query.get("tabel")), "naam"),
        words=query.get("zoek", "").strip()[:80],
        page=max(1, min(int(page), pages)) if re.fullmatch(r"[0-9]{1,6}", page) else 1,
    )


def _pages(rows: int) -> int:
    return max(1, -(-rows // PAGE_ROWS))


def plain_map(snapshot: Snapshot, order: PlainOrder) -> PlainMap:
    """The page of one map."""
    lang, indicator = order.map.lang, order.map.indicator
    words = WORDS[lang]
    title = with_unit(indicator.title.in_(lang), indicator.unit.in_(lang))
    caption = words.per_region.format(title=title, level=order.level.title.in_(lang).lower()) + f", {order.map.year}"
    rows = _rows(snapshot, order)
    pages = _pages(len(rows))
    page = min(order.page, pages)  # a search has fewer
    shown = rows[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]
    chosen = next((row for row in rows if row.code == order.map.area), None)
    picture = {"year": str(order.map.year), "level": order.level.id, "width": str(PICTURE_PX)}
    picture |= {"gebied": order.map.area} if order.map.area else {}
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
                f"values/{indicator.id}?{urlencode({'level': order.level.id, 'year': order.map.year, 'f': 'csv'})}",
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
        levels=order.map.levels,
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
    level = order.level.id
    every = snapshot.atlas.regions(order.map.edition.year)
    name_by_code = dict(zip(every.code, every.name, strict=True))
    parents = every.parent_by_code
    published = snapshot.atlas.published(order.map.indicator.id, level, order.map.year)
    classes = _class_cells(published, order)
    regions = every.of_level(level)
    rows = []
    for at, (code, name) in enumerate(zip(regions.code, regions.name, strict=True)):
        around = tuple(above(code, parents))[1:]
        within = ", ".join(name_by_code[one] for one in around)
        figure = figure_at(published, at)
        cells = (
            Cell(name, "head", href=f"gebied/{code}"),
            Cell(within),
            figure_cell(figure, order.map.indicator.decimals, order.map.lang, order.map.indicator.categories),
            *([classes[at]] if classes else []),
        )
        key = f" {spelled(f'{name} {code} {within}')}"
        reason = int(published.reasons[at])
        rows.append((around, _Row(code, name, key, None if reason else float(published.numbers[at]), reason, cells)))
    inside = [row for around, row in rows if order.map.area in around]
    kept = inside or [row for _, row in rows]
    wanted = spelled(order.words).split()
    return _sorted([row for row in kept if all(f" {word}" in row.key for word in wanted)], order.sort)


def _sorted(rows: list[_Row], sort: Sort) -> list[_Row]:
    """In the order of the viewer: what has no number comes last either way, reason by reason."""
    by_name = sorted(rows, key=lambda row: (spelled(row.name), row.code), reverse=sort == "-naam")
    if sort.endswith("naam"):
        return by_name
    sign = -1 if sort.startswith("-") else 1
    return sorted(by_name, key=lambda row: (row.reason, sign * (row.value or 0.0)))


def _class_cells(published: Published, order: PlainOrder) -> list[Cell]:
    """The class of each figure with its color; none where circles are drawn, which have no classes."""
    indicator, level = order.map.indicator, order.level.id
    classes = color_classes(indicator, level)
    if indicator.drawn == "symbols" or not classes:
        return []
    texts = [class_text(one, indicator, level, order.map.lang) for one in classes]
    cells = [Cell("")]  # a reason has no class
    for text, one in zip(texts, classes, strict=True):
        swatch = Markup(
            '<svg class="swatch" width="20" height="14" aria-hidden="true"><rect width="20" height="14" fill="{}"/></svg>'
        )
        cells.append(Cell(text, drawing=swatch.format(one.color)))
    numbers = color_indices(published, indicator, level)
    return [cells[number] if number < len(cells) else cells[0] for number in numbers]


def _heads(order: PlainOrder) -> tuple[Head, ...]:
    words = WORDS[order.map.lang]

    def head(text: str, key: str, *, is_number: bool) -> Head:
        state: Literal["ascending", "descending"] | None = (
            "ascending" if order.sort == key else "descending" if order.sort == f"-{key}" else None
        )
        turned = f"-{key}" if state == "ascending" else key
        return Head(text, is_number=is_number, href=urlencode({"tabel": turned}), sorted=state)

    heads = [
        head(words.area, "naam", is_number=False),
        Head(words.lies_in),
        head(words.figure, "cijfer", is_number=True),
    ]
    if order.map.indicator.drawn != "symbols" and color_classes(order.map.indicator, order.level.id):
        heads.append(Head(words.class_))
    return tuple(heads)
