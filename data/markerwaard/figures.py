"""Ten years of figures that nobody measured, and the reasons where there is none.

Everything is counted per cell and added up, so wijken and gemeenten agree with their parts; a small rest that cannot
be located is counted at gemeente level only, as in real statistics. A count of 1 to 4 is withheld, and so is what
stands on fewer than 20 homes or 50 inhabitants.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from markerwaard.homes import YEARS, Homes
from markerwaard.land import SEED
from markerwaard.regions import Edition, Regions

TOO_FEW = 5
"""Counts from 1 up to this one are withheld."""

FEW_HOMES = 20
FEW_INHABITANTS = 50

WITHHELD = {"gemeente": "-99997", "wijk": ".", "buurt": "-99997"}
"""How each table says that a figure is withheld: as CBS's GeoPackages do, and as StatLine does."""

NOT_YET = "-99995"
NOT_APPLICABLE = "-99991"
MISSING = ""
NOT_COMPARABLE = "niet vergelijkbaar"

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the tables: ``factor`` times a count divided by a base."""

    name: str
    levels: tuple[str, ...]
    count: Array
    """(cells, years) what is counted."""

    base: Array | None
    """(cells, years) what it is divided by; None for a plain count."""

    factor: float
    decimals: int
    is_count_of_few: bool = True
    """Whether a small count gives somebody away: so for offences, not for a sum of property values."""

    unlocated: float = 0.0
    """The part that no wijk is known for."""

    since: int = YEARS[0]
    until: int = YEARS[-1]
    """After this year the source has not published yet."""


def make_columns(homes: Homes) -> list[Column]:
    """All columns with their counts, from fixed seeds."""
    n, people = homes.homes.astype(np.float64), homes.inhabitants.astype(np.float64)
    unrest, centre, wealth = homes.unrest, homes.centrality, homes.wealth
    year = np.array(YEARS) - 2019.0
    price = 268 + 62 * wealth[:, None] + 40 * (1 - centre[:, None])
    price = price * (1.0 + 0.055 * (year + 4) + 0.012 * np.maximum(year - 1, 0) ** 1.5)
    owned = _part("koop", n, 0.56, wealth - 0.5 * centre, 0.22, year * 0.004)
    purchases = _drawn("aankopen", n * 0.105)
    unexplained = _part("onverklaarbaar", purchases, 0.072, unrest, 0.42, year * 0.02)
    resold = _part("doorsluis", n, 0.0125, unrest + centre, 0.4, year * 0.03)
    unknown = _part("onbekend", n, 0.006, centre - wealth, 0.4, year * -0.02)
    hennep = _part("hennep", n, 0.105, unrest, 0.55, year * -0.015)
    family = _part("familie", n, 0.0085, unrest, 0.45, year * 0.01)
    offences = _drawn("delicten", people * 0.0034 * _odds(unrest, 0.62, year * 0.035))
    suspects = _drawn("verdachten", people * 0.0021 * _odds(unrest, 0.5, year * 0.01))
    trade = _part("handel", offences, 0.38, unrest, 0.25, year * 0.02)
    relations = _drawn("relaties", people * 0.00022 * _odds(unrest, 0.5, year * 0.02))
    every, coarse, top = ("gemeente", "wijk", "buurt"), ("gemeente", "wijk"), ("gemeente",)
    return [
        Column("gem_woz", every, np.rint(n * price), n, 1, 0, is_count_of_few=False),
        Column("perc_koop", every, owned, n, 100, 0),
        Column("perc_onverklaarbaar", every, unexplained, purchases, 100, 1),
        Column("woz_onverklaarbaar", top, np.rint(unexplained * price * 0.9), None, 0.001, 1, is_count_of_few=False),
        Column("perc_doorsluis", every, resold, n, 100, 1, until=2023),
        Column("perc_onbekend", coarse, unknown, n, 100, 1, since=2018, until=2023),
        Column("drugsdelicten", every, offences, people, 1000, 1, unlocated=0.04),
        Column("verdachten", coarse, suspects, people, 1000, 1, unlocated=0.02),
        Column("drugshandel", coarse, trade, people, 1000, 1, unlocated=0.03),
        Column("perc_hennep", every, hennep, n, 100, 1),
        Column("perc_familie", coarse, family, n, 100, 1),
        Column("familierelaties", top, relations, None, 1, 0),
    ]


def table(edition: Edition, level: str, columns: list[Column], homes: Homes) -> list[list[str]]:
    """The rows of one level: code, year and a cell of text for each column that has this level."""
    regions = edition.levels[level]
    mine = [column for column in columns if level in column.levels]
    rows = [["code", "jaar", "woningen", "inwoners", *(column.name for column in mine)]]
    for index, year in enumerate(YEARS):
        if (year >= 2022) != (edition.year >= 2022):
            continue
        stock, people = _sum(homes.homes[:, index], regions), _sum(homes.inhabitants[:, index], regions)
        cells = [_cells(column, edition, level, index, stock, people) for column in mine]
        for place, code in enumerate(regions.codes):
            if level == "buurt" and year == 2016 and code.startswith("BU9908"):
                continue  # Kreiloord delivered no buurten that year: no row at all
            rows.append(
                [code, str(year), str(int(stock[place])), str(int(people[place])), *(cell[place] for cell in cells)]
            )
    return rows


def _cells(column: Column, edition: Edition, level: str, index: int, stock: Array, people: Array) -> list[str]:
    """One column of one level and year as text."""
    regions, year = edition.levels[level], YEARS[index]
    count = _sum(column.count[:, index], regions)
    if level == "gemeente":
        count = np.rint(count * (1 + column.unlocated))
    base = np.ones_like(count) if column.base is None else _sum(column.base[:, index], regions)
    texts = []
    for place, code in enumerate(regions.codes):
        few = column.is_count_of_few and 0 < count[place] < TOO_FEW
        narrow = (
            stock[place] < FEW_HOMES
            if column.factor == 100 or column.name == "gem_woz"
            else people[place] < FEW_INHABITANTS
        )
        if year > column.until:
            text = NOT_YET
        elif year < column.since or _is_lost(column, code, year):
            text = MISSING
        elif base[place] == 0:
            text = NOT_APPLICABLE
        elif column.name == "perc_onverklaarbaar" and code in edition.split and year < 2024:
            text = NOT_COMPARABLE  # purchases are counted over three years, and the buurt is younger
        elif few or narrow:
            text = WITHHELD[level]
        else:
            text = f"{column.factor * count[place] / base[place]:.{column.decimals}f}"
        texts.append(text)
    return texts


def _is_lost(column: Column, code: str, year: int) -> bool:
    """Whether a gemeente failed to deliver a column in a year."""
    return (column.name, code[2:6], year) in {
        ("perc_doorsluis", "9904", 2019),
        ("perc_doorsluis", "9904", 2022),
        ("perc_onbekend", "9907", 2021),
        ("perc_onbekend", "9903", 2023),
        ("perc_hennep", "9905", 2023),
    }


def _sum(cells: NDArray[np.float64] | NDArray[np.int64], regions: Regions) -> Array:
    """Counts of cells added up per region."""
    return np.array([cells[list(part)].sum() for part in regions.cells], dtype=np.float64)


def _odds(mood: Array, weight: float, trend: Array) -> Array:
    """(cells, years) how much more likely than on average."""
    odds: Array = np.exp(weight * mood[:, None] + trend)
    return odds


def _stream(name: str) -> Callable[[Array], Array]:
    """A generator of normal noise that belongs to a name."""
    random = np.random.default_rng([SEED, *name.encode()])
    return lambda like: random.normal(0, 1, like.shape)


def _drawn(name: str, expected: Array) -> Array:
    """Whole counts about an expectation: half of the noise stays with the cell, half changes by the year."""
    noise = _stream(name)
    lasting = noise(expected[:, :1])
    spread = np.sqrt(expected) * (0.6 * lasting + 0.6 * noise(expected))
    return np.maximum(np.rint(expected + spread), 0)


def _part(name: str, of: Array, share: float, mood: Array, weight: float, trend: Array) -> Array:
    """Whole counts that are a part of another count, larger where the mood is."""
    odds = share / (1 - share) * _odds(mood, weight, trend)
    return np.minimum(_drawn(name, of * odds / (1 + odds)), of)
