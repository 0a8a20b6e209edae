"""The packages of the themes on genuine figures: homes of all wijken, drugs crime of provinces, gemeenten and Breda.

Each published figure is held against the file as the csv module reads it.
"""

from __future__ import annotations

import csv
import sqlite3
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from layers.catalog import read_catalog
from layers.prepare import Prepared, prepare
from server.build import build

pytestmark = pytest.mark.real_data

CATALOG = """
include = ["theme:vastgoed", "theme:drugs"]

[atlas]
id = "echt"
title = "Vastgoed en drugs, echte cijfers"
attribution = "Bron: CBS, politie, gemeente Breda, Kadaster/PDOK (CC BY 4.0)"
maxzoom = 9

[[regions]]
level = "provincie"
year = 2022
source = "shared/geo/nl_2022_tmap.gpkg"
layer = "provincie_2022"
code = "code"
name = "name"

[[regions]]
level = "gemeente"
year = 2022
source = "shared/geo/nl_2022_tmap.gpkg"
layer = "gemeente_2022"
code = "code"
name = "name"

[[regions]]
level = "wijk"
year = 2022
source = "shared/geo/nl_2022_tmap.gpkg"
layer = "wijk_2022"
code = "code"
name = "name"

[[regions]]
level = "buurt"
year = 2022
source = "shared/geo/breda_buurten.geojson"
code = "BU{GEMEENTECODE}{BUURTCODE}"
name = "BUURT"

[[tables]]
id = "wijken"
source = "shared/indicators/wijk_2022_tmap.csv"
level = "wijk"
year = 2022
code = "code"

[[tables]]
id = "gemeenten"
source = "shared/indicators/gemeente_2022_tmap.csv"
level = "gemeente"
year = 2022
code = "code"

[[tables]]
id = "prijzen"
source = "shared/indicators/verkoopprijs_gemeente_83625NED_2012-2024.csv"
level = "gemeente"
year_header = "{year}"
name = "Regio's"

[[tables]]
id = "provincies"
source = "shared/indicators/misdrijven_provincie_83648NED_2010-2020_alle_soorten.csv"
level = "provincie"
year_column = "Perioden"
name = "RegioS"
dimensions = { SoortMisdrijf = "Drugsmisdrijven" }

[[tables]]
id = "aandelen"
source = "shared/indicators/misdrijven_gemeente_83648NED_aandeel_per_soort_gem2010-2020.csv"
level = "gemeente"
year_column = "Perioden"
name = "RegioS"
dimensions = { SoortMisdrijf = "Drugsmisdrijven" }

[[tables]]
id = "breda"
source = "shared/indicators/breda_buurt_vastgoed_drugs_joined.csv"
level = "buurt"
year = 2022          # the file does not tell of which year the crimes are
code = "BU_CODE"

# The packages know what the figures are; here is only how these files call their columns.

[[indicators]]
id = "gemiddelde-woz-waarde"
from = ["dwelling_value"]

[[indicators]]
id = "koopwoningen"
from = ["dwelling_ownership"]

[[indicators]]
id = "gemiddelde-verkoopprijs"
from = ["{year}"]

[[indicators]]
id = "drugsmisdrijven"
column = "TotaalGeregistreerdeMisdrijven_1"

[[indicators]]
id = "aandeel-drugsmisdrijven"
column = "GeregistreerdeMisdrijvenRelatief_2"

[[indicators]]
id = "drugshandel"
column = "Drug trafficking"

[[indicators]]
id = "drugsoverlast"
column = "Drugs/drink nuisance"
"""

Shown = dict[str, float | str | None]


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Path:
    folder = tmp_path_factory.mktemp("echt")
    (folder / "shared").symlink_to(shared_data)
    (folder / "catalog.toml").write_text(CATALOG, encoding="utf-8")
    return folder / "catalog.toml"


@pytest.fixture(scope="module")
def result(catalog: Path) -> Prepared:
    return prepare(read_catalog(catalog))


def shown(result: Prepared, indicator: str, level: str, year: int) -> Shown:
    """By code: the number that is published, or the reason."""
    series = result.figures[indicator, level, year]
    codes = result.edition(series.edition).level(level).codes
    values = zip(series.published.values(), series.published.statuses(), strict=True)
    return {code: status or number for code, (number, status) in zip(codes, values, strict=True)}


