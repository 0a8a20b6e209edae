"""Building: what is made, what is kept, and that a build cut off leaves the old atlas."""

from __future__ import annotations

import gzip
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import mapbox_vector_tile
import numpy as np
import pandas as pd
import pytest

from layers.atlas import MANIFEST, AtlasFacts
from layers.errors import BadAtlas
from layers.problems import InputProblems
from layers.store import Atlas
from layers.tileset import Tileset
from server.app import open_app
from server.build import build
from server.settings import Settings
from tests.server.client import Client
from tests.server.make_atlas import CATALOG, GEMEENTEN, WIJKEN, make_atlas, write_sources
from tests.server.process import COMMAND, PATIENCE_S, REPOSITORY, environment
from tiles.grid import Grid, GridName, TileCoord


def artefacts(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.glob("*/*"))
        if not path.name.endswith(".key.json")
    }


def facts_of(folder: Path) -> AtlasFacts:
    return Atlas.open(folder).facts


# ---- what is made


def test_the_manifest_holds_what_the_catalog_says(atlas_folder: Path) -> None:
    facts = facts_of(atlas_folder)
    assert (facts.id, facts.attribution, facts.maxzoom) == ("proefland", "Bron: verzonnen", 10)
    (edition,) = facts.editions
    assert [(level.id, level.regions, level.minzoom) for level in edition.levels] == [
        ("gemeente", 2, 0),
        ("wijk", 4, 7),
    ]
    assert [tileset.id for tileset in facts.tilesets] == ["gebieden-2022", "vastgoed-2021", "vastgoed-2022"]
    koop, woz = facts.indicators
    assert [(series.level, series.year) for series in koop.series] == [
        ("gemeente", 2021),
        ("gemeente", 2022),
        ("wijk", 2022),
    ]
    assert {series.tileset for series in woz.series} == {"vastgoed-2021", "vastgoed-2022"}
    assert koop.values.path.startswith("values/koopwoningen-")


def test_classes_are_made_per_level_over_all_years_with_as_many_colours(atlas_folder: Path) -> None:
    koop, woz = facts_of(atlas_folder).indicators
    assert set(koop.breaks) == {"gemeente", "wijk"}
    assert set(woz.breaks) == {"gemeente"}
    assert len(koop.colors) == 3
    assert all(len(breaks.edges) < len(koop.colors) for breaks in koop.breaks.values())
    assert woz.breaks["gemeente"].low <= 240.5
    assert woz.breaks["gemeente"].high >= 310


def test_a_theme_without_a_palette_has_that_of_its_preset(atlas_folder: Path) -> None:
    koop, woz = facts_of(atlas_folder).indicators
    assert woz.colors[0] == "#ffffcc"
    assert koop.colors[0] != woz.colors[0]


def test_the_publisher_can_fix_the_breaks(tmp_path: Path) -> None:
    fixed = CATALOG.replace('classes = 3, method = "quantiles"', "breaks = [10, 25]")
    folder = tmp_path / "atlas"
    build(write_sources(tmp_path / "in", catalog=fixed), folder)
    koop = facts_of(folder).indicators[0]
    assert koop.breaks["wijk"].edges == (10, 25)
    assert len(koop.colors) == 3


def test_a_category_has_a_colour_each_and_no_breaks(tmp_path: Path) -> None:
    catalog = CATALOG.replace(
        'kind = "share"\ncolumn = "koop"\nstyle = { palette = "Blues", classes = 3, method = "quantiles" }',
        'kind = "category"\ncolumn = "soort"',
    )
    source = write_sources(tmp_path / "in", catalog=catalog)
    (tmp_path / "in" / "wijk.csv").write_text("code,soort\nWK990101,stad\nWK990102,dorp\nWK990201,stad\nWK990202,\n")
    build(source, tmp_path / "atlas")
    atlas = Atlas.open(tmp_path / "atlas")
    soort = atlas.facts.indicators[0]
    assert (soort.categories, len(soort.colors), soort.breaks) == (("dorp", "stad"), 2, {})
    columns = Client(open_app(Settings(), tmp_path / "atlas")).get("/values/koopwoningen?f=csv").text.splitlines()
    assert columns[1] == "WK990101,Wijk 01,2022,stad,,Fictief"


