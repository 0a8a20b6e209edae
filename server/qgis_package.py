"""A theme in a year as a GeoPackage with its styles inside: QGIS shows classes and reasons as soon as a layer is opened.

A layer for each level, with the figures of the first indicator of each topic and their reasons. The table ``layer_styles`` is
that of QGIS: the style of the first indicator is used at once, the others are chosen in *Properties > Style > Load Style*.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import geopandas as gpd
import pyogrio

from layers.atlas import EditionFacts, IndicatorFacts, Lang, LevelFacts
from server.downloads import FIXED_DATE
from server.snapshot import Snapshot
from styles.layer_file import shown_indicators, style_document

GEOMETRY: Final = "geom"
_STYLES: Final = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
  f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(256), styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME
)
"""
_CONTENTS: Final = "INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change) VALUES (?, ?, ?, ?)"
_STYLE: Final = """
INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML, styleSLD,
  useAsDefault, description, owner, update_time) VALUES ('', '', ?, ?, ?, ?, '', ?, ?, '', ?)
"""


@dataclass(frozen=True, slots=True)
class PackageLayer:
    """A layer: a level of an edition, with indicators that have figures there."""

    edition: EditionFacts
    level: LevelFacts
    indicators: tuple[IndicatorFacts, ...]

    @property
    def name(self) -> str:
        """What the table is called."""
        return f"{self.level.id}_{self.edition.year}"


def layers_of(snapshot: Snapshot, theme_id: str, year: int) -> list[PackageLayer]:
    """The layers of a theme in a year, from coarse to fine."""
    found = []
    shown = list(shown_indicators(snapshot.facts, theme_id, year))
    for edition in snapshot.facts.editions:
        for level in edition.levels:
            place = (level.id, year, edition.year)
            here = [one for one in shown if any((s.level, s.year, s.edition) == place for s in one.series)]
            if here:
                found.append(PackageLayer(edition, level, tuple(here)))
    return found


def package(snapshot: Snapshot, theme_id: str, year: int, lang: Lang) -> bytes:
    """The GeoPackage, in the coordinates of the borders' source."""
    layers = layers_of(snapshot, theme_id, year)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": FIXED_DATE})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "theme.gpkg"
        for number, layer in enumerate(layers):
            pyogrio.write_dataframe(
                _frame(snapshot, layer, year),
                path,
                layer=layer.name,
                driver="GPKG",
                geometry_type="MultiPolygon",
                promote_to_multi=True,
                append=number > 0,
                dataset_options={"VERSION": "1.2"},  # QGIS 3.22 warns of later ones
                layer_options={"GEOMETRY_NAME": GEOMETRY},
            )
        _write_styles(path, layers, lang)
        return path.read_bytes()


def _frame(snapshot: Snapshot, layer: PackageLayer, year: int) -> gpd.GeoDataFrame:
    """The regions of a layer with all figures; a reason stands beside each figure that is not there."""
    path = snapshot.atlas.path(layer.edition.regions)
    columns = ["level", "code", "name", "parent", "geometry"]
    frame = gpd.read_parquet(path, columns=columns, filters=[("level", "==", layer.level.id)]).reset_index(drop=True)
    figures: dict[str, object] = {"year": year}
    for indicator in layer.indicators:
        published = snapshot.atlas.published(indicator.id, layer.level.id, year)
        values: Sequence[object] = published.values()
        if indicator.categories:
            values = [None if one is None else indicator.categories[int(one)] for one in published.values()]
        figures |= {indicator.field: values, f"{indicator.field}_status": published.statuses()}
    notice = snapshot.facts.notice
    return frame.assign(**figures, notice=notice.nl if notice else None, source=snapshot.facts.attribution)


def _write_styles(path: Path, layers: Sequence[PackageLayer], lang: Lang) -> None:
    with sqlite3.connect(path) as database:
        database.execute(_STYLES)
        database.execute(_CONTENTS, ("layer_styles", "attributes", "layer_styles", FIXED_DATE))
        for layer in layers:
            filled = [indicator for indicator in layer.indicators if indicator.drawn == "fill"]
            for number, indicator in enumerate(filled):
                title = indicator.title.in_(lang)
                document = style_document(indicator, layer.level.id, lang)
                row = (layer.name, GEOMETRY, title, document, number == 0, title, FIXED_DATE)
                database.execute(_STYLE, row)
    database.close()
