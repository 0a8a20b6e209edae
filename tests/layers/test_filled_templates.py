"""The tables that ``zichtkaart init --theme`` writes, filled in as a publisher would, become an atlas with every product."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from layers.store import Atlas
from server.app import create_app
from server.build import build
from server.cli import cli
from server.settings import Settings
from server.snapshot import CurrentAtlas
from tests.server.client import Client

DEMO = Path(__file__).resolve().parents[2] / "data" / "demo"
LEVELS = ["gemeente", "wijk"]
SOURCES = {
    "cijfers-gemeente": "gemeente",
    "cijfers-wijk": "wijk",
    "profiel-stichting-gemeente": "profielen-gemeente",
    "profiel-stichting-wijk": "profielen-wijk",
    "profiel-gemeente": "kopers-gemeente",
    "profielen-nederland": "profielen",
    "woningmarkt-nederland": "woningmarkt",
    "drugsfeit-gemeente": "drugsfeiten-gemeente",
    "drugsfeit-wijk": "wijk",
    "drugsfeiten-per-jaar": "drugsfeiten",
    "verdachten-leeftijd-geslacht": "verdachten",
    "verdachten-kenmerken": "kenmerken",
    "hennep-risicofactoren": "risicofactoren",
    "verdachten-subgroepen": "subgroepen",
    "woon-pleeggemeente": "woon-pleeggemeente",
}
"""By template the table of the demo with figures for it; one without any stays as it was written."""

Rows = list[dict[str, str]]


def rows(name: str) -> Rows:
    with (DEMO / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["jaar"] in ("2022", "2023")]


def started(theme: str, folder: Path) -> Path:
    """What init writes, with the borders of the demo in place of those of PDOK."""
    levels = [word for level in LEVELS for word in ("--level", level)]
    done = CliRunner().invoke(cli, ["init", "--theme", theme, *levels, "-o", str(folder)])
    assert done.exit_code == 0, done.output
    catalog = folder / f"{theme}.toml"
    text = re.sub(r"(?m)^year = \d+ .*$", "year = 2022", catalog.read_text(encoding="utf-8"))
    for level in LEVELS:
        borders = (
            f'source = "{(DEMO / "markerwaard.gpkg").as_posix()}"\nlayer = "{level}_2022"\ncode = "code"\nname = "name"'
        )
        text = re.sub(rf'source = "pdok:[^"]*"\ncode = "{level}code"\nname = "{level}naam"', borders, text)
    catalog.write_text(text.replace("[atlas]\n", "[atlas]\nmaxzoom = 9\n"), encoding="utf-8")
    for path in folder.glob("*.csv"):
        if path.stem not in SOURCES:
            leave_out(catalog, path.stem)
            path.unlink()
    return catalog


def leave_out(catalog: Path, table: str) -> None:
    """Take a table out of the catalog, as the file itself tells to do."""
    text = catalog.read_text(encoding="utf-8")
    catalog.write_text(re.sub(rf'\[\[tables\]\]\nid = "{table}"\n(.+\n)+', "", text), encoding="utf-8")


def header(folder: Path, table: str) -> list[str]:
    return (folder / f"{table}.csv").read_text(encoding="utf-8-sig").strip().split(";")


def filled(columns: list[str], row: dict[str, str]) -> list[str]:
    """A row of the demo in the columns of a template; of a breakdown that it lacks it is about the whole."""
    whole = {"stichting": "alle", "drugsfeit": "alle"}
    return [row.get(column, whole.get(column, "")) for column in columns]


def fill_csv(folder: Path, table: str, lines: Rows) -> None:
    """As a Dutch Excel saves it: semicolons, and commas in numbers."""
    columns = header(folder, table)
    with (folder / f"{table}.csv").open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerows(
            [re.sub(r"^(-?\d+)\.(\d+)$", r"\1,\2", cell) for cell in filled(columns, row)] for row in lines
        )


def fill_workbook(folder: Path, catalog: Path) -> None:
    """In the workbook, numbers as numbers; the CSV files are thrown away and the catalog names sheets."""
    book = folder / f"{catalog.stem}.xlsx"
    workbook = openpyxl.load_workbook(book)
    text = catalog.read_text(encoding="utf-8")
    for path in sorted(folder.glob("*.csv")):
        table = path.stem
        sheet = workbook[table[:31]]
        columns = [cell.value for cell in sheet[1]]
        for row in rows(SOURCES[table]):
            sheet.append(
                [float(cell) if re.fullmatch(r"-?\d+(\.\d+)?", cell) else cell or None for cell in filled(columns, row)]
            )
        text = re.sub(rf'source = "{table}\.csv".*', f'source = "{book.name}"\nsheet = "{table[:31]}"', text)
        path.unlink()
    workbook.save(book)
    catalog.write_text(text, encoding="utf-8")


def fill_every_csv(folder: Path, catalog: Path) -> None:
    del catalog  # it names these files already
    for path in folder.glob("*.csv"):
        fill_csv(folder, path.stem, rows(SOURCES[path.stem]))


def shown(atlas: Atlas, indicator: str, level: str, year: int) -> dict[str, float | None]:
    codes = atlas.regions(2022).of_level(level).code
    return dict(zip(codes, atlas.published(indicator, level, year).values(), strict=True))


CHECKED = {
    "vastgoed": [
        ("doorsluiswoningen-aantal", "wijk", "doorsluiswoningen"),
        ("particuliere-woningen-aantal", "gemeente", "particuliere_woningen"),
    ],
    "drugs": [
        ("drugsdelicten-aantal", "wijk", "delicten"),
        ("familierelaties-softdrugs", "gemeente", "familierelaties"),
    ],
}


@pytest.mark.parametrize("fill", [fill_every_csv, fill_workbook])
@pytest.mark.parametrize("theme", ["vastgoed", "drugs"])
def test_filled_templates_become_an_atlas_in_which_every_product_has_figures(
    theme: str, fill: Callable[[Path, Path], None], tmp_path: Path
) -> None:
    catalog = started(theme, tmp_path / "mijn")
    fill(tmp_path / "mijn", catalog)
    build(catalog, tmp_path / "atlas")
    assert products_of(tmp_path / "atlas") == {
        f"{theme[0].upper()}{n}": True for n in range(1, 10 if theme == "vastgoed" else 8)
    }
    atlas = Atlas.open(tmp_path / "atlas")
    for indicator, level, column in CHECKED[theme]:
        told = {row["code"]: row[column] for row in rows(level) if row["jaar"] == "2023"}
        of_atlas = shown(atlas, indicator, level, 2023)
        assert {code: float(told[code]) for code, figure in of_atlas.items() if figure is not None} == {
            code: figure for code, figure in of_atlas.items() if figure is not None
        }
        assert any(figure is not None for figure in of_atlas.values())


def products_of(atlas: Path) -> dict[str, bool]:
    answer = Client(create_app(Settings(static=Path("none")), CurrentAtlas(atlas, 10**8))).get("/products?f=json")
    return {one["id"]: one["has_figures"] for one in answer.json()["products"]}


def test_a_table_that_nobody_filled_in_is_told_with_what_to_do_and_once_it_is_out_its_products_say_what_they_need(
    tmp_path: Path,
) -> None:
    catalog = started("drugs", tmp_path)
    fill_csv(tmp_path, "cijfers-gemeente", rows("gemeente"))
    empty = sorted(path.stem for path in tmp_path.glob("*.csv") if path.stem != "cijfers-gemeente")
    done = CliRunner().invoke(cli, ["check", str(catalog)])
    assert done.exit_code == 1
    told = [line for line in done.output.splitlines() if line.startswith(tuple(empty))]
    advice = "there are no rows below the header; fill it in, or take it out of the catalog."
    assert sorted(told) == [f"{table}.csv: {advice}" for table in empty]
    for table in empty:
        leave_out(catalog, table)
    build(catalog, tmp_path / "atlas")
    assert products_of(tmp_path / "atlas") == {f"D{n}": n in (4, 6, 7) for n in range(1, 8)}


def test_a_column_that_nobody_filled_in_is_as_one_that_is_not_there(tmp_path: Path) -> None:
    catalog = started("drugs", tmp_path)
    lines = [{**row, "familierelaties": "", "familie_woningen": ""} for row in rows("gemeente")]
    fill_csv(tmp_path, "cijfers-gemeente", lines)
    for table in [path.stem for path in tmp_path.glob("*.csv") if path.stem != "cijfers-gemeente"]:
        leave_out(catalog, table)
    report = build(catalog, tmp_path / "atlas")
    assert products_of(tmp_path / "atlas") == {f"D{n}": n == 4 for n in range(1, 8)}
    wanted = 'familierelaties-softdrugs: left out where nothing is filled in, column "familierelaties" of table cijfers-gemeente'
    assert wanted in report.sentences()


@pytest.mark.parametrize(
    ("table", "old", "new", "sentence"),
    [
        (
            "profiel-stichting-gemeente",
            ";alle;",
            ";misschien;",
            'profiel-stichting-gemeente.csv, row 2: column "stichting" has "misschien"',
        ),
        ("cijfers-gemeente", ";2023;", ";23;", 'cijfers-gemeente.csv, row 11: column "jaar" has "23" where a year'),
        ("cijfers-gemeente", "GM9903;", "Houtribstad;", "1 row (Houtribstad) is about no region of 2022"),
        ("cijfers-gemeente", "GM9903;", "GM9999;", "1 row (GM9999) is about no region of 2022"),
        ("profielen-nederland", ";2023;", ";;", 'profielen-nederland.csv, row 8: column "jaar" has "" where a year'),
        ("profielen-nederland", ";2023;", ";2022;", "2 rows are about profiel onverklaarbaar-woningbezit"),
    ],
)
def test_a_wrong_code_or_year_is_told_with_its_row_or_its_code(
    table: str, old: str, new: str, sentence: str, tmp_path: Path
) -> None:
    catalog = started("vastgoed", tmp_path)
    fill_every_csv(tmp_path, catalog)
    path = tmp_path / f"{table}.csv"
    path.write_text(path.read_text(encoding="utf-8-sig").replace(old, new), encoding="utf-8")
    done = CliRunner().invoke(cli, ["check", str(catalog)])
    assert sentence in done.output
    assert "Traceback" not in done.output
