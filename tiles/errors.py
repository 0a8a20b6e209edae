"""What can go wrong in making or reading tiles.

TileError
├── TileOutOfRange      a tile that its grid does not have
├── BadTile             bytes that are no tile
├── BadArchive          a file that is no PMTiles archive, or a damaged one
├── NotMeasurable       an archive whose quality cannot be told
└── NotOnGrid           regions that a grid cannot hold
"""

from __future__ import annotations


class TileError(Exception):
    """Something about tiles is wrong; the message is a sentence for a person."""


class TileOutOfRange(TileError):
    """A tile number outside its grid."""

    def __init__(self, z: int, x: int, y: int) -> None:
        self.z, self.x, self.y = z, x, y
        last = (1 << z) - 1 if 0 <= z < 32 else None
        allowed = f"at zoom {z} columns and rows run from 0 to {last}" if last is not None else "zoom runs from 0 to 31"
        super().__init__(f"tile {z}/{x}/{y} does not exist: {allowed}")


class BadTile(TileError):
    """Bytes that cannot be read as a vector tile."""


class BadArchive(TileError):
    """A file that cannot be read as a PMTiles archive."""


class NotMeasurable(TileError):
    """An archive whose regions cannot be told apart, or a zoom or layer that it does not have."""


class NotOnGrid(TileError):
    """Regions that lie outside a grid, or cannot be drawn on it right."""
