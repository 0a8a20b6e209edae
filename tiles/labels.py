"""One good place for the label of each region: the middle of the largest circle that fits in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

SIMPLER = 0.02
"""Borders are smoothed by this share of the region's size first: a circle does not feel the details."""


@dataclass(frozen=True, slots=True)
class LabelPoints:
    """A label point for each region, in the CRS of the geometry."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    radius: NDArray[np.float64]
    """Of the circle around the point that fits in the region, in units of the CRS; NaN, like x and y, without geometry."""


def label_points(geometry: NDArray[np.object_]) -> LabelPoints:
    """The pole of inaccessibility of the largest part of each region, always inside it."""
    largest, region = _largest_parts(geometry)
    size = np.sqrt(shapely.area(largest))
    simpler = shapely.simplify(largest, size * SIMPLER, preserve_topology=True)
    circle = shapely.maximum_inscribed_circle(simpler, size * SIMPLER / 2)
    middle = shapely.get_point(circle, 0)
    # In a region as thin as a river the smoothed shape may leave the true one.
    outside = ~shapely.contains_properly(largest, middle)
    if outside.any():
        circle[outside] = shapely.maximum_inscribed_circle(largest[outside], size[outside] * SIMPLER / 2)
        middle[outside] = shapely.get_point(circle[outside], 0)
    points = LabelPoints(*(np.full(len(geometry), np.nan) for _ in range(3)))
    points.x[region] = shapely.get_x(middle)
    points.y[region] = shapely.get_y(middle)
    points.radius[region] = shapely.length(circle)
    return points


def _largest_parts(geometry: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """The largest polygon of each geometry that has one, and which geometry it is of."""
    parts, owner = shapely.get_parts(geometry, return_index=True)
    area = shapely.area(parts)
    polygons = np.flatnonzero(area > 0)
    order = polygons[np.lexsort((-area[polygons], owner[polygons]))]
    region, first = np.unique(owner[order], return_index=True)
    return parts[order[first]], region.astype(np.int64)


def label_rank(weight: NDArray[np.float64]) -> NDArray[np.int64]:
    """(regions,) the place of each region by its weight, 0 for the heaviest: what a map labels first."""
    rank = np.empty(len(weight), np.int64)
    rank[np.argsort(-np.nan_to_num(weight, nan=-1.0), kind="stable")] = np.arange(len(weight))
    return rank
