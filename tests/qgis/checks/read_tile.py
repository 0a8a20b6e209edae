"""What GDAL reads in a tile: run with the Python that GDAL belongs to, not the one of the project.

    python3 read_tile.py SOURCE LAYER [OPTION=VALUE ...]

Prints JSON: ``version`` of GDAL; ``crs``, ``fields`` by name with their type, and ``features`` with their attributes and
area in square meters of the tile grid.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from typing import Any

gdal: Any = import_module("osgeo.gdal")


def main(source: str, name: str, *options: str) -> None:
    """Read and print."""
    gdal.UseExceptions()
    dataset = gdal.OpenEx(source, gdal.OF_VECTOR, open_options=list(options))
    layer = dataset.GetLayerByName(name)
    definition = layer.GetLayerDefn()
    fields = [definition.GetFieldDefn(place) for place in range(definition.GetFieldCount())]
    found = {
        "version": gdal.VersionInfo("RELEASE_NAME"),
        "crs": layer.GetSpatialRef().GetAuthorityCode(None),
        "fields": {field.GetName(): field.GetTypeName() for field in fields},
        "features": [
            {"attributes": feature.items(), "area_m2": feature.GetGeometryRef().GetArea()} for feature in layer
        ],
    }
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
