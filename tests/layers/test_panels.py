"""Panels and flows: tables that are not about one region per row."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.atlas import ColumnFacts, Text
from layers.catalog import read_catalog
from layers.panel_rows import FlowRows, PanelRows, read_flow, read_panel, write_flow, write_panel
from layers.panels import Panel
from layers.prepare import prepare
from layers.values import Published, Reason
from tests.layers.make import ATLAS, REGIONS, complaints, prepared, write_regions, write_table

pytestmark = pytest.mark.usefixtures("folder")

THEME = """
[[themes]]
id = "drugs"
title = "Drugs"

[[dimensions]]
id = "leeftijd"
title = "Leeftijd"
codes = [{ id = "jong", title = "12 tot 18" }, { id = "oud", title = "18 en ouder" }]
"""
PANEL = """
[[panels]]
id = "verdachten"
theme = "drugs"
title = "Verdachten"
columns = [
  { id = "leeftijd", kind = "dimension" },
  { id = "jaar", kind = "year" },
  { id = "aantal", kind = "number" },
  { id = "aandeel", kind = "number", unit = "%", decimals = 1 },
]

[[tables]]
id = "v"
source = "v.csv"
for = "verdachten"
"""
ROWS = "jaar,leeftijd,aantal,aandeel\n2022,12 tot 18,3,12%\n2021,oud,.,\n2021,jong,40,33.34\n"
FLOW = """
[[flows]]
id = "woon-pleeg"
theme = "drugs"
title = "Van woon- naar pleeggemeente"
origin = "woongemeente"
destination = "pleeggemeente"
columns = { origin = "woon", destination = "pleeg", value = "verdachten" }

