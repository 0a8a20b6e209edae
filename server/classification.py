"""The classes and colours of an indicator, decided once and for all when an atlas is built."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from layers.atlas import Breaks
from layers.catalog import Catalog
from layers.catalog_model import IndicatorEntry
from layers.columns import SeriesRows
from layers.problems import Problem
from styles.classes import METHODS, class_breaks, user_breaks
from styles.errors import BadBreaks, NoNumbers, TooManyClasses, UnknownMethod, UnknownPalette
from styles.palettes import colors
from styles.preset import category_palette, theme_palette


@dataclass(frozen=True, slots=True)
class Classification:
    """How the figures of an indicator are divided and coloured."""

    colors: tuple[str, ...]
    """One per class, from low to high, or one per category."""

    breaks: dict[str, Breaks]
    """By level; a level without a single number has none."""


def classified(entry: IndicatorEntry, series: Sequence[SeriesRows], categories: Sequence[str]) -> Classification:
    """The classes of each level over all its years, so that years compare. Raises StyleError."""
    if entry.kind == "category":
        return Classification(colors(palette_of(entry, categories), len(categories)) if categories else (), {})
    levels = dict.fromkeys(rows.level for rows in series)
    found = {level: _breaks(entry, [rows for rows in series if rows.level == level]) for level in levels}
    breaks = {level: of_level for level, of_level in found.items() if of_level is not None}
    return Classification(colors(palette_of(entry), classes_of(entry)), breaks)


def _breaks(entry: IndicatorEntry, of_level: Sequence[SeriesRows]) -> Breaks | None:
    """The breaks of one level, None where it has not a single number."""
    numbers = np.concatenate([rows.published.numbers for rows in of_level])
    try:
        if entry.style.breaks is not None:
            return user_breaks(numbers, entry.style.breaks, entry.decimals)
        return class_breaks(numbers, entry.style.classes, entry.style.method, entry.decimals)
    except NoNumbers:
        return None


def palette_of(entry: IndicatorEntry, categories: Sequence[str] = ()) -> str:
    """The palette a publisher chose, or that of the theme."""
    if entry.style.palette is not None:
        return entry.style.palette
    return category_palette(len(categories)) if entry.kind == "category" else theme_palette(entry.theme)


def classes_of(entry: IndicatorEntry) -> int:
    """How many classes there are at most."""
    return entry.style.classes if entry.style.breaks is None else len(entry.style.breaks) + 1


def style_problems(catalog: Catalog, categories: Mapping[str, Sequence[str]] | None = None) -> list[Problem]:
    """What is wrong with the styles of a catalog, each at its line.

    How many categories an indicator has is known only when its figures were read.
    """
    return [
        catalog.problem(("indicators", number, "style", key), f"{key} of {entry.id}: {error}")
        for number, entry in enumerate(catalog.indicators)
        for key, error in _faults(entry, (categories or {}).get(entry.id, ()))
    ]


def _faults(entry: IndicatorEntry, categories: Sequence[str]) -> Iterator[tuple[str, Exception]]:
    wanted = max(1, len(categories)) if entry.kind == "category" else classes_of(entry)
    try:
        colors(palette_of(entry, categories), wanted)
    except UnknownPalette as error:
        yield "palette", error
    except TooManyClasses as error:
        yield "breaks" if entry.style.breaks else "palette" if entry.kind == "category" else "classes", error
    if entry.kind != "category" and entry.style.method not in METHODS:
        yield "method", UnknownMethod(entry.style.method, METHODS)
    if entry.style.breaks is not None:
        try:
            user_breaks(np.zeros(1), entry.style.breaks, entry.decimals)
        except BadBreaks as error:
            yield "breaks", error
