"""The classes and colours of an indicator, decided once and for all when an atlas is built."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from layers.atlas import Breaks, Kind
from layers.catalog import Catalog
from layers.catalog_model import IndicatorEntry, StyleEntry
from layers.columns import SeriesRows
from layers.problems import Problem
from styles.classes import METHODS, class_breaks, diverging_breaks, sides, thirds, user_breaks
from styles.errors import (
    AlarmingPalette,
    BadBreaks,
    NoNumbers,
    NotDiverging,
    RedPalette,
    TooManyClasses,
    UnknownMethod,
    UnknownPalette,
)
from styles.palettes import DIVERGING, colors, diverging_colors
from styles.preset import category_palette, check_palette, symbol_color, theme_palette

MIDDLES: Final[Mapping[Kind, float]] = {"change": 0.0, "index": 100.0}
"""Around what figures of a kind diverge by themselves."""

SIZED: Final[frozenset[Kind]] = frozenset({"count", "sum"})
"""Kinds that are drawn as circles: a large area has more of everything, so a number of things cannot fill it."""


class Styled(Protocol):
    """What is asked of an indicator: an entry of a catalog, or a figure derived from one."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def theme(self) -> str:
        """Id of its theme."""

    @property
    def kind(self) -> Kind:
        """What its figures are."""

    @property
    def decimals(self) -> int:
        """How many are published."""

    @property
    def style(self) -> StyleEntry:
        """What its publisher chose."""


@dataclass(frozen=True, slots=True)
class Classification:
    """How the figures of an indicator are divided and coloured."""

    colors: tuple[str, ...]
    """One per class, from low to high, or one per category; the one of all circles."""

    breaks: dict[str, Breaks]
    """By level; a level without a single number has none."""

    drawn: Literal["fill", "symbols"] = "fill"
    """As areas or as circles."""

    middle: float | None = None
    """The figure around which colours diverge."""


def classified(entry: Styled, series: Sequence[SeriesRows], categories: Sequence[str]) -> Classification:
    """The classes of each level over all its years, so that years compare. Raises StyleError."""
    if entry.kind == "category":
        return Classification(colors(palette_of(entry, categories), len(categories)) if categories else (), {})
    levels = dict.fromkeys(rows.level for rows in series)
    found = {level: _breaks(entry, [rows for rows in series if rows.level == level]) for level in levels}
    breaks = {level: of_level for level, of_level in found.items() if of_level is not None}
    return Classification(class_colors(entry), breaks, drawn_as(entry), middle_of(entry))


def _breaks(entry: Styled, of_level: Sequence[SeriesRows]) -> Breaks | None:
    """The breaks of one level, None where it has not a single number."""
    numbers = np.concatenate([rows.published.numbers for rows in of_level])
    try:
        breaks = _edges(entry, numbers)
        return breaks.model_copy(update={"thirds": thirds(numbers, entry.decimals)})
    except NoNumbers:
        return None


def _edges(entry: Styled, numbers: NDArray[np.float64]) -> Breaks:
    style, middle = entry.style, middle_of(entry)
    if drawn_as(entry) == "symbols":
        return user_breaks(numbers, (), entry.decimals)
    if style.breaks is not None:
        return user_breaks(numbers, style.breaks, entry.decimals)
    if middle is not None:
        return diverging_breaks(numbers, style.classes, style.method, entry.decimals, middle)
    return class_breaks(numbers, style.classes, style.method, entry.decimals)


def drawn_as(entry: Styled) -> Literal["fill", "symbols"]:
    """How a map shows figures of this kind."""
    return "symbols" if entry.kind in SIZED else "fill"


def middle_of(entry: Styled) -> float | None:
    """Around what the figures diverge: what the publisher says, or what is in their kind."""
    if drawn_as(entry) == "symbols" or entry.kind == "category":
        return None
    return MIDDLES.get(entry.kind) if entry.style.middle is None else float(entry.style.middle)


def palette_of(entry: Styled, categories: Sequence[str] = ()) -> str:
    """The palette a publisher chose, or that of the theme.

    A comparison or change takes over the style of the figures it is made of; a palette without a middle does not fit it.
    """
    chosen, middle = entry.style.palette, middle_of(entry)
    if entry.kind == "category":
        return chosen or category_palette(len(categories))
    if chosen is None or (entry.kind in MIDDLES and entry.style.middle is None and chosen not in DIVERGING):
        return theme_palette(entry.theme, middle)
    return chosen


