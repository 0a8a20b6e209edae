"""The documents around features: landing page, conformance, collections, queryables, tile matrix sets, styles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote

from layers.atlas import AtlasFacts, IndicatorFacts, Lang
from server.ogc.collections import YEAR_FIELD, Collection, collections_of
from server.ogc.crs import CRS84, KNOWN
from server.ogc.encodings import FORMATS
from server.ogc.table import FeatureTable, Property

_SPEC: Final = "http://www.opengis.net/spec"
_FEATURES: Final = f"{_SPEC}/ogcapi-features-1/1.0/conf"
_FILTER: Final = f"{_SPEC}/ogcapi-features-3/1.0/conf"
_CQL2: Final = f"{_SPEC}/cql2/1.0/conf"
_TILES: Final = f"{_SPEC}/ogcapi-tiles-1/1.0/conf"
CONFORMANCE: Final = (
    f"{_SPEC}/ogcapi-common-1/1.0/conf/core",
    f"{_SPEC}/ogcapi-common-1/1.0/conf/landing-page",
    f"{_SPEC}/ogcapi-common-1/1.0/conf/json",
    f"{_SPEC}/ogcapi-common-1/1.0/conf/html",
    f"{_SPEC}/ogcapi-common-1/1.0/conf/oas30",
    f"{_SPEC}/ogcapi-common-2/1.0/conf/collections",
    f"{_FEATURES}/core",
    f"{_FEATURES}/geojson",
    f"{_FEATURES}/html",
    f"{_FEATURES}/oas30",
    f"{_SPEC}/ogcapi-features-2/1.0/conf/crs",
    f"{_FILTER}/queryables",
    f"{_FILTER}/queryables-query-parameters",
    f"{_FILTER}/filter",
    f"{_FILTER}/features-filter",
    f"{_CQL2}/cql2-text",
    f"{_CQL2}/cql2-json",
    f"{_CQL2}/basic-cql2",
    f"{_CQL2}/advanced-comparison-operators",
    f"{_CQL2}/case-insensitive-comparison",
    f"{_CQL2}/accent-insensitive-comparison",
    f"{_CQL2}/basic-spatial-functions",
    f"{_CQL2}/spatial-functions",
    f"{_CQL2}/property-property",
    f"{_CQL2}/arithmetic",
    f"{_TILES}/core",
    f"{_TILES}/tileset",
    f"{_TILES}/tilesets-list",
    f"{_TILES}/dataset-tilesets",
    f"{_TILES}/mvt",
    f"{_TILES}/oas30",
)

QUERYABLES: Final = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
JSON: Final = "application/json"
HTML: Final = "text/html"


def link(rel: str, href: str, media_type: str, title: str) -> dict[str, str]:
    """A link as OGC APIs write it."""
    return {"rel": rel, "href": href, "type": media_type, "title": title}


def landing(facts: AtlasFacts, root: str, lang: Lang) -> dict[str, Any]:
    """What this interface is and where its parts are; ``root`` is its absolute address."""
    told = facts.notice or facts.title
    return {
        "title": facts.title.in_(lang),
        "description": told.in_(lang),
        "attribution": facts.attribution,
        "links": [
            link("self", f"{root}/", JSON, "This document"),
            link("alternate", f"{root}/?f=html", HTML, "This document as a page"),
            link(
                "service-desc",
                f"{root}/openapi.json",
                "application/vnd.oai.openapi+json;version=3.0",
                "OpenAPI document",
            ),
            link("service-doc", f"{root}/openapi.json?f=html", HTML, "The interface as a page"),
            link("conformance", f"{root}/conformance", JSON, "Conformance classes"),
            link("data", f"{root}/collections", JSON, "Collections of features"),
            link("http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector", f"{root}/tiles", JSON, "Vector tiles"),
            link(
                "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes",
                f"{root}/tileMatrixSets",
                JSON,
                "Tile matrix sets",
            ),
            link("http://www.opengis.net/def/rel/ogc/1.0/styles", f"{root}/styles", JSON, "Styles"),
            link("describedby", f"{root}/metadata", "application/ld+json", "Metadata (DCAT-AP-NL 3.0)"),
        ],
    }


def conformance() -> dict[str, Any]:
    """The conformance classes."""
    return {"conformsTo": list(CONFORMANCE)}


def collections(facts: AtlasFacts, root: str, lang: Lang, stored: Mapping[int, str]) -> dict[str, Any]:
    """All collections; ``stored`` is the URI of the CRS of each edition."""
    address = f"{root}/collections"
    return {
        "links": [
            link("self", address, JSON, "This document"),
            link("alternate", f"{address}?f=html", HTML, "This document as a page"),
        ],
        "crs": [known.uri for known in KNOWN],
        "collections": [
            collection(found, facts, root, lang, stored[found.edition.year]) for found in collections_of(facts)
        ],
    }


def collection(found: Collection, facts: AtlasFacts, root: str, lang: Lang, stored: str) -> dict[str, Any]:
    """One collection."""
    address = f"{root}/collections/{quote(found.id)}"
    year = found.year
    return {
        "id": found.id,
        "title": found.title(lang),
        "description": found.description(lang),
        "attribution": facts.attribution,
        "itemType": "feature",
        "extent": {
            "spatial": {"bbox": [[round(degrees, 6) for degrees in found.edition.bounds]], "crs": CRS84.uri},
            "temporal": {
                "interval": [[f"{year}-01-01T00:00:00Z", f"{year}-12-31T23:59:59Z"]],
                "trs": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian",
            },
        },
        "crs": [known.uri for known in KNOWN],
        "storageCrs": stored,
        "links": [
            link("self", address, JSON, "This document"),
            link("alternate", f"{address}?f=html", HTML, "This document as a page"),
            *(
                link("items", f"{address}/items?f={form.name}", form.media_type, f"Features as {form.name}")
                for form in FORMATS.values()
            ),
            link(QUERYABLES, f"{address}/queryables", "application/schema+json", "Properties to filter on"),
            link(
                "http://www.opengis.net/def/rel/ogc/1.0/schema",
                f"{address}/schema",
                "application/schema+json",
                "All properties",
            ),
            link("license", "https://creativecommons.org/licenses/by/4.0/", HTML, "CC BY 4.0"),
        ],
    }


def queryables(table: FeatureTable, address: str, lang: Lang) -> dict[str, Any]:
    """The properties of a collection as a JSON Schema (part 3 and part 5)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address,
        "type": "object",
        "title": table.collection.title(lang),
        "properties": {
            "geometry": {"format": "geometry-multipolygon", "x-ogc-role": "primary-geometry"},
            **{name: _property(found, lang) for name, found in table.properties.items()},
        },
        "additionalProperties": False,
    }


