"""Tiles of a coverage, zoom 0 to 12: what they cost and how good they are, beside other tools on the same machine."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import brotli
import numpy as np

from tests.bench import inputs, tools
from tests.bench.inputs import Input
from tests.bench.process import CommandFailed, Cost, run
from tests.bench.tools import LAYER, MAXZOOM, REPOSITORY, Tool
from tiles.archive import TileArchive
from tiles.attributes import Attributes, TileColumn
from tiles.encoding import Encoding
from tiles.errors import TileError
from tiles.featureid import feature_ids
from tiles.joined import joined
from tiles.quality import ArchiveQuality, ZoomQuality, measure, ppm_text
from tiles.truth import Source

FULL, QUICK = 14_000, 2_000
SHOWN_ZOOMS = (4, 6, 8, 10, 12)
NEW_INDICATORS = 30
ONCE_S = 30
"""What takes longer is run once only."""


@dataclass(frozen=True, slots=True)
class Options:
    """How much is run."""

    regions: int = FULL
    rounds: int = 3
    real: bool = True
    growth: bool = True
    """Also ten times as many regions, ours only."""

    only: str = ""
    """Tools whose name holds this; ours run in any case."""


@dataclass
class Result:
    """What one tool did with one input."""

    tool: Tool
    archive: Path
    costs: list[Cost] = field(default_factory=list)
    failed: str = ""
    quality: ArchiveQuality | None = None

    @property
    def wall_s(self) -> float:
        """Median."""
        return statistics.median(cost.wall_s for cost in self.costs)

    @property
    def cpu_s(self) -> float:
        """Median."""
        return statistics.median(cost.cpu_s for cost in self.costs)

    @property
    def memory_mb(self) -> float:
        """The most of all rounds."""
        return max(cost.memory_mb for cost in self.costs)

    @property
    def size(self) -> int:
        """Bytes of the archive."""
        return self.archive.stat().st_size


def report(folder: Path, shared: Path, options: Options) -> str:
    """Run everything and tell it as Markdown."""
    others = [tool for tool in tools.peers(folder) if options.only in tool.name]
    best = tools.ours(2)
    contestants = [
        best,
        tools.ours(2, same_tiles_as=best.name, encoding=Encoding.MLT),
        tools.ours(1, same_tiles_as=best.name),
        *others,
    ]
    told(f"inputs in {folder}")
    given = [inputs.made_up(folder, options.regions)]
    if options.real and (real := inputs.buurten_2016(folder, shared)) is not None:
        given.append(real)
    turns = f"Medians of {options.rounds} rounds, taken in turns; what takes over {ONCE_S} s is run once."
    sections = [f"Tools: {tools.versions(folder)}. {turns}\n"]
    sections += [_section(one, contestants, options) for one in given]
    if options.growth:
        sections.append(_growth(folder, given[0], options))
    sections.append(_commands(contestants, given[0]))
    return "\n".join(sections)


def told(sentence: str) -> None:
    """Say on standard error what is going on."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {sentence}\n")


def _section(given: Input, contestants: Sequence[Tool], options: Options) -> str:
    out = given.folder / "out"
    out.mkdir(exist_ok=True)
    results = [Result(tool, out / f"{number}.pmtiles") for number, tool in enumerate(contestants)]
    for turn in range(options.rounds):
        for result in results:
            _run(given, result, turn)
    frame = given.frame()
    source = Source(frame.geometry.to_numpy(), frame["code"].tolist(), frame.crs)
    for result in results:
        if not (result.failed or result.tool.same_tiles_as):
            _look(result, source)
    done = [result for result in results if not result.failed]
    peer = _fastest_tippecanoe(done)
    failed = [f"- {result.tool.name} failed: {result.failed}" for result in results if result.failed]
    return "\n".join(
        [
            f"### {given.name}: {given.about}\n",
            _cost_table(done, peer),
            *(
                [f"\nMaking a coverage of the file first, not in these figures: {given.clean_s:.1f} s CPU."]
                if given.clean_s
                else []
            ),
            "",
            *failed,
            _quality_table(done),
            "",
            _bytes_table(done),
            "",
            *(_extras(given, result, peer) for result in results[:2]),
        ]
    )


