"""Joined tiles: the geometry of an edition and the figures of a theme, spliced when a tile is asked for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

import numpy as np

from layers.atlas import Artefact, EditionFacts, IndicatorFacts, LevelFacts, TilesetFacts
from layers.columns import RegionTable
from layers.store import Atlas
from layers.values import Published
from tiles.archive import TileArchive
from tiles.attributes import Attributes, TileColumn
from tiles.compression import Compression
from tiles.encoding import Encoding
from tiles.grid import TileCoord
from tiles.joined import joined
from tiles.mlt_columns import RESERVED
from tiles.mlt_splice import VERSION as MLT_VERSION
from tiles.splice import VERSION as MVT_VERSION


class Tileset:
    """The tiles of one tileset of an atlas, with attributes. Safe to share between threads."""

    def __init__(self, atlas: Atlas, tileset_id: str) -> None:
        """Open a tileset; raises NotInAtlas, or BadAtlas and BadArchive where files are damaged."""
        self.facts: TilesetFacts = atlas.tileset(tileset_id)
        edition = atlas.edition(self.facts.edition)
        indicators = [atlas.indicator(indicator_id) for indicator_id in self.facts.indicators]
        columns = {level.id: _columns(atlas, self.facts, level, edition, indicators) for level in edition.levels}
        regions = atlas.regions(edition.year)
        self._attributes = {
            level: Attributes.of(regions.of_level(level).id, of_level) for level, of_level in columns.items()
        }
        self.fields: dict[str, dict[str, str]] = {
            level: _descriptions(of_level, edition, indicators) for level, of_level in columns.items()
        } | _own_layers(edition)
        """By tile layer: what each attribute is, for TileJSON."""

        artefacts = {Encoding.MVT: edition.tiles}
        if edition.mlt is not None and not any(RESERVED & fields.keys() for fields in self.fields.values()):
            artefacts[Encoding.MLT] = edition.mlt
        self._archives = {encoding: TileArchive.open(atlas.path(found)) for encoding, found in artefacts.items()}
        self.versions: Mapping[Encoding, str] = {
            encoding: _version(self.facts, edition, found, encoding, indicators)
            for encoding, found in artefacts.items()
        }
        """By encoding there is, MVT in any case: twelve hexadecimal digits that change when any tile may."""

        archive = self._archives[Encoding.MVT]
        self.minzoom: int = archive.minzoom
        self.maxzoom: int = archive.maxzoom
        self.bounds: tuple[float, float, float, float] = archive.bounds
        """west, south, east, north in degrees."""

    def tile(self, coord: TileCoord, encoding: Encoding = Encoding.MVT) -> bytes | None:
        """A tile, gzipped, in one of the encodings of ``versions``; None where there is nothing.

        The same atlas gives the same bytes.
        """
        geometry = self._archives[encoding].unpacked(coord)
        if geometry is None:
            return None
        return Compression.GZIP.packed(joined(geometry, self._attributes, encoding))


def _columns(
    atlas: Atlas,
    tileset: TilesetFacts,
    level: LevelFacts,
    edition: EditionFacts,
    indicators: list[IndicatorFacts],
) -> dict[str, TileColumn]:
    """The attributes of the regions of a level: code, name, the regions around, then figures or reasons."""
    table = atlas.regions(edition.year)
    regions = table.of_level(level.id)
    columns = {"code": _texts(regions.code), "name": _texts(regions.name)}
    columns |= {coarser: _texts(codes) for coarser, codes in _around(table, regions, level, edition).items()}
    for indicator in indicators:
        if (level.id, tileset.year, edition.year) in {(s.level, s.year, s.edition) for s in indicator.series}:
            published = atlas.published(indicator.id, level.id, tileset.year or 0)
            columns[indicator.field] = _figures(published, indicator)
            columns[f"{indicator.field}_status"] = _texts(published.statuses())
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


def _texts(texts: tuple[str | None, ...] | list[str | None] | tuple[str, ...]) -> TileColumn:
    present = np.array([text is not None for text in texts], dtype=bool)
    return TileColumn(np.array([text or "" for text in texts], dtype=object), present)


def _descriptions(
    columns: Mapping[str, TileColumn], edition: EditionFacts, indicators: list[IndicatorFacts]
) -> dict[str, str]:
    told = {"code": "Code", "name": "Naam"}
    told |= {level.id: f"Code ({level.title.nl})" for level in edition.levels}
    for indicator in indicators:
        unit = f" ({indicator.unit.nl})" if indicator.unit.nl else ""
        told[indicator.field] = f"{indicator.title.nl}{unit}"
        told[f"{indicator.field}_status"] = f"{indicator.title.nl}: waarom er geen cijfer is"
    return {name: told[name] for name in columns}


def _own_layers(edition: EditionFacts) -> dict[str, dict[str, str]]:
    """Layers without figures."""
    return {
        "grenzen": {
            "level": "Grofste niveau dat de grens scheidt",
            "rank": "0 voor het grofste niveau, oplopend",
            "outer": "Buitengrens",
        },
        "labels": {"level": "Niveau", "code": "Code", "name": "Naam", "rank": "Lager is belangrijker"},
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
        tileset.model_dump(mode="json"),
        [level.id for level in edition.levels],
        geometry.version,
        edition.regions.version,
        [
            (i.id, i.decimals, i.kind, i.categories, i.values.version, [s.model_dump(mode="json") for s in i.series])
            for i in indicators
        ],
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:12]
