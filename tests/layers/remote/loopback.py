"""A server on this machine that answers as publishers do, and goes wrong on request."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request."""

    path: str
    options: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass
class Reply:
    """One answer."""

    body: bytes | Iterator[bytes] = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    """Close the connection after so many bytes of the body, though its length promises all."""

    stall_after: int | None = None
    """Send so many bytes, then nothing until the client goes away."""


Answering = Callable[[Asked], Reply]


@dataclass
class Fault:
    """Something that goes wrong with the first so many requests whose path and options hold all of some texts."""

    within: tuple[str, ...]
    change: Callable[[Reply], Reply]
    times: int = 1


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionResetError):  # a client may be killed
            super().handle_error(request, client_address)


class Loopback:
    """Answers with a function; ``faults`` come first, ``asked`` is what was asked."""

    def __init__(self, answering: Answering) -> None:
        self.answering = answering
        self.faults: list[Fault] = []
        self.asked: list[Asked] = []
        self.released = threading.Event()
        loopback = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                loopback.respond(self)

            def do_HEAD(self) -> None:
                loopback.respond(self)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                del format, args

        self.server = _Server(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"

    def fail(self, within: str | tuple[str, ...], change: Callable[[Reply], Reply], times: int = 1) -> None:
        within = (within,) if isinstance(within, str) else within
        self.faults.append(Fault(within, change, times))

    def wait_for(self, path: str, option: str) -> None:
        """Until a path that ends so is asked for with this option."""
        for _ in range(1000):
            if any(each.path.endswith(path) and each.options.get("$skiptoken") == option for each in self.asked):
                return
            time.sleep(0.02)
        raise AssertionError(f"nobody asked for {option} of {path}")

    def paths(self) -> list[str]:
        return [each.path for each in self.asked]

    def respond(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        options = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        asked = Asked(unquote(parts.path), options, {k.casefold(): v for k, v in handler.headers.items()})
        self.asked.append(asked)
        reply = self.answering(asked)
        for fault in self.faults:
            if fault.times > 0 and all(text in unquote(handler.path) for text in fault.within):
                fault.times -= 1
                reply = fault.change(reply)
                break
        try:
            self._send(handler, reply)
        except (BrokenPipeError, ConnectionResetError):
            handler.close_connection = True  # the client went away, as it may

    def _send(self, handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        handler.send_response(reply.status)
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        if not isinstance(reply.body, bytes):
            handler.send_header("Transfer-Encoding", "chunked")
            handler.end_headers()
            for piece in reply.body:
                handler.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            handler.wfile.write(b"0\r\n\r\n")
            return
        if "Content-Length" not in reply.headers:
            handler.send_header("Content-Length", str(len(reply.body)))
        handler.end_headers()
        if handler.command == "HEAD":
            return
        end = reply.cut_after if reply.cut_after is not None else reply.stall_after
        handler.wfile.write(reply.body[:end])
        handler.wfile.flush()
        if reply.stall_after is not None:
            self.released.wait(20)
        if end is not None:
            handler.close_connection = True


@contextmanager
def serving(answering: Answering) -> Iterator[Loopback]:
    loopback = Loopback(answering)
    thread = threading.Thread(target=loopback.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield loopback
    finally:
        loopback.released.set()
        loopback.server.shutdown()
        loopback.server.server_close()
        thread.join()


def status(code: int, body: str = "", **headers: str) -> Callable[[Reply], Reply]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: Reply(body.encode(), code, named)


def cut(after: int) -> Callable[[Reply], Reply]:
    """The connection is closed in the middle of the body."""
    return lambda reply: Reply(reply.body, reply.status, reply.headers, cut_after=after)


def truncated(to: int) -> Callable[[Reply], Reply]:
    """The body ends early and HTTP says that this is all."""

    def change(reply: Reply) -> Reply:
        assert isinstance(reply.body, bytes)
        return Reply(reply.body[:to], reply.status, {k: v for k, v in reply.headers.items() if k != "Content-Length"})

    return change


def stalled(after: int) -> Callable[[Reply], Reply]:
    return lambda reply: Reply(reply.body, reply.status, reply.headers, stall_after=after)
