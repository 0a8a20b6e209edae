"""Plain ASGI middleware: where the site stands, who may use it, and what browsers must not do with it."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.settings import Settings

access = logging.getLogger("zichtkaart.access")

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


def page_headers(settings: Settings, *, embedded: bool) -> dict[str, str]:
    """Security headers of a page.

    The viewer may be framed by this site only, the embeddable map by whom the settings allow. Where that is any page,
    ``frame-ancestors`` is left out: ``*`` would still refuse a page opened from a file.
    """
    headers = {"Permissions-Policy": _PERMISSIONS}
    if not embedded:
        headers["X-Frame-Options"] = "SAMEORIGIN"
        ancestors = "; frame-ancestors 'self'"
    elif settings.allowed_parents == ("*",):
        ancestors = ""
    else:
        ancestors = "; frame-ancestors " + " ".join(("'self'", *settings.allowed_parents))
    return {**headers, "Content-Security-Policy": _CONTENT_POLICY + ancestors}


@dataclass(frozen=True, slots=True)
class OpenToAll:
    """Headers that every answer has, and the answer to every OPTIONS."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers, or answer a preflight without asking further."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(EVERYWHERE)
            await send(message)

        if scope["method"] == "OPTIONS":
            raw = [(name.lower().encode(), value.encode()) for name, value in _PREFLIGHT.items()]
            await with_headers({"type": "http.response.start", "status": 204, "headers": raw})
            await with_headers({"type": "http.response.body", "body": b""})
        else:
            await self.app(scope, receive, with_headers)


@dataclass(frozen=True, slots=True)
class BasePath:
    """Lets the site stand under a path, whether the proxy in front leaves it on or takes it off."""

    app: ASGIApp
    root_path: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Tell the router which part of the path is not its own."""
        if scope["type"] == "http" and scope["path"].startswith(self.root_path + "/"):
            scope = {**scope, "root_path": self.root_path}
        await self.app(scope, receive, send)


@dataclass(frozen=True, slots=True)
class AccessLog:
    """One line per request, without the address of who asked and without the query."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on and note what came of it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start, status = time.perf_counter(), 0

        async def watched(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self.app(scope, receive, watched)
        finally:
            elapsed_ms = 1000 * (time.perf_counter() - start)
            access.info("%s %s %d %.1f ms", scope["method"], scope["path"], status, elapsed_ms)
