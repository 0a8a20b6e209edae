"""The atlas: a folder of immutable files and one manifest, ``atlas.json``, that names them.

The manifest is replaced atomically and last, so a crash at any moment leaves the old atlas whole. Every other file has the
hash of its bytes in its name and never changes. The server serves the manifest to the viewer as it is, so nothing
secret may stand in it.

    atlas.json
    tiles/gebieden-2022-0123456789ab.pmtiles      geometry tiles of one edition (see below)
    tiles/gebieden-2022-0123456789ab.mlt.pmtiles  the same as MapLibre Tiles
    tiles/gebieden-2022-0123456789ab.rd.pmtiles   the same in the Dutch grid
    regions/2022-0123456789ab.parquet             its regions: GeoParquet, columns as in ``REGION_COLUMNS``
    values/koopwoningen-0123456789ab.parquet      an indicator: columns as in ``VALUE_COLUMNS``
    tables/verdachten-0123456789ab.parquet        a table that is not per region: columns as in its ``TableFacts``
    grids/vierkanten-0123456789ab.tif             figures per cell of a raster (``layers.grids``)
    postcodes/2022-0123456789ab.parquet           postcodes of an edition: columns as in ``POSTCODE_COLUMNS``
    flows/woon-pleeg-0123456789ab.parquet         from region to region: columns as in ``FLOW_COLUMNS``

A *topic* is one thing that is counted, such as drugs offences: in several measures (number, share, per 1,000) and broken down
by dimensions (offence, age). Each measure of each breakdown is an *indicator*, which is what tiles, styles, legends and
downloads know. The first indicator of a topic has the topic's own id.

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

FLOW_COLUMNS = ("year", "origin", "destination", "value", "status")
"""By year, origin and destination; both are codes of regions of the flow's level. Pairs without a row have no figure to
show: they are zero or were never published, as the flow's ``absent`` says."""

POSTCODE_COLUMNS = ("postcode", "code")
"""By postcode (``1234AB`` or ``1234``); of one postcode the region with most addresses first."""

SourceKind = Literal["count", "share", "rate", "mean", "sum", "category"]

COUNTED: Final = ("count", "sum")
"""Kinds of figures of which the whole is the sum of its parts; a region with more of everything has more of it."""

RELATIVE: Final = ("share", "rate", "mean")
"""Kinds that compare between regions of any size."""

BASED: Final = (*RELATIVE, "sum")
"""Kinds that are taken over something: the base of a sum is how many things are added up in it."""
"""What figures of a source can be."""

Kind = Literal[SourceKind, "index", "change"]
"""What published figures can be: ``index`` is a comparison with the Netherlands (100 = the same), ``change`` a difference
between two years; both diverge around ``IndicatorFacts.middle``."""

Status = Literal["withheld", "missing", "not-yet-published", "not-applicable", "not-comparable"]
PRODUCT_KIND = Literal["map", "table", "chart", "flow"]
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

    bounds: tuple[float, float, float, float] | None = None
    """west, south, east, north in degrees of these regions; None in atlases of before."""


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

    rd: Artefact | None = None
    """The same regions in the Dutch grid (NetherlandsRDNewQuad), as MVT; None outside the Netherlands or where not wanted.

    Its zooms are other ones: ``tiles.grid.RD_ZOOMS_AHEAD`` says how they compare."""

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

    thirds: tuple[float, ...] = ()
    """The two figures between a low, a middle and a high third of all, for maps of two indicators; fewer where there are
    fewer distinct figures, none in atlases of before there were such maps."""


class Series(Facts):
    """The figures of one indicator on one level in one year."""

    level: str
    year: int
    edition: int
    """Boundary year of the borders they belong to."""

    tileset: str
    """The joined tileset that carries them: ``<theme>-<year>``, or ``<theme>-<year>-op-<edition>`` where figures of one
    year stand on two editions."""


class CodeFacts(Facts):
    """A member of a dimension."""

    id: str
    title: Text


class DimensionFacts(Facts):
    """What figures are broken down by, such as the offence or the age of suspects."""

    id: str
    title: Text
    codes: tuple[CodeFacts, ...]
    """In the order of readers; the first is shown where nobody chose and is the total where there is one."""


