"""Flows from and to one region, drawn over borders: a still map that needs no script. Pure functions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from styles.flows import width_px

OUT_INK: Final = "#08519c"
IN_INK: Final = "#8c4a00"
NAMED: Final = 6
"""So many of the largest flows have the name of their other end beside it."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A region as it is drawn."""

    path: str
    """SVG path data in the units of the drawing."""

    x: float
    """Of the point where flows begin and end."""

    y: float
    name: str


@dataclass(frozen=True, slots=True)
class Stream:
    """One flow with the chosen region at one end."""

    other: str
    """Code of the region at the other end."""

    value: float
    text: str
    is_out: bool
    """From the chosen region; its line is whole, that of a flow to it is dashed."""


def flow_map(
    map_id: str,
    title: str,
    description: str,
    size: tuple[float, float],
    outlines: Mapping[str, Outline],
    chosen: str,
    streams: Sequence[Stream],
) -> str:
    """The regions in grey, the chosen one dark, and a curve for each flow, as wide as its figure."""
    width, height = size
    name = escape(map_id)
    parts = [
        f'<path class="region{" chosen" if code == chosen else ""}" d="{outline.path}" '
        f'fill="{"#9fb4c3" if code == chosen else "#eef1f3"}" stroke="#7b8a96" stroke-width="1"/>'
        for code, outline in outlines.items()
    ]
    here = outlines[chosen]
    drawn = sorted((s for s in streams if s.other in outlines and s.other != chosen), key=lambda s: -s.value)
    most = max((stream.value for stream in drawn), default=1.0) or 1.0
    parts += [_curve(here, outlines[stream.other], stream, width_px(stream.value, most)) for stream in drawn]
    parts.append(f'<circle cx="{here.x:.1f}" cy="{here.y:.1f}" r="6" fill="#17242f" stroke="#fff" stroke-width="2"/>')
    named = {stream.other for stream in drawn[:NAMED]} | {chosen}
    parts += [_name(outlines[code]) for code in outlines if code in named]
    return (
        f'<svg class="chart flow" viewBox="0 0 {width:g} {height:g}" role="img" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(description)}</desc>{"".join(parts)}</svg>'
    )


def _curve(here: Outline, there: Outline, stream: Stream, width: float) -> str:
    """A bow to the right of its direction, so that a flow and the one back do not cover each other."""
    start, end = (here, there) if stream.is_out else (there, here)
    dx, dy = end.x - start.x, end.y - start.y
    length = math.hypot(dx, dy) or 1.0
    bow = 0.18 * length
    middle_x, middle_y = (start.x + end.x) / 2 - dy / length * bow, (start.y + end.y) / 2 + dx / length * bow
    ink, dash = (OUT_INK, "none") if stream.is_out else (IN_INK, "7 5")
    return (
        f'<path class="stream" d="M{start.x:.1f} {start.y:.1f}Q{middle_x:.1f} {middle_y:.1f} {end.x:.1f} {end.y:.1f}" '
        f'fill="none" stroke="{ink}" stroke-opacity="0.8" stroke-width="{max(width, 1.2):.1f}" stroke-dasharray="{dash}">'
        f"<title>{escape(stream.text)}</title></path>"
    )


def _name(outline: Outline) -> str:
    return (
        f'<text x="{outline.x:.1f}" y="{outline.y - 10:.1f}" text-anchor="middle" font-size="14" font-weight="600" '
        f'fill="#17242f" stroke="#fff" stroke-width="4" stroke-linejoin="round" paint-order="stroke">'
        f"{escape(outline.name)}</text>"
    )
