"""Genuine files of CBS, the police and Breda, each figure held against the file as csv, json and sqlite3 read it.

Every trap in those files has a test here or in ``test_real_sources`` that shows what happens.
"""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from layers.catalog import read_catalog
from layers.prepare import Prepared, prepare
from layers.problems import InputProblems
from layers.recodes import known_recodes
from server.build import build

pytestmark = pytest.mark.real_data

HEAD = """
[atlas]
id = "echt"
title = "Echte cijfers"
attribution = "Bron: CBS, Kadaster/PDOK (CC BY 4.0)"
maxzoom = 8

[[themes]]
id = "thema"
title = "Thema"
"""

Shown = dict[str, float | str | None]


@pytest.fixture(autouse=True)
def _beside_shared(folder: Path, shared_data: Path) -> None:
    (folder / "shared").symlink_to(shared_data)


@pytest.fixture
def indicators(shared_data: Path) -> Path:
    return shared_data / "indicators"


def regions(level: str, year: int, source: str, code: str, more: str = "") -> str:
    return f'\n[[regions]]\nlevel = "{level}"\nyear = {year}\nsource = "shared/geo/{source}"\ncode = "{code}"\n{more}\n'


def tmap(level: str) -> str:
    return regions(level, 2022, "nl_2022_tmap.gpkg", "code", f'layer = "{level}_2022"\nname = "name"')


def table(source: str, level: str, more: str, name: str = "tabel") -> str:
    return f'\n[[tables]]\nid = "{name}"\nsource = "shared/{source}"\nlevel = "{level}"\n{more}\n'


def indicator(column: str, kind: str = "mean", more: str = "", name: str = "cijfer") -> str:
    unit = "%" if kind == "share" else ""
    return (
        f'\n[[indicators]]\nid = "{name}"\ntheme = "thema"\ntitle = "{name}"\nunit = "{unit}"\nkind = "{kind}"\n'
        f'column = "{column}"\n{more}\n'
    )


def prepared(*parts: str) -> Prepared:
    Path("catalog.toml").write_text(HEAD + "".join(parts), encoding="utf-8")
    return prepare(read_catalog(Path("catalog.toml")))


def shown(result: Prepared, level: str, year: int, name: str = "cijfer") -> Shown:
    """By code: the number that is published, or the reason."""
    series = result.figures[name, level, year]
    codes = result.edition(series.edition).level(level).codes
    values = zip(series.published.values(), series.published.statuses(), strict=True)
    return {code: status or number for code, (number, status) in zip(codes, values, strict=True)}