@pytest.mark.parametrize(
    ("old", "new", "key", "told"),
    [
        ('palette = "Blues"', 'palette = "Reds"', "palette", "YlGnBu"),
        ('method = "quantiles"', 'method = "guess"', "method", "fisher_jenks"),
        ("classes = 3", "classes = 12", "classes", "1 to 9"),
        ('classes = 3, method = "quantiles"', "breaks = [0.1, 0.2]", "breaks", "must rise"),
    ],
)
def test_a_style_that_cannot_be_is_a_problem_that_names_line_key_and_what_is_allowed(
    tmp_path: Path, old: str, new: str, key: str, told: str
) -> None:
    catalog = write_sources(tmp_path, catalog=CATALOG.replace(old, new))
    with pytest.raises(InputProblems) as caught:
        build(catalog, tmp_path / "atlas")
    (problem,) = caught.value.problems
    assert problem.line == next(
        number for number, line in enumerate(catalog.read_text().splitlines(), 1) if line.startswith("style")
    )
    assert problem.message.startswith(f"{key} of koopwoningen: ")
    assert told in problem.message
    assert not (tmp_path / "atlas").exists()


def test_a_backdrop_is_drawn_and_new_water_makes_new_tiles(tmp_path: Path) -> None:
    water = '[[backdrop]]\nid = "meer"\nkind = "water"\nsource = "gemeente.geojson"\n'
    source = write_sources(tmp_path / "in", catalog=CATALOG + water)
    folder = tmp_path / "atlas"
    build(source, folder)
    first = facts_of(folder).editions[0]
    assert [(backdrop.id, backdrop.kind) for backdrop in first.backdrop] == [("meer", "water")]
    tile = Tileset(Atlas.open(folder), "vastgoed-2022").tile(TileCoord(8, 131, 84))
    assert tile
    assert "meer" in mapbox_vector_tile.decode(gzip.decompress(tile))
    source.write_text(source.read_text().replace('"water"\nsource = "gemeente', '"water"\nsource = "wijk'))
    assert list(build(source, folder).pyramids) == [2022]


def test_a_level_without_a_single_number_has_no_classes(tmp_path: Path) -> None:
    nothing = "code,koop\nWK990101,.\nWK990102,.\nWK990201,.\nWK990202,\n"
    build(write_sources(tmp_path / "in", wijken=nothing), tmp_path / "atlas")
    assert set(facts_of(tmp_path / "atlas").indicators[0].breaks) == {"gemeente"}
    style = Client(open_app(Settings(), tmp_path / "atlas")).get("/styles/koopwoningen?level=wijk")
    assert style.status == 200


def test_figures_of_one_year_on_two_editions_are_two_tilesets(tmp_path: Path) -> None:
    second = '[[tables]]\nid = "gemeenten"\nborders = 2021\n'
    older = (
        '[[regions]]\nlevel = "gemeente"\nyear = 2021\nsource = "gemeente.geojson"\ncode = "code"\nname = "name"\n\n'
    )
    catalog = CATALOG.replace('[[tables]]\nid = "gemeenten"\n', older + second)
    source = write_sources(tmp_path / "in", catalog=catalog)
    (tmp_path / "in" / "gemeente.csv").write_text(GEMEENTEN.replace("2021", "2022x").split("GM9901,2022x")[0])
    build(source, tmp_path / "atlas")
    facts = facts_of(tmp_path / "atlas")
    ids = {tileset.id: tileset.edition for tileset in facts.tilesets if tileset.theme}
    assert ids == {"vastgoed-2022-op-2021": 2021, "vastgoed-2022": 2022}
    koop = facts.indicators[0]
    assert {(series.level, series.tileset) for series in koop.series} == {
        ("gemeente", "vastgoed-2022-op-2021"),
        ("wijk", "vastgoed-2022"),
    }


