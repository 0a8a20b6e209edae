"""Headers of every answer: who may use it, and what browsers must not do with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from layers.atlas import AtlasFacts
from server.settings import Settings

EVERYWHERE: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
"""Everything here is public and without cookies, so every site may read it."""

_PREFLIGHT: Final = {
    "Allow": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Cache-Control, Content-Type, If-None-Match, Range",
    "Access-Control-Max-Age": "86400",
    "Cache-Control": "public, max-age=86400",
}

_CONTENT_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'self'"
)
_PERMISSIONS: Final = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"

DRAWING_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
"""For a drawing that is opened as a page of its own: nothing in it can run."""


def parents(settings: Settings, facts: AtlasFacts) -> tuple[str, ...]:
    """Origins of the pages that may embed the map of an atlas."""
    return facts.allowed_parents or settings.allowed_parents


def page_headers(parents: Sequence[str] | None = None) -> dict[str, str]:
    """Security headers of a page: of one that ``parents`` may frame, or that only this site may.

    Where any page may, ``frame-ancestors`` is left out: ``*`` would still refuse a page opened from a file.
    """
    headers = {"Permissions-Policy": _PERMISSIONS}
    if parents is None:
        # The viewer shows an example of the map that an editor is about to embed.
        policy = f"{_CONTENT_POLICY}; frame-src 'self'; frame-ancestors 'self'"
        return {**headers, "X-Frame-Options": "SAMEORIGIN", "Content-Security-Policy": policy}
    # In a sandbox without an origin the map code can start its worker from a data address only.
    policy = _CONTENT_POLICY.replace("worker-src 'self' blob:", "worker-src 'self' blob: data:")
    ancestors = "" if "*" in parents else "; frame-ancestors " + " ".join(("'self'", *parents))
    return {**headers, "Content-Security-Policy": policy + ancestors}


def everywhere(settings: Settings) -> dict[str, str]:
    """Headers of every answer; a site that is reached by https only tells browsers to stay with it."""
    secure = {"Strict-Transport-Security": "max-age=31536000"} if settings.public_url.startswith("https:") else {}
    return EVERYWHERE | secure


@dataclass(frozen=True, slots=True)
class OpenToAll:
    """Headers that every answer has, and the answer to every OPTIONS."""

    app: ASGIApp
    everywhere: Mapping[str, str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers, or answer a preflight without asking further."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self.everywhere)
            await send(message)

        if scope["method"] == "OPTIONS":
            raw = [(name.lower().encode(), value.encode()) for name, value in _PREFLIGHT.items()]
            await with_headers({"type": "http.response.start", "status": 204, "headers": raw})
            await with_headers({"type": "http.response.body", "body": b""})
        else:
            await self.app(scope, receive, with_headers)
