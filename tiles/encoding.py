"""How a tile is written: Mapbox Vector Tile or MapLibre Tile."""

from __future__ import annotations

from enum import StrEnum

from pmtiles.tile import TileType


class Encoding(StrEnum):
    """Encodings of vector tiles, by the name MapLibre's ``encoding`` of a source has for them."""

    MVT = "mvt"
    MLT = "mlt"

    @property
    def media_type(self) -> str:
        """For ``Content-Type`` and ``Accept``."""
        return {Encoding.MVT: "application/vnd.mapbox-vector-tile", Encoding.MLT: "application/vnd.maplibre-tile"}[self]

    @property
    def tile_type(self) -> TileType:
        """What the header of a PMTiles archive calls it."""
        return {Encoding.MVT: TileType.MVT, Encoding.MLT: TileType.MLT}[self]

    @staticmethod
    def of_tile_type(found: TileType) -> Encoding:
        """The one a header names; ValueError where it holds no vector tiles."""
        for encoding in Encoding:
            if encoding.tile_type is found:
                return encoding
        raise ValueError(f"its tiles are {found.name}, not vector tiles")
