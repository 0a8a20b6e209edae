"""The shapes of the regions of an atlas, read once for the collections of all years, and written once as GeoJSON."""

from __future__ import annotations

from threading import Lock
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.atlas import EditionFacts
from layers.shapes import RegionShapes, read_shapes
from layers.store import Atlas
from server.ogc.crs import KnownCrs, projected

KEPT: Final = 32_000_000
"""Bytes of GeoJSON that are kept; a page of a thousand wijken has three or four million."""

_Place = tuple[int, str]
"""Year of an edition, and a level of it."""


class Shapes:
    """Shapes by level. Safe to share between threads."""

    def __init__(self, atlas: Atlas) -> None:
        self._atlas = atlas
        self._shapes: dict[_Place, RegionShapes] = {}
        self._texts: dict[tuple[_Place, str], dict[int, str]] = {}
        self._size = 0
        self._reading, self._keeping = Lock(), Lock()

    def of_level(self, edition: EditionFacts, level: str) -> RegionShapes:
        """The shapes of the regions of a level, prepared for questions."""
        place = edition.year, level
        with self._reading:
            if place not in self._shapes:
                shapes = read_shapes(self._atlas.path(edition.regions), level)
                shapely.prepare(shapes.geometry)
                self._shapes[place] = shapes
            return self._shapes[place]

    def as_json(self, edition: EditionFacts, level: str, rows: NDArray[np.int64], crs: KnownCrs) -> list[str]:
        """The geometries of some regions in a CRS; converting and writing them is most of what a page of features takes."""
        key = (edition.year, level), crs.uri
        known = self._texts.get(key, {})
        found = {row: known.get(row) for row in rows.tolist()}
        lacking = [row for row, text in found.items() if text is None]
        if lacking:
            written = dict(zip(lacking, self._written(edition, level, lacking, crs), strict=True))
            self._keep(key, written)
            found |= written
        return [found[row] or "null" for row in rows.tolist()]

    def _written(self, edition: EditionFacts, level: str, rows: list[int], crs: KnownCrs) -> list[str]:
        shapes = self.of_level(edition, level)
        moved: NDArray[Any] = projected(shapes.geometry[rows], shapes.crs, crs)
        return list(shapely.to_geojson(moved))

    def _keep(self, key: tuple[_Place, str], written: dict[int, str]) -> None:
        size = sum(map(len, written.values()))
        with self._keeping:
            if self._size + size > KEPT:
                self._texts, self._size = {}, 0
            if size <= KEPT:
                # A new dictionary, as others may be looking into the one of before.
                self._texts[key] = self._texts.get(key, {}) | written
                self._size += size
