"""PDOK as its ATOM feeds and its OGC API answer, with a few squares for regions."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.layers.remote.loopback import Asked, Loopback, Reply

_FEED = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:inspire_dls="http://inspire.ec.europa.eu/schemas/inspire_dls/1.0">
  <title>{title}</title><updated>2026-01-15T12:00:00Z</updated>
  <rights>https://creativecommons.org/licenses/by/4.0/deed.nl</rights>
  <link rel="self" type="application/atom+xml" href="{here}"/>
  {entries}
</feed>"""


@dataclass
class PdokDouble:
    """What there is: files by path, and collections by name."""

    files: dict[str, bytes] = field(default_factory=dict)
    """By path, such as ``/cbs/wijkenbuurten/2024/atom/downloads/wijkenbuurten_2024_v2.gpkg``."""

    collections: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    has_feed: bool = True
    has_validators: bool = True
    length_in_feed: int | None = None
    page: int = 2


def answer(pdok: PdokDouble, base: Loopback, asked: Asked) -> Reply:
    path = asked.path
    if path in pdok.files:
        return _file(pdok, asked)
    if pdok.has_feed and path.endswith("/atom/index.xml"):
        feed = f"{base.address}{path.removesuffix('index.xml')}dataset.xml"
        entry = f'<entry><title>dataset</title><link rel="alternate" type="application/atom+xml" href="{feed}"/>'
        described = (
            '<link rel="describedby" type="application/xml" href="https://www.nationaalgeoregister.nl/x.xml"/></entry>'
        )
        return _feed(base, path, entry + described)
    if pdok.has_feed and path.endswith("/atom/dataset.xml"):
        folder = path.removesuffix("dataset.xml")
        return _feed(base, path, "".join(_entry(pdok, base, name) for name in pdok.files if name.startswith(folder)))
    found = re.fullmatch(r"/cbs/wijken-en-buurten-2024/ogc/v1/collections(?:/(\w+)/items)?", path)
    if found:
        return _api(pdok, base, asked, found[1])
    return Reply(json.dumps({"title": "Not Found", "status": 404}).encode(), 404)


def _feed(base: Loopback, path: str, entries: str) -> Reply:
    text = _FEED.format(title="CBS Wijken en Buurten", here=f"{base.address}{path}", entries=entries)
    return Reply(text.encode(), headers={"Content-Type": "application/atom+xml"})


def _entry(pdok: PdokDouble, base: Loopback, path: str) -> str:
    length = len(pdok.files[path]) if pdok.length_in_feed is None else pdok.length_in_feed
    return (
        f"<entry><title>{path.rpartition('/')[2]}</title><updated>2026-01-15T12:00:00Z</updated>"
        f'<link rel="alternate" type="application/geopackage+sqlite3" href="{base.address}{path}" length="{length}"/></entry>'
    )


def _file(pdok: PdokDouble, asked: Asked) -> Reply:
    """A file, with ranges and conditions."""
    content = pdok.files[asked.path]
    tag = f'"{hashlib.sha256(content).hexdigest()[:12]}"'
    headers = {"ETag": tag, "Accept-Ranges": "bytes"} if pdok.has_validators else {}
    if pdok.has_validators and asked.headers.get("if-none-match") == tag:
        return Reply(b"", 304, headers)
    asked_range = re.fullmatch(r"bytes=(\d+)-", asked.headers.get("range", ""))
    if asked_range is None or asked.headers.get("if-range") != tag:
        return Reply(content, 200, headers)
    start = int(asked_range[1])
    if start >= len(content):
        return Reply(b"", 416, headers | {"Content-Range": f"bytes */{len(content)}"})
    headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
    return Reply(content[start:], 206, headers)


def _api(pdok: PdokDouble, base: Loopback, asked: Asked, name: str | None) -> Reply:
    if name is None:
        return _json({"collections": [{"id": each} for each in pdok.collections]})
    unknown = set(asked.options) - {"f", "limit", "cursor", "crs"}
    if unknown:
        return _json(
            {"title": "Bad Request", "status": 400, "detail": f"unknown query parameter(s) found: {unknown}"}, 400
        )
    features = pdok.collections[name]
    start = int(asked.options.get("cursor", "0|x").partition("|")[0])
    links: list[Mapping[str, str]] = [{"rel": "self", "href": f"{base.address}{asked.path}"}]
    if start + pdok.page < len(features):
        options = f"f=json&crs={asked.options['crs']}&limit=1000&cursor={start + pdok.page}%7Cchecksum"
        links.append({"rel": "next", "href": f"{base.address}{asked.path}?{options}"})
    page = features[start : start + pdok.page]
    return _json({"type": "FeatureCollection", "links": links, "features": page, "numberReturned": len(page)})


def square(number: int, **properties: Any) -> dict[str, Any]:
    """A region of one kilometre, east of the one before."""
    west = 150_000 + number * 1000
    ring = [[west, 400_000], [west, 401_000], [west + 1000, 401_000], [west + 1000, 400_000], [west, 400_000]]
    return {
        "type": "Feature",
        "id": str(number),
        "properties": properties,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def _json(content: Any, code: int = 200) -> Reply:
    return Reply(json.dumps(content).encode(), code, {"Content-Type": "application/json"})
