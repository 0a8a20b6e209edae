"""The tables that a theme asks for: what init writes for a publisher, and what docs/themes.md says of them."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from layers.atlas import Text
from layers.catalog import read_catalog
from layers.draft_theme import FilesExist, UnknownLevel, UnknownTheme, write_theme
from layers.packages import read_package
from layers.templates import Column, templates
from server.cli import cli

DOCS = Path(__file__).resolve().parents[2] / "docs" / "themes.md"


def columns(folder: Path, table: str) -> list[str]:
    return (folder / f"{table}.csv").read_text(encoding="utf-8-sig").strip().split(";")


def in_words(column: Column) -> str:
    """What stands in a column, as the documentation says it."""
    if column.dimension is not None:
        codes = ", ".join(f"`{code.id}`" for code in column.dimension.codes)
        more = ", or any other text" if column.dimension.open else ""
        return f"one of {codes}{more}"
    rule = f", rule `{column.rule}`" if column.rule else ""
    kinds = {"code": "code of CBS", "year": "year", "text": "text", "number": "number"}
    unit = f" ({column.unit.in_('en')})" if column.unit else ""
    return f"{kinds[column.kind]}{unit}{rule}"


def documented(theme: str) -> str:
    """The tables of a theme as docs/themes.md has them."""
    package = read_package([theme])
    lines = []
    for table in templates(package, ["gemeente"]):
        where = f"`{table.id.removesuffix('-gemeente')}-LEVEL`" if table.of is None else f"`{table.id}`"
        lines += [
            f"#### {where}: {table.title.in_('en') if table.of else table.title.in_('en').replace('municipality', 'region')}"
        ]
        lines += ["", f"For {', '.join(table.products)}.", "", "| column | is | what stands in it |", "|---|---|---|"]
        for column in table.columns:
            definition = f". {column.definition.in_('en').rstrip('.')}" if column.definition else ""
            lines.append(f"| `{column.name}` | {column.title.in_('en')}{definition} | {in_words(column)} |")
        lines.append("")
    return "\n".join(lines)


@pytest.mark.parametrize("theme", ["vastgoed", "drugs"])
def test_the_documentation_lists_the_tables_and_columns_of_a_theme(theme: str) -> None:
    """Copy what this prints into docs/themes.md where it fails."""
    assert documented(theme).strip() in DOCS.read_text(encoding="utf-8"), documented(theme)


@pytest.mark.parametrize("theme", ["vastgoed", "drugs"])
def test_the_documentation_tells_of_every_product_what_it_needs(theme: str) -> None:
    package, text = read_package([theme]), DOCS.read_text(encoding="utf-8")
    for product in package.products:
        tables = [table for table in templates(package, ["gemeente"]) if product.id in table.products]
        named = ", ".join(f"`{t.id.removesuffix('-gemeente')}{'-LEVEL' if t.of is None else ''}`" for t in tables)
        row = f"| {product.id} | {product.title.in_('en')} | {product.kind} | {named} |"
        assert row in text, row


@pytest.mark.parametrize("theme", ["vastgoed", "drugs"])
def test_the_documentation_says_what_each_rule_does(theme: str) -> None:
    text = DOCS.read_text(encoding="utf-8")
    for name, rule in read_package([theme]).protect.items():
        row = f"| `{name}` | {rule.sentences().in_('en')} |"
        assert row in text, row


def test_init_writes_a_table_for_each_thing_that_a_theme_asks_for(tmp_path: Path) -> None:
    draft = write_theme(["drugs"], ["wijk", "gemeente"], tmp_path / "mijn", 2024)
    assert draft.path == tmp_path / "mijn" / "drugs.toml"
    assert sorted(path.stem for path in draft.path.parent.glob("*.csv")) == [
        *("cijfers-gemeente", "cijfers-wijk", "drugsfeit-gemeente", "drugsfeit-wijk", "drugsfeiten-per-jaar"),
        *("hennep-risicofactoren", "verdachten-kenmerken", "verdachten-leeftijd-geslacht", "verdachten-subgroepen"),
        "woon-pleeggemeente",
    ]
    assert columns(draft.path.parent, "drugsfeit-wijk") == ["code", "jaar", "drugsfeit", "delicten", "verdachten"]
    assert columns(draft.path.parent, "woon-pleeggemeente") == ["woongemeente", "pleeggemeente", "jaar", "verdachten"]
    assert {"inwoners", "woningen", "particuliere_woningen"} <= set(columns(draft.path.parent, "cijfers-gemeente"))


def test_the_workbook_has_the_same_tables_and_explains_every_column(tmp_path: Path) -> None:
    write_theme(["vastgoed", "drugs"], ["gemeente", "buurt"], tmp_path, 2024)
    workbook = openpyxl.load_workbook(tmp_path / "vastgoed-drugs.xlsx")
    tables = {path.stem: columns(tmp_path, path.stem) for path in tmp_path.glob("*.csv")}
    sheets = {name: [cell.value for cell in workbook[name][1]] for name in workbook.sheetnames[1:]}
    assert sheets == {name[:31]: header for name, header in tables.items()}
    explained = [(row[0].value, row[1].value) for row in workbook["Toelichting"].iter_rows(min_row=2)]
    assert sorted(explained) == sorted((table, column) for table, header in tables.items() for column in header)
    assert all(row[2].value and row[5].value and row[7].value for row in workbook["Toelichting"].iter_rows(min_row=2))


def test_the_catalog_takes_in_the_theme_and_every_table(tmp_path: Path) -> None:
    draft = write_theme(["vastgoed", "drugs"], ["gemeente", "wijk"], tmp_path, 2024)
    catalog = read_catalog(draft.path)
    assert [theme.id for theme in catalog.themes] == ["vastgoed", "drugs"]
    assert catalog.atlas.title == Text(nl="Vastgoed en Drugs", en="Real estate and Drugs")
    assert {(entry.level, entry.year) for entry in catalog.regions} == {("gemeente", 2024), ("wijk", 2024)}
    named = {table.source for table in (*catalog.tables, *catalog.supplied)}
    assert named == {path.name for path in tmp_path.glob("*.csv")}


def test_no_table_of_two_themes_has_a_column_twice(tmp_path: Path) -> None:
    """Or its figures would stand in two places."""
    write_theme(["vastgoed", "drugs"], ["gemeente"], tmp_path, 2024)
    figures = [
        column
        for name in ("cijfers-gemeente", "profiel-gemeente", "profiel-stichting-gemeente", "drugsfeit-gemeente")
        for column in columns(tmp_path, name)
        if column not in ("code", "jaar", "profiel")
    ]
    assert len(figures) == len(set(figures))


def test_init_overwrites_nothing_and_writes_nothing_where_a_file_is_in_the_way(tmp_path: Path) -> None:
    mine = tmp_path / "woon-pleeggemeente.csv"
    mine.write_text("hier is aan gewerkt\n")
    with pytest.raises(FilesExist, match=r"has woon-pleeggemeente\.csv already; name another folder"):
        write_theme(["drugs"], ["gemeente"], tmp_path, 2024)
    assert [path.name for path in tmp_path.iterdir()] == ["woon-pleeggemeente.csv"]
    assert mine.read_text() == "hier is aan gewerkt\n"


def test_a_theme_or_level_that_does_not_exist_is_answered_with_those_that_do(tmp_path: Path) -> None:
    with pytest.raises(UnknownTheme, match=r'no theme "drug" \(did you mean "drugs"\?\); the themes are drugs'):
        write_theme(["drug"], ["gemeente"], tmp_path, 2024)
    with pytest.raises(UnknownLevel, match='no level "postcode"; the levels are provincie, gemeente, wijk, buurt'):
        write_theme(["drugs"], ["postcode"], tmp_path, 2024)


def test_the_command_tells_which_tables_to_fill_in(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["init", "--theme", "drugs", "--level", "wijk", "-o", str(tmp_path / "d")])
    assert done.exit_code == 0, done.output
    assert "drugsfeit-wijk.csv: Cijfers per wijk, drugsfeit (D1)" in done.output
    assert f"zichtkaart check {tmp_path / 'd' / 'drugs.toml'}" in done.output.replace("\n", "")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "give either FIGURES"),
        (["cijfers.csv", "--theme", "drugs"], "give either FIGURES"),
        (["--theme", "drugs", "--regions", "g.gpkg"], "--regions goes with FIGURES"),
        (["cijfers.csv", "--level", "wijk"], "--level goes with --theme"),
    ],
)
def test_figures_and_a_theme_do_not_go_together(arguments: list[str], told: str) -> None:
    done = CliRunner().invoke(cli, ["init", *arguments])
    assert done.exit_code == 2
    assert told in " ".join(done.output.split())
