"""Figures to take along: as an Excel workbook, and as a GeoPackage with the borders they belong to."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Final, cast

import geopandas as gpd
import pyogrio
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from layers.atlas import AtlasFacts, IndicatorFacts, Series
from server.documents import ValueColumns
from server.snapshot import Snapshot
from styles.words import reason_text

FIXED_DATE: Final = "2000-01-01T00:00:00.000Z"
"""When every GeoPackage says it was changed, so that the same figures give the same bytes."""


def workbook(facts: AtlasFacts, indicator: IndicatorFacts, columns: ValueColumns) -> bytes:
    """A sheet of figures, an empty one with its reason in words beside it, and a sheet on how to read them."""
    book = Workbook(write_only=True)
    figures, about = (cast("WriteOnlyWorksheet", book.create_sheet(title)) for title in ("cijfers", "toelichting"))
    figures.freeze_panes = "A2"
    figures.column_dimensions["B"].width = 32
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = 18, 110
    _append(figures, "code", "naam", "niveau", "jaar", indicator.unit.nl or "cijfer", "reden")
    for code, name, level, year, value, status in zip(
        columns.code, columns.name, columns.level, columns.year, columns.value, columns.status, strict=True
    ):
        shown = indicator.categories[int(value)] if indicator.categories and value is not None else value
        _append(figures, code, name, level, year, shown, reason_text(status, "nl") if status else None)
    for term, text in _explained(facts, indicator):
        _append(about, term, text)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _append(sheet: WriteOnlyWorksheet, *values: str | float | None) -> None:
    cells = [WriteOnlyCell(sheet, value) for value in values]
    for cell, value in zip(cells, values, strict=True):
        if isinstance(value, str):
            cell.data_type = "s"  # a name that begins with = is a name
    sheet.append(cells)


def _explained(facts: AtlasFacts, indicator: IndicatorFacts) -> list[tuple[str, str]]:
    """What one must know to read the figures, term by term."""
    texts = {
        "Onderwerp": indicator.title,
        "Eenheid": indicator.unit,
        "Uitleg": indicator.explanation,
        "Wat er is geteld": indicator.definition,
        "Ten opzichte van": indicator.base,
        "Peiljaar": indicator.reference_date,
        "Let op": indicator.caveat,
        "Bron": indicator.source,
        "Melding": facts.notice,
    }
    terms = [(term, text.nl) for term, text in texts.items() if text is not None and text.nl]
    return [*terms, ("Kaart", facts.title.nl), ("Herkomst", facts.attribution)]


def geopackage(snapshot: Snapshot, indicator: IndicatorFacts, series: Series, columns: ValueColumns) -> bytes:
    """The regions of one level and year with their figures, in the coordinates of their source."""
    edition = snapshot.edition_by_year[series.edition]
    regions = gpd.read_parquet(
        snapshot.atlas.path(edition.regions), columns=["level", "code", "name", "parent", "geometry"]
    )
    frame = regions[regions["level"] == series.level].reset_index(drop=True)
    value = [
        indicator.categories[int(one)] if indicator.categories and one is not None else one for one in columns.value
    ]
    figures = {
        "year": series.year,
        indicator.field: value,
        f"{indicator.field}_status": [status and status.value for status in columns.status],
        "notice": snapshot.facts.notice.nl if snapshot.facts.notice else None,
        "source": (indicator.source.nl if indicator.source else snapshot.facts.attribution),
    }
    frame = frame.assign(**figures)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": FIXED_DATE})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "figures.gpkg"
        layer = f"{indicator.field}_{series.level}_{series.year}"
        pyogrio.write_dataframe(
            frame, path, layer=layer, driver="GPKG", geometry_type="MultiPolygon", promote_to_multi=True
        )
        return path.read_bytes()
