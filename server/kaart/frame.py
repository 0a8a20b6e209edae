"""What lies in view: a rectangle in Web Mercator that holds an area, and how it becomes units of the drawing."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from styles.map_picture import Box
from styles.symbols import TILE_PX

ROOM = 1.08
"""So many times the size of the area fits in the picture."""

_NEAREST = 17.0
"""The zoom of the smallest area there can be; a region without extent gets some ground around it."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Frame:
    """A view of the world. Units of the map count from its north-west corner, to the right and down."""

    width: float
    height: float
    west: float
    """x of its west edge, in parts of the world from 180° W."""

    north: float
    """y of its north edge, in parts of the world from the north edge of Web Mercator."""

    scale: float
    """Units for the whole world."""

    @staticmethod
    def around(bounds: tuple[float, float, float, float], box: Box) -> Frame:
        """The view that has bounds (west, south, east, north in degrees) in its middle."""
        x, y = to_world(np.array(bounds[::2]), np.array(bounds[1::2]))
        wide, high = max(float(x[1] - x[0]), 1e-12), max(float(y[0] - y[1]), 1e-12)
        scale = min(box.width / wide / ROOM, box.height / high / ROOM, TILE_PX * 2**_NEAREST)
        west, north = x.mean() - box.width / scale / 2, y.mean() - box.height / scale / 2
        return Frame(box.width, box.height, float(west), float(north), scale)

    @property
    def zoom(self) -> float:
        """As MapLibre counts zooms, where a unit is a pixel."""
        return math.log2(self.scale / TILE_PX)

    def place(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """Points in degrees as points of the map."""
        x, y = to_world(lon, lat)
        return (x - self.west) * self.scale, (y - self.north) * self.scale


def to_world(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Degrees as parts of the world in Web Mercator, from its north-west corner."""
    return lon / 360 + 0.5, 0.5 - np.arcsinh(np.tan(np.radians(lat))) / (2 * math.pi)