def _property(found: Property, lang: Lang) -> dict[str, Any]:
    described: dict[str, Any] = {
        "type": {"text": "string", "integer": "integer", "number": "number"}[found.kind],
        "title": found.title.in_(lang),
    }
    if found.name == "code":
        described["x-ogc-role"] = "id"
    if found.name == YEAR_FIELD:
        described["x-ogc-role"] = "primary-instant"
    if found.unit is not None and found.unit.in_(lang):
        described["x-ogc-unit"] = found.unit.in_(lang)
    if found.choices:
        described["enum"] = list(found.choices)
    if found.indicator is not None and found.name == found.indicator.field:
        told = [
            text.in_(lang)
            for text in (found.indicator.definition or found.indicator.explanation, found.indicator.caveat)
            if text
        ]
        if told:
            described["description"] = " ".join(told)
    return described


def styles(indicators: tuple[IndicatorFacts, ...], site: str, lang: Lang) -> dict[str, Any]:
    """A style for each indicator; the first of the atlas is the default one."""
    return {
        "default": indicators[0].id if indicators else None,
        "styles": [
            {
                "id": indicator.id,
                "title": indicator.title.in_(lang),
                "links": list(_style_links(indicator, site)),
            }
            for indicator in indicators
        ],
    }


def _style_links(indicator: IndicatorFacts, site: str) -> Iterator[dict[str, str]]:
    address = f"{site}/styles/{quote(indicator.id)}"
    yield link("stylesheet", address, "application/vnd.mapbox.style+json", "MapLibre style")
    yield link("stylesheet", f"{address}?profile=qgis", "application/vnd.mapbox.style+json", "Style for QGIS")
    yield link("preview", f"{address}/legend.svg", "image/svg+xml", "Legend")
