"""Pictures of maps, and what to expect in them."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from pyproj import Transformer
from rasterio.errors import NotGeoreferencedWarning

Pixels = NDArray[np.uint8]


def read_png(content: bytes) -> Pixels:
    """(height, width, 3) red, green and blue."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.MemoryFile(content) as file, file.open() as dataset:
            pixels: Pixels = dataset.read()
            return np.moveaxis(pixels[:3], 0, -1)


def rgb(color: str) -> tuple[int, int, int]:
    """``#rrggbb`` as numbers."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


@dataclass(frozen=True)
class Picture:
    """A picture of a known part of the earth."""

    pixels: Pixels
    extent: tuple[float, float, float, float]
    """West, south, east, north in ``crs``."""

    crs: str

    @classmethod
    def of(cls, drawn: dict[str, Any], crs: str, which: str = "plain") -> Picture:
        """A view that QGIS drew."""
        west, south, east, north = drawn["extent"]
        return cls(read_png(Path(drawn[which]).read_bytes()), (west, south, east, north), crs)

    @cached_property
    def _from_degrees(self) -> Transformer:
        return Transformer.from_crs("EPSG:4326", self.crs, always_xy=True)

    def place(self, lon: float, lat: float) -> tuple[float, float]:
        """Column and row of a point; outside the picture they lie outside its pixels."""
        x, y = map(float, self._from_degrees.transform(lon, lat))
        west, south, east, north = self.extent
        height, width = self.pixels.shape[:2]
        return (x - west) / (east - west) * width, (north - y) / (north - south) * height

    def holds(self, lon: float, lat: float, margin_px: float) -> bool:
        """Whether a point is in view, so far from the edge."""
        column, row = self.place(lon, lat)
        height, width = self.pixels.shape[:2]
        return bool(margin_px <= column < width - margin_px and margin_px <= row < height - margin_px)

    def around(self, lon: float, lat: float, side_px: int) -> Pixels:
        """(side, side, 3) the pixels around a point."""
        column, row = self.place(lon, lat)
        left, top = round(column - side_px / 2), round(row - side_px / 2)
        return self.pixels[top : top + side_px, left : left + side_px]


def has(pixels: Pixels, color: str) -> bool:
    """Whether any of the pixels has exactly this color."""
    return bool(np.any((pixels == rgb(color)).all(axis=-1)))


def class_color(value: float, edges: list[float], colors: list[str]) -> str:
    """The color of a figure: classes begin at their edge."""
    return colors[sum(value >= edge for edge in edges)]


def likest(pixels: Pixels, patterns: dict[str, Pixels]) -> str:
    """Which pattern has the mean color nearest to that of the pixels."""

    def distance(name: str) -> float:
        return float(np.abs(pixels.mean(axis=(0, 1)) - patterns[name].mean(axis=(0, 1))).sum())

    return min(patterns, key=distance)
