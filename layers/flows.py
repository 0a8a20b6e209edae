"""Flows: figures from region to region, each pair joined with the regions of the edition its table belongs to.

Figures of pairs are not taken across a change of borders: the sum of two flows to gemeenten that merged would count people
twice who went to both. Rows about regions that the edition does not have are left out and told.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from layers.borders import Borders
from layers.catalog import Catalog
from layers.catalog_products import FlowEntry
from layers.codes import cell_text
from layers.crossing import Regions
from layers.join import regions_of
from layers.panel_rows import FlowRows
from layers.problems import Gathering, InputProblems, Problem, counted, listed
from layers.protect import protected
from layers.publish import Figures, read_figures, round_figures
from layers.supplied import SuppliedTable
from layers.tables import edition_for, years_of
from layers.values import Published, Reason


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow with its rows."""

    entry: FlowEntry
    level: str
    edition_by_year: Mapping[int, int]
    rows: FlowRows
    unknown: Mapping[str, int]
    """Codes or names that are no region of the edition, with the number of rows each costs."""

    hidden: int
    """How many figures a rule withheld."""

    def sentence(self) -> str:
        """What there is in it, for the report."""
        published = self.rows.published
        parts = [counted(int(published.has_number.sum()), "number")]
        for reason in Reason:
            count = int((published.reasons == reason.number).sum())
            if count:
                parts.append(f"{count:,} {reason.value}")
        if self.hidden:
            parts.append(f"{self.hidden:,} of them withheld by the rule")
        years = listed(map(str, self.edition_by_year), 20)
        return f"flow {self.entry.id}, {self.level} {years}: {counted(len(self.rows), 'pair')}, {', '.join(parts)}"

    def concerns(self) -> list[str]:
        """What was left out."""
        if not self.unknown:
            return []
        rows = sum(self.unknown.values())
        editions = listed(map(str, sorted(set(self.edition_by_year.values()))))
        names = listed((f'"{name}"' for name in self.unknown), 4)
        text = f"{counted(rows, 'row')} left out, from or to {names}: no {self.level} of {editions}"
        return [f"flow {self.entry.id}: {text}"]


def published_flows(
    catalog: Catalog, tables: Sequence[SuppliedTable], borders: Borders, gathering: Gathering, notes: list[str]
) -> tuple[Flow, ...]:
    """The flows for which there are tables, in the order of the catalog; what has none is noted."""
    flows = []
    for number, entry in enumerate(catalog.flows):
        with gathering.step():
            own = [table for table in tables if table.entry.for_ == entry.id]
            if own:
                flow = _published(catalog, number, entry, own, borders)
                if len(flow.rows):
                    flows.append(flow)
            elif not any(table.for_ == entry.id for table in catalog.supplied):
                if ("flows", number) not in catalog.included:
                    message = f'no table is for "{entry.id}"; add for = "{entry.id}" to the one with its rows'
                    raise InputProblems([catalog.problem(("flows", number, "id"), message)])
                notes.append(f"flow {entry.id}: left out, no table is for it")
    return tuple(flows)


@dataclass(frozen=True, slots=True)
class _Part:
    """The rows of one table in one year."""

    table: SuppliedTable
    year: int
    edition: int
    rows: NDArray[np.int64]
    """Indices of the rows about regions the edition has."""

    origin: list[str]
    destination: list[str]
    unknown: Counter[str]


def _published(
    catalog: Catalog, number: int, entry: FlowEntry, tables: Sequence[SuppliedTable], borders: Borders
) -> Flow:
    levels = list(dict.fromkeys(table.entry.level or "" for table in tables))
    if len(levels) > 1:
        message = f'the tables of "{entry.id}" are about {listed(levels)}; a flow is between regions of one level'
        raise InputProblems([catalog.problem(("flows", number), message)])
    parts = [part for table in tables for part in _parts(entry, table, borders)]
    _check_once(entry, parts)
    edition_by_year = {part.year: part.edition for part in sorted(parts, key=lambda part: part.year)}
    figures = [_figures(entry, part) for part in parts]
    rounded = round_figures(
        Figures(
            np.concatenate([part.numbers for part in figures] or [np.empty(0)]),
            np.concatenate([part.reasons for part in figures] or [np.empty(0, dtype=np.uint8)]),
        ),
        entry.decimals,
    ).published
    shown = rounded
    if entry.protect is not None:
        safe = protected(rounded, "count", catalog.protect[entry.protect])
        shown = round_figures(Figures(safe.numbers, safe.reasons), entry.decimals).published
    unknown: Counter[str] = sum((part.unknown for part in parts), Counter())
    hidden = int((shown.reasons != rounded.reasons).sum())
    return Flow(entry, levels[0], edition_by_year, _sorted(parts, shown), unknown, hidden)


