"""The picture of one map: figures, regions, words and legend put together."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.atlas import Lang, LevelFacts
from layers.columns import RegionTable
from layers.values import Published, Reason
from server.errors import BadRequest
from server.kaart.frame import Frame
from server.kaart.ground import MOST_TILES, TileRange, ground, path_data
from server.kaart.words import WORDS
from server.snapshot import Snapshot
from styles.drawing import Drawing
from styles.legend import draw_figures, draw_reasons
from styles.map_picture import Layout, MapParts, Spot, Words, map_svg
from styles.raster_colors import color_indices, symbol_radii_px
from styles.scene import Scene
from styles.tokens import LIGHT
from styles.words import WORDS as LEGEND_WORDS
from styles.words import number_text, reason_text
from tiles.encoding import Encoding

WIDEST_UNITS = 800
"""A wider picture is the same drawing, larger: its letters grow along."""


@dataclass(frozen=True, slots=True)
class MapOrder:
    """Which map is asked for."""

    view: Scene
    level: str | None
    """None is the one that the map shows at the zoom of the picture."""

    area: str | None
    """Code of the region in view, in the borders of the view; None is all of them."""

    width_px: int
    lang: Lang


def picture_svg(snapshot: Snapshot, order: MapOrder) -> str:
    """The picture as SVG. Raises BadRequest where there are too many regions in view for one picture."""
    # The legend decides how much room the map has, and the room at which zoom it is drawn and so with which level.
    _, frame = _Figures.of(snapshot, order, 0.0).room()
    figures = _Figures.of(snapshot, order, frame.zoom)
    layout, frame = figures.room()
    found = _ground(snapshot, figures, frame)
    seen = np.isin(figures.regions.id, np.fromiter(found[figures.level.id], np.int64))
    legend = figures.legend(
        [reason for reason in Reason if reason.number in figures.published.reasons[seen]], frame.zoom
    )
    return map_svg(
        order.view.indicator, layout, figures.words(seen), _parts(figures, frame, found), legend, order.width_px
    )


@dataclass(frozen=True, slots=True)
class _Figures:
    """The figures of one level, and what is said about them."""

    order: MapOrder
    level: LevelFacts
    every: RegionTable
    """The regions of all levels."""

    regions: RegionTable
    """Those of the level, in the order of the figures."""

    published: Published

    @staticmethod
    def of(snapshot: Snapshot, order: MapOrder, zoom: float) -> _Figures:
        """Those of the level asked for, or of the one that the map shows at a zoom."""
        view = order.view
        by_zoom = [view.bands[0], *(band for band in view.bands if band.minzoom <= zoom)][-1].level
        level = next((level for level in view.edition.levels if level.id == order.level), by_zoom)
        every = snapshot.atlas.regions(view.edition.year)
        published = snapshot.atlas.published(view.indicator.id, level.id, view.year)
        return _Figures(order, level, every, every.of_level(level.id), published)

    @property
    def row(self) -> int | None:
        """Where the area asked for stands among the regions of all levels."""
        return None if self.order.area is None else self.every.code.index(self.order.area)

    @property
    def coarser(self) -> LevelFacts | None:
        """The level above this one."""
        levels = self.order.view.edition.levels
        place = levels.index(self.level)
        return levels[place - 1] if place else None

    def room(self) -> tuple[Layout, Frame]:
        """Where everything stands, and what lies in view."""
        everything = np.ones(len(self.regions), bool)
        size = self.legend([reason for reason in Reason if reason.number in self.published.reasons], None).size_px
        layout = Layout.of(min(self.order.width_px, WIDEST_UNITS), self.words(everything), size)
        bounds = self.order.view.edition.bounds
        if self.row is not None:
            table = self.every
            west, south, east, north = (
                side[self.row].item() for side in (table.west, table.south, table.east, table.north)
            )
            bounds = (west, south, east, north)
        return layout, Frame.around(bounds, layout.map)

    def legend(self, reasons: Iterable[Reason], zoom: float | None) -> Drawing:
        """The legend with the reasons that occur; the title stands above the map."""
        drawing, view = Drawing(LIGHT), self.order.view
        draw_figures(drawing, view.atlas, view.indicator, self.level.id, self.order.lang, zoom)
        drawing.space(6)
        draw_reasons(drawing, list(reasons), self.order.lang, LIGHT, are_marks=view.indicator.drawn == "symbols")
        return drawing

    def words(self, seen: NDArray[np.bool_]) -> Words:
        """What is written, and read aloud about the regions in view."""
        view, lang = self.order.view, self.order.lang
        words, indicator = WORDS[lang], view.indicator
        area = view.atlas.title.in_(lang) if self.row is None else self.every.name[self.row]
        per = LEGEND_WORDS[lang].per.format(level=self.level.title.in_(lang))
        told = [words.told.format(area=area, year=view.year, per=per), *self._own(area), *self._counts(seen)]
        foot = [text.in_(lang) for text in (indicator.caveat, view.atlas.notice) if text is not None]
        source = view.attribution(lang)
        named = source if source.startswith(words.source.split("{")[0]) else words.source.format(source=source)
        return Words(
            title=indicator.title.in_(lang),
            under=", ".join(part for part in (indicator.unit.in_(lang), per, area, str(view.year)) if part),
            foot=(*foot, named),
            told=" ".join(told),
        )

    def _own(self, area: str) -> Iterator[str]:
        """The figure of the area itself, where it has one."""
        if self.order.area in self.regions.code:
            place = self.regions.code.index(self.order.area)
            yield WORDS[self.order.lang].own.format(area=area, figure=self._figure(place))

    def _figure(self, place: int) -> str:
        if reason := int(self.published.reasons[place]):
            return reason_text(Reason.of(reason), self.order.lang)
        return _number(self.published.numbers[place].item(), self.order)

    def _counts(self, seen: NDArray[np.bool_]) -> Iterator[str]:
        words, numbers, reasons = WORDS[self.order.lang], self.published.numbers[seen], self.published.reasons[seen]
        there = numbers[reasons == 0]
        if not len(there):
            yield words.no_figures
        elif self.order.view.indicator.kind == "category":
            yield words.categories.format(count=self._counted(len(there)))
        else:
            low, high = (_number(value.item(), self.order) for value in (there.min(), there.max()))
            yield words.figures.format(count=self._counted(len(there)), low=low, high=high)
        for reason in Reason:
            if count := int((reasons == reason.number).sum()):
                yield words.reason.format(reason=reason_text(reason, self.order.lang), count=self._counted(count))

    def _counted(self, count: int) -> str:
        noun = self.level.title if count == 1 else self.level.plural
        return f"{count} {noun.in_(self.order.lang)}"


def _number(value: float, order: MapOrder) -> str:
    indicator = order.view.indicator
    if indicator.kind == "category":
        return indicator.categories[int(value)]
    return number_text(value, indicator.decimals, order.lang)


Ground = Mapping[str, Mapping[int, shapely.Geometry]]


def _ground(snapshot: Snapshot, figures: _Figures, frame: Frame) -> Ground:
    """The regions of the level, of the one above it and of that of the area, at the zoom of tiles that suits the picture."""
    levels = {one.id: one for one in (figures.level, figures.coarser) if one is not None}
    if figures.row is not None:
        own = figures.every.level[figures.row]
        levels |= {one.id: one for one in figures.order.view.edition.levels if one.id == own}
    archive = snapshot.borders(figures.order.view.edition.year).archives[Encoding.MVT]
    larger = max(figures.order.width_px / WIDEST_UNITS, 1)
    z = max(round(frame.zoom + math.log2(larger)), *(level.minzoom for level in levels.values()), archive.minzoom)
    tiles = TileRange.of(frame, min(z, archive.maxzoom))
    if len(tiles) > MOST_TILES:
        raise BadRequest(
            [
                f"level {figures.level.id} is too fine for so large an area: ask for a coarser level or a smaller area (gebied)"
            ]
        )
    return ground(archive, frame, tiles, levels)


def _parts(figures: _Figures, frame: Frame, found: Ground) -> MapParts:
    shapes, indicator = found[figures.level.id], figures.order.view.indicator
    colors = color_indices(figures.published, indicator, figures.level.id)
    by_color: dict[int, list[shapely.Geometry]] = {}
    for region, color in zip(figures.regions.id.tolist(), colors.tolist(), strict=True):
        if region in shapes:
            by_color.setdefault(color, []).append(shapes[region])
    outline = []
    if figures.row is not None:
        own = found[figures.every.level[figures.row]]
        outline = [own[key] for key in (figures.every.id[figures.row].item(),) if key in own]
    return MapParts(
        fills=[(color, path_data(by_color[color])) for color in sorted(by_color)],
        coarser="" if figures.coarser is None else path_data(found[figures.coarser.id].values()),
        outline=path_data(outline),
        zoom=frame.zoom,
        spots=_spots(figures, frame) if indicator.drawn == "symbols" else (),
    )


def _spots(figures: _Figures, frame: Frame) -> list[Spot]:
    """Circles and marks that reach into the view, the largest first."""
    indicator, regions, published = figures.order.view.indicator, figures.regions, figures.published
    x, y = frame.place(regions.lon, regions.lat)
    radius = symbol_radii_px(published, indicator, figures.order.view.edition, figures.level.id, frame.zoom)
    reach = np.nan_to_num(radius, nan=8.0) + 1
    near = (x > -reach) & (x < frame.width + reach) & (y > -reach) & (y < frame.height + reach)
    order = np.argsort(-np.nan_to_num(radius, nan=0.0), kind="stable")
    reasons = [None, *Reason]
    return [
        Spot(
            x[at].item(),
            y[at].item(),
            radius[at].item(),
            reasons[int(published.reasons[at])],
            bool(published.numbers[at] < 0),
        )
        for at in order[near[order]].tolist()
    ]
