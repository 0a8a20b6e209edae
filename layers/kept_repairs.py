"""Repaired borders, kept so that a build or check with the same borders does not repair them again.

    downloads/repaired/
      3f9c0b….parquet      column wkb, a row per region; the report and a checksum in the metadata

A file is named after everything that decides what is in it: the borders as they were read, the length of a metre, and the
code that repairs. So a file never is out of date, and all may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import struct
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from tiles.repair import Geometry, Repaired, RepairReport, repair_coverage
from tiles.version import engine_version

WORTH_KEEPING = 100_000
"""Borders with fewer vertices are repaired each time."""

MOST = 24
"""Files that are kept; those not asked for longest go first."""

_REPORT, _CHECKSUM = b"report", b"checksum"


@dataclass(frozen=True, slots=True)
class KeptRepairs:
    """A folder of repaired borders; without one that can be written to, all is repaired each time."""

    folder: Path

    def repaired(self, geometry: Geometry, metre: float) -> Repaired:
        """What ``tiles.repair.repair_coverage`` makes of it, from the folder where it is there and whole."""
        if shapely.get_num_coordinates(geometry).sum() < WORTH_KEEPING:
            return repair_coverage(geometry, metre)
        path = self.folder / f"{_key(geometry, metre)}.parquet"
        kept = _read(path)
        if kept is not None:
            return kept
        made = repair_coverage(geometry, metre)
        with suppress(OSError):
            _write(path, made)
            self._tidy()
        return made

    def _tidy(self) -> None:
        newest_first = sorted(self.folder.glob("*.parquet"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        for path in newest_first[MOST:]:
            path.unlink(missing_ok=True)


def _key(geometry: Geometry, metre: float) -> str:
    # Heights are left out here as they are when borders are repaired.
    given = _checksum(shapely.to_wkb(shapely.force_2d(geometry)).tolist())
    return hashlib.sha256(repr((engine_version(), metre, given)).encode()).hexdigest()


def _checksum(bodies: Iterable[bytes | None]) -> str:
    digest = hashlib.sha256()
    for body in bodies:
        digest.update(struct.pack("<q", -1 if body is None else len(body)))
        digest.update(body or b"")
    return digest.hexdigest()


def _read(path: Path) -> Repaired | None:
    """What a file holds, None where it is not there or damaged."""
    try:
        with pq.ParquetFile(path) as file:
            table = file.read()
        bodies = table["wkb"].to_pylist()
    except (OSError, pa.ArrowException, KeyError):
        return None
    facts = table.schema.metadata or {}
    if facts.get(_CHECKSUM, b"").decode() != _checksum(bodies):
        return None
    with suppress(OSError):  # a file of another user can be read all the same
        path.touch()
    return Repaired(shapely.from_wkb(np.array(bodies, object)), _report(json.loads(facts[_REPORT])))


def _report(facts: dict[str, object]) -> RepairReport:
    arrays = {name: np.array(value, np.int64) if isinstance(value, list) else value for name, value in facts.items()}
    return RepairReport(**arrays)  # type: ignore[arg-type]  # as they were written


def _write(path: Path, repaired: Repaired) -> None:
    """Whole or not at all."""
    bodies = shapely.to_wkb(repaired.geometry).tolist()
    values = {field.name: getattr(repaired.report, field.name) for field in fields(RepairReport)}
    report = {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in values.items()}
    facts = {_REPORT: json.dumps(report).encode(), _CHECKSUM: _checksum(bodies).encode()}
    table = pa.table({"wkb": pa.array(bodies, pa.large_binary())}).replace_schema_metadata(facts)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        unfinished = Path(folder) / path.name
        pq.write_table(table, unfinished, compression="zstd")
        unfinished.replace(path)
