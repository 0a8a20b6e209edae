"""What a column of figures probably is: a count, a share, a mean; in which unit; what to call it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from layers.catalog_words import YEAR
from layers.cells import NotANumber, Sign, read_number, without_percent
from layers.codes import cell_text
from layers.slugs import slugged

_SHARE: Final = re.compile(r"%|perc(ent|_|\b)|aandeel|share|^p_|_pct\b|relatief", re.IGNORECASE)
_RATE: Final = re.compile(r"per ?1[ .]?000|per_?1000|per1k|_per_|dichtheid|density|per km", re.IGNORECASE)
_MEAN: Final = re.compile(
    r"gemiddeld|mean|average|avg|mediaan|median|woz|prijs|price|afstand|score|grootte", re.IGNORECASE
)
_SUM: Final = re.compile(r"totaal vermogen|som\b|mld|mln|oppervlakte", re.IGNORECASE)
_COUNT: Final = re.compile(r"aantal|inwoners|population|mannen|vrouwen|voorraad|misdrijven|number|count", re.IGNORECASE)
_EURO: Final = re.compile(r"euro|€|woz|prijs|price|inkomen|income|vermogen|wealth|waarde\b", re.IGNORECASE)
_UNIT: Final = re.compile(
    r"\((%|x? ?1[ .]?000 euro|euro|aantal|km|ha|getal)\)|/ (%|x? ?1[ .]?000 euro|mld euro|euro|x 1[ .]?000)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Measure:
    """A column of figures as an indicator."""

    column: str
    id: str
    title: str
    kind: str
    unit: str
    why: str
    """Where kind and unit come from."""


def measures(
    columns: Sequence[tuple[str, Sequence[object], Sign]], taken: Sequence[str], subject: str | None = None
) -> tuple[Measure, ...]:
    """An indicator for each column, given with its cells and their decimal sign; no id is used twice, nor one of ``taken``.

    ``subject`` is what a column without a name of its own is about.
    """
    made: list[Measure] = []
    for column, cells, sign in columns:
        used = {*taken, *(measure.id for measure in made)}
        name = subject or column if column == YEAR else column
        measure = _measure(column, name, _numbers(cells, sign), used)
        made.append(_in_percent(measure) if _has_percent(cells) else measure)
    return tuple(made)


def _has_percent(cells: Sequence[object]) -> bool:
    return any(cell_text(cell).endswith("%") for cell in cells)


def _in_percent(measure: Measure) -> Measure:
    return replace(measure, kind="share", unit="%", why="the cells have a percent sign")


def _numbers(cells: Sequence[object], sign: Sign) -> list[float]:
    numbers = []
    for cell in cells:
        try:
            value = read_number(without_percent(cell), sign)
        except NotANumber:
            continue
        if isinstance(value, float):
            numbers.append(value)
    return numbers


def _measure(column: str, name: str, numbers: Sequence[float], used: set[str]) -> Measure:
    # the parts of an id of StatLine are words: GemiddeldeWOZWaarde
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    is_percent = all(0 <= number <= 100 for number in numbers)
    kind, why = _kind(words, is_percent=is_percent)
    return Measure(column, _id(name, used), title_of(name), kind, _unit(words, kind), why)


def _kind(words: str, *, is_percent: bool) -> tuple[str, str]:
    told = "guessed from the name of the column"
    if _RATE.search(words):
        return "rate", told
    if _SHARE.search(words) and is_percent:
        return "share", told
    for kind, pattern in (("sum", _SUM), ("mean", _MEAN), ("count", _COUNT)):
        if pattern.search(words):
            return kind, told
    if re.search(r"\baantal\b|\(aantal\)", words, re.IGNORECASE):
        return "count", told
    # a count is added up where regions merge, so it takes more than whole numbers to call it one
    return "mean", "guessed, and nothing tells: count, sum, share, rate or mean"


def _unit(words: str, kind: str) -> str:
    if found := _UNIT.search(words):
        unit = (found[1] or found[2]).strip()
        return "" if unit.casefold() in ("aantal", "getal") else unit
    if kind == "share":
        return "%"
    if re.search(r"per ?1[ .]?000|per1k|per_?1000", words, re.IGNORECASE):
        return "per 1.000"
    return "euro" if kind in ("mean", "sum") and _EURO.search(words) else ""


def title_of(column: str) -> str:
    """A name for readers: ``GemiddeldeWOZWaarde_39`` becomes *Gemiddelde WOZ waarde*.

    >>> title_of("AantalInwoners_5"), title_of("perc_koop"), title_of("woz_{year}")
    ('Aantal inwoners', 'Perc koop', 'Woz')
    """
    bare = re.sub(r"(?<=[a-z])_\d{1,3}$", "", column.replace(YEAR, ""))
    parts = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", bare).replace("_", " ").split()
    text = " ".join(part if part.isupper() and len(part) > 1 and at else part.lower() for at, part in enumerate(parts))
    text = text.strip(" /-") or "Cijfer"
    return text[:1].upper() + text[1:]


def _id(column: str, used: set[str]) -> str:
    slug = slugged(title_of(column))
    if slug not in used and not slug.endswith("-status"):
        return slug
    return next(f"{slug}-{number}" for number in range(2, len(used) + 3) if f"{slug}-{number}" not in used)
