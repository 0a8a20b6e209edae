"""Catalogs whose sources were fetched: what was downloaded is read as if it were a file beside the catalog."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from layers.catalog import read_catalog
from layers.prepare import Prepared, prepare
from layers.problems import InputProblems
from layers.remote.cache import Cache
from layers.remote.provenance import Provenance
from layers.remote.request import request_of
from tests.layers.make import INDICATOR, REGIONS, TABLE, frame, write_catalog, write_regions, write_table
from tests.layers.remote.conftest import Cbs

pytestmark = pytest.mark.usefixtures("folder")
PDOK = "pdok:wijken-en-buurten/2022"
ADDRESS = "https://cijfers.example.nl/figures.csv?token=geheim"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ZICHTKAART_CACHE", raising=False)
    return tmp_path


def keep(source: str, path: str) -> None:
    """Put a file into the cache as if it had been fetched."""
    cache = Cache(Path("downloads"))
    cache.folder.mkdir(exist_ok=True)
    facts = Provenance(source, "", "http", "", "", 0, "", "2026-11-22T00:00:00Z", "", "")
    cache.keep(request_of(source), Path(path), facts)


def prepared(*parts: str) -> Prepared:
    return prepare(read_catalog(write_catalog(*parts)))


def pdok_borders() -> None:
    land = frame(water=["NEE"] * 3).rename(columns={"code": "gemeentecode", "name": "gemeentenaam"})
    both = pd.concat([land, land.head(1).assign(water="JA", inwoners=0)])
    write_regions(both.assign(inwoners=[1, 2, 3, 0]), layer="gemeenten")
    write_regions(frame(["WK990101"]), layer="wijken")
    keep(PDOK, "regions.gpkg")


GEMEENTEN = (
    REGIONS.replace("regions.gpkg", PDOK).replace('"code"', '"gemeentecode"').replace('"name"', '"gemeentenaam"')
)


def test_borders_of_pdok_are_the_land_of_the_layer_of_the_level() -> None:
    pdok_borders()
    write_table()
    [level] = prepared(GEMEENTEN, TABLE, INDICATOR).editions[0].levels
    assert level.codes == ("GM9901", "GM9902", "GM9903")
    older = GEMEENTEN.replace("gemeentecode", "GM_CODE").replace("gemeentenaam", "GM_NAAM")
    assert prepared(older, TABLE, INDICATOR).editions[0].levels[0].names == level.names


def test_figures_of_pdok_are_those_of_the_land_too() -> None:
    pdok_borders()
    table = TABLE.replace("figures.csv", PDOK).replace('code = "code"', 'code = "gemeentecode"')
    result = prepared(GEMEENTEN, table, INDICATOR.replace('column = "woz"', 'column = "inwoners"'))
    assert result.figures["woz", "gemeente", 2022].published.values() == [1.0, 2.0, 3.0]


def test_what_was_not_fetched_is_told_with_the_command_to_run() -> None:
    with pytest.raises(InputProblems, match=r"pdok:wijken-en-buurten/2022: .*zichtkaart fetch"):
        prepared(GEMEENTEN)


def test_a_file_of_the_web_is_read_and_no_sentence_has_what_may_be_a_secret() -> None:
    write_regions()
    write_table()
    keep(ADDRESS, "figures.csv")
    table = TABLE.replace("figures.csv", ADDRESS)
    assert prepared(REGIONS, table, INDICATOR).figures["woz", "gemeente", 2022].published.values()[0] == 250.0
    with pytest.raises(InputProblems) as caught:
        prepared(REGIONS, table.replace('code = "code"', 'code = "kode"'), INDICATOR)
    assert str(caught.value).startswith("https://cijfers.example.nl/figures.csv")
    assert "geheim" not in str(caught.value)


def statline(cbs: Cbs, source: str, dimensions: dict[str, str] | None = None) -> None:
    """Fetch a table into the cache of the catalog, which stands in the same folder."""
    assert cbs.cache.folder.resolve() == Path("downloads").resolve()
    cbs.fetch(request_of(source, dimensions))


def test_a_table_of_statline_is_joined_on_its_codes_and_columns_found_by_title(cbs: Cbs) -> None:
    statline(cbs, "cbs:84999NED")
    codes = [keys[0] for keys in cbs.table.cells if keys[0].startswith("GM")]
    write_regions(frame(codes))
    table = TABLE.replace("figures.csv", "cbs:84999NED").replace('code = "code"', 'code = "WijkenEnBuurten"')
    for name in ("Koopwoningen", "Koopwoningen_3"):
        result = prepared(REGIONS, table, INDICATOR.replace('column = "woz"', f'column = "{name}"'))
        published = result.figures["woz", "gemeente", 2022].published
        assert [n is None for n in published.values()] == [s is not None for s in published.statuses()]
        assert published.has_number.any()
    assert any("read from StatLine" in note for note in result.report.notes)


def test_years_are_told_apart_from_months_and_filters_are_those_of_the_request(cbs: Cbs) -> None:
    filters = {"SoortMisdrijf": "3.1.1"}
    statline(cbs, "politie:47018NED", filters)
    codes = sorted({keys[1] for keys in cbs.tables["47018NED"].cells if keys[1].startswith("GM")})
    write_regions(frame(codes))
    table = TABLE.replace("figures.csv", "politie:47018NED").replace('code = "code"', 'code = "WijkenEnBuurten"')
    table = table.replace("year = 2022", 'year_column = "Perioden"\ndimensions = { SoortMisdrijf = "3.1.1" }')
    result = prepared(REGIONS, table, INDICATOR.replace('column = "woz"', 'column = "GeregistreerdeMisdrijven_1"'))
    for key, series in result.figures.items():
        for code, value in zip(codes, series.published.values(), strict=True):
            cell = (
                cbs.tables["47018NED"].cells.get(("3.1.1", code, f"{key[2]}JJ00"), {}).get("GeregistreerdeMisdrijven_1")
            )
            assert value == (cell if isinstance(cell, int | float) else None)
    assert {key[2] for key in result.figures} == {2023, 2024}
