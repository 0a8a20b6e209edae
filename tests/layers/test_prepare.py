from __future__ import annotations

from datetime import date
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from layers.catalog import read_catalog
from layers.figures import RawTable
from layers.prepare import Prepared, prepare
from layers.problems import InputProblems
from layers.publish import Reading, read_figures, round_figures
from layers.values import Published, Reason
from tests.layers.make import (
    CODES,
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
OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)


@pytest.fixture(autouse=True)
def regions(folder: Path) -> None:
    del folder
    write_regions()


def figures(*parts: str, year: int = 2022) -> list[float | str | None]:
    """What is published for the regions of the small map: numbers and reasons."""
    return shown(prepared(*parts).figures["woz", "gemeente", year].published)


def shown(published: Published) -> list[float | str | None]:
    return [status or number for number, status in zip(published.values(), published.statuses(), strict=True)]


def from_table(text: str, table: str = TABLE) -> list[float | str | None]:
    write_table(text)
    return figures(REGIONS, table, INDICATOR)


def refused(text: str, table: str = TABLE, indicator: str = INDICATOR) -> str:
    write_table(text)
    [sentence] = complaints(REGIONS, table, indicator)
    return sentence


def test_figures_are_joined_on_codes_and_reasons_kept() -> None:
    assert from_table("code,woz\nGM9903,.\nGM9901,250\nGM9902,-99995\n") == [250.0, "not-yet-published", "withheld"]


def test_a_region_without_a_row_is_missing_and_zero_is_a_number() -> None:
    published = from_table("code,woz\nGM9901,0\nGM9902,-\n")
    assert published[2] == "missing"
    assert prepared(REGIONS, TABLE, INDICATOR).figures["woz", "gemeente", 2022].published.values() == [0.0, 0.0, None]


@pytest.mark.parametrize(
    "text",
    [
        "code;woz\nGM9901;1.234,5\nGM9902;0,5\nGM9903;7\n",
        "code\twoz\nGM9901\t1234.5\nGM9902\t0.5\nGM9903\t7\n",
        '\ufeffcode,woz\nGM9901,"1,234.5"\nGM9902,.5\nGM9903,7\n',
        '"Titel; van de tabel"\n""\n"code";"woz"\n"GM9901    ";"  1234,5"\n"9902";"0,5"\n"gm9903";"7"\n"Bron: CBS"\n',
        "Code ,WOZ\r\n\r\nGM9901,1234.5\r\nGM9902,0.5\r\nGM9903,7\r\n",
    ],
)
def test_csv_in_every_dialect_gives_the_same_figures(text: str) -> None:
    write_table(text)
    assert figures(REGIONS, TABLE, INDICATOR + "decimals = 1\n") == [1234.5, 0.5, 7.0]


def test_windows_text_is_read() -> None:
    Path("figures.csv").write_bytes("code;naam;woz\nGM9901;Chassé;1\nGM9902;x;2\nGM9903;y;3\n".encode("cp1252"))
    assert figures() == [1.0, 2.0, 3.0]


def test_excel_and_parquet_give_what_the_csv_gives() -> None:
    book = openpyxl.Workbook()
    book.active.title = "Uitleg"
    sheet = book.create_sheet("Cijfers")
    for row in [["Kerncijfers"], [], ["code", "woz"], [9901, 250], ["GM9902", "x"], ["GM9903", 300.0]]:
        sheet.append(row)
    book.save("figures.xlsx")
    expected = [250.0, "withheld", 300.0]
    excel = TABLE.replace("figures.csv", "figures.xlsx") + 'sheet = "Cijfers"\n'
    assert figures(REGIONS, excel, INDICATOR) == expected
    pd.DataFrame({"code": ["GM9901", "GM9902", "GM9903"], "woz": [250.0, -99997.0, 300.0]}).to_parquet(
        "figures.parquet"
    )
    assert figures(REGIONS, TABLE.replace("figures.csv", "figures.parquet"), INDICATOR) == expected


