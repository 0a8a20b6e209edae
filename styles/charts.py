"""Charts as SVG: bars, lines and a small line of a few years. Pure functions from figures to text.

Colour is never alone: bars of different series have patterns, lines have marks, dashes and their name at the end. A chart
has a title and a description; its figures stand in the table beside it. A figure that is a reason is no bar and a gap.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

WIDTH_PX: Final = 640
INKS: Final = ("#08519c", "#8c4a00", "#1b6b3a", "#6a3d9a", "#5a5a5a", "#a3195b", "#00606b", "#3a3a8c")
"""Each has a contrast of at least 4.5 with white."""

_DASHES: Final = ("", "8 4", "2 3", "8 3 2 3", "12 4", "4 4", "1 4", "10 3 2 3 2 3")
_LABEL_LETTERS: Final = 26
_LINE_PX: Final = 15


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure of a chart: a number with its text, or a text that says why there is none."""

    value: float | None
    text: str


@dataclass(frozen=True, slots=True)
class ChartSeries:
    """Figures of one name, one for each category or year."""

    label: str
    bars: tuple[Bar, ...]


def bars(chart_id: str, title: str, description: str, categories: Sequence[str], series: Sequence[ChartSeries]) -> str:
    """Horizontal bars from zero, the name of the category above each group and the figure behind each bar."""
    height, gap, value_px = 16, 12, 150
    numbers = [bar.value for one in series for bar in one.bars if bar.value is not None]
    low, high = min([0.0, *numbers]), max([0.0, *numbers])
    scale = (WIDTH_PX - value_px) / (high - low or 1.0)
    zero = -low * scale
    parts: list[str] = []
    y = 4
    if len(series) > 1:
        for number, one in enumerate(series):
            parts.append(_rect(2, y, 28, height, number, chart_id))
            parts.append(_text(38, y + 13, one.label))
            y += 22
        y += gap
    for place, category in enumerate(categories):
        parts.append(_text(0, y + 12, category, strong=True))
        y += 18
        for number, one in enumerate(series):
            bar = one.bars[place]
            end = zero
            if bar.value is not None:
                left, right = sorted((zero, zero + bar.value * scale))
                parts.append(_rect(left, y, max(right - left, 0.5), height, number, chart_id))
                end = right
            parts.append(_text(end + 6, y + 13, bar.text))
            y += height + 3
        y += gap
    return _svg(chart_id, title, description, y, _patterns(chart_id, len(series)) + "".join(parts))


def lines(
    chart_id: str,
    title: str,
    description: str,
    years: Sequence[int],
    series: Sequence[ChartSeries],
    ticks: Sequence[Bar],
) -> str:
    """Lines over the years; ``ticks`` are the lines of the scale, from low to high, and decide its ends.

    A year without a figure is a gap in the line.
    """
    left, right, top, bottom = 100, 438, 40, 320
    low, high = ticks[0].value or 0.0, ticks[-1].value or 0.0
    first, last = years[0], years[-1]

    def x_of(year: int) -> float:
        return left + (right - left) * ((year - first) / (last - first) if last > first else 0.5)

    def y_of(value: float) -> float:
        return bottom - (bottom - top) * ((value - low) / (high - low or 1.0))

    parts = [_text(0, 16, title, strong=True)]
    for tick in ticks:
        y = y_of(tick.value or 0.0)
        parts.append(f'<path class="grid" d="M{left} {y:.1f}H{right}" stroke="#c6d0d8" stroke-width="1"/>')
        parts.append(_text(left - 8, y + 5, tick.text, anchor="end"))
    step = max(1, math.ceil(len(years) / 6))
    parts += [_text(x_of(year), bottom + 20, str(year), anchor="middle") for year in years[::step]]
    labels: list[tuple[float, int]] = []
    for number, one in enumerate(series):
        ink = INKS[number % len(INKS)]
        places = [
            (x_of(year), y_of(bar.value)) if bar.value is not None else None
            for year, bar in zip(years, one.bars, strict=True)
        ]
        dash = _DASHES[number % len(_DASHES)]
        path = _path(places)
        parts.append(
            f'<path class="line" d="{path}" fill="none" stroke="{ink}" stroke-width="2.2" stroke-dasharray="{dash or "none"}"/>'
        )
        there = [place for place in places if place is not None]
        parts += [_mark(x, y, number) for x, y in there]
        labels.append((there[-1][1] if there else bottom, number))
    lowest = top - 4.0
    for y, number in sorted(labels):
        rows = textwrap.wrap(series[number].label, _LABEL_LETTERS) or [""]
        at = max(y, lowest + 10)
        parts.append(_mark(right + 16, at, number))
        parts += [_text(right + 26, at + 5 + _LINE_PX * row, text) for row, text in enumerate(rows)]
        lowest = at + _LINE_PX * (len(rows) - 1) + 8
    height = max(bottom + 30, int(lowest) + 16)
    return _svg(chart_id, title, description, height, "".join(parts))


