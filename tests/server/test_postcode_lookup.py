"""``/postcodes/1234``: the regions of the postcodes that begin so."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.app import create_app
from server.build import build
from server.settings import Settings
from server.snapshot import CurrentAtlas
from tests.server.client import Client
from tests.server.make_atlas import CATALOG, write_sources

ENTRY = '\n[[postcodes]]\nlevel = "wijk"\nyear = 2022\nsource = "pc.csv"\npostcode = "pc"\ncode = "wk"\n'


def site(folder: Path, catalog: str) -> Client:
    path = write_sources(folder, catalog)
    (path.parent / "pc.csv").write_text("pc,wk\n1234 AB,WK990102\n1234,WK990101\n1235AA,WK990101\n")
    build(path, folder / "atlas")
    return Client(create_app(Settings(static=Path("none")), CurrentAtlas(folder / "atlas", 10**8)))


def test_four_digits_name_all_that_begin_so_and_nothing_more_is_asked_of_a_reader(tmp_path: Path) -> None:
    client = site(tmp_path, CATALOG + ENTRY)
    assert client.get("/postcodes/1234").json() == {
        "edition": [2022, 2022],
        "postcode": ["1234", "1234AB"],
        "code": ["WK990101", "WK990102"],
    }
    assert client.get("/postcodes/9999").json() == {"edition": [], "postcode": [], "code": []}


@pytest.mark.parametrize(
    ("catalog", "asked", "told"), [("", "1234", "this atlas has none"), (ENTRY, "1234AB", "four digits")]
)
def test_what_is_no_beginning_of_a_postcode_is_a_404_that_says_why(
    tmp_path: Path, catalog: str, asked: str, told: str
) -> None:
    answer = site(tmp_path, CATALOG + catalog).get(f"/postcodes/{asked}")
    assert answer.status == 404
    assert told in answer.json()["detail"]
