"""A map as one drawing: title, regions, legend and source, as an SVG that stands on its own.

    +--------------------------------+        +----------------+
    | title                          |        | title          |
    | what it shows                  |        | what it shows  |
    | +-----------------+            |        | +------------+ |
    | |                 |  legend    |        | |   map      | |
    | |      map        |            |        | +------------+ |
    | +-----------------+            |        |  legend        |
    | source                         |        | source         |
    +--------------------------------+        +----------------+

The wide form has the proportions of a preview of a shared link. Colors, patterns, marks and circles are those of map and legend.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from html import escape

from layers.atlas import IndicatorFacts
from layers.values import Reason
from styles.drawing import FONT_FAMILY, MARGIN_PX, TEXT_PX, Drawing, wrapped
from styles.raster_colors import GROUND, reason_of
from styles.reasons import MARK_SIZE, TILE, image_name, mark_svg, pattern_svg
from styles.symbols import CIRCLE_OPACITY
from styles.tokens import Line, Tokens

WIDE_PX = 720
"""From this width on the legend stands beside the map."""

PROPORTION = 630 / 1200
"""Height over width of the wide form; a legend with many rows makes it higher."""

HEADING_PX = 19
SMALL_PX = 11


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the drawing."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Words:
    """What is written on a picture."""

    title: str
    under: str
    """What it shows: unit, level, area and year."""

    foot: tuple[str, ...]
    """Paragraphs below: how it must not be read, the source."""

    told: str
    """What is seen, for who cannot see it."""


@dataclass(frozen=True, slots=True)
class Written:
    """A line of text."""

    y: float
    """Of its baseline."""

    text: str
    size_px: int
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything stands."""

    width: float
    height: float
    lines: tuple[Written, ...]
    """Above and below the map."""

    map: Box
    legend: tuple[float, float]
    """Its corner."""

    @staticmethod
    def of(width: float, words: Words, legend_size: tuple[float, float]) -> Layout:
        """That of a picture so wide; the legend takes the room it needs."""
        inner = width - 2 * MARGIN_PX
        head, top = _set(MARGIN_PX, inner, (words.title, HEADING_PX), (words.under, TEXT_PX))
        _, foot_height = _set(0, inner, *((paragraph, SMALL_PX) for paragraph in words.foot))
        legend_width, legend_height = legend_size
        if width >= WIDE_PX:
            height = max(width * PROPORTION, top + legend_height + foot_height)
            box = Box(MARGIN_PX, top + 6, inner - legend_width, height - foot_height - top - 14)
            legend = (MARGIN_PX + box.width, top - 6)
        else:
            box = Box(MARGIN_PX, top + 6, inner, inner)
            height = top + inner + legend_height + foot_height
            legend = (0.0, top + inner)
        foot, _ = _set(height - foot_height - 4, inner, *((paragraph, SMALL_PX) for paragraph in words.foot))
        return Layout(round(width, 2), round(height, 2), (*head, *foot), box, legend)


def _set(top: float, width: float, *paragraphs: tuple[str, int]) -> tuple[list[Written], float]:
    """Texts below each other from a height on, and where they end; a heading is bold."""
    lines: list[Written] = []
    for text, size in paragraphs:
        for line in wrapped(text, size, width):
            top += size + 4
            lines.append(Written(round(top - 3, 2), line, size, size == HEADING_PX))
    return lines, top


@dataclass(frozen=True, slots=True)
class Spot:
    """A circle of a region, or the mark of its reason."""

    x: float
    y: float
    """In the drawing."""

    radius: float
    reason: Reason | None = None
    is_hollow: bool = False
    """Below zero."""


@dataclass(frozen=True, slots=True)
class MapParts:
    """What lies in view, as SVG path data in the units of the map."""

    fills: Sequence[tuple[int, str]]
    """Number of the color (``styles.raster_colors``) and the regions that have it."""

    coarser: str
    """The borders of the next coarser level."""

    outline: str
    """The area that was asked for."""

    zoom: float
    """As MapLibre counts zooms: far out lines are thinner."""

    spots: Sequence[Spot] = ()
    """From large to small."""


