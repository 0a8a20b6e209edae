"""Natural breaks: the classes with the least spread around their means (Fisher 1958, Jenks 1977), exactly.

Written here because mapclassify's versions are quadratic in interpreted Python (hours for the figures of all buurten of
ten years) or start from random seeds. It is the oracle of the tests.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_MOST_STEPS = 1024
"""More distinct values than this are first taken together in groups of neighbours: the table of costs stays at 8 MB."""


def natural_splits(distinct: NDArray[np.float64], counts: NDArray[np.int64], classes: int) -> list[int]:
    """Where to cut rising distinct values: the index of the first value of each class but the lowest.

    Each value occurs ``counts`` times. There are at most ``classes - 1`` cuts; equal values always share a class.
    """
    starts = np.unique(np.linspace(0, len(distinct), min(len(distinct), _MOST_STEPS), endpoint=False).astype(np.int64))
    weights = np.add.reduceat(counts, starts).astype(np.float64)
    centred = distinct - np.average(distinct, weights=counts)  # sums of squares stay exact enough around zero
    sums = np.add.reduceat(centred * counts, starts)
    squares = np.add.reduceat(centred**2 * counts, starts)
    cost = _spread(weights, sums, squares)

    # least[j] is the least spread of the steps 0..j in the classes so far; origin says where the last of them begins.
    least = cost[0]
    origins: list[NDArray[np.int64]] = []
    for _ in range(1, min(classes, len(starts))):
        before = np.concatenate(([np.inf], least[:-1]))
        total = before[:, None] + cost
        origins.append(total.argmin(axis=0))
        least = total.min(axis=0)

    splits: list[int] = []
    end = len(starts) - 1
    for origin in reversed(origins):
        first = int(origin[end])
        splits.append(int(starts[first]))
        end = first - 1
    return splits[::-1]


def _spread(
    weights: NDArray[np.float64], sums: NDArray[np.float64], squares: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(steps, steps) sum of squared distances to the mean of the steps i..j; infinite where i > j."""
    weight = np.concatenate(([0.0], weights.cumsum()))
    total = np.concatenate(([0.0], sums.cumsum()))
    square = np.concatenate(([0.0], squares.cumsum()))
    first, last = np.triu_indices(len(weights))
    cost = np.full((len(weights), len(weights)), np.inf)
    mass = weight[last + 1] - weight[first]
    spread = square[last + 1] - square[first] - (total[last + 1] - total[first]) ** 2 / mass
    cost[first, last] = np.maximum(spread, 0.0)
    return cost