class MeasureFacts(Facts):
    """How a topic is expressed: as a number, a share, a rate, compared with the Netherlands or with another year."""

    id: str
    """Such as ``aantal``, ``aandeel``, ``per-1000-inwoners``, ``index``, ``verandering``."""

    title: Text
    """What the switch says, such as *aantal* or *per 1.000 inwoners*."""

    kind: Kind
    unit: Text


class TopicFacts(Facts):
    """One thing that is counted: its indicators differ in measure and breakdown only."""

    id: str
    theme: str
    title: Text
    dimensions: tuple[str, ...] = ()
    """Ids of dimensions in the manifest; every indicator of the topic names one code of each."""

    measures: tuple[MeasureFacts, ...]
    """The first is shown where nobody chose."""

    indicators: tuple[str, ...]
    """Ids, first the one that is shown where nobody chose; a combination without figures is absent."""


class NationalFigure(Facts):
    """The figure of the Netherlands in one year: a number or a reason."""

    year: int
    value: float | None = None
    status: Status | None = None


class IndicatorFacts(Facts):
    """An indicator as readers meet it."""

    id: str
    theme: str
    title: Text
    """Whole, with breakdown and measure in it where they are not the first: *Drugsdelicten: harddrugs, per 1.000 inwoners*."""

    unit: Text
    kind: Kind
    decimals: Annotated[int, Field(ge=0, le=6)]
    topic: str = ""
    """Id of its topic; empty in atlases of before there were topics."""

    measure: str = ""
    """Id of its measure in the topic."""

    breakdown: dict[str, str] = {}
    """By dimension of the topic the code it is about."""

    drawn: Literal["fill", "symbols"] = "fill"
    """How a map shows it: regions filled by class, or a circle per region whose area is proportional to the figure. A number of
    things is never a fill, since large regions have more of everything."""

    middle: float | None = None
    """The figure around which the colors diverge (0 for change, 100 for an index); None for colors from light to dark."""

    national: tuple[NationalFigure, ...] = ()
    """The same for the Netherlands, by year, where a source has it."""

    explanation: Text | None = None
    """What it is, in plain words (Dutch at level B1)."""

    definition: Text | None = None
    """What is counted exactly."""

    base: Text | None = None
    """What a share or rate is taken over, such as *alle woningen van particulieren*."""

    reference_date: Text | None = None
    """The *peiljaar* in words, such as *1 januari* or *aankopen in drie jaar*."""

    caveat: Text | None = None
    """How it must not be read."""

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


class ColumnFacts(Facts):
    """A column of a table that is not per region."""

    id: str
    """Its name in the artefact. A column of numbers has a second one beside it, ``<id>_status``, with the reason where there is
    no number."""

    title: Text
    kind: Literal["dimension", "year", "text", "number"]
    """``dimension``: ids of codes of ``dimension``; ``year`` and ``number``: numbers; ``text``: free text, such as a rule."""

    dimension: str | None = None
    """Id of a dimension in the manifest, for kind ``dimension``."""

    unit: Text | None = None
    decimals: int = 0


class TableFacts(Facts):
    """A table that is not per region, such as the age of suspects: shown as a chart and as a table."""

    id: str
    theme: str
    title: Text
    explanation: Text | None = None
    caveat: Text | None = None
    source: Text | None = None
    view: Literal["table", "bar", "line"] = "table"
    """How it is shown first; the table is always there as well."""

    columns: tuple[ColumnFacts, ...]
    rows: Artefact


class FlowFacts(Facts):
    """Figures from region to region, such as where suspects live and where they offended."""

    id: str
    theme: str
    title: Text
    unit: Text
    decimals: int = 0
    explanation: Text | None = None
    caveat: Text | None = None
    source: Text | None = None
    origin: Text
    """What the first region is: *woongemeente*."""

    destination: Text
    """What the second is: *pleeggemeente*."""

    level: str
    years: tuple[int, ...]
    editions: tuple[int, ...]
    """By year: the boundary year of the regions."""

    absent: Literal["zero", "missing"] = "missing"
    """What a pair without a row means."""

    rows: Artefact


