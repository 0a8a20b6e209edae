"""``zichtkaart fetch``: a catalog's sources into its cache, the lock file, and working without the network."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pyogrio
import pytest
import shapely
from geopandas import GeoDataFrame
from rich.console import Console
from typer.testing import CliRunner

from layers.catalog import read_catalog
from layers.problems import InputProblems
from layers.remote import requests_of
from layers.remote.cache import Cache, CacheBusy
from layers.remote.client import Client, Patience
from layers.remote.fetch import Manner
from layers.remote.request import request_of, table_request
from layers.remote.statline import StatlineTable
from server.cli import cli
from server.fetching import fetch
from tests.conftest import REPOSITORY
from tests.layers.remote.loopback import Asked, Loopback, Reply, serving, stalled, status
from tests.layers.remote.pdok_double import PdokDouble
from tests.layers.remote.pdok_double import answer as pdok_answer
from tests.layers.remote.statline_double import TableDouble, neighbourhoods, offences
from tests.layers.remote.statline_double import answer as cbs_answer

CATALOG = """
[atlas]
id = "proef"
title = "Proef"
attribution = "Bron: CBS"

[[regions]]
level = "gemeente"
year = 2024
source = "pdok:wijken-en-buurten/2024"
layer = "gemeenten"
code = "gemeentecode"

[[tables]]
id = "kwb"
source = "cbs:84999NED"
level = "gemeente"
year = 2024
code = "WijkenEnBuurten"

[[tables]]
id = "drugshandel"
source = "politie:47018NED"
dimensions = { SoortMisdrijf = "3.1.1", Perioden = "JJ" }
level = "gemeente"
year_column = "Perioden"
code = "WijkenEnBuurten"

[[tables]]
id = "van-het-web"
source = "{base}/figures.csv"
level = "gemeente"
year = 2024
code = "code"

[[themes]]
id = "vastgoed"
title = "Vastgoed"

[[indicators]]
id = "koopwoningen"
theme = "vastgoed"
title = "Koopwoningen"
kind = "share"
column = "Koopwoningen"