def test_a_wrong_sheet_lists_the_sheets() -> None:
    book = openpyxl.Workbook()
    book.create_sheet("Cijfers")
    book.save("figures.xlsx")
    excel = TABLE.replace("figures.csv", "figures.xlsx")
    assert complaints(REGIONS, excel + 'sheet = "Cijfer"\n', INDICATOR) == [
        'figures.xlsx: there is no sheet "Cijfer" (did you mean "Cijfers"?); the sheets are Sheet, Cijfers'
    ]
    chosen = TABLE.replace("figures.csv", "figures.xlsx") + 'sheet = "Sheet"\n'
    assert complaints(REGIONS, chosen, INDICATOR) == ["figures.xlsx, sheet Sheet: there is nothing in it"]
    assert complaints(REGIONS, excel, INDICATOR) == [
        "figures.xlsx: this file has several sheets; choose one with sheet = .. : Sheet, Cijfers"
    ]


def test_a_text_where_a_number_should_be_names_row_column_and_way_out() -> None:
    text = "code,woz\nGM9901,250\nGM9902,n.b.\nGM9903,onb\n"
    assert refused(text) == (
        'figures.csv, row 3: column "woz" has "n.b." where a number should be (1 more row without a number); '
        'if it means that there is no figure, add missing = ["n.b.", "onb"] to the table, '
        "or withheld = [..] with the same where the figure is secret"
    )
    assert from_table(text, TABLE + 'missing = ["n.b.", "onb"]\n') == [250.0, "missing", "missing"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "code,woz\nGM9901,1,5\nGM9902,2\nGM9903,3,5\n",
            (
                "figures.csv, row 2: there are 3 cells where the header has 2 (so it is in 1 more row: 4): "
                "a decimal comma without quotes? save the file with ; between the cells"
            ),
        ),
        (
            "code,woz,\nGM9901,1,\nGM9902,2,5\n",
            (
                "figures.csv, row 3: there are 3 cells where the header has 2: "
                "a decimal comma without quotes? save the file with ; between the cells"
            ),
        ),
        (
            "code;woz\nGM9901;1;5\nGM9902;2\nGM9903;3\n",
            "figures.csv, row 2: there are 3 cells where the header has 2: put a cell that holds a ; in quotes",
        ),
        (
            "code,woz,woz\nGM9901,1,2\n",
            'figures.csv: "woz" stands twice in the header, above columns 2 and 3; rename or remove one',
        ),
        (
            "code,woz,Code,code\nGM9901,1,a,b\n",
            'figures.csv: "code" stands twice in the header, above columns 1 and 4; rename or remove one',
        ),
        (
            "code,woz\nGM9901,1e20\nGM9902,inf\n",
            (
                'figures.csv, row 2: column "woz" has "1e20" (1 more row with such a number), '
                "and a figure is at most 9,007,199,254,740,992: beyond that numbers are not exact"
            ),
        ),
        (
            f"code,woz\nGM9901,{'9' * 60}\n",
            (
                f'figures.csv, row 2: column "woz" has "{"9" * 40}…", '
                "and a figure is at most 9,007,199,254,740,992: beyond that numbers are not exact"
            ),
        ),
        (
            "code,woz\nGM9901,12%\n",
            (
                'figures.csv, row 2: column "woz" has "12%" where a number should be; '
                'take the % sign away, or give the indicator unit = "%"'
            ),
        ),
        (
            "code,woz\nGM9901,€ 12\n",
            (
                'figures.csv, row 2: column "woz" has "€ 12" where a number should be; '
                "take the € sign away; it belongs in the unit of the indicator"
            ),
        ),
        (
            'code,naam,woz\nGM9901,"Aa,1\nGM9902,Bee,2\nGM9903,Cee,3\n',
            (
                'figures.csv, row 2: a quote (") in this row is not closed, so all that follows would be one cell; '
                "remove it, or write it twice"
            ),
        ),
        (
            "code,woz\nGM9901,12.5\nGM9902,44.4*\n",
            ('figures.csv, row 3: column "woz" has "44.4*" where a number should be; take the mark of the note away'),
        ),
        (
            "code;woz\nGM9901;12,5\nGM9902;17,5\nGM9903;1.234.5\n",
            (
                'figures.csv, row 4: column "woz" has "1.234.5" where a number should be; if it means that there is no '
                'figure, add missing = ["1.234.5"] to the table, or withheld = [..] with the same where the figure is secret'
            ),
        ),
        (
            f"code,woz\nGM9901,{'a' * 50}\n",
            (
                f'figures.csv, row 2: column "woz" has "{"a" * 40}…" where a number should be; if it means that there '
                f'is no figure, add missing = ["{"a" * 40}…"] to the table, '
                "or withheld = [..] with the same where the figure is secret"
            ),
        ),
    ],
)
def test_a_figure_that_would_be_another_one_is_refused_with_its_row_and_a_way_out(text: str, sentence: str) -> None:
    assert refused(text) == sentence


