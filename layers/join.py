"""Joining: which row of a table is about which region. What does not meet is counted and named, never guessed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from layers.breakdown import Codes
from layers.catalog_model import TableEntry
from layers.cells import NotANumber, read_number
from layers.codes import cbs_level, cell_text, tidied
from layers.crossing import NO_ROW, Carried, Crossing, Regions, carried_rows, redrawn
from layers.figures import RawTable
from layers.names import NameIndex, is_of_other_level, spelled
from layers.problems import InputProblems, Problem, listed, nearest
from layers.recodes import Relation

_UNKNOWN, _OTHER_LEVEL, _OTHER_YEAR, _NATION = -1, -2, -3, -4
_NETHERLANDS = re.compile(r"NL(0[01])?|(the )?netherlands|nederland", re.IGNORECASE)
"""Codes and names of the whole country; NL10 and the like are parts of it."""

_NO_FIGURES = ("id", "index", "unnamed: 0", "objectid")
"""Columns that number the rows."""


@dataclass(frozen=True, slots=True)
class Joined:
    """The rows of a table, of one year, beside the regions of a level."""

    table: str
    """Id of the table."""

    level: str
    year: int
    edition: int
    borders: int
    """The boundary year the figures are of."""

    rows: NDArray[np.int64]
    """(regions,) the index of each region's row in the table, ``NO_ROW`` where there is none."""

    parts: tuple[tuple[int, tuple[int, ...]], ...]
    """Regions (by index) that consist of several regions with figures, and the rows of these."""

    own: tuple[tuple[int, int], ...]
    """Regions (by index) that did not exist yet, or no longer, when the figures were made, and have a row nevertheless: its
    index. A number in it goes before whatever the region is put together from."""

    not_comparable: NDArray[np.bool_]
    """(regions,) True where there are figures, but for other borders; such a region has no row, unless one of its own."""

    unmatched: tuple[str, ...]
    """Keys of rows that are about no region we have, nor about a part of one."""

    of_other_level: int
    """How many rows are about regions of another level."""

    of_other_year: int
    """How many rows are about gemeenten that are known, and existed neither when the figures were made nor on these borders."""

    without_key: tuple[int, ...]
    """Rows of the table that do not say which region they are about, as a spreadsheet counts them."""

    without_row: tuple[str, ...]
    """Codes of regions about which there is nothing."""

    codes: Codes = ()
    """What the rows are about, in a table that is broken down."""

    national: tuple[int, ...] = ()
    """Indices of rows about the Netherlands; one, where all is well."""

    other_borders: tuple[str, ...] = ()
    """Codes of regions that are not comparable."""

    nearest: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """For the first unmatched names: regions that they may mean."""

    @property
    def matched(self) -> int:
        """How many regions have a row, or rows of all their parts."""
        return int((self.rows != NO_ROW).sum()) + len(self.parts)

    @property
    def is_empty(self) -> bool:
        """Whether no row is about any region."""
        return self.matched == 0 and not self.own and not self.not_comparable.any()


def join(
    entry: TableEntry,
    table: RawTable,
    year: int,
    chosen: NDArray[np.int64],
    regions: Regions,
    crossing: Crossing | None = None,
    codes: Codes = (),
) -> Joined:
    """The chosen rows of a table (indices, those of one year, and about the same codes) beside regions.

    Raises InputProblems when two rows are about one region, a name could be several regions, or no row meets a region,
    unless these are rows of a breakdown: some are of the Netherlands alone.
    """
    crossing = crossing or Crossing(regions.edition)
    every = regions.with_former(crossing.relation)
    cells = table.columns[table.column(entry.key_column)]
    keys = [cells[row] for row in chosen.tolist()]
    found = _by_name(keys, table, chosen, every) if entry.joins_on_names else _by_code(keys, every)
    found = np.where((found < 0) & _is_national(keys), _NATION, found)
    found = _told_apart(found, keys, every, crossing.relation)
    if problems := _doubled(found, chosen, table, every):
        raise InputProblems(problems)
    hits = np.flatnonzero(found >= 0)
    if len(hits) == 0 and not codes:
        raise InputProblems([no_match(entry, table, chosen, regions)])
    row_by_code = {every.codes[found[hit]]: int(chosen[hit]) for hit in hits.tolist()}
    carried = carried_rows(row_by_code, regions, crossing.relation)
    own = _own(row_by_code, carried, regions, crossing)
    spoken_for = {region for region, row in own if _has_figure(table, row, entry)}
    unknown = [cell_text(key) for key, hit in zip(keys, found, strict=True) if hit == _UNKNOWN and cell_text(key)]
    other = carried.not_comparable | redrawn(carried, regions, crossing, row_by_code, unknown)
    carried.rows[other] = NO_ROW
    parts = tuple(part for part in carried.parts if not other[part[0]])
    has_parts = {region for region, _ in parts}
    in_own = {code for region in spoken_for for code in carried.sources[region]}
    unmatched = _unmatched(keys, found, every.codes, len(regions.codes), carried.used | in_own)
    return Joined(
        table=entry.id,
        level=regions.level,
        year=year,
        edition=regions.edition,
        borders=crossing.borders,
        rows=carried.rows,
        parts=parts,
        own=own,
        not_comparable=other,
        unmatched=unmatched,
        of_other_level=int((found == _OTHER_LEVEL).sum()),
        of_other_year=int((found == _OTHER_YEAR).sum()),
        without_key=tuple(
            table.rows[row] for row, key in zip(chosen.tolist(), keys, strict=True) if not cell_text(key)
        ),
        without_row=tuple(
            code
            for region, code in enumerate(regions.codes)
            if carried.rows[region] == NO_ROW and region not in has_parts and not other[region]
        ),
        other_borders=tuple(
            code for region, code in enumerate(regions.codes) if other[region] and region not in spoken_for
        ),
        nearest=_nearest(unmatched, regions) if entry.joins_on_names else (),
        codes=codes,
        national=tuple(chosen[found == _NATION].tolist()),
    )


