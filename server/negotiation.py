"""What a client accepts: the parts of RFC 9110 that answers here depend on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import lru_cache


class Encoding(StrEnum):
    """How the bytes of an answer may be packed."""

    BROTLI = "br"
    GZIP = "gzip"
    IDENTITY = "identity"


_WEIGHTED = re.compile(r"^\s*([^\s;,]+)\s*(?:;(.*))?$")
_QUALITY = re.compile(r"^\s*q\s*=\s*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*$", re.IGNORECASE)


@lru_cache(maxsize=512)
def weights(header: str) -> dict[str, float]:
    """Name to quality of a weighted list such as ``Accept`` or ``Accept-Encoding``; names in lower case.

    Parts that cannot be read are skipped, as are parameters other than ``q``.

    >>> weights("gzip;q=0.5, br")
    {'gzip': 0.5, 'br': 1.0}
    """
    found: dict[str, float] = {}
    for part in header[:4000].split(","):
        match = _WEIGHTED.match(part)
        if match is None:
            continue
        quality = 1.0
        for parameter in (match[2] or "").split(";"):
            if number := _QUALITY.match(parameter):
                quality = float(number[1])
        found[match[1].lower()] = quality
    return found


def best_encoding(accept_encoding: str | None, available: Iterable[Encoding]) -> Encoding:
    """The encoding a client likes best of those there are; the smallest where it does not mind.

    Without the header nothing is packed: programs that leave it out mostly cannot unpack. Where nothing it accepts
    is there, the answer is ``identity``, which everyone can read.
    """
    if accept_encoding is None:
        return Encoding.IDENTITY
    quality = weights(accept_encoding)
    others = quality.get("*", 0.0)

    def wish(encoding: Encoding) -> float:
        aliases = ("gzip", "x-gzip") if encoding is Encoding.GZIP else (encoding.value,)
        return next((quality[alias] for alias in aliases if alias in quality), others)

    packed = [encoding for encoding in Encoding if encoding is not Encoding.IDENTITY and encoding in set(available)]
    best = max(packed, key=wish, default=Encoding.IDENTITY)
    if best is Encoding.IDENTITY or wish(best) <= 0:
        return Encoding.IDENTITY
    # Identity is always acceptable, but preferred only where the client says so in so many words.
    return Encoding.IDENTITY if quality.get("identity", 0.0) > wish(best) else best


def best_media_type(accept: str | None, offers: Sequence[str]) -> str:
    """The media type a client likes best; of equals the first offered, and the first where it accepts none.

    >>> best_media_type("text/csv, */*;q=0.1", ["application/json", "text/csv"])
    'text/csv'
    """
    if accept is None:
        return offers[0]
    quality = weights(accept)

    def wish(offer: str) -> float:
        ranges = (offer, f"{offer.partition('/')[0]}/*", "*/*")
        return next((quality[name] for name in ranges if name in quality), 0.0)

    return max(offers, key=wish)


_ENTITY_TAG = re.compile(r'(?:W/)?("[^"]*")')


def matches(if_none_match: str | None, etag: str) -> bool:
    """True where ``If-None-Match`` names the tag, by the weak comparison that the header asks for, or is ``*``."""
    if if_none_match is None:
        return False
    return if_none_match.strip() == "*" or etag in _ENTITY_TAG.findall(if_none_match)
