"""What an address of the viewer asks for, as far as the atlas has it; what it lacks falls back as in the viewer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from layers.atlas import EditionFacts, IndicatorFacts, Lang, LevelFacts
from server.snapshot import Snapshot
from styles.scene import scene


@dataclass(frozen=True, slots=True)
class ViewerQuery:
    """Which map."""

    indicator: IndicatorFacts
    year: int
    levels: tuple[LevelFacts, ...]
    """Those with figures of the year, from coarse to fine."""

    level: LevelFacts | None
    """None is the one that suits the zoom."""

    edition: EditionFacts
    area: str | None
    """Code of the chosen region."""

    lang: Lang


def viewer_query(snapshot: Snapshot, query: Mapping[str, str]) -> ViewerQuery | None:
    """What a query asks for; None for an atlas without figures."""
    indicator = _indicator(snapshot, query)
    if indicator is None:
        return None
    years = {str(series.year): series.year for series in indicator.series}
    year = years.get(query.get("jaar", ""), max(years.values()))
    with_figures = {series.level for series in indicator.series if series.year == year}
    shown = scene(snapshot.facts, indicator.id, year, None).edition
    levels = tuple(level for level in shown.levels if level.id in with_figures)
    level = next((one for one in levels if one.id == query.get("niveau")), None)
    edition = shown if level is None else scene(snapshot.facts, indicator.id, year, level.id).edition
    area = query.get("gebied")
    is_there = area is not None and area in snapshot.atlas.regions(edition.year).code
    return ViewerQuery(indicator, year, levels, level, edition, area if is_there else None, lang_of(query))


def lang_of(query: Mapping[str, str]) -> Lang:
    """The language asked for; Dutch where it is none of ours."""
    return next((lang for lang in get_args(Lang) if lang == query.get("lang")), "nl")


def _indicator(snapshot: Snapshot, query: Mapping[str, str]) -> IndicatorFacts | None:
    """The one asked for, the first of the theme asked for, or the first of all."""
    with_figures = {one.id: one for one in snapshot.facts.indicators if one.series}
    of_theme = (one for one in with_figures.values() if one.theme == query.get("thema"))
    found = with_figures.get(query.get("indicator", "")) or next(of_theme, None)
    return found or next(iter(with_figures.values()), None)
