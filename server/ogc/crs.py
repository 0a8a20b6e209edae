"""Coordinate reference systems a client can ask for, by their OGC URIs.

Coordinates inside the server are x before y, longitude before latitude; what leaves it follows the axes of the CRS that was
asked for (EPSG:4258 and 9067 are latitude first). pyproj has no grid of RDNAPTRANS, so that RD and ETRS89 differ from the
official transformation by up to 0.25 m; borders of CBS are true to 5 to 50 m.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer

DENSE: Final = 16
"""Into so many pieces each side of a box is divided before it is taken to another CRS, where it may be curved."""


@dataclass(frozen=True, slots=True)
class KnownCrs:
    """A CRS of the interface."""

    uri: str
    definition: str
    """What pyproj knows it by."""

    decimals: int
    """Of coordinates in answers: a tenth of a millimetre in metres, about a millimetre in degrees."""

    is_latitude_first: bool = False


_EPSG: Final = "http://www.opengis.net/def/crs/EPSG/0/"

CRS84: Final = KnownCrs("http://www.opengis.net/def/crs/OGC/1.3/CRS84", "OGC:CRS84", 8)
KNOWN: Final = (
    CRS84,
    KnownCrs(f"{_EPSG}28992", "EPSG:28992", 3),
    KnownCrs(f"{_EPSG}4258", "EPSG:4258", 8, is_latitude_first=True),
    KnownCrs(f"{_EPSG}9067", "EPSG:9067", 8, is_latitude_first=True),
    KnownCrs(f"{_EPSG}3857", "EPSG:3857", 3),
)
CRS_BY_URI: Final = {known.uri: known for known in KNOWN}

Box = tuple[float, float, float, float]
"""minx, miny, maxx, maxy with x before y, whatever the CRS."""


def uri_of(crs: CRS) -> str:
    """The URI of the CRS that geometry is stored in; that of CRS84 where it is longitude and latitude."""
    code = crs.to_epsg()
    return CRS84.uri if code in (None, 4326) else f"{_EPSG}{code}"


def projected(geometry: NDArray[Any], stored: CRS, wanted: KnownCrs) -> NDArray[Any]:
    """Geometries in the CRS that was asked for, with its axes and decimals."""
    step = _transformer(stored.to_wkt(), wanted.definition)
    coordinates = shapely.get_coordinates(geometry)
    moved = _moved(step, coordinates) if step else coordinates
    if wanted.is_latitude_first:
        moved = moved[:, ::-1]
    rounded: NDArray[Any] = shapely.set_coordinates(geometry.copy(), moved.round(wanted.decimals))
    return rounded


def box_in(box: Box, given: KnownCrs, stored: CRS) -> Any:
    """A box as a polygon in the CRS that geometry is stored in; empty where the box lies outside what it can hold."""
    polygon = shapely.box(*box)
    step = _transformer(given.definition, stored.to_wkt())
    if step is None:
        return polygon
    width, height = box[2] - box[0], box[3] - box[1]
    dense = shapely.segmentize(polygon, max(width, height) / DENSE)
    return in_stored(dense, given, stored)


def in_stored(geometry: Any, given: KnownCrs, stored: CRS) -> Any:
    """A geometry of a client, x before y, in the CRS that geometry is stored in."""
    step = _transformer(given.definition, stored.to_wkt())
    if step is None:
        return geometry
    moved = shapely.transform(geometry, partial(_moved, step))
    return moved if np.isfinite(shapely.get_coordinates(moved)).all() else shapely.Polygon()


def _moved(step: Transformer, xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 2) coordinates after a step, taken in the one thread that does so."""
    return np.column_stack(_thread(os.getpid()).submit(step.transform, xy[:, 0], xy[:, 1]).result())


@lru_cache(maxsize=1)
def _thread(_process: int) -> ThreadPoolExecutor:
    """PROJ reads its database anew in each thread, which takes 80 ms, and threads of requests come and go.

    A process that was forked has none of the threads of before.
    """
    return ThreadPoolExecutor(1, "coordinates")


@lru_cache(maxsize=64)
def _transformer(source: str, target: str) -> Transformer | None:
    """From one to the other, None where they are the same."""
    first, second = CRS.from_user_input(source), CRS.from_user_input(target)
    if first.equals(second, ignore_axis_order=True):
        return None
    return Transformer.from_crs(first, second, always_xy=True)
