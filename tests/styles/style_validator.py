"""MapLibre's own validator, run with Node."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = Path("@maplibre/maplibre-gl-style-spec/dist/gl-style-validate.mjs")


def complaints(style: dict[str, Any], folder: Path) -> str:
    """What the validator says about a style; nothing when it is content."""
    path = folder / "style.json"
    path.write_text(json.dumps(style), encoding="utf-8")
    command = [_node(), str(_validator()), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    return done.stdout + done.stderr if done.returncode else ""


def _node() -> str:
    node = shutil.which("node")
    return node if node is not None else _absent("node is not on the path: install Node.js 20")


def _validator() -> Path:
    """In the front end's node_modules, or in NODE_PATH."""
    folders = [REPOSITORY / "server/web/node_modules", *map(Path, filter(None, [os.environ.get("NODE_PATH")]))]
    for folder in folders:
        if (folder / PACKAGE).is_file():
            return folder / PACKAGE
    return Path(_absent("the style validator is not installed: run `npm ci` in server/web"))


def _absent(sentence: str) -> str:
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)
