"""The folder of a static site: written beside its place, and put there at once when it is whole."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from server.errors import BadExport

MARK: Final = "zichtkaart-export.json"
"""The file by which a static site of ours is known."""

_AT_CURRENT_FOLDER: Final = -100
_EXCHANGE: Final = 2


@contextmanager
def replaced(folder: Path, atlas_id: str) -> Iterator[Path]:
    """An empty folder to fill; it takes the place of ``folder`` when this ends well, and is gone when it does not.

    Raises BadExport where the place holds anything but an export of the same atlas.
    """
    check(folder, atlas_id)
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}.unfinished-", dir=folder.parent))
    try:
        unfinished.chmod(0o755)
        yield unfinished
        check(folder, atlas_id)  # somebody may have put something there meanwhile
        _put(unfinished, folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def check(folder: Path, atlas_id: str) -> None:
    """Raise BadExport where a folder must not be replaced."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise BadExport(f"{folder} is no folder; a static site is one, so choose another place")
    if not folder.exists() or not any(folder.iterdir()):
        return
    try:
        held = json.loads((folder / MARK).read_bytes())["atlas"]
    except (OSError, ValueError, KeyError, TypeError):
        raise BadExport(
            f"{folder} is not empty and holds no export of zichtkaart; choose a new or empty folder"
        ) from None
    if held != atlas_id:
        raise BadExport(
            f'{folder} holds the export of "{held}", not of "{atlas_id}": choose another folder or remove it'
        )


def _put(new: Path, place: Path) -> None:
    """Put a folder in the place of another, if possible in one step; the other one is then where it was."""
    if not place.exists():
        new.rename(place)
        return
    if _exchanged(new, place):
        return
    with tempfile.TemporaryDirectory(prefix=f".{place.name}.before-", dir=place.parent) as aside:
        place.rename(Path(aside) / "site")
        new.rename(place)


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two folders, as Linux can; False where the system or its file system cannot."""
    try:
        exchange = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    names = os.fsencode(one), os.fsencode(other)
    done: int = exchange(_AT_CURRENT_FOLDER, names[0], _AT_CURRENT_FOLDER, names[1], _EXCHANGE)
    return done == 0
