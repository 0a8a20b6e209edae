"""What QGIS shows of vector tiles: run with the Python that QGIS belongs to, not the one of the project.

    python3 open_tiles.py JOB.json

The job names ``tiles`` and ``style`` (addresses), ``maxzoom``, a ``folder`` for pictures, and

- ``views`` to draw: name, crs, lon and lat of the middle, zoom as MapLibre counts, width, height;
- ``clicks`` of the identify tool: crs, lon, lat, zoom.

Prints JSON: ``version``; ``problems``, what style and drawing complained of; ``views``, by name the ``extent``, the file
``picture`` and the file ``plain``, which is without names; ``clicks``, for each the ``layer`` and ``attributes`` of what
is there.
"""

from __future__ import annotations

import json
import math
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import quote

core: Any = import_module("qgis.core")
gui: Any = import_module("qgis.gui")
qt: Any = import_module("qgis.PyQt.QtCore")

EQUATOR_M = 40075016.685578488
TILE_PX = 512
DPI = 96
CLICK_PX = 400
"""Side of the canvas that is clicked in its middle."""


def main(job_path: str) -> None:
    """Open, draw, click and print."""
    application = core.QgsApplication([], True)
    application.initQgis()
    job = json.loads(Path(job_path).read_text())
    problems: list[str] = []
    core.QgsApplication.messageLog().messageReceived[str, str, core.Qgis.MessageLevel].connect(
        lambda text, tag, level: problems.append(f"{tag}: {text}") if level != core.Qgis.Info else None
    )
    layer = _layer(job, problems)
    answer = {
        "version": core.Qgis.QGIS_VERSION,
        "views": {view["name"]: _drawn(layer, view, Path(job["folder"]), problems) for view in job["views"]},
        "clicks": [_identified(layer, click) for click in job["clicks"]],
        "problems": problems,
    }
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
    os._exit(0)  # taking QGIS down in good order can crash it


def _layer(job: dict[str, Any], problems: list[str]) -> Any:
    """The layer as the dialog for a vector tile connection makes it."""
    tiles, style = quote(job["tiles"], safe=""), quote(job["style"], safe="")
    layer = core.QgsVectorTileLayer(f"type=xyz&url={tiles}&zmin=0&zmax={job['maxzoom']}&styleUrl={style}", "kaart")
    error, done = layer.loadDefaultStyle()
    problems += [] if layer.isValid() else ["the layer is not valid"]
    problems += [] if done and not error else [f"the style was not read: {error}"]
    return layer


def _crs(name: str) -> tuple[Any, Any]:
    """A coordinate system, and the way to it from degrees."""
    crs, degrees = core.QgsCoordinateReferenceSystem(name), core.QgsCoordinateReferenceSystem("EPSG:4326")
    return crs, core.QgsCoordinateTransform(degrees, crs, core.QgsProject.instance())


def _extent(place: dict[str, Any], width: int, height: int) -> Any:
    crs, to_map = _crs(place["crs"])
    middle = to_map.transform(core.QgsPointXY(place["lon"], place["lat"]))
    pixel = EQUATOR_M / TILE_PX / 2 ** place["zoom"]
    if crs.authid() != "EPSG:3857":  # only Web Mercator stretches its meters
        pixel *= math.cos(math.radians(place["lat"]))
    wide, high = pixel * width / 2, pixel * height / 2
    return core.QgsRectangle(middle.x() - wide, middle.y() - high, middle.x() + wide, middle.y() + high)


def _drawn(layer: Any, view: dict[str, Any], folder: Path, problems: list[str]) -> dict[str, Any]:
    settings = core.QgsMapSettings()
    settings.setDestinationCrs(_crs(view["crs"])[0])
    settings.setOutputDpi(DPI)
    settings.setOutputSize(qt.QSize(view["width"], view["height"]))
    settings.setExtent(_extent(view, view["width"], view["height"]))
    shown = settings.visibleExtent()
    plain = layer.clone()
    plain.setLabeling(None)
    files = {}
    for name, what in (("picture", layer), ("plain", plain)):
        settings.setLayers([what])
        job = core.QgsMapRendererParallelJob(settings)
        job.start()
        job.waitForFinished()
        problems += [error.message for error in job.errors()]
        files[name] = str(folder / f"{view['name']}-{name}.png")
        if not job.renderedImage().save(files[name]):
            problems.append(f"{files[name]} could not be written")
    return {"extent": [shown.xMinimum(), shown.yMinimum(), shown.xMaximum(), shown.yMaximum()], **files}


def _identified(layer: Any, click: dict[str, Any]) -> list[dict[str, Any]]:
    """What the identify tool finds under a click in the middle of a canvas."""
    canvas = gui.QgsMapCanvas()
    canvas.resize(CLICK_PX, CLICK_PX)
    canvas.setRenderFlag(False)
    canvas.setDestinationCrs(_crs(click["crs"])[0])
    canvas.setLayers([layer])
    canvas.setExtent(_extent(click, CLICK_PX, CLICK_PX))
    tool = gui.QgsMapToolIdentify(canvas)
    middle = canvas.getCoordinateTransform().transform(canvas.extent().center())
    results = tool.identify(round(middle.x()), round(middle.y()), [layer], gui.QgsMapToolIdentify.TopDownAll)
    return [{"layer": result.mLabel, "attributes": _attributes(result.mFeature)} for result in results]


def _attributes(feature: Any) -> dict[str, Any]:
    values = [None if value == core.NULL else value for value in feature.attributes()]
    return dict(zip([field.name() for field in feature.fields()], values, strict=True))


if __name__ == "__main__":
    main(*sys.argv[1:])
