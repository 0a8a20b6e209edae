"""The built front end, read once at the start: its files are few and small, and nothing outside it can be asked for."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from server.negotiation import Encoding
from server.responses import Content

MEDIA_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
"""By suffix; fixed here because what the operating system says differs between machines."""

PACKED: Final = {".br": Encoding.BROTLI, ".gz": Encoding.GZIP}
PACKABLE: Final = ("text/", "application/json", "application/manifest+json", "image/svg+xml")


@dataclass(frozen=True, slots=True)
class StaticFiles:
    """Content by path below the folder, with forward slashes."""

    content_by_path: Mapping[str, Content]

    @staticmethod
    def read(folder: Path) -> StaticFiles:
        """Everything in a folder that may be missing; ``x.js.br`` and ``x.js.gz`` are encodings of ``x.js``."""
        paths = sorted(folder.rglob("[!.]*")) if folder.is_dir() else []
        plain = [path for path in paths if path.is_file() and path.suffix not in PACKED]
        return StaticFiles({path.relative_to(folder).as_posix(): _content(path) for path in plain})


def _content(path: Path) -> Content:
    body = path.read_bytes()
    media_type = MEDIA_TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    siblings = {
        encoding: sibling.read_bytes()
        for suffix, encoding in PACKED.items()
        if (sibling := path.with_name(path.name + suffix)).is_file()
    }
    if siblings:
        return Content(media_type, {Encoding.IDENTITY: body, **siblings})
    return Content.of(body, media_type) if media_type.startswith(PACKABLE) else Content.picture(body, media_type)
