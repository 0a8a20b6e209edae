"""New figures for tiles that are there: ours, and the same by VersaTiles' ``vector_update_properties``."""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from tests.bench.contest import Result, told
from tests.bench.inputs import Input
from tests.bench.process import CommandFailed, Cost, run
from tests.bench.tools import LAYER, REPOSITORY, Tool
from tiles.archive import TileArchive
from tiles.attributes import Attributes, TileColumn
from tiles.featureid import feature_ids
from tiles.joined import joined, write_joined

NEW_INDICATORS = 30
SPLICED = 300
"""How often one tile is spliced; the median counts."""


def again(given: Input, result: Result, rounds: int) -> tuple[str, float]:
    """What joining new indicators to all tiles takes, as a sentence, and tiles in a second of CPU."""
    geometry, out = result.archive.with_suffix(".geometry.pmtiles"), result.archive.with_name("again.pmtiles")
    command = [sys.executable, "-m", "tests.bench.ours", "join", given.parquet, geometry, out, NEW_INDICATORS, 2]
    runs = [run([str(part) for part in command], cwd=REPOSITORY) for _ in range(rounds)]
    wall_s, cpu_s = (statistics.median(getattr(cost, what) for cost in runs) for what in ("wall_s", "cpu_s"))
    tiles = len(TileArchive.open(geometry))
    sentence = (
        f"- {NEW_INDICATORS} new indicators joined to all {tiles:,} tiles: {wall_s:.2f} s wall, {cpu_s:.2f} s CPU, "
        f"{wall_s / result.wall_s:.2f} x a full build, {tiles / wall_s:,.0f} tiles/s"
    )
    return sentence, tiles / cpu_s


def by_versatiles(given: Input, result: Result, tool: Tool, rounds: int) -> tuple[str, float]:
    """The same as ``again`` for VersaTiles, which needs the code of each region in the tiles; 0 where it cannot be run."""
    if tool.missing:
        return f"- {tool.name} failed: {tool.missing}", 0.0
    bare, rows = result.archive.with_name("codes.pmtiles"), result.archive.with_name("figures.csv")
    _write_codes(given, result, bare)
    _figures(given).to_csv(rows, index=False)
    try:
        runs: list[Cost] = []
        for _ in range(rounds):
            runs.append(run(tool.command(given, result.archive.with_name("versatiles.pmtiles")), cwd=REPOSITORY))
            told(f"{given.name}: {tool.name} {runs[-1].wall_s:.1f} s, CPU {runs[-1].cpu_s:.1f} s")
            if runs[-1].wall_s > 10:
                break
    except CommandFailed as error:
        return f"- {tool.name} failed: {str(error).strip().splitlines()[-1]}", 0.0
    wall_s, cpu_s = (statistics.median(getattr(cost, what) for cost in runs) for what in ("wall_s", "cpu_s"))
    tiles = len(TileArchive.open(bare))
    return f"- {tool.name}: {wall_s:.1f} s wall, {cpu_s:.1f} s CPU, {tiles / wall_s:,.0f} tiles/s", tiles / cpu_s


def spliced(given: Input, result: Result) -> str:
    """Ten attributes into the tile that comes closest to 200 regions."""
    own, beside = (result.archive.with_suffix(suffix) for suffix in (".geometry.pmtiles", ".mvt.pmtiles"))
    archive, mvt = TileArchive.open(own), TileArchive.open(beside if beside.exists() else own)
    codes = given.frame()["code"].tolist()
    rng = np.random.default_rng(5)
    columns = {f"n{number}": TileColumn.full(np.round(rng.uniform(0, 100, len(codes)), 1)) for number in range(10)}
    attributes = {LAYER: Attributes.of(feature_ids(codes), columns)}
    # Each feature has a type and a geometry.
    features = {coord: (mvt.unpacked(coord) or b"").count(b"\x18\x03\x22") for coord in mvt.coords()}
    coord = min(features, key=lambda one: abs(features[one] - 200))
    tile = archive.unpacked(coord) or b""
    times = []
    for _ in range(SPLICED):
        started = time.perf_counter()
        joined(tile, attributes, archive.encoding)
        times.append(time.perf_counter() - started)
    return f"- 10 attributes spliced into a tile of {features[coord]} regions: {statistics.median(times) * 1e3:.2f} ms"


def _write_codes(given: Input, result: Result, path: Path) -> None:
    codes = given.frame()["code"]
    columns = {"code": TileColumn.full(codes.to_numpy(object))}
    attributes = {LAYER: Attributes.of(feature_ids(codes.tolist()), columns)}
    write_joined(TileArchive.open(result.archive.with_suffix(".geometry.pmtiles")), path, attributes, jobs=2)


def _figures(given: Input) -> pd.DataFrame:
    codes = given.frame()["code"]
    rng = np.random.default_rng(3)
    columns = {f"n{number}": np.round(rng.uniform(0, 100, len(codes)), 1) for number in range(NEW_INDICATORS)}
    return pd.DataFrame({"code": codes.to_numpy(), **columns})
