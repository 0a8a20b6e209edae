"""A small atlas written through the store, with real tiles: two levels and two indicators."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from layers.atlas import AtlasFacts, EditionFacts, IndicatorFacts, LevelFacts, Series, Text, TilesetFacts
from layers.columns import SeriesRows, write_regions, write_values
from layers.prepare import Prepared
from layers.store import AtlasWriter
from layers.values import Published
from tests.layers.make import INDICATOR, REGIONS, TABLE, frame, prepared, write_table
from tests.layers.make import write_regions as write_source
from tiles.pyramid import Level, write_pyramid

WIJKEN = REGIONS.replace('"gemeente"', '"wijk"').replace("regions.gpkg", "wijken.gpkg")
WIJK_TABLE = (
    TABLE.replace('"gemeente"', '"wijk"').replace('"figures"', '"wijkfigures"').replace("figures.csv", "wijken.csv")
)
MAXZOOM = 8


def small() -> Prepared:
    """Three gemeenten with a wijk each, which has the same borders; sources are written in the current folder."""
    write_source()
    write_source(frame(["WK990101", "WK990201", "WK990301"]), "wijken.gpkg")
    write_table()
    write_table("code,woz\nWK990101,251\nWK990201,0\nWK990301,-99995\n", "wijken.csv")
    return prepared(REGIONS, WIJKEN, TABLE, WIJK_TABLE, INDICATOR)


def publish(folder: Path, source: Prepared, decimals: int = 0) -> AtlasFacts:
    """Write and publish an atlas; indicator ``woz`` and a category ``soort`` with the same reasons."""
    with AtlasWriter(folder) as writer:
        facts = write(writer, source, decimals)
        writer.publish(facts)
    return facts


def write(writer: AtlasWriter, source: Prepared, decimals: int = 0) -> AtlasFacts:
    """Write all artefacts of an atlas, and give the manifest that is to be published."""
    [edition] = source.editions
    levels = [
        Level(x.id, x.geometry, x.ids, x.codes, x.names, x.label_x, x.label_y, x.label_weight, x.minzoom)
        for x in edition.levels
    ]

    def write_tiles(path: Path, mlt: Path) -> None:
        write_pyramid(path, levels, [], edition.crs, MAXZOOM, {}, mlt=mlt)

    tiles, mlt = writer.artefacts("tiles", "gebieden-2022", [".pmtiles", ".mlt.pmtiles"], write_tiles)
    regions = writer.artefact("regions", "2022", ".parquet", lambda path: write_regions(path, edition))
    figures = [(key[1], series.published) for key, series in source.figures.items()]
    series = tuple(Series(level=level, year=2022, edition=2022, tileset="vastgoed-2022") for level, _ in figures)

    def values(name: str, columns: list[tuple[str, Published]]) -> IndicatorFacts:
        rows = [SeriesRows(level, 2022, edition.level(level).codes, column) for level, column in columns]
        artefact = writer.artefact("values", name, ".parquet", lambda path: write_values(path, rows))
        is_category = name == "soort"
        return IndicatorFacts(
            id=name,
            theme="vastgoed",
            title=Text(nl=name),
            unit=Text(nl="euro"),
            kind="category" if is_category else "mean",
            decimals=decimals,
            series=series,
            colors=("#ffffff",),
            breaks={},
            categories=("dorp", "stad") if is_category else (),
            values=artefact,
        )

    kinds = [(level, Published(np.where(column.has_number, 1.0, np.nan), column.reasons)) for level, column in figures]
    return AtlasFacts(
        id="klein",
        title=Text(nl="Klein"),
        attribution="verzonnen",
        maxzoom=MAXZOOM,
        editions=(
            EditionFacts(
                year=2022,
                levels=tuple(
                    LevelFacts(id=x.id, title=x.title, plural=x.plural, minzoom=x.minzoom, regions=len(x))
                    for x in edition.levels
                ),
                tiles=tiles,
                mlt=mlt,
                regions=regions,
                bounds=edition.bounds,
            ),
        ),
        themes=(),
        indicators=(values("woz-waarde", figures), values("soort", kinds)),
        tilesets=(
            TilesetFacts(id="gebieden-2022", edition=2022),
            TilesetFacts(
                id="vastgoed-2022", edition=2022, theme="vastgoed", year=2022, indicators=("woz-waarde", "soort")
            ),
        ),
    )
