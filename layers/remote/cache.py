"""The cache: downloads in a folder beside the catalog, each with its provenance, whole or not at all.

    downloads/
      cbs-85984NED-1f0c9a3b.json                 provenance; names the file below and has its checksum
      cbs-85984NED-1f0c9a3b-77d0e1c2.parquet     named after its content, so that a new one never overwrites an old one
      work/                                      half-done downloads, which ``fetch`` takes up again

The data goes first and the provenance last, each renamed into place, so a crash leaves the old pair or the new one.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from layers.errors import LayersError
from layers.problems import InputProblems, Problem
from layers.remote.provenance import BadProvenance, Provenance
from layers.remote.request import Request

VARIABLE = "ZICHTKAART_CACHE"
"""The environment variable that names another folder."""


class CacheBusy(LayersError):
    """Another process fetches into this cache."""


@dataclass(frozen=True, slots=True)
class Local:
    """A source of the network as a file on this machine."""

    path: Path
    """A Parquet for ``cbs:`` and ``politie:`` (see ``layers.remote.statline``), a GeoPackage for ``pdok:``, else the file
    itself, with the extension it had."""

    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of downloads."""

    folder: Path
    guard: Callable[[Request, Provenance], None] | None = field(default=None, repr=False, compare=False)
    """Looks at a download before it is taken in, and raises for one that may not be."""

    _checked: dict[Path, tuple[int, int]] = field(default_factory=dict, repr=False, compare=False)
    """Files whose checksum was right, with size and moment of change, so that each is read once."""

    @staticmethod
    def of(catalog_folder: Path, environ: Mapping[str, str] | None = None) -> Cache:
        """The cache of the catalogs in a folder: ``downloads`` in it, or the folder that ``ZICHTKAART_CACHE`` names."""
        chosen = (os.environ if environ is None else environ).get(VARIABLE, "").strip()
        return Cache(Path(chosen) if chosen else catalog_folder / "downloads")

    def local(self, request: Request) -> Local:
        """The download that answers a request; ``request.columns`` need not be given.

        Raises InputProblems when it was not fetched, was fetched without some of the columns, or is damaged.
        """
        found = self.find(request)
        if found is None:
            raise self._problem(request, "this was not fetched yet")
        lacking = lacking_columns(found.provenance, request)
        if lacking:
            raise self._problem(request, f'this was fetched without "{lacking[0]}"')
        if not self.is_whole(found):
            raise self._problem(request, f"the download {found.path.name} is damaged")
        return found

    def find(self, request: Request) -> Local | None:
        """What is there for a request, whatever its columns and unchecked; None where there is nothing."""
        try:
            provenance = Provenance.from_json(self._record(request).read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError, BadProvenance, UnicodeDecodeError):
            return None
        return Local(self.folder / provenance.file, provenance)

    def is_whole(self, local: Local) -> bool:
        """Whether a download is as it was when it came in."""
        try:
            facts = local.path.stat()
        except FileNotFoundError:
            return False
        seen = facts.st_size, facts.st_mtime_ns
        if self._checked.get(local.path) == seen:
            return True
        if facts.st_size != local.provenance.size or sha256_of(local.path) != local.provenance.sha256:
            return False
        self._checked[local.path] = seen
        return True

    def keep(self, request: Request, path: Path, provenance: Provenance) -> Local:
        """Take a finished file (by renaming it) with its provenance, in place of what there was for the request.

        ``file``, ``size`` and ``sha256`` of the provenance are filled in here, and ``content`` where it is empty.
        """
        digest = sha256_of(path)
        name = f"{_stem(request)}-{digest[:8]}{path.suffix}"
        complete = replace(
            provenance, file=name, size=path.stat().st_size, sha256=digest, content=provenance.content or digest
        )
        if self.guard is not None:
            try:
                self.guard(request, complete)
            except LayersError:
                path.unlink()
                raise
        before = self.find(request)
        path.replace(self.folder / name)
        self.rewrite(request, complete)
        if before is not None and before.path.name != name:
            before.path.unlink(missing_ok=True)
        return Local(self.folder / name, complete)

    def rewrite(self, request: Request, provenance: Provenance) -> None:
        """Write the provenance of a download anew, in one step."""
        record = self._record(request)
        half = record.with_suffix(".json.half")
        half.write_text(provenance.to_json(), encoding="utf-8")
        half.replace(record)

    def work(self, request: Request, suffix: str) -> Path:
        """Where a download is put together; its folder is made."""
        folder = self.folder / "work"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{_stem(request)}{suffix}"

    @contextmanager
    def held(self) -> Iterator[None]:
        """While this lasts no other process fetches into this folder. Raises CacheBusy when one does."""
        self.folder.mkdir(parents=True, exist_ok=True)
        place = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            try:
                fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise CacheBusy(f"another fetch writes {self.folder}; wait until it is done") from error
            yield
            with suppress(OSError):  # something half-done is in it, for the next time
                (self.folder / "work").rmdir()
        finally:
            os.close(place)

    def _record(self, request: Request) -> Path:
        return self.folder / f"{_stem(request)}.json"

    def _problem(self, request: Request, message: str) -> InputProblems:
        way_out = "run zichtkaart fetch with this catalog first"
        return InputProblems([Problem(str(request), f"{message} (looked in {self.folder}); {way_out}")])


def lacking_columns(provenance: Provenance, request: Request) -> list[str]:
    """Columns of a request that were not asked for when the download was made."""
    if not provenance.columns:
        return []
    return sorted(set(request.columns) - set(provenance.columns))


def sha256_of(path: Path) -> str:
    """The checksum of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _stem(request: Request) -> str:
    # as it may be shown: no file is named after a password, nor after what follows a question mark
    name = str(request).partition(":")[2].partition("?")[0]
    readable = re.sub(r"[^0-9A-Za-z]+", "-", name).strip("-")[-60:].strip("-")
    return f"{request.kind.value}-{readable}-{request.key}"
