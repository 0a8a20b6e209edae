"""Pictures of grids: each pixel has the color of the cell that lies at its middle, or a part of the pattern of its reason.

Nothing is softened, so that a color is always that of one cell and withheld cells do not run into others.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from layers.atlas import IndicatorFacts
from layers.values import Published, Reason
from styles.picture import Pixels
from styles.raster_colors import NOTHING, REASONS, Indices, color_indices, palette
from styles.reasons import pattern_pixels


def cells_picture(
    is_there: NDArray[np.bool_], published: Published, indicator: IndicatorFacts, level: str, scale: int = 1
) -> Pixels:
    """(side, side, 4), transparent where no cell is. ``published`` has the figures of those that are, row by row."""
    numbers: Indices = np.full(is_there.shape, NOTHING, np.uint8)
    numbers[is_there] = color_indices(published, indicator, level)
    drawn: Pixels = palette(indicator)[numbers]
    for reason in Reason:
        has_it = numbers == REASONS + reason.number
        if has_it.any():
            pattern = pattern_pixels(reason, scale)
            times = [-(-side // pattern.shape[0]) for side in has_it.shape]
            everywhere = np.tile(pattern, (*times, 1))[: has_it.shape[0], : has_it.shape[1]]
            drawn[has_it, :3] = everywhere[has_it]
    return drawn
