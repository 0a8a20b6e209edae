"""The OpenAPI 3.0 document of the interface, as the API Design Rules ask for it: ``/ogc/v1/openapi.json``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, get_args

from layers.atlas import AtlasFacts, Lang
from server.ogc.collections import collections_of
from server.ogc.crs import KNOWN
from server.ogc.encodings import FORMATS
from server.ogc.query import LANGUAGES, MOST, RESERVED, USUAL
from server.problems import OGC_ROOT, OGC_VERSION
from server.settings import Settings
from tiles.grid import GridName

Schema = dict[str, Any]

_CODE: Final[Schema] = {"type": "string", "pattern": r"^[^/]{1,100}$"}
_JSON: Final = "application/json"
_HTML: Final = "text/html"
_PROBLEM: Final = "application/problem+json"


def openapi(facts: AtlasFacts, settings: Settings, site: str, lang: Lang) -> Schema:
    """The document for an atlas; ``site`` is the absolute address of the site."""
    return {
        "openapi": "3.0.3",
        "info": {
            "title": facts.title.in_(lang),
            "version": OGC_VERSION,
            "description": f"Gebieden en cijfers als OGC API Features, Tiles en Styles. {facts.attribution}",
            "contact": {
                "name": settings.contact_name or facts.attribution,
                "url": settings.contact_url or site,
                **({"email": settings.contact_email} if settings.contact_email else {}),
            },
            "license": {"name": "CC BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"},
        },
        "servers": [{"url": site + OGC_ROOT}],
        "tags": [{"name": name, "description": told} for name, told in _TAGS.items()],
        "paths": dict(_paths(facts)),
        "components": {
            "schemas": _SCHEMAS,
            "headers": {
                "API-Version": {"description": "Version of the interface", "schema": {"type": "string"}},
                "Content-Crs": {"description": "CRS of the coordinates, between < and >", "schema": {"type": "string"}},
            },
            "parameters": _parameters(),
            "responses": {
                name: {
                    "description": told,
                    "headers": {"API-Version": {"$ref": "#/components/headers/API-Version"}},
                    "content": {_PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
                }
                for name, told in _PROBLEMS.items()
            },
        },
    }


_TAGS: Final = {
    "algemeen": "Wat er is",
    "gebieden": "Gebieden met cijfers (OGC API Features)",
    "tegels": "Vectortegels (OGC API Tiles)",
    "stijlen": "Stijlen (OGC API Styles)",
}
_PROBLEMS: Final = {
    "BadRequest": "A parameter that cannot be understood; all of them are told at once.",
    "NotFound": "Nothing has this address.",
}


def _paths(facts: AtlasFacts) -> Iterator[tuple[str, Schema]]:
    collection_ids = [found.id for found in collections_of(facts)]
    collection = {
        "name": "collectionId",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "enum": collection_ids},
    }
    of_page = [_ref("f"), _ref("lang")]
    yield "/", _get("landing", "algemeen", "Landing page", of_page, _JSON, _HTML)
    yield "/conformance", _get("conformance", "algemeen", "Conformance classes", of_page, _JSON, _HTML)
    yield (
        "/openapi.json",
        _get("openapi", "algemeen", "This document", of_page, "application/vnd.oai.openapi+json;version=3.0", _HTML),
    )
    yield "/metadata", _get("metadata", "algemeen", "Metadata (DCAT-AP-NL 3.0)", [_ref("lang")], "application/ld+json")
    yield "/collections", _get("collections", "gebieden", "Collections", of_page, _JSON, _HTML)
    yield (
        "/collections/{collectionId}",
        _get("collection", "gebieden", "A collection", [collection, *of_page], _JSON, _HTML),
    )
    for name in ("queryables", "schema"):
        yield (
            f"/collections/{{collectionId}}/{name}",
            _get(name, "gebieden", "Properties", [collection, _ref("lang")], "application/schema+json"),
        )
    item_parameters = [_ref(name) for name in ("fItem", "lang", "crs", "properties", "skipGeometry")]
    items = [_ref(name) for name in _ITEMS]
    media_types = [form.media_type.partition(";")[0] for form in FORMATS.values()]
    yield (
        "/collections/{collectionId}/items",
        _get("items", "gebieden", "Features", [collection, *items], *media_types, has_crs=True),
    )
    yield (
        "/collections/{collectionId}/items/{featureId}",
        _get(
            "item",
            "gebieden",
            "A feature",
            [collection, _ref("featureId"), *item_parameters],
            *media_types[:2],
            has_crs=True,
        ),
    )
    yield "/tileMatrixSets", _get("tileMatrixSets", "tegels", "Tile matrix sets", of_page, _JSON, _HTML)
    yield (
        "/tileMatrixSets/{tileMatrixSetId}",
        _get("tileMatrixSet", "tegels", "A tile matrix set", [_ref("tileMatrixSetId")], _JSON),
    )
    for stem, extra in (("", []), ("/collections/{collectionId}", [collection])):
        kind = "collection" if stem else "dataset"
        yield f"{stem}/tiles", _get(f"{kind}Tilesets", "tegels", "Tilesets", [*extra, *of_page], _JSON, _HTML)
        yield (
            f"{stem}/tiles/{{tileMatrixSetId}}",
            _get(
                f"{kind}Tileset",
                "tegels",
                "A tileset",
                [*extra, _ref("tileMatrixSetId"), _ref("fTileset"), _ref("lang")],
                _JSON,
                "application/vnd.mapbox.tile+json",
            ),
        )
        yield (
            f"{stem}/tiles/{{tileMatrixSetId}}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}",
            _tile(
                f"{kind}Tile",
                [*extra, *(_ref(name) for name in ("tileMatrixSetId", "tileMatrix", "tileRow", "tileCol"))],
            ),
        )
    yield "/styles", _get("styles", "stijlen", "Styles", of_page, _JSON, _HTML)
    yield (
        "/styles/{styleId}",
        _get(
            "style",
            "stijlen",
            "A style",
            [_ref("styleId"), _ref("fStyle"), _ref("lang")],
            "application/vnd.mapbox.style+json",
        ),
    )
    yield (
        "/styles/{styleId}/metadata",
        _get("styleMetadata", "stijlen", "About a style", [_ref("styleId"), _ref("lang")], _JSON),
    )


_ITEMS: Final = ("fItems", *(name for name in RESERVED if name != "f"))


def _get(
    operation: str, tag: str, summary: str, parameters: list[Schema], *media_types: str, has_crs: bool = False
) -> Schema:
    headers = {"API-Version": {"$ref": "#/components/headers/API-Version"}}
    if has_crs:
        headers["Content-Crs"] = {"$ref": "#/components/headers/Content-Crs"}
    return {
        "get": {
            "operationId": operation,
            "tags": [tag],
            "summary": summary,
            "parameters": parameters,
            "responses": {
                "200": {
                    "description": summary,
                    "headers": headers,
                    "content": {media_type: {"schema": _schema_of(media_type)} for media_type in media_types},
                },
                "400": {"$ref": "#/components/responses/BadRequest"},
                "404": {"$ref": "#/components/responses/NotFound"},
            },
        }
    }


def _tile(operation: str, parameters: list[Schema]) -> Schema:
    found = _get(operation, "tegels", "A vector tile", parameters, "application/vnd.mapbox-vector-tile")
    headers = {"API-Version": {"$ref": "#/components/headers/API-Version"}}
    found["get"]["responses"]["204"] = {"description": "An empty tile", "headers": headers}
    return found


def _schema_of(media_type: str) -> Schema:
    if "json" in media_type:
        return {"type": "object"}
    return {"type": "string"} if media_type.startswith("text/") else {"type": "string", "format": "binary"}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/parameters/{name}"}


def _parameters() -> dict[str, Schema]:
    def query(name: str, schema: Schema, told: str, **more: Any) -> Schema:
        return {"name": name, "in": "query", "required": False, "description": told, "schema": schema, **more}

    def path(name: str, schema: Schema) -> Schema:
        return {"name": name, "in": "path", "required": True, "schema": schema}

    def words(*names: str) -> Schema:
        return {"type": "string", "enum": list(names)}

    numbers = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}
    names = {"type": "array", "items": {"type": "string"}}
    crs = words(*(known.uri for known in KNOWN))
    listed = {"style": "form", "explode": False}
    return {
        "f": query("f", words("json", "html"), "The form of the answer; else as Accept says."),
        "fItems": query("f", words(*FORMATS), "The form of the answer; else as Accept says."),
        "fItem": query("f", words("json", "html"), "The form of the answer; else as Accept says."),
        "fTileset": query("f", words("json", "tilejson"), "The form of the answer; else as Accept says."),
        "fStyle": query("f", words("mapbox", "qgis"), "The client the style is for."),
        "lang": query("lang", words(*get_args(Lang)), "The language of titles."),
        "limit": query(
            "limit", {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}, "Features in a page."
        ),
        "cursor": query("cursor", {"type": "string"}, "Where a page begins; from the links of the page before."),
        "bbox": query("bbox", numbers, "Only features that meet this box.", **listed),
        "bbox-crs": query("bbox-crs", crs, "CRS of bbox."),
        "crs": query("crs", crs, "CRS of the answer."),
        "datetime": query("datetime", {"type": "string"}, "Only figures of this time: 2022-01-01, 2021-01-01/.."),
        "filter": query("filter", {"type": "string"}, "A condition in CQL2: koopwoningen > 50."),
        "filter-lang": query("filter-lang", words(*LANGUAGES), "How the condition is written."),
        "filter-crs": query("filter-crs", crs, "CRS of geometries in filter."),
        "sortby": query("sortby", names, "Properties to sort by; a minus in front for falling.", **listed),
        "properties": query("properties", names, "Properties of the answer.", **listed),
        "skipGeometry": query("skipGeometry", {"type": "boolean"}, "Whether to leave shapes out."),
        "featureId": path("featureId", _CODE),
        "styleId": path("styleId", _CODE),
        "tileMatrixSetId": path("tileMatrixSetId", words(*(name.value for name in GridName))),
        "tileMatrix": path("tileMatrix", {"type": "integer", "minimum": 0, "maximum": 30}),
        "tileRow": path("tileRow", {"type": "integer", "minimum": 0, "maximum": 2**30}),
        "tileCol": path("tileCol", {"type": "integer", "minimum": 0, "maximum": 2**30}),
    }


_SCHEMAS: Final[Schema] = {
    "Problem": {
        "type": "object",
        "required": ["title", "status", "detail"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
        },
    }
}
