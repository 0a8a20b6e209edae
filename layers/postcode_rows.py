"""Postcodes as an atlas keeps them: a Parquet file, sorted, so that those of four digits are found at once."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from layers.atlas import POSTCODE_COLUMNS
from layers.errors import BadAtlas


@dataclass(frozen=True, slots=True)
class PostcodeRows:
    """Postcodes, rising, each with its regions."""

    postcode: tuple[str, ...]
    """``1234AB`` or ``1234``."""

    code: tuple[str, ...]
    """Of a region; the one with most rows of the table first."""

    def beginning(self, digits: str) -> PostcodeRows:
        """Those that begin with four digits."""
        first, last = (
            bisect_left(self.postcode, digits),
            bisect_left(self.postcode, f"{digits}~"),
        )  # behind every letter
        return PostcodeRows(self.postcode[first:last], self.code[first:last])

    def __len__(self) -> int:
        return len(self.postcode)


def write_postcodes(path: Path, rows: PostcodeRows) -> None:
    """Write postcodes as Parquet; the same content gives the same bytes."""
    table = pa.table({"postcode": pa.array(rows.postcode, pa.string()), "code": pa.array(rows.code, pa.string())})
    pq.write_table(table, path, compression="zstd")


def stored_postcodes(path: Path) -> PostcodeRows:
    """The postcodes in a file. Raises BadAtlas."""
    try:
        with pq.ParquetFile(path) as file:
            table = file.read(list(POSTCODE_COLUMNS))
    except (OSError, KeyError, pa.ArrowException) as error:
        raise BadAtlas(f"{path} is damaged: build the atlas again") from error
    return PostcodeRows(tuple(table.column("postcode").to_pylist()), tuple(table.column("code").to_pylist()))
