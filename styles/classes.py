"""Class breaks: computed once on published numbers, rounded to numbers a reader can remember.

    sorted values  ->  cut by a method  ->  each cut moved to a round number nearby  ->  Breaks

Class i holds ``edges[i-1] <= value < edges[i]``. Edges have the decimals of the indicator or are coarser; a cut moves
by less than a quarter of the narrower class beside it, to the side where it carries the fewest regions along.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from layers.atlas import Breaks
from styles.errors import BadBreaks, NoNumbers, UnknownMethod
from styles.natural import natural_splits

METHODS = ("quantiles", "equal_interval", "fisher_jenks", "natural_breaks", "head_tail", "pretty")
"""``natural_breaks`` is another name for ``fisher_jenks``."""

_REGULAR = ("equal_interval", "pretty")
_TOLERANCE = 0.25
"""How far a cut may move, in parts of the narrower class beside it."""


def class_breaks(values: NDArray[np.float64], classes: int, method: str, decimals: int) -> Breaks:
    """The breaks of at most ``classes`` classes; fewer where there are fewer distinct values.

    ``values`` are published numbers in any order; NaN (a reason) is left out. Many zeros below positive numbers get a
    class of their own. No class is empty, but for the regular methods (``equal_interval`` and ``pretty``): there the
    steps stay equal and a class within the range can be. Raises ``NoNumbers`` where every value is NaN.

    >>> class_breaks(np.arange(1.0, 1001.0), 4, "quantiles", 0).edges
    (250.0, 500.0, 750.0)
    """
    if method not in METHODS:
        raise UnknownMethod(method, METHODS)
    if classes < 1:
        raise ValueError(f"a map has at least one class, not {classes}")
    numbers = _Numbers.of(values, decimals)
    edges = _edges(numbers, classes, method)
    first, last = (edges[0].step, edges[-1].step) if edges else (1, 1)
    return Breaks(
        edges=tuple(numbers.value(edge.units) for edge in edges),
        low=numbers.value(math.floor(numbers.units(numbers.low) / first) * first),
        high=numbers.value(math.ceil(numbers.units(numbers.high) / last) * last),
    )


def user_breaks(values: NDArray[np.float64], edges: Sequence[float], decimals: int) -> Breaks:
    """Breaks with the inner edges a publisher chose, rounded to the decimals; classes may be empty.

    Raises ``BadBreaks`` where the rounded edges do not rise and ``NoNumbers`` where every value is NaN.
    """
    numbers = _Numbers.of(values, decimals)
    rounded = tuple(round(float(edge), decimals) for edge in edges)
    if any(b <= a for a, b in pairwise(rounded)):
        raise BadBreaks(tuple(edges), decimals)
    low = numbers.value(math.floor(numbers.units(numbers.low)))
    high = numbers.value(math.ceil(numbers.units(numbers.high)))
    return Breaks(edges=rounded, low=low, high=high)


def diverging_breaks(values: NDArray[np.float64], classes: int, method: str, decimals: int, middle: float) -> Breaks:
    """Breaks that lie at the same distances below and above a middle, so that the same darkness is the same distance.

    The method cuts the distances of all values to the middle. An odd number of classes has one around the middle, an
    even number an edge at it. There are as many classes as asked, for each has its place from the middle; those on a side
    without values are empty. Where no value is below zero, no edge is.

    >>> diverging_breaks(np.arange(-30.0, 91.0), 5, "quantiles", 0, 0.0).edges
    (-50.0, -20.0, 20.0, 50.0)
    """
    numbers = _Numbers.of(values, decimals)
    center = round(middle * numbers.scale)
    side, is_odd = divmod(classes, 2)
    steps = side if is_odd else side - 1
    found = _cut_distances(numbers, center, steps + 1, method)
    units = _spread(found, steps, center if numbers.low >= 0 < center else None, first=1 if is_odd else 2)
    # One unit away is no longer the middle. A class holds its lower edge and not its upper one, so those below move up.
    shift = 1 if is_odd and units and units[0] == 1 else 0
    below, above = [center - unit + shift for unit in reversed(units)], [center + unit for unit in units]
    edges = [*below, *above] if is_odd else [*below, center, *above]
    return Breaks(
        edges=tuple(numbers.value(edge) for edge in edges),
        low=numbers.value(math.floor(numbers.units(numbers.low))),
        high=numbers.value(math.ceil(numbers.units(numbers.high))),
    )


def _cut_distances(numbers: _Numbers, center: int, classes: int, method: str) -> list[int]:
    """The edges between so many classes of distances to a middle, in units; where there are none, half the furthest."""
    distances = np.abs(np.array([numbers.units(number) - center for number in numbers.sorted.tolist()]))
    if method in _REGULAR:  # steps begin at the middle, also where no value is near it
        distances = np.append(distances, 0.0)
    found = [round(edge) for edge in class_breaks(distances, classes, method, 0).edges]
    return found or [_nice(float(distances.max()) / 2)]


def _spread(distances: Sequence[int], steps: int, room: int | None, first: int) -> list[int]:
    """So many rising distances: those found, then ever further ones. One that would pass a bottom goes halfway to it."""
    spread: list[int] = []
    for place in range(steps):
        last = spread[-1] if spread else 0
        found = distances[place] if place < len(distances) else 2 * last
        if room is not None and found >= room and room - last > 1:
            found = last + (room - last) // 2
        spread.append(max(found, last + 1, first))
    return spread


def thirds(values: NDArray[np.float64], decimals: int) -> tuple[float, ...]:
    """The two figures that cut all into a low, a middle and a high third; fewer where there are fewer distinct values.

    >>> thirds(np.arange(1.0, 301.0), 0)
    (100.0, 200.0)
    """
    return class_breaks(values, 3, "quantiles", decimals).edges


def sides(breaks: Breaks, middle: float, decimals: int) -> tuple[int, int, bool]:
    """How many classes lie below a middle, how many above, and whether one lies around it.

    One that holds the middle and nothing else is around it too.
    """
    below = sum(edge <= middle for edge in breaks.edges)
    is_alone = below < len(breaks.edges) and round((breaks.edges[below] - middle) * 10**decimals) <= 1
    is_neutral = middle not in breaks.edges or is_alone
    return below, len(breaks.edges) + 1 - below - is_neutral, is_neutral


def classify(values: NDArray[np.float64], breaks: Breaks) -> NDArray[np.int64]:
    """The class of each value, -1 where it is NaN (a reason)."""
    classes = np.searchsorted(np.asarray(breaks.edges, dtype=np.float64), values, side="right").astype(np.int64)
    return np.where(np.isnan(values), -1, classes)


@dataclass(frozen=True, slots=True)
class _Edge:
    """An edge in units of the last decimal, and how coarsely it was rounded."""

    units: int
    step: int


@dataclass(frozen=True, slots=True)
class _Numbers:
    """Sorted numbers, seen in units of the last decimal so that rounding is done in whole numbers."""

    sorted: NDArray[np.float64]
    scale: int
    """Units in one: 10 to the power of the decimals."""

    @classmethod
    def of(cls, values: NDArray[np.float64], decimals: int) -> _Numbers:
        numbers = np.sort(values[~np.isnan(values)].astype(np.float64)) + 0.0  # + 0.0 makes -0.0 a plain zero
        if not len(numbers):
            raise NoNumbers
        return cls(numbers, 10**decimals)

    @property
    def low(self) -> float:
        return float(self.sorted[0])

    @property
    def high(self) -> float:
        return float(self.sorted[-1])

    @property
    def distinct(self) -> int:
        return len(np.unique(self.sorted))

    def units(self, value: float) -> float:
        """A value in units; 0.29 is 29 hundredths and not 28.999999999999996."""
        units = value * self.scale
        nearest = round(units)
        return nearest if math.isclose(units, nearest, rel_tol=1e-12) else units

    def value(self, units: int) -> float:
        """The double nearest to a number of units, which is also what a JSON or CSV reader makes of the text."""
        return units / self.scale

    def below(self, units: int) -> int:
        """How many numbers lie below an edge."""
        return int(np.searchsorted(self.sorted, self.value(units), side="left"))

    def from_(self, units: int) -> _Numbers:
        """The numbers from an edge on."""
        return _Numbers(self.sorted[self.below(units) :], self.scale)


def _edges(numbers: _Numbers, classes: int, method: str) -> list[_Edge]:
    classes = min(classes, numbers.distinct)
    if classes == 1:
        return []
    zeros = int(np.searchsorted(numbers.sorted, 0.0, side="right"))
    if numbers.low == 0.0 < numbers.high and zeros * classes >= len(numbers.sorted):
        return _edges_above_zero(numbers, classes, method)
    if method == "equal_interval":
        return _equal(numbers, classes)
    if method == "pretty":
        return _pretty(numbers, classes)
    return _rounded(numbers, _cuts(numbers, classes, method))


def _edges_above_zero(numbers: _Numbers, classes: int, method: str) -> list[_Edge]:
    """Zero, or what rounds down to it, is the first class; the others are made from the rest."""
    rest = numbers.from_(1)
    if not len(rest.sorted):
        return []
    return [_Edge(1, 1), *_edges(rest, classes - 1, method)]


def _cuts(numbers: _Numbers, classes: int, method: str) -> list[float]:
    """The lowest value of each class but the first."""
    distinct, counts = np.unique(numbers.sorted, return_counts=True)
    if method == "head_tail":
        splits = _head_tail_splits(distinct, counts, classes)
    elif len(distinct) <= classes:
        splits = list(range(1, len(distinct)))
    elif method == "quantiles":
        splits = _quantile_splits(counts, classes)
    else:
        splits = natural_splits(distinct, counts, classes)
    return [float(distinct[split]) for split in splits]


def _quantile_splits(counts: NDArray[np.int64], classes: int) -> list[int]:
    """Classes of equal size, as nearly as ties allow; the classes after a large tie share what is left."""
    ends = counts.cumsum()
    splits: list[int] = []
    done = 0
    for left in range(classes, 1, -1):
        wanted = done + (int(ends[-1]) - done) / left
        first = splits[-1] if splits else 0
        split = first + int(np.abs(ends[first:-1] - wanted).argmin()) + 1 if first < len(ends) - 1 else len(ends)
        if split >= len(ends):
            break
        splits.append(split)
        done = int(ends[split - 1])
    return splits


def _head_tail_splits(distinct: NDArray[np.float64], counts: NDArray[np.int64], classes: int) -> list[int]:
    """Cut at the mean, and the part above it at its mean, and so on (Jiang 2013)."""
    splits: list[int] = []
    first = 0
    while len(splits) < classes - 1 and len(distinct) - first > 1:
        mean = np.average(distinct[first:], weights=counts[first:])
        # Rounding can put the mean of nearly equal values on or beyond the highest.
        first = min(first + max(1, int(np.searchsorted(distinct[first:], mean, side="right"))), len(distinct) - 1)
        splits.append(first)
    return splits


def _rounded(numbers: _Numbers, cuts: list[float]) -> list[_Edge]:
    """Each cut as a round number nearby, without those that would leave a class empty."""
    stops = [numbers.units(value) for value in (numbers.low, *cuts, numbers.high)]
    edges: list[_Edge] = []
    for before, cut, after in zip(stops, stops[1:], stops[2:], strict=False):
        # The last class may hold one value only, the highest: then the class below it sets the step.
        step = _nice(_TOLERANCE * min(cut - before, after - cut if after > cut else math.inf))
        edge = _nearest(numbers, cut, step)
        begun = numbers.below(edges[-1].units) if edges else 0
        if begun < numbers.below(edge.units) < len(numbers.sorted):
            edges.append(edge)
    return edges


def _nearest(numbers: _Numbers, cut: float, step: int) -> _Edge:
    """The multiple of a step beside a cut that makes the fewest regions change class."""
    meant = int(np.searchsorted(numbers.sorted, cut / numbers.scale, side="left"))
    choices = (math.floor(cut / step) * step, math.ceil(cut / step) * step)
    return _Edge(min(choices, key=lambda units: abs(numbers.below(units) - meant)), step)


def _equal(numbers: _Numbers, classes: int) -> list[_Edge]:
    low, high = numbers.units(numbers.low), numbers.units(numbers.high)
    step = _nice(_TOLERANCE * (high - low) / classes)
    width = max(step, round((high - low) / classes / step) * step)
    start = round(low / step) * step
    return _regular(numbers, start + width, width, classes, step)


def _pretty(numbers: _Numbers, classes: int) -> list[_Edge]:
    low, high = numbers.units(numbers.low), numbers.units(numbers.high)
    width = _nice((high - low) / classes)
    while math.ceil(high / width) - math.floor(low / width) > classes:
        width = _next_nice(width)
    return _regular(numbers, (math.floor(low / width) + 1) * width, width, classes, width)


def _regular(numbers: _Numbers, first: int, width: int, classes: int, step: int) -> list[_Edge]:
    """Equal steps from the first edge on; the lowest class is not empty and the highest is more than the maximum."""
    edges = (_Edge(first + width * i, step) for i in range(classes))
    return [edge for edge in edges if numbers.below(edge.units) and numbers.value(edge.units) < numbers.high][
        : classes - 1
    ]


def _nice(units: float) -> int:
    """The largest of 1, 2, 5, 10, 20, 50 ... not above a number, and at least 1."""
    if units < 1 or math.isinf(units):
        return 1
    power = 10 ** (len(str(int(units))) - 1)
    return int(max(factor for factor in (1, 2, 5) if factor * power <= units) * power)


def _next_nice(units: int) -> int:
    return units * 5 // 2 if str(units)[0] == "2" else units * 2
