"""Answers that were given before, whole: found by the address as it was asked, sent without asking the application again.

An address is learned when the application answers it (``server.responses.respond``). Each answer is baked once: its head as
the bytes that go over the line. Bodies are those of the cache of contents, and an answer goes with its content. One table
belongs to one generation of the atlas, so nothing here can be stale.

    target ─> answered ─> encoding the client likes ─> 200, 204, or 304 where it has the tag
    target ─> names of headers ─> target and their values ─> answered       where other headers decide too
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from weakref import ref

from server.heads import Head
from server.metrics import Count, Tally
from server.negotiation import Encoding, matches
from server.responses import Offer

LONGEST: Final = 1024
"""Bytes of an address that is remembered."""

MOST: Final = 1 << 16
"""Addresses in a table; when there are more, all are forgotten and learned again."""

RawHeaders = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Baked:
    """One answer, ready."""

    status: int
    status_line: bytes
    headers: RawHeaders
    """For ASGI."""

    lines: bytes
    """The same headers as they go over the line, behind those that the server adds, with the blank line at the end."""

    body: bytes
    count: Count
    """What it adds to when it is sent."""

    @staticmethod
    def of(status: HTTPStatus, headers: RawHeaders, body: bytes, count: Count) -> Baked:
        """An answer from its parts."""
        lines = b"".join(name + b": " + value + b"\r\n" for name, value in headers) + b"\r\n"
        line = f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode()
        return Baked(status.value, line, headers, lines, body, count)


class Answered:
    """The answers to an address, in each encoding of its content."""

    __slots__ = ("__weakref__", "_baked", "_route", "_tally", "available", "everywhere", "is_used", "offer")

    def __init__(self, offer: Offer, everywhere: RawHeaders, route: str, tally: Tally) -> None:
        self.offer = offer
        self.everywhere = everywhere
        self.available = offer.content.offered
        self.is_used = False
        """Whether it was sent since the cache last looked."""

        self._baked: dict[Encoding, tuple[Baked, Baked, str]] = {}
        self._route = route
        self._tally = tally

    def answer(self, head: Head) -> Baked | None:
        """What this client gets; None where it would have to be packed or unpacked first."""
        encoding = head.encoding(self.available)
        known = self._baked.get(encoding)
        if known is None:
            content = self.offer.content
            if encoding not in content.bodies and not content.is_empty:
                return None
            known = self._baked[encoding] = self._bake(encoding)
        self.is_used = True
        full, not_modified, tag = known
        asked = head.values.get("if-none-match")
        return full if asked is None or full.status != HTTPStatus.OK or not matches(asked, tag) else not_modified

    def _bake(self, encoding: Encoding) -> tuple[Baked, Baked, str]:
        content = self.offer.content
        status = HTTPStatus.NO_CONTENT if content.is_empty else HTTPStatus.OK
        body = b"" if content.is_empty else content.bodies[encoding]
        full, again = (
            Baked.of(
                code,
                [(name.lower().encode(), value.encode()) for name, value in headers.items()] + self.everywhere,
                sent,
                self._tally.count(self._route, code.value),
            )
            for code, headers, sent in (
                (status, self.offer.headers(encoding, body), body),
                (HTTPStatus.NOT_MODIFIED, self.offer.kept_headers(encoding), b""),
            )
        )
        return full, again, content.etag(encoding)


class Answers:
    """What was answered, by address. Lives on the event loop, like the cache whose contents it sends."""

    def __init__(self) -> None:
        self._table: dict[Hashable, ref[Answered] | tuple[str, ...]] = {}
        self._lasting: dict[Hashable, Answered] = {}

    def __len__(self) -> int:
        return len(self._table)

    def answer(self, target: bytes, head: Head) -> Baked | None:
        """What was answered to this address and would be again; None where the application must be asked."""
        found = self._table.get(target)
        if found is None:
            return None
        if type(found) is tuple:
            found = self._table.get((target, head.of(found)))
            if found is None:
                return None
        answered = found()  # type: ignore[operator]  # a reference: only addresses by themselves have names
        if answered is None:
            return None
        baked: Baked | None = answered.answer(head)
        return baked

    def remember(self, target: bytes, names: tuple[str, ...], head: Head, answered: Answered) -> None:
        """An address was answered so; ``names`` are the headers that decided, besides ``Accept-Encoding``."""
        if len(target) > LONGEST:
            return
        if len(self._table) >= MOST:
            self._table.clear()
        if names:
            self._table[target] = names
            self._table[target, head.of(names)] = ref(answered)
        else:
            self._table[target] = ref(answered)

    def lasting(self, key: Hashable, answered: Answered) -> Answered:
        """Keep answers whose content is in memory anyway, such as a file of the front end."""
        return self._lasting.setdefault(key, answered)
