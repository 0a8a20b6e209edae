"""Answers that tell the truth to caches."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import deflate
from starlette.requests import Request
from starlette.responses import Response

from server.negotiation import Encoding, best_encoding, matches

WORTH_PACKING = 1000
"""Bytes; a smaller body fits a packet anyway."""


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
            bodies[Encoding.GZIP] = bytes(deflate.gzip_compress(body, 6))
        return Content(media_type, bodies)

    @staticmethod
    def picture(body: bytes, media_type: str) -> Content:
        """A body that is packed by nature."""
        return Content(media_type, {Encoding.IDENTITY: body})

    @staticmethod
    def packed(body: bytes | None, media_type: str) -> Content:
        """A body that was packed with gzip when it was made; None for an empty one."""
        return Content(media_type, {Encoding.GZIP: body or b""})

    @property
    def is_empty(self) -> bool:
        """True where there is nothing to send."""
        return not any(self.bodies.values())

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


def respond(
    request: Request,
    content: Content,
    policy: CachePolicy,
    *,
    vary: str = "Accept-Encoding",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """200 with the body the client can read, 204 where it is empty, 304 where the client has it already."""
    common = {"Cache-Control": policy.value, "Vary": vary, **(headers or {})}
    if content.is_empty:
        return Response(status_code=204, headers=common)
    encoding = best_encoding(request.headers.get("accept-encoding"), content.bodies)
    common["ETag"] = content.etag(encoding)
    if matches(request.headers.get("if-none-match"), common["ETag"]):
        return Response(status_code=304, headers=common)
    body = content.body(encoding)
    if encoding is not Encoding.IDENTITY:
        common["Content-Encoding"] = encoding.value
    common |= {"Content-Type": content.media_type, "Content-Length": str(len(body))}
    return Response(b"" if request.method == "HEAD" else body, headers=common)


def versioned_policy(request: Request, version: str, otherwise: CachePolicy = CachePolicy.SHORT) -> CachePolicy:
    """For ever where ``?v=`` is the version served, never without asking where it is another one."""
    asked = request.query_params.get("v")
    if asked is None:
        return otherwise
    return CachePolicy.IMMUTABLE if asked == version else CachePolicy.ASK
