"""Tiles and what describes them: ``/tiles/{tileset}`` and ``/tiles/{tileset}/{z}/{x}/{y}``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from layers.tileset import Tileset
from server.address import base_url
from server.documents import TileJson, VectorLayer
from server.errors import NotThere, shown
from server.responses import CachePolicy, Content, respond, versioned_policy
from server.snapshot import Snapshot
from tiles.grid import TileCoord

MVT: Final = "application/vnd.mapbox-vector-tile"


async def tile(request: Request) -> Response:
    """One tile with the figures of its tileset."""
    snapshot = Snapshot.of(request)
    tileset_id = request.path_params["tileset"]
    tileset = await snapshot.tileset(tileset_id)
    coord = asked_coord(request.path_params, tileset_id, tileset)
    content = await snapshot.cache.get((tileset_id, coord), partial(tile_content, tileset, coord))
    return respond(request, content, versioned_policy(request, tileset.version))


def tile_content(tileset: Tileset, coord: TileCoord) -> Content:
    """The tile as it is sent, empty where nothing is."""
    return Content.packed(tileset.tile(coord), MVT)


def asked_coord(path: Mapping[str, str], tileset_id: str, tileset: Tileset) -> TileCoord:
    """The tile an address names. Raises NotThere or TileOutOfRange where the tileset has no such tile.

    The last number may end in ``.pbf``: GDAL asks for tiles so.
    """
    words = [path["z"], path["x"], path["y"].removesuffix(".pbf")]
    if not all(word.isascii() and word.isdigit() and len(word) <= 10 for word in words):
        raise NotThere(f"z, x and y of a tile are whole numbers, not {shown('/'.join(words))}")
    z, x, y = map(int, words)
    if not tileset.minzoom <= z <= tileset.maxzoom:
        raise NotThere(f"tileset {tileset_id} has zooms {tileset.minzoom} to {tileset.maxzoom}, not {z}")
    return TileCoord(z, x, y)


async def tilejson(request: Request) -> Response:
    """TileJSON 3.0 of a tileset."""
    snapshot = Snapshot.of(request)
    base = base_url(request, request.app.state.settings)
    tileset = await snapshot.tileset(request.path_params["tileset"])
    document = describe(snapshot, tileset, base)
    return respond(request, Content.of(document.as_json(), "application/json"), CachePolicy.ASK)


def describe(snapshot: Snapshot, tileset: Tileset, base: str) -> TileJson:
    """What a client must know to use a tileset, with absolute addresses."""
    facts = tileset.facts
    edition = snapshot.edition_by_year[facts.edition]
    minzoom_by_level = {level.id: level.minzoom for level in edition.levels}
    west, south, east, north = tileset.bounds
    theme = next((theme.title.nl for theme in snapshot.facts.themes if theme.id == facts.theme), "Gebieden")
    notice = snapshot.facts.notice
    return TileJson(
        name=f"{snapshot.facts.title.nl}: {theme} {facts.year or facts.edition}",
        description=notice.nl if notice else None,
        attribution=snapshot.facts.attribution,
        tiles=[f"{base}/tiles/{quote(facts.id)}/{{z}}/{{x}}/{{y}}?v={tileset.version}"],
        minzoom=tileset.minzoom,
        maxzoom=tileset.maxzoom,
        bounds=[west, south, east, north],
        center=center_of(tileset),
        vector_layers=[
            VectorLayer(
                id=layer,
                fields=dict(fields),
                minzoom=max(tileset.minzoom, minzoom_by_level.get(layer, tileset.minzoom)),
                maxzoom=tileset.maxzoom,
            )
            for layer, fields in tileset.fields.items()
        ],
    )


def center_of(tileset: Tileset) -> tuple[float, float, int]:
    """lon, lat of the middle, and a zoom at which two tiles are about as wide as all of it."""
    west, south, east, north = tileset.bounds
    fitting = math.floor(math.log2(2 * 360 / max(east - west, 1e-6)))
    return (
        round((west + east) / 2, 6),
        round((south + north) / 2, 6),
        min(max(fitting, tileset.minzoom), tileset.maxzoom),
    )
