"""OGC API Tiles: the tilesets of the atlas under the numbers the standard uses, row before column.

A collection is a level of a tileset; its tiles are those of the whole tileset, in which each level is a layer of its own.
The dataset as a whole has the newest borders, without figures.
"""

from __future__ import annotations

import math
from functools import lru_cache, partial
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from layers.tileset import Tileset
from server.errors import NotThere, shown
from server.ogc.answers import Asked, answer, asked, document
from server.ogc.crs import CRS84
from server.ogc.documents import HTML, JSON, link
from server.ogc.pages import tilesets_page
from server.responses import CachePolicy, Content
from server.tiles_route import describe, tile_content
from tiles.encoding import Encoding
from tiles.grid import RD_ZOOMS_AHEAD, Grid, GridName, TileCoord, tile_matrix_set

DOCUMENTS: Final = {"json": "application/json", "html": "text/html; charset=utf-8"}
TILESET_FORMS: Final = {"json": "application/json", "tilejson": "application/vnd.mapbox.tile+json"}
SCHEME: Final = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
MVT: Final = Encoding.MVT.media_type
URI: Final = "http://www.opengis.net/def/tilematrixset/OGC/1.0/"


async def tile_matrix_sets(request: Request) -> Response:
    """The grids that there are tiles of."""
    what = asked(request, {"json": DOCUMENTS["json"]})
    address = f"{what.root}/tileMatrixSets"
    found = [
        {
            "id": name.value,
            "title": name.value,
            "uri": URI + name.value,
            "links": [link("self", f"{address}/{name.value}", JSON, name.value)],
        }
        for name in GridName
    ]
    return answer(request, document({"tileMatrixSets": found}))


async def one_tile_matrix_set(request: Request) -> Response:
    """A grid, with the numbers of all its zooms."""
    asked(request, {"json": DOCUMENTS["json"]})
    return answer(request, Content.of(matrices(_grid(request)), JSON))


@lru_cache(maxsize=4)
def matrices(name: GridName) -> bytes:
    """The definition of a grid as the standard writes it."""
    return bytes(tile_matrix_set(name).model_dump_json(exclude_none=True).encode())


async def tilesets(request: Request) -> Response:
    """The tilesets of a collection, or of the dataset: one for each grid."""
    what = asked(request, DOCUMENTS)
    tileset, address, title = await _asked_tileset(request, what)
    found = {
        "links": [
            link("self", address, JSON, "This document"),
            link("alternate", f"{address}?f=html", HTML, "This document as a page"),
        ],
        "tilesets": [_short(name, address, title) for name in tileset.grids],
    }
    return answer(request, tilesets_page(found, title, what) if what.form == "html" else document(found))


async def tileset(request: Request) -> Response:
    """The metadata of a tileset in one grid, or its TileJSON."""
    what = asked(request, TILESET_FORMS)
    name = _grid(request)
    found, address, title = await _asked_tileset(request, what)
    if name not in found.grids:
        raise NotThere.named("tileset in the grid", name, [grid.value for grid in found.grids])
    if what.form == "tilejson":
        described = describe(what.snapshot, found.facts, found, what.site).model_dump(mode="json", exclude_none=True)
        described["tiles"] = [f"{address}/{name.value}/{{z}}/{{y}}/{{x}}"]
        if name is GridName.RD_NEW:
            described |= _dutch(found)
        return answer(request, document(described, TILESET_FORMS["tilejson"]))
    return answer(request, document(_long(found, name, address, title, what)))


def _dutch(found: Tileset) -> dict[str, Any]:
    """What TileJSON says of tiles in RD, after the profile for other projections that the guideline names."""
    archive = found.archive(GridName.RD_NEW)
    return {
        "profile": "custom",
        "crs": "EPSG:28992",
        "minzoom": archive.minzoom,
        "maxzoom": archive.maxzoom,
        "tile_matrix": [
            {"zoom": z, "cellSize": matrix.cellSize, "pointOfOrigin": list(matrix.pointOfOrigin)}
            for z, matrix in enumerate(tile_matrix_set(GridName.RD_NEW).tileMatrices)
            if archive.minzoom <= z <= archive.maxzoom
        ],
    }


def _short(name: GridName, address: str, title: str) -> dict[str, Any]:
    grid = Grid.named(name)
    return {
        "title": f"{title}, {name.value}",
        "dataType": "vector",
        "crs": f"http://www.opengis.net/def/crs/EPSG/0/{grid.epsg}",
        "tileMatrixSetURI": URI + name.value,
        "links": [link("self", f"{address}/{name.value}", JSON, "About these tiles")],
    }


