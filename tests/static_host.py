"""A web server as plain as those that hand out static sites: files below a path, byte ranges, and nothing else."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import BinaryIO


class Handler(SimpleHTTPRequestHandler):
    """Answers from a folder that stands at a path."""

    protocol_version = "HTTP/1.1"
    asked: list[str]

    def __init__(self, *arguments: object, at: str, asked: list[str], **options: object) -> None:
        self._at = at
        self.asked = asked
        super().__init__(*arguments, **options)  # type: ignore[arg-type]

    def translate_path(self, path: str) -> str:
        return super().translate_path(path.removeprefix(self._at) if path.startswith(self._at) else "/nothing-here")

    def send_head(self) -> BinaryIO | None:
        self.asked.append(self.path)
        found = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        path = Path(self.translate_path(self.path))
        if found is None or not path.is_file():
            return super().send_head()
        content = path.read_bytes()
        first = int(found[1])
        part = content[first : int(found[2]) + 1 if found[2] else None]
        if not part:
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(content)}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        self.send_response(206)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Range", f"bytes {first}-{first + len(part) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        return BytesIO(part)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name in http.server
        """Say nothing."""


class StaticHost:
    """A server that is there before its folder is, since a site must know its address."""

    def __init__(self, folder: Path, at: str) -> None:
        self.asked: list[str] = []
        """Paths, in the order in which they were asked for."""

        handler = partial(Handler, directory=str(folder), at=at, asked=self.asked)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}{at}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@contextmanager
def static_host(folder: Path, at: str = "") -> Iterator[StaticHost]:
    """Hand out a folder at a path of a free port."""
    host = StaticHost(folder, at)
    try:
        yield host
    finally:
        host.close()
