"""Figures across a change of borders: added, averaged by what they are taken over, or said to be not comparable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from layers.atlas import COUNTED
from layers.join import Joined
from layers.publish import Figures
from layers.values import Reason

Read = Callable[[NDArray[np.int64]], Figures]
"""Figures of rows of a table, given by index."""

STRONGEST: Final = (
    Reason.WITHHELD,
    Reason.NOT_COMPARABLE,
    Reason.NOT_YET_PUBLISHED,
    Reason.NOT_APPLICABLE,
    Reason.MISSING,
)
"""Which reason of its parts a region has: the first of these that any of them has."""


def carried(joined: Joined, kind: str, read: Read, denominators: Read | None) -> Figures:
    """The figure of each region of a join, those that consist of several regions put together.

    Counts and sums are added. A share, rate or mean of the parts is averaged by its denominators, and is not comparable
    where there are none. A number that a table has for such a region itself goes before all of that.
    """
    plain = read(joined.rows)
    numbers, reasons = plain.numbers.copy(), plain.reasons.copy()
    for region, rows in joined.parts:
        places = np.array(rows, dtype=np.int64)
        over = denominators(places) if denominators is not None else None
        whole = _whole(read(places), kind, over)
        numbers[region], reasons[region] = (np.nan, whole.number) if isinstance(whole, Reason) else (whole, 0)
    numbers[joined.not_comparable] = np.nan
    reasons[joined.not_comparable] = Reason.NOT_COMPARABLE.number
    if joined.own:
        own = np.array(joined.own, dtype=np.int64)
        theirs = read(own[:, 1])
        has_number = theirs.reasons == 0
        numbers[own[has_number, 0]] = theirs.numbers[has_number]
        reasons[own[has_number, 0]] = 0
    return Figures(numbers, reasons)


def _whole(parts: Figures, kind: str, over: Figures | None) -> float | Reason:
    if kind not in COUNTED and over is None:
        return Reason.NOT_COMPARABLE
    if reason := _reason(parts):
        return reason
    if kind in COUNTED or over is None:
        return float(parts.numbers.sum())
    if reason := _reason(over):
        return reason
    total = float(over.numbers.sum())
    return float((parts.numbers * over.numbers).sum()) / total if total > 0 else Reason.NOT_APPLICABLE


def _reason(parts: Figures) -> Reason | None:
    """The reason why parts make no whole; None where all are numbers."""
    present = set(parts.reasons.tolist())
    return next((reason for reason in STRONGEST if reason.number in present), None)
