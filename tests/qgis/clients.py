"""QGIS and GDAL as programs of their own: they belong to the machine's Python, not to that of the project."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any, TypedDict

import pytest

PYTHON = "/usr/bin/python3"
CHECKS = Path(__file__).parent / "checks"
PATIENCE_S = 400
"""For a machine that is busy with something else."""


class View(TypedDict):
    """A map to draw."""

    name: str
    crs: str
    lon: float
    lat: float
    zoom: float
    """As MapLibre counts: 0 is the world in 512 pixels."""

    width: int
    height: int


class Click(TypedDict):
    """A click of the identify tool."""

    crs: str
    lon: float
    lat: float
    zoom: float


def open_in_qgis(tiles: str, style: str, folder: Path, views: list[View], clicks: list[Click]) -> dict[str, Any]:
    """What ``checks/open_tiles.py`` answers; pictures land in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    job = {"tiles": tiles, "style": style, "maxzoom": 12, "folder": str(folder), "views": views, "clicks": clicks}
    (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
    return run("open_tiles.py", "qgis.core", folder, str(folder / "job.json"))


def converted(style: dict[str, Any], picture: bytes, index: dict[str, Any], folder: Path) -> dict[str, Any]:
    """What ``checks/convert_style.py`` answers for a style and its sprite."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / name for name in ("style.json", "sprite.png", "sprite.json")]
    for path, content in zip(paths, (json.dumps(style).encode(), picture, json.dumps(index).encode()), strict=True):
        path.write_bytes(content)
    return run("convert_style.py", "qgis.core", folder, *map(str, paths))


def read_with_gdal(source: str, layer: str, folder: Path, *options: str) -> dict[str, Any]:
    """What ``checks/read_tile.py`` answers."""
    return run("read_tile.py", "osgeo.gdal", folder, source, layer, *options)


def run(check: str, module: str, folder: Path, *arguments: str) -> dict[str, Any]:
    """The answer of a check; skips where its module is not installed, but fails in CI."""
    (folder / "runtime").mkdir(mode=0o700, exist_ok=True)
    environment = os.environ | {
        "QT_QPA_PLATFORM": "offscreen",
        "XDG_RUNTIME_DIR": str(folder / "runtime"),
        "QGIS_CUSTOM_CONFIG_PATH": str(folder / "profile"),
        "NO_PROXY": "127.0.0.1",
    }
    environment.pop("PYTHONPATH", None)
    if not _can_import(module, environment):
        package = f"python3-{module.split('.')[0].replace('osgeo', 'gdal')}"
        sentence = f"{PYTHON} cannot import {module}: install {package}"
        pytest.fail(sentence) if os.environ.get("CI") else pytest.skip(sentence)
    command = [PYTHON, str(CHECKS / check), *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _can_import(module: str, environment: dict[str, str]) -> bool:
    if not Path(PYTHON).is_file():
        return False
    command = [PYTHON, "-c", f"import {module}"]
    return subprocess.run(command, env=environment, capture_output=True, check=False).returncode == 0
