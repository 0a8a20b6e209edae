"""A PMTiles archive on a web server or in object storage, read by HTTP range requests (RFC 9110, chapter 14).

Opening it takes one request, two or three where its directories are large; after that each tile takes one.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from tiles.archive import TileArchive
from tiles.errors import BadArchive

HEAD = 16_384
"""Bytes read at once: the header and the root directory lie in them."""

_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
_BUSY = frozenset({408, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to try."""

    timeout_s: float = 20.0
    """Seconds without a byte after which a request has failed."""

    attempts: int = 3
    pause_s: float = 0.5
    """Seconds before the second attempt; twice as long before each next."""


def open_archive(address: str, patience: Patience = Patience()) -> TileArchive:  # frozen
    """The archive at a path, or at an ``http(s)://`` address; raises BadArchive with a sentence where it cannot be read."""
    if address.lower().startswith(("http://", "https://")):
        return TileArchive.over(RemoteFile.open(address, patience))
    return TileArchive.open(Path(address))


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """The bytes of a file on a server. Safe to share between threads; all parts are of the same version of the file."""

    address: str
    size: int
    version: str
    """Its strong ETag, or else when it was last changed; empty where the server tells neither."""

    _head: bytes
    _client: httpx.Client
    _patience: Patience

    @staticmethod
    def open(address: str, patience: Patience) -> RemoteFile:
        """Read the beginning of a file; raises BadArchive where it is not there or the server does not do ranges."""
        client = httpx.Client(
            timeout=patience.timeout_s, follow_redirects=True, headers={"Accept-Encoding": "identity"}
        )
        try:
            part = _tried(client, address, 0, HEAD, "", patience)
        except BadArchive:
            client.close()
            raise
        return RemoteFile(address, part.size, part.version, part.content, client, patience)

    def read(self, offset: int, length: int) -> bytes:
        """A part of it, shorter where it ends; BadArchive where the file has changed since it was opened, or is gone."""
        end = min(offset + length, self.size)
        if end <= len(self._head):
            return self._head[offset:end]
        if offset >= end:
            return b""
        part = _tried(self._client, self.address, offset, end - offset, self.version, self._patience)
        if part.size != self.size or part.version != self.version:
            raise _changed(self.address)
        return part.content

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


@dataclass(frozen=True, slots=True)
class _Part:
    content: bytes
    size: int
    """Of the whole file."""

    version: str


class _Again(Exception):
    """It failed in a way that may pass; the message is the second half of a sentence."""


def _tried(client: httpx.Client, address: str, offset: int, length: int, version: str, patience: Patience) -> _Part:
    """A part of a file, asked for as often as patience allows."""
    told = ""
    for attempt in range(patience.attempts):
        if attempt:
            time.sleep(patience.pause_s * 2 ** (attempt - 1))
        try:
            return _part(client, address, offset, length, version)
        except httpx.TimeoutException:
            told = f"the server did not answer within {patience.timeout_s:g} seconds"
        except httpx.TransportError as error:
            told = f"the connection failed ({error})"
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise BadArchive(f"{address}: cannot be read: {error}") from error
        except _Again as error:
            told = str(error)
    tries = "1 attempt" if patience.attempts == 1 else f"{patience.attempts} attempts"
    raise BadArchive(f"{address}: {told}, after {tries}; try again later")


def _part(client: httpx.Client, address: str, offset: int, length: int, version: str) -> _Part:
    headers = {"Range": f"bytes={offset}-{offset + length - 1}", **_only_if(version)}
    with client.stream("GET", address, headers=headers) as response:
        _check(address, response)
        found = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
        content = response.read()
    if found is None:
        raise BadArchive(f"{address}: the server does not say which part of the file it sends")
    first, last, size = map(int, found.groups())
    if first != offset or last != min(offset + length, size) - 1:
        raise BadArchive(f"{address}: the server sends another part of the file than was asked for")
    if len(content) != last + 1 - first:
        raise _Again("the answer was cut short")
    return _Part(content, size, _version(response))


def _check(address: str, response: httpx.Response) -> None:
    """Raise what a status other than that of a part of a file means."""
    match response.status_code:
        case 206:
            return
        case 200:
            raise BadArchive(
                f"{address}: the server does not answer range requests, so the archive cannot be read from there; "
                "download it, or put it on a server that does"
            )
        case 401 | 403:
            raise BadArchive(f"{address}: the server does not let us read it (status {response.status_code})")
        case 404 | 410:
            raise BadArchive(f"{address}: there is no such file on the server (status {response.status_code})")
        case 412:
            raise _changed(address)
        case 416:
            raise BadArchive(f"{address}: is empty, or shorter than it was")
        case status if status in _BUSY:
            raise _Again(f"the server could not answer (status {status})")
        case status:
            raise BadArchive(f"{address}: cannot be read: the server answers with status {status}")


def _only_if(version: str) -> dict[str, str]:
    if not version:
        return {}
    return {"If-Match" if version.startswith('"') else "If-Unmodified-Since": version}


def _version(response: httpx.Response) -> str:
    etag: str = response.headers.get("ETag", "")
    return etag if etag.startswith('"') else response.headers.get("Last-Modified", "")


def _changed(address: str) -> BadArchive:
    return BadArchive(f"{address}: the file has changed since it was opened; open it again")
