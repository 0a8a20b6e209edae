"""Ragged arrays: rows of different length laid end to end in one flat array, with the offsets where each begins.

Everything about a whole zoom is kept this way, so that one NumPy call works on all rings or arcs at once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def offsets_of(lengths: NDArray[np.integer] | NDArray[np.bool_]) -> Ints:
    """(rows + 1,) where each row begins in the flat array; the last entry is its length.

    >>> offsets_of(np.array([2, 0, 3])).tolist()
    [0, 2, 2, 5]
    """
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets


def ranges(start: Ints, length: Ints, step: Ints | None = None) -> Ints:
    """``start[i], start[i] + step[i], ...`` of ``length[i]`` numbers for each i, laid end to end.

    >>> ranges(np.array([5, 9]), np.array([2, 3]), np.array([1, -1])).tolist()
    [5, 6, 9, 8, 7]
    """
    filled = length > 0
    if not filled.all():
        start, length = start[filled], length[filled]
        step = None if step is None else step[filled]
    if not len(length):
        return np.zeros(0, np.int64)
    ends = np.cumsum(length)
    # Differences first, then one running sum: inside a range the difference is the step, at its start it jumps.
    out = np.ones(int(ends[-1]), np.int64) if step is None else np.repeat(step.astype(np.int64), length)
    last = start + (length - 1) * (1 if step is None else step)
    out[0] = start[0]
    out[ends[:-1]] = start[1:] - last[:-1]
    return np.cumsum(out, out=out)


def row_of(offsets: Ints) -> Ints:
    """(flat,) the row each element of the flat array belongs to.

    >>> row_of(np.array([0, 2, 2, 5])).tolist()
    [0, 0, 2, 2, 2]
    """
    return np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))


def sums(values: Ints, offsets: Ints) -> Ints:
    """(rows,) the sum of each row; 0 for an empty one.

    >>> sums(np.array([1, 2, 3]), np.array([0, 2, 2, 3])).tolist()
    [3, 0, 3]
    """
    out = np.zeros(len(offsets) - 1, np.int64)
    filled = offsets[1:] > offsets[:-1]
    if filled.any():
        out[filled] = np.add.reduceat(values, offsets[:-1][filled])
    return out


def extremes(values: NDArray[np.number], start: Ints, length: Ints) -> tuple[NDArray[np.number], NDArray[np.number]]:
    """Smallest and largest of ``values[start[i] : start[i] + length[i]]`` for each i; no range is empty."""
    order = np.argsort(start)
    # Every second reduction is that of what lies between two ranges.
    at = np.column_stack([start, start + length])[order].ravel()
    if at[-1:] == len(values):
        values = np.append(values, values[-1:])
    lowest, highest = np.empty(len(start), values.dtype), np.empty(len(start), values.dtype)
    lowest[order], highest[order] = np.minimum.reduceat(values, at)[::2], np.maximum.reduceat(values, at)[::2]
    return lowest, highest


def in_order(keys: Ints) -> tuple[Ints, Ints]:
    """Whole numbers from low to high, and where each came from; of equal ones the first comes first.

    Where there is room the places stand in the numbers: of 2 M that takes a sixth of the time of a stable ``argsort``.

    >>> [found.tolist() for found in in_order(np.array([7, -5, 7]))]
    [[-5, 7, 7], [1, 0, 2]]
    """
    bits = len(keys).bit_length()
    lowest = int(keys.min(initial=0))
    if int(keys.max(initial=0)) - lowest >= 1 << 63 - bits:
        order = np.argsort(keys, kind="stable")
        return keys[order], order
    packed = (keys - lowest << bits) | np.arange(len(keys))
    packed.sort()
    return (packed >> bits) + lowest, packed & (1 << bits) - 1


def grouped(*columns: NDArray[np.number]) -> tuple[Ints, NDArray[np.bool_]]:
    """An order that brings equal rows together, and (rows,) where in it each group begins. The last column sorts first.

    >>> order, first = grouped(np.array([1, 2, 1]), np.array([7, 7, 7]))
    >>> order.tolist(), first.tolist()
    ([0, 2, 1], [True, False, True])
    """
    order = np.lexsort(columns)
    first = np.ones(len(order), bool)
    first[1:] = np.logical_or.reduce([column[order[1:]] != column[order[:-1]] for column in columns])
    return order, first


def nth_of_group(first: NDArray[np.bool_]) -> Ints:
    """(rows,) the place of each row in its group, from 0; ``first`` is True where a group begins.

    >>> nth_of_group(np.array([True, False, False, True])).tolist()
    [0, 1, 2, 0]
    """
    begin = np.flatnonzero(first)
    return np.arange(len(first)) - np.repeat(begin, np.diff(np.append(begin, len(first))))
