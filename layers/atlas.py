"""The atlas: a folder of immutable files and one manifest, ``atlas.json``, that names them.

The manifest is replaced atomically and last, so a crash at any moment leaves the old atlas whole. Every other file has the
hash of its bytes in its name and never changes. The server serves the manifest to the viewer as it is, so nothing
secret may stand in it.

    atlas.json
    tiles/gebieden-2022-0123456789ab.pmtiles      geometry tiles of one edition (see below)
    tiles/gebieden-2022-0123456789ab.mlt.pmtiles  the same as MapLibre Tiles
    regions/2022-0123456789ab.parquet             its regions: GeoParquet, columns as in ``REGION_COLUMNS``
    values/koopwoningen-0123456789ab.parquet      an indicator: columns as in ``VALUE_COLUMNS``

An *edition* is the set of borders of one boundary year. Geometry tiles are valid MVT tiles in which the features of each
level (layer ``gemeente``, ``wijk`` ...) carry id, type and geometry but no tags; attributes are spliced in late
(``layers.tileset``). Their layers ``grenzen`` and ``labels`` are complete.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

MANIFEST = "atlas.json"
FORMAT: Final = 1

REGION_COLUMNS = ("level", "code", "name", "parent", "id", "lon", "lat", "west", "south", "east", "north", "geometry")
"""Rows run level by level from coarse to fine, in each level by code. ``parent`` is the code of the region of the next coarser
level or null. ``id`` is the numeric feature id in tiles. lon, lat is the label point; west..north the bounds, degrees (CRS84)."""

VALUE_COLUMNS = ("level", "year", "code", "value", "status")
"""Rows run level by level, year by year, and within that in the order of the edition's regions, each region once.
``value`` is null exactly where ``status`` (a ``layers.values.Reason``) is not."""

KIND = Literal["count", "share", "rate", "mean", "sum", "category"]
Lang = Literal["nl", "en"]


class Facts(BaseModel):
    """A frozen value that knows its keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Facts):
    """A text for readers, Dutch always, English where given."""

    nl: str
    en: str | None = None

    def in_(self, lang: Lang) -> str:
        """The text in a language, Dutch where there is no translation."""
        return self.en if lang == "en" and self.en is not None else self.nl


class Artefact(Facts):
    """A file of the atlas."""

    path: str
    """Relative to the atlas folder, with forward slashes."""

    version: str
    """The first 12 hexadecimal digits of the SHA-256 of its bytes; also stands in the file name and in ``?v=``."""

    size: int
    """In bytes."""


class LevelFacts(Facts):
    """A level of one edition, such as all wijken of 2022."""

    id: str
    """Also the name of the tile layer."""

    title: Text
    """Singular, lower case: ``wijk``, ``neighbourhood``."""

    plural: Text
    minzoom: int
    """From this zoom on the level is in the tiles and is what an automatic map shows, until the next finer level begins."""

    regions: int
    """How many."""


class BackdropFacts(Facts):
    """Something drawn for orientation, without figures: a tile layer of its own."""

    id: str
    """Also the name of the tile layer."""

    kind: Literal["water", "dike"]
    """Water is drawn as areas, a dike as a line."""


class EditionFacts(Facts):
    """The borders of one boundary year."""

    year: int
    levels: tuple[LevelFacts, ...]
    """From coarse to fine."""

    backdrop: tuple[BackdropFacts, ...] = ()
    tiles: Artefact
    mlt: Artefact | None = None
    """The same tiles as MapLibre Tiles; atlases of before there were any have none."""

    regions: Artefact
    bounds: tuple[float, float, float, float]
    """west, south, east, north in degrees."""


class ThemeFacts(Facts):
    """A theme: a set of indicators that belong together."""

    id: str
    title: Text
    explanation: Text | None = None


class Breaks(Facts):
    """The classes of one indicator on one level; the one truth for map, legend, QGIS, raster and table."""

    edges: tuple[float, ...]
    """Inner edges, rising: class i holds edges[i-1] <= value < edges[i]; one fewer than classes. Empty for one class."""

    low: float
    """The lowest published value, rounded down to the same precision, for the legend."""

    high: float
    """The highest, rounded up."""


class Series(Facts):
    """The figures of one indicator on one level in one year."""

    level: str
    year: int
    edition: int
    """Boundary year of the borders they belong to."""

    tileset: str
    """The joined tileset that carries them: ``<theme>-<year>``, or ``<theme>-<year>-op-<edition>`` where figures of one
    year stand on two editions."""


class IndicatorFacts(Facts):
    """An indicator as readers meet it."""

    id: str
    theme: str
    title: Text
    unit: Text
    kind: KIND
    decimals: Annotated[int, Field(ge=0, le=6)]
    explanation: Text | None = None
    caveat: Text | None = None
    source: Text | None = None
    """Who published the figures; the attribution of the atlas where none."""

    series: tuple[Series, ...]
    """By level from coarse to fine, then by year."""

    colors: tuple[str, ...]
    """One ``#rrggbb`` per class, from low to high; for a category one per category."""

    breaks: dict[str, Breaks]
    """By level. Empty for a category."""

    categories: tuple[str, ...] = ()
    """For kind ``category``: what the numbers index."""

    values: Artefact

    @property
    def field(self) -> str:
        """Its name in tiles; the reason stands in ``<field>_status``."""
        return self.id.replace("-", "_")


class TilesetFacts(Facts):
    """A tileset that can be asked for: ``gebieden-<year>`` without figures, or a theme's figures of one year."""

    id: str
    edition: int
    theme: str | None = None
    year: int | None = None
    """Year of the figures; None for ``gebieden``."""

    indicators: tuple[str, ...] = ()
    """Ids of the indicators in it."""


class AtlasFacts(Facts):
    """The manifest."""

    format: Literal[1] = FORMAT
    id: str
    title: Text
    attribution: str
    notice: Text | None = None
    """Shown on every page and in every download, such as *fictief*."""

    maxzoom: int
    editions: tuple[EditionFacts, ...]
    """By year."""

    themes: tuple[ThemeFacts, ...]
    indicators: tuple[IndicatorFacts, ...]
    """In the order of the catalog."""

    tilesets: tuple[TilesetFacts, ...]
