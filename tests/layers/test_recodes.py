"""Figures across a change of borders: what is carried, what is not, and what is said about it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.prepare import Prepared
from layers.problems import InputProblems
from layers.recodes import SAME, Change, Recodes, known_recodes
from layers.values import Published
from tests.layers.make import INDICATOR, REGIONS, TABLE, complaints, frame, prepared, write_regions, write_table

pytestmark = pytest.mark.usefixtures("folder")

NEW = ("GM1980", "GM0439", "GM0014")
"""Dijk en Waard and Purmerend, both put together in 2022, and Groningen, which did not change then."""


def shown(published: Published) -> list[float | str | None]:
    return [status or number for number, status in zip(published.values(), published.statuses(), strict=True)]


def by_code(result: Prepared, year: int, level: str = "gemeente") -> dict[str, float | str | None]:
    regions = result.editions[0].level(level)
    return dict(zip(regions.codes, shown(result.figures["woz", level, year].published), strict=True))


def carried(rows: str, kind: str = "count", more: str = "", table: str = "", recodes: str = "") -> Prepared:
    """What a table of 2021 comes to on borders of 2022."""
    write_regions(frame(NEW))
    write_table("code,woz,huizen\n" + rows)
    indicator = INDICATOR.replace('"mean"', f'"{kind}"') + more
    return prepared(REGIONS, TABLE.replace("2022", "2021") + table, indicator, recodes)


MERGED = "GM0398,10,1\nGM0416,20,3\nGM0439,5,1\nGM0370,7,1\nGM0014,1,1\n"


@pytest.mark.parametrize("kind", ["count", "sum"])
def test_counts_and_sums_of_gemeenten_that_merged_add_up(kind: str) -> None:
    assert by_code(carried(MERGED, kind), 2021) == {"GM1980": 30.0, "GM0439": 12.0, "GM0014": 1.0}


@pytest.mark.parametrize("kind", ["share", "mean", "rate"])
def test_a_share_or_mean_needs_its_denominator(kind: str) -> None:
    expected = {"GM1980": "not-comparable", "GM0439": "not-comparable", "GM0014": 1.0}
    assert by_code(carried(MERGED, kind), 2021) == expected
    over = by_code(carried(MERGED, kind, 'denominator = "huizen"\ndecimals = 1\n'), 2021)
    assert over == {"GM1980": 17.5, "GM0439": 6.0, "GM0014": 1.0}


def test_a_denominator_that_no_table_has_is_told_at_its_line() -> None:
    with pytest.raises(
        InputProblems, match=r'denominator = "huizn": none of its tables has that column \(did you mean "huizen"'
    ):
        carried(MERGED, "mean", 'denominator = "huizn"\n')


def test_what_a_denominator_could_do_is_told() -> None:
    [note] = carried(MERGED, "share").report.notes
    assert note == (
        "woz, gemeente: 2 figures of regions that merged cannot be put together without denominator = .., "
        "the column with what the share is taken over"
    )


def test_a_category_of_gemeenten_that_merged_is_not_comparable() -> None:
    assert by_code(carried(MERGED, "category"), 2021)["GM1980"] == "not-comparable"


@pytest.mark.parametrize(
    ("cells", "whole"),
    [
        ((".", "20"), "withheld"),
        (("", "20"), "missing"),
        (("", "."), "withheld"),
        (("-99995", ""), "not-yet-published"),
        (("0", "20"), 20.0),
        (("-", "-"), "0"),
    ],
)
def test_a_part_without_a_figure_leaves_the_whole_without_one(cells: tuple[str, str], whole: float | str) -> None:
    result = by_code(carried(f"GM0398,{cells[0]},1\nGM0416,{cells[1]},1\nGM0014,1,1\n"), 2021)["GM1980"]
    assert result == (0.0 if whole == "0" else whole)


def test_a_mean_over_nothing_is_not_applicable_and_one_over_a_secret_is_withheld() -> None:
    more = 'denominator = "huizen"\n'
    assert by_code(carried("GM0398,10,0\nGM0416,20,0\n", "mean", more), 2021)["GM1980"] == "not-applicable"
    assert by_code(carried("GM0398,10,.\nGM0416,20,1\n", "mean", more), 2021)["GM1980"] == "withheld"


def test_half_of_what_merged_is_not_comparable() -> None:
    result = carried("GM0398,10,1\nGM0439,5,1\nGM0014,1,1\n")
    assert by_code(result, 2021) == {"GM1980": "not-comparable", "GM0439": "not-comparable", "GM0014": 1.0}
    assert result.report.concerns()[0] == ("table figures, gemeente 2021: 1 row (GM0398) is about no region of 2022")
    assert result.report.concerns()[1] == (
        "table figures, gemeente 2021: 2 regions (GM0439, GM1980) are not comparable: "
        "the figures are for other borders than those of 2022"
    )


def test_what_was_put_together_is_told() -> None:
    result = carried(MERGED)
    assert (
        "table figures, gemeente 2021: 2 regions put together from 4 rows about regions that merged since"
        in result.report.sentences()
    )
    assert result.report.concerns() == []
    assert result.report.joins[0].matched == 3


def test_figures_that_the_publisher_brought_to_new_borders_are_taken_as_they_are() -> None:
    assert by_code(carried("GM1980,30,1\nGM0439,12,1\nGM0014,1,1\n", "mean"), 2021) == {
        "GM1980": 30.0,
        "GM0439": 12.0,
        "GM0014": 1.0,
    }


def test_a_figure_of_a_new_gemeente_itself_goes_before_those_of_what_it_was_made_of() -> None:
    assert by_code(carried("GM1980,31,1\n" + MERGED, "mean"), 2021)["GM1980"] == 31.0
    assert by_code(carried("GM1980,,\n" + MERGED), 2021)["GM1980"] == 30.0


def test_the_catalog_may_say_that_figures_are_for_these_borders() -> None:
    assert by_code(carried("GM0439,12,1\nGM0014,1,1\n", table="borders = 2022\n"), 2021)["GM0439"] == 12.0


def test_names_of_gemeenten_that_ended_are_known() -> None:
    write_regions(frame(["GM1980", "GM0014"]).assign(name=["Dijk en Waard", "Groningen"]))
    write_table("naam;woz\nHeerhugowaard;10\nLangedijk;20\nGroningen (gemeente);1\nWeesp;3\n")
    table = TABLE.replace("2022", "2021").replace('code = "code"', 'name = "naam"')
    result = prepared(REGIONS, table, INDICATOR.replace('"mean"', '"count"'))
    assert by_code(result, 2021) == {"GM1980": 30.0, "GM0014": 1.0}
    assert result.report.joins[0].unmatched == ()
    assert "table figures, gemeente 2021: 1 row about gemeenten of other years passed over" in result.report.sentences()


def test_new_figures_do_not_go_back_to_old_borders_except_where_only_the_code_changed() -> None:
    old = ("GM0398", "GM0416", "GM1921")
    write_regions(frame(old))
    write_table("code,woz\nGM1980,30\nGM1940,7\n")
    result = prepared(REGIONS.replace("2022", "2015"), TABLE, INDICATOR)
    assert by_code(result, 2022) == {"GM0398": "not-comparable", "GM0416": "not-comparable", "GM1921": 7.0}


def test_a_gemeente_that_was_divided_leaves_none_of_the_others_comparable() -> None:
    write_regions(frame(["GM0757", "GM0865", "GM0014"]))
    write_table("code,woz\nGM0757,1\nGM0865,2\nGM0788,3\nGM0014,4\n")
    result = prepared(REGIONS, TABLE.replace("2022", "2020"), INDICATOR.replace('"mean"', '"count"'))
    assert by_code(result, 2020) == {"GM0757": "not-comparable", "GM0865": "not-comparable", "GM0014": 4.0}


# ---- recodes of the catalog

WIJKEN = REGIONS.replace('"gemeente"', '"wijk"')


def wijken(recodes: str, rows: str, regions: list[str], kind: str = "count") -> dict[str, float | str | None]:
    write_regions(frame(regions))
    write_table("code,woz\n" + rows)
    table = TABLE.replace('"gemeente"', '"wijk"').replace("2022", "2021")
    return by_code(prepared(WIJKEN, table, INDICATOR.replace('"mean"', f'"{kind}"'), recodes), 2021, "wijk")


def test_a_catalog_may_tell_what_became_of_wijken() -> None:
    recodes = '[[recodes]]\nlevel = "wijk"\nyear = 2022\nfrom = ["WK990101", "WK990102"]\nto = "WK990111"\n'
    rows = "WK990101,1\nWK990102,2\nWK990103,3\n"
    assert wijken(recodes, rows, ["WK990103", "WK990111"]) == {"WK990103": 3.0, "WK990111": 3.0}


def test_recodes_may_stand_in_a_table() -> None:
    Path("recode.csv").write_text(
        "Year;From;To\n2022;WK990101;WK990111\n2022;990102;wk990111\n\n2022;WK990104;WK990105\n"
    )
    recodes = '[[recodes]]\nlevel = "wijk"\nsource = "recode.csv"\n'
    rows = "WK990101,1\nWK990102,2\nWK990103,3\nWK990104,4\n"
    assert wijken(recodes, rows, ["WK990103", "WK990105", "WK990111"], "mean") == {
        "WK990103": 3.0,
        "WK990105": 4.0,
        "WK990111": "not-comparable",
    }


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a;b\n", "recode.csv: a table of recodes has the columns year, from and to; these are a, b"),
        (
            "year,from,to\n22,A,B\n",
            'recode.csv, row 2: a recode has a year, an old code and a new one, and this has "22", "A", "B"',
        ),
        (None, "recode.csv: this file cannot be read (No such file or directory)"),
    ],
)
def test_a_table_of_recodes_that_cannot_be_used_is_a_sentence(text: str | None, sentence: str) -> None:
    write_regions()
    write_table()
    if text is not None:
        Path("recode.csv").write_text(text)
    recodes = '[[recodes]]\nlevel = "wijk"\nsource = "recode.csv"\n'
    assert sentence in complaints(REGIONS, TABLE, INDICATOR, recodes)


def test_half_a_recode_is_refused() -> None:
    write_regions()
    [sentence] = complaints(REGIONS, TABLE, INDICATOR, '[[recodes]]\nlevel = "wijk"\nyear = 2022\n')
    assert sentence.endswith(
        "give either source, a CSV with the columns year, from and to, or year, from and to themselves"
    )


# ---- wijken that were drawn anew


def test_a_wijk_that_is_gone_in_newer_figures_is_not_comparable_where_its_gemeente_has_new_ones() -> None:
    rows = "WK990101,1\nWK990109,2\nWK990201,3\n"
    assert wijken("", rows, ["WK990101", "WK990102", "WK990201", "WK990202"]) == {
        "WK990101": 1.0,
        "WK990102": "not-comparable",  # its gemeente has a wijk that we do not know
        "WK990201": 3.0,
        "WK990202": "missing",
    }


def test_a_wijk_of_a_gemeente_that_merged_is_not_comparable() -> None:
    rows = "WK039801,1\nWK041601,2\nWK001401,3\n"
    assert wijken("", rows, ["WK198001", "WK001401", "WK001402"]) == {
        "WK198001": "not-comparable",
        "WK001401": 3.0,
        "WK001402": "missing",
    }


def test_cbs_says_which_wijken_have_other_borders_than_the_year_before() -> None:
    regions = frame(["WK990101", "WK990102", "WK990103"]).assign(indelingswijziging_wijken_en_buurten=[1, 3, 2])
    write_regions(regions)
    write_table("code,woz\nWK990101,1\nWK990102,2\nWK990103,3\n")
    table = TABLE.replace('"gemeente"', '"wijk"')
    older = prepared(WIJKEN, table.replace("2022", "2021"), INDICATOR)
    assert by_code(older, 2021, "wijk") == {"WK990101": 1.0, "WK990102": "not-comparable", "WK990103": 3.0}
    same = prepared(WIJKEN, table, INDICATOR)
    assert by_code(same, 2022, "wijk") == {"WK990101": 1.0, "WK990102": 2.0, "WK990103": 3.0}


def test_a_table_of_the_year_after_says_so_itself() -> None:
    write_regions(frame(["WK990101", "WK990102"]))
    write_table("code,IndelingswijzigingWijkenEnBuurten_4,woz\nWK990101,1,1\nWK990102,3,2\n")
    table = TABLE.replace('"gemeente"', '"wijk"').replace("2022", "2023")
    result = prepared(WIJKEN, table, INDICATOR)
    assert by_code(result, 2023, "wijk") == {"WK990101": 1.0, "WK990102": "not-comparable"}


def test_figures_that_the_police_bring_to_the_newest_borders_stand_on_those() -> None:
    from layers.catalog_model import TableEntry
    from layers.crossing import Regions
    from layers.tables import edition_for

    regions = {(year, "wijk"): Regions("wijk", year, (), ()) for year in (2020, 2024)}
    of_police = TableEntry(id="t", source="politie:47018NED", level="wijk", year=2015, code="WijkenEnBuurten")
    assert edition_for(2015, of_police, regions) == 2024
    assert edition_for(2015, of_police.model_copy(update={"source": "cbs:85984NED"}), regions) == 2020


# ---- the relation itself


def test_changes_of_several_years_are_followed() -> None:
    recodes = Recodes(
        (
            Change("x", 2019, frozenset("ab"), frozenset("c")),
            Change("x", 2021, frozenset("cd"), frozenset("e")),
            Change("x", 2021, frozenset("f"), frozenset("gh")),
        )
    )
    assert recodes.between("x", 2018, 2022).theirs() == {"e": frozenset("abd")}
    assert recodes.between("x", 2018, 2022).divided() == {"g": frozenset("f"), "h": frozenset("f")}
    assert recodes.between("x", 2022, 2018).theirs() == {"f": frozenset("gh")}
    assert recodes.between("x", 2019, 2020) == SAME


years = st.integers(2012, 2026)


@given(years, years)
def test_the_way_back_is_the_way_there_reversed(first: int, second: int) -> None:
    there = known_recodes().between("gemeente", first, second)
    back = known_recodes().between("gemeente", second, first)
    assert {(ours, theirs) for theirs, ours in there.groups} == set(back.groups)


@given(years, years)
def test_no_gemeente_is_in_two_groups(first: int, second: int) -> None:
    for side in (0, 1):
        codes = [code for group in known_recodes().between("gemeente", first, second).groups for code in group[side]]
        assert len(codes) == len(set(codes))
