"""The borders of a level as shapes of a drawing, simplified together so that neighbours keep touching."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import shapely

from layers.store import Atlas
from styles.flow_map import Outline

WIDTH: Final = 640.0
MOST_HEIGHT: Final = 760.0
_DETAIL: Final = 0.8
"""Of a unit of the drawing: smaller bends are left out."""


def outlines(atlas: Atlas, year: int, level: str) -> tuple[tuple[float, float], dict[str, Outline]]:
    """Width and height of the drawing, and each region by code, north up."""
    return _outlines(atlas.path(atlas.edition(year).regions), level)


@lru_cache(maxsize=8)
def _outlines(path: Path, level: str) -> tuple[tuple[float, float], dict[str, Outline]]:
    """By path, which has the hash of the file in its name."""
    import geopandas as gpd  # here: they would double the memory of every server

    columns = ["level", "code", "name", "geometry"]
    frame = gpd.read_parquet(path, columns=columns, filters=[("level", "==", level)])
    if frame.crs is not None and frame.crs.is_geographic:
        frame = frame.to_crs(3857)
    west, south, east, north = frame.total_bounds
    scale = min(WIDTH / (east - west), MOST_HEIGHT / (north - south))
    # sources may overlap a little, which the simplification of coverages does not allow for; then each by itself
    shapes = np.asarray(frame.geometry.array)
    if shapely.coverage_is_valid(shapes):
        simple = shapely.coverage_simplify(shapes, _DETAIL / scale)
    else:
        simple = shapely.simplify(shapes, _DETAIL / scale, preserve_topology=True)
    points = shapely.point_on_surface(shapes)
    drawn = {}
    for code, name, shape, point in zip(frame["code"], frame["name"], simple, points, strict=True):
        drawn[str(code)] = Outline(
            _path(shape, west, north, scale), (point.x - west) * scale, (north - point.y) * scale, str(name)
        )
    return ((east - west) * scale, (north - south) * scale), drawn


def _path(shape: shapely.Geometry, west: float, north: float, scale: float) -> str:
    """The rings of a polygon or multipolygon as SVG path data."""
    parts = []
    for polygon in shapely.get_parts(shape):
        for ring in (polygon.exterior, *polygon.interiors):
            xy = shapely.get_coordinates(ring)[:-1]
            places = zip((xy[:, 0] - west) * scale, (north - xy[:, 1]) * scale, strict=True)
            parts.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places) + "Z")
    return "".join(parts)
