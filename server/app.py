"""The application put together: addresses, middleware, and what it watches while it runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from starlette.middleware import Middleware
from starlette.routing import Route

from server.background import Background, background
from server.grids.routes import GRID_ROUTES
from server.headers import OpenToAll, everywhere
from server.health_route import live, ready
from server.kaart.routes import KAART_ROUTES
from server.metrics import SharedCounts, Tally
from server.metrics_route import metrics, security_txt
from server.ogc.routes import OGC_ROUTES
from server.page import asset, embed, icon, viewer
from server.pages.routes import PAGE_ROUTES
from server.postcodes_route import postcodes
from server.problems import HANDLERS, ErrorBoundary
from server.qgis_page import qgis_page, qgis_picture
from server.qgis_route import qgis_connections, qgis_theme
from server.raster_route import raster
from server.settings import Settings
from server.site import Site, check_names
from server.snapshot import MEGABYTE, CurrentAtlas
from server.static_files import StaticFiles
from server.styles_route import legend, reasons_sprite, style
from server.tiles_route import tile, tilejson
from server.values_route import manifest, regions, values
from server.wmts.routes import WMTS_ROUTES

ROUTES = (
    # Tiles first: routes are tried in this order, and nearly every request is for a tile.
    Route("/tiles/{tileset}/{z}/{x}/{y}", tile),
    Route("/tiles/{tileset}", tilejson),
    Route("/", viewer),
    Route("/embed", embed),
    Route("/assets/{path:path}", asset),
    Route("/atlas.json", manifest),
    Route("/regions/{edition}", regions),
    Route("/styles/{style}", style),
    Route("/styles/{style}/legend.svg", legend),
    Route("/sprites/{name}", reasons_sprite),
    Route("/values/{indicator}", values),
    Route("/postcodes/{digits}", postcodes),
    Route("/background/{z}/{x}/{y}", background),
    Route("/raster/{indicator}/{z}/{x}/{name}", raster),
    *KAART_ROUTES,
    *GRID_ROUTES,
    *WMTS_ROUTES,
    Route("/qgis", qgis_page),
    Route("/qgis/pictures/{name}", qgis_picture),
    Route("/qgis/connections/{name}", qgis_connections),
    Route("/qgis/{name}", qgis_theme),
    Route("/health/live", live),
    Route("/health/ready", ready),
    Route("/metrics", metrics),
    Route("/.well-known/security.txt", security_txt),
    *OGC_ROUTES,
    *PAGE_ROUTES,
    Route("/{name}", icon),
)


def create_app(settings: Settings, *atlases: CurrentAtlas, tally: Tally | None = None) -> Site:
    """The application that serves some atlases: the first at the root, and each under its id."""
    check_names(atlases, ROUTES)
    site = Site(
        settings,
        atlases,
        tally or Tally(),
        routes=ROUTES,
        middleware=[Middleware(OpenToAll, everywhere(settings)), Middleware(ErrorBoundary)],
        exception_handlers=HANDLERS,
        lifespan=watching,
    )
    # An address has one spelling; one with a slash behind is another one, which does not exist.
    site.router.redirect_slashes = False
    site.state.settings = settings
    site.state.background = Background(settings.background) if settings.background else None
    site.state.static = StaticFiles.read(settings.static)
    return site


def open_app(settings: Settings, *folders: Path, counts: Path | None = None) -> Site:
    """The application for atlas folders, as every server process makes it. Raises where there is no atlas.

    ``counts`` is the folder in which several processes share what they count.
    """
    tally = Tally()
    atlases = [CurrentAtlas(folder, settings.tile_cache_mb * MEGABYTE, tally) for folder in folders]
    site = create_app(settings, *atlases, tally=tally)
    site.shared = None if counts is None else SharedCounts(counts)
    return site


@asynccontextmanager
async def watching(site: Site) -> AsyncIterator[None]:
    """While the server runs: look for new atlases, for clients that are too slow, and leave counts for other processes."""
    tasks = [asyncio.create_task(current.watch(site.settings.reload_seconds)) for current in site.atlases]
    tasks.append(asyncio.create_task(site.look_around()))
    yield
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    site.access_log.flush()
