"""A real nginx with the committed configuration in front of the real server with the demo atlas."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tiles.text import tile_as_text

REPOSITORY = Path(__file__).resolve().parents[2]
TILE = "tiles/drugs-2023/9/263/167"

pytestmark = pytest.mark.nginx


@pytest.fixture(scope="module", autouse=True)
def _nginx_is_here() -> None:
    """Without nginx these tests are skipped, but where CI promises one they fail."""
    missing = [program for program in ("nginx", "envsubst") if shutil.which(program, path=search_path()) is None]
    if missing and os.environ.get("CI"):
        pytest.fail(f"CI is set and {', '.join(missing)} is not installed")
    if missing:
        pytest.skip(f"{', '.join(missing)} is not installed")


def search_path() -> str:
    """Debian keeps nginx in a folder that is not on everybody's path."""
    return f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"


@pytest.fixture(scope="module")
def atlas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nginx") / "demo.atlas"
    command = [sys.executable, "-m", "server.cli", "build", "data/demo.toml", "-o", str(folder)]
    subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def state() -> Iterator[Path]:
    """A folder for nginx, which gives up root before it writes there, so its parents must be open to all."""
    with tempfile.TemporaryDirectory(prefix="nginx-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="module")
def server(atlas: Path) -> Iterator[str]:
    """host:port of the server."""
    command = [sys.executable, "-m", "server.cli", "serve", str(atlas), "--port", "0"]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = re.search(r"http://([\w.]+:\d+)", process.stdout.readline())
        assert found
        yield found[1]
        process.terminate()
        process.stdout.read()


@contextmanager
def nginx(server: str, prefix: str, state: Path) -> Iterator[str]:
    """The address of nginx in front of a server, started the way the container starts it."""
    listen = free_address()
    environment = {
        "PATH": search_path(),
        "KAART_LISTEN": listen,
        "KAART_SERVER": server,
        "KAART_PREFIX": prefix,
        "KAART_STATE": str(state),
    }
    process = subprocess.Popen(
        [REPOSITORY / "docker" / "start-nginx"], env=environment, stderr=subprocess.PIPE, text=True
    )
    try:
        wait_for(listen, process)
        yield f"http://{listen}{prefix}"
    finally:
        process.terminate()
        _, complaints = process.communicate(timeout=30)
    serious = [line for line in complaints.splitlines() if re.search(r"\[(error|crit|alert|emerg)\]", line)]
    assert serious == []


def free_address() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


def wait_for(address: str, process: subprocess.Popen[str]) -> None:
    host, port = address.split(":")
    for _ in range(200):
        assert process.poll() is None, process.stderr.read() if process.stderr else ""
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"nginx does not answer on {address}")


@pytest.fixture(scope="module")
def at_root(server: str, state: Path) -> Iterator[str]:
    with nginx(server, "", state / "root") as address:
        yield address


@pytest.fixture(scope="module")
def at_prefix(server: str, state: Path) -> Iterator[str]:
    with nginx(server, "/kaart", state / "prefix") as address:
        yield address


def raw(url: str, **headers: str) -> tuple[httpx.Response, bytes]:
    """The response and its body as it went over the wire."""
    with httpx.stream("GET", url, headers={"Accept-Encoding": "gzip", **headers}) as response:
        return response, b"".join(response.iter_raw())


def test_a_tile_passes_with_the_compression_of_the_server(at_root: str, server: str) -> None:
    response, body = raw(f"{at_root}/{TILE}")
    _, straight = raw(f"http://{server}/{TILE}")
    assert response.status_code == 200
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.headers["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert body == straight
    assert "drugsdelicten" in tile_as_text(gzip.decompress(body))


def test_the_etag_stays_strong_and_gives_a_304(at_root: str, server: str) -> None:
    response, _ = raw(f"{at_root}/{TILE}")
    etag = response.headers["ETag"]
    straight, _ = raw(f"http://{server}/{TILE}")
    assert etag == straight.headers["ETag"]
    assert not etag.startswith("W/")
    again, body = raw(f"{at_root}/{TILE}", **{"If-None-Match": etag})
    assert (again.status_code, body) == (304, b"")


def test_a_versioned_tile_is_asked_for_once(at_root: str) -> None:
    tilejson = httpx.get(f"{at_root}/tiles/drugs-2023").json()
    url = tilejson["tiles"][0].format(z=9, x=263, y=167)
    first, body = raw(url)
    second, same = raw(url)
    assert "immutable" in first.headers["Cache-Control"]
    assert (first.headers["X-Cache"], second.headers["X-Cache"]) == ("MISS", "HIT")
    assert body == same
    again, _ = raw(url, **{"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_a_client_without_gzip_gets_a_plain_tile_although_a_gzipped_one_is_kept(at_root: str) -> None:
    url = httpx.get(f"{at_root}/tiles/drugs-2023").json()["tiles"][0].format(z=8, x=131, y=83)
    _, packed = raw(url)
    plain, body = raw(url, **{"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert body == gzip.decompress(packed)


def test_addresses_in_tilejson_are_those_of_nginx(at_root: str) -> None:
    tilejson = httpx.get(f"{at_root}/tiles/drugs-2023").json()
    assert all(url.startswith(f"{at_root}/tiles/drugs-2023/") for url in tilejson["tiles"])


def test_under_a_prefix_every_address_has_the_prefix_and_works(at_prefix: str) -> None:
    tilejson = httpx.get(f"{at_prefix}/tiles/drugs-2023").json()
    (url,) = tilejson["tiles"]
    assert url.startswith(f"{at_prefix}/tiles/")
    assert httpx.get(url.format(z=9, x=263, y=167)).status_code == 200
    style = httpx.get(f"{at_prefix}/styles/drugsdelicten").json()
    addresses = re.findall(r'http://[^"]+', str(style))
    assert all(address.startswith(at_prefix) for address in addresses)


def test_the_prefix_without_a_slash_leads_to_the_map(at_prefix: str) -> None:
    response = httpx.get(at_prefix)
    assert response.status_code == 301
    assert response.headers["Location"] == "/kaart/"


def test_a_visitor_cannot_choose_the_addresses_that_others_get(at_root: str) -> None:
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/evil"}
    httpx.get(f"{at_root}/tiles/vastgoed-2023", headers=forged)
    assert "evil" not in httpx.get(f"{at_root}/tiles/vastgoed-2023").text


def test_an_error_of_the_server_passes_as_it_is(at_root: str) -> None:
    response = httpx.get(f"{at_root}/tiles/bestaat-niet/0/0/0")
    assert response.status_code == 404
    assert response.headers["Content-Type"].startswith("application/problem+json")


def test_a_new_manifest_is_asked_for_every_time(at_root: str) -> None:
    for _ in range(2):
        response = httpx.get(f"{at_root}/atlas.json")
        assert response.status_code == 200
        assert response.headers["X-Cache"] != "HIT"
