"""What QGIS makes of a style: run with the Python that QGIS belongs to, not the one of the project.

    python3 convert_style.py STYLE.json SPRITE.png SPRITE.json

Prints JSON: ``version`` of QGIS; ``warnings`` of its own converter; ``styles``, each with name, layer, filter, zooms and
the kinds and colors of its symbol; ``labels``, each with name, layer, filter and field.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any


def main(style_path: str, picture_path: str, index_path: str) -> None:
    """Convert and print."""
    core: Any = import_module("qgis.core")
    image: Any = import_module("qgis.PyQt.QtGui").QImage
    application = core.QgsApplication([], False)
    application.initQgis()
    context = core.QgsMapBoxGlStyleConversionContext()
    context.setSprites(image(picture_path), json.loads(Path(index_path).read_text()))
    converter = core.QgsMapBoxGlStyleConverter()
    done = converter.convert(json.loads(Path(style_path).read_text()), context)
    found = {
        "version": core.Qgis.QGIS_VERSION,
        "done": done == core.QgsMapBoxGlStyleConverter.Success,
        "warnings": list(converter.warnings()),
        "styles": [_style(style) for style in converter.renderer().styles()],
        "labels": [_label(style) for style in converter.labeling().styles()],
    }
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()
    os._exit(0)  # taking QGIS down in good order can crash it


def _style(style: Any) -> dict[str, Any]:
    symbol = style.symbol()
    parts = [symbol.symbolLayer(place) for place in range(symbol.symbolLayerCount())]
    return {
        "name": style.styleName(),
        "layer": style.layerName(),
        "filter": style.filterExpression(),
        "minzoom": style.minZoomLevel(),
        "maxzoom": style.maxZoomLevel(),
        "kinds": [part.layerType() for part in parts],
        "enabled": [part.enabled() for part in parts],
        "colors": [part.color().name() for part in parts],
    }


def _label(style: Any) -> dict[str, Any]:
    return {
        "name": style.styleName(),
        "layer": style.layerName(),
        "filter": style.filterExpression(),
        "field": style.labelSettings().fieldName,
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