def _long(found: Tileset, name: GridName, address: str, title: str, what: Asked) -> dict[str, Any]:
    own = f"{address}/{name.value}"
    edition = what.snapshot.edition_by_year[found.facts.edition]
    described = describe(what.snapshot, found.facts, found, what.site)
    tiles = link("item", f"{own}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}", MVT, "Tiles") | {"templated": True}
    west, south, east, north = found.bounds
    zooms = found.archive(name).minzoom, found.archive(name).maxzoom
    return {
        **_short(name, address, title),
        "tileMatrixSetId": name.value,
        "attribution": what.facts.attribution,
        "boundingBox": {"lowerLeft": [west, south], "upperRight": [east, north], "crs": CRS84.uri},
        "tileMatrixSetLimits": limits(Grid.named(name), found.bounds, *zooms),
        "layers": [
            {
                "id": layer.id,
                "dataType": "vector",
                "geometryDimension": {"grenzen": 1, "labels": 0}.get(layer.id, 2),
                "minTileMatrix": str(max(zooms[0], layer.minzoom - RD_ZOOMS_AHEAD * (name is GridName.RD_NEW))),
                "maxTileMatrix": str(zooms[1]),
                "propertiesSchema": {
                    "type": "object",
                    "properties": {field: {"title": told} for field, told in layer.fields.items()},
                },
            }
            for layer in described.vector_layers
        ],
        "links": [
            link("self", own, JSON, "This document"),
            link("alternate", f"{own}?f=tilejson", TILESET_FORMS["tilejson"], "TileJSON"),
            link(SCHEME, f"{what.root}/tileMatrixSets/{name.value}", JSON, name.value),
            link("http://www.opengis.net/def/rel/ogc/1.0/styles", f"{what.root}/styles", JSON, "Styles"),
            tiles,
        ],
        "description": f"{title}, {edition.year}",
    }


def limits(grid: Grid, bounds: tuple[float, float, float, float], minzoom: int, maxzoom: int) -> list[dict[str, Any]]:
    """The rows and columns that meet the bounds (degrees), zoom by zoom."""
    import pyproj

    step = pyproj.Transformer.from_crs("OGC:CRS84", grid.crs, always_xy=True)
    west, south, east, north = step.transform_bounds(*bounds, densify_pts=21)
    found = []
    for z in range(minzoom, maxzoom + 1):
        side, last = grid.size_m / (1 << z), (1 << z) - 1

        def number(distance: float, side: float = side, last: int = last) -> int:
            return min(max(math.floor(distance / side), 0), last)

        found.append(
            {
                "tileMatrix": str(z),
                "minTileRow": number(grid.north - north),
                "maxTileRow": number(grid.north - south),
                "minTileCol": number(west - grid.west),
                "maxTileCol": number(east - grid.west),
            }
        )
    return found


async def tile(request: Request) -> Response:
    """A tile: the same bytes as at ``/tiles``. One inside the grid that has nothing is 204, one outside it 404."""
    what = asked(request, {"mvt": MVT})
    name = _grid(request)
    found, _, _ = await _asked_tileset(request, what)
    coord = _coord(request, name, found)
    if coord is None:
        return answer(request, Content.packed(None, MVT), policy=CachePolicy.SHORT)
    key = ("ogc", "tile", found.facts.id, name, coord)
    make = partial(tile_content, found, coord, Encoding.MVT, name)
    content = await what.snapshot.cache.get(key, make, request.headers.get("accept-encoding"))
    return answer(request, content, policy=CachePolicy.SHORT)


def _coord(request: Request, name: GridName, found: Tileset) -> TileCoord | None:
    """The tile an address names; None where the tileset has no such zoom. Raises NotThere and TileOutOfRange."""
    words = [request.path_params[key] for key in ("z", "row", "col")]
    if not all(word.isascii() and word.isdigit() and len(word) <= 10 for word in words):
        raise NotThere(f"tileMatrix, tileRow and tileCol are whole numbers, not {shown('/'.join(words))}")
    if name not in found.grids:
        raise NotThere.named("tileset in the grid", name, [grid.value for grid in found.grids])
    z, row, col = map(int, words)
    coord = TileCoord(z, col, row)
    archive = found.archive(name)
    return coord if archive.minzoom <= z <= archive.maxzoom else None


def _grid(request: Request) -> GridName:
    word = request.path_params["grid"]
    if word not in list(GridName):
        raise NotThere.named("tile matrix set", word, [name.value for name in GridName])
    return GridName(word)


async def _asked_tileset(request: Request, what: Asked) -> tuple[Tileset, str, str]:
    """The tileset an address is about, the address of its list, and its title."""
    collection_id = request.path_params.get("collection")
    if collection_id is None:
        newest = max(what.facts.editions, key=lambda edition: edition.year).year
        [found] = [one for one in what.facts.tilesets if one.year is None and one.edition == newest]
        return await what.snapshot.opened(found), f"{what.root}/tiles", what.facts.title.in_(what.lang)
    table = await run_in_threadpool(what.snapshot.tables.table, collection_id)
    address = f"{what.root}/collections/{collection_id}/tiles"
    return await what.snapshot.opened(table.collection.tileset), address, table.collection.title(what.lang)
