"""How the figures look: ``/styles/{style}``, its legend, and the pictures for what has no figure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import Any, Final, Protocol, get_args

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
from styles.pair_legend import pair_legend_svg
from styles.reasons import sprite
from styles.scene import common_years, pair
from tiles.encoding import Encoding


class Profile(Protocol):
    """Makes a style: of an indicator, or of two."""

    def __call__(
        self,
        facts: AtlasFacts,
        indicator_id: str,
        year: int,
        level: str | None,
        lang: Lang,
        base_url: str,
        *,
        other: str | None = None,
    ) -> dict[str, Any]:
        """The style as a document."""


PROFILES: Final[Mapping[str, Profile]] = {
    "web": web.style,
    "web-mvt": partial(web.style, encoding=Encoding.MVT),
    "qgis": qgis.style,
}
"""Clients: those of today that read MLT, those that do not, and QGIS."""


async def style(request: Request) -> Response:
    """The MapLibre style of an indicator, or of two (``with``): of a year, and of one level or of each at its zooms."""
    snapshot = Snapshot.of(request)
    indicator = snapshot.styled(request.path_params["style"])
    parameters = Parameters(request.query_params)
    other = asked_other(snapshot, indicator, parameters)
    years = common_years(indicator, other or indicator)
    year = parameters.number("year", years)
    level = parameters.optional("level", levels_of(indicator))
    lang: Lang = parameters.choice("lang", get_args(Lang), "nl")
    profile = PROFILES[parameters.choice("profile", list(PROFILES), "web")]
    parameters.check()
    base = base_url(request, request.app.state.settings)
    document = profile(
        snapshot.facts,
        indicator.id,
        years[-1] if year is None else year,
        level,
        lang,
        base,
        other=None if other is None else other.id,
    )
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    return respond(request, Content.of(body, "application/json"), CachePolicy.ASK)


ZOOMS: Final = [f"{tenths / 10:g}" for tenths in range(241)]
"""Zooms of a legend, in tenths: circles are as large as on a map that stands between two zooms."""


async def legend(request: Request) -> Response:
    """The legend of a style as a drawing, of one level or of all."""
    snapshot = Snapshot.of(request)
    indicator = snapshot.styled(request.path_params["style"])
    parameters = Parameters(request.query_params)
    level = parameters.optional("level", levels_of(indicator))
    lang: Lang = parameters.choice("lang", get_args(Lang), "nl")
    asked_zoom = parameters.optional("zoom", ZOOMS)
    other = asked_other(snapshot, indicator, parameters)
    parameters.check()
    zoom = None if asked_zoom is None else float(asked_zoom)
    if other is None:
        drawing = partial(legend_svg, snapshot.facts, indicator.id, level, lang, zoom=zoom)
    else:
        drawing = partial(pair_legend_svg, snapshot.facts, indicator.id, other.id, level, lang)
    key = ("legend", indicator.id, "" if other is None else other.id, level, lang, zoom)
    content = await snapshot.cache.get(key, lambda: Content.of(drawing().encode(), "image/svg+xml"))
    return respond(request, content, CachePolicy.ASK, headers={"Content-Security-Policy": DRAWING_POLICY}, key=key)


def asked_other(snapshot: Snapshot, indicator: IndicatorFacts, parameters: Parameters) -> IndicatorFacts | None:
    """The indicator to show in the same map; raises what makes it impossible."""
    asked = parameters.optional("with", [one for one in snapshot.indicator_by_id if one != indicator.id])
    return None if asked is None else pair(snapshot.facts, indicator.id, asked)[1]


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
    key = ("sprite", name)
    content = await Snapshot.of(request).cache.get(key, partial(sprite_content, name))
    return respond(request, content, CachePolicy.SHORT, key=key)


def sprite_content(name: str) -> Content:
    """One file of the sprite."""
    picture, index = sprite(SPRITES[name])
    if name.endswith(".png"):
        return Content.picture(picture, "image/png")
    return Content.of(json.dumps(index, separators=(",", ":")).encode(), "application/json")
