"""What whoever runs the server relies on: counts, limits, several atlases, security.txt."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import mapbox_vector_tile
import pytest

from server.app import open_app
from server.build import build
from server.errors import AtlasNameTaken
from server.metrics import SharedCounts, Tally
from server.settings import Settings
from tests.server.client import Client
from tests.server.make_atlas import CATALOG, WIJKEN, write_sources
from tests.server.process import PATIENCE_S, Serving, serving

TILE = "/tiles/vastgoed-2022/8/131/84"


# ---- counts


def samples(text: str) -> dict[str, float]:
    """Each sample of a page for Prometheus, after looking at its form."""
    found = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            match = re.fullmatch(r'([a-z_]+(?:\{(?:[a-z]+="(?:[^"\\]|\\.)*",?)*\})?) ([0-9.e+-]+)', line)
            assert match, line
            found[match[1]] = float(match[2])
    return found


def test_answers_are_counted_by_route_and_never_by_address(settings: Settings, atlas_folder: Path) -> None:
    client = Client(open_app(settings, atlas_folder))
    for path in (
        TILE,
        TILE,
        TILE,
        "/tiles/vastgoed-2022/8/0/0",
        "/tiles/nothing/0/0/0",
        "/no/such/thing",
        "/health/live",
    ):
        client.get(path, accept_encoding="gzip")
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    found = samples(answer.text)
    route = 'route="/tiles/{tileset}/{z}/{x}/{y}"'
    assert found[f'zichtkaart_requests_total{{{route},status="200"}}'] == 3
    assert found[f'zichtkaart_requests_total{{{route},status="204"}}'] == 1
    assert found[f'zichtkaart_requests_total{{{route},status="404"}}'] == 1
    assert found['zichtkaart_requests_total{route="none",status="404"}'] == 1
    size = len(client.get(TILE, accept_encoding="gzip").raw)
    assert found[f'zichtkaart_response_bytes_total{{{route},status="200"}}'] == 3 * size
    assert found[f'zichtkaart_request_seconds_bucket{{{route},le="+Inf"}}'] == 5
    assert found['zichtkaart_cache_total{result="hit"}'] == 2
    assert any(name.startswith('zichtkaart_atlas_info{atlas="proefland",version="') for name in found)
    assert set(re.findall(r'route="([^"]*)"', answer.text)) == {"/tiles/{tileset}/{z}/{x}/{y}", "/health/live", "none"}


def test_counts_are_nobodys_business_where_the_settings_say_so(settings: Settings, atlas_folder: Path) -> None:
    assert Client(open_app(replace(settings, metrics=False), atlas_folder)).get("/metrics").status == 404


def test_counts_of_several_processes_are_added_and_outlive_them(tmp_path: Path) -> None:
    one, shared = Tally(), SharedCounts(tmp_path)
    one.count("/a", 200).add(10, 0.002)
    one.gauges["connections"] = 1
    told = json.loads(one.as_json())
    for pid, name in ((2**22 + 7, "ended"), (1, "running")):
        (tmp_path / f"{name}.json").write_text(json.dumps({**told, "pid": pid}))
    whole, running = shared.total(one)
    assert whole.count("/a", 200).requests == 3
    assert whole.count("/a", 200).buckets[1] == 3
    assert whole.gauges["connections"] == 2
    assert running == 2


# ---- several atlases


@pytest.fixture(scope="module")
def two(settings: Settings, atlas_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Client:
    folder = tmp_path_factory.mktemp("ander")
    catalog = CATALOG.replace('"proefland"', '"anderland"').replace("Proefland", "Anderland")
    wijken = WIJKEN.replace("WK990101,40", "WK990101,77")
    build(write_sources(folder / "sources", catalog, wijken), folder / "atlas")
    return Client(open_app(settings, atlas_folder, folder / "atlas"))


def westdam(client: Client, path: str) -> Any:
    features = mapbox_vector_tile.decode(client.get(path).raw)["wijk"]["features"]
    return next(f["properties"]["koopwoningen"] for f in features if f["properties"]["code"] == "WK990101")


def test_each_atlas_stands_under_its_id_and_the_first_at_the_root_too(two: Client) -> None:
    for _ in range(2):  # the second time from memory
        assert westdam(two, TILE) == westdam(two, f"/proefland{TILE}") == 40
        assert westdam(two, f"/anderland{TILE}") == 77
    assert two.get("/anderland/atlas.json").json()["id"] == "anderland"
    address = two.get("/anderland/tiles/vastgoed-2022").json()["tiles"][0]
    assert "/anderland/tiles/vastgoed-2022/" in address
    folder = two.get("/anderland")
    assert (folder.status, folder.headers["location"]) == (308, "anderland/")
    assert two.get("/anderland/").status == 200
    assert two.get("/nederland/atlas.json").status == 404


def test_an_atlas_under_a_base_path_is_found_whether_the_proxy_takes_it_off_or_not(
    settings: Settings, atlas_folder: Path
) -> None:
    client = Client(open_app(replace(settings, root_path="/kaart"), atlas_folder))
    for path in ("/kaart/proefland/tiles/vastgoed-2022", "/proefland/tiles/vastgoed-2022"):
        assert "/kaart/proefland/tiles/" in client.get(path).json()["tiles"][0]


def test_two_atlases_of_one_name_stop_the_start(settings: Settings, atlas_folder: Path) -> None:
    with pytest.raises(AtlasNameTaken, match='two of these atlases are called "proefland"'):
        open_app(settings, atlas_folder, atlas_folder)


# ---- security


def test_security_txt_is_there_where_somebody_is_named(settings: Settings, atlas_folder: Path) -> None:
    path = "/.well-known/security.txt"
    assert Client(open_app(settings, atlas_folder)).get(path).status == 404
    named = Settings.read(
        {
            "ZICHTKAART_SECURITY_CONTACT": "mailto:security@gemeente.nl https://www.gemeente.nl/melden",
            "ZICHTKAART_SECURITY_EXPIRES": "2027-06-01",
            "ZICHTKAART_PUBLIC_URL": "https://kaart.gemeente.nl",
        }
    )
    answer = Client(open_app(named, atlas_folder)).get(path)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert answer.text == (
        "Contact: mailto:security@gemeente.nl\nContact: https://www.gemeente.nl/melden\nExpires: 2027-06-01T00:00:00Z\n"
        "Preferred-Languages: nl, en\nCanonical: https://kaart.gemeente.nl/.well-known/security.txt\n"
    )


def test_the_viewer_passes_the_rules_of_internet_nl(settings: Settings, atlas_folder: Path) -> None:
    secure = replace(settings, public_url="https://kaart.gemeente.nl")
    headers = Client(open_app(secure, atlas_folder)).get("/", accept="text/html").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] in ("DENY", "SAMEORIGIN")
    assert headers["referrer-policy"] in ("no-referrer", "same-origin")
    assert int(headers["strict-transport-security"].removeprefix("max-age=")) >= 31_536_000
    policy = {rule.split()[0]: rule.split()[1:] for rule in headers["content-security-policy"].split(";")}
    assert policy["default-src"] in (["'none'"], ["'self'"])
    for directive in ("base-uri", "form-action", "frame-ancestors"):
        assert policy[directive] in (["'none'"], ["'self'"])
    sources = [source for directive, found in policy.items() for source in found]
    assert not {"'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'", "http:", "https:", "*"} & set(sources)
    for directive in ("default-src", "script-src", "object-src"):
        assert "data:" not in policy.get(directive, [])


# ---- limits


@pytest.fixture(scope="module")
def strict(atlas_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    limits = {"ZICHTKAART_SLOW_SECONDS": "1", "ZICHTKAART_MAX_CONNECTIONS": "8", "ZICHTKAART_MAX_HEAD_BYTES": "2048"}
    with serving(atlas_folder, tmp_path_factory.mktemp("log"), **limits) as running:
        yield running
        assert running.stop() == 0
        assert running.log.read_text() == ""


def told(connection: socket.socket) -> bytes:
    """Everything until the server hangs up."""
    answer = b""
    while received := connection.recv(1 << 16):
        answer += received
    return answer


def problem(answer: bytes) -> tuple[int, str]:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in head
    return json.loads(body)["status"], json.loads(body)["detail"]


def test_a_client_that_never_ends_its_head_is_let_go(strict: Serving) -> None:
    with socket.create_connection(("127.0.0.1", strict.port), timeout=PATIENCE_S) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nX: ")
        assert problem(told(slow))[0] == 408


def test_an_endless_head_is_cut_short(strict: Serving) -> None:
    with socket.create_connection(("127.0.0.1", strict.port), timeout=PATIENCE_S) as large:
        large.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 4000)
        status, detail = problem(told(large))
    assert (status, detail) == (431, "address and headers are together at most 2,048 bytes.")


def test_what_is_no_http_is_a_problem_document(strict: Serving) -> None:
    with socket.create_connection(("127.0.0.1", strict.port), timeout=PATIENCE_S) as odd:
        odd.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello over TLS\r\n\r\n")
        assert problem(told(odd))[0] == 400


def test_more_connections_than_allowed_are_told_to_come_back(strict: Serving) -> None:
    crowd = [socket.create_connection(("127.0.0.1", strict.port), timeout=PATIENCE_S) for _ in range(12)]
    try:
        answer = told(crowd[-1])
        assert problem(answer)[0] == 503
        assert b"retry-after: 2" in answer
    finally:
        for connection in crowd:
            connection.close()


# ---- several processes


def test_processes_share_a_port_and_count_together(atlas_folder: Path, tmp_path: Path) -> None:
    with serving(atlas_folder, tmp_path, "--workers", "2") as running:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            assert httpx.get(running.url + TILE[1:], timeout=PATIENCE_S).status_code == 200
            found = samples(httpx.get(f"{running.url}metrics", timeout=PATIENCE_S).text)
            if found["zichtkaart_processes"] == 2:
                break
            time.sleep(0.2)
        assert found["zichtkaart_processes"] == 2
        assert running.stop() == 0
