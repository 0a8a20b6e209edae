"""Laws and habits of class breaks, with mapclassify as the oracle of the methods."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import mapclassify
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from layers.atlas import Breaks
from styles.classes import METHODS, class_breaks, classify, user_breaks
from styles.errors import BadBreaks, NoNumbers, UnknownMethod
from styles.natural import natural_splits

Numbers = NDArray[np.float64]
REGULAR = ("equal_interval", "pretty")


@st.composite
def figures(draw: st.DrawFn) -> tuple[Numbers, int]:
    """Published figures, often tied and often zero, and their decimals."""
    decimals = draw(st.integers(0, 3))
    whole = draw(
        st.one_of(
            st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=80),
            st.lists(st.integers(0, 12), min_size=1, max_size=80),
            st.lists(st.sampled_from([0, 0, 0, 1, 7, 350, 10**6]), min_size=1, max_size=80),
        )
    )
    return np.array(whole, dtype=np.float64) / 10**decimals, decimals


def sizes(values: Numbers, breaks: Breaks) -> list[int]:
    counts: list[int] = np.bincount(classify(values, breaks), minlength=len(breaks.edges) + 1).tolist()
    return counts


@given(figures(), st.integers(1, 9), st.sampled_from(METHODS))
def test_every_figure_falls_in_exactly_one_class(given: tuple[Numbers, int], classes: int, method: str) -> None:
    values, decimals = given
    breaks = class_breaks(values, classes, method, decimals)
    low, high = (-np.inf, *breaks.edges), (*breaks.edges, np.inf)
    inside = np.array([[a <= value < b for a, b in zip(low, high, strict=True)] for value in values])
    assert (inside.sum(axis=1) == 1).all()
    assert np.array_equal(inside.argmax(axis=1), classify(values, breaks))


@given(figures(), st.integers(1, 9), st.sampled_from(METHODS))
def test_edges_rise_and_have_no_more_decimals_than_the_figures(
    given: tuple[Numbers, int], classes: int, method: str
) -> None:
    values, decimals = given
    breaks = class_breaks(values, classes, method, decimals)
    assert all(a < b for a, b in pairwise(breaks.edges))
    assert [round(edge, decimals) for edge in breaks.edges] == list(breaks.edges)
    assert len(breaks.edges) < classes
    assert len(breaks.edges) < len(np.unique(values))
    assert breaks.low <= values.min()
    assert values.max() <= breaks.high
    assert (round(breaks.low, decimals), round(breaks.high, decimals)) == (breaks.low, breaks.high)


@given(figures(), st.integers(1, 9), st.sampled_from([method for method in METHODS if method not in REGULAR]))
def test_no_class_is_empty(given: tuple[Numbers, int], classes: int, method: str) -> None:
    values, decimals = given
    assert min(sizes(values, class_breaks(values, classes, method, decimals))) > 0


@given(figures(), st.integers(1, 9), st.sampled_from(REGULAR))
def test_the_outer_classes_of_a_regular_method_are_not_empty(
    given: tuple[Numbers, int], classes: int, method: str
) -> None:
    values, decimals = given
    found = sizes(values, class_breaks(values, classes, method, decimals))
    assert found[0] > 0
    assert found[-1] > 0


@given(figures(), st.integers(1, 9), st.sampled_from(METHODS), st.randoms())
def test_the_order_of_figures_does_not_matter_nor_do_reasons(
    given: tuple[Numbers, int],
    classes: int,
    method: str,
    random: Random,
) -> None:
    values, decimals = given
    shuffled = [*values.tolist(), np.nan, np.nan]
    random.shuffle(shuffled)
    expected = class_breaks(values, classes, method, decimals)
    assert class_breaks(np.array(shuffled), classes, method, decimals) == expected


@given(figures(), st.sampled_from(["quantiles", "fisher_jenks"]))
def test_few_distinct_figures_get_a_class_each(given: tuple[Numbers, int], method: str) -> None:
    values, decimals = given
    distinct = len(np.unique(values))
    assume(distinct <= 6)
    assert len(class_breaks(values, 6, method, decimals).edges) == distinct - 1


@given(st.integers(0, 2**32 - 1), st.integers(2, 7))
def test_quantiles_without_ties_are_those_of_mapclassify_within_a_quarter_of_a_class(seed: int, classes: int) -> None:
    values = np.random.default_rng(seed).lognormal(5, 1, 700).round(6)
    ours = class_breaks(values, classes, "quantiles", 6)
    cuts = mapclassify.Quantiles(values, k=classes).bins[:-1]
    widths = np.diff([values.min(), *cuts, values.max()])
    allowed = 0.3 * np.minimum(widths[:-1], widths[1:])
    assert (np.abs(np.array(ours.edges) - cuts) <= allowed).all()


@given(st.lists(st.integers(0, 60), min_size=12, max_size=60), st.integers(2, 5))
def test_natural_breaks_are_as_tight_as_those_of_mapclassify(whole: list[int], classes: int) -> None:
    values = np.sort(np.array(whole, dtype=np.float64))
    distinct, counts = np.unique(values, return_counts=True)
    assume(len(distinct) > classes)

    def spread(groups: list[Numbers]) -> float:
        return sum(float(((group - group.mean()) ** 2).sum()) for group in groups if len(group))

    cuts = distinct[natural_splits(distinct, counts, classes)]
    ours = spread(np.split(values, np.searchsorted(values, cuts, side="left")))
    with pytest.warns(UserWarning, match="Numba not installed"):
        theirs = mapclassify.FisherJenks(values, k=classes).bins[:-1]
    assert ours <= spread(np.split(values, np.searchsorted(values, theirs, side="right"))) + 1e-3


def test_head_tail_cuts_at_the_mean_and_again_at_the_mean_of_the_head() -> None:
    values = np.random.default_rng(7).lognormal(5, 1, 500).round(6)
    first, second = mapclassify.HeadTailBreaks(values).bins[:2]
    found = class_breaks(values, 3, "head_tail", 6).edges
    assert found == pytest.approx((first, second), rel=0.15)


def test_equal_intervals_are_equal_and_near_those_of_mapclassify() -> None:
    values = np.random.default_rng(7).uniform(3, 98, 300).round(2)
    edges = np.array(class_breaks(values, 5, "equal_interval", 2).edges)
    assert len(set(np.diff(edges).round(9))) == 1
    assert edges == pytest.approx(mapclassify.EqualInterval(values, k=5).bins[:-1], abs=5)


def test_pretty_edges_are_multiples_of_a_round_step() -> None:
    values = np.arange(0.0, 101.0)
    assert class_breaks(values, 5, "pretty", 0).edges == (20, 40, 60, 80)


def test_edges_are_numbers_a_reader_can_remember() -> None:
    values = np.random.default_rng(3).normal(320, 70, 3000).round(0)
    assert all(edge % 5 == 0 for edge in class_breaks(values, 5, "quantiles", 0).edges)


def test_many_zeros_get_a_class_of_their_own() -> None:
    values = np.array([0.0] * 60 + [float(value) for value in range(1, 101)])
    breaks = class_breaks(values, 5, "quantiles", 0)
    assert breaks.edges[0] == 1
    assert breaks.low == 0
    assert sizes(values, breaks)[0] == 60
    assert len(breaks.edges) == 4


def test_nothing_but_zeros_is_one_class() -> None:
    assert class_breaks(np.zeros(40), 5, "quantiles", 0) == Breaks(edges=(), low=0, high=0)


def test_a_heavy_tie_does_not_cost_the_others_their_classes() -> None:
    values = np.array([100.0] * 60 + [float(value) for value in range(101, 141)])
    found = sizes(values, class_breaks(values, 5, "quantiles", 0))
    assert found == [60, 9, 10, 10, 11]


def test_0_29_is_29_hundredths() -> None:
    """In doubles 0.29 * 100 is 28.999999999999996, and 1.1 * 10 is 11.000000000000002."""
    assert class_breaks(np.array([0.28, 0.29, 0.3]), 3, "quantiles", 2) == Breaks(edges=(0.29, 0.3), low=0.28, high=0.3)
    assert class_breaks(np.array([1.1]), 3, "quantiles", 1) == Breaks(edges=(), low=1.1, high=1.1)


def test_figures_of_all_buurten_of_ten_years_take_no_table_of_their_size() -> None:
    """A Fisher-Jenks over each pair of 140,000 figures would need 150 GB."""
    values = np.random.default_rng(5).lognormal(5, 1, 140_000).round(1)
    assert len(class_breaks(values, 7, "fisher_jenks", 1).edges) == 6


def test_breaks_of_a_publisher_are_kept_even_where_a_class_is_empty() -> None:
    breaks = user_breaks(np.array([12.0, 18.04]), [10, 20, 30.04], 1)
    assert breaks == Breaks(edges=(10, 20, 30), low=12, high=18.1)


def test_breaks_of_a_publisher_that_do_not_rise_are_refused() -> None:
    with pytest.raises(BadBreaks, match="class breaks must rise"):
        user_breaks(np.array([1.0]), [10, 10.2], 0)


def test_figures_without_a_number_have_no_classes() -> None:
    with pytest.raises(NoNumbers):
        class_breaks(np.array([np.nan, np.nan]), 5, "quantiles", 0)


def test_an_unknown_method_is_refused_with_the_ones_there_are() -> None:
    with pytest.raises(UnknownMethod, match="choose one of quantiles"):
        class_breaks(np.array([1.0]), 5, "jenks", 0)


def test_a_map_without_classes_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one class"):
        class_breaks(np.array([1.0]), 0, "quantiles", 0)
