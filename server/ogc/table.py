"""The properties of a collection as columns, and its shapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from layers.atlas import EditionFacts, IndicatorFacts, Text
from layers.shapes import RegionShapes, crs_of
from layers.store import Atlas
from layers.values import Reason
from server.ogc.collections import YEAR_FIELD, Collection, collection_of
from server.ogc.crs import KnownCrs, uri_of
from server.ogc.shapes import Shapes

Kind = Literal["text", "integer", "number"]


@dataclass(frozen=True, slots=True)
class Property:
    """A property of the features of a collection."""

    name: str
    kind: Kind
    title: Text
    unit: Text | None = None
    choices: tuple[str, ...] = ()
    """All texts it can have, where these are few."""

    indicator: IndicatorFacts | None = None
    """The indicator whose figure or reason it holds."""


class FeatureTable:
    """The features of a collection. Safe to share between threads; what is read once is kept."""

    def __init__(self, atlas: Atlas, collection: Collection, shapes: Shapes | None = None) -> None:
        self.collection = collection
        self._atlas = atlas
        self._shapes = shapes or Shapes(atlas)
        self._regions = atlas.regions(collection.edition.year).of_level(collection.level.id)
        self.properties: Mapping[str, Property] = {found.name: found for found in _properties(collection)}
        self._columns: dict[str, NDArray[Any]] = {}

    def __len__(self) -> int:
        return len(self._regions)

    @property
    def codes(self) -> tuple[str, ...]:
        """The code of each region, which is the id of its feature."""
        return self._regions.code

    @property
    def shown(self) -> tuple[str, ...]:
        """The properties that come where nobody asked for others."""
        of_shown = {indicator.id for indicator in self.collection.shown}
        return tuple(
            name for name, one in self.properties.items() if one.indicator is None or one.indicator.id in of_shown
        )

    def column(self, name: str) -> NDArray[Any]:
        """A property: texts as objects with None, numbers as float64 with NaN. Neither is ever there with a reason."""
        if name not in self._columns:
            self._columns[name] = self._read(self.properties[name])
        return self._columns[name]

    @cached_property
    def bounds(self) -> NDArray[np.float64]:
        """(regions, 4) west, south, east, north in degrees."""
        regions = self._regions
        return np.column_stack([regions.west, regions.south, regions.east, regions.north])

    @property
    def shapes(self) -> RegionShapes:
        """The shapes of the regions."""
        return self._shapes.of_level(self.collection.edition, self.collection.level.id)

    def shapes_as_json(self, rows: NDArray[np.int64], crs: KnownCrs) -> list[str]:
        """The geometries of some regions as GeoJSON."""
        return self._shapes.as_json(self.collection.edition, self.collection.level.id, rows, crs)

    def _read(self, found: Property) -> NDArray[Any]:
        regions, collection = self._regions, self.collection
        if found.indicator is not None:
            published = self._atlas.published(found.indicator.id, collection.level.id, collection.year)
            if found.name.endswith("_status") and found.kind == "text" and found.name != found.indicator.field:
                return np.array(published.statuses(), dtype=object)
            if found.indicator.kind == "category":
                names = np.array([*found.indicator.categories, None], dtype=object)
                places = np.where(published.has_number, published.numbers, -1).astype(np.int64)
                return names[places]
            return published.numbers
        if found.name == YEAR_FIELD:
            return np.full(len(regions), float(collection.year))
        if found.name in ("code", "name"):
            return np.array(getattr(regions, found.name), dtype=object)
        return self._around(found.name)

    def _around(self, level: str) -> NDArray[Any]:
        """The code of the region of a coarser level around each region."""
        ids = [facts.id for facts in self.collection.edition.levels]
        parent_by_code = self._atlas.regions(self.collection.edition.year).parent_by_code
        codes: list[str | None] = list(self._regions.code)
        for _ in range(ids.index(self.collection.level.id) - ids.index(level)):
            codes = [None if code is None else parent_by_code.get(code) for code in codes]
        return np.array(codes, dtype=object)


def has_no_value(column: NDArray[Any]) -> NDArray[np.bool_]:
    """Where a column has neither a text nor a number."""
    if column.dtype == object:
        return np.array([value is None for value in column], dtype=bool)
    absent: NDArray[np.bool_] = np.isnan(column)
    return absent


def _properties(collection: Collection) -> list[Property]:
    found = [
        Property("code", "text", Text(nl="Code", en="Code")),
        Property("name", "text", Text(nl="Naam", en="Name")),
        *(Property(level.id, "text", level.title) for level in collection.coarser),
        Property(YEAR_FIELD, "integer", Text(nl="Jaar", en="Year")),
    ]
    for indicator in collection.indicators:
        kind: Kind = "text" if indicator.kind == "category" else "integer" if indicator.decimals == 0 else "number"
        figure = Property(
            indicator.field, kind, indicator.title, indicator.unit, tuple(indicator.categories), indicator
        )
        why = Text(
            nl=f"{indicator.title.in_('nl')}: waarom er geen cijfer is",
            en=f"{indicator.title.in_('en')}: why there is no figure",
        )
        reasons = tuple(reason.value for reason in Reason)
        found += [figure, Property(f"{indicator.field}_status", "text", why, None, reasons, indicator)]
    return found


class Tables:
    """The tables of an atlas, opened when they are first asked for."""

    def __init__(self, atlas: Atlas) -> None:
        self._atlas = atlas
        self._tables: dict[str, FeatureTable] = {}
        self._shapes = Shapes(atlas)
        self._lock = Lock()

    def table(self, collection_id: str) -> FeatureTable:
        """The table of a collection. Raises NotThere."""
        with self._lock:
            known = self._tables.get(collection_id)
            if known is None:
                known = FeatureTable(self._atlas, collection_of(self._atlas.facts, collection_id), self._shapes)
                self._tables[collection_id] = known
            return known

    def stored(self, edition: EditionFacts) -> str:
        """The URI of the CRS that the regions of an edition are stored in."""
        return uri_of(crs_of(self._atlas.path(edition.regions)))
