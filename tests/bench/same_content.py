"""Bytes beside one other tool zoom by zoom, with what each loses, so that like is compared with like."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import brotli
import shapely

from tests.bench.contest import Result
from tests.bench.tables import table
from tiles.archive import TileArchive
from tiles.decoded import decoded_areas
from tiles.grid import TileCoord

KEY = "code"


@dataclass(frozen=True, slots=True)
class _Bytes:
    """Of one zoom."""

    stored: int
    brotli: int


def beside(mvt: Result, mlt: Result, peer: Result, regions: int) -> str:
    """A row for each zoom, for the zooms at which both keep every region, and for all."""
    ours, theirs = (kept(result.archive) for result in (mvt, peer))
    size = {result.archive: _bytes(result.archive, small=result is not peer) for result in (mvt, mlt, peer)}
    zooms = sorted(size[peer.archive])
    whole = [z for z in zooms if ours[z] == theirs[z] == regions]

    def row(name: str, some: Sequence[int], told: Sequence[str]) -> list[str]:
        base = sum(size[peer.archive][z].stored for z in some)
        figures = [
            sum(getattr(size[result.archive][z], what) for z in some)
            for result in (mvt, mlt)
            for what in ("stored", "brotli")
        ]
        return [name, f"{base / 1e3:,.0f}", *(f"{figure / base:.2f}" for figure in figures), *told]

    def told(z: int) -> list[str]:
        mine, other = mvt.by_zoom.get(z), peer.by_zoom.get(z)
        shape = f"{100 * (mine.difference or 0):.3g} / {100 * (other.difference or 0):.3g}" if mine and other else ""
        return [f"{regions - ours[z]:,} / {regions - theirs[z]:,}", shape]

    rows = [row(f"z{z}", [z], told(z)) for z in zooms]
    if whole:
        rows.append(row(f"zooms {whole[0]} to {whole[-1]} where both keep all", whole, ["0 / 0", ""]))
    rows.append(row("all zooms", zooms, ["", ""]))
    head = ["", "kB", "MVT gzip x", "MVT brotli 11 x", "MLT gzip x", "MLT brotli 11 x", "lost", "differs %"]
    return (
        f"Bytes of tiles zoom by zoom beside {peer.tool.name} (kB gzip), with regions lost and symmetric difference "
        f"(ours / theirs):\n\n{table(head, rows)}"
    )


def kept(path: Path) -> dict[int, int]:
    """By zoom: how many regions have some area in a tile."""
    archive = TileArchive.open(path)

    def of_tile(coord: TileCoord) -> tuple[int, set[object]]:
        found: set[object] = set()
        for areas in decoded_areas(archive.unpacked(coord) or b"", KEY):
            there = shapely.area(areas.shapes) > 0
            found |= {key for key, has_area in zip(areas.keys, there.tolist(), strict=True) if has_area}
        return coord.z, found

    keys: dict[int, set[object]] = defaultdict(set)
    with ThreadPoolExecutor(2) as pool:
        for z, found in pool.map(of_tile, archive.coords()):
            keys[z] |= found
    return {z: len(found) for z, found in keys.items()}


def _bytes(path: Path, *, small: bool) -> dict[int, _Bytes]:
    """By zoom; with brotli only where ``small``, for it takes a while."""
    archive = TileArchive.open(path)

    def of_tile(coord: TileCoord) -> tuple[int, int, int]:
        body = brotli.compress(archive.unpacked(coord) or b"", quality=11) if small else b""
        return coord.z, len(archive.tile(coord) or b""), len(body)

    found: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    with ThreadPoolExecutor(2) as pool:
        for z, stored, smaller in pool.map(of_tile, archive.coords()):
            found[z] = found[z][0] + stored, found[z][1] + smaller
    return {z: _Bytes(*pair) for z, pair in found.items()}
