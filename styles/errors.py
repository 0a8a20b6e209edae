"""What can go wrong in ``styles``.

StyleError
├── UnknownPalette      no palette of that name
├── RedPalette          a palette with red, which we do not have
├── AlarmingPalette     a palette with red or burnt orange, for a theme about crime
├── NotDiverging        a palette without a neutral middle, for figures around a middle
├── CountIsNoFill       a map of areas was asked of a number of things
├── NoPair              two indicators that cannot be shown in one map
├── TooManyClasses      a palette does not have that many colours
├── UnknownMethod       no method of that name to make classes
├── NoNumbers           classes were asked of figures without a single number
├── BadBreaks           class breaks of a user that do not rise
├── UnknownIndicator    the atlas has no such indicator
└── NoFigures           the indicator has no figures for that year or level
"""

from __future__ import annotations

from collections.abc import Sequence


class StyleError(ValueError):
    """The root of the family."""


class UnknownPalette(StyleError):
    """No palette of that name."""

    def __init__(self, name: str, allowed: Sequence[str]) -> None:
        self.name = name
        self.allowed = tuple(allowed)
        super().__init__(f"there is no palette {name!r}: choose one of {', '.join(allowed)}")


class RedPalette(StyleError):
    """A palette with red, which we do not have."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"there is no palette {name!r}, for red reads as danger and stigmatises the people who live there: "
            "choose BuPu, Purples or YlGnBu, and around a middle PuOr_r or BrBG"
        )


class AlarmingPalette(StyleError):
    """A palette with red or burnt orange, for a theme about crime."""

    def __init__(self, name: str, theme: str, allowed: Sequence[str]) -> None:
        self.name = name
        self.theme = theme
        super().__init__(
            f"the palette {name!r} has red or burnt orange in it, which on a map of crime reads as danger and "
            f"stigmatises the people who live there: for the theme {theme} choose one of {', '.join(allowed)}"
        )


class NotDiverging(StyleError):
    """A palette without a neutral middle, for figures around a middle."""

    def __init__(self, name: str, middle: float, allowed: Sequence[str]) -> None:
        self.name = name
        super().__init__(
            f"the palette {name!r} has no neutral middle, and these figures lie around {middle:g}: "
            f"choose one of {', '.join(allowed)}"
        )


class CountIsNoFill(StyleError):
    """A map of areas was asked of a number of things."""

    def __init__(self, indicator_id: str) -> None:
        self.indicator_id = indicator_id
        super().__init__(
            f"{indicator_id!r} is a number of things and cannot fill areas, since a large area has more of everything: "
            "choose a share, a rate or a mean"
        )


class NoPair(StyleError):
    """Two indicators that cannot be shown in one map."""

    def __init__(self, one: str, other: str, why: str) -> None:
        self.pair = (one, other)
        super().__init__(f"{one!r} and {other!r} cannot be shown in one map: {why}")


class TooManyClasses(StyleError):
    """A palette does not have that many colours."""

    def __init__(self, name: str, classes: int, most: int) -> None:
        self.name = name
        self.classes = classes
        self.most = most
        super().__init__(f"the palette {name!r} has 1 to {most} colours, not {classes}")


class UnknownMethod(StyleError):
    """No method of that name to make classes."""

    def __init__(self, name: str, allowed: Sequence[str]) -> None:
        self.name = name
        self.allowed = tuple(allowed)
        super().__init__(f"there is no method {name!r} to make classes: choose one of {', '.join(allowed)}")


class NoNumbers(StyleError):
    """Classes were asked of figures without a single number; such a level has no breaks."""

    def __init__(self) -> None:
        super().__init__("figures without a single number have no classes: leave this level out of the breaks")


class BadBreaks(StyleError):
    """Class breaks of a user that do not rise, at the decimals of the indicator."""

    def __init__(self, edges: Sequence[float], decimals: int) -> None:
        self.edges = tuple(edges)
        self.decimals = decimals
        shown = ", ".join(f"{edge:g}" for edge in edges)
        super().__init__(
            f"class breaks must rise, each at least {10**-decimals:g} above the one before: [{shown}] do not"
        )


class UnknownIndicator(StyleError):
    """The atlas has no such indicator."""

    def __init__(self, indicator_id: str, allowed: Sequence[str]) -> None:
        self.indicator_id = indicator_id
        self.allowed = tuple(allowed)
        super().__init__(f"there is no indicator {indicator_id!r} in this atlas: it has {', '.join(allowed) or 'none'}")


class NoFigures(StyleError):
    """The indicator has no figures for that year or level."""

    def __init__(self, indicator_id: str, asked: str, allowed: Sequence[str]) -> None:
        self.indicator_id = indicator_id
        self.allowed = tuple(allowed)
        super().__init__(f"{indicator_id!r} has no figures for {asked}: it has {', '.join(allowed) or 'none at all'}")
