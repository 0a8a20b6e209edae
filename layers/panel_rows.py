"""Rows of panels and flows as Parquet. The same content gives the same bytes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from layers.atlas import FLOW_COLUMNS, ColumnFacts
from layers.columns import numbers_of
from layers.errors import BadAtlas
from layers.values import Published, Reason


@dataclass(frozen=True, slots=True)
class PanelRows:
    """The rows of a table that is not per region."""

    keys: Mapping[str, tuple[str | int | None, ...]]
    """By column: ids of codes, years, or texts."""

    numbers: Mapping[str, Published]
    """By column: a number or a reason for each row."""

    def __len__(self) -> int:
        return len(next(iter(self.numbers.values())))


@dataclass(frozen=True, slots=True)
class FlowRows:
    """Figures from region to region, by year, origin and destination."""

    year: NDArray[np.int64]
    origin: tuple[str, ...]
    """Codes of regions of the flow's level, as those of ``destination``."""

    destination: tuple[str, ...]
    published: Published

    def __len__(self) -> int:
        return len(self.published)


def write_panel(path: Path, columns: Sequence[ColumnFacts], rows: PanelRows) -> None:
    """Write the rows of a panel; a column of numbers has its reasons beside it."""
    fields: list[pa.Field] = []
    cells: list[Any] = []
    for column in columns:
        if column.kind == "number":
            fields += [pa.field(column.id, pa.float64()), pa.field(f"{column.id}_status", pa.string())]
            cells += [rows.numbers[column.id].values(), rows.numbers[column.id].statuses()]
        else:
            fields.append(pa.field(column.id, pa.int32() if column.kind == "year" else pa.string()))
            cells.append(list(rows.keys[column.id]))
    arrays = [pa.array(column, type=field.type) for column, field in zip(cells, fields, strict=True)]
    pq.write_table(pa.Table.from_arrays(arrays, schema=pa.schema(fields)), path, compression="zstd")


def read_panel(path: Path, columns: Sequence[ColumnFacts]) -> PanelRows:
    """The rows of a panel. Raises BadAtlas."""
    names = [name for c in columns for name in ([c.id, f"{c.id}_status"] if c.kind == "number" else [c.id])]
    table = _read(path, names)
    keys = {c.id: tuple(table.column(c.id).to_pylist()) for c in columns if c.kind != "number"}
    return PanelRows(keys, {c.id: _published(table, c.id, f"{c.id}_status") for c in columns if c.kind == "number"})


def write_flow(path: Path, rows: FlowRows) -> None:
    """Write the rows of a flow."""
    schema = pa.schema(
        [
            ("year", pa.int32()),
            ("origin", pa.string()),
            ("destination", pa.string()),
            ("value", pa.float64()),
            ("status", pa.string()),
        ]
    )
    columns = [rows.year.tolist(), list(rows.origin), list(rows.destination)]
    columns += [rows.published.values(), rows.published.statuses()]
    arrays = [pa.array(column, type=kind) for column, kind in zip(columns, schema.types, strict=True)]
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), path, compression="zstd")


def read_flow(path: Path) -> FlowRows:
    """The rows of a flow. Raises BadAtlas."""
    table = _read(path, list(FLOW_COLUMNS))
    return FlowRows(
        numbers_of(table.column("year")).astype(np.int64),
        tuple(table.column("origin").to_pylist()),
        tuple(table.column("destination").to_pylist()),
        _published(table, "value", "status"),
    )


def _published(table: Any, value: str, status: str) -> Published:
    numbers = numbers_of(table.column(value), math.nan).astype(np.float64)
    number_by_status: dict[str | None, int] = {None: 0} | {reason.value: reason.number for reason in Reason}
    statuses = table.column(status).to_pylist()
    return Published(numbers, np.array([number_by_status[text] for text in statuses], dtype=np.uint8))


def _read(path: Path, columns: list[str]) -> Any:
    try:
        with pq.ParquetFile(path) as file:
            return file.read(columns)
    except (OSError, KeyError, pa.ArrowException) as error:
        raise BadAtlas(f"{path} is damaged: build the atlas again") from error
