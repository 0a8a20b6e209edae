"""The demo data are what data/README.md says: a valid coverage, nested, fictitious, with every kind of figure."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from pathlib import Path

import geopandas
import numpy as np
import pyogrio
import pytest
import shapely
from numpy.typing import NDArray

from layers.atlas import Text
from layers.catalog import read_catalog
from layers.languages import untranslated
from layers.values import Reason

REPOSITORY = Path(__file__).resolve().parents[2]
DEMO = REPOSITORY / "data" / "demo"
GEOPACKAGE = DEMO / "markerwaard.gpkg"
EDITIONS = (2018, 2022)
LEVELS = ("gemeente", "wijk", "buurt")
NO_NUMBER = {
    "-99997": Reason.WITHHELD,
    ".": Reason.WITHHELD,
    "-99995": Reason.NOT_YET_PUBLISHED,
    "-99991": Reason.NOT_APPLICABLE,
    "niet vergelijkbaar": Reason.NOT_COMPARABLE,
    "": Reason.MISSING,
}


def regions(level: str, year: int) -> geopandas.GeoDataFrame:
    return geopandas.read_file(GEOPACKAGE, layer=f"{level}_{year}")


NATIONAL = "NL00"
FEW = {
    "verdachten": 10,  # persons
    **dict.fromkeys(
        [
            *["particuliere_woningen", "woningtransacties", "woningaankopen", "onverklaarbare_aankopen"],
            *["onverklaarbaar_bezit", "doorsluiswoningen", "onbekende_eigenaar", "stichtingsbestuurder_woningen"],
            *["delicten", "woningen_verhoogd_risico", "familierelaties", "familie_woningen"],
            *["profiel_woningen", "profiel_transacties", "woningen", "transacties"],
        ],
        5,
    ),
}
"""By column of counts how many a figure stands for at least."""

PER_REGION = (
    *LEVELS,
    *(f"{name}-gemeente" for name in ("profielen", "kopers", "drugsfeiten", "drugsmisdrijven")),
    "profielen-wijk",
)


def whole_table(name: str) -> list[dict[str, str]]:
    with (DEMO / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a table that are about a region of Markerwaard."""
    return [row for row in whole_table(name) if row.get("code") != NATIONAL]


def codes(level: str, year: int) -> set[str]:
    return set(regions(level, year)["code"])


def geometry(level: str, year: int) -> NDArray[np.object_]:
    return np.asarray(regions(level, year).geometry.array)


def parent(code: str) -> str:
    return f"WK{code[2:8]}" if code.startswith("BU") else f"GM{code[2:6]}"


def test_making_the_demo_data_again_gives_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("once", "again"):
        subprocess.run([sys.executable, REPOSITORY / "data" / "make_demo.py", tmp_path / folder], check=True)
    for path in sorted((tmp_path / "once").iterdir()):
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes(), path.name


def test_the_committed_demo_data_are_what_the_generator_makes(tmp_path: Path) -> None:
    subprocess.run([sys.executable, REPOSITORY / "data" / "make_demo.py", tmp_path], check=True)
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in DEMO.iterdir()}
    for path in sorted(tmp_path.glob("*.csv")):
        assert path.read_bytes() == (DEMO / path.name).read_bytes(), path.name
    for layer, _ in pyogrio.list_layers(GEOPACKAGE):
        # by content: another release of GDAL may lay out the same GeoPackage differently
        made = geopandas.read_file(tmp_path / GEOPACKAGE.name, layer=layer)
        kept = geopandas.read_file(GEOPACKAGE, layer=layer)
        assert made.drop(columns="geometry").equals(kept.drop(columns="geometry")), layer
        assert shapely.equals_exact(np.asarray(made.geometry.array), np.asarray(kept.geometry.array)).all(), layer


def test_the_demo_data_stay_small() -> None:
    assert sum(path.stat().st_size for path in DEMO.iterdir()) < 3_000_000


def test_the_catalog_of_the_demo_is_sound_and_names_files_that_exist() -> None:
    catalog = read_catalog(REPOSITORY / "data" / "demo.toml")
    assert {theme.id for theme in catalog.themes} == {"vastgoed", "drugs"}
    assert catalog.atlas.notice is not None
    sources = [entry.source for entry in catalog.regions]
    sources += [entry.source for entry in catalog.tables]
    sources += [entry.source for entry in catalog.backdrop]
    sources += [entry.source for entry in catalog.grids]
    assert all(catalog.locate(source).is_file() for source in sources)


