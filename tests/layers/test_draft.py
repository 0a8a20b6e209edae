"""The draft of a catalog: made from a table of figures alone, and good enough to build."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from layers.catalog import read_catalog
from layers.draft import CatalogExists, write_draft
from layers.measures import measures
from layers.prepare import Prepared, prepare
from layers.problems import InputProblems
from layers.slugs import slugged
from server.cli import cli
from tests.conftest import REPOSITORY
from tests.layers.make import frame, write_regions, write_table

pytestmark = pytest.mark.usefixtures("folder")

BORDERS = Path("regions.gpkg")


def drafted(regions: Path | None = BORDERS, figures: str = "figures.csv") -> dict[str, Any]:
    """The draft for a table, read back."""
    draft = write_draft(Path(figures), None, regions, 2026)
    return tomllib.loads(draft.path.read_text(encoding="utf-8"))


def catalog_of(text: str, regions: Path | None = BORDERS) -> dict[str, Any]:
    write_table(text)
    Path("figures.toml").unlink(missing_ok=True)
    return drafted(regions)


def built(figures: str = "figures.csv") -> Prepared:
    return prepare(read_catalog(Path(figures).with_suffix(".toml")))


@pytest.fixture(autouse=True)
def regions(folder: Path) -> None:
    del folder
    write_regions()


def test_codes_levels_years_and_units_are_recognised() -> None:
    catalog = catalog_of(
        "Bron: CBS\n\nregiocode;naam;jaar;AantalInwoners_5;perc_koop;gem_woz\n"
        "GM9901  ;A;2021;100;40,5;300\nGM9902;B;2021;.;.;250\nGM9901;A;2022;110;41,5;310\n"
    )
    assert catalog["tables"] == [
        {"id": "figures", "source": "figures.csv", "level": "gemeente", "year_column": "jaar", "code": "regiocode"}
    ]
    assert [(i["id"], i["kind"], i.get("unit")) for i in catalog["indicators"]] == [
        ("aantal-inwoners", "count", None),
        ("perc-koop", "share", "%"),
        ("gem-woz", "mean", "euro"),
    ]
    assert catalog["atlas"]["attribution"] == "Bron: CBS"
    result = built()
    assert result.figures["perc-koop", "gemeente", 2022].published.values() == [41.5, None, None]
    assert result.figures["aantal-inwoners", "gemeente", 2021].published.statuses() == [None, "withheld", "missing"]


def test_figures_with_a_percent_sign_are_shares() -> None:
    catalog = catalog_of('gm_code,koop_2022\nGM9901,"40,5 %"\nGM9902,12%\n')
    assert [(i["id"], i["kind"], i["unit"]) for i in catalog["indicators"]] == [("koop-2022", "share", "%")]
    assert built().figures["koop-2022", "gemeente", 2022].published.values() == [40.5, 12.0, None]


def test_a_workbook_does_too() -> None:
    book = openpyxl.Workbook()
    book.active.append(["Toelichting"])
    sheet = book.create_sheet("Cijfers 2022")
    for row in [["Kerncijfers 2022"], [], ["gm_code", "Inwoners"], ["GM9901", 5], ["GM9902", 6]]:
        sheet.append(row)
    book.save("figures.xlsx")
    [table] = drafted(figures="figures.xlsx")["tables"]
    assert (table["sheet"], table["year"], table["code"]) == ("Cijfers 2022", 2022, "gm_code")
    assert built("figures.xlsx").figures["inwoners", "gemeente", 2022].published.values() == [5.0, 6.0, None]


def test_without_borders_those_of_pdok_are_named() -> None:
    catalog = catalog_of("code,jaar,x\nGM0363,2023,1\nWK036301,2023,1\nBU03630101,2024,2\n", regions=None)
    assert [(r["level"], r["year"], r["source"], r["code"]) for r in catalog["regions"]] == [
        ("gemeente", 2024, "pdok:wijken-en-buurten/2024", "gemeentecode"),
        ("wijk", 2024, "pdok:wijken-en-buurten/2024", "wijkcode"),
        ("buurt", 2024, "pdok:wijken-en-buurten/2024", "buurtcode"),
    ]
    assert [t["level"] for t in catalog["tables"]] == ["gemeente", "wijk", "buurt"]
    read_catalog(Path("figures.toml"))


def test_names_are_joined_on_where_there_are_no_codes() -> None:
    catalog = catalog_of("Regio's,Waarde 2022\nAardhuizen,1\nBoterveen,2\nChaamdijk,3\n")
    [table] = catalog["tables"]
    assert (table["name"], table["level"], table["year"]) == ("Regio's", "gemeente", 2022)
    assert "guessed from the header of the column" in Path("figures.toml").read_text()
    assert built().report.joins[0].matched == 3


def test_years_in_the_header_are_recognised_and_what_has_none_is_told() -> None:
    catalog = catalog_of("code,Onderwerp,woz_2021,woz_2022,oppervlakte\nGM9901,WOZ,1,2,3\nGM9902,WOZ,1,2,3\n")
    assert catalog["tables"][0]["year_header"] == ["woz_{year}"]
    assert [i["column"] for i in catalog["indicators"]] == ["woz_{year}"]
    assert "Not in it, for want of a year: oppervlakte" in Path("figures.toml").read_text()
    assert {key[2] for key in built().figures} == {2021, 2022}


def test_a_nameless_column_is_called_after_what_the_table_is_about() -> None:
    catalog = catalog_of("code,Onderwerp,2021,2022\nGM9901,Gemiddelde prijs,1,2\nGM9902,Gemiddelde prijs,1,2\n")
    assert [(i["id"], i["kind"], i["unit"]) for i in catalog["indicators"]] == [("gemiddelde-prijs", "mean", "euro")]


def test_of_rows_to_choose_from_one_kind_is_chosen_and_the_others_are_named() -> None:
    catalog = catalog_of(
        "code,soort,misdrijven\n"
        + "".join(f"{c},{s},1\n" for c in ("GM9901", "GM9902") for s in ("Fraude", "Drugsmisdrijven"))
    )
    assert catalog["tables"][0]["dimensions"] == {"soort": ["Drugsmisdrijven"]}
    assert "# soort can also be: Fraude" in Path("figures.toml").read_text()
    assert built().figures["misdrijven", "gemeente", 2025].published.has_number.sum() == 2


def test_a_year_that_nothing_tells_is_marked_as_a_guess() -> None:
    catalog_of("code,x\nGM9901,1\n")
    assert (
        "year = 2025  # guessed: nothing tells the year of the figures, so this is last year"
        in Path("figures.toml").read_text()
    )


def test_borders_of_several_years_are_all_taken_and_codes_may_be_in_parts() -> None:
    Path("regions.gpkg").unlink()
    buurten = frame(["0101", "0102"]).rename(columns={"code": "BUURTCODE"}).assign(GEMEENTECODE="9901")
    for year in (2020, 2022):
        write_regions(buurten, layer=f"buurt_{year}")
    catalog = catalog_of("code,jaar,x\nBU99010101,2020,1\nBU99010102,2022,2\n")
    assert [(r["year"], r["layer"], r["code"]) for r in catalog["regions"]] == [
        (2020, "buurt_2020", "BU{GEMEENTECODE}{BUURTCODE}"),
        (2022, "buurt_2022", "BU{GEMEENTECODE}{BUURTCODE}"),
    ]
    assert built().figures["x", "buurt", 2022].published.values() == [None, 2.0]


def test_water_is_left_out_of_borders_that_have_it() -> None:
    write_regions(frame(water=["NEE", "NEE", "JA"]))
    assert catalog_of("code,x\nGM9901,1\n")["regions"][0]["where"] == "water = 'NEE'"


def test_many_columns_give_some_indicators_and_a_list_of_the_others() -> None:
    names = [f"kolom{number}" for number in range(30)]
    catalog = catalog_of(f"code,{','.join(names)}\nGM9901,{','.join('1' * 30)}\n")
    assert len(catalog["indicators"]) == 24
    assert "# 6 more columns with figures: kolom24, kolom25" in Path("figures.toml").read_text()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a,b\n1,2\n",
            (
                "figures.csv: there is no column with codes (GM0363, WK036301, BU03630101) or names of regions; "
                "the first row has a, b"
            ),
        ),
        ("code,naam\nGM9901,x\n", "figures.csv: there is no column with figures; the columns are code, naam"),
        (
            "code,x\nGM0001,1\n",
            'regions.gpkg: none of the regions of the figures ("GM0001") is in it; is it the right file?',
        ),
    ],
)
def test_what_cannot_be_recognised_is_a_sentence(text: str, message: str) -> None:
    write_table(text)
    with pytest.raises(InputProblems) as caught:
        write_draft(Path("figures.csv"), None, BORDERS, 2026)
    assert str(caught.value) == message
    assert not Path("figures.toml").exists()


@pytest.mark.parametrize("path", ["none.csv", "figures.json"])
def test_a_file_that_is_no_table_is_a_sentence(path: str) -> None:
    Path("figures.json").write_text("{}")
    with pytest.raises(InputProblems, match=r"does not exist|a draft is made from CSV"):
        write_draft(Path(path), None, None, 2026)
    write_table()
    with pytest.raises(InputProblems, match=r"none.gpkg: this file does not exist"):
        write_draft(Path("figures.csv"), None, Path("none.gpkg"), 2026)


def test_a_catalog_that_is_there_is_left_alone() -> None:
    write_table()
    Path("figures.toml").write_text("mine")
    with pytest.raises(CatalogExists, match=r"figures.toml exists already; name another file with --output"):
        write_draft(Path("figures.csv"), None, BORDERS, 2026)
    assert Path("figures.toml").read_text() == "mine"


def test_the_command_writes_a_catalog_that_passes_check(folder: Path) -> None:
    (folder / "cijfers").mkdir()
    write_table("code,jaar,woz\nGM9901,2022,250\nGM9902,2022,.\nGM9903,2022,3\n", "cijfers/woz.csv")
    run = CliRunner()
    done = run.invoke(cli, ["init", "cijfers/woz.csv", "--regions", "regions.gpkg", "-o", "woz.toml"])
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines() == [
        'woz.csv: regions of level gemeente, by the codes in column "code"; figures of 2022',
        "woz.csv: 1 column with figures: Woz",
        "Wrote woz.toml. Look at it, then: zichtkaart check woz.toml",
    ]
    checked = run.invoke(cli, ["check", "woz.toml"])
    assert checked.exit_code == 0, checked.output
    assert "woz, gemeente 2022: 2 numbers, 1 withheld" in checked.stdout
    again = run.invoke(cli, ["init", "cijfers/woz.csv", "-o", "woz.toml"])
    assert (again.exit_code, again.stdout) == (1, "")
    assert "exists already" in again.stderr


@pytest.mark.parametrize("level", ["gemeente", "wijk", "buurt"])
def test_the_figures_of_the_demo_give_a_catalog_that_builds(level: str) -> None:
    demo = REPOSITORY / "data" / "demo"
    draft = write_draft(demo / f"{level}.csv", Path("demo.toml"), demo / "markerwaard.gpkg", 2026)
    result = prepare(read_catalog(draft.path))
    assert [edition.year for edition in result.editions] == [2018, 2022]
    assert result.report.numbers > 100


REAL = {
    "gemeente_2022_tmap.csv": 4830,
    "wijk_2022_tmap.csv": 45596,
    "kwb_2024_gm_wk_85984NED.csv": 28344,
    "verkoopprijs_gemeente_83625NED_2012-2024.csv": 1297,
    "misdrijven_provincie_83648NED_2010-2020_alle_soorten.csv": 792,
    "misdrijven_gemeente_47013NED_totaal_2024.csv": 340,
    "vermogen_gemeente_2024_statline.csv": 1698,
    "ses_woa_amsterdam_gm_wk_bu_85163NED_2019.csv": 595,
    "breda_buurt_woz_2015-2022.csv": 432,
}
"""Genuine files, with how many figures a draft for them publishes."""


@pytest.mark.real_data
@pytest.mark.parametrize("name", REAL)
def test_genuine_files_give_a_catalog_that_passes_check(name: str, shared_data: Path) -> None:
    borders = "breda_buurten.geojson" if name.startswith("breda") else "nl_2022_tmap.gpkg"
    draft = write_draft(shared_data / "indicators" / name, Path("echt.toml"), shared_data / "geo" / borders, 2026)
    assert prepare(read_catalog(draft.path)).report.numbers == REAL[name]


@given(st.lists(st.text(max_size=12), max_size=6))
def test_ids_of_measures_are_ids_and_differ(names: list[str]) -> None:
    made = measures([(name, [1.0], ".") for name in names], ("code", "wijk"))
    ids = [measure.id for measure in made]
    assert len(set(ids)) == len(ids)
    assert not {"code", "wijk"} & set(ids)
    assert all(name == slugged(name) for name in ids)
