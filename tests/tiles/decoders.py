"""Decoders of vector tiles that are not ours: @mapbox/vector-tile, and @maplibre/mlt of its first and its latest release."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Self

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).with_suffix(".mjs")
MODULES = REPOSITORY / "server/web/node_modules"

MLT = ("mlt-oldest", "mlt-newest")

Layers = dict[str, dict[str, Any]]


class Decoders:
    """A process of Node that decodes one tile after the other."""

    def __init__(self) -> None:
        node = shutil.which("node") or _absent("node is not on the path: install Node.js 20")
        if not (MODULES / "mlt-oldest").is_dir():
            _absent("the decoders of MLT are not installed: run `npm ci` in server/web")
        command = [node, str(SCRIPT), str(MODULES)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate(timeout=30)

    def decoded(self, decoder: str, tile: bytes) -> Layers:
        """Extent and features of each layer; a feature has id, type, geometry (rings, lines or points) and properties."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        request = {"decoder": decoder, "tile": base64.b64encode(tile).decode()}
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        # All numbers of JavaScript are doubles; beyond 2**53 its shortest form of one is another whole number to Python.
        layers: Layers = json.loads(self._process.stdout.readline(), parse_int=float)
        assert "error" not in layers, layers["error"]
        return layers


def _absent(sentence: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)
