"""A connection that answers from memory what was answered before, without asking the application.

It acts only where nothing can be misunderstood: the bytes that came are one complete plain ``GET`` and nothing else, the parser
stands between two requests, no answer is under way, and the client reads what it is sent. Everything else goes its usual way,
untouched. So a body that looks like a request is never taken for one, and pipelined requests are answered in their order.
``tests/server/test_fast_connection.py`` sends the same bytes with and without this and compares.
"""

from __future__ import annotations

import time
from typing import Any

from server.connection import Connection
from server.heads import Heads

START, END, VERSION = b"GET /", b"\r\n\r\n", b" HTTP/1.1"


class FastConnection(Connection):
    """One connection."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._heads: Heads = self.site.heads
        self._known = self.site.known
        self._dated: tuple[list[tuple[bytes, bytes]], bytes] = ([], b"")

    def data_received(self, data: bytes) -> None:
        """Answer from memory, or read as usual."""
        if data.startswith(START) and data.endswith(END) and self._can_answer() and self._answer(data):
            return
        super().data_received(data)

    def _can_answer(self) -> bool:
        return (
            self.is_between
            and not self._is_refused
            and (self.cycle is None or self.cycle.response_complete)
            and not self.flow.write_paused
            and not self.transport.is_closing()
        )

    def _answer(self, data: bytes) -> bool:
        began = time.perf_counter()
        end = data.index(b"\r\n")
        target_end = end - len(VERSION)
        if not data.startswith(VERSION, target_end) or len(data) > self.site.settings.max_head_bytes:
            return False
        head = self._heads.of_lines(data[end + 2 :])
        if head is None:
            return False
        target = data[4:target_end]
        baked = self._known(target, head)
        if baked is None:
            return False
        if self.timeout_keep_alive_task is not None:
            self._unset_keepalive_if_required()  # from here on the watch of the site looks whether the client is gone
        if self.server_state.default_headers is not self._dated[0]:
            lines = [name + b": " + value + b"\r\n" for name, value in self.server_state.default_headers]
            self._dated = self.server_state.default_headers, b"".join(lines)
        self.transport.writelines((baked.status_line, self._dated[1], baked.lines, baked.body))
        self.server_state.total_requests += 1
        self.active_at = self.loop.time()
        self.site.sent(target, baked, began)
        return True
