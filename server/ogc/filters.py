"""CQL2 (OGC 21-065r2), as text and as JSON: read by the library ``cql2``, answered for all regions at once.

A comparison with a property that has no value is not true, as in SQL; ``IS NULL`` finds those. Not spoken: arrays, and
functions other than ``casei`` and ``accenti``.
"""

from __future__ import annotations

import fnmatch
import glob
import operator
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from typing import Any, Final

import cql2
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import shape

from server.errors import BadRequest, choices, shown
from server.ogc.collections import YEAR_FIELD
from server.ogc.crs import KnownCrs, in_stored
from server.ogc.table import FeatureTable, has_no_value

LONGEST: Final = 4_000
"""Characters of a filter."""

DEEPEST: Final = 40
"""Brackets and negations in a filter; the parser goes down one step for each."""

GEOMETRY_FIELD: Final = "geometry"
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Truth:
    """A condition for each feature in three values: true, false, or unknown where neither."""

    yes: Mask
    no: Mask

    @staticmethod
    def of(yes: Mask, known: Mask) -> Truth:
        """From what holds and where that can be told."""
        return Truth(yes & known, ~yes & known)

    def __invert__(self) -> Truth:
        return Truth(self.no, self.yes)

    def __and__(self, other: Truth) -> Truth:
        return Truth(self.yes & other.yes, self.no | other.no)

    def __or__(self, other: Truth) -> Truth:
        return Truth(self.yes | other.yes, self.no & other.no)


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(T|$)", re.ASCII)
_DEEPER = re.compile(r"[(\[{]|\bnot\b", re.IGNORECASE)
_COMPARISONS: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ARITHMETIC: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "div": np.floor_divide,
    "%": np.mod,
    "^": np.power,
}
_SPATIAL: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "s_intersects": shapely.intersects,
    "s_disjoint": shapely.disjoint,
    "s_within": shapely.within,
    "s_contains": shapely.contains,
    "s_overlaps": shapely.overlaps,
    "s_touches": shapely.touches,
    "s_crosses": shapely.crosses,
    "s_equals": shapely.equals,
}


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on the features of a collection."""

    expression: Any
    """CQL2 as JSON."""

    crs: KnownCrs
    """Of the coordinates in it."""

    def matches(self, table: FeatureTable) -> Mask:
        """(features,) True where it holds. Raises BadRequest where it asks for what the collection does not have."""
        with np.errstate(all="ignore"):  # a division by zero is no value
            return _Reader(table, self.crs).truth(self.expression).yes


def read_filter(text: str, language: str, crs: KnownCrs) -> Filter:
    """A filter as it was sent: ``cql2-text`` or ``cql2-json``. Raises BadRequest."""
    if len(text) > LONGEST or len(_DEEPER.findall(text)) > DEEPEST:
        raise BadRequest([f"filter is at most {LONGEST:,} characters with {DEEPEST} brackets and negations"])
    try:
        parsed = cql2.parse_json(text) if language == "cql2-json" else cql2.parse_text(text)
        return Filter(parsed.to_json(), crs)
    except (cql2.ParseError, cql2.ValidationError, ValueError) as error:
        raise BadRequest([f"filter {shown(text)} is no {language}: {_place(str(error))}"]) from error


def _place(message: str) -> str:
    """The line of a parser's message that says what it expected."""
    lines = [line.strip(" |=") for line in message.splitlines() if line.strip(" |=^-")]
    return (lines[-1] if lines else "it cannot be read")[:200]