def test_blank_cells_beyond_the_header_do_no_harm() -> None:
    assert from_table("code,woz\nGM9901,1,,\nGM9902,2,\nGM9903,3\n") == [1.0, 2.0, 3.0]


def test_a_column_that_stands_twice_does_no_harm_where_it_is_not_asked_for() -> None:
    assert from_table("code,woz,x,x\nGM9901,1,8,9\nGM9902,2,8,9\nGM9903,3,8,9\n") == [1.0, 2.0, 3.0]


def test_a_parquet_column_that_stands_twice_is_refused_like_one_of_a_csv() -> None:
    twice = pa.table([["GM9901"], [1.0], [2.0]], names=["code", "woz", "woz"])
    pq.write_table(twice, "figures.parquet")
    [sentence] = complaints(REGIONS, TABLE.replace("figures.csv", "figures.parquet"), INDICATOR)
    assert sentence == 'figures.parquet: "woz" stands twice in the header, above columns 2 and 3; rename or remove one'


def test_marks_of_the_table_say_that_a_figure_is_withheld() -> None:
    text = "code,woz\nGM9901,<5\nGM9902,*\nGM9903,n.b.\n"
    marks = 'withheld = ["<5", "*"]\nmissing = ["n.b."]\n'
    assert from_table(text, TABLE + marks) == ["withheld", "withheld", "missing"]


def test_a_percent_sign_is_read_where_the_unit_is_percent() -> None:
    write_table('code,woz\nGM9901,12%\nGM9902,"7,5 %"\nGM9903,.\n')
    assert figures(REGIONS, TABLE, INDICATOR.replace("x 1000 euro", "%")) == [12.0, 7.5, "withheld"]


def test_a_cell_that_a_workbook_shows_as_a_percentage_is_read_as_it_is_shown() -> None:
    book = openpyxl.Workbook()
    for row in [["code", "woz"], ["GM9901", 0.401], ["GM9902", 0.07], ["GM9903", 12]]:
        book.active.append(row)
    for cell, shown_as in zip(book.active["B"][1:], ["0.0%", '"ca." 0%', '0" %"'], strict=True):
        cell.number_format = shown_as
    book.save("figures.xlsx")
    table = TABLE.replace("figures.csv", "figures.xlsx")
    assert figures(REGIONS, table, INDICATOR.replace("x 1000 euro", "%")) == [40.1, 7.0, 12.0]
    [sentence] = complaints(REGIONS, table, INDICATOR)
    assert sentence.endswith(
        '"40.1%" where a number should be (1 more row without a number); take the % sign away, or give the indicator unit = "%"'
    )


def test_a_number_that_excel_made_a_date_is_told_as_one() -> None:
    book = openpyxl.Workbook()
    for row in [["code", "woz"], ["GM9901", 2.5], ["GM9902", date(2024, 4, 1)]]:
        book.active.append(row)
    book.save("figures.xlsx")
    [sentence] = complaints(REGIONS, TABLE.replace("figures.csv", "figures.xlsx"), INDICATOR)
    assert sentence == (
        'figures.xlsx, row 3: column "woz" has "2024-04-01" where a number should be; '
        "Excel makes dates of numbers such as 1-4; write the number again in a cell that is text"
    )


