from __future__ import annotations

import gzip

import pytest
from starlette.requests import Request

from server.negotiation import Encoding
from server.responses import CachePolicy, Content, respond, versioned_policy

BODY = b"coordinates " * 200


def request(method: str = "GET", query: str = "", **headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": "/", "query_string": query.encode(), "headers": raw}
    return Request(scope)


def test_a_document_is_packed_for_who_can_unpack_it() -> None:
    packed = respond(request(accept_encoding="gzip"), Content.of(BODY, "text/plain"), CachePolicy.ASK)
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == BODY
    assert int(packed.headers["content-length"]) == len(packed.body) < len(BODY)


def test_a_document_is_plain_for_who_did_not_ask() -> None:
    plain = respond(request(), Content.of(BODY, "text/plain"), CachePolicy.ASK)
    assert plain.body == BODY
    assert "content-encoding" not in plain.headers


def test_a_small_document_is_never_packed() -> None:
    assert set(Content.of(b"{}", "application/json").bodies) == {Encoding.IDENTITY}


def test_what_was_packed_when_made_is_unpacked_for_who_refuses() -> None:
    content = Content.packed(gzip.compress(BODY), "application/octet-stream")
    refused = respond(request(accept_encoding="gzip;q=0"), content, CachePolicy.ASK)
    assert refused.body == BODY


def test_each_encoding_has_its_own_strong_tag_that_follows_from_the_bytes() -> None:
    one, same, other = Content.of(BODY, "text/plain"), Content.of(BODY, "text/plain"), Content.of(BODY + b"!", "a/b")
    tags = {one.etag(encoding) for encoding in one.bodies}
    assert tags == {same.etag(encoding) for encoding in same.bodies}
    assert len(tags) == 2
    assert all(tag.startswith('"') and tag.endswith('"') for tag in tags)
    assert not tags & {other.etag(encoding) for encoding in other.bodies}


def test_a_tag_the_client_has_is_304_with_the_headers_a_200_would_have_and_no_body() -> None:
    content = Content.of(BODY, "text/plain")
    full = respond(request(accept_encoding="gzip"), content, CachePolicy.ASK)
    again = respond(request(accept_encoding="gzip", if_none_match=full.headers["etag"]), content, CachePolicy.ASK)
    assert (again.status_code, again.body) == (304, b"")
    for name in ("etag", "cache-control", "vary"):
        assert again.headers[name] == full.headers[name]


def test_the_tag_of_one_encoding_is_no_304_for_another() -> None:
    content = Content.of(BODY, "text/plain")
    plain = respond(request(), content, CachePolicy.ASK)
    packed = respond(request(accept_encoding="gzip", if_none_match=plain.headers["etag"]), content, CachePolicy.ASK)
    assert packed.status_code == 200


def test_head_has_the_headers_of_get_and_no_body() -> None:
    content = Content.of(BODY, "text/plain")
    got, head = (respond(request(method), content, CachePolicy.ASK) for method in ("GET", "HEAD"))
    assert head.body == b""
    assert dict(head.headers) == dict(got.headers)


def test_nothing_is_204_without_a_length_and_type() -> None:
    empty = respond(request(accept_encoding="gzip"), Content.packed(None, "a/b"), CachePolicy.SHORT)
    assert (empty.status_code, empty.body) == (204, b"")
    assert "content-length" not in empty.headers
    assert "content-type" not in empty.headers
    assert empty.headers["cache-control"] == CachePolicy.SHORT.value


@pytest.mark.parametrize(
    ("query", "policy"),
    [("", CachePolicy.SHORT), ("v=abc", CachePolicy.IMMUTABLE), ("v=old", CachePolicy.ASK), ("v=", CachePolicy.ASK)],
)
def test_only_the_version_served_may_be_kept_for_ever(query: str, policy: CachePolicy) -> None:
    assert versioned_policy(request(query=query), "abc") is policy
