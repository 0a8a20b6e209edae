"""Laws of classes around a middle."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from layers.atlas import Breaks
from styles.classes import METHODS, class_breaks, classify, diverging_breaks, sides, thirds
from styles.errors import NoNumbers

Numbers = NDArray[np.float64]
law = settings(deadline=None, max_examples=60)


@st.composite
def figures(draw: st.DrawFn) -> tuple[Numbers, int, float]:
    """Figures, their decimals and a middle: changes around 0, and an index around 100 with a long tail."""
    decimals = draw(st.integers(0, 2))
    whole, middle = draw(
        st.one_of(
            st.tuples(st.lists(st.integers(-9, 9), min_size=1, max_size=60), st.just(0)),
            st.tuples(st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=60), st.just(0)),
            st.tuples(st.lists(st.integers(3, 900), min_size=1, max_size=60), st.just(0)),
            st.tuples(
                st.lists(st.one_of(st.integers(0, 300), st.integers(0, 10**5)), min_size=1, max_size=60), st.just(100)
            ),
        )
    )
    scale = 10**decimals
    return np.array(whole, float) / scale, decimals, middle / scale


@law
@given(figures(), st.integers(1, 9), st.sampled_from(METHODS))
def test_there_are_as_many_classes_as_asked_and_edges_rise(
    given: tuple[Numbers, int, float], classes: int, method: str
) -> None:
    values, decimals, middle = given
    edges = diverging_breaks(values, classes, method, decimals, middle).edges
    assert len(edges) == classes - 1
    assert all(low < high for low, high in pairwise(edges))
    assert [round(edge, decimals) for edge in edges] == list(edges)


@law
@given(figures(), st.integers(2, 9), st.sampled_from(METHODS))
def test_the_middle_class_or_edge_sits_at_the_middle(
    given: tuple[Numbers, int, float], classes: int, method: str
) -> None:
    values, decimals, middle = given
    breaks = diverging_breaks(values, classes, method, decimals, middle)
    side, is_odd = divmod(classes, 2)
    assert sides(breaks, middle, decimals) == (side, side, bool(is_odd))
    assert classify(np.array([middle]), breaks)[0] == side
    assert (middle in breaks.edges) or is_odd


@law
@given(figures(), st.integers(2, 9), st.sampled_from(METHODS))
def test_both_sides_have_the_same_widths(given: tuple[Numbers, int, float], classes: int, method: str) -> None:
    values, decimals, middle = given
    edges = diverging_breaks(values, classes, method, decimals, middle).edges
    units = [round((edge - middle) * 10**decimals) for edge in edges]
    mirrored = [-unit for unit in reversed(units)]
    # Where the middle stands alone in its class those below hold their upper edge, not the one under it.
    alone = classes % 2 == 1 and units[len(units) // 2] == 1
    below = [unit + alone for unit in mirrored[: len(units) // 2]]
    assert units[: len(units) // 2] == below


@law
@given(st.lists(st.integers(-40, 40), min_size=1, max_size=60), st.sampled_from(METHODS))
def test_turned_round_figures_have_turned_round_classes_where_the_middle_stands_alone(
    whole: list[int], method: str
) -> None:
    values = np.array(whole, float)
    breaks = diverging_breaks(values, 5, method, 0, 0.0)
    turned = classify(values, breaks).tolist() == (4 - classify(-values, breaks)).tolist()
    assert turned or 0.0 not in breaks.edges


@law
@given(
    st.lists(st.one_of(st.integers(0, 300), st.integers(0, 10**5)), min_size=1, max_size=60),
    st.integers(2, 9),
    st.sampled_from(METHODS),
)
def test_no_edge_lies_below_zero_where_no_figure_can(whole: list[int], classes: int, method: str) -> None:
    assert diverging_breaks(np.array(whole, float), classes, method, 0, 100.0).edges[0] >= 0


def test_a_side_without_a_figure_leaves_the_neutral_class_where_it_is() -> None:
    only_more = diverging_breaks(np.arange(101.0, 201.0), 5, "quantiles", 0, 100.0)
    assert only_more.edges == (35.0, 65.0, 135.0, 165.0)
    assert set(classify(np.arange(101.0, 201.0), only_more).tolist()) == {2, 3, 4}


def test_a_third_of_all_is_near_the_middle_and_a_third_far_from_it() -> None:
    values = np.round(np.random.default_rng(7).normal(0.4, 2.0, 3000), 2)
    breaks = diverging_breaks(values, 5, "quantiles", 2, 0.0)
    counts = np.bincount(classify(values, breaks), minlength=5)
    assert counts[2] == pytest.approx(1000, abs=120)
    assert counts[0] + counts[4] == pytest.approx(1000, abs=120)


def test_nothing_but_the_middle_is_neutral() -> None:
    breaks = diverging_breaks(np.full(9, 100.0), 5, "quantiles", 0, 100.0)
    assert classify(np.array([100.0]), breaks)[0] == 2


def test_no_numbers_no_classes() -> None:
    with pytest.raises(NoNumbers):
        diverging_breaks(np.array([np.nan]), 5, "quantiles", 0, 0.0)


@pytest.mark.parametrize(
    ("edges", "expected"),
    [
        ((-10.0, -2.0, 2.0, 5.0, 20.0), (2, 3, True)),
        ((-1.0, 0.0, 4.0), (2, 2, False)),
        ((5.0, 10.0), (0, 2, True)),
        ((-9.0, -5.0, 0.0), (3, 1, False)),
        ((-1.0, 0.0, 1.0), (2, 1, True)),
    ],
)
def test_breaks_of_a_publisher_say_themselves_where_the_middle_is(
    edges: tuple[float, ...], expected: tuple[int, int, bool]
) -> None:
    assert sides(Breaks(edges=edges, low=-99, high=99), 0.0, 0) == expected


@law
@given(figures())
def test_thirds_are_quantiles_of_three(given: tuple[Numbers, int, float]) -> None:
    values, decimals, _ = given
    assert thirds(values, decimals) == class_breaks(values, 3, "quantiles", decimals).edges
    assert len(thirds(values, decimals)) <= 2
