"""What GDAL reads through OGC API Features: run with the Python that GDAL belongs to.

    python3 read_features.py LANDING_PAGE COLLECTION

Prints JSON: ``version``, ``crs``, and ``features`` with their attributes and whether their shape is valid.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from typing import Any

gdal: Any = import_module("osgeo.gdal")


def main(address: str, collection: str) -> None:
    """Read and print."""
    gdal.UseExceptions()
    dataset = gdal.OpenEx(f"OAPIF:{address}", gdal.OF_VECTOR, open_options=["PAGE_SIZE=50"])
    layer = dataset.GetLayerByName(collection)
    found = {
        "version": gdal.VersionInfo("RELEASE_NAME"),
        "crs": layer.GetSpatialRef().GetName(),
        "features": [
            {"attributes": feature.items(), "is_valid": feature.GetGeometryRef().IsValid()} for feature in layer
        ],
    }
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
