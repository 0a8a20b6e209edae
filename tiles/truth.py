"""The ground that tiles should cover: the true regions where they are known, else what the largest zoom covers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from tiles.decoded import Key
from tiles.grid import Grid, GridName, TileCoord
from tiles.project import to_unit_square

Geometry = NDArray[np.object_]

PIXELS = 512
"""CSS pixels along a side of a tile."""

COAST_DETAIL = 0.25
"""CSS pixels by which the edge of the covered ground is simplified before gaps are looked for."""

SQUARE = shapely.box(0, 0, 1, 1)
NOTHING = shapely.Polygon()


@dataclass(frozen=True)
class Source:
    """The true regions."""

    geometry: Geometry
    """(regions,) a coverage of valid polygons."""

    keys: Sequence[Key]
    """What the tiles call each region: its feature id, or the value of the property that is its key."""

    crs: pyproj.CRS
    grid: GridName = GridName.WEB_MERCATOR
    """The grid of the archive."""

    @cached_property
    def unit(self) -> Geometry:
        """The regions in the unit square of the grid, y down."""
        grid = Grid.named(self.grid)
        moved: Geometry = shapely.transform(self.geometry, lambda xy: to_unit_square(xy, self.crs, grid))
        return moved

    @cached_property
    def area(self) -> float:
        """Of all regions, in unit squares."""
        return float(shapely.area(self.unit).sum())

    def in_tile(self, coord: TileCoord) -> Mapping[Key, shapely.Geometry]:
        """The part of each region in a tile, in a square of side 1."""
        near = self._tree.query(shapely.box(*_bounds(coord)))
        pieces = clipped(on_tile(self.unit[near], coord))
        return {self.keys[i]: piece for i, piece in zip(near.tolist(), pieces, strict=True) if not piece.is_empty}

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.unit)


@dataclass(frozen=True)
class Truth:
    """What a layer should show."""

    cover: shapely.Geometry
    """In the unit square of the grid, y down."""

    keys: frozenset[Key]
    source: Source | None = None

    @staticmethod
    def of_source(source: Source, maxzoom: int) -> Truth:
        """The regions themselves: lakes and enclaves between them are no gaps, cracks too narrow for a CSS pixel are."""
        return Truth(_without_cracks(united(source.unit), maxzoom), frozenset(source.keys), source)

    @staticmethod
    def of_tiles(covers: Mapping[TileCoord, shapely.Geometry], keys: frozenset[Key]) -> Truth:
        """What the tiles of one zoom cover, with cracks closed in which no circle of a CSS pixel fits."""
        mosaic = shapely.union_all([_off_tile(cover, coord) for coord, cover in covers.items()])
        return Truth(_without_cracks(mosaic, next(iter(covers)).z), keys)

    def well_inside(self, z: int) -> shapely.Geometry:
        """The ground that lies a CSS pixel of the zoom or more from the edge of all ground."""
        pixel = 1 / (PIXELS << z)
        away = (1 + COAST_DETAIL) * pixel
        return shapely.union_all([_eroded(part, COAST_DETAIL * pixel, away) for part in shapely.get_parts(self.cover)])


def united(shapes: Geometry) -> shapely.Geometry:
    """The union of valid polygons; quick where they are a coverage."""
    clean, doubtful = told_apart(shapes)
    return shapely.union_all([shapely.coverage_union_all(clean), *doubtful])


def told_apart(shapes: Geometry) -> tuple[Geometry, Geometry]:
    """Polygons that overlap none of the others, a coverage, and those that might or lie near one that does."""
    there = shapes[~shapely.is_empty(shapes)]
    faulty = np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(there)))
    doubtful = np.zeros(len(there), bool)
    # What lies under a faulty polygon need not be faulty itself.
    doubtful[np.unique(shapely.STRtree(there).query(there[faulty])[1])] = True
    return there[~doubtful], there[doubtful]


def clipped(shapes: Geometry) -> Geometry:
    """The parts of valid polygons inside the square of side 1. Only those that reach out of it are cut."""
    bounds = shapely.bounds(shapes)
    with np.errstate(invalid="ignore"):
        outside = (bounds[:, :2] < 0).any(axis=1) | (bounds[:, 2:] > 1).any(axis=1)
    out = shapes.copy()
    # Not clip_by_rect: it leaves rings that touch themselves where vertices lie on the frame.
    out[outside] = shapely.intersection(shapes[outside], SQUARE)
    return out


def on_tile(shapes: Geometry, coord: TileCoord) -> Geometry:
    """From the unit square of the grid to the square of one tile."""
    corner, scale = np.array([coord.x, coord.y]), float(1 << coord.z)
    moved: Geometry = shapely.transform(shapes, lambda xy: xy * scale - corner)
    return moved


def _off_tile(shape: shapely.Geometry, coord: TileCoord) -> shapely.Geometry:
    corner, scale = np.array([coord.x, coord.y]), float(1 << coord.z)
    return shapely.transform(shape, lambda xy: (xy + corner) / scale)


def by_tile(shape: shapely.Geometry, z: int) -> Iterator[tuple[TileCoord, shapely.Geometry]]:
    """The parts of a shape of the unit square in the tiles of a zoom, each in a square of side 1."""
    return _below(shape, TileCoord(0, 0, 0), z)


def _below(shape: shapely.Geometry, at: TileCoord, z: int) -> Iterator[tuple[TileCoord, shapely.Geometry]]:
    # Quarter by quarter, so that a fine zoom does not walk along the whole coast for every tile.
    if shape.is_empty:
        return
    if at.z == z:
        yield at, shape
        return
    for corner in (np.array([right, down]) for down in (0, 1) for right in (0, 1)):
        part = shapely.transform(shape, lambda xy, corner=corner: xy * 2 - corner)
        child = TileCoord(at.z + 1, 2 * at.x + int(corner[0]), 2 * at.y + int(corner[1]))
        yield from _below(clipped(np.array([part], object))[0], child, z)


def _bounds(coord: TileCoord) -> tuple[float, float, float, float]:
    side = 1 / (1 << coord.z)
    return coord.x * side, coord.y * side, (coord.x + 1) * side, (coord.y + 1) * side


def _eroded(part: shapely.Polygon, detail: float, away: float) -> shapely.Geometry:
    shell, holes = _shell_and_holes(part)
    # Ring by ring, so that a small lake stays; keeping the topology of a national coast as a whole takes minutes.
    coast = shapely.simplify(shell, detail, preserve_topology=False)
    shores = shapely.buffer(shapely.simplify(holes, detail), away, quad_segs=2)
    return shapely.difference(shapely.buffer(coast, -away, quad_segs=2), shapely.union_all(shores))


def _without_cracks(cover: shapely.Geometry, maxzoom: int) -> shapely.Geometry:
    return shapely.union_all([_filled(part, 0.5 / (PIXELS << maxzoom)) for part in shapely.get_parts(cover)])


def _filled(part: shapely.Polygon, radius: float) -> shapely.Polygon:
    shell, holes = _shell_and_holes(part)
    lakes = holes[~shapely.is_empty(shapely.buffer(holes, -radius, quad_segs=2))]
    return shapely.Polygon(shell.exterior, [lake.exterior for lake in lakes])


def _shell_and_holes(part: shapely.Polygon) -> tuple[shapely.Polygon, Geometry]:
    """The outline and the holes of a polygon, each as a polygon without holes."""
    rings = shapely.polygons(shapely.get_rings(part))
    return rings[0], rings[1:]
