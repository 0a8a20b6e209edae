"""A table of StatLine as it lies in the cache: a Parquet file with one row per combination of codes.

Columns, in this order:

- each dimension under its identifier (``WijkenEnBuurten``), with codes as text, without padding;
- for a dimension of time also ``<dimension>:year`` (integer) and ``<dimension>:kind`` (``year``, ``quarter``, ``month``,
  or two letters of CBS);
- each measure under its identifier (``Koopwoningen_47``, ``M000297``), with numbers, or with texts; null where no number is;
- ``<measure>:sign`` where at least one cell has one: ``.`` and ``x`` of StatLine, or a ``ValueAttribute`` of OData 4.

Titles, units and labels of codes are in the metadata of the schema, as JSON under ``zichtkaart``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Final, Self

import pyarrow as pa
import pyarrow.parquet as pq

from layers.problems import InputProblems, Problem
from layers.remote.cell_store import WideRow
from layers.remote.description import Code, Description, Dimension, Measure, Role, matching
from layers.remote.periods import read_period

KEY: Final = b"zichtkaart"
CELLS_AT_A_TIME: Final = 100_000
"""Cells in memory while a table is written; a wide table is written in batches of fewer rows."""

_SIGN_BY_ATTRIBUTE: Final = {
    "missing": ".",
    "confidential": "x",
    "secret": "x",
    "impossible": "nvt",
}
"""What a ``ValueAttribute`` of OData 4 is in a table a publisher types; CBS documents *impossible* only."""

SECRETS: Final = (".", "x")
SIGNS: Final = (*SECRETS, "-", "nvt")
Value = str | float | None


@dataclass(frozen=True, slots=True)
class StatlineTable:
    """A table in the cache, opened."""

    path: Path
    title: str
    dimensions: tuple[Dimension, ...]
    """With the codes that were asked for."""

    measures: tuple[Measure, ...]
    names: tuple[str, ...] = field(repr=False)
    """Columns of the file."""

    @classmethod
    def open(cls, path: Path) -> Self:
        """Read what a table is about, not its figures. Raises InputProblems when the file is none of ours."""
        try:
            schema = pq.read_schema(path)
            facts: dict[str, Any] = json.loads((schema.metadata or {})[KEY])
        except (OSError, KeyError, ValueError) as error:
            raise InputProblems([Problem(path.name, "this is no table that zichtkaart fetched")]) from error
        return cls(
            path=path,
            title=facts["title"],
            dimensions=tuple(
                Dimension(d["id"], d["title"], Role(d["role"]), tuple(Code(**code) for code in d["codes"]))
                for d in facts["dimensions"]
            ),
            measures=tuple(Measure(**{**m, "path": tuple(m["path"])}) for m in facts["measures"]),
            names=tuple(schema.names),
        )

    def matching(self, name: str) -> list[str]:
        """Columns a catalog may mean by a name: identifiers of measures or dimensions; more than one where titles repeat."""
        measures = [measure.id for measure in matching(name, self.measures)]
        folded = name.strip().casefold()
        return measures or [d.id for d in self.dimensions if folded in (d.id.casefold(), d.title.strip().casefold())]

    def cells(self, column: str) -> list[Value]:
        """The cells of a column as a spreadsheet of CBS has them: numbers, texts, signs (``.``, ``x``, ``nvt``), None."""
        sign = f"{column}:sign"
        wanted = [column, sign] if sign in self.names else [column]
        table = pq.ParquetFile(self.path).read(columns=wanted)
        values: list[Value] = table.column(column).to_pylist()
        if sign not in self.names:
            return values
        signs = table.column(sign).to_pylist()
        return [as_sign(mark) if mark else value for value, mark in zip(values, signs, strict=True)]

    def labels(self, dimension: str) -> dict[str, str]:
        """Titles by code of a dimension."""
        return {code.code: code.title for found in self.dimensions if found.id == dimension for code in found.codes}


def as_sign(mark: str) -> str | None:
    """A sign of a cell as a publisher would type it; None for an attribute nobody documented, which means no figure.

    >>> as_sign("."), as_sign("Impossible"), as_sign("Unheard")
    ('.', 'nvt', None)
    """
    return mark if mark in SIGNS else _SIGN_BY_ATTRIBUTE.get(mark.casefold())


@dataclass(frozen=True, slots=True)
class Written:
    """What came out of writing a table."""

    rows: int
    content: str
    """SHA-256 of all rows."""

    unknown: Mapping[str, int]
    """Attributes nobody documented, with how often each occurs."""


def write_table(
    path: Path, description: Description, measures: tuple[Measure, ...], rows: Iterable[WideRow], signed: set[int]
) -> Written:
    """Write rows as Parquet, batch after batch. ``signed`` are the indices of measures that have signs."""
    digest, unknown = hashlib.sha256(), dict[str, int]()
    count = 0
    waiting = iter(rows)
    rows_at_a_time = max(1, CELLS_AT_A_TIME // (len(measures) + len(description.dimensions)))
    schema = _schema(description, measures, signed)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        while batch := list(islice(waiting, rows_at_a_time)):
            count += len(batch)
            columns = _columns(description, measures, batch, signed)
            for column in columns:
                digest.update(json.dumps(column, ensure_ascii=False).encode())
            _count_unknown(batch, unknown)
            writer.write_table(pa.table(columns, schema=schema))
    return Written(count, digest.hexdigest(), unknown)


def _schema(description: Description, measures: tuple[Measure, ...], signed: set[int]) -> pa.Schema:
    fields = []
    for dimension in description.dimensions:
        fields.append(pa.field(dimension.id, pa.string(), nullable=False))
        if dimension.role is Role.TIME:
            fields += [pa.field(f"{dimension.id}:year", pa.int16()), pa.field(f"{dimension.id}:kind", pa.string())]
    for number, measure in enumerate(measures):
        fields.append(pa.field(measure.id, pa.string() if measure.is_text else pa.float64()))
        if number in signed:
            fields.append(pa.field(f"{measure.id}:sign", pa.string()))
    return pa.schema(fields, {KEY: json.dumps(_facts(description, measures), ensure_ascii=False)})


def _columns(
    description: Description, measures: tuple[Measure, ...], batch: list[WideRow], signed: set[int]
) -> list[list[Any]]:
    columns: list[list[Any]] = []
    for number, dimension in enumerate(description.dimensions):
        codes = [row_codes[number] for row_codes, _ in batch]
        columns.append(codes)
        if dimension.role is Role.TIME:
            periods = [read_period(code) for code in codes]
            columns.append([period.year if period else None for period in periods])
            columns.append([period.kind if period else None for period in periods])
    for number, measure in enumerate(measures):
        cells = [row.get(number) for _, row in batch]
        if measure.is_text:
            columns.append([cell.text if cell else None for cell in cells])
        else:
            columns.append([cell.number if cell else None for cell in cells])
        if number in signed:
            columns.append([cell.sign if cell else None for cell in cells])
    return columns


def _count_unknown(batch: list[WideRow], unknown: dict[str, int]) -> None:
    for _, row in batch:
        for cell in row.values():
            if cell.sign and as_sign(cell.sign) is None:
                unknown[cell.sign] = unknown.get(cell.sign, 0) + 1


def _facts(description: Description, measures: tuple[Measure, ...]) -> dict[str, Any]:
    return {
        "table": description.table,
        "title": description.title,
        "dimensions": [asdict(dimension) for dimension in description.dimensions],
        "measures": [asdict(measure) for measure in measures],
    }
