"""A new atlas every second while many ask: no answer fails, and each is of the version that it says it is of.

``ZICHTKAART_CHANGES_SECONDS=60 pytest -s tests/server/test_atlas_changes.py`` goes on for a minute, and prints what was asked.
"""

from __future__ import annotations

import os
import shutil
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import mapbox_vector_tile
import pytest

from layers.store import Atlas, AtlasWriter, artefacts_of
from tests.server.make_atlas import make_atlas
from tests.server.process import PATIENCE_S, serving

SECONDS = float(os.environ.get("ZICHTKAART_CHANGES_SECONDS", "20"))
FIGURES = (10, 20, 30, 40, 50)
"""Each version of the atlas has one of these everywhere, so that two in one answer would be a mixed one."""

TILESET = "tiles/vastgoed-2022"
TILE = f"{TILESET}/8/131/84"
VALUES = "values/koopwoningen"


@dataclass
class Witness:
    """What was answered."""

    figure_of_tag: dict[str, float] = field(default_factory=dict)
    figure_of_version: dict[str, float] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    asked: int = 0
    _lock: Lock = field(default_factory=Lock)

    def hear(self, answer: httpx.Response, figures: set[float]) -> None:
        """One figure, always the same for a tag, and for a version that may be kept for ever."""
        with self._lock:
            self.asked += 1
            if len(figures) != 1:
                self.wrong.append(f"{answer.url} has {figures}")
                return
            [figure] = figures
            self._agree(self.figure_of_tag, f"{answer.url.path} {answer.headers['etag']}", figure)
            if "immutable" in answer.headers["cache-control"]:
                version = parse_qs(urlsplit(str(answer.url)).query)["v"][0]
                self._agree(self.figure_of_version, f"{answer.url.path} {version}", figure)

    def refuse(self, answer: httpx.Response) -> None:
        """An answer that is none."""
        with self._lock:
            self.wrong.append(f"{answer.status_code} {answer.url} {answer.text[:300]}")

    def _agree(self, known: dict[str, float], name: str, figure: float) -> None:
        if known.setdefault(name, figure) != figure:
            self.wrong.append(f"{name} is {known[name]} and {figure}")


def in_tile(answer: httpx.Response) -> set[float]:
    tile = mapbox_vector_tile.decode(answer.content)
    return {feature["properties"]["koopwoningen"] for feature in tile["wijk"]["features"]}


def in_values(answer: httpx.Response) -> set[float]:
    columns: dict[str, Any] = answer.json()["columns"]
    return {value for value, level in zip(columns["value"], columns["level"], strict=True) if level == "wijk"}


def keep_asking(address: str, witness: Witness, stop: Event) -> None:
    """As a viewer does: the version from TileJSON, tiles of that version, and of any; figures; and again by tag."""
    with httpx.Client(base_url=address, timeout=PATIENCE_S, headers={"Accept-Encoding": "gzip"}) as client:
        while not stop.is_set():
            described = client.get(TILESET)
            if described.status_code != 200:
                witness.refuse(described)
                continue
            version = parse_qs(urlsplit(described.json()["tiles"][0]).query)["v"][0]
            tag = ""
            for path, figures in (
                (f"{TILE}?v={version}", in_tile),
                (TILE, in_tile),
                (f"{TILE}?indicators=koopwoningen,gemiddelde-woz-waarde", in_tile),
                (VALUES, in_values),
                (TILE, in_tile),
            ):
                answer = client.get(path, headers={"If-None-Match": tag} if tag and path == TILE else {})
                if answer.status_code == 304:
                    if answer.headers["etag"] != tag:
                        witness.refuse(answer)
                elif answer.status_code == 200:
                    witness.hear(answer, figures(answer))
                    tag = answer.headers["etag"] if path == TILE else tag
                else:
                    witness.refuse(answer)


def publish(folder: Path, live: Path) -> None:
    """What a build does at its end: files first, the manifest last, and files of two versions before are gone."""
    facts = Atlas.open(folder).facts
    with AtlasWriter(live) as writer:
        for artefact in artefacts_of(facts):
            path = live / artefact.path
            path.parent.mkdir(exist_ok=True)
            if not path.exists():  # a file under the name of its content is never written again
                shutil.copyfile(folder / artefact.path, path)
        writer.publish(facts)


@pytest.mark.timeout(900)
def test_an_atlas_that_changes_every_second_never_fails_nor_mixes(tmp_path: Path) -> None:
    folders = []
    for figure in FIGURES:
        rows = "".join(f"WK990{g}0{w},{figure}\n" for g in (1, 2) for w in (1, 2))
        folders.append(make_atlas(tmp_path / str(figure), wijken=f"code,koop\n{rows}"))
    live = tmp_path / "live"
    publish(folders[0], live)
    witness, stop, changes = Witness(), Event(), 0
    with serving(live, tmp_path, "--workers", "3", ZICHTKAART_RELOAD_SECONDS="0.5") as running:
        asking = [Thread(target=keep_asking, args=(running.url, witness, stop)) for _ in range(6)]
        for thread in asking:
            thread.start()
        until = time.monotonic() + SECONDS
        try:
            while time.monotonic() < until:
                begun = time.monotonic()
                changes += 1
                publish(folders[changes % len(FIGURES)], live)
                time.sleep(max(0.0, 1 - (time.monotonic() - begun)))
        finally:
            stop.set()
            for thread in asking:
                thread.join()
        assert running.stop() == 0
        log = running.log.read_text()
    sys.stdout.write(f"{changes} atlases, {witness.asked} answers with figures\n")
    assert witness.wrong == []
    assert len(set(witness.figure_of_version.values())) > 2
    assert witness.asked > 10 * changes
    assert "ERROR" not in log