def class_colors(entry: Styled) -> tuple[str, ...]:
    """A colour for each class there can be; around a middle the neutral one stands at it. Raises StyleError."""
    palette, middle = palette_of(entry), middle_of(entry)
    if drawn_as(entry) == "symbols":
        return (symbol_color(palette),)
    if middle is None:
        return colors(palette, classes_of(entry))
    if entry.style.breaks is None:
        side, is_odd = divmod(entry.style.classes, 2)
        return diverging_colors(palette, side, side, neutral=bool(is_odd))
    breaks = Breaks(edges=tuple(map(float, entry.style.breaks)), low=0, high=0)
    below, above, is_neutral = sides(breaks, middle, entry.decimals)
    return diverging_colors(palette, below, above, neutral=is_neutral)


def classes_of(entry: Styled) -> int:
    """How many classes there are at most."""
    return entry.style.classes if entry.style.breaks is None else len(entry.style.breaks) + 1


def style_problems(catalog: Catalog, categories: Mapping[str, Sequence[str]] | None = None) -> list[Problem]:
    """What is wrong with the styles of a catalog, each at its line.

    How many categories an indicator has is known only when its figures were read.
    """
    return [
        catalog.problem((*place, key), f"{key} of {styled.id}: {error}")
        for number, entry in enumerate(catalog.indicators)
        for place, styled in _styled(number, entry)
        for key, error in faults(styled, (categories or {}).get(entry.id, ()))
    ]


def _styled(number: int, entry: IndicatorEntry) -> Iterator[tuple[tuple[str | int, ...], Styled]]:
    """An indicator and its measures with their styles, each with the place of that in the catalog.

    A measure without a style takes over what does not depend on figures, which is checked with it.
    """
    yield ("indicators", number, "style"), entry
    for at, measure in enumerate(entry.measures):
        name = f"{entry.id}-{measure.id}"
        if measure.style is not None:
            place: tuple[str | int, ...] = ("indicators", number, "measures", at, "style")
            yield place, _Measure(name, entry.theme, measure.kind, measure.decimals, measure.style)
        elif drawn_as(entry) == "symbols" and measure.kind not in MIDDLES:
            taken = entry.style.model_copy(update={"breaks": None, "middle": None})
            yield ("indicators", number, "style"), _Measure(name, entry.theme, measure.kind, measure.decimals, taken)


@dataclass(frozen=True, slots=True)
class _Measure:
    """A measure of an indicator, as far as its looks go."""

    id: str
    theme: str
    kind: Kind
    decimals: int
    style: StyleEntry


def style_remarks(catalog: Catalog) -> list[str]:
    """What a publisher chose and does not get, with the reason."""
    unused = {
        entry.id: sorted(entry.style.model_fields_set & {"classes", "method", "breaks", "middle"})
        for entry in catalog.indicators
        if drawn_as(entry) == "symbols" and not entry.measures
    }
    return [
        f"{name} is a number of things and is drawn as circles, since a large area has more of everything: "
        f"{' and '.join(keys)} of its style {'is' if len(keys) == 1 else 'are'} not used; "
        "give it a measure per 1,000 or a share to fill areas by class"
        for name, keys in unused.items()
        if keys
    ]


def faults(entry: Styled, categories: Sequence[str]) -> Iterator[tuple[str, Exception]]:
    """What is wrong with a style: a key of it, and the error."""
    try:
        if entry.kind == "category":
            colors(palette_of(entry, categories), max(1, len(categories)))
        else:
            class_colors(entry)
            check_palette(palette_of(entry), entry.theme, middle_of(entry))
    except (UnknownPalette, RedPalette, AlarmingPalette, NotDiverging) as error:
        yield "palette", error
    except TooManyClasses as error:
        yield "breaks" if entry.style.breaks else "palette" if entry.kind == "category" else "classes", error
    if entry.kind == "category" or drawn_as(entry) == "symbols":
        return
    if entry.style.method not in METHODS:
        yield "method", UnknownMethod(entry.style.method, METHODS)
    if entry.style.breaks is not None:
        try:
            user_breaks(np.zeros(1), entry.style.breaks, entry.decimals)
        except BadBreaks as error:
            yield "breaks", error
