"""Hand-outs for QGIS: a layer file and a GeoPackage per theme, and connections to import."""

from __future__ import annotations

from functools import partial
from typing import Final, get_args
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from starlette.requests import Request
from starlette.responses import Response

from layers.atlas import AtlasFacts, Lang
from server.address import base_url
from server.errors import NotThere
from server.parameters import Parameters
from server.responses import CachePolicy, Content, respond
from server.snapshot import Snapshot
from styles.layer_file import layer_file
from styles.reasons import image_png

LAYER_FILE: Final = ".qlr"
PACKAGE: Final = ".gpkg"
FILES: Final = {LAYER_FILE: "application/x-qgis-layer-definition", PACKAGE: "application/geopackage+sqlite3"}
"""How a name ends, and what it is."""

CONNECTIONS: Final = ("vector-tiles.xml", "xyz.xml", "wmts.xml", "ogc-api.xml")


async def qgis_theme(request: Request) -> Response:
    """A theme in a year as a layer file or as a GeoPackage with styles; the newest year where none is named."""
    snapshot = Snapshot.of(request)
    name = request.path_params["name"]
    theme_ids = [theme.id for theme in snapshot.facts.themes]
    theme_id, _, form = name.rpartition(".")
    if theme_id not in theme_ids or f".{form}" not in FILES:
        raise NotThere.named("file for QGIS", name, [theme_id + end for theme_id in theme_ids for end in FILES])
    parameters = Parameters(request.query_params)
    years = sorted({t.year for t in snapshot.facts.tilesets if t.theme == theme_id and t.year is not None})
    year = parameters.number("year", years)
    lang: Lang = parameters.choice("lang", get_args(Lang), "nl")
    parameters.check()
    if not years:
        raise NotThere(f"theme {theme_id} has no figures on a map")
    asked = years[-1] if year is None else year
    if f".{form}" == PACKAGE:
        key: tuple[object, ...] = ("qgis-gpkg", theme_id, asked, lang)
        make = partial(_package, snapshot, theme_id, asked, lang)
    else:
        site = base_url(request, request.app.state.settings)
        key = ("qlr", theme_id, asked, lang, site)
        make = partial(_layer_file, snapshot, theme_id, asked, lang, site)
    content = await snapshot.cache.get(key, make)
    headers = {"Content-Disposition": f'attachment; filename="{theme_id}-{asked}.{form}"'}
    return respond(request, content, CachePolicy.ASK, headers=headers)


def _layer_file(snapshot: Snapshot, theme_id: str, year: int, lang: Lang, site: str) -> Content:
    return Content.of(layer_file(snapshot.facts, theme_id, year, lang, site, image_png), FILES[LAYER_FILE])


def _package(snapshot: Snapshot, theme_id: str, year: int, lang: Lang) -> Content:
    from server.qgis_package import package  # here: they would double the memory of every server

    return Content.of(package(snapshot, theme_id, year, lang), FILES[PACKAGE])


async def qgis_connections(request: Request) -> Response:
    """Connections of one kind, for *Import connections* in the browser of QGIS."""
    name = request.path_params["name"]
    if name not in CONNECTIONS:
        raise NotThere.named("file of connections", name, CONNECTIONS)
    site = base_url(request, request.app.state.settings)
    body = connections(name, Snapshot.of(request).facts, site)
    headers = {"Content-Disposition": f'attachment; filename="zichtkaart-{name}"'}
    return respond(request, Content.of(body, "application/xml"), CachePolicy.ASK, headers=headers)


def connections(name: str, facts: AtlasFacts, site: str) -> bytes:
    """One of ``CONNECTIONS`` as QGIS exports them."""
    title = facts.title.nl
    if name == "vector-tiles.xml":
        root = Element("qgsVectorTileConnections", {"version": "1.0"})
        for tileset in facts.tilesets:
            if tileset.year is not None and tileset.indicators:
                SubElement(root, "vectortile", _tiles(tileset.id, tileset.indicators[0], tileset.year, facts, site))
    elif name == "xyz.xml":
        root = Element("qgsXYZTilesConnections", {"version": "1.0"})
        shown = {one for tileset in facts.tilesets for one in tileset.indicators}
        for indicator in (one for one in facts.indicators if one.id in shown):
            address = f"{site}/raster/{quote(indicator.id)}/{{z}}/{{x}}/{{y}}.png"
            # QGIS stops and asks where two have one name, and takes a slash for a folder.
            label = f"{title}: {indicator.title.nl} ({indicator.id})".replace("/", "-")
            zooms = {"zmin": "0", "zmax": str(facts.maxzoom)}
            SubElement(root, "xyztiles", {"name": label, "url": address, "tilePixelRatio": "1", **zooms})
    elif name == "wmts.xml":
        root = Element("qgsWMSConnections", {"version": "1.0"})
        SubElement(root, "wms", {"name": title, "url": f"{site}/wmts?SERVICE=WMTS&REQUEST=GetCapabilities"})
    else:
        root = Element("qgsWFSConnections", {"version": "1.1"})
        address = f"{site}/ogc/v1/"
        attributes = {"name": title, "url": address, "version": "OGC_API_FEATURES", "pagesize": "1000"}
        SubElement(root, "wfs", attributes)
    indent(root, " ")
    body: bytes = tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + body


def _tiles(tileset_id: str, indicator: str, year: int, facts: AtlasFacts, site: str) -> dict[str, str]:
    return {
        "name": f"{facts.title.nl}: {tileset_id}",
        "url": f"{site}/tiles/{quote(tileset_id)}/{{z}}/{{x}}/{{y}}",
        "zmin": "0",
        "zmax": str(facts.maxzoom),
        "styleUrl": f"{site}/styles/{quote(indicator)}?profile=qgis&year={year}",
    }
