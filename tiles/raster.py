"""The regions of a tile as samples: which region lies at each, for pictures of any indicator.

Regions are filled from the same simplified geometry that vector tiles have, so pictures and vector maps agree and neighbours
leave no gap. Samples are closer together than the pixels of the picture, which is averaged from them (anti-aliasing).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from tiles.decoded import decoded_areas
from tiles.grid import TileCoord
from tiles.ragged import ranges

SAMPLES = 3
"""Along each side of a pixel of the picture."""

SIDE_PX = 256
"""Pixels along a side of a picture, as WMTS and XYZ have it."""


@dataclass(frozen=True, slots=True)
class RegionSamples:
    """The regions of one level in a square."""

    ids: NDArray[np.int64]
    """(found,) their feature ids."""

    place: NDArray[np.uint16]
    """(side, side) one more than the place in ``ids`` of the region at a sample; 0 for none."""


def region_samples(tile: bytes, layer: str, within: TileCoord, coord: TileCoord, samples: int) -> RegionSamples:
    """The regions of a layer of an uncompressed tile, in the square of ``coord``: ``within``, the tile, or a part of it.

    The square has so many samples along a side. Raises BadTile where the tile is damaged.
    """
    found = next((areas for areas in decoded_areas(tile) if areas.layer == layer), None)
    if found is None:
        return RegionSamples(np.zeros(0, np.int64), np.zeros((samples, samples), np.uint16))
    deeper = coord.z - within.z
    side = found.extent / (1 << deeper)
    corner = np.array([coord.x - (within.x << deeper), coord.y - (within.y << deeper)]) * side
    ids = np.array([int(key) if key is not None else 0 for key in found.keys], np.int64)
    return RegionSamples(ids, filled(found.shapes, corner, side / samples, samples))


def filled(shapes: NDArray[Any], corner: NDArray[np.float64], step: float, samples: int) -> NDArray[np.uint16]:
    """(samples, samples) one more than the place of the shape that holds the middle of each sample, 0 where none does.

    Where shapes overlap the last lies on top. ``corner`` is the north-west corner of the square and ``step`` the side of
    a sample. Of every shape and row of samples the borders that the row crosses are sorted, and ground lies between the
    first and the second, the third and the fourth, and so on (even-odd rule): beginnings are added and ends taken away,
    and a running sum along each row is the number of the shape.
    """
    row, at, shape = _crossings(shapes, corner, step, samples)
    order = np.lexsort((at, shape, row))
    row, shape = row[order], shape[order]
    first = np.clip(np.ceil(at[order] - 0.5), 0, samples).astype(np.int64)
    change = np.where(np.arange(len(row)) % 2 == 0, shape + 1, -shape - 1)
    sums = np.bincount(row * (samples + 1) + first, weights=change, minlength=samples * (samples + 1))
    place = sums.reshape(samples, samples + 1).cumsum(axis=1)[:, :samples]
    ground, length = row[::2] * samples + first[::2], first[1::2] - first[::2]
    if int(length.sum()) > np.count_nonzero(place):  # under two shapes the sum is the number of neither
        flat = np.zeros(samples * samples, np.int64)
        np.maximum.at(flat, ranges(ground, length), np.repeat(shape[::2] + 1, length))
        place = flat.reshape(samples, samples)
    numbers: NDArray[np.uint16] = np.clip(place, 0, len(shapes)).astype(np.uint16)
    return numbers


def _crossings(
    shapes: NDArray[Any], corner: NDArray[np.float64], step: float, samples: int
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:
    """Row, place along the row (in samples) and shape of every crossing of a border with the middle of a row."""
    parts, shape_of_part = shapely.get_parts(shapes, return_index=True)
    rings, part_of_ring = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    x, y = ((xy - corner) / step).T
    edge = np.flatnonzero(ring[1:] == ring[:-1])
    top, bottom = np.minimum(y[edge], y[edge + 1]), np.maximum(y[edge], y[edge + 1])
    # Half open, so that a corner that lies on a row is crossed once: by the edge above it or by the one below.
    low = np.clip(np.ceil(top - 0.5), 0, samples).astype(np.int64)
    high = np.clip(np.ceil(bottom - 0.5), 0, samples).astype(np.int64)
    times = high - low
    edge = np.repeat(edge, times)
    row = np.arange(len(edge)) - np.repeat(np.cumsum(times) - times, times) + np.repeat(low, times)
    along = (row + 0.5 - y[edge]) / (y[edge + 1] - y[edge])
    at = x[edge] + along * (x[edge + 1] - x[edge])
    return row, at, shape_of_part[part_of_ring[ring[edge]]]
