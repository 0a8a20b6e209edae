"""Reading a grid of an atlas: the cells at points, and the cell at one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import pyproj
import rasterio
from numpy.typing import NDArray
from rasterio.windows import Window

from layers.values import Published

ABSENT: Final = 255
"""The status of a cell that is not there."""

ENOUGH: Final = 1024
"""Cells along a side of what is read for a picture; of more, overviews have every so many-th."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells at points."""

    numbers: NDArray[np.float64]
    status: NDArray[np.uint8]

    @property
    def is_there(self) -> NDArray[np.bool_]:
        """True where there is a cell, with a number or a reason."""
        there: NDArray[np.bool_] = self.status != ABSENT
        return there

    def published(self) -> Published:
        """The figures of the cells that are there, in the order of the points."""
        return Published(self.numbers[self.is_there], self.status[self.is_there])


def cells_at(path: Path, crs: str, x: NDArray[np.float64], y: NDArray[np.float64]) -> Cells:
    """The cells that hold points of a CRS, of any shape. Nothing is interpolated."""
    numbers, status = np.full(x.shape, np.nan), np.full(x.shape, ABSENT, np.uint8)
    with rasterio.open(path) as dataset:
        own_x, own_y = _transformer(crs, dataset.crs.to_wkt()).transform(x, y)
        back = ~dataset.transform
        columns = np.floor(back.a * own_x + back.b * own_y + back.c)
        rows = np.floor(back.d * own_x + back.e * own_y + back.f)
        inside = (columns >= 0) & (columns < dataset.width) & (rows >= 0) & (rows < dataset.height)
        if not inside.any():
            return Cells(numbers, status)
        columns, rows = columns[inside].astype(np.int64), rows[inside].astype(np.int64)
        west, north = int(columns.min()), int(rows.min())
        window = Window(west, north, int(columns.max()) - west + 1, int(rows.max()) - north + 1)
        every = max(1, -(-max(window.width, window.height) // ENOUGH))
        shape = (2, -(-window.height // every), -(-window.width // every))
        read = dataset.read(window=window, out_shape=shape).astype(np.float64)
    down = np.minimum((rows - north) * shape[1] // window.height, shape[1] - 1)
    across = np.minimum((columns - west) * shape[2] // window.width, shape[2] - 1)
    numbers[inside], status[inside] = read[0, down, across], read[1, down, across].astype(np.uint8)
    return Cells(numbers, status)


@lru_cache(maxsize=32)
def _transformer(crs: str, own: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(crs, own, always_xy=True)
