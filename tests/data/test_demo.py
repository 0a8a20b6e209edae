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

from layers.catalog import read_catalog
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


def rows(level: str) -> list[dict[str, str]]:
    with (DEMO / f"{level}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


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
    assert all(catalog.locate(source).is_file() for source in sources)


def test_every_text_of_the_demo_exists_in_both_languages() -> None:
    catalog = read_catalog(REPOSITORY / "data" / "demo.toml")
    texts = [catalog.atlas.title, catalog.atlas.notice]
    for theme in catalog.themes:
        texts += [theme.title, theme.explanation]
    for indicator in catalog.indicators:
        texts += [indicator.title, indicator.unit, indicator.explanation]
        texts += [indicator.caveat] if indicator.caveat is not None else []
    assert all(text is not None and text.nl and text.en for text in texts)


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


@pytest.mark.parametrize("level", LEVELS)
def test_figures_stand_on_the_borders_of_their_year(level: str) -> None:
    known = {year: codes(level, year) for year in EDITIONS}
    years = set()
    for row in rows(level):
        years.add(int(row["jaar"]))
        assert row["code"] in known[2022 if int(row["jaar"]) >= 2022 else 2018], row
    assert years == set(range(2015, 2025))


def test_every_reason_occurs_and_so_do_zeros() -> None:
    cells = [cell for level in LEVELS for row in rows(level) for cell in list(row.values())[4:]]
    assert {NO_NUMBER[cell] for cell in cells if cell in NO_NUMBER} == set(Reason)
    assert sum(cell not in NO_NUMBER and float(cell) == 0 for cell in cells) > 100
    assert all(float(cell) >= 0 for cell in cells if cell not in NO_NUMBER)


def test_some_regions_have_no_row_in_some_year() -> None:
    delivered = {row["code"] for row in rows("buurt") if row["jaar"] == "2016"}
    assert 0 < len(codes("buurt", 2018) - delivered) < 30


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    ("column", "base", "factor"),
    [
        ("perc_doorsluis", "woningen", 100),
        ("perc_onbekend", "woningen", 100),
        ("perc_hennep", "woningen", 100),
        ("perc_familie", "woningen", 100),
        ("drugsdelicten", "inwoners", 1000),
        ("verdachten", "inwoners", 1000),
        ("drugshandel", "inwoners", 1000),
    ],
)
def test_no_published_figure_stands_for_a_count_of_one_to_four(level: str, column: str, base: str, factor: int) -> None:
    for row in rows(level):
        cell = row.get(column, "")
        if cell not in NO_NUMBER and float(cell) > 0:
            highest_count = (float(cell) + 0.05) * int(row[base]) / factor
            assert highest_count >= 5, row


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
