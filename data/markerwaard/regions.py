"""Buurten, wijken and gemeenten of two boundary years, made by grouping the same cells twice.

Between 2018 and 2022 two gemeenten merge, one is divided between its neighbours and some young buurten are divided in
two, so codes and borders change in each of the ways that happen in the Netherlands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle

import numpy as np
import shapely
from numpy.typing import NDArray

from markerwaard.groups import Neighbours, adjacency, groups, spread
from markerwaard.land import Land
from markerwaard.names import (
    CENTRE,
    COUNTRYSIDE,
    LETTERED,
    MERGED,
    SPLIT,
    THEMES,
    TOWNS,
    WAARDS,
    WORKING_AREAS,
)

LEVELS = ("gemeente", "wijk", "buurt")
PREFIX = {"gemeente": "GM", "wijk": "WK", "buurt": "BU"}


@dataclass(frozen=True, slots=True)
class Buurt:
    """The smallest region that has a code."""

    gemeente: str
    wijk: str
    """Name of the wijk, unique in its gemeente."""

    name: str
    cells: tuple[int, ...]
    number: int = 0
    """Its number in the wijk; 0 asks for the next free one."""


@dataclass(frozen=True, slots=True)
class Regions:
    """All regions of one level, by code."""

    codes: tuple[str, ...]
    names: tuple[str, ...]
    cells: tuple[tuple[int, ...], ...]
    """Indices of the cells each region is made of."""

    geometry: NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Edition:
    """The borders of one boundary year."""

    year: int
    levels: dict[str, Regions]
    split: frozenset[str]
    """Codes of the buurten that came from a division after the edition before."""


@dataclass(frozen=True, slots=True)
class Province:
    """Both editions and what the making of figures needs to know of the cells."""

    editions: tuple[Edition, ...]
    is_working_area: NDArray[np.bool_]
    """(cells,)"""

    is_young: NDArray[np.bool_]
    """(cells,) True where homes were mostly built after 2018."""


def make_province(land: Land) -> Province:
    """The editions of 2018 and 2022."""
    graph = adjacency(land)
    towns = _nearest_town(land, graph)
    settling = _settle(land, graph, towns)
    newest, partners = settling.buurten, {cell for pair in settling.young for cell in pair}
    before = [_joined(newest, pair) for pair in settling.young]
    buurten_2018 = [buurt for buurt in newest if buurt.cells[0] not in partners] + before
    buurten_2018 = _numbered(buurten_2018)
    number_2018 = {buurt.cells: buurt.number for buurt in buurten_2018}
    kept = [Buurt(b.gemeente, b.wijk, b.name, b.cells, number_2018.get(b.cells, 0)) for b in newest]
    buurten_2022 = _herindeling(_numbered(kept), land)
    is_working = np.isin(np.arange(len(land.cells)), settling.working)
    is_young = np.isin(np.arange(len(land.cells)), sorted(partners))
    return Province(
        (
            _edition(2018, buurten_2018, {town.code: town.name for town in TOWNS}, land, set()),
            _edition(2022, buurten_2022, _gemeenten_2022(), land, partners),
        ),
        is_working,
        is_young,
    )


def _gemeenten_2022() -> dict[str, str]:
    gone = {*MERGED[2], SPLIT[0]}
    return {town.code: town.name for town in TOWNS if town.code not in gone} | {MERGED[0]: MERGED[1]}


def _nearest_town(land: Land, graph: Neighbours) -> NDArray[np.int64]:
    """The town each cell belongs to; the countryside goes to the town that is nearest over land."""
    starts = {town: np.flatnonzero(land.towns == town).tolist() for town in range(len(TOWNS))}
    label = spread(graph, starts, set(graph))
    return np.array([label[cell] for cell in range(len(land.cells))])


@dataclass(slots=True)
class _Settling:
    """The buurten of the newest year, one per cell, as they come about."""

    buurten: list[Buurt] = field(default_factory=list)
    working: list[int] = field(default_factory=list)
    """Cells where (almost) nobody lives."""

    young: list[tuple[int, int]] = field(default_factory=list)
    """Pairs of cells that were one buurt in 2018."""


def _settle(land: Land, graph: Neighbours, towns: NDArray[np.int64]) -> _Settling:
    """Towns with their wijken and buurten, and the land around them."""
    settling = _Settling()
    waards, country = iter(WAARDS), cycle(COUNTRYSIDE)
    for index, town in enumerate(TOWNS):
        mine = towns == index
        _build_town(index, np.flatnonzero(mine & (land.towns == index)).tolist(), land, graph, settling)
        outside = np.flatnonzero(mine & (land.towns != index)).tolist()
        for group in groups(outside, 2.2 if town.code == SPLIT[0] else 4.5, land, graph):
            wijk = next(waards)
            settling.buurten += [Buurt(town.code, wijk, next(country), (cell,)) for cell in group]
    return settling


def _build_town(index: int, built: list[int], land: Land, graph: Neighbours, settling: _Settling) -> None:
    """Wijken around the centre, each named after a theme, its buurten after what belongs to the theme."""
    town, themes = TOWNS[index], list(THEMES.items())
    away = np.hypot(*(shapely.get_coordinates(shapely.centroid(land.cells)) - town.at).T)
    built = sorted(built, key=lambda cell: float(away[cell]))
    works = built[-2] if len(built) > 11 else None
    if works is not None:
        settling.working.append(works)
    wijken = sorted(groups(built, 4.4, land, graph), key=lambda group: built[0] not in group)
    for order, group in enumerate(wijken):
        wijk, words = (town.centre, CENTRE) if order == 0 else themes[(order - 1 + 5 * index) % len(themes)]
        turn = index % len(words)
        names = iter([*words[turn:], *words[:turn], *(f"{word}-Zuid" for word in words)])
        for cell in sorted(group, key=lambda cell: float(away[cell])):
            name = WORKING_AREAS[index % len(WORKING_AREAS)] if cell == works else next(names)
            settling.buurten.append(Buurt(town.code, wijk, name, (cell,)))
        if order > 0 and len(settling.young) < order // 2 + index * 2 + 2 and len(group) > 3:
            settling.young += _young_pair(group, graph, works)


def _young_pair(group: Sequence[int], graph: Neighbours, works: int | None) -> list[tuple[int, int]]:
    """Two neighbours of one wijk, the pair with the shortest distance; at most one."""
    inside = set(group) - {works}
    pairs = [(step, a, b) for a in sorted(inside) for b, step in graph[a] if b in inside and a < b]
    return [min(pairs)[1:]] if pairs else []


def _joined(buurten: list[Buurt], pair: tuple[int, int]) -> Buurt:
    """The one buurt that two cells were before."""
    first = next(buurt for buurt in buurten if buurt.cells == (pair[0],))
    return Buurt(first.gemeente, first.wijk, f"{first.wijk} in aanbouw", pair)


def _numbered(buurten: list[Buurt]) -> list[Buurt]:
    """The same buurten, in order, each with a number that is free in its wijk."""
    taken: dict[tuple[str, str], set[int]] = {}
    for buurt in buurten:
        taken.setdefault((buurt.gemeente, buurt.wijk), set()).add(buurt.number)
    numbered = []
    for buurt in buurten:
        number = buurt.number
        if not number:
            used = taken[buurt.gemeente, buurt.wijk]
            number = max(used) + 1
            used.add(number)
        numbered.append(Buurt(buurt.gemeente, buurt.wijk, buurt.name, buurt.cells, number))
    return numbered


def _herindeling(buurten: list[Buurt], land: Land) -> list[Buurt]:
    """The buurten after the merger and the division of 1 January 2022."""
    town_name = {town.code: town.name for town in TOWNS}
    town_at = {town.code: np.array(town.at) for town in TOWNS}
    middle = shapely.get_coordinates(shapely.centroid(land.cells))
    gone, (north, south) = SPLIT
    wijken: dict[str, list[int]] = {}
    for buurt in buurten:
        if buurt.gemeente == gone:
            wijken.setdefault(buurt.wijk, []).extend(buurt.cells)
    # What lies on the side of the capital goes there, the rest goes to the new gemeente.
    border = town_at[gone] - (0, 600)
    to_north = {wijk for wijk, cells in wijken.items() if middle[cells].mean(axis=0)[1] > border[1]}
    heir = dict.fromkeys(MERGED[2], MERGED[0])
    moved = []
    for buurt in buurten:
        gemeente = (north if buurt.wijk in to_north else south) if buurt.gemeente == gone else buurt.gemeente
        gemeente = heir.get(gemeente, gemeente)
        moved.append((buurt, gemeente))
    moved.sort(key=lambda pair: pair[0].gemeente == gone)  # newcomers get the last numbers
    of_name: dict[tuple[str, str], set[str]] = {}
    for buurt, gemeente in moved:
        of_name.setdefault((gemeente, buurt.wijk), set()).add(buurt.gemeente)
    renamed = []
    for buurt, gemeente in moved:
        # Where two wijken of one name meet, those from elsewhere get the name of their old gemeente behind it.
        meets = len(of_name[gemeente, buurt.wijk]) > 1 and buurt.gemeente != gemeente
        wijk = f"{buurt.wijk} {town_name[buurt.gemeente]}" if meets else buurt.wijk
        renamed.append(Buurt(gemeente, wijk, buurt.name, buurt.cells, buurt.number))
    return renamed


def _wijk_number(gemeente: str, order: int) -> str:
    """Two places that tell wijken apart: AA, AB … in the capital, 00, 01 … elsewhere."""
    return f"A{chr(ord('A') + order)}" if gemeente == LETTERED else f"{order:02d}"


def _edition(year: int, buurten: list[Buurt], gemeenten: dict[str, str], land: Land, partners: set[int]) -> Edition:
    """The three levels of a list of buurten; wijken are numbered in that order."""
    order: dict[str, list[str]] = {gemeente: [] for gemeente in gemeenten}
    rows: dict[str, dict[str, tuple[str, list[int]]]] = {level: {} for level in LEVELS}
    split = set()
    for buurt in buurten:
        wijken = order[buurt.gemeente]
        if buurt.wijk not in wijken:
            wijken.append(buurt.wijk)
        stem = buurt.gemeente[2:] + _wijk_number(buurt.gemeente, wijken.index(buurt.wijk))
        code = f"BU{stem}{buurt.number:02d}"
        if buurt.cells[0] in partners:
            split.add(code)
        for level, region, name in (
            ("gemeente", buurt.gemeente, gemeenten[buurt.gemeente]),
            ("wijk", f"WK{stem}", buurt.wijk),
            ("buurt", code, buurt.name),
        ):
            rows[level].setdefault(region, (name, []))[1].extend(buurt.cells)
    return Edition(year, {level: _regions(rows[level], land) for level in LEVELS}, frozenset(split))


def _regions(rows: dict[str, tuple[str, list[int]]], land: Land) -> Regions:
    """Regions by code with the union of their cells."""
    codes = tuple(sorted(rows))
    cells = tuple(tuple(sorted(rows[code][1])) for code in codes)
    geometry = np.array([shapely.coverage_union_all(land.cells[list(part)]) for part in cells], dtype=object)
    return Regions(codes, tuple(rows[code][0] for code in codes), cells, shapely.normalize(geometry))
