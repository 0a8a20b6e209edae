"""What a client reads in a style, written independently: expressions of MapLibre and filters of QGIS, on one feature."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

Feature = Mapping[str, Any]

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: bool(a == b),
    "!=": lambda a, b: bool(a != b),
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
}


def value_of(expression: Any, feature: Feature, zoom: float = 8) -> Any:
    """What an expression comes to (style specification: step, match, case, interpolate and arithmetic)."""
    if not isinstance(expression, list):
        return expression
    name, *rest = expression
    if name == "interpolate":
        return _interpolated(rest, feature, zoom)
    if name == "step":
        found = rest[1]
        for edge, outcome in zip(rest[2::2], rest[3::2], strict=True):
            found = outcome if value_of(rest[0], feature, zoom) >= edge else found
        return value_of(found, feature, zoom)
    if name == "case":
        return value_of(rest[1] if value_of(rest[0], feature, zoom) else rest[2], feature, zoom)
    arguments = [value_of(one, feature, zoom) for one in rest]
    if name in _COMPARE:
        return _COMPARE[name](*arguments)
    plain: dict[str, Callable[[], Any]] = {
        "get": lambda: feature.get(arguments[0]),
        "zoom": lambda: zoom,
        "has": lambda: feature.get(arguments[0]) is not None,
        "all": lambda: all(arguments),
        "any": lambda: any(arguments),
        "sqrt": lambda: math.sqrt(arguments[0]),
        "abs": lambda: abs(arguments[0]),
        "*": lambda: math.prod(arguments),
        "-": lambda: arguments[0] - arguments[1],
        "match": lambda: dict(zip(arguments[1:-1:2], arguments[2::2], strict=True)).get(arguments[0], arguments[-1]),
    }
    came_to: Any = plain[name]()
    return came_to


def _interpolated(rest: list[Any], feature: Feature, zoom: float) -> float:
    (kind, *base), _, *stops = rest
    pairs = [(at, float(value_of(value, feature, zoom))) for at, value in zip(stops[::2], stops[1::2], strict=True)]
    if zoom <= pairs[0][0]:
        return pairs[0][1]
    if zoom >= pairs[-1][0]:
        return pairs[-1][1]
    low, high = next((a, b) for a, b in pairwise(pairs) if a[0] <= zoom <= b[0])
    growth = base[0] if kind == "exponential" else 1
    part: float = (zoom - low[0]) / (high[0] - low[0])
    if growth != 1:
        part = (growth ** (zoom - low[0]) - 1) / (growth ** (high[0] - low[0]) - 1)
    return low[1] + part * (high[1] - low[1])


def passes(filter_: Any, feature: Feature) -> bool:
    """Whether a classic filter, as QGIS reads it, lets a feature through: keys are plain names."""
    name, *rest = filter_
    if name in ("all", "any"):
        parts = [passes(one, feature) for one in rest]
        return all(parts) if name == "all" else any(parts)
    if name == "has":
        return feature.get(rest[0]) is not None
    found = feature.get(rest[0])
    if found is None:
        return bool(name == "!=")
    return bool(_COMPARE[name](found, rest[1]))


def drawn(style: Mapping[str, Any], level: str, feature: Feature) -> list[Mapping[str, Any]]:
    """The fill layers of a level that draw a feature, from bottom to top, in either filter language."""
    return [
        layer
        for layer in style["layers"]
        if layer["type"] == "fill" and layer["source-layer"] == level and _is_let_through(layer.get("filter"), feature)
    ]


def _is_let_through(filter_: Any, feature: Feature) -> bool:
    if filter_ is None:
        return True
    text = str(filter_)
    return bool(value_of(filter_, feature)) if "'get'" in text or filter_[0] == "has" else passes(filter_, feature)


def look(style: Mapping[str, Any], level: str, feature: Feature) -> str:
    """The color or pattern that is seen of a feature."""
    paint = drawn(style, level, feature)[-1]["paint"]
    return str(value_of(paint.get("fill-color", paint.get("fill-pattern")), feature))
