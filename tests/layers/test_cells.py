from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.cells import Marks, NotANumber, TooLarge, decimal_sign, read_category, read_number
from layers.codes import cbs_level, parent_code, tidy
from layers.publish import rounded_half_up
from layers.values import Reason


@pytest.mark.parametrize(
    ("cell", "meaning"),
    [
        (-99997, Reason.WITHHELD),
        ("-99997", Reason.WITHHELD),
        (-99997.0, Reason.WITHHELD),
        (".", Reason.WITHHELD),
        ("       .", Reason.WITHHELD),
        ("x", Reason.WITHHELD),
        ("Geheim", Reason.WITHHELD),
        (-99995, Reason.NOT_YET_PUBLISHED),
        ("nog niet gepubliceerd", Reason.NOT_YET_PUBLISHED),
        (-99991, Reason.NOT_APPLICABLE),
        ("nvt", Reason.NOT_APPLICABLE),
        (-99999999, Reason.MISSING),
        (-99990, Reason.MISSING),
        ("", Reason.MISSING),
        (None, Reason.MISSING),
        (math.nan, Reason.MISSING),
        ("ontbreekt", Reason.MISSING),
        ("niet vergelijkbaar", Reason.NOT_COMPARABLE),
        ("-", 0.0),
        (0, 0.0),
        ("0", 0.0),
        (-0.0, 0.0),
        (-99989, -99989.0),
        ("1 234", 1234.0),
        ("1\u00a0234\u00a0567", 1234567.0),
        ("\u22123", -3.0),
        ("1,234.5", 1234.5),
        ("1e3", 1000.0),
    ],
)
def test_a_cell_means_a_number_or_a_reason(cell: object, meaning: object) -> None:
    assert read_number(cell) == meaning


@pytest.mark.parametrize("text", ["n.b.", "12%", "1.2.3", "twaalf", "1,2,3", "--", "+", "inf", "1 2", "<5"])
def test_any_other_text_is_no_number(text: str) -> None:
    with pytest.raises(NotANumber):
        read_number(text)


def test_a_decimal_comma_goes_with_points_for_thousands() -> None:
    assert read_number("1.234.567,8", ",") == 1234567.8
    with pytest.raises(NotANumber):
        read_number("1.23,4", ",")


def test_marks_of_the_catalog_mean_missing() -> None:
    missing = Marks.of(["onbekend", "0", 9])
    assert [read_number(cell, ".", missing) for cell in ("Onbekend", "0", 0.0, "9", 9, 8)] == [Reason.MISSING] * 5 + [
        8.0
    ]
    assert read_category("9", missing) is Reason.MISSING


def test_a_category_is_a_text_and_reasons_hold_for_it_too() -> None:
    assert [read_category(cell) for cell in (" laag ", 3.0, ".", "-", "-99997", -99991)] == [
        "laag",
        "3",
        Reason.WITHHELD,
        Reason.MISSING,
        Reason.WITHHELD,
        Reason.NOT_APPLICABLE,
    ]


def test_the_decimal_sign_is_told_by_numbers_that_can_be_read_in_one_way() -> None:
    assert decimal_sign(["1,5", "1.234"]) == ","
    assert decimal_sign(["1.234.567"]) == ","
    assert decimal_sign(["3.1.1", "1.1.1"]) is None
    assert decimal_sign(["1,5", "1.5"]) is None
    assert decimal_sign([".", "-", "12"]) is None


numbers = st.floats(-99_989, 1e9, allow_nan=False).map(lambda x: x + 0.0)


@given(numbers, st.sampled_from([".", ","]))
def test_a_printed_number_is_read_back(number: float, sign: str) -> None:
    assert read_number(repr(number).replace(".", sign), "." if sign == "." else ",") == number


@given(st.integers(-99_989, 10**12), st.sampled_from([".", ","]), st.integers(0, 99))
def test_a_number_printed_with_thousands_is_read_back(whole: int, sign: str, part: int) -> None:
    thousands = "," if sign == "." else "."
    text = f"{whole:,}".replace(",", thousands) + f"{sign}{part:02}"
    assert read_number(text, "." if sign == "." else ",") == float(f"{whole}.{part:02}")


@given(st.one_of(st.none(), st.text(max_size=8), st.integers(), st.floats()))
def test_any_cell_is_a_finite_number_a_reason_or_refused(cell: object) -> None:
    try:
        value = read_number(cell)
    except (NotANumber, OverflowError):
        return
    assert isinstance(value, Reason) or (math.isfinite(value) and value > -99_990)


@given(st.floats(-1e12, 1e12), st.integers(0, 6))
def test_rounding_moves_a_number_by_half_a_step_at_most(number: float, decimals: int) -> None:
    rounded = rounded_half_up(number, decimals)
    assert abs(rounded - number) <= 0.5 * 10.0**-decimals * (1 + 1e-6) + abs(number) * 1e-15
    assert rounded_half_up(rounded, decimals) == rounded
    assert math.copysign(1, rounded) == 1 or rounded < 0


@pytest.mark.parametrize(
    ("cell", "level", "code"),
    [
        ("GM0363", "gemeente", "GM0363"),
        ("GM0363    ", "gemeente", "GM0363"),
        ("gm363", "gemeente", "GM0363"),
        (363, "gemeente", "GM0363"),
        ("3", "gemeente", "GM0003"),
        ("36300", "wijk", "WK036300"),
        ("bu0363ad07", "buurt", "BU0363AD07"),
        ("BU 0363 00 01", "buurt", "BU03630001"),
        ("0363\u00a000", "wijk", "WK036300"),
        (3630001, "buurt", "BU03630001"),
        ("WK036300", "gemeente", "WK036300"),
        (1011.0, "pc4", "1011"),
        (" a1 ", "sa3", "a1"),
        ("12345", "gemeente", "12345"),
        (None, "gemeente", ""),
    ],
)
def test_codes_are_tidied_on_cbs_levels_and_left_alone_elsewhere(cell: object, level: str, code: str) -> None:
    assert tidy(cell, level) == code


def test_cbs_codes_know_their_level_and_parents_with_letters_too() -> None:
    assert [cbs_level(code) for code in ("GM0363", "WK0363AD", "BU0363AD07", "PV20", "NL01", "RE12", "1011")] == [
        "gemeente",
        "wijk",
        "buurt",
        "provincie",
        "NL",
        "NL",
        None,
    ]
    assert parent_code("BU0363AD07", "wijk") == "WK0363AD"
    assert parent_code("WK0363AD", "wijk") is None
    assert parent_code("SA31", "wijk") is None


@pytest.mark.parametrize("cell", ["1e20", "inf", "-inf", "9" * 400, math.inf, -math.inf, 10**400, 2**53 + 2, "1e999"])
def test_a_number_beyond_what_is_exact_is_too_large(cell: object) -> None:
    with pytest.raises(TooLarge):
        read_number(cell)


def test_a_mark_for_withheld_goes_before_one_for_missing() -> None:
    marks = Marks.of(missing=["<5", 7], withheld=["<5", "*", 9])
    assert [read_number(cell, ".", marks) for cell in ("<5", "*", 9.0, "9", 7)] == [Reason.WITHHELD] * 4 + [
        Reason.MISSING
    ]
    assert [read_category(cell, marks) for cell in ("*", 9)] == [Reason.WITHHELD] * 2
    assert read_number(2**53) == 2.0**53
