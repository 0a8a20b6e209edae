"""What the server counts, in the text format of Prometheus.

Each process counts for itself. Where there are several, each writes its counts to a file of its own in a folder they share, once
a second, and whichever is asked adds up all files; those of processes that ended stay, so no counter ever goes back.
https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

BUCKETS: Final = (0.001, 0.005, 0.02, 0.1, 0.5, 2.0)
"""Seconds."""


class Count:
    """Answers of one kind."""

    __slots__ = ("buckets", "requests", "seconds", "sent")

    def __init__(self) -> None:
        self.requests = 0
        self.sent = 0
        """Bytes of bodies."""

        self.seconds = 0.0
        self.buckets = [0] * len(BUCKETS)
        """How many took at most so long, each counted once."""

    def add(self, sent: int, seconds: float) -> None:
        """One more."""
        self.requests += 1
        self.sent += sent
        self.seconds += seconds
        for place, limit in enumerate(BUCKETS):
            if seconds <= limit:
                self.buckets[place] += 1
                return


@dataclass(slots=True)
class Tally:
    """All that one process counted."""

    by_kind: dict[tuple[str, int], Count] = field(default_factory=dict)
    """By route pattern and status."""

    cache: dict[str, int] = field(default_factory=lambda: {"hit": 0, "miss": 0, "evicted": 0})
    gauges: dict[str, int] = field(default_factory=dict)
    """What goes up and down: of a process that ended it does not count."""

    def count(self, route: str, status: int) -> Count:
        """Where to count answers of a kind."""
        known = self.by_kind.get((route, status))
        if known is None:
            known = self.by_kind[route, status] = Count()
        return known

    def as_json(self) -> str:
        """For other processes."""
        kinds = [
            (route, status, c.requests, c.sent, c.seconds, c.buckets) for (route, status), c in self.by_kind.items()
        ]
        return json.dumps({"pid": os.getpid(), "kinds": kinds, "cache": self.cache, "gauges": self.gauges})

    def merge(self, told: Mapping[str, Any], *, is_running: bool) -> None:
        """Add what another process told."""
        for route, status, requests, sent, seconds, buckets in told["kinds"]:
            own = self.count(route, status)
            own.requests += requests
            own.sent += sent
            own.seconds += seconds
            own.buckets = [one + other for one, other in zip(own.buckets, buckets, strict=True)]
        for result, number in told["cache"].items():
            self.cache[result] = self.cache.get(result, 0) + number
        for name, number in told["gauges"].items() if is_running else ():
            self.gauges[name] = self.gauges.get(name, 0) + number


@dataclass(frozen=True, slots=True)
class SharedCounts:
    """The folder in which processes leave their counts."""

    folder: Path

    def leave(self, tally: Tally) -> None:
        """Write those of this process."""
        path = self.folder / f"{os.getpid()}.json"
        unfinished = path.with_suffix(".unfinished")
        unfinished.write_text(tally.as_json())
        unfinished.replace(path)

    def total(self, own: Tally) -> tuple[Tally, int]:
        """Everything together, this process as it is now, and how many processes run."""
        whole, running = Tally(), 1
        whole.merge(json.loads(own.as_json()), is_running=True)
        for path in sorted(self.folder.glob("*.json")):
            told = json.loads(path.read_text())
            if told["pid"] != os.getpid():
                is_running = _is_running(told["pid"])
                running += is_running
                whole.merge(told, is_running=is_running)
        return whole, running


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def exposition(tally: Tally, processes: int, atlases: Iterable[tuple[str, str, float]]) -> str:
    """The page that Prometheus reads; of each atlas its id, version, and when it was opened (seconds since 1970)."""
    lines: list[str] = []

    def metric(name: str, kind: str, told: str, samples: Iterable[tuple[str, Mapping[str, object], float]]) -> None:
        lines.append(f"# HELP zichtkaart_{name} {told}")
        lines.append(f"# TYPE zichtkaart_{name} {kind}")
        lines.extend(f"zichtkaart_{name}{suffix}{_labels(labels)} {number:.15g}" for suffix, labels, number in samples)

    kinds = sorted(tally.by_kind.items())
    metric(
        "requests_total",
        "counter",
        "Answers by route and status.",
        [("", {"route": route, "status": status}, c.requests) for (route, status), c in kinds],
    )
    metric(
        "response_bytes_total",
        "counter",
        "Bytes of bodies by route; tiles are /tiles/{tileset}/{z}/{x}/{y}.",
        [("", {"route": route, "status": status}, c.sent) for (route, status), c in kinds],
    )
    metric("request_seconds", "histogram", "Time to answer, by route.", _histogram(tally))
    metric(
        "cache_total",
        "counter",
        "Answers found in memory, made, and put out of memory for others.",
        [("", {"result": result}, number) for result, number in tally.cache.items()],
    )
    for name, number in sorted(tally.gauges.items()):
        metric(name, "gauge", _GAUGES[name], [("", {}, number)])
    metric("processes", "gauge", "Server processes that run.", [("", {}, processes)])
    atlases = list(atlases)
    metric(
        "atlas_info",
        "gauge",
        "The atlas that is served; its version is a hash of its manifest.",
        [("", {"atlas": atlas, "version": version}, 1) for atlas, version, _ in atlases],
    )
    metric(
        "atlas_opened_seconds",
        "gauge",
        "When this process began to serve it, in seconds since 1970.",
        [("", {"atlas": atlas}, opened) for atlas, _, opened in atlases],
    )
    return "\n".join(lines) + "\n"


_GAUGES: Final = {
    "connections": "Open connections.",
    "cache_bytes": "Bytes of answers kept in memory.",
    "known_addresses": "Addresses whose answers are kept ready.",
}


def _histogram(tally: Tally) -> list[tuple[str, Mapping[str, object], float]]:
    by_route: dict[str, Count] = {}
    for (route, _), found in sorted(tally.by_kind.items()):
        whole = by_route.setdefault(route, Count())
        whole.requests += found.requests
        whole.seconds += found.seconds
        whole.buckets = [one + other for one, other in zip(whole.buckets, found.buckets, strict=True)]
    samples: list[tuple[str, Mapping[str, object], float]] = []
    for route, whole in by_route.items():
        below = 0
        for limit, number in zip(BUCKETS, whole.buckets, strict=True):
            below += number
            samples.append(("_bucket", {"route": route, "le": limit}, below))
        samples.append(("_bucket", {"route": route, "le": "+Inf"}, whole.requests))
        samples.append(("_sum", {"route": route}, whole.seconds))
        samples.append(("_count", {"route": route}, whole.requests))
    return samples


def _labels(labels: Mapping[str, object]) -> str:
    if not labels:
        return ""
    pairs = (f'{name}="{_escaped(str(value))}"' for name, value in labels.items())
    return "{" + ",".join(pairs) + "}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
