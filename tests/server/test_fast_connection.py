"""The same bytes sent with and without the fast path get the same bytes back, apart from the date."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.heads import plain_head
from tests.server.process import PATIENCE_S, Serving, serving

TARGET = "/tiles/vastgoed-2022/8/131/84"
HOST = "Host: kaart.test\r\n"
GZIP = "Accept-Encoding: gzip\r\n"
TILE = f"GET {TARGET} HTTP/1.1\r\n{HOST}{GZIP}\r\n"
EMPTY = TILE.replace("/131/84", "/0/0")
LAST = f"GET /health/live?last HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n"
"""Answered last, with which the connection ends: so nobody has to wait for silence."""

SILENCE_S = 2.0
"""After which a server that does not hang up is told that no more comes."""


@dataclass(frozen=True)
class Pair:
    fast: Serving
    plain: Serving

    def answers(self, parts: list[str | bytes], last: str = LAST) -> tuple[bytes, bytes]:
        """What comes back for the same bytes, in parts, from either server; twice, so that the second is known."""
        found = []
        for server in (self.fast, self.plain):
            talk(server, [TILE], LAST)
            found.append(talk(server, parts, last))
        return found[0], found[1]


def talk(server: Serving, parts: list[str | bytes], last: str) -> bytes:
    """Everything the server says until it hangs up."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE_S) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        answer = b""
        try:
            for part in [*parts, last]:
                connection.sendall(part.encode("latin-1") if isinstance(part, str) else part)
                time.sleep(0.002 if len(parts) > 20 else 0.01)
        except OSError:
            pass  # it hung up already; what it said before is still there
        connection.settimeout(SILENCE_S)
        try:
            while received := connection.recv(1 << 16):
                answer += received
        except TimeoutError:
            answer += _rest(connection)
        except ConnectionResetError:
            pass
    return re.sub(rb"date: [^\r]*\r\n", b"", answer)


def _rest(connection: socket.socket) -> bytes:
    """What a server says once it knows that no more comes: it took the last request for part of another."""
    answer = b""
    connection.settimeout(PATIENCE_S)
    try:
        connection.shutdown(socket.SHUT_WR)
        while received := connection.recv(1 << 16):
            answer += received
    except ConnectionError:
        pass
    return answer


