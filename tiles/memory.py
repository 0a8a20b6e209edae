"""Memory of a process that works on a whole country with several threads."""

from __future__ import annotations

import ctypes
import sys

_M_ARENA_MAX = -8
"""``mallopt`` parameter (glibc's malloc.h)."""


def share_one_arena() -> bool:
    """Let all threads take memory from one arena; whether that could be arranged (glibc only).

    Otherwise each thread keeps what its arrays of hundreds of megabytes have left behind, out of the others' reach: a tenth
    more memory, and twice the time in the kernel. Call it before threads start, from a process that does nothing else.
    """
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and bool(mallopt(_M_ARENA_MAX, 1))
