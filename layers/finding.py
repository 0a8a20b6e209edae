"""Where the figures of an indicator are: its columns in whatever tables have them, and which codes these are about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from layers.breakdown import Dimension
from layers.catalog import Catalog
from layers.catalog_model import IndicatorEntry
from layers.join import Joined
from layers.problems import InputProblems, Problem, listed, suggestion
from layers.tables import JoinedTable

Breakdown = tuple[str, ...]
"""A code for each dimension of a topic, in the order of its dimensions."""


@dataclass(frozen=True, slots=True)
class Found:
    """A column of an indicator in one table."""

    table: JoinedTable
    column: str
    codes: Mapping[str, str] = field(default_factory=dict)
    """By dimension the code that the column is about."""

    def breakdown(
        self, indicator: IndicatorEntry, joined: Joined, dimensions: Mapping[str, Dimension]
    ) -> Breakdown | None:
        """What the column is about in some rows; None where they are about a part of what the indicator is about."""
        of_rows = dict(joined.codes)
        for name, code in of_rows.items():
            if (name not in indicator.dimensions or name in self.codes) and code != dimensions[name].codes[0].id:
                return None
        return tuple(
            self.codes.get(name) or of_rows.get(name) or dimensions[name].codes[0].id for name in indicator.dimensions
        )


def found_columns(indicator: IndicatorEntry, tables: Sequence[JoinedTable], notes: list[str]) -> list[Found]:
    """The columns of an indicator, table by table; columns that were found under another name are noted."""
    found = []
    for table in tables:
        of_codes: dict[tuple[tuple[str, str], ...], list[str]] = {}
        for origin in indicator.origins(table.entry.id):
            of_codes.setdefault(tuple(sorted(origin.codes.items())), []).append(origin.column)
        for codes, names in of_codes.items():
            column = table.raw.first_column(names)
            if column is not None:
                found.append(Found(table, column, dict(codes)))
                if column.casefold() not in {name.strip().casefold() for name in names}:
                    wanted = listed(f'"{name}"' for name in names)
                    notes.append(
                        f'table {table.entry.id}: indicator {indicator.id} names {wanted}, which is "{column}" here'
                    )
    return found


def nowhere(indicator: IndicatorEntry, tables: Sequence[JoinedTable]) -> str:
    """A sentence that no table has the columns of an indicator."""
    wanted = [indicator.column] if indicator.column else [entry.column for entry in indicator.from_]
    what = listed(f'column "{column}"' for column in dict.fromkeys(wanted))
    return f'indicator "{indicator.id}", {what}: {not_among(wanted, tables)}'


def not_among(wanted: Iterable[str], tables: Sequence[JoinedTable]) -> str:
    """Which columns there are, for somebody who looked for others."""
    if not tables:
        return "there are no [[tables]] to take it from"
    columns = list(dict.fromkeys(column for table in tables for column in table.raw.columns))
    hint = "".join(suggestion(column, columns) for column in dict.fromkeys(wanted))
    return f"no table has it{hint}; the columns are {listed(columns, 20)}"


def check_overlap(
    catalog: Catalog,
    number: int,
    indicator: IndicatorEntry,
    found: Sequence[Found],
    dimensions: Mapping[str, Dimension],
) -> None:
    """Two tables with the same figures for a level and year leave open which of them counts. Raises InputProblems."""
    table_of: dict[tuple[Breakdown, str, int], str] = {}
    for place in found:
        for joined in place.table.joined:
            breakdown = place.breakdown(indicator, joined, dimensions)
            if breakdown is None or joined.is_empty:
                continue
            first = table_of.setdefault((breakdown, joined.level, joined.year), joined.table)
            if first != joined.table:
                raise InputProblems([_overlap(catalog, number, place, joined, first)])


def _overlap(catalog: Catalog, number: int, place: Found, joined: Joined, first: str) -> Problem:
    choice = f'from = [{{ table = "{first}", column = "{place.column}" }}]'
    message = (
        f'indicator "{catalog.indicators[number].id}": tables "{first}" and "{joined.table}" both have its column for '
        f"{joined.level} {joined.year}; choose with {choice}"
    )
    return catalog.problem(("indicators", number), message)
