"""Files that a catalog names by their address on the web."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from layers.remote.cache import Cache, Local
from layers.remote.client import Client
from layers.remote.download import Download, Downloaded
from layers.remote.errors import shown
from layers.remote.meter import Meter
from layers.remote.provenance import Provenance
from layers.remote.request import Request

_SUFFIX_BY_TYPE = {
    "text/csv": ".csv",
    "application/json": ".json",
    "application/geo+json": ".geojson",
    "application/geopackage+sqlite3": ".gpkg",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.apache.parquet": ".parquet",
    "application/zip": ".zip",
    "application/x-zip-compressed": ".zip",
}
"""What a file is, where its address does not tell."""


def fetch_file(request: Request, cache: Cache, client: Client, meter: Meter) -> tuple[Local, bool]:
    """The file in the cache, and whether it is new. Raises RemoteError."""
    known = cache.find(request)
    before = known.provenance if known is not None and cache.is_whole(known) else None
    path = cache.work(request, ".part")
    came = Download(client, request.source, path, meter, before).run()
    if came is None:
        return cache.local(request), False
    named = path.with_name(path.stem + suffix_of(request.source, came.media_type))
    path.replace(named)
    return cache.keep(request, named, _provenance(request, came)), True


def suffix_of(address: str, media_type: str) -> str:
    """What kind of file it is, by its address, else by what the server calls it; empty where neither tells.

    >>> suffix_of("https://www.example.nl/wijken.gpkg?v=2", ""), suffix_of("https://www.example.nl/export", "text/csv")
    ('.gpkg', '.csv')
    """
    suffix = PurePosixPath(unquote(urlsplit(address).path)).suffix.lower()
    return suffix if 2 <= len(suffix) <= 12 else _SUFFIX_BY_TYPE.get(media_type, "")


def _provenance(request: Request, came: Downloaded) -> Provenance:
    return Provenance(
        source=str(request),
        address=shown(request.source),
        service="http",
        modified=came.last_modified,
        etag=came.etag,
        last_modified=came.last_modified,
    )
