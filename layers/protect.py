"""Primary disclosure rules: which published figures tell too much by themselves, and are withheld or rounded.

Pure functions from published columns to published columns. A reason that is there stays; a number becomes a coarser number
or *withheld*, never another reason.

These rules look at one figure at a time. Whether a withheld figure can be worked out from others, from a total and the rest of
its parts or from two years that overlap, is another question (secondary suppression), and so is whether one contributor
dominates a sum. Neither is answered here.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, StrictBool, StrictInt

from layers.atlas import BASED, Facts, Kind, Text
from layers.values import Published, Reason

Mask = NDArray[np.bool_]
Array = NDArray[np.float64]


class ProtectRule(Facts):
    """One rule; what is left out does nothing."""

    least: Annotated[StrictInt, Field(ge=2)] | None = None
    """Counts from 1 up to this one are withheld, and so are shares and rates of so few, and means and sums over so few."""

    round_to: Annotated[StrictInt, Field(ge=2)] | None = None
    """Counts are rounded to the nearest multiple, halves up; a count that would be rounded to nothing, or to less than ``least``,
    is withheld. Shares and rates become those of the rounded count, or readers could work it out from them."""

    least_base: Annotated[StrictInt, Field(ge=2)] | None = None
    """Shares, rates, means and sums over less than this are withheld."""

    hide_extremes: StrictBool = False
    """Whether a share of all, or of all but fewer than ``least``, is withheld: it tells about everybody in the group."""

    zeros: StrictBool = True
    """Whether 0 may be told: nobody in the group has it. Where not, a zero is withheld as well."""

    def sentences(self) -> Text:
        """What the rule does, for readers.

        >>> ProtectRule(least=5, round_to=5).sentences().in_("nl")
        'Aantallen van 1 tot en met 4 zijn geheim. Andere aantallen zijn afgerond op een veelvoud van 5.'
        """
        nl, en = [], []
        if self.least is not None:
            to, last = ("en", "and") if self.least == 3 else ("tot en met", "to")
            few = "1" if self.least == 2 else f"1 {to} {self.least - 1}"
            few_en = "of 1" if self.least == 2 else f"of 1 {last} {self.least - 1}"
            nl.append(f"Aantallen van {few} zijn geheim.")
            en.append(f"Counts {few_en} are withheld.")
        if self.round_to is not None:
            nl.append(f"Andere aantallen zijn afgerond op een veelvoud van {self.round_to}.")
            en.append(f"Other counts are rounded to a multiple of {self.round_to}.")
        if self.least_base is not None:
            nl.append(f"Een percentage of gemiddelde over minder dan {self.least_base} is geheim.")
            en.append(f"A percentage or mean over fewer than {self.least_base} is withheld.")
        if self.hide_extremes:
            nl.append("Geldt iets voor iedereen of bijna iedereen, dan is dat geheim.")
            en.append("What is true of everybody or nearly everybody is withheld.")
        if not self.zeros:
            nl.append("Ook een nul is geheim.")
            en.append("A zero is withheld as well.")
        return Text(nl=" ".join(nl), en=" ".join(en))


def protected(
    published: Published, kind: Kind, rule: ProtectRule, base: Published | None = None, *, per: float | None = None
) -> Published:
    """The figures that may be shown; applying a rule twice is applying it once.

    ``base`` is what a share, rate or mean is taken over, or how many things are added up in a sum. ``per`` is what a share or
    rate is expressed in: 100 for percents, which is assumed of a share, 1000 for *per 1,000 inhabitants*. Where both are known
    the rule for counts holds for what a share or rate stands for. An index, a change and a category are made of figures that
    were protected before, and stay as they are.

    Raises ValueError where the rule needs a base and there is none.
    """
    if base is not None and len(base) != len(published):
        raise ValueError("figures and their base are two columns of one length")
    if kind == "count":
        return _counts(published, rule)
    if kind not in BASED:
        return published
    shown = _withheld(published, _over_few(published, kind, rule, base))
    per = 100.0 if per is None and kind == "share" else per
    if kind in ("share", "rate") and per is not None:
        shown = _parts(shown, kind, rule, base, per)
    return shown if rule.zeros or kind in ("mean", "sum") else _withheld(shown, np.equal(shown.numbers, 0))


def _counts(published: Published, rule: ProtectRule) -> Published:
    numbers = published.numbers if rule.round_to is None else _rounded(published.numbers, rule.round_to)
    hidden = _is_few(numbers, rule) | _is_few(published.numbers, rule) | ((numbers == 0) & (published.numbers != 0))
    if not rule.zeros:
        hidden |= np.equal(published.numbers, 0)
    return _withheld(Published(numbers, published.reasons), hidden)


def _over_few(published: Published, kind: Kind, rule: ProtectRule, base: Published | None) -> Mask:
    """(regions,) True where a figure is taken over too little, or nobody can tell."""
    least = max(rule.least_base or 0, (rule.least or 0) if kind in ("mean", "sum") else 0)
    if base is None:
        if rule.least_base is not None:
            raise ValueError(f"a rule with least_base needs to know what the {kind} is taken over")
        return np.zeros(len(published), dtype=np.bool_)
    # A comparison with NaN is false, so a base that is no number is too little. A sum of nothing is a zero like any other.
    is_nothing = np.equal(base.numbers, 0) & np.equal(published.numbers, 0) & (kind == "sum" and rule.zeros)
    return ~((base.numbers >= least) | is_nothing) if least else np.zeros(len(published), dtype=np.bool_)


def _parts(published: Published, kind: Kind, rule: ProtectRule, base: Published | None, per: float) -> Published:
    """Shares and rates by the counts they stand for, which are known where the base is."""
    whole = np.full(len(published), np.nan) if base is None else base.numbers
    # The count comes from a share that was rounded, so it may not be whole: the nearest one is meant.
    count = np.rint(published.numbers * whole / per)
    hidden = _tells(published.numbers, count, whole, kind, rule, per)
    if rule.round_to is None:
        return _withheld(published, hidden)
    coarse = _rounded(count, rule.round_to)
    known = ~np.isnan(coarse) & (whole > 0) & (coarse != count)
    shares = np.where(known, per * coarse / np.where(known, whole, 1), published.numbers)
    if kind == "share":
        shares = np.minimum(shares, per)
    hidden |= (published.numbers != 0) & ((coarse == 0) | _tells(shares, coarse, whole, kind, rule, per))
    return _withheld(Published(shares, published.reasons), hidden)


def _tells(shares: Array, count: Array, whole: Array, kind: Kind, rule: ProtectRule, per: float) -> Mask:
    """(regions,) True where a share or rate tells of a few, or of all but a few."""
    hidden: Mask = _is_few(count, rule) | ((count == 0) & (shares != 0) & (rule.least is not None))
    if kind == "share" and rule.hide_extremes:
        hidden |= (shares >= per) | ((shares != 0) & (whole - count < (rule.least or 1)))
    return hidden


def _is_few(numbers: Array, rule: ProtectRule) -> Mask:
    few: Mask = (numbers != 0) & (np.abs(numbers) < (rule.least or 0))
    return few


def _rounded(numbers: Array, step: int) -> Array:
    """The nearest multiples, halves up; NaN stays NaN."""
    multiples: Array = np.floor(numbers / step + 0.5) * step
    return multiples


def _withheld(published: Published, hidden: Mask) -> Published:
    """The same with more figures withheld; what has a reason keeps it."""
    hidden = hidden & published.has_number
    numbers, reasons = published.numbers.copy(), published.reasons.copy()
    numbers[hidden], reasons[hidden] = np.nan, Reason.WITHHELD.number
    return Published(numbers, reasons)