def test_a_number_with_the_other_decimal_sign_is_told_as_one() -> None:
    told = refused("code;woz\nGM9901;12,5\nGM9902;17,5\nGM9903;13.5\n", TABLE + 'decimal = ","\n')
    assert told.endswith('the decimal sign of the other numbers is ","; write this one like them')


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        (b"code,woz\n", "is it a CSV file? then call it .csv"),
        (b"PK\x03\x04 and no more", "is it complete?"),
        (OLD_OFFICE, "it is an old Excel file: save it as .xlsx"),
        (OLD_OFFICE + "EncryptedPackage".encode("utf-16-le"), "it has a password: save it without one"),
    ],
)
def test_a_file_that_is_no_workbook_is_told_what_it_may_be(content: bytes, hint: str) -> None:
    Path("figures.xlsx").write_bytes(content)
    [sentence] = complaints(REGIONS, TABLE.replace("figures.csv", "figures.xlsx"), INDICATOR)
    assert sentence == f"figures.xlsx: this file cannot be read as Excel (.xlsx); {hint}"


@pytest.mark.parametrize(
    ("text", "more", "hint"),
    [
        ("code;woz\nGM9901;1\n", 'delimiter = ","\n', 'write delimiter = ";" if that parts the cells'),
        ("code:woz\nGM9901:1\n", "", "save the file with ; between the cells"),
    ],
)
def test_a_header_that_is_one_cell_suggests_what_parts_it(text: str, more: str, hint: str) -> None:
    assert f'there is no column "code", and the whole row is one cell: {hint}; the columns are' in refused(
        text, TABLE + more
    )


def test_a_last_cell_of_several_lines_may_end_a_file() -> None:
    assert from_table('code,woz,noot\nGM9901,1,\nGM9902,2,\nGM9903,3,"a, b\nc, d"\n') == [1.0, 2.0, 3.0]


def test_shares_outside_0_to_100_percent_are_a_thing_to_look_at() -> None:
    write_table("code,woz\nGM9901,150\nGM9902,-1\nGM9903,100\n")
    share = INDICATOR.replace("x 1000 euro", "%").replace('"mean"', '"share"')
    result = prepared(REGIONS, TABLE, share)
    assert result.report.concerns() == ["woz, gemeente 2022: 2 shares outside 0 to 100 %, such as 150 in row 2"]
    assert prepared().report.concerns() == []


def test_windows_text_of_two_bytes_is_read() -> None:
    for encoding in ("utf-16-le", "utf-16-be"):
        Path("figures.csv").write_bytes("\ufeffcode,woz\nGM9901,1\nGM9902,2\nGM9903,3\n".encode(encoding))
        assert figures() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml", "[Content_Types].xml"]
)
@pytest.mark.parametrize("keep", [0, 60, 200])
def test_a_damaged_workbook_is_a_sentence(part: str, keep: int) -> None:
    book = openpyxl.Workbook()
    for row in [["code", "woz"], *([f"GM{number:04}", number] for number in range(30))]:
        book.active.append(row)
    book.save("good.xlsx")
    with ZipFile("good.xlsx") as good, ZipFile("figures.xlsx", "w") as damaged:
        for name in good.namelist():
            damaged.writestr(name, good.read(name)[: keep if name == part else None])
    [sentence] = complaints(REGIONS, TABLE.replace("figures.csv", "figures.xlsx"), INDICATOR)
    assert sentence.startswith("figures.xlsx: this file cannot be read as Excel (.xlsx)")


def test_a_folder_is_no_table() -> None:
    Path("figures.csv").mkdir()
    assert complaints(REGIONS, TABLE, INDICATOR) == ["figures.csv: this is a folder; name the file in it"]


