"""``/collections`` and what is below: collections, their properties, and their features."""

from __future__ import annotations

import hashlib
import json
from functools import partial
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from server.errors import NotThere
from server.ogc import documents
from server.ogc.answers import Asked, answer, asked, document
from server.ogc.crs import CRS84
from server.ogc.documents import link
from server.ogc.encodings import FORMATS, Format, as_csv, as_file, as_geojson, feature_as_geojson
from server.ogc.pages import collection_page, collections_page, items_page
from server.ogc.query import Query, read_query
from server.ogc.selection import Page, page_of
from server.ogc.table import FeatureTable
from server.responses import Content

DOCUMENTS: Final = {"json": "application/json", "html": "text/html; charset=utf-8"}
SCHEMAS: Final = {"json": "application/schema+json"}
ITEMS: Final = {form.name: form.media_type for form in FORMATS.values()}


async def collections(request: Request) -> Response:
    """All collections."""
    what = asked(request, DOCUMENTS)
    key = ("ogc", "collections", what.root, what.form, what.lang)
    return answer(request, await what.snapshot.cache.get(key, partial(_collections, what)))


def _collections(what: Asked) -> Content:
    stored = {edition.year: what.snapshot.tables.stored(edition) for edition in what.facts.editions}
    found = documents.collections(what.facts, what.root, what.lang, stored)
    return collections_page(found, what) if what.form == "html" else document(found)


async def collection(request: Request) -> Response:
    """One collection."""
    what, table = await _asked_table(request, DOCUMENTS)
    stored = await run_in_threadpool(what.snapshot.tables.stored, table.collection.edition)
    found = documents.collection(table.collection, what.facts, what.root, what.lang, stored)
    return answer(request, collection_page(found, table, what) if what.form == "html" else document(found))


async def queryables(request: Request) -> Response:
    """The properties of a collection that can be filtered on: all of them."""
    what, table = await _asked_table(request, SCHEMAS)
    address = f"{what.site}{request.url.path}"
    return answer(request, document(documents.queryables(table, address, what.lang), SCHEMAS["json"]))


async def items(request: Request) -> Response:
    """The features that were asked for, in one of the formats."""
    what, table = await _asked_table(request, ITEMS)
    query = read_query(request.query_params, table, what.snapshot.manifest.tag)
    # What is asked may be long, and the cache counts contents only.
    words = hashlib.sha256(json.dumps(sorted(query.words.items())).encode()).digest()
    key = ("ogc", "items", table.collection.id, what.root, what.form, what.lang, words)
    content = await what.snapshot.cache.get(key, partial(items_content, what, table, query))
    return answer(request, content, _headers(query, what, table))


async def item(request: Request) -> Response:
    """One feature, by the code of its region."""
    what, table = await _asked_table(request, {form: ITEMS[form] for form in ("json", "html")})
    code = request.path_params["item"]
    if code not in table.codes:
        raise NotThere.named("region", code, table.codes)
    words = {**request.query_params, "code": code}
    query = read_query(words, table, what.snapshot.manifest.tag)
    content = await run_in_threadpool(_item, what, table, query)
    return answer(request, content, _headers(query, what, table))


async def _asked_table(request: Request, forms: dict[str, str]) -> tuple[Asked, FeatureTable]:
    what = asked(request, forms)
    return what, await run_in_threadpool(what.snapshot.tables.table, request.path_params["collection"])


def _headers(query: Query, what: Asked, table: FeatureTable) -> dict[str, str]:
    form = FORMATS[what.form]
    headers = {} if form.name == "html" else {"Content-Crs": f"<{query.crs.uri}>"}
    if form.is_file:
        headers["Content-Disposition"] = f'attachment; filename="{table.collection.id}.{form.name}"'
    return headers


def items_content(what: Asked, table: FeatureTable, query: Query) -> Content:
    """The features that were asked for, written."""
    form = FORMATS[what.form]
    page = page_of(table, query, whole=form.is_file)
    notice = what.facts.notice.in_(what.lang) if what.facts.notice else None
    address = f"{what.root}/collections/{table.collection.id}/items"
    if form.name == "json":
        head = _head(page, query, address, form, notice)
        return Content.of(as_geojson(table, page, query, head), form.media_type)
    if form.name == "html":
        return items_page(table, page, query, address, what)
    if form.name == "csv":
        return Content.of(as_csv(table, page, query, notice), form.media_type)
    about = {"title": table.collection.title(what.lang), "attribution": what.facts.attribution}
    if notice:
        about["notice"] = notice
    return Content.of(as_file(table, page, query, form, about), form.media_type)


def _head(page: Page, query: Query, address: str, form: Format, notice: str | None) -> dict[str, Any]:
    """What stands around the features of a page: numbers and links, and the notice of the atlas."""
    links = [
        link("self", query.address(address), form.media_type, "This document"),
        *(
            link("alternate", query.address(address, f=other.name), other.media_type, f"As {other.name}")
            for other in FORMATS.values()
            if other is not form
        ),
    ]
    for rel, start in (("next", page.following), ("prev", page.before)):
        if start is not None:
            cursor = query.cursor(start) if start else None
            links.append(link(rel, query.address(address, cursor=cursor, limit=str(page.limit)), form.media_type, rel))
    head: dict[str, Any] = {"numberMatched": page.matched, "numberReturned": len(page.rows), "links": links}
    if notice:
        head["notice"] = notice
    if query.crs is not CRS84:
        head["crs"] = {"type": "name", "properties": {"name": query.crs.uri}}
    return head


def _item(what: Asked, table: FeatureTable, query: Query) -> Content:
    page = page_of(table, query)
    address = f"{what.root}/collections/{table.collection.id}"
    if what.form == "html":
        return items_page(table, page, query, f"{address}/items", what)
    if not len(page.rows):
        raise NotThere(f"region {query.words['code']} is there, but not what the rest of the query asks for")
    [code] = [table.codes[row] for row in page.rows.tolist()]
    own = f"{address}/items/{code}"
    links = [
        link("self", own, ITEMS["json"], "This document"),
        link("alternate", f"{own}?f=html", "text/html", "This document as a page"),
        link("collection", address, "application/json", table.collection.title(what.lang)),
        link("related", f"{what.site}/gebied/{code}", "text/html", "Fact sheet"),
    ]
    head: dict[str, Any] = {"links": links}
    if what.facts.notice:
        head["notice"] = what.facts.notice.in_(what.lang)
    return Content.of(feature_as_geojson(table, page, query, head), ITEMS["json"])
