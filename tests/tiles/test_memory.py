"""What threads share."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import threading
from tiles.memory import share_one_arena
import ctypes, sys

arranged = share_one_arena()
blocks, waiting = [], threading.Barrier(4)

def take() -> None:
    waiting.wait()
    blocks.append(bytearray(100_000))

threads = [threading.Thread(target=take) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
sys.stdout.write(f"{arranged}\\n"); sys.stdout.flush()
ctypes.CDLL(None).malloc_stats()
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="arenas are a matter of glibc")
def test_threads_take_memory_from_one_arena() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"
    assert done.stderr.count("Arena ") == 1
