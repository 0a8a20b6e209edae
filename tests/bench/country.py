"""All of the Netherlands with 30 indicators in ten years: what a build and serving it take in memory.

``python -m tests.bench.country`` builds the atlas in ``build/bench/country`` (once; ``--again`` anew), serves it with two
processes, asks for tiles, figures and pages, and prints the memory (PSS) of each process. Borders are those of gemeenten and
wijken in 2022 and of buurten in 2016, whose levels do not fit into each other everywhere; figures are made up.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

import geopandas
import httpx
import numpy as np

from tests.bench.process import members, memory_mb, run

REPOSITORY: Final = Path(__file__).resolve().parents[2]
SHARED: Final = REPOSITORY.parent / "shared" / "data"
FOLDER: Final = REPOSITORY / "build" / "bench" / "country"
THEMES: Final = ("wonen", "werk", "zorg")
INDICATORS: Final = 30
YEARS: Final = range(2013, 2023)
LEVELS: Final = {
    "gemeente": ("geo/nl_2022_tmap.gpkg", "gemeente_2022", "code", "name"),
    "wijk": ("geo/nl_2022_tmap.gpkg", "wijk_2022", "code", "name"),
    "buurt": ("geo/nl_buurt_2016_wof.parquet", None, "BU_CODE", "BU_NAAM"),
}
WITHHELD, ABSENT = 0.04, 0.02
"""Parts of the figures."""

TILES: Final = 400
ALLOWED_MB: Final = (400, 80)
"""What the first process, and each further one, may take."""


def main() -> None:
    """Build, serve, ask and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.country", description=__doc__)
    parser.add_argument("--again", action="store_true", help="build it anew")
    again = parser.parse_args().again
    atlas = FOLDER / "atlas"
    if again or not (atlas / "atlas.json").exists():
        write_sources(FOLDER, SHARED)
        command = [sys.executable, "-m", "server.cli", "build", str(FOLDER / "catalog.toml"), "-o", str(atlas)]
        cost = run(command, {"PYTHONPATH": str(REPOSITORY)})
        told = cost.said.strip().splitlines()[-1]
        sys.stdout.write(f"build: {cost.memory_mb:,.0f} MB at most, {cost.cpu_s:.0f} s of CPU; {told}\n")
    for name, taken in serving_memory(atlas).items():
        sys.stdout.write(f"{name}: {', '.join(f'{mb:.0f} MB' for mb in taken)}\n")
    sys.stdout.write(f"allowed: {ALLOWED_MB[0]} MB for the first process, {ALLOWED_MB[1]} MB for each further one\n")


def write_sources(folder: Path, shared: Path) -> None:
    """The catalog and its tables."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = ['[atlas]\nid = "land"\ntitle = "Land"\nattribution = "CBS; verzonnen cijfers"\nmaxzoom = 12']
    for level, (source, layer, code, name) in LEVELS.items():
        named = f'layer = "{layer}"\n' if layer else ""
        parts.append(
            f'[[regions]]\nlevel = "{level}"\nyear = 2022\nsource = "{shared}/{source}"\n{named}'
            f'code = "{code}"\nname = "{name}"'
        )
        parts.append(
            f'[[tables]]\nid = "{level}"\nsource = "{level}.csv"\nlevel = "{level}"\nyear_column = "jaar"\ncode = "code"'
        )
        _write_table(folder / f"{level}.csv", _codes(shared / source, layer, code))
    parts += [f'[[themes]]\nid = "{theme}"\ntitle = "{theme.title()}"' for theme in THEMES]
    parts += [
        f'[[indicators]]\nid = "cijfer-{number}"\ntheme = "{THEMES[number % len(THEMES)]}"\ntitle = "Cijfer {number}"\n'
        f'kind = "mean"\ncolumn = "c{number}"\ndecimals = {number % 2}'
        for number in range(INDICATORS)
    ]
    (folder / "catalog.toml").write_text("\n\n".join(parts) + "\n")


def _codes(source: Path, layer: str | None, column: str) -> list[str]:
    table = geopandas.read_parquet(source) if source.suffix == ".parquet" else geopandas.read_file(source, layer=layer)
    return list(dict.fromkeys(map(str, table[column])))


def _write_table(path: Path, codes: list[str]) -> None:
    random = np.random.default_rng(1)
    with path.open("w") as file:
        file.write("code,jaar," + ",".join(f"c{number}" for number in range(INDICATORS)) + "\n")
        for year in YEARS:
            figures = random.integers(0, 4_000, (len(codes), INDICATORS)) / 10
            kind = random.random(figures.shape)
            cells = np.where(kind < WITHHELD, ".", np.where(kind < WITHHELD + ABSENT, "", figures.astype(str)))
            for code, row in zip(codes, cells, strict=True):
                file.write(f"{code},{year},{','.join(row)}\n")


def serving_memory(atlas: Path) -> dict[str, list[float]]:
    """PSS in MB of the process that looks after the others and of each other one, at the start and after much was asked."""
    command = [sys.executable, "-m", "server.cli", "serve", str(atlas), "--port", "0", "--workers", "2"]
    process = subprocess.Popen(
        command,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        found = re.search(r"http://\S+", process.stdout.readline() if process.stdout else "")
        if found is None:
            raise RuntimeError("the server did not start")
        taken = {}
        with httpx.Client(base_url=found[0], timeout=120) as client:
            client.get("health/ready")
            taken["serving, at the start"] = _memory(process.pid)
        _ask(found[0])
        taken["serving, after much was asked"] = _memory(process.pid)
        return taken
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _memory(session: int) -> list[float]:
    return sorted(map(memory_mb, members(session)), reverse=True)


def _ask(address: str) -> None:
    """Tiles of several years, figures, pages and features; on connections of their own, so that every process has its part."""
    facts = json.loads(httpx.get(f"{address}atlas.json", timeout=120).content)
    tilesets = [tileset["id"] for tileset in facts["tilesets"] if tileset["year"]]
    for number in range(TILES):
        z = 7 + number % 6
        x, y = (131 << z >> 8) + number % 3, (84 << z >> 8) + number // 7 % 3
        path = f"tiles/{tilesets[number % len(tilesets)]}/{z}/{x}/{y}"
        httpx.get(address + path, params={"f": "mlt" if number % 2 else "mvt"}, timeout=120)
    for number in range(20):
        indicator = facts["indicators"][number % len(facts["indicators"])]["id"]
        httpx.get(f"{address}values/{indicator}", params={"level": "buurt", "year": 2013 + number % 10}, timeout=120)
        httpx.get(f"{address}gebied/GM0363", timeout=120)
        httpx.get(f"{address}styles/{indicator}", timeout=120)


if __name__ == "__main__":
    main()
