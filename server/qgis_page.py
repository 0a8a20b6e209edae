"""``/qgis``: how to use the map in QGIS and ArcGIS, with the addresses of this site and its own hand-outs."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from layers.atlas import AtlasFacts, Lang
from server.address import base_url
from server.pages.site import Page, asked, html, respond_page
from server.parameters import Parameters
from server.responses import CachePolicy, Content, respond
from server.snapshot import Snapshot

PICTURES: Final = ("map.png", "layers.png")
TITLES: Final = {"nl": "Gebruik in QGIS", "en": "Use in QGIS"}


@dataclass(frozen=True, slots=True)
class ThemeFiles:
    """What can be taken along of a theme."""

    id: str
    title: str
    years: tuple[int, ...]
    """The newest first."""


async def qgis_page(request: Request) -> Response:
    """The page, in Dutch or English."""
    snapshot = Snapshot.of(request)
    parameters = Parameters(request.query_params)
    lang = asked(request, ("html",), parameters).lang
    parameters.check()
    site = base_url(request, request.app.state.settings)
    key = ("qgis-page", lang, site)
    return respond_page(request, await snapshot.cache.get(key, lambda: _page(snapshot.facts, lang, site)))


def _page(facts: AtlasFacts, lang: Lang, site: str) -> Content:
    other = "?lang=en" if lang == "nl" else "?lang=nl"
    page = Page(TITLES[lang], lang, "./", other, "?lang=en" if lang == "en" else "")
    tilesets = [tileset for tileset in facts.tilesets if tileset.year is not None]
    first = tilesets[-1] if tilesets else facts.tilesets[0]
    indicator = first.indicators[0] if first.indicators else None
    return html(
        f"qgis-{lang}.html",
        page,
        facts,
        site=site,
        themes=list(_themes(facts, lang)),
        tileset=first.id,
        indicator=indicator,
    )


def _themes(facts: AtlasFacts, lang: Lang) -> list[ThemeFiles]:
    found = []
    for theme in facts.themes:
        years = {one.year for one in facts.tilesets if one.theme == theme.id and one.year is not None}
        if years:
            found.append(ThemeFiles(theme.id, theme.title.in_(lang), tuple(sorted(years, reverse=True))))
    return found


async def qgis_picture(request: Request) -> Response:
    """A picture of the page: what QGIS makes of the demo."""
    name = request.path_params["name"]
    if name not in PICTURES:
        raise HTTPException(404)
    body = files("server.pages").joinpath("static", f"qgis-{name}").read_bytes()
    return respond(request, Content.picture(body, "image/png"), CachePolicy.SHORT)
