"""What a theme looks like where its publisher did not choose.

Drugs is purple and not red: a red ramp reads as danger and stigmatises the people who live there.
"""

from __future__ import annotations

from collections.abc import Mapping

THEME_PRESETS: Mapping[str, str] = {"vastgoed": "YlGnBu", "drugs": "BuPu"}
"""Palette by theme id."""

FALLBACK_PALETTE = "Blues"
"""For every other theme."""


def theme_palette(theme_id: str) -> str:
    """The palette of a theme."""
    return THEME_PRESETS.get(theme_id, FALLBACK_PALETTE)


def category_palette(categories: int) -> str:
    """The palette for so many categories, whatever the theme; the larger one has 11 colors."""
    return "TolLight" if categories <= 8 else "Set3"
