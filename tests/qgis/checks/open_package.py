"""What QGIS makes of a GeoPackage with styles inside: run with the Python that QGIS belongs to, not the one of the project.

    python3 open_package.py FILE.gpkg PICTURE.png

Prints JSON: by layer whether it is ``valid``, its ``crs``, the names of the ``styles`` kept with it, and for the style that is
used at once the ``found`` label and colour of each region by code. The picture is a map of the last layer but one.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from typing import Any

core: Any = import_module("qgis.core")
qt: Any = import_module("qgis.PyQt.QtCore")


def main(path: str, picture: str) -> None:
    """Open, draw and print."""
    application = core.QgsApplication([], True)
    application.initQgis()
    whole = core.QgsVectorLayer(path, "all", "ogr")
    names = [part.split("!!::!!")[1] for part in whole.dataProvider().subLayers()]
    answer = {}
    layers = []
    for name in names:
        if name == "layer_styles":
            continue
        layer = core.QgsVectorLayer(f"{path}|layername={name}", name, "ogr")
        layers.append(layer)
        found = {feature["code"]: _rules(layer, feature) for feature in layer.getFeatures()}
        _, _, styles, _, _ = layer.listStylesInDatabase()
        answer[name] = {
            "valid": layer.isValid(), "crs": layer.crs().authid(), "styles": styles, "found": found,
        }  # fmt: skip
    _draw(layers[-2], picture)
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
    os._exit(0)


def _rules(layer: Any, feature: Any) -> list[list[str]]:
    """Label and colour of every rule that a feature meets."""
    context = core.QgsExpressionContext(core.QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    context.setFeature(feature)
    context.setFields(layer.fields())
    return [
        [rule.label(), rule.symbol().color().name()]
        for rule in layer.renderer().rootRule().children()
        if core.QgsExpression(rule.filterExpression()).evaluate(context)
    ]


def _draw(layer: Any, picture: str) -> None:
    settings = core.QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setExtent(layer.extent())
    settings.setOutputSize(qt.QSize(560, 560))
    job = core.QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    job.renderedImage().save(picture)


if __name__ == "__main__":
    main(*sys.argv[1:])
