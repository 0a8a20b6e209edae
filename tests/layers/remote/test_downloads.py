"""Files: borders of PDOK, files of the web, objects in S3."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
import shapely

from layers.problems import InputProblems
from layers.remote.addresses import Addresses
from layers.remote.atom import FeedFile, newest
from layers.remote.cache import Cache, Local
from layers.remote.client import Client
from layers.remote.errors import BadAnswer, GaveUp, Refused, RemoteError
from layers.remote.meter import Amount, silent
from layers.remote.pdok import fetch_borders
from layers.remote.request import request_of
from layers.remote.s3 import fetch_object
from layers.remote.web import fetch_file
from tests.layers.remote.loopback import Asked, Loopback, Reply, cut, serving, stalled, status, truncated
from tests.layers.remote.pdok_double import PdokDouble, answer, square

BORDERS = request_of("pdok:wijken-en-buurten/2024")
FOLDER = "/cbs/wijkenbuurten/2024/atom/downloads/"


@dataclass
class Pdok:
    server: Loopback
    double: PdokDouble
    cache: Cache
    client: Client
    waits: list[float]
    amounts: list[Amount]

    def fetch(self, source: str = "pdok:wijken-en-buurten/2024", layers: tuple[str, ...] = ()) -> tuple[Local, bool]:
        here = self.server.address
        addresses = Addresses(here, here, here, here, here)
        request = request_of(source, columns=layers)
        return fetch_borders(request, self.cache, self.client, addresses, self.amounts.append)


def geopackage(path: Path, regions: int) -> bytes:
    squares = [shapely.box(150_000 + 1000 * n, 400_000, 151_000 + 1000 * n, 401_000) for n in range(regions)]
    codes = [f"BU0363AD{n:02}" for n in range(regions)]
    frame = gpd.GeoDataFrame({"buurtcode": codes}, geometry=squares, crs="EPSG:28992")
    pyogrio.write_dataframe(frame, path, layer="buurten", driver="GPKG")
    return path.read_bytes()


@pytest.fixture
def pdok(tmp_path: Path, client: Client, waits: list[float]) -> Iterator[Pdok]:
    double = PdokDouble(
        files={
            f"{FOLDER}wijkenbuurten_2024_v1.gpkg": geopackage(tmp_path / "one.gpkg", 3),
            f"{FOLDER}wijkenbuurten_2024_v2.gpkg": geopackage(tmp_path / "two.gpkg", 300),
            f"{FOLDER}wijkenbuurten_2024_v2.zip": b"no",
        }
    )
    with serving(lambda asked: answer(double, server, asked)) as server:
        yield Pdok(server, double, Cache(tmp_path / "downloads"), client, waits, [])


def test_the_newest_version_is_taken_and_written_down(pdok: Pdok) -> None:
    local, is_new = pdok.fetch()
    assert is_new
    assert len(pyogrio.read_dataframe(local.path, layer="buurten")) == 300
    facts = local.provenance
    assert (facts.version, facts.service, facts.modified) == ("v2", "atom", "2026-01-15T12:00:00Z")
    assert facts.licence == "https://creativecommons.org/licenses/by/4.0/deed.nl"
    assert facts.attribution == "Bron: CBS, Kadaster/PDOK"
    assert pdok.amounts[-1] == Amount(facts.size, facts.size)


def test_borders_that_did_not_change_are_not_downloaded_again(pdok: Pdok) -> None:
    first, _ = pdok.fetch()
    assert pdok.fetch() == (first, False)
    pdok.double.files[f"{FOLDER}wijkenbuurten_2024_v3.gpkg"] = pdok.double.files[f"{FOLDER}wijkenbuurten_2024_v1.gpkg"]
    newer, is_new = pdok.fetch()
    assert (newer.provenance.version, is_new) == ("v3", True)


@pytest.mark.parametrize("trouble", [cut(50_000), stalled(50_000)], ids=["cut", "silent"])
def test_a_download_that_breaks_off_goes_on_where_it_was(pdok: Pdok, trouble: Callable[[Reply], Reply]) -> None:
    pdok.server.fail("_v2.gpkg", trouble)
    local, _ = pdok.fetch()
    assert local.path.read_bytes() == pdok.double.files[f"{FOLDER}wijkenbuurten_2024_v2.gpkg"]
    assert [each.headers.get("range") for each in pdok.server.asked if each.path.endswith("_v2.gpkg")][
        1
    ] == "bytes=50000-"
    assert len(pdok.waits) == 1


def test_a_download_that_was_stopped_goes_on_the_next_time(pdok: Pdok) -> None:
    pdok.server.fail("_v2.gpkg", cut(20_000), times=4)
    with pytest.raises(GaveUp, match=r"the answer broke off.*4 times in a row"):
        pdok.fetch()
    assert pdok.cache.find(BORDERS) is None
    pdok.server.asked.clear()
    local, _ = pdok.fetch()
    assert local.path.read_bytes() == pdok.double.files[f"{FOLDER}wijkenbuurten_2024_v2.gpkg"]
    assert pdok.server.asked[-1].headers["range"] == "bytes=80000-"


def test_the_rest_of_another_file_is_never_put_behind_a_half(pdok: Pdok, tmp_path: Path) -> None:
    pdok.server.fail("_v2.gpkg", cut(20_000), times=4)
    with pytest.raises(GaveUp):
        pdok.fetch()
    pdok.double.files[f"{FOLDER}wijkenbuurten_2024_v2.gpkg"] = other = geopackage(tmp_path / "other.gpkg", 200)
    assert pdok.fetch()[0].path.read_bytes() == other


def test_without_a_tag_a_broken_download_begins_anew(pdok: Pdok) -> None:
    pdok.double.has_validators = False
    pdok.server.fail("_v2.gpkg", cut(50_000))
    local, _ = pdok.fetch()
    assert local.path.read_bytes() == pdok.double.files[f"{FOLDER}wijkenbuurten_2024_v2.gpkg"]
    assert all("range" not in each.headers for each in pdok.server.asked)


def test_half_a_geopackage_that_says_it_is_whole_is_refused(pdok: Pdok) -> None:
    name = f"{FOLDER}wijkenbuurten_2024_v2.gpkg"
    pdok.double.files[name] = pdok.double.files[name][:60_000]
    with pytest.raises(BadAnswer, match="only a part of the file came"):
        pdok.fetch()
    pdok.double.files[name] = b"<html>" * 100
    with pytest.raises(BadAnswer, match="this is no GeoPackage"):
        pdok.fetch()
    assert pdok.cache.find(BORDERS) is None


def test_a_length_in_the_feed_that_is_out_of_date_is_noted(pdok: Pdok) -> None:
    pdok.double.length_in_feed = 12
    assert "the feed says 12 bytes" in pdok.fetch()[0].provenance.notes[0]


def test_without_a_file_the_features_come_page_by_page(pdok: Pdok) -> None:
    pdok.double.has_feed, pdok.double.files = False, {}
    pdok.double.collections = {
        "gemeenten": [square(0, gemeentecode="GM0363", water="NEE", aantal_inwoners=931298)],
        "buurten": [
            square(0, buurtcode="BU0363AD07", woz=None, oad=3),
            square(1, buurtcode="BU0363AD08", woz=512, oad=2.5),
            square(2, buurtcode="BU0363AD09", woz=-99997, oad=None),
            square(3, buurtcode="BU0363AD10", woz=0, oad=1),
            square(4, buurtcode="BU0363AD11", woz=None, oad=1),
        ],
        "wijken": [],
    }
    pdok.server.fail(("buurten", "cursor=2"), status(503))
    local, _ = pdok.fetch(layers=("gemeenten", "buurten"))
    buurten = pyogrio.read_dataframe(local.path, layer="buurten")
    assert buurten["woz"].fillna(-1).tolist() == [-1, 512, -99997, 0, -1]
    assert buurten["oad"].fillna(-1).tolist() == [3, 2.5, -1, 1, 1]
    assert str(buurten.crs) == "EPSG:28992"
    assert buurten.geometry.area.tolist() == [1e6] * 5
    assert sorted(name for name, _ in pyogrio.list_layers(local.path)) == ["buurten", "gemeenten"]
    assert (local.provenance.service, local.provenance.rows) == ("ogc-api", 6)
    assert all("offset" not in each.options for each in pdok.server.asked)
    assert not list((pdok.cache.folder / "work").iterdir())


def test_a_collection_that_is_not_there_is_told_with_the_nearest(pdok: Pdok) -> None:
    pdok.double.has_feed, pdok.double.files = False, {}
    pdok.double.collections = {"buurten": [square(0, buurtcode="BU0363AD07")]}
    with pytest.raises(BadAnswer, match=r'no collection "buurt" .did you mean "buurten"'):
        pdok.fetch(layers=("buurt",))


def test_a_year_that_pdok_does_not_have_is_a_sentence(pdok: Pdok) -> None:
    with pytest.raises(
        Refused, match=r"2031/atom/index.xml: (the feed offers no GeoPackage of 2031|the server answers 404)"
    ):
        pdok.fetch("pdok:wijken-en-buurten/2031")
    with pytest.raises(InputProblems, match=r'no dataset "wijken-buurten" .did you mean "wijken-en-buurten"'):
        pdok.fetch("pdok:wijken-buurten/2024")


def test_a_feed_that_is_cut_or_no_feed_is_a_sentence(pdok: Pdok) -> None:
    pdok.server.fail("index.xml", truncated(150))
    assert pdok.fetch()[1]
    pdok.server.fail("dataset.xml", lambda _: Reply(b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"))
    with pytest.raises(BadAnswer, match="this is no ATOM feed"):
        pdok.fetch()


@pytest.mark.parametrize(
    ("names", "year", "chosen"),
    [
        (["wijkenbuurten_2024_v1.gpkg", "wijkenbuurten_2024_v3.gpkg", "wijkenbuurten_2024_v2.gpkg"], 2024, 1),
        (["wijkenbuurten_2023.gpkg", "wijkenbuurten_2024.gpkg"], 2024, 1),
        (["cbsgebiedsindelingen2025.gpkg", "cbsgebiedsindelingen2025.2026-02.gpkg"], 2025, 1),
        (["cbsgebiedsindelingen2025.2026-02.gpkg", "cbsgebiedsindelingen2026.gpkg"], 2026, 1),
        (["wijkenbuurten_2023.gpkg"], 2024, None),
    ],
)
def test_the_newest_file_of_a_year(names: list[str], year: int, chosen: int | None) -> None:
    files = [FeedFile(f"https://service.pdok.nl/{name}", "", None, None, None) for name in names]
    assert newest(files, year) == (None if chosen is None else files[chosen])


# ------------------------------------------------------------------------------------------------ the web

CSV = b"code;koop\nGM0363;29\n"


def web(asked: Asked) -> Reply:
    if asked.headers.get("if-none-match") == '"1"':
        return Reply(b"", 304)
    return Reply(CSV, headers={"ETag": '"1"', "Content-Type": "text/csv; charset=utf-8"})


def test_a_file_of_the_web_keeps_its_kind_and_is_asked_for_once(tmp_path: Path, client: Client) -> None:
    cache = Cache(tmp_path / "downloads")
    with serving(web) as server:
        request = request_of(f"{server.address}/figures/export?key=geheim")
        local, is_new = fetch_file(request, cache, client, silent)
        assert (local.path.read_bytes(), local.path.suffix, is_new) == (CSV, ".csv", True)
        assert fetch_file(request, cache, client, silent) == (local, False)
    everything = [path.name + path.read_text(encoding="utf-8") for path in cache.folder.glob("*.json")]
    assert not any("geheim" in text for text in everything)


def test_a_web_page_in_place_of_a_file_is_a_sentence_without_the_secret(tmp_path: Path, client: Client) -> None:
    page = Reply(b"<html>Sign in</html>", headers={"Content-Type": "text/html; charset=utf-8"})
    with serving(lambda _: page) as server:
        request = request_of(f"{server.address}/figures.csv?key=geheim")
        with pytest.raises(RemoteError, match="this is a web page, and no file") as caught:
            fetch_file(request, Cache(tmp_path), client, silent)
        assert "geheim" not in str(caught.value)


def test_no_file_of_the_cache_is_named_after_a_password(tmp_path: Path, client: Client) -> None:
    with serving(lambda _: Reply(CSV, headers={"Content-Type": "text/csv"})) as server:
        address = server.address.replace("http://", "http://ann:geheim@")
        local, _ = fetch_file(request_of(f"{address}/figures.csv?key=geheim"), Cache(tmp_path), client, silent)
    assert local.path.read_bytes() == CSV
    for path in tmp_path.rglob("*"):
        assert "geheim" not in path.name
        assert path.is_dir() or b"geheim" not in path.read_bytes()


# ------------------------------------------------------------------------------------------------ S3


def test_an_object_of_s3_is_asked_for_as_anybody_may(tmp_path: Path) -> None:
    content = CSV * 100_000

    def bucket(asked: Asked) -> Reply:
        if asked.path != "/cijfers/2024/wijk.csv":
            return Reply(b"<Error><Code>NoSuchKey</Code></Error>", 404, {"Content-Type": "application/xml"})
        headers = {"ETag": '"abc"', "Last-Modified": "Sun, 22 Nov 2026 10:00:00 GMT", "Content-Type": "text/csv"}
        wanted = asked.headers.get("range", "")
        if wanted:
            first, _, last = wanted.removeprefix("bytes=").partition("-")
            part = content[int(first) : int(last) + 1]
            return Reply(
                part, 206, headers | {"Content-Range": f"bytes {first}-{int(first) + len(part) - 1}/{len(content)}"}
            )
        return Reply(content, 200, headers)

    cache = Cache(tmp_path / "downloads")
    with serving(bucket) as server:
        environ = {"AWS_ENDPOINT_URL": server.address}
        request = request_of("s3://cijfers/2024/wijk.csv")
        local, is_new = fetch_object(request, cache, silent, environ)
        assert (local.path.read_bytes(), local.path.suffix, is_new) == (content, ".csv", True)
        assert fetch_object(request, cache, silent, environ) == (local, False)
        with pytest.raises(Refused, match="there is no such object, or no such bucket"):
            fetch_object(request_of("s3://cijfers/2025/wijk.csv"), cache, silent, environ)
