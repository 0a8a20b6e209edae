"""Rows of an OData answer, whatever the pieces it arrives in."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.remote.errors import Passing
from layers.remote.rows import RowStream

CELLS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text())
ROWS = st.lists(st.dictionaries(st.text(max_size=8), CELLS, max_size=4), max_size=8)


def pieces(content: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({0, len(content), *(cut % (len(content) + 1) for cut in cuts)})
    return [content[start:end] for start, end in pairwise(places)]


@given(
    rows=ROWS,
    link=st.one_of(st.none(), st.text(min_size=1)),
    indent=st.sampled_from([None, 2]),
    cuts=st.lists(st.integers(0)),
)
def test_any_pieces_give_the_rows_that_json_gives(
    rows: list[dict[str, Any]], link: str | None, indent: int | None, cuts: list[int]
) -> None:
    answer: dict[str, Any] = {"odata.metadata": "a #value", "count": 12, "value": rows, "facts": {"value": [1]}}
    if link is not None:
        answer["odata.nextLink"] = link
    content = json.dumps(answer, ensure_ascii=False, indent=indent).encode("utf-8", "surrogatepass")
    stream = RowStream("http://here", pieces(content, cuts))
    assert list(stream) == rows
    assert stream.next_link == link
    assert stream.envelope["count"] == 12


@given(rows=ROWS, at=st.integers(0))
def test_a_part_of_an_answer_is_never_taken_for_the_whole(rows: list[dict[str, Any]], at: int) -> None:
    content = json.dumps({"odata.metadata": "m", "value": rows}).encode()
    with pytest.raises(Passing, match="ends halfway"):
        list(RowStream("http://here", [content[: at % len(content)]]))


def test_a_mark_of_utf8_before_an_answer_is_no_trouble() -> None:
    assert list(RowStream("http://here", [b'\xef\xbb\xbf{"value":[{"a":1}]}'])) == [{"a": 1}]


def test_an_object_without_rows_is_its_envelope() -> None:
    stream = RowStream("http://here", [b'{"@odata.context":"x","Modified":"2025-03-27"}'])
    assert list(stream) == []
    assert stream.envelope["Modified"] == "2025-03-27"
