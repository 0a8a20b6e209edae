from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest

from styles.errors import AlarmingPalette, NotDiverging, RedPalette, TooManyClasses, UnknownPalette
from styles.palettes import (
    ALARMING,
    DIVERGING,
    NAMES,
    QUALITATIVE,
    RED,
    SEQUENTIAL,
    colors,
    diverging_colors,
    most_classes,
)
from styles.preset import FALLBACK, THEME_PRESETS, category_palette, check_palette, symbol_color, theme_palette
from styles.tokens import LIGHT
from tests.styles.color_vision import VISION, ciede2000, contrast, difference

TELLABLE = 7.0
"""CIEDE2000 that neighbouring classes keep for everyone; about 2 is just noticeable side by side."""

NOTICEABLE = 3.0
"""What a class keeps from the ground around the regions, which a border parts from it too."""

AROUND = (LIGHT.background, LIGHT.water)


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("name", [*SEQUENTIAL, *DIVERGING])
def test_neighbouring_classes_can_be_told_apart_by_everyone(name: str, vision: str) -> None:
    found = {pair: difference(*pair, vision) for pair in pairwise(colors(name, 5))}
    assert min(found.values()) > TELLABLE, found


@pytest.mark.parametrize("vision", VISION)
def test_up_to_eight_categories_can_be_told_apart_by_everyone(vision: str) -> None:
    found = {pair: difference(*pair, vision) for pair in combinations(colors(category_palette(8), 8), 2)}
    assert min(found.values()) > TELLABLE, found


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("name", SEQUENTIAL)
def test_no_class_looks_like_a_missing_figure(name: str, vision: str) -> None:
    found = {color: difference(color, LIGHT.missing, vision) for color in colors(name, 5)}
    assert min(found.values()) > 5, found


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("name", SEQUENTIAL)
def test_the_lightest_class_stands_out_from_what_is_around_the_regions(name: str, vision: str) -> None:
    lightest = {colors(name, classes)[0] for classes in range(3, most_classes(name) + 1)}
    found = {(color, ground): difference(color, ground, vision) for color in lightest for ground in AROUND}
    assert min(found.values()) > NOTICEABLE, found


@pytest.mark.parametrize("ground", AROUND)
@pytest.mark.parametrize("name", SEQUENTIAL)
def test_no_class_looks_like_water_or_the_background(name: str, ground: str) -> None:
    found = {color: difference(color, ground) for classes in range(3, 6) for color in colors(name, classes)}
    assert min(found.values()) > NOTICEABLE, found


@pytest.mark.parametrize("vision", VISION)
def test_water_stands_out_from_the_background_and_neither_looks_like_a_missing_figure(vision: str) -> None:
    assert difference(*AROUND, vision) > TELLABLE
    assert min(difference(ground, LIGHT.missing, vision) for ground in AROUND) > 4.5


@pytest.mark.parametrize("name", SEQUENTIAL)
def test_more_is_darker(name: str) -> None:
    for classes in range(1, most_classes(name) + 1):
        against_white = [contrast(color, "#ffffff") for color in colors(name, classes)]
        assert all(low < high for low, high in pairwise(against_white))


@pytest.mark.parametrize("name", NAMES)
def test_a_palette_has_as_many_distinct_colors_as_asked(name: str) -> None:
    for classes in range(1, most_classes(name) + 1):
        found = colors(name, classes)
        assert len(set(found)) == classes
        assert all(len(color) == 7 and color[0] == "#" and int(color[1:], 16) >= 0 for color in found)


def test_every_theme_has_a_palette_and_none_is_red() -> None:
    assert (theme_palette("vastgoed"), theme_palette("drugs"), theme_palette("groen")) == ("YlGnBu", "BuPu", "Blues")
    assert (theme_palette("vastgoed", 100), theme_palette("drugs", 0)) == ("BrBG", "PuOr_r")
    presets = [*THEME_PRESETS.values(), FALLBACK]
    assert {one.sequential for one in presets} <= set(SEQUENTIAL) - set(ALARMING)
    assert {one.diverging for one in presets} <= set(DIVERGING) - set(ALARMING)
    assert {category_palette(count) for count in range(1, 12)} <= set(QUALITATIVE)


