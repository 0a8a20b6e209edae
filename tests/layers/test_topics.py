"""Topics: breakdowns in long and wide tables, measures made of published figures, and the Netherlands."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.catalog import read_catalog
from layers.derived import changed, compared, part_of, rounded
from layers.prepare import Prepared, prepare
from layers.problems import InputProblems
from layers.values import Published, Reason
from tests.layers.make import ATLAS, REGIONS, TABLE, complaints, frame, prepared, write_regions, write_table

pytestmark = pytest.mark.usefixtures("folder")

THEME = """
[[themes]]
id = "drugs"
title = "Drugs"
"""
FEIT = """
[[dimensions]]
id = "feit"
title = "Drugsfeit"
codes = [
  { id = "alle", title = { nl = "Alle feiten", en = "All offences" }, is = ["Totaal"] },
  { id = "hard", title = { nl = "Harddrugs", en = "Hard drugs" } },
]
"""
DELICTEN = """
[[indicators]]
id = "delicten"
theme = "drugs"
title = { nl = "Drugsdelicten", en = "Drugs offences" }
kind = "count"
column = "delicten"
dimensions = ["feit"]
"""
PER_1000 = """
[[indicators.measures]]
id = "per-1000"
kind = "rate"
of = "inwoners"
title = { nl = "per 1.000 inwoners", en = "per 1,000 inhabitants" }
"""
LONG = """code,feit,delicten,inwoners
GM9901,Totaal,30,4000
GM9901,hard,10,4000
GM9902,Totaal,.,0
GM9902,Harddrugs,5,0
GM9903,Totaal,0,2000
"""


@pytest.fixture(autouse=True)
def regions(folder: Path) -> None:
    del folder
    write_regions()


def shown(source: Prepared, indicator: str, year: int = 2022, level: str = "gemeente") -> list[float | str | None]:
    published = source.figures[indicator, level, year].published
    return [status or number for number, status in zip(published.values(), published.statuses(), strict=True)]


def ids(source: Prepared) -> list[str]:
    return [indicator.id for topic in source.topics for indicator in topic.indicators]


def of_long(text: str = LONG, *parts: str) -> Prepared:
    write_table(text)
    return prepared(REGIONS, TABLE, THEME, FEIT, DELICTEN, *parts)


# ---- breakdowns


def test_a_long_table_has_an_indicator_for_each_code() -> None:
    source = of_long()
    assert ids(source) == ["delicten", "delicten-hard"]
    assert shown(source, "delicten") == [30.0, "withheld", 0.0]
    assert shown(source, "delicten-hard") == [10.0, 5.0, "missing"]
    [topic] = source.topics
    assert [(i.title.nl, i.title.en, dict(i.breakdown)) for i in topic.indicators] == [
        ("Drugsdelicten", "Drugs offences", {"feit": "alle"}),
        ("Drugsdelicten: Harddrugs", "Drugs offences: Hard drugs", {"feit": "hard"}),
    ]


def test_the_order_of_rows_does_not_matter() -> None:
    header, *rows = LONG.replace("hard,10", "zacht,10").splitlines()
    one = of_long("\n".join([header, *rows, ""]))
    other = of_long("\n".join([header, *reversed(rows), ""]))
    assert ids(one) == ids(other) == ["delicten", "delicten-hard", "delicten-zacht"]
    assert all(shown(one, name) == shown(other, name) for name in ids(one))


def test_a_wide_table_gives_what_the_long_one_gives() -> None:
    write_table("code,alle,hard\nGM9901,30,10\nGM9902,.,5\nGM9903,0,\n")
    wide = DELICTEN.replace(
        'column = "delicten"',
        'from = [{ column = "alle", codes = { feit = "alle" } }, { column = "hard", codes = { feit = "hard" } }]',
    )
    source = prepared(REGIONS, TABLE, THEME, FEIT, wide)
    assert (shown(source, "delicten"), shown(source, "delicten-hard")) == (
        [30.0, "withheld", 0.0],
        [10.0, 5.0, "missing"],
    )


def test_the_column_of_a_dimension_may_be_called_otherwise() -> None:
    write_table(LONG.replace("feit", "Soort feit"))
    source = prepared(REGIONS, TABLE + 'breakdown = { feit = "Soort feit" }\n', THEME, FEIT, DELICTEN)
    assert ids(source) == ["delicten", "delicten-hard"]


def test_a_table_without_the_column_is_about_the_first_code() -> None:
    write_table("code,delicten\nGM9901,3\nGM9902,4\nGM9903,5\n")
    source = prepared(REGIONS, TABLE, THEME, FEIT, DELICTEN)
    assert (ids(source), shown(source, "delicten")) == (["delicten"], [3.0, 4.0, 5.0])


def test_an_indicator_without_the_dimension_takes_the_rows_of_the_first_code() -> None:
    write_table(LONG)
    other = DELICTEN.replace('"delicten"', '"alles"', 1).replace('dimensions = ["feit"]', "")
    source = prepared(REGIONS, TABLE, THEME, FEIT, DELICTEN, other)
    assert shown(source, "alles") == shown(source, "delicten")


def test_where_the_first_code_has_no_figures_the_next_has_the_id_of_the_topic() -> None:
    source = of_long("code,feit,delicten\nGM9901,hard,1\nGM9902,hard,2\nGM9903,hard,3\n")
    assert ids(source) == ["delicten"]
    assert source.topics[0].indicators[0].breakdown == {"feit": "hard"}


def test_a_code_that_a_closed_dimension_does_not_know_is_told_with_its_row() -> None:
    write_table(LONG.replace("Harddrugs", "Hardrugs"))
    closed = FEIT.replace("codes =", "open = false\ncodes =")
    [sentence] = complaints(REGIONS, TABLE, THEME, closed, DELICTEN)
    assert sentence == (
        'figures.csv, row 5: column "feit" has "Hardrugs", which is no code of "feit" (did you mean "Harddrugs"?); the codes '
        "are Alle feiten, Harddrugs: add it to codes, write open = true, or leave such rows out with dimensions"
    )


def test_two_rows_about_one_region_and_code_are_told_with_their_rows() -> None:
    write_table(LONG + "GM9901,hard,3,1\n")
    [sentence] = complaints(REGIONS, TABLE, THEME, FEIT, DELICTEN)
    assert "a region may have one row, and more are about GM9901 (rows 3, 7)" in sentence


def test_codes_of_two_dimensions_that_are_alike_are_told_apart() -> None:
    write_table("code,feit,soort,delicten\nGM9901,Totaal,Totaal,3\nGM9901,hard,Totaal,1\nGM9901,Totaal,hard,2\n")
    soort = FEIT.replace('"feit"', '"soort"')
    both = DELICTEN.replace('["feit"]', '["feit", "soort"]')
    assert ids(prepared(REGIONS, TABLE, THEME, FEIT, soort, both)) == [
        "delicten",
        "delicten-soort-hard",
        "delicten-feit-hard",
    ]


# ---- measures


def test_a_rate_is_made_of_published_figures_and_reasons_stay_reasons() -> None:
    source = of_long(LONG, PER_1000)
    assert ids(source) == ["delicten", "delicten-hard", "delicten-per-1000", "delicten-hard-per-1000"]
    assert shown(source, "delicten-per-1000") == [7.5, "withheld", 0.0]
    assert shown(source, "delicten-hard-per-1000") == [2.5, "not-applicable", "missing"]


def test_the_measure_that_comes_first_has_the_id_of_the_topic() -> None:
    source = of_long(LONG, PER_1000 + "first = true\n")
    assert ids(source) == ["delicten", "delicten-hard", "delicten-aantal", "delicten-hard-aantal"]
    assert [measure.id for measure in source.topics[0].measures] == ["per-1000", "aantal"]
    assert shown(source, "delicten") == [7.5, "withheld", 0.0]


def test_a_share_of_the_topic_itself_is_a_share_of_its_first_code() -> None:
    share = '\n[[indicators.measures]]\nid = "aandeel"\nkind = "share"\nof = "delicten"\n'
    source = of_long(LONG, share)
    assert shown(source, "delicten-hard-aandeel") == [33.3, "withheld", "missing"]


def test_a_denominator_may_be_in_another_table_and_an_indicator() -> None:
    write_table(LONG)
    write_table("code,mensen\nGM9901,1000\nGM9902,2000\nGM9903,.\n", "people.csv")
    people = TABLE.replace('"figures"', '"people"').replace("figures.csv", "people.csv")
    other = '\n[[indicators]]\nid = "volk"\ntheme = "drugs"\ntitle = "Volk"\nkind = "count"\ncolumn = "mensen"\n'
    for of in ("mensen", "volk"):
        measure = PER_1000.replace("inwoners", of)
        source = prepared(REGIONS, TABLE, people, THEME, FEIT, DELICTEN, measure, other)
        assert shown(source, "delicten-hard-per-1000") == [10.0, 2.5, "withheld"]


def test_a_denominator_that_is_nowhere_is_told() -> None:
    write_table(LONG)
    [sentence] = complaints(REGIONS, TABLE, THEME, FEIT, DELICTEN, PER_1000.replace('"inwoners"', '"inwoner"'))
    assert 'measure "per-1000" of "delicten", of = "inwoner": no table has it (did you mean "inwoners"?)' in sentence
    assert sentence.startswith("catalog.toml, line ")


def test_protected_counts_stay_protected_in_everything_made_of_them() -> None:
    rule = "\n[protect.klein]\nleast = 6\nround_to = 4\n"
    source = of_long(LONG, 'protect = "klein"\n', PER_1000, rule)
    assert shown(source, "delicten-hard") == [12.0, "withheld", "missing"]
    assert shown(source, "delicten-hard-per-1000") == [3.0, "withheld", "missing"]
    assert shown(source, "delicten") == [32.0, "withheld", 0.0]


def test_a_protected_column_is_protected_as_a_denominator() -> None:
    rule = "\n[protect.klein]\nleast = 5\nround_to = 3000\n"
    people = '\n[[indicators]]\nid = "volk"\ntheme = "drugs"\ntitle = "Volk"\nkind = "count"\ncolumn = "inwoners"\n'
    people += 'protect = "klein"\n'
    source = of_long(LONG, PER_1000, people, rule)
    assert shown(source, "volk") == [3000.0, 0.0, 3000.0]
    assert shown(source, "delicten-per-1000")[0] == 10.0


def test_a_rule_with_a_least_base_needs_a_denominator() -> None:
    write_table("code,p,n\nGM9901,10,5\nGM9902,20,50\nGM9903,30,\n")
    share = '\n[[indicators]]\nid = "p"\ntheme = "drugs"\ntitle = "P"\nunit = "%"\nkind = "share"\ncolumn = "p"\n'
    share += 'protect = "basis"\n'
    rule = "\n[protect.basis]\nleast_base = 20\n"
    [sentence] = complaints(REGIONS, TABLE, THEME, share, rule)
    assert 'protect = "basis" has least_base, so "p" needs denominator' in sentence
    source = prepared(REGIONS, TABLE, THEME, share + 'denominator = "n"\n', rule)
    assert shown(source, "p") == ["withheld", 20.0, "withheld"]


# ---- the Netherlands


def test_rows_about_the_netherlands_are_its_figures() -> None:
    source = of_long(LONG + "NL01      ,Totaal,60,20000\nNL01,hard,.,20000\n")
    plain, hard = source.topics[0].indicators
    assert [(figure.year, figure.value, figure.status) for figure in plain.national] == [(2022, 60.0, None)]
    assert [(figure.value, figure.status) for figure in hard.national] == [(None, "withheld")]


def test_an_index_is_taken_of_the_first_rate_and_where_there_is_no_nation_there_is_none() -> None:
    compare = DELICTEN + 'compare = "nederland"\n' + PER_1000
    write_table(LONG + "NL01,Totaal,60,20000\n")
    source = prepared(REGIONS, TABLE, THEME, FEIT, compare)
    assert shown(source, "delicten-index") == [250.0, "withheld", 0.0]
    assert "delicten-hard-index" not in ids(source)
    assert source.topics[0].indicators[-1].national[0].value == 100.0
    write_table(LONG)
    source = prepared(REGIONS, TABLE, THEME, FEIT, compare)
    assert "delicten-index" not in ids(source)
    assert (
        "delicten, index: no comparison for 2022 (alle), 2022 (hard), since no row about the Netherlands has a figure"
        in source.report.concerns()
    )


# ---- changes


YEARS = TABLE.replace("year = 2022", 'year_column = "jaar"')
SHARE = """
[[indicators]]
id = "koop"
theme = "drugs"
title = "Koop"
unit = "%"
kind = "share"
column = "koop"
change = 2
"""


def test_a_change_of_a_share_is_in_points_and_of_a_count_in_percents() -> None:
    write_table(
        "code,jaar,koop,huizen\nGM9901,2020,40.5,200\nGM9902,2020,.,0\nGM9903,2020,10,3\n"
        "GM9901,2022,41.7,150\nGM9902,2022,3,5\nGM9903,2022,x,4\n"
    )
    count = SHARE.replace("koop", "huizen").replace("share", "count").replace('"%"', '"huizen"')
    source = prepared(REGIONS, YEARS, THEME, SHARE, count)
    assert shown(source, "koop-verandering") == [1.2, "withheld", "withheld"]
    assert shown(source, "huizen-verandering") == [-25.0, "not-applicable", 33.3]
    units = {topic.entry.id: topic.measures[1].unit.nl for topic in source.topics}
    assert units == {"koop": "procentpunt", "huizen": "%"}


def test_regions_that_merged_do_not_compare_with_what_they_were_made_of() -> None:
    """Haaren went to four gemeenten in 2021; Vught got a part of it, and Boxtel; Oss stayed as it was."""
    write_regions(frame(["GM0865", "GM0757", "GM0828", "GM0788"]), "old.gpkg")
    write_regions(frame(["GM0865", "GM0757", "GM0828"]))
    old = REGIONS.replace("2022", "2020").replace("regions.gpkg", "old.gpkg")
    rows = [f"GM{code},{year},{10 + year % 10 * 2}" for year in (2020, 2022) for code in ("0865", "0757", "0828")]
    write_table("\n".join(["code,jaar,koop", *rows, "GM0788,2020,5", ""]))
    source = prepared(REGIONS, old, YEARS, THEME, SHARE)
    assert shown(source, "koop-verandering") == [
        "not-comparable",
        4.0,
        "not-comparable",
    ]  # Boxtel, Oss and Vught by code


def test_years_that_are_not_there_are_told() -> None:
    write_table("code,jaar,koop\nGM9901,2021,1\nGM9901,2022,2\n")
    source = prepared(REGIONS, YEARS, THEME, SHARE)
    assert ids(source) == ["koop"]
    told = "koop, verandering: left out, no figures are 2 years apart; there are those of 2021, 2022"
    assert told in source.report.concerns()


# ---- included files


def test_what_is_included_and_has_no_column_is_left_out_and_told() -> None:
    write_table(LONG)
    Path("thema.toml").write_text(
        THEME + FEIT + DELICTEN + PER_1000.replace("inwoners", "woningen") + DELICTEN.replace("delicten", "verdachten"),
        encoding="utf-8",
    )
    Path("catalog.toml").write_text('include = "thema.toml"\n' + ATLAS + REGIONS + TABLE, encoding="utf-8")
    source = prepare(read_catalog(Path("catalog.toml")))
    assert ids(source) == ["delicten", "delicten-hard"]
    assert 'verdachten: left out, no table has the column "verdachten"' in source.report.sentences()
    assert 'delicten, per-1000: left out, no table has the column "woningen"' in source.report.sentences()
    with pytest.raises(InputProblems, match='column "verdachten": no table has it'):
        prepared(REGIONS, TABLE, THEME + FEIT + DELICTEN.replace("delicten", "verdachten"))


def test_an_included_measure_is_left_out_where_only_its_column_is_missing_and_the_others_are_made_without_it() -> None:
    write_table("code,jaar,feiten\nGM9901,2021,20\nGM9901,2022,25\n")
    Path("thema.toml").write_text(
        THEME + FEIT + DELICTEN.replace('dimensions = ["feit"]', "change = 1") + PER_1000, encoding="utf-8"
    )
    mine = '\n[[indicators]]\nid = "delicten"\ncolumn = "feiten"\n'
    table = TABLE.replace("year = 2022", 'year_column = "jaar"')
    Path("catalog.toml").write_text('include = "thema.toml"\n' + ATLAS + REGIONS + table + mine, encoding="utf-8")
    source = prepare(read_catalog(Path("catalog.toml")))
    assert ids(source) == ["delicten", "delicten-verandering"]
    assert shown(source, "delicten-verandering")[0] == 25.0
    assert 'delicten, per-1000: left out, no table has the column "inwoners"' in source.report.sentences()


def test_ids_that_meet_are_told() -> None:
    write_table(LONG)
    other = DELICTEN.replace('"delicten"', '"delicten-hard"', 1).replace('dimensions = ["feit"]', "")
    [sentence] = complaints(REGIONS, TABLE, THEME, FEIT, DELICTEN, other)
    assert 'indicator "delicten-hard" makes "delicten-hard", which is also the id of what "delicten" makes' in sentence


# ---- laws


PARTS = st.one_of(st.integers(0, 10**9), st.sampled_from(list(Reason)))


def column(cells: list[int | Reason], decimals: int) -> Published:
    return Published(
        np.array([np.nan if isinstance(cell, Reason) else cell / 10**decimals for cell in cells]),
        np.array([cell.number if isinstance(cell, Reason) else 0 for cell in cells], dtype=np.uint8),
    )


def half_up(exact: Fraction, decimals: int) -> float:
    scaled = abs(exact) * 10**decimals
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return float(Fraction(whole if exact >= 0 else -whole, 10**decimals))


STRENGTH = ["withheld", "not-comparable", "not-yet-published", "not-applicable", "missing"]


def strongest(*cells: int | Reason) -> str | None:
    present = {cell.value for cell in cells if isinstance(cell, Reason)}
    return next((name for name in STRENGTH if name in present), None)


@given(
    st.lists(st.tuples(PARTS, PARTS), min_size=1), st.sampled_from([1, 100, 1000]), st.integers(0, 3), st.integers(0, 2)
)
@settings(deadline=None)
def test_a_share_is_the_quotient_of_its_published_parts(
    parts: list[tuple[int | Reason, int | Reason]], per: int, decimals: int, places: int
) -> None:
    over, under = column([a for a, _ in parts], places), column([b for _, b in parts], 0)
    made = rounded(part_of(over, under, per, (places, 0)), decimals)
    for (a, b), value, status in zip(parts, made.values(), made.statuses(), strict=True):
        if isinstance(a, Reason) or isinstance(b, Reason):
            assert (value, status) == (None, strongest(a, b))
        elif b == 0:
            assert (value, status) == (None, "not-applicable")
        else:
            assert value == half_up(per * Fraction(a, 10**places) / b, decimals)


@given(st.lists(st.tuples(PARTS, PARTS), min_size=1), st.integers(0, 3), st.booleans())
@settings(deadline=None)
def test_a_change_is_the_difference_of_its_published_parts(
    parts: list[tuple[int | Reason, int | Reason]], decimals: int, in_percent: bool
) -> None:
    now, then = column([a for a, _ in parts], decimals), column([b for _, b in parts], decimals)
    made = rounded(changed(now, then, decimals, in_percent=in_percent), 2)
    for (a, b), value, status in zip(parts, made.values(), made.statuses(), strict=True):
        if isinstance(a, Reason) or isinstance(b, Reason) or (in_percent and b == 0):
            assert (value, status) == (None, strongest(a, b) or "not-applicable")
        else:
            exact = Fraction(100 * (a - b), b) if in_percent else Fraction(a - b, 10**decimals)
            assert value == half_up(exact, 2)


@given(st.lists(PARTS, min_size=1), PARTS)
@settings(deadline=None)
def test_an_index_of_the_netherlands_itself_is_100(cells: list[int | Reason], national: int | Reason) -> None:
    whole = column([national], 1)
    made = rounded(compared(column([*cells, national], 1), whole, 1), 1)
    expected = strongest(national) or ("not-applicable" if national == 0 else None)
    assert (made.values()[-1], made.statuses()[-1]) == (None if expected else 100.0, expected)
    assert all(
        status is not None
        for cell, status in zip(cells, made.statuses(), strict=False)
        if isinstance(cell, Reason) or isinstance(national, Reason)
    )
