"""Tile ids of PMTiles: one Hilbert curve after the other, from zoom 0 on, for many tiles at once.

The single-tile form is ``zxy_to_tileid`` of the ``pmtiles`` package.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tiles.ragged import Ints

ZOOMS = 32
FIRST = np.array([((1 << 2 * z) - 1) // 3 for z in range(ZOOMS)], np.int64)
"""(zooms,) the id of the first tile of each zoom."""


def tile_ids(z: Ints, x: Ints, y: Ints) -> Ints:
    """(n,) the id of each tile; zooms run to 31."""
    tile_id = FIRST[z]
    x, y = x.copy(), y.copy()
    for bit in range(int(z.max(initial=0)) - 1, -1, -1):
        side = 1 << bit
        right, down = x >> bit & 1, y >> bit & 1
        tile_id += ((3 * right) ^ down) << 2 * bit
        x, y = x & side - 1, y & side - 1
        x, y = _turned(x, y, right, (down == 0) & (z > bit), side)
    return tile_id


def tile_places(tile_id: Ints) -> tuple[Ints, Ints, Ints]:
    """Zoom, column and row of each tile id."""
    z = np.searchsorted(FIRST, tile_id, side="right") - 1
    rest = tile_id - FIRST[z]
    x, y = np.zeros_like(rest), np.zeros_like(rest)
    for bit in range(int(z.max(initial=0))):
        right = rest >> 1 & 1
        down = (rest ^ right) & 1
        x, y = _turned(x, y, right, (down == 0) & (z > bit), 1 << bit)
        x, y = x + (right << bit), y + (down << bit)
        rest = rest >> 2
    return z, x, y


def _turned(x: Ints, y: Ints, right: Ints, turns: NDArray[np.bool_], side: int) -> tuple[Ints, Ints]:
    """Places within a quadrant of that side, mirrored where the curve runs through it the other way."""
    mirrored = turns & (right == 1)
    x, y = np.where(mirrored, side - 1 - x, x), np.where(mirrored, side - 1 - y, y)
    return np.where(turns, y, x), np.where(turns, x, y)