def _is_national(keys: Sequence[object]) -> NDArray[np.bool_]:
    """(rows,) True for rows about the Netherlands."""
    return np.array([_NETHERLANDS.fullmatch(cell_text(key)) is not None for key in keys], dtype=bool)


def regions_of(
    texts: Sequence[str], table: RawTable, rows: NDArray[np.int64], regions: Regions, *, by_name: bool
) -> NDArray[np.int64]:
    """(texts,) the index of the region that each code or name means, negative where it means none.

    ``rows`` are those they stand in, by index. Raises InputProblems when a name could be several regions.
    """
    return _by_name(texts, table, rows, regions) if by_name else _by_code(texts, regions)


def _own(
    row_by_code: Mapping[str, int], carried: Carried, regions: Regions, crossing: Crossing
) -> tuple[tuple[int, int], ...]:
    """Regions that the figures should not know, with the rows they have nevertheless."""
    begun = crossing.relation.begun & row_by_code.keys()
    return tuple(
        (region, row_by_code[code])
        for region, code in enumerate(regions.codes)
        if code in begun and carried.rows[region] != row_by_code[code]
    )


def _unmatched(
    keys: Sequence[object], found: NDArray[np.int64], codes: Sequence[str], ours: int, used: Collection[str]
) -> tuple[str, ...]:
    """Keys that nobody knows, and those of former regions (from index ``ours`` of the codes) that make no figure."""
    lost = [hit == _UNKNOWN or (hit >= ours and codes[hit] not in used) for hit in found.tolist()]
    return tuple(text for key, is_lost in zip(keys, lost, strict=True) if is_lost and (text := cell_text(key)))


def _told_apart(
    found: NDArray[np.int64], keys: Sequence[object], every: Regions, relation: Relation
) -> NDArray[np.int64]:
    """What was found, with gemeenten of other years told apart from what nobody knows."""
    if not (found == _UNKNOWN).any():
        return found
    ours = set(every.codes)
    others = {code: name for code, name in relation.names.items() if code not in ours}
    known = {*others, *(spelled(name) for name in others.values())}
    texts = [cell_text(key) for key in keys]
    is_known = np.array([bool({text.upper(), spelled(text)} & known) for text in texts], dtype=bool)
    return np.where((found == _UNKNOWN) & is_known, _OTHER_YEAR, found)


def _has_figure(table: RawTable, row: int, entry: TableEntry) -> bool:
    """Whether a row has a number in any column that may hold figures; lists of CBS have a row for every name there ever was."""
    for name, cells in table.columns.items():
        if name.casefold() in _NO_FIGURES or name in (entry.year_column, *entry.key_parts, entry.key_column):
            continue
        try:
            if isinstance(read_number(cells[row], entry.decimal or table.usual_sign or "."), float):
                return True
        except NotANumber:
            continue
    return False


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
    differing = _differing(table, next(iter(doubled.values())))
    if differing:
        hint += f", or choose with dimensions = {{ {differing} }}"
    return [table.problem(f"{message}, {hint}", row=next(iter(doubled.values()))[1])]


def _differing(table: RawTable, numbers: Sequence[int]) -> str | None:
    """The column with words or codes in which rows about one region differ, with one value, as a catalog would choose."""
    index_by_number = {number: index for index, number in enumerate(table.rows)}
    for name, cells in table.columns.items():
        texts = [cell_text(cells[index_by_number[number]]) for number in numbers]
        if len(set(texts)) == len(texts) and all(map(_is_word, texts)):
            written = name if name.replace("_", "").replace("-", "").isalnum() and name.isascii() else f'"{name}"'
            return f'{written} = ["{texts[0]}"]'
    return None


def _is_word(text: str) -> bool:
    """Whether a text is no number: ``Totaal`` and ``3.1.1`` are none."""
    return any(map(str.isalpha, text)) or re.fullmatch(r"\d{1,2}(\.\d{1,2}){2,}", text) is not None


def no_match(entry: TableEntry, table: RawTable, chosen: NDArray[np.int64], regions: Regions) -> Problem:
    """The problem that no chosen row of a table is about a region."""
    cells = table.columns[table.column(entry.key_column)]
    keys = [cell_text(cells[row]) for row in chosen.tolist()]
    theirs = listed((f'"{key}"' for key in dict.fromkeys(keys)), 3)
    known = regions.names if entry.joins_on_names else regions.codes
    ours = listed((f'"{key}"' for key in known), 3)
    what = "names" if entry.joins_on_names else "codes"
    column = f'column "{entry.key_column}" has {theirs}, the {what} are {ours}'
    message = f'no row meets a region of level "{regions.level}": {column}'
    hint = "is it the right column and level?"
    if entry.dimensions:
        hint = "is it the right column and level, and do dimensions leave the right rows?"
    if not entry.joins_on_names and {key.casefold() for key in keys} & {name.casefold() for name in regions.names}:
        hint = 'the column has names: add key = "name"'
    return table.problem(f"{message}; {hint}")
