"""A command run on its own, with what it cost."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LOOK_EVERY_S = 0.05


class CommandFailed(Exception):
    """A tool that ended with an error; the message is the end of what it said."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command and all processes it started took."""

    wall_s: float
    cpu_s: float
    memory_mb: float
    """Peak of all processes together, shared pages counted once (PSS)."""

    said: str
    """Standard output."""


def run(command: Sequence[str], env: Mapping[str, str] | None = None, cwd: Path | None = None) -> Cost:
    """Run a command to its end; raises CommandFailed where it fails. An interrupt ends it with all it started."""
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as complained:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, stdout=said, stderr=complained, env={**os.environ, **(env or {})}, cwd=cwd, start_new_session=True
        )
        watch = _Watch(process.pid)
        watch.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        finally:
            wall_s = time.perf_counter() - started
            watch.stop()
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        complained.seek(0)
        if process.returncode:
            raise CommandFailed(f"{command[0]} ended with {process.returncode}: {complained.read()[-1500:]}")
        # Not usage.ru_maxrss: that counts this process too, from which the command was forked.
        return Cost(wall_s, usage.ru_utime + usage.ru_stime, watch.peak_mb, said.read())


class _Watch(threading.Thread):
    """Adds up the memory of a session's processes now and then."""

    def __init__(self, session: int) -> None:
        super().__init__(daemon=True)
        self.session, self.peak_mb = session, 0.0
        self._done = threading.Event()

    def run(self) -> None:
        while not self._done.wait(LOOK_EVERY_S):
            members = [entry for entry in Path("/proc").iterdir() if entry.name.isdigit() and self._is_ours(entry)]
            # One process is told by the kernel with its peak; of several the shared pages count once.
            memory = _kilobytes(members[0] / "status", "VmHWM:") if len(members) == 1 else _together(members)
            self.peak_mb = max(self.peak_mb, memory / 1024)

    def stop(self) -> None:
        self._done.set()
        self.join()

    def _is_ours(self, entry: Path) -> bool:
        try:
            return os.getsid(int(entry.name)) == self.session
        except ProcessLookupError:
            return False


def _together(processes: Sequence[Path]) -> int:
    return sum(_kilobytes(process / "smaps_rollup", "Pss:") for process in processes)


def _kilobytes(path: Path, field: str) -> int:
    try:
        lines = path.read_text().splitlines()
    except OSError:  # the process has ended
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(field)), 0)


def session_cpu_s(session: int) -> float:
    """CPU seconds that the processes of a session took, those that ended and were waited for too."""
    ticks = 0
    for entry in members(session):
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # the process has ended
            continue
        ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def session_memory_mb(session: int) -> float:
    """Megabytes of the processes of a session, shared pages counted once (PSS)."""
    return _together(members(session)) / 1024


def memory_mb(process: Path) -> float:
    """Megabytes of a process, its part of shared pages (PSS)."""
    return _together([process]) / 1024


def members(session: int) -> list[Path]:
    """The processes of a session, as folders of ``/proc``."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if os.getsid(int(entry.name)) == session:
                    found.append(entry)
            except ProcessLookupError:
                continue
    return found
