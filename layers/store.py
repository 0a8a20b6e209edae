"""Where an atlas lives: a folder written without ever leaving it half done, and read as one whole.

A build writes each artefact under a temporary name, flushes it to disk and renames it to a name with its hash. The
manifest is replaced last, in one step. Until then readers see the old atlas, after it the new one.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Final, Self, TypeVar

from pydantic import ValidationError

from layers.atlas import (
    FORMAT,
    MANIFEST,
    Artefact,
    AtlasFacts,
    EditionFacts,
    FlowFacts,
    IndicatorFacts,
    PostcodeFacts,
    Series,
    TableFacts,
    TilesetFacts,
)
from layers.columns import RegionTable, read_regions_table, read_values
from layers.errors import AtlasBusy, BadAtlas, NoAtlas, NotInAtlas
from layers.panel_rows import FlowRows, PanelRows, read_flow, read_panel
from layers.postcode_rows import PostcodeRows, stored_postcodes
from layers.values import Published

LASTING_S: Final = 600
"""How long a file outlives the last manifest that named it. A server opens what it needs when it is first asked for."""

KEPT_VALUES: Final = 24_000_000
"""Bytes of figures that were read last and are kept: those of seventeen indicators in ten years for all of the Netherlands."""

_LOCK: Final = ".lock"
_TEMPORARY: Final = ".unfinished-"
_ARTEFACT: Final = re.compile(r".+-[0-9a-f]{12}\.[a-z0-9.]+")
_VERSION_DIGITS: Final = 12

_T = TypeVar("_T")


class AtlasWriter:
    """The one build that may write an atlas; others are refused until it is closed or its process ends.

    Raises AtlasBusy, or BadAtlas for a folder that holds something else.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            _check_folder(folder)
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise BadAtlas(f"{folder} cannot be written ({error.strerror})") from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._lock)
            raise AtlasBusy(f"another build is writing {folder}; wait until it is done") from error
        for leftover in [*folder.glob(f"{_TEMPORARY}*"), *folder.glob(f"*/{_TEMPORARY}*")]:
            leftover.unlink()  # of a build that was killed: only the holder of the lock writes these

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let other builds in. What was written but not published stays unseen, and goes at the next publication."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def check_id(self, atlas_id: str) -> None:
        """Leave another atlas alone. Raises BadAtlas when the folder holds one with another id."""
        try:
            held = _read_manifest(self.folder).id
        except (NoAtlas, BadAtlas):
            return
        if held != atlas_id:
            raise BadAtlas(
                f'{self.folder} holds the atlas "{held}"; this catalog makes "{atlas_id}": '
                "choose another folder or remove it"
            )

    def artefact(self, kind: str, stem: str, suffix: str, write: Callable[[Path], object]) -> Artefact:
        """Write a file of the atlas: ``write`` fills a temporary path, which becomes ``kind/stem-<hash><suffix>``."""
        return self.artefacts(kind, stem, [suffix], write)[0]

    def artefacts(
        self, kind: str, stem: str, suffixes: Sequence[str], write: Callable[..., object]
    ) -> tuple[Artefact, ...]:
        """Write files of the atlas that are made together; ``write`` is given a temporary path for each suffix."""
        folder = self.folder / kind
        folder.mkdir(exist_ok=True)
        temporary = [folder / f"{_TEMPORARY}{stem}{suffix}" for suffix in suffixes]
        try:
            write(*temporary)
            return tuple(_named(path, stem, suffix) for path, suffix in zip(temporary, suffixes, strict=True))
        finally:
            for path in temporary:
                path.unlink(missing_ok=True)
            _flush_folder(folder)

    def publish(self, facts: AtlasFacts) -> None:
        """Make this the atlas, in one step.

        Files of the atlas before it are kept, for servers that still read them, and so are those of earlier ones for
        ``LASTING_S`` after that; older ones and leftovers of builds that did not finish are removed.
        """
        missing = [artefact.path for artefact in artefacts_of(facts) if not (self.folder / artefact.path).is_file()]
        if missing:
            raise BadAtlas(f"the manifest names files that were not written: {', '.join(missing)}")
        before = _artefacts_before(self.folder)
        temporary = self.folder / f"{_TEMPORARY}{MANIFEST}"
        temporary.write_text(_as_json(facts), encoding="utf-8")
        _flushed_hash(temporary)
        _flush_folder(self.folder)
        temporary.replace(self.folder / MANIFEST)
        _flush_folder(self.folder)
        self._remove_all_but({artefact.path for artefact in artefacts_of(facts)}, before)

    def _remove_all_but(self, named: set[str], before: set[str]) -> None:
        """Remove artefacts that no manifest has named for a while; files that are none of ours are left alone."""
        now = time.time()
        for path in self.folder.glob("*/*"):
            name = f"{path.parent.name}/{path.name}"
            if name in named or not path.is_file() or not _ARTEFACT.fullmatch(path.name):
                continue
            if name in before:
                os.utime(path)  # from now on nobody who comes will be sent here
            elif now - path.stat().st_mtime > LASTING_S:
                path.unlink()


