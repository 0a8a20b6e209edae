"""The application: addresses, middleware, and the watch for a new atlas."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route

from server.headers import AccessLog, BasePath, OpenToAll
from server.health_route import live, ready
from server.ogc.routes import OGC_ROUTES
from server.page import asset, embed, icon, viewer
from server.problems import HANDLERS, ErrorBoundary
from server.raster_route import raster
from server.settings import Settings
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
    Route("/raster/{indicator}/{z}/{x}/{name}", raster),
    *WMTS_ROUTES,
    Route("/health/live", live),
    Route("/health/ready", ready),
    *OGC_ROUTES,
    Route("/{name}", icon),
)


def create_app(settings: Settings, current: CurrentAtlas) -> Starlette:
    """The application that serves an atlas; several can live in one process."""
    middleware = [Middleware(AccessLog)] if settings.access_log else []
    middleware += [Middleware(OpenToAll), Middleware(ErrorBoundary)]
    if settings.root_path:
        middleware.append(Middleware(BasePath, settings.root_path))
    app = Starlette(
        routes=ROUTES,
        middleware=middleware,
        exception_handlers=HANDLERS,
        lifespan=_watching(current, settings.reload_seconds),
    )
    # An address has one spelling; one with a slash behind is another one, which does not exist.
    app.router.redirect_slashes = False
    app.state.settings = settings
    app.state.current = current
    app.state.static = StaticFiles.read(settings.static)
    return app


def open_app(settings: Settings, folder: Path) -> Starlette:
    """The application for an atlas folder, as every server process makes it. Raises where there is no atlas."""
    return create_app(settings, CurrentAtlas(folder, settings.tile_cache_mb * MEGABYTE))


def _watching(current: CurrentAtlas, every_s: float) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        watch = asyncio.create_task(current.watch(every_s))
        yield
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch

    return lifespan