def test_title_and_notice_of_the_demo_exist_in_both_languages() -> None:
    catalog = read_catalog(REPOSITORY / "data" / "demo.toml")
    for text in (catalog.atlas.title, catalog.atlas.notice):
        assert text is not None
        assert text.nl
        assert text.en


def test_every_figure_of_the_demo_says_that_it_is_fictitious() -> None:
    catalog = read_catalog(REPOSITORY / "data" / "demo.toml")
    entries = [*((e.id, e.source) for e in catalog.indicators), *((e.id, e.source) for e in catalog.panels)]
    for name, source in [*entries, *((e.id, e.source) for e in catalog.flows)]:
        assert source == Text(nl="Fictieve gegevens", en="Fictitious data"), name


@pytest.mark.parametrize("year", EDITIONS)
@pytest.mark.parametrize("level", LEVELS)
def test_neighbours_share_their_borders_exactly(level: str, year: int) -> None:
    areas = geometry(level, year)
    assert shapely.is_valid(areas).all()
    assert shapely.coverage_is_valid(areas)


@pytest.mark.parametrize("year", EDITIONS)
@pytest.mark.parametrize(("fine", "coarse"), [("buurt", "wijk"), ("wijk", "gemeente")])
def test_regions_are_the_union_of_the_finer_ones(fine: str, coarse: str, year: int) -> None:
    whole = dict(zip(regions(coarse, year)["code"], geometry(coarse, year), strict=True))
    parts: dict[str, list[object]] = {}
    for code, area in zip(regions(fine, year)["code"], geometry(fine, year), strict=True):
        parts.setdefault(parent(code), []).append(area)
    assert parts.keys() == whole.keys()
    for code, areas in parts.items():
        assert shapely.equals(shapely.coverage_union_all(np.array(areas, dtype=object)), whole[code]), code


@pytest.mark.parametrize("year", EDITIONS)
def test_there_are_enough_regions_to_feel_like_a_province(year: int) -> None:
    assert len(codes("gemeente", year)) >= 8
    assert len(codes("wijk", year)) >= 40
    assert len(codes("buurt", year)) >= 200


def test_the_province_lies_in_the_markermeer() -> None:
    west, south, east, north = shapely.total_bounds(geometry("gemeente", 2022))
    assert 133_000 < west < east < 158_000
    assert 497_000 <= south < north < 521_000


@pytest.mark.parametrize("year", EDITIONS)
def test_codes_have_the_form_of_cbs_codes(year: int) -> None:
    assert all(re.fullmatch(r"GM99\d\d", code) for code in codes("gemeente", year))
    assert all(re.fullmatch(r"WK99\d\d[0-9A-Z]{2}", code) for code in codes("wijk", year))
    assert all(re.fullmatch(r"BU99\d\d[0-9A-Z]{4}", code) for code in codes("buurt", year))
    assert "WK9901AD" in codes("wijk", year)


def test_a_gemeente_merged_one_was_divided_and_buurten_were_split() -> None:
    before, after = codes("gemeente", 2018), codes("gemeente", 2022)
    assert before - after == {"GM9906", "GM9909", "GM9910"}
    assert after - before == {"GM9911"}
    old = regions("gemeente", 2018).set_index("code").geometry["GM9910"]
    heirs = [code for code, area in zip(regions("gemeente", 2022)["code"], geometry("gemeente", 2022), strict=True)
             if shapely.area(shapely.intersection(area, old)) > 1]  # fmt: skip
    assert heirs == ["GM9901", "GM9911"]
    assert len(codes("buurt", 2022)) > len(codes("buurt", 2018))


@pytest.mark.parametrize("table", PER_REGION)
def test_figures_stand_on_the_borders_of_their_year(table: str) -> None:
    level = table if table in LEVELS else table.rpartition("-")[2]
    known = {year: codes(level, year) for year in EDITIONS}
    years = set()
    for row in rows(table):
        years.add(int(row["jaar"]))
        assert row["code"] in known[2022 if int(row["jaar"]) >= 2022 else 2018], row
    assert years == set(range(2015, 2025))


def test_suspects_live_and_offend_in_gemeenten_of_their_year() -> None:
    for row in whole_table("woon-pleeggemeente"):
        known = codes("gemeente", 2022 if int(row["jaar"]) >= 2022 else 2018)
        assert {row["woongemeente"], row["pleeggemeente"]} <= known, row