@pytest.mark.parametrize(
    ("cells", "kind", "decimals", "published"),
    [
        (["0.4", "12", "1.25"], "mean", 2, [0.4, 12.0, 1.25]),
        (["41.0", "19.0", "7"], "mean", 0, [41.0, 19.0, 7.0]),
        (["0.30000000000000004", "1", "2"], "mean", 1, [0.3, 1.0, 2.0]),
        (["0.33333333", "1", "2"], "mean", 3, [0.333, 1.0, 2.0]),
        (["2.4", "1", "2"], "count", 0, [2.0, 1.0, 2.0]),
        ([".", "", "x"], "mean", 0, ["withheld", "missing", "withheld"]),
    ],
)
def test_without_decimals_in_the_catalog_figures_keep_those_they_have(
    cells: list[str], kind: str, decimals: int, published: list[float | str | None]
) -> None:
    write_table("code,woz\n" + "".join(f"{code},{cell}\n" for code, cell in zip(CODES, cells, strict=True)))
    result = prepared(REGIONS, TABLE, INDICATOR.replace('"mean"', f'"{kind}"'))
    assert result.decimals == {"woz": decimals}
    assert shown(result.figures["woz", "gemeente", 2022].published) == published


def test_decimals_are_the_same_in_every_year() -> None:
    write_table("code,jaar,woz\nGM9901,2021,1.5\nGM9901,2022,2\n")
    table = TABLE.replace("year = 2022", 'year_column = "jaar"')
    assert prepared(REGIONS, table, INDICATOR).decimals == {"woz": 1}


def test_figures_that_are_rounded_to_0_are_told() -> None:
    write_table("code,woz\nGM9901,0.4\nGM9902,1.4\nGM9903,0\n")
    report = prepared(REGIONS, TABLE, INDICATOR + "decimals = 0\n").report
    assert report.sentences()[-2] == (
        "woz, gemeente 2022: 3 numbers, 2 rounded to the decimals of the indicator (1 of them to 0)"
    )
    assert report.concerns() == ["woz, gemeente 2022: 1 number that is not 0 rounded to 0; see decimals"]


def test_rows_are_counted_as_a_spreadsheet_does_below_titles_and_blank_rows() -> None:
    assert refused("Titel\n\ncode,woz\nGM9901,1\n\nGM9902,?\n").startswith("figures.csv, row 6: ")


def test_zero_can_be_said_to_mean_missing() -> None:
    assert from_table("code,woz\nGM9901,0\nGM9902,0.0\nGM9903,5\n", TABLE + "missing = [0]\n") == [
        "missing",
        "missing",
        5.0,
    ]


def test_a_number_that_can_be_read_in_two_ways_is_refused_until_the_catalog_says_how() -> None:
    text = "code;woz\nGM9901;1.234\nGM9902;5\n"
    assert refused(text) == (
        'figures.csv, row 2: "1.234" in column "woz" may be 1234 or 1.234, and no other number tells; '
        'add decimal = "." or decimal = "," to the table'
    )
    assert from_table(text, TABLE + 'decimal = ","\n')[0] == 1234.0
    assert from_table(text, TABLE + 'decimal = "."\n')[0] == 1.234


def test_another_column_can_tell_the_decimal_sign() -> None:
    assert from_table("code;woz;x\nGM9901;1.234;0,5\nGM9902;5;1\n")[0] == 1234.0


def test_two_rows_about_one_region_are_refused_with_their_rows() -> None:
    assert refused("code,woz\nGM9901,1\nGM9902,2\n9901,3\n") == (
        "figures.csv, row 4: a region may have one row, and more are about GM9901 (rows 2, 4); "
        "keep one, or give year_column if they are of several years"
    )


def test_a_table_that_meets_no_region_shows_keys_of_both_sides() -> None:
    assert refused("code,woz\nNL11,1\nNL12,2\n") == (
        'figures.csv: no row meets a region of level "gemeente": column "code" has "NL11", "NL12", '
        'the codes are "GM9901", "GM9902", "GM9903"; is it the right column and level?'
    )


def test_names_in_the_code_column_suggest_joining_on_names() -> None:
    assert refused("code,woz\naardhuizen,1\n").endswith('; the column has names: add key = "name"')


