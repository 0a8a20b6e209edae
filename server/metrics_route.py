"""``/metrics`` for Prometheus, and ``/.well-known/security.txt`` for who found a hole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from server.metrics import exposition
from server.responses import CachePolicy, Content, respond
from server.settings import Settings

if TYPE_CHECKING:
    from server.site import Site

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"


async def metrics(request: Request) -> Response:
    """What all processes of this server counted; there is nothing here where the settings say so."""
    site: Site = request.app
    if not site.settings.metrics:
        raise HTTPException(404)
    site.measure()
    tally, processes = (site.tally, 1) if site.shared is None else site.shared.total(site.tally)
    snapshots = [current.snapshot for current in site.atlases]
    atlases = [(snapshot.facts.id, snapshot.version, snapshot.opened_at) for snapshot in snapshots]
    headers = {"Cache-Control": CachePolicy.NEVER.value, "Content-Type": METRICS_TYPE}
    return Response(exposition(tally, processes, atlases), headers=headers)


async def security_txt(request: Request) -> Response:
    """Where to report a hole (RFC 9116); there is nothing here where the settings name no contact."""
    settings: Settings = request.app.state.settings
    if not settings.security_contact:
        raise HTTPException(404)
    content = Content.of(security_lines(settings).encode(), "text/plain; charset=utf-8")
    return respond(request, content, CachePolicy.ASK)


def security_lines(settings: Settings) -> str:
    """The file: whom to tell, in which languages, until when this is right."""
    lines = [f"Contact: {contact}" for contact in settings.security_contact]
    lines.append(f"Expires: {settings.security_expires}T00:00:00Z")
    lines.append("Preferred-Languages: nl, en")
    if settings.security_policy:
        lines.append(f"Policy: {settings.security_policy}")
    if settings.public_url.startswith("https:"):
        lines.append(f"Canonical: {settings.public_url}/.well-known/security.txt")
    return "\n".join(lines) + "\n"
