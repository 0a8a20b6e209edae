"""The catalog: one TOML file that says which regions, figures and indicators make an atlas.

Reading it finds every problem at once, each with the line it stands on, the key, and what is allowed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from layers.catalog_checks import cross_checks
from layers.catalog_errors import sentences
from layers.catalog_model import (
    AtlasEntry,
    BackdropEntry,
    Entry,
    IndicatorEntry,
    RecodeEntry,
    RegionsEntry,
    TableEntry,
    ThemeEntry,
)
from layers.problems import InputProblems, Problem, listed, suggestion
from layers.toml_lines import Key, key_lines

SECTIONS: dict[str, type[Entry]] = {
    "regions": RegionsEntry,
    "tables": TableEntry,
    "themes": ThemeEntry,
    "indicators": IndicatorEntry,
    "backdrop": BackdropEntry,
    "recodes": RecodeEntry,
}
"""The lists of a catalog; beside them stands ``[atlas]``."""

_Entry = TypeVar("_Entry", bound=Entry)


@dataclass(frozen=True, slots=True)
class Catalog:
    """A catalog that holds together; whether its sources do is for ``layers.prepare``."""

    path: Path
    atlas: AtlasEntry
    regions: tuple[RegionsEntry, ...]
    tables: tuple[TableEntry, ...]
    themes: tuple[ThemeEntry, ...]
    indicators: tuple[IndicatorEntry, ...]
    backdrop: tuple[BackdropEntry, ...]
    recodes: tuple[RecodeEntry, ...]
    lines: Mapping[Key, int] = field(repr=False)
    """The line of each key, such as ``("indicators", 0, "style", "palette")``."""

    def locate(self, source: str) -> Path:
        """The path of a source, which is written relative to the catalog."""
        return self.path.parent / source

    def problem(self, key: Key, message: str) -> Problem:
        """A problem with a value of this catalog, at its line or that of the table it stands in."""
        return Problem(str(self.path), message, line=line_of(self.lines, key))


def line_of(lines: Mapping[Key, int], key: Key) -> int | None:
    """The line of a key, or of the nearest table around it that has one."""
    while key and key not in lines:
        key = key[:-1]
    return lines.get(key)


def read_catalog(path: Path) -> Catalog:
    """The catalog in a file.

    Raises InputProblems with everything that is wrong in it.
    """
    text = _text(path)
    data = _parsed(path, text)
    lines = key_lines(text)
    found = _unknown_sections(data) + _misshapen(data)
    atlas, atlas_problems = _atlas(data)
    found += atlas_problems
    entries: dict[str, list[tuple[int, Entry]]] = {}
    for section, model in SECTIONS.items():
        entries[section] = []
        for number, table in enumerate(_tables(data, section)):
            entry, problems = _validated(model, table, (section, number))
            found += problems
            if entry is not None:
                entries[section].append((number, entry))
    found += cross_checks(data)
    if found or atlas is None:
        problems_by_line = [Problem(str(path), message, line=line_of(lines, key)) for key, message in found]
        raise InputProblems(sorted(problems_by_line, key=lambda problem: problem.line or 0))
    return Catalog(
        path=path,
        atlas=atlas,
        regions=_of(entries, RegionsEntry, "regions"),
        tables=_of(entries, TableEntry, "tables"),
        themes=_of(entries, ThemeEntry, "themes"),
        indicators=_of(entries, IndicatorEntry, "indicators"),
        backdrop=_of(entries, BackdropEntry, "backdrop"),
        recodes=_of(entries, RecodeEntry, "recodes"),
        lines=lines,
    )


def _text(path: Path) -> str:
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
    raise InputProblems([Problem(str(path), message)])


def _parsed(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        message = "this cannot be read as TOML: brackets stand too deep within brackets"
        raise InputProblems([Problem(str(path), message)]) from error
    except tomllib.TOMLDecodeError as error:
        what, _, place = str(error).rpartition(" (at ")
        numbered = re.match(r"line (\d+), column (\d+)", place)
        line = int(numbered[1]) if numbered else max(1, len(text.rstrip().splitlines()))
        if what == "Cannot overwrite a value" and (doubled := _doubled(text.splitlines()[:line])):
            raise InputProblems([Problem(str(path), doubled, line=line)]) from error
        where = f" at column {numbered[2]}" if numbered else ", where the file ends"
        message = f"this is not TOML: {what[:1].lower()}{what[1:]}{where}"
        raise InputProblems([Problem(str(path), message, line=line)]) from error


def _doubled(lines: Sequence[str]) -> str | None:
    """A sentence about the key on the last of the lines, which its table has already; None where no key stands there."""
    found = re.match(r"\s*([^=#\[{]+?)\s*=", lines[-1])
    headers = (header for line in reversed(lines) if (header := re.match(r"\s*(\[\[?[^\]]+\]\]?)", line)))
    header = next(headers, None)
    if found is None:
        return None
    where = f"in {header[1]}" if header else "above the first table"
    return f'"{found[1]}" stands twice {where}; a key may stand once'


def _unknown_sections(data: Mapping[str, Any]) -> list[tuple[Key, str]]:
    allowed = ["atlas", *SECTIONS]
    return [
        ((key,), f'unknown key "{key}"{suggestion(key, allowed)}; allowed here: {listed(allowed)}')
        for key in data
        if key not in allowed
    ]


def _misshapen(data: Mapping[str, Any]) -> list[tuple[Key, str]]:
    problems: list[tuple[Key, str]] = []
    for section in SECTIONS:
        value = data.get(section, [])
        if isinstance(value, dict):
            problems.append(((section,), f"{section} is a list: write [[{section}]] with two brackets"))
        elif not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
            problems.append(((section,), f"{section} is a list of tables: write [[{section}]] above each"))
    return problems


def _tables(data: Mapping[str, Any], section: str) -> list[dict[str, Any]]:
    value = data.get(section, [])
    return [table if isinstance(table, dict) else {} for table in value] if isinstance(value, list) else []


def _atlas(data: Mapping[str, Any]) -> tuple[AtlasEntry | None, list[tuple[Key, str]]]:
    table = data.get("atlas")
    if isinstance(table, dict):
        return _validated(AtlasEntry, table, ("atlas",))
    if table is None:
        return None, [((), "[atlas] is missing; it needs id, title and attribution")]
    return None, [(("atlas",), "atlas is a table: write [atlas] with one pair of brackets")]


def _validated(model: type[_Entry], table: dict[str, Any], key: Key) -> tuple[_Entry | None, list[tuple[Key, str]]]:
    try:
        return model.model_validate(table), []
    except ValidationError as error:
        return None, sentences(error, model, key)


def _of(entries: Mapping[str, list[tuple[int, Entry]]], model: type[_Entry], section: str) -> tuple[_Entry, ...]:
    return tuple(entry for _, entry in entries[section] if isinstance(entry, model))
