from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import geopandas as gpd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.atlas import MANIFEST, REGION_COLUMNS, AtlasFacts, Breaks
from layers.columns import numbers_of, read_values, write_regions
from layers.errors import AtlasBusy, BadAtlas, NoAtlas, NotInAtlas
from layers.prepare import Prepared
from layers.store import LASTING_S, Atlas, AtlasWriter, artefacts_of
from layers.values import Published
from tests.conftest import REPOSITORY
from tests.layers.make_atlas_files import publish, small, write


@pytest.fixture
def source(folder: Path) -> Prepared:
    del folder
    return small()


@pytest.fixture
def atlas(source: Prepared) -> Path:
    publish(Path("atlas"), source)
    return Path("atlas")


def files(folder: Path) -> dict[str, bytes]:
    """Every file of a folder but the lock."""
    paths = [path for path in folder.rglob("*") if path.is_file() and path.name != ".lock"]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def test_what_was_published_is_read_back(atlas: Path, source: Prepared) -> None:
    opened = Atlas.open(atlas)
    table = opened.regions(2022)
    gemeente = source.editions[0].levels[0]
    assert table.level == ("gemeente",) * 3 + ("wijk",) * 3
    assert table.of_level("wijk").parent == ("GM9901", "GM9902", "GM9903")
    assert table.of_level("gemeente").parent == (None, None, None)
    assert table.of_level("gemeente").id.tolist() == gemeente.ids.tolist()
    assert table.of_level("gemeente").lon == pytest.approx(gemeente.lon)
    assert len(table.of_level("buurt")) == 0
    assert opened.published("woz-waarde", "gemeente", 2022).values() == [250.0, 300.0, None]
    assert opened.published("woz-waarde", "wijk", 2022).statuses() == [None, None, "not-yet-published"]
    assert opened.series("soort", "wijk", 2022).edition == 2022


def test_regions_are_geoparquet_in_the_crs_of_the_edition(atlas: Path) -> None:
    opened = Atlas.open(atlas)
    regions = gpd.read_parquet(opened.path(opened.edition(2022).regions))
    assert tuple(regions.columns) == REGION_COLUMNS
    assert regions.crs.to_epsg() == 28992
    assert regions.geometry.area.tolist() == pytest.approx([1e6] * 6)


def test_what_the_atlas_does_not_have_is_a_sentence(atlas: Path) -> None:
    opened = Atlas.open(atlas)
    with pytest.raises(NotInAtlas, match=r"^the atlas has no borders of 1999$"):
        opened.regions(1999)
    with pytest.raises(NotInAtlas, match=r'^"soort" has no figures for buurt 2022$'):
        opened.published("soort", "buurt", 2022)
    with pytest.raises(NotInAtlas, match=r'^the atlas has no tileset "x"$'):
        opened.tileset("x")


def test_a_rebuild_gives_the_same_bytes_under_the_same_names(atlas: Path, source: Prepared) -> None:
    publish(Path("again"), source)
    assert files(Path("again")) == files(atlas)
    publish(atlas, source)
    assert files(Path("again")) == files(atlas)


def test_every_file_but_the_manifest_has_its_hash_in_its_name(atlas: Path) -> None:
    facts = Atlas.open(atlas).facts
    assert {artefact.path for artefact in artefacts_of(facts)} | {MANIFEST} == set(files(atlas))
    assert all(artefact.version in artefact.path for artefact in artefacts_of(facts))


def touched(source: Prepared, generation: int) -> AtlasFacts:
    """Publish an atlas of which only the regions differ, by their names."""
    edition = source.editions[0]
    with AtlasWriter(Path("atlas")) as writer:
        facts = write(writer, source)
        stem = f"2022-{generation}"
        regions = writer.artefact("regions", stem, ".parquet", lambda path: write_regions(path, edition))
        new = facts.editions[0].model_copy(update={"regions": regions})
        facts = facts.model_copy(update={"editions": (new,)})
        writer.publish(facts)
    return facts


def test_files_stay_for_a_while_after_the_last_manifest_that_named_them(source: Prepared) -> None:
    """A server opens what it needs when it is first asked for, which may be two atlases later."""
    regions = [Path("atlas") / touched(source, generation).editions[0].regions.path for generation in range(3)]
    assert all(path.exists() for path in regions)
    long_ago = time.time() - LASTING_S - 60
    for path in regions:
        os.utime(path, (long_ago, long_ago))
    touched(source, 3)
    assert [path.exists() for path in regions] == [False, False, True]