def map_svg(
    indicator: IndicatorFacts, layout: Layout, words: Words, parts: MapParts, legend: Drawing, width_px: int
) -> str:
    """The drawing, ``width_px`` wide; a screen reader reads the title, what it shows and the rows of the legend."""
    tokens = legend.tokens
    box = layout.map
    height_px = round(layout.height * width_px / layout.width)
    size = f'width="{width_px}" height="{height_px}" viewBox="0 0 {layout.width:g} {layout.height:g}"'
    place = f'x="{box.left:g}" y="{box.top:g}" width="{box.width:g}" height="{box.height:g}"'
    spoken = 'role="img" aria-labelledby="map-title" aria-describedby="map-told"'
    look = f'style="forced-color-adjust:none;print-color-adjust:exact" font-family="{FONT_FAMILY}"'
    patterns = "".join(pattern_svg(reason, tokens) for reason in Reason)
    told = f"{words.told} {'; '.join(legend.rows)}."
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} {spoken} {look}>',
            f'<title id="map-title">{escape(words.title)}</title>',
            f'<desc id="map-told">{escape(told)}</desc>',
            f'<defs>{patterns}<clipPath id="map-frame"><rect {place}/></clipPath></defs>',
            f'<rect width="{layout.width:g}" height="{layout.height:g}" fill="#ffffff"/>',
            f'<rect {place} fill="{tokens.background}"/>',
            '<g clip-path="url(#map-frame)">',
            f'<g transform="translate({box.left:g} {box.top:g})" fill-rule="evenodd" stroke-linejoin="round">',
            *_regions(indicator, parts, tokens),
            *(_spot(spot, indicator, tokens) for spot in parts.spots),
            *_line(parts.outline, Line(tokens.selected_px + 2.5, 0, tokens.selected_casing, "")),
            *_line(parts.outline, Line(tokens.selected_px - 0.5, 0, tokens.selected, "")),
            "</g>",
            "</g>",
            *_lettering(layout, tokens),
            legend.part(*layout.legend),
            "</svg>\n",
        ]
    )


def reasons_of(numbers: Collection[int]) -> list[Reason]:
    """The reasons among numbers of colors."""
    return [reason for reason in Reason if any(reason_of(number) is reason for number in numbers)]


def _regions(indicator: IndicatorFacts, parts: MapParts, tokens: Tokens) -> list[str]:
    growth = min(tokens.factor(parts.zoom), 1.0)
    thin, thick = tokens.border(0), tokens.border(1)
    drawn = [
        f'<path fill="{_fill(number, indicator, tokens)}" stroke="{thin.casing}" stroke-width="{growth / 2:.3g}" d="{path}"/>'
        for number, path in parts.fills
        if path
    ]
    return [
        *drawn,
        *_line(parts.coarser, Line(thick.casing_px * growth, thick.core_px * growth, thick.casing, thick.core)),
    ]


def _fill(number: int, indicator: IndicatorFacts, tokens: Tokens) -> str:
    if number == GROUND:
        return tokens.land
    if (reason := reason_of(number)) is not None:
        return f"url(#{image_name(reason)})"
    return indicator.colors[number - 1]


def _line(path: str, line: Line) -> list[str]:
    """A dark casing with its core, which has no width where there is none."""
    if not path:
        return []
    drawn = [f'<path fill="none" stroke="{line.casing}" stroke-width="{line.casing_px:.3g}" d="{path}"/>']
    if line.core_px:
        drawn.append(f'<path fill="none" stroke="{line.core}" stroke-width="{line.core_px:.3g}" d="{path}"/>')
    return drawn


def _spot(spot: Spot, indicator: IndicatorFacts, tokens: Tokens) -> str:
    if spot.reason is not None:
        half = MARK_SIZE * TILE / 2
        place = f"translate({spot.x - half:.1f} {spot.y - half:.1f}) scale({MARK_SIZE:g})"
        return f'<g transform="{place}">{mark_svg(spot.reason, tokens)}</g>'
    color = indicator.colors[-1]
    fill = "none" if spot.is_hollow else color
    return (
        f'<circle cx="{spot.x:.1f}" cy="{spot.y:.1f}" r="{spot.radius:.2f}" fill="{fill}" '
        f'fill-opacity="{CIRCLE_OPACITY:g}" stroke="{color}"/>'
    )


def _lettering(layout: Layout, tokens: Tokens) -> list[str]:
    ink = tokens.label(0).color
    return [
        f'<text x="{MARGIN_PX}" y="{line.y:g}" font-size="{line.size_px}" '
        f'font-weight="{700 if line.is_bold else 400}" fill="{ink}">{escape(line.text)}</text>'
        for line in layout.lines
    ]
