"""Golden files: what was agreed, as text that people can read. ``BLESS=1`` writes what is made now."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"


def check(name: str, text: str) -> None:
    """Compare a text with the golden file of that name."""
    path = FOLDER / name
    if os.environ.get("BLESS"):
        FOLDER.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.is_file(), f"{path} does not exist: run with BLESS=1 and review what it writes"
    assert text == path.read_text(encoding="utf-8"), f"{name} differs from what was agreed: BLESS=1 renews it"
