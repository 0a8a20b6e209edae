"""Areas of the atlas by code: where they lie, what became of them, and codes near one that does not exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from layers.recodes import Change, known_recodes
from layers.store import Atlas
from server.pages.parts import Figure, figure_at

NEAR = 6
"""So many codes at most are named for one that does not exist."""


@dataclass(frozen=True, slots=True)
class Area:
    """A region of one edition."""

    code: str
    name: str
    level: str
    edition: int
    parents: tuple[Area, ...] = ()
    """From the next coarser one to the coarsest."""


def find_area(atlas: Atlas, code: str) -> Area | None:
    """The area of a code in the newest borders that have it."""
    for edition in sorted(atlas.facts.editions, key=lambda edition: -edition.year):
        regions = atlas.regions(edition.year)
        row_by_code = {known: row for row, known in enumerate(regions.code)}
        chain: list[Area] = []
        wanted: str | None = code
        while wanted is not None and wanted in row_by_code:
            row = row_by_code[wanted]
            chain.append(Area(wanted, regions.name[row], regions.level[row], edition.year))
            wanted = regions.parent[row]
        if chain:
            first, *parents = chain
            return Area(first.code, first.name, first.level, first.edition, tuple(parents))
    return None


def above(code: str, parents: Mapping[str, str | None]) -> Iterator[str]:
    """A code and those of the regions around it, from small to large."""
    wanted: str | None = code
    while wanted is not None:
        yield wanted
        wanted = parents.get(wanted)


def newest_edition(atlas: Atlas) -> int:
    """The boundary year of the newest borders."""
    return max(edition.year for edition in atlas.facts.editions)


@dataclass(frozen=True, slots=True)
class Succession:
    """What became of an area."""

    name: str
    year: int
    """The first boundary year without it."""

    areas: tuple[Area, ...]
    """Those of the atlas it became part of."""


def succession(atlas: Atlas, code: str) -> Succession | None:
    """What became of an area that the newest borders do not have, as far as is known of gemeenten and by the catalog."""
    newest = newest_edition(atlas)
    known = known_recodes()
    told = (Change(one.level, one.year, frozenset({one.old}), frozenset(one.new)) for one in atlas.facts.recodes)
    by_year: dict[int, list[Change]] = {}
    for change in (*known.changes, *told):
        by_year.setdefault(change.year, []).append(change)
    former = find_area(atlas, code)
    codes, first, name = frozenset({code}), 0, former.name if former else known.names.get(code, code)
    for year, changes in sorted(by_year.items()):
        touching = [change for change in changes if codes & change.old]
        if touching and year <= newest:
            ended = codes & frozenset().union(*(change.old for change in touching))
            codes = codes - ended | frozenset().union(*(change.became(ended) for change in touching))
            first = first or year
    areas = tuple(area for one in sorted(codes - {code}) if (area := find_area(atlas, one)) is not None)
    return Succession(name, first, areas) if areas else None


def near_areas(atlas: Atlas, asked: str) -> list[Area]:
    """Areas whose name has what was asked, then those whose code begins most like it, of the newest borders."""
    regions = atlas.regions(newest_edition(atlas))
    wanted, code = asked.strip().casefold()[:60], asked.strip().upper()[:20]

    def likeness(row: int) -> tuple[bool, int, int]:
        known = regions.code[row]
        shared = next(
            (at for at, (a, b) in enumerate(zip(known, code, strict=False)) if a != b), min(len(known), len(code))
        )
        return (len(wanted) > 2 and wanted in regions.name[row].casefold(), shared, -abs(len(known) - len(code)))

    rows = sorted(range(len(regions)), key=lambda row: (likeness(row), -row), reverse=True)
    found = [find_area(atlas, regions.code[row]) for row in rows[:NEAR]]
    return [area for area in found if area is not None]


class FigureFinder:
    """Figures by indicator, level, year and code; made for one page."""

    def __init__(self, atlas: Atlas) -> None:
        self._atlas = atlas
        self._rows: dict[tuple[int, str], dict[str, int]] = {}

    def figure(self, indicator_id: str, level: str, year: int, code: str) -> Figure | None:
        """The figure of a region; None where the borders of that year do not have it. Raises NotInAtlas."""
        series = self._atlas.series(indicator_id, level, year)
        row = self.rows(series.edition, level).get(code)
        return None if row is None else figure_at(self._atlas.published(indicator_id, level, year), row)

    def rows(self, edition: int, level: str) -> dict[str, int]:
        """By code, the place in the figures of a level."""
        if (edition, level) not in self._rows:
            codes = self._atlas.regions(edition).of_level(level).code
            self._rows[edition, level] = {code: row for row, code in enumerate(codes)}
        return self._rows[edition, level]

    def years(self, indicator_id: str, level: str) -> list[int]:
        """Years with figures of a level, rising."""
        return sorted({s.year for s in self._atlas.indicator(indicator_id).series if s.level == level})
