"""Which figures get which colour: the one truth that map, legend and QGIS read."""

from __future__ import annotations

from dataclasses import dataclass

from layers.atlas import IndicatorFacts, Lang
from styles.words import WORDS, number_text


@dataclass(frozen=True, slots=True)
class ColorClass:
    """The figures of one colour: a range of numbers or a category."""

    color: str
    """``#rrggbb``"""

    low: float | None = None
    """The lowest number in it; None for a category and where it is open at the bottom, which is the first class."""

    high: float | None = None
    """The number it runs up to without holding it; None for a category and for the last class."""

    category: str | None = None


def color_classes(indicator: IndicatorFacts, level: str) -> tuple[ColorClass, ...]:
    """The classes of an indicator on a level, from low to high; none where the level has no numbers at all.

    Class i has color i of the indicator. A level with few distinct values has fewer classes than there are colors and
    leaves the darkest ones out.
    """
    if indicator.kind == "category":
        pairs = zip(indicator.categories, indicator.colors, strict=True)
        return tuple(ColorClass(color=color, category=category) for category, color in pairs)
    if level not in indicator.breaks:
        return ()
    edges = indicator.breaks[level].edges
    lows, highs = (None, *edges), (*edges, None)
    colors = indicator.colors[: len(lows)]
    return tuple(
        ColorClass(color=color, low=low, high=high) for color, low, high in zip(colors, lows, highs, strict=True)
    )


def class_text(part: ColorClass, indicator: IndicatorFacts, level: str, lang: Lang) -> str:
    """A class as readers meet it, without its unit: ``100 tot 200``.

    Published figures have the decimals of their indicator, so a class that is one step wide is just its number.
    """
    if part.category is not None:
        return part.category
    words, breaks = WORDS[lang], indicator.breaks[level]

    def text(value: float) -> str:
        return number_text(value, indicator.decimals, lang)

    low = breaks.low if part.low is None else part.low
    if part.high is None:
        if part.low is not None:
            return words.more.format(low=text(part.low))
        return text(low) if low == breaks.high else words.through.format(low=text(low), high=text(breaks.high))
    if low >= part.high:  # an edge a publisher chose below all figures
        return words.less.format(high=text(part.high))
    if round((part.high - low) * 10**indicator.decimals) == 1:
        return text(low)
    return words.up_to.format(low=text(low), high=text(part.high))