# ---- what is kept


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = make_atlas(tmp_path / "a"), make_atlas(tmp_path / "b")
    assert artefacts(first) == artefacts(second)
    assert (first / MANIFEST).read_bytes() == (second / MANIFEST).read_bytes()


def test_so_many_jobs_give_the_same_bytes(tmp_path: Path) -> None:
    source = write_sources(tmp_path / "in")
    build(source, tmp_path / "one", jobs=1)
    build(source, tmp_path / "two", jobs=2)
    assert artefacts(tmp_path / "one") == artefacts(tmp_path / "two")


def test_new_figures_never_touch_geometry(tmp_path: Path) -> None:
    folder = make_atlas(tmp_path)
    before = facts_of(folder)
    tiles = folder / before.editions[0].tiles.path
    inode, written = tiles.stat().st_ino, tiles.stat().st_mtime_ns
    report = build(write_sources(tmp_path / "sources", wijken=WIJKEN.replace(",40", ",41")), folder)
    after = facts_of(folder)
    assert after.editions == before.editions
    assert (tiles.stat().st_ino, tiles.stat().st_mtime_ns) == (inode, written)
    assert after.indicators[0].values != before.indicators[0].values
    assert after.indicators[1].values == before.indicators[1].values
    assert report.pyramids == {}
    assert any("not changed, tiles kept" in sentence for sentence in report.sentences())


@pytest.mark.parametrize(
    "change", ["a name", "the maxzoom", "a lost key", "a damaged key", "damaged tiles", "lost MLT"]
)
def test_tiles_are_made_again_where_anything_they_are_made_from_changed(tmp_path: Path, change: str) -> None:
    folder = make_atlas(tmp_path)
    before = facts_of(folder).editions[0]
    source = tmp_path / "sources" / "catalog.toml"
    key = folder / "tiles" / "gebieden-2022.key.json"
    match change:
        case "a name":
            shapes = tmp_path / "sources" / "wijk.geojson"
            shapes.write_text(shapes.read_text().replace("Wijk 01", "Wijk 1"))
        case "the maxzoom":
            source.write_text(source.read_text().replace("maxzoom = 10", "maxzoom = 9"))
        case "a lost key":
            key.unlink()
        case "a damaged key":
            key.write_text("{")
        case "lost MLT":
            assert before.mlt is not None
            (folder / before.mlt.path).unlink()
        case _:
            (folder / before.tiles.path).write_bytes(b"x" * before.tiles.size)
    report = build(source, folder)
    assert list(report.pyramids) == [2022]
    after = facts_of(folder).editions[0]
    if change in ("a name", "the maxzoom"):
        assert after.tiles != before.tiles
    else:
        assert after.tiles == before.tiles
    assert Tileset(Atlas.open(folder), "gebieden-2022").tile(TileCoord(8, 131, 84))


def test_files_of_the_atlas_before_the_last_stay_for_who_still_reads_them(tmp_path: Path) -> None:
    folder = make_atlas(tmp_path)
    first = facts_of(folder).indicators[0].values.path
    for number in (41, 42):
        assert (folder / first).exists()
        build(write_sources(tmp_path / "sources", wijken=WIJKEN.replace(",40", f",{number}")), folder)
    assert (folder / first).exists()
    for path in folder.glob("values/*"):
        os.utime(path, (0, 0))  # a while later
    build(write_sources(tmp_path / "sources", wijken=WIJKEN.replace(",40", ",43")), folder)
    assert not (folder / first).exists()


# ---- cut off


KILLED = """
import os, signal, sys
from pathlib import Path
import layers.store
from server.build import build

writes = 0
whole = os.fsync

def fsync(descriptor):
    global writes
    writes += 1
    if writes == int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)
    whole(descriptor)

os.fsync = fsync
build(Path(sys.argv[1]), Path(sys.argv[2]))
"""
"""A build that is killed at its n-th flush to disk: each file and folder is flushed, so these are all its steps."""


def killed_build(source: Path, folder: Path, step: int) -> int:
    command = [COMMAND[0], "-c", KILLED, str(source), str(folder), str(step)]
    return subprocess.run(command, env=environment(), cwd=REPOSITORY, timeout=PATIENCE_S, check=False).returncode


