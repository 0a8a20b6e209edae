"""Everything a catalog needs from the network, into its cache: several sources side by side, each on its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from layers.catalog import read_catalog
from layers.problems import InputProblems, Problem, counted
from layers.remote.addresses import Addresses
from layers.remote.cache import Cache, Local
from layers.remote.client import Client
from layers.remote.errors import RemoteError
from layers.remote.lock import Lock
from layers.remote.meter import Amount, Meter
from layers.remote.pdok import fetch_borders
from layers.remote.request import Kind, Request, requests_of
from layers.remote.s3 import fetch_object
from layers.remote.table import Descriptions, fetch_table
from layers.remote.web import fetch_file

Progress = Callable[[Request, Amount], None]
"""Is told how far each source is; may be called from any thread."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one request."""

    request: Request
    local: Local | None
    """None where it failed."""

    is_new: bool
    """Whether it was downloaded now."""

    problems: tuple[Problem, ...] = ()
    """Why it failed, one sentence each."""

    def sentence(self) -> str:
        """A closing line about a source that is there."""
        if self.local is None:
            return f"{self.request.label}: failed"
        facts = self.local.provenance
        size = counted(facts.rows, "row") if facts.rows is not None else f"{facts.size / 1e6:,.1f} MB"
        parts = [
            size,
            *filter(None, (facts.version, facts.modified and f"changed {facts.modified.partition(' / ')[0]}")),
        ]
        state = "new" if self.is_new else "unchanged"
        notes = "".join(f"; {note}" for note in facts.notes)
        return f"{self.request.label}: {state}, {', '.join(parts)}{notes}"


@dataclass(frozen=True, slots=True)
class Manner:
    """How to fetch."""

    jobs: int = 4
    """Sources side by side; of one host no more at a time than the client allows."""

    is_offline: bool = False
    """Ask the network nothing, and say what is missing."""

    is_locked: bool = False
    """Take only what the lock file has."""


def fetch(
    catalog_path: Path, cache: Cache, client: Client, addresses: Addresses, manner: Manner, progress: Progress
) -> list[Outcome]:
    """Bring the cache of a catalog up to date, and its lock file; what fails does not keep the others back.

    Raises InputProblems for a catalog or lock file that cannot be read, CacheBusy while another process fetches.
    """
    requests = requests_of(read_catalog(catalog_path))
    lock = Lock.of(catalog_path)
    if not requests:
        return []
    if manner.is_offline:
        return [_there(cache, lock, request, manner) for request in requests]
    guarded = replace(cache, guard=lock.check) if manner.is_locked else cache

    descriptions = Descriptions()

    def one(request: Request) -> Outcome:
        if manner.is_locked and (there := _there(cache, lock, request, manner)).local is not None:
            return there
        asking = _Asking(guarded, client, addresses, descriptions, lambda amount: progress(request, amount))
        return _fetched(request, asking)

    with guarded.held(), ThreadPoolExecutor(max_workers=manner.jobs, thread_name_prefix="fetch") as workers:
        try:
            outcomes = list(workers.map(one, requests))
        except KeyboardInterrupt:
            client.stop()
            workers.shutdown(wait=False, cancel_futures=True)
            raise
    if not manner.is_locked:
        _write_lock(lock, outcomes)
    return outcomes


def _there(cache: Cache, lock: Lock, request: Request, manner: Manner) -> Outcome:
    """What the cache has for a request, without the network."""
    try:
        local = cache.local(request)
        if manner.is_locked:
            lock.check(request, local.provenance)
    except InputProblems as error:
        return Outcome(request, None, is_new=False, problems=error.problems)
    return Outcome(request, local, is_new=False)


@dataclass(frozen=True, slots=True)
class _Asking:
    """What it takes to ask for a source."""

    cache: Cache
    client: Client
    addresses: Addresses
    descriptions: Descriptions
    meter: Meter


def _fetched(request: Request, asking: _Asking) -> Outcome:
    try:
        local, is_new = _fetch(request, asking)
    except InputProblems as error:
        return Outcome(request, None, is_new=False, problems=error.problems)
    except RemoteError as error:
        return Outcome(request, None, is_new=False, problems=(Problem(request.label, str(error)),))
    except (OSError, sqlite3.OperationalError) as error:  # a full disk, above all
        said = error.strerror if isinstance(error, OSError) else str(error)
        problem = Problem(request.label, f"the download cannot be written in {asking.cache.folder} ({said})")
        return Outcome(request, None, is_new=False, problems=(problem,))
    return Outcome(request, local, is_new=is_new)


def _fetch(request: Request, asking: _Asking) -> tuple[Local, bool]:
    cache, client, addresses, meter = asking.cache, asking.client, asking.addresses, asking.meter
    match request.kind:
        case Kind.CBS | Kind.POLITIE:
            return fetch_table(request, cache, client, addresses, meter, asking.descriptions)
        case Kind.PDOK:
            return fetch_borders(request, cache, client, addresses, meter)
        case Kind.HTTP:
            return fetch_file(request, cache, client, meter)
        case Kind.S3:
            return fetch_object(request, cache, meter)


def _write_lock(lock: Lock, outcomes: Sequence[Outcome]) -> None:
    there = [(each.request, each.local.provenance) for each in outcomes if each.local is not None]
    if there:
        lock.write(there, kept=[each.request for each in outcomes if each.local is None])
