"""Tables per region: a row for each region and year, and for each breakdown where a table has one.

A small rest that cannot be located is counted at gemeente level only, as in real statistics. The tables of gemeenten have rows
of the Netherlands too, as invented as the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from markerwaard.cells import (
    FEW,
    FEW_HOMES,
    FEW_SUSPECTS,
    MISSING,
    NOT_APPLICABLE,
    NOT_COMPARABLE,
    NOT_YET,
    WITHHELD,
    protected_count,
    protected_sum,
)
from markerwaard.figures import OFFENCES, PROFILES, Counts
from markerwaard.homes import YEARS
from markerwaard.names import MERGED, SPLIT
from markerwaard.noise import Array
from markerwaard.regions import Edition, Regions

NATIONAL = "NL00"
TIMES = 96.0
"""How many times larger than Markerwaard the Netherlands of the demo is."""

GEMEENTE, TO_WIJK, ALL = ("gemeente",), ("gemeente", "wijk"), ("gemeente", "wijk", "buurt")
BELOW = ("wijk", "buurt")

Written = Callable[[float, float, str], str]
"""A cell from a count, the count it is over (or 0) and the text for what is withheld."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of figures."""

    name: str
    levels: tuple[str, ...]
    count: str
    written: Written
    over: str = ""
    """Another count that the figure depends on."""

    nationally: float = 1.0
    """How much more there is of it in the Netherlands, in proportion."""

    unlocated: float = 0.0
    """The part that no wijk is known for."""

    since: int = YEARS[0]
    until: int = YEARS[-1]
    """After this year the source has not published yet."""


def _exact(count: float, _: float, __: str) -> str:
    return str(int(count))


def _few(count: float, _: float, withheld: str) -> str:
    return protected_count(count, FEW, withheld)


def _few_persons(count: float, _: float, withheld: str) -> str:
    return protected_count(count, FEW_SUSPECTS, withheld)


def _sum(count: float, over: float, withheld: str) -> str:
    return protected_sum(count, over, withheld)


def _of_homes(factor: float) -> Written:
    def written(count: float, homes: float, withheld: str) -> str:
        if homes == 0:
            return NOT_APPLICABLE
        return withheld if homes < FEW_HOMES else f"{factor * count / homes:.0f}"

    return written


def _price(count: float, sold: float, withheld: str) -> str:
    return withheld if sold < FEW_HOMES else f"{1000 * count / sold:.0f}"


def _percentage(count: float, over: float, _: str) -> str:
    return f"{100 * count / over:.1f}" if over else NOT_APPLICABLE


COLUMNS = (
    Column("woningen", ALL, "woningen", _exact),
    Column("inwoners", ALL, "inwoners", _exact),
    Column("particuliere_woningen", ALL, "particulier", _few),
    Column("woningtransacties", TO_WIJK, "transacties", _few, nationally=1.1),
    Column("woningaankopen", ALL, "aankopen", _few),
    Column("onverklaarbare_aankopen", ALL, "onverklaarbaar", _few, nationally=0.62),
    Column("onverklaarbare_aankopen_woz", GEMEENTE, "onverklaarbaar-woz", _sum, "onverklaarbaar", nationally=0.6),
    Column("onverklaarbaar_bezit", TO_WIJK, "bezit", _few, nationally=0.7),
    Column("onverklaarbaar_bezit_woz", GEMEENTE, "bezit-woz", _sum, "bezit", nationally=0.7),
    Column("doorsluiswoningen", ALL, "doorsluis", _few, nationally=0.75, until=2023),
    Column("onbekende_eigenaar", TO_WIJK, "onbekend", _few, nationally=0.8, since=2018, until=2023),
    Column("stichtingsbestuurder_woningen", TO_WIJK, "stichting", _few, nationally=1.05),
    Column("stichtingsbestuurder_woz", GEMEENTE, "stichting-woz", _sum, "stichting", nationally=1.1),
    Column("delicten", BELOW, "delicten", _few, nationally=0.8),
    Column("verdachten", ("wijk",), "verdachten", _few_persons, nationally=0.8),
    Column("woningen_verhoogd_risico", ALL, "hennep", _few, nationally=0.55),
    Column("familierelaties", GEMEENTE, "relaties", _few, nationally=0.7),
    Column("familie_woningen", TO_WIJK, "familie", _few, nationally=0.65),
    Column("gemiddelde_woningwaarde", ALL, "woz", _of_homes(1), "woningen", nationally=0.97),
    Column("percentage_koopwoningen", ALL, "koop", _of_homes(100), "woningen", nationally=1.02),
    Column("perc_huurwoningen_in_bezit_woningcorporaties", ALL, "corporatie", _of_homes(100), "woningen"),
    Column("perc_huurwoningen_in_bezit_overige_verhuurders", ALL, "overig", _of_homes(100), "woningen"),
    Column("gemiddelde_verkoopprijs", GEMEENTE, "transactiewaarde", _price, "transacties", nationally=1.05),
    Column("drugshandel", ALL, "drugshandel", _exact, nationally=0.7, unlocated=0.03),
    Column("drugsoverlast", ALL, "drugsoverlast", _exact, nationally=0.8, unlocated=0.03),
    Column("aandeel_drugsmisdrijven", GEMEENTE, "drugsmisdrijven", _percentage, "misdrijven", nationally=0.8),
)
"""What is not broken down; what stands on it is given for regions of any size, and withheld where the product is made."""

