"""Files of figures as publishers have them: headers of several rows, years in the header, rows to choose from, other letters."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from layers.catalog import read_catalog
from layers.composed import composed
from layers.draft import write_draft
from layers.headings import headings
from layers.places import Places
from layers.problems import InputProblems
from layers.values import Published
from tests.layers.make import (
    INDICATOR,
    REGIONS,
    TABLE,
    complaints,
    frame,
    prepared,
    write_catalog,
    write_regions,
    write_table,
)

pytestmark = pytest.mark.usefixtures("folder")


@pytest.fixture(autouse=True)
def regions(folder: Path) -> None:
    del folder
    write_regions()


def shown(published: Published) -> list[float | str | None]:
    return [status or number for number, status in zip(published.values(), published.statuses(), strict=True)]


def figures(table: str = TABLE, indicator: str = INDICATOR, year: int = 2022) -> list[float | str | None]:
    return shown(prepared(REGIONS, table, indicator).figures["woz", "gemeente", year].published)


def refused(table: str = TABLE, indicator: str = INDICATOR) -> str:
    [sentence] = complaints(REGIONS, table, indicator)
    return sentence


def measuring(column: str) -> str:
    return INDICATOR.replace('column = "woz"', f'column = "{column}"')


# ---- headers of several rows

STATLINE = (
    '"Vermogen van huishoudens"\n"Perioden: 2022*"\n"";"Onderwerp"\n'
    '"";"Totaal vermogen";"Mediaan vermogen"\n"Code";"mld euro";"1 000 euro"\n'
    '"GM9901";"1,5";"12,25"\n"GM9902";".";"3,5"\n"GM9903";"2";"4"\n"Bron: CBS"\n'
)


@pytest.mark.parametrize("name", ["Mediaan vermogen", "1 000 euro", "mediaan vermogen / 1 000 Euro"])
def test_a_column_of_a_statline_export_is_found_by_any_text_above_it(name: str) -> None:
    write_table(STATLINE)
    assert figures(indicator=measuring(name)) == [12.25, 3.5, 4.0]


def test_it_is_told_how_the_header_of_a_statline_export_was_found() -> None:
    write_table(STATLINE)
    report = prepared(REGIONS, TABLE, measuring("Totaal vermogen")).report
    assert report.notes == (
        "table figures: the header is rows 3 to 5, below 2 rows of titles; columns are called by their texts in all of them",
        "table figures: left out 1 row below the figures (Bron: CBS)",
        'table figures: indicator woz names "Totaal vermogen", which is "Totaal vermogen / mld euro" here',
    )
    assert set(report.notes) <= set(report.sentences())


def test_dimensions_of_a_statline_export_stand_above_the_units() -> None:
    write_table(
        '"Misdrijven"\n""\n"Onderwerp";"Misdrijven";"Misdrijven"\n"Perioden";"2021";"2022"\n'
        '"Code";"aantal";"aantal"\n"GM9901";"5";"7"\n"Bron: Politie"\n'
    )
    table = TABLE.replace("year = 2022", 'year_header = "{year}"')
    assert figures(table, measuring("{year}"), 2021)[0] == 5.0
    assert figures(table, measuring("{year}"), 2022)[0] == 7.0
    table = TABLE.replace("year = 2022", 'year_header = "Misdrijven / {year} / aantal"')
    assert figures(table, measuring("Misdrijven / {year} / aantal"), 2022)[0] == 7.0


def test_a_text_above_several_columns_of_a_workbook_counts_for_each() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in [
        ["Kerncijfers"],
        ["code", "Woningen", None, "WOZ"],
        [None, "koop", "huur", None],
        ["GM9901", 60, 40, 300],
    ]:
        sheet.append(row)
    sheet.merge_cells("B2:C2")
    sheet.merge_cells("A2:A3")
    book.save("figures.xlsx")
    table = TABLE.replace("figures.csv", "figures.xlsx")
    assert figures(table, measuring("huur"))[0] == 40.0
    assert figures(table, measuring("Woningen / koop"))[0] == 60.0
    assert figures(table, measuring("WOZ"))[0] == 300.0
    assert 'column "Woningen" could be any of Woningen / koop, Woningen / huur' in refused(table, measuring("Woningen"))


def test_the_catalog_may_say_which_row_is_the_header() -> None:
    write_table("code,x\nuitleg,y\ncode,woz\nGM9901,1\nGM9902,2\nGM9903,3\n")
    assert figures(TABLE + "header_row = 3\n") == [1.0, 2.0, 3.0]
    assert refused(TABLE + "header_row = 2\n") == ('figures.csv: header_row = 2 has uitleg, y, and no column "code"')
    assert refused(TABLE + "header_row = 20\n") == 'figures.csv: header_row = 20 is empty, and no column "code"'
    pd.DataFrame({"code": ["GM9901"], "woz": [1]}).to_parquet("figures.parquet")
    assert refused(TABLE.replace("figures.csv", "figures.parquet") + "header_row = 2\n") == (
        "figures.parquet: header_row = 2 is for CSV and Excel, and this file has no header row"
    )


def test_rows_with_the_source_at_the_end_are_no_regions() -> None:
    write_table("code;woz\nGM9901;1\nGM9902;2\nGM9903;3\n\nBron: CBS\n© CBS, Den Haag;\n")
    report = prepared(REGIONS, TABLE, INDICATOR).report
    assert report.concerns() == []
    assert report.notes == ("table figures: left out 2 rows below the figures (Bron: CBS, © CBS, Den Haag)",)


# ---- letters and signs


def test_the_catalog_may_say_what_parts_the_cells() -> None:
    write_table("code|woz|a,b\nGM9901|1|x,y,z\nGM9902|2|x,y,z\nGM9903|3|x,y,z\n")
    assert figures(TABLE + 'delimiter = "|"\n') == [1.0, 2.0, 3.0]
    assert figures() == [1.0, 2.0, 3.0]


def test_the_catalog_may_say_how_letters_are_written() -> None:
    Path("figures.csv").write_bytes("code;prijs €\nGM9901;1\n".encode("iso8859_15"))
    assert figures(TABLE + 'encoding = "iso8859-15"\n', measuring("prijs €"))[0] == 1.0
    assert refused(TABLE + 'encoding = "utf-8"\n', measuring("prijs €")) == (
        'figures.csv: encoding = "utf-8" does not fit: byte 12 cannot be read; leave it out, or try "cp1252"'
    )
    assert 'encoding = "utf-88" is not known' in complaints(REGIONS, TABLE + 'encoding = "utf-88"\n', INDICATOR)[0]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "utf-8", "utf-8-sig", "cp1252"])
def test_letters_are_read_whatever_wrote_them(encoding: str) -> None:
    Path("figures.csv").write_bytes("code;Súdwest\nGM9901;1\nGM9902;2\nGM9903;3\n".encode(encoding))
    assert figures(indicator=measuring("Súdwest")) == [1.0, 2.0, 3.0]


# ---- years in the header


def test_years_in_the_header_make_a_series() -> None:
    write_table("code;woz_2021;koop_2021;woz_2022*\nGM9901;1;5;2\nGM9902;.;6;3\n")
    table = TABLE.replace("year = 2022", 'year_header = ["woz_{year}", "koop_{year}"]')
    koop = INDICATOR.partition("[[indicators]]")[2].replace('"woz"', '"koop"', 1).replace('"woz"', '"koop_{year}"')
    result = prepared(REGIONS, table, measuring("woz_{year}"), "[[indicators]]" + koop)
    by_year = {key: shown(series.published) for key, series in result.figures.items()}
    assert by_year["woz", "gemeente", 2021] == [1.0, "withheld", "missing"]
    assert by_year["woz", "gemeente", 2022] == [2.0, 3.0, "missing"]
    assert by_year["koop", "gemeente", 2022] == ["missing"] * 3
    assert "table figures: the header has the years 2021, 2022" in result.report.notes


def test_a_header_without_the_years_that_are_named_is_told_with_its_columns() -> None:
    write_table("code;woz21\nGM9901;1\n")
    table = TABLE.replace("year = 2022", 'year_header = "woz_{year}"')
    assert refused(table) == 'figures.csv: year_header = "woz_{year}" fits no column; the columns are code, woz21'
    assert (
        "must hold {year} once"
        in complaints(REGIONS, TABLE.replace("year = 2022", 'year_header = "woz"'), INDICATOR)[0]
    )


# ---- rows to choose from

CRIME = (
    "code,soort,woz\nGM9901,3.1.1 Drugshandel,1\nGM9901,0.0.0 Totaal,9\n"
    "GM9902,3.1.1 Drugshandel,2\nGM9902,0.0.0 Totaal,9\n"
)


@pytest.mark.parametrize("wanted", ["3.1.1 Drugshandel", "3.1.1", "drugshandel"])
def test_dimensions_choose_rows_by_code_or_title(wanted: str) -> None:
    write_table(CRIME)
    assert figures(TABLE + f'dimensions = {{ Soort = ["{wanted}"] }}\n') == [1.0, 2.0, "missing"]
    assert figures(TABLE + f'dimensions = {{ soort = "{wanted}" }}\n') == [1.0, 2.0, "missing"]


def test_rows_about_one_region_that_differ_in_a_word_suggest_a_dimension() -> None:
    write_table(CRIME)
    assert refused().endswith('or choose with dimensions = { soort = ["3.1.1 Drugshandel"] }')


def test_rows_about_one_region_that_differ_in_a_code_suggest_a_dimension() -> None:
    write_table(CRIME.replace(" Drugshandel", "").replace(" Totaal", ""))
    assert refused().endswith('or choose with dimensions = { soort = ["3.1.1"] }')


def test_a_dimension_nobody_has_is_told_with_what_there_is() -> None:
    write_table(CRIME)
    assert refused(TABLE + 'dimensions = { soort = ["Drugshandl"] }\n') == (
        'figures.csv: dimensions: column "soort" has no "Drugshandl" (did you mean "3.1.1 Drugshandel"?); '
        "it has 3.1.1 Drugshandel, 0.0.0 Totaal"
    )
    assert 'there is no column "sort" (did you mean "soort"?)' in refused(TABLE + 'dimensions = { sort = ["x"] }\n')
    write_table("code,a,b,woz\nGM9901,x,y,1\nGM9902,z,w,1\n")
    assert refused(TABLE + 'dimensions = { a = "x", b = "w" }\n') == (
        "figures.csv: no row has all of these dimensions: a = [x], b = [w]"
    )


def test_two_tables_may_choose_from_one_file() -> None:
    write_table(CRIME)
    drugs = TABLE + 'dimensions = { soort = ["3.1.1"] }\n'
    every = TABLE.replace('"figures"', '"totaal"').replace("2022", "2023") + 'dimensions = { soort = ["0.0.0"] }\n'
    result = prepared(REGIONS, drugs, every, INDICATOR)
    assert shown(result.figures["woz", "gemeente", 2022].published)[0] == 1.0
    assert shown(result.figures["woz", "gemeente", 2023].published)[0] == 9.0


# ---- columns of next year


def test_a_column_of_statline_is_found_again_when_its_place_has_moved() -> None:
    write_table("code,Inwoners_5,GemiddeldeWOZWaarde_41\nGM9901,10,1\nGM9902,20,2\nGM9903,30,3\n")
    result = prepared(REGIONS, TABLE, measuring("GemiddeldeWOZWaarde_39"))
    assert shown(result.figures["woz", "gemeente", 2022].published) == [1.0, 2.0, 3.0]
    assert result.report.notes == (
        'table figures: indicator woz names "GemiddeldeWOZWaarde_39", which is "GemiddeldeWOZWaarde_41" here',
    )
    assert figures(indicator=measuring("GemiddeldeWOZWaarde")) == [1.0, 2.0, 3.0]


def test_two_columns_that_could_be_the_moved_one_are_told() -> None:
    write_table("code,Mannen_6,Mannen_60\nGM9901,10,1\n")
    assert refused(indicator=measuring("Mannen_7")) == (
        'figures.csv: column "Mannen_7" could be any of Mannen_6, Mannen_60; write it exactly as in the file'
    )


@pytest.mark.parametrize(
    "columns", [["Koop_21", "Huur_21"], ["Koop_21"], ["koop_20", "huur_21"], ["woz_2021", "koop_2020"]]
)
def test_a_number_behind_a_name_that_is_a_year_is_no_place(columns: list[str]) -> None:
    assert headings("Koop_22", columns) == headings("koop_22", columns) == headings("woz_2022", columns) == []


# ---- layers of maps, and codes in parts


@pytest.mark.parametrize("path", ["t.gpkg", "t.geojson", "t.json", "t.shp", "t.fgb", "t.parquet", "t.geoparquet"])
def test_figures_come_from_the_attributes_of_a_map(path: str) -> None:
    features = frame(woz=[1.5, None, 3.0])
    if path.endswith("parquet"):
        features.to_parquet(path)
    elif path.endswith("json"):
        features.to_crs(4326).to_file(path, driver="GeoJSON")
    else:
        features.to_file(path)
    assert figures(TABLE.replace("figures.csv", path)) == [1.5, "missing", 3.0]


def test_a_layer_of_figures_is_chosen_like_a_sheet() -> None:
    for layer in ("een", "twee"):
        frame(woz=[1, 2, 3]).to_file("t.gpkg", layer=layer)
    table = TABLE.replace("figures.csv", "t.gpkg")
    assert figures(table + 'sheet = "twee"\n') == [1.0, 2.0, 3.0]
    assert refused(table) == "t.gpkg: this file has several layers; choose one with sheet = .. : een, twee"
    assert refused(table + 'sheet = "drie"\n') == 't.gpkg: there is no layer "drie"; the layers are een, twee'


def test_codes_may_be_put_together_from_columns() -> None:
    write_regions(frame(["0001", "0002"]).assign(gm="99").drop(columns="name").rename(columns={"code": "deel"}))
    write_table("gm;deel;woz\n99;1;5\n99;2;6\n99;;7\n")
    regions = REGIONS.replace('code = "code"\nname = "name"', 'code = "GM{gm}{deel:2}"')
    write_regions(frame(["01", "02"]).assign(gm="99").rename(columns={"code": "deel"}))
    table = TABLE.replace('code = "code"', 'code = "GM{gm}{deel:02}"')
    result = prepared(regions, table, INDICATOR)
    assert result.editions[0].levels[0].codes == ("GM9901", "GM9902")
    assert shown(result.figures["woz", "gemeente", 2022].published) == [5.0, 6.0]
    [joined] = result.report.joins
    assert joined.without_key == (4,)


def test_a_part_of_a_code_that_is_no_column_is_told() -> None:
    write_table("gm;deel;woz\n99;1;5\n")
    assert refused(TABLE.replace('code = "code"', 'code = "GM{gm}{del}"')) == (
        'figures.csv: there is no column "del" (did you mean "deel"?); the columns are gm, deel, woz'
    )


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), max_size=5))
def test_a_composed_code_has_its_parts_in_order_with_their_zeros(parts: list[tuple[int, int]]) -> None:
    cells: dict[str, list[object]] = {"a": [a for a, _ in parts], "b": [float(b) for _, b in parts]}
    assert composed("BU{a:02}{b:04}", cells) == [f"BU{a:02}{b:04}" for a, b in parts]


# ---- coordinates


def test_the_catalog_may_say_the_crs() -> None:
    write_regions(frame(crs=None), "r.parquet")
    write_table()
    regions = REGIONS.replace("regions.gpkg", "r.parquet") + 'crs = "EPSG:28992"\n'
    assert len(prepared(regions, TABLE, INDICATOR).editions[0].levels[0]) == 3
    [sentence] = complaints(regions.replace("28992", "4326"), TABLE, INDICATOR)
    assert sentence.startswith(
        "r.parquet: the coordinates cannot be in EPSG:4326 as the catalog says: x runs from 150000"
    )
    [sentence] = complaints(regions.replace("28992", "99"), TABLE, INDICATOR)
    assert 'crs = "EPSG:99" is not known; write a code such as "EPSG:28992"' in sentence


def test_names_of_columns_of_the_wijk_en_buurtkaart_are_known_in_every_year() -> None:
    write_table("code,woz\nGM9901,1\n")
    write_regions(frame().rename(columns={"code": "GM_CODE", "name": "GM_NAAM"}))
    regions = REGIONS.replace('"code"', '"gemeentecode"').replace('"name"', '"gemeentenaam"')
    assert prepared(regions, TABLE, INDICATOR).editions[0].levels[0].names == ("Aardhuizen", "Boterveen", "Chaamdijk")


def test_a_kind_of_source_that_cannot_be_read_is_told_at_its_line() -> None:
    with pytest.raises(InputProblems, match='a source cannot begin with "ftp://"'):
        prepared(REGIONS.replace("regions.gpkg", "ftp://x/y.gpkg"), TABLE, INDICATOR)


cells = st.one_of(
    st.sampled_from(
        ["code", "naam", "jaar", "2021", "2022*", "woz_2021", "GM9901", "GM9902", "WK990101", "Bron: CBS", "", "."]
    ),
    st.sampled_from(
        ["1,5", "2.5", "x", "Regio's", "Onderwerp", "3.1.1 Drugshandel", "{year}", '"', "a;b", "-99997", "%"]
    ),
    st.text(max_size=3),
)
files = st.lists(st.lists(cells, max_size=4), max_size=7)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)  # the folder is written over
@given(files, st.sampled_from(["year_header", "year", "dimensions", "header_row"]), st.sampled_from([";", ",", "\t"]))
def test_whatever_a_csv_holds_it_is_read_or_refused(rows: list[list[str]], key: str, delimiter: str) -> None:
    Path("figures.csv").write_text("\n".join(delimiter.join(row) for row in rows), encoding="utf-8")
    more = {
        "year": "",
        "header_row": "header_row = 2\n",
        "dimensions": 'dimensions = { naam = "x" }\n',
        "year_header": 'year_header = "woz_{year}"\n',
    }[key]
    table = TABLE.replace("year = 2022\n", "") if key == "year_header" else TABLE
    catalog = read_catalog(
        write_catalog(REGIONS, table + more, measuring("woz_{year}" if key == "year_header" else "2021"))
    )
    try:
        raw = Places.of(catalog, {}).table(catalog.tables[0])
    except InputProblems:
        return
    assert all(len(column) == len(raw.rows) for column in raw.columns.values())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(files, st.sampled_from([";", ","]))
def test_whatever_a_csv_holds_a_draft_can_be_read_or_is_refused(rows: list[list[str]], delimiter: str) -> None:
    Path("figures.csv").write_text("\n".join(delimiter.join(row) for row in rows), encoding="utf-8")
    Path("figures.toml").unlink(missing_ok=True)
    try:
        draft = write_draft(Path("figures.csv"), None, None, 2026)
    except InputProblems:
        return
    read_catalog(draft.path)
