"""Which figures of a tileset an address asks for: ``?indicators=a,b``, and ``&year=`` where the tileset has no year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from layers.atlas import AtlasFacts, TilesetFacts
from server.errors import BadRequest, choices, shown

MOST: Final = 32
"""Indicators in a tile: a hundred attributes take 2 ms to join, and make a tile of a city larger than its geometry."""


def chosen(facts: AtlasFacts, tileset: TilesetFacts, query: Mapping[str, str]) -> TilesetFacts:
    """The tileset with the indicators that a query names, in the order of the catalog, or as it is without any.

    So ``a,b`` and ``b,a`` are one tileset. Any indicator with figures of the same year on the same borders may be named,
    also of another theme. Raises BadRequest that says which there are.
    """
    words, asked_year = query.get("indicators"), query.get("year")
    if words is None and asked_year is None:
        return tileset
    year = _year(facts, tileset, asked_year)
    there = [i.id for i in facts.indicators if any((s.year, s.edition) == (year, tileset.edition) for s in i.series)]
    if words is None:
        if tileset.year is not None:
            return tileset
        raise BadRequest([f"year goes with indicators: name some, such as indicators={','.join(there[:2])}"])
    named = {name.strip() for name in words.split(",")}
    where = f"for {year} on the borders of {tileset.edition} {choices(next(iter(named)), there)}"
    if unknown := sorted(named.difference(there)):
        raise BadRequest([f"indicators has {', '.join(map(shown, unknown[:3]))}, but {where}"])
    if len(named) > MOST:
        raise BadRequest([f"indicators names {len(named)}, but a tile holds at most {MOST}; ask for several tilesets"])
    return tileset.model_copy(update={"year": year, "indicators": tuple(i for i in there if i in named)})


def _year(facts: AtlasFacts, tileset: TilesetFacts, asked: str | None) -> int:
    """The year of the figures. Raises BadRequest where there is no such year, or none was named where there are several."""
    on_borders = {s.year for i in facts.indicators for s in i.series if s.edition == tileset.edition}
    years = [str(year) for year in ([tileset.year] if tileset.year is not None else sorted(on_borders))]
    if asked is None and len(years) == 1:
        return int(years[0])
    if asked is None:
        raise BadRequest([f"year is missing: on the borders of {tileset.edition} {choices('', years)}"])
    if asked not in years:
        raise BadRequest([f"year is {shown(asked)}, but in {tileset.id} {choices(asked, years)}"])
    return int(asked)


def as_query(tileset: TilesetFacts, by_itself: TilesetFacts) -> str:
    """What an address must say to get this choice again, with ``&`` behind; nothing where the tileset has it by itself."""
    if tileset.indicators == by_itself.indicators:
        return ""
    year = f"&year={tileset.year}" if by_itself.year is None else ""
    return f"indicators={quote(','.join(tileset.indicators), safe=',')}{year}&"
