"""How the figures look: ``/styles/{style}``, its legend, and the pictures for what has no figure."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, get_args

from starlette.requests import Request
from starlette.responses import Response

from layers.atlas import AtlasFacts, IndicatorFacts, Lang
from server.address import base_url
from server.errors import NotThere
from server.headers import DRAWING_POLICY
from server.parameters import Parameters
from server.responses import CachePolicy, Content, respond
from server.snapshot import Snapshot
from styles import qgis, web
from styles.legend import legend_svg
from styles.reasons import sprite
from tiles.encoding import Encoding

Profile = Callable[[AtlasFacts, str, int, str | None, Lang, str], dict[str, Any]]

PROFILES: Final[Mapping[str, Profile]] = {
    "web": web.style,
    "web-mvt": partial(web.style, encoding=Encoding.MVT),
    "qgis": qgis.style,
}
"""Clients: those of today that read MLT, those that do not, and QGIS."""


async def style(request: Request) -> Response:
    """The MapLibre style of an indicator: of a year, and of one level or of each at its zooms."""
    snapshot = Snapshot.of(request)
    indicator = snapshot.styled(request.path_params["style"])
    parameters = Parameters(request.query_params)
    years = sorted({series.year for series in indicator.series})
    year = parameters.number("year", years)
    level = parameters.optional("level", levels_of(indicator))
    lang: Lang = parameters.choice("lang", get_args(Lang), "nl")
    profile = PROFILES[parameters.choice("profile", list(PROFILES), "web")]
    parameters.check()
    base = base_url(request, request.app.state.settings)
    document = profile(snapshot.facts, indicator.id, years[-1] if year is None else year, level, lang, base)
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return respond(request, Content.of(body, "application/json"), CachePolicy.ASK)


async def legend(request: Request) -> Response:
    """The legend of a style as a drawing, of one level or of all."""
    snapshot = Snapshot.of(request)
    indicator = snapshot.styled(request.path_params["style"])
    parameters = Parameters(request.query_params)
    level = parameters.optional("level", levels_of(indicator))
    lang: Lang = parameters.choice("lang", get_args(Lang), "nl")
    parameters.check()
    drawing = partial(legend_svg, snapshot.facts, indicator.id, level, lang)
    content = await snapshot.cache.get(
        ("legend", indicator.id, level, lang), lambda: Content.of(drawing().encode(), "image/svg+xml")
    )
    return respond(request, content, CachePolicy.ASK, headers={"Content-Security-Policy": DRAWING_POLICY})


def levels_of(indicator: IndicatorFacts) -> list[str]:
    """Levels on which an indicator has figures, from coarse to fine."""
    return list(dict.fromkeys(series.level for series in indicator.series))


SPRITES: Final = {"reasons.json": 1, "reasons.png": 1, "reasons@2x.json": 2, "reasons@2x.png": 2}
"""Name to pixel ratio."""


async def reasons_sprite(request: Request) -> Response:
    """The pictures of the reasons, at one or two pixels per pixel, and where in the picture each stands."""
    name = request.path_params["name"]
    if name not in SPRITES:
        raise NotThere.named("sprite", name, SPRITES)
    content = await Snapshot.of(request).cache.get(("sprite", name), partial(sprite_content, name))
    return respond(request, content, CachePolicy.SHORT)


def sprite_content(name: str) -> Content:
    """One file of the sprite."""
    picture, index = sprite(SPRITES[name])
    if name.endswith(".png"):
        return Content.picture(picture, "image/png")
    return Content.of(json.dumps(index, separators=(",", ":")).encode(), "application/json")
