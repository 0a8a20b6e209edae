"""Catalogs that include others: theme packages and files of one's own, put together into one, each key with its place.

    include = ["theme:vastgoed", "eigen.toml"]

Entries of included files come first. Where an entry of a later file, or of the catalog itself, has the same id, its keys
take the place of those of the earlier one, and the others stay.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any, Final

from layers.postgis import is_database
from layers.problems import InputProblems, Problem, listed, suggestion
from layers.remote.request import is_remote
from layers.toml_lines import Key, key_lines

THEME: Final = "theme:"
"""What the name of a package begins with."""

THEMES: Final = Path(__file__).parent / "themes"
"""Where packages are."""

_MADE_OF: Final = ("column", "from", "columns")
"""Keys that say what an entry is made of."""

_SOURCES: Final = ("regions", "tables", "backdrop", "recodes", "postcodes")
"""Sections whose entries name files."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a key stands."""

    file: str
    """As the publisher knows it: a path, or ``theme:vastgoed``."""

    line: int | None


@dataclass(frozen=True, slots=True)
class Merged:
    """A catalog with everything it includes."""

    path: Path
    data: dict[str, Any]
    places: dict[Key, Place]
    included: frozenset[tuple[str, int]]
    """Entries, by section and number, of other files, of which the catalog itself does not say what they are made of."""

    doubled: list[tuple[Place, str]] = field(default_factory=list)
    """Ids that one file uses twice."""

    def place(self, key: Key) -> Place:
        """The place of a key, or of the nearest table around it that has one."""
        return place_of(self.places, key, self.path)


def place_of(places: Mapping[Key, Place], key: Key, path: Path) -> Place:
    """The place of a key, or of the nearest table around it that has one; the catalog itself where none has."""
    while key and key not in places:
        key = key[:-1]
    return places.get(key, Place(str(path), None))


@dataclass(slots=True)
class _File:
    """One parsed file."""

    path: Path
    name: str
    folder: PurePosixPath
    """Its folder, seen from that of the catalog."""

    data: dict[str, Any]
    lines: dict[Key, int]
    below: dict[Key, list[Key]]
    """By key of an entry, or of one of its keys: all keys from there on."""


def merged(path: Path) -> Merged:
    """A catalog and what it includes. Raises InputProblems for files that cannot be read."""
    files: list[_File] = []
    problems: list[Problem] = []
    _gather(path, str(path), PurePosixPath(), (), files, problems)
    if problems:
        raise InputProblems(problems)
    result = Merged(path, {}, {}, frozenset())
    for file in files:
        result.doubled.extend(_doubled_ids(file))
        _add(result, file)
    return replace(result, included=frozenset(_included(result)))


def _included(result: Merged) -> Iterator[tuple[str, int]]:
    """The entries of other files, unless the catalog itself names their columns."""
    for section, entries in result.data.items():
        for number in range(len(entries) if isinstance(entries, list) else 0):
            entry = (section, number)
            told = [entry, *((*entry, key) for key in _MADE_OF)]
            if not any(key in result.places and result.places[key].file == str(result.path) for key in told):
                yield entry


def _gather(
    path: Path,
    name: str,
    folder: PurePosixPath,
    around: tuple[Path, ...],
    files: list[_File],
    problems: list[Problem],
) -> None:
    """Read a file after those it includes; each once, where it is included first."""
    text = _text(path, name)
    data = _parsed(name, text)
    lines = key_lines(text)
    below: dict[Key, list[Key]] = defaultdict(list)
    for key in lines:
        for length in range(1, min(len(key), 3) + 1):
            below[key[:length]].append(key)
    file = _File(path, name, folder, data, lines, below)
    for number, wanted in enumerate(_includes(file, problems)):
        line = file.lines.get(("include", number), file.lines.get(("include",)))
        try:
            inner, inner_name, inner_folder = _found(file, wanted)
            if inner.resolve() in {outer.resolve() for outer in (*around, path)}:
                problems.append(
                    Problem(name, f'include "{wanted}" goes round in a circle: it includes this file', line=line)
                )
            elif inner.resolve() not in {known.path.resolve() for known in files}:
                _gather(inner, inner_name, inner_folder, (*around, path), files, problems)
        except _NotThere as error:
            problems.append(Problem(name, str(error), line=line))
        except InputProblems as error:
            problems.extend(error.problems)
    files.append(file)


class _NotThere(Exception):
    """What is included does not exist."""


def _includes(file: _File, problems: list[Problem]) -> list[str]:
    value = file.data.pop("include", [])
    if isinstance(value, str):
        value = [value]
    if isinstance(value, list) and all(isinstance(name, str) and name.strip() for name in value):
        return value
    message = 'include is a list of texts, such as include = ["theme:vastgoed", "eigen.toml"]'
    problems.append(Problem(file.name, message, line=file.lines.get(("include",))))
    return []


def _found(file: _File, wanted: str) -> tuple[Path, str, PurePosixPath]:
    """Path, name and folder of an included file."""
    if wanted.startswith(THEME):
        theme = wanted.removeprefix(THEME)
        if theme not in packages():
            known = f"the packages are {listed(packages())}" if packages() else "there are no packages"
            raise _NotThere(f'include "{wanted}": there is no such theme{suggestion(theme, packages())}; {known}')
        return THEMES / f"{theme}.toml", wanted, PurePosixPath()
    path = file.path.parent / wanted
    if not path.is_file():
        near = sorted(other.name for other in path.parent.glob("*.toml")) if path.parent.is_dir() else []
        hint = suggestion(path.name, near)
        raise _NotThere(f'include "{wanted}": this file does not exist{hint}; a package is written {THEME}NAME')
    return path, str(path), file.folder / PurePosixPath(wanted).parent


