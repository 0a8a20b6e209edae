"""What the tile benchmarks are run on, made once and kept: the same regions as GeoParquet, FlatGeobuf and GeoJSON lines."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from tests.bench.coverage import made_up_coverage
from tiles.repair import metre_of, repair_coverage

VERTICES = 150
DIGITS = 7
"""Decimals of degrees: a centimetre."""

NUMBERS = 9
"""Attributes with figures; with code, name and gemeente there are twelve."""


@dataclass(frozen=True, slots=True)
class Input:
    """One coverage in longitude and latitude, in a folder of its own."""

    name: str
    folder: Path
    about: str
    """A sentence on what it is."""

    clean_s: float
    """CPU seconds ``tiles.repair`` took to make a coverage of it; 0 where it was one."""

    @property
    def parquet(self) -> Path:
        """GeoParquet."""
        return self.folder / "regions.parquet"

    @property
    def flatgeobuf(self) -> Path:
        """FlatGeobuf."""
        return self.folder / "regions.fgb"

    @property
    def lines(self) -> Path:
        """GeoJSON, one feature per line."""
        return self.folder / "regions.geojsonl"

    def frame(self) -> geopandas.GeoDataFrame:
        """All regions: code, name, gemeente, n1 to n9, geometry."""
        return geopandas.read_parquet(self.parquet)


def made_up(folder: Path, regions: int) -> Input:
    """A made-up coverage."""
    return _kept(folder / f"syn-{regions}", f"SYN {regions:,}", lambda: _made_up(regions))


def ten_times(folder: Path, one: Input) -> Input:
    """A coverage ten times, side by side and one above the other."""
    return _kept(
        folder / f"{one.folder.name}-ten", f"{one.name}, ten times", lambda: (_ten_times(one), 0.0), peers=False
    )


def _ten_times(one: Input) -> geopandas.GeoDataFrame:
    frame = one.frame()
    west, south, east, north = frame.total_bounds
    copies = []
    for number in range(10):
        row, column = divmod(number, 5)
        step = np.round([(column - 2) * (east - west + 0.1), -row * (north - south + 0.1)], 1)
        copy = frame.copy()
        copy["code"] = [f"BU{number}{code[3:]}" for code in frame["code"]]
        copy.geometry = shapely.transform(frame.geometry.to_numpy(), lambda xy, step=step: np.round(xy + step, DIGITS))
        copies.append(copy)
    return geopandas.GeoDataFrame(pd.concat(copies, ignore_index=True), crs=frame.crs)


def buurten_2016(folder: Path, shared: Path) -> Input | None:
    """The CBS buurten of 2016 at full resolution, cleaned; None where the file is not there."""
    path = shared / "geo" / "nl_buurt_2016_wof.parquet"
    return _kept(folder / "real", "REAL", lambda: _cleaned(path)) if path.exists() else None


def _made_up(regions: int) -> tuple[geopandas.GeoDataFrame, float]:
    geometry = geopandas.GeoSeries(made_up_coverage(regions, VERTICES), crs=28992).to_crs(4326)
    rounded = shapely.transform(geometry.to_numpy(), lambda xy: np.round(xy, DIGITS))
    if not (shapely.is_valid(rounded).all() and shapely.coverage_is_valid(rounded)):
        raise ValueError("rounding to a centimetre broke the coverage")
    codes = [f"BU{number:08d}" for number in range(regions)]
    return _frame(rounded, codes, [f"Buurt {number}" for number in range(regions)]), 0.0


def _cleaned(path: Path) -> tuple[geopandas.GeoDataFrame, float]:
    raw = geopandas.read_parquet(path)
    started = time.process_time()
    repaired = repair_coverage(raw.geometry.to_numpy(), metre_of(raw.crs))
    took = time.process_time() - started
    there = ~shapely.is_missing(repaired.geometry) & ~shapely.is_empty(repaired.geometry)
    geometry = repaired.geometry[there]
    return _frame(geometry, raw["BU_CODE"][there].tolist(), raw["BU_NAAM"][there].astype(str).tolist()), took


def _frame(geometry: NDArray[np.object_], codes: list[str], names: list[str]) -> geopandas.GeoDataFrame:
    rng = np.random.default_rng(7)
    count = len(codes)
    columns: dict[str, object] = {"code": codes, "name": names, "gemeente": [code[:6] for code in codes]}
    for number in range(1, NUMBERS + 1):
        # Counts, and shares with one decimal; one in ten is not known.
        values = np.round(rng.gamma(2, 400, count)) if number % 2 else np.round(rng.uniform(0, 100, count), 1)
        columns[f"n{number}"] = pd.array(np.where(rng.random(count) < 0.1, np.nan, values), dtype="float64")
    return geopandas.GeoDataFrame(columns, geometry=geometry, crs="EPSG:4326")


def _kept(
    folder: Path, name: str, make: Callable[[], tuple[geopandas.GeoDataFrame, float]], *, peers: bool = True
) -> Input:
    """An input that was made before, or is made now; ``peers`` also in the formats that others read best."""
    facts = folder / "about.json"
    if not facts.exists():
        folder.mkdir(parents=True, exist_ok=True)
        frame, clean_s = make()
        found = Input(name, folder, "", clean_s)
        frame.to_parquet(found.parquet)
        if peers:
            frame.to_file(found.flatgeobuf, driver="FlatGeobuf")
            frame.to_file(found.lines, driver="GeoJSONSeq", COORDINATE_PRECISION="9")
        vertices = int(shapely.get_num_coordinates(frame.geometry.to_numpy()).sum())
        about = f"{len(frame):,} regions, {vertices / 1e6:.2f} M vertices, 12 attributes"
        facts.write_text(json.dumps({"about": about, "clean_s": clean_s}))
    kept = json.loads(facts.read_text())
    return Input(name, folder, kept["about"], kept["clean_s"])
