"""Tables of StatLine, through both versions of OData."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from layers.problems import InputProblems
from layers.remote.description import normal
from layers.remote.periods import Period, read_period
from layers.remote.request import request_of
from layers.remote.statline import StatlineTable
from tests.layers.remote.conftest import Cbs
from tests.layers.remote.loopback import Asked, Reply

KWB = request_of("cbs:84999NED")
VERSIONS = pytest.mark.parametrize("version", ["v4", "v3"])


def only(cbs: Cbs, version: str) -> None:
    cbs.table.on_v4, cbs.table.on_v3 = version == "v4", version == "v3"


def by_region(table: StatlineTable, name: str) -> dict[object, object]:
    (column,) = table.matching(name)
    return dict(zip(table.cells("WijkenEnBuurten"), table.cells(column), strict=True))


@VERSIONS
def test_a_table_is_one_row_per_region_with_codes_that_are_not_padded(cbs: Cbs, version: str) -> None:
    only(cbs, version)
    local, is_new = cbs.fetch(KWB)
    table = StatlineTable.open(local.path)
    assert is_new
    assert table.cells("WijkenEnBuurten") == ["GM0003", "GM0363", "NL00", "WK000300", "WK0363AD"]
    assert by_region(table, "Gemeentenaam")["GM0363"] == "Amsterdam"
    assert local.provenance.rows == 5
    assert local.provenance.title == "Kerncijfers van de dubbelganger"


@VERSIONS
def test_zero_secret_and_empty_are_three_things(cbs: Cbs, version: str) -> None:
    only(cbs, version)
    table = StatlineTable.open(cbs.fetch(KWB)[0].path)
    assert by_region(table, "Aantal inwoners") == {
        "NL00": 17942942.0,
        "GM0003": 11642.0,
        "WK000300": 0.0,
        "GM0363": 931298.0,
        "WK0363AD": ".",
    }
    homes = by_region(table, "Koopwoningen")
    assert (homes["GM0003"], homes["WK000300"], homes["WK0363AD"], homes["GM0363"]) == (".", None, "x", 29.0)


@VERSIONS
def test_a_region_of_which_every_figure_is_secret_is_not_dropped(cbs: Cbs, version: str) -> None:
    only(cbs, version)
    cbs.table.cells["GM0003",] = {"AantalInwoners_5": ".", "Koopwoningen_47": "."}
    table = StatlineTable.open(cbs.fetch(KWB)[0].path)
    assert by_region(table, "Aantal inwoners")["GM0003"] == "."


@VERSIONS
def test_a_region_without_any_figure_has_a_row_of_its_own(cbs: Cbs, version: str) -> None:
    only(cbs, version)
    table = StatlineTable.open(cbs.fetch(request_of("cbs:84999NED", columns=["Koopwoningen"]))[0].path)
    assert by_region(table, "Koopwoningen") == {
        "NL00": 57.0,
        "GM0003": ".",
        "WK000300": None,
        "GM0363": 29.0,
        "WK0363AD": "x",
    }


@VERSIONS
def test_only_the_columns_that_a_catalog_needs_are_asked_for(cbs: Cbs, version: str) -> None:
    only(cbs, version)
    local, _ = cbs.fetch(request_of("cbs:84999NED", columns=["Koopwoningen", "WijkenEnBuurten", "not in this table"]))
    table = StatlineTable.open(local.path)
    assert [measure.title for measure in table.measures] == ["Koopwoningen"]
    asked = [each.options for each in cbs.server.asked if each.path.endswith(("Observations", "TypedDataSet"))]
    assert "1014800" in asked[0]["$filter"] if version == "v4" else asked[0]["$select"].endswith(",Koopwoningen_47")


@VERSIONS
@pytest.mark.parametrize("name", ["Koopwoningen", "koopwoningen", "Koopwoningen_47", "Koopwoningen_42", "KoopWoningen"])
def test_a_column_is_found_by_title_and_by_the_key_of_another_year(cbs: Cbs, version: str, name: str) -> None:
    only(cbs, version)
    table = StatlineTable.open(cbs.fetch(KWB)[0].path)
    (column,) = table.matching(name)
    assert 29.0 in table.cells(column)


@VERSIONS
def test_titles_that_stand_twice_are_told_apart_by_their_group(cbs: Cbs, version: str) -> None:
    only(cbs, version)
    table = StatlineTable.open(cbs.fetch(KWB)[0].path)
    assert len(table.matching("Nederland")) == 2
    assert len(table.matching("Herkomstland / Nederland")) == 1
    assert table.matching("Nederland_17") != table.matching("Nederland_20") or version == "v4"


def test_units_groups_and_labels_travel_in_the_schema(cbs: Cbs) -> None:
    local, _ = cbs.fetch(KWB)
    facts = json.loads(pq.read_schema(local.path).metadata[b"zichtkaart"])
    homes = next(measure for measure in facts["measures"] if measure["title"] == "Koopwoningen")
    assert (homes["unit"], homes["path"]) == ("%", ["Woningen naar eigendom"])
    assert StatlineTable.open(local.path).labels("WijkenEnBuurten")["WK0363AD"] == "Centrum"


def test_the_police_are_asked_on_another_host_and_keys_are_padded_in_the_question(cbs: Cbs) -> None:
    request = request_of("politie:47018NED", {"SoortMisdrijf": ["3.1.1", "Totaal misdrijven"], "Perioden": "JJ"})
    table = StatlineTable.open(cbs.fetch(request)[0].path)
    assert set(table.cells("SoortMisdrijf")) == {"0.0.0", "3.1.1"}
    assert set(table.cells("Perioden")) == {"2023JJ00", "2024JJ00"}
    assert table.cells("Perioden:year")[:2] == [2023, 2024]
    assert set(table.cells("Perioden:kind")) == {"year"}
    assert table.labels("SoortMisdrijf") == {"0.0.0": "Totaal misdrijven", "3.1.1": "3.1.1 Drugshandel"}
    asked = [each.options["$filter"] for each in cbs.server.asked if "$filter" in each.options]
    assert all("SoortMisdrijf eq '3.1.1 '" in text for text in asked)
    assert not any("/CBS/" in path for path in cbs.server.paths())


def test_a_server_that_does_not_know_the_filter_changes_nothing(cbs: Cbs) -> None:
    answering = cbs.server.answering

    def deaf(asked: Asked) -> Reply:
        options = {name: value for name, value in asked.options.items() if name != "$filter"}
        return answering(Asked(asked.path, options, asked.headers))

    cbs.server.answering = deaf
    table = StatlineTable.open(cbs.fetch(request_of("politie:47018NED", {"SoortMisdrijf": "3.1.1"}))[0].path)
    assert set(table.cells("SoortMisdrijf")) == {"3.1.1"}


def test_a_code_that_is_not_there_is_told_with_the_nearest(cbs: Cbs) -> None:
    with pytest.raises(InputProblems, match=r'SoortMisdrijf has no code or title "3.1.2" \(did you mean "3.1.1"'):
        cbs.fetch(request_of("politie:47018NED", {"SoortMisdrijf": "3.1.2"}))
    with pytest.raises(InputProblems, match=r'there is no dimension "Misdrijf" .did you mean "SoortMisdrijf"'):
        cbs.fetch(request_of("politie:47018NED", {"Misdrijf": "3.1.1"}))
    with pytest.raises(
        InputProblems, match=r'none of the columns Koopwoning is in this table .did you mean "Koopwoning'
    ):
        cbs.fetch(request_of("cbs:84999NED", columns=["Koopwoning"]))


def test_a_table_that_did_not_change_is_not_read_again(cbs: Cbs) -> None:
    first, _ = cbs.fetch(KWB)
    cbs.server.asked.clear()
    again, is_new = cbs.fetch(KWB)
    assert (again.provenance, is_new) == (first.provenance, False)
    assert cbs.server.paths() == ["/CBS/84999NED/Properties"]
    cbs.table.modified = "2025-12-01T02:00:00"
    cbs.table.cells["GM0363",]["Koopwoningen_47"] = 30
    newer, is_new = cbs.fetch(KWB)
    assert is_new
    assert newer.provenance.content != first.provenance.content
    assert not first.path.exists()


def test_more_columns_than_were_fetched_are_a_reason_to_ask_again(cbs: Cbs) -> None:
    homes = request_of("cbs:84999NED", columns=["Koopwoningen"])
    both = request_of("cbs:84999NED", columns=["Koopwoningen", "Aantal inwoners"])
    cbs.fetch(homes)
    with pytest.raises(InputProblems, match=r'fetched without "Aantal inwoners".*run zichtkaart fetch'):
        cbs.cache.local(both)
    assert cbs.fetch(both)[1]
    assert not cbs.fetch(homes)[1]


def test_the_checksum_of_a_table_does_not_depend_on_pages_or_moments(cbs: Cbs) -> None:
    first, _ = cbs.fetch(KWB)
    cbs.table.page, cbs.table.modified = 100, "2025-04-01T02:00:00"
    second, _ = cbs.fetch(KWB)
    assert first.provenance.content == second.provenance.content


def test_a_table_nobody_has_is_a_sentence(cbs: Cbs) -> None:
    with pytest.raises(Exception, match=r"/CBS/12345NED.*there is no such table \(404\); is its number right\?"):
        cbs.fetch(request_of("cbs:12345NED"))


def test_an_attribute_nobody_documented_means_no_figure_and_is_told(cbs: Cbs) -> None:
    def unheard(reply: Reply) -> Reply:
        assert isinstance(reply.body, bytes)
        reply.body = reply.body.replace(
            b'"ValueAttribute": "None", "Value": 29.0', b'"ValueAttribute": "Odd", "Value": 29.0'
        )
        return reply

    cbs.server.fail("Observations", unheard, times=99)
    local, _ = cbs.fetch(KWB)
    table = StatlineTable.open(local.path)
    assert by_region(table, "Koopwoningen")["GM0363"] is None
    assert local.provenance.notes == ('1 cell with the attribute "Odd", which is not documented, count as missing',)


@pytest.mark.parametrize(
    ("code", "period"),
    [
        ("2024JJ00", Period(2024, "year", 0)),
        ("2024KW03", Period(2024, "quarter", 3)),
        ("2024MM12 ", Period(2024, "month", 12)),
        ("2024X000", Period(2024, "X0", 0)),
        ("2024W101", Period(2024, "W1", 1)),
        ("Totaal", None),
    ],
)
def test_periods_have_a_year_and_a_kind(code: str, period: Period | None) -> None:
    assert read_period(code) == period


@pytest.mark.real_data
def test_every_key_of_the_real_table_is_normally_its_title(shared_data: Path) -> None:
    rows = json.loads((shared_data / "odata" / "85984NED_DataProperties.json").read_text(encoding="utf-8"))
    topics = [row for row in rows if row["Type"] == "Topic"]
    found = [normal(row["Key"]) == normal(row["Title"]) for row in topics]
    assert (len(topics), sum(found)) == (128, 128)
