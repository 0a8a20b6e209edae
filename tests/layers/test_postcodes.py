"""Postcodes of a catalog: which regions each lies in, what is left out, and what is said about it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.postcode_rows import PostcodeRows, stored_postcodes, write_postcodes
from layers.postcodes import Postcodes
from tests.layers.make import INDICATOR, REGIONS, TABLE, complaints, frame, prepared, write_regions, write_table

pytestmark = pytest.mark.usefixtures("folder")

ENTRY = '[[postcodes]]\nlevel = "gemeente"\nyear = 2022\nsource = "pc.csv"\npostcode = "PC6"\ncode = "{code}"\n'
CODES = ("GM9901", "GM9902", "GM9903")


def sources(rows: str, header: str = "PC6,huisnummer,gm") -> None:
    write_regions(frame(CODES))
    write_table()
    write_table(f"{header}\n{rows}", "pc.csv")


def read(rows: str, code: str = "gm", header: str = "PC6,huisnummer,gm") -> Postcodes:
    sources(rows, header)
    [found] = prepared(REGIONS, TABLE, INDICATOR, ENTRY.replace("{code}", code)).postcodes
    return found


def pairs(found: Postcodes) -> list[tuple[str, str]]:
    return list(zip(found.rows.postcode, found.rows.code, strict=True))


def test_a_postcode_of_several_regions_names_the_one_with_most_addresses_first() -> None:
    found = read("1234 AB,1,GM9901\n1234AB,3,GM9902\n1234ab,5,GM9902\n1011,1,GM9903\n")
    assert pairs(found) == [("1011", "GM9903"), ("1234AB", "GM9902"), ("1234AB", "GM9901")]
    assert found.sentence() == "postcodes, gemeente 2022: 2 postcodes in 3 regions"
    assert found.concerns() == []


def test_codes_may_be_put_together() -> None:
    found = read("1234AB,1,9903\n", code="GM{gm:04}")
    assert pairs(found) == [("1234AB", "GM9903")]


def test_rows_without_a_postcode_or_a_region_are_left_out_and_told() -> None:
    found = read("1234AB,1,GM9901\n12345,1,GM9901\n1234AC,1,GM0001\n1234AC,2,GM0001\n")
    assert pairs(found) == [("1234AB", "GM9901")]
    assert found.concerns() == [
        'postcodes 2022: 1 row left out, "12345": no postcode such as 1234 AB or 1234',
        'postcodes 2022: 2 rows left out, "GM0001": no gemeente of 2022',
    ]


def test_a_table_of_other_regions_is_a_problem_that_shows_both() -> None:
    sources("1234AB,1,BU00010000\n")
    [told] = complaints(REGIONS, TABLE, INDICATOR, ENTRY.replace("{code}", "gm"))
    assert told.startswith('pc.csv: no row has a postcode and a gemeente of 2022: column "gm" has "BU00010000"')


def test_borders_that_are_not_there_are_told_at_the_line_of_the_entry() -> None:
    sources("1234AB,1,GM9901\n")
    [told] = complaints(REGIONS, TABLE, INDICATOR, ENTRY.replace("{code}", "gm").replace("2022", "2020"))
    assert "there are no regions of gemeente 2020" in told


def test_a_column_that_is_not_there_is_told() -> None:
    sources("1234AB,1,GM9901\n", header="postcode,nr,gm")
    [told] = complaints(REGIONS, TABLE, INDICATOR, ENTRY.replace("{code}", "gm"))
    assert '"PC6"' in told


texts = st.from_regex(r"[0-9]{4}([A-Z]{2})?", fullmatch=True)


@given(st.lists(texts, max_size=60), st.from_regex(r"[0-9]{4}", fullmatch=True))
def test_those_that_begin_with_four_digits_are_found_and_no_others(written: list[str], digits: str) -> None:
    rows = PostcodeRows(tuple(sorted(written)), tuple("GM9901" for _ in written))
    assert rows.beginning(digits).postcode == tuple(sorted(one for one in written if one.startswith(digits)))


def test_a_file_gives_the_rows_back_and_the_same_rows_the_same_bytes(folder: Path) -> None:
    rows = PostcodeRows(("1234AB", "1234AB"), ("GM9901", "GM9902"))
    for name in ("a", "b"):
        write_postcodes(folder / name, rows)
    assert stored_postcodes(folder / "a") == rows
    assert (folder / "a").read_bytes() == (folder / "b").read_bytes()