@pytest.fixture(scope="module")
def pair(atlas_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    def scratch() -> Path:
        return tmp_path_factory.mktemp("log")

    with (
        serving(atlas_folder, scratch(), ZICHTKAART_ACCESS_LOG="json", ZICHTKAART_MAX_HEAD_BYTES="4096") as fast,
        serving(atlas_folder, scratch(), ZICHTKAART_FAST_PATH="no", ZICHTKAART_MAX_HEAD_BYTES="4096") as plain,
    ):
        yield Pair(fast, plain)
        assert fast.stop() == plain.stop() == 0
        assert "ERROR" not in fast.log.read_text()
        assert plain.log.read_text() == ""


def with_header(*lines: str) -> str:
    return TILE[:-2] + "".join(f"{line}\r\n" for line in lines) + "\r\n"


def etag(pair: Pair) -> str:
    found = re.search(rb"etag: ([^\r]*)", talk(pair.plain, [TILE], LAST))
    assert found
    return found[1].decode()


CASES: dict[str, list[str | bytes]] = {
    "a tile": [TILE],
    "twice": [TILE, TILE],
    "three in one go": [TILE * 3],
    "a head in two parts": [TILE[:20], TILE[20:]],
    "the last byte late": [TILE[:-1], TILE[-1:]],
    "byte by byte": list(TILE),
    "one and a half": [TILE + TILE[:30], TILE[30:]],
    "a line before it": ["\r\n", TILE],
    "a line before it at once": ["\r\n" + TILE],
    "an empty tile": [EMPTY, EMPTY],
    "an empty tile whose tag is asked": [EMPTY[:-2] + 'If-None-Match: "x"\r\n\r\n'] * 2,
    "no gzip": [f"GET {TARGET} HTTP/1.1\r\n{HOST}\r\n"],
    "gzip refused": [TILE.replace("gzip", "gzip;q=0")],
    "gzip among others": [TILE.replace("gzip", "br;q=1.0, gzip;q=0.8, *;q=0.1")],
    "gzip by another name": [TILE.replace("gzip", "x-gzip")],
    "gzip in a word": [TILE.replace("gzip", "notgzip")],
    "anything packed": [TILE.replace("gzip", "*")],
    "two lines of encodings": [with_header("Accept-Encoding: identity")],
    "another tag": [with_header('If-None-Match: "x"')],
    "every tag": [with_header("If-None-Match: *")],
    "a tag without quotes": [with_header("If-None-Match: x")],
    "head": [TILE.replace("GET", "HEAD")],
    "options": [TILE.replace("GET", "OPTIONS")],
    "post": [TILE.replace("GET", "POST")],
    "a method in small letters": [TILE.replace("GET", "get")],
    "HTTP/1.0": [TILE.replace("1.1\r\n", "1.0\r\n", 1)],
    "HTTP/1.0 kept alive": [with_header("Connection: keep-alive").replace("1.1\r\n", "1.0\r\n", 1)],
    "HTTP/9.9": [TILE.replace("1.1\r\n", "9.9\r\n", 1)],
    "HTTP/2 as it begins": ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    "no HTTP": ["NOT HTTP\r\n\r\n"],
    "close": [with_header("Connection: close")],
    "close and then more": [with_header("Connection: close") + TILE],
    "keep alive": [with_header("Connection: keep-alive"), TILE],
    "keep alive and close": [with_header("Connection: keep-alive, close")],
    "close to a proxy": [with_header("Proxy-Connection: close")],
    "an upgrade": [with_header("Connection: Upgrade", "Upgrade: websocket")],
    "an upgrade to HTTP/2": [
        with_header("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQ")
    ],
    "an upgrade nobody connects": [with_header("Upgrade: websocket"), TILE],
    "expect": [with_header("Expect: 100-continue"), TILE],
    "expect with a body": [with_header("Expect: 100-continue", "Content-Length: 5"), "hello", TILE],
    "a query": [TILE.replace(TARGET, f"{TARGET}?v=1")] * 2,
    "an empty query": [TILE.replace(TARGET, f"{TARGET}?")] * 2,
    "another encoding": [TILE.replace(TARGET, f"{TARGET}?f=mlt")] * 2,
    "by Accept": [with_header("Accept: application/vnd.maplibre-tile"), TILE, with_header("Accept: */*")],
    "two lines of Accept": [with_header("Accept: application/vnd.maplibre-tile", "Accept: */*")] * 2,
    "a fragment": [TILE.replace(TARGET, f"{TARGET}#f")] * 2,
    "a tile that is not there": [TILE.replace("131", "999")] * 2,
    "a zoom that is not there": [TILE.replace("/8/131/84", "/22/1/1")] * 2,
    "a tile by its whole address": [TILE.replace(TARGET, f"http://kaart.test{TARGET}")] * 2,
    "dots in the path": [TILE.replace("/8/131", "/8/../8/131")] * 2,
    "two slashes": [TILE.replace("/tiles", "//tiles")] * 2,
    "a space written as a byte": [TILE.replace("/84", "/84%20")] * 2,
    "digits written as bytes": [TILE.replace("131", "%31%33%31")] * 2,
    "a nul": [TILE.replace("/84", "/84%00")] * 2,
    "letters beyond ASCII": [TILE.replace("/84", "/84\xe9")],
    "a space in the address": [TILE.replace("/84", "/8 4")],
    "two spaces": [TILE.replace(" HTTP", "  HTTP")],
    "a tab": [TILE.replace(" HTTP", "\tHTTP")],
    "no version": [TILE.replace(" HTTP/1.1", "")],
    "a line that goes on": [with_header("X: a", " b")],
    "a space before the colon": [with_header("Accept-Encoding : gzip")],
    "no colon": [with_header("Accept-Encoding")],
    "an empty value": [TILE.replace("gzip", "")] * 2,
    "no host": [TILE.replace(HOST, "")] * 2,
    "lines that end in LF": [TILE.replace("\r\n", "\n")],
    "one line that ends in LF": [TILE.replace(GZIP, "Accept-Encoding: gzip\n")],
    "a carriage return inside": [with_header("X: a\rb")],
    "a nul inside": [with_header("X: a\0b")],
    "letters in a header": [with_header("X-Name: caf\xe9")] * 2,
    "a body": [with_header("Content-Length: 5"), "hello", TILE],
    "a body at once": [with_header("Content-Length: 5") + "hello" + TILE],
    "no bytes of body": [with_header("Content-Length: 0"), TILE],
    "a length that is none": [with_header("Content-Length: x")],
    "two lengths": [with_header("Content-Length: 5", "Content-Length: 6"), "hello"],
    "a body that looks like a request": [with_header(f"Content-Length: {len(TILE)}"), TILE, TILE],
    "a body of a post that looks like a request": [
        f"POST /nothing HTTP/1.1\r\n{HOST}Content-Length: {len(TILE)}\r\n\r\n",
        TILE,
        TILE,
    ],
    "a chunk that looks like a request": [
        f"POST /nothing HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked\r\n\r\n",
        f"{len(TILE):x}\r\n",
        TILE,
        "\r\n0\r\n\r\n",
        TILE,
    ],
    "chunks of a get": [with_header("Transfer-Encoding: chunked"), "0\r\n\r\n", TILE],
    "chunks and a length": [with_header("Transfer-Encoding: chunked", "Content-Length: 3"), "0\r\n\r\n", TILE],
    "a trailer": [with_header("Transfer-Encoding: chunked", "Trailer: X"), "0\r\nX: 1\r\n\r\n", TILE],
    "an unknown coding": [with_header("Transfer-Encoding: x"), TILE],
    "a body that is too large": [with_header("Content-Length: 200000"), "x" * 100_000],
    "another address and then a tile": [f"GET /health/live HTTP/1.1\r\n{HOST}\r\n", TILE, TILE],
    "from another site": [with_header("Origin: https://www.gemeente.nl", "Cookie: a=b", "Range: bytes=0-9")],
    "a date to compare": [with_header("If-Modified-Since: Sat, 29 Oct 2094 19:43:31 GMT")],
    "a large head": [with_header("X: " + "x" * 3000)] * 2,
    "a head that is too large": [with_header("X: " + "x" * 5000)],
    "a head that is too large and does not end": [with_header("X: " + "x" * 5000)[:-4]],
    "an address that is too large": [TILE.replace(TARGET, TARGET + "?" + "x" * 5000)],
    "many small headers": [with_header(*(f"X-{n}: {n}" for n in range(800)))],
    "TileJSON by host": [
        f"GET /tiles/vastgoed-2022 HTTP/1.1\r\nHost: {host}\r\n\r\n" for host in ("a.nl", "b.nl", "a.nl", "a b")
    ],
    "TileJSON behind a proxy": [
        f"GET /tiles/vastgoed-2022 HTTP/1.1\r\n{HOST}X-Forwarded-Host: {host}\r\n\r\n"
        for host in ("a.nl", "b.nl", "a.nl")
    ],
    "a file of the front end": [f"GET /favicon.svg HTTP/1.1\r\n{HOST}{GZIP}\r\n"] * 2,
    "the manifest": [f"GET /atlas.json HTTP/1.1\r\n{HOST}{GZIP}\r\n"] * 2,
    "figures": [
        f"GET /values/koopwoningen HTTP/1.1\r\n{HOST}Accept: {accept}\r\n\r\n" for accept in ("text/csv", "*/*") * 2
    ],
}


@pytest.mark.parametrize("name", CASES)
def test_answers_are_the_same_with_and_without_the_fast_path(pair: Pair, name: str) -> None:
    fast, plain = pair.answers(CASES[name])
    assert fast == plain
    assert fast.startswith(b"HTTP/1.1 ")


@pytest.mark.parametrize("sent", ["{}", "W/{}", '"a", {}, "b"', '"a",{}', "{0}{0}"])
def test_a_tag_the_client_has_is_recognised_as_without_the_fast_path(pair: Pair, sent: str) -> None:
    fast, plain = pair.answers([with_header(f"If-None-Match: {sent.format(etag(pair))}")] * 2)
    assert fast == plain
    assert fast.count(b"HTTP/1.1 304 Not Modified\r\n") == 2


def test_a_tile_is_answered_from_memory_the_second_time_and_that_is_counted(pair: Pair) -> None:
    def hits() -> int:
        answer = talk(pair.fast, [], f"GET /metrics HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n").decode()
        found = re.search(r'cache_total{result="hit"} (\d+)', answer)
        assert found
        return int(found[1])

    talk(pair.fast, [TILE], LAST)
    before = hits()
    talk(pair.fast, [TILE, TILE, TILE], LAST)
    assert hits() == before + 3


HEADERS = st.sampled_from(
    [
        "Host: a", "Accept-Encoding: gzip", "Accept-Encoding: br", "accept-encoding:gzip", "Accept: */*", "If-None-Match: *",
        "Connection: keep-alive", "Connection: close", "Content-Length: 0", "Content-Length: 3", "Transfer-Encoding: chunked",
        "Expect: 100-continue", "Upgrade: h2c", "X: y", " folded", "bad", "A:", "Host: b", "X-Forwarded-Host: c",
    ]
)  # fmt: skip
REQUESTS = st.builds(
    lambda method, target, version, headers, end: (
        f"{method} {target} {version}\r\n" + "".join(f"{h}\r\n" for h in headers) + end
    ),
    st.sampled_from(["GET", "GET", "GET", "HEAD", "POST"]),
    st.sampled_from([TARGET, TARGET, TARGET + "?f=mlt", "/nothing", "/health/live"]),
    st.sampled_from(["HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0"]),
    st.lists(HEADERS, max_size=4),
    st.sampled_from(["\r\n", "\r\n", "\r\n", "\r\nabc", "\r\n0\r\n\r\n", ""]),
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(REQUESTS, min_size=1, max_size=3), st.lists(st.integers(0, 600), max_size=3))
def test_whatever_is_sent_and_however_it_is_cut_the_answers_are_the_same(
    pair: Pair, requests: list[str], cuts: list[int]
) -> None:
    whole = "".join(requests)
    at = sorted({0, len(whole), *(cut % (len(whole) + 1) for cut in cuts)})
    fast, plain = pair.answers([whole[low:high] for low, high in pairwise(at)])
    assert fast == plain


@pytest.mark.parametrize(
    "lines",
    [
        "Host: a\r\n", "Host: a\r\n\r\n\r\n", "Host : a\r\n\r\n", " Host: a\r\n\r\n", "Host: a\nX: b\r\n\r\n", "\r\n\r\n",
        "Connection: upgrade\r\n\r\n", "Expect: x\r\n\r\n", "Host: a\r\nHost: b\r\n\r\n", "X: \x7f\r\n\r\n",
    ],
)  # fmt: skip
def test_a_head_that_parsers_may_read_in_two_ways_is_not_plain(lines: str) -> None:
    assert plain_head(lines.encode("latin-1")) is None
