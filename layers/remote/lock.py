"""The lock file of a catalog: what each source held when the atlas was built, so that it can be built again.

``nederland.toml`` has ``nederland.lock``, JSON that belongs in version control beside it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from layers.problems import InputProblems, Problem
from layers.remote.provenance import Provenance
from layers.remote.request import Request

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Lock:
    """Checksums by source and filters."""

    path: Path
    entries: Mapping[str, Mapping[str, Any]]
    """By ``Request.key``: source, dimensions, columns, content (the checksum), and what a person wants to know."""

    @staticmethod
    def of(catalog: Path) -> Lock:
        """The lock of a catalog; empty where there is none yet. Raises InputProblems when it cannot be read."""
        path = catalog.with_suffix(".lock")
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            entries = {entry["key"]: entry for entry in data["sources"]}
        except FileNotFoundError:
            entries = {}
        except (ValueError, TypeError, KeyError) as error:
            message = "this lock file cannot be read; remove it and run zichtkaart fetch again"
            raise InputProblems([Problem(str(path), message)]) from error
        return Lock(path, entries)

    def check(self, request: Request, provenance: Provenance) -> None:
        """Refuse a download with other content than the lock has, or that it does not know. Raises InputProblems."""
        entry = self.entries.get(request.key)
        if entry is None:
            message = f"{self.path.name} does not have this source; run zichtkaart fetch without --locked to add it"
            raise InputProblems([Problem(str(request), message)])
        if not self.holds(request, provenance):
            message = (
                f"the publisher has other content now than {self.path.name} says (fetched {entry.get('fetched')});"
                " run zichtkaart fetch without --locked to accept it"
            )
            raise InputProblems([Problem(str(request), message)])

    def holds(self, request: Request, provenance: Provenance) -> bool:
        """Whether a download is the one in the lock."""
        return self.entries.get(request.key, {}).get("content") == provenance.content

    def write(self, downloads: Iterable[tuple[Request, Provenance]], kept: Iterable[Request]) -> None:
        """Write the lock of these downloads anew, in one step; of ``kept`` the entries stay as they are."""
        entries = {request.key: _entry(request, provenance) for request, provenance in downloads}
        for request in kept:
            if request.key in self.entries and request.key not in entries:
                entries[request.key] = dict(self.entries[request.key])
        text = json.dumps({"version": _VERSION, "sources": list(entries.values())}, ensure_ascii=False, indent=2) + "\n"
        half = self.path.with_name(f"{self.path.name}.half")
        half.write_text(text, encoding="utf-8")
        half.replace(self.path)


def _entry(request: Request, provenance: Provenance) -> dict[str, Any]:
    facts = {
        "source": str(request),
        "key": request.key,
        "dimensions": dict(provenance.dimensions),
        "columns": provenance.columns,
        "content": provenance.content,
        "title": provenance.title,
        "service": provenance.service,
        "address": provenance.address,
        "version": provenance.version,
        "modified": provenance.modified,
        "rows": provenance.rows,
        "fetched": provenance.fetched,
        "licence": provenance.licence,
    }
    return {name: value for name, value in facts.items() if value not in (None, (), {}, "")}
