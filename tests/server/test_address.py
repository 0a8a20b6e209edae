from __future__ import annotations

import pytest
from starlette.requests import Request

from server.address import base_url
from server.errors import BadRequest
from server.settings import Settings


def request(**headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    return Request(
        {
            "type": "http",
            "scheme": "http",
            "method": "GET",
            "path": "/",
            "query_string": b"",
            "headers": raw,
            "server": ("127.0.0.1", 8080),
        }
    )


@pytest.mark.parametrize(
    ("headers", "settings", "expected"),
    [
        ({"host": "localhost:8080"}, Settings(), "http://localhost:8080"),
        ({"host": "[::1]:8080"}, Settings(), "http://[::1]:8080"),
        ({}, Settings(), "http://127.0.0.1:8080"),
        ({"host": "a"}, Settings(root_path="/kaart"), "http://a/kaart"),
        ({"host": "a", "x_forwarded_proto": "https"}, Settings(), "https://a"),
        ({"host": "a", "x_forwarded_host": "www.b.nl:8443", "x_forwarded_proto": "https"}, Settings(), "https://www.b.nl:8443"),
        ({"host": "a", "x_forwarded_prefix": "/kaart/"}, Settings(root_path="/x"), "http://a/kaart"),
        ({"host": "a", "x_forwarded_host": "outer.nl, inner", "x_forwarded_proto": "https,http"}, Settings(), "https://outer.nl"),
        ({"host": "a", "x_forwarded_host": "evil.nl"}, Settings(public_url="https://b.nl/k"), "https://b.nl/k"),
    ],
)  # fmt: skip
def test_the_base_is_where_the_outside_world_reaches_us(
    headers: dict[str, str], settings: Settings, expected: str
) -> None:
    assert base_url(request(**headers), settings) == expected


@pytest.mark.parametrize(
    ("headers", "named"),
    [
        ({"host": 'a"><script>'}, "host"),
        ({"host": "a/b"}, "host"),
        ({"host": "a", "x_forwarded_proto": "javascript"}, "X-Forwarded-Proto"),
        ({"host": "a", "x_forwarded_prefix": "//evil.nl"}, "X-Forwarded-Prefix"),
        ({"host": "a", "x_forwarded_prefix": "/a b"}, "X-Forwarded-Prefix"),
    ],
)
def test_a_header_that_is_no_address_is_a_bad_request_that_names_it(headers: dict[str, str], named: str) -> None:
    with pytest.raises(BadRequest, match=named):
        base_url(request(**headers), Settings())


def test_all_bad_headers_are_told_at_once() -> None:
    with pytest.raises(BadRequest) as caught:
        base_url(request(host="a b", x_forwarded_proto="ftp", x_forwarded_prefix="x"), Settings())
    assert len(caught.value.problems) == 3
