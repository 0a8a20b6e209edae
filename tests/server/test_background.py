"""The background map: fetched by the server from a site that answers as PDOK does, and never anything but a picture."""

from __future__ import annotations

import http.server
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from server.app import open_app
from server.background import MOST_BYTES, PDOK_ATTRIBUTION
from server.errors import BadSetting
from server.settings import NAMED_BACKGROUNDS, Settings
from tests.server.client import Client

PNG = b"\x89PNG\r\n\x1a\n" + bytes(400)
JPEG = b"\xff\xd8\xff\xe0" + bytes(300)

ANSWERS: dict[str, tuple[int, str, bytes]] = {
    "/grijs/EPSG:3857/7/65/42.png": (200, "image/png", PNG),
    "/grijs/EPSG:3857/7/66/42.png": (200, "image/jpeg;charset=binary", JPEG),
    "/grijs/EPSG:3857/7/67/42.png": (200, "text/html", b"<script>alert(1)</script>"),
    "/grijs/EPSG:3857/7/68/42.png": (200, "image/png", b"<svg onload=alert(1)>"),
    "/grijs/EPSG:3857/7/69/42.png": (200, "image/png", PNG + bytes(MOST_BYTES)),
    "/grijs/EPSG:3857/7/70/42.png": (500, "text/xml", b"<ServiceException/>"),
    "/grijs/EPSG:3857/7/71/42.png": (302, "image/png", b""),
}


class Pdok:
    """A tile service on this machine."""

    def __init__(self, address: str) -> None:
        self.template = f"{address}/grijs/EPSG:3857/{{z}}/{{x}}/{{y}}.png"
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []


@contextmanager
def serving() -> Iterator[Pdok]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append(self.path)
            found.headers.append({name.lower(): value for name, value in self.headers.items()})
            status, kind, body = ANSWERS.get(self.path, (404, "text/plain", b"buiten het gebied"))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            if status == 302:
                self.send_header("Location", "/grijs/EPSG:3857/7/65/42.png")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found = Pdok(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield found
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def pdok() -> Iterator[Pdok]:
    with serving() as found:
        yield found


def client_of(atlas: Path, template: str) -> Client:
    return Client(open_app(Settings(static=Path("none"), background=template, background_attribution="Van ons"), atlas))


def test_a_tile_is_asked_for_once_and_passed_on_without_who_asked(pdok: Pdok, atlas_folder: Path) -> None:
    client = client_of(atlas_folder, pdok.template)
    first = client.get("/background/7/65/42", x_forwarded_for="203.0.113.9", cookie="a=b", referer="https://lezer.nl/")
    assert (first.status, first.headers["content-type"], first.raw) == (200, "image/png", PNG)
    assert client.get("/background/7/65/42").raw == PNG
    assert pdok.asked == ["/grijs/EPSG:3857/7/65/42.png"]
    assert not {"x-forwarded-for", "cookie", "referer", "forwarded"} & set(pdok.headers[0])
    assert pdok.headers[0]["user-agent"] == "zichtkaart"
    again = client.get("/background/7/65/42", if_none_match=first.headers["etag"])
    assert again.status == 304


def test_a_jpeg_is_a_picture_too_and_beyond_the_edge_there_is_nothing(pdok: Pdok, atlas_folder: Path) -> None:
    client = client_of(atlas_folder, pdok.template)
    assert client.get("/background/7/66/42").headers["content-type"] == "image/jpeg"
    assert client.get("/background/7/1/1").status == 204


@pytest.mark.parametrize(
    ("column", "why"),
    [
        (67, "no PNG or JPEG"),
        (68, "no PNG or JPEG"),
        (69, "more than 1,000,000 bytes"),
        (70, "status 500"),
        (71, "status 302"),
    ],
)
def test_what_is_no_picture_is_not_passed_on(pdok: Pdok, atlas_folder: Path, column: int, why: str) -> None:
    answer = client_of(atlas_folder, pdok.template).get(f"/background/7/{column}/42")
    assert answer.status == 502
    assert answer.headers["content-type"] == "application/problem+json"
    problem = json.loads(answer.raw)
    assert why in problem["detail"]
    assert "127.0.0.1" not in problem["detail"]
    assert len(pdok.asked) == 1


@pytest.mark.parametrize("place", ["7/128/1", "20/1/1", "7/65/42.png", "7/-1/0", "7/..%2f/0", "a/b/c"])
def test_only_tiles_that_can_be_there_are_asked_for(pdok: Pdok, atlas_folder: Path, place: str) -> None:
    assert client_of(atlas_folder, pdok.template).get(f"/background/{place}").status == 404
    assert pdok.asked == []


def test_a_site_that_is_not_there_is_a_502_and_left_in_peace_for_a_moment(atlas_folder: Path) -> None:
    with serving() as gone:
        pass
    client = client_of(atlas_folder, gone.template)
    assert client.get("/background/7/65/42").status == 502
    began = time.process_time()
    assert "a moment ago" in json.loads(client.get("/background/7/66/42").raw)["detail"]
    assert time.process_time() - began < 5
    assert client.get("/health/ready").status == 200


def test_without_the_setting_there_is_none_and_the_page_says_nothing_of_it(atlas_folder: Path) -> None:
    client = Client(open_app(Settings(static=Path("none")), atlas_folder))
    assert client.get("/background/7/65/42").status == 404
    assert "zichtkaart:background" not in client.get("/", accept="text/html").text
    assert "zichtkaart:background" not in client.get("/embed", accept="text/html").text


def test_the_page_says_whose_map_it_is(atlas_folder: Path) -> None:
    client = Client(open_app(Settings(static=Path("none"), background="brt-grijs"), atlas_folder))
    for path in ("/", "/embed"):
        page = client.get(path, accept="text/html").text
        assert f'<meta name="zichtkaart:background" content="{PDOK_ATTRIBUTION}">' in page


def test_the_setting_is_a_name_or_a_template_with_its_attribution() -> None:
    assert Settings.read({"ZICHTKAART_BACKGROUND": "brt-pastel"}).background == "brt-pastel"
    assert NAMED_BACKGROUNDS["brt-grijs"] == (
        "https://service.pdok.nl/brt/achtergrondkaart/wmts/v2_0/grijs/EPSG:3857/{z}/{x}/{y}.png"
    )
    own = "https://kaart.example.nl/tiles/{z}/{x}/{y}.jpg"
    with pytest.raises(BadSetting, match="ATTRIBUTION"):
        Settings.read({"ZICHTKAART_BACKGROUND": own})
    given = Settings.read({"ZICHTKAART_BACKGROUND": own, "ZICHTKAART_BACKGROUND_ATTRIBUTION": "Ons"})
    assert given.background == own
    for wrong in (
        "osm",
        "https://a.nl/{z}/{x}.png",
        "ftp://a.nl/{z}/{x}/{y}",
        "https://a.nl/{z}/{x}/{y}/{q}",
        "file:///{z}{x}{y}",
    ):
        with pytest.raises(BadSetting, match="brt-grijs"):
            Settings.read({"ZICHTKAART_BACKGROUND": wrong})
