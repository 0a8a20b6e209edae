"""The two tables of an atlas as Parquet: regions and values. The same content gives the same bytes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from layers.atlas import REGION_COLUMNS, VALUE_COLUMNS
from layers.errors import BadAtlas
from layers.values import Published, Reason

if TYPE_CHECKING:
    from layers.editions import Edition

_DEGREES = ("lon", "lat", "west", "south", "east", "north")


@dataclass(frozen=True, slots=True)
class RegionTable:
    """The regions of an edition, or of one level of it, without geometry; columns as in ``REGION_COLUMNS``."""

    level: tuple[str, ...]
    code: tuple[str, ...]
    name: tuple[str, ...]
    parent: tuple[str | None, ...]
    id: NDArray[np.int64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    west: NDArray[np.float64]
    south: NDArray[np.float64]
    east: NDArray[np.float64]
    north: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.code)

    def of_level(self, level: str) -> RegionTable:
        """The regions of one level, in the same order; none where there is no such level."""
        rows = self.rows_of_level(level)
        columns: dict[str, Any] = {name: getattr(self, name)[rows] for name in REGION_COLUMNS if name != "geometry"}
        return RegionTable(**columns)

    def rows_of_level(self, level: str) -> slice:
        """Where the regions of one level stand."""
        first = self.level.index(level) if level in self.level else 0
        return slice(first, first + self.level.count(level))

    @property
    def parent_by_code(self) -> Mapping[str, str | None]:
        """The parent of each region."""
        return dict(zip(self.code, self.parent, strict=True))


def write_regions(path: Path, edition: Edition) -> None:
    """Write the regions of an edition as GeoParquet, in the CRS of the edition."""
    import geopandas as gpd  # here, as a server only reads: they would double its memory
    import pandas as pd

    columns: dict[str, list[Any]] = {name: [] for name in REGION_COLUMNS if name != "geometry"}
    for level in edition.levels:
        columns["level"] += [level.id] * len(level)
        columns["code"] += level.codes
        columns["name"] += level.names
        columns["parent"] += level.parents
        columns["id"] += level.ids.tolist()
        places = np.column_stack([level.lon, level.lat, level.bounds])
        for number, name in enumerate(_DEGREES):
            columns[name] += places[:, number].tolist()
    geometry = np.concatenate([level.geometry for level in edition.levels])
    # object columns, so that an edition without any parent has the same type of column as others
    frame = pd.DataFrame({name: pd.Series(cells, dtype=object) for name, cells in columns.items()})
    frame = frame.astype({"id": "int64", **dict.fromkeys(_DEGREES, "float64")})
    frame = frame.astype(dict.fromkeys(("level", "code", "name", "parent"), "string"))
    gpd.GeoDataFrame(frame, geometry=geometry, crs=edition.crs).to_parquet(
        path, index=False, compression="zstd", schema_version="1.1.0", write_covering_bbox=False
    )


def read_regions_table(path: Path) -> RegionTable:
    """The regions of an edition without their geometry."""
    table = _read(path, [name for name in REGION_COLUMNS if name != "geometry"])
    texts: dict[str, Any] = {
        name: tuple(table.column(name).to_pylist()) for name in ("level", "code", "name", "parent")
    }
    numbers: dict[str, Any] = {name: numbers_of(table.column(name)) for name in ("id", *_DEGREES)}
    return RegionTable(**texts, **numbers)


@dataclass(frozen=True, slots=True)
class SeriesRows:
    """One series to be written: an indicator's figures on a level in a year."""

    level: str
    year: int
    codes: Sequence[str]
    published: Published


def write_values(path: Path, series: Sequence[SeriesRows]) -> None:
    """Write the figures of one indicator, series by series."""
    schema = pa.schema(
        [
            ("level", pa.dictionary(pa.int32(), pa.string())),
            ("year", pa.int32()),
            ("code", pa.string()),
            ("value", pa.float64()),
            ("status", pa.dictionary(pa.int32(), pa.string())),
        ]
    )
    columns: dict[str, list[Any]] = {name: [] for name in VALUE_COLUMNS}
    for rows in series:
        columns["level"] += [rows.level] * len(rows.published)
        columns["year"] += [rows.year] * len(rows.published)
        columns["code"] += rows.codes
        columns["value"] += rows.published.values()
        columns["status"] += rows.published.statuses()
    pq.write_table(pa.table(columns, schema=schema), path, compression="zstd")


def read_values(path: Path) -> dict[tuple[str, int], Published]:
    """The figures of an indicator by level and year."""
    table = _read(path, [name for name in VALUE_COLUMNS if name != "code"])
    level, levels = _numbered(table.column("level"))
    year = numbers_of(table.column("year"))
    numbers = numbers_of(table.column("value"), math.nan)
    status, statuses = _numbered(table.column("status"))
    number_by_status = {reason.value: reason.number for reason in Reason}
    reasons = np.array([*(number_by_status[name] for name in statuses), 0], np.uint8)[status]
    changes = np.flatnonzero((np.diff(level) != 0) | (np.diff(year) != 0)) + 1
    return {
        (levels[level[start]], int(year[start])): Published(numbers[start:end], reasons[start:end])
        for start, end in pairwise([0, *changes.tolist(), len(level)])
        if start < end
    }


def _numbered(column: pa.ChunkedArray) -> tuple[NDArray[np.int32], list[str]]:
    """Texts as places in a list of the distinct ones, -1 for none: a country has a hundred thousand of the same few."""
    encoded = column.dictionary_encode().unify_dictionaries().combine_chunks()
    return numbers_of(encoded.indices, -1), encoded.dictionary.to_pylist()


def numbers_of(column: pa.ChunkedArray | pa.Array, missing: float = 0) -> NDArray[Any]:
    """The numbers of a column, not to be written to, and another one where there is none.

    Arrow's own ``to_numpy`` and ``fill_null`` load pandas, which takes a server as much memory as all it serves from this.
    """
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    validity, values = array.buffers()
    numbers = np.from_dlpack(pa.Array.from_buffers(array.type, len(array), [None, values], offset=array.offset))
    if not array.null_count:
        return numbers
    bits = np.unpackbits(np.frombuffer(validity, np.uint8), bitorder="little")
    return np.where(bits[array.offset : array.offset + len(array)], numbers, np.asarray(missing, numbers.dtype))


def _read(path: Path, columns: list[str]) -> Any:
    try:
        with pq.ParquetFile(path) as file:  # read_table loads pandas too
            return file.read(columns)
    except (OSError, pa.ArrowException) as error:
        raise BadAtlas(f"{path} is damaged: build the atlas again") from error
