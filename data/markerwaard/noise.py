"""Noise that belongs to a name: the same counts each time, and others for each name."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from markerwaard.land import SEED

Array = NDArray[np.float64]


def odds(mood: Array, weight: float, trend: Array) -> Array:
    """(cells, years) how much more likely than on average."""
    more: Array = np.exp(weight * mood[:, None] + trend)
    return more


def drawn(name: str, expected: Array) -> Array:
    """Whole counts about an expectation: half of the noise stays with the cell, half changes by the year."""
    noise = _stream(name)
    lasting = noise(expected[:, :1])
    spread = np.sqrt(expected) * (0.6 * lasting + 0.6 * noise(expected))
    return np.maximum(np.rint(expected + spread), 0)


def part(name: str, of: Array, share: float, mood: Array, weight: float, trend: Array) -> Array:
    """Whole counts that are a part of another count, larger where the mood is."""
    more = share / (1 - share) * odds(mood, weight, trend)
    return np.minimum(drawn(name, of * more / (1 + more)), of)


def _stream(name: str) -> Callable[[Array], Array]:
    """A generator of normal noise that belongs to a name."""
    random = np.random.default_rng([SEED, *name.encode()])
    return lambda like: random.normal(0, 1, like.shape)