def test_every_reason_occurs_and_so_do_zeros() -> None:
    cells = [cell for level in LEVELS for row in rows(level) for cell in list(row.values())[2:]]
    assert {NO_NUMBER[cell] for cell in cells if cell in NO_NUMBER} == set(Reason)
    assert sum(cell not in NO_NUMBER and float(cell) == 0 for cell in cells) > 100
    assert all(float(cell) >= 0 for cell in cells if cell not in NO_NUMBER)


def test_some_regions_have_no_row_in_some_year() -> None:
    delivered = {row["code"] for row in rows("buurt") if row["jaar"] == "2016"}
    assert 0 < len(codes("buurt", 2018) - delivered) < 30


@pytest.mark.parametrize("path", sorted(DEMO.glob("*.csv")), ids=lambda path: path.stem)
def test_no_published_count_stands_for_a_few_or_is_exact(path: Path) -> None:
    is_plain = path.stem in (*LEVELS, "woningmarkt")  # all homes, which everybody may know
    for row in whole_table(path.stem):
        for column, few in FEW.items():
            cell = row.get(column, "")
            if cell not in NO_NUMBER and not (is_plain and column == "woningen"):
                assert float(cell) == 0 or float(cell) >= few, (column, row)
                assert float(cell) % 5 == 0, (column, row)


@pytest.mark.parametrize(
    ("table", "value", "count"),
    [
        ("gemeente", "onverklaarbare_aankopen_woz", "onverklaarbare_aankopen"),
        ("gemeente", "onverklaarbaar_bezit_woz", "onverklaarbaar_bezit"),
        ("gemeente", "stichtingsbestuurder_woz", "stichtingsbestuurder_woningen"),
        ("profielen-gemeente", "profiel_woz", "profiel_woningen"),
    ],
)
def test_the_value_of_a_few_homes_is_withheld_with_their_number(table: str, value: str, count: str) -> None:
    for row in whole_table(table):
        few = row[count] == "-99997" or 0 < float(row[count]) < 20
        is_rest = row.get("stichting", "alle") != "alle"  # which is withheld with the other part too
        assert row[value] == "-99997" if few else is_rest or row[value] != "-99997", row


def test_every_text_of_the_demo_has_its_english() -> None:
    assert untranslated(read_catalog(DEMO.parent / "demo.toml")) == []


@pytest.mark.parametrize("column", ["profiel_woningen", "profiel_woz"])
def test_what_is_withheld_of_a_profile_does_not_follow_from_its_whole(column: str) -> None:
    parts: dict[tuple[str, ...], set[bool]] = {}
    for row in whole_table("profielen-gemeente"):
        if row["stichting"] != "alle":
            parts.setdefault((row["code"], row["jaar"], row["profiel"]), set()).add(row[column] == "-99997")
    assert set(map(len, parts.values())) == {1}
    assert {True, False} == set().union(*parts.values())


@pytest.mark.parametrize("table", ["gemeente", "profielen-gemeente", "kopers-gemeente", "drugsfeiten-gemeente"])
def test_there_are_figures_of_the_netherlands_for_every_year(table: str) -> None:
    national = [row for row in whole_table(table) if row["code"] == NATIONAL]
    assert {row["jaar"] for row in national} == {str(year) for year in range(2015, 2025)}
    assert all(cell not in ("", "-99997") or row["jaar"] < "2018" for row in national for cell in row.values())


@pytest.mark.parametrize("level", ["wijk", "buurt"])
def test_homes_of_the_parts_add_up_to_the_gemeente(level: str) -> None:
    total = {(row["code"], row["jaar"]): int(row["woningen"]) for row in rows("gemeente")}
    parts: dict[tuple[str, str], int] = {}
    for row in rows(level):
        key = (f"GM{row['code'][2:6]}", row["jaar"])
        parts[key] = parts.get(key, 0) + int(row["woningen"])
    assert all(parts[key] == total[key] for key in parts)


@pytest.mark.real_data
def test_no_code_or_gemeente_of_the_demo_exists_in_the_netherlands(shared_data: Path) -> None:
    real = shared_data / "geo" / "nl_2022_tmap.gpkg"
    for level in ("gemeente", "wijk"):
        frame = pyogrio.read_dataframe(real, layer=f"{level}_2022", read_geometry=False)
        for year in EDITIONS:
            assert not codes(level, year) & set(frame["code"])
    municipalities = pyogrio.read_dataframe(real, layer="gemeente_2022", read_geometry=False)
    assert not {name for year in EDITIONS for name in regions("gemeente", year)["name"]} & set(municipalities["name"])
