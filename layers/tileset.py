"""Joined tiles: the geometry of an edition and the figures of a theme, spliced when a tile is asked for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

import numpy as np

from layers.atlas import Artefact, EditionFacts, IndicatorFacts, LevelFacts, TilesetFacts
from layers.columns import RegionTable
from layers.errors import NotInAtlas
from layers.store import Atlas
from layers.values import Published
from tiles.archive import TileArchive
from tiles.attributes import Attributes, TileColumn
from tiles.compression import Compression
from tiles.encoding import Encoding
from tiles.grid import GridName, TileCoord
from tiles.joined import joined
from tiles.mlt_columns import RESERVED
from tiles.mlt_splice import VERSION as MLT_VERSION
from tiles.splice import VERSION as MVT_VERSION

LABELS = "labels"
LABEL_FIELDS = {"level": "Niveau", "code": "Code", "name": "Naam", "rank": "Lager is belangrijker"}


class Borders:
    """What all tilesets on the borders of one year share: geometry, and attributes that are no figures."""

    def __init__(self, atlas: Atlas, year: int) -> None:
        """Open the tiles of an edition; raises NotInAtlas, or BadAtlas and BadArchive where files are damaged."""
        self.facts = atlas.edition(year)
        self.regions = atlas.regions(year)
        self.columns = {level.id: _plain_columns(self.regions, level, self.facts) for level in self.facts.levels}
        """By level: code, name, and the regions around."""

        self.artefacts = {Encoding.MVT: self.facts.tiles}
        if self.facts.mlt is not None:
            self.artefacts[Encoding.MLT] = self.facts.mlt
        self.archives = {encoding: TileArchive.open(atlas.path(found)) for encoding, found in self.artefacts.items()}
        self.dutch = None if self.facts.rd is None else TileArchive.open(atlas.path(self.facts.rd))
        """Tiles in the Dutch grid, as MVT."""

    def archive(self, grid: GridName, encoding: Encoding = Encoding.MVT) -> TileArchive | None:
        """The geometry tiles in a grid, None where there are none; in the Dutch one there is MVT only."""
        return self.dutch if grid is GridName.RD_NEW else self.archives[encoding]


class Tileset:
    """The tiles of one tileset of an atlas, with attributes. Safe to share between threads."""

    def __init__(self, atlas: Atlas, tileset: str | TilesetFacts, borders: Borders | None = None) -> None:
        """Open a tileset by its id, or one with other indicators than it has by itself.

        ``borders`` are those of its edition, where they are open already. Raises NotInAtlas, or BadAtlas and BadArchive
        where files are damaged.
        """
        self.facts: TilesetFacts = atlas.tileset(tileset) if isinstance(tileset, str) else tileset
        self._borders = borders or Borders(atlas, self.facts.edition)
        edition, regions = self._borders.facts, self._borders.regions
        indicators = [atlas.indicator(indicator_id) for indicator_id in self.facts.indicators]
        figures = {level.id: _figure_columns(atlas, self.facts, level.id, indicators) for level in edition.levels}
        columns = {level: plain | figures[level] for level, plain in self._borders.columns.items()}
        symbols = _label_columns(figures, regions, indicators)
        self._attributes = {
            level: Attributes.of(regions.of_level(level).id, of_level) for level, of_level in columns.items()
        } | ({LABELS: Attributes.of(regions.id, symbols)} if symbols else {})
        described = _descriptions(edition, indicators)
        self.fields: dict[str, dict[str, str]] = {
            level: {name: described[name] for name in of_level} for level, of_level in columns.items()
        } | _own_layers(edition, {name: described[name] for name in symbols})
        """By tile layer: what each attribute is, for TileJSON."""

        is_reserved = any(RESERVED & fields.keys() for fields in self.fields.values())
        self.versions: Mapping[Encoding, str] = {
            encoding: _version(self.facts, edition, found, encoding, indicators)
            for encoding, found in self._borders.artefacts.items()
            if encoding is Encoding.MVT or not is_reserved
        }
        """By encoding there is, MVT in any case: twelve hexadecimal digits that change when any tile may."""

        self.grids: tuple[GridName, ...] = tuple(
            grid for grid in GridName if grid is GridName.WEB_MERCATOR or self._borders.dutch is not None
        )
        """The grids there are tiles in."""

        archive = self.archives[Encoding.MVT]
        self.minzoom: int = archive.minzoom
        self.maxzoom: int = archive.maxzoom
        self.bounds: tuple[float, float, float, float] = archive.bounds
        """west, south, east, north in degrees."""

    @property
    def archives(self) -> Mapping[Encoding, TileArchive]:
        """Geometry tiles by encoding."""
        return self._borders.archives

    @property
    def attributes(self) -> Mapping[str, Attributes]:
        """By layer, what is put into its tiles; ``tiles.joined.write_joined`` makes the same tiles for a static site."""
        return self._attributes

    def archive(self, grid: GridName, encoding: Encoding = Encoding.MVT) -> TileArchive:
        """The geometry tiles in one of the ``grids``; in the Dutch one there is MVT only."""
        found = self._borders.archive(grid, encoding)
        if found is None:
            raise NotInAtlas(f"{self.facts.id} has no tiles in {grid}")
        return found

    def tile(
        self, coord: TileCoord, encoding: Encoding = Encoding.MVT, grid: GridName = GridName.WEB_MERCATOR
    ) -> bytes | None:
        """A tile, gzipped quickly, in one of the encodings of ``versions``; None where there is nothing.

        The same atlas gives the same bytes, and unpacked those of ``tiles.joined.write_joined``.
        """
        geometry = self.archive(grid, encoding).unpacked(coord)
        if geometry is None:
            return None
        return Compression.GZIP.packed_quickly(joined(geometry, self._attributes, encoding))


def _plain_columns(table: RegionTable, level: LevelFacts, edition: EditionFacts) -> dict[str, TileColumn]:
    """Code, name and the regions around of the regions of a level."""
    regions = table.of_level(level.id)
    columns = {"code": _texts(regions.code), "name": _texts(regions.name)}
    around = _around(table, regions, level, edition)
    return columns | {coarser: _texts(codes) for coarser, codes in around.items()}


def _figure_columns(
    atlas: Atlas, tileset: TilesetFacts, level: str, indicators: list[IndicatorFacts]
) -> dict[str, TileColumn]:
    """Figures or reasons of the regions of a level, of those indicators that have any there."""
    columns = {}
    for indicator in indicators:
        if (level, tileset.year, tileset.edition) in {(s.level, s.year, s.edition) for s in indicator.series}:
            published = atlas.published(indicator.id, level, tileset.year or 0)
            columns[indicator.field] = _figures(published, indicator)
            columns[f"{indicator.field}_status"] = _texts(published.statuses())
    return columns


def _label_columns(
    figures: Mapping[str, Mapping[str, TileColumn]], regions: RegionTable, indicators: list[IndicatorFacts]
) -> dict[str, TileColumn]:
    """What is drawn as symbols, for the regions of all levels; nothing where a level has no such figures."""
    names = [name for i in indicators if i.drawn == "symbols" for name in (i.field, f"{i.field}_status")]
    columns = {}
    for name in (name for name in names if name not in LABEL_FIELDS):
        of_levels = [columns_of_level[name] for columns_of_level in figures.values() if name in columns_of_level]
        if not of_levels:
            continue
        kind = of_levels[0].values.dtype
        values, present = np.zeros(len(regions), kind), np.zeros(len(regions), bool)
        for level, columns_of_level in figures.items():
            if name in columns_of_level:
                rows = regions.rows_of_level(level)
                values[rows], present[rows] = columns_of_level[name].values, columns_of_level[name].present
        columns[name] = TileColumn(values, present)
    return columns


def _around(
    table: RegionTable, regions: RegionTable, level: LevelFacts, edition: EditionFacts
) -> dict[str, list[str | None]]:
    """By coarser level, from the next one outwards: the code of the region in which each region lies."""
    ids = [facts.id for facts in edition.levels]
    parent_by_code = table.parent_by_code
    around: dict[str, list[str | None]] = {}
    codes: list[str | None] = list(regions.code)
    for coarser in reversed(ids[: ids.index(level.id)]):
        codes = [parent_by_code.get(code) if code is not None else None for code in codes]
        around[coarser] = codes
    return dict(reversed(around.items()))


def _figures(published: Published, indicator: IndicatorFacts) -> TileColumn:
    present = published.has_number
    numbers = np.where(present, published.numbers, 0.0)
    if indicator.kind == "category":
        names = np.array([*indicator.categories, ""], dtype=object)
        return TileColumn(names[np.where(present, numbers, -1).astype(np.int64)], present)
    return TileColumn(numbers.astype(np.int64) if indicator.decimals == 0 else numbers, present)


def _texts(texts: Sequence[str | None]) -> TileColumn:
    present = np.array([text is not None for text in texts], dtype=bool)
    return TileColumn(np.array([text or "" for text in texts], dtype=object), present)


def _descriptions(edition: EditionFacts, indicators: list[IndicatorFacts]) -> dict[str, str]:
    """What each attribute is."""
    told = {"code": "Code", "name": "Naam"}
    told |= {level.id: f"Code ({level.title.nl})" for level in edition.levels}
    for indicator in indicators:
        unit = f" ({indicator.unit.nl})" if indicator.unit.nl else ""
        told[indicator.field] = f"{indicator.title.nl}{unit}"
        told[f"{indicator.field}_status"] = f"{indicator.title.nl}: waarom er geen cijfer is"
    return told


def _own_layers(edition: EditionFacts, of_labels: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Layers that are no level."""
    return {
        "grenzen": {
            "level": "Grofste niveau dat de grens scheidt",
            "rank": "0 voor het grofste niveau, oplopend",
            "outer": "Buitengrens",
        },
        LABELS: {**LABEL_FIELDS, **of_labels},
    } | {backdrop.id: {} for backdrop in edition.backdrop}


def _version(
    tileset: TilesetFacts,
    edition: EditionFacts,
    geometry: Artefact,
    encoding: Encoding,
    indicators: list[IndicatorFacts],
) -> str:
    """From everything that a tile is made of."""
    parts = [
        {Encoding.MVT: MVT_VERSION, Encoding.MLT: MLT_VERSION}[encoding],
        (tileset.year, tileset.edition),
        [level.id for level in edition.levels],
        geometry.version,
        edition.regions.version,
        [
            (
                i.id,
                i.decimals,
                i.kind,
                i.drawn,
                i.categories,
                i.values.version,
                [s.model_dump(mode="json") for s in i.series],
            )
            for i in indicators
        ],
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:12]