def packages() -> list[str]:
    """The themes that are shipped."""
    return sorted(path.stem for path in THEMES.glob("*.toml"))


def _text(path: Path, name: str) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        message = "this catalog does not exist"
    except IsADirectoryError:
        message = "this is a folder; name the catalog in it, such as catalog.toml"
    except OSError as error:
        message = f"this catalog cannot be read ({error.strerror})"
    except UnicodeDecodeError as error:
        message = f"a catalog is UTF-8 text, and byte {error.start + 1} is not; save it as UTF-8"
    raise InputProblems([Problem(name, message)])


def _parsed(name: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        message = "this cannot be read as TOML: brackets stand too deep within brackets"
        raise InputProblems([Problem(name, message)]) from error
    except tomllib.TOMLDecodeError as error:
        what, _, place = str(error).rpartition(" (at ")
        numbered = re.match(r"line (\d+), column (\d+)", place)
        line = int(numbered[1]) if numbered else max(1, len(text.rstrip().splitlines()))
        if what == "Cannot overwrite a value" and (doubled := _doubled_key(text.splitlines()[:line])):
            raise InputProblems([Problem(name, doubled, line=line)]) from error
        where = f" at column {numbered[2]}" if numbered else ", where the file ends"
        message = f"this is not TOML: {what[:1].lower()}{what[1:]}{where}"
        raise InputProblems([Problem(name, message, line=line)]) from error


def _doubled_key(lines: Sequence[str]) -> str | None:
    """A sentence about the key on the last of the lines, which its table has already; None where no key stands there."""
    found = re.match(r"\s*([^=#\[{]+?)\s*=", lines[-1])
    headers = (header for line in reversed(lines) if (header := re.match(r"\s*(\[\[?[^\]]+\]\]?)", line)))
    header = next(headers, None)
    if found is None:
        return None
    where = f"in {header[1]}" if header else "above the first table"
    return f'"{found[1]}" stands twice {where}; a key may stand once'


def _doubled_ids(file: _File) -> list[tuple[Place, str]]:
    """Ids that stand twice in one section of one file."""
    found = []
    for section, entries in file.data.items():
        seen: set[str] = set()
        for number, entry in enumerate(entries if isinstance(entries, list) else []):
            name = entry.get("id") if isinstance(entry, dict) else None
            if isinstance(name, str) and name in seen:
                place = Place(file.name, file.lines.get((section, number, "id")))
                found.append((place, f'id = "{name}" is used twice in [[{section}]]; an id names one entry'))
            elif isinstance(name, str):
                seen.add(name)
    return found


def _add(result: Merged, file: _File) -> None:
    """Put a file over what there is."""
    for section, value in file.data.items():
        if isinstance(value, list) and isinstance(result.data.setdefault(section, []), list):
            before = list(result.data[section])
            for number, entry in enumerate(value):
                at = _same(before, entry)
                if at is None:
                    at = len(result.data[section])
                    result.data[section].append({} if isinstance(entry, dict) else entry)
                if isinstance(entry, dict):
                    located = _located(section, entry, file.folder)
                    _put(result, (section, at), located, file, (section, number))
                else:
                    _note(result, (section, at), file, (section, number))
            result.places.setdefault((section,), Place(file.name, file.lines.get((section,))))
        elif section == "protect" and isinstance(value, dict):
            for name, rule in value.items():
                held = result.data.setdefault("protect", {})
                if isinstance(rule, dict) and isinstance(held.setdefault(name, {}), dict):
                    _put(result, ("protect", name), rule, file, ("protect", name))
                else:
                    held[name] = rule
                    _note(result, ("protect", name), file, ("protect", name))
        else:
            result.data[section] = value
            _note(result, (section,), file, (section,))


def _same(entries: list[Any], entry: object) -> int | None:
    """Where an entry with the same id stands among those of other files."""
    name = entry.get("id") if isinstance(entry, dict) else None
    if not isinstance(name, str):
        return None
    places = (at for at, other in enumerate(entries) if isinstance(other, dict) and other.get("id") == name)
    return next(places, None)


def _put(result: Merged, at: Key, table: dict[str, Any], file: _File, origin: Key) -> None:
    """Lay the keys of a table over those of another."""
    held: Any = result.data
    for part in at:
        held = held[part]
    result.places.setdefault(at, Place(file.name, file.lines.get(origin)))
    for name, value in table.items():
        if name in held:
            _forget(result, (*at, name))
        held[name] = value
        _note(result, (*at, name), file, (*origin, name))


def _forget(result: Merged, at: Key) -> None:
    """Forget the places of a key and all below it."""
    for key in [key for key in result.places if key[: len(at)] == at]:
        del result.places[key]


def _note(result: Merged, at: Key, file: _File, origin: Key) -> None:
    """Remember the places of a key and all below it."""
    for key in file.below.get(origin, ()):
        result.places[*at, *key[len(origin) :]] = Place(file.name, file.lines[key])


def _located(section: str, entry: dict[str, Any], folder: PurePosixPath) -> dict[str, Any]:
    """An entry whose source is written as seen from the catalog."""
    source = entry.get("source")
    is_file = isinstance(source, str) and not (is_remote(source) or is_database(source) or "://" in source)
    if section not in _SOURCES or not is_file or folder == PurePosixPath():
        return entry
    return {**entry, "source": str(folder / PurePosixPath(str(source)))}
