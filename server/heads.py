"""The part of a request's head that decides its answer, read once for each distinct head.

A browser sends the same lines with every request but the first, so reading them strictly costs nothing: the result is
kept by the bytes of the lines.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from server.negotiation import Encoding, best_encoding

BASE: Final = ("host", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-prefix")
"""Headers that decide the addresses in an answer (``server.address``)."""

SELECTING: Final = frozenset({"accept", "accept-encoding", "if-none-match", *BASE})
"""Headers that anything kept here may depend on."""

MOST: Final = 1024
"""Heads that are kept; when there are more, all are forgotten."""

_LINE: Final = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?)?[ \t]*")
"""A field line without anything that parsers disagree about (RFC 9112, section 5)."""

_NOT_PLAIN: Final = frozenset({"content-length", "transfer-encoding", "expect", "upgrade", "trailer", "http2-settings"})
"""Headers that announce a body, or an answer of another kind."""

_CONNECTION: Final = frozenset({"connection", "proxy-connection"})


@dataclass(frozen=True, slots=True)
class Head:
    """Values of the selecting headers of a request."""

    values: dict[str, str]
    _encodings: dict[tuple[Encoding, ...], Encoding] = field(default_factory=dict, compare=False)

    def of(self, names: Sequence[str]) -> tuple[str | None, ...]:
        """The values of some of them, None for a header that is not there."""
        return tuple(map(self.values.get, names))

    def encoding(self, available: tuple[Encoding, ...]) -> Encoding:
        """The encoding the client likes best of those there are."""
        known = self._encodings.get(available)
        if known is None:
            known = self._encodings[available] = best_encoding(self.values.get("accept-encoding"), available)
        return known


class Heads:
    """Heads by the bytes they were read from."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Head | None] = {}

    def of_lines(self, lines: bytes) -> Head | None:
        """Of everything behind the request line, with the blank line at the end; None unless it is one plain head.

        Plain means: without a body, kept alive, not to be upgraded, and written as RFC 9112 says.
        """
        try:
            return self._known[lines]
        except KeyError:
            return self._keep(lines, plain_head(lines))

    def of_headers(self, headers: Iterable[tuple[bytes, bytes]]) -> Head | None:
        """Of the headers of an ASGI scope; None where one that decides comes twice."""
        key = tuple(headers)
        try:
            return self._known[key]
        except KeyError:
            pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in key]
            return self._keep(key, selected(pairs))

    def _keep(self, key: Hashable, head: Head | None) -> Head | None:
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[key] = head
        return head


def plain_head(lines: bytes) -> Head | None:
    r"""What ``Heads.of_lines`` keeps.

    >>> plain_head(b"Host: kaart\r\nAccept-Encoding: gzip\r\n\r\n").values
    {'host': 'kaart', 'accept-encoding': 'gzip'}
    >>> plain_head(b"Content-Length: 5\r\n\r\n") is None
    True
    """
    if not lines.endswith(b"\r\n\r\n"):
        return None
    pairs = []
    for line in lines[:-4].split(b"\r\n"):
        found = _LINE.fullmatch(line)
        if found is None:
            return None
        name, value = found[1].decode().lower(), (found[2] or b"").decode()
        if name in _NOT_PLAIN or (name in _CONNECTION and value.lower() != "keep-alive"):
            return None
        pairs.append((name, value))
    return selected(pairs)


def selected(pairs: Sequence[tuple[str, str]]) -> Head | None:
    """The head with these headers, names in lower case; None where one that decides comes twice."""
    values: dict[str, str] = {}
    for name, value in pairs:
        if name in SELECTING:
            if name in values:
                return None
            values[name] = value
    return Head(values)
