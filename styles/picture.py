"""Pictures of tiles: the regions of a tile in the colors of an indicator, with the patterns of reasons and thin borders.

Colors, patterns and circles are those of map, legend and QGIS (``styles.raster_colors``). A picture has at most 256
colors and is written as a PNG with a palette.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rasterio.io import MemoryFile
from rasterio.transform import Affine

from layers.values import Reason
from styles.raster_colors import REASONS, CirclePaint, Indices, rgba
from styles.reasons import mark_pixels, pattern_pixels
from styles.tokens import LIGHT

Pixels = NDArray[np.uint8]
"""(side, side, 4) red, green, blue and opacity."""


@dataclass(frozen=True, slots=True)
class Circles:
    """Circles at points, from large to small."""

    x: NDArray[np.float64]
    """Pixels from the left edge of the picture; may lie outside it."""

    y: NDArray[np.float64]
    radius_px: NDArray[np.float64]
    """NaN for a region with a reason, which gets its mark."""

    reasons: Indices
    """``Reason.number``, or 0."""

    paint: CirclePaint


BORDER = 238
"""The number of the color of a border."""


def areas(place: NDArray[np.uint16], colors: Indices, palette: Pixels, samples: int, scale: int = 1) -> Pixels:
    """Regions filled with their colors, and averaged so that ``samples`` by ``samples`` become a pixel.

    ``place`` is that of ``tiles.raster.RegionSamples``; ``colors`` has the number of the color of each of its regions.
    ``scale`` is how many pixels a CSS pixel has.
    """
    numbers = np.concatenate([np.zeros(1, np.uint8), colors])[place]
    numbers[_borders(place)] = BORDER
    table = palette.copy()
    table[BORDER] = rgba(LIGHT.border(0).casing)
    side = place.shape[0] // samples
    blocks = numbers.reshape(side, samples, side, samples).transpose(0, 2, 1, 3).reshape(side, side, samples**2)
    picture: Pixels = table[blocks[..., 0]]
    mixed = (blocks != blocks[..., :1]).any(axis=-1)
    parts, many = table[blocks[mixed]], blocks[mixed]
    for reason in Reason:
        number = REASONS + reason.number
        if not (numbers == number).any():
            continue
        pattern = pattern_pixels(reason, scale)
        times = -(-side // pattern.shape[0])
        everywhere = np.tile(pattern, (times, times, 1))[:side, :side]
        whole = ~mixed & (blocks[..., 0] == number)
        picture[whole, :3] = everywhere[whole]
        row, _ = hit = np.nonzero(many == number)
        parts[(*hit, slice(0, 3))] = everywhere[mixed][row]
    picture[mixed] = _averaged(parts)
    return picture


def _borders(place: NDArray[np.uint16]) -> NDArray[np.bool_]:
    """The samples on either side of where one region ends and another begins."""
    border = np.zeros(place.shape, bool)
    down, across = place[1:] != place[:-1], place[:, 1:] != place[:, :-1]
    border[1:] |= down
    border[:-1] |= down
    border[:, 1:] |= across
    border[:, :-1] |= across
    return border


def _averaged(parts: Pixels) -> Pixels:
    """(pixels, 4) the mean of (pixels, samples, 4), colors weighed by their opacity."""
    opacity = parts[..., 3].astype(np.uint32)
    total = opacity.sum(axis=1)
    weighed = (parts[..., :3] * opacity[..., None]).sum(axis=1)
    colors = weighed / np.maximum(total, 1)[:, None]
    return np.column_stack([colors.round(), np.round(total / parts.shape[1])]).astype(np.uint8)


def with_circles(picture: Pixels, circles: Circles, scale: int = 1) -> Pixels:
    """Circles and marks over a picture, the largest first."""
    drawn = picture.astype(np.float64)
    order = np.argsort(-np.nan_to_num(circles.radius_px, nan=0.0), kind="stable")
    for at in order.tolist():
        x, y, reason = float(circles.x[at]), float(circles.y[at]), int(circles.reasons[at])
        if reason:
            _stamp(drawn, x, y, mark_pixels(Reason.of(reason), scale))
        elif circles.radius_px[at] > 0:
            _disc(drawn, x, y, float(circles.radius_px[at]) * scale, circles.paint, scale)
    return drawn.round().astype(np.uint8)


def _stamp(drawn: NDArray[np.float64], x: float, y: float, mark: NDArray[np.uint8]) -> None:
    """A small picture whose middle is at a point."""
    side = mark.shape[0]
    left, top = round(x - side / 2), round(y - side / 2)
    low_x, low_y = max(left, 0), max(top, 0)
    high_x, high_y = min(left + side, drawn.shape[1]), min(top + side, drawn.shape[0])
    if low_x < high_x and low_y < high_y:
        drawn[low_y:high_y, low_x:high_x, :3] = mark[low_y - top : high_y - top, low_x - left : high_x - left]
        drawn[low_y:high_y, low_x:high_x, 3] = 255


def _disc(drawn: NDArray[np.float64], x: float, y: float, radius: float, paint: CirclePaint, scale: int) -> None:
    reach = radius + paint.outline_px * scale + 1
    low_x, high_x = max(int(x - reach), 0), min(int(x + reach) + 1, drawn.shape[1])
    low_y, high_y = max(int(y - reach), 0), min(int(y + reach) + 1, drawn.shape[0])
    if low_x >= high_x or low_y >= high_y:
        return
    columns, rows = np.meshgrid(np.arange(low_x, high_x) + 0.5 - x, np.arange(low_y, high_y) + 0.5 - y)
    distance = np.hypot(columns, rows)
    inside = np.clip(radius - distance + 0.5, 0.0, 1.0)
    line = np.clip(paint.outline_px * scale / 2 - np.abs(distance - radius) + 0.5, 0.0, 1.0)
    window = drawn[low_y:high_y, low_x:high_x]
    for color, cover in ((paint.fill, inside), (paint.outline, line)):
        _blend(window, color, cover)


def _blend(window: NDArray[np.float64], color: tuple[int, int, int, int], cover: NDArray[np.float64]) -> None:
    """A color over what is there, by how much of each pixel it covers."""
    over = cover * color[3] / 255
    below = window[..., 3] / 255 * (1 - over)
    opacity = over + below
    safe = np.where(opacity > 0, opacity, 1.0)
    for channel in range(3):
        window[..., channel] = (color[channel] * over + window[..., channel] * below) / safe
    window[..., 3] = 255 * opacity


def as_png(picture: Pixels) -> bytes:
    """A PNG of at most 256 colors; where there are more, the nearest that differ by a few steps become one."""
    colors, numbers = _few(picture)
    side_y, side_x = numbers.shape
    with MemoryFile() as file:
        # Any transform but the plain one, or rasterio warns that the picture has no place; its address says that.
        with file.open(
            driver="PNG", width=side_x, height=side_y, count=1, dtype="uint8", transform=Affine.scale(2)
        ) as dataset:
            dataset.write(numbers, 1)
            dataset.write_colormap(1, {number: tuple(color) for number, color in enumerate(colors.tolist())})
        return bytes(file.read())


def _few(picture: Pixels) -> tuple[Pixels, NDArray[np.uint8]]:
    """At most 256 colors, and the number of the color of each pixel."""
    for bits in range(8):
        coarse = picture & np.uint8(0xFF << bits & 0xFF)
        packed = np.ascontiguousarray(coarse).view(np.uint32)[..., 0]
        _, first, numbers = np.unique(packed, return_index=True, return_inverse=True)
        if len(first) <= 256:
            return picture.reshape(-1, 4)[first], numbers.reshape(packed.shape).astype(np.uint8)
    raise AssertionError("two colors at most are left")
