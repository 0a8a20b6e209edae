"""Problem documents (RFC 9457): every error leaves the server as one, with a sentence a person can act on."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, ExceptionHandler, Message, Receive, Scope, Send

from server.errors import BadRequest, NoBackground, NotThere, shown
from server.responses import CachePolicy
from styles.errors import CountIsNoFill, NoFigures, NoPair
from tiles.errors import TileOutOfRange

logger = logging.getLogger("zichtkaart")

MEDIA_TYPE: Final = "application/problem+json"
OGC_ROOT: Final = "/ogc/v1"
OGC_VERSION: Final = "1.0.0"
"""Of the OGC interface (SemVer), which says it in every answer."""

STATUSES: Final[dict[type[Exception], HTTPStatus]] = {
    BadRequest: HTTPStatus.BAD_REQUEST,
    NotThere: HTTPStatus.NOT_FOUND,
    TileOutOfRange: HTTPStatus.NOT_FOUND,
    NoBackground: HTTPStatus.BAD_GATEWAY,
    NoFigures: HTTPStatus.NOT_FOUND,
    NoPair: HTTPStatus.BAD_REQUEST,
    CountIsNoFill: HTTPStatus.BAD_REQUEST,
}
"""What the client is told for each exception; any other one is our fault: 500, and a stack in the log."""


def problem(request: Request, status: HTTPStatus, detail: str) -> Response:
    """The document and its status."""
    document = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}
    body = json.dumps(document, ensure_ascii=False).encode()
    headers = {"Cache-Control": CachePolicy.NEVER.value, "Content-Type": MEDIA_TYPE, "Content-Length": str(len(body))}
    if request.url.path.startswith(f"{request.scope.get('root_path', '')}{OGC_ROOT}"):
        headers["API-Version"] = OGC_VERSION
    return Response(b"" if request.method == "HEAD" else body, status_code=status, headers=headers)


async def expected(request: Request, error: Exception) -> Response:
    """A problem the client can do something about."""
    status = next(status for kind, status in STATUSES.items() if isinstance(error, kind))
    return problem(request, status, sentence(str(error)))


async def routing(request: Request, error: Exception) -> Response:
    """What the router says: no such address, or not with this method."""
    if not isinstance(error, HTTPException):
        raise error
    status = HTTPStatus(error.status_code)
    if status is HTTPStatus.NOT_FOUND:
        detail = f"there is nothing at {shown(request.url.path)}; / lists the addresses for Accept: application/json"
    elif status is HTTPStatus.METHOD_NOT_ALLOWED:
        detail = f"{shown(request.method)} is not possible here; GET, HEAD and OPTIONS are"
    else:
        detail = error.detail
    response = problem(request, status, sentence(detail))
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["Allow"] = "GET, HEAD, OPTIONS"
    return response


def sentence(text: str) -> str:
    """Text with a full stop. It gets no capital: the first word may be a file, a parameter or an id."""
    return text + ("" if text.endswith((".", "?", "!")) else ".")


HANDLERS: Final[dict[type[Exception], ExceptionHandler]] = {**dict.fromkeys(STATUSES, expected), HTTPException: routing}


@dataclass(frozen=True, slots=True)
class ErrorBoundary:
    """Middleware that turns what nobody expected into a 500: the stack goes to the log and not to the client."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and answer where the application could not."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception:
            if started:
                raise
            request = Request(scope)
            logger.exception("%s %s failed", request.method, request.url.path)
            status = HTTPStatus.INTERNAL_SERVER_ERROR
            response = problem(request, status, "Something is wrong with the server; its log says what.")
            await response(scope, receive, send)
