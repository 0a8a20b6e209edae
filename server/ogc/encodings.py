"""A page of features as GeoJSON, CSV, GeoPackage or FlatGeobuf."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from json.encoder import encode_basestring
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely

from server.csv_cells import safe
from server.ogc.crs import CRS84, projected
from server.ogc.query import Query
from server.ogc.selection import Page
from server.ogc.table import FeatureTable, has_no_value


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write features."""

    name: str
    """What ``f`` says."""

    media_type: str
    driver: str | None = None
    """That of GDAL, for files."""

    @property
    def is_file(self) -> bool:
        """Files hold everything that matches where nobody gave a limit."""
        return self.name in ("csv", "gpkg", "fgb")


FORMATS: Final = {
    found.name: found
    for found in (
        Format("json", "application/geo+json"),
        Format("html", "text/html; charset=utf-8"),
        Format("csv", "text/csv; charset=utf-8; header=present"),
        Format("gpkg", "application/geopackage+sqlite3", "GPKG"),
        Format("fgb", "application/vnd.flatgeobuf", "FlatGeobuf"),
    )
}


def as_geojson(table: FeatureTable, page: Page, query: Query, head: Mapping[str, Any]) -> bytes:
    """A FeatureCollection (RFC 7946) with ``head`` in front of its features.

    Coordinates are in the CRS that was asked for; its axes are those of the CRS.
    """
    names = ["code", *(name for name in query.properties if name != "code")]
    columns = [[_cell(value) for value in _plain(table, name, page)] for name in names]
    properties = ",".join(_json(name).replace("%", "%%") + ":%s" for name in names)
    feature = f'{{"type":"Feature","id":%s,"geometry":%s,"properties":{{{properties}}}}}'
    cells = zip(columns[0], _shapes_as_json(table, page, query), *columns, strict=True)
    features = ",".join(map(feature.__mod__, cells))
    opening = _json({"type": "FeatureCollection", **head})[:-1]
    return f'{opening},"features":[{features}]}}'.encode()


def feature_as_geojson(table: FeatureTable, page: Page, query: Query, head: Mapping[str, Any]) -> bytes:
    """The one feature of a page, with ``head`` behind it."""
    [row], [shape] = list(rows_of(table, page, query.properties)), _shapes_as_json(table, page, query)
    closing = _json(head)[1:]
    return (
        f'{{"type":"Feature","id":{_json(row["code"])},"geometry":{shape},"properties":{_json(row)},{closing}'.encode()
    )


def _shapes_as_json(table: FeatureTable, page: Page, query: Query) -> list[str]:
    if not query.has_geometry:
        return ["null"] * len(page.rows)
    return table.shapes_as_json(page.rows, query.crs)


def rows_of(table: FeatureTable, page: Page, names: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """The properties of each feature: always its code; those without a value are null.

    QGIS learns which properties there are from the first features, so none may be left out.
    """
    wanted = ["code", *(name for name in names if name != "code")]
    columns = [_plain(table, name, page) for name in wanted]
    for cells in zip(*columns, strict=True):
        yield dict(zip(wanted, cells, strict=True))


def _plain(table: FeatureTable, name: str, page: Page) -> list[str | float | int | None]:
    """A column as plain values; None where there is none."""
    column = table.column(name)[page.rows]
    if column.dtype == object:
        return list(column)
    whole = table.properties[name].kind == "integer"
    return [None if value != value else int(value) if whole else value for value in column.tolist()]


def as_csv(table: FeatureTable, page: Page, query: Query, notice: str | None) -> bytes:
    """A row per feature (RFC 4180, UTF-8) without shapes; a notice stands in every row."""
    text = io.StringIO()
    names = ["code", *(name for name in query.properties if name != "code")]
    writer = csv.writer(text)
    extra = [] if notice is None else [notice]
    writer.writerow([*names, *(["notice"] if extra else [])])
    columns = [_plain(table, name, page) for name in names]
    for cells in zip(*columns, strict=True):
        writer.writerow([*map(safe, cells), *extra])
    return text.getvalue().encode()


def as_file(table: FeatureTable, page: Page, query: Query, form: Format, about: Mapping[str, str]) -> bytes:
    """A file that GDAL writes: columns have the names of the properties, and their titles as alternative names.

    ``about`` goes into the metadata of the file. Coordinates are longitude and latitude or x and y, as such files have them.
    """
    names = ["code", *(name for name in query.properties if name != "code")]
    shapes = table.shapes
    crs = query.crs
    plain = projected(shapes.geometry[page.rows], shapes.crs, crs)
    if crs.is_latitude_first:
        plain = shapely.transform(plain, lambda xy: xy[:, ::-1])
    plain = np.array([shapely.MultiPolygon(shapely.get_parts(one)) for one in plain], dtype=object)
    columns, masks = zip(*(_column_and_mask(table, name, page) for name in names), strict=True)
    with tempfile.TemporaryDirectory(prefix="zichtkaart-") as folder:
        path = Path(folder) / f"{table.collection.id}.{form.name}"
        import pyogrio.raw  # here, as it brings pandas along, which would double the memory of every server

        pyogrio.raw.write(
            path,
            shapely.to_wkb(plain),
            list(columns),
            names,
            field_mask=list(masks),
            layer=table.collection.id,
            driver=form.driver,
            **(
                {"VERSION": "1.2"} if form.name == "gpkg" else {}
            ),  # GDAL and QGIS of 2022 read no newer one without a warning
            geometry_type="MultiPolygon",
            crs="EPSG:4326" if crs is CRS84 else crs.definition,
            dataset_metadata=dict(about) if form.name == "gpkg" else None,
            layer_metadata=dict(about) if form.name == "gpkg" else None,
        )
        return path.read_bytes()


def _column_and_mask(table: FeatureTable, name: str, page: Page) -> tuple[Any, Any]:
    """A column for GDAL, and where it has no value."""
    column = table.column(name)[page.rows]
    if column.dtype == object:
        mask = has_no_value(column)
        return np.where(mask, "", column).astype(object), mask
    mask = has_no_value(column)
    filled = np.where(mask, 0, column)
    return (filled.astype(np.int64) if table.properties[name].kind == "integer" else filled), mask


def _cell(value: str | float | None) -> str:
    """As ``_json`` writes it, several times quicker."""
    if value is None:
        return "null"
    return encode_basestring(value) if isinstance(value, str) else repr(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
