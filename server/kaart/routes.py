"""The address of the picture: ``/kaart/{indicator}.svg`` or ``.png``, with area, year, level, width and language in the query."""

from __future__ import annotations

from functools import partial
from typing import Final, get_args

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from layers.atlas import Lang
from server.errors import NotThere, shown
from server.headers import DRAWING_POLICY
from server.kaart.content import MapOrder, picture_svg
from server.kaart.png import png
from server.parameters import Parameters
from server.responses import CachePolicy, Content, respond, versioned_policy
from server.snapshot import Snapshot
from server.styles_route import levels_of
from styles.scene import scene

WIDTHS: Final = (320, 480, 640, 800, 1000, 1200, 1600, 2000)
"""Few, so that what is kept is asked for again."""

PREVIEW: Final = 1200
"""What sites that show a preview of a link ask for."""

MEDIA_TYPES: Final = {"svg": "image/svg+xml", "png": "image/png"}


async def picture(request: Request) -> Response:
    """A map as a picture: of a year, a level and an area, with title, legend and source."""
    snapshot = Snapshot.of(request)
    name, _, form = request.path_params["name"].rpartition(".")
    if form not in MEDIA_TYPES:
        raise NotThere(f"a map is INDICATOR.png or INDICATOR.svg, not {shown(request.path_params['name'])}")
    order = asked_order(snapshot, name, Parameters(request.query_params))
    key = ("kaart", form, order.view.indicator.id, order.view.year, order.level, order.area, order.width_px, order.lang)
    content = await snapshot.cache.get(key, partial(_drawn, snapshot, order, form))
    policy = versioned_policy(request, snapshot.version, CachePolicy.ASK)
    return respond(request, content, policy, headers={"Content-Security-Policy": DRAWING_POLICY}, key=key)


def asked_order(snapshot: Snapshot, style_id: str, parameters: Parameters) -> MapOrder:
    """What an address asks for. Raises NotThere, NoFigures and BadRequest."""
    indicator = snapshot.styled(style_id)
    years = sorted({series.year for series in indicator.series})
    year = parameters.number("year", years)
    level = parameters.optional("level", levels_of(indicator))
    width = parameters.number("width", WIDTHS)
    lang: Lang = parameters.choice("lang", get_args(Lang), "nl")
    parameters.check()
    view = scene(snapshot.facts, indicator.id, years[-1] if year is None else year, level)
    area = parameters.optional("gebied", snapshot.atlas.regions(view.edition.year).code)
    parameters.check()
    return MapOrder(view, level, area, width or PREVIEW, lang)


def _drawn(snapshot: Snapshot, order: MapOrder, form: str) -> Content:
    drawing = picture_svg(snapshot, order)
    if form == "svg":
        return Content.of(drawing.encode(), MEDIA_TYPES[form])
    return Content.picture(png(drawing, order.width_px), MEDIA_TYPES[form])


KAART_ROUTES: Final = (Route("/kaart/{name}", picture),)
