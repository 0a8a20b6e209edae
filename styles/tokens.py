"""Colours, widths and fonts, named for their role. A flavor is a value of ``Tokens``; ``LIGHT`` is the one there is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

FONTS = ("Noto Sans", "Open Sans", "Arial", "sans-serif")
"""Fonts of the reader's own machine or page: no glyph server is asked."""

FONTS_STRONG = ("Noto Sans Bold", "Noto Sans", "Open Sans", "Arial", "sans-serif")
"""MapLibre reads the weight from the first name."""


@dataclass(frozen=True, slots=True)
class Line:
    """A dark casing with a white core: a line that stands out between any two colours (WCAG technique G209)."""

    casing_px: float
    """Width of the casing, which contains the core."""

    core_px: float
    casing: str
    core: str


@dataclass(frozen=True, slots=True)
class Label:
    """How the names of a level are written."""

    size_px: float
    strong: bool
    color: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """One flavor of the map."""

    background: str
    """What lies outside all regions: darker than the lightest class of any palette, which must not look like it."""

    land: str
    """Regions under circles: calm, and lighter than the figure of any region."""

    water: str
    """Greyer than any class, for water also lies on top of regions."""

    dike: str
    dike_px: float

    borders: tuple[Line, ...]
    """By how far a border stands above the finest level shown: 0 is the finest; the last also serves all above it."""

    outer: Line
    """The outer border of all regions together."""

    labels: tuple[Label, ...]
    """By the same steps as ``borders``."""

    growth: tuple[tuple[float, float], ...]
    """Zoom and factor: how much wider than their width borders are, in straight lines between these zooms. Far out a
    country of small regions must not become a country of lines."""

    label_halo: str
    label_halo_px: float
    hover: str
    hover_px: float
    selected: str
    selected_px: float
    selected_casing: str

    reason_ink: str
    """Lines and dots of the patterns."""

    missing: str
    """Plain: no figure. A warm grey, since the light ends of the palettes are mostly cool."""

    reason_ground: str
    """Under hatch, dots and crosshatch."""

    not_applicable: str
    """Near white, under thin lines."""

    flow: str
    """Lines from region to region."""

    flow_casing: str
    flow_head: str
    mark_ink: str
    mark_ground: str
    """Of the small squares that stand where there is no circle."""

    def border(self, depth: int) -> Line:
        """The line of a border so many levels above the finest one shown."""
        return self.borders[min(depth, len(self.borders) - 1)]

    def factor(self, zoom: float) -> float:
        """How much larger than its own width a border is at a zoom."""
        zooms, factors = zip(*self.growth, strict=True)
        return float(np.interp(zoom, np.array(zooms), np.array(factors)))

    def label(self, depth: int) -> Label:
        """The lettering of a level so many levels above the finest one shown."""
        return self.labels[min(depth, len(self.labels) - 1)]


LIGHT = Tokens(
    background="#dfe2e2",
    land="#f4f3ee",
    water="#aec6d0",
    dike="#6f8594",
    dike_px=1.2,
    borders=(
        Line(casing_px=0.9, core_px=0.4, casing="#3f4b57", core="#ffffff"),
        Line(casing_px=1.9, core_px=0.9, casing="#364350", core="#ffffff"),
        Line(casing_px=2.8, core_px=1.4, casing="#2b3845", core="#ffffff"),
    ),
    outer=Line(casing_px=2.2, core_px=0.8, casing="#3d4b59", core="#ffffff"),
    labels=(
        Label(size_px=11.5, strong=False, color="#22303c"),
        Label(size_px=13.5, strong=True, color="#16222d"),
        Label(size_px=15.5, strong=True, color="#0f1a24"),
    ),
    growth=((4, 0.4), (6, 0.55), (8, 0.85), (10, 1.0), (13, 1.7)),
    label_halo="#ffffff",
    label_halo_px=1.6,
    hover="#14212d",
    hover_px=2.0,
    selected="#0b0c0c",
    selected_px=3.0,
    selected_casing="#ffffff",
    reason_ink="#85837c",
    missing="#d8d6ce",
    reason_ground="#ecebe7",
    not_applicable="#fcfcfb",
    flow="#54278f",
    flow_casing="#ffffff",
    flow_head="#1f0f3d",
    mark_ink="#5f5d57",
    mark_ground="#fcfcfb",
)
