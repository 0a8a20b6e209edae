"""One line per request, without the address of who asked and without the query.

Lines are written a fifth of a second later at most, many at once: writing each by itself would take as long as the answer.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Final, Literal, TextIO

AccessLogForm = Literal["no", "text", "json"]

WAIT_S: Final = 0.2
MOST_LINES: Final = 1000
"""Waiting at a time."""


class AccessLog:
    """Lines on standard error, or none."""

    def __init__(self, form: AccessLogForm, out: TextIO | None = None) -> None:
        self.form = form
        self.is_on = form != "no"
        self._out = out
        self._lines: list[str] = []
        self._timer: asyncio.TimerHandle | None = None
        self._second = 0
        self._time = ""

    def add(self, method: str, path: str, status: int, sent: int, seconds: float) -> None:
        """Note an answer."""
        self.add_told(self.told(method, path, status, sent), seconds)

    def told(self, method: str, path: str, status: int, sent: int) -> str:
        """What a line says between its time and how long the answer took; an answer that is given often says the same."""
        if self.form == "json":
            words = f'"method":{json.dumps(method)},"path":{json.dumps(path)},"status":{status},"bytes":{sent}'
            return f'","{words[1:]},"ms":'
        return f" {method} {_printable(path)} {status} {sent} B, ms "

    def add_told(self, told: str, seconds: float) -> None:
        """Note an answer by what ``told`` made of it."""
        now = int(time.time())
        if now != self._second:
            self._second = now
            self._time = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))
        if self.form == "json":
            self._lines.append(f'{{"time":"{self._time}{told}{1000 * seconds:.2f}}}\n')
        else:
            self._lines.append(f"{self._time}{told}{1000 * seconds:.2f}\n")
        if len(self._lines) >= MOST_LINES:
            self.flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(WAIT_S, self.flush)

    def flush(self) -> None:
        """Write what waits."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._lines:
            lines, self._lines = self._lines, []
            out = self._out or sys.stderr
            out.write("".join(lines))
            out.flush()


def _printable(path: str) -> str:
    """A path on one line: nobody writes lines of their own into the log."""
    return path if path.isprintable() else path.encode("unicode_escape").decode()
