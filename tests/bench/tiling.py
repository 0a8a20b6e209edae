"""Tiles of a coverage, zoom 0 to 12: what they cost and how good they are, beside other tools on the same machine."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench import inputs, rejoin, same_content, tables, tools
from tests.bench.contest import ONCE_S, Result, contest, told
from tests.bench.inputs import Input
from tests.bench.process import CommandFailed, run
from tests.bench.tools import LAYER, MAXZOOM, REPOSITORY, Tool
from tiles.archive import TileArchive
from tiles.encoding import Encoding
from tiles.errors import TileError
from tiles.quality import measure
from tiles.truth import Source

FULL, QUICK = 14_000, 2_000
SHOWN_ZOOMS = (4, 6, 8, 10, 12)


@dataclass(frozen=True, slots=True)
class Options:
    """How much is run."""

    regions: int = FULL
    rounds: int = 3
    real: bool = True
    growth: bool = True
    """Also ten times as many regions, ours only."""

    everyone: bool = False
    """All tools on every input, not only on the first."""

    only: str = ""
    """Tools whose name holds this; ours run in any case."""


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
    real = inputs.buurten_2016(folder, shared) if options.real else None
    if real is not None:
        given.append(real)
    turns = f"Medians of {options.rounds} rounds, taken in turns; what takes over {ONCE_S} s is run once."
    sections = [f"Tools: {tools.versions(folder)}. {turns}\n"]
    few = [*contestants[:3], *(tool for tool in others if tool.name.startswith(tools.SHARED))]
    for one in given:
        # Those that tear borders apart or drop regions do so on both inputs; once is enough to see it.
        entered = contestants if one is given[0] or options.everyone else few
        sections.append(_section(one, entered, tools.versatiles(folder), options))
    if real is not None:
        sections.append(_atlas(real))
    if options.growth:
        sections.append(_growth(folder, given[0]))
    sections.append(_commands(contestants, given[0]))
    return "\n".join(sections)


def _section(given: Input, contestants: Sequence[Tool], joiner: Tool, options: Options) -> str:
    results = contest(given, contestants, options.rounds)
    frame = given.frame()
    source = Source(frame.geometry.to_numpy(), frame["code"].tolist(), frame.crs)
    for result in results:
        if not (result.failed or result.tool.same_tiles_as):
            _look(result, source)
    done = [result for result in results if not result.failed]
    peer = _fastest_tippecanoe(done)
    lines = [f"### {given.name}: {given.about}\n", tables.costs(done, peer)]
    if given.clean_s:
        lines.append(f"\nMaking a coverage of the file first, not in these figures: {given.clean_s:.1f} s CPU.")
    failed = [f"- {result.tool.name} failed: {result.failed}" for result in results if result.failed]
    lines += ["", *failed, tables.quality(done, SHOWN_ZOOMS), "", tables.sizes(done, SHOWN_ZOOMS), ""]
    mvt, mlt = results[:2]
    if not (mvt.failed or mlt.failed):
        theirs = next((result for result in done if result.tool.name == tools.SHARED), None)
        if theirs is not None:
            told(f"{given.name}: zoom by zoom beside {theirs.tool.name}")
            lines += [same_content.beside(mvt, mlt, theirs, len(frame)), ""]
        lines += _extras(given, mvt, mlt, joiner, options)
    return "\n".join([*lines, ""])


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
    shared = [result for result in done if result.tool.name.startswith(tools.SHARED)]
    return min(shared, key=lambda result: result.wall_s, default=None)


# ---- what only we do


def _extras(given: Input, mvt: Result, mlt: Result, joiner: Tool, options: Options) -> list[str]:
    lines = []
    speed = {}
    for result in (mvt, mlt):
        told(f"{given.name}: joining to {result.tool.name}")
        stages = json.loads(result.costs[-1].said)
        sentence, speed[result.tool.name] = rejoin.again(given, result, options.rounds)
        lines += [
            f"{result.tool.name}:\n",
            "- stages, wall: " + ", ".join(f"{name} {seconds:.2f} s" for name, seconds in stages.items()),
            sentence,
            rejoin.spliced(given, result),
            "",
        ]
    sentence, theirs = rejoin.by_versatiles(given, mvt, joiner, options.rounds)
    lines += [f"The same {rejoin.NEW_INDICATORS} indicators joined to the same tiles by others:\n", sentence]
    if theirs:
        ours = ", ".join(f"{name} {tiles / theirs:.0f} x" for name, tiles in speed.items())
        lines.append(f"- tiles in a second of CPU: {ours} as many as VersaTiles")
    return [*lines, ""]


def _atlas(given: Input) -> str:
    told("an atlas with its default zooms")
    command = [
        sys.executable,
        "-m",
        "tests.bench.ours",
        "atlas",
        given.parquet,
        given.folder / "out" / "atlas.pmtiles",
        2,
    ]
    head = "### An atlas with default zooms\n\n"
    try:
        largest = json.loads(run([str(part) for part in command], cwd=REPOSITORY).said)
    except CommandFailed as error:
        return f"{head}Failed: {str(error).strip().splitlines()[-1]}\n"
    told_as = ", ".join(f"{encoding.upper()} {size / 1e3:,.0f} kB" for encoding, size in largest.items())
    return (
        f"{head}{given.name} as gemeenten from zoom 0, wijken from 7 and buurten from 8, with borders, labels and ten "
        f"attributes: the largest tile is {told_as} (gzip).\n"
    )


def _growth(folder: Path, small: Input) -> str:
    large = inputs.ten_times(folder, small)
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
        f"The same country ten times, side by side: {ten.wall_s:.1f} s wall, {ten.cpu_s:.1f} s CPU, {ten.memory_mb:,.0f} MB. "
        f"Per region {ten.wall_s / 10 / one.wall_s:.2f} x the wall time of {small.name} and "
        f"{ten.cpu_s / 10 / one.cpu_s:.2f} x its CPU time.\n"
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
