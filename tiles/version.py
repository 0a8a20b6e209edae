"""What the results of this package depend on beside what is handed to it: its own code, NumPy and GEOS."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import numpy as np
import shapely


@cache
def engine_version() -> str:
    """A hash that is another one as soon as the same regions might come out differently."""
    digest = hashlib.sha256(repr((np.__version__, shapely.__version__, shapely.geos_version_string)).encode())
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()
