"""CQL2 against SQLite: the same condition, asked of the same rows in SQL, finds the same."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.store import Atlas
from server.errors import BadRequest
from server.ogc.collections import collection_of
from server.ogc.crs import CRS84
from server.ogc.filters import DEEPEST, LONGEST, read_filter
from server.ogc.table import FeatureTable
from tests.server.client import Client

ITEMS = "/ogc/v1/collections/vastgoed-2022-wijk/items"
NUMBERS = ("koopwoningen", "year")
TEXTS = ("code", "name", "gemeente", "koopwoningen_status")


@pytest.fixture(scope="module")
def table(atlas_folder: Path) -> FeatureTable:
    atlas = Atlas.open(atlas_folder)
    return FeatureTable(atlas, collection_of(atlas.facts, "vastgoed-2022-wijk"))


@pytest.fixture(scope="module")
def database(table: FeatureTable) -> Iterator[sqlite3.Connection]:
    """The same rows in SQLite."""
    names = [*NUMBERS, *TEXTS]
    with sqlite3.connect(":memory:") as connection:
        connection.execute("pragma case_sensitive_like = on")
        connection.execute(f"create table wijk ({', '.join(names)})")
        columns = [[None if cell != cell else cell for cell in table.column(name).tolist()] for name in names]
        marks = ", ".join("?" * len(names))
        connection.executemany(f"insert into wijk values ({marks})", list(zip(*columns, strict=True)))
        yield connection


def found(table: FeatureTable, text: str, language: str = "cql2-text") -> list[str]:
    mask = read_filter(text, language, CRS84).matches(table)
    return [code for code, yes in zip(table.codes, mask.tolist(), strict=True) if yes]


def comparisons() -> st.SearchStrategy[str]:
    operators = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
    number = st.sampled_from(["0", "40", "39.5", "2022", "-1"])
    text = st.sampled_from(["'WK990101'", "'GM9902'", "'Wijk 01'", "'withheld'", "''"])
    return st.one_of(
        st.builds("{} {} {}".format, st.sampled_from(NUMBERS), operators, number),
        st.builds("{} {} {}".format, st.sampled_from(TEXTS), operators, text),
        st.builds("{} LIKE {}".format, st.sampled_from(TEXTS), st.sampled_from(["'WK%'", "'%1'", "'Wijk _1'", "'%'"])),
        st.builds("{} IN ({}, {})".format, st.sampled_from(NUMBERS), number, number),
        st.builds("{} IN ({}, {})".format, st.sampled_from(TEXTS), text, text),
        st.builds("{} BETWEEN {} AND {}".format, st.sampled_from(NUMBERS), number, number),
        st.builds("{} IS NULL".format, st.sampled_from([*NUMBERS, *TEXTS])),
        st.builds("{} IS NOT NULL".format, st.sampled_from([*NUMBERS, *TEXTS])),
        st.builds("{} + {} > {} * 2".format, st.sampled_from(NUMBERS), number, st.sampled_from(NUMBERS)),
    )


def conditions() -> st.SearchStrategy[str]:
    return st.recursive(
        comparisons(),
        lambda inner: st.one_of(
            st.builds("({}) AND ({})".format, inner, inner),
            st.builds("({}) OR ({})".format, inner, inner),
            st.builds("NOT ({})".format, inner),
        ),
        max_leaves=6,
    )


@given(condition=conditions())
@settings(max_examples=150, deadline=None)
def test_a_condition_finds_what_sql_finds(table: FeatureTable, database: sqlite3.Connection, condition: str) -> None:
    rows = database.execute(f"select code from wijk where {condition} order by code").fetchall()
    assert found(table, condition) == [code for (code,) in rows]


@given(condition=comparisons())
@settings(max_examples=40, deadline=None)
def test_json_says_the_same_as_text(table: FeatureTable, condition: str) -> None:
    as_json = json.dumps(read_filter(condition, "cql2-text", CRS84).expression)
    assert found(table, as_json, "cql2-json") == found(table, condition)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("CASEI(name) = CASEI('wIJK 01')", ["WK990101", "WK990201"]),
        ("S_INTERSECTS(geometry, POINT(5.2 52.06))", ["WK990101"]),
        ("S_INTERSECTS(geometry, BBOX(5.17, 52.05, 5.20, 52.08))", ["WK990101"]),
        ("S_DISJOINT(geometry, BBOX(5, 51, 6, 53))", []),
        ("S_WITHIN(geometry, BBOX(5, 51, 6, 53)) AND koopwoningen >= 0", ["WK990101", "WK990102"]),
        ("T_INTERSECTS(year, DATE('2022-05-05'))", ["WK990101", "WK990102", "WK990201", "WK990202"]),
        ("T_AFTER(year, INTERVAL('2020-01-01', '2022-01-01'))", []),
        ("T_BEFORE(year, DATE('2023-01-01')) AND code = 'WK990202'", ["WK990202"]),
    ],
)
def test_space_time_and_letters(table: FeatureTable, text: str, codes: list[str]) -> None:
    assert found(table, text) == codes


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("zomaar = 1", 'filter names the property "zomaar"'),
        ("koopwoningen = 'veel'", "compares a text with a number"),
        ("name LIKE 3", "LIKE is asked of a text"),
        ("iets(name) = 1", 'the function "iets" is not spoken here'),
        ("koopwoningen", "where a condition should stand"),
        ("S_INTERSECTS(naam, POINT(1 2))", "the shape of a region is called geometry"),
        ("S_INTERSECTS(geometry, POLYGON((0 0, 1 1, 0 1, 1 0, 0 0)))", "no valid geometry"),
        ("S_NEAR(geometry, POINT(1 2))", "is not spoken here"),
        ("A_CONTAINS(name, ('a'))", "is not spoken here"),
        ("year = DATE('2022-13-41')", "compares a text with a number"),
        ("T_AFTER(name, DATE('2022-01-01'))", "where a time should stand"),
        ("koopwoningen = ", "is no cql2-text"),
        ("'" * 3, "is no cql2-text"),
        ("x" * (LONGEST + 1), "at most"),
        ("(" * (DEEPEST + 1) + "year = 1" + ")" * (DEEPEST + 1), "brackets"),
        ("NOT " * (DEEPEST + 1) + "year = 1", "brackets"),
    ],
)
def test_what_is_not_understood_is_said(table: FeatureTable, text: str, sentence: str) -> None:
    with pytest.raises(BadRequest, match=sentence.replace("(", r"\(")):
        found(table, text)


@pytest.mark.parametrize(
    "node",
    [
        {"op": "="},
        {"op": "=", "args": [1]},
        {"op": "and", "args": []},
        {"op": "in", "args": [{"property": "code"}, "x"]},
        {"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Polygon", "coordinates": []}]},
        {"op": "s_intersects", "args": [{"property": "geometry"}, {"type": "Zomaar"}]},
        {"op": "isNull", "args": [1]},
        {"property": "koopwoningen"},
        [],
        1,
    ],
)
def test_odd_json_is_a_bad_request_and_nothing_else(client: Client, node: Any) -> None:
    answer = client.get(f"{ITEMS}?filter-lang=cql2-json&filter={quote(json.dumps(node))}")
    assert answer.status == 400
    assert answer.headers["content-type"] == "application/problem+json"


@given(text=st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_text_is_answered_or_refused(table: FeatureTable, text: str) -> None:
    with suppress(BadRequest):
        assert set(found(table, text)) <= set(table.codes)


def test_a_filter_on_a_withheld_figure_finds_it_only_by_its_reason(table: FeatureTable) -> None:
    """No bound on a figure that is secret can be learned from what is found."""
    everywhere = "koopwoningen > -1e9 OR koopwoningen <= -1e9 OR NOT (koopwoningen > 5)"
    assert "WK990201" not in found(table, everywhere)
    assert found(table, "koopwoningen_status = 'withheld'") == ["WK990201"]


@pytest.mark.parametrize("text", ["koopwoningen ^ 0 = 1", "1 ^ koopwoningen = 1", "koopwoningen * 0 = 0"])
def test_a_sum_with_what_has_no_figure_has_none(table: FeatureTable, text: str) -> None:
    assert found(table, text) == found(table, "koopwoningen IS NOT NULL")


def test_a_pattern_of_many_blanks_takes_no_longer_than_its_length(table: FeatureTable) -> None:
    assert found(table, f"name LIKE '{'%_' * 400}~'") == []