_LOST = {
    ("doorsluiswoningen", "9904", 2019),
    ("doorsluiswoningen", "9904", 2022),
    ("onbekende_eigenaar", "9907", 2021),
    ("onbekende_eigenaar", "9903", 2023),
    ("woningen_verhoogd_risico", "9905", 2023),
}
"""Columns that a gemeente failed to deliver in a year."""


def postcode_table(edition: Edition) -> list[list[str]]:
    """Postcodes that are not in use, for real ones do not begin with 0: digits by wijk, letters by buurt, some in two buurten."""
    rows = [["postcode", "huisnummer", "buurt"]]
    wijken = {code: f"{number:04}" for number, code in enumerate(edition.levels["wijk"].codes, 101)}
    buurten = edition.levels["buurt"].codes
    for number, code in enumerate(buurten):
        digits = wijken[f"WK{code[2:8]}"]
        rows += [[f"{digits} {letters}", str(house), code] for letters in _letters(number) for house in (1, 2, 3)]
        neighbour = buurten[number - 1]
        if number % 9 == 0 and neighbour[2:8] == code[2:8]:
            rows.append([f"{digits} {_letters(number)[0]}", "4", neighbour])
    return rows


def _letters(number: int) -> list[str]:
    """Two pairs of letters; a pair occurs again only after more buurten than a wijk has.

    >>> _letters(0), _letters(13), _letters(26)
    (['AA', 'NA'], ['NB', 'AB'], ['AC', 'NC'])
    """
    first, second = chr(ord("A") + number % 26), chr(ord("A") + number // 13 % 26)
    return [first + second, chr(ord("A") + (number + 13) % 26) + second]


def plain_table(edition: Edition, level: str, counts: Counts) -> list[list[str]]:
    """Code, year and a cell for each column that has this level."""
    mine = [column for column in COLUMNS if level in column.levels]
    rows = [["code", "jaar", *(column.name for column in mine)]]
    for code, cells, year, times in _places(edition, level):
        rows.append([code, str(year), *(_cell(c, counts, edition, level, code, cells, year, times) for c in mine)])
    return rows


def changes() -> list[list[str]]:
    """What became of gemeenten: a row for each one that ended and each that got any of it."""
    merged, _, parts = MERGED
    divided, heirs = SPLIT
    moves = [*((part, merged) for part in parts), *((divided, heir) for heir in heirs), (heirs[0], heirs[0])]
    return [["year", "from", "to"], *(["2022", old, new] for old, new in sorted(moves))]


def profile_table(edition: Edition, level: str, counts: Counts) -> list[list[str]]:
    """Homes and transactions by owner profile; per gemeente also their value, and directors of foundations apart."""
    is_coarse = level == "gemeente"
    whose = {"alle": "", "ja": ":ja", "nee": ":nee"} if is_coarse else {"alle": ""}
    names = ["profiel_woningen", *(["profiel_woz"] if is_coarse else [])]
    rows = [["code", "jaar", "profiel", *(["stichting"] if is_coarse else []), *names]]
    for code, cells, year, times in _places(edition, level):
        for profile in PROFILES:
            texts = {}
            for who, key in whose.items():
                homes = _whole(counts[f"profiel:{profile}{key}"], cells, year, times * 0.75)
                value = _whole(counts[f"profiel:{profile}{key}-woz"], cells, year, times * 0.75)
                texts[who] = [protected_count(homes, FEW, WITHHELD[level])]
                texts[who] += [protected_sum(value, homes, WITHHELD[level])] if is_coarse else []
            for at in range(len(names)):
                _withhold_rests(texts, at, WITHHELD[level])
            for who, cells_of in texts.items():
                rows.append([code, str(year), profile, *([who] if is_coarse else []), *cells_of])
    return rows


def _withhold_rests(texts: dict[str, list[str]], at: int, withheld: str) -> None:
    """Withhold both parts of a whole where one is withheld: else it would be what the other leaves of the whole."""
    parts = [texts[who] for who in ("ja", "nee") if who in texts]
    if any(part[at] == withheld for part in parts):
        for part in parts:
            part[at] = withheld


def buyer_table(edition: Edition, counts: Counts) -> list[list[str]]:
    """Transactions by profile of the buyer."""
    rows = [["code", "jaar", "profiel", "profiel_transacties"]]
    for code, cells, year, times in _places(edition, "gemeente"):
        for profile in PROFILES:
            bought = _whole(counts[f"koper:{profile}"], cells, year, times * 0.75)
            rows.append([code, str(year), profile, protected_count(bought, FEW, WITHHELD["gemeente"])])
    return rows


def offence_table(edition: Edition, counts: Counts) -> list[list[str]]:
    """Offences and suspects by offence and year of committing, per gemeente."""
    rows = [["code", "jaar", "drugsfeit", "delicten", "verdachten"]]
    for code, cells, year, times in _places(edition, "gemeente"):
        for offence, key in {"alle": "", **{name: f":{name}" for name in OFFENCES}}.items():
            # some offences are known for a gemeente only
            committed = np.rint(_whole(counts[f"delicten{key}"], cells, year, times * 0.8) * 1.04)
            suspects = np.rint(_whole(counts[f"verdachten{key}"], cells, year, times * 0.8) * 1.02)
            withheld = WITHHELD["gemeente"]
            rows.append(
                [
                    code,
                    str(year),
                    offence,
                    protected_count(float(committed), FEW, withheld),
                    protected_count(float(suspects), FEW_SUSPECTS, withheld),
                ]
            )
    return rows


def crime_table(edition: Edition, counts: Counts) -> list[list[str]]:
    """Drug crime in the classification of CBS, in multiples of 5 and with a dash for nihil, as CBS has it."""
    kinds = {"CRI6000": "drugsmisdrijven", "CRI6100": "harddrugs", "CRI6200": "softdrugs"}
    rows = [["code", "jaar", "soort", "drugsmisdrijven"]]
    for code, cells, year, times in _places(edition, "gemeente"):
        for kind, name in kinds.items():
            count = round(_whole(counts[name], cells, year, times * 0.8) / 5) * 5
            rows.append([code, str(year), kind, str(count) if count else "-"])
    return rows


def _places(edition: Edition, level: str) -> Iterator[tuple[str, tuple[int, ...], int, float]]:
    """Regions and years of an edition: code, cells, year, and how many times their count is meant."""
    regions: Regions = edition.levels[level]
    every = tuple(range(max(max(cells) for cells in regions.cells) + 1))
    for year in YEARS:
        if (year >= 2022) != (edition.year >= 2022):
            continue
        for code, cells in zip(regions.codes, regions.cells, strict=True):
            if not (level == "buurt" and year == 2016 and code.startswith("BU9908")):
                yield code, cells, year, 1.0  # Kreiloord delivered no buurten in 2016: no row at all
        if level == "gemeente":
            yield NATIONAL, every, year, TIMES


def _whole(count: Array | NDArray[np.int64], cells: tuple[int, ...], year: int, times: float) -> float:
    """A count of cells added up; that of the Netherlands many times larger, and of regions as it is."""
    total = float(count[list(cells), YEARS.index(year)].sum())
    return total if times <= 1 else float(np.rint(total * times))


def _cell(
    column: Column,
    counts: Counts,
    edition: Edition,
    level: str,
    code: str,
    cells: tuple[int, ...],
    year: int,
    times: float,
) -> str:
    count = _whole(counts[column.count], cells, year, times * column.nationally)
    over = _whole(counts[column.over], cells, year, times) if column.over else 0.0
    if level == "gemeente":
        count = float(np.rint(count * (1 + column.unlocated)))
    if year > column.until:
        return NOT_YET
    if year < column.since or (column.name, code[2:6], year) in _LOST:
        return MISSING
    if column.name == "onverklaarbare_aankopen" and code in edition.split and year < 2024:
        return NOT_COMPARABLE  # purchases are counted over three years, and the buurt is younger
    return column.written(count, over, WITHHELD[level])
