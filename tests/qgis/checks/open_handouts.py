"""What QGIS makes of what we hand out: run with the Python that QGIS belongs to, not the one of the project.

    python3 open_handouts.py JOB.json

The job names a ``layer_file`` and the ``map`` in it to draw, files of ``connections``, a ``site`` (address), ``wmts`` layers
(indicator and grid), a ``folder`` for pictures and ``views`` as ``open_tiles.py`` takes them. Prints JSON: ``problems``;
``layers`` of the file; ``connections`` that QGIS knows after importing; ``views``, the extent and the picture of each.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

core: Any = import_module("qgis.core")
gui: Any = import_module("qgis.gui")
sys.path.insert(0, str(Path(__file__).parent))
drawing: Any = import_module("open_tiles")

KINDS = {
    "vector-tiles.xml": ("VectorTile", "vector-tile"),
    "xyz.xml": ("XyzTiles", "xyz"),
    "wmts.xml": ("WMS", "wms"),
    "ogc-api.xml": ("WFS", "wfs"),
}
"""By file the type of the dialog, and where the settings keep such connections."""


def main(job_path: str) -> None:
    """Open, import, draw and print."""
    application = core.QgsApplication([], True)
    application.initQgis()
    job = json.loads(Path(job_path).read_text())
    folder = Path(job["folder"])
    problems: list[str] = []
    core.QgsApplication.messageLog().messageReceived[str, str, core.Qgis.MessageLevel].connect(
        lambda text, tag, level: problems.append(f"{tag}: {text}") if level != core.Qgis.Info else None
    )
    project = core.QgsProject.instance()
    root = project.layerTreeRoot()
    done, error = core.QgsLayerDefinition.loadLayerDefinition(job["layer_file"], project, root)
    problems += [] if done else [f"the layer file was not read: {error}"]
    layers = [node.layer() for node in root.findLayers()]
    rasters = [_wmts(job["site"], name, grid) for name, grid in job["wmts"]]
    problems += [f"{layer.name()} is not valid" for layer in rasters if not layer.isValid()]
    views = {
        f"{layer.name()} {view['name']}": drawing._drawn(layer, view, folder, problems)
        for view in job["views"]
        for layer in [next(one for one in layers if one.name().startswith(job["map"]))]
    }
    views |= {
        f"{layer.name()} {view['name']}": _picture(layer, view, folder) for view in job["views"] for layer in rasters
    }
    answer = {
        "layers": [
            {"name": layer.name(), "provider": layer.providerType(), "valid": layer.isValid(), "legend": _legend(layer)}
            for layer in layers
        ],
        "connections": {name: _imported(name, path) for name, path in job["connections"].items()},
        "views": views,
        "problems": problems,
    }
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
    os._exit(0)


def _wmts(site: str, indicator: str, grid: str) -> Any:
    crs = "EPSG:28992" if grid == "NetherlandsRDNewQuad" else "EPSG:3857"
    address = f"{site}wmts?SERVICE%3DWMTS%26REQUEST%3DGetCapabilities"
    uri = (
        f"contextualWMSLegend=0&crs={crs}&dpiMode=7&featureCount=10&format=image/png&layers={indicator}"
        f"&styles=default&tileDimensions=Time%3D2022&tileMatrixSet={grid}&url={address}"
    )
    return core.QgsRasterLayer(uri, f"{indicator} {grid}", "wms")


def _picture(layer: Any, view: dict[str, Any], folder: Path) -> dict[str, Any]:
    qt: Any = import_module("qgis.PyQt.QtCore")
    settings = core.QgsMapSettings()
    settings.setDestinationCrs(layer.crs())
    settings.setOutputDpi(96)
    settings.setOutputSize(qt.QSize(view["width"], view["height"]))
    settings.setExtent(drawing._extent(view | {"crs": layer.crs().authid()}, view["width"], view["height"]))
    settings.setLayers([layer])
    job = core.QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    path = str(folder / f"{layer.name().replace(' ', '-')}-{view['name']}.png")
    job.renderedImage().save(path)
    shown = settings.visibleExtent()
    return {"extent": [shown.xMinimum(), shown.yMinimum(), shown.xMaximum(), shown.yMaximum()], "plain": path}


def _legend(layer: Any) -> list[str]:
    if layer.providerType() != "OAPIF" or not layer.isValid():
        return []
    return [item.label() for item in layer.renderer().legendSymbolItems()]


def _imported(name: str, path: str) -> list[str]:
    """The connections of a kind that QGIS knows after an import without asking anybody."""
    kind, settings_key = KINDS[name]
    dialog = gui.QgsManageConnectionsDialog(
        None, gui.QgsManageConnectionsDialog.Import, getattr(gui.QgsManageConnectionsDialog, kind), path
    )
    dialog.selectAll()
    dialog.doExportImport()
    settings = core.QgsSettings()
    settings.beginGroup(f"qgis/connections-{settings_key}")
    names = list(settings.childGroups())
    settings.endGroup()
    return names


if __name__ == "__main__":
    main(*sys.argv[1:])
