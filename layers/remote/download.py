"""A file from the web, whole: taken up where it broke off, and not downloaded again when it did not change.

Ranges and conditions follow RFC 9110, sections 13 (conditional requests) and 14 (ranges).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from layers.remote.client import Answer, Client
from layers.remote.errors import BadAnswer, Passing, shown
from layers.remote.meter import Amount, Meter
from layers.remote.provenance import Provenance

_NOT_MODIFIED, _PARTIAL, _NO_SUCH_RANGE = 304, 206, 416


@dataclass(frozen=True, slots=True)
class Downloaded:
    """What came."""

    length: int
    """Bytes."""

    etag: str | None
    last_modified: str | None
    media_type: str
    """Without parameters, in small letters; empty where the server does not say."""


@dataclass(frozen=True, slots=True)
class Download:
    """One file on its way to ``path``, beside which stands what the server said of the version that is half there."""

    client: Client
    address: str
    path: Path
    meter: Meter
    before: Provenance | None = None
    """Of the download that is there, to ask whether it is still the same."""

    def run(self) -> Downloaded | None:
        """Download it; None when the server says that it did not change. Raises RemoteError."""
        came = self.client.read(self.address, self._receive, self._headers)
        if came is None:
            return None
        if came.length == 0:
            raise BadAnswer(f"{shown(self.address)}: the file is empty")
        if came.media_type == "text/html":
            raise BadAnswer(f"{shown(self.address)}: this is a web page, and no file of figures or borders")
        self._validators.unlink(missing_ok=True)
        return came

    @property
    def _validators(self) -> Path:
        return self.path.with_name(f"{self.path.name}.json")

    def _headers(self) -> Mapping[str, str]:
        headers = {"Accept-Encoding": "identity"}  # of a compressed answer no range can be asked
        validator = self._validator()
        if validator is not None:
            return headers | {"Range": f"bytes={self.path.stat().st_size}-", "If-Range": validator}
        if self.before is not None and self.before.etag is not None:
            return headers | {"If-None-Match": self.before.etag}
        if self.before is not None and self.before.last_modified is not None:
            return headers | {"If-Modified-Since": self.before.last_modified}
        return headers

    def _validator(self) -> str | None:
        """What tells the version of the half that is here; None where there is no half to go on with."""
        if not self.path.exists() or self.path.stat().st_size == 0 or not self._validators.exists():
            return None
        try:
            validator = json.loads(self._validators.read_text(encoding="utf-8"))
        except ValueError:
            return None
        return validator if isinstance(validator, str) else None

    def _receive(self, answer: Answer) -> Downloaded | None:
        if answer.status == _NOT_MODIFIED:
            if self.before is None:
                raise BadAnswer(f"{shown(self.address)}: the server says that nothing changed, and was not asked")
            return None
        if answer.status == _NO_SUCH_RANGE:
            self.path.unlink(missing_ok=True)  # the half that is here is not of this file
            raise Passing(self.address, "the server does not have the rest of the file")
        start = self._start(answer)
        self._remember(answer)
        length = None if answer.length is None else start + answer.length
        with self.path.open("r+b" if start else "wb") as file:
            file.seek(start)
            for chunk in answer.chunks():
                file.write(chunk)
                self.meter(Amount(file.tell(), length))
            file.truncate()
            size = file.tell()
        if length is not None and size < length:
            raise Passing(self.address, f"the answer ends after {size:,} of {length:,} bytes")
        etag, last_modified = answer.headers.get("etag"), answer.headers.get("last-modified")
        media_type = answer.headers.get("content-type", "").partition(";")[0].strip().casefold()
        return Downloaded(size, etag, last_modified, media_type)

    def _start(self, answer: Answer) -> int:
        """Where in the file the body begins."""
        if answer.status != _PARTIAL:
            return 0
        size = self.path.stat().st_size
        if not answer.headers.get("content-range", "").replace(" ", "").startswith(f"bytes{size}-"):
            self.path.unlink()
            raise Passing(self.address, "the server sends another part of the file than was asked for")
        return size

    def _remember(self, answer: Answer) -> None:
        etag = answer.headers.get("etag", "")
        # a weak tag does not promise the same bytes, so it is no ground to go on (RFC 9110, section 13.1.5)
        validator = etag if etag and not etag.startswith("W/") else answer.headers.get("last-modified")
        if validator:
            self._validators.write_text(json.dumps(validator), encoding="utf-8")
        else:
            self._validators.unlink(missing_ok=True)
