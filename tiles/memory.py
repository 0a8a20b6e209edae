"""Memory of a process that works on a whole country with several threads."""

from __future__ import annotations

import ctypes
import sys

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
"""``mallopt`` parameters (glibc's malloc.h)."""

KEPT, LARGE = 128 << 20, 32 << 20
"""Bytes of free memory that are kept, and those of an array from which it has pages of its own (the most glibc allows)."""


def share_one_arena() -> bool:
    """Let all threads take memory from one arena; whether that could be arranged (glibc only).

    Otherwise each thread keeps what its arrays of hundreds of megabytes have left behind, out of the others' reach: a tenth
    more memory, and twice the time in the kernel. Nor is what an array leaves behind given back to the kernel each time, only
    to be asked for again. Call it before threads start, from a process that does nothing else.
    """
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and all(
        [mallopt(_M_ARENA_MAX, 1), mallopt(_M_MMAP_THRESHOLD, LARGE), mallopt(_M_TRIM_THRESHOLD, KEPT)]
    )