def test_a_missing_key_column_lists_the_columns() -> None:
    assert refused("kode,woz\nGM9901,1\n") == (
        'figures.csv: there is no column "code" (did you mean "kode"?); the columns are kode, woz'
    )


def test_a_column_that_no_table_has_is_told_at_its_line_with_near_names() -> None:
    assert refused("code,woz_waarde,x\nGM9901,1,2\n").startswith(
        'catalog.toml, line 32: indicator "woz", column "woz": no table has it; the columns are code, woz_waarde, x'
    )
    assert '(did you mean "wozz"?)' in refused("code,wozz,x\nGM9901,1,2\n")


def test_two_columns_of_one_name_must_be_told_apart() -> None:
    text = "code,woz,woz\nGM9901,1,2\n"
    assert '"woz" stands twice in the header' in refused(text)
    write_table(text)
    third = INDICATOR.replace('column = "woz"', 'column = "woz (3)"')
    assert figures(REGIONS, TABLE, third)[0] == 2.0


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("none.csv", "none.csv: this file does not exist"),
        (
            "figures.json",
            'figures.json: a table cannot be read from a ".json" file: CSV, Excel (.xlsx), Parquet and the layers of maps',
        ),
        ("figures.xlsx", "figures.xlsx: this file cannot be read as Excel (.xlsx)"),
        ("figures.parquet", "figures.parquet: this file cannot be read as Parquet"),
        ("binary.csv", "binary.csv: this is no CSV file; CSV, Excel (.xlsx), Parquet and the layers of maps"),
        ("empty.csv", "empty.csv: there is nothing in it"),
        ("header.csv", "header.csv: there are no rows below the header"),
    ],
)
def test_a_table_that_cannot_be_read_is_a_sentence(path: str, sentence: str) -> None:
    for name in ("figures.json", "figures.xlsx", "figures.parquet"):
        Path(name).write_text("hello")
    Path("binary.csv").write_bytes(b"\x00\x01\x02")
    Path("empty.csv").write_text("\n\n")
    Path("header.csv").write_text("code,woz\n")
    [told] = complaints(REGIONS, TABLE.replace("figures.csv", path), INDICATOR)
    assert told.startswith(sentence)


def test_texts_without_english_are_told_and_what_is_the_same_in_both_is_not() -> None:
    write_table()
    assert prepared(REGIONS, TABLE, INDICATOR).report.others == (
        "no English: atlas: title, themes vastgoed: title; English pages show the Dutch",
    )


def test_what_did_not_meet_is_reported() -> None:
    write_table("code,woz\nGM9901,250.4\nGM9909,1\nWK990101,2\nNL00,3\n,4\n")
    report = prepared(REGIONS, TABLE, INDICATOR + "decimals = 0\n").report
    assert report.sentences() == [
        "gemeente 2022: 3 regions",
        "table figures, gemeente 2022: 1 of 3 regions joined",
        "table figures, gemeente 2022: 1 row about the Netherlands",
        "table figures, gemeente 2022: 1 row about other levels passed over",
        "woz, gemeente 2022: 1 number, 2 missing, 1 rounded to the decimals of the indicator",
        "no English: atlas: title, themes vastgoed: title; English pages show the Dutch",
    ]
    assert report.concerns() == [
        "table figures, gemeente 2022: 1 row (GM9909) is about no region of 2022",
        "table figures, gemeente 2022: 1 row without a code or name left out (row 6)",
        "table figures, gemeente 2022: 2 regions (GM9902, GM9903) have no row",
        "woz, gemeente 2022: 2 of 3 values unknown or withheld",
    ]
    assert (report.numbers, report.total(Reason.MISSING)) == (1, 2)


def test_the_year_column_gives_a_series_per_year() -> None:
    write_table("code,jaar,woz\nGM9901,2021JJ00,1\nGM9901,2022JJ00*,2\nGM9902,2022,3\n")
    table = TABLE.replace("year = 2022", 'year_column = "Jaar"')
    result = prepared(REGIONS, table, INDICATOR)
    assert list(result.figures) == [("woz", "gemeente", 2021), ("woz", "gemeente", 2022)]
    assert shown(result.figures["woz", "gemeente", 2022].published) == [2.0, 3.0, "missing"]


