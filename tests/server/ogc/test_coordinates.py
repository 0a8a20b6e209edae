"""Coordinates of many requests at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyproj
import shapely

from server.ogc.crs import CRS84, CRS_BY_URI, projected

RD = next(crs for uri, crs in CRS_BY_URI.items() if uri.endswith("28992"))


def test_coordinates_are_those_of_pyproj_whichever_thread_asks() -> None:
    lon_lat = np.array([[5.387, 52.156], [4.3, 52.08], [6.56, 53.21]])
    points = shapely.points(lon_lat)
    expected = pyproj.Transformer.from_crs("OGC:CRS84", "EPSG:28992", always_xy=True).transform(*lon_lat.T)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: projected(points, pyproj.CRS("OGC:CRS84"), RD), range(32)))
    for moved in found:
        assert np.allclose(shapely.get_coordinates(moved).T, expected, atol=0.001)
    same = projected(points, pyproj.CRS("OGC:CRS84"), CRS84)
    assert np.array_equal(shapely.get_coordinates(same), lon_lat)
