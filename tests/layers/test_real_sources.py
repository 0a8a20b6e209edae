from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
import shapely

from layers.catalog import read_catalog
from layers.prepare import Prepared, prepare
from layers.problems import InputProblems
from tests.layers.make import ATLAS, INDICATOR

pytestmark = pytest.mark.real_data


@pytest.fixture
def beside_shared(folder: Path, shared_data: Path) -> Path:
    """An empty current folder with the real data under the name catalogs use."""
    (folder / "shared").mkdir()
    (folder / "shared" / "data").symlink_to(shared_data)
    return folder


def from_catalog(text: str) -> Prepared:
    Path("catalog.toml").write_text(text, encoding="utf-8")
    return prepare(read_catalog(Path("catalog.toml")))


def regions(level: str, year: int, source: str, code: str, more: str = "") -> str:
    return f'\n[[regions]]\nlevel = "{level}"\nyear = {year}\nsource = "shared/data/geo/{source}"\ncode = "{code}"\n{more}\n'


def table(name: str, source: str, key: str, year: int = 2024) -> str:
    return f'\n[[tables]]\nid = "{name}"\nsource = "shared/data/indicators/{source}"\nlevel = "gemeente"\nyear = {year}\n{key}\n'


GEMEENTEN = regions("gemeente", 2022, "nl_2022_tmap.gpkg", "code", 'layer = "gemeente_2022"\nname = "name"')


def read_csv(path: Path, column: str) -> dict[str, float | None]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row["code"]: float(row[column]) if row[column] else None for row in csv.DictReader(file)}


def test_the_catalog_of_the_design_prepares_as_it_stands(beside_shared: Path, shared_data: Path) -> None:
    design = (shared_data.parent / "DESIGN.md").read_text(encoding="utf-8")
    [text] = re.findall(r"```toml\n(.*?)```", design, re.DOTALL)
    result = from_catalog(text)
    gemeente, wijk = result.editions[0].levels
    assert (len(gemeente), len(wijk)) == (345, 3340)
    assert set(wijk.parents) == set(gemeente.codes)
    assert shapely.is_valid(wijk.geometry).all()
    folder = beside_shared / "shared" / "data" / "indicators"
    for indicator, column in [("gemiddelde-woz-waarde", "dwelling_value"), ("koopwoningen", "dwelling_ownership")]:
        for level in (gemeente, wijk):
            expected = read_csv(folder / f"{level.id}_2022_tmap.csv", column)
            published = result.figures[indicator, level.id, 2022].published
            assert dict(zip(level.codes, published.values(), strict=True)) == expected
            assert set(published.statuses()) <= {None, "missing"}


def test_doubled_buurten_are_refused(beside_shared: Path) -> None:
    del beside_shared
    with pytest.raises(InputProblems) as caught:
        from_catalog(ATLAS + regions("buurt", 2016, "nl_buurt_2016_wof_duplicates.parquet", "BU_CODE"))
    assert str(caught.value) == (
        "shared/data/geo/nl_buurt_2016_wof_duplicates.parquet, row 2: 76 codes occur more than once: "
        "BU00590004 (rows 1, 2), BU01660700 (rows 3, 4), BU01660800 (rows 5, 6) and 73 more; "
        "every region must have one row: choose with where = .., or merge the rows"
    )


def test_a_coarse_topojson_builds_with_a_report(beside_shared: Path) -> None:
    del beside_shared
    result = from_catalog(
        ATLAS + regions("buurt", 2014, "nl_buurt_2014_q1e3.topojson", "statcode", 'name = "statnaam"')
    )
    [level] = result.editions[0].levels
    assert len(level) + len(level.without_geometry) == 11_691
    assert len(level.without_geometry) >= 545
    assert shapely.is_valid(level.geometry).all()
    assert not shapely.is_empty(level.geometry).any()
    said = " ".join([*result.report.sentences(), *result.report.concerns()])
    assert "without a usable geometry left out" in said
    assert "made valid" in said


def test_postcode_areas_get_text_codes_and_their_coverage_is_repaired(beside_shared: Path) -> None:
    del beside_shared
    [level] = from_catalog(ATLAS + regions("pc4", 2020, "nl_pc4_2020_certegis.parquet", "postcode")).editions[0].levels
    assert level.codes[:3] == ("1011", "1012", "1013")
    assert len(level.repair.mismatched) > 3000


def test_raw_statline_exports_join_on_names(beside_shared: Path, shared_data: Path) -> None:
    del beside_shared
    key = 'name = "Regio\'s"'
    second = INDICATOR.partition("[[indicators]]")[2]
    wealth = (
        "[[indicators]]" + second.replace('"woz"', '"vermogen"', 1).replace('"woz"', '"mld euro"') + "decimals = 1\n"
    )
    result = from_catalog(
        ATLAS
        + GEMEENTEN
        + table("prijs", "verkoopprijs_gemeente_83625NED_2012-2024.csv", key)
        + table("vermogen", "vermogen_gemeente_2024_statline.csv", key)
        + INDICATOR.replace('column = "woz"', 'column = "2024"')
        + wealth
    )
    gemeente = result.editions[0].levels[0]
    prices = dict(zip(gemeente.codes, result.figures["woz", "gemeente", 2024].published.values(), strict=True))
    # The Hague, Utrecht, Hengelo (O.) and Súdwest-Fryslân are spelled differently on the two sides.
    with (shared_data / "indicators" / "verkoopprijs_gemeente_83625NED_2012-2024.csv").open(encoding="utf-8") as file:
        theirs = {row["Regio's"]: row["2024"] for row in csv.DictReader(file)}
    hague = next(price for name, price in theirs.items() if name.endswith("s-Gravenhage (gemeente)"))
    assert prices["GM0518"] == float(hague)
    assert prices["GM0344"] == float(theirs["Utrecht (gemeente)"])
    assert prices["GM0164"] == float(theirs["Hengelo (O.)"])
    # Weesp went to Amsterdam and three gemeenten became Voorne aan Zee in 2023: those five are not comparable.
    assert [joined.matched for joined in result.report.joins] == [340, 340]
    assert result.figures["vermogen", "gemeente", 2024].published.has_number.sum() == 339


def test_padded_statline_codes_with_symbols_join(beside_shared: Path) -> None:
    del beside_shared
    key = 'code = "Regiocode (gemeente, wijk, buurt) (code)"'
    result = from_catalog(
        ATLAS
        + GEMEENTEN
        + table("ses", "ses_woa_amsterdam_gm_wk_bu_85163NED_2019.csv", key, 2019)
        + INDICATOR.replace('column = "woz"', 'column = "Opleidingsniveau/Laag/Waarde (%)"\ndecimals = 1')
    )
    [joined] = result.report.joins
    assert (joined.matched, joined.unmatched) == (1, ())
    codes = result.editions[0].levels[0].codes
    assert dict(zip(codes, result.figures["woz", "gemeente", 2019].published.values(), strict=True))["GM0363"] == 20.8


def test_a_table_with_several_levels_counts_rows_of_others(beside_shared: Path) -> None:
    del beside_shared
    indicator = INDICATOR.replace('column = "woz"', 'column = "AantalInwoners_5"')
    result = from_catalog(ATLAS + GEMEENTEN + table("kwb", "kwb_2024_gm_wk_85984NED.csv", 'code = "code"') + indicator)
    [joined] = result.report.joins
    assert joined.unmatched == ("GM1992",)
    assert joined.without_row == ()
    assert joined.other_borders == ("GM0363", "GM0457", "GM0501", "GM0530", "GM0614")