class PostcodeFacts(Facts):
    """Postcodes that the search knows."""

    edition: int
    level: str
    """Of the regions that they lead to."""

    rows: Artefact


class ProductFacts(Facts):
    """An information product: what readers of the dashboard know by name. Without any figures it is listed all the same."""

    id: str
    """Such as ``V1`` or ``D7``."""

    theme: str
    title: Text
    kind: PRODUCT_KIND
    """What it is first of all."""

    explanation: Text | None = None
    caveat: Text | None = None
    topics: tuple[str, ...] = ()
    """Ids of topics that have figures in this atlas, and so with tables and flows."""

    tables: tuple[str, ...] = ()
    flows: tuple[str, ...] = ()
    needs: Text
    """Which table with which columns a publisher supplies for it; shown where there are no figures."""

    @property
    def has_figures(self) -> bool:
        """Whether this atlas has anything to show of it."""
        return bool(self.topics or self.tables or self.flows)


class GridCategory(Facts):
    """What a number of a grid stands for."""

    value: int
    title: Text


class GridFacts(Facts):
    """Figures per cell of a raster, or per square, without regions."""

    id: str
    title: Text
    unit: Text
    year: int | None = None
    decimals: Annotated[int, Field(ge=0, le=6)]
    explanation: Text | None = None
    caveat: Text | None = None
    source: Text | None = None
    """Who published the figures; the attribution of the atlas where none."""

    bounds: tuple[float, float, float, float]
    """west, south, east, north in degrees."""

    cell: tuple[float, float]
    """Width and height of a cell, in the units of the CRS of its file."""

    colors: tuple[str, ...]
    """One ``#rrggbb`` per class, from low to high, or one per category."""

    breaks: Breaks | None = None
    """None for categories, and where no cell has a number."""

    middle: float | None = None
    """The figure around which the colors diverge."""

    categories: tuple[GridCategory, ...] = ()
    reasons: tuple[Status, ...] = ()
    """Those that occur."""

    cells: Artefact
    """A GeoTIFF of two bands: see ``layers.grids``."""


class TilesetFacts(Facts):
    """A tileset that can be asked for: ``gebieden-<year>`` without figures, or a theme's figures of one year."""

    id: str
    edition: int
    theme: str | None = None
    year: int | None = None
    """Year of the figures; None for ``gebieden``."""

    indicators: tuple[str, ...] = ()
    """Ids of the indicators in it where an address asks for none by name: the first of each topic. Others of the same edition
    and year are put in by ``?indicators=``."""


class RecodeFacts(Facts):
    """What became of a region, as the publisher says; changes of Dutch gemeenten are known without it."""

    level: str
    year: int
    """The first boundary year with the new ones."""

    old: str
    """Its code."""

    new: tuple[str, ...]
    """Codes of the regions that got any of it."""


class AtlasFacts(Facts):
    """The manifest."""

    format: Literal[1] = FORMAT
    id: str
    title: Text
    attribution: str
    notice: Text | None = None
    """Shown on every page and in every download, such as *fictief*."""

    allowed_parents: tuple[str, ...] = ()
    """Origins of the pages that may embed the map; empty where the settings of the server say so."""

    maxzoom: int
    editions: tuple[EditionFacts, ...]
    """By year."""

    themes: tuple[ThemeFacts, ...]
    indicators: tuple[IndicatorFacts, ...]
    """In the order of the catalog."""

    tilesets: tuple[TilesetFacts, ...]
    dimensions: tuple[DimensionFacts, ...] = ()
    topics: tuple[TopicFacts, ...] = ()
    """In the order of the catalog; every indicator is in one."""

    tables: tuple[TableFacts, ...] = ()
    flows: tuple[FlowFacts, ...] = ()
    products: tuple[ProductFacts, ...] = ()
    recodes: tuple[RecodeFacts, ...] = ()
    """Those of the catalog."""
    grids: tuple[GridFacts, ...] = ()
    postcodes: tuple[PostcodeFacts, ...] = ()
