"""What GDAL draws of a WMTS: run with the Python that GDAL belongs to, not the one of the project.

    python3 read_wmts.py SOURCE CRS LON LAT [LON LAT ...]

Prints JSON: ``crs`` of the picture, and ``colors``: by point the red, green, blue and opacity of the pixels around it, at a
resolution of some 15 metres.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from typing import Any

gdal: Any = import_module("osgeo.gdal")
osr: Any = import_module("osgeo.osr")
RESOLUTION_M = 15
REACH = 3


def main(source: str, crs: str, *numbers: str) -> None:
    """Read and print."""
    gdal.UseExceptions()
    # else what it fetches is left where one stands
    gdal.SetConfigOption("GDAL_DEFAULT_WMS_CACHE_PATH", os.environ["XDG_RUNTIME_DIR"])
    dataset = gdal.Open(source)
    wanted, degrees = osr.SpatialReference(), osr.SpatialReference()
    wanted.SetFromUserInput(crs)
    degrees.ImportFromEPSG(4326)
    for one in (wanted, degrees):
        one.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    transform = osr.CoordinateTransformation(degrees, wanted)
    west, step_x, _, north, _, step_y = dataset.GetGeoTransform()
    side = max(round(RESOLUTION_M / step_x), 1) * (2 * REACH + 1)
    colors = []
    for lon, lat in zip(numbers[::2], numbers[1::2]):  # noqa: B905 - the Python of GDAL may be older
        x, y, _ = transform.TransformPoint(float(lon), float(lat))
        column, row = int((x - west) / step_x - side / 2), int((y - north) / step_y - side / 2)
        size = 2 * REACH + 1
        bands = dataset.ReadAsArray(column, row, side, side, buf_xsize=size, buf_ysize=size)
        colors.append(bands.reshape(bands.shape[0], -1).T.tolist())
    found = {"crs": dataset.GetSpatialRef().GetAuthorityCode(None), "colors": colors}
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
