"""Tools that take turns on one input: what each run cost, and the archive it left."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.inputs import Input
from tests.bench.process import CommandFailed, Cost, run
from tests.bench.tools import REPOSITORY, Tool
from tiles.quality import ArchiveQuality, ZoomQuality

ONCE_S = 30
"""What takes longer is run once only."""


@dataclass
class Result:
    """What one tool did with one input."""

    tool: Tool
    archive: Path
    costs: list[Cost] = field(default_factory=list)
    failed: str = ""
    """Why there is nothing to show."""

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

    @property
    def by_zoom(self) -> dict[int, ZoomQuality]:
        """The quality of the zooms that were looked at."""
        return {zoom.z: zoom for zoom in self.quality.zooms} if self.quality else {}


def contest(given: Input, tools: Sequence[Tool], rounds: int) -> list[Result]:
    """Every tool in turn, so many times; archives are kept in the folder of the input."""
    out = given.folder / "out"
    out.mkdir(exist_ok=True)
    results = [Result(tool, out / f"{number}.pmtiles", failed=tool.missing) for number, tool in enumerate(tools)]
    run([sys.executable, "-c", "import tests.bench.ours, tiles.mlt, tiles.pyramid"], cwd=REPOSITORY)  # compiles them
    for turn in range(rounds):
        for result in results:
            _run(given, result, turn)
    return results


def told(sentence: str) -> None:
    """Say on standard error what is going on."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {sentence}\n")


def _run(given: Input, result: Result, turn: int) -> None:
    if result.failed or (result.costs and result.costs[0].wall_s > ONCE_S):
        return
    for stale in result.archive.parent.glob(f"{result.archive.stem}.*"):
        stale.unlink()
    try:
        cost = run(result.tool.command(given, result.archive), cwd=REPOSITORY)
        result.tool.after(result.archive)
    except (CommandFailed, OSError, ValueError) as error:
        result.failed = (str(error).strip().splitlines() or [type(error).__name__])[-1]
        told(f"{given.name}: {result.tool.name}: {error}")
        return
    result.costs.append(cost)
    told(
        f"{given.name}, round {turn + 1}: {result.tool.name} {cost.wall_s:.1f} s, CPU {cost.cpu_s:.1f} s {cost.said.strip()}"
    )
