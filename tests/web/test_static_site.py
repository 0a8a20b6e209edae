"""The viewer on a static site: any web server that answers range requests, with nothing of ours behind it."""

from __future__ import annotations

import getpass
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from server.settings import BUILT_FRONT_END
from tests.house.test_nginx import free_address, search_path
from tests.qgis.pictures import class_color, has, read_png
from tests.server.make_products import make_products
from tests.server.process import run
from tests.static_host import static_host
from tests.web.conftest import absent

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

WAIT_MS = 60_000
AT = "/kaart"


@pytest.fixture(scope="module")
def products_atlas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not (BUILT_FRONT_END / "index.html").is_file():
        absent("the front end is not built: run npm ci and npm run build in server/web")
    return make_products(tmp_path_factory.mktemp("products"))


def write_site(atlas: Path, folder: Path, address: str) -> None:
    done = run("export", atlas, "-o", folder, "--base-url", address)
    assert done.returncode == 0, done.stderr


@contextmanager
def opened(chromium: Browser) -> Iterator[Page]:
    """A page whose console stays clean and to which nothing is refused."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="nl-NL")
    page = context.new_page()
    page.set_default_timeout(WAIT_MS)
    wrong: list[str] = []
    page.on("console", lambda told: wrong.append(told.text) if told.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("response", lambda answer: wrong.append(answer.url) if answer.status >= 400 else None)
    yield page
    context.close()
    assert wrong == []


def find_figures(page: Page, site: str) -> None:
    """What a reader does: look up an area, see figure and class, and go on to its page."""
    page.goto(f"{site}/index.html?indicator=koopwoningen&jaar=2022&niveau=wijk&gebied=WK990101")
    expect(page.locator("zicht-map")).to_have_attribute("state", "idle", timeout=WAIT_MS)
    card = page.locator("zicht-area")
    expect(card).to_contain_text("40", timeout=WAIT_MS)
    expect(page.locator("zicht-legend")).to_contain_text("Koopwoningen")
    pixels = read_png(page.locator("zicht-map").screenshot())
    facts = httpx.get(f"{site}/atlas.json").json()
    [indicator] = (one for one in facts["indicators"] if one["id"] == "koopwoningen")
    for figure in (40, 0):
        color = class_color(figure, indicator["breaks"]["wijk"]["edges"], indicator["colors"])
        assert has(pixels, color), f"no area has the color of {figure}"
    card.get_by_role("link", name="Alles over dit gebied").click()
    expect(page).to_have_url(f"{site}/gebied/WK990101.html")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Wijk 01")
    page.goto(f"{site}/index.html?indicator=koopwoningen&jaar=2022&niveau=wijk&gebied=WK990201")
    expect(page.locator("zicht-area")).to_contain_text("te weinig", timeout=WAIT_MS, ignore_case=True)


def test_a_reader_finds_figures_on_a_plain_web_server(chromium: Browser, products_atlas: Path, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    with static_host(folder, AT) as host:
        write_site(products_atlas, folder, host.address)
        with opened(chromium) as page:
            find_figures(page, host.address)
            page.goto(f"{host.address}/embed.html?indicator=koopwoningen")
            expect(page.locator("zicht-map")).to_have_attribute("state", "idle", timeout=WAIT_MS)
            expect(page.get_by_role("link", name="Volledige kaart")).to_have_attribute(
                "href", f"{host.address}/index.html?thema=vastgoed&indicator=koopwoningen&jaar=2022"
            )
            # Also as a part of any page.
            (folder / "eigen.html").write_text(
                '<!doctype html><link rel="icon" href="favicon.svg">'
                '<script type="module" src="component.js" data-page="embed.html"></script>'
                '<zicht-kaart-paneel indicator="koopwoningen" level="wijk" wijk="WK990101"></zicht-kaart-paneel>'
            )
            page.goto(f"{host.address}/eigen.html")
            expect(page.locator("zicht-map")).to_have_attribute("state", "idle", timeout=WAIT_MS)
            expect(page.locator("zicht-area")).to_contain_text("40", timeout=WAIT_MS)
            expect(page.locator(".source a")).to_have_attribute("href", re.compile(r"/index\.html\?"))
    assert any(path.endswith(".mlt.pmtiles") for path in host.asked)


@pytest.mark.nginx
def test_a_reader_finds_figures_behind_nginx(chromium: Browser, products_atlas: Path, tmp_path: Path) -> None:
    nginx = shutil.which("nginx", path=search_path())
    if nginx is None:
        absent("nginx is not installed")
    root, listen = tmp_path / "root", free_address()
    write_site(products_atlas, root / AT.strip("/"), f"http://{listen}{AT}")
    (tmp_path / "nginx.conf").write_text(
        f"user {getpass.getuser()}; worker_processes 1; pid {tmp_path}/pid; error_log stderr;\n"
        "events {}\nhttp { access_log off; types { text/html html; text/javascript js mjs; text/css css; "
        "application/json json; image/svg+xml svg; image/png png; }\n"
        + "".join(
            f"{name}_temp_path {tmp_path}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        + f"server {{ listen {listen}; root {root}; }} }}\n"
    )
    process = subprocess.Popen(
        [nginx, "-e", "stderr", "-c", str(tmp_path / "nginx.conf"), "-g", "daemon off;"],
        env={**os.environ, "PATH": search_path()},
    )
    try:
        for _ in range(200):
            try:
                httpx.get(f"http://{listen}{AT}/index.html")
                break
            except httpx.TransportError:
                time.sleep(0.05)
        with opened(chromium) as page:
            find_figures(page, f"http://{listen}{AT}")
    finally:
        process.terminate()
        process.wait(30)
