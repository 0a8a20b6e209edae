"""Metadata of the atlas as linked data: DCAT-AP-NL 3.0 (definitive, 12 December 2024) in JSON-LD.

A catalogue of one data service and a dataset per tileset, each with the forms it can be had in.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

from layers.atlas import AtlasFacts, IndicatorFacts, Lang, Text
from server.ogc.collections import Collection, collections_of
from server.ogc.encodings import FORMATS
from server.problems import OGC_ROOT
from server.settings import Settings

CONTEXT: Final = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
}
_LICENSE: Final = {"@id": "https://creativecommons.org/licenses/by/4.0/"}
_PUBLIC: Final = {"@id": "http://publications.europa.eu/resource/authority/access-right/PUBLIC"}
_THEME_AUTHORITY: Final = "http://publications.europa.eu/resource/authority/data-theme/"
_DATA_THEMES: Final = {"drugs": "JUST", "vastgoed": "SOCI"}
"""By theme of the atlas that of the EU vocabulary; regions where there is none."""

_FILE_TYPES: Final = {"json": "GEOJSON", "csv": "CSV", "gpkg": "GPKG", "html": "HTML", "fgb": "BIN"}
_LANGUAGES: Final[dict[Lang, str]] = {
    "nl": "http://publications.europa.eu/resource/authority/language/NLD",
    "en": "http://publications.europa.eu/resource/authority/language/ENG",
}


def metadata(facts: AtlasFacts, settings: Settings, root: str) -> dict[str, Any]:
    """The catalogue; ``root`` is the absolute address of the interface."""
    datasets = list(_datasets(facts, root))
    service = f"{root}/metadata#service"
    return {
        "@context": CONTEXT,
        "@graph": [
            {
                "@id": f"{root}/metadata",
                "@type": "dcat:Catalog",
                "dct:title": _texts(facts.title),
                "dct:description": _texts(facts.notice or facts.title),
                "dct:publisher": _publisher(facts, settings, root),
                "dcat:contactPoint": _contact(facts, settings, root),
                "dct:license": _LICENSE,
                "dct:language": [{"@id": address} for address in _LANGUAGES.values()],
                "dcat:dataset": [{"@id": dataset["@id"]} for dataset in datasets],
                "dcat:service": [{"@id": service}],
            },
            {
                "@id": service,
                "@type": "dcat:DataService",
                "dct:title": _texts(facts.title),
                "dct:description": _texts(facts.title),
                "dct:identifier": f"{root}/",
                "dct:publisher": {"@id": f"{root}/metadata#publisher"},
                "dcat:contactPoint": {"@id": f"{root}/metadata#contact"},
                "dcat:theme": [{"@id": f"{_THEME_AUTHORITY}REGI"}],
                "dct:accessRights": _PUBLIC,
                "dct:license": _LICENSE,
                "dcat:endpointURL": {"@id": f"{root}/"},
                "dcat:endpointDescription": {"@id": f"{root}/openapi.json"},
                "dcat:servesDataset": [{"@id": dataset["@id"]} for dataset in datasets],
            },
            *datasets,
        ],
    }


def _publisher(facts: AtlasFacts, settings: Settings, root: str) -> dict[str, Any]:
    name = settings.contact_name or facts.attribution
    return {
        "@id": f"{root}/metadata#publisher",
        "@type": "foaf:Agent",
        "foaf:name": [{"@value": name, "@language": "nl"}],
    }


def _contact(facts: AtlasFacts, settings: Settings, root: str) -> dict[str, Any]:
    contact: dict[str, Any] = {
        "@id": f"{root}/metadata#contact",
        "@type": "vcard:Kind",
        "vcard:fn": settings.contact_name or facts.attribution,
    }
    if settings.contact_email:
        contact["vcard:hasEmail"] = {"@id": f"mailto:{settings.contact_email}"}
    contact["vcard:hasURL"] = {"@id": settings.contact_url or root}
    return contact


def _datasets(facts: AtlasFacts, root: str) -> Iterator[dict[str, Any]]:
    by_tileset: dict[str, list[Collection]] = {}
    for collection in collections_of(facts):
        by_tileset.setdefault(collection.tileset.id, []).append(collection)
    for collections in by_tileset.values():
        yield _dataset(collections, facts, root)


def _dataset(collections: list[Collection], facts: AtlasFacts, root: str) -> dict[str, Any]:
    first = collections[0]
    tileset, year = first.tileset, first.year
    address = f"{root}/metadata#{quote(tileset.id)}"
    theme = _DATA_THEMES.get(tileset.theme or "", "REGI")
    title = first.theme.title if first.theme else facts.title
    return {
        "@id": address,
        "@type": "dcat:Dataset",
        "dct:title": _texts(title, f" {year}"),
        "dct:description": _texts(_told(first)),
        "dct:identifier": f"{facts.id}/{tileset.id}",
        "dct:publisher": {"@id": f"{root}/metadata#publisher"},
        "dct:creator": {"@id": f"{root}/metadata#publisher"},
        "dcat:contactPoint": {"@id": f"{root}/metadata#contact"},
        "dcat:theme": [{"@id": f"{_THEME_AUTHORITY}{theme}"}],
        "dct:accessRights": _PUBLIC,
        "dct:language": [{"@id": _LANGUAGES["nl"]}],
        "dcat:keyword": [{"@value": word, "@language": "nl"} for word in _keywords(first)],
        "dcat:landingPage": {"@id": root.removesuffix(OGC_ROOT) + "/"},
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": {"@value": f"{year}-01-01", "@type": "xsd:date"},
            "dcat:endDate": {"@value": f"{year}-12-31", "@type": "xsd:date"},
        },
        "dct:provenance": {
            "@type": "dct:ProvenanceStatement",
            "rdfs:label": [{"@value": source, "@language": "nl"} for source in _sources(first.indicators, facts)],
        },
        "dcat:distribution": [one for collection in collections for one in _distributions(collection, root)],
    }


def _told(collection: Collection) -> Text:
    return Text(nl=collection.description("nl"), en=collection.description("en"))


def _keywords(collection: Collection) -> list[str]:
    titles = [indicator.title.nl for indicator in collection.shown]
    return ["gemeente", "wijk", "buurt", "kaart", *titles]


def _sources(indicators: tuple[IndicatorFacts, ...], facts: AtlasFacts) -> list[str]:
    return list(dict.fromkeys(one.source.nl if one.source else facts.attribution for one in indicators)) or [
        facts.attribution
    ]


def _distributions(collection: Collection, root: str) -> Iterator[dict[str, Any]]:
    address = f"{root}/collections/{quote(collection.id)}/items"
    for form in FORMATS.values():
        if form.name != "html":
            yield {
                "@type": "dcat:Distribution",
                "dct:title": _texts(Text(nl=collection.title("nl"), en=collection.title("en")), f" ({form.name})"),
                "dcat:accessURL": {"@id": f"{address}?f={form.name}"},
                "dct:license": _LICENSE,
                "dct:format": {
                    "@id": f"http://publications.europa.eu/resource/authority/file-type/{_FILE_TYPES[form.name]}"
                },
                "dcat:mediaType": {
                    "@id": "http://www.iana.org/assignments/media-types/" + form.media_type.partition(";")[0]
                },
                "dcat:accessService": {"@id": f"{root}/metadata#service"},
            }


def _texts(text: Text, suffix: str = "") -> list[dict[str, str]]:
    """A text in the languages it has."""
    found = [{"@value": text.nl + suffix, "@language": "nl"}]
    return found if text.en is None else [*found, {"@value": text.en + suffix, "@language": "en"}]