[[tables]]
id = "w"
source = "w.csv"
for = "woon-pleeg"
level = "gemeente"
year_column = "jaar"
"""
PAIRS = "jaar,woon,pleeg,verdachten\n2022,9902,GM9901,7\n2022,GM9901,GM9901,12\n2021,GM9901,GM9903,x\n2022,GM9901,GM0001,4\n"


@pytest.fixture(autouse=True)
def regions(folder: Path) -> None:
    del folder
    write_regions()
    write_table(ROWS, "v.csv")
    write_table(PAIRS, "w.csv")


def panel_of(text: str = ROWS, *parts: str) -> Panel:
    write_table(text, "v.csv")
    [panel] = prepared(REGIONS, THEME, *(parts or (PANEL,))).panels
    return panel


def shown(published: Published) -> list[float | str | None]:
    return [status or number for number, status in zip(published.values(), published.statuses(), strict=True)]


def test_a_panel_has_its_rows_by_code_and_year_and_reasons_stay() -> None:
    panel = panel_of()
    assert panel.rows.keys == {"leeftijd": ("jong", "jong", "oud"), "jaar": (2021, 2022, 2021)}
    assert shown(panel.rows.numbers["aantal"]) == [40.0, 3.0, "withheld"]
    assert shown(panel.rows.numbers["aandeel"]) == [33.3, 12.0, "missing"]
    assert panel.sentence() == "panel verdachten: 3 rows, 4 numbers, 1 withheld, 1 missing"
    assert [column.title.nl for column in panel.columns] == ["Leeftijd", "Jaar", "aantal", "aandeel"]


def test_the_order_of_rows_of_a_panel_does_not_matter_unless_it_has_texts() -> None:
    header, *rows = ROWS.splitlines()
    turned = "\n".join([header, *reversed(rows), ""])
    assert panel_of(turned).rows.keys == panel_of().rows.keys
    texts = PANEL.replace('{ id = "leeftijd", kind = "dimension" }', '{ id = "leeftijd", kind = "text" }')
    assert panel_of(turned, texts).rows.keys["leeftijd"] == ("jong", "oud", "12 tot 18")


def test_a_rule_holds_for_the_numbers_of_a_panel_and_what_is_taken_over_them() -> None:
    rule = "\n[protect.klein]\nleast = 5\nleast_base = 10\n"
    text = PANEL.replace("decimals = 1", 'decimals = 1, over = "aantal"').replace(
        '"drugs"', '"drugs"\nprotect = "klein"', 1
    )
    panel = panel_of(ROWS, text, rule)
    assert shown(panel.rows.numbers["aantal"]) == [40.0, "withheld", "withheld"]
    assert shown(panel.rows.numbers["aandeel"]) == [33.3, "withheld", "missing"]
    [sentence] = complaints(REGIONS, THEME, text.replace(', over = "aantal"', ""), rule)
    assert 'protect = "klein" has least_base, so column "aandeel" needs over' in sentence


def test_a_share_of_a_withheld_count_is_withheld_and_that_of_a_rounded_count_is_of_the_rounded_one() -> None:
    rule = "\n[protect.klein]\nleast = 5\nround_to = 5\nleast_base = 50\n"
    text = PANEL.replace("decimals = 1", 'decimals = 1, tells = "aantal"').replace(
        '"drugs"', '"drugs"\nprotect = "klein"', 1
    )
    rows = "jaar,leeftijd,aantal,aandeel\n2022,jong,3,12\n2021,oud,.,40\n2021,jong,38,33.3\n2022,oud,0,0\n"
    panel = panel_of(rows, text, rule)
    assert shown(panel.rows.numbers["aantal"]) == [40.0, "withheld", "withheld", 0.0]
    assert shown(panel.rows.numbers["aandeel"]) == [35.1, "withheld", "withheld", 0.0]  # 33.3 x 40 / 38


def test_a_column_may_have_a_rule_of_its_own() -> None:
    rule = "\n[protect.klein]\nleast = 5\n"
    text = PANEL.replace('id = "aantal", kind = "number"', 'id = "aantal", kind = "number", protect = "klein"')
    assert shown(panel_of(ROWS, text, rule).rows.numbers["aantal"]) == [40.0, "withheld", "withheld"]
    [sentence] = complaints(REGIONS, THEME, text.replace('protect = "klein"', 'protect = "klien"'), rule)
    assert 'protect = "klien" does not exist (did you mean "klein"?)' in sentence
    chain = text.replace("decimals = 1", 'decimals = 1, tells = "aandeel"')
    [sentence] = complaints(REGIONS, THEME, chain, rule)
    assert 'tells = "aandeel" tells of another column' in sentence


def test_a_year_may_be_given_for_a_whole_table_and_tables_are_put_together() -> None:
    write_table("leeftijd,aantal,aandeel\njong,1,2\n", "older.csv")
    older = '\n[[tables]]\nid = "o"\nsource = "older.csv"\nfor = "verdachten"\nyear = 2019\n'
    assert panel_of(ROWS, PANEL, older).rows.keys["jaar"] == (2019, 2021, 2022, 2021)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("2021,oud,.,", "2021,oud,veel,", 'v.csv, row 3: column "aantal" has "veel" where a number should be'),
        ("2022,12 tot 18", "22,12 tot 18", 'v.csv, row 2: column "jaar" has "22" where a year should be'),
        ("leeftijd", "leeftyd", 'v.csv: there is no column "leeftijd" (did you mean "leeftyd"?)'),
        ("aandeel", "deel", 'v.csv: there is no column "aandeel" (did you mean "deel"?)'),
        (
            "2022,12 tot 18",
            "2021,12 tot 18",
            'v.csv, row 4: panel "verdachten": 2 rows are about leeftijd jong, jaar 2021',
        ),
    ],
)
def test_a_mistake_in_a_panel_is_told_with_its_row(old: str, new: str, sentence: str) -> None:
    write_table(ROWS.replace(old, new, 1), "v.csv")
    [told] = complaints(REGIONS, THEME, PANEL)
    assert told.startswith(sentence)


def test_a_panel_without_a_table_is_told_and_left_out_where_it_is_included() -> None:
    alone = PANEL.partition("[[tables]]")[0]
    [told] = complaints(REGIONS, THEME, alone)
    assert 'no table is for "verdachten"; add for = "verdachten" to the one with its rows' in told
    Path("thema.toml").write_text(THEME + alone, encoding="utf-8")
    Path("catalog.toml").write_text('include = "thema.toml"\n' + ATLAS + REGIONS, encoding="utf-8")
    source = prepare(read_catalog(Path("catalog.toml")))
    assert source.panels == ()
    assert "panel verdachten: left out, no table is for it" in source.report.sentences()


# ---- flows


def test_a_flow_is_between_regions_of_its_edition_and_others_are_told() -> None:
    source = prepared(REGIONS, THEME, FLOW)
    [flow] = source.flows
    pairs = list(zip(flow.rows.year.tolist(), flow.rows.origin, flow.rows.destination, strict=True))
    assert pairs == [(2021, "GM9901", "GM9903"), (2022, "GM9901", "GM9901"), (2022, "GM9902", "GM9901")]
    assert shown(flow.rows.published) == ["withheld", 12.0, 7.0]
    assert (flow.level, flow.edition_by_year) == ("gemeente", {2021: 2022, 2022: 2022})
    assert 'flow woon-pleeg: 1 row left out, from or to "GM0001": no gemeente of 2022' in source.report.concerns()
    assert "flow woon-pleeg, gemeente 2021, 2022: 3 pairs, 2 numbers, 1 withheld" in source.report.sentences()


def test_regions_of_a_flow_may_stand_there_by_name_and_a_rule_holds() -> None:
    write_table("woon,pleeg,verdachten\nBoterveen,Aardhuizen,3\nAardhuizen,Aardhuizen,12\n", "w.csv")
    named = FLOW.replace('year_column = "jaar"', 'year = 2022\nkey = "name"')
    rule = "\n[protect.klein]\nleast = 5\nround_to = 5\n"
    protected = named.replace('theme = "drugs"', 'theme = "drugs"\nprotect = "klein"')
    [flow] = prepared(REGIONS, THEME, protected, rule).flows
    assert (flow.rows.origin, shown(flow.rows.published)) == (("GM9901", "GM9902"), [10.0, "withheld"])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            PAIRS + "2022,GM9902,GM9901,3\n",
            'w.csv, row 6: flow "woon-pleeg": 2 rows are about GM9902 to GM9901 in 2022',
        ),
        (PAIRS.replace("12", "twaalf"), 'w.csv, row 3: column "verdachten" has "twaalf" where a number should be'),
        (PAIRS.replace("GM990", "GM000"), "w.csv: no row is from and to a gemeente of 2022"),
        (PAIRS.replace("pleeg", "plaats"), 'w.csv: there is no column "pleeg"'),
    ],
)
def test_a_mistake_in_a_flow_is_told_with_its_row(text: str, sentence: str) -> None:
    write_table(text.replace("9902,GM9901,7", "GM9902,GM9901,7"), "w.csv")
    told = complaints(REGIONS, THEME, FLOW)
    assert any(line.startswith(sentence) for line in told), told


# ---- files


CELLS = st.one_of(st.floats(-1e9, 1e9), st.sampled_from(list(Reason)))


def published(cells: list[float | Reason]) -> Published:
    return Published(
        np.array([np.nan if isinstance(cell, Reason) else cell for cell in cells], dtype=np.float64),
        np.array([cell.number if isinstance(cell, Reason) else 0 for cell in cells], dtype=np.uint8),
    )


@given(st.lists(st.tuples(st.text(), st.integers(1900, 2100), CELLS), min_size=1))
@settings(deadline=None)
def test_rows_come_back_from_their_files_as_they_were(rows: list[tuple[str, int, float | Reason]]) -> None:
    columns = (
        ColumnFacts(id="wie", title=Text(nl="Wie"), kind="text"),
        ColumnFacts(id="jaar", title=Text(nl="Jaar"), kind="year"),
        ColumnFacts(id="aantal", title=Text(nl="Aantal"), kind="number"),
    )
    figures = published([cell for *_, cell in rows])
    panel = PanelRows({"wie": tuple(t for t, *_ in rows), "jaar": tuple(y for _, y, _ in rows)}, {"aantal": figures})
    write_panel(Path("p.parquet"), columns, panel)
    read = read_panel(Path("p.parquet"), columns)
    assert (read.keys, shown(read.numbers["aantal"])) == (panel.keys, shown(figures))
    texts = tuple(text for text, *_ in rows)
    write_flow(Path("f.parquet"), FlowRows(np.array([year for _, year, _ in rows]), texts, texts[::-1], figures))
    flow = read_flow(Path("f.parquet"))
    assert (flow.origin, flow.destination, shown(flow.published)) == (texts, texts[::-1], shown(figures))
