"""What is counted on every cell in ten years: figures that nobody measured.

Everything is counted per cell and added up, so wijken and gemeenten agree with their parts before they are rounded.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from markerwaard.homes import YEARS, Homes
from markerwaard.noise import Array, drawn, odds, part

PROFILES = {
    "onverklaarbaar-woningbezit": "bezit",
    "onverklaarbare-woningaankoop": "aankoopprofiel",
    "doorsluiswoning": "doorsluisprofiel",
    "onbekende-eigenaar": "onbekendprofiel",
    "bestuurder-van-stichting": "stichting",
    "familie-van-drugsverdachte": "familie",
}
"""Profiles of owners, and the count of their homes."""

OFFENCES = {
    "bezit-harddrugs": (0.20, 0.30),
    "bezit-softdrugs": (0.11, 0.10),
    "handel-harddrugs": (0.27, 0.25),
    "handel-softdrugs": (0.10, 0.0),
    "vervaardiging-harddrugs": (0.05, -0.3),
    "vervaardiging-softdrugs": (0.24, -0.2),
}
"""Offences: the part each has, and how much larger it is where there is unrest."""


@dataclass(frozen=True, slots=True)
class Counts:
    """All counts by name, each (cells, years)."""

    of: dict[str, Array]

    def __getitem__(self, name: str) -> Array:
        return self.of[name]


def make_counts(homes: Homes) -> Counts:
    """All counts, from fixed seeds."""
    n, people = homes.homes.astype(np.float64), homes.inhabitants.astype(np.float64)
    unrest, centre, wealth = homes.unrest, homes.centrality, homes.wealth
    year = np.array(YEARS) - 2019.0
    price = 268 + 62 * wealth[:, None] + 40 * (1 - centre[:, None])
    price = price * (1.0 + 0.055 * (year + 4) + 0.012 * np.maximum(year - 1, 0) ** 1.5)
    owned = part("koop", n, 0.56, wealth - 0.5 * centre, 0.22, year * 0.004)
    private = owned + part("verhuurd", n - owned, 0.24, centre, 0.3, year * 0.03)
    housing = part("corporatie", n - private, 0.86, -wealth, 0.3, year * 0.0)
    purchases = drawn("aankopen", n * 0.105)
    unexplained = part("onverklaarbaar", purchases, 0.072, unrest, 0.42, year * 0.02)
    resold = part("doorsluis", n, 0.0125, unrest + centre, 0.4, year * 0.03)
    unknown = part("onbekend", n, 0.006, centre - wealth, 0.4, year * -0.02)
    several = part("bezit", private, 0.013, unrest + 0.5 * centre, 0.4, year * 0.025)
    foundation = part("stichting", private, 0.041, wealth + centre, 0.25, year * 0.015)
    family = part("familie", private, 0.0125, unrest, 0.45, year * 0.01)
    sold = drawn("transacties", private * 0.046 * odds(centre, 0.2, year * -0.015))
    offences = drawn("delicten", people * 0.0034 * odds(unrest, 0.62, year * 0.035))
    suspects = drawn("verdachten", people * 0.0021 * odds(unrest, 0.5, year * 0.01))
    crime = np.maximum(drawn("misdrijven", people * 0.043 * odds(unrest, 0.4, year * -0.03)), offences)
    recorded = np.rint(0.82 * offences)
    counts = {
        "woningen": n,
        "inwoners": people,
        "woz": np.rint(n * price),
        "koop": owned,
        "particulier": private,
        "corporatie": housing,
        "overig": n - owned - housing - np.minimum(unknown, n - owned - housing),
        "transacties": sold,
        "transactiewaarde": np.rint(sold * price * 1.12),
        "aankopen": purchases,
        "onverklaarbaar": unexplained,
        "bezit": several,
        "doorsluis": resold,
        "onbekend": unknown,
        "stichting": foundation,
        "familie": family,
        "aankoopprofiel": np.minimum(np.rint(unexplained * 0.9), private),
        "doorsluisprofiel": np.minimum(np.rint(resold * 0.7), private),
        "onbekendprofiel": np.minimum(np.rint(unknown * 0.5), private),
        "hennep": part("hennep", n, 0.105, unrest, 0.55, year * -0.015),
        "delicten": offences,
        "verdachten": suspects,
        "relaties": drawn("relaties", people * 0.00022 * odds(unrest, 0.5, year * 0.02)),
        "drugshandel": part("handel", offences, 0.38, unrest, 0.25, year * 0.02),
        "drugsoverlast": drawn("overlast", people * 0.0046 * odds(centre + 0.4 * unrest, 0.9, year * 0.02)),
        "misdrijven": crime,
        "drugsmisdrijven": recorded,
        "harddrugs": part("hard", recorded, 0.57, unrest, 0.2, year * 0.03),
    }
    counts["softdrugs"] = np.rint(0.94 * (recorded - counts["harddrugs"]))
    for name in ("onverklaarbaar", "bezit", "stichting"):
        counts[f"{name}-woz"] = np.rint(counts[name] * price * 0.95)
    for name, count in PROFILES.items():
        counts[f"profiel:{name}"] = counts[count]
        both = (
            counts[count] if count == "stichting" else part(f"ook {name}", counts[count], 0.09, wealth, 0.3, year * 0)
        )
        counts[f"profiel:{name}:ja"], counts[f"profiel:{name}:nee"] = both, counts[count] - both
        counts[f"koper:{name}"] = np.minimum(drawn(f"koper {name}", counts[count] * 0.09), sold)
        for who in ("", ":ja", ":nee"):
            counts[f"profiel:{name}{who}-woz"] = np.rint(counts[f"profiel:{name}{who}"] * price * 0.95)
    counts |= _offences(offences, suspects, unrest, year)
    return Counts(counts)


def _offences(offences: Array, suspects: Array, unrest: Array, year: Array) -> dict[str, Array]:
    """Offences and suspects by offence: a suspect can belong to several."""
    counts, left = {}, offences.copy()
    for name, (share, weight) in OFFENCES.items():
        some = np.minimum(part(f"feit {name}", offences, share, unrest, weight, year * 0.01), left)
        left = left - some
        counts[f"delicten:{name}"] = some
        counts[f"verdachten:{name}"] = part(
            f"verdachte {name}", suspects, min(share * 1.15, 0.9), unrest, weight, year * 0
        )
    return counts
