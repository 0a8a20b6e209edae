"""Where a file in the cache came from: written beside it, and quoted by lock files and atlases."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

from layers.errors import LayersError

VERSION = 1


_NEEDED = ("source", "address", "service", "file", "sha256", "size", "content", "fetched")


class BadProvenance(LayersError):
    """A file that should tell where a download came from and does not."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where one download came from, when, under which licence, and what it should look like."""

    source: str
    """As the catalog writes it."""

    address: str
    """Where it was asked for; without what follows a ``?`` in an address of the web or S3, which may hold a secret."""

    service: str
    """Which protocol answered: ``odata4``, ``odata3``, ``atom``, ``ogc-api``, ``http`` or ``s3``."""

    file: str = ""
    """Name of the file in the cache, which fills in this and what follows about it."""

    sha256: str = ""
    """Of the bytes of the file."""

    size: int = 0
    """Bytes."""

    content: str = ""
    """Of what it says, the same whichever program wrote it: for a table the SHA-256 of its rows, else ``sha256``."""

    fetched: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    """Moment of the download, ISO 8601 in UTC."""

    licence: str = ""
    attribution: str = ""
    """Who must be named where the data is shown."""

    dimensions: tuple[tuple[str, tuple[str, ...]], ...] = ()
    columns: tuple[str, ...] = ()
    """Measures that were asked for, as the catalog writes them; none means all."""

    rows: int | None = None
    title: str | None = None
    version: str | None = None
    """Version of the publisher: ``v1`` to ``v3`` of a Wijk- en Buurtkaart, the number of a table."""

    modified: str | None = None
    """When the publisher last changed it, as the publisher writes it."""

    etag: str | None = None
    last_modified: str | None = None
    """As HTTP said, for asking again."""

    notes: tuple[str, ...] = field(default=())
    """What the one who looks after the catalog should know, one sentence each."""

    def to_json(self) -> str:
        """As text for people and programs."""
        return json.dumps({"version_of_this_file": VERSION, **asdict(self)}, ensure_ascii=False, indent=2) + "\n"

    @staticmethod
    def from_json(text: str) -> Provenance:
        """From such text. Raises BadProvenance."""
        try:
            data: dict[str, Any] = json.loads(text)
            known = {part.name for part in fields(Provenance)}
            kept = {name: data[name] for name in _NEEDED} | {key: data[key] for key in known & data.keys()}
            kept["dimensions"] = tuple((name, tuple(codes)) for name, codes in kept.get("dimensions", ()))
            kept["columns"] = tuple(kept.get("columns", ()))
            kept["notes"] = tuple(kept.get("notes", ()))
            return Provenance(**kept)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadProvenance("this does not tell where a download came from") from error
