"""Attributes of the regions of a layer: columns by name, rows by feature id, waiting to be joined to geometry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

Prepared = TypeVar("Prepared")


@dataclass(frozen=True, slots=True)
class TileColumn:
    """One attribute of a layer, a value or nothing for each region."""

    values: NDArray[Any]
    """(regions,) int64, float64, bool, or object holding str."""

    present: NDArray[np.bool_]
    """(regions,) True where there is a value; no tag is written elsewhere."""

    @staticmethod
    def full(values: NDArray[Any]) -> TileColumn:
        """A column with a value everywhere."""
        return TileColumn(values, np.ones(len(values), bool))


@dataclass(frozen=True)
class Attributes:
    """The attributes of a layer, ready to be joined to its tiles. Safe to share between threads."""

    ids: NDArray[np.int64]
    """(regions,) the feature id of each region."""

    columns: Mapping[str, TileColumn]
    """By key, in the order in which tags will stand; rows in the order of ``ids``."""

    _prepared: dict[object, object] = field(default_factory=dict, repr=False, compare=False)

    @staticmethod
    def of(ids: NDArray[np.int64], columns: Mapping[str, TileColumn]) -> Attributes:
        """Columns of regions with these feature ids; ValueError where a column has not one row for each region."""
        for column in columns.values():
            if len(column.values) != len(ids) or len(column.present) != len(ids):
                raise ValueError("a column has one value for each region")
        return Attributes(ids, columns)

    def rows(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """The row of each feature id, -1 where there is none."""
        known, row = self._sorted
        if not len(known):
            return np.full(len(ids), -1, np.int64)
        at = np.minimum(np.searchsorted(known, ids), len(known) - 1)
        return np.where(known[at] == ids, row[at], -1)

    def prepared(self, make: Callable[[Attributes], Prepared]) -> Prepared:
        """What ``make`` makes of these attributes, made on first use and kept: columns as an encoding wants them."""
        if make not in self._prepared:
            self._prepared[make] = make(self)
        return cast("Prepared", self._prepared[make])

    @cached_property
    def _sorted(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Ids from low to high, and the row of each."""
        row = np.argsort(self.ids, kind="stable")
        return self.ids[row], row
