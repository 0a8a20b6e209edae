from __future__ import annotations

import struct
import zlib
from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from layers.values import Reason
from styles.palettes import SEQUENTIAL, colors
from styles.reasons import TILE, Pattern, image_name, pattern_svg, patterns, sprite
from tests.styles.color_vision import VISION, contrast, difference

Pixels = NDArray[np.uint8]


def picture(png: bytes) -> Pixels:
    """(height, width, 3) what an unfiltered RGB PNG holds; chunk sums are checked."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    at, parts = 8, dict[bytes, bytes]()
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        kind, content = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack_from(">I", png, at + 8 + length) == (zlib.crc32(kind + content),)
        parts[kind], at = content, at + 12 + length
    width, height, *_ = struct.unpack(">IIBBBBB", parts[b"IHDR"])
    rows = np.frombuffer(zlib.decompress(parts[b"IDAT"]), np.uint8).reshape(height, 1 + width * 3)
    return rows[:, 1:].reshape(height, width, 3)


def tile(reason: Reason, scale: int) -> Pixels:
    png, index = sprite(scale)
    place = index[image_name(reason)]
    return picture(png)[:, place["x"] : place["x"] + place["width"]]


@pytest.mark.parametrize("scale", [1, 2])
def test_every_reason_has_its_own_tile_in_the_sprite(scale: int) -> None:
    png, index = sprite(scale)
    side = TILE * scale
    assert list(index) == [f"{kind}-{reason}" for kind in ("reason", "mark") for reason in Reason]
    assert picture(png).shape == (side, side * 2 * len(Reason), 3)
    assert all(one["pixelRatio"] == scale and one["width"] == one["height"] == side for one in index.values())
    tiles = [tile(reason, scale).tobytes() for reason in Reason]
    assert len(set(tiles)) == len(Reason)


def test_the_sprite_is_the_same_every_time() -> None:
    assert sprite(2) == sprite(2)


def test_the_side_of_a_tile_is_a_power_of_two() -> None:
    assert TILE & (TILE - 1) == 0


@pytest.mark.parametrize("scale", [1, 2])
@pytest.mark.parametrize("reason", Reason)
def test_a_tile_repeats_without_a_seam(reason: Reason, scale: int) -> None:
    """Across the seam no pixel changes more than it does somewhere within the tile."""
    pixels = tile(reason, scale).astype(int)
    for axis in (0, 1):
        within = np.abs(np.diff(pixels, axis=axis)).max(initial=0)
        across = np.abs(pixels.take(0, axis) - pixels.take(-1, axis)).max()
        assert across <= within


@pytest.mark.parametrize("reason", Reason)
def test_strokes_repeat_with_the_tile(reason: Reason) -> None:
    assert all(TILE % stroke.period == 0 for stroke in patterns()[reason].strokes)


def test_withheld_is_hatched_upwards_to_the_right_in_sprite_and_swatch() -> None:
    pixels = tile(Reason.WITHHELD, 1).astype(int)
    assert np.array_equal(pixels[1:, :-1], pixels[:-1, 1:])
    assert not np.array_equal(pixels[1:, 1:], pixels[:-1, :-1])
    lines = pattern_svg(Reason.WITHHELD)
    assert "M9 -1L-9 17" in lines, "a line leaves the tile further left than it entered"


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason is not Reason.MISSING])
def test_only_missing_is_plain(reason: Reason) -> None:
    pattern = patterns()[reason]
    assert pattern.strokes or pattern.dots
    assert contrast(pattern.ground, pattern.ink) > 2.5
    assert not patterns()[Reason.MISSING].strokes + patterns()[Reason.MISSING].dots


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("name", SEQUENTIAL)
def test_no_reason_looks_like_the_lowest_class(name: str, vision: str) -> None:
    """Either its ground differs, or it has ink that does."""
    lowest = colors(name, 5)[0]

    def unlike(pattern: Pattern) -> float:
        return max(difference(lowest, color, vision) for color in (pattern.ground, pattern.ink))

    assert min(unlike(pattern) for pattern in patterns().values()) > 5


def test_reasons_differ_in_shape_and_not_only_in_color() -> None:
    shapes = [(pattern.strokes, pattern.dots) for pattern in patterns().values()]
    assert all(one != other for one, other in combinations(shapes, 2))
