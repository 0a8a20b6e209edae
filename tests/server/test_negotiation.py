from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.negotiation import Encoding, best_encoding, best_media_type, matches, weights

BOTH = (Encoding.IDENTITY, Encoding.GZIP)
ALL = (Encoding.IDENTITY, Encoding.GZIP, Encoding.BROTLI)


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        (None, Encoding.IDENTITY),
        ("", Encoding.IDENTITY),
        ("gzip", Encoding.GZIP),
        ("GZip", Encoding.GZIP),
        ("x-gzip", Encoding.GZIP),
        ("gzip, deflate, br, zstd", Encoding.BROTLI),
        ("br;q=0.5, gzip;q=0.9", Encoding.GZIP),
        ("gzip;q=0", Encoding.IDENTITY),
        ("gzip; q=0.000, br;q=0", Encoding.IDENTITY),
        ("*", Encoding.BROTLI),
        ("*;q=0", Encoding.IDENTITY),
        ("br;q=0, *", Encoding.GZIP),
        ("identity", Encoding.IDENTITY),
        ("identity;q=1, gzip;q=0.5", Encoding.IDENTITY),
        ("identity;q=0.5, gzip;q=0.5", Encoding.GZIP),
        ("deflate", Encoding.IDENTITY),
        ("gzip;q=banana", Encoding.GZIP),
        (",,gzip", Encoding.GZIP),
        ("gzipped", Encoding.IDENTITY),
    ],
)
def test_the_encoding_is_the_one_the_client_likes_best(header: str | None, encoding: Encoding) -> None:
    assert best_encoding(header, ALL) is encoding


@given(st.text(max_size=200))
def test_any_header_gives_an_encoding_that_is_there(header: str) -> None:
    assert best_encoding(header, BOTH) in BOTH


@given(st.text(max_size=200))
def test_any_header_gives_weights_from_0_to_1(header: str) -> None:
    assert all(0 <= quality <= 1 for quality in weights(header).values())


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("text/csv", "text/csv"),
        ("text/*", "text/csv"),
        ("text/csv;q=0.2, application/json;q=0.1", "text/csv"),
        ("application/*;q=0.9, text/csv;q=0.2", "application/json"),
        ("image/png", "application/json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/json"),
    ],
)
def test_the_media_type_is_the_one_the_client_likes_best(accept: str | None, chosen: str) -> None:
    assert best_media_type(accept, ["application/json", "text/csv"]) == chosen


@pytest.mark.parametrize(
    ("header", "known"),
    [
        (None, False),
        ('"a"', True),
        ('W/"a"', True),
        ('"b", "a"', True),
        ('"b",W/"a"', True),
        ("*", True),
        (" * ", True),
        ('"b"', False),
        ("a", False),
        ('"a', False),
        ('"x, "a"', False),
        ("", False),
    ],
)
def test_if_none_match_is_a_list_compared_weakly(header: str | None, known: bool) -> None:
    assert matches(header, '"a"') is known
