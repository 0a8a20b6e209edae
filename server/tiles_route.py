"""Tiles and what describes them: ``/tiles/{tileset}`` and ``/tiles/{tileset}/{z}/{x}/{y}``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from layers.atlas import TilesetFacts
from layers.tileset import Tileset
from server.address import base_url
from server.choice import as_query, chosen
from server.documents import TileJson, VectorLayer
from server.errors import NotThere, shown
from server.negotiation import best_media_type
from server.parameters import Parameters
from server.responses import CachePolicy, Content, respond, versioned_policy
from server.snapshot import Snapshot, tileset_key
from tiles.encoding import Encoding
from tiles.grid import GridName, TileCoord

ENCODINGS: Final = {"mvt": Encoding.MVT, "mlt": Encoding.MLT, ".pbf": Encoding.MVT}
"""By what ``f`` may be; GDAL takes an address for that of a tile where it ends in ``.pbf``."""

VARY: Final = "Accept-Encoding"
VARY_ON_ACCEPT: Final = "Accept, Accept-Encoding"


async def tile(request: Request) -> Response:
    """One tile with the figures of its tileset or of a choice, as MVT or as MLT."""
    snapshot = Snapshot.of(request)
    by_itself = snapshot.tileset_facts(request.path_params["tileset"])
    facts = chosen(snapshot.facts, by_itself, request.query_params)
    tileset = await snapshot.opened(facts)
    coord = asked_coord(request.path_params, by_itself.id, tileset)
    asked = asked_encoding(request, tileset)
    encoding = asked or accepted_encoding(request, tileset)
    key = (tileset_key(facts), coord, encoding)
    make = partial(tile_content, tileset, coord, encoding)
    content = await snapshot.cache.get(key, make, request.headers.get("accept-encoding"))
    policy = versioned_policy(request, tileset.versions[encoding])
    is_settled = asked is not None or len(tileset.versions) == 1
    return respond(request, content, policy, vary=VARY if is_settled else VARY_ON_ACCEPT, key=key)


def asked_encoding(request: Request, tileset: Tileset) -> Encoding | None:
    """What ``f`` asks for, MVT where the tileset has no other; None without ``f``. Raises BadRequest."""
    parameters = Parameters(request.query_params)
    word = parameters.optional("f", list(ENCODINGS))
    parameters.check()
    if word is None:
        return None
    return ENCODINGS[word] if ENCODINGS[word] in tileset.versions else Encoding.MVT


def accepted_encoding(request: Request, tileset: Tileset) -> Encoding:
    """The encoding a client likes best; MVT where it does not say."""
    by_media_type = {encoding.media_type: encoding for encoding in tileset.versions}
    return by_media_type[best_media_type(request.headers.get("accept"), list(by_media_type))]


def tile_content(
    tileset: Tileset, coord: TileCoord, encoding: Encoding, grid: GridName = GridName.WEB_MERCATOR
) -> Content:
    """The tile as it is sent, empty where nothing is."""
    return Content.packed(tileset.tile(coord, encoding, grid), encoding.media_type)


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
    """TileJSON 3.0 of a tileset, by itself or with a choice of figures."""
    snapshot = Snapshot.of(request)
    base = base_url(request, request.app.state.settings)
    facts = chosen(snapshot.facts, snapshot.tileset_facts(request.path_params["tileset"]), request.query_params)
    tileset = await snapshot.opened(facts)
    encoding = asked_encoding(request, tileset)
    key = ("tilejson", facts.id, facts.indicators, facts.year, encoding, base)

    def made() -> Content:
        return Content.of(describe(snapshot, facts, tileset, base, encoding).as_json(), "application/json")

    return respond(request, await snapshot.cache.get(key, made), CachePolicy.ASK, key=key, by_base=True)


def describe(
    snapshot: Snapshot, facts: TilesetFacts, tileset: Tileset, base: str, encoding: Encoding | None = None
) -> TileJson:
    """What a client must know to use a tileset, with absolute addresses; without an encoding these give MVT."""
    edition = snapshot.edition_by_year[facts.edition]
    minzoom_by_level = {level.id: level.minzoom for level in edition.levels}
    west, south, east, north = tileset.bounds
    theme = next((theme.title.nl for theme in snapshot.facts.themes if theme.id == facts.theme), "Gebieden")
    notice = snapshot.facts.notice
    form = f"f={encoding}&" if encoding else ""
    version = tileset.versions[encoding or Encoding.MVT]
    query = f"?{form}{as_query(facts, snapshot.tileset_by_id[facts.id])}v={version}"
    return TileJson(
        name=f"{snapshot.facts.title.nl}: {theme} {facts.year or facts.edition}",
        description=notice.nl if notice else None,
        attribution=snapshot.facts.attribution,
        tiles=[f"{base}/tiles/{quote(facts.id)}/{{z}}/{{x}}/{{y}}{query}"],
        encoding=encoding.value if encoding else None,
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