def test_files_that_are_not_ours_are_left_alone(atlas: Path, source: Prepared) -> None:
    (atlas / "tiles" / "notes.txt").write_text("mine")
    publish(atlas, source)
    assert (atlas / "tiles" / "notes.txt").exists()


def test_a_folder_with_something_else_in_it_is_refused(folder: Path) -> None:
    (folder / "tiles").mkdir()
    with pytest.raises(BadAtlas, match=r"is not empty and holds no atlas; choose a new or empty folder"):
        AtlasWriter(folder)
    (folder / "file").touch()
    with pytest.raises(BadAtlas, match=r"file is a file; an atlas is a folder"):
        AtlasWriter(folder / "file")
    with pytest.raises(BadAtlas, match=r"file/atlas cannot be written \(Not a directory\)"):
        AtlasWriter(folder / "file" / "atlas")


def test_two_builds_at_once_are_refused(folder: Path) -> None:
    with (
        AtlasWriter(folder / "atlas"),
        pytest.raises(AtlasBusy, match=r"another build is writing .*; wait until it is done"),
    ):
        AtlasWriter(folder / "atlas")
    AtlasWriter(folder / "atlas").close()


def test_an_artefact_that_fails_leaves_nothing(folder: Path) -> None:
    def fail(path: Path) -> None:
        path.write_text("half")
        raise ValueError("the disk is full")

    with AtlasWriter(folder / "atlas") as writer, pytest.raises(ValueError, match="the disk is full"):
        writer.artefact("values", "x", ".parquet", fail)
    assert files(folder / "atlas") == {}


def test_a_manifest_with_a_number_that_is_not_finite_is_not_published(atlas: Path) -> None:
    before = (atlas / "atlas.json").read_bytes()
    facts = Atlas.open(atlas).facts
    woz = facts.indicators[0]
    endless = woz.model_copy(update={"breaks": {"gemeente": Breaks(edges=(math.nan,), low=0, high=math.inf)}})
    with AtlasWriter(atlas) as writer, pytest.raises(BadAtlas, match="a number that is not finite"):
        writer.publish(facts.model_copy(update={"indicators": (endless,)}))
    assert (atlas / "atlas.json").read_bytes() == before


def test_a_writer_tells_an_atlas_with_another_id(atlas: Path, folder: Path) -> None:
    held = Atlas.open(atlas).facts.id
    with AtlasWriter(atlas) as writer:
        writer.check_id(held)
        with pytest.raises(BadAtlas, match=f'holds the atlas "{held}"; this catalog makes "ander"'):
            writer.check_id("ander")
    with AtlasWriter(folder / "new") as writer:
        writer.check_id("ander")


def test_a_manifest_that_names_unwritten_files_is_not_published(atlas: Path) -> None:
    facts = Atlas.open(atlas).facts
    with (
        AtlasWriter(Path("other")) as writer,
        pytest.raises(BadAtlas, match="names files that were not written: tiles/"),
    ):
        writer.publish(facts)
    assert not Path("other", MANIFEST).exists()


KILLED = """
import os, signal, sys
from pathlib import Path
from layers.atlas import AtlasFacts
from layers.store import AtlasWriter

moment = sys.argv[1]
writer = AtlasWriter(Path("atlas"))
facts = AtlasFacts.model_validate_json(Path("atlas/atlas.json").read_bytes())

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def half(path):
    path.write_bytes(b"half of it")
    if moment == "within an artefact":
        die()

new = writer.artefact("regions", "2022", ".parquet", half)
if moment == "between artefacts and manifest":
    die()
if moment == "before the manifest is replaced":
    Path.replace = die
if moment == "before old files are removed":
    AtlasWriter._remove_all_but = die
edition = facts.editions[0].model_copy(update={"regions": new})
writer.publish(facts.model_copy(update={"editions": (edition,)}))
"""

MOMENTS = ["within an artefact", "between artefacts and manifest", "before the manifest is replaced"]


