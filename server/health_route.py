"""Whether the server runs, and whether it can serve."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from server.documents import Health
from server.responses import CachePolicy
from server.snapshot import Snapshot


async def live(_request: Request) -> Response:
    """The process answers."""
    return _health(Health(status="live"))


async def ready(request: Request) -> Response:
    """There is an atlas to serve."""
    return _health(Health(status="ready", atlas=Snapshot.of(request).facts.id))


def _health(health: Health) -> Response:
    headers = {"Cache-Control": CachePolicy.NEVER.value}
    return Response(health.as_json(), media_type="application/json", headers=headers)
