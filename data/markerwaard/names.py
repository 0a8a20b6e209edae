"""The vocabulary of Markerwaard: towns, gemeenten, wijken and buurten that do not exist."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Town:
    """A built-up place; each is the heart of one gemeente of 2018."""

    name: str
    code: str
    """Gemeente code in 2018."""

    centre: str
    """What the wijk in its middle is called."""

    at: tuple[float, float]
    """RD, metres."""

    buurten: int
    """How many cells the town has."""

    radius_m: float
    stretch: float
    """Above 1 the town is long along the polder blocks, below 1 across them."""

    wealth: float
    """About -1 to 1: moves prices and ownership."""


TOWNS = (
    Town("Houtribstad", "GM9901", "Binnenstad", (150_400, 506_600), 52, 2650, 1.15, 0.1),
    Town("Nieuw-Marken", "GM9902", "Oude Kern", (137_900, 501_900), 28, 1900, 0.85, 0.5),
    Town("Sluizerdam", "GM9903", "Havenstad", (147_700, 517_700), 24, 1750, 1.0, -0.4),
    Town("Rietveld aan den Dijk", "GM9904", "Dijkdorp", (137_800, 511_900), 20, 1600, 1.2, 0.3),
    Town("Trintelhoven", "GM9905", "Centrum", (152_600, 513_000), 16, 1350, 0.9, -0.6),
    Town("Gouwzijde", "GM9906", "Gouwehart", (143_300, 500_400), 14, 1250, 1.1, 0.0),
    Town("'s-Gravenmeer", "GM9907", "Meerhof", (143_500, 510_000), 14, 1250, 1.0, 0.9),
    Town("Kreiloord", "GM9908", "Dorp", (142_900, 514_700), 10, 1000, 1.1, -0.1),
    Town("Zuidersluis", "GM9909", "Sluishart", (148_500, 500_600), 12, 1150, 0.9, -0.3),
    Town("Oostkavel", "GM9910", "Kaveldorp", (153_800, 503_300), 8, 900, 1.0, 0.2),
)

MERGED = ("GM9911", "Zuidergouw", ("GM9906", "GM9909"))
"""New in 2022: the gemeente that Gouwzijde and Zuidersluis formed."""

SPLIT = ("GM9910", ("GM9901", "GM9911"))
"""Gone in 2022: Oostkavel, divided between two neighbours."""

LETTERED = "GM9901"
"""Its wijken are lettered, as happens where a gemeente has too many for two digits."""

THEMES: dict[str, list[str]] = {
    theme: buurten.split(", ")
    for theme, buurten in (
        line.split(": ") for line in Path(__file__).with_name("names.txt").read_text(encoding="utf-8").splitlines()
    )
}
"""A wijk and what the buurten in it are called."""

COUNTRYSIDE = THEMES.pop("Buitengebied")
"""What buurten outside the towns are called."""

WORKING_AREAS = ("Bedrijvenpark De Spuikom", "Havenbedrijven", "Industrieterrein De Keen", "Bedrijventerrein Gemaalweg")
"""Buurten where (almost) nobody lives."""

CENTRE = THEMES.pop("Centrum")
"""What buurten in the middle of a town are called."""

WAARDS = THEMES.pop("Waarden")
"""What wijken outside the towns are called."""
