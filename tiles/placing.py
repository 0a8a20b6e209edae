"""Regions that a grid cannot hold are refused with a sentence, before any work is done.

A part outside the grid is simply not drawn. What cannot be drawn right is an edge that runs the wrong way round the world
because its polygon crosses the antimeridian (RFC 7946, section 3.1.9, asks to cut there), a point that the projection does not
have, and one too far away to count in pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from tiles.errors import NotOnGrid
from tiles.grid import Grid, GridName

Geometry = NDArray[np.object_]

SAMPLE = 21
"""Points along each side of the extent that are looked at first."""

HALF_WORLD = 0.5
"""Of the square of Web Mercator: no edge that was meant is longer."""


@dataclass(frozen=True, slots=True)
class Placed:
    """The features of a layer."""

    layer: str
    geometry: Geometry
    codes: Sequence[str] | None
    """What features are called; None where they are only numbered."""

    def name(self, row: int) -> str:
        """What a feature is called in a sentence."""
        return f"number {row + 1}" if self.codes is None else self.codes[row]

    def refuse(self, rows: NDArray[np.integer], why: str) -> None:
        """Raise NotOnGrid about these features, if any."""
        found = np.unique(rows).tolist()
        if found:
            others = f" (and {len(found) - 1:,} more)" if len(found) > 1 else ""
            raise NotOnGrid(f"layer {self.layer}: {self.name(found[0])}{others} {why}")


def check_on_grid(layers: Sequence[Placed], crs: pyproj.CRS, grid: Grid, units: int) -> None:
    """Raise NotOnGrid where no feature meets the grid, or one cannot be drawn right; ``units`` there are along its side."""
    geometry = np.concatenate([placed.geometry for placed in layers])
    if (shapely.is_missing(geometry) | shapely.is_empty(geometry)).all():
        names = ", ".join(placed.layer for placed in layers)
        raise NotOnGrid(f"no feature of {names} has a shape, so there is nothing to draw")
    to_grid = _Projection(pyproj.Transformer.from_crs(crs, grid.crs, always_xy=True), grid)
    west, south, east, north = shapely.total_bounds(geometry)
    sides = np.meshgrid(np.linspace(west, east, SAMPLE), np.linspace(south, north, SAMPLE))
    sample = to_grid(np.column_stack([side.ravel() for side in sides]))
    # Of a country inside the grid, away from the antimeridian, a look at its extent is enough.
    if ((sample > 0) & (sample < 1)).all() and np.ptp(sample[:, 0]) < HALF_WORLD:
        return
    meets = [_meets(placed, to_grid, units) for placed in layers]
    if not any(meets):
        raise NotOnGrid(
            f"no region lies inside the grid {grid.name}, which spans {grid.west:,.0f} to {grid.west + grid.size_m:,.0f} east "
            f"and {grid.north - grid.size_m:,.0f} to {grid.north:,.0f} north in {grid.crs.name}; choose another grid"
        )


@dataclass(frozen=True, slots=True)
class _Projection:
    transformer: pyproj.Transformer
    grid: Grid

    def __call__(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where points lie in the square of tile 0/0/0; infinite where the projection does not have them."""
        x, y = self.transformer.transform(xy[:, 0], xy[:, 1])
        return np.column_stack([(x - self.grid.west) / self.grid.size_m, (self.grid.north - y) / self.grid.size_m])


def _meets(placed: Placed, to_grid: _Projection, units: int) -> bool:
    """Whether any feature may meet the grid; raises NotOnGrid where one cannot be drawn right."""
    parts, feature = shapely.get_parts(placed.geometry, return_index=True)
    is_area = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    rings, part = shapely.get_rings(parts[is_area], return_index=True)
    xy, path = shapely.get_coordinates(np.concatenate([rings, parts[~is_area]]), return_index=True)
    row = np.concatenate([feature[is_area][part], feature[~is_area]])[path]
    unit, grid = to_grid(xy), to_grid.grid
    placed.refuse(row[~np.isfinite(unit).all(axis=1)], f"cannot be projected to {grid.crs.name}")
    too_far = (np.abs(unit) * units >= np.iinfo(np.int32).max).any(axis=1)
    placed.refuse(row[too_far], f"is too far from the grid {grid.name}")
    if grid.name is GridName.WEB_MERCATOR:
        jumps = (np.abs(np.diff(unit[:, 0])) > HALF_WORLD) & (path[1:] == path[:-1])
        # Beyond 85 degrees, outside the grid, an edge may run around the world.
        high, low = np.minimum(unit[1:, 1], unit[:-1, 1]), np.maximum(unit[1:, 1], unit[:-1, 1])
        placed.refuse(
            row[1:][jumps & (low > 0) & (high < 1)],
            "crosses the antimeridian, or has an edge that is longer than half the world; cut it at 180 degrees "
            "(ogr2ogr -wrapdateline)",
        )
    return bool(len(unit) and (unit.min(axis=0) < 1).all() and (unit.max(axis=0) > 0).all())
