"""The atlas as it is being served: one generation at a time, replaced as a whole.

A request takes the snapshot once and keeps it to its end, so it never mixes two generations. A new atlas becomes
visible by replacing one reference; the old one goes when its last request has.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from layers.atlas import MANIFEST, AtlasFacts, EditionFacts, GridFacts, IndicatorFacts, TilesetFacts
from layers.errors import LayersError
from layers.store import Atlas
from layers.tileset import Borders, Tileset
from server.answers import Answers
from server.cache import ContentCache
from server.errors import NotThere
from server.metrics import Tally
from server.ogc.table import Tables
from server.responses import ASKED, Content
from tiles.errors import TileError

logger = logging.getLogger("zichtkaart")

MEGABYTE: Final = 1_000_000

Stamp = tuple[int, int, int]
"""What changes when the manifest is replaced: inode, time and size."""


OPEN_TILESETS: Final = 8
"""Kept open: those of the whole country with ten indicators take six megabytes each, and a tenth of a second to open again."""

TilesetKey = tuple[int, int | None, tuple[str, ...]]


def tileset_key(facts: TilesetFacts) -> TilesetKey:
    """What decides the tiles of a tileset: edition, year and indicators, whatever it is called."""
    return facts.edition, facts.year if facts.indicators else None, facts.indicators


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One generation of the atlas, opened."""

    atlas: Atlas
    manifest: Content
    """``atlas.json``, byte for byte."""

    tileset_by_id: Mapping[str, TilesetFacts]
    indicator_by_id: Mapping[str, IndicatorFacts]
    edition_by_year: Mapping[int, EditionFacts]
    cache: ContentCache
    answers: Answers
    tables: Tables
    """Of features, opened when they are first asked for."""

    version: str
    """A hash of the manifest."""

    opened_at: float
    """When it was opened, in seconds since 1970."""

    _borders: Mapping[int, Borders]
    _opened: OrderedDict[TilesetKey, Tileset]
    """Those asked for last."""

    _opening: Lock

    @staticmethod
    def open(folder: Path, cache_bytes: int, tally: Tally | None = None) -> Snapshot:
        """Open an atlas. Raises a sentence where it is missing or damaged."""
        atlas = Atlas.open(folder)
        facts = atlas.facts
        manifest = (folder / MANIFEST).read_bytes()
        return Snapshot(
            atlas=atlas,
            manifest=Content.of(manifest, "application/json"),
            tileset_by_id={tileset.id: tileset for tileset in facts.tilesets},
            indicator_by_id={indicator.id: indicator for indicator in facts.indicators},
            edition_by_year={edition.year: edition for edition in facts.editions},
            cache=ContentCache(cache_bytes, tally),
            answers=Answers(),
            tables=Tables(atlas),
            version=hashlib.sha256(manifest).hexdigest()[:12],
            opened_at=time.time(),
            # Opened at once, so that tiles that cannot be read are found out now.
            _borders={edition.year: Borders(atlas, edition.year) for edition in facts.editions},
            _opened=OrderedDict(),
            _opening=Lock(),
        )

    @staticmethod
    def of(request: Request) -> Snapshot:
        """The snapshot that answers a request, the same to its end."""
        found: Snapshot = request.scope[ASKED].snapshot
        return found

    @property
    def facts(self) -> AtlasFacts:
        """The manifest."""
        return self.atlas.facts

    def tileset_facts(self, tileset_id: str) -> TilesetFacts:
        """A tileset by id. Raises NotThere, naming the others."""
        if tileset_id not in self.tileset_by_id:
            raise NotThere.named("tileset", tileset_id, self.tileset_by_id)
        return self.tileset_by_id[tileset_id]

    def borders(self, year: int) -> Borders:
        """The tiles and regions of an edition."""
        return self._borders[year]

    async def opened(self, facts: TilesetFacts) -> Tileset:
        """A tileset with some indicators, opened when it is first asked for. Raises NotInAtlas, BadAtlas and BadArchive."""
        key = tileset_key(facts)
        known = self._opened.get(key)
        if known is None:
            return await run_in_threadpool(self._open, facts)
        with suppress(KeyError):  # a thread may just have put it out
            self._opened.move_to_end(key)
        return known

    def _open(self, facts: TilesetFacts) -> Tileset:
        key = tileset_key(facts)
        with self._opening:
            if key not in self._opened:
                self._opened[key] = Tileset(self.atlas, facts, self._borders[facts.edition])
                if len(self._opened) > OPEN_TILESETS:
                    self._opened.popitem(last=False)
            return self._opened[key]

    def indicator(self, indicator_id: str) -> IndicatorFacts:
        """An indicator by id. Raises NotThere, naming the others."""
        if indicator_id not in self.indicator_by_id:
            raise NotThere.named("indicator", indicator_id, self.indicator_by_id)
        return self.indicator_by_id[indicator_id]

    def grid(self, grid_id: str) -> GridFacts:
        """A grid by id. Raises NotThere, naming the others."""
        by_id = {grid.id: grid for grid in self.facts.grids}
        if grid_id not in by_id:
            raise NotThere.named("grid", grid_id, by_id)
        return by_id[grid_id]

    def styled(self, style_id: str) -> IndicatorFacts:
        """The indicator a style shows: the style of a theme shows its first. Raises NotThere, naming the styles."""
        first_of_theme = {indicator.theme: indicator for indicator in reversed(self.facts.indicators)}
        found = self.indicator_by_id.get(style_id) or first_of_theme.get(style_id)
        if found is None:
            raise NotThere.named("style", style_id, [*first_of_theme, *self.indicator_by_id])
        return found


class CurrentAtlas:
    """The snapshot being served, and the watch for its successor."""

    def __init__(self, folder: Path, cache_bytes: int, tally: Tally | None = None) -> None:
        """Open the atlas of a folder. Raises a sentence where it is missing or damaged."""
        self.folder = folder
        self._tally = tally
        self._cache_bytes = cache_bytes
        self._complaint = ""
        self._stamp, self.snapshot = self._open()

    def refresh(self) -> bool:
        """Serve the new atlas if the manifest was replaced; True where it was.

        An atlas that cannot be opened is logged once and tried again at the next look; the old one stays.
        """
        if self._look() == self._stamp:
            return False
        try:
            stamp, snapshot = self._open()
        except (LayersError, TileError, OSError) as error:
            if str(error) != self._complaint:
                logger.error("the new atlas cannot be used, the old one is still served: %s", error)  # noqa: TRY400
            self._complaint = str(error)
            return False
        self._stamp, self._complaint, self.snapshot = stamp, "", snapshot
        logger.info("now serving the new atlas %s", snapshot.facts.id)
        return True

    async def watch(self, every_s: float) -> None:
        """Look for a successor until cancelled."""
        while True:
            await asyncio.sleep(every_s)
            try:
                await run_in_threadpool(self.refresh)
            except Exception:
                # A bug in reading the new atlas must not end the watch, nor the serving of the old one.
                logger.exception("looking for a new atlas failed")

    def _open(self) -> tuple[Stamp, Snapshot]:
        """The atlas as it is now; once more if it was replaced while it was read, so that all of it is of one build."""
        stamp = self._look()
        snapshot = Snapshot.open(self.folder, self._cache_bytes, self._tally)
        return (stamp, snapshot) if stamp == self._look() else self._open()

    def _look(self) -> Stamp:
        try:
            found = (self.folder / MANIFEST).stat()
        except OSError:
            return 0, 0, 0
        return found.st_ino, found.st_mtime_ns, found.st_size
