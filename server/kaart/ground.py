"""Regions in view, from geometry tiles: the pieces of a region in neighbouring tiles are put together again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from server.kaart.frame import Frame
from tiles.archive import TileArchive
from tiles.decoded import decoded_areas
from tiles.grid import TileCoord

MOST_TILES = 120
"""So many are read for one picture at most."""

_MEETING = 0.01
"""Pieces are put together on a grid of this size, in units of the map, so that no hair of ground stays between them."""


@dataclass(frozen=True, slots=True)
class TileRange:
    """The tiles of a zoom that lie in a view."""

    z: int
    columns: range
    rows: range

    @staticmethod
    def of(frame: Frame, z: int) -> TileRange:
        """Those that a view touches."""
        side = 1 << z
        west, north = frame.west * side, frame.north * side
        east, south = west + frame.width / frame.scale * side, north + frame.height / frame.scale * side
        columns = range(max(int(west), 0), min(int(east), side - 1) + 1)
        return TileRange(z, columns, range(max(int(north), 0), min(int(south), side - 1) + 1))

    def __len__(self) -> int:
        return len(self.columns) * len(self.rows)


def ground(
    archive: TileArchive, frame: Frame, tiles: TileRange, levels: Collection[str]
) -> Mapping[str, Mapping[int, shapely.Geometry]]:
    """By level and feature id the part of each region that lies in view, in units of the map."""
    pieces: dict[str, dict[int, list[Any]]] = {level: defaultdict(list) for level in levels}
    for column in tiles.columns:
        for row in tiles.rows:
            tile = archive.unpacked(TileCoord(tiles.z, column, row))
            if tile is None:
                continue
            for areas in decoded_areas(tile):
                if areas.layer in pieces:
                    shapes = _placed(areas.shapes, areas.extent, column, row, frame, tiles.z)
                    for key, shape in zip(areas.keys, shapes, strict=True):
                        if key is not None and not shape.is_empty:
                            pieces[areas.layer][int(key)].append(shape)
    return {
        level: {
            key: whole[0] if len(whole) == 1 else shapely.union_all(whole, grid_size=_MEETING)
            for key, whole in found.items()
        }
        for level, found in pieces.items()
    }


def _placed(shapes: Any, extent: int, column: int, row: int, frame: Frame, z: int) -> Any:
    """Shapes of a tile as they lie in the view, cut off a little outside it; valid, or a union could fail."""
    side = frame.scale / (1 << z)
    corner = np.array([column * side - frame.west * frame.scale, row * side - frame.north * frame.scale])
    moved = shapely.transform(shapes, lambda xy: xy * (side / extent) + corner)
    cut = shapely.clip_by_rect(moved, -8, -8, frame.width + 8, frame.height + 8)
    return shapely.make_valid(cut)


def path_data(shapes: Collection[shapely.Geometry]) -> str:
    """The rings of areas as SVG path data, to a tenth of a unit; points that fall together are left out."""
    parts: list[str] = []
    for shape in shapes:
        for polygon in shapely.get_parts(shape):
            if polygon.geom_type != "Polygon":
                continue  # a line or point that making valid left behind
            for ring in (polygon.exterior, *polygon.interiors):
                xy = np.round(shapely.get_coordinates(ring)[:-1], 1)
                there = np.any(xy != np.roll(xy, 1, axis=0), axis=1)
                if there.sum() >= 3:
                    parts.append("M" + "L".join(f"{x:g} {y:g}" for x, y in xy[there].tolist()) + "Z")
    return "".join(parts)
