"""Servers that are busy, slow, broken or changing: a fetch recovers or stops with a sentence, and leaves no half table."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from layers.remote import statline
from layers.remote.addresses import Addresses
from layers.remote.cache import Cache
from layers.remote.client import Client, Patience
from layers.remote.description import Code, Description, Dimension, Role
from layers.remote.errors import BadAnswer, ChangedMeanwhile, GaveUp, Refused, RemoteError
from layers.remote.meter import Amount
from layers.remote.request import request_of
from layers.remote.selection import Clause, divided, selections
from layers.remote.statline import StatlineTable
from layers.remote.table import fetch_table
from tests.layers.remote import stream_memory
from tests.layers.remote.conftest import Cbs
from tests.layers.remote.loopback import Asked, Reply, cut, serving, stalled, status, truncated

KWB = request_of("cbs:84999NED")
POLICE = request_of("politie:47018NED")
RIGHT = [11642.0, 931298.0, 17942942.0, 0.0, "."]


def inhabitants(cbs: Cbs) -> list[object]:
    table = StatlineTable.open(cbs.fetch(KWB)[0].path)
    return list(table.cells(table.matching("Aantal inwoners")[0]))


def leftovers(cbs: Cbs) -> list[str]:
    """What a reader of the cache could take for a table."""
    return sorted(path.name for path in cbs.cache.folder.glob("*") if path.suffix in (".parquet", ".json"))


@pytest.mark.parametrize("version", ["v4", "v3"])
@pytest.mark.parametrize(
    "trouble",
    [
        status(429, Retry_After="7"),
        status(500, "an error occurred"),
        status(502),
        status(503),
        cut(90),
        cut(0),
        truncated(150),
        truncated(0),
        stalled(120),
    ],
    ids=["429", "500", "502", "503", "cut", "cut-at-once", "half-json", "empty", "silent"],
)
def test_a_page_that_breaks_off_is_asked_again(cbs: Cbs, version: str, trouble: Callable[[Reply], Reply]) -> None:
    cbs.table.on_v4 = version == "v4"
    cbs.server.fail(("Observations" if version == "v4" else "TypedDataSet", "$skiptoken=3"), trouble, times=2)
    cbs.server.fail("Properties" if version == "v4" else "TableInfos", trouble)
    assert inhabitants(cbs) == RIGHT
    assert len(cbs.waits) == 3


def test_a_busy_server_is_given_the_time_it_asks_for(cbs: Cbs) -> None:
    cbs.server.fail("Observations", status(429, Retry_After="7"))
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    cbs.server.fail(("Observations", "$skiptoken=3"), status(503, Retry_After=soon))
    assert inhabitants(cbs) == RIGHT
    assert cbs.waits[0] == 7.0
    assert 20.0 < cbs.waits[1] <= 30.0


def test_without_such_a_wish_waits_double(cbs: Cbs) -> None:
    cbs.server.fail("Observations", status(500), times=3)
    assert inhabitants(cbs) == RIGHT
    assert cbs.waits == [0.5, 1.0, 2.0]


def test_a_server_that_asks_for_an_hour_is_left_alone(cbs: Cbs) -> None:
    cbs.server.fail("Observations", status(429, Retry_After="3600"))
    with pytest.raises(GaveUp, match=r"answers 429 \(Too Many Requests\), and asks to come back in 3600 seconds"):
        cbs.fetch(KWB)
    assert leftovers(cbs) == []


def test_a_server_that_stays_broken_is_a_sentence_and_leaves_no_table(cbs: Cbs) -> None:
    cbs.server.fail(("Observations", "$skiptoken=6"), status(500), times=99)
    with pytest.raises(GaveUp, match=r"Observations: the server answers 500 .*, 4 times in a row; try again later"):
        cbs.fetch(KWB)
    assert leftovers(cbs) == []
    assert cbs.cache.find(KWB) is None


def test_a_fetch_that_stopped_goes_on_with_the_page_it_was_at(cbs: Cbs) -> None:
    cbs.server.fail(("Observations", "$skiptoken=6"), cut(100), times=4)
    with pytest.raises(GaveUp):
        cbs.fetch(KWB)
    cbs.server.asked.clear()
    assert inhabitants(cbs) == RIGHT
    asked = [each.options.get("$skiptoken", "0") for each in cbs.server.asked if each.path.endswith("Observations")]
    assert asked[0] == "6"


def test_a_fetch_that_stopped_begins_anew_when_the_table_changed_since(cbs: Cbs) -> None:
    cbs.server.fail(("Observations", "$skiptoken=6"), cut(100), times=4)
    with pytest.raises(GaveUp):
        cbs.fetch(KWB)
    cbs.table.modified = "2025-06-01T02:00:00"
    cbs.table.cells["GM0003",]["AantalInwoners_5"] = 12000
    assert inhabitants(cbs)[0] == 12000.0


def test_a_table_replaced_between_two_pages_is_read_again(cbs: Cbs) -> None:
    def replaced(reply: Reply) -> Reply:
        cbs.table.modified = "2025-06-01T02:00:00"
        cbs.table.cells["GM0003",]["AantalInwoners_5"] = 12000
        return reply

    cbs.server.fail(("Observations", "$skiptoken=6"), replaced)
    assert inhabitants(cbs)[0] == 12000.0


def test_a_table_that_is_replaced_all_the_time_is_a_sentence(cbs: Cbs) -> None:
    moments = iter(range(100))

    def replaced(reply: Reply) -> Reply:
        cbs.table.modified = f"2025-06-01T02:00:{next(moments):02}"
        return reply

    cbs.server.fail(("Observations", "$skiptoken=6"), replaced, times=99)
    with pytest.raises(ChangedMeanwhile, match="the publisher replaced it while it was read, 3 times; try again later"):
        cbs.fetch(KWB)
    assert leftovers(cbs) == []


def test_two_figures_for_one_cell_are_a_table_that_changed(cbs: Cbs) -> None:
    def shifted(reply: Reply) -> Reply:
        assert isinstance(reply.body, bytes)
        page = json.loads(reply.body)
        page["value"].append({**page["value"][0], "Value": 5.0, "StringValue": None})
        return Reply(json.dumps(page).encode())

    cbs.server.fail(("Observations", "$skiptoken=3"), shifted)
    assert inhabitants(cbs) == RIGHT
    assert [each.path for each in cbs.server.asked].count("/CBS/84999NED/Properties") > 3


def test_a_good_table_stays_when_the_next_fetch_fails(cbs: Cbs) -> None:
    before, _ = cbs.fetch(KWB)
    cbs.table.modified = "2025-06-01T02:00:00"
    cbs.server.fail("Observations", status(500), times=99)
    with pytest.raises(GaveUp):
        cbs.fetch(KWB)
    assert cbs.cache.local(KWB) == before


def test_the_api_is_asked_in_parts_where_the_feed_does_not_answer(cbs: Cbs) -> None:
    cbs.tables["47018NED"].most = 4
    cbs.server.fail("/ODataFeed/odata/47018NED/TypedDataSet", status(406), times=99)
    local, _ = cbs.fetch(POLICE)
    table = StatlineTable.open(local.path)
    assert sorted(map(str, table.cells("GeregistreerdeMisdrijven_1"))) == sorted(map(str, map(float, range(27))))
    assert cbs.waits == []  # a refusal for size is no trouble that passes
    parts = [each.options.get("$filter", "") for each in cbs.server.asked if each.path.startswith("/ODataApi")]
    assert parts[0] == ""
    assert any("startswith" in part or " eq " in part for part in parts)
    assert cbs.server.paths().count("/ODataFeed/odata/47018NED/TypedDataSet") == 1


def test_the_api_is_asked_where_the_feed_stays_broken(cbs: Cbs) -> None:
    cbs.server.fail("/ODataFeed/", status(500), times=999)
    local, _ = cbs.fetch(POLICE)
    assert local.provenance.rows == 27


def test_a_version_that_is_not_accepted_anywhere_is_a_sentence(cbs: Cbs) -> None:
    cbs.server.fail("TypedDataSet", status(406), times=99)
    with pytest.raises(Refused, match=r"47018NED/TypedDataSet: the server answers 406 \(Not Acceptable\)"):
        cbs.fetch(POLICE)
    assert leftovers(cbs) == []


def test_a_table_that_version_four_refuses_comes_through_version_three(cbs: Cbs) -> None:
    cbs.server.fail("/CBS/84999NED/Properties", status(406), times=99)
    local, _ = cbs.fetch(KWB)
    assert local.provenance.service == "odata3"


def test_signs_that_cannot_be_read_are_told_and_none_is_guessed(cbs: Cbs) -> None:
    cbs.table.on_v4 = False
    cbs.server.fail("UntypedDataSet", status(406), times=99)
    local, _ = cbs.fetch(KWB)
    table = StatlineTable.open(local.path)
    assert table.cells("AantalInwoners_5") == [11642.0, 931298.0, 17942942.0, 0.0, None]
    assert "why cells are empty could not be read, so that they count as missing" in local.provenance.notes[0]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"<html>Sign in</html>", "this is no OData answer, it begins with '<html>Sign in</html>'"),
        (b'{"error":{"code":"x","message":"Something went wrong"}}', "the server says 'Something went wrong'"),
        (b'{"value":[{"Measure":"T001036" "Value":1.0, "ValueAttribute":"None"}]}', "this is no JSON"),
        (b'{"value":[{"Measure":"T001036","Value":1,"ValueAttribute":"None"}]}', "a row has no WijkenEnBuurten"),
        (b'{"value":[7]}', "a row is no object"),
        (b'{"value":[{"WijkenEnBuurten":"\xff"}]}', "this is no UTF-8"),
    ],
)
def test_an_answer_that_is_something_else_is_a_sentence(cbs: Cbs, body: bytes, sentence: str) -> None:
    cbs.server.fail("Observations", lambda _: Reply(body))
    with pytest.raises(BadAnswer, match=sentence):
        cbs.fetch(KWB)
    assert leftovers(cbs) == []


def test_a_page_that_names_itself_as_the_next_one_ends_the_fetch(cbs: Cbs) -> None:
    def circular(reply: Reply) -> Reply:
        assert isinstance(reply.body, bytes)
        here = cbs.server.asked[-1]
        link = f"{cbs.server.address}{here.path}"
        return Reply(json.dumps({**json.loads(reply.body), "@odata.nextLink": link}).encode())

    cbs.table.on_v3 = False
    cbs.server.fail("Dimensions", circular)
    with pytest.raises(RemoteError, match="the next one is itself"):
        cbs.fetch(request_of("cbs:84999NED"))


def test_a_host_that_is_not_there_is_a_sentence(cbs: Cbs, client: Client) -> None:
    cbs.server.server.server_close()
    with pytest.raises(GaveUp, match="the server cannot be reached"):
        client.read(f"{cbs.server.address}/CBS/84999NED/Properties", lambda answer: answer.status)


def test_a_host_gets_no_more_than_two_requests_at_a_time(client: Client) -> None:
    now, most, turn = 0, 0, threading.Lock()

    def counting(_asked: Asked) -> Reply:
        nonlocal now, most
        with turn:
            now += 1
            most = max(most, now)
        time.sleep(0.05)
        with turn:
            now -= 1
        return Reply(b"{}")

    with serving(counting) as server, ThreadPoolExecutor(8) as workers:
        list(workers.map(lambda _: client.read(server.address, lambda answer: b"".join(answer.chunks())), range(8)))
    assert most == 2


def test_an_answer_that_comes_just_after_the_stop_is_not_read(client: Client) -> None:
    def answer(_: Asked) -> Reply:
        client.stop()
        return Reply(b"too late")

    with serving(answer) as server, pytest.raises(GaveUp, match="the fetch was stopped"):
        client.read(server.address, lambda answer: list(answer.chunks()))


def test_an_answer_that_drips_is_given_up() -> None:
    seconds = iter(range(0, 100_000, 130))
    client = Client(Patience(tries=2), sleep=lambda _: None, clock=lambda: float(next(seconds)))
    too_slow = pytest.raises(GaveUp, match="the answer comes too slowly, 2 times in a row")
    with client, serving(lambda _: Reply(iter([b"drip"] * 5))) as server, too_slow:
        client.read(server.address, lambda answer: list(answer.chunks()))


def test_a_large_table_is_written_in_batches_of_bounded_size(
    tmp_path: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_memory, "PAGE", 5_000)
    monkeypatch.setattr(stream_memory, "REGIONS_AT_MOST", 200)
    monkeypatch.setattr(statline, "CELLS_AT_A_TIME", 2_000)
    with serving(lambda asked: stream_memory.answer(asked, server.address, 30_000)) as server:
        rows: list[Amount] = []
        addresses = Addresses(*[server.address] * 5)
        request = request_of("cbs:90000NED")
        local, _ = fetch_table(request, Cache(tmp_path), client, addresses, rows.append)
    file = pq.ParquetFile(local.path).metadata
    groups = [file.row_group(number).num_rows * (stream_memory.MEASURES + 2) for number in range(file.num_row_groups)]
    assert (file.num_rows, rows[-1].rows) == (600, 30_000)
    assert max(groups) <= 2_000
    figures = [number for column in range(stream_memory.MEASURES) for number in statline_numbers(local.path, column)]
    assert sorted(figures) == list(map(float, range(30_000)))


def statline_numbers(path: Path, measure: int) -> list[float]:
    return [float(str(cell)) for cell in StatlineTable.open(path).cells(f"M{measure:06}")]


def test_links_to_the_public_host_are_followed_to_the_mirror(cbs: Cbs) -> None:
    cbs.table.on_v4 = False
    answering = cbs.server.answering

    def mirrored(asked: Asked) -> Reply:
        reply = answering(asked)
        assert isinstance(reply.body, bytes)
        reply.body = reply.body.replace(cbs.server.address.encode(), b"http://opendata.cbs.nl")
        return reply

    cbs.server.answering = mirrored
    assert inhabitants(cbs) == RIGHT


def test_a_query_is_divided_until_each_part_is_one_row() -> None:
    codes = tuple(Code(f"BU{gemeente:04}{buurt:04}", "") for gemeente in range(3) for buurt in range(30))
    periods = tuple(Code(f"20{year:02}JJ00", "") for year in range(3))
    table = Description(
        "1",
        "",
        None,
        None,
        None,
        (Dimension("Buurt", "", Role.REGION, codes), Dimension("Perioden", "", Role.TIME, periods)),
        (),
    )

    def covered(selection: tuple[Clause, ...]) -> set[tuple[str, str]]:
        clauses = {clause.dimension: clause for clause in selection}
        return {
            (code.key, period.key)
            for code in codes
            for period in periods
            if ("Buurt" not in clauses or clauses["Buurt"].holds(code))
            and ("Perioden" not in clauses or clauses["Perioden"].holds(period))
        }

    waiting, ends = selections({}), []
    while waiting:
        selection = waiting.pop()
        parts = divided(selection, table)
        assert len(parts) != 1
        if parts:
            pieces = [covered(part) for part in parts]
            assert set().union(*pieces) == covered(selection)
            assert sum(map(len, pieces)) == len(covered(selection))
        else:
            ends.append(covered(selection))
        waiting += parts
    assert sorted(map(len, ends)) == [1] * 270


def test_many_codes_are_asked_for_in_addresses_of_bearable_length() -> None:
    codes = {"Buurt": [Code(f"BU{number:08}", "") for number in range(100)]}
    found = selections(codes)
    assert [len(clause.keys) for selection in found for clause in selection] == [40, 40, 20]
    assert selections({}) == [()]
