"""Answers that tell the truth to caches."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

import deflate
from starlette.requests import Request
from starlette.responses import Response

from server.negotiation import Encoding, best_encoding, matches
from tiles.compression import Compression

WORTH_PACKING = 1000
"""Bytes; a smaller body fits a packet anyway."""

LARGE = 1 << 18
"""Bytes; who asks for so much waits longer for packing it well than for the bytes that saves."""


class CachePolicy(StrEnum):
    """How long an answer may be kept without asking again."""

    IMMUTABLE = "public, max-age=31536000, immutable"
    """The address holds the version: it will never answer otherwise."""

    SHORT = "public, max-age=300"
    """It may change with the next atlas, and a few minutes of the old one do no harm: tiles without a version."""

    ASK = "no-cache"
    """Kept, but asked again each time; the answer is mostly 304."""

    NEVER = "no-store"


@dataclass(frozen=True, slots=True)
class Content:
    """A body ready to be sent, in one or more encodings of the same bytes."""

    media_type: str
    bodies: Mapping[Encoding, bytes]
    """At least one; empty in all encodings where there is nothing to say (an empty tile)."""

    may_be_smaller: bool = False
    """Whether it is worth packing with brotli once it is asked for again (``smaller``)."""

    tag: str = field(init=False)
    """Follows from the bytes; each encoding has a tag of its own, as strong tags must."""

    def __post_init__(self) -> None:
        first = next(iter(self.bodies.values()))
        object.__setattr__(self, "tag", hashlib.sha256(first).hexdigest()[:20])

    @staticmethod
    def of(body: bytes, media_type: str) -> Content:
        """A document, packed too where that pays."""
        bodies = {Encoding.IDENTITY: body}
        if len(body) >= WORTH_PACKING:
            bodies[Encoding.GZIP] = bytes(deflate.gzip_compress(body, 6 if len(body) < LARGE else 1))
        return Content(media_type, bodies)

    @staticmethod
    def picture(body: bytes, media_type: str) -> Content:
        """A body that is packed by nature."""
        return Content(media_type, {Encoding.IDENTITY: body})

    @staticmethod
    def packed(body: bytes | None, media_type: str) -> Content:
        """A body that was packed with gzip when it was made; None for an empty one."""
        return Content(media_type, {Encoding.GZIP: body or b""}, may_be_smaller=len(body or b"") >= WORTH_PACKING)

    @property
    def is_empty(self) -> bool:
        """True where there is nothing to send."""
        return not any(self.bodies.values())

    def smaller(self) -> Content:
        """The same with a body for those who take brotli; its other bodies and their tags stay what they are."""
        packed = Compression.BROTLI.packed_quickly(self.body(Encoding.IDENTITY))
        return Content(self.media_type, {**self.bodies, Encoding.BROTLI: packed})

    @property
    def offered(self) -> tuple[Encoding, ...]:
        """The encodings a client that asks again can have."""
        return (*self.bodies, Encoding.BROTLI) if self.may_be_smaller else tuple(self.bodies)

    @property
    def size(self) -> int:
        """Bytes it takes in memory, about."""
        return sum(map(len, self.bodies.values())) + 500

    def etag(self, encoding: Encoding) -> str:
        """The strong tag of one encoding, with its quotes."""
        return f'"{self.tag}"' if encoding is Encoding.IDENTITY else f'"{self.tag}-{encoding}"'

    def body(self, encoding: Encoding) -> bytes:
        """The bytes in an encoding it has, or unpacked."""
        if encoding in self.bodies:
            return self.bodies[encoding]
        return gzip.decompress(self.bodies[Encoding.GZIP])


@dataclass(frozen=True, slots=True)
class Offer:
    """A content and how it may be kept: everything about an answer but who asks for it."""

    content: Content
    policy: CachePolicy
    vary: str = "Accept-Encoding"
    more: tuple[tuple[str, str], ...] = ()
    """Further headers."""

    def kept_headers(self, encoding: Encoding) -> dict[str, str]:
        """Headers of the answer whether it has a body or not."""
        headers = {"Cache-Control": self.policy.value, "Vary": self.vary, **dict(self.more)}
        return headers if self.content.is_empty else {**headers, "ETag": self.content.etag(encoding)}

    def headers(self, encoding: Encoding, body: bytes) -> dict[str, str]:
        """Headers of the answer with its body."""
        headers = self.kept_headers(encoding)
        if self.content.is_empty:
            return headers
        if encoding is not Encoding.IDENTITY:
            headers["Content-Encoding"] = encoding.value
        return {**headers, "Content-Type": self.content.media_type, "Content-Length": str(len(body))}


class Remembers(Protocol):
    """Where answers are kept for who asks the same again (``server.site``)."""

    def remember(self, offer: Offer, key: Hashable | None, *, by_base: bool) -> None:
        """This is the answer to the request; ``key`` is that of its content in the cache, None for what is in memory anyway."""


ASKED: Final = "zichtkaart.asked"
"""Key in the scope of a request: what is known of it, which ``Remembers``."""

ALWAYS_THERE: Final = "always there"
"""Instead of a key, for content that is in memory as long as its atlas is."""


def respond(
    request: Request,
    content: Content,
    policy: CachePolicy,
    *,
    vary: str = "Accept-Encoding",
    headers: Mapping[str, str] | None = None,
    key: Hashable | None = None,
    by_base: bool = False,
) -> Response:
    """200 with the body the client can read, 204 where it is empty, 304 where the client has it already.

    With the ``key`` under which the content is in the cache of the snapshot, the same address is answered without asking here
    again; ``by_base`` says that the content holds the address of the site.
    """
    offer = Offer(content, policy, vary, tuple((headers or {}).items()))
    asked: Remembers | None = request.scope.get(ASKED)
    if key is not None and asked is not None:
        asked.remember(offer, None if key == ALWAYS_THERE else key, by_base=by_base)
    encoding = best_encoding(request.headers.get("accept-encoding"), content.bodies)
    if content.is_empty:
        return Response(status_code=204, headers=offer.kept_headers(encoding))
    kept = offer.kept_headers(encoding)
    if matches(request.headers.get("if-none-match"), kept["ETag"]):
        return Response(status_code=304, headers=kept)
    body = content.body(encoding)
    return Response(b"" if request.method == "HEAD" else body, headers=offer.headers(encoding, body))


def versioned_policy(request: Request, version: str, otherwise: CachePolicy = CachePolicy.SHORT) -> CachePolicy:
    """For ever where ``?v=`` is the version served, never without asking where it is another one."""
    asked = request.query_params.get("v")
    if asked is None:
        return otherwise
    return CachePolicy.IMMUTABLE if asked == version else CachePolicy.ASK
