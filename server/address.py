"""The address under which the outside world reaches this server.

TileJSON and styles must hold absolute addresses. Behind a proxy only its headers know them; a setting pins them.
"""

from __future__ import annotations

import re

from starlette.requests import Request

from server.errors import BadRequest, shown
from server.responses import ASKED
from server.settings import Settings

_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?")
_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)*")


def base_url(request: Request, settings: Settings) -> str:
    """Scheme, host and path prefix, without a slash behind: ``https://www.gemeente.nl/kaart``.

    From the setting ``public_url``, else from ``X-Forwarded-Proto``, ``-Host`` and ``-Prefix`` (of several values the
    first, which the outermost proxy wrote), else from the request. Answers that hold it are revalidated by every cache,
    so one client's headers never reach another. Raises BadRequest where a header is no host, scheme or path.
    """
    asked = request.scope.get(ASKED)
    atlas_path = "" if asked is None else asked.atlas_path
    if settings.public_url:
        return settings.public_url + atlas_path
    host = _first(request, "x-forwarded-host") or request.headers.get("host") or request.url.netloc
    scheme = (_first(request, "x-forwarded-proto") or request.url.scheme).lower()
    prefix = (_first(request, "x-forwarded-prefix") or settings.root_path).rstrip("/")
    problems = []
    if not _HOST.fullmatch(host):
        problems.append(f"the host {shown(host)} is no host name")
    if scheme not in ("http", "https"):
        problems.append(f"X-Forwarded-Proto is {shown(scheme)}, but must be http or https")
    if not _PREFIX.fullmatch(prefix):
        problems.append(f"X-Forwarded-Prefix is {shown(prefix)}, but must be a path such as /kaart")
    if problems:
        raise BadRequest(problems)
    return f"{scheme}://{host}{prefix}{atlas_path}"


def _first(request: Request, header: str) -> str:
    return request.headers.get(header, "").split(",")[0].strip()
