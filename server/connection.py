"""A connection, with limits: on the size of a head and of a body, on how long either may take, and on how many there are.

uvicorn reads heads of any size from clients of any slowness. What is refused here gets a problem document, as everything does.
"""

from __future__ import annotations

import asyncio
import json
import logging
from http import HTTPStatus
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from server.problems import MEDIA_TYPE
from server.site import NO_ROUTE, Site

logger = logging.getLogger("zichtkaart.connection")

KEEP_ALIVE_S: Final = 75
"""Longer than the 60 s for which nginx keeps a connection, so that it is never the server that hangs up first."""

MOST_BODY: Final = 65_536
"""Bytes of the body of a request, which nothing here wants."""

TOO_MANY_S: Final = 2
"""After which a client may try again."""


class Connection(HttpToolsProtocol):
    """One connection. ``look`` is called about once a second by the watch of the site."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        app = self.config.loaded_app
        if not isinstance(app, Site):
            raise TypeError("a connection asks a Site")
        self.site = app
        self.site.connections = self.connections
        self.logger = logger
        self.access_log = False  # the site has one that does not say who asked
        self.is_between = True
        """True between two requests."""

        self.active_at = self.loop.time()
        """When the client last completed something: connecting, a head, or reading what was sent."""

        self._began_at: float | None = None
        """When the head that is still coming began."""

        self._paused_at: float | None = None
        self._head_size = 0
        self._body_size = 0
        self._is_refused = False

    @property
    def is_free(self) -> bool:
        """Whether nothing is being answered."""
        return self.cycle is None or self.cycle.response_complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection, or refuse it where there are too many."""
        super().connection_made(transport)
        if len(self.connections) > self.site.settings.max_connections:
            self.refuse(HTTPStatus.SERVICE_UNAVAILABLE, f"the server is busy; try again in {TOO_MANY_S} seconds")

    def data_received(self, data: bytes) -> None:
        """Read, as long as the head of a request does not become too large."""
        if self._is_refused:
            return
        self._head_size += len(data)
        super().data_received(data)
        if self._began_at is None:
            self._head_size = 0
        elif self._head_size > self.site.settings.max_head_bytes and not self._is_refused:
            self._too_large()

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        self.is_between = False
        self._began_at = self.loop.time()
        self._body_size = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Ask the application, unless the head is too large."""
        self._began_at = None
        self.active_at = self.loop.time()
        self._head_size = 0
        if self._is_refused:
            return
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > self.site.settings.max_head_bytes:
            self._too_large()
        else:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Read a body that nobody wants, up to a point."""
        if self._is_refused:
            return
        self._body_size += len(body)
        if self._body_size > MOST_BODY:
            self.refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "a request here has no body; send none")
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The last byte of a request."""
        self.is_between = True
        if not self._is_refused:
            super().on_message_complete()

    def pause_writing(self) -> None:
        """The client reads more slowly than it asks."""
        self._paused_at = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        """The client caught up."""
        self._paused_at = None
        self.active_at = self.loop.time()
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP."""
        logger.debug(msg)
        self.refuse(HTTPStatus.BAD_REQUEST, "this is no HTTP request that can be understood")

    def look(self, now: float) -> None:
        """Let go of clients that are too slow or have gone."""
        settings = self.site.settings
        slow = settings.slow_seconds
        if self._paused_at is not None:
            if now - self._paused_at > slow:
                self.transport.abort()
            return
        if self._began_at is not None:
            if now - self._began_at > slow and not self._is_refused:
                self.refuse(HTTPStatus.REQUEST_TIMEOUT, f"the head took longer than {slow:g} seconds")
            return
        is_waiting = self.is_free and self.timeout_keep_alive_task is None
        if is_waiting and now - self.active_at > (KEEP_ALIVE_S if self.is_between else slow):
            self.transport.close()

    def _too_large(self) -> None:
        most = self.site.settings.max_head_bytes
        self.refuse(
            HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"address and headers are together at most {most:,} bytes"
        )

    def refuse(self, status: HTTPStatus, detail: str) -> None:
        """Say why and hang up; in the middle of another answer only hang up."""
        self._is_refused = True
        self._unset_keepalive_if_required()
        if not self.is_free:
            if self.cycle.response_started or self.pipeline:
                self.transport.abort()
                return
            self.cycle.disconnected = True  # what the application answers goes nowhere
        document = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": f"{detail}."}
        body = json.dumps(document, ensure_ascii=False).encode()
        headers = [
            *self.server_state.default_headers,
            *self.site.everywhere,
            (b"cache-control", b"no-store"),
            (b"content-type", MEDIA_TYPE.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
        ]
        if status is HTTPStatus.SERVICE_UNAVAILABLE:
            headers.append((b"retry-after", str(TOO_MANY_S).encode()))
        lines = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
        self.transport.write(STATUS_LINE[status] + lines + b"\r\n" + body)
        self.transport.close()
        self.site.tally.count(NO_ROUTE, status.value).add(len(body), 0.0)