def sparkline(values: Sequence[float | None]) -> str:
    """A line of a few years as large as a word, to stand beside its figures: a gap where there is none, a dot at the newest."""
    width, height, edge = 96, 26, 4
    numbers = [value for value in values if value is not None]
    if len(numbers) < 2:
        return ""
    low, high = min(numbers), max(numbers)
    step = (width - 2 * edge) / max(1, len(values) - 1)
    places = [
        None
        if value is None
        else (
            edge + number * step,
            height - edge - (height - 2 * edge) * ((value - low) / (high - low) if high > low else 0.5),
        )
        for number, value in enumerate(values)
    ]
    x, y = next(place for place in reversed(places) if place is not None)
    return (
        f'<svg class="spark" viewBox="0 0 {width} {height}" width="{width}" height="{height}" aria-hidden="true">'
        f'<path class="line" d="{_path(places)}" fill="none" stroke="{INKS[0]}" stroke-width="1.8"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.8" fill="{INKS[0]}"/></svg>'
    )


def ticks_for(values: Sequence[float]) -> tuple[float, ...]:
    """Round numbers that enclose the values and zero, about five of them.

    >>> ticks_for([3.0, 41.5])
    (0.0, 10.0, 20.0, 30.0, 40.0, 50.0)
    """
    low, high = min([0.0, *values]), max([0.0, *values])
    if low == high:
        return (0.0, 1.0)
    rough = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough * 0.999)
    first, last = math.floor(low / step), math.ceil(high / step - 1e-9)
    return tuple(round(number * step, 10) for number in range(first, last + 1))


def _path(places: Sequence[tuple[float, float] | None]) -> str:
    parts: list[str] = []
    before: tuple[float, float] | None = None
    for place in places:
        if place is not None:
            parts.append(f"{'L' if before else 'M'}{place[0]:.1f} {place[1]:.1f}")
        before = place
    return "".join(parts)


def _mark(x: float, y: float, number: int) -> str:
    ink = INKS[number % len(INKS)]
    shapes = (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.6" fill="{ink}"/>',
        f'<rect x="{x - 3.5:.1f}" y="{y - 3.5:.1f}" width="7" height="7" fill="{ink}"/>',
        f'<path d="M{x:.1f} {y - 4.5:.1f}l4.5 8h-9z" fill="{ink}"/>',
        f'<path d="M{x:.1f} {y - 5:.1f}l5 5-5 5-5-5z" fill="{ink}"/>',
    )
    hollow = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.6" fill="#fff" stroke="{ink}" stroke-width="2"/>'
    return shapes[number] if number < len(shapes) else hollow


def _rect(x: float, y: float, width: float, height: float, number: int, chart_id: str) -> str:
    ink = INKS[number % len(INKS)]
    fill = ink if number == 0 else f"url(#{escape(chart_id)}-{number})"
    return f'<rect class="bar" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}" stroke="{ink}"/>'


def _patterns(chart_id: str, count: int) -> str:
    """Every series after the first has lines in a direction of its own."""
    strokes = ("M-2 10L10 -2M6 18L18 6", "M0 4H16M0 12H16", "M4 0V16M12 0V16", "M-2 6L10 18M6 -2L18 10")
    return "".join(
        f'<pattern id="{escape(chart_id)}-{number}" width="16" height="16" patternUnits="userSpaceOnUse">'
        f'<rect width="16" height="16" fill="#fff"/><path d="{strokes[(number - 1) % len(strokes)]}" '
        f'stroke="{INKS[number % len(INKS)]}" stroke-width="3"/></pattern>'
        for number in range(1, count)
    )


def _text(x: float, y: float, text: str, *, anchor: str = "start", strong: bool = False) -> str:
    weight = ' font-weight="600"' if strong else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{weight} font-size="14" fill="#17242f">{escape(text)}</text>'


def _svg(chart_id: str, title: str, description: str, height: float, content: str) -> str:
    name = escape(chart_id)
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH_PX} {height:g}" role="img" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(description)}</desc>{content}</svg>'
    )
