"""``/grids``, ``/grids/{id}`` with or without a point, and ``/grids/{id}/legend.svg``."""

from __future__ import annotations

import json
import math
from functools import partial
from typing import Any, Final, get_args

import numpy as np
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from layers.atlas import GridFacts, Lang
from layers.grid_cells import cells_at
from layers.values import Reason
from server.address import base_url
from server.errors import BadRequest, shown
from server.grids.indicator import LEVEL, as_indicator
from server.headers import DRAWING_POLICY
from server.parameters import Parameters
from server.responses import CachePolicy, Content, respond, versioned_policy
from server.snapshot import Snapshot
from styles.drawing import TEXT_PX, TITLE_PX, Drawing, wrapped
from styles.legend import draw_figures, draw_reasons
from styles.tokens import LIGHT
from styles.words import reason_text

JSON: Final = "application/json"
CRS84: Final = "OGC:CRS84"


async def grids(request: Request) -> Response:
    """The grids there are."""
    snapshot = Snapshot.of(request)
    base = base_url(request, request.app.state.settings)
    found = {"grids": [_described(grid, base, _lang(request)) for grid in snapshot.facts.grids]}
    return respond(request, _document(found), CachePolicy.ASK)


async def grid(request: Request) -> Response:
    """A grid; with ``lon`` and ``lat`` the cell at that point."""
    snapshot = Snapshot.of(request)
    found = snapshot.grid(request.path_params["grid"])
    query = request.query_params
    if "lon" not in query and "lat" not in query:
        base = base_url(request, request.app.state.settings)
        return respond(request, _document(_described(found, base, _lang(request))), CachePolicy.ASK)
    lon, lat = _point(query.get("lon"), query.get("lat"))
    content = _document(await run_in_threadpool(_cell, snapshot, found, lon, lat, _lang(request)))
    return respond(request, content, versioned_policy(request, found.cells.version))


async def grid_legend(request: Request) -> Response:
    """The legend of a grid as a drawing."""
    snapshot = Snapshot.of(request)
    found = snapshot.grid(request.path_params["grid"])
    lang = _lang(request)
    key = ("grid-legend", found.id, lang)
    content = await snapshot.cache.get(key, partial(_legend, snapshot, found, lang))
    return respond(request, content, CachePolicy.ASK, headers={"Content-Security-Policy": DRAWING_POLICY}, key=key)


def _lang(request: Request) -> Lang:
    parameters = Parameters(request.query_params)
    lang: Lang = parameters.choice("lang", get_args(Lang), "nl")
    parameters.check()
    return lang


def _document(found: dict[str, Any]) -> Content:
    return Content.of(json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode(), JSON)


def _point(lon: str | None, lat: str | None) -> tuple[float, float]:
    problems, found = [], []
    for name, text, most in (("lon", lon, 180.0), ("lat", lat, 90.0)):
        try:
            number = math.nan if text is None else float(text)
        except ValueError:
            number = math.nan
        if not abs(number) <= most:
            told = "is missing" if text is None else f"is {shown(text)}"
            problems.append(f"{name} {told}, but must be a number from {-most:g} to {most:g}")
        found.append(number)
    if problems:
        raise BadRequest(problems)
    return found[0], found[1]


def _described(grid: GridFacts, base: str, lang: Lang) -> dict[str, Any]:
    tiles = f"{base}/raster/{grid.id}/{{z}}/{{x}}/{{y}}.png"
    return {
        "id": grid.id,
        "title": grid.title.in_(lang),
        "unit": grid.unit.in_(lang),
        "year": grid.year,
        "bounds": list(grid.bounds),
        "cell": list(grid.cell),
        "links": [
            {"rel": "self", "href": f"{base}/grids/{grid.id}", "type": JSON},
            {"rel": "item", "href": f"{base}/grids/{grid.id}?lon={{lon}}&lat={{lat}}", "type": JSON, "templated": True},
            {"rel": "tiles", "href": f"{tiles}?v={grid.cells.version}", "type": "image/png", "templated": True},
            {"rel": "legend", "href": f"{base}/grids/{grid.id}/legend.svg?lang={lang}", "type": "image/svg+xml"},
        ],
    }


def _cell(snapshot: Snapshot, grid: GridFacts, lon: float, lat: float, lang: Lang) -> dict[str, Any]:
    """The figure of a cell. Where no cell is, that is said, and it is no reason: nothing is known of the place."""
    cells = cells_at(snapshot.atlas.path(grid.cells), CRS84, np.array([lon]), np.array([lat]))
    common = {"grid": grid.id, "lon": lon, "lat": lat, "unit": grid.unit.in_(lang), "year": grid.year}
    if not cells.is_there[0]:
        return {**common, "value": None, "status": "absent", "text": _ABSENT[lang]}
    if code := int(cells.status[0]):
        reason = Reason.of(code)
        return {**common, "value": None, "status": reason.value, "text": reason_text(reason, lang)}
    value = round(cells.numbers[0].item(), grid.decimals)
    titles = {category.value: category.title.in_(lang) for category in grid.categories}
    text = titles.get(int(value)) if titles else None
    return {**common, "value": value, "status": None, **({} if text is None else {"text": text})}


_ABSENT: Final = {"nl": "Hier is geen cel", "en": "There is no cell here"}


def _legend(snapshot: Snapshot, grid: GridFacts, lang: Lang) -> Content:
    drawing = Drawing(LIGHT)
    for line in wrapped(grid.title.in_(lang), TITLE_PX):
        drawing.text(line, TITLE_PX, bold=True)
    if unit := grid.unit.in_(lang):
        drawing.text(unit, TEXT_PX)
    drawing.space(6)
    draw_figures(drawing, snapshot.facts, as_indicator(grid, lang), LEVEL, lang)
    drawing.space(6)
    patterns = draw_reasons(drawing, [Reason(name) for name in grid.reasons], lang, LIGHT)
    title = ", ".join(part for part in (grid.title.in_(lang), unit) if part)
    return Content.of(drawing.svg(title, patterns).encode(), "image/svg+xml")


GRID_ROUTES: Final = (
    Route("/grids", grids),
    Route("/grids/{grid}", grid),
    Route("/grids/{grid}/legend.svg", grid_legend),
)
