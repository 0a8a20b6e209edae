"""The features that answer a question, and the page of them that was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from server.ogc.crs import CRS84, Box, box_in
from server.ogc.query import MOST, USUAL, Query
from server.ogc.table import FeatureTable


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the features that match."""

    rows: NDArray[np.int64]
    """Their places in the table, in the order of the answer."""

    matched: int
    """How many match in all."""

    start: int
    limit: int

    @property
    def following(self) -> int | None:
        """Where the next page begins, None behind the last."""
        end = self.start + self.limit
        return end if end < self.matched else None

    @property
    def before(self) -> int | None:
        """Where the page before begins, None before the first."""
        return max(0, self.start - self.limit) if self.start > 0 else None


def page_of(table: FeatureTable, query: Query, *, whole: bool = False) -> Page:
    """The page that was asked for; ``whole`` for files, which hold everything where nobody gave a limit.

    Raises BadRequest where a filter asks for what the collection does not have.
    """
    rows = np.flatnonzero(matches(table, query))
    limit = query.limit or (MOST * 10 if whole else USUAL)
    for name, falls in reversed(query.sorts):
        rows = rows[_order(table.column(name)[rows], falls=falls)]
    return Page(rows[query.start : query.start + limit], len(rows), query.start, limit)


def matches(table: FeatureTable, query: Query) -> NDArray[np.bool_]:
    """(features,) True where a feature is asked for."""
    found = np.ones(len(table), dtype=bool)
    if query.span is not None:
        year = table.collection.year
        found &= query.span[0] <= date(year, 12, 31) and date(year, 1, 1) <= query.span[1]
    for name, value in query.equals.items():
        found &= np.asarray(table.column(name) == value, dtype=bool)
    if query.boxes:
        found &= np.logical_or.reduce([_meets(table, box, query) for box in query.boxes])
    if query.filter is not None:
        found &= query.filter.matches(table)
    return found


def _meets(table: FeatureTable, box: Box, query: Query) -> NDArray[np.bool_]:
    """Where the region has a point in common with the box; only regions whose own box is near are looked at."""
    area = box_in(box, query.box_crs, table.shapes.crs)
    if query.box_crs is CRS84:
        west, south, east, north = table.bounds.T
        near = (west <= box[2]) & (east >= box[0]) & (south <= box[3]) & (north >= box[1])
    else:
        near = np.ones(len(table), dtype=bool)
    found = np.zeros(len(table), dtype=bool)
    found[near] = shapely.intersects(table.shapes.geometry[near], area)
    return found


def _order(column: NDArray[Any], *, falls: bool) -> NDArray[np.int64]:
    """The order of a column, equal ones as they were; what has no value comes last either way."""
    if column.dtype == object:
        texts = [text or "" for text in column]
        ranks = {text: float(rank) for rank, text in enumerate(sorted(set(texts)))}
        column = np.array([np.nan if value is None else ranks[value] for value in column], dtype=np.float64)
    return np.argsort(-column if falls else column, kind="stable")
