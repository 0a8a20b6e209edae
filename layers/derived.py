"""Figures made from published figures: shares, rates, comparisons, changes.

Only what readers may see goes in, so nothing comes out that they could not have worked out themselves. Where a part has a
reason, what is made of it has a reason too: of several reasons the first of ``STRONGEST``. What would be divided by nothing
is not applicable.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from layers.carry import STRONGEST
from layers.publish import rounded_numbers
from layers.values import Published, Reason

Array = NDArray[np.float64]
_EXACT: Final = 2.0**53
"""Up to this doubles hold whole numbers exactly."""


def part_of(numerator: Published, denominator: Published, per: int, decimals: tuple[int, int]) -> Published:
    """So much per ``per`` of the denominator, not rounded; ``decimals`` are those of numerator and denominator."""
    over, under = _in_whole(numerator.numbers, denominator.numbers, decimals)
    return _divided(per * over, under, reasons_of(numerator, denominator))


def compared(published: Published, national: Published, decimals: int) -> Published:
    """The figure as a percentage of that of the Netherlands (one value), not rounded."""
    size = len(published)
    whole = Published(np.repeat(national.numbers, size), np.repeat(national.reasons, size))
    return part_of(published, whole, 100, (decimals, decimals))


def changed(now: Published, then: Published, decimals: int, *, in_percent: bool) -> Published:
    """The difference with an earlier figure, or that as a percentage of it; not rounded."""
    reasons = reasons_of(now, then)
    later, earlier = _in_whole(now.numbers, then.numbers, (decimals, decimals))
    if in_percent:
        return _divided(100 * (later - earlier), np.abs(earlier), reasons)
    return _with_reasons((later - earlier) / 10.0**decimals, reasons)


def rounded(published: Published, decimals: int) -> Published:
    """With so many decimals, half away from zero."""
    return Published(rounded_numbers(published.numbers, decimals), published.reasons)


def reasons_of(*parts: Published) -> NDArray[np.uint8]:
    """(regions,) the strongest reason that any of the parts has, 0 where all are numbers."""
    reasons = np.zeros(len(parts[0]), dtype=np.uint8)
    for reason in reversed(STRONGEST):
        for part in parts:
            reasons[part.reasons == reason.number] = reason.number
    return reasons


def _in_whole(first: Array, second: Array, decimals: tuple[int, int]) -> tuple[Array, Array]:
    """Two columns in the same small unit, so that both are whole numbers and their quotient is exact to the last digit."""
    most = max(decimals)
    scaled = [np.asarray(numbers * 10.0**most, dtype=np.float64) for numbers in (first, second)]
    return tuple(np.where(np.abs(s) < _EXACT, np.rint(s), s) for s in scaled)  # type: ignore[return-value]  # two of them


def _divided(over: Array, under: Array, reasons: NDArray[np.uint8]) -> Published:
    reasons = np.where((reasons == 0) & ~(under > 0), Reason.NOT_APPLICABLE.number, reasons).astype(np.uint8)
    is_number = reasons == 0
    return _with_reasons(np.divide(over, under, out=np.full(len(over), np.nan), where=is_number), reasons)


def _with_reasons(numbers: Array, reasons: NDArray[np.uint8]) -> Published:
    """Numbers where there is no reason, and none that is not finite."""
    is_lost = (reasons == 0) & ~np.isfinite(numbers)
    reasons = np.where(is_lost, Reason.NOT_APPLICABLE.number, reasons).astype(np.uint8)
    return Published(np.where(reasons == 0, numbers + 0.0, np.nan), reasons)