def rows_of(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def code_by_name(shared_data: Path, level: str) -> dict[str, str]:
    with sqlite3.connect(shared_data / "geo" / "nl_2022_tmap.gpkg") as connection:
        return {name: code for code, name in connection.execute(f"SELECT code, name FROM {level}_2022")}


SPELLED_OTHERWISE = {
    "'s-Gravenhage (gemeente)": "'s-Gravenhage",
    "Groningen (gemeente)": "Groningen",
    "Utrecht (gemeente)": "Utrecht",
}


def by_code(figures: Iterable[tuple[str, str]], codes: dict[str, str]) -> dict[str, str]:
    """Cells by code, of the names that are spelled alike or are one of the three that everybody knows."""
    pairs = ((codes.get(SPELLED_OTHERWISE.get(name, name)), cell) for name, cell in figures)
    return {code: cell for code, cell in pairs if code is not None}


CHANGED_AFTER_2022 = {"GM0363", "GM0457", "GM0501", "GM0530", "GM0614"}
"""Weesp went to Amsterdam, and Brielle, Hellevoetsluis and Westvoorne became Voorne aan Zee."""


def test_an_atlas_of_woz_and_owner_occupied_homes(indicators: Path) -> None:
    parts = [tmap("gemeente"), tmap("wijk")]
    key = 'year = 2022\ncode = "code"'
    parts += [table(f"indicators/{level}_2022_tmap.csv", level, key, level) for level in ("gemeente", "wijk")]
    parts += [indicator("dwelling_value", name="woz"), indicator("dwelling_ownership", "share", name="koop")]
    result = prepared(*parts)
    nulls = 0
    for level in ("gemeente", "wijk"):
        rows = rows_of(indicators / f"{level}_2022_tmap.csv")
        for name, column in (("woz", "dwelling_value"), ("koop", "dwelling_ownership")):
            expected = {row["code"]: float(row[column]) if row[column] else "missing" for row in rows}
            assert shown(result, level, 2022, name) == expected
            nulls += list(expected.values()).count("missing")
    assert nulls == 123 + 106
    report = build(Path("catalog.toml"), Path("echt.atlas"))
    assert sum(level.regions for level in report.facts.editions[0].levels) == 345 + 3340


def test_figures_of_2024_on_the_borders_of_2022(indicators: Path) -> None:
    source = "indicators/kwb_2024_gm_wk_85984NED.csv"
    result = prepared(
        tmap("gemeente"),
        tmap("wijk"),
        table(source, "gemeente", 'year = 2024\ncode = "code"', "gm"),
        table(source, "wijk", 'year = 2024\ncode = "code"', "wk"),
        indicator("Woningvoorraad_35", "count"),
    )
    cells = {row["code"]: row["Woningvoorraad_35"] for row in rows_of(indicators / "kwb_2024_gm_wk_85984NED.csv")}
    wijken = [row["code"] for row in rows_of(indicators / "wijk_2022_tmap.csv")]
    expected = {
        code: "not-comparable" if code not in cells else float(cells[code]) if cells[code] else "missing"
        for code in wijken
    }
    assert shown(result, "wijk", 2024) == expected
    gone = [code for code in wijken if code not in cells]
    new = [code for code in cells if code.startswith("WK") and code not in expected]
    assert (len(gone), len(new)) == (132, 185)
    _, of_wijken = result.report.joins
    assert set(of_wijken.unmatched) == set(new)
    assert set(of_wijken.other_borders) == set(gone)
    assert of_wijken.without_row == ()
    concerns = result.report.concerns()
    assert any("185 rows (WK0363AA, " in text and "about no region of 2022" in text for text in concerns)
    assert any("132 regions (" in text and "are not comparable" in text for text in concerns)
    of_gemeenten = shown(result, "gemeente", 2024)
    assert {code for code, value in of_gemeenten.items() if value == "not-comparable"} == CHANGED_AFTER_2022
    assert all(value == float(cells[code]) for code, value in of_gemeenten.items() if code not in CHANGED_AFTER_2022)


PRICES = "indicators/verkoopprijs_gemeente_83625NED_2012-2024.csv"


def test_house_prices_by_name_over_twelve_years(shared_data: Path) -> None:
    result = prepared(
        tmap("gemeente"),
        table(PRICES, "gemeente", 'year_header = "{year}"\nname = "Regio\'s"'),
        indicator("{year}"),
    )
    codes = code_by_name(shared_data, "gemeente")
    rows = rows_of(shared_data / PRICES)
    numbers = 0
    for year in (2012, 2016, 2020, 2024):
        published = shown(result, "gemeente", year)
        cells = by_code(((row["Regio's"], row[str(year)]) for row in rows), codes)
        other = {code for code, value in published.items() if value == "not-comparable"}
        held = [code for code in cells if code not in other and cells[code]]
        assert all(published[code] == float(cells[code]) for code in held)
        assert all(published[code] != 0 for code in published)
        numbers += len(held)
        if year == 2024:
            assert other == CHANGED_AFTER_2022
        if year == 2020:  # Haaren was divided, and four gemeenten were put together: a mean of those is not known
            divided = {"Boxtel", "Oisterwijk", "Tilburg", "Vught"}
            merged = {"Eemsdelta", "Dijk en Waard", "Land van Cuijk", "Maashorst", "Purmerend"}
            assert other == {codes[name] for name in divided | merged}
        # everything that was not compared by hand is one of the twelve that are spelled otherwise
        assert len(published) - len(other) - len(held) <= 12
    assert numbers > 1200
    prices = shown(result, "gemeente", 2024)
    otherwise = {row["Regio's"]: row["2024"] for row in rows}
    for code, name in [
        ("GM0164", "Hengelo (O.)"),
        ("GM0893", "Bergen (L.)"),
        ("GM0888", "Beek (L.)"),
        ("GM0687", "Middelburg (Z.)"),
    ]:
        assert prices[code] == float(otherwise[name])


def test_a_count_of_gemeenten_that_merged_is_added_up_by_name(shared_data: Path) -> None:
    Path("verkocht.csv").write_text(
        "Regio's;aantal\nBoxmeer;1\nCuijk;2\nGrave;4\nMill en Sint Hubert;8\nSint Anthonis;16\nUtrecht (gemeente);32\n",
        encoding="utf-8",
    )
    entry = '\n[[tables]]\nid = "v"\nsource = "verkocht.csv"\nlevel = "gemeente"\nyear = 2021\nname = "Regio\'s"\n'
    published = shown(prepared(tmap("gemeente"), entry, indicator("aantal", "count")), "gemeente", 2021)
    codes = code_by_name(shared_data, "gemeente")
    assert (published[codes["Land van Cuijk"]], published[codes["Utrecht"]]) == (31.0, 32.0)


def test_drugs_crime_per_province(shared_data: Path) -> None:
    name = "misdrijven_provincie_83648NED_2010-2020_alle_soorten.csv"
    chosen = 'year_column = "Perioden"\nname = "RegioS"\ndimensions = { SoortMisdrijf = "Drugsmisdrijven" }'
    suspects = indicator("RegistratiesVanVerdachten_6", "count", name="verdachten")
    crimes = indicator("TotaalGeregistreerdeMisdrijven_1", "count")
    result = prepared(tmap("provincie"), table(f"indicators/{name}", "provincie", chosen), crimes, suspects)
    codes = {
        f"{name} (PV)".replace("Fryslan", "Fryslân"): code
        for name, code in code_by_name(shared_data, "provincie").items()
    }
    rows = [row for row in rows_of(shared_data / "indicators" / name) if row["SoortMisdrijf"] == "Drugsmisdrijven"]
    seen = 0
    for column, key in (("TotaalGeregistreerdeMisdrijven_1", "cijfer"), ("RegistratiesVanVerdachten_6", "verdachten")):
        for row in rows:
            if row["RegioS"] in codes:
                assert shown(result, "provincie", int(row["Perioden"]), key)[codes[row["RegioS"]]] == float(row[column])
                seen += 1
    assert seen == 2 * 12 * 11
    assert result.report.concerns() == []
    assert "table tabel, provincie 2010 to 2020: 1 row about other levels passed over" in result.report.sentences()


def test_the_share_of_drugs_crime_per_gemeente(shared_data: Path) -> None:
    name = "misdrijven_gemeente_83648NED_aandeel_per_soort_gem2010-2020.csv"
    chosen = 'year_column = "Perioden"\nname = "RegioS"\ndimensions = { SoortMisdrijf = "Drugsmisdrijven" }'
    result = prepared(
        tmap("gemeente"),
        table(f"indicators/{name}", "gemeente", chosen),
        indicator("GeregistreerdeMisdrijvenRelatief_2", "share", "decimals = 4"),
    )
    rows = [row for row in rows_of(shared_data / "indicators" / name) if row["SoortMisdrijf"] == "Drugsmisdrijven"]
    codes = code_by_name(shared_data, "gemeente")
    cells = by_code(((row["RegioS"], row["GeregistreerdeMisdrijvenRelatief_2"]) for row in rows), codes)
    published = shown(result, "gemeente", 2015)
    held = [code for code in cells if published[code] != "not-comparable"]
    assert all(published[code] == float(cells[code]) for code in held)
    assert len(held) > 240
    # a mean over years in which Groningen took in Haren and Ten Boer is of no borders at all
    assert published[codes["Groningen"]] == published[codes["Purmerend"]] == "not-comparable"
    [joined] = result.report.joins
    assert "Abcoude" in joined.unmatched
    assert joined.of_other_year == 24


BREDA = regions("buurt", 2022, "breda_buurten.geojson", "BU{GEMEENTECODE}{BUURTCODE}", 'name = "BUURT"')


def test_breda_with_codes_put_together_drug_trafficking_and_woz_over_eight_years(shared_data: Path) -> None:
    result = prepared(
        BREDA,
        table("indicators/breda_buurt_vastgoed_drugs_joined.csv", "buurt", 'year = 2022\ncode = "BU_CODE"', "drugs"),
        table(
            "indicators/breda_buurt_woz_2015-2022.csv", "buurt", 'year_header = "{year}"\nname = "neighborhood"', "woz"
        ),
        indicator("Drug trafficking", "count", name="drugs"),
        indicator("{year}", name="woz"),
    )
    features = json.loads((shared_data / "geo" / "breda_buurten.geojson").read_text(encoding="utf-8"))["features"]
    places = [feature["properties"] for feature in features]
    name_by_code = {f"BU{p['GEMEENTECODE']}{p['BUURTCODE']}": p["BUURT"] for p in places}
    joined = rows_of(shared_data / "indicators" / "breda_buurt_vastgoed_drugs_joined.csv")
    assert shown(result, "buurt", 2022, "drugs") == {row["BU_CODE"]: float(row["Drug trafficking"]) for row in joined}
    prices = {
        row["neighborhood"].strip(): row
        for row in rows_of(shared_data / "indicators" / "breda_buurt_woz_2015-2022.csv")
    }
    for year in range(2015, 2023):
        published = shown(result, "buurt", year, "woz")
        expected = {
            code: float(prices[name][str(year)]) if name in prices else "missing" for code, name in name_by_code.items()
        }
        assert published == expected
    [of_prices] = {join.unmatched for join in result.report.joins if join.table == "woz"}
    # a town, and two that are misspelled in the file
    assert of_prices == ("Centrum", "Niew Wolfslaar", "Prisenbeek")
    assert any('"Prisenbeek" may be Prinsenbeek' in concern for concern in result.report.concerns())


def test_breda_buurten_without_a_price_are_missing(shared_data: Path) -> None:
    result = prepared(
        BREDA,
        table(
            "indicators/breda_buurt_vastgoed_drugs_joined.csv", "buurt", 'year_header = "woz_{year}"\ncode = "BU_CODE"'
        ),
        indicator("woz_{year}"),
    )
    rows = rows_of(shared_data / "indicators" / "breda_buurt_vastgoed_drugs_joined.csv")
    for year in range(2015, 2023):
        column = f"woz_{year}"
        assert shown(result, "buurt", year) == {
            row["BU_CODE"]: float(row[column]) if row[column] else "missing" for row in rows
        }
    assert sum(value == "missing" for value in shown(result, "buurt", 2022).values()) == 3


BAARN = "geo/baarn_buurten.geojson"


def test_baarn_keeps_what_comes_later_apart_from_what_is_secret(shared_data: Path) -> None:
    features = json.loads((shared_data / BAARN).read_text(encoding="utf-8"))["features"]
    properties: list[dict[str, Any]] = [feature["properties"] for feature in features]
    numeric = [
        name
        for name in properties[0]
        if all(isinstance(p[name], int | float | None) for p in properties) and name != "jaar"
    ]
    columns = [name for name in numeric if any(p[name] in (-99995, -99997) for p in properties)]
    made = [indicator(name, "sum", "decimals = 6", f"i{at}") for at, name in enumerate(columns)]
    result = prepared(
        regions("buurt", 2025, "baarn_buurten.geojson", "buurtcode", 'name = "buurtnaam"\nwhere = "water = \'NEE\'"'),
        table(BAARN, "buurt", 'year = 2025\ncode = "buurtcode"'),
        *made,
    )
    counts = {"not-yet-published": 0, "withheld": 0}
    words = {-99995: "not-yet-published", -99997: "withheld", None: "missing"}
    for at, name in enumerate(columns):
        expected = {p["buurtcode"]: words.get(p[name], p[name]) for p in properties}
        assert shown(result, "buurt", 2025, f"i{at}") == expected
        for word in counts:
            counts[word] += list(expected.values()).count(word)
    assert counts == {"not-yet-published": 3675, "withheld": 9}


def test_the_ten_year_series_of_baarn_is_no_table_and_its_nulls_are_missing(shared_data: Path) -> None:
    source = "indicators/baarn_buurt_kwb_2016-2025.json"
    buurten = regions("buurt", 2025, "baarn_buurten.geojson", "buurtcode")
    with pytest.raises(InputProblems, match=r'a table cannot be read from a "\.json" file: CSV, Excel'):
        prepared(buurten, table(source, "buurt", 'year = 2025\ncode = "code"'), indicator("aantal_inwoners", "count"))
    series = json.loads((shared_data / source).read_text(encoding="utf-8"))["buurten"]
    rows = [
        {"code": code, "jaar": int(year), "inkomen": value}
        for code, buurt in series.items()
        for year, value in buurt["tijdreeksen"]["gem_inkomen_huishoudens"].items()
    ]
    pd.DataFrame(rows).to_parquet("inkomen.parquet")
    entry = '\n[[tables]]\nid = "i"\nsource = "inkomen.parquet"\nlevel = "buurt"\nyear_column = "jaar"\ncode = "code"\n'
    result = prepared(buurten, entry, indicator("inkomen"))
    present = set(result.editions[0].levels[0].codes)
    checked = 0
    for row in rows:
        if row["code"] in present:
            value = shown(result, "buurt", row["jaar"])[row["code"]]
            assert value == ("missing" if row["inkomen"] is None else row["inkomen"])
            checked += 1
    assert checked > 100


def test_figures_of_2021_on_the_borders_of_2022_put_together_what_merged(indicators: Path) -> None:
    rows = {row["GM_CODE"]: row for row in rows_of(indicators / "kwb_2021_gemeente_85039NED_nlstat.csv")}
    homes = "Population"  # the file has no number of homes; any column will do to hold the arithmetic against
    result = prepared(
        tmap("gemeente"),
        table("indicators/kwb_2021_gemeente_85039NED_nlstat.csv", "gemeente", 'year = 2021\ncode = "GM_CODE"'),
        indicator("Population", "count", name="inwoners"),
        indicator("_woz_value", name="woz"),
        indicator("_woz_value", "mean", f'denominator = "{homes}"\ndecimals = 3', "gewogen"),
    )
    merged = {
        "GM1980": ["GM0398", "GM0416"],
        "GM1982": ["GM0756", "GM1684", "GM0786", "GM0815", "GM1702"],
        "GM1991": ["GM1685", "GM0856"],
        "GM0439": ["GM0370", "GM0439"],
    }
    people, plain, weighted = (shown(result, "gemeente", 2021, name) for name in ("inwoners", "woz", "gewogen"))
    for code, olds in merged.items():
        assert people[code] == sum(float(rows[old]["Population"]) for old in olds)
        assert plain[code] == "not-comparable"
        over = [float(rows[old][homes]) for old in olds]
        mean = sum(float(rows[old]["_woz_value"]) * n for old, n in zip(olds, over, strict=True)) / sum(over)
        assert weighted[code] == pytest.approx(mean, abs=0.0006)
    unchanged = [code for code in people if code not in merged]
    assert len(unchanged) == 341
    assert all(people[code] == float(rows[code]["Population"]) for code in unchanged)
    assert all(plain[code] == float(rows[code]["_woz_value"]) for code in unchanged)


def test_the_old_sentinel_is_no_number_and_water_has_rows_of_its_own(indicators: Path) -> None:
    source = "indicators/kwb_wijk_2017.csv"
    rows = rows_of(indicators / "kwb_wijk_2017.csv")
    assert sum(cell in ("-99999999", "-99999999.0") for row in rows for cell in row.values()) == 6227
    assert sum(row["WATER"] == "JA" for row in rows) == 88
    land = 'year = 2017\ncode = "WK_CODE"\ndimensions = { WATER = "NEE" }'
    result = prepared(tmap("wijk"), table(source, "wijk", land), indicator("P_WEST_AL", "share"))
    cells = {row["WK_CODE"]: row["P_WEST_AL"] for row in rows if row["WATER"] == "NEE"}
    published = shown(result, "wijk", 2017)
    seen = {"missing": 0, "number": 0}
    for code, value in published.items():
        if code in cells and value != "not-comparable":
            is_sentinel = cells[code].startswith("-99999999")
            assert value == ("missing" if is_sentinel else float(cells[code]))
            seen["missing" if is_sentinel else "number"] += 1
    assert min(seen.values()) > 20


def test_a_zero_that_means_unknown_is_said_to_be_one(indicators: Path) -> None:
    name = "kwb_2020_buurt_prov_utrecht_nelleke.csv"
    buurten = regions("buurt", 2016, "nl_buurt_2016_wof.parquet", "BU_CODE", "where = \"GM_CODE = 'GM0307'\"")
    rows = {row["buurt_code"]: row["gemiddelde_woningwaarde"] for row in rows_of(indicators / name)}
    for more, unknown in (("", 0.0), ("missing = [0]\n", "missing")):
        entry = table(f"indicators/{name}", "buurt", f'year = 2020\nborders = 2016\ncode = "buurt_code"\n{more}')
        published = shown(prepared(buurten, entry, indicator("gemiddelde_woningwaarde")), "buurt", 2020)
        zeros = [code for code in published if code in rows and float(rows[code]) == 0]
        assert len(zeros) >= 2
        assert all(published[code] == unknown for code in zeros)
        assert all(published[code] == float(rows[code]) for code in published if code in rows and code not in zeros)


def test_a_raw_export_of_the_police_has_titles_a_footer_and_rows_of_other_levels(shared_data: Path) -> None:
    name = "misdrijven_gemeente_47013NED_totaal_2024.csv"
    result = prepared(
        tmap("gemeente"),
        table(f"indicators/{name}", "gemeente", 'year_header = "{year}"\nname = "Regio\'s"'),
        indicator("{year}", "count"),
    )
    with (shared_data / "indicators" / name).open(encoding="utf-8-sig", newline="") as file:
        cells = {row[0]: row[1] for row in list(csv.reader(file, delimiter=";"))[6:] if len(row) == 2}
    codes = code_by_name(shared_data, "gemeente")
    held = by_code(cells.items(), codes)
    published = shown(result, "gemeente", 2024)
    assert all(published[code] == float(cell) for code, cell in held.items() if code not in CHANGED_AFTER_2022)
    assert {code for code, value in published.items() if value == "not-comparable"} == CHANGED_AFTER_2022
    [joined] = result.report.joins
    assert joined.unmatched == ("Voorne aan Zee",)
    assert joined.of_other_level == 13


def test_wealth_with_a_header_of_rows_and_decimal_commas(shared_data: Path) -> None:
    name = "vermogen_gemeente_2024_statline.csv"
    entry = table(f"indicators/{name}", "gemeente", 'year = 2024\nname = "Regio\'s"')
    result = prepared(tmap("gemeente"), entry, indicator("Mediaan vermogen", more="decimals = 1"))
    with (shared_data / "indicators" / name).open(encoding="utf-8-sig", newline="") as file:
        cells = {row[0]: row[5] for row in list(csv.reader(file, delimiter=";"))[6:] if len(row) == 6}
    held = by_code(cells.items(), code_by_name(shared_data, "gemeente"))
    published = shown(result, "gemeente", 2024)
    assert len(held) > 320
    for code, cell in held.items():
        if code not in CHANGED_AFTER_2022:
            assert published[code] == ("withheld" if cell == "." else float(cell.replace(",", ".")))


def test_padded_codes_and_dots_of_statline_with_symbols(shared_data: Path) -> None:
    name = "ses_woa_amsterdam_gm_wk_bu_85163NED_2019.csv"
    key = "Regiocode (gemeente, wijk, buurt) (code)"
    column = "Opleidingsniveau/Laag/Waarde (%)"
    buurten = regions("buurt", 2014, "nl_buurt_2014_q1e3.topojson", "statcode", "where = \"statcode >= 'BU0363'\"")
    del buurten  # Amsterdam of 2014 has other buurten
    result = prepared(
        tmap("wijk"),
        table(f"indicators/{name}", "wijk", f'year_column = "Perioden"\ncode = "{key}"'),
        indicator(column, "share", "decimals = 1"),
    )
    cells = {row[key].strip(): row[column].strip() for row in rows_of(shared_data / "indicators" / name, ";")}
    published = shown(result, "wijk", 2019)
    of_wijken = {code: cell for code, cell in cells.items() if code in published}
    assert len(of_wijken) == 99
    assert all(published[code] == ("withheld" if cell == "." else float(cell)) for code, cell in of_wijken.items())
    assert "." in of_wijken.values()
    assert result.report.joins[0].of_other_level == len(cells) - 99


def test_columns_of_the_real_kwb_are_found_in_another_year() -> None:
    entry = table("indicators/kwb_2024_gm_wk_85984NED.csv", "gemeente", 'year = 2024\ncode = "code"')
    result = prepared(tmap("gemeente"), entry, indicator("Woningvoorraad_31", "count"))
    assert 'indicator cijfer names "Woningvoorraad_31", which is "Woningvoorraad_35" here' in " ".join(
        result.report.notes
    )


def test_known_changes_lead_from_the_gemeenten_of_one_real_year_to_those_of_another(indicators: Path) -> None:
    def codes(name: str, column: str) -> set[str]:
        return {row[column] for row in rows_of(indicators / name) if row[column].startswith("GM")} - {"GM9999"}

    by_year = {
        2017: codes("kwb_wijk_2017.csv", "GM_CODE"),
        2021: codes("kwb_2021_gemeente_85039NED_nlstat.csv", "GM_CODE"),
        2022: codes("gemeente_2022_tmap.csv", "code"),
        2024: codes("kwb_2024_gm_wk_85984NED.csv", "code"),
    }
    assert [len(found) for found in by_year.values()] == [388, 352, 345, 342]
    for start, before in by_year.items():
        for end, after in by_year.items():
            groups = known_recodes().between("gemeente", start, end).groups
            theirs = {code for group in groups for code in group[0]}
            ours = {code for group in groups for code in group[1]}
            assert (before - theirs) | ours == after


def test_known_changes_fit_the_gemeenten_that_had_a_price(shared_data: Path) -> None:
    """A gemeente that ended has a price before and none after, and one that began the other way round."""
    rows = {row["Regio's"]: row for row in rows_of(shared_data / PRICES)}
    names = known_recodes().names
    for start, end in ((2012, 2016), (2016, 2020), (2020, 2024)):
        relation = known_recodes().between("gemeente", start, end)
        has_ended = {name for name, row in rows.items() if row[str(start)] and not row[str(end)]}
        has_begun = {name for name, row in rows.items() if row[str(end)] and not row[str(start)]}
        # De Friese Meren is listed under the name it has since 2015, and so is Berg en Dal
        assert {names[code] for code in relation.ended} >= has_ended
        assert {names[code] for code in relation.begun} >= has_begun


def test_a_raw_answer_of_pdok_has_names_of_its_own_and_lies_where_it_should(shared_data: Path) -> None:
    name = "nl_gemeente_2022_pdok_wfs.geojson"
    borders = regions("gemeente", 2022, name, "statcode", 'name = "statnaam"')
    entry = table("indicators/gemeente_2022_tmap.csv", "gemeente", 'year = 2022\ncode = "code"')
    result = prepared(borders, entry, indicator("population", "count"))
    [level] = result.editions[0].levels
    features = json.loads((shared_data / "geo" / name).read_text(encoding="utf-8"))["features"]
    known = {feature["properties"]["statcode"]: feature["properties"]["statnaam"] for feature in features}
    assert dict(zip(level.codes, level.names, strict=True)) == known
    assert result.report.joins[0].matched == 345
    west, south, east, north = result.editions[0].bounds
    assert (3 < west < 4, 50 < south < 51, 7 < east < 7.5, 53 < north < 54) == (True,) * 4


def test_buurten_of_which_the_borders_do_not_match_are_repaired_and_counted(shared_data: Path) -> None:
    del shared_data
    where = "where = \"GM_CODE in ('GM0307', 'GM0308', 'GM0344')\""
    borders = regions("buurt", 2016, "nl_buurt_2016_wof.parquet", "BU_CODE", f'name = "BU_NAAM"\n{where}')
    result = prepared(borders)
    [level] = result.editions[0].levels
    assert len(level.repair.mismatched) > 10
    assert any("buurt 2016: " in sentence for sentence in result.report.sentences())


OFFENCES = """
[[dimensions]]
id = "misdrijf"
title = "Soort misdrijf"
codes = [{ id = "drugs", title = "Drugsmisdrijven" }]

[[indicators]]
id = "misdrijven"
theme = "thema"
title = "Misdrijven"
kind = "count"
column = "TotaalGeregistreerdeMisdrijven_1"
dimensions = ["misdrijf"]

[[indicators.measures]]
id = "verandering"
kind = "change"
of = "aantal"
years = 5

[[indicators.measures]]
id = "verdachten-per-100"
kind = "rate"
of = "RegistratiesVanVerdachten_6"
per = 100
decimals = 2
"""


def test_every_offence_of_every_province_and_year_is_a_breakdown_with_rates_and_changes(shared_data: Path) -> None:
    """pandas reads the file on its own and works out the same rates and changes."""
    name = "misdrijven_provincie_83648NED_2010-2020_alle_soorten.csv"
    entry = table(f"indicators/{name}", "provincie", 'year_column = "Perioden"\nname = "RegioS"')
    entry += 'breakdown = { misdrijf = "SoortMisdrijf" }\n'
    result = prepared(tmap("provincie"), entry, OFFENCES)
    frame = pd.read_csv(shared_data / "indicators" / name)
    [topic] = result.topics
    plain = [indicator for indicator in topic.indicators if indicator.measure.id == "aantal"]
    assert len(plain) == frame["SoortMisdrijf"].nunique() == 14
    assert topic.indicators[0].breakdown == {"misdrijf": "drugs"}
    titles = {code.id: code.title.nl for code in result.dimensions["misdrijf"].codes}
    codes = {f"{n} (PV)".replace("Fryslan", "Fryslân"): c for n, c in code_by_name(shared_data, "provincie").items()}
    frame = frame[frame["RegioS"].isin(codes)]
    crimes = frame.set_index(["SoortMisdrijf", "RegioS", "Perioden"])["TotaalGeregistreerdeMisdrijven_1"]
    suspects = frame.set_index(["SoortMisdrijf", "RegioS", "Perioden"])["RegistratiesVanVerdachten_6"]
    order = result.edition(2022).level("provincie").codes
    seen = dict.fromkeys(("aantal", "verandering", "verdachten-per-100"), 0)
    for indicator in topic.indicators:
        offence = titles[indicator.breakdown["misdrijf"]]
        for (_, year), series in indicator.series.items():
            values = dict(zip(order, series.published.values(), strict=True))
            for region, code in codes.items():
                key = offence, region, year
                match indicator.measure.id:
                    case "aantal":
                        assert values[code] == crimes[key]
                    case "verandering":
                        before = crimes[offence, region, year - 5]
                        assert values[code] == pytest.approx(100 * (crimes[key] - before) / before, abs=0.0501)
                    case "verdachten-per-100":
                        assert values[code] == pytest.approx(100 * crimes[key] / suspects[key], abs=0.00501)
                seen[indicator.measure.id] += 1
    assert seen == {"aantal": 14 * 12 * 11, "verandering": 14 * 12 * 6, "verdachten-per-100": 14 * 12 * 11}
