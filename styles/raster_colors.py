"""Published values as numbers of colors, for pictures of one byte per pixel: the same colors as map, legend and QGIS.

    0         nothing there
    1 .. 9    a class, from low to high, or one of nine for two indicators
    1 .. 12   a category
    240 ..    a reason, 240 + ``Reason.number``: to be drawn with the pattern of the reason

A circle is no color of an area. Where figures are drawn as circles (``drawn`` is ``symbols``), every region with a figure has
``GROUND`` and ``symbol_radii_px`` says how large its circle is; a region with a reason gets its mark at the same point
(``styles.reasons.mark_pixels``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from layers.atlas import EditionFacts, IndicatorFacts
from layers.values import Published, Reason
from styles.bivariate import COLORS
from styles.classes import classify
from styles.reasons import patterns
from styles.symbols import CIRCLE_OPACITY, Growth, radius_px, top_of
from styles.tokens import LIGHT, Tokens

NOTHING = 0
GROUND = 239
"""A region under its circle, or under the mark of its reason."""

REASONS = 240
"""What is added to the number of a reason."""

Indices = NDArray[np.uint8]


def color_indices(published: Published, indicator: IndicatorFacts, level: str) -> Indices:
    """(regions,) the number of the color of each region.

    Also around a middle: classes count from low to high, and the palette has the neutral color at its place.
    """
    if indicator.drawn == "symbols":
        return np.full(len(published), GROUND, np.uint8)
    if indicator.kind == "category":
        classes = np.where(published.has_number, published.numbers, -1).astype(np.int64)
    elif level in indicator.breaks:
        classes = classify(published.numbers, indicator.breaks[level])
    else:
        classes = np.full(len(published), -1)
    return _with_reasons(classes, published.reasons)


def pair_indices(
    first: Published, second: Published, indicators: tuple[IndicatorFacts, IndicatorFacts], level: str
) -> Indices:
    """(regions,) the number of the color of each region in a map of two indicators: a reason in either is its reason.

    Of two reasons the first of ``Reason`` counts.
    """
    thirds = [
        np.searchsorted(np.asarray(one.breaks[level].thirds if level in one.breaks else ()), published.numbers, "right")
        for one, published in zip(indicators, (first, second), strict=True)
    ]
    none = np.iinfo(np.uint8).max
    numbers = [np.where(published.reasons == 0, none, published.reasons) for published in (first, second)]
    reasons = np.minimum(*numbers)
    return _with_reasons(3 * thirds[1] + thirds[0], np.where(reasons == none, 0, reasons).astype(np.uint8))


def _with_reasons(classes: NDArray[np.int64], reasons: NDArray[np.uint8]) -> Indices:
    return np.where(reasons == 0, classes + 1, REASONS + reasons).astype(np.uint8)


def palette(
    indicator: IndicatorFacts, other: IndicatorFacts | None = None, tokens: Tokens = LIGHT
) -> NDArray[np.uint8]:
    """(256, 4) red, green, blue and opacity by number of color; a reason has the ground of its pattern."""
    colors = indicator.colors if other is None else tuple(color for row in COLORS for color in row)
    table = np.zeros((256, 4), np.uint8)
    if other is None and indicator.drawn == "symbols":
        colors = ()
    table[1 : len(colors) + 1] = [rgba(color) for color in colors] or np.zeros((0, 4))
    table[GROUND] = rgba(tokens.land)
    for reason, pattern in patterns(tokens).items():
        table[REASONS + reason.number] = rgba(pattern.ground)
    return table


def rgba(color: str, opacity: float = 1.0) -> tuple[int, int, int, int]:
    """``#rrggbb`` as bytes."""
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue, round(255 * opacity)


def reason_of(index: int) -> Reason | None:
    """The reason a number of a color stands for."""
    return Reason.of(index - REASONS) if REASONS < index <= REASONS + len(Reason) else None


@dataclass(frozen=True, slots=True)
class CirclePaint:
    """How circles are drawn: largest first, filled through which what lies below shows, with an opaque outline."""

    fill: tuple[int, int, int, int]
    outline: tuple[int, int, int, int]
    outline_px: float


def circle_paint(indicator: IndicatorFacts) -> CirclePaint:
    """That of an indicator; below zero a circle has its outline only."""
    color = indicator.colors[-1]
    return CirclePaint(rgba(color, CIRCLE_OPACITY), rgba(color), 1.0)


def symbol_radii_px(
    published: Published, indicator: IndicatorFacts, edition: EditionFacts, level: str, zoom: float
) -> NDArray[np.float64]:
    """(regions,) the radius of the circle of each region at a zoom, in CSS pixels; NaN where there is a reason."""
    if level not in indicator.breaks:
        return np.full(len(published), np.nan)
    top, largest = top_of(indicator, level), Growth.of(edition, level).largest_px(zoom)
    return np.array([np.nan if np.isnan(v) else radius_px(v, top, largest) for v in published.numbers.tolist()])
