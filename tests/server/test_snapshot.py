"""Following the atlas: what is served when the folder changes."""

from __future__ import annotations

import asyncio
import gc
import logging
import weakref
from pathlib import Path

import pytest

from layers.atlas import MANIFEST
from layers.errors import NoAtlas
from server.build import build
from server.errors import NotThere
from server.negotiation import Encoding
from server.snapshot import MEGABYTE, CurrentAtlas, Snapshot
from tests.server.make_atlas import WIJKEN, make_atlas, write_sources


def rebuild(folder: Path, figure: int) -> None:
    build(write_sources(folder.parent / "sources", wijken=WIJKEN.replace(",40", f",{figure}")), folder)


def first_figure(current: CurrentAtlas) -> float:
    return float(current.snapshot.atlas.published("koopwoningen", "wijk", 2022).numbers[0])


def test_nothing_happens_while_the_atlas_stays(atlas_folder: Path) -> None:
    current = CurrentAtlas(atlas_folder, MEGABYTE)
    snapshot = current.snapshot
    assert not current.refresh()
    assert current.snapshot is snapshot


def test_a_new_atlas_is_served_and_who_holds_the_old_one_can_go_on(tmp_path: Path) -> None:
    folder = make_atlas(tmp_path)
    current = CurrentAtlas(folder, MEGABYTE)
    old = current.snapshot
    rebuild(folder, 41)
    assert current.refresh()
    assert first_figure(current) == 41
    assert old.atlas.published("koopwoningen", "wijk", 2022).numbers[0] == 40
    assert not current.refresh()


def test_a_broken_manifest_keeps_the_old_atlas_and_is_logged_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = make_atlas(tmp_path)
    current = CurrentAtlas(folder, MEGABYTE)
    good = (folder / MANIFEST).read_bytes()
    (folder / MANIFEST).write_text("{")
    with caplog.at_level(logging.ERROR, "zichtkaart"):
        assert not current.refresh()
        assert not current.refresh()
    assert len(caplog.records) == 1
    assert "the old one is still served" in caplog.text
    assert first_figure(current) == 40
    (folder / MANIFEST).write_bytes(good)
    assert current.refresh()


def test_a_missing_artefact_keeps_the_old_atlas(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = make_atlas(tmp_path)
    current = CurrentAtlas(folder, MEGABYTE)
    rebuild(folder, 41)
    values = next(folder.glob(f"{current.snapshot.facts.indicators[0].values.path.rpartition('-')[0]}-*"))
    for path in folder.glob("values/koopwoningen-*"):
        path.unlink()
    with caplog.at_level(logging.ERROR, "zichtkaart"):
        assert not current.refresh()
    assert values.name.startswith("koopwoningen-")
    assert "is missing from the atlas" in caplog.text


def test_a_removed_manifest_keeps_the_old_atlas(tmp_path: Path) -> None:
    folder = make_atlas(tmp_path)
    current = CurrentAtlas(folder, MEGABYTE)
    (folder / MANIFEST).unlink()
    assert not current.refresh()
    assert first_figure(current) == 40


def test_the_watch_survives_a_bug_and_goes_on_looking(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_atlas(tmp_path)
    current = CurrentAtlas(folder, MEGABYTE)
    looks = []

    def refresh() -> bool:
        looks.append(1)
        raise ZeroDivisionError("a bug")

    async def run() -> None:
        watch = asyncio.create_task(current.watch(0.001))
        while len(looks) < 3:
            await asyncio.sleep(0.001)
        watch.cancel()

    monkeypatch.setattr(current, "refresh", refresh)
    with caplog.at_level(logging.ERROR, "zichtkaart"):
        asyncio.run(run())
    assert "a bug" in caplog.text


def test_a_folder_without_an_atlas_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(NoAtlas):
        CurrentAtlas(tmp_path, MEGABYTE)


def test_a_tileset_is_opened_once_however_many_ask_for_it(atlas_folder: Path) -> None:
    snapshot = CurrentAtlas(atlas_folder, MEGABYTE).snapshot

    async def run() -> None:
        facts = snapshot.tileset_facts("vastgoed-2022")
        every = await asyncio.gather(*(snapshot.opened(facts) for _ in range(8)))
        assert len(set(map(id, every))) == 1
        with pytest.raises(NotThere, match="gebieden-2022"):
            snapshot.tileset_facts("vastgoed-1900")

    asyncio.run(run())


def test_of_many_choices_of_indicators_those_used_last_stay_open(
    atlas_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.snapshot.OPEN_TILESETS", 2)
    snapshot = CurrentAtlas(atlas_folder, MEGABYTE).snapshot

    async def run() -> None:
        first = await snapshot.opened(snapshot.tileset_facts("vastgoed-2021"))
        second = await snapshot.opened(snapshot.tileset_facts("vastgoed-2022"))
        assert await snapshot.opened(snapshot.tileset_facts("vastgoed-2021")) is first
        await snapshot.opened(snapshot.tileset_facts("gebieden-2022"))
        assert await snapshot.opened(snapshot.tileset_facts("vastgoed-2021")) is first
        assert await snapshot.opened(snapshot.tileset_facts("vastgoed-2022")) is not second

    asyncio.run(run())


def test_an_atlas_replaced_while_it_is_read_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_atlas(tmp_path)
    current = CurrentAtlas(folder, MEGABYTE)
    rebuild(folder, 41)
    opened = Snapshot.open
    times = []

    def slow(*arguments: Path | int) -> Snapshot:
        times.append(1)
        snapshot = opened(*arguments)  # type: ignore[arg-type]
        if len(times) == 1:
            rebuild(folder, 42)
        return snapshot

    monkeypatch.setattr(Snapshot, "open", staticmethod(slow))
    assert current.refresh()
    assert first_figure(current) == 42
    assert current.snapshot.manifest.body(Encoding.IDENTITY) == (folder / MANIFEST).read_bytes()


def test_an_atlas_that_was_replaced_leaves_memory_with_its_tables(tmp_path: Path) -> None:
    current = CurrentAtlas(make_atlas(tmp_path), 10**6)
    table = current.snapshot.tables.table("vastgoed-2022-wijk")
    assert table.codes
    old = weakref.ref(current.snapshot.atlas)
    del table
    current.snapshot = Snapshot.open(current.folder, 10**6)
    gc.collect()
    assert old() is None
