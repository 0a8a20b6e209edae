"""The areas of a tile of any maker, as GDAL reads them.

GDAL's reader is used because it is not the twin of our encoder, and because without clipping it hides nothing: rings
that cross themselves, lie outside their shell or have no area come out as they stand in the tile. (mapbox-vector-tile drops
polygons without area.) The one thing it mends is a hole wound like its shell, so the winding of rings is checked here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from tiles.errors import BadTile
from tiles.varint import read_varint

DEFAULT_EXTENT = 4096
POLYGON = 3
"""The number of the geometry type in a tile (MVT 2.1, section 4.3.4)."""

Key = int | str


@dataclass(frozen=True, slots=True)
class DecodedAreas:
    """The polygons of one layer of one tile."""

    layer: str
    extent: int
    """Units along a side of the tile."""

    keys: tuple[Key | None, ...]
    """Which region each feature is: its id, or the property that was asked for; None where it has none."""

    shapes: NDArray[np.object_]
    """(features,) in tile units with y down, as they stand in the tile: possibly invalid."""

    faulty: NDArray[np.bool_]
    """(features,) True where a polygon is not valid, or a shell or hole is wound the wrong way."""


def decoded_areas(tile: bytes, key: str | None = None) -> Iterator[DecodedAreas]:
    """Each layer of an uncompressed tile that has polygons. ``key`` names the property that tells regions apart."""
    for head in _heads(tile):
        if head.has_polygons:
            yield _areas(tile, head, key)


def _areas(tile: bytes, head: _Head, key: str | None) -> DecodedAreas:
    import pyogrio.errors  # here, as it brings pandas along, which who serves tiles need not load
    import pyogrio.raw

    column = "mvt_id" if key is None else key
    try:
        meta, _, geometry, values = pyogrio.raw.read(tile, layer=head.name, columns=[column], CLIP="NO")
    except pyogrio.errors.DataSourceError as error:
        raise BadTile(f"GDAL cannot read layer {head.name} of the tile: {error}") from error
    # Rings of one or two points, which some tools leave behind, are no rings to GEOS or to GDAL: they are padded or empty.
    shapes, readable = shapely.from_wkb(geometry, on_invalid="fix"), shapely.from_wkb(geometry, on_invalid="ignore")
    shapes[shapely.is_missing(shapes)] = shapely.Polygon()
    keys = _keys(values[0]) if column in meta["fields"] else np.full(len(shapes), None)
    areas = np.isin(shapely.get_type_id(shapes), (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON))
    shapes, keys, readable = shapes[areas], keys[areas], readable[areas]
    # GDAL has y up from the south edge of the tile.
    faulty = shapely.is_missing(readable) | ~shapely.is_valid(shapes) | _miswound(shapes)
    down = shapely.transform(shapes, lambda xy: np.column_stack([xy[:, 0], head.extent - xy[:, 1]]))
    return DecodedAreas(head.name, head.extent, tuple(keys.tolist()), down, faulty)


def _keys(values: NDArray[np.object_]) -> NDArray[np.object_]:
    """Python numbers and texts; GDAL gives ids as reals where a feature has none."""
    keys = np.full(len(values), None)
    for row, value in enumerate(values.tolist()):
        match value:
            case float():
                keys[row] = None if math.isnan(value) else int(value)
            case _:
                keys[row] = value
    return keys


def _miswound(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    """(features,) where a shell runs counterclockwise, or a hole clockwise, seen with y up (section 4.3.4.4)."""
    parts, feature = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    is_shell = np.ones(len(rings), bool)
    is_shell[1:] = part[1:] != part[:-1]
    wrong = shapely.is_ccw(rings) == is_shell
    out = np.zeros(len(shapes), bool)
    out[feature[part[wrong]]] = True
    return out


# ---- what GDAL does not tell: the extent of a layer, and whether it has polygons


@dataclass(frozen=True, slots=True)
class _Head:
    name: str
    extent: int
    has_polygons: bool


def _heads(tile: bytes) -> Iterator[_Head]:
    for number, begin, end in _fields(tile, 0, len(tile)):
        if number != 3:
            continue
        name, extent, polygons = "", DEFAULT_EXTENT, False
        for inner, low, high in _fields(tile, begin, end):
            if inner == 1:
                name = tile[low:high].decode()
            elif inner == 5:
                extent = read_varint(tile, low)[0]
            elif inner == 2 and not polygons:
                polygons = _is_polygon(tile, low, high)
        yield _Head(name, extent, polygons)


def _is_polygon(tile: bytes, begin: int, end: int) -> bool:
    return any(number == 3 and tile[low] == POLYGON for number, low, _ in _fields(tile, begin, end))


def _fields(data: bytes, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Number of each field of a message, and where its content begins and ends."""
    at = begin
    while at < end:
        key, at = read_varint(data, at)
        match key & 7:
            case 0:
                stop = read_varint(data, at)[1]
            case 1:
                stop = at + 8
            case 2:
                size, at = read_varint(data, at)
                stop = at + size
            case 5:
                stop = at + 4
            case wire:
                raise BadTile(f"the tile is damaged: wire type {wire}")
        if stop > end:
            raise BadTile("the tile is damaged: a field is longer than what holds it")
        yield key >> 3, at, stop
        at = stop
