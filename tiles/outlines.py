"""Borders to draw: each step between two pixels once, for the highest of the borders that run over it.

Rounding lays borders of narrow regions upon each other. Drawn twice, half transparent or dashed lines would be darker there.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tiles.ragged import Ints, offsets_of, row_of
from tiles.rings import first_of_each, picked
from tiles.simplify import Lines, rows


def drawn_once(lines: Lines, feature: Ints) -> tuple[Lines, Ints]:
    """Lines of which no two take the same step, in either direction, and the feature of each.

    feature is ``2 * rank + outer`` for each line, negative for one that is not drawn. The lowest rank has the step, and of
    two borders of one rank the outer one, as there is no ground left beside it.
    """
    drawn = np.flatnonzero(feature >= 0)
    lines, feature = rows(lines, drawn), feature[drawn]
    line, pixel = row_of(lines.offsets), lines.xy.view(np.int64).ravel()
    begin = np.flatnonzero((line[1:] == line[:-1]) & (pixel[1:] != pixel[:-1]))
    begin = begin[~_taken(pixel[begin], pixel[begin + 1], (feature ^ 1)[line[begin]])]
    if not len(begin):
        return Lines(lines.xy[:0], np.zeros(1, np.int64), lines.source[:0]), feature[:0]
    follows = np.zeros(len(begin), bool)
    follows[1:] = (pixel[begin[1:]] == pixel[begin[:-1] + 1]) & (line[begin[1:]] == line[begin[:-1]])
    first = np.flatnonzero(~follows)
    vertices = np.insert(begin + 1, first, begin[first])
    length = np.diff(np.append(first, len(begin))) + 1
    return Lines(picked(lines.xy, vertices), offsets_of(length), lines.source[vertices]), feature[line[begin[first]]]


def _taken(a: Ints, b: Ints, order: Ints) -> NDArray[np.bool_]:
    """(steps,) True for those that another one takes with a lower order, or an earlier one with the same."""
    low, high = np.minimum(a, b), np.maximum(a, b)
    # One number that different steps hardly ever share tells the few that may come twice; these are compared.
    key = low * 0x1E3779B97F4A7C15 + high * 0x42B2AE3D27D4EB4F
    by_key = np.argsort(key)
    same = ~first_of_each(key[by_key])
    same[:-1] |= same[1:]
    doubtful = np.sort(by_key[same])
    step = doubtful[np.lexsort((doubtful, order[doubtful], high[doubtful], low[doubtful]))]
    taken = np.zeros(len(a), bool)
    taken[step[~(first_of_each(low[step]) | first_of_each(high[step]))]] = True
    return taken
