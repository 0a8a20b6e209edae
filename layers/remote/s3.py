"""Files in S3 and what answers like it, through Arrow's own file system: no further package is needed.

Credentials come from where those of AWS's own programs come from (``AWS_ACCESS_KEY_ID``, ``AWS_PROFILE``, a role of the
machine); ``AWS_ENDPOINT_URL`` names another server. Where there are none, the bucket is asked as anybody may.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import pyarrow.fs as pafs

from layers.remote.cache import Cache, Local
from layers.remote.errors import Passing, Refused, RemoteError
from layers.remote.meter import Amount, Meter
from layers.remote.provenance import Provenance
from layers.remote.request import Request

_CHUNK = 1 << 20


def fetch_object(
    request: Request, cache: Cache, meter: Meter, environ: Mapping[str, str] | None = None
) -> tuple[Local, bool]:
    """The object in the cache, and whether it is new. Raises RemoteError."""
    key = request.name.removeprefix("//")
    path = cache.work(request, PurePosixPath(key).suffix.lower() or ".part")
    try:
        store = _store(os.environ if environ is None else environ)
        with store.open_input_stream(key) as stream:
            facts = _facts(stream.metadata())
            known = cache.find(request)
            if known is not None and facts["etag"] and known.provenance.etag == facts["etag"] and cache.is_whole(known):
                return known, False
            length = int(facts["content-length"]) if facts["content-length"].isdigit() else None
            with path.open("wb") as file:
                while chunk := stream.read(_CHUNK):
                    file.write(chunk)
                    meter(Amount(file.tell(), length))
                size = file.tell()
    except OSError as error:
        raise _translated(request, error) from error
    if length is not None and size != length:
        raise Passing(request.source, f"{size:,} of {length:,} bytes came")
    return cache.keep(request, path, _provenance(request, facts)), True


def _store(environ: Mapping[str, str]) -> pafs.S3FileSystem:
    options: dict[str, Any] = {"retry_strategy": pafs.AwsStandardS3RetryStrategy(max_attempts=5)}
    endpoint = environ.get("AWS_ENDPOINT_URL_S3") or environ.get("AWS_ENDPOINT_URL")
    if endpoint:
        parts = urlsplit(endpoint)
        options |= {"endpoint_override": parts.netloc, "scheme": parts.scheme}
    region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION")
    if region or endpoint:
        options["region"] = region or "eu-west-1"
    chains = ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_ROLE_ARN", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
    options["anonymous"] = not any(environ.get(name) for name in chains)
    return pafs.S3FileSystem(connect_timeout=15.0, request_timeout=60.0, **options)


def _facts(metadata: Mapping[str, bytes] | None) -> dict[str, str]:
    given = {key.casefold(): value.decode() for key, value in (metadata or {}).items()}
    return {name: given.get(name, "") for name in ("etag", "content-length", "last-modified")}


def _translated(request: Request, error: OSError) -> RemoteError:
    said = str(error)
    if isinstance(error, FileNotFoundError) or "404" in said:
        return Refused(request.source, 404, "there is no such object, or no such bucket")
    if "ACCESS_DENIED" in said or "403" in said:
        return Refused(
            request.source, 403, "this may not be read; give credentials in the environment, as for the aws command"
        )
    first = said.splitlines()[0] if said else type(error).__name__
    return Passing(request.source, f"S3 does not give it ({first[:200]})")


def _provenance(request: Request, facts: Mapping[str, str]) -> Provenance:
    return Provenance(
        source=str(request),
        address=request.source,
        service="s3",
        modified=facts["last-modified"] or None,
        etag=facts["etag"] or None,
        last_modified=facts["last-modified"] or None,
    )