class _Reader:
    """What an expression means for the features of a table."""

    def __init__(self, table: FeatureTable, crs: KnownCrs) -> None:
        self.table, self.crs = table, crs

    def truth(self, node: Any) -> Truth:
        """Where a condition holds."""
        if isinstance(node, bool):
            return self._certain(np.full(len(self.table), node))
        if not isinstance(node, dict) or "op" not in node:
            raise BadRequest([f"filter has {shown(str(node))} where a condition should stand, such as code = 'GM0363'"])
        op, args = str(node["op"]).lower(), node.get("args")
        if not isinstance(args, list) or not args:
            raise BadRequest([f"filter: {shown(op)} needs args"])
        if op in ("and", "or"):
            return reduce(operator.and_ if op == "and" else operator.or_, map(self.truth, args))
        if op == "not":
            return ~self.truth(*self._some(op, args, 1))
        if op in _COMPARISONS:
            return self._compare(op, *self._some(op, args, 2))
        if op in _SPATIAL:
            return self._spatial(op, *self._some(op, args, 2))
        if op in _TEMPORAL:
            return self._temporal(op, *self._some(op, args, 2))
        others = {"isnull": self._is_null, "like": self._like, "in": self._in, "between": self._between}
        if op in others:
            return others[op](args)
        known = [*_COMPARISONS, "and", "or", "not", "isNull", "like", "in", "between", *_SPATIAL, *_TEMPORAL]
        raise BadRequest([f"filter: {shown(op)} is not spoken here; {choices(op, known)}"])

    @staticmethod
    def _some(op: str, args: list[Any], number: int) -> list[Any]:
        if len(args) != number:
            raise BadRequest([f"filter: {shown(op)} takes {number} arguments, not {len(args)}"])
        return args

    def _certain(self, yes: Any) -> Truth:
        mask = np.broadcast_to(np.asarray(yes, dtype=bool), len(self.table))
        return Truth(mask, ~mask)

    def _is_null(self, args: list[Any]) -> Truth:
        [inner] = self._some("isNull", args, 1)
        if not isinstance(inner, dict) or "property" not in inner:
            raise BadRequest(["filter: IS NULL is asked of a property"])
        column = self._column(str(inner["property"]))
        return self._certain(has_no_value(column))

    def _like(self, args: list[Any]) -> Truth:
        subject, pattern = (self.value(part) for part in self._some("like", args, 2))
        if not isinstance(pattern, str) or not _is_text(subject):
            raise BadRequest(
                ["filter: LIKE is asked of a text, with a text in which % and _ stand for what may be there"]
            )
        wanted = re.compile(_like_pattern(pattern))
        return self._texts(subject, pattern, lambda text, _: wanted.fullmatch(text) is not None)

    def _in(self, args: list[Any]) -> Truth:
        subject, allowed = self._some("in", args, 2)
        if not isinstance(allowed, list) or not allowed:
            raise BadRequest(["filter: IN takes a list of values"])
        return reduce(operator.or_, (self._compare("=", subject, one) for one in allowed))

    def _between(self, args: list[Any]) -> Truth:
        subject, low, high = self._some("between", args, 3)
        return self._compare(">=", subject, low) & self._compare("<=", subject, high)

    def _compare(self, op: str, first: Any, second: Any) -> Truth:
        left, right = self.value(first), self.value(second)
        if left is None or right is None:
            nowhere = np.zeros(len(self.table), dtype=bool)
            return Truth(nowhere, nowhere)
        if _is_text(left) != _is_text(right):
            raise BadRequest([f"filter compares a text with a number: {shown(_told(first, op, second))}"])
        if _is_text(left):
            return self._texts(left, right, _COMPARISONS[op])
        numbers = [np.broadcast_to(np.asarray(side, dtype=np.float64), len(self.table)) for side in (left, right)]
        return Truth.of(_COMPARISONS[op](*numbers), ~np.isnan(numbers[0]) & ~np.isnan(numbers[1]))

    def _texts(self, left: Any, right: Any, holds: Callable[[str, str], bool]) -> Truth:
        """Texts one by one; either side may be one text for all features."""
        sides = [[side] * len(self.table) if isinstance(side, str) else list(side) for side in (left, right)]
        pairs = list(zip(*sides, strict=True))
        known = np.array([a is not None and b is not None for a, b in pairs], dtype=bool)
        yes = np.array([a is not None and b is not None and holds(a, b) for a, b in pairs], dtype=bool)
        return Truth.of(yes, known)

    def value(self, node: Any) -> Any:
        """A number, a text, or a column of either; None for null."""
        if node is None or isinstance(node, str):
            return node
        if isinstance(node, bool):
            raise BadRequest(["filter: no property here is true or false"])
        if isinstance(node, (int, float)):
            return float(node)
        if isinstance(node, dict):
            if "property" in node:
                return self._column(str(node["property"]))
            if "date" in node or "timestamp" in node:
                return str(node.get("date") or node.get("timestamp"))
            if "op" in node:
                return self._function(str(node["op"]).lower(), node.get("args") or [])
        raise BadRequest([f"filter has {shown(str(node))} where a value should stand"])

    def _function(self, op: str, args: list[Any]) -> Any:
        if op in ("casei", "accenti"):
            [inner] = self._some(op, args, 1)
            plain = str.casefold if op == "casei" else _without_accents
            value = self.value(inner)
            if isinstance(value, str):
                return plain(value)
            if not _is_text(value):
                raise BadRequest([f"filter: {op} is asked of a text"])
            return np.array([None if text is None else plain(text) for text in value], dtype=object)
        if op in _ARITHMETIC:
            left, right = (self.value(part) for part in self._some(op, args, 2))
            if left is None or right is None or _is_text(left) or _is_text(right):
                raise BadRequest([f"filter: {op} is asked of numbers"])
            result = np.asarray(_ARITHMETIC[op](left, right), dtype=float)
            # nan ** 0 and 1 ** nan are 1; what has no value has none after any sum.
            is_known = np.isfinite(result) & ~np.isnan(left) & ~np.isnan(right)
            return np.where(is_known, result, np.nan)
        raise BadRequest([f"filter: the function {shown(op)} is not spoken here; {choices(op, ['casei', 'accenti'])}"])

    def _column(self, name: str) -> NDArray[Any]:
        if name not in self.table.properties:
            raise BadRequest([f"filter names the property {shown(name)}; {choices(name, self.table.properties)}"])
        return self.table.column(name)

    def _spatial(self, op: str, first: Any, second: Any) -> Truth:
        subject, other = (self._geometry(part) for part in (first, second))
        return self._certain(_SPATIAL[op](subject, other))

    def _geometry(self, node: Any) -> Any:
        """The shapes of the regions, or a geometry of the client in their CRS."""
        shapes = self.table.shapes
        if isinstance(node, dict) and "property" in node:
            if node["property"] != GEOMETRY_FIELD:
                raise BadRequest([f"filter: the shape of a region is called {GEOMETRY_FIELD}"])
            return shapes.geometry
        try:
            given = shapely.box(*node["bbox"]) if "bbox" in node else shape(node)
            if self.crs.is_latitude_first:
                given = shapely.transform(given, lambda xy: xy[:, ::-1])
        except (TypeError, ValueError, KeyError, AttributeError, IndexError, shapely.errors.ShapelyError) as error:
            raise BadRequest([f"filter has {shown(str(node))} where a geometry should stand"]) from error
        if given.is_empty or not given.is_valid or not np.isfinite(shapely.get_coordinates(given)).all():
            raise BadRequest([f"filter has {shown(str(node))}, which is no valid geometry"])
        return in_stored(given, self.crs, shapes.crs)

    def _temporal(self, op: str, first: Any, second: Any) -> Truth:
        one, other = (_instants(part, self.table.collection.year) for part in (first, second))
        return self._certain(_TEMPORAL[op](one, other))