def rows_of(shared_data: Path, name: str) -> list[dict[str, str]]:
    with (shared_data / "indicators" / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def names(shared_data: Path, level: str) -> dict[str, str]:
    with sqlite3.connect(shared_data / "geo" / "nl_2022_tmap.gpkg") as connection:
        return {name: code for code, name in connection.execute(f"SELECT code, name FROM {level}_2022")}


@pytest.mark.parametrize("level", ["gemeente", "wijk"])
@pytest.mark.parametrize(
    ("indicator", "column"), [("gemiddelde-woz-waarde", "dwelling_value"), ("koopwoningen", "dwelling_ownership")]
)
def test_value_and_ownership_of_every_wijk_are_those_of_the_file(
    result: Prepared, shared_data: Path, level: str, indicator: str, column: str
) -> None:
    rows = rows_of(shared_data, f"{level}_2022_tmap.csv")
    expected = {row["code"]: float(row[column]) if row[column] else "missing" for row in rows}
    assert shown(result, indicator, level, 2022) == expected


def test_drugs_crime_of_every_province_and_year_is_that_of_the_file(result: Prepared, shared_data: Path) -> None:
    codes = {
        f"{name} (PV)".replace("Fryslan", "Fryslân"): code for name, code in names(shared_data, "provincie").items()
    }
    rows = rows_of(shared_data, "misdrijven_provincie_83648NED_2010-2020_alle_soorten.csv")
    seen = 0
    for row in rows:
        if row["SoortMisdrijf"] == "Drugsmisdrijven" and row["RegioS"] in codes:
            year, code = int(row["Perioden"]), codes[row["RegioS"]]
            count = float(row["TotaalGeregistreerdeMisdrijven_1"])
            # the files have no inhabitants, so there is no rate, and the number is what is shown first
            assert shown(result, "drugsmisdrijven", "provincie", year)[code] == count
            share = float(row["GeregistreerdeMisdrijvenRelatief_2"])
            assert shown(result, "aandeel-drugsmisdrijven", "provincie", year)[code] == share
            seen += 1
    assert seen == 12 * 11


def test_the_share_of_drugs_crime_of_gemeenten_is_that_of_the_file(result: Prepared, shared_data: Path) -> None:
    codes = names(shared_data, "gemeente")
    rows = rows_of(shared_data, "misdrijven_gemeente_83648NED_aandeel_per_soort_gem2010-2020.csv")
    published = shown(result, "aandeel-drugsmisdrijven", "gemeente", 2015)
    cells = {
        codes[row["RegioS"]]: float(
            Decimal(row["GeregistreerdeMisdrijvenRelatief_2"]).quantize(Decimal("0.1"), ROUND_HALF_UP)
        )
        for row in rows
        if row["SoortMisdrijf"] == "Drugsmisdrijven" and row["RegioS"] in codes
    }
    held = {code: published[code] for code in cells if published[code] != "not-comparable"}
    assert held == {code: cells[code] for code in held}
    assert len(held) > 240


@pytest.mark.parametrize(
    ("indicator", "column"), [("drugshandel", "Drug trafficking"), ("drugsoverlast", "Drugs/drink nuisance")]
)
def test_drugs_crime_of_every_buurt_of_breda_is_that_of_the_file(
    result: Prepared, shared_data: Path, indicator: str, column: str
) -> None:
    rows = rows_of(shared_data, "breda_buurt_vastgoed_drugs_joined.csv")
    assert shown(result, indicator, "buurt", 2022) == {row["BU_CODE"]: float(row[column]) for row in rows}


def test_a_change_in_five_years_is_the_difference_of_the_file(result: Prepared, shared_data: Path) -> None:
    codes = {
        f"{name} (PV)".replace("Fryslan", "Fryslân"): code for name, code in names(shared_data, "provincie").items()
    }
    counts = {
        (codes[row["RegioS"]], int(row["Perioden"])): float(row["TotaalGeregistreerdeMisdrijven_1"])
        for row in rows_of(shared_data, "misdrijven_provincie_83648NED_2010-2020_alle_soorten.csv")
        if row["SoortMisdrijf"] == "Drugsmisdrijven" and row["RegioS"] in codes
    }
    published = shown(result, "drugsmisdrijven-verandering", "provincie", 2020)
    for code in codes.values():
        percents = 100 * (counts[code, 2020] - counts[code, 2015]) / counts[code, 2015]
        assert published[code] == pytest.approx(percents, abs=0.0501)


def test_the_atlas_lists_every_product_also_those_without_figures(catalog: Path) -> None:
    report = build(catalog, catalog.parent / "echt.atlas")
    products = {product.id: product for product in report.facts.products}
    assert list(products) == [*(f"V{n}" for n in range(1, 10)), *(f"D{n}" for n in range(1, 8))]
    assert not any(product.has_figures for product in products.values())
    assert {indicator.topic for indicator in report.facts.indicators} == {
        *("gemiddelde-woz-waarde", "koopwoningen", "gemiddelde-verkoopprijs"),
        *("drugsmisdrijven", "aandeel-drugsmisdrijven", "drugshandel", "drugsoverlast"),
    }
    titles = {indicator.id: indicator.title.nl for indicator in report.facts.indicators}
    assert titles["koopwoningen"] == "Koopwoningen"
