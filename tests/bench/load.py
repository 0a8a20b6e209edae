"""Load on a server: it has one core, and wrk the other."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx

from tests.bench.process import session_cpu_s

PATIENCE_S: Final = 30
ENOUGH: Final = 40
FIRST_CORE, SECOND_CORE = "0", "1"


class CannotMeasure(Exception):
    """Something that the benchmark needs is not on this machine."""


@dataclass(frozen=True)
class Peer:
    """A server."""

    name: str
    command: Callable[[int], Sequence[str]]
    """By port."""

    paths: Sequence[str]
    """What it is asked for, one after the other."""

    env: Mapping[str, str] = field(default_factory=dict)
    keeps: bool = True
    """Whether it has answers ready once they were asked for; otherwise it makes each anew."""

    beside: tuple[int, ...] = ()
    """Sessions of other processes that work for it, such as a database."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of the load came to."""

    per_s: float
    per_cpu_s: float
    p50_ms: float
    p99_ms: float


@contextmanager
def serving(peer: Peer) -> Iterator[tuple[int, int]]:
    """The server on the first core; its port, and the number of its processes' session. Raises CannotMeasure."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        ["taskset", "-c", FIRST_CORE, *peer.command(port)],
        env={**os.environ, **peer.env},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _check(peer, port, process)
        yield port, process.pid
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()


def _check(peer: Peer, port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until it answers, and see that it does."""
    deadline = time.monotonic() + PATIENCE_S
    told = "it does not start"
    while time.monotonic() < deadline and process.poll() is None:
        try:
            answer = httpx.get(f"http://127.0.0.1:{port}{peer.paths[0]}", timeout=PATIENCE_S)
        except httpx.TransportError:
            time.sleep(0.1)
            continue
        if answer.status_code in (200, 204):
            return
        # Some accept connections before they have opened their data.
        told = f"{peer.paths[0]} is answered with {answer.status_code}: {answer.text[:300]}"
        time.sleep(0.5)
    raise CannotMeasure(told)


def warm(port: int, peer: Peer) -> None:
    """Everything once, so that what a server does the first time is not measured; where it makes all anew, so many."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_S) as client:
        for path in peer.paths if peer.keeps else peer.paths[:ENOUGH]:
            client.get(path)


def load(port: int, peer: Peer, connections: int, seconds: int, session: int, folder: Path) -> Run:
    """wrk on the second core, path after path. Raises CannotMeasure where answers are errors."""
    script = folder / "ask.lua"
    paths = ",".join(f'"{path}"' for path in peer.paths)
    script.write_text(
        f"local paths = {{{paths}}}\nlocal n = 0\n"
        'wrk.headers["Accept-Encoding"] = "gzip"\n'
        'request = function()\n  n = n + 1\n  return wrk.format("GET", paths[n % #paths + 1])\nend\n'
    )
    sessions = (session, *peer.beside)
    before = sum(map(session_cpu_s, sessions))
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "20s", "-s", str(script)]
    done = subprocess.run(
        ["taskset", "-c", SECOND_CORE, *command, f"http://127.0.0.1:{port}"],
        capture_output=True,
        text=True,
        check=False,
    )
    cpu_s = sum(map(session_cpu_s, sessions)) - before
    if wrong := re.search(r"Non-2xx or 3xx responses: (\d+)", done.stdout):
        raise CannotMeasure(f"{wrong[1]} answers are errors")
    answered = re.search(r"(\d+) requests in", done.stdout)
    per_s = re.search(r"Requests/sec:\s+([0-9.]+)", done.stdout)
    if answered is None or per_s is None:
        raise CannotMeasure(f"wrk: {done.stdout[-500:]}{done.stderr[-500:]}")
    if answered[1] == "0":
        raise CannotMeasure(f"no answer to {connections} connections in {seconds} s")
    return Run(float(per_s[1]), int(answered[1]) / max(cpu_s, 1e-3), _ms(done.stdout, "50%"), _ms(done.stdout, "99%"))


def _ms(text: str, share: str) -> float:
    found = re.search(rf"{share}\s+([0-9.]+)(us|ms|s|m)\b", text)
    if found is None:
        return float("nan")
    return float(found[1]) * {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}[found[2]]
