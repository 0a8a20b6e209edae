"""Small coverages made in code, and tiles read with a decoder that is not ours."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import numpy as np
import pyproj
import shapely
from hypothesis import strategies as st
from numpy.typing import NDArray

from tiles.archive import TileArchive
from tiles.featureid import feature_ids
from tiles.grid import TileCoord
from tiles.labels import label_points
from tiles.pyramid import Backdrop, Level, PyramidReport, write_pyramid

RD = pyproj.CRS.from_epsg(28992)
MIDDLE = (155_000.0, 463_000.0)
"""Amersfoort, where RD has its origin of projection."""

Geometry = NDArray[np.object_]


def level(name: str, geometry: Geometry, *, minzoom: int = 0, prefix: str = "R") -> Level:
    """Regions with codes R0000, R0001 and so on."""
    codes = [f"{prefix}{i:04d}" for i in range(len(geometry))]
    points = label_points(geometry)
    names = [f"Region {i}" for i in range(len(geometry))]
    return Level(name, geometry, feature_ids(codes), codes, names, points.x, points.y, points.radius, minzoom)


def pyramid(path: Path, *levels: Level, maxzoom: int = 10, backdrop: tuple[Backdrop, ...] = ()) -> PyramidReport:
    """Tiles of levels in RD."""
    return write_pyramid(path, levels, backdrop, RD, maxzoom, {"name": "test"})


def wiggly_coverage(seed: int, regions: int, size_m: float = 60_000.0) -> Geometry:
    """Regions with natural borders that share every vertex: unions of many small Voronoi cells."""
    rng = np.random.default_rng(seed)
    points = rng.uniform(-size_m / 2, size_m / 2, (regions * 25, 2)) + MIDDLE
    frame = shapely.box(MIDDLE[0] - size_m / 2, MIDDLE[1] - size_m / 2, MIDDLE[0] + size_m / 2, MIDDLE[1] + size_m / 2)
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points), extend_to=frame))
    middles = shapely.get_coordinates(shapely.centroid(cells))
    inside = (np.abs(middles - MIDDLE) < size_m / 2).all(axis=1)
    cells, middles = cells[inside], middles[inside]
    seeds = rng.choice(len(cells), regions, replace=False)
    nearest = np.argmin(((middles[:, None, :] - middles[seeds][None, :, :]) ** 2).sum(axis=2), axis=1)
    return np.array([shapely.coverage_union_all(cells[nearest == i]) for i in range(regions)], object)


coverages = st.builds(wiggly_coverage, st.integers(0, 10_000), st.integers(2, 25), st.sampled_from([600.0, 6e4, 2e5]))


def decoded(archive: TileArchive, coord: TileCoord) -> Mapping[str, Any]:
    """The layers of a tile as mapbox-vector-tile reads them, y down as in the tile."""
    body = archive.tile(coord)
    assert body is not None
    layers: Mapping[str, Any] = mapbox_vector_tile.decode(gzip.decompress(body), default_options={"y_coord_down": True})
    return layers


def decoded_shapes(layers: Mapping[str, Any], name: str) -> dict[int, Any]:
    """Shapely geometry of the features of a layer by id."""
    if name not in layers:
        return {}
    return {feature["id"]: shapely.geometry.shape(feature["geometry"]) for feature in layers[name]["features"]}