def _run(given: Input, result: Result, turn: int) -> None:
    if result.failed or (result.costs and result.costs[0].wall_s > ONCE_S):
        return
    for stale in result.archive.parent.glob(f"{result.archive.stem}.*"):
        stale.unlink()
    try:
        cost = run(result.tool.command(given, result.archive), cwd=REPOSITORY)
        result.tool.after(result.archive)
    except CommandFailed as error:
        result.failed = str(error).strip().splitlines()[-1]
        told(f"{given.name}: {error}")
        return
    result.costs.append(cost)
    told(
        f"{given.name}, round {turn + 1}: {result.tool.name} {cost.wall_s:.1f} s, CPU {cost.cpu_s:.1f} s {cost.said.strip()}"
    )


def _look(result: Result, source: Source) -> None:
    told(f"looking at the tiles of {result.tool.name}")
    try:
        result.quality = measure(
            TileArchive.open(result.archive), key="code", source=source, layers=[LAYER], zooms=SHOWN_ZOOMS
        )
    except TileError as error:
        result.failed = str(error)
        told(f"{result.tool.name}: {error}")


def _fastest_tippecanoe(done: Sequence[Result]) -> Result | None:
    shared = [result for result in done if result.tool.name.startswith("tippecanoe, shared borders")]
    return min(shared, key=lambda result: result.wall_s, default=None)


# ---- tables


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _ratio(result: Result, peer: Result | None, figure: Callable[[Result], float]) -> str:
    return f"{figure(result) / figure(peer):.2f}" if peer else "-"


def _cost_table(done: Sequence[Result], peer: Result | None) -> str:
    rows = [
        [
            result.tool.name,
            f"{result.wall_s:.1f}",
            _ratio(result, peer, lambda one: one.wall_s),
            f"{result.cpu_s:.1f}",
            _ratio(result, peer, lambda one: one.cpu_s),
            f"{result.memory_mb:,.0f}",
            f"{result.size / 1e6:.2f}",
            _ratio(result, peer, lambda one: one.size),
        ]
        for result in done
    ]
    return _table(["tool", "wall s", "x", "CPU s", "x", "memory MB", "archive MB", "x"], rows)


def _by_zoom(result: Result) -> dict[int, ZoomQuality]:
    return {zoom.z: zoom for zoom in result.quality.zooms} if result.quality else {}


def _quality_table(done: Sequence[Result]) -> str:
    def cell(zoom: ZoomQuality | None) -> str:
        if zoom is None:
            return "-"
        losses = f" [{zoom.lost:,} lost]" if zoom.lost else ""
        invalid = f" ({zoom.invalid:,} invalid)" if zoom.invalid else ""
        return f"{ppm_text(zoom.overlap_ppm)} / {ppm_text(zoom.gap_ppm)}{losses}{invalid} {100 * (zoom.difference or 0):.3g} %"

    rows = [[r.tool.name, *(cell(_by_zoom(r).get(z)) for z in SHOWN_ZOOMS)] for r in done if r.quality]
    about = (
        "Overlap / gap in ppm of the ground, regions lost, invalid polygons, symmetric difference with the source:\n\n"
    )
    return about + _table(["tool", *(f"z{z}" for z in SHOWN_ZOOMS)], rows)


def _bytes_table(done: Sequence[Result]) -> str:
    rows = [
        [r.tool.name, *(f"{zoom.stored / 1e3:,.0f} ({zoom.largest / 1e3:,.0f})" for zoom in _by_zoom(r).values())]
        for r in done
        if r.quality and len(_by_zoom(r)) == len(SHOWN_ZOOMS)
    ]
    return "kB as stored, the largest tile in brackets:\n\n" + _table(["tool", *(f"z{z}" for z in SHOWN_ZOOMS)], rows)


# ---- what only we do


def _extras(given: Input, result: Result, peer: Result | None) -> str:
    if result.failed:
        return ""
    stages = json.loads(result.costs[-1].said)
    lines = [
        f"{result.tool.name}:\n",
        "- stages, wall: " + ", ".join(f"{name} {seconds:.2f} s" for name, seconds in stages.items()),
    ]
    lines += [_join_again(given, result), _splice_time(given, result)]
    small = _brotli_size(result.archive)
    against = f", {small / _body_size(peer.archive):.2f} x tippecanoe's gzip" if peer else ""
    lines.append(
        f"- with brotli 11: {small / 1e6:.2f} MB, {small / _body_size(result.archive):.2f} x our gzip{against}"
    )
    return "\n".join([*lines, ""])