def kill(moment: str) -> None:
    command = [sys.executable, "-c", KILLED, moment]
    done = subprocess.run(command, env={"PYTHONPATH": str(REPOSITORY)}, check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_build_killed_at_any_moment_leaves_the_old_atlas_whole(atlas: Path, source: Prepared, moment: str) -> None:
    before = files(atlas)
    kill(moment)
    after = files(atlas)
    assert {path: after[path] for path in before} == before
    assert Atlas.open(atlas).published("woz-waarde", "gemeente", 2022).values() == [250.0, 300.0, None]
    for path in atlas.glob("*/*"):
        os.utime(path, (0, 0))  # a while later
    publish(atlas, source)
    assert files(atlas) == before  # leftovers are gone


def test_a_build_killed_after_the_manifest_is_the_new_atlas(atlas: Path, source: Prepared) -> None:
    before = Atlas.open(atlas)
    kill("before old files are removed")
    facts = Atlas.open(atlas).facts
    assert facts.editions[0].regions != before.facts.editions[0].regions
    assert len(before.regions(2022)) == 6  # a server of the old atlas still finds its files
    publish(atlas, source)
    assert len(Atlas.open(atlas).regions(2022)) == 6


def test_a_folder_without_an_atlas_says_how_to_make_one(folder: Path) -> None:
    for path in (folder, folder / "none"):
        with pytest.raises(NoAtlas, match=r"there is no atlas in .*; make one with: zichtkaart build CATALOG -o "):
            Atlas.open(path)


def damaged(atlas: Path, change: dict[str, object] | None) -> str:
    text = (atlas / MANIFEST).read_text()
    (atlas / MANIFEST).write_text(json.dumps(json.loads(text) | change) if change is not None else text[:100])
    with pytest.raises(BadAtlas) as caught:
        Atlas.open(atlas)
    return str(caught.value)


def test_a_damaged_atlas_is_a_sentence(atlas: Path) -> None:
    assert damaged(atlas, {"format": 2}) == "atlas has format 2, and this version reads 1; build the atlas again"
    assert damaged(atlas, {"format": 1, "maxzoom": "x"}) == "atlas/atlas.json is damaged; build the atlas again"
    assert damaged(atlas, None) == "atlas/atlas.json is damaged; build the atlas again"


def test_a_missing_or_cut_file_is_found_when_the_atlas_is_opened(atlas: Path) -> None:
    opened = Atlas.open(atlas)
    path = opened.path(opened.edition(2022).regions)
    content = path.read_bytes()
    path.write_bytes(content[:-1])
    with pytest.raises(BadAtlas, match=rf"has {len(content) - 1} bytes where {len(content)} were written; build"):
        Atlas.open(atlas)
    path.unlink()
    with pytest.raises(BadAtlas, match=r"regions/2022-.* is missing from the atlas; build it again"):
        Atlas.open(atlas)


def test_a_file_with_other_bytes_of_the_same_length_is_a_sentence_when_read(atlas: Path) -> None:
    opened = Atlas.open(atlas)
    path = opened.path(opened.edition(2022).regions)
    path.write_bytes(b"x" * path.stat().st_size)
    with pytest.raises(BadAtlas, match=r"is damaged: build the atlas again"):
        Atlas.open(atlas).regions(2022)


def test_figures_used_longest_ago_leave_memory_and_are_read_again(atlas: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("layers.store.KEPT_VALUES", 1)
    opened = Atlas.open(atlas)
    read: list[Path] = []

    def counted(path: Path) -> dict[tuple[str, int], Published]:
        read.append(path)
        return read_values(path)

    monkeypatch.setattr("layers.store.read_values", counted)
    for _ in range(2):
        for indicator in ("woz-waarde", "woz-waarde", "soort"):
            opened.published(indicator, "gemeente", 2022)
    assert len(read) == 4


@given(st.lists(st.none() | st.floats(allow_nan=False, allow_infinity=False)), st.integers(0, 3))
def test_numbers_of_a_column_are_those_that_arrow_tells(cells: list[float | None], first: int) -> None:
    column = pa.chunked_array([cells[:5], cells[5:]], pa.float64()).slice(first)
    found = numbers_of(column, -1.5).tolist()
    assert found == [-1.5 if cell is None else cell for cell in column.to_pylist()]


def test_an_atlas_can_be_shared_between_threads(atlas: Path) -> None:
    opened = Atlas.open(atlas)
    results: list[list[float | None]] = []

    def read() -> None:
        opened.regions(2022)
        results.append(opened.published("woz-waarde", "gemeente", 2022).values())

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [[250.0, 300.0, None]] * 8