def _parts(entry: FlowEntry, table: SuppliedTable, borders: Borders) -> list[_Part]:
    raw = table.raw
    as_table = table.entry.as_table(entry.columns.origin)
    parts = []
    for year, rows in years_of(as_table, raw).items():
        edition = edition_for(year, as_table, borders.regions)
        if edition is not None:
            parts.append(_part(entry, table, year, rows, borders.regions[edition, as_table.level]))
    return parts


def _part(entry: FlowEntry, table: SuppliedTable, year: int, rows: NDArray[np.int64], regions: Regions) -> _Part:
    origin_cells, origins = _regions(table, entry.columns.origin, rows, regions)
    destination_cells, destinations = _regions(table, entry.columns.destination, rows, regions)
    is_known = (origins >= 0) & (destinations >= 0)
    if not is_known.any():
        theirs = listed((f'"{cell}"' for cell in dict.fromkeys(origin_cells)), 3)
        ours = listed((f'"{cell}"' for cell in (regions.names if table.entry.key == "name" else regions.codes)), 3)
        message = f'no row is from and to a {regions.level} of {regions.edition}: column "{entry.columns.origin}" has'
        raise InputProblems([table.raw.problem(f"{message} {theirs}, the regions are {ours}; see key and level")])
    unknown: Counter[str] = Counter()
    for row in np.flatnonzero(~is_known).tolist():
        unknown[origin_cells[row] if origins[row] < 0 else destination_cells[row]] += 1
    return _Part(
        table,
        year,
        regions.edition,
        rows[is_known],
        [regions.codes[region] for region in origins[is_known].tolist()],
        [regions.codes[region] for region in destinations[is_known].tolist()],
        unknown,
    )


def _regions(
    table: SuppliedTable, column: str, rows: NDArray[np.int64], regions: Regions
) -> tuple[list[str], NDArray[np.int64]]:
    """The texts of a column, and (rows,) the index of the region of each, negative where there is none."""
    cells = table.raw.columns[table.raw.column(column)]
    texts = [cell_text(cells[row]) for row in rows.tolist()]
    row_by_text = dict(zip(reversed(texts), reversed(rows.tolist()), strict=True))  # the first row of each
    places = np.array(list(row_by_text.values()), dtype=np.int64)
    found = regions_of(list(row_by_text), table.raw, places, regions, by_name=table.entry.key == "name")
    region_by_text = dict(zip(row_by_text, found.tolist(), strict=True))
    return texts, np.array([region_by_text[text] for text in texts], dtype=np.int64)


def _figures(entry: FlowEntry, part: _Part) -> Figures:
    raw = part.table.raw
    return read_figures(raw, raw.column(entry.columns.value), part.rows, part.table.reading(is_percentage=False))


def _check_once(entry: FlowEntry, parts: Sequence[_Part]) -> None:
    """Two rows about one pair in one year leave open which of them counts. Raises InputProblems."""
    rows_by_pair: dict[tuple[int, str, str], list[tuple[_Part, int]]] = defaultdict(list)
    for part in parts:
        for row, origin, destination in zip(part.rows.tolist(), part.origin, part.destination, strict=True):
            rows_by_pair[part.year, origin, destination].append((part, row))
    doubled = {pair: found for pair, found in rows_by_pair.items() if len(found) > 1}
    if doubled:
        raise InputProblems([_doubled(entry, doubled)])


def _doubled(entry: FlowEntry, doubled: Mapping[tuple[int, str, str], list[tuple[_Part, int]]]) -> Problem:
    (year, origin, destination), found = next(iter(doubled.items()))
    where = listed((f"{part.table.raw.source} row {part.table.raw.rows[row]}" for part, row in found), 3)
    rest = f" (and so are {len(doubled) - 1} more pairs)" if len(doubled) > 1 else ""
    part, row = found[1]
    message = f'flow "{entry.id}": {len(found)} rows are about {origin} to {destination} in {year}{rest}: {where}'
    return part.table.raw.problem(f"{message}; keep one, or choose with dimensions", row=part.table.raw.rows[row])


def _sorted(parts: Sequence[_Part], published: Published) -> FlowRows:
    years = np.concatenate([np.full(len(part.rows), part.year) for part in parts] or [np.empty(0, dtype=np.int64)])
    origin = [code for part in parts for code in part.origin]
    destination = [code for part in parts for code in part.destination]
    order = sorted(range(len(years)), key=lambda row: (years[row], origin[row], destination[row]))
    at = np.array(order, dtype=np.int64)
    return FlowRows(
        years[at].astype(np.int64),
        tuple(origin[row] for row in order),
        tuple(destination[row] for row in order),
        Published(published.numbers[at], published.reasons[at]),
    )
