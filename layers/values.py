"""Published values: a number or a reason, never anything between.

This is the only shape in which figures leave ``layers``. Zero is a number. No code turns a reason into a number.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class Reason(StrEnum):
    """Why a region has no number."""

    WITHHELD = "withheld"
    """Secret, or too few observations (CBS: -99997, ``.``, ``x``)."""

    MISSING = "missing"
    """The source has no figure (a blank cell, or no row for the region)."""

    NOT_YET_PUBLISHED = "not-yet-published"
    """The source will publish it later (CBS: -99995)."""

    NOT_APPLICABLE = "not-applicable"
    """The figure cannot exist here, or is no longer published at this level (CBS: -99991)."""

    NOT_COMPARABLE = "not-comparable"
    """There are figures, but for other borders than these."""

    @property
    def number(self) -> int:
        """Its code in a ``reasons`` array; 0 there means that the value is a number."""
        return list(Reason).index(self) + 1

    @staticmethod
    def of(number: int) -> Reason:
        """The reason of a code above 0 in a ``reasons`` array."""
        return list(Reason)[number - 1]


@dataclass(frozen=True, slots=True)
class Published:
    """One figure for each region of a level: a number or a reason, in the order of the regions."""

    numbers: NDArray[np.float64]
    """(regions,) the figure; NaN exactly where there is a reason. A category is the index into the indicator's categories."""

    reasons: NDArray[np.uint8]
    """(regions,) 0 where there is a number, else ``Reason.number``."""

    def __post_init__(self) -> None:
        if self.numbers.shape != self.reasons.shape or self.numbers.ndim != 1:
            raise ValueError("numbers and reasons are two columns of one length")
        if not np.array_equal(np.isnan(self.numbers), self.reasons != 0):
            raise ValueError("a published value is either a number or a reason")
        if (self.reasons > len(Reason)).any() or np.isinf(self.numbers).any():
            raise ValueError("a number is finite and a reason is one of layers.values.Reason")

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def size(self) -> int:
        """Bytes it takes in memory."""
        return self.numbers.nbytes + self.reasons.nbytes

    @property
    def has_number(self) -> NDArray[np.bool_]:
        """(regions,) True where the value is a number."""
        return np.equal(self.reasons, 0)

    def statuses(self) -> list[str | None]:
        """The reason of each region as text, None where there is a number."""
        names: list[str | None] = [None, *(reason.value for reason in Reason)]
        return [names[code] for code in self.reasons.tolist()]

    def values(self) -> list[float | None]:
        """The number of each region, None where there is a reason."""
        return [
            None if code else number for number, code in zip(self.numbers.tolist(), self.reasons.tolist(), strict=True)
        ]
