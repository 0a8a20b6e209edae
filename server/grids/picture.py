"""Pictures of tiles of a grid, in both tile matrix sets."""

from __future__ import annotations

from functools import partial
from typing import Final

import numpy as np

from layers.atlas import GridFacts
from layers.grid_cells import Cells, cells_at
from layers.values import Published
from server.errors import NotThere
from server.grids.indicator import LEVEL, as_indicator
from server.responses import Content
from server.snapshot import Snapshot
from styles.cells_picture import cells_picture
from styles.picture import as_png
from tiles.grid import RD_ZOOMS_AHEAD, Grid, GridName, TileCoord
from tiles.raster import SIDE_PX

PNG: Final = "image/png"


async def grid_content(
    snapshot: Snapshot, grid: GridFacts, name: GridName, coord: TileCoord, deepest: int, scale: int = 1
) -> Content:
    """The picture, kept; transparent where no cell is. ``deepest`` is the last zoom of Web Mercator. Raises NotThere."""
    last = deepest - (RD_ZOOMS_AHEAD - 1 if name is GridName.RD_NEW else 0)
    if coord.z > last:
        raise NotThere(f"there are pictures to zoom {last}, not {coord.z}")
    key = ("grid", grid.id, name, coord, scale)
    return await snapshot.cache.get(key, partial(_drawn, snapshot, grid, name, coord, scale))


def _drawn(snapshot: Snapshot, grid: GridFacts, name: GridName, coord: TileCoord, scale: int) -> Content:
    side = SIDE_PX * scale
    matrix = Grid.named(name)
    west, _, east, north = matrix.bounds(coord)
    step = (east - west) / side
    x, y = np.meshgrid(west + (np.arange(side) + 0.5) * step, north - (np.arange(side) + 0.5) * step)
    cells = cells_at(snapshot.atlas.path(grid.cells), f"EPSG:{matrix.epsg}", x, y)
    drawn = cells_picture(cells.is_there, figures(grid, cells), as_indicator(grid, "nl"), LEVEL, scale)
    return Content.picture(as_png(drawn), PNG)


def figures(grid: GridFacts, cells: Cells) -> Published:
    """The figures of cells that are there; a category is its place in the list."""
    found = cells.published()
    if not grid.categories:
        return found
    values = np.array([category.value for category in grid.categories])
    order = np.argsort(values)
    places = order[np.minimum(np.searchsorted(values[order], np.nan_to_num(found.numbers)), len(values) - 1)]
    return Published(np.where(found.has_number, places, np.nan), found.reasons)
