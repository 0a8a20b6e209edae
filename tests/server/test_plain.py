"""The map without scripts: what the page says is what ``/values`` says."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from urllib.parse import quote

import pytest

from server.app import create_app
from server.settings import Settings
from server.snapshot import CurrentAtlas
from styles.legend import entries
from styles.words import number_text
from tests.server.client import Client
from tests.server.make_products import make_products
from tests.server.test_pages import Outline


@pytest.fixture(scope="module")
def current(tmp_path_factory: pytest.TempPathFactory) -> CurrentAtlas:
    return CurrentAtlas(make_products(tmp_path_factory.mktemp("tabel")), 10**8)


@pytest.fixture(scope="module")
def site(current: CurrentAtlas) -> Client:
    return Client(create_app(Settings(static=Path("none"), allowed_parents=("https://www.gemeente.nl",)), current))


def rows(site: Client, query: str) -> list[list[str]]:
    """The rows of the table, without its heads."""
    answer = site.get(f"/tabel?{query}", accept="text/html")
    assert answer.status == 200, answer.text
    return Outline(answer.text).tables[0][1:]


def test_the_table_has_the_figures_classes_and_reasons_of_the_map(site: Client, current: CurrentAtlas) -> None:
    facts = current.snapshot.facts
    seen = set()
    for indicator in facts.indicators:
        for series in indicator.series:
            where = f"level={series.level}&year={series.year}"
            text = site.get(f"/values/{indicator.id}?f=csv&{where}").text
            wanted = {row["code"]: row for row in csv.DictReader(io.StringIO(text))}
            query = f"indicator={indicator.id}&niveau={series.level}&jaar={series.year}"
            page = site.get(f"/tabel?{query}", accept="text/html").text
            codes = re.findall(r'<th scope="row"><a href="./gebied/([^"?]+)', page)
            assert sorted(codes) == sorted(wanted)
            labels = {one.label for one in entries(facts, indicator.id, series.level, "nl", [])}
            for code, (_, _, figure, *classes) in zip(codes, Outline(page).tables[0][1:], strict=True):
                value, status = wanted[code]["value"], wanted[code]["status"]
                seen.add(status)
                if value:
                    assert figure.rstrip("%") == number_text(float(value), indicator.decimals, "nl")
                    assert not classes or classes[0] in labels
                else:
                    assert not re.search(r"\d", figure)
                    assert classes in ([], [""])
    assert len(seen) > 1


def test_rows_are_sorted_and_what_has_no_number_comes_last(site: Client, current: CurrentAtlas) -> None:
    indicator = current.snapshot.facts.indicators[0]
    series = indicator.series[-1]
    query = f"indicator={indicator.id}&niveau={series.level}&jaar={series.year}"
    up, down = rows(site, f"{query}&tabel=cijfer"), rows(site, f"{query}&tabel=-cijfer")

    def numbers(found: list[list[str]]) -> list[float | None]:
        texts = [row[2].rstrip("%") for row in found]
        return [float(text.replace(".", "").replace(",", ".")) if re.match(r"-?\d", text) else None for text in texts]

    for found, falling in ((numbers(up), False), (numbers(down), True)):
        known = [number for number in found if number is not None]
        assert known == sorted(known, reverse=falling)
        assert found[: len(known)] == known
    names = [row[0] for row in rows(site, query)]
    assert names == sorted(names)
    assert [row[0] for row in rows(site, f"{query}&tabel=-naam")] == names[::-1]


def test_a_search_finds_beginnings_of_words_and_an_area_its_own_parts(site: Client, current: CurrentAtlas) -> None:
    facts = current.snapshot.facts
    regions = current.snapshot.atlas.regions(max(edition.year for edition in facts.editions))
    fine = next(
        (one, series)
        for one in facts.indicators
        for series in one.series
        if series.level != facts.editions[-1].levels[0].id
    )
    query = f"indicator={fine[0].id}&niveau={fine[1].level}&jaar={fine[1].year}"
    every = rows(site, query)
    name = every[0][0]
    assert name in [row[0] for row in rows(site, f"{query}&zoek={quote(name.upper())}")]
    assert Outline(site.get(f"/tabel?{query}&zoek=zzzz", accept="text/html").text).tables == []
    parent = next(regions.parent[row] for row, known in enumerate(regions.name) if known == name)
    inside = rows(site, f"{query}&gebied={parent}")
    assert 0 < len(inside) <= len(every)
    assert {row[0] for row in inside} <= {row[0] for row in every}


def test_what_an_atlas_does_not_have_falls_back_to_the_nearest_it_has(site: Client) -> None:
    answer = site.get("/tabel?indicator=x&jaar=1900&niveau=y&gebied=z&tabel=w&pagina=99999&lang=de", accept="text/html")
    assert answer.status == 200


def test_every_link_and_picture_leads_somewhere(site: Client) -> None:
    text = site.get("/tabel?lang=en", accept="text/html").text
    for link in Outline(text).links:
        if "favicon" not in link and not link.startswith("#"):
            assert (
                site.get(f"/{link.removeprefix('./')}" if not link.startswith("?") else f"/tabel{link}").status == 200
            ), link
    (picture,) = re.findall(r'<img src="([^"]+)"', text)
    answer = site.get("/" + picture.removeprefix("./").replace("&amp;", "&"))
    assert answer.status == 200
    assert answer.headers["content-type"] == "image/svg+xml"


def test_the_page_may_stand_in_the_frames_that_the_map_may(site: Client) -> None:
    policy = site.get("/tabel", accept="text/html").headers["content-security-policy"]
    assert "frame-ancestors 'self' https://www.gemeente.nl" in policy
    assert "script-src 'none'" in policy


def test_readers_without_scripts_are_sent_to_the_same_map(site: Client) -> None:
    for page in ("", "embed"):
        text = site.get(f"/{page}?indicator=a&jaar=2022&x=%22%3E", accept="text/html").text
        assert (
            '<noscript><meta http-equiv="refresh" content="0; url=tabel?indicator=a&amp;jaar=2022&amp;x=%22%3E"></noscript>'
            in text
        )
