"""What a theme looks like where its publisher did not choose.

Crime is purple and not red: a red ramp reads as danger and stigmatises the people who live there. Around a middle the side
of *more* has the hue of the theme, so that a reader who knows one map can read the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from styles.errors import AlarmingPalette, NotDiverging
from styles.palettes import ALARMING, DIVERGING, SEQUENTIAL, colors


@dataclass(frozen=True, slots=True)
class Preset:
    """The palettes of a theme."""

    sequential: str
    """From light to dark."""

    diverging: str
    """Around a middle."""

    about_crime: bool = False
    """Whether palettes that alarm are refused."""


THEME_PRESETS: Mapping[str, Preset] = {
    "vastgoed": Preset("YlGnBu", "BrBG"),
    "drugs": Preset("BuPu", "PuOr_r", about_crime=True),
    "criminaliteit": Preset("Purples", "PuOr_r", about_crime=True),
    "misdrijven": Preset("Purples", "PuOr_r", about_crime=True),
    "ondermijning": Preset("BuPu", "PuOr_r", about_crime=True),
    "veiligheid": Preset("Purples", "PuOr_r", about_crime=True),
}
"""By theme id."""

FALLBACK = Preset("Blues", "BrBG")
"""For every other theme."""

SIZED = 4
"""Of so many classes the last has the color of circles: dark enough to stand out from the ground under them."""


def preset(theme_id: str) -> Preset:
    """The preset of a theme."""
    return THEME_PRESETS.get(theme_id, FALLBACK)


def theme_palette(theme_id: str, middle: float | None = None) -> str:
    """The palette of a theme, for figures around a middle where there is one."""
    of_theme = preset(theme_id)
    return of_theme.sequential if middle is None else of_theme.diverging


def category_palette(categories: int) -> str:
    """The palette for so many categories, whatever the theme; the larger one has 11 colors."""
    return "TolLight" if categories <= 8 else "Set3"


def symbol_color(palette: str) -> str:
    """The color of circles in a palette."""
    return colors(palette, SIZED)[-1]


def check_palette(name: str, theme_id: str, middle: float | None = None) -> None:
    """Raise AlarmingPalette or NotDiverging where a palette does not suit a theme or a middle."""
    if preset(theme_id).about_crime and name in ALARMING:
        fitting = SEQUENTIAL if middle is None else DIVERGING
        raise AlarmingPalette(name, theme_id, [one for one in fitting if one not in ALARMING])
    if middle is not None and name not in DIVERGING:
        raise NotDiverging(name, middle, [one for one in DIVERGING if one not in ALARMING])
