"""Figures from region to region as curved lines: the wider the more, bent so that both directions can be seen.

    points, flows  ->  curves  ->  GeoJSON features and style layers     for a map in the browser
                              ->  SVG paths                              for a page without scripts

A curve runs to the right of the straight line with an arrowhead past its middle, so A to B and B to A lie side by side and the
heads of many curves to one region do not pile up there. Curves are drawn in Web Mercator, in which the map is flat; a great
circle says nothing at this size. Figures within one region are a loop above its point.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.atlas import Lang
from styles.document import Layer
from styles.drawing import TEXT_PX, TITLE_PX, Drawing, wrapped
from styles.symbols import round_figures
from styles.tokens import LIGHT, Tokens
from styles.words import number_text

WIDEST_PX = 12.0
"""The width of the largest flow."""

HAIR_PX = 0.6
"""No flow is thinner than this, or it would not be seen."""

BEND = 0.12
"""How far a curve leaves the straight line, in parts of its length."""

STEPS = 24
"""Vertices of a curve less one."""

HEAD = 0.08
"""Length of an arrowhead, in parts of the length of its curve."""

TIP = 15
"""The vertex of a curve at which its arrowhead points; it has ``STEPS`` more than one."""

LOOP = 0.4
"""Diameter of a loop, in parts of the typical length of the other curves."""

Point = tuple[float, float]
"""lon, lat in degrees."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Flow:
    """A figure from one region to another, or within one."""

    origin: str
    destination: str
    value: float


@dataclass(frozen=True, slots=True)
class Curve:
    """A flow as a line."""

    flow: Flow
    path: tuple[Point, ...]
    """From origin to destination."""

    head: tuple[Point, ...]
    """The two strokes of the arrowhead, from one end over the tip to the other."""


def curves(points: Mapping[str, Point], flows: Sequence[Flow]) -> list[Curve]:
    """The curves of flows whose regions both have a point, widest first so that thin ones stay visible; zeros have none."""
    shown = [one for one in flows if one.value > 0 and one.origin in points and one.destination in points]
    flat = {code: _to_mercator(point) for code, point in points.items()}
    spans = [float(np.hypot(*(flat[one.destination] - flat[one.origin]))) for one in shown]
    typical = float(np.median([span for span in spans if span > 0] or [_nearby(flat)]))
    made = [_curve(one, flat[one.origin], flat[one.destination], typical) for one in shown]
    return sorted(made, key=lambda curve: -curve.flow.value)


def _curve(flow: Flow, start: Floats, end: Floats, typical: float) -> Curve:
    if flow.origin == flow.destination or not np.any(end - start):
        turns = np.linspace(-math.pi / 2, 1.5 * math.pi, STEPS + 1)
        line = start + LOOP * typical / 2 * np.column_stack([np.cos(turns), 1 + np.sin(turns)])
    else:
        along = end - start
        bend = (start + end) / 2 + BEND * 2 * np.array([along[1], -along[0]])
        t = np.linspace(0, 1, STEPS + 1)[:, None]
        line = (1 - t) ** 2 * start + 2 * t * (1 - t) * bend + t**2 * end
    return Curve(flow, _to_degrees(line), _to_degrees(_head(line)))


def _head(line: Floats) -> Floats:
    """Two strokes at 30 degrees from the tip, (3, 2)."""
    length = HEAD * float(np.hypot(*np.diff(line, axis=0).T).sum())
    tip = line[TIP]
    back = line[TIP - 1] - tip
    back = back / np.hypot(*back) * length
    cos, sin = math.cos(math.pi / 6), math.sin(math.pi / 6)
    sides = [np.array([cos * back[0] - sign * sin * back[1], sign * sin * back[0] + cos * back[1]]) for sign in (1, -1)]
    return np.array([tip + sides[0], tip, tip + sides[1]])


def _nearby(flat: Mapping[str, Floats]) -> float:
    """Something to size a loop by where nothing else is drawn: a tenth of where all regions lie."""
    xy = np.array([*flat.values(), *([] if flat else [np.zeros(2)])])
    return float(np.hypot(*np.ptp(xy, axis=0))) / 10 or 0.001


def width_px(value: float, top: float) -> float:
    """The width of a flow: in proportion to the largest one, and never too thin to see.

    >>> width_px(50, 100), width_px(1, 100)
    (6.0, 0.6)
    """
    return max(HAIR_PX, WIDEST_PX * value / top)


