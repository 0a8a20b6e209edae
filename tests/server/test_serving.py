"""The real server, on a real socket."""

from __future__ import annotations

import gzip
import http.client
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import httpx
import mapbox_vector_tile
import pytest

from server.build import build
from server.errors import CannotListen
from server.serving import address_of, listening
from tests.conftest import REPOSITORY
from tests.server.make_atlas import WIJKEN, make_atlas, write_sources
from tests.server.process import PATIENCE_S, Serving, run, serving

TILE = "tiles/vastgoed-2022/8/131/84"


@pytest.fixture(scope="module")
def server(atlas_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving(atlas_folder, tmp_path_factory.mktemp("log")) as running:
        yield running
        assert running.stop() == 0
        assert running.log.read_text() == ""


def raw(server: Serving, method: str, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """One request without a client that helps."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S)
    connection.putrequest(method, path, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders()
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, {name.lower(): value for name, value in response.getheaders()}, body


def test_a_tile_over_a_real_socket_is_the_tile_of_the_atlas(server: Serving) -> None:
    status, headers, body = raw(server, "GET", f"/{TILE}", Accept_Encoding="gzip")
    assert status == 200
    assert headers["content-encoding"] == "gzip"
    assert int(headers["content-length"]) == len(body)
    layers = mapbox_vector_tile.decode(gzip.decompress(body))
    assert len(layers["wijk"]["features"]) == 4


def test_without_accept_encoding_the_tile_is_plain(server: Serving) -> None:
    _, headers, body = raw(server, "GET", f"/{TILE}")
    assert "content-encoding" not in headers
    assert "wijk" in mapbox_vector_tile.decode(body)


def test_a_304_has_no_body_and_the_connection_goes_on(server: Serving) -> None:
    with httpx.Client(base_url=server.url) as client:
        first = client.get(TILE)
        again = client.get(TILE, headers={"If-None-Match": first.headers["etag"]})
        empty = client.get("tiles/vastgoed-2022/8/0/0")
        last = client.get(TILE)
    assert (first.status_code, again.status_code, empty.status_code, last.status_code) == (200, 304, 204, 200)
    assert again.content == empty.content == b""
    assert last.content == first.content


def test_head_tells_the_length_and_sends_nothing(server: Serving) -> None:
    _, got, body = raw(server, "GET", f"/{TILE}")
    status, head, nothing = raw(server, "HEAD", f"/{TILE}")
    assert (status, nothing) == (200, b"")
    assert head["content-length"] == got["content-length"] == str(len(body))


def test_no_answer_says_which_software_made_it(server: Serving) -> None:
    _, headers, _ = raw(server, "GET", "/health/live")
    assert "server" not in headers


def test_addresses_are_those_by_which_the_server_was_reached(server: Serving) -> None:
    document = httpx.get(f"{server.url}tiles/vastgoed-2022").json()
    assert document["tiles"][0].startswith(f"{server.url}tiles/")


def test_a_path_that_climbs_out_of_the_site_finds_nothing(server: Serving) -> None:
    for path in ("/assets/../../pyproject.toml", "/assets/%2e%2e/%2e%2e/pyproject.toml", "//etc/passwd"):
        status, headers, _ = raw(server, "GET", path)
        assert status == 404
        assert headers["content-type"] == "application/problem+json"


def test_several_workers_share_the_port_and_stop_together(atlas_folder: Path, tmp_path: Path) -> None:
    with serving(atlas_folder, tmp_path, "--workers", "2") as running:
        assert httpx.get(f"{running.url}health/ready", timeout=PATIENCE_S).json()["atlas"] == "proefland"
        assert running.stop() == 0
        assert running.log.read_text() == ""


def test_ctrl_c_stops_the_server_in_silence(atlas_folder: Path, tmp_path: Path) -> None:
    with serving(atlas_folder, tmp_path) as running:
        assert httpx.get(f"{running.url}health/live", timeout=PATIENCE_S).status_code == 200
        assert running.stop(signal.SIGINT) == 0
        assert running.log.read_text() == ""


def test_the_environment_sets_what_options_leave_open(atlas_folder: Path, tmp_path: Path) -> None:
    settings = {"ZICHTKAART_PORT": "1", "ZICHTKAART_ACCESS_LOG": "yes", "ZICHTKAART_WORKRES": "3"}
    with serving(atlas_folder, tmp_path, **settings) as running:
        httpx.get(f"{running.url}health/live", timeout=PATIENCE_S)
        running.stop()
        log = running.log.read_text()
    assert "GET /health/live 200" in log
    assert "127.0.0.1" not in log
    assert "did you mean ZICHTKAART_WORKERS?" in log


def test_a_new_atlas_is_served_without_a_failed_request(tmp_path: Path) -> None:
    folder = make_atlas(tmp_path)
    with serving(folder, tmp_path, ZICHTKAART_RELOAD_SECONDS="0.1") as running:
        stop, failures, tags = Event(), list[int](), set[str]()

        def keep_asking() -> None:
            with httpx.Client(base_url=running.url, timeout=PATIENCE_S) as client:
                while not stop.is_set():
                    answer = client.get(TILE)
                    tags.add(answer.headers["etag"])
                    if answer.status_code != 200:
                        failures.append(answer.status_code)

        asking = Thread(target=keep_asking)
        asking.start()
        before = httpx.get(f"{running.url}tiles/vastgoed-2022").json()["tiles"][0]
        write_sources(tmp_path / "sources", wijken=WIJKEN.replace("WK990101,40", "WK990101,41"))
        build(tmp_path / "sources" / "catalog.toml", folder)
        after = _until_changed(running.url, before)
        stop.set()
        asking.join()
        figures = httpx.get(f"{running.url}values/koopwoningen?level=wijk").json()["columns"]["value"]
        assert running.stop() == 0
        log = running.log.read_text()
    assert before != after
    assert failures == []
    assert len(tags) == 2
    assert figures[0] == 41
    assert log.count("now serving the new atlas") == 1
    assert "ERROR" not in log


def _until_changed(url: str, before: str) -> str:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        after: str = httpx.get(f"{url}tiles/vastgoed-2022").json()["tiles"][0]
        if after != before:
            return after
        time.sleep(0.05)
    raise AssertionError("the new atlas was never served")


def test_a_port_in_use_stops_the_start_with_a_sentence(atlas_folder: Path) -> None:
    with listening("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        done = run("serve", atlas_folder, "--port", str(port))
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == f"port {port} on 127.0.0.1 is in use by another program; choose another one with --port.\n"


def test_a_folder_without_an_atlas_stops_the_start_with_a_sentence(tmp_path: Path) -> None:
    done = run("serve", tmp_path / "nothing", "--port", "0")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("there is no atlas in ")
    assert done.stderr.count("\n") == 1


def test_a_bad_setting_stops_the_start_with_a_sentence(atlas_folder: Path) -> None:
    done = run("serve", atlas_folder, ZICHTKAART_LOG="loud")
    assert done.returncode == 1
    assert done.stderr == 'ZICHTKAART_LOG is "loud", but must be one of debug, info, warning, error.\n'


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host"])
def test_an_address_of_another_machine_is_refused_with_a_sentence(host: str) -> None:
    with pytest.raises(CannotListen, match="is no address of this machine"):
        listening(host, 0)


@pytest.mark.parametrize(("host", "shown"), [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1")])
def test_the_address_shown_is_one_to_type_into_a_browser(host: str, shown: str) -> None:
    with listening(host, 0) as listener:
        assert address_of(listener).startswith(f"http://{shown}:")


def test_the_address_shown_has_brackets_for_ipv6() -> None:
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    try:
        listener = listening("::", 0)
    except CannotListen:
        pytest.skip("this machine has no IPv6")
    with listener:
        assert address_of(listener).startswith("http://[::1]:")


def test_a_server_gives_tiles_without_what_only_builds_need(atlas_folder: Path) -> None:
    """They would double the memory of every process; what needs them loads them when it is asked for."""
    heavy = "{'geopandas', 'openpyxl', 'pandas', 'pyogrio'}"
    code = f"""
import sys
from pathlib import Path
import server.serving
from server.app import open_app
from server.settings import Settings
from layers.tileset import Tileset
site = open_app(Settings(), Path({str(atlas_folder)!r}))
assert Tileset(site.atlases[0].snapshot.atlas, "vastgoed-2022").attributes["wijk"].columns
print(sorted({heavy} & set(sys.modules)))
"""
    found = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
