"""Regions of one level: from the features of a layer to codes, names and polygons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from layers.catalog_model import RegionsEntry
from layers.codes import cbs_level, cell_text, tidied
from layers.composed import columns_in, composed, is_composed
from layers.problems import InputProblems, Problem, counted, listed
from layers.sources import Shapes
from layers.where import parse_where

_POLYGON, _MULTIPOLYGON = 3, 6
_CHANGE = ("indelingswijziging", "ind_wbi")
"""What the column begins with in which CBS tells that borders changed."""

WATER = ("water", "h2o")
"""Names of the column in the Wijk- en Buurtkaart that parts a region in land and large water."""


INHABITANTS: Final = ("aantal_inwoners", "aant_inw", "inwoners", "population")
"""Columns that say which regions a reader knows: their names come first where there is no room for all."""


@dataclass(frozen=True, slots=True)
class LevelRegions:
    """The regions of one level as their source has them, in the order of their codes; not yet repaired."""

    level: str
    year: int
    codes: tuple[str, ...]
    """Unique and not empty."""

    names: tuple[str, ...]
    """The code where the source has no name."""

    parents: tuple[str | None, ...]
    """What the parent column says, a code or a name; None where there is no such column or its cell is empty."""

    geometry: NDArray[np.object_]
    """(regions,) polygons and multipolygons, not empty, possibly invalid."""

    crs: pyproj.CRS
    inhabitants: NDArray[np.float64] | None
    """(regions,) how many people live there, 0 where that is not known; None where the source has no such column."""

    without_geometry: tuple[str, ...]
    """Codes that the source has without a usable geometry; they are left out."""

    entry: RegionsEntry
    changed: frozenset[str] = frozenset()
    """Codes of regions whose borders differ from those of the year before, where the source says so."""


def read_regions(entry: RegionsEntry, shapes: Shapes) -> LevelRegions:
    """The regions that a layer has.

    Raises InputProblems for a missing column, a condition that leaves nothing, a blank or doubled code, a geometry that
    is no polygon, or a layer in which no region has a geometry.
    """
    chosen = _where(entry, shapes)
    code_column = entry.code if is_composed(entry.code) else chosen.column(entry.code)
    codes = np.array(tidied(_code_cells(entry.code, chosen), entry.level), dtype=object)
    name_cells = chosen.columns[chosen.column(entry.name)].tolist() if entry.name else codes.tolist()
    names = np.array([cell_text(cell) or code for cell, code in zip(name_cells, codes, strict=True)], dtype=object)
    parents = np.array([None] * len(codes), dtype=object)
    if entry.parent:
        parents[:] = [cell_text(cell) or None for cell in chosen.columns[chosen.column(entry.parent)].tolist()]
    is_there = _has_geometry(chosen.geometry)
    problems = [*_blank(codes, code_column, chosen), *_doubled(codes, chosen), *_not_areas(codes, is_there, chosen)]
    if problems:
        raise InputProblems(problems)
    if not is_there.any():
        message = f"none of the {counted(len(codes), 'region')} has a geometry; is this the right layer?"
        raise InputProblems([chosen.problem(message)])
    if _has_axes_swapped(chosen, codes):
        message = "latitude stands where longitude should be (x runs from 50 to 54); swap the axes with ogr2ogr -swapxy"
        raise InputProblems([chosen.problem(message)])
    order = np.argsort(codes.astype(str), kind="stable")
    order = order[is_there[order]]
    return LevelRegions(
        level=entry.level,
        year=entry.year,
        codes=tuple(codes[order]),
        names=tuple(names[order]),
        parents=tuple(parents[order]),
        geometry=chosen.geometry[order],
        crs=chosen.crs,
        inhabitants=None if (people := _inhabitants(chosen)) is None else people[order],
        without_geometry=tuple(sorted(codes[~is_there])),
        entry=entry,
        changed=changed_codes(list(chosen.columns.columns), lambda name: chosen.columns[name].tolist(), codes.tolist()),
    )


def changed_codes(
    columns: Sequence[str], cells: Callable[[str], Sequence[object]], codes: Sequence[str]
) -> frozenset[str]:
    """The codes of regions with new borders, as CBS tells in *indelingswijziging*: 1 as before, 2 a new code, 3 new borders.

    None where there is no such column.
    """
    for name in columns:
        if name.strip().casefold().startswith(_CHANGE):
            return frozenset(code for code, cell in zip(codes, cells(name), strict=True) if cell_text(cell) == "3")
    return frozenset()


def _code_cells(code: str, shapes: Shapes) -> Sequence[object]:
    """The cells of the column with codes, or the codes that the catalog puts together from several."""
    if not is_composed(code):
        cells: list[object] = shapes.columns[shapes.column(code)].tolist()
        return cells
    return composed(code, {name: shapes.columns[shapes.column(name)].tolist() for name in columns_in(code)})


def _inhabitants(shapes: Shapes) -> NDArray[np.float64] | None:
    """The column in which CBS and others count the inhabitants, secret and missing ones as 0."""
    by_name = {str(name).lower(): name for name in shapes.columns}
    for name in INHABITANTS:
        if name in by_name:
            cells = pd.to_numeric(pd.Series(shapes.columns[by_name[name]]), errors="coerce").to_numpy(np.float64)
            people: NDArray[np.float64] = np.maximum(np.nan_to_num(cells, nan=0.0, posinf=0.0), 0.0)
            return people
    return None


def _where(entry: RegionsEntry, shapes: Shapes) -> Shapes:
    condition = entry.where or _land(entry, shapes)
    if condition is None:
        return shapes
    holds = np.ones(len(shapes.rows), dtype=bool)
    for comparison in parse_where(condition):
        holds &= comparison.holds(shapes.columns[shapes.column(comparison.column)])
    if not holds.any():
        message = f'where = "{condition}" leaves none of the {counted(len(holds), "feature")}'
        raise InputProblems([shapes.problem(message)])
    return shapes.take(holds)


def _land(entry: RegionsEntry, shapes: Shapes) -> str | None:
    """What chooses the land in the Wijk- en Buurtkaart of PDOK, where large water has rows of its own."""
    if not entry.source.casefold().startswith("pdok:"):
        return None
    return next((f"{name} = 'NEE'" for name in shapes.columns if str(name).casefold() in WATER), None)


def _has_geometry(geometry: NDArray[np.object_]) -> NDArray[np.bool_]:
    """(regions,) True where there is a geometry of numbers only that can be repaired to more than nothing."""
    is_there = np.asarray(~(shapely.is_missing(geometry) | shapely.is_empty(geometry)), dtype=bool)
    coordinates, owners = shapely.get_coordinates(geometry, return_index=True)
    is_there[owners[~np.isfinite(coordinates).all(axis=1)]] = False
    areal = np.isin(shapely.get_type_id(geometry), (_POLYGON, _MULTIPOLYGON))
    invalid = np.flatnonzero(is_there & areal & ~shapely.is_valid(geometry))
    # on a coarse grid a small region may have collapsed into a line
    mended = shapely.make_valid(geometry[invalid], method="structure", keep_collapsed=False)
    is_there[invalid[shapely.area(mended) == 0]] = False
    return is_there


def _blank(codes: NDArray[np.object_], column: str, shapes: Shapes) -> list[Problem]:
    rows = shapes.rows[codes == ""]
    if len(rows) == 0:
        return []
    message = f'column "{column}" is empty in {counted(len(rows), "row")} ({_rows(rows)}); every region needs a code'
    return [shapes.problem(f'{message}, or leave the row out with where = "{column} is not null"', row=int(rows[0]))]


def _doubled(codes: NDArray[np.object_], shapes: Shapes) -> list[Problem]:
    rows_by_code: dict[str, list[int]] = defaultdict(list)
    for code, row in zip(codes, shapes.rows.tolist(), strict=True):
        if code:
            rows_by_code[code].append(row)
    doubled = {code: rows for code, rows in rows_by_code.items() if len(rows) > 1}
    if not doubled:
        return []
    shown = listed((f"{code} (rows {', '.join(map(str, rows[:4]))})" for code, rows in doubled.items()), 3)
    verb = "occurs" if len(doubled) == 1 else "occur"
    message = f"{counted(len(doubled), 'code')} {verb} more than once: {shown}; {_way_out_of_doubles(shapes)}"
    return [shapes.problem(message, row=next(iter(doubled.values()))[1])]


def _way_out_of_doubles(shapes: Shapes) -> str:
    for column in shapes.columns.columns:
        if column.casefold() in WATER and len(set(map(cell_text, shapes.columns[column]))) > 1:
            return f"land and water have rows of their own here: choose with where = \"{column} = 'NEE'\""
    return "every region must have one row: choose with where = .., or merge the rows"


def _not_areas(codes: NDArray[np.object_], is_there: NDArray[np.bool_], shapes: Shapes) -> list[Problem]:
    types = shapely.get_type_id(shapes.geometry)
    wrong = np.flatnonzero(is_there & ~np.isin(types, (_POLYGON, _MULTIPOLYGON)))
    if len(wrong) == 0:
        return []
    first = int(wrong[0])
    kind = shapes.geometry[first].geom_type
    rest = f" (and {counted(len(wrong) - 1, 'other region')} are no polygons either)" if len(wrong) > 1 else ""
    message = f"{codes[first] or 'this region'} is a {kind}{rest}; a region must be a Polygon or MultiPolygon"
    return [shapes.problem(message, row=int(shapes.rows[first]))]


def _has_axes_swapped(shapes: Shapes, codes: NDArray[np.object_]) -> bool:
    """Whether Dutch regions lie where they do when x and y change places: off Somalia."""
    if not shapes.crs.is_geographic or cbs_level(str(codes[0])) is None:
        return False
    west, south, east, north = shapely.total_bounds(shapes.geometry)
    return bool(west > 50 and east < 54 and south > 3 and north < 8)


def _rows(rows: NDArray[np.int64]) -> str:
    return ("row " if len(rows) == 1 else "rows ") + listed(map(str, rows.tolist()), 5)