def top_of(flows: Sequence[Flow]) -> float:
    """The largest flow, to which widths are in proportion; of all years, where years are to compare."""
    return max((one.value for one in flows), default=1.0) or 1.0


def feature_collection(drawn: Sequence[Curve], top: float) -> dict[str, Any]:
    """GeoJSON: for each curve a line (``part`` is ``line``) and its arrowhead (``head``), with codes, value and width."""
    features = []
    for number, curve in enumerate(drawn, 1):
        told = {
            "origin": curve.flow.origin,
            "destination": curve.flow.destination,
            "value": curve.flow.value,
            "width_px": round(width_px(curve.flow.value, top), 2),
        }
        for part, path in (("line", curve.path), ("head", curve.head)):
            features.append(
                {
                    "type": "Feature",
                    "id": number,
                    "properties": {**told, "part": part},
                    "geometry": {"type": "LineString", "coordinates": [list(point) for point in path]},
                }
            )
    return {"type": "FeatureCollection", "features": features}


def layers(source: str, tokens: Tokens = LIGHT) -> list[Layer]:
    """The style layers of a GeoJSON source with such features: a light casing, lines, arrowheads; large ones below."""

    def layer(name: str, part: str, color: str, width: Any, opacity: float) -> Layer:
        return {
            "id": f"flows-{name}",
            "type": "line",
            "source": source,
            "filter": ["==", ["get", "part"], part],
            "layout": {"line-cap": "round", "line-join": "round", "line-sort-key": ["-", 0, ["get", "value"]]},
            "paint": {"line-color": color, "line-width": width, "line-opacity": opacity},
            "metadata": {"zichtkaart:role": "flows"},
        }

    width = ["get", "width_px"]
    return [
        layer("casing", "line", tokens.flow_casing, ["+", width, 1.6], 0.9),
        layer("line", "line", tokens.flow, width, 0.85),
        layer("head", "head", tokens.flow_head, ["max", 1.5, ["*", 0.35, width]], 1.0),
    ]


def svg_paths(
    drawn: Sequence[Curve], place: Callable[[Point], tuple[float, float]], top: float, tokens: Tokens = LIGHT
) -> str:
    """The same as parts of an SVG; ``place`` says where a point lies in it. Each curve has a title with codes and value."""
    parts = []
    for curve in drawn:
        width = width_px(curve.flow.value, top)
        line, head = (_path([place(point) for point in path]) for path in (curve.path, curve.head))
        parts.append(
            f"<g><title>{curve.flow.origin} - {curve.flow.destination}: {curve.flow.value:g}</title>"
            f'<path d="{line}" fill="none" stroke="{tokens.flow_casing}" stroke-width="{width + 1.6:g}"/>'
            f'<path d="{line}" fill="none" stroke="{tokens.flow}" stroke-width="{width:g}" stroke-opacity="0.85"/>'
            f'<path d="{head}" fill="none" stroke="{tokens.flow_head}" stroke-width="{max(1.5, 0.35 * width):g}"/></g>'
        )
    return f'<g stroke-linecap="round" stroke-linejoin="round">{"".join(parts)}</g>'


def legend_svg(title: str, unit: str, top: float, decimals: int, lang: Lang, tokens: Tokens = LIGHT) -> str:
    """A legend of widths at round figures, from wide to thin."""
    drawing = Drawing(tokens)
    for line in wrapped(title, TITLE_PX):
        drawing.text(line, TITLE_PX, bold=True)
    if unit:
        drawing.text(unit, TEXT_PX)
    drawing.space(4)
    for value in round_figures(top, decimals):
        drawing.line(round(width_px(value, top), 2), tokens.flow, number_text(value, decimals, lang))
    return drawing.svg(", ".join(part for part in (title, unit) if part), [])


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _to_mercator(point: Point) -> Floats:
    lon, lat = point
    return np.array([math.radians(lon), math.asinh(math.tan(math.radians(lat)))])


def _to_degrees(line: Floats) -> tuple[Point, ...]:
    lon, lat = np.degrees(line[:, 0]), np.degrees(np.arctan(np.sinh(line[:, 1])))
    return tuple(zip(lon.round(6).tolist(), lat.round(6).tolist(), strict=True))
