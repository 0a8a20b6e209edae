"""What QGIS reads through OGC API Features: run with the Python that QGIS belongs to.

    python3 open_features.py LANDING_PAGE COLLECTION

Prints JSON: ``version``; ``error``, empty where the layer is valid; ``crs``, ``count``, and ``features`` with attributes.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from typing import Any

core: Any = import_module("qgis.core")


def main(address: str, collection: str) -> None:
    """Open and print."""
    application = core.QgsApplication([], False)
    application.initQgis()
    uri = f"url='{address}' typename='{collection}' pageSize='50'"
    layer = core.QgsVectorLayer(uri, collection, "OAPIF")
    if not layer.isValid():
        answer: dict[str, Any] = {"error": layer.error().message(core.QgsErrorMessage.Text) or "not valid"}
    else:
        names = layer.fields().names()
        features = [
            {
                "attributes": {name: _plain(feature[name]) for name in names},
                "area": feature.geometry().area(),
            }
            for feature in layer.getFeatures()
        ]
        answer = {"error": "", "crs": layer.crs().authid(), "features": features}
    sys.stdout.write(json.dumps({"version": core.Qgis.QGIS_VERSION} | answer) + "\n")
    sys.stdout.flush()
    os._exit(0)  # QGIS may crash on its way out


def _plain(value: Any) -> Any:
    return None if value is None or str(value) == "NULL" else value


if __name__ == "__main__":
    main(*sys.argv[1:])
