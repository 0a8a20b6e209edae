"""The application: which atlas a path is about, what was answered before, and the count and log of every request.

request ─> answered before? ─> send
             └─ no ─> atlas and base path ─> middleware ─> routes ─> remembered for the next
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Hashable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import Message, Receive, Scope, Send

from server.access_log import AccessLog
from server.answers import Answered, Baked, RawHeaders
from server.errors import AtlasNameTaken, shown
from server.headers import everywhere
from server.heads import BASE, Head, Heads
from server.metrics import SharedCounts, Tally
from server.responses import ASKED, Offer
from server.settings import Settings
from server.snapshot import CurrentAtlas, Snapshot

LOOK_S: Final = 1.0
MOST_TOLD: Final = 1 << 14
NO_ROUTE: Final = "none"
"""What a request is counted under when no address fits."""


@dataclass(slots=True)
class Asked:
    """A request that the application must answer."""

    site: Site
    scope: Scope
    target: bytes
    head: Head | None
    snapshot: Snapshot
    """The generation that answers it, to its end."""

    atlas_path: str
    """Where its atlas stands in the site, such as ``/nederland``; empty for the first."""

    def remember(self, offer: Offer, key: Hashable | None, *, by_base: bool) -> None:
        """Keep the answer for who asks the same again."""
        if self.head is None or self.scope["method"] not in ("GET", "HEAD"):
            return
        route = route_of(self.scope)
        variant = (id(offer.content) if key is None else None, offer.policy, offer.vary, offer.more)
        answers = self.snapshot.answers
        if key is None:
            answered = answers.lasting(variant, Answered(offer, self.site.everywhere, route, self.site.tally))
        else:
            kept = self.snapshot.cache.kept(key)
            if kept is None:
                return
            if variant not in kept.answers:
                kept.answers[variant] = Answered(offer, self.site.everywhere, route, self.site.tally)
            answered = kept.answers[variant]
        decided = [name.strip().lower() for name in offer.vary.split(",")]
        names = tuple(name for name in decided if name != "accept-encoding")
        if by_base and not self.site.settings.public_url:
            names += BASE
        answers.remember(self.target, names, self.head, answered)


class Site(Starlette):
    """The application, with what it answered before in front of it."""

    def __init__(self, settings: Settings, atlases: Sequence[CurrentAtlas], tally: Tally, **options: Any) -> None:
        super().__init__(**options)
        self.settings = settings
        self.atlases = tuple(atlases)
        self.tally = tally
        self.access_log = AccessLog(settings.access_log)
        self.heads = Heads()
        self.everywhere: RawHeaders = [
            (name.lower().encode(), value.encode()) for name, value in everywhere(settings).items()
        ]
        self.patterns = patterns_of(self.routes)
        self.connections: set[Any] = set()
        """Those of the server that runs it."""

        self.shared: SharedCounts | None = None
        self.parent: int | None = None
        """The process that started this one and looks after it."""

        self._told: dict[tuple[bytes, int, int], str] = {}
        """What the log says of answers of before."""

        self._taken = {pattern.split("/")[1] for pattern in self.patterns.values()}

    def known(self, target: bytes, head: Head) -> Baked | None:
        """What was answered to this before and would be again."""
        for current in self.atlases:
            baked: Baked | None = current.snapshot.answers.answer(target, head)
            if baked is not None:
                return baked
        return None

    def sent(self, target: bytes, baked: Baked, began: float) -> None:
        """Count and log an answer of before."""
        seconds = time.perf_counter() - began
        baked.count.add(len(baked.body), seconds)
        self.tally.cache["hit"] += 1
        if self.access_log.is_on:
            told = self._told.get((target, baked.status, len(baked.body)))
            if told is None:
                if len(self._told) >= MOST_TOLD:
                    self._told.clear()
                path = target.partition(b"?")[0].decode("latin-1")
                told = self.access_log.told("GET", path, baked.status, len(baked.body))
                self._told[target, baked.status, len(baked.body)] = told
            self.access_log.add_told(told, seconds)

    def measure(self) -> None:
        """Write down what goes up and down."""
        snapshots = [current.snapshot for current in self.atlases]
        self.tally.gauges = {
            "connections": len(self.connections),
            "cache_bytes": sum(snapshot.cache.size for snapshot in snapshots),
            "known_addresses": sum(len(snapshot.answers) for snapshot in snapshots),
        }

    async def look_around(self) -> None:
        """Once a second until cancelled: let go of slow clients, and leave the counts where other processes find them."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(LOOK_S)
            if self.parent is not None and os.getppid() != self.parent:
                signal.raise_signal(signal.SIGTERM)  # nobody would start another one, nor stop this one
            for connection in tuple(self.connections):
                connection.look(loop.time())
            if self.shared is not None:
                self.measure()
                with suppress(OSError):
                    self.shared.leave(self.tally)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from what is known, or ask the application and keep its answer."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        began = time.perf_counter()
        target = target_of(scope)
        head = self.heads.of_headers(scope["headers"])
        if head is not None and scope["method"] == "GET":
            baked = self.known(target, head)
            if baked is not None:
                await send({"type": "http.response.start", "status": baked.status, "headers": baked.headers})
                await send({"type": "http.response.body", "body": baked.body})
                self.sent(target, baked, began)
                return
        status, sent = 0, 0

        async def watched(message: Message) -> None:
            nonlocal status, sent
            status = message.get("status", status)
            sent += len(message.get("body", b""))
            await send(message)

        try:
            if self._enter(scope, target, head):
                await super().__call__(scope, receive, watched)
            else:
                await _to_folder(scope, watched)
        finally:
            seconds = time.perf_counter() - began
            self.tally.count(route_of(scope), status).add(sent, seconds)
            if self.access_log.is_on:
                path = target.partition(b"?")[0].decode("latin-1")
                self.access_log.add(scope["method"], path, status, sent, seconds)

    def _enter(self, scope: Scope, target: bytes, head: Head | None) -> bool:
        """Find out which part of the path is not for the router, and whose atlas it is about; False for a folder without slash.

        A proxy in front may leave the base path on or take it off.
        """
        root, path = self.settings.root_path, scope["path"]
        if root and path.startswith(root + "/"):
            scope["root_path"] = root
            path = path[len(root) :]
        current, atlas_path = self.atlases[0], ""
        first = path.split("/", 2)[1] if path.startswith("/") else ""
        is_folder = True
        if first and first not in self._taken:
            for other in self.atlases:
                if other.snapshot.facts.id == first:
                    current, atlas_path = other, f"/{first}"
                    is_folder = path != atlas_path
                    scope["root_path"] = scope.get("root_path", "") + atlas_path
        scope[ASKED] = Asked(self, scope, target, head, current.snapshot, atlas_path)
        return is_folder


