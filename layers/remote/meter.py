"""How far each download is, for whoever shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Amount:
    """How much of one source is here."""

    arrived: int = 0
    """Bytes that came over the line, compressed where they were."""

    length: int | None = None
    """Bytes in all, where the publisher says so."""

    rows: int = 0
    total_rows: int | None = None
    """Rows in all, roughly, where the publisher says so."""


Meter = Callable[[Amount], object]
"""Is told how far one source is; may be called from any thread, and often. After a page that broke off it may be less."""


def silent(_amount: Amount) -> None:
    """Tell nobody."""
