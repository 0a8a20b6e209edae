"""A map of elsewhere behind the figures: fetched by the server, so that no reader's address goes there. Off unless configured.

reader ─> /background/z/x/y ─> in memory? ─> send
                                  └─ no ─> the site of the setting, with limits on time, size and kind ─> kept for a day
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Mapping
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Final

from starlette.requests import Request
from starlette.responses import Response

from server.cache import ContentCache
from server.errors import NoBackground, NotThere, shown
from server.responses import CachePolicy, Content, respond
from server.settings import NAMED_BACKGROUNDS
from tiles.grid import TileCoord

if TYPE_CHECKING:
    import httpx

logger = logging.getLogger("zichtkaart")

PDOK_ATTRIBUTION: Final = "Achtergrond: Kadaster, PDOK (CC BY 4.0)"
MAXZOOM: Final = 19
KEPT_BYTES: Final = 32_000_000
MOST_BYTES: Final = 1_000_000
"""Of one tile."""

MOST_SECONDS: Final = 8.0
AT_A_TIME: Final = 6
PAUSE_S: Final = 5.0
"""So long a site that does not answer is left in peace."""

DAY_S: Final = 86_400
KINDS: Final[Mapping[str, bytes]] = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
"""Media types, and how their files begin."""


class Background:
    """Tiles of one site. Lives on the event loop; fetching happens in worker threads."""

    def __init__(self, template: str) -> None:
        self.template = NAMED_BACKGROUNDS.get(template, template)
        self._cache = ContentCache(KEPT_BYTES)
        self._turns = asyncio.Semaphore(AT_A_TIME)
        self._opening = Lock()
        self._client: httpx.Client | None = None
        self._silent_until = 0.0

    async def tile(self, coord: TileCoord) -> Content:
        """A picture; empty where that map has none. Raises NotThere and NoBackground."""
        if coord.z > MAXZOOM:
            raise NotThere(f"there is a background to zoom {MAXZOOM}, not {coord.z}")
        key = (coord, int(time.time() // DAY_S))
        kept = self._cache.kept(key)
        if kept is not None:
            return kept.content
        async with self._turns:
            return await self._cache.get(key, partial(self._fetched, coord))

    def _fetched(self, coord: TileCoord) -> Content:
        import httpx

        if time.monotonic() < self._silent_until:
            raise NoBackground("did not answer a moment ago")
        until = time.monotonic() + MOST_SECONDS
        try:
            with self._open().stream("GET", self.template.format(z=coord.z, x=coord.x, y=coord.y)) as answer:
                if answer.status_code in (httpx.codes.NO_CONTENT, httpx.codes.NOT_FOUND):
                    return Content.picture(b"", "image/png")
                if answer.status_code != httpx.codes.OK:
                    raise NoBackground(f"answered with status {answer.status_code}")
                return _picture(answer, until)
        except httpx.HTTPError as error:
            self._silent_until = time.monotonic() + PAUSE_S
            logger.warning("the background map is not to be had: %s", type(error).__name__)
            raise NoBackground("did not answer in time") from error

    def _open(self) -> httpx.Client:
        import httpx

        with self._opening:
            if self._client is None:
                # Redirects are not followed: the setting says whom to ask, and nobody else does.
                headers = {"User-Agent": "zichtkaart", "Accept": ", ".join(KINDS)}
                self._client = httpx.Client(timeout=MOST_SECONDS / 2, headers=headers, follow_redirects=False)
            return self._client


def _picture(answer: httpx.Response, until: float) -> Content:
    """What comes, if it is a picture, small enough and in time. Raises NoBackground."""
    media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in KINDS:
        raise NoBackground("sent something that is no PNG or JPEG")
    body = bytearray()
    for part in answer.iter_bytes():
        body += part
        if len(body) > MOST_BYTES:
            raise NoBackground(f"sent more than {MOST_BYTES:,} bytes")
        if time.monotonic() > until:
            raise NoBackground("did not answer in time")
    if not body.startswith(KINDS[media_type]):
        raise NoBackground("sent something that is no PNG or JPEG")
    return Content.picture(bytes(body), media_type)


async def background(request: Request) -> Response:
    """A tile of the background map, in Web Mercator."""
    source: Background | None = request.app.state.background
    if source is None:
        raise NotThere("there is no background map here; ZICHTKAART_BACKGROUND sets one")
    words = [request.path_params[name] for name in ("z", "x", "y")]
    if not all(re.fullmatch("[0-9]{1,8}", word) for word in words):
        raise NotThere(f"a tile of the background is z/x/y, not {shown('/'.join(words))}")
    z, x, y = map(int, words)
    return respond(request, await source.tile(TileCoord(z, x, y)), CachePolicy.SHORT)