def test_a_period_that_is_no_year_is_refused() -> None:
    table = TABLE.replace("year = 2022", 'year_column = "jaar"')
    assert refused("code,jaar,woz\nGM9901,2022,1\nGM9901,2022MM01,1\n", table) == (
        'figures.csv, row 3: column "jaar" has "2022MM01" where a year should be; write it as 2022 or 2022JJ00'
    )


def editions(table_year: int, more: str = "") -> int:
    """On the borders of which year figures of a year are shown, with borders of 2020 and 2022."""
    write_regions(path="old.gpkg")
    write_table()
    old = REGIONS.replace("2022", "2020").replace("regions.gpkg", "old.gpkg")
    table = TABLE.replace("2022", str(table_year)) + more
    return prepared(REGIONS, old, table, INDICATOR).figures["woz", "gemeente", table_year].edition


@pytest.mark.parametrize(("year", "edition"), [(2019, 2020), (2020, 2020), (2021, 2020), (2022, 2022), (2024, 2022)])
def test_figures_stand_on_the_newest_borders_that_are_not_younger(year: int, edition: int) -> None:
    assert editions(year) == edition


def test_the_catalog_may_name_the_borders() -> None:
    assert editions(2024, "borders = 2020\n") == 2020


def test_columns_may_differ_per_table() -> None:
    write_table("code,WOZ2021\nGM9901,1\n", "old.csv")
    write_table("code,woz22\nGM9901,2\n")
    old = TABLE.replace('"figures"', '"old"').replace("figures.csv", "old.csv").replace("2022", "2021")
    indicator = INDICATOR.replace('column = "woz"', 'from = ["woz22", { table = "old", column = "woz2021" }]')
    result = prepared(REGIONS, TABLE, old, indicator)
    assert {key[2]: shown(series.published)[0] for key, series in result.figures.items()} == {2021: 1.0, 2022: 2.0}


def test_two_tables_with_one_column_for_one_level_and_year_must_be_chosen_from() -> None:
    write_table()
    second = TABLE.replace('"figures"', '"second"')
    [sentence] = complaints(REGIONS, TABLE, second, INDICATOR)
    assert sentence.endswith(
        'tables "figures" and "second" both have its column for gemeente 2022; '
        'choose with from = [{ table = "figures", column = "woz" }]'
    )


def test_categories_are_numbered_over_all_regions_with_reasons_kept() -> None:
    write_table("code,soort\nGM9901,stad\nGM9902,dorp\nGM9903,x\n")
    result = prepared(REGIONS, TABLE, INDICATOR.replace('"mean"', '"category"').replace('"woz"\n', '"soort"\n'))
    [(key, series)] = result.figures.items()
    assert result.categories[key[0]] == ("dorp", "stad")
    assert shown(series.published) == [1.0, 0.0, "withheld"]


def test_numbers_are_rounded_half_up_to_the_decimals_of_the_indicator() -> None:
    write_table("code,woz\nGM9901,0.25\nGM9902,-0.04\nGM9903,2.5\n")
    result = prepared(REGIONS, TABLE, INDICATOR + "decimals = 1\n").figures["woz", "gemeente", 2022].published
    assert result.values() == [0.3, 0.0, 2.5]


def by_name(names: list[str], rows: str, codes: list[str] | None = None) -> Prepared:
    codes = codes or [f"GM990{i}" for i in range(len(names))]
    regions = frame(codes)
    regions["name"] = names
    write_regions(regions)
    write_table("Regio's,woz\n" + rows)
    return prepared(REGIONS, TABLE.replace('code = "code"', 'name = "Regio\'s"'), INDICATOR)


def joined_by_name(names: list[str], rows: str, codes: list[str] | None = None) -> list[float | str | None]:
    return shown(by_name(names, rows, codes).figures["woz", "gemeente", 2022].published)