def _named(temporary: Path, stem: str, suffix: str) -> Artefact:
    """A finished file, under the name that follows from its bytes."""
    version = _flushed_hash(temporary)
    path = temporary.with_name(f"{stem}-{version}{suffix}")
    temporary.replace(path)
    return Artefact(path=f"{path.parent.name}/{path.name}", version=version, size=path.stat().st_size)


def artefacts_of(facts: AtlasFacts) -> Iterable[Artefact]:
    """All files that a manifest names."""
    for edition in facts.editions:
        yield edition.tiles
        if edition.mlt is not None:
            yield edition.mlt
        if edition.rd is not None:
            yield edition.rd
        yield edition.regions
    for indicator in facts.indicators:
        yield indicator.values
    for table in facts.tables:
        yield table.rows
    for flow in facts.flows:
        yield flow.rows
    for grid in facts.grids:
        yield grid.cells
    for postcodes in facts.postcodes:
        yield postcodes.rows


def _as_json(facts: AtlasFacts) -> str:
    try:
        return json.dumps(facts.model_dump(mode="json"), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    except ValueError as error:
        raise BadAtlas(f"the atlas {facts.id} holds a number that is not finite, and is not published") from error


def _check_folder(folder: Path) -> None:
    """A folder is ours when it is new, empty, or was written by us."""
    if folder.exists() and not folder.is_dir():
        raise BadAtlas(f"{folder} is a file; an atlas is a folder")
    if not folder.exists() or (folder / MANIFEST).exists() or (folder / _LOCK).exists():
        return
    if any(folder.iterdir()):
        raise BadAtlas(f"{folder} is not empty and holds no atlas; choose a new or empty folder")


def _artefacts_before(folder: Path) -> set[str]:
    """The files of the manifest that is there now; none where it cannot be read."""
    try:
        return {artefact.path for artefact in artefacts_of(_read_manifest(folder))}
    except (NoAtlas, BadAtlas):
        return set()


def _flushed_hash(path: Path) -> str:
    """The version of a file, once its bytes are on disk."""
    with path.open("rb+") as file:
        digest = hashlib.file_digest(file, "sha256")
        os.fsync(file.fileno())
    return digest.hexdigest()[:_VERSION_DIGITS]


def _flush_folder(folder: Path) -> None:
    """Put the names in a folder on disk; a rename is safe only after this."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read_manifest(folder: Path) -> AtlasFacts:
    try:
        content = (folder / MANIFEST).read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NoAtlas(f"there is no atlas in {folder}; make one with: zichtkaart build CATALOG -o {folder}") from error
    except OSError as error:
        raise BadAtlas(f"{folder / MANIFEST} cannot be read ({error.strerror})") from error
    try:
        data = json.loads(content)
        if isinstance(data, dict) and data.get("format") != FORMAT:
            raise BadAtlas(
                f"{folder} has format {data.get('format')}, and this version reads {FORMAT}; build the atlas again"
            )
        return AtlasFacts.model_validate(data)
    except (ValueError, ValidationError) as error:
        raise BadAtlas(f"{folder / MANIFEST} is damaged; build the atlas again") from error


class Atlas:
    """An atlas opened for reading. Safe to share between threads; what is read once is kept, of figures what was read last."""

    def __init__(self, folder: Path, facts: AtlasFacts) -> None:
        self.folder = folder
        self.facts = facts
        self._regions: dict[int, RegionTable] = {}
        self._values: OrderedDict[str, dict[tuple[str, int], Published]] = OrderedDict()
        self._tables: dict[str, PanelRows] = {}
        self._flows: dict[str, FlowRows] = {}
        self._postcodes: dict[str, PostcodeRows] = {}
        self._lock = Lock()

    @staticmethod
    def open(folder: Path) -> Atlas:
        """The atlas in a folder. Raises NoAtlas or BadAtlas."""
        facts = _read_manifest(folder)
        for artefact in artefacts_of(facts):
            path = folder / artefact.path
            size = path.stat().st_size if path.is_file() else None
            if size is None:
                raise BadAtlas(f"{path} is missing from the atlas; build it again")
            if size != artefact.size:
                raise BadAtlas(f"{path} has {size} bytes where {artefact.size} were written; build the atlas again")
        return Atlas(folder, facts)

    def path(self, artefact: Artefact) -> Path:
        """Where a file of the atlas is."""
        return self.folder / artefact.path

    def edition(self, year: int) -> EditionFacts:
        """The edition of a boundary year. Raises NotInAtlas."""
        return _the((e for e in self.facts.editions if e.year == year), f"the atlas has no borders of {year}")

    def indicator(self, indicator_id: str) -> IndicatorFacts:
        """An indicator by id. Raises NotInAtlas."""
        found = (i for i in self.facts.indicators if i.id == indicator_id)
        return _the(found, f'the atlas has no indicator "{indicator_id}"')

    def tileset(self, tileset_id: str) -> TilesetFacts:
        """A tileset by id. Raises NotInAtlas."""
        return _the((t for t in self.facts.tilesets if t.id == tileset_id), f'the atlas has no tileset "{tileset_id}"')

    def series(self, indicator_id: str, level: str, year: int) -> Series:
        """What is known of one series. Raises NotInAtlas."""
        every = self.indicator(indicator_id).series
        found = (series for series in every if (series.level, series.year) == (level, year))
        return _the(found, f'"{indicator_id}" has no figures for {level} {year}')

    def regions(self, year: int) -> RegionTable:
        """The regions of an edition, level by level from coarse to fine, without geometry. Raises NotInAtlas."""
        edition = self.edition(year)
        with self._lock:
            if year not in self._regions:
                self._regions[year] = read_regions_table(self.path(edition.regions))
            return self._regions[year]

    def published(self, indicator_id: str, level: str, year: int) -> Published:
        """The figures of one series, in the order of the regions of its edition and level. Raises NotInAtlas."""
        self.series(indicator_id, level, year)
        with self._lock:
            if indicator_id not in self._values:
                self._values[indicator_id] = read_values(self.path(self.indicator(indicator_id).values))
                self._forget_values()
            self._values.move_to_end(indicator_id)
            return self._values[indicator_id][level, year]

    def _forget_values(self) -> None:
        """Let go of the figures used longest ago, but never of those just read."""
        size = sum(series.size for by_series in self._values.values() for series in by_series.values())
        while size > KEPT_VALUES and len(self._values) > 1:
            _, gone = self._values.popitem(last=False)
            size -= sum(series.size for series in gone.values())

    def table_facts(self, table_id: str) -> TableFacts:
        """What is known of a table that is not per region. Raises NotInAtlas."""
        return _the((t for t in self.facts.tables if t.id == table_id), f'the atlas has no table "{table_id}"')

    def table(self, table_id: str) -> PanelRows:
        """The rows of a table that is not per region. Raises NotInAtlas, or BadAtlas where its file is damaged."""
        facts = self.table_facts(table_id)
        with self._lock:
            if table_id not in self._tables:
                self._tables[table_id] = read_panel(self.path(facts.rows), facts.columns)
            return self._tables[table_id]

    def flow_facts(self, flow_id: str) -> FlowFacts:
        """What is known of a flow. Raises NotInAtlas."""
        return _the((f for f in self.facts.flows if f.id == flow_id), f'the atlas has no flow "{flow_id}"')

    def flows(self, flow_id: str) -> FlowRows:
        """The rows of a flow, by year, origin and destination. Raises NotInAtlas, or BadAtlas where its file is damaged."""
        facts = self.flow_facts(flow_id)
        with self._lock:
            if flow_id not in self._flows:
                self._flows[flow_id] = read_flow(self.path(facts.rows))
            return self._flows[flow_id]

    def postcodes(self, facts: PostcodeFacts) -> PostcodeRows:
        """The postcodes of a table. Raises BadAtlas where its file is damaged."""
        path = facts.rows.path
        with self._lock:
            if path not in self._postcodes:
                self._postcodes[path] = stored_postcodes(self.path(facts.rows))
            return self._postcodes[path]


def _the(found: Iterable[_T], otherwise: str) -> _T:
    for item in found:
        return item
    raise NotInAtlas(otherwise)
