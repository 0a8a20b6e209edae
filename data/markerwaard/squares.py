"""Inhabitants per square of 500 m, written as CBS writes its squares: few are withheld, and empty squares have no row."""

from __future__ import annotations

import numpy as np
import shapely

from markerwaard.cells import FEW, STEP
from markerwaard.homes import YEARS, Homes
from markerwaard.land import SEED, Land

SIDE = 500
YEAR = 2024


def squares(land: Land, homes: Homes) -> list[list[str]]:
    """The header and a row for each square with inhabitants, by id."""
    west, south, east, north = (int(edge // SIDE) for edge in shapely.total_bounds(land.cells))
    column, row = (axis.ravel() for axis in np.meshgrid(np.arange(west, east + 1), np.arange(south, north + 1)))
    boxes = shapely.box(column * SIDE, row * SIDE, (column + 1) * SIDE, (row + 1) * SIDE)
    square, cell = shapely.STRtree(boxes).query(land.cells, predicate="intersects")[::-1]
    part = shapely.area(shapely.intersection(boxes[square], land.cells[cell])) / shapely.area(land.cells)[cell]
    people = np.bincount(square, part * homes.inhabitants[cell, YEARS.index(YEAR)], minlength=len(boxes))
    people = np.rint(people * np.exp(np.random.default_rng(SEED + 7).normal(0, 0.35, len(boxes)))).astype(int)
    rows = [["crs28992res500m", "aantal_inwoners"]]
    for x, y, number in zip(column.tolist(), row.tolist(), people.tolist(), strict=True):
        if number > 0:
            shown = "-99997" if number < FEW else str(int(np.floor(number / STEP + 0.5)) * STEP)
            rows.append([f"E{x * SIDE // 100:04}N{y * SIDE // 100:04}", shown])
    return rows