def _join_again(given: Input, result: Result) -> str:
    """New figures for all tiles."""
    geometry, again = result.archive.with_suffix(".geometry.pmtiles"), result.archive.with_name("again.pmtiles")
    command = [sys.executable, "-m", "tests.bench.ours", "join", given.parquet, geometry, again, NEW_INDICATORS, 2]
    cost = run([str(part) for part in command], cwd=REPOSITORY)
    return (
        f"- {NEW_INDICATORS} new indicators joined to all tiles: {cost.wall_s:.2f} s wall, {cost.cpu_s:.2f} s CPU, "
        f"{cost.wall_s / result.wall_s:.2f} x a full build"
    )


def _splice_time(given: Input, result: Result) -> str:
    """Ten attributes into the tile that comes closest to 200 regions."""
    archive, mvt = (TileArchive.open(path) for path in _geometry_archives(result))
    ids = feature_ids(given.frame()["code"].tolist())
    rng = np.random.default_rng(5)
    columns = {f"n{number}": TileColumn.full(np.round(rng.uniform(0, 100, len(ids)), 1)) for number in range(10)}
    attributes = {LAYER: Attributes.of(ids, columns)}
    # Each feature has a type and a geometry.
    features = {coord: (mvt.unpacked(coord) or b"").count(b"\x18\x03\x22") for coord in mvt.coords()}
    coord = min(features, key=lambda one: abs(features[one] - 200))
    tile = archive.unpacked(coord) or b""
    times = []
    for _ in range(300):
        started = time.perf_counter()
        joined(tile, attributes, archive.encoding)
        times.append(time.perf_counter() - started)
    return f"- 10 attributes spliced into a tile of {features[coord]} regions: {statistics.median(times) * 1e3:.2f} ms"


def _geometry_archives(result: Result) -> tuple[Path, Path]:
    """What a result was joined from, and the same as MVT."""
    own, beside = (result.archive.with_suffix(suffix) for suffix in (".geometry.pmtiles", ".mvt.pmtiles"))
    return own, beside if beside.exists() else own


def _body_size(path: Path) -> int:
    archive = TileArchive.open(path)
    return sum(len(archive.tile(coord) or b"") for coord in archive.coords())


def _brotli_size(path: Path) -> int:
    archive = TileArchive.open(path)
    with ThreadPoolExecutor(2) as pool:
        return sum(
            pool.map(lambda coord: len(brotli.compress(archive.unpacked(coord) or b"", quality=11)), archive.coords())
        )


def _growth(folder: Path, small: Input, options: Options) -> str:
    large = inputs.made_up(folder, 10 * options.regions)
    tool = tools.ours(2)
    cost = {}
    for given in (small, large):
        out = given.folder / "out"
        out.mkdir(exist_ok=True)
        cost[given.name] = run(tool.command(given, out / "growth.pmtiles"), cwd=REPOSITORY)
        told(f"growth, {given.name}: {cost[given.name].wall_s:.1f} s")
    one, ten = cost[small.name], cost[large.name]
    return (
        f"### Ten times as many regions ({large.about})\n\n"
        f"{ten.wall_s:.1f} s wall, {ten.cpu_s:.1f} s CPU, {ten.memory_mb:,.0f} MB: per region "
        f"{ten.wall_s / 10 / one.wall_s:.2f} x the wall time of {options.regions:,} regions and "
        f"{ten.cpu_s / 10 / one.cpu_s:.2f} x the CPU time.\n"
    )


def _commands(contestants: Sequence[Tool], given: Input) -> str:
    def shown(part: str) -> str:
        path = part.replace(f"{given.folder}/", "").replace(f"{REPOSITORY}/", "")
        return f"'{path.strip()}'" if "\n" in path or " " in path else path.replace(".venv/bin/", "")

    lines = [" ".join(map(shown, tool.command(given, Path("out.pmtiles")))) for tool in contestants]
    return (
        "### Commands\n\n```sh\n"
        + "\n".join(lines)
        + f"\n```\n\nZoom 0 to {MAXZOOM}, every region wanted at every zoom.\n"
    )
