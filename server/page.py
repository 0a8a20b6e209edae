"""The viewer, the embeddable map and their assets."""

from __future__ import annotations

import html
import re
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from layers.atlas import AtlasFacts, Lang
from server.address import base_url
from server.background import PDOK_ATTRIBUTION
from server.documents import Landing, Link
from server.headers import page_headers, parents
from server.kaart.preview import preview
from server.negotiation import Encoding, best_media_type
from server.responses import ALWAYS_THERE, CachePolicy, Content, respond
from server.settings import Settings
from server.snapshot import Snapshot
from server.static_files import StaticFiles
from server.viewer_query import lang_of

INDEX: Final = "index.html"
EMBED: Final = "embed.html"
"""The page of ``/embed`` where the front end has one of its own; else it is the viewer's."""

UNBUILT: Final = """<!doctype html>
<html lang="nl">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title></title></head>
<body>
<h1>De viewer is nog niet gebouwd</h1>
<p>The server runs, but the front end was not built: run <code>npm ci</code> and <code>npm run build</code>
in <code>server/web</code>, or <code>make demo</code>, and start the server again.</p>
<p><a href="atlas.json">atlas.json</a></p>
</body>
</html>
"""


async def viewer(request: Request) -> Response:
    """The viewer for people, a list of links for programs."""
    if best_media_type(request.headers.get("accept"), ["text/html", "application/json"]) == "application/json":
        return landing(request)
    return _page(request, INDEX, embedded=False)


async def embed(request: Request) -> Response:
    """The map for use in a frame of another site."""
    return _page(request, EMBED, embedded=True)


def landing(request: Request) -> Response:
    """What there is and where, with absolute addresses."""
    facts = Snapshot.of(request).facts
    base = base_url(request, request.app.state.settings)
    content = Content.of(landing_document(facts, base).as_json(), "application/json")
    return respond(request, content, CachePolicy.ASK, vary="Accept, Accept-Encoding")


def landing_document(facts: AtlasFacts, base: str) -> Landing:
    """The site for programs."""
    json_type, csv_type = "application/json", "text/csv"
    links = [
        Link(rel="self", href=f"{base}/", type=json_type, title="This document"),
        Link(rel="alternate", href=f"{base}/", type="text/html", title="The viewer"),
        Link(rel="describedby", href=f"{base}/atlas.json", type=json_type, title="The manifest of the atlas"),
    ]
    links += [
        Link(rel="tiles", href=f"{base}/tiles/{tileset.id}", type=json_type, title=f"TileJSON of {tileset.id}")
        for tileset in facts.tilesets
    ]
    links += [
        Link(rel="regions", href=f"{base}/regions/{edition.year}", type=json_type, title=f"Regions of {edition.year}")
        for edition in facts.editions
    ]
    for indicator in facts.indicators:
        title = indicator.title.nl
        links += [
            Link(rel="style", href=f"{base}/styles/{indicator.id}", type=json_type, title=f"{title}: MapLibre style"),
            Link(rel="values", href=f"{base}/values/{indicator.id}", type=json_type, title=f"{title}: figures"),
            Link(rel="values", href=f"{base}/values/{indicator.id}?f=csv", type=csv_type, title=f"{title}: figures"),
        ]
    description = facts.notice.nl if facts.notice else f"Kaarten en cijfers van {facts.title.nl}"
    return Landing(title=facts.title.nl, description=description, attribution=facts.attribution, links=links)


def _page(request: Request, name: str, *, embedded: bool) -> Response:
    static: StaticFiles = request.app.state.static
    found = static.content_by_path.get(name) or static.content_by_path.get(INDEX)
    source = found.body(Encoding.IDENTITY).decode() if found else UNBUILT
    lang = lang_of(request.query_params)
    snapshot = Snapshot.of(request)
    shared = preview(snapshot, request.query_params, base_url(request, request.app.state.settings))
    if shared:
        shared = f"{shared}\n{without_scripts(request.url.query)}"
    shared += background_mark(request.app.state.settings)
    content = Content.of(introduced(source, snapshot.facts, lang, shared).encode(), "text/html; charset=utf-8")
    headers = page_headers(parents(request.app.state.settings, snapshot.facts) if embedded else None)
    vary = "Accept-Encoding" if embedded else "Accept, Accept-Encoding"
    return respond(request, content, CachePolicy.ASK, vary=vary, headers=headers)


def introduced(page: str, facts: AtlasFacts, lang: Lang, shared: str = "") -> str:
    """The page with language, title and description of the atlas for search engines, and what links that are ``shared`` show."""
    title = html.escape(facts.title.in_(lang))
    described = facts.notice.in_(lang) if facts.notice else facts.title.in_(lang)
    meta = "\n".join(part for part in (f'<meta name="description" content="{html.escape(described)}">', shared) if part)
    page = re.sub(r"<html[^>]*>", f'<html lang="{lang}">', page, count=1)
    page = re.sub(r'\s*<meta name="description"[^>]*>', "", page)
    return re.sub(r"<title>[^<]*</title>", lambda _: f"<title>{title}</title>\n{meta}", page, count=1)


def background_mark(settings: Settings) -> str:
    """Tells the viewer that there is a background map, and whose."""
    if not settings.background:
        return ""
    credit = settings.background_attribution or PDOK_ATTRIBUTION
    return f'\n<meta name="zichtkaart:background" content="{html.escape(credit)}">'


def without_scripts(query: str) -> str:
    """Sends readers without scripts to the picture and the table of the same map."""
    target = html.escape(f"tabel?{query}" if query else "tabel")
    return f'<noscript><meta http-equiv="refresh" content="0; url={target}"></noscript>'


async def asset(request: Request) -> Response:
    """A file of the front end; its name holds its version."""
    return _file(request, f"assets/{request.path_params['path']}", CachePolicy.IMMUTABLE)


async def icon(request: Request) -> Response:
    """A file beside the page, such as its icon."""
    return _file(request, request.path_params["name"], CachePolicy.SHORT)


def _file(request: Request, path: str, policy: CachePolicy) -> Response:
    static: StaticFiles = request.app.state.static
    if path not in static.content_by_path or path.endswith(".html"):
        raise HTTPException(404)
    return respond(request, static.content_by_path[path], policy, key=ALWAYS_THERE)
