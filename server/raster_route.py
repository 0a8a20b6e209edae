"""Pictures of tiles for clients that draw no vectors: ``/raster/{indicator}/{z}/{x}/{y}.png``.

The regions of a tile are drawn once per level and tile, and kept; a picture of another indicator or year only colors them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray
from starlette.requests import Request
from starlette.responses import Response

from layers.atlas import EditionFacts, IndicatorFacts, Series
from layers.columns import RegionTable
from server.errors import NotThere, shown
from server.grids.picture import grid_content
from server.parameters import Parameters
from server.responses import CachePolicy, Content, respond, versioned_policy
from server.snapshot import Snapshot
from server.styles_route import levels_of
from styles.errors import NoFigures
from styles.picture import Circles, areas, as_png, with_circles
from styles.raster_colors import circle_paint, color_indices, palette, symbol_radii_px
from styles.scene import scene
from tiles.grid import RD_ZOOMS_AHEAD, Grid, GridName, TileCoord
from tiles.raster import SAMPLES, SIDE_PX, RegionSamples, region_samples

PNG: Final = "image/png"
DEEPER: Final = 4
"""So many zooms beyond those of the tiles there are pictures too."""

_NAME = re.compile(r"([0-9]{1,10})(@2x)?\.png")


@dataclass(frozen=True, slots=True)
class Picture:
    """What a picture shows."""

    indicator: IndicatorFacts
    series: Series
    grid: GridName
    coord: TileCoord
    scale: int
    """Pixels per CSS pixel."""


async def raster(request: Request) -> Response:
    """A picture of a tile of an indicator, of a year and of one level or of each at its zooms; or of a grid."""
    snapshot = Snapshot.of(request)
    path = request.path_params
    parameters = Parameters(request.query_params)
    grid = GridName(parameters.choice("grid", [name.value for name in GridName], GridName.WEB_MERCATOR.value))
    if path["indicator"] in {one.id for one in snapshot.facts.grids}:
        cells = snapshot.grid(path["indicator"])
        parameters.check()
        coord, scale = _place(path)
        content = await grid_content(snapshot, cells, grid, coord, snapshot.facts.maxzoom + DEEPER, scale)
        return respond(request, content, versioned_policy(request, cells.cells.version, CachePolicy.SHORT))
    indicator = snapshot.styled(path["indicator"])
    year = parameters.number("year", sorted({series.year for series in indicator.series}))
    level = parameters.optional("level", levels_of(indicator))
    parameters.check()
    coord, scale = _place(path)
    content = await picture_content(snapshot, indicator, year, level, grid, coord, scale)
    return respond(request, content, versioned_policy(request, indicator.values.version, CachePolicy.SHORT))


def _place(path: Mapping[str, str]) -> tuple[TileCoord, int]:
    """Where a picture lies, and how many pixels a CSS pixel has. Raises NotThere."""
    name = _NAME.fullmatch(path["name"])
    words = [path["z"], path["x"]]
    if name is None or not all(re.fullmatch("[0-9]{1,10}", word) for word in words):
        raise NotThere(f"a picture is z/x/y.png or z/x/y@2x.png, not {shown('/'.join([*words, path['name']]))}")
    return TileCoord(int(words[0]), int(words[1]), int(name[1])), 2 if name[2] else 1


async def picture_content(
    snapshot: Snapshot,
    indicator: IndicatorFacts,
    year: int | None,
    level: str | None,
    grid: GridName,
    coord: TileCoord,
    scale: int = 1,
) -> Content:
    """The picture, kept; transparent where no region is. Raises NotThere and NoFigures."""
    picture = chosen_picture(snapshot, indicator, year, level, grid, coord, scale)
    key = ("raster", indicator.id, picture.series.level, picture.series.year, grid, coord, scale)
    return await snapshot.cache.get(key, partial(_drawn, snapshot, picture))


def chosen_picture(
    snapshot: Snapshot,
    indicator: IndicatorFacts,
    year: int | None,
    level: str | None,
    grid: GridName,
    coord: TileCoord,
    scale: int,
) -> Picture:
    """Which figures a picture shows: the newest, and those of the level that the map shows at this zoom."""
    asked = max(series.year for series in indicator.series) if year is None else year
    view = scene(snapshot.facts, indicator.id, asked, level)
    ahead = RD_ZOOMS_AHEAD if grid is GridName.RD_NEW else 0
    zoom = coord.z + ahead - 1  # MapLibre's tiles are twice as wide on the screen
    bands = [band for band in view.bands if band.minzoom <= zoom] or list(view.bands[:1])
    shown_level = bands[-1].level.id
    for series in indicator.series:
        if (series.level, series.year, series.edition) == (shown_level, asked, view.edition.year):
            return Picture(indicator, series, grid, coord, scale)
    raise NoFigures(indicator.id, f"{shown_level} in {asked}", levels_of(indicator))


def _drawn(snapshot: Snapshot, picture: Picture) -> Content:
    return Content.picture(as_png(_pixels(snapshot, picture)), PNG)


def _pixels(snapshot: Snapshot, picture: Picture) -> NDArray[np.uint8]:
    indicator, series = picture.indicator, picture.series
    table = snapshot.atlas.regions(series.edition).of_level(series.level)
    published = snapshot.atlas.published(indicator.id, series.level, series.year)
    found = samples_of(snapshot, picture)
    row_by_id = {region: row for row, region in enumerate(table.id.tolist())}
    rows = [row_by_id[region] for region in found.ids.tolist()]
    colors = color_indices(published, indicator, series.level)[rows]
    drawn = areas(found.place, colors, palette(indicator), SAMPLES, picture.scale)
    if indicator.drawn != "symbols":
        return drawn
    edition = snapshot.edition_by_year[series.edition]
    return with_circles(drawn, _circles(picture, table, edition, snapshot), picture.scale)


def samples_of(snapshot: Snapshot, picture: Picture) -> RegionSamples:
    """The regions in the square of a picture. Raises NotThere where the grid or the zoom is not there."""
    borders = snapshot.borders(picture.series.edition)
    archive = borders.archive(picture.grid)
    if archive is None:
        raise NotThere(f"there are no tiles of {picture.series.edition} in {picture.grid}")
    z = picture.coord.z
    if z > archive.maxzoom + DEEPER:
        raise NotThere(f"there are pictures to zoom {archive.maxzoom + DEEPER}, not {z}")
    up = max(0, z - archive.maxzoom)
    within = TileCoord(z - up, picture.coord.x >> up, picture.coord.y >> up)
    tile = archive.unpacked(within)
    samples = SIDE_PX * picture.scale * SAMPLES
    return region_samples(b"" if tile is None else tile, picture.series.level, within, picture.coord, samples)


def _circles(picture: Picture, table: RegionTable, edition: EditionFacts, snapshot: Snapshot) -> Circles:
    """The circles of a level as they lie in and around a picture."""
    grid = Grid.named(picture.grid)
    west, _, _, north = grid.bounds(picture.coord)
    px = SIDE_PX * picture.scale * (1 << picture.coord.z) / grid.size_m
    x, y = _to_grid(table, grid)
    published = snapshot.atlas.published(picture.indicator.id, picture.series.level, picture.series.year)
    zoom = picture.coord.z + (RD_ZOOMS_AHEAD if picture.grid is GridName.RD_NEW else 0) - 1
    radius = symbol_radii_px(published, picture.indicator, edition, picture.series.level, zoom)
    return Circles((x - west) * px, (north - y) * px, radius, published.reasons, circle_paint(picture.indicator))


def _to_grid(table: RegionTable, grid: Grid) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The label points of regions in the CRS of a grid."""
    if grid.name is GridName.WEB_MERCATOR:
        radius = grid.size_m / (2 * math.pi)
        lat = np.radians(table.lat)
        return radius * np.radians(table.lon), radius * np.arcsinh(np.tan(lat))
    from pyproj import Transformer

    x, y = Transformer.from_crs("OGC:CRS84", grid.crs, always_xy=True).transform(table.lon, table.lat)
    return np.asarray(x), np.asarray(y)
