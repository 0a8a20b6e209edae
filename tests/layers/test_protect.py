"""Primary disclosure rules: what is withheld, what is rounded, and the laws that hold for any figures and any rule."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.atlas import Kind
from layers.protect import ProtectRule, protected
from layers.values import Published, Reason

Cell = float | Reason

DEMO = ProtectRule(least=5, round_to=5, least_base=20, hide_extremes=True)
KINDS: tuple[Kind, ...] = ("count", "share", "rate", "mean", "sum", "category", "index", "change")


def published(*cells: Cell) -> Published:
    numbers = [math.nan if isinstance(cell, Reason) else float(cell) for cell in cells]
    reasons = [cell.number if isinstance(cell, Reason) else 0 for cell in cells]
    return Published(np.array(numbers), np.array(reasons, dtype=np.uint8))


def cells(figures: Published) -> list[float | str | None]:
    return [
        value if status is None else status for value, status in zip(figures.values(), figures.statuses(), strict=True)
    ]


def test_counts_of_a_few_are_withheld_and_zero_is_told() -> None:
    shown = protected(published(0, 1, 4, 5, 6, 1234), "count", ProtectRule(least=5))
    assert cells(shown) == [0, "withheld", "withheld", 5, 6, 1234]


def test_other_counts_are_rounded_to_the_nearest_multiple_halves_up() -> None:
    shown = protected(published(0, 4, 5, 7, 8, 12, 13, 15, 1238), "count", ProtectRule(least=5, round_to=5))
    assert cells(shown) == [0, "withheld", 5, 5, 10, 10, 15, 15, 1240]
    assert cells(protected(published(25, 35, 44), "count", ProtectRule(round_to=10))) == [30, 40, 40]


def test_a_count_that_would_be_rounded_to_nothing_or_below_the_threshold_is_withheld() -> None:
    assert cells(protected(published(0, 2, 3), "count", ProtectRule(round_to=5))) == [0, "withheld", 5]
    assert cells(protected(published(7, 8), "count", ProtectRule(least=7, round_to=5))) == ["withheld", 10]


def test_a_zero_is_withheld_where_zeros_may_not_be_told() -> None:
    rule = ProtectRule(least=5, zeros=False)
    assert cells(protected(published(0, 6), "count", rule)) == ["withheld", 6]
    assert cells(protected(published(0, 6), "share", rule, published(500, 500))) == ["withheld", 6]


@pytest.mark.parametrize("kind", ["share", "rate", "mean", "sum"])
def test_what_is_taken_over_too_little_is_withheld(kind: Kind) -> None:
    rule, base = ProtectRule(least_base=20), published(19, 20, 4000, Reason.MISSING, 0)
    assert cells(protected(published(50, 50, 50, 50, 50), kind, rule, base)) == [
        "withheld", 50, 50, "withheld", "withheld"
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["mean", "sum"])
def test_a_mean_or_sum_over_a_few_is_withheld(kind: Kind) -> None:
    shown = protected(published(310, 310, 310), kind, ProtectRule(least=5), published(4, 5, Reason.WITHHELD))
    assert cells(shown) == ["withheld", 310, "withheld"]


def test_a_sum_of_nothing_is_zero_and_told_like_a_count_of_zero() -> None:
    rule, nothing = ProtectRule(least=5, least_base=20), published(0)
    assert cells(protected(published(0), "sum", rule, nothing)) == [0]
    assert cells(protected(published(0), "sum", rule.model_copy(update={"zeros": False}), nothing)) == ["withheld"]
    assert cells(protected(published(0), "mean", rule, nothing)) == ["withheld"]


def test_a_share_of_a_few_is_withheld_for_its_base_would_give_the_count_away() -> None:
    base = published(200, 40, 1000, 1000)
    assert cells(protected(published(0.5, 3, 0.4, 0.5), "share", ProtectRule(least=5), base)) == [
        "withheld", "withheld", "withheld", 0.5
    ]  # fmt: skip


def test_a_rate_of_a_few_is_withheld_where_it_is_known_what_it_is_expressed_in() -> None:
    rates, base = published(2.0, 2.5), published(2000, 2000)
    assert cells(protected(rates, "rate", ProtectRule(least=5), base, per=1000)) == ["withheld", 2.5]
    assert cells(protected(rates, "rate", ProtectRule(least=5), base)) == [2.0, 2.5]


def test_all_and_nearly_all_of_a_group_are_withheld_and_none_of_it_is_told() -> None:
    rule, base = ProtectRule(least=5, hide_extremes=True), published(100, 100, 100, 100)
    assert cells(protected(published(0, 95, 96, 100), "share", rule, base)) == [0, 95, "withheld", "withheld"]
    assert cells(protected(published(99, 100), "share", ProtectRule(hide_extremes=True))) == [99, "withheld"]


def test_a_share_is_that_of_the_rounded_count_so_that_nobody_can_work_out_the_count() -> None:
    shown = protected(published(6.5, 7.5, 0), "share", ProtectRule(least=5, round_to=5), published(200, 200, 200))
    assert cells(shown) == [7.5, 7.5, 0]  # 13 of 200 is told as 15 of 200


def test_an_index_a_change_and_a_category_stay_as_they_are() -> None:
    kinds: tuple[Kind, ...] = ("index", "change", "category")
    for kind in kinds:
        assert cells(protected(published(1, 2, 3), kind, DEMO)) == [1, 2, 3]


def test_a_rule_that_needs_a_base_says_so() -> None:
    with pytest.raises(ValueError, match="least_base needs to know what the share is taken over"):
        protected(published(1), "share", DEMO)
    with pytest.raises(ValueError, match="one length"):
        protected(published(1), "share", DEMO, published(1, 2))


@pytest.mark.parametrize("key", ["least", "round_to", "least_base"])
def test_a_threshold_of_one_is_no_rule(key: str) -> None:
    with pytest.raises(ValueError, match="greater than or equal to 2"):
        ProtectRule.model_validate({key: 1})


def test_a_rule_explains_itself_to_readers() -> None:
    text = DEMO.sentences()
    assert text.nl == (
        "Aantallen van 1 tot en met 4 zijn geheim. Andere aantallen zijn afgerond op een veelvoud van 5. "
        "Een percentage of gemiddelde over minder dan 20 is geheim. "
        "Geldt iets voor iedereen of bijna iedereen, dan is dat geheim."
    )
    assert text.en == (
        "Counts of 1 to 4 are withheld. Other counts are rounded to a multiple of 5. "
        "A percentage or mean over fewer than 20 is withheld. What is true of everybody or nearly everybody is withheld."
    )
    assert ProtectRule(least=2).sentences().nl == "Aantallen van 1 zijn geheim."
    assert ProtectRule(least=3, zeros=False).sentences().in_("en") == (
        "Counts of 1 and 2 are withheld. A zero is withheld as well."
    )


# ---- laws

reasons = st.sampled_from(Reason)
counts: st.SearchStrategy[list[Cell]] = st.lists(st.one_of(st.integers(0, 60), st.integers(0, 10**6), reasons))
rules = st.builds(
    ProtectRule,
    least=st.none() | st.integers(2, 30),
    round_to=st.none() | st.integers(2, 20),
    least_base=st.none() | st.integers(2, 100),
    hide_extremes=st.booleans(),
    zeros=st.booleans(),
)


@st.composite
def shares(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    """Numerators and what they are part of."""
    whole = draw(st.lists(st.integers(1, 400), min_size=1, max_size=12))
    return [draw(st.integers(0, most)) for most in whole], whole


def of(part: Sequence[int], whole: Sequence[int]) -> Published:
    return published(*(100 * a / b for a, b in zip(part, whole, strict=True)))


@given(counts, rules, st.sampled_from(KINDS))
def test_a_reason_stays_and_the_only_new_one_is_withheld(row: list[Cell], rule: ProtectRule, kind: Kind) -> None:
    before = published(*row)
    after = protected(before, kind, rule, published(*(200 for _ in row)), per=100)
    had = ~before.has_number
    assert np.array_equal(after.reasons[had], before.reasons[had])
    assert set(after.reasons[before.has_number].tolist()) <= {0, Reason.WITHHELD.number}


@given(counts, rules)
def test_a_count_that_is_shown_is_zero_or_reaches_the_threshold(row: list[Cell], rule: ProtectRule) -> None:
    before = published(*row)
    after = protected(before, "count", rule)
    for was, shown in zip(before.values(), after.values(), strict=True):
        if shown is not None and was is not None:
            assert (shown == 0) == (was == 0)
            assert shown == 0 or shown >= (rule.least or 1)
            assert shown % (rule.round_to or 1) == 0
            assert abs(shown - was) <= (rule.round_to or 1) / 2


@given(counts, rules)
def test_zero_stays_zero_unless_the_rule_hides_it(row: list[Cell], rule: ProtectRule) -> None:
    for was, is_now in zip(row, cells(protected(published(*row), "count", rule)), strict=True):
        if was == 0:
            assert is_now == (0 if rule.zeros else "withheld")


@given(counts, rules)
def test_protecting_counts_twice_is_protecting_them_once(row: list[Cell], rule: ProtectRule) -> None:
    once = protected(published(*row), "count", rule)
    assert cells(protected(once, "count", rule)) == cells(once)


@given(shares(), rules, st.sampled_from([("share", 100.0), ("rate", 100.0), ("mean", None), ("sum", None)]))
def test_protecting_what_has_a_base_twice_is_protecting_it_once(
    group: tuple[list[int], list[int]], rule: ProtectRule, how: tuple[Kind, float | None]
) -> None:
    part, whole = group
    base = published(*whole)
    once = protected(of(part, whole), how[0], rule, base, per=how[1])
    twice = protected(once, how[0], rule, base, per=how[1])
    assert twice.statuses() == once.statuses()
    assert np.allclose(twice.numbers, once.numbers, equal_nan=True)


@given(shares(), rules)
def test_a_share_tells_no_more_than_the_counts_do(group: tuple[list[int], list[int]], rule: ProtectRule) -> None:
    """Whatever counts lead to one published count lead to one published share as well."""
    part, whole = group
    shown = protected(of(part, whole), "share", rule.model_copy(update={"least_base": None}), published(*whole))
    counted = protected(published(*part), "count", rule)
    for share, count, of_all in zip(shown.values(), counted.values(), whole, strict=True):
        if share is not None:
            assert count is not None
            assert share == pytest.approx(float(min(Fraction(100 * int(count), of_all), Fraction(100))))


@given(shares(), st.integers(2, 30))
def test_a_share_that_is_shown_leaves_as_many_out_as_the_threshold_says(
    group: tuple[list[int], list[int]], least: int
) -> None:
    part, whole = group
    shown = protected(of(part, whole), "share", ProtectRule(least=least, hide_extremes=True), published(*whole))
    for share, a, b in zip(shown.values(), part, whole, strict=True):
        assert (share is not None) == (a == 0 or (a >= least and b - a >= least))