def test_a_build_killed_at_any_step_leaves_the_old_atlas_or_the_whole_new_one(tmp_path: Path) -> None:
    old = make_atlas(tmp_path)
    before, manifest = facts_of(old), (old / MANIFEST).read_bytes()
    source = write_sources(tmp_path / "sources", wijken=WIJKEN.replace(",40", ",41"))
    shapes = tmp_path / "sources" / "wijk.geojson"
    shapes.write_text(shapes.read_text().replace("Wijk 01", "Wijk 1"))
    outcomes = []
    for step in _steps():
        folder = tmp_path / f"step-{step}"
        shutil.copytree(old, folder)
        status = killed_build(source, folder, step)
        if status == 0:
            break
        assert status == -signal.SIGKILL
        opened = Atlas.open(folder)
        is_old = (folder / MANIFEST).read_bytes() == manifest
        assert is_old == (opened.facts == before)
        for tileset in opened.facts.tilesets:
            assert Tileset(opened, tileset.id).tile(TileCoord(8, 131, 84))
        outcomes.append(is_old)
        shutil.rmtree(folder)
    assert outcomes.count(True) >= 8
    assert outcomes == sorted(outcomes, reverse=True)


def _steps() -> Iterator[int]:
    yield from range(1, 40)


def test_the_build_after_a_killed_one_leaves_nothing_unfinished(tmp_path: Path) -> None:
    source = write_sources(tmp_path / "in")
    assert killed_build(source, tmp_path / "atlas", 3) == -signal.SIGKILL
    assert not (tmp_path / "atlas" / MANIFEST).exists()
    build(source, tmp_path / "atlas")
    assert not [path for path in (tmp_path / "atlas").rglob("*") if "unfinished" in path.name]


# ---- the real thing


@pytest.mark.real_data
def test_the_reference_catalog_builds_and_a_figure_goes_from_csv_to_tile_and_table(
    tmp_path: Path, shared_data: Path
) -> None:
    (tmp_path / "shared").symlink_to(shared_data.parent)
    catalog = tmp_path / "catalog.toml"
    catalog.write_text(REFERENCE_CATALOG)
    report = build(catalog, tmp_path / "atlas")
    table = pd.read_csv(shared_data / "indicators" / "wijk_2022_tmap.csv").set_index("code")
    gemeenten = pd.read_csv(shared_data / "indicators" / "gemeente_2022_tmap.csv").set_index("code")
    assert report.prepared.numbers == sum(
        int(source[column].notna().sum())
        for source in (table, gemeenten)
        for column in ("dwelling_value", "dwelling_ownership")
    )
    client = Client(open_app(Settings(), tmp_path / "atlas"))
    regions = client.get("/regions/2022").json()
    values = {
        indicator: client.get(f"/values/{indicator}?level=wijk&year=2022").json()["columns"]
        for indicator in ("gemiddelde-woz-waarde", "koopwoningen")
    }
    random = np.random.default_rng(5)
    missing = table.index[table.dwelling_value.isna()][:3]
    for code in [*random.choice(table.index, 12, replace=False), *missing]:
        row = regions["code"].index(code)
        properties = _region_in_tile(client, code, regions["lon"][row], regions["lat"][row])
        assert properties["name"] == regions["name"][row]
        assert properties["gemeente"] == regions["parent"][row] == f"GM{code[2:6]}"
        for indicator, column in (("gemiddelde-woz-waarde", "dwelling_value"), ("koopwoningen", "dwelling_ownership")):
            figure, field = table.loc[code, column], indicator.replace("-", "_")
            at = values[indicator]["code"].index(code)
            if pd.isna(figure):
                assert field not in properties
                assert properties[f"{field}_status"] == values[indicator]["status"][at] == "missing"
                assert values[indicator]["value"][at] is None
            else:
                assert f"{field}_status" not in properties
                assert properties[field] == values[indicator]["value"][at] == figure


