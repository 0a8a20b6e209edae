"""Grids: figures per cell of a raster or per square, from their source to a file of the atlas.

The file is a GeoTIFF in the CRS of the source, tiled, with two bands: the numbers (NaN where there is none), and the status: 0
for a number, ``Reason.number`` for a reason, ``ABSENT`` where there is no cell. Its overviews hold every so many-th cell:
nothing is ever averaged, so a withheld cell does not colour its neighbours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyproj
import rasterio
from numpy.typing import NDArray
from pyproj.exceptions import ProjError
from rasterio.enums import Resampling
from rasterio.errors import RasterioIOError
from rasterio.transform import Affine
from rasterio.windows import Window

from layers.catalog_grids import GridEntry
from layers.cells import SENTINEL, Marks, read_number
from layers.grid_cells import ABSENT
from layers.problems import InputProblems, Problem, listed, refuse
from layers.squares import RD, Squares, read_squares
from layers.values import Reason

BLOCK: Final = 256
"""Side of a tile of the file."""

SAMPLE: Final = 2_000_000
"""Classes are made from so many cells at most, spread evenly over the whole."""

_RASTERS = (".tif", ".tiff", ".vrt", ".asc", ".cog")
_WORLD: Final = pyproj.CRS.from_user_input("OGC:CRS84")


@dataclass(frozen=True, slots=True)
class Strip:
    """Whole rows of a grid."""

    first: int
    numbers: NDArray[np.float64]
    """(rows, width), NaN where there is no number."""

    status: NDArray[np.uint8]
    """(rows, width)."""


@dataclass(frozen=True, slots=True)
class GridSource:
    """A grid that can be read from north to south."""

    entry: GridEntry
    crs: pyproj.CRS
    transform: Affine
    """From column and row to the CRS."""

    width: int
    height: int
    is_single: bool
    """Whether 32 bits hold its numbers exactly."""

    strips: Callable[[], Iterator[Strip]]
    """Strips of ``BLOCK`` rows."""

    colors: dict[int, str]
    """The colour table of the file, by number; empty where it has none."""

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """west, south, east, north in degrees."""
        corners = [
            self.transform @ corner for corner in ((0, 0), (self.width, 0), (0, self.height), (self.width, self.height))
        ]
        xs, ys = zip(*corners, strict=True)
        transformer = pyproj.Transformer.from_crs(self.crs, _WORLD, always_xy=True)
        west, south, east, north = transformer.transform_bounds(min(xs), min(ys), max(xs), max(ys))
        return west, south, east, north

    def problem(self, message: str) -> Problem:
        """A problem with this source."""
        return Problem(self.entry.source, message, layer=self.entry.layer)


def read_grid(entry: GridEntry, path: Path) -> GridSource:
    """The grid of an entry, with its squares read or its raster opened. Raises InputProblems."""
    if not path.exists():
        refuse(entry.source, "this file does not exist")
    found = _raster(entry, path) if path.suffix.lower() in _RASTERS else _of_squares(entry, read_squares(path, entry))
    if entry.categories:
        _check_categories(found)
    return found


def _of_squares(entry: GridEntry, squares: Squares) -> GridSource:
    def strips() -> Iterator[Strip]:
        for first in range(0, len(squares.numbers), BLOCK):
            yield Strip(first, squares.numbers[first : first + BLOCK], squares.status[first : first + BLOCK])

    height, width = squares.numbers.shape
    single = squares.numbers.astype(np.float32).astype(np.float64)
    return GridSource(
        entry=entry,
        crs=pyproj.CRS.from_user_input(RD),
        transform=Affine(squares.cell_m, 0, squares.west, 0, -squares.cell_m, squares.north),
        width=width,
        height=height,
        is_single=bool(np.array_equal(single, squares.numbers, equal_nan=True)),
        strips=strips,
        colors={},
    )


def _raster(entry: GridEntry, path: Path) -> GridSource:
    band = entry.band or 1
    try:
        with rasterio.open(path) as dataset:
            if band > dataset.count:
                refuse(entry.source, f"band = {band} is not there; there {_are(dataset.count)}")
            crs = _crs(entry, dataset)
            colors = _colors(dataset, band)
            scale, offset = dataset.scales[band - 1], dataset.offsets[band - 1]
            dtype = np.dtype(dataset.dtypes[band - 1])
            return GridSource(
                entry=entry,
                crs=crs,
                transform=dataset.transform,
                width=dataset.width,
                height=dataset.height,
                is_single=np.can_cast(dtype, np.float32) and (scale, offset) == (1.0, 0.0),
                strips=lambda: _raster_strips(entry, path, band, scale, offset),
                colors=colors,
            )
    except RasterioIOError as error:
        refuse(entry.source, f"this file cannot be read as a raster ({error})", cause=error)


def _are(bands: int) -> str:
    return "is one band" if bands == 1 else f"are {bands} bands"


def _crs(entry: GridEntry, dataset: Any) -> pyproj.CRS:
    try:
        if entry.crs is not None:
            return pyproj.CRS.from_user_input(entry.crs)
        if dataset.crs is None or dataset.transform.is_identity:
            refuse(entry.source, "this raster has no place on earth; write it as a GeoTIFF with a CRS, or give crs")
        return pyproj.CRS.from_wkt(dataset.crs.to_wkt())
    except ProjError as error:
        refuse(entry.source, f"the CRS of this raster is not known ({error}); give crs", cause=error)


def _colors(dataset: Any, band: int) -> dict[int, str]:
    try:
        table: dict[int, tuple[int, ...]] = dataset.colormap(band)
    except ValueError:  # there is none
        return {}
    return {number: "#{:02x}{:02x}{:02x}".format(*color[:3]) for number, color in table.items()}


def _raster_strips(entry: GridEntry, path: Path, band: int, scale: float, offset: float) -> Iterator[Strip]:
    given = Marks.of(entry.missing, entry.withheld).reason_by_number
    with rasterio.open(path) as dataset:
        dtype = np.dtype(dataset.dtypes[band - 1])
        # As the raster holds them: there is no -9999.9 of 32 bits.
        marks = {float(dtype.type(mark)) if dtype.kind == "f" else mark: reason for mark, reason in given.items()}
        for first in range(0, dataset.height, BLOCK):
            window = Window(0, first, dataset.width, min(BLOCK, dataset.height - first))
            raw = dataset.read(band, window=window).astype(np.float64)
            is_there = dataset.read_masks(band, window=window) > 0
            yield _strip(first, raw, is_there, marks, scale, offset)


def _strip(
    first: int,
    raw: NDArray[np.float64],
    is_there: NDArray[np.bool_],
    marks: dict[float, Reason] | Any,
    scale: float,
    offset: float,
) -> Strip:
    status = np.where(is_there & np.isfinite(raw), 0, ABSENT).astype(np.uint8)
    low = np.unique(raw[(status == 0) & (raw <= SENTINEL)]).tolist()
    # A mark of the catalog and the code of CBS for withheld go before nodata: what is secret is never called absent.
    for mark in {*marks, *low, -99997.0}:
        reason = read_number(mark, marks=Marks(reason_by_number=marks))
        if isinstance(reason, Reason):
            status[raw == mark] = reason.number
    numbers = np.where(status == 0, raw if (scale, offset) == (1.0, 0.0) else raw * scale + offset, np.nan)
    return Strip(first, numbers + 0.0, status)


def _check_categories(source: GridSource) -> None:
    known = [category.value for category in source.entry.categories]
    found: set[float] = set()
    for strip in source.strips():
        found |= set(np.unique(strip.numbers[strip.status == 0]).tolist()) - set(known)
        if len(found) > 100:
            break
    if found:
        shown = listed((f"{value:g}" for value in sorted(found)), 5)
        raise InputProblems(
            [source.problem(f"{shown} stand in no category; the categories are {listed(map(str, known))}")]
        )


@dataclass(frozen=True, slots=True)
class GridTally:
    """What is in a grid."""

    sample: NDArray[np.float64]
    """Numbers of cells spread evenly, with the lowest and the highest of all; empty where there is no number."""

    numbers: int
    reasons: dict[Reason, int]
    """How many cells have each, of those that occur."""


def write_grid(path: Path, source: GridSource) -> GridTally:
    """Write the file of a grid, strip by strip."""
    step = max(1, -(-source.height * source.width // SAMPLE))
    samples: list[NDArray[np.float64]] = []
    lows: list[float] = []
    highs: list[float] = []
    counts = np.zeros(256, np.int64)
    dtype = "float32" if source.is_single else "float64"
    profile = {
        "driver": "GTiff", "width": source.width, "height": source.height, "count": 2, "dtype": dtype,
        "crs": rasterio.crs.CRS.from_wkt(source.crs.to_wkt()), "transform": source.transform,
        "tiled": True, "blockxsize": BLOCK, "blockysize": BLOCK, "compress": "deflate", "interleave": "band",
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as dataset:
        for strip in source.strips():
            window = Window(0, strip.first, source.width, len(strip.numbers))
            dataset.write(strip.numbers.astype(dtype), 1, window=window)
            dataset.write(strip.status.astype(dtype), 2, window=window)
            counts += np.bincount(strip.status.ravel(), minlength=256)
            there = strip.numbers[strip.status == 0]
            if len(there):
                samples.append(there[::step])
                lows.append(float(there.min()))
                highs.append(float(there.max()))
        factors = [1 << power for power in range(1, 32) if max(source.width, source.height) >> power >= BLOCK]
        dataset.build_overviews(factors, Resampling.nearest)
    ends = [min(lows), max(highs)] if lows else []
    reasons = {reason: int(counts[reason.number]) for reason in Reason if counts[reason.number]}
    return GridTally(np.concatenate([*samples, np.array(ends)]), int(counts[0]), reasons)
