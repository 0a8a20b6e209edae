"""A loopback server of one file that answers range requests as nginx and object storage do, and misbehaves when told."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar


@dataclass
class RangeServer:
    """What the server has and does; may be changed while it runs."""

    content: bytes
    etag: str | None = '"1"'
    modified: str | None = None
    does_ranges: bool = True
    statuses: list[int] = field(default_factory=list)
    """Statuses to answer the next requests with, before it answers as it should."""

    cut_short: int = 0
    """How many of the next answers break off half way."""

    silent: int = 0
    """How many of the next requests get no answer for a second."""

    requests: list[str] = field(default_factory=list)
    """The ranges that were asked for."""

    address: str = ""


@contextmanager
def serving(server: RangeServer) -> Iterator[RangeServer]:
    """Run it on a free port of this machine."""

    class Handler(_Handler):
        state = server

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    server.address = f"http://127.0.0.1:{listening.server_address[1]}/nl.pmtiles"
    try:
        yield server
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()


class _Handler(BaseHTTPRequestHandler):
    state: ClassVar[RangeServer]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:  # http.server calls it so
        state = self.state
        asked = self.headers.get("Range", "")
        state.requests.append(asked)
        if state.silent:
            state.silent -= 1
            threading.Event().wait(1)
        if state.statuses:
            self._answer(state.statuses.pop(0), b"", {})
            return
        if self.headers.get("If-Match", state.etag) != state.etag:
            self._answer(412, b"", {})
            return
        if self.headers.get("If-Unmodified-Since", state.modified) != state.modified:
            self._answer(412, b"", {})
            return
        found = re.fullmatch(r"bytes=(\d+)-(\d+)", asked)
        if found is None or not state.does_ranges:
            self._answer(200, state.content, {})
            return
        first, last = int(found[1]), min(int(found[2]), len(state.content) - 1)
        if first > last:
            self._answer(416, b"", {"Content-Range": f"bytes */{len(state.content)}"})
            return
        self._answer(
            206, state.content[first : last + 1], {"Content-Range": f"bytes {first}-{last}/{len(state.content)}"}
        )

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        told = {"ETag": self.state.etag, "Last-Modified": self.state.modified, **headers}
        for name, value in told.items():
            if value is not None:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        if self.state.cut_short and body:
            self.state.cut_short -= 1
            body = body[: len(body) // 2]
            self.close_connection = True
        with suppress(BrokenPipeError, ConnectionResetError):  # who asked may have given up
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name in http.server
        """Say nothing."""
