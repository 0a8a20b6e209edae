"""The addresses of the service, by key and value and by path; what is wrong is told as an ows:ExceptionReport."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, get_args
from xml.sax.saxutils import escape, quoteattr

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from layers.atlas import IndicatorFacts, Lang
from server.address import base_url
from server.errors import NotThere, choices, shown
from server.grids.picture import grid_content
from server.raster_route import DEEPER, picture_content
from server.responses import CachePolicy, Content, respond
from server.snapshot import Snapshot
from server.wmts.capabilities import capabilities
from styles.errors import NoFigures
from tiles.errors import TileOutOfRange
from tiles.grid import GridName, TileCoord

XML: Final = "application/xml"
SUFFIX: Final = ".png"


@dataclass
class ServiceException(Exception):
    """What a client asked wrongly (OGC 06-121r3, 8.3)."""

    code: str
    locator: str
    text: str
    status: HTTPStatus = HTTPStatus.BAD_REQUEST


Endpoint = Callable[[Request], Awaitable[Response]]


def reporting(endpoint: Endpoint) -> Endpoint:
    """The endpoint, with what goes wrong told the way of OWS."""

    async def told(request: Request) -> Response:
        try:
            return await endpoint(request)
        except ServiceException as error:
            return _report(request, error)
        except TileOutOfRange as error:
            return _report(request, ServiceException("TileOutOfRange", "TileRow", str(error)))
        except (NotThere, NoFigures) as error:
            return _report(
                request, ServiceException("InvalidParameterValue", "Layer", str(error), HTTPStatus.NOT_FOUND)
            )

    return told


def _report(request: Request, error: ServiceException) -> Response:
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<ExceptionReport xmlns="http://www.opengis.net/ows/1.1" version="1.1.0">'
        f"<Exception exceptionCode={quoteattr(error.code)} locator={quoteattr(error.locator)}>"
        f"<ExceptionText>{escape(error.text)}</ExceptionText></Exception></ExceptionReport>\n"
    ).encode()
    headers = {"Cache-Control": CachePolicy.NEVER.value, "Content-Type": XML, "Content-Length": str(len(body))}
    return Response(b"" if request.method == "HEAD" else body, error.status, headers)


@reporting
async def by_key_and_value(request: Request) -> Response:
    """``?SERVICE=WMTS&REQUEST=GetCapabilities`` or ``GetTile``; names of parameters in any case."""
    words = {name.lower(): word for name, word in request.query_params.items()}
    _word(words, "service", ["WMTS"])
    asked = _word(words, "request", ["GetCapabilities", "GetTile"])
    if asked == "GetCapabilities":
        return await _capabilities(request)
    _word(words, "version", ["1.0.0"])
    if words.get("format", "image/png").lower() != "image/png":
        raise ServiceException("InvalidParameterValue", "format", "pictures are image/png")
    return await _tile(request, words)


@reporting
async def by_path(request: Request) -> Response:
    """``/wmts/1.0.0/{layer}/{style}/{time}/{tilematrixset}/{tilematrix}/{tilerow}/{tilecol}.png``."""
    words = dict(request.path_params)
    if not words["tilecol"].endswith(SUFFIX):
        raise ServiceException("InvalidParameterValue", "TileCol", "the address of a picture ends in .png")
    words["tilecol"] = words["tilecol"].removesuffix(SUFFIX)
    return await _tile(request, words)


@reporting
async def document(request: Request) -> Response:
    """The capabilities, by path."""
    return await _capabilities(request)


async def _capabilities(request: Request) -> Response:
    snapshot = Snapshot.of(request)
    site = base_url(request, request.app.state.settings)
    asked = request.query_params.get("lang")
    lang: Lang = next((lang for lang in get_args(Lang) if lang == asked), "nl")

    def make() -> Content:
        return Content.of(capabilities(snapshot, site, lang, DEEPER), XML)

    return respond(request, await snapshot.cache.get(("wmts", site, lang), make), CachePolicy.ASK)


async def _tile(request: Request, words: Mapping[str, str]) -> Response:
    snapshot = Snapshot.of(request)
    grids = {found.id: found for found in snapshot.facts.grids}
    layer = _word(words, "layer", [*snapshot.indicator_by_id, *grids])
    _word(words, "style", ["default", ""], otherwise="default")
    grid = GridName(_word(words, "tilematrixset", [name.value for name in GridName]))
    z, row, col = (_number(words, name) for name in ("tilematrix", "tilerow", "tilecol"))
    coord = TileCoord(z, col, row)
    if layer in grids:
        content = await grid_content(snapshot, grids[layer], grid, coord, snapshot.facts.maxzoom + DEEPER)
    else:
        indicator = snapshot.indicator_by_id[layer]
        content = await picture_content(snapshot, indicator, _year(words, indicator), None, grid, coord)
    return respond(request, content, CachePolicy.SHORT)


def _year(words: Mapping[str, str], indicator: IndicatorFacts) -> int | None:
    word = words.get("time", "default")
    years = sorted({series.year for series in indicator.series})
    if word in ("", "default", "current"):
        return None
    year = word.partition("-")[0]  # ISO 8601: 2022-01-01 is of 2022
    if year not in {str(known) for known in years}:
        raise ServiceException(
            "InvalidParameterValue", "Time", f"Time is {shown(word)}, but {choices(word, map(str, years))}"
        )
    return int(year)


def _word(words: Mapping[str, str], name: str, allowed: list[str], otherwise: str | None = None) -> str:
    word = words.get(name, otherwise)
    if word is None:
        raise ServiceException("MissingParameterValue", name, f"{name} is missing; {choices('', allowed)}")
    found = next((one for one in allowed if one.lower() == word.lower()), None)
    if found is None:
        raise ServiceException("InvalidParameterValue", name, f"{name} is {shown(word)}, but {choices(word, allowed)}")
    return found


def _number(words: Mapping[str, str], name: str) -> int:
    word = words.get(name)
    if word is None:
        raise ServiceException("MissingParameterValue", name, f"{name} is missing")
    if not (word.isascii() and word.isdigit() and len(word) <= 10):
        raise ServiceException("InvalidParameterValue", name, f"{name} is {shown(word)}, but must be a whole number")
    return int(word)


_PATH: Final = "/wmts/1.0.0/{layer}/{style}/{time}/{tilematrixset}/{tilematrix}/{tilerow}/{tilecol}"
WMTS_ROUTES: Final = (
    Route("/wmts", by_key_and_value),
    Route("/wmts/1.0.0/WMTSCapabilities.xml", document),
    Route(_PATH, by_path),
)
"""In the order they are tried."""
