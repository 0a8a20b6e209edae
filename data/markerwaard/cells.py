"""From counts to the text of a cell: what is withheld, what is rounded, and the reasons where there is no figure.

Counts below a threshold are withheld and others rounded to fives, so that no published figure stands for a few.
"""

from __future__ import annotations

import numpy as np

from markerwaard.noise import Array

FEW = 5
"""Counts from 1 up to this one are withheld."""

FEW_SUSPECTS = 10
"""The same for suspects, who are persons."""

STEP = 5
"""Other counts are rounded to its nearest multiple."""

FEW_HOMES = 20
"""Means and percentages of homes are not given for fewer."""

WITHHELD = {"gemeente": "-99997", "wijk": ".", "buurt": "-99997"}
"""How each table says that a figure is withheld: as CBS's GeoPackages do, and as StatLine does."""

NOT_YET = "-99995"
NOT_APPLICABLE = "-99991"
MISSING = ""
NOT_COMPARABLE = "niet vergelijkbaar"


def protected_count(count: float, few: int = FEW, withheld: str = ".") -> str:
    """A count as text: withheld where it is small, else the nearest multiple."""
    if 0 < count < few:
        return withheld
    return str(int(np.floor(count / STEP + 0.5)) * STEP)


def protected_sum(total: float, count: float, withheld: str = ".") -> str:
    """A sum of property values (x 1000 euro) as text, in million euro; withheld where it is about a few homes."""
    if 0 < count < FEW or 0 < np.floor(count / STEP + 0.5) * STEP < FEW_HOMES:
        return withheld
    return f"{total / 1000:.1f}"


def share(part: float, whole: float, few: int = FEW, base: int = FEW_HOMES, withheld: str = ".") -> str:
    """A percentage as text, made of the counts as they are published."""
    if 0 < part < few or whole < base:
        return withheld
    return f"{min(100 * int(protected_count(part)) / int(protected_count(whole)), 100):.1f}"


def total(counts: Array) -> Array:
    """(years,) the whole of Markerwaard."""
    whole: Array = counts.sum(axis=0)
    return whole
