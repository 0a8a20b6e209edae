"""Whether the geometry tiles of an edition can stay: they can while nothing changed that they are made from.

Beside the tiles lies ``tiles/<stem>.key.json``, which says what the newest archive was made from. Without it, or with
one that does not fit, the tiles are made again; so it may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Final

import shapely
from pydantic import BaseModel, ValidationError

from layers.atlas import Artefact
from layers.editions import Edition
from tiles.grid import GridName
from tiles.version import engine_version


class Kept(BaseModel):
    """The content of a key file."""

    key: str
    tiles: tuple[Artefact, ...]
    """The same tiles in each encoding."""


def geometry_key(edition: Edition, regions: Artefact, maxzoom: int, grid: GridName) -> str:
    """A hash over everything that decides the bytes of an edition's tiles, with the code that makes them."""
    digest = hashlib.sha256()
    facts = (
        regions.version,  # codes, names, ids, label points and geometry
        maxzoom,
        grid.value,
        [(level.id, level.minzoom) for level in edition.levels],
        [(shapes.id, shapes.kind) for shapes in edition.backdrop],
        engine_version(),
    )
    digest.update(json.dumps(facts).encode())
    for level in edition.levels:
        digest.update(level.label_weight.tobytes())
    for shapes in edition.backdrop:
        for geometry in shapely.to_wkb(shapes.geometry).tolist():
            digest.update(geometry or b"")
    return digest.hexdigest()


def kept_tiles(folder: Path, stem: str, key: str) -> tuple[Artefact, ...] | None:
    """The tiles that were made from the same things, if they are still there and whole."""
    try:
        kept = Kept.model_validate_json(_key_file(folder, stem).read_bytes())
        are_whole = all(_is_whole(folder, artefact) for artefact in kept.tiles)
    except (OSError, ValidationError):
        return None
    return kept.tiles if kept.key == key and are_whole else None


def _is_whole(folder: Path, artefact: Artefact) -> bool:
    with (folder / artefact.path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest().startswith(artefact.version)


def remember_tiles(folder: Path, stem: str, key: str, artefacts: tuple[Artefact, ...]) -> None:
    """Note what tiles were made from."""
    path = _key_file(folder, stem)
    unfinished = path.with_name(f"{_UNFINISHED}{path.name}")
    unfinished.write_text(Kept(key=key, tiles=artefacts).model_dump_json() + "\n")
    unfinished.replace(path)


_UNFINISHED: Final = ".unfinished-"
"""What the next build removes when this one is cut off."""


def _key_file(folder: Path, stem: str) -> Path:
    return folder / "tiles" / f"{stem}.key.json"
