"""The benchmarks: ``python -m tests.bench [tiles] [--quick]`` runs them and writes docs/benchmarks.md.

They take a while, want a quiet machine, and install the tools they compare with in build/bench on first use (network).
--quick tries the harness on a small coverage and prints what it finds instead of writing it.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench import serving, tiling
from tests.bench.load import CannotMeasure
from tests.bench.tools import REPOSITORY

FOLDER = REPOSITORY / "build" / "bench"
SHARED = REPOSITORY.parent / "shared" / "data"
DOCUMENT = REPOSITORY / "docs" / "benchmarks.md"

HEAD = """# Benchmarks

Each figure stands beside that of a named tool, measured in the same run on the same machine; ratios (x) are what counts.
`make bench` renews this page.
"""


def main() -> None:
    """Run what is asked for."""
    options = _options()
    # Modules are compiled when they are first imported and kept, as users have them.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in options.what or NAMES:
        title, run = NAMES[name]
        try:
            section = f"## {title}\n\n{_machine()}\n\n{run(options)}"
        except CannotMeasure as reason:
            sys.stderr.write(f"{name} is skipped: {reason}\n")
            continue
        if options.quick:
            sys.stdout.write(section)
        else:
            _write(name, section)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("what", nargs="*", metavar="NAME", help=f"{', '.join(NAMES)}; all of them if none is named")
    parser.add_argument("--quick", action="store_true", help="a small coverage, one round, nothing written")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-growth", action="store_true", help="not ten times as many regions")
    parser.add_argument("--regions", type=int, help="regions of the made-up coverage")
    parser.add_argument("--everyone", action="store_true", help="all tools on every input, not only on the first")
    parser.add_argument("--only", default="", help="only tools with this in their name")
    options = parser.parse_args()
    if unknown := sorted(set(options.what) - set(NAMES)):
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(NAMES)}")
    return options


def _tiling(options: argparse.Namespace) -> tiling.Options:
    if options.quick:
        return tiling.Options(options.regions or tiling.QUICK, rounds=1, real=False, growth=False, only=options.only)
    return tiling.Options(
        options.regions or tiling.FULL,
        rounds=options.rounds,
        growth=not options.no_growth,
        everyone=options.everyone,
        only=options.only,
    )


def _serving(options: argparse.Namespace) -> serving.Options:
    if options.quick:
        return serving.Options(seconds=1, rounds=1, connections=(16,), few_connections=(4,), only=options.only)
    return serving.Options(rounds=options.rounds, only=options.only)


NAMES: dict[str, tuple[str, Callable[[argparse.Namespace], str]]] = {
    "serving": ("Serving", lambda options: serving.report(FOLDER, SHARED, _serving(options))),
    "tiles": ("Tiles from a coverage", lambda options: tiling.report(FOLDER, SHARED, _tiling(options))),
}


def _machine() -> str:
    facts = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    model = re.search(r"model name\s*: (.*)", facts)
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    return (
        f"{time.strftime('%d %B %Y')}, {os.cpu_count()} cores ({model[1] if model else platform.machine()}), "
        f"{platform.system()}, Python {platform.python_version()}, commit {commit.stdout.strip() or 'unknown'}."
    )


def _write(name: str, section: str) -> None:
    """Put a section in the page, in place of what an earlier run wrote there."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    page = DOCUMENT.read_text() if DOCUMENT.exists() else HEAD
    block = f"{begin}\n{section.rstrip()}\n{end}\n"
    if begin in page:
        before, rest = page.split(begin, 1)
        page = before + block.rstrip("\n") + rest.split(end, 1)[1]
    else:
        page = f"{page.rstrip()}\n\n{block}"
    DOCUMENT.write_text(page)


if __name__ == "__main__":
    main()
