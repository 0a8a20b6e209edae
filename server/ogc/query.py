"""What a client asks of a collection: the query of ``/collections/{id}/items``, read and checked as a whole.

OGC API Features parts 1 (bbox, datetime, limit, properties as filters), 2 (crs, bbox-crs) and 3 (filter), with sorting and
a choice of properties as their drafts have it. A parameter nobody knows is refused, as part 1 asks.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlencode

from server.errors import BadRequest, choices, shown
from server.ogc.crs import CRS84, CRS_BY_URI, Box, KnownCrs
from server.ogc.filters import Filter, day, read_filter
from server.ogc.table import FeatureTable, Property

MOST: Final = 10_000
"""Features in a page at most; a larger limit is taken for this one."""

USUAL: Final = 100
LANGUAGES: Final = ("cql2-text", "cql2-json")

RESERVED: Final = (
    "f",
    "lang",
    "limit",
    "cursor",
    "bbox",
    "bbox-crs",
    "crs",
    "datetime",
    "filter",
    "filter-lang",
    "filter-crs",
    "sortby",
    "properties",
    "skipGeometry",
)
"""Parameters that are not properties."""

Sort = tuple[str, bool]
"""A property, and whether it falls."""


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked, understood."""

    crs: KnownCrs
    boxes: tuple[Box, ...]
    """Any of them must meet the region; empty for everywhere. Two where the box crosses the antimeridian."""

    box_crs: KnownCrs
    span: tuple[date, date] | None
    """The days that the year of the figures must meet."""

    equals: Mapping[str, str | float]
    """By property the value it must have."""

    filter: Filter | None
    sorts: tuple[Sort, ...]
    properties: tuple[str, ...]
    has_geometry: bool
    limit: int | None
    """None where nobody said."""

    start: int
    """Features before the page."""

    checksum: str
    """Of everything but the page; a cursor is of use for the same question only."""

    words: Mapping[str, str]
    """The parameters as they were sent."""

    def cursor(self, start: int) -> str:
        """Where another page of the same question begins."""
        return base64.urlsafe_b64encode(f"{start}.{self.checksum}".encode()).decode().rstrip("=")

    def address(self, path: str, **changed: str | None) -> str:
        """The address of the same question with other parameters; None takes one away."""
        words = {**self.words, **changed}
        query = urlencode({name: word for name, word in words.items() if word is not None})
        return f"{path}?{query}" if query else path


def read_query(words: Mapping[str, str], table: FeatureTable, version: str) -> Query:
    """The question in a query, of a collection in an atlas of that version. Raises BadRequest with all that is wrong."""
    reader = _Reader(words, table.properties)
    crs = reader.crs("crs")
    box_crs = reader.crs("bbox-crs")
    filter_crs = reader.crs("filter-crs")
    query = {
        "boxes": reader.boxes(box_crs),
        "span": reader.span(),
        "equals": reader.equals(),
        "filter": reader.filter(filter_crs),
        "sorts": reader.sorts(),
        "properties": reader.names() or table.shown,
        "has_geometry": reader.word("skipGeometry", ("true", "false")) != "true",
        "limit": reader.limit(),
    }
    asked = {name: word for name, word in words.items() if name not in ("cursor", "limit", "f", "lang")}
    question = json.dumps([table.collection.id, version, sorted(asked.items())])
    checksum = hashlib.sha256(question.encode()).hexdigest()[:10]
    start = reader.start(checksum)
    reader.check()
    return Query(crs=crs, box_crs=box_crs, start=start, checksum=checksum, words=dict(words), **query)  # type: ignore[arg-type]


