"""Joining: which row of a table is about which region. What does not meet is counted and named, never guessed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from layers.catalog_model import TableEntry
from layers.codes import cbs_level, cell_text, tidied
from layers.figures import RawTable
from layers.names import NameIndex, is_of_other_level
from layers.problems import InputProblems, Problem, listed, nearest

NO_ROW: Final = -1
"""Stands where a region has no row."""

_UNKNOWN, _OTHER_LEVEL = -1, -2


@dataclass(frozen=True, slots=True)
class Joined:
    """The rows of a table, of one year, beside the regions of a level."""

    table: str
    """Id of the table."""

    level: str
    year: int
    edition: int
    rows: NDArray[np.int64]
    """(regions,) the index of each region's row in the table, ``NO_ROW`` where there is none."""

    unmatched: tuple[str, ...]
    """Keys of rows that are about no region we have."""

    of_other_level: int
    """How many rows are about regions of another level."""

    without_key: tuple[int, ...]
    """Rows of the table that do not say which region they are about, as a spreadsheet counts them."""

    without_row: tuple[str, ...]
    """Codes of regions without a row."""

    nearest: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """For the first unmatched names: regions that they may mean."""

    @property
    def matched(self) -> int:
        """How many regions have a row."""
        return len(self.rows) - len(self.without_row)


@dataclass(frozen=True, slots=True)
class Regions:
    """What a table is joined with: the regions of one level of one edition."""

    level: str
    edition: int
    codes: tuple[str, ...]
    names: tuple[str, ...]


def join(entry: TableEntry, table: RawTable, year: int, chosen: NDArray[np.int64], regions: Regions) -> Joined:
    """The chosen rows of a table (indices, those of one year) beside regions.

    Raises InputProblems when two rows are about one region, a name could be several regions, or no row meets a region.
    """
    cells = table.columns[table.column(entry.key_column)]
    keys = [cells[row] for row in chosen.tolist()]
    found = _by_name(keys, table, chosen, regions) if entry.joins_on_names else _by_code(keys, regions)
    rows = np.full(len(regions.codes), NO_ROW, dtype=np.int64)
    hits = found >= 0
    rows[found[hits]] = chosen[hits]
    problems = _doubled(found, chosen, table, regions)
    if problems:
        raise InputProblems(problems)
    unmatched = tuple(
        text for key, hit in zip(keys, found, strict=True) if hit == _UNKNOWN and (text := cell_text(key))
    )
    if not hits.any():
        raise InputProblems([_no_match(entry, table, [cell_text(key) for key in keys], regions)])
    return Joined(
        table=entry.id,
        level=regions.level,
        year=year,
        edition=regions.edition,
        rows=rows,
        unmatched=unmatched,
        of_other_level=int((found == _OTHER_LEVEL).sum()),
        without_key=tuple(
            table.rows[row] for row, key in zip(chosen.tolist(), keys, strict=True) if not cell_text(key)
        ),
        without_row=tuple(code for code, row in zip(regions.codes, rows.tolist(), strict=True) if row == NO_ROW),
        nearest=_nearest(unmatched, regions) if entry.joins_on_names else (),
    )


def _nearest(names: Sequence[str], regions: Regions, limit: int = 5) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found = ((name, tuple(nearest(name, regions.names, 2))) for name in names[:limit])
    return tuple((name, near) for name, near in found if near)


def _by_code(keys: Sequence[object], regions: Regions) -> NDArray[np.int64]:
    """(rows,) the region of each row by its code; codes that are no CBS codes may differ in case."""
    region_by_code = {code: region for region, code in enumerate(regions.codes)}
    folded: dict[str, list[int]] = defaultdict(list)
    for region, code in enumerate(regions.codes):
        folded[code.casefold()].append(region)
    unique = {code: found[0] for code, found in folded.items() if len(found) == 1}
    results = []
    for key, code in zip(keys, tidied(keys, regions.level), strict=True):
        region = region_by_code.get(code, unique.get(code.casefold(), _UNKNOWN))
        is_elsewhere = region == _UNKNOWN and cbs_level(cell_text(key)) not in (None, regions.level)
        results.append(_OTHER_LEVEL if is_elsewhere else region)
    return np.array(results, dtype=np.int64)


def _by_name(keys: Sequence[object], table: RawTable, chosen: NDArray[np.int64], regions: Regions) -> NDArray[np.int64]:
    """(rows,) the region of each row by its name; a strict match takes precedence over a lenient one."""
    index = NameIndex(regions.codes, regions.names)
    names = [cell_text(key) for key in keys]
    strict = [index.strict(name) if name and not is_of_other_level(name, regions.level) else [] for name in names]
    taken = {region for found in strict for region in found}
    results = np.full(len(names), _UNKNOWN, dtype=np.int64)
    ambiguous = []
    for position, (name, found) in enumerate(zip(names, strict, strict=True)):
        if is_of_other_level(name, regions.level):
            results[position] = _OTHER_LEVEL
            continue
        candidates = found or [region for region in index.lenient(name) if region not in taken]
        if len(candidates) == 1:
            results[position] = candidates[0]
        elif candidates:
            ambiguous.append((table.rows[chosen[position]], name, candidates))
    if ambiguous:
        raise InputProblems([_ambiguity(table, ambiguous, regions)])
    return results


def _ambiguity(table: RawTable, ambiguous: list[tuple[int, str, list[int]]], regions: Regions) -> Problem:
    row, name, candidates = ambiguous[0]
    meant = listed((f"{regions.codes[region]} {regions.names[region]}" for region in candidates), 4)
    rest = f"; {len(ambiguous) - 1} more rows have such a name" if len(ambiguous) > 1 else ""
    return table.problem(f'"{name}" could be {meant}{rest}; join on codes instead, with code = ..', row=row)


def _doubled(found: NDArray[np.int64], chosen: NDArray[np.int64], table: RawTable, regions: Regions) -> list[Problem]:
    hits = np.flatnonzero(found >= 0)
    rows_by_region: dict[int, list[int]] = defaultdict(list)
    for position in hits.tolist():
        rows_by_region[int(found[position])].append(table.rows[chosen[position]])
    doubled = {region: rows for region, rows in rows_by_region.items() if len(rows) > 1}
    if not doubled:
        return []
    shown = listed(
        (f"{regions.codes[region]} (rows {listed(map(str, rows), 4)})" for region, rows in doubled.items()), 3
    )
    message = f"a region may have one row, and more are about {shown}; keep one"
    hint = "or give year_column if they are of several years"
    return [table.problem(f"{message}, {hint}", row=next(iter(doubled.values()))[1])]


def _no_match(entry: TableEntry, table: RawTable, keys: list[str], regions: Regions) -> Problem:
    theirs = listed((f'"{key}"' for key in dict.fromkeys(keys)), 3)
    known = regions.names if entry.joins_on_names else regions.codes
    ours = listed((f'"{key}"' for key in known), 3)
    what = "names" if entry.joins_on_names else "codes"
    column = f'column "{entry.key_column}" has {theirs}, the {what} are {ours}'
    message = f'no row meets a region of level "{regions.level}": {column}'
    hint = "is it the right column and level?"
    if not entry.joins_on_names and {key.casefold() for key in keys} & {name.casefold() for name in regions.names}:
        hint = 'the column has names: add key = "name"'
    return table.problem(f"{message}; {hint}")