[[indicators]]
id = "drugshandel"
theme = "vastgoed"
title = "Drugshandel"
kind = "count"
from = [{ column = "GeregistreerdeMisdrijven_1", table = "drugshandel" }]
"""


@dataclass
class World:
    """All publishers behind one address, and a catalog."""

    server: Loopback
    tables: dict[str, TableDouble]
    pdok: PdokDouble
    catalog: Path
    waits: list[float]

    @property
    def cache(self) -> Cache:
        return Cache.of(self.catalog.parent, {})

    def fetch(self, *, is_offline: bool = False, is_locked: bool = False) -> list[str]:
        """What the command says; raises what went wrong."""
        names = ("CBS_V4", "CBS_V3", "DERDEN_V3", "PDOK")
        environ = {f"ZICHTKAART_{name}": self.server.address for name in names}
        said: list[str] = []
        manner = Manner(is_offline=is_offline, is_locked=is_locked)
        client = Client(sleep=self.waits.append)
        try:
            fetch(self.catalog, manner, Console(file=StringIO()), environ, said.append, client)
        finally:
            self.said = said
        return said


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    path = tmp_path / "borders.gpkg"
    frame = GeoDataFrame(
        {"gemeentecode": ["GM0363"]}, geometry=[shapely.box(120_000, 480_000, 130_000, 490_000)], crs="EPSG:28992"
    )
    pyogrio.write_dataframe(frame, path, layer="gemeenten", driver="GPKG")
    pdok = PdokDouble(files={"/cbs/wijkenbuurten/2024/atom/downloads/wijkenbuurten_2024_v2.gpkg": path.read_bytes()})
    tables = {table.id: table for table in (neighbourhoods(), offences())}
    catalog = tmp_path / "proef.toml"

    def answer(asked: Asked) -> Reply:
        if asked.path == "/figures.csv":
            return Reply(b"code;koop\nGM0363;29\n", headers={"ETag": '"a"'})
        if "/atom/" in asked.path or "/ogc/" in asked.path:
            return pdok_answer(pdok, server, asked)
        return cbs_answer(tables, server, asked)

    with serving(answer) as server:
        catalog.write_text(CATALOG.replace("{base}", server.address), encoding="utf-8")
        yield World(server, tables, pdok, catalog, [])


def test_a_catalog_asks_for_each_source_once_with_the_columns_it_needs(world: World) -> None:
    requests = requests_of(read_catalog(world.catalog))
    assert [str(request).rpartition("/")[2] for request in requests] == [
        "2024",
        "cbs:84999NED",
        "politie:47018NED",
        "figures.csv",
    ]
    assert "Koopwoningen" in requests[1].columns
    assert requests[2].dimensions == (("Perioden", ("JJ",)), ("SoortMisdrijf", ("3.1.1",)))


def test_fetching_says_a_line_for_each_source(world: World) -> None:
    said = world.fetch()
    assert [line.partition(": ")[2] for line in said][1:3] == [
        "new, 5 rows, 202503270200, changed 2025-03-27T02:00:00\n",
        "new, 6 rows, changed 2025-03-27T02:00:00\n",
    ]
    assert said[0].startswith("pdok:wijken-en-buurten/2024: new, 0.1 MB, v2, changed 2026-01-15")
    catalog = read_catalog(world.catalog)
    local = world.cache.local(table_request(catalog.tables[1]))
    assert set(StatlineTable.open(local.path).cells("SoortMisdrijf")) == {"3.1.1"}
    assert all("unchanged" in line for line in world.fetch()[:3])


def test_the_command_ends_with_a_sentence_for_each_source_that_failed(world: World) -> None:
    names = ("CBS_V4", "CBS_V3", "DERDEN_V3", "PDOK")
    environ = {f"ZICHTKAART_{name}": world.server.address for name in names}
    world.server.fail("/atom/", status(403), times=99)
    world.server.fail("/cbs/", status(403), times=99)
    world.server.fail("figures.csv", status(410), times=99)
    result = CliRunner().invoke(cli, ["fetch", str(world.catalog), "--jobs", "2"], env=environ)
    failed = [line for line in result.stderr.splitlines() if not line.endswith("…")]
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == len(failed) == 2
    assert failed[0].startswith("pdok:wijken-en-buurten/2024: ")
    assert failed[1].endswith("figures.csv: the server answers 410 (Gone).")
    offline = CliRunner().invoke(cli, ["fetch", str(world.catalog), "--offline"], env=environ)
    assert (offline.exit_code, offline.stderr.count("this was not fetched yet")) == (1, 2)


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_a_fetch_that_was_ended_leaves_nothing_that_is_used_and_goes_on(world: World, end: signal.Signals) -> None:
    names = ("CBS_V4", "CBS_V3", "DERDEN_V3", "PDOK")
    environ = {**os.environ, **{f"ZICHTKAART_{name}": world.server.address for name in names}}
    world.tables["84999NED"].page = 1
    world.server.fail(("Observations", "$skiptoken=2"), stalled(10))
    command = [sys.executable, "-m", "server.cli", "fetch", str(world.catalog)]
    with subprocess.Popen(
        command, cwd=REPOSITORY, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        world.server.wait_for("/Observations", "2")
        process.send_signal(end)
        assert process.wait(10) != 0
    assert world.cache.find(request_of("cbs:84999NED")) is None
    world.server.asked.clear()
    world.fetch()
    pages = [each.options.get("$skiptoken") for each in world.server.asked if each.path.endswith("/Observations")]
    assert pages == ["2", "3"]
    table = StatlineTable.open(world.cache.local(request_of("cbs:84999NED")).path)
    assert table.cells("1014800") == [".", 29.0, 57.0, None, "x"]


def test_a_table_that_is_narrowed_twice_is_asked_once_what_it_is_about(world: World) -> None:
    origin = 'from = [{ column = "GeregistreerdeMisdrijven_1", table = "drugshandel" }]'
    text = world.catalog.read_text(encoding="utf-8").replace(origin, 'column = "GeregistreerdeMisdrijven_1"')
    _, table, rest = text.partition('[[tables]]\nid = "drugshandel"')
    more = (table + rest.partition("[[tables]]")[0]).replace("drugshandel", "overlast").replace("3.1.1", "2.1.1")
    world.catalog.write_text(f"{text}\n{more}", encoding="utf-8")
    assert len(world.fetch()) == 5
    assert world.server.paths().count("/ODataFeed/odata/47018NED/SoortMisdrijf") == 1


def test_one_source_that_fails_is_a_sentence_and_the_others_are_kept(world: World) -> None:
    world.server.fail("47018NED", status(500), times=99)
    with pytest.raises(InputProblems) as caught:
        world.fetch()
    assert [problem.file for problem in caught.value.problems] == [
        "politie:47018NED (Perioden JJ; SoortMisdrijf 3.1.1)"
    ]
    assert "the server answers 500 (Internal Server Error), 5 times in a row" in str(caught.value)
    assert len(world.said) == 3
    world.server.faults.clear()
    assert next(line for line in world.fetch() if "new" in line.partition(": ")[2][:4]).startswith("politie")


def test_without_the_network_what_is_there_is_used_and_what_is_missing_is_told(world: World) -> None:
    with pytest.raises(InputProblems) as caught:
        world.fetch(is_offline=True)
    assert len(caught.value.problems) == 4
    assert "this was not fetched yet" in str(caught.value)
    world.fetch()
    world.server.asked.clear()
    assert len(world.fetch(is_offline=True)) == 4
    assert world.server.asked == []


def test_a_download_that_was_changed_on_this_machine_is_not_used(world: World) -> None:
    world.fetch()
    local = world.cache.local(request_of("cbs:84999NED"))
    content = bytearray(local.path.read_bytes())
    content[100] ^= 1
    local.path.write_bytes(content)
    with pytest.raises(InputProblems, match=r"cbs:84999NED: the download cbs-84999NED-.*parquet is damaged"):
        world.cache.local(request_of("cbs:84999NED"))
    world.fetch()
    assert world.cache.local(request_of("cbs:84999NED")).path.exists()


def test_the_lock_file_tells_what_was_fetched_and_from_where(world: World) -> None:
    world.fetch()
    lock = json.loads(world.catalog.with_suffix(".lock").read_text(encoding="utf-8"))
    by_source = {entry["source"].rpartition("/")[2]: entry for entry in lock["sources"]}
    assert by_source["cbs:84999NED"]["rows"] == 5
    assert by_source["2024"]["version"] == "v2"
    assert by_source["politie:47018NED"]["dimensions"]["SoortMisdrijf"] == ["3.1.1"]
    assert all(len(entry["content"]) == 64 for entry in lock["sources"])


def test_a_locked_fetch_refuses_other_content_and_keeps_what_is_there(world: World) -> None:
    world.fetch()
    before = world.catalog.with_suffix(".lock").read_text(encoding="utf-8")
    world.tables["84999NED"].modified = "2026-01-01T02:00:00"
    world.tables["84999NED"].cells["GM0363",]["Koopwoningen_47"] = 31
    assert len(world.fetch(is_locked=True)) == 4  # it is all here, so nobody is asked
    for path in world.cache.folder.glob("cbs-*"):
        path.unlink()
    with pytest.raises(InputProblems, match=r"the publisher has other content now than proef.lock says"):
        world.fetch(is_locked=True)
    assert world.cache.find(request_of("cbs:84999NED")) is None
    assert world.catalog.with_suffix(".lock").read_text(encoding="utf-8") == before
    world.fetch()
    assert len(world.fetch(is_locked=True)) == 4


def test_a_lock_can_be_fetched_on_another_machine(world: World) -> None:
    world.fetch()
    for path in world.cache.folder.glob("*"):
        if path.is_file():
            path.unlink()
    assert len(world.fetch(is_locked=True)) == 4


def test_two_fetches_into_one_cache_do_not_meet(world: World) -> None:
    with world.cache.held(), pytest.raises(CacheBusy, match=r"another fetch writes .*downloads; wait until it is done"):
        world.fetch()


def test_the_folder_of_the_cache_comes_from_the_environment(tmp_path: Path) -> None:
    assert Cache.of(tmp_path, {}).folder == tmp_path / "downloads"
    assert Cache.of(tmp_path, {"ZICHTKAART_CACHE": "/srv/cache"}).folder == Path("/srv/cache")


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("cbs:", r'"" is no number of a table; write "cbs:85984NED"'),
        ("politie:47018NED?x", "is no number of a table"),
        ("pdok:wijken-en-buurten", 'is no dataset with a year; write "pdok:wijken-en-buurten/2024"'),
        ("s3://bucket", "an address in S3 has a bucket and a key"),
        ("https:/www.example.nl", "this is no address on the web"),
    ],
)
def test_a_source_that_cannot_be_is_a_sentence(source: str, sentence: str) -> None:
    with pytest.raises(InputProblems, match=sentence):
        request_of(source)


def test_an_address_in_the_environment_that_is_none_is_a_sentence(world: World) -> None:
    with pytest.raises(
        InputProblems, match=r'ZICHTKAART_PDOK is "pdok.example.nl", but must be an address that begins'
    ):
        fetch(world.catalog, Manner(), Console(file=StringIO()), {"ZICHTKAART_PDOK": "pdok.example.nl"}, print)


def test_a_login_in_the_environment_opens_a_mirror_and_stands_in_no_file_and_no_line(world: World) -> None:
    answer, opened = world.server.answering, "Basic " + b64encode(b"ann:s3cr/t").decode()
    world.server.answering = lambda asked: (
        answer(asked)
        if asked.headers.get("authorization") == opened or asked.path == "/figures.csv"
        else Reply(b"", 401)
    )
    base = world.server.address.replace("http://", "http://ann:s3cr%2Ft@")
    names = ("CBS_V4", "CBS_V3", "DERDEN_V3", "PDOK")
    for _ in range(2):
        said = StringIO()
        environ = {f"ZICHTKAART_{name}": base for name in names}
        fetch(world.catalog, Manner(), Console(file=said), environ, said.write)
        assert "s3cr" not in said.getvalue()
    written = [path.read_bytes() for path in world.catalog.parent.rglob("*") if path.is_file()]
    assert len(written) > 6
    assert not [content for content in written if b"s3cr" in content]


def test_an_address_that_is_none_is_told_without_its_password(world: World) -> None:
    environ = {"ZICHTKAART_CBS_V4": "ann:s3cret@mirror.example.nl"}
    with pytest.raises(InputProblems, match=r'ZICHTKAART_CBS_V4 is "mirror\.example\.nl", but must'):
        fetch(world.catalog, Manner(), Console(file=StringIO()), environ, print)


@pytest.mark.parametrize("text", ["0", "soon", "-1"])
def test_a_time_out_in_the_environment_that_is_none_is_a_sentence(text: str) -> None:
    assert Patience.read({"ZICHTKAART_TIMEOUT": "90"}).silence_s == 90.0
    with pytest.raises(InputProblems, match=f'ZICHTKAART_TIMEOUT is "{text}", but must be a number of seconds'):
        Patience.read({"ZICHTKAART_TIMEOUT": text})


def test_bars_on_a_terminal_and_lines_elsewhere(world: World) -> None:
    names = ("CBS_V4", "CBS_V3", "DERDEN_V3", "PDOK")
    environ = {f"ZICHTKAART_{name}": world.server.address for name in names}
    shown: dict[bool, str] = {}
    for is_terminal in (True, False):
        screen = StringIO()
        environ["ZICHTKAART_CACHE"] = str(world.catalog.parent / f"cache-{is_terminal}")
        fetch(world.catalog, Manner(), Console(file=screen, force_terminal=is_terminal, width=120), environ, len)
        shown[is_terminal] = screen.getvalue()
    assert "cbs:84999NED …\n" in shown[False]
    assert "rows" in shown[True]
    assert os.linesep in shown[True]


def test_a_catalog_without_remote_sources_has_nothing_to_fetch(world: World, data_catalog: Callable[[], Path]) -> None:
    world.catalog = data_catalog()
    assert world.fetch() == ["There is nothing to fetch: every source of this catalog is on this machine.\n"]


@pytest.fixture
def data_catalog(tmp_path: Path) -> Callable[[], Path]:
    def made() -> Path:
        path = tmp_path / "local.toml"
        path.write_text(CATALOG.partition("[[tables]]")[0].replace("pdok:wijken-en-buurten/2024", "borders.gpkg"))
        return path

    return made
