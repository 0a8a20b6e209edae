"""Several server processes that share a socket, and the memory of the atlas that was opened before they were made.

They are forked, so that what the first process has read is there once: a further process costs what it writes to. uvicorn starts
its processes anew, each of which loads everything again.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Final

logger = logging.getLogger("zichtkaart")

LOOK_S: Final = 0.2
MARGIN_S: Final = 5
"""What a process may take to end, beyond the time its answers are given."""

TOO_SOON_S: Final = 5
"""A process that ends sooner after its start is not started again at once."""


class Workers:
    """The processes, by their numbers, and when each was started."""

    def __init__(self, count: int, work: Callable[[], None]) -> None:
        self.count = count
        self._work = work
        self._started: dict[int, float] = {}
        self._wait_until = 0.0
        self.is_stopping = False

    def fill(self) -> None:
        """Start as many as are missing."""
        while len(self._started) < self.count and not self.is_stopping and time.monotonic() >= self._wait_until:
            pid = os.fork()
            if pid == 0:
                _child(self._work)
            self._started[pid] = time.monotonic()

    def collect(self) -> None:
        """Notice which have ended."""
        for pid in list(self._started):
            done, status = os.waitpid(pid, os.WNOHANG)
            if not done:
                continue
            lived_s = time.monotonic() - self._started.pop(pid)
            if not self.is_stopping:
                logger.error("server process %d ended (%d) and is replaced", pid, os.waitstatus_to_exitcode(status))
                self._wait_until = time.monotonic() + (1 if lived_s < TOO_SOON_S else 0)

    def stop(self, within_s: float) -> None:
        """Tell all to stop; those that do not are ended."""
        self.is_stopping = True
        self._tell(signal.SIGTERM)
        deadline = time.monotonic() + within_s
        while self._started and time.monotonic() < deadline:
            self.collect()
            time.sleep(LOOK_S / 10)
        self._tell(signal.SIGKILL)
        while self._started:
            self.collect()
            time.sleep(LOOK_S / 10)

    def _tell(self, what: signal.Signals) -> None:
        for pid in self._started:
            os.kill(pid, what)


def run_workers(count: int, work: Callable[[], None], grace_s: float) -> None:
    """Do some work in so many processes until SIGINT or SIGTERM; one that ends by itself is replaced."""
    told: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda received, _frame: told.append(received))
    # What is there now stays where it is: a collection would write to every page, and so copy it into every process.
    gc.collect()
    gc.freeze()
    workers = Workers(count, work)
    while not told:
        workers.collect()
        workers.fill()
        time.sleep(LOOK_S)
    workers.stop(grace_s + MARGIN_S)


def _child(work: Callable[[], None]) -> None:
    """Work, and end: what the parent would do after it is not for this process."""
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        work()
        status = 0
    except SystemExit as done:
        status = done.code if isinstance(done.code, int) else 1
    except BaseException:
        logger.exception("a server process failed")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