def test_names_are_joined_in_the_spelling_of_cbs() -> None:
    rows = "'s-Gravenhage (gemeente),1\nUtrecht (gemeente),2\nUtrecht (PV),9\nSúdwest-Fryslân,3\nNederland,9\nBeek (L.),4\n"
    names = ["'s-Gravenhage", "Utrecht", "Sudwest-Fryslan", "Beek"]
    assert joined_by_name(names, rows) == [1.0, 2.0, 3.0, 4.0]
    assert joined_by_name(["Den Haag", "UTRECHT"], rows) == [1.0, 2.0]


def test_a_former_namesake_does_not_take_the_place_of_todays() -> None:
    rows = '"Hengelo (Gld.)",9\n"Hengelo (O.)",1\nDe Friese Meren,9\nDe Fryske Marren,2\n'
    assert joined_by_name(["Hengelo", "De Fryske Marren"], rows, ["GM0164", "GM1940"]) == [1.0, 2.0]


def test_namesakes_are_told_apart_by_their_province() -> None:
    rows = '"Bergen (NH.)",1\n"Bergen (L.)",2\n'
    assert joined_by_name(["Bergen (NH.)", "Bergen (L.)"], rows) == [1.0, 2.0]


def test_a_name_that_could_be_several_regions_is_refused_with_all_of_them() -> None:
    with pytest.raises(InputProblems) as caught:
        by_name(["Bergen (NH.)", "Bergen (L.)"], "Bergen,1\n")
    assert str(caught.value) == (
        'figures.csv, row 2: "Bergen" could be GM9900 Bergen (NH.), GM9901 Bergen (L.); join on codes instead, with code = ..'
    )


def test_a_name_that_meets_nothing_is_reported_with_near_ones() -> None:
    report = by_name(["Aardhuizen", "Boterveen"], "Aardhuizen,1\nBoterven,2\n").report
    assert any(concern.endswith('; "Boterven" may be Boterveen') for concern in report.concerns())


def test_problems_of_all_sources_come_at_once() -> None:
    write_regions(frame(["GM0001", "GM0001"]))
    write_table("code,woz\nGM0001,x\n")
    path = write_catalog(REGIONS, TABLE.replace("figures.csv", "none.csv"), INDICATOR)
    with pytest.raises(InputProblems) as caught:
        prepare(read_catalog(path))
    assert [problem.file for problem in caught.value.problems] == ["regions.gpkg", "none.csv"]


def test_progress_tells_its_stages() -> None:
    write_table()
    told: list[tuple[str, int, int]] = []
    prepare(read_catalog(write_catalog()), lambda stage, done, total: told.append((stage, done, total)))
    assert {stage for stage, _, _ in told} == {"read regions", "read tables", "join tables", "regions 2022"}
    assert all(0 <= done <= total for _, done, total in told)


cells = st.one_of(
    st.none(),
    st.floats(),
    st.integers(-(10**9), 10**9),
    st.sampled_from([".", "x", "-", "", "-99997", "geheim", "1,5", "2.5", "n.b."]),
    st.text(max_size=4),
)


def published_or_refused(table: RawTable, rows: NDArray[np.int64], decimals: int) -> Published | None:
    """None where the table was refused, which is done with rows."""
    try:
        return round_figures(read_figures(table, "x", rows, Reading()), decimals).published
    except InputProblems as error:
        if any(problem.row is None for problem in error.problems):
            raise
        return None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # the folder is not used
@given(st.lists(cells, min_size=1, max_size=6), st.integers(0, 6), st.sampled_from([";", ",", None]))
def test_whatever_the_table_has_a_published_value_is_a_number_or_a_reason(
    column: list[object], decimals: int, delimiter: str | None
) -> None:
    table = RawTable("t.csv", None, {"x": column}, list(range(2, len(column) + 2)), delimiter)
    rows = np.array([*range(len(column)), -1], dtype=np.int64)
    published = published_or_refused(table, rows, decimals)
    if published is None:
        return
    assert published.statuses()[-1] == "missing"
    assert all(
        (number is None) != (status is None)
        for number, status in zip(published.values(), published.statuses(), strict=True)
    )
