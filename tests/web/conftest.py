"""A browser, and a real server with the demo atlas."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest
from playwright.sync_api import Browser, sync_playwright

REPOSITORY = Path(__file__).resolve().parents[2]
CHROMIUM = Path(os.environ.get("ZICHTKAART_CHROMIUM", "/usr/bin/chromium"))
FLAGS = [
    "--no-sandbox",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_SECONDS = 60


def absent(what: str) -> NoReturn:
    """Skip where a person works, fail where the tests must have run."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def demo_atlas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo atlas: a folder that was built before, or a new one."""
    built = os.environ.get("ZICHTKAART_DEMO_ATLAS")
    if built:
        return Path(built).resolve()
    folder = tmp_path_factory.mktemp("demo") / "atlas"
    command = [sys.executable, "-m", "server.cli", "build", "data/demo.toml", "-o", str(folder)]
    subprocess.run(command, cwd=REPOSITORY, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return folder


@pytest.fixture(scope="session")
def site(demo_atlas: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running server, with a slash at the end."""
    with serving(demo_atlas, tmp_path_factory.mktemp("server") / "log.txt") as address:
        yield address


@pytest.fixture
def site_below_a_path(demo_atlas: Path, tmp_path: Path) -> Iterator[str]:
    """The same below ``/kaart``."""
    with serving(demo_atlas, tmp_path / "log.txt", root_path="/kaart") as address:
        yield address


@contextmanager
def serving(atlas: Path, log: Path, root_path: str = "", **settings: str) -> Iterator[str]:
    """Run a server, with further settings by their field; its log must be clean when the tests are done with it."""
    if not (REPOSITORY / "server/static/index.html").is_file():
        absent("the front end is not built: run npm ci and npm run build in server/web")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "server.cli", "serve", str(atlas), "--host", "127.0.0.1", "--port", str(port)]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ZICHTKAART_")}
    environment["ZICHTKAART_ROOT_PATH"] = root_path
    environment |= {f"ZICHTKAART_{name.upper()}": value for name, value in settings.items()}
    with log.open("w") as output:
        server = subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=output, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}{root_path}/"
    try:
        wait_for(f"{address}health/ready", server, log)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)
    assert "Traceback" not in log.read_text(), log.read_text()


def wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server answers, or say why it does not."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    pytest.fail(f"the server did not start:\n{log.read_text()}")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Chromium, for one module: as long as Playwright runs, no other test can have an event loop."""
    if not CHROMIUM.is_file():
        absent(
            f"there is no Chromium at {CHROMIUM}: install it (Debian: apt-get install chromium) or set ZICHTKAART_CHROMIUM"
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        yield browser
        browser.close()