def _region_in_tile(client: Client, code: str, lon: float, lat: float) -> dict[str, object]:
    grid = Grid.named(GridName.WEB_MERCATOR)
    x, y = lon / 180 * -grid.west, np.log(np.tan(np.pi / 4 + np.radians(lat) / 2)) / np.pi * -grid.west
    coord = grid.at(x, float(y), 10)
    answer = client.get(f"/tiles/vastgoed-2022/{coord}", accept_encoding="gzip")
    features = mapbox_vector_tile.decode(gzip.decompress(answer.raw))["wijk"]["features"]
    (found,) = (feature["properties"] for feature in features if feature["properties"]["code"] == code)
    properties: dict[str, object] = found
    return properties


REFERENCE_CATALOG = """
[atlas]
id = "nederland-2022"
title = { nl = "Nederland 2022", en = "The Netherlands 2022" }
attribution = "Bron: CBS, Kadaster/PDOK (CC BY 4.0)"
maxzoom = 12

[[regions]]
level = "gemeente"
year = 2022
source = "shared/data/geo/nl_2022_tmap.gpkg"
layer = "gemeente_2022"
code = "code"
name = "name"

[[regions]]
level = "wijk"
year = 2022
source = "shared/data/geo/nl_2022_tmap.gpkg"
layer = "wijk_2022"
code = "code"
name = "name"

[[tables]]
id = "kerncijfers-wijk"
source = "shared/data/indicators/wijk_2022_tmap.csv"
level = "wijk"
year = 2022
code = "code"

[[tables]]
id = "kerncijfers-gemeente"
source = "shared/data/indicators/gemeente_2022_tmap.csv"
level = "gemeente"
year = 2022
code = "code"

[[themes]]
id = "vastgoed"
title = { nl = "Vastgoed", en = "Real estate" }

[[indicators]]
id = "gemiddelde-woz-waarde"
theme = "vastgoed"
title = { nl = "Gemiddelde WOZ-waarde", en = "Mean property value" }
unit = "x 1000 euro"
kind = "mean"                       # count | share | rate | mean | sum | category
decimals = 0
column = "dwelling_value"           # looked up in every table that has it
style = { palette = "YlGnBu", classes = 5, method = "quantiles" }
explanation = { nl = "Gemiddelde waarde van woningen volgens de Wet waardering onroerende zaken." }

[[indicators]]
id = "koopwoningen"
theme = "vastgoed"
title = { nl = "Koopwoningen", en = "Owner-occupied homes" }
unit = "%"
kind = "share"
column = "dwelling_ownership"
style = { palette = "Blues", classes = 5, method = "quantiles" }
"""


def test_an_atlas_is_not_replaced_by_another_one(tmp_path: Path) -> None:
    folder = make_atlas(tmp_path)
    before = artefacts(folder), (folder / MANIFEST).read_bytes()
    other = write_sources(tmp_path / "other", catalog=CATALOG.replace('id = "proefland"', 'id = "ander-land"'))
    with pytest.raises(BadAtlas) as caught:
        build(other, folder)
    assert str(caught.value) == (
        f'{folder} holds the atlas "proefland"; this catalog makes "ander-land": choose another folder or remove it'
    )
    assert (artefacts(folder), (folder / MANIFEST).read_bytes()) == before


def test_breaks_that_are_no_numbers_leave_the_atlas_as_it_was(tmp_path: Path) -> None:
    folder = make_atlas(tmp_path)
    before = (folder / MANIFEST).read_bytes()
    endless = CATALOG.replace('classes = 3, method = "quantiles"', "breaks = [nan, inf]")
    with pytest.raises(InputProblems):
        build(write_sources(tmp_path / "sources", catalog=endless), folder)
    assert (folder / MANIFEST).read_bytes() == before


def test_the_atlas_says_how_many_decimals_figures_have_where_the_catalog_does_not(tmp_path: Path) -> None:
    folder = make_atlas(tmp_path, wijken=WIJKEN.replace("40", "0.25"))
    koop, woz = facts_of(folder).indicators
    assert (koop.decimals, woz.decimals) == (2, 1)
    assert Atlas.open(folder).published("koopwoningen", "wijk", 2022).values()[0] == 0.25
