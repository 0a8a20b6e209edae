"""The documents of the interface as pages for people, in Dutch and English."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from layers.atlas import Lang
from layers.values import Reason
from server.ogc.answers import Asked
from server.ogc.encodings import rows_of
from server.ogc.query import Query
from server.ogc.selection import Page
from server.ogc.table import FeatureTable
from server.responses import Content
from styles.words import WORDS as LEGEND_WORDS
from styles.words import number_text

HTML: Final = "text/html; charset=utf-8"

WORDS: Final[dict[Lang, dict[str, str]]] = {
    "nl": {
        "collections": "Verzamelingen",
        "collection": "Verzameling",
        "features": "Gebieden",
        "properties": "Eigenschappen",
        "property": "Eigenschap",
        "meaning": "Betekenis",
        "unit": "Eenheid",
        "conformance": "Conformiteit",
        "conformance_told": "Aan deze onderdelen van de standaarden houdt deze koppeling zich.",
        "interface": "Koppeling",
        "address": "Adres",
        "parts": "Onderdelen",
        "styles": "Stijlen",
        "tiles": "Tegels",
        "links": "Adressen",
        "matched": "{matched} gebieden, waarvan {first} tot en met {last} op deze pagina.",
        "none": "Geen enkel gebied voldoet aan deze vraag.",
        "next": "Volgende pagina",
        "prev": "Vorige pagina",
        "download": "Als bestand",
        "home": "Naar de kaart",
        "up": "Alle onderdelen van de koppeling",
        "skip": "Naar de inhoud",
        "crs": "Coördinatenstelsels",
        "period": "Periode",
        "source": "Bron",
        "explanation": "Met deze koppeling lezen programma's zoals QGIS en ArcGIS de gebieden en cijfers van deze kaart.",
    },
    "en": {
        "collections": "Collections",
        "collection": "Collection",
        "features": "Regions",
        "properties": "Properties",
        "property": "Property",
        "meaning": "Meaning",
        "unit": "Unit",
        "conformance": "Conformance",
        "conformance_told": "These are the parts of the standards that this interface keeps to.",
        "interface": "Interface",
        "address": "Address",
        "parts": "Parts",
        "styles": "Styles",
        "tiles": "Tiles",
        "links": "Addresses",
        "matched": "{matched} regions, of which {first} to {last} are on this page.",
        "none": "No region answers this question.",
        "next": "Next page",
        "prev": "Previous page",
        "download": "As a file",
        "home": "To the map",
        "up": "All parts of the interface",
        "skip": "To the content",
        "crs": "Coordinate reference systems",
        "period": "Period",
        "source": "Source",
        "explanation": "Programs such as QGIS and ArcGIS read the regions and figures of this map through this interface.",
    },
}


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("server.ogc"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _page(name: str, what: Asked, title: str, **parts: Any) -> Content:
    notice = what.facts.notice.in_(what.lang) if what.facts.notice else ""
    text = (
        _templates()
        .get_template(f"{name}.html")
        .render(
            t=WORDS[what.lang],
            lang=what.lang,
            title=title,
            atlas=what.facts.title.in_(what.lang),
            attribution=what.facts.attribution,
            notice=notice,
            site=what.site,
            root=what.root,
            **parts,
        )
    )
    return Content.of(text.encode(), HTML)


def landing_page(found: Mapping[str, Any], what: Asked) -> Content:
    """The landing page."""
    t = WORDS[what.lang]
    return _page("landing", what, t["interface"], found=found)


def conformance_page(found: Mapping[str, Any], what: Asked) -> Content:
    """The conformance classes."""
    return _page("conformance", what, WORDS[what.lang]["conformance"], classes=found["conformsTo"])


def interface_page(found: Mapping[str, Any], what: Asked) -> Content:
    """The addresses of the OpenAPI document."""
    return _page("interface", what, WORDS[what.lang]["interface"], paths=found["paths"])


def collections_page(found: Mapping[str, Any], what: Asked) -> Content:
    """All collections."""
    return _page("collections", what, WORDS[what.lang]["collections"], collections=found["collections"])


def collection_page(found: Mapping[str, Any], table: FeatureTable, what: Asked) -> Content:
    """One collection."""
    return _page("collection", what, found["title"], found=found, properties=table.properties.values())


def styles_page(found: Mapping[str, Any], what: Asked) -> Content:
    """The styles."""
    return _page("styles", what, WORDS[what.lang]["styles"], styles=found["styles"])


def tilesets_page(found: Mapping[str, Any], title: str, what: Asked) -> Content:
    """The tilesets of a collection or of the dataset."""
    return _page("tilesets", what, f"{WORDS[what.lang]['tiles']}: {title}", found=found)


def items_page(table: FeatureTable, page: Page, query: Query, address: str, what: Asked) -> Content:
    """Features as a table: a figure, or in words why there is none."""
    names = [name for name in ("code", *query.properties) if not name.endswith("_status")]
    names = list(dict.fromkeys(names))
    columns = [table.properties[name] for name in names]
    needed = [*names, *(f"{one.name}_status" for one in columns if one.indicator is not None)]
    rows = [_cells(row, columns, what.lang) for row in rows_of(table, page, tuple(needed))]
    addresses = {
        rel: query.address(address, f="html", limit=str(page.limit), cursor=query.cursor(start) if start else None)
        for rel, start in (("prev", page.before), ("next", page.following))
        if start is not None
    }
    told = WORDS[what.lang]["matched"].format(
        matched=page.matched, first=page.start + 1, last=page.start + len(page.rows)
    )
    files = {form: query.address(address, f=form, cursor=None, limit=None) for form in ("json", "csv", "gpkg", "fgb")}
    return _page(
        "items",
        what,
        table.collection.title(what.lang),
        columns=columns,
        rows=rows,
        told=told,
        pages=addresses,
        files=files,
    )


def _cells(row: Mapping[str, Any], columns: list[Any], lang: Lang) -> list[str]:
    cells = []
    for column in columns:
        value, status = row.get(column.name), row.get(f"{column.name}_status")
        if value is None:
            cells.append(LEGEND_WORDS[lang].reasons[Reason(status)] if status else "")
        elif column.kind == "text" or column.name == "year":
            cells.append(str(value))
        else:
            cells.append(number_text(value, column.indicator.decimals, lang))
    return cells
