"""Ids from codes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiles.featureid import SameFeatureId, feature_ids

digits = st.text("0123456789", min_size=4, max_size=4)
characters = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=4, max_size=4)
codes = st.one_of(
    digits.map("GM{}".format),
    st.tuples(digits, characters).map(lambda c: f"WK{c[0]}{c[1][:2]}"),
    st.tuples(digits, characters).map(lambda c: f"BU{c[0]}{c[1]}"),
    st.text(min_size=1, max_size=15),
)


@given(st.lists(codes, unique=True))
def test_different_codes_get_different_ids_that_javascript_can_count(many: list[str]) -> None:
    ids = feature_ids(many).tolist()
    assert len(set(ids)) == len(many)
    assert all(0 <= number < 2**53 for number in ids)


@given(codes)
def test_an_id_depends_on_its_code_alone(code: str) -> None:
    assert feature_ids([code])[0] == feature_ids(["GM9999", code] if code != "GM9999" else [code])[-1]


def test_leading_zeros_count() -> None:
    assert len(set(feature_ids(["1", "01", "001"]).tolist())) == 3


def test_two_equal_codes_are_refused_by_name() -> None:
    with pytest.raises(SameFeatureId, match="'WK036301' and 'WK036301'"):
        feature_ids(["WK036301", "GM0363", "WK036301"])
