"""The addresses of the interface, and the documents that are not about one collection."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.errors import NotThere
from server.ogc import documents
from server.ogc.answers import answer, asked, document
from server.ogc.features import collection, collections, item, items, queryables
from server.ogc.metadata import metadata
from server.ogc.openapi import openapi
from server.ogc.pages import conformance_page, interface_page, landing_page, styles_page
from server.ogc.tiles import one_tile_matrix_set, tile, tile_matrix_sets, tileset, tilesets
from server.problems import OGC_ROOT
from server.responses import CachePolicy, Content
from server.styles_route import PROFILES

DOCUMENTS: Final = {"json": "application/json", "html": "text/html; charset=utf-8"}
STYLE_FORMS: Final = {"mapbox": "web-mvt", "qgis": "qgis"}
"""What ``f`` says, and the profile of the style."""

STYLE: Final = "application/vnd.mapbox.style+json"


async def landing(request: Request) -> Response:
    """What this interface is and where its parts are."""
    what = asked(request, DOCUMENTS)
    found = documents.landing(what.facts, what.root, what.lang)
    return answer(request, landing_page(found, what) if what.form == "html" else document(found))


async def conformance(request: Request) -> Response:
    """The conformance classes."""
    what = asked(request, DOCUMENTS)
    found = documents.conformance()
    return answer(request, conformance_page(found, what) if what.form == "html" else document(found))


async def description(request: Request) -> Response:
    """The OpenAPI document."""
    media_type = "application/vnd.oai.openapi+json;version=3.0"
    what = asked(request, {"json": media_type, "html": DOCUMENTS["html"]})
    found = openapi(what.facts, request.app.state.settings, what.site, what.lang)
    return answer(request, interface_page(found, what) if what.form == "html" else document(found, media_type))


async def about(request: Request) -> Response:
    """Metadata as linked data."""
    what = asked(request, {"json": "application/ld+json"})
    return answer(request, document(metadata(what.facts, request.app.state.settings, what.root), "application/ld+json"))


async def styles(request: Request) -> Response:
    """The styles there are."""
    what = asked(request, DOCUMENTS)
    found = documents.styles(what.facts.indicators, what.site, what.lang)
    return answer(request, styles_page(found, what) if what.form == "html" else document(found))


async def style(request: Request) -> Response:
    """A style, for clients of MapLibre and its kin or for QGIS."""
    what = asked(request, dict.fromkeys(STYLE_FORMS, STYLE))
    indicator = what.snapshot.indicator(request.path_params["style"])
    year = max(series.year for series in indicator.series)
    found = PROFILES[STYLE_FORMS[what.form]](what.facts, indicator.id, year, None, what.lang, what.site)
    return answer(request, document(found, STYLE))


async def style_metadata(request: Request) -> Response:
    """What a style shows."""
    what = asked(request, {"json": DOCUMENTS["json"]})
    indicator = what.snapshot.indicator(request.path_params["style"])
    [found] = documents.styles((indicator,), what.site, what.lang)["styles"]
    told = indicator.explanation
    return answer(request, document({**found, **({"description": told.in_(what.lang)} if told else {})}))


async def style_sheet(request: Request) -> Response:
    """The look of the pages."""
    return answer(request, look(), policy=CachePolicy.SHORT)


@cache
def look() -> Content:
    """The style sheet, as it came with the package."""
    return Content.of(files("server.ogc").joinpath("pages.css").read_bytes(), "text/css; charset=utf-8")


async def nothing(request: Request) -> Response:
    """Any other address below the interface."""
    raise NotThere(f"the interface has nothing at {request.url.path}; {OGC_ROOT}/ says what there is")


_TILES: Final = "/tiles/{grid}/{z}/{row}/{col}"
OGC_ROUTES: Final = tuple(
    Route(OGC_ROOT + path, endpoint)
    for path, endpoint in (
        ("/", landing),
        ("", landing),
        ("/conformance", conformance),
        ("/openapi.json", description),
        ("/pages.css", style_sheet),
        ("/metadata", about),
        ("/collections", collections),
        ("/collections/{collection}", collection),
        ("/collections/{collection}/queryables", queryables),
        ("/collections/{collection}/schema", queryables),
        ("/collections/{collection}/items", items),
        ("/collections/{collection}/items/{item}", item),
        ("/collections/{collection}/tiles", tilesets),
        ("/collections/{collection}/tiles/{grid}", tileset),
        ("/collections/{collection}" + _TILES, tile),
        ("/tileMatrixSets", tile_matrix_sets),
        ("/tileMatrixSets/{grid}", one_tile_matrix_set),
        ("/tiles", tilesets),
        ("/tiles/{grid}", tileset),
        (_TILES, tile),
        ("/styles", styles),
        ("/styles/{style}", style),
        ("/styles/{style}/metadata", style_metadata),
        ("/{path:path}", nothing),
    )
)
"""In the order they are tried."""