class _Reader:
    """The parameters of one query, with what was found wrong with them so far."""

    def __init__(self, words: Mapping[str, str], properties: Mapping[str, Property]) -> None:
        self.words, self.properties = words, properties
        allowed = [*RESERVED, *properties]
        self.problems = [
            f"the parameter {shown(name)} is not known; {choices(name, allowed)}"
            for name in words
            if name not in allowed
        ]

    def check(self) -> None:
        if self.problems:
            raise BadRequest(self.problems)

    def word(self, name: str, allowed: tuple[str, ...]) -> str | None:
        word = self.words.get(name)
        if word is not None and word not in allowed:
            self.problems.append(f"{name} is {shown(word)}, but {choices(word, allowed)}")
            return None
        return word

    def crs(self, name: str) -> KnownCrs:
        word = self.words.get(name)
        if word is None:
            return CRS84
        uri = word.removeprefix("<").removesuffix(">").replace("https://", "http://", 1)
        if uri not in CRS_BY_URI:
            self.problems.append(f"{name} is {shown(word)}, but {choices(uri, CRS_BY_URI)}")
        return CRS_BY_URI.get(uri, CRS84)

    def boxes(self, crs: KnownCrs) -> tuple[Box, ...]:
        word = self.words.get("bbox")
        if word is None:
            return ()
        numbers = [_number(part) for part in word.split(",")]
        if len(numbers) == 6:  # heights are of no use to a flat region
            numbers = [*numbers[:2], *numbers[3:5]]
        known = [number for number in numbers if number is not None]
        if len(known) != 4 or len(numbers) != 4:
            self.problems.append(
                f"bbox is {shown(word)}, but must be four numbers with a comma between: 4.7,52.2,5.1,52.5"
            )
            return ()
        first, second, third, fourth = known
        west, south, east, north = (
            (second, first, fourth, third) if crs.is_latitude_first else (first, second, third, fourth)
        )
        if south > north:
            self.problems.append(f"bbox is {shown(word)}, but its lower edge is above its upper edge")
        elif west > east and crs is CRS84:
            return ((west, south, 180.0, north), (-180.0, south, east, north))
        elif west > east:
            self.problems.append(f"bbox is {shown(word)}, but its left edge is right of its right edge")
        return ((west, south, east, north),)

    def span(self) -> tuple[date, date] | None:
        word = self.words.get("datetime")
        if word is None:
            return None
        begin, slash, end = word.partition("/")
        try:
            if not word or word in ("..", "../..", "/") or "/" in end:
                raise BadRequest([""])  # noqa: TRY301
            first = day(begin, date.min)
            last = day(end, date.max) if slash else first
        except BadRequest:
            self.problems.append(
                f"datetime is {shown(word)}, but must be such as 2022-01-01, 2022-01-01/.. or 2021-01-01/2022-12-31"
            )
            return None
        if first > last:
            self.problems.append(f"datetime is {shown(word)}, but it ends before it begins")
        return first, last

    def equals(self) -> dict[str, str | float]:
        found: dict[str, str | float] = {}
        for name, word in self.words.items():
            if name in RESERVED or name not in self.properties:
                continue
            number = None if self.properties[name].kind == "text" else _number(word)
            if self.properties[name].kind != "text" and number is None:
                self.problems.append(f"{name} is {shown(word)}, but must be a number")
            found[name] = word if number is None else number
        return found

    def filter(self, crs: KnownCrs) -> Filter | None:
        text = self.words.get("filter")
        language = self.word("filter-lang", LANGUAGES) or "cql2-text"
        if text is None:
            return None
        try:
            return read_filter(text, language, crs)
        except BadRequest as error:
            self.problems += error.problems
            return None

    def sorts(self) -> tuple[Sort, ...]:
        return tuple((name.lstrip("+- "), name.startswith("-")) for name in self._list("sortby", "+- "))

    def names(self) -> tuple[str, ...]:
        return self._list("properties", "")

    def _list(self, parameter: str, signs: str) -> tuple[str, ...]:
        """Names of properties with commas between, which may have a sign in front; a plus arrives as a space."""
        names = tuple(part for part in self.words.get(parameter, "").split(",") if part.strip())
        for name in names:
            plain = name.lstrip(signs)
            if plain not in self.properties:
                self.problems.append(f"{parameter} names {shown(plain)}; {choices(plain, self.properties)}")
        return tuple(dict.fromkeys(names))

    def limit(self) -> int | None:
        word = self.words.get("limit")
        if word is None:
            return None
        if not re.fullmatch(r"[0-9]{1,12}", word) or int(word) < 1:
            self.problems.append(f"limit is {shown(word)}, but must be a whole number from 1 to {MOST}")
            return None
        return min(int(word), MOST)

    def start(self, checksum: str) -> int:
        word = self.words.get("cursor")
        if word is None:
            return 0
        try:
            start, _, of = base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)).decode("ascii").partition(".")
            number = int(start) if re.fullmatch(r"[0-9]{1,9}", start) else -1
        except ValueError:
            number, of = -1, ""
        if number < 0 or of != checksum:
            self.problems.append(
                "cursor is not of this question or of an older atlas; begin without it, and follow the links"
            )
        return max(number, 0)


def _number(word: str) -> float | None:
    """A finite number in the notation of JSON, None for anything else."""
    if not re.fullmatch(r"\s*-?[0-9]{1,30}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?\s*", word):
        return None
    number = float(word)
    return number if math.isfinite(number) else None
