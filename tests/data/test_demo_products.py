"""The demo atlas has every information product, with the figures that stand in its tables."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from layers.packages import Package, read_package
from layers.store import Atlas
from server.build import build

REPOSITORY = Path(__file__).resolve().parents[2]
DEMO = REPOSITORY / "data" / "demo"
NATIONAL = "NL00"
STATUS = {
    "-99997": "withheld",
    ".": "withheld",
    "-99995": "not-yet-published",
    "-99991": "not-applicable",
    "niet vergelijkbaar": "not-comparable",
    "": "missing",
}
SINGLE = {
    "particuliere-woningen": "particuliere_woningen",
    "woningtransacties": "woningtransacties",
    "onverklaarbare-woningaankopen": "onverklaarbare_aankopen",
    "onverklaarbaar-woningbezit": "onverklaarbaar_bezit",
    "doorsluiswoningen": "doorsluiswoningen",
    "onbekende-eigenaren": "onbekende_eigenaar",
    "bezit-stichtingsbestuurders": "stichtingsbestuurder_woningen",
    "hennep-verhoogd-risico": "woningen_verhoogd_risico",
    "woningen-familie-drugsverdachten": "familie_woningen",
    "drugshandel": "drugshandel",
    "drugsoverlast": "drugsoverlast",
}
"""Topics of which a share or rate is shown first, and the column of their number."""

AS_GIVEN = {
    "familierelaties-softdrugs": "familierelaties",
    "woz-waarde-onverklaarbaar": "onverklaarbare_aankopen_woz",
    "woz-waarde-onverklaarbaar-bezit": "onverklaarbaar_bezit_woz",
    "woz-waarde-stichtingsbestuurders": "stichtingsbestuurder_woz",
    "gemiddelde-woz-waarde": "gemiddelde_woningwaarde",
    "koopwoningen": "percentage_koopwoningen",
    "huurwoningen-corporaties": "perc_huurwoningen_in_bezit_woningcorporaties",
    "huurwoningen-overig": "perc_huurwoningen_in_bezit_overige_verhuurders",
    "gemiddelde-verkoopprijs": "gemiddelde_verkoopprijs",
    "aandeel-drugsmisdrijven": "aandeel_drugsmisdrijven",
}
PANELS = {
    "woningmarkt-nederland": "woningmarkt",
    "profielen-nederland": "profielen",
    "drugsfeiten-per-jaar": "drugsfeiten",
    "verdachten-leeftijd-geslacht": "verdachten",
    "verdachten-kenmerken": "kenmerken",
    "hennep-risicofactoren": "risicofactoren",
    "verdachten-subgroepen": "subgroepen",
}

Cell = float | str | None


@pytest.fixture(scope="module")
def atlas(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    folder = tmp_path_factory.mktemp("demo") / "demo.atlas"
    build(REPOSITORY / "data" / "demo.toml", folder)
    return Atlas.open(folder)


@pytest.fixture(scope="module")
def package() -> Package:
    return read_package(["vastgoed", "drugs"])


def rows(name: str) -> list[dict[str, str]]:
    with (DEMO / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cell(text: str) -> Cell:
    """What a cell of a demo table means: a number or a reason."""
    return STATUS[text] if text in STATUS else 0.0 if text == "-" else float(text)


def published(atlas: Atlas, indicator: str) -> Iterator[tuple[str, int, str, Cell]]:
    """Level, year, code and figure of an indicator."""
    for series in atlas.indicator(indicator).series:
        figures = atlas.published(indicator, series.level, series.year)
        codes = atlas.regions(series.edition).of_level(series.level).code
        for code, number, status in zip(codes, figures.values(), figures.statuses(), strict=True):
            yield series.level, series.year, code, status or number


def check(atlas: Atlas, indicator: str, column: str, tables: dict[str, str], only: dict[str, str]) -> int:
    """Hold every figure against the tables by level; how many there were."""
    told = {
        (level, int(row["jaar"]), row["code"]): cell(row[column])
        for level, table in tables.items()
        for row in rows(table)
        if column in row and row["code"] != NATIONAL and all(row[key] == value for key, value in only.items())
    }
    seen = 0
    for level, year, code, figure in published(atlas, indicator):
        assert figure == told.get((level, year, code), "missing"), (indicator, level, year, code)
        seen += isinstance(figure, float)
    return seen


LEVELS = {"gemeente": "gemeente", "wijk": "wijk", "buurt": "buurt"}


def test_every_product_of_the_packages_has_figures(atlas: Atlas, package: Package) -> None:
    facts = {product.id: product for product in atlas.facts.products}
    assert list(facts) == [product.id for product in package.products]
    for product in package.products:
        shown = facts[product.id]
        assert shown.has_figures
        assert shown.topics == product.indicators, product.id
        assert shown.tables == product.panels, product.id
        assert shown.flows == product.flows, product.id


@pytest.mark.parametrize(("topic", "column"), SINGLE.items())
def test_the_number_of_a_topic_is_that_of_the_tables(atlas: Atlas, topic: str, column: str) -> None:
    assert check(atlas, f"{topic}-aantal", column, LEVELS, {}) > 80


@pytest.mark.parametrize(("indicator", "column"), AS_GIVEN.items())
def test_a_figure_that_is_not_computed_is_that_of_the_tables(atlas: Atlas, indicator: str, column: str) -> None:
    assert check(atlas, indicator, column, LEVELS, {}) > 60


def test_profiles_offences_and_kinds_of_drugs_are_those_of_the_tables(atlas: Atlas, package: Package) -> None:
    codes = {dimension.id: [code.id for code in dimension.codes] for dimension in package.dimensions}
    profiles = {"gemeente": "profielen-gemeente", "wijk": "profielen-wijk"}
    for profile in codes["profiel"]:
        begin = "" if profile == codes["profiel"][0] else f"-{profile}"
        for who in codes["stichting"]:
            end = "" if who == "alle" else f"-{who}"
            only = {"profiel": profile, "stichting": who}
            tables = {"gemeente": "profielen-gemeente"}
            assert check(atlas, f"woz-waarde-per-profiel{begin}{end}", "profiel_woz", tables, only) > 0
            if who != "alle":
                assert check(atlas, f"woningen-per-profiel{begin}{end}-aantal", "profiel_woningen", tables, only) > 0
        # the table of wijken has no column for foundations: it is about all owners
        figures = {(row["code"], row["jaar"]): row for row in rows("profielen-wijk") if row["profiel"] == profile}
        for level, year, code, figure in published(atlas, f"woningen-per-profiel{begin}-aantal"):
            if level == "wijk":
                assert figure == cell(figures[code, str(year)]["profiel_woningen"])
        assert profiles.keys() == {s.level for s in atlas.indicator(f"woningen-per-profiel{begin}-aantal").series}
        bought = {"gemeente": "kopers-gemeente"}
        check(atlas, f"transacties-per-profiel{begin}-aantal", "profiel_transacties", bought, {"profiel": profile})
    for offence in codes["drugsfeit"][1:]:
        tables = {"gemeente": "drugsfeiten-gemeente"}
        assert check(atlas, f"drugsdelicten-{offence}-aantal", "delicten", tables, {"drugsfeit": offence}) > 20
        check(atlas, f"drugsverdachten-{offence}-aantal", "verdachten", tables, {"drugsfeit": offence})
    for kind, code in (("harddrugs", "CRI6100"), ("softdrugs", "CRI6200")):
        tables = {"gemeente": "drugsmisdrijven-gemeente"}
        assert check(atlas, f"drugsmisdrijven-{kind}-aantal", "drugsmisdrijven", tables, {"soort": code}) > 80


@pytest.mark.parametrize(
    ("indicator", "part", "whole", "per", "least"),
    [
        ("onverklaarbare-woningaankopen", "onverklaarbare_aankopen", "woningaankopen", 100, 20),
        ("doorsluiswoningen", "doorsluiswoningen", "woningen", 100, 20),
        ("bezit-stichtingsbestuurders", "stichtingsbestuurder_woningen", "particuliere_woningen", 100, 20),
        ("drugsoverlast", "drugsoverlast", "inwoners", 1000, 0),
        ("woningtransacties", "woningtransacties", "particuliere_woningen", 100, 20),
    ],
)
def test_shares_and_rates_are_made_of_the_published_counts(
    atlas: Atlas, indicator: str, part: str, whole: str, per: int, least: int
) -> None:
    of = {(level, row["code"], row["jaar"]): row for level in LEVELS for row in rows(level)}
    seen = 0
    for level, year, code, figure in published(atlas, indicator):
        row = of.get((level, code, str(year)))
        if not isinstance(figure, float) or row is None:
            continue
        exact = per * Decimal(row[part]) / Decimal(row[whole])
        assert Decimal(str(figure)) == exact.quantize(Decimal("0.1"), ROUND_HALF_UP), (level, year, code)
        assert Decimal(row[whole]) >= least
        seen += 1
    assert seen > 80


@pytest.mark.parametrize(("panel", "table"), PANELS.items())
def test_a_panel_has_the_rows_of_its_table(atlas: Atlas, package: Package, panel: str, table: str) -> None:
    [entry] = [entry for entry in package.panels if entry.id == panel]
    [facts] = [facts for facts in atlas.facts.tables if facts.id == panel]
    found = pq.read_table(atlas.path(facts.rows)).to_pylist()
    expected = rows(table)
    assert len(found) == len(expected)
    texts = [column for column in entry.columns if column.kind in ("text", "year")]

    def key(row: Mapping[str, object], by: str) -> tuple[str, ...]:
        return tuple(str(row[getattr(column, by)]) for column in texts)

    for shown, told in zip(
        sorted(found, key=lambda row: key(row, "id")), sorted(expected, key=lambda row: key(row, "name")), strict=True
    ):
        assert key(shown, "id") == key(told, "name")
    for column in (column for column in entry.columns if column.kind == "number"):
        of_atlas = sorted(str(row[f"{column.id}_status"] or row[column.id]) for row in found)
        assert of_atlas == sorted(str(cell(row[column.name])) for row in expected), column.id


def test_flows_are_those_of_the_table(atlas: Atlas) -> None:
    [flow] = atlas.facts.flows
    found = {
        (row["origin"], row["destination"], row["year"]): row["status"] or row["value"]
        for row in pq.read_table(atlas.path(flow.rows)).to_pylist()
    }
    told = {
        (row["woongemeente"], row["pleeggemeente"], int(row["jaar"])): cell(row["verdachten"])
        for row in rows("woon-pleeggemeente")
    }
    assert found == told
    assert flow.years == tuple(range(2015, 2025))


def test_figures_of_the_netherlands_are_those_of_the_table(atlas: Atlas) -> None:
    national = {int(row["jaar"]): row for row in rows("gemeente") if row["code"] == NATIONAL}
    figures = {figure.year: figure for figure in atlas.indicator("onverklaarbare-woningaankopen-aantal").national}
    assert {year: figure.value for year, figure in figures.items()} == {
        year: float(row["onverklaarbare_aankopen"]) for year, row in national.items()
    }
