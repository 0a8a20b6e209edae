from __future__ import annotations

import pytest

from server.errors import BadRequest
from server.parameters import Parameters


def test_what_is_not_given_is_the_default() -> None:
    parameters = Parameters({})
    assert parameters.choice("lang", ["nl", "en"], "nl") == "nl"
    assert parameters.number("year", [2021, 2022]) is None
    parameters.check()


def test_what_is_given_is_taken() -> None:
    parameters = Parameters({"lang": "en", "year": "2021"})
    assert parameters.choice("lang", ["nl", "en"], "nl") == "en"
    assert parameters.number("year", [2021, 2022]) == 2021


def test_all_problems_are_told_at_once_with_what_is_allowed() -> None:
    parameters = Parameters({"lang": "fr", "year": "1900"})
    parameters.choice("lang", ["nl", "en"], "nl")
    parameters.number("year", [2021, 2022])
    with pytest.raises(BadRequest) as caught:
        parameters.check()
    assert str(caught.value) == 'lang is "fr", but there are nl and en; year is "1900", but there are 2021 and 2022'


def test_a_number_has_one_spelling() -> None:
    parameters = Parameters({"year": "02022"})
    assert parameters.number("year", [2022]) is None
    with pytest.raises(BadRequest):
        parameters.check()


def test_an_unprintable_or_endless_value_is_shown_in_short() -> None:
    parameters = Parameters({"lang": "x\x00" * 500})
    parameters.optional("lang", ["nl"])
    with pytest.raises(BadRequest) as caught:
        parameters.check()
    assert "\x00" not in str(caught.value)
    assert len(str(caught.value)) < 200
