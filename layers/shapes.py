"""The geometry of the regions of an atlas, as its GeoParquet has it. It is read where it is needed: it is most of an atlas."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pyproj
import shapely
from numpy.typing import NDArray

from layers.errors import BadAtlas


@dataclass(frozen=True, slots=True)
class RegionShapes:
    """The shapes of the regions of one level."""

    geometry: NDArray[Any]
    """(regions,) polygons and multipolygons in the order of the regions; outer rings run counterclockwise (RFC 7946)."""

    crs: pyproj.CRS
    """x before y."""


def read_shapes(path: Path, level: str) -> RegionShapes:
    """The shapes of one level of an edition. Raises BadAtlas where the file is damaged."""
    try:
        with pq.ParquetFile(path) as file:
            table = file.read(["level", "geometry"])
    except (OSError, ValueError) as error:
        raise BadAtlas(f"{path} is damaged; build the atlas again") from error
    levels = table.column("level").to_pylist()  # one after the other
    first = levels.index(level) if level in levels else 0
    geometry = shapely.from_wkb(table.column("geometry").slice(first, levels.count(level)).to_pylist())
    return RegionShapes(np.asarray(shapely.orient_polygons(geometry)), crs_of(path))


def crs_of(path: Path) -> pyproj.CRS:
    """The CRS of the shapes in a file of regions. Raises BadAtlas where the file is damaged."""
    try:
        # GeoParquet: longitude and latitude where it names none.
        crs = json.loads(pq.read_schema(path).metadata[b"geo"])["columns"]["geometry"].get("crs")
        return pyproj.CRS.from_user_input("OGC:CRS84" if crs is None else crs)
    except (OSError, ValueError, KeyError) as error:
        raise BadAtlas(f"{path} is damaged; build the atlas again") from error
