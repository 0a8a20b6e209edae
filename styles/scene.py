"""What one map shows, before anyone asks in which dialect: levels and their zooms, classes, borders, names.

``web`` and ``qgis`` turn the same scene into MapLibre style layers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from layers.atlas import AtlasFacts, BackdropFacts, EditionFacts, IndicatorFacts, Lang, LevelFacts, Series
from styles.coloring import ColorClass, color_classes
from styles.errors import CountIsNoFill, NoFigures, NoPair, UnknownIndicator

_NAMES_OVERLAP = 3
"""For how many zooms names of a level stay beside those of a finer one."""

_VIEW_PX = 640
"""A first view fits a square of this size."""

_TILE_PX = 512
"""What MapLibre calls zoom 0 is one tile of this size."""


@dataclass(frozen=True, slots=True)
class Band:
    """A level of regions and the zooms at which its figures are drawn."""

    level: LevelFacts
    rank: int
    """Its place in the edition: 0 is the coarsest level. Its borders in ``grenzen`` have this ``rank`` too."""

    minzoom: int
    maxzoom: int | None
    """The first zoom at which it is no longer drawn; None is for ever."""

    classes: tuple[ColorClass, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """One indicator in one year, on one tileset."""

    atlas: AtlasFacts
    indicator: IndicatorFacts
    year: int
    edition: EditionFacts
    tileset: str
    bands: tuple[Band, ...]
    """From coarse to fine; their zooms follow each other without a gap."""

    other: IndicatorFacts | None = None
    """A second indicator in the same map."""

    @property
    def tiles(self) -> str:
        """The address of the tiles that have what is drawn, below ``tiles/``: with a query where that is not there by itself."""
        if self.other is not None:
            bare = (one.id for one in self.atlas.tilesets if one.year is None and one.edition == self.edition.year)
            place = next(bare, f"gebieden-{self.edition.year}")
            return f"{place}?indicators={self.indicator.id},{self.other.id}&year={self.year}"
        there = {one.id: one.indicators for one in self.atlas.tilesets}.get(self.tileset, ())
        return self.tileset if self.indicator.id in there else f"{self.tileset}?indicators={self.indicator.id}"

    @property
    def indicators(self) -> tuple[IndicatorFacts, ...]:
        """The indicators in it."""
        return (self.indicator,) if self.other is None else (self.indicator, self.other)

    @property
    def backdrop(self) -> tuple[BackdropFacts, ...]:
        """What is drawn for orientation."""
        return self.edition.backdrop

    def attribution(self, lang: Lang) -> str:
        """Who made the figures and the borders."""
        own = [one.source.in_(lang) for one in self.indicators if one.source is not None]
        # An attribution that begins with the source says it already.
        others = [source for source in own if not self.atlas.attribution.startswith(source)]
        return " | ".join(dict.fromkeys([*others, self.atlas.attribution]))

    def depths(self, rank: int) -> list[tuple[Band, int]]:
        """The bands in which borders and names of a level can be drawn, and how far it stands there above the band."""
        return [(band, band.rank - rank) for band in self.bands if band.rank >= rank]

    def name_zooms(self, rank: int) -> tuple[int, int | None]:
        """From which zoom names of a level are drawn, and the first zoom at which they no longer are.

        The coarsest names come at once, finer ones a zoom after their borders. They go when the names of a finer level
        have had three zooms to take over: far inside a gemeente its name no longer says where one is.
        """
        start = self._names_from(rank)
        finer = [self._names_from(band.rank) for band in self.bands if band.rank > rank]
        return start, min(finer) + _NAMES_OVERLAP if finer else None

    def _names_from(self, rank: int) -> int:
        first = self.depths(rank)[0][0].minzoom
        return max(first, self.edition.levels[rank].minzoom) + (1 if rank > self.bands[0].rank else 0)

    @property
    def ranks(self) -> range:
        """The levels whose borders and names can be drawn, from coarse to fine."""
        return range(self.bands[-1].rank + 1)

    @property
    def center(self) -> tuple[float, float]:
        """lon, lat of the middle of the edition as Web Mercator shows it."""
        west, south, east, north = self.edition.bounds
        middle = (_mercator_y(south) + _mercator_y(north)) / 2
        lat = math.degrees(math.atan(math.sinh(middle)))
        return round((west + east) / 2, 5), round(lat, 5)

    @property
    def zoom(self) -> float:
        """A zoom at which the whole edition is in view, or the first one at which there is something to see."""
        west, south, east, north = self.edition.bounds
        part = max((east - west) / 360, (_mercator_y(north) - _mercator_y(south)) / (2 * math.pi), 1e-9)
        fitting = math.floor(math.log2(_VIEW_PX / _TILE_PX / part) * 100) / 100
        return max(min(fitting, float(self.atlas.maxzoom)), float(self.bands[0].minzoom), 0.0)


def scene(facts: AtlasFacts, indicator_id: str, year: int, level: str | None, other: str | None = None) -> Scene:
    """The scene of an indicator in a year, or of two where there is another.

    Without a level each level is shown from its own minzoom until the next finer one with figures begins. With a level
    that one is shown from its minzoom on, and below it the coarser ones with figures, so that a reader who zooms out
    does not face an empty map. Raises ``UnknownIndicator`` and ``NoFigures``,
    and for two indicators ``CountIsNoFill`` and ``NoPair``.
    """
    if other is not None:
        return _pair(facts, indicator_id, other, year, level)
    indicator = find_indicator(facts, indicator_id)
    drawn = _drawn(indicator, year, level)
    return _scene(facts, indicator, drawn, level)


def _pair(facts: AtlasFacts, indicator_id: str, other_id: str, year: int, level: str | None) -> Scene:
    """The scene of two indicators, on the levels and borders that both have figures on."""
    one, other = pair(facts, indicator_id, other_id)
    theirs = {(series.level, series.year, series.edition) for series in other.series}
    common = [series for series in one.series if (series.level, series.year, series.edition) in theirs]
    shared = one.model_copy(update={"series": tuple(common)})
    return replace(_scene(facts, one, _drawn(shared, year, level), level), other=other)


def pair(facts: AtlasFacts, indicator_id: str, other_id: str) -> tuple[IndicatorFacts, IndicatorFacts]:
    """Two indicators that can be shown in one map. Raises ``UnknownIndicator``, ``CountIsNoFill`` and ``NoPair``."""
    one, other = find_indicator(facts, indicator_id), find_indicator(facts, other_id)
    if one.id == other.id:
        raise NoPair(one.id, other.id, "they are the same")
    for indicator in (one, other):
        if indicator.drawn == "symbols":
            raise CountIsNoFill(indicator.id)
        if indicator.kind == "category":
            raise NoPair(one.id, other.id, f"{indicator.id!r} has categories, which are neither low nor high")
    if not common_years(one, other):
        raise NoPair(one.id, other.id, "there is no year and level for which both have figures")
    return one, other


def common_years(one: IndicatorFacts, other: IndicatorFacts) -> list[int]:
    """The years in which two indicators have figures on the same level and borders."""
    theirs = {(series.level, series.year, series.edition) for series in other.series}
    return sorted({series.year for series in one.series if (series.level, series.year, series.edition) in theirs})


def _scene(facts: AtlasFacts, indicator: IndicatorFacts, drawn: list[Series], level: str | None) -> Scene:
    edition = next(edition for edition in facts.editions if edition.year == drawn[0].edition)
    with_figures = {series.level for series in drawn}
    shown = [(rank, one) for rank, one in enumerate(edition.levels) if one.id in with_figures]
    if level is not None:
        last = next(index for index, (_, one) in enumerate(shown) if one.id == level)
        shown = shown[: last + 1]
    return Scene(facts, indicator, drawn[0].year, edition, drawn[0].tileset, _bands(shown, indicator))


def find_indicator(facts: AtlasFacts, indicator_id: str) -> IndicatorFacts:
    """The indicator of an id. Raises ``UnknownIndicator``."""
    for indicator in facts.indicators:
        if indicator.id == indicator_id:
            return indicator
    raise UnknownIndicator(indicator_id, [indicator.id for indicator in facts.indicators])


def _drawn(indicator: IndicatorFacts, year: int, level: str | None) -> list[Series]:
    """The series of a year that are drawn together: they share a tileset.

    Figures of one year can stand on two editions. Then the tileset of the level asked for wins, or the one with the
    most levels, or the newest borders.
    """
    of_year = [series for series in indicator.series if series.year == year]
    if not of_year:
        years = sorted({str(series.year) for series in indicator.series})
        raise NoFigures(indicator.id, str(year), years)
    choice = [series for series in of_year if level in (None, series.level)]
    if not choice:
        raise NoFigures(indicator.id, f"{level} in {year}", [series.level for series in of_year])
    tilesets = [series.tileset for series in of_year]
    chosen = max(choice, key=lambda series: (tilesets.count(series.tileset), series.edition))
    return [series for series in of_year if series.tileset == chosen.tileset]


def _bands(shown: list[tuple[int, LevelFacts]], indicator: IndicatorFacts) -> tuple[Band, ...]:
    """One band per level; a level that begins no later than a coarser one takes its place."""
    bands: list[Band] = []
    end: int | None = None
    for rank, level in reversed(shown):
        if end is None or level.minzoom < end:
            bands.append(Band(level, rank, level.minzoom, end, color_classes(indicator, level.id)))
            end = level.minzoom
    return tuple(reversed(bands))


def _mercator_y(lat: float) -> float:
    return math.asinh(math.tan(math.radians(lat)))
