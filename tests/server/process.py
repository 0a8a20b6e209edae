"""The command ``zichtkaart`` as a process of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "server.cli")
PATIENCE_S = 900
"""For a machine that is busy with something else."""


def environment(**more: str) -> dict[str, str]:
    """That of this process without settings, as wide as a page."""
    plain = {key: value for key, value in os.environ.items() if not key.startswith("ZICHTKAART_")}
    return {**plain, "COLUMNS": "120", "PYTHONPATH": str(REPOSITORY), "NO_COLOR": "1", **more}


def run(*arguments: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        env=environment(**more),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


@dataclass
class Serving:
    """A server that accepts connections."""

    process: subprocess.Popen[str]
    url: str
    log: Path
    """What it writes on standard error."""

    @property
    def port(self) -> int:
        found = re.search(r":(\d+)/$", self.url)
        assert found
        return int(found[1])

    def stop(self, how: int = signal.SIGTERM) -> int:
        """Stop it; its exit status."""
        self.process.send_signal(how)
        return self.process.wait(PATIENCE_S)


@contextmanager
def serving(atlas: Path, scratch: Path, *options: str, **more: str) -> Iterator[Serving]:
    """``zichtkaart serve`` on a free port."""
    log = scratch / "serve.log"
    with log.open("w") as stderr:
        process = subprocess.Popen(
            [*COMMAND, "serve", str(atlas), "--port", "0", *options],
            env=environment(**more),
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
        try:
            assert process.stdout
            line = process.stdout.readline()
            found = re.search(r"http://\S+", line)
            assert found, log.read_text()
            yield Serving(process, found[0], log)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            if process.stdout:
                process.stdout.close()
