"""Tables that are not per region, and where suspects of a gemeente live."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import shapely

from markerwaard.cells import FEW, FEW_SUSPECTS, MISSING, protected_count, share, total
from markerwaard.figures import OFFENCES, PROFILES, Counts
from markerwaard.homes import YEARS
from markerwaard.noise import Array
from markerwaard.regions import Edition
from markerwaard.tables import TIMES

Rows = list[list[str]]

SEXES = {"man": 0.86, "vrouw": 0.14}
AGES = {"12-17": 0.09, "18-24": 0.31, "25-34": 0.27, "35-44": 0.17, "45-54": 0.11, "55-plus": 0.05}
TRAITS = {
    "eerder-verdachte": (54.0, 4.1, -0.3),
    "met-uitkering": (31.0, 12.4, -0.4),
    "laag-inkomen": (27.5, 8.2, -0.2),
    "alleenwonend": (33.0, 21.5, 0.3),
    "zonder-startkwalificatie": (46.5, 24.0, -0.5),
}
"""Characteristics: % of suspects and of inhabitants in 2019, and the change of the first by the year."""

RISKS = {
    "eerdere-kwekerijen": 6.4,
    "laag-besteedbaar-inkomen": 3.1,
    "aantal-bewoners": 0.7,
    "Huurwoning van een particulier": 2.6,
    "Korter dan een jaar bewoond": 2.2,
    "Bewoner is eerder verdachte van een drugsdelict": 8.9,
    "Woning met een schuur of garage": 1.4,
    "Koopwoning": 0.8,
}
"""Relative risks in 2024; those with a capital are not in the list of the theme."""

GROUPS = {
    "bezit-harddrugs": (
        ("18 tot 25 jaar en woont in een grote gemeente", 0.21, 1.4),
        ("35 jaar of ouder en woont alleen", 0.16, 1.3),
    ),
    "bezit-softdrugs": (("12 tot 18 jaar", 0.09, 2.1),),
    "handel-harddrugs": (
        ("18 tot 25 jaar en eerder verdachte van een misdrijf", 0.14, 1.9),
        ("man, 25 tot 35 jaar, zonder werk", 0.11, 1.6),
    ),
    "handel-softdrugs": (("18 tot 25 jaar en geen startkwalificatie", 0.13, 1.5),),
    "vervaardiging-harddrugs": (("man, 45 jaar of ouder, met een bedrijf", 0.04, 3.2),),
    "vervaardiging-softdrugs": (
        ("45 jaar of ouder en schulden", 0.10, 2.4),
        ("huurt een woning en heeft een laag inkomen", 0.17, 1.7),
        ("35 tot 45 jaar en in het laatste jaar verhuisd", 0.05, 2.0),
    ),
}
"""By offence the rules of subgroups, the part of suspects they hold for, and the lift."""


def market(counts: Counts) -> Rows:
    """The private housing market by year, of Markerwaard and of the Netherlands."""
    rows: Rows = [["gebied", "jaar", "woningen", "particuliere_woningen", "aandeel", "transacties"]]
    for area, times, more in (("Markerwaard", 1.0, 1.0), ("Nederland", TIMES, 1.02)):
        homes, private = total(counts["woningen"]) * times, total(counts["particulier"]) * times * more
        sold = total(counts["transacties"]) * times * 1.1
        for at, year in enumerate(YEARS):
            numbers = [str(int(np.rint(homes[at]))), protected_count(private[at])]
            rows.append([area, str(year), *numbers, share(private[at], homes[at]), protected_count(sold[at])])
    return rows


def profiles(counts: Counts) -> Rows:
    """Homes and transactions by owner profile, of Markerwaard and of the Netherlands."""
    rows: Rows = [["gebied", "jaar", "profiel", "woningen", "aandeel_woningen", "transacties", "aandeel_transacties"]]
    for area, times, less in (("Markerwaard", 1.0, 1.0), ("Nederland", TIMES, 0.75)):
        private, sold = total(counts["particulier"]) * times, total(counts["transacties"]) * times
        for at, year in enumerate(YEARS):
            for profile in PROFILES:
                homes = total(counts[f"profiel:{profile}"])[at] * times * less
                bought = total(counts[f"koper:{profile}"])[at] * times * less
                cells = [protected_count(homes), share(homes, private[at])]
                cells += [protected_count(bought), share(bought, sold[at])]
                rows.append([area, str(year), profile, *cells])
    return rows


def offences(counts: Counts) -> Rows:
    """Offences and suspects by offence and year."""
    rows: Rows = [["drugsfeit", "jaar", "delicten", "verdachten"]]
    for name, key in {"alle": "", **{name: f":{name}" for name in OFFENCES}}.items():
        committed, suspects = total(counts[f"delicten{key}"]) * 1.04, total(counts[f"verdachten{key}"]) * 1.02
        for at, year in enumerate(YEARS):
            cells = [protected_count(committed[at], FEW), protected_count(suspects[at], FEW_SUSPECTS)]
            rows.append([name, str(year), *cells])
    return rows


def suspects(counts: Counts) -> Rows:
    """Suspects by age and sex, with totals. Where one cell is withheld, so are those it could be worked out from."""
    rows: Rows = [["leeftijd", "geslacht", "jaar", "verdachten", "aandeel"]]
    for at, year in enumerate(YEARS):
        of_all = np.rint(total(counts["verdachten"])[at] * 1.02)
        # the young become fewer and the old more
        drift = {"12-17": -0.012, "18-24": -0.006, "45-54": 0.02, "55-plus": 0.03}
        of_age = {age: of_all * part * (1 + drift.get(age, 0.0) * (year - 2019)) for age, part in AGES.items()}
        kept_back = _kept_back(of_age)
        for age, here in {"alle": of_all, **of_age}.items():
            for sex, half in {"alle": 1.0, **SEXES}.items():
                count = float(np.rint(here * half))
                cells = [protected_count(count, FEW_SUSPECTS), share(count, of_all, FEW_SUSPECTS, 100)]
                rows.append([age, sex, str(year), *([".", "."] if age in kept_back and sex in SEXES else cells)])
    return rows


def _kept_back(of_age: Mapping[str, float]) -> set[str]:
    """The ages of which neither sex is told: those with a sex that is too small, and at least two of them or none.

    One withheld cell is its row less the other sex, and its column less the other ages.
    """
    smallest = sorted(of_age, key=lambda age: of_age[age])
    few = [age for age in smallest if min(SEXES.values()) * of_age[age] < FEW_SUSPECTS]
    return set(smallest[: max(2, len(few))]) if few else set()


def traits() -> Rows:
    """Characteristics of suspects beside those of all inhabitants; the newest year of one is not published yet."""
    rows: Rows = [["kenmerk", "jaar", "aandeel_verdachten", "aandeel_inwoners"]]
    for trait, (theirs, everybody, drift) in TRAITS.items():
        for year in YEARS:
            told = f"{theirs + drift * (year - 2019):.1f}", f"{everybody + drift * 0.3 * (year - 2019):.1f}"
            rows.append(
                [trait, str(year), *(told if year < 2024 or trait != "met-uitkering" else ("-99995", "-99995"))]
            )
    return rows


def risks() -> Rows:
    """Relative risks of a plantation."""
    rows: Rows = [["risicofactor", "jaar", "relatief_risico"]]
    for year in YEARS[-5:]:
        for risk, times in RISKS.items():
            rows.append([risk, str(year), f"{1 + (times - 1) * (1 + 0.04 * (2024 - year)):.1f}"])
    return rows


def groups(counts: Counts) -> Rows:
    """Subgroups of suspects: rule, size, share and lift; the size of the smallest ones is withheld."""
    rows: Rows = [["drugsfeit", "jaar", "regel", "verdachten", "aandeel", "lift"]]
    for at, year in enumerate(YEARS):
        if year < 2022:
            continue
        of_all = total(counts["verdachten"])[at]
        for offence, found in GROUPS.items():
            usual = total(counts[f"verdachten:{offence}"])[at] / of_all
            for rule, part, lift in found:
                size = np.rint(of_all * part * (0.9 + 0.05 * (year - 2022)))
                with_it = np.rint(size * min(usual * lift, 0.9))
                cells = [protected_count(size, FEW_SUSPECTS), share(with_it, size, FEW_SUSPECTS, 20)]
                known = cells[1] != "."
                rows.append(
                    [offence, str(year), rule, *cells, f"{float(cells[1]) / 100 / usual:.1f}" if known else "."]
                )
    return rows


def flows(edition: Edition, counts: Counts) -> Rows:
    """Where suspects live and where they offended: most at home, others nearby and in the larger towns."""
    rows: Rows = [["woongemeente", "pleeggemeente", "jaar", "verdachten"]]
    regions = edition.levels["gemeente"]
    at_m = shapely.get_coordinates(shapely.centroid(regions.geometry))
    away_km = np.hypot(*(at_m[:, None, :] - at_m[None, :, :]).transpose(2, 0, 1)) / 1000
    for at, year in enumerate(YEARS):
        if (year >= 2022) != (edition.year >= 2022):
            continue
        people, suspects_of = _by_region(counts["inwoners"], edition, at), _by_region(counts["verdachten"], edition, at)
        pull = people[:, None] * np.exp(-away_km / 4.5) * np.where(np.eye(len(people)) == 1, 2.2, 1.0)
        found = np.rint(pull / pull.sum(axis=0) * suspects_of * 1.02)
        for origin, code in enumerate(regions.codes):
            for destination, other in enumerate(regions.codes):
                count = float(found[origin, destination])
                is_lost = (code, other, year) == ("GM9904", "GM9907", 2020)
                if count or is_lost:
                    told = MISSING if is_lost else protected_count(count, FEW_SUSPECTS)
                    rows.append([code, other, str(year), told])
    return rows


def _by_region(counts: Array, edition: Edition, at: int) -> Array:
    cells = edition.levels["gemeente"].cells
    return np.array([counts[list(part), at].sum() for part in cells], dtype=np.float64)
