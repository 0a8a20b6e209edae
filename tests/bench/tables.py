"""The tables of the tile benchmarks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from tests.bench.contest import Result
from tiles.quality import ZoomQuality, ppm_text


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown; all columns but the first are numbers."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def costs(done: Sequence[Result], peer: Result | None) -> str:
    """What each tool took, and what became of it."""

    def ratio(result: Result, figure: Callable[[Result], float]) -> str:
        return f"{figure(result) / figure(peer):.2f}" if peer else "-"

    rows = [
        [
            result.tool.name,
            f"{result.wall_s:.1f}",
            ratio(result, lambda one: one.wall_s),
            f"{result.cpu_s:.1f}",
            ratio(result, lambda one: one.cpu_s),
            f"{result.memory_mb:,.0f}",
            f"{result.size / 1e6:.2f}",
            ratio(result, lambda one: one.size),
        ]
        for result in done
    ]
    return table(["tool", "wall s", "x", "CPU s", "x", "memory MB", "archive MB", "x"], rows)


def quality(done: Sequence[Result], zooms: Sequence[int]) -> str:
    """Gaps, overlaps, losses, invalid polygons and fidelity."""

    def cell(zoom: ZoomQuality | None) -> str:
        if zoom is None:
            return "-"
        losses = f" [{zoom.lost:,} lost]" if zoom.lost else ""
        invalid = f" ({zoom.invalid:,} invalid)" if zoom.invalid else ""
        return f"{ppm_text(zoom.overlap_ppm)} / {ppm_text(zoom.gap_ppm)}{losses}{invalid} {100 * (zoom.difference or 0):.3g} %"

    rows = [[result.tool.name, *(cell(result.by_zoom.get(z)) for z in zooms)] for result in done if result.quality]
    about = (
        "Overlap / gap in ppm of the ground, regions lost, invalid polygons, symmetric difference with the source:\n\n"
    )
    return about + table(["tool", *(f"z{z}" for z in zooms)], rows)


def sizes(done: Sequence[Result], zooms: Sequence[int]) -> str:
    """Bytes by zoom."""

    def cell(zoom: ZoomQuality | None) -> str:
        return f"{zoom.stored / 1e3:,.0f} ({zoom.largest / 1e3:,.0f})" if zoom else "-"

    rows = [[result.tool.name, *(cell(result.by_zoom.get(z)) for z in zooms)] for result in done if result.quality]
    return "kB as stored, the largest tile in brackets:\n\n" + table(["tool", *(f"z{z}" for z in zooms)], rows)
