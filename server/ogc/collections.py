"""What there is: a collection for each tileset and each of its levels, such as ``vastgoed-2022-wijk``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from layers.atlas import AtlasFacts, EditionFacts, IndicatorFacts, Lang, LevelFacts, ThemeFacts, TilesetFacts
from server.errors import NotThere

YEAR_FIELD = "year"
"""The property that holds the year of the figures."""


@dataclass(frozen=True, slots=True)
class Collection:
    """The regions of one level with the figures of one theme and year, or without figures."""

    tileset: TilesetFacts
    edition: EditionFacts
    level: LevelFacts
    theme: ThemeFacts | None
    indicators: tuple[IndicatorFacts, ...]
    """All of the theme that have figures here, in the order of the atlas."""

    shown: tuple[IndicatorFacts, ...]
    """Those that come where nobody asked for others: the first of each topic."""

    @property
    def id(self) -> str:
        """Its name in addresses."""
        return f"{self.tileset.id}-{self.level.id}"

    @property
    def year(self) -> int:
        """The year of its figures, or of its borders where it has none."""
        return self.tileset.year or self.tileset.edition

    def title(self, lang: Lang) -> str:
        """Such as ``Vastgoed per wijk, 2022``."""
        if self.theme is None:
            return f"{self.level.plural.in_(lang).capitalize()}, {self.year}"
        return f"{self.theme.title.in_(lang)} per {self.level.title.in_(lang)}, {self.year}"

    def description(self, lang: Lang) -> str:
        """What its features are, with the notice of the theme."""
        what = {"nl": "De grenzen van {year}.", "en": "The borders of {year}."}[lang].format(year=self.edition.year)
        told = self.theme.explanation if self.theme else None
        return f"{told.in_(lang)} {what}" if told else what

    @property
    def coarser(self) -> tuple[LevelFacts, ...]:
        """The levels around, from coarse to fine; each is a property with the code of the region around."""
        ids = [level.id for level in self.edition.levels]
        return self.edition.levels[: ids.index(self.level.id)]


def collections_of(facts: AtlasFacts) -> Iterator[Collection]:
    """All collections, in the order of tilesets and from coarse to fine."""
    edition_by_year = {edition.year: edition for edition in facts.editions}
    theme_by_id = {theme.id: theme for theme in facts.themes}
    for tileset in facts.tilesets:
        edition = edition_by_year[tileset.edition]
        for level in edition.levels:
            indicators = tuple(one for one in facts.indicators if _is_here(one, tileset, level))
            if tileset.year is None or indicators:
                shown = tuple(one for one in indicators if one.id in tileset.indicators)
                theme = theme_by_id.get(tileset.theme or "")
                yield Collection(tileset, edition, level, theme, indicators, shown)


def collection_of(facts: AtlasFacts, collection_id: str) -> Collection:
    """A collection by id. Raises NotThere, naming the others."""
    by_id = {collection.id: collection for collection in collections_of(facts)}
    if collection_id not in by_id:
        raise NotThere.named("collection", collection_id, by_id)
    return by_id[collection_id]


def _is_here(indicator: IndicatorFacts, tileset: TilesetFacts, level: LevelFacts) -> bool:
    place = (level.id, tileset.year, tileset.edition)
    return indicator.theme == tileset.theme and any((s.level, s.year, s.edition) == place for s in indicator.series)