def _instants(node: Any, year: int) -> tuple[date, date]:
    """First and last day of a date, an interval, or the year of the figures."""
    if isinstance(node, dict):
        if node.get("property") == YEAR_FIELD:
            return date(year, 1, 1), date(year, 12, 31)
        words = node.get("interval") or [node.get("date") or node.get("timestamp")] * 2
        if isinstance(words, list) and len(words) == 2 and all(isinstance(word, str) for word in words):
            return day(words[0], date.min), day(words[1], date.max)
    raise BadRequest(
        [f"filter has {shown(str(node))} where a time should stand: {YEAR_FIELD}, DATE('2022-01-01') or an INTERVAL"]
    )


def day(word: str, open_end: date) -> date:
    """A day of a date, a moment, or an open end (``..`` or nothing). Raises BadRequest."""
    if word in ("", ".."):
        return open_end
    try:
        return datetime.fromisoformat(word if _DAY.match(word) else "").date()
    except ValueError as error:
        raise BadRequest(
            [f"{shown(word)} is no date such as 2022-01-01 and no moment such as 2022-01-01T00:00:00Z"]
        ) from error


Span = tuple[date, date]
_TEMPORAL: Final[Mapping[str, Callable[[Span, Span], bool]]] = {
    "t_intersects": lambda a, b: a[0] <= b[1] and b[0] <= a[1],
    "t_disjoint": lambda a, b: a[1] < b[0] or b[1] < a[0],
    "t_after": lambda a, b: a[0] > b[1],
    "t_before": lambda a, b: a[1] < b[0],
    "t_during": lambda a, b: a[0] > b[0] and a[1] < b[1],
    "t_equals": lambda a, b: a == b,
}


def _is_text(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, np.ndarray) and value.dtype == object)


def _like_pattern(pattern: str) -> str:
    r"""The regular expression of a LIKE pattern; a backslash takes the meaning of the sign behind it away.

    >>> bool(re.fullmatch(_like_pattern("A%_\\%"), "Abc%")), bool(re.fullmatch(_like_pattern("A_"), "A[b"))
    (True, False)
    """
    parts, signs = [], iter(pattern)
    for sign in signs:
        if sign == "\\":
            parts.append(glob.escape(next(signs, "\\")))
        else:
            parts.append({"%": "*", "_": "?"}.get(sign) or glob.escape(sign))
    return fnmatch.translate("".join(parts))  # which never tries a beginning twice, whatever the pattern


def _without_accents(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))


def _told(first: Any, op: str, second: Any) -> str:
    def word(node: Any) -> str:
        return str(node.get("property", node)) if isinstance(node, dict) else str(node)

    return f"{word(first)} {op} {word(second)}"
