"""Who lives where: homes and inhabitants of every cell and year, and two hidden moods that vary smoothly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from markerwaard.land import SEED, Land
from markerwaard.names import TOWNS
from markerwaard.regions import Province

YEARS = tuple(range(2015, 2025))


@dataclass(frozen=True, slots=True)
class Homes:
    """The settled land; arrays are (cells, years) unless stated."""

    homes: NDArray[np.int64]
    inhabitants: NDArray[np.int64]
    wealth: NDArray[np.float64]
    """(cells,) about -2 to 2."""

    unrest: NDArray[np.float64]
    """(cells,) about -2 to 3: where crime is more likely, highest in the middle of large and poorer towns."""

    centrality: NDArray[np.float64]
    """(cells,) 1 in the middle of a town, 0 in the countryside."""


def settle(land: Land, province: Province) -> Homes:
    """Homes on every cell from 2015 to 2024."""
    random = np.random.default_rng(SEED + 1)
    middle = shapely.get_coordinates(shapely.centroid(land.cells))
    area_km2 = shapely.area(land.cells) / 1e6
    built = land.towns >= 0
    town = np.where(built, land.towns, 0)
    away_m = np.hypot(*(middle - np.array([town.at for town in TOWNS])[town]).T)
    reach = away_m / np.array([town.radius_m for town in TOWNS])[town]
    centrality = np.where(built, np.exp(-((reach / 0.75) ** 2)), 0.0)
    density = np.where(built, 380 + 2100 * centrality, 11) * np.exp(random.normal(0, 0.28, len(middle)))
    homes_2024 = density * area_km2
    homes_2024 = np.where(province.is_working_area, random.integers(0, 9, len(middle)), homes_2024)
    empty = np.flatnonzero(~built)[[3, 17, 31, 46, 60]]
    homes_2024[empty] = [0, 4, 0, 11, 0]
    years = np.array(YEARS)
    growth = np.where(province.is_young[:, None], 1 / (1 + np.exp(-(years - 2019) * 0.8)), 1 - 0.006 * (2024 - years))
    homes = np.rint(homes_2024[:, None] * growth).astype(np.int64)
    household = 2.05 + 0.35 * (1 - centrality) + random.normal(0, 0.12, len(middle))
    inhabitants = np.rint(homes * household[:, None]).astype(np.int64)
    wealth = (
        np.where(built, np.array([town.wealth for town in TOWNS])[town], 0.35)
        + 0.75 * _field(middle, 2600, 11)
        - 0.35 * centrality
    )
    unrest = 0.9 * centrality - 0.45 * wealth + 0.7 * _field(middle, 4200, 12) + np.where(built, 0.0, -1.6)
    return Homes(homes, inhabitants, wealth, unrest, centrality)


def _field(at: NDArray[np.float64], length_m: float, salt: int) -> NDArray[np.float64]:
    """A smooth surface with standard deviation about 1 that changes over ``length_m``: random Fourier features."""
    random = np.random.default_rng(SEED + salt)
    waves = random.normal(0, 1 / length_m, (64, 2))
    phases = random.uniform(0, 2 * np.pi, 64)
    surface: NDArray[np.float64] = np.sqrt(2 / 64) * np.cos(at @ waves.T + phases).sum(axis=1)
    return surface