async def _to_folder(scope: Scope, send: Send) -> None:
    """The atlas stands one slash further, so that addresses relative to it are right."""
    name = scope["path"].rsplit("/", 1)[1]
    headers = [(b"location", f"{name}/".encode()), (b"content-length", b"0"), (b"cache-control", b"no-cache")]
    await send({"type": "http.response.start", "status": 308, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def target_of(scope: Scope) -> bytes:
    """The address as it was asked: path and query."""
    query: bytes = scope["query_string"]
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    return path + b"?" + query if query else path


def route_of(scope: Scope) -> str:
    """The pattern of the address that answers a request."""
    app = scope.get("app")
    patterns: Mapping[tuple[Any, frozenset[str]], str] = getattr(app, "patterns", {})
    return patterns.get((scope.get("endpoint"), frozenset(scope.get("path_params", ()))), NO_ROUTE)


def patterns_of(routes: Sequence[BaseRoute], before: str = "") -> dict[tuple[Any, frozenset[str]], str]:
    """By endpoint and names in its path: the pattern of each route, those of mounted ones too."""
    found: dict[tuple[Any, frozenset[str]], str] = {}
    for route in routes:
        if isinstance(route, Mount):
            found |= patterns_of(route.routes, before + route.path)
        elif isinstance(route, Route):
            pattern = before + route.path
            names = frozenset(part.split(":")[0].rstrip("}") for part in pattern.split("{")[1:])
            names = frozenset(name.split("}")[0] for name in names)
            found.setdefault((route.endpoint, names), pattern)
    return found


def check_names(atlases: Sequence[CurrentAtlas], routes: Sequence[BaseRoute]) -> None:
    """Raise AtlasNameTaken where two atlases, or an atlas and something else, would stand at one address."""
    taken = {pattern.split("/")[1] for pattern in patterns_of(routes).values()}
    names: set[str] = set()
    for current in atlases:
        name = current.snapshot.facts.id
        if name in names:
            raise AtlasNameTaken(f"two of these atlases are called {shown(name)}; give one another id in its catalog")
        if name in taken and len(atlases) > 1:
            raise AtlasNameTaken(
                f"an atlas called {shown(name)} cannot stand beside others: /{name} is an address already"
            )
        names.add(name)
