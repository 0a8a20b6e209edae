"""How a region without a figure is drawn: a pattern for each reason, from one description for map, QGIS and legend.

A pattern is a tile of 16 by 16 units that repeats without a seam (a power of two, as graphics cards like it). Lines are
given by an equation in those units, so that the sprite and the SVG swatch cannot run in different directions.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from layers.values import Reason
from styles.tokens import LIGHT, Tokens

TILE = 16
"""Side of a pattern in units; a unit is a CSS pixel."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """Parallel lines: the points where ``x_step * x + y_step * y - offset`` is a multiple of ``period``; y is down."""

    x_step: int
    y_step: int
    offset: float
    period: int
    """Divides ``TILE``, or the pattern would have a seam."""

    width: float


@dataclass(frozen=True, slots=True)
class Dot:
    """A disc that lies wholly within the tile."""

    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True)
class Pattern:
    """An opaque ground with ink on it."""

    ground: str
    ink: str
    strokes: tuple[Stroke, ...] = ()
    dots: tuple[Dot, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """A framed square with ink in it, which stands at a point."""

    ground: str
    ink: str
    lines: tuple[tuple[float, float, float, float], ...] = ()
    """x, y of either end."""

    dots: tuple[Dot, ...] = ()


MARK_SIZE = 0.875
"""How large a mark is on a map, in parts of ``TILE``."""

_FRAME = (
    (0.75, 0.75, 15.25, 0.75),
    (15.25, 0.75, 15.25, 15.25),
    (15.25, 15.25, 0.75, 15.25),
    (0.75, 15.25, 0.75, 0.75),
)
_LINE = 2.0
"""Width of the lines of a mark."""


def marks(tokens: Tokens = LIGHT) -> Mapping[Reason, Mark]:
    """The mark of every reason: a slash, a dash, three dots, nothing, a cross."""
    ground, ink = tokens.mark_ground, tokens.mark_ink
    slash, other = (4.5, 11.5, 11.5, 4.5), (4.5, 4.5, 11.5, 11.5)
    dots = (Dot(5, 5.5, 1.5), Dot(11, 5.5, 1.5), Dot(8, 11, 1.5))
    return {
        Reason.WITHHELD: Mark(ground, ink, (slash,)),
        Reason.MISSING: Mark(ground, ink, ((4.0, 8.0, 12.0, 8.0),)),
        Reason.NOT_YET_PUBLISHED: Mark(ground, ink, dots=dots),
        Reason.NOT_APPLICABLE: Mark(ground, ink),
        Reason.NOT_COMPARABLE: Mark(ground, ink, (slash, other)),
    }


def mark_name(reason: Reason) -> str:
    """What the mark is called in the sprite."""
    return f"mark-{reason.value}"


def patterns(tokens: Tokens = LIGHT) -> Mapping[Reason, Pattern]:
    """The pattern of every reason. None is a plain color that a palette could contain."""
    rising = Stroke(1, 1, offset=0, period=8, width=1.3)
    falling = Stroke(1, -1, offset=0, period=8, width=1.0)
    flat = Stroke(0, 1, offset=3.5, period=8, width=1.0)
    dots = (Dot(4, 4, 1.5), Dot(12, 4, 1.5), Dot(8, 12, 1.5), Dot(0, 12, 1.5))
    ground, ink = tokens.reason_ground, tokens.reason_ink
    return {
        Reason.WITHHELD: Pattern(ground, ink, strokes=(rising,)),
        Reason.MISSING: Pattern(tokens.missing, tokens.missing),
        Reason.NOT_YET_PUBLISHED: Pattern(ground, ink, dots=dots),
        Reason.NOT_APPLICABLE: Pattern(tokens.not_applicable, ink, strokes=(flat,)),
        Reason.NOT_COMPARABLE: Pattern(ground, ink, strokes=(Stroke(1, 1, 0, 8, 1.0), falling)),
    }


def image_name(reason: Reason) -> str:
    """What the pattern is called in the sprite."""
    return f"reason-{reason.value}"


def sprite(scale: int, tokens: Tokens = LIGHT) -> tuple[bytes, dict[str, dict[str, int]]]:
    """Patterns and marks side by side as a PNG, and where each one is, for a screen with ``scale`` pixels per CSS pixel.

    The same scale gives the same bytes.
    """
    side = TILE * scale
    drawn = {image_name(reason): pattern_pixels(reason, scale, tokens) for reason in Reason}
    drawn |= {mark_name(reason): mark_pixels(reason, scale, tokens) for reason in Reason}
    index = {
        name: {"x": side * place, "y": 0, "width": side, "height": side, "pixelRatio": scale}
        for place, name in enumerate(drawn)
    }
    return _png(np.concatenate(list(drawn.values()), axis=1)), index


def image_png(name: str) -> bytes:
    """One picture of the sprite by itself. Raises KeyError for a name it has not."""
    pixels_by_name = {image_name(reason): pattern_pixels for reason in Reason} | {
        mark_name(reason): mark_pixels for reason in Reason
    }
    reason = next(reason for reason in Reason if name.endswith(f"-{reason.value}"))
    return _png(pixels_by_name[name](reason, 1))


def pattern_pixels(reason: Reason, scale: int, tokens: Tokens = LIGHT) -> NDArray[np.uint8]:
    """(side, side, 3) one tile of the pattern of a reason, which repeats without a seam."""
    return _pixels(patterns(tokens)[reason], scale)


def mark_pixels(reason: Reason, scale: int, tokens: Tokens = LIGHT) -> NDArray[np.uint8]:
    """(side, side, 3) the mark of a reason."""
    mark = marks(tokens)[reason]
    middles = (np.arange(TILE * scale) + 0.5) / scale
    x, y = np.meshgrid(middles, middles)
    ink = np.zeros_like(x)
    for width, lines in ((1.5, _FRAME), (_LINE, mark.lines)):
        for line in lines:
            ink = np.maximum(ink, _cover(width / 2 - _distance(x, y, line), scale))
    for dot in mark.dots:
        ink = np.maximum(ink, _cover(dot.radius - np.hypot(x - dot.x, y - dot.y), scale))
    ground, color = _rgb(mark.ground), _rgb(mark.ink)
    mixed: NDArray[np.float64] = ground + (color - ground) * ink[..., None]
    return mixed.round().astype(np.uint8)


def mark_svg(reason: Reason, tokens: Tokens = LIGHT) -> str:
    """The mark as a part of an SVG, of ``TILE`` units."""
    mark = marks(tokens)[reason]
    path = "".join(f"M{x1:g} {y1:g}L{x2:g} {y2:g}" for x1, y1, x2, y2 in mark.lines)
    parts = [
        f'<rect x="0.75" y="0.75" width="14.5" height="14.5" fill="{mark.ground}" stroke="{mark.ink}" stroke-width="1.5"/>'
    ]
    parts += [f'<path d="{path}" stroke="{mark.ink}" stroke-width="{_LINE:g}" stroke-linecap="round"/>'] if path else []
    parts += [f'<circle cx="{dot.x:g}" cy="{dot.y:g}" r="{dot.radius:g}" fill="{mark.ink}"/>' for dot in mark.dots]
    return "".join(parts)


def _distance(
    x: NDArray[np.float64], y: NDArray[np.float64], line: tuple[float, float, float, float]
) -> NDArray[np.float64]:
    """How far points lie from a line between two ends."""
    x1, y1, x2, y2 = line
    along = np.clip(((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / ((x2 - x1) ** 2 + (y2 - y1) ** 2), 0.0, 1.0)
    away: NDArray[np.float64] = np.hypot(x - x1 - along * (x2 - x1), y - y1 - along * (y2 - y1))
    return away


def pattern_svg(reason: Reason, tokens: Tokens = LIGHT) -> str:
    """An SVG ``<pattern>`` whose id is the name of the image in the sprite."""
    pattern = patterns(tokens)[reason]
    parts = [f'<rect width="{TILE}" height="{TILE}" fill="{pattern.ground}"/>']
    parts += [
        f'<path d="{_path(stroke)}" stroke="{pattern.ink}" stroke-width="{stroke.width:g}"/>'
        for stroke in pattern.strokes
    ]
    parts += [
        f'<circle cx="{x:g}" cy="{dot.y:g}" r="{dot.radius:g}" fill="{pattern.ink}"/>'
        for dot in pattern.dots
        for x in _wrapped(dot)
    ]
    size = f'width="{TILE}" height="{TILE}" patternUnits="userSpaceOnUse"'
    return f'<pattern id="{image_name(reason)}" {size}>{"".join(parts)}</pattern>'


def _path(stroke: Stroke) -> str:
    """The lines of a stroke across the tile, drawn past its edges so that their ends do not show."""
    lines: list[str] = []
    for crossing in np.arange(stroke.offset - 2 * TILE, 2 * TILE + 1, stroke.period):
        if stroke.x_step == 0:
            lines += [f"M0 {crossing:g}h{TILE}"] if 0 <= crossing <= TILE else []
            continue
        # x = crossing - y_step * y, from one unit above the tile to one below it
        top, bottom = crossing + stroke.y_step, crossing - stroke.y_step * (TILE + 1)
        if max(top, bottom) >= -1 and min(top, bottom) <= TILE + 1:
            lines.append(f"M{top:g} -1L{bottom:g} {TILE + 1}")
    return "".join(lines)


def _wrapped(dot: Dot) -> list[float]:
    """Where a dot is drawn in one tile; one that crosses the left edge comes back at the right."""
    return [dot.x, dot.x + TILE] if dot.x < dot.radius else [dot.x]


def _pixels(pattern: Pattern, scale: int) -> NDArray[np.uint8]:
    """(side, side, 3) the pattern, softened by how much of each pixel the ink covers."""
    middles = (np.arange(TILE * scale) + 0.5) / scale
    x, y = np.meshgrid(middles, middles)
    ink = np.zeros_like(x)
    for stroke in pattern.strokes:
        across = (stroke.x_step * x + stroke.y_step * y - stroke.offset) % stroke.period
        distance = np.minimum(across, stroke.period - across) / np.hypot(stroke.x_step, stroke.y_step)
        ink = np.maximum(ink, _cover(stroke.width / 2 - distance, scale))
    for dot in pattern.dots:
        for cx in _wrapped(dot):
            ink = np.maximum(ink, _cover(dot.radius - np.hypot(x - cx, y - dot.y), scale))
    ground, color = _rgb(pattern.ground), _rgb(pattern.ink)
    mixed: NDArray[np.float64] = ground + (color - ground) * ink[..., None]
    return mixed.round().astype(np.uint8)


def _cover(inside: NDArray[np.float64], scale: int) -> NDArray[np.float64]:
    """How much of a pixel lies in a shape whose edge is so many units away, from 0 to 1."""
    return np.clip(inside * scale + 0.5, 0.0, 1.0)


def _rgb(color: str) -> NDArray[np.float64]:
    return np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)], dtype=np.float64)


def _png(pixels: NDArray[np.uint8]) -> bytes:
    """An RGB image as PNG (ISO 15948), every row unfiltered."""
    height, width, _ = pixels.shape
    rows = np.concatenate([np.zeros((height, 1), np.uint8), pixels.reshape(height, width * 3)], axis=1)

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(rows.tobytes(), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
