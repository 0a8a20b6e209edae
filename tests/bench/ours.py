"""Our side of the tile benchmark, run as a process of its own.

    python -m tests.bench.ours build REGIONS.parquet OUT.pmtiles JOBS [mlt]
    python -m tests.bench.ours join REGIONS.parquet GEOMETRY.pmtiles OUT.pmtiles COLUMNS JOBS

build writes a joined archive, as MVT or as MLT, and beside it the geometry tiles it was joined from. join joins further
columns to those.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tiles.archive import TileArchive
from tiles.attributes import Attributes, TileColumn
from tiles.encoding import Encoding
from tiles.featureid import feature_ids
from tiles.joined import write_joined

LAYER = "regio"
MAXZOOM = 12


def build(regions: Path, out: Path, jobs: int, encoding: Encoding = Encoding.MVT) -> dict[str, float]:
    """Wall seconds of the stages. Geometry is written as MVT in any case, as it is for an atlas."""
    import pyproj  # here, as joining does without these
    import shapely

    from tiles import pyramid
    from tiles.memory import share_one_arena

    share_one_arena()
    clock = _Clock()
    table = pq.ParquetFile(regions).read()
    codes, names = table["code"].to_pylist(), table["name"].to_pylist()
    ids = feature_ids(codes)
    geometry = shapely.from_wkb(table["geometry"].to_numpy(zero_copy_only=False))
    crs = pyproj.CRS.from_json_dict(json.loads(table.schema.metadata[b"geo"])["columns"]["geometry"]["crs"])
    clock.lap("read")
    nowhere = np.full(len(codes), np.nan)
    level = pyramid.Level(LAYER, geometry, ids, codes, names, nowhere, nowhere, nowhere, 0)
    tiles = out.with_suffix(".geometry.pmtiles")
    mvt, mlt = (tiles, None) if encoding is Encoding.MVT else (out.with_suffix(".mvt.pmtiles"), tiles)
    facts = {"name": LAYER}
    pyramid.write_pyramid(mvt, [level], [], crs, MAXZOOM, facts, mlt=mlt, outlines=False, labels=False, jobs=jobs)
    clock.lap("tiles")
    columns = {name: _column(table[name]) for name in table.column_names if name != "geometry"}
    write_joined(TileArchive.open(tiles), out, {LAYER: Attributes.of(ids, columns)}, jobs=jobs)
    clock.lap("join")
    return clock.laps


def join(regions: Path, tiles: Path, out: Path, count: int, jobs: int) -> dict[str, float]:
    """Wall seconds of joining made-up columns."""
    clock = _Clock()
    codes = pq.ParquetFile(regions).read(["code"])["code"].to_pylist()
    ids = feature_ids(codes)
    rng = np.random.default_rng(3)
    columns = {f"n{number}": TileColumn.full(np.round(rng.uniform(0, 100, len(ids)), 1)) for number in range(count)}
    clock.lap("read")
    write_joined(TileArchive.open(tiles), out, {LAYER: Attributes.of(ids, columns)}, jobs=jobs)
    clock.lap("join")
    return clock.laps


def _column(values: pa.ChunkedArray) -> TileColumn:
    import pyarrow.compute as pc  # here, as joining does without it

    if not pa.types.is_floating(values.type):
        return TileColumn.full(values.to_numpy(zero_copy_only=False))
    present = pc.and_(pc.is_valid(values), pc.invert(pc.is_nan(values))).fill_null(False).to_numpy(zero_copy_only=False)
    numbers = values.to_numpy(zero_copy_only=False)
    if (numbers[present] == np.round(numbers[present])).all():
        return TileColumn(np.where(present, numbers, 0).astype(np.int64), present)
    return TileColumn(numbers, present)


class _Clock:
    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name] = now - self._last
        self._last = now


def main() -> None:
    """Run one of the two and print the stages as JSON."""
    match sys.argv[1:]:
        case ["build", regions, out, jobs, *encoding]:
            laps = build(Path(regions), Path(out), int(jobs), *map(Encoding, encoding))
        case ["join", regions, tiles, out, count, jobs]:
            laps = join(Path(regions), Path(tiles), Path(out), int(count), int(jobs))
        case _:
            raise SystemExit(__doc__)
    sys.stdout.write(json.dumps(laps) + "\n")


if __name__ == "__main__":
    main()
