"""What became of regions when borders or codes changed, and which figures may be carried across such a change.

A change is a set of old regions and a set of new ones that cover the same land. Figures go from one side to the other only
where there is one region on the other side: then it consists of whole regions, and nothing has to be divided.

    GM0398 ─┐
            ├─> GM1980       figures of both make the figure of GM1980; from GM1980 back there is no way
    GM0416 ─┘

Gemeenten are known from ``herindeling.csv``, beginning with the borders of 2012. It has the changes in which gemeenten
ended, began or got another code, and not the moves of a street from one gemeente to the next.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

from layers.catalog_model import RecodeEntry
from layers.codes import cbs_level, tidy
from layers.delimited import decoded, delimiter_of
from layers.problems import InputProblems, Problem, listed

GEMEENTE = "gemeente"


@dataclass(frozen=True, slots=True)
class Change:
    """Old and new regions of a level that cover the same land."""

    level: str
    year: int
    """The first boundary year with the new ones."""

    old: frozenset[str]
    new: frozenset[str]
    moves: frozenset[tuple[str, str]] = frozenset()
    """Pairs of an old region and a new one that got any of it; none where every new one may have got some of every old one."""

    def became(self, codes: frozenset[str]) -> frozenset[str]:
        """The new regions that got any of some old ones."""
        return frozenset(new for old, new in self.moves if old in codes) if self.moves else self.new


@dataclass(frozen=True, slots=True)
class Relation:
    """How the regions of two boundary years relate: the changes between them put together. Any other region is itself."""

    groups: tuple[tuple[frozenset[str], frozenset[str]], ...] = ()
    """Regions of the figures, and regions of the borders they are to stand on, that cover the same land."""

    names: Mapping[str, str] = field(default_factory=dict)
    """By code: names of gemeenten that took part in a change in any year."""

    @property
    def ended(self) -> frozenset[str]:
        """Codes that figures may have and the borders do not."""
        return frozenset(code for theirs, ours in self.groups for code in theirs - ours)

    @property
    def begun(self) -> frozenset[str]:
        """Codes that the borders have and the figures cannot."""
        return frozenset(code for theirs, ours in self.groups for code in ours - theirs)

    def theirs(self) -> dict[str, frozenset[str]]:
        """By code of the borders, where it is the only one: the regions whose figures make its figure."""
        return {next(iter(ours)): theirs for theirs, ours in self.groups if len(ours) == 1}

    def divided(self) -> dict[str, frozenset[str]]:
        """By code of the borders: the regions with figures that it is part of, or shares land with."""
        return {code: theirs for theirs, ours in self.groups if len(ours) > 1 for code in ours}


SAME = Relation()
"""The same borders on both sides."""


@dataclass(frozen=True, slots=True)
class Recodes:
    """All changes that are known."""

    changes: tuple[Change, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    """Names of gemeenten that take part in a change, by code."""

    def between(self, level: str, figures: int, borders: int) -> Relation:
        """How the regions of figures of a boundary year relate to those of borders of another year."""
        first, last = sorted((figures, borders))
        steps = sorted((c for c in self.changes if c.level == level and first < c.year <= last), key=lambda c: c.year)
        groups: list[tuple[frozenset[str], frozenset[str]]] = []
        for change in steps:
            groups = _followed(groups, change)
        if figures > borders:
            groups = [(new, old) for old, new in groups]
        moved = [group for group in groups if len(group[0]) + len(group[1]) > 2 or group[0] != group[1]]
        return Relation(tuple(moved), self.names if level == GEMEENTE else {})

    def with_entries(self, entries: Sequence[RecodeEntry], path_of: Callable[[str], Path]) -> Recodes:
        """These and the ones of a catalog; ``path_of`` finds a source. Raises InputProblems for one that cannot be read."""
        more = [change for entry in entries for change in _changes_of(entry, path_of)]
        return Recodes((*self.changes, *more), self.names)


def _followed(
    groups: Iterable[tuple[frozenset[str], frozenset[str]]], change: Change
) -> list[tuple[frozenset[str], frozenset[str]]]:
    """The groups after one more change: those it touches become one with it."""
    groups = list(groups)
    touched = [group for group in groups if group[1] & change.old]
    passed = frozenset().union(*(ours for _, ours in touched))
    before = frozenset().union(*(theirs for theirs, _ in touched)) | (change.old - passed)
    after = (passed - change.old) | change.new
    return [group for group in groups if group not in touched] + [(before, after)]


@cache
def known_recodes() -> Recodes:
    """What the Dutch gemeenten did."""
    rows = list(csv.DictReader(files("layers").joinpath("herindeling.csv").read_text(encoding="utf-8").splitlines()))
    names = {row["from"]: row["from_name"] for row in rows} | {row["to"]: row["to_name"] for row in rows}
    pairs = [(int(row["year"]), row["from"], row["to"]) for row in rows]
    return Recodes(_changes(GEMEENTE, pairs), names)


def _changes(level: str, pairs: Iterable[tuple[int, str, str]]) -> tuple[Change, ...]:
    """Pairs of an old region and a new one that got any of it, as changes: what hangs together is one."""
    pairs = list(pairs)
    by_year: dict[int, list[tuple[frozenset[str], frozenset[str]]]] = defaultdict(list)
    for year, old, new in pairs:
        group = frozenset({old}), frozenset({new})
        joined = [other for other in by_year[year] if other[0] & group[0] or other[1] & group[1]]
        rest = [other for other in by_year[year] if other not in joined]
        both = [group, *joined]
        by_year[year] = [*rest, (frozenset().union(*(o for o, _ in both)), frozenset().union(*(n for _, n in both)))]
    return tuple(
        Change(level, year, old, new, frozenset((a, b) for at, a, b in pairs if at == year and a in old))
        for year, groups in sorted(by_year.items())
        for old, new in groups
    )


def _changes_of(entry: RecodeEntry, path_of: Callable[[str], Path]) -> tuple[Change, ...]:
    if entry.source is None:
        old = frozenset(tidy(code, entry.level) for code in entry.from_)
        new = frozenset(tidy(code, entry.level) for code in entry.to)
        return (Change(entry.level, entry.year or 0, old, new),)
    return _changes(entry.level, _pairs(entry, entry.source, path_of(entry.source)))


def _pairs(entry: RecodeEntry, source: str, path: Path) -> list[tuple[int, str, str]]:
    try:
        text = decoded(path.read_bytes())
    except OSError as error:
        raise InputProblems([Problem(source, f"this file cannot be read ({error.strerror})")]) from error
    rows = list(csv.reader(text.splitlines(), delimiter=delimiter_of(text)))
    header = [cell.strip().casefold() for cell in rows[0]] if rows else []
    if not {"year", "from", "to"} <= set(header):
        message = f"a table of recodes has the columns year, from and to; these are {listed(header)}"
        raise InputProblems([Problem(source, message)])
    places = [header.index(name) for name in ("year", "from", "to")]
    pairs = []
    for number, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        year, old, new = ((row[place].strip() if place < len(row) else "") for place in places)
        if not (year.isdigit() and len(year) == 4 and old and new):
            message = f'a recode has a year, an old code and a new one, and this has "{year}", "{old}", "{new}"'
            raise InputProblems([Problem(source, message, row=number)])
        pairs.append((int(year), tidy(old, entry.level), tidy(new, entry.level)))
    return pairs


@lru_cache(maxsize=1 << 17)
def gemeente_of(code: str) -> str | None:
    """The gemeente in the code of a wijk or buurt; None for other codes."""
    return f"GM{code[2:6]}" if cbs_level(code) in ("wijk", "buurt") else None
