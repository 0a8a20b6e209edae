"""Grids: how the plane is divided into tiles at each zoom."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, cast

from tiles.errors import TileOutOfRange

if TYPE_CHECKING:
    import morecantile
    import pyproj

# morecantile and pyproj are imported where they are used: joining and serving tiles needs neither, and they take longer to
# load than a country takes to join.


@dataclass(frozen=True, slots=True)
class TileCoord:
    """One tile of a square pyramid, numbered from the north-west corner."""

    z: int
    """Zoom level; level z has 2**z columns and rows."""

    x: int
    """Column, counted east."""

    y: int
    """Row, counted south."""

    def __post_init__(self) -> None:
        if not 0 <= self.z < 32 or not (0 <= self.x < 1 << self.z and 0 <= self.y < 1 << self.z):
            raise TileOutOfRange(self.z, self.x, self.y)

    def __str__(self) -> str:
        return f"{self.z}/{self.x}/{self.y}"


class GridName(StrEnum):
    """The grids we speak, by their OGC names."""

    WEB_MERCATOR = "WebMercatorQuad"
    RD_NEW = "NetherlandsRDNewQuad"


@dataclass(frozen=True, slots=True)
class Grid:
    """A tile matrix set whose zooms halve: one square at zoom 0, four times as many tiles at each next."""

    name: GridName
    epsg: int
    west: float
    """x of the west edge of tile 0/0/0, in the units of the CRS (metres)."""

    north: float
    """y of its north edge."""

    size_m: float
    """Side of tile 0/0/0, in the units of the CRS."""

    @property
    def crs(self) -> pyproj.CRS:
        """The coordinate reference system of the grid."""
        import pyproj

        return pyproj.CRS.from_epsg(self.epsg)

    @staticmethod
    def named(name: GridName) -> Grid:
        """The grid of that name, with the numbers of its tile matrix set."""
        match name:
            case GridName.WEB_MERCATOR:
                return Grid(name, 3857, -WEB_MERCATOR_HALF_M, WEB_MERCATOR_HALF_M, 2 * WEB_MERCATOR_HALF_M)
            case GridName.RD_NEW:
                west, south, _, north = RD_NEW_EXTENT
                return Grid(name, 28992, west, north, north - south)

    @property
    def zooms_ahead(self) -> int:
        """By how many zooms a pixel is smaller than one of Web Mercator at the same zoom, about, in the Netherlands."""
        return RD_ZOOMS_AHEAD if self.name is GridName.RD_NEW else 0

    def bounds(self, coord: TileCoord) -> tuple[float, float, float, float]:
        """west, south, east, north of a tile in the units of the CRS."""
        side = self.size_m / (1 << coord.z)
        west, north = self.west + coord.x * side, self.north - coord.y * side
        return west, north - side, west + side, north

    def at(self, x: float, y: float, z: int) -> TileCoord:
        """The tile that holds a point of the CRS; points on an edge belong to the tile east and south of it."""
        side = self.size_m / (1 << z)
        return TileCoord(z, int((x - self.west) // side), int((self.north - y) // side))


WEB_MERCATOR_HALF_M = 20037508.342789244
"""Half the way around the equator."""

RD_ZOOMS_AHEAD = 5
"""A pixel of NetherlandsRDNewQuad at zoom z covers about as much of the Netherlands as one of Web Mercator at z + 5."""

RD_NEW_EXTENT = (-285401.92, 22598.08, 595401.92, 903401.92)
"""west, south, east, north of NetherlandsRDNewQuad in EPSG:28992 (Geonovum, Praktijkrichtlijn Vector Tiling)."""


def lies_in_the_netherlands(bounds: tuple[float, float, float, float]) -> bool:
    """Whether bounds in degrees (west, south, east, north) lie where RD is of use: its area, and a degree of sea around."""
    west, south, east, north = bounds
    return west >= 2.2 and east <= 8.3 and south >= 49.7 and north <= 55.8


def tile_matrix_set(name: GridName) -> morecantile.TileMatrixSet:
    """The tile matrix set of a grid, with all its zooms."""
    import morecantile
    import pyproj

    if name is GridName.WEB_MERCATOR:
        return morecantile.tms.get(name.value)
    dutch = morecantile.TileMatrixSet.custom(
        list(RD_NEW_EXTENT), pyproj.CRS.from_epsg(28992), id=name.value, maxzoom=16, title=name.value
    )
    return cast("morecantile.TileMatrixSet", dutch)