def test_the_largest_palette_for_categories_has_eleven_colors() -> None:
    assert len(colors(category_palette(11), 11)) == 11


def test_an_unknown_palette_is_refused_with_the_ones_there_are() -> None:
    with pytest.raises(UnknownPalette, match="there is no palette 'Jet': choose one of cividis, viridis, Blues"):
        colors("Jet", 5)


@pytest.mark.parametrize("name", RED)
def test_a_red_palette_is_refused_with_the_reason(name: str) -> None:
    with pytest.raises(RedPalette, match="red reads as danger and stigmatises the people who live there: choose BuPu"):
        colors(name, 5)


@pytest.mark.parametrize("name", ALARMING)
def test_crime_is_not_shown_in_red_or_burnt_orange(name: str) -> None:
    with pytest.raises(AlarmingPalette, match=r"reads as danger and stigmatises .* for the theme drugs choose one of"):
        check_palette(name, "drugs")
    check_palette(name, "vastgoed")


def test_figures_around_a_middle_need_a_palette_with_one() -> None:
    with pytest.raises(NotDiverging, match="'Blues' has no neutral middle, and these figures lie around 100: choose"):
        check_palette("Blues", "vastgoed", 100)


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("name", DIVERGING)
def test_the_neutral_class_looks_like_no_gap_and_no_ground(name: str, vision: str) -> None:
    for classes in (3, 5, 7, 9):
        neutral = colors(name, classes)[classes // 2]
        around = (LIGHT.missing, LIGHT.background, LIGHT.water, LIGHT.reason_ground)
        assert difference(neutral, LIGHT.missing, vision) > TELLABLE
        assert min(difference(neutral, other, vision) for other in around) > 2.4


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("name", DIVERGING)
def test_everyone_sees_on_which_side_of_the_middle_a_class_lies(name: str, vision: str) -> None:
    """Equally far from the middle, so equally dark: only the hue tells."""
    for classes in (4, 5, 7):
        found = colors(name, classes)
        pairs = [(found[place], found[-1 - place]) for place in range(classes // 2)]
        assert min(difference(*pair, vision) for pair in pairs) > TELLABLE, pairs


@pytest.mark.parametrize("name", DIVERGING)
def test_a_side_with_fewer_classes_has_the_colors_of_the_same_distance(name: str) -> None:
    whole = diverging_colors(name, 3, 3, neutral=True)
    assert whole == colors(name, 7)
    assert diverging_colors(name, 1, 3, neutral=True) == whole[2:]
    assert diverging_colors(name, 0, 3, neutral=True) == whole[3:]
    assert diverging_colors(name, 3, 0, neutral=True) == whole[:4]
    assert diverging_colors(name, 2, 2, neutral=False) == colors(name, 4)
    assert diverging_colors(name, 1, 1, neutral=False) == colors(name, 3)[::2]


@pytest.mark.parametrize("palette", sorted({one.sequential for one in THEME_PRESETS.values()} | {"Blues", "cividis"}))
def test_circles_stand_out_from_the_ground_under_them(palette: str) -> None:
    assert contrast(symbol_color(palette), LIGHT.land) > 3


@pytest.mark.parametrize("classes", [0, 10])
def test_a_palette_without_that_many_colors_says_how_many_it_has(classes: int) -> None:
    with pytest.raises(TooManyClasses, match=f"'Blues' has 1 to 9 colours, not {classes}"):
        colors("Blues", classes)


def test_the_measure_of_difference_gives_the_published_test_values() -> None:
    """Pairs 1, 9 and 24 of Sharma, Wu and Dalal (2005)."""
    pairs = [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, -1, 2), (50, 0, 0), 2.3669),
        ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
    ]
    for one, other, expected in pairs:
        assert ciede2000(np.array(one, float), np.array(other, float)) == pytest.approx(expected, abs=1e-4)
