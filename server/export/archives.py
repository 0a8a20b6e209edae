"""The tiles of a static site: archives in which borders and figures are joined, and which style reads which.

An archive holds the indicators that its tileset has by itself. The others of the theme follow in further archives of a few each,
so that no tile becomes too large for a client, whatever a theme holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, quote, urlsplit

from layers.atlas import AtlasFacts, TilesetFacts
from layers.store import Atlas
from layers.tileset import Borders, Tileset
from server.progress import Report
from tiles.encoding import Encoding
from tiles.joined import write_joined

AT_MOST: Final = 16
"""Indicators of a further archive."""

SUFFIXES: Final = {Encoding.MVT: ".pmtiles", Encoding.MLT: ".mlt.pmtiles"}


@dataclass(frozen=True, slots=True)
class Part:
    """A tileset, or a part of it, that becomes an archive in each encoding there is."""

    name: str
    tileset: TilesetFacts

    def file(self, encoding: Encoding) -> str:
        """The path of its archive in the site."""
        return f"tiles/{self.name}{SUFFIXES[encoding]}"


def parts_of(facts: AtlasFacts) -> list[Part]:
    """Every archive: first what a tileset has by itself, then what else its theme has in that year on those borders."""
    return [part for tileset in facts.tilesets for part in _parts(facts, tileset)]


def _parts(facts: AtlasFacts, tileset: TilesetFacts) -> Iterator[Part]:
    yield Part(tileset.id, tileset)
    there = [i.id for i in facts.indicators if any(series.tileset == tileset.id for series in i.series)]
    others = [name for name in there if name not in tileset.indicators]
    for number, at in enumerate(range(0, len(others), AT_MOST), start=2):
        chosen = tuple(others[at : at + AT_MOST])
        yield Part(f"{tileset.id}-{number}", tileset.model_copy(update={"indicators": chosen}))


def write_archives(
    atlas: Atlas, parts: list[Part], folder: Path, jobs: int, progress: Report
) -> dict[str, set[Encoding]]:
    """Write all archives into the folder of the site; by name of the part in which encodings there are any."""
    written: dict[str, set[Encoding]] = {}
    (folder / "tiles").mkdir()
    for edition in atlas.facts.editions:
        borders = Borders(atlas, edition.year)
        for part in (part for part in parts if part.tileset.edition == edition.year):
            progress("tiles", len(written), len(parts))
            tileset = Tileset(atlas, part.tileset, borders)
            for encoding in tileset.versions:
                write_joined(tileset.archives[encoding], folder / part.file(encoding), tileset.attributes, jobs=jobs)
            written[part.name] = set(tileset.versions)
    progress("tiles", len(parts), len(parts))
    return written


def pointed_at_archives(
    style: dict[str, Any], base: str, parts: list[Part], written: dict[str, set[Encoding]]
) -> dict[str, Any]:
    """A style of the server with archives instead of tilesets as its sources."""
    sources = {}
    for name, source in style["sources"].items():
        address = urlsplit(source["url"])
        tileset_id = address.path.rpartition("/")[2]
        asked = set(",".join(parse_qs(address.query).get("indicators", [])).split(",")) - {""}
        part = next(part for part in parts if part.tileset.id == tileset_id and asked <= set(part.tileset.indicators))
        encoding = Encoding.MLT if source.get("encoding") and Encoding.MLT in written[part.name] else Encoding.MVT
        plain = {key: value for key, value in source.items() if key != "encoding"}
        named = {"encoding": encoding.value} if encoding is Encoding.MLT else {}
        sources[name] = plain | {"url": f"pmtiles://{base}/{quote(part.file(encoding))}"} | named
    return style | {"sources": sources}
