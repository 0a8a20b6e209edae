"""Our side of the tile benchmark, run as a process of its own.

    python -m tests.bench.ours build REGIONS.parquet OUT.pmtiles JOBS [mlt]
    python -m tests.bench.ours join REGIONS.parquet GEOMETRY.pmtiles OUT.pmtiles COLUMNS JOBS
    python -m tests.bench.ours atlas REGIONS.parquet OUT.pmtiles JOBS

build writes a joined archive, as MVT or as MLT, and beside it the geometry tiles it was joined from. join joins further
columns to those. atlas makes gemeenten and wijken of buurten too, shows each level from its usual zoom, with borders, labels and
ten attributes, and tells the bytes of the largest tile.
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
from tiles.compression import Compression
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
    # Not to_numpy, here and below: that imports pandas, which costs as much as reading the file.
    geometry = shapely.from_wkb(table["geometry"].to_pylist())
    crs = pyproj.CRS.from_json_dict(json.loads(table.schema.metadata[b"geo"])["columns"]["geometry"]["crs"])
    clock.lap("read")
    nowhere = np.full(len(codes), np.nan)
    level = pyramid.Level(LAYER, geometry, ids, codes, names, nowhere, nowhere, nowhere, 0)
    tiles = out.with_suffix(".geometry.pmtiles")
    mvt, mlt = (tiles, None) if encoding is Encoding.MVT else (out.with_suffix(".mvt.pmtiles"), tiles)
    facts = {"name": LAYER}
    pyramid.write_pyramid(
        mvt,
        [level],
        [],
        crs,
        MAXZOOM,
        facts,
        mlt=mlt,
        outlines=False,
        labels=False,
        compression=Compression.NONE,  # these are made to be joined
        jobs=jobs,
    )
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


def atlas(regions: Path, out: Path, jobs: int) -> dict[str, float]:
    """Bytes of the largest tile, gzipped, in each encoding."""
    import geopandas  # here, as joining does without these
    import shapely

    from layers.levels import KNOWN
    from tiles import pyramid
    from tiles.labels import label_points

    frame = geopandas.read_parquet(regions)
    levels, attributes = [], {}
    for name, digits in (("gemeente", 6), ("wijk", 8), ("buurt", 10)):
        known = KNOWN[name]
        groups = frame.groupby(known.prefix + frame["code"].str[2:digits])
        codes = list(groups.groups)
        geometry = np.array([shapely.coverage_union_all(part) for _, part in groups.geometry], object)
        names, ids, points = list(groups["name"].first()), feature_ids(codes), label_points(geometry)
        levels.append(
            pyramid.Level(name, geometry, ids, codes, names, points.x, points.y, points.radius, known.minzoom)
        )
        rng = np.random.default_rng(len(levels))
        columns = {f"n{number}": TileColumn.full(np.round(rng.uniform(0, 100, len(ids)), 1)) for number in range(10)}
        attributes[name] = Attributes.of(ids, columns)
    largest = {}
    bare = {encoding: out.with_suffix(f".{encoding}.geometry.pmtiles") for encoding in Encoding}
    facts = {"name": "atlas"}
    pyramid.write_pyramid(bare[Encoding.MVT], levels, [], frame.crs, MAXZOOM, facts, mlt=bare[Encoding.MLT], jobs=jobs)
    for encoding, tiles in bare.items():
        write_joined(TileArchive.open(tiles), out, attributes, jobs=jobs)
        archive = TileArchive.open(out)
        largest[encoding.value] = float(max(len(archive.tile(coord) or b"") for coord in archive.coords()))
    return largest


def _column(values: pa.ChunkedArray) -> TileColumn:
    given = values.to_pylist()
    if not pa.types.is_floating(values.type):
        return TileColumn.full(np.array(given, object))
    numbers = np.array(given, np.float64)  # None becomes NaN
    present = ~np.isnan(numbers)
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
    """Run one of the three and print what it tells as JSON."""
    match sys.argv[1:]:
        case ["build", regions, out, jobs, *encoding]:
            laps = build(Path(regions), Path(out), int(jobs), *map(Encoding, encoding))
        case ["join", regions, tiles, out, count, jobs]:
            laps = join(Path(regions), Path(tiles), Path(out), int(count), int(jobs))
        case ["atlas", regions, out, jobs]:
            laps = atlas(Path(regions), Path(out), int(jobs))
        case _:
            raise SystemExit(__doc__)
    sys.stdout.write(json.dumps(laps) + "\n")


if __name__ == "__main__":
    main()
