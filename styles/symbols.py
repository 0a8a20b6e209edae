"""Circles for numbers of things: the area of a circle is proportional to the figure.

    radius = largest(level, zoom) * sqrt(figure / top of the level)

``top`` is the highest figure of the level in all years, so that years compare. ``largest`` follows from how far regions of the
level lie apart at a zoom: it doubles with each zoom from a least to a most radius, so that circles of neighbours do not
bury each other. The largest circles are drawn first.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from layers.atlas import EditionFacts, IndicatorFacts

LEAST_PX = 9.0
"""The radius of the largest circle where regions lie close together."""

MOST_PX = 36.0
"""And where there is all the room one could want."""

MOST_TILED_PX = 25.0
"""The same where pictures are made tile by tile: a circle is cut where it leaves the buffer of the labels of a tile."""

CROWDING = 0.6
"""The largest radius in parts of the distance between neighbours. Most figures are far below the largest."""

SPREAD = 400
"""So many regions at most are spread evenly; the more there are, the more of them lie together in towns."""

CIRCLE_OPACITY = 0.6
"""What lies under a circle shows through it; its outline does not fade."""

TILE_PX = 512
"""A tile on the screen, as MapLibre counts zooms."""

SIZES = 14
"""Into how many sizes circles are divided where a client cannot compute a radius."""


@dataclass(frozen=True, slots=True)
class Growth:
    """How large the largest circle of a level is at a zoom."""

    spacing_px: float
    """How far regions lie apart at zoom 0."""

    most_px: float

    @classmethod
    def of(cls, edition: EditionFacts, level: str, most_px: float = MOST_PX) -> Growth:
        """That of a level of an edition: of evenly spread regions, and less where there are thousands.

        The buurten of one gemeente beside the gemeenten of a country lie as close as their own ground says.
        """
        facts = next(one for one in edition.levels if one.id == level)
        west, south, east, north = facts.bounds or edition.bounds
        regions = facts.regions
        clustering = max(regions / SPREAD, 1) ** -0.2
        area = (east - west) / 360 * (_mercator_y(north) - _mercator_y(south)) / (2 * math.pi)
        return cls(TILE_PX * math.sqrt(max(area, 1e-12) / max(regions, 1)) * clustering, most_px)

    def largest_px(self, zoom: float) -> float:
        """The radius of the circle of the highest figure."""
        return min(max(CROWDING * self.spacing_px * 2**zoom, LEAST_PX), self.most_px)

    def stops(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Zoom and radius between which it doubles with each zoom; outside them it stays what it is."""
        first, last = (math.log2(radius / CROWDING / self.spacing_px) for radius in (LEAST_PX, self.most_px))
        return (round(first, 3), LEAST_PX), (round(last, 3), self.most_px)


def top_of(indicator: IndicatorFacts, level: str) -> float:
    """The figure of the largest circle of a level: the highest of all years, or the lowest where that is further from zero."""
    breaks = indicator.breaks[level]
    return max(abs(breaks.low), abs(breaks.high)) or 1.0


def radius_px(value: float, top: float, largest_px: float) -> float:
    """The radius of the circle of a figure. Below zero it is that of the same figure above it, drawn hollow.

    >>> radius_px(25, 100, 36.0)
    18.0
    """
    return largest_px * math.sqrt(abs(value) / top)


@dataclass(frozen=True, slots=True)
class SizeClass:
    """Figures that are drawn in one size."""

    low: float
    high: float | None
    """What they run up to; None for the largest."""

    fraction: float
    """Their radius, in parts of the largest."""


def size_classes(top: float, decimals: int) -> tuple[SizeClass, ...]:
    """Steps of about equal radius, from small to large; fewer where there are fewer figures between zero and the top."""
    edges = sorted({round(top * (step / SIZES) ** 2, decimals) for step in range(SIZES)})
    highs = [*edges[1:], top]
    step = 10.0**-decimals
    return tuple(
        SizeClass(
            low=low,
            high=None if place == len(edges) - 1 else high,
            # Halfway between the radii of the lowest and the highest published figure in it.
            fraction=(math.sqrt(low / top) + math.sqrt(max(low, high - step * (place < len(edges) - 1)) / top)) / 2,
        )
        for place, (low, high) in enumerate(zip(edges, highs, strict=True))
    )


def round_figures(top: float, decimals: int) -> tuple[float, ...]:
    """The figures of the circles of a legend, from large to small: round ones, of about all, a quarter and a twentieth.

    >>> round_figures(1234, 0)
    (1000.0, 250.0, 50.0)
    """
    step = 10.0**-decimals
    found = [_round_below(top / part, step) for part in (1, 4, 20)]
    return tuple(dict.fromkeys(value for value in found if value >= step))


def _round_below(value: float, step: float) -> float:
    """The largest of 1, 2, 2.5, 5 times a power of ten that is not above a value and a multiple of a step."""
    if value < step:
        return 0.0
    limit = value * (1 + 1e-12)
    power = 10.0 ** math.floor(math.log10(limit))
    choices = [factor * power for factor in (0.5, 1, 2, 2.5, 5) if factor * power <= limit]
    fitting = [choice for choice in choices if math.isclose(choice / step, round(choice / step), abs_tol=1e-6)]
    return round(max(fitting), 6) if fitting else 0.0


def _mercator_y(lat: float) -> float:
    return math.asinh(math.tan(math.radians(lat)))
