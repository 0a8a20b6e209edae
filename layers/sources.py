"""Geographical files: opened, read and refused with a sentence, each in one place.

GeoPackage, GeoParquet, GeoJSON, TopoJSON, (zipped) Shapefile and whatever else GDAL reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pyproj
import shapely
from numpy.typing import NDArray
from pyproj.exceptions import CRSError, ProjError

from layers.headings import headings
from layers.problems import InputProblems, Problem, listed, refuse, suggestion

_PARQUET = (".parquet", ".geoparquet", ".pq")
_WGS84 = pyproj.CRS.from_epsg(4326)
_RD = pyproj.CRS.from_epsg(28992)
_RD_BOX = (-7_000.0, 289_000.0, 300_000.0, 629_000.0)
"""Where the Netherlands lies in EPSG:28992: west, south, east, north in metres."""


_WIJK_EN_BUURTKAART = {
    "bu_code": "buurtcode",
    "bu_naam": "buurtnaam",
    "wk_code": "wijkcode",
    "wk_naam": "wijknaam",
    "gm_code": "gemeentecode",
    "gm_naam": "gemeentenaam",
    "h2o": "water",
    "ind_wbi": "indelingswijziging_wijken_en_buurten",
}
"""What columns were called until 2022, and since."""


@dataclass(frozen=True, slots=True)
class Shapes:
    """The features of one layer of one file."""

    source: str
    """The file as the catalog names it."""

    layer: str | None
    columns: pd.DataFrame
    """Everything but the geometry, one row per feature."""

    geometry: NDArray[np.object_]
    """(features,) two-dimensional geometry of any type, None where there is none."""

    crs: pyproj.CRS
    """Believable: the coordinates lie where this CRS is used."""

    rows: NDArray[np.int64]
    """(features,) the number of each feature in the file, from 1."""

    def problem(self, message: str, row: int | None = None) -> Problem:
        """A problem with this layer."""
        return Problem(self.source, message, layer=self.layer, row=row)

    def take(self, chosen: NDArray[np.bool_]) -> Shapes:
        """Only the chosen features."""
        return Shapes(
            self.source,
            self.layer,
            self.columns[chosen].reset_index(drop=True),
            self.geometry[chosen],
            self.crs,
            self.rows[chosen],
        )

    def column(self, name: str) -> str:
        """The column of that name, in any case, or as the Wijk- en Buurtkaart once called it.

        Raises InputProblems when there is none.
        """
        columns = [str(column) for column in self.columns.columns]
        return the_column(name, headings(name, columns, _aliases(columns)), columns, self.problem)


def _aliases(columns: Iterable[str]) -> dict[str, list[str]]:
    """Names of columns of the Wijk- en Buurtkaart in other years, each with the column that is there."""
    by_folded = {str(column).casefold(): str(column) for column in columns}
    pairs = [*_WIJK_EN_BUURTKAART.items(), *((new, old) for old, new in _WIJK_EN_BUURTKAART.items())]
    return {name: [by_folded[other]] for name, other in pairs if other in by_folded}


def the_column(name: str, found: Sequence[str], columns: list[str], problem: Callable[[str], Problem]) -> str:
    """The only column that was found for a name.

    Raises InputProblems, with the problem made of a message, when there is none or more than one.
    """
    if len(found) == 1:
        return found[0]
    if found:
        message = f'column "{name}" could be any of {listed(found)}; write it exactly as in the file'
    else:
        message = f'there is no column "{name}"{suggestion(name, columns)}; the columns are {listed(columns, 20)}'
    raise InputProblems([problem(message)])


def read_shapes(path: Path, source: str, layer: str | None = None, crs: str | None = None) -> Shapes:
    """The features of a layer; the only layer of the file where none is named. ``crs`` replaces what the file says.

    Raises InputProblems when the file or layer cannot be used: not there, not readable, empty, without geometry or CRS,
    or with coordinates that cannot be in its CRS.
    """
    if not path.exists():
        refuse(source, f"this file does not exist{_neighbour(path)}")
    if path.suffix.lower() in _PARQUET:
        frame = _read_parquet(path, source)
        layer = None
    else:
        frame, layer = _read_ogr(path, source, layer)
    if len(frame) == 0:
        refuse(source, "there are no features in it", layer=layer)
    return as_shapes(frame, source, layer, crs, is_topojson=is_topojson(path))


def as_shapes(
    frame: gpd.GeoDataFrame, source: str, layer: str | None, crs: str | None = None, *, is_topojson: bool = False
) -> Shapes:
    """The features of a frame, in two dimensions. Raises InputProblems when the coordinates cannot be in the CRS."""
    geometry = np.asarray(shapely.force_2d(frame.geometry.to_numpy()), dtype=object)
    given = pyproj.CRS.from_user_input(crs) if crs else frame.crs
    believable = _believable(given, geometry, source, layer, is_topojson=is_topojson, by_catalog=crs is not None)
    columns = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    columns.columns = pd.Index([str(column) for column in columns.columns])
    return Shapes(source, layer, columns, geometry, believable, np.arange(1, len(frame) + 1))


def layers_of(path: Path, source: str) -> list[str]:
    """The layers of a file that have geometry. Raises InputProblems."""
    return [name for name, has_geometry in _tables_in(path, source)[1] if has_geometry]


def read_attributes(path: Path, source: str, layer: str | None = None) -> pd.DataFrame:
    """The columns of a layer or a table without geometry, one row per feature; the only one where none is named.

    Raises InputProblems when the file or the layer cannot be used.
    """
    address, tables = _tables_in(path, source)
    names = [name for name, _ in tables]
    if layer is not None and layer not in names:
        refuse(source, f'there is no layer "{layer}"{suggestion(layer, names)}; the layers are {listed(names, 20)}')
    if layer is None and len(names) > 1:
        refuse(source, f"this file has several layers; choose one with sheet = .. : {listed(names, 20)}")
    frame = _read_layer(address, source, layer or names[0], read_geometry=False)
    if len(frame) == 0:
        refuse(source, "there are no rows in it", layer=layer)
    return frame


def _neighbour(path: Path) -> str:
    if not path.parent.is_dir():
        return f"; the folder {path.parent} does not exist either"
    return suggestion(path.name, sorted(file.name for file in path.parent.iterdir()))


def _read_parquet(path: Path, source: str) -> gpd.GeoDataFrame:
    try:
        metadata = pq.read_schema(path).metadata or {}
        if b"geo" not in metadata:
            refuse(source, "this Parquet file has no geometry (no GeoParquet metadata); save it with geopandas or GDAL")
        return gpd.read_parquet(path)
    except (OSError, ValueError, KeyError) as error:
        refuse(source, f"this file cannot be read as GeoParquet ({_first_line(error)})", cause=error)


def _read_ogr(path: Path, source: str, layer: str | None) -> tuple[gpd.GeoDataFrame, str | None]:
    address, tables = _tables_in(path, source)
    layers = [name for name, has_geometry in tables if has_geometry]
    if not layers:
        refuse(source, f"there is no layer with geometry in it, only {listed(name for name, _ in tables)}")
    if layer is not None and layer not in layers:
        refuse(source, f'there is no layer "{layer}"{suggestion(layer, layers)}; the layers are {listed(layers, 20)}')
    if layer is None and len(layers) > 1:
        refuse(source, f"this file has several layers; choose one with layer = .. : {listed(layers, 20)}")
    chosen = layer or layers[0]
    frame = _read_layer(address, source, chosen, read_geometry=True)
    if not isinstance(frame, gpd.GeoDataFrame):
        refuse(source, "this layer has no geometry", layer=chosen)
    return frame, chosen if layer is not None or len(layers) > 1 else None


def _tables_in(path: Path, source: str) -> tuple[str, list[tuple[str, bool]]]:
    """What GDAL calls the file, and its layers, each with whether it has geometry. Raises InputProblems."""
    address = f"TopoJSON:{path}" if is_topojson(path) else str(path)
    try:
        listing = pyogrio.list_layers(address)
    except pyogrio.errors.DataSourceError as error:
        refuse(source, _unreadable(path), cause=error)
    if len(listing) == 0:
        refuse(source, "it has no layers")
    return address, [(str(name), kind is not None) for name, kind in listing]


def _read_layer(address: str, source: str, layer: str, *, read_geometry: bool) -> pd.DataFrame:
    try:
        frame: pd.DataFrame = pyogrio.read_dataframe(address, layer=layer, read_geometry=read_geometry)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.GeometryError) as error:
        refuse(
            source, f"it cannot be read to its end ({_first_line(error)}); is it complete?", layer=layer, cause=error
        )
    return frame


def _unreadable(path: Path) -> str:
    """What is wrong with a file that GDAL does not open."""
    kind = path.suffix.lower()
    if path.is_dir():
        return "this is a folder; name the file in it"
    if path.stat().st_size == 0:
        return "this file is empty"
    if kind == ".zip":
        try:
            with ZipFile(path) as archive:
                return "no map is in this zip file" if archive.namelist() else "this zip file is empty"
        except BadZipFile:
            return "this is no zip file, or a damaged one"
    if kind == ".gpkg":
        return "this is no GeoPackage, or a damaged one"
    return "this file cannot be read as a map; GeoPackage, GeoParquet, GeoJSON, TopoJSON and zipped Shapefile are understood"


def is_topojson(path: Path) -> bool:
    """GDAL recognises TopoJSON only by its first key, which writers need not put first."""
    if path.suffix.lower() == ".topojson":
        return True
    if path.suffix.lower() != ".json" or not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(1000)
        file.seek(max(0, path.stat().st_size - 1000))
        return b'"Topology"' in head + file.read()


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _believable(
    crs: pyproj.CRS | None,
    geometry: NDArray[np.object_],
    source: str,
    layer: str | None,
    *,
    is_topojson: bool,
    by_catalog: bool = False,
) -> pyproj.CRS:
    """The CRS of the coordinates, when they can be in it."""
    coordinates = shapely.get_coordinates(geometry)
    coordinates = coordinates[np.isfinite(coordinates).all(axis=1)]
    if crs is None and is_topojson:
        crs = _WGS84  # TopoJSON has no CRS of its own and follows GeoJSON, which is in degrees
    if len(coordinates) == 0:
        return crs or _WGS84  # nothing that could contradict it; the regions are refused for having no geometry
    west, south = coordinates.min(axis=0)
    east, north = coordinates.max(axis=0)
    box = float(west), float(south), float(east), float(north)
    guess = _guess(box)
    written = f"x runs from {west:.6g} to {east:.6g}, y from {south:.6g} to {north:.6g}"
    if crs is None:
        looks = f'they look like {guess}: add crs = "{guess}"' if guess else 'add crs = ".." with the right one'
        refuse(source, f"no coordinate reference system is given ({written}); {looks}", layer=layer)
    if not _can_hold(crs, box):
        looks = f", and these look like {guess}" if guess else ""
        remedy = (
            f'write crs = "{guess or ".."}" in the catalog'
            if guess
            else "write the right one as crs = .. in the catalog"
        )
        teller = "the catalog" if by_catalog else "the file"
        message = f"the coordinates cannot be in {crs_name(crs)} as {teller} says: {written}{looks}; {remedy}"
        refuse(source, message, layer=layer)
    return crs


def crs_name(crs: pyproj.CRS) -> str:
    """``EPSG:28992`` where it has such a code, else its name."""
    authority = crs.to_authority()
    return ":".join(authority) if authority else crs.name


def _guess(box: tuple[float, float, float, float]) -> str | None:
    west, south, east, north = box
    if west >= -180 and east <= 180 and south >= -90 and north <= 90:
        return "EPSG:4326"
    if west >= _RD_BOX[0] and south >= _RD_BOX[1] and east <= _RD_BOX[2] and north <= _RD_BOX[3]:
        return "EPSG:28992"
    return None


def _can_hold(crs: pyproj.CRS, box: tuple[float, float, float, float]) -> bool:
    """Whether coordinates can be in a CRS: in range, and touching the area where it is used."""
    west, south, east, north = box
    if crs.is_geographic:
        return west >= -360 and east <= 360 and south >= -90 and north <= 90
    area = crs.area_of_use
    if area is None:
        return True
    try:
        inverse = pyproj.Transformer.from_crs(crs, _WGS84, always_xy=True)
        lon_west, lat_south, lon_east, lat_north = inverse.transform_bounds(west, south, east, north)
    except (ProjError, CRSError):
        return False
    if not np.isfinite([lon_west, lat_south, lon_east, lat_north]).all():
        return False
    if area.west > area.east or lon_west > lon_east:
        return lat_north >= area.south and lat_south <= area.north  # it crosses the antimeridian
    overlaps_lon = lon_east >= area.west and lon_west <= area.east
    return bool(overlaps_lon and lat_north >= area.south and lat_south <= area.north)
