"""Arcs: the borders of a coverage, each kept once.

    +-----a-----+-----b-----+        Rings of three regions become arcs a, b, c, d between the nodes +.
    |           |           |        Each arc is stored once and used by one ring (outer border) or by several,
    |           c           |        forwards or backwards. What is done to an arc is done to all regions that
    |           |           |        share it, so neighbours cannot come apart.
    +-----d-----+-----e-----+

Rings of several levels may be given together: where a coarse border runs over the same vertices as finer ones, they share
arcs, and levels coincide. A vertex is a node where its occurrences in rings do not all have the same two neighbours
(topology of TopoJSON, Bostock 2012).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tiles.ragged import Ints, offsets_of, ranges, row_of
from tiles.rings import picked

Points = NDArray[np.float64]

MIX = np.array([-7046029254386353131, -4417276706812531889], np.int64)
"""Odd numbers without a pattern, which make one key of two coordinates."""


@dataclass(frozen=True, slots=True)
class Arcs:
    """The arcs of a set of rings, and which arcs make up each ring."""

    xy: Points
    """(arc vertices, 2); an arc has its end nodes first and last, a closed arc the same one twice."""

    offsets: Ints
    """(arcs + 1,) where each arc begins in ``xy``."""

    use_arc: Ints
    """(uses,) the arc of each use; the uses of a ring stand together in its order."""

    use_backwards: NDArray[np.bool_]
    """(uses,) True where the ring runs through the arc from last to first."""

    use_ring: Ints
    """(uses,) the ring that uses it."""

    rings: int
    """How many rings."""

    def __len__(self) -> int:
        return len(self.offsets) - 1


def arcs_of(xy: Points, offsets: Ints, moved: Callable[[Points], Points] = lambda points: points) -> Arcs:
    """Cut open rings into arcs at the nodes.

    A ring without a node (an island) becomes one closed arc that begins at its vertex of the lowest rank. ``moved`` says where
    points come to lie; it is asked once for each, so that shared ones stay together.
    """
    rings = len(offsets) - 1
    vertex, position, rank = distinct_vertices(xy)
    ring = row_of(offsets)
    following, preceding = neighbours(offsets)
    after, before = vertex[following], vertex[preceding]
    is_node = _nodes(vertex, position, rank, after, before, ring, offsets)

    # Each occurrence of a node begins a use of an arc, which ends at the next such occurrence in the ring.
    start = np.flatnonzero(is_node[vertex])
    use_ring = ring[start]
    uses_of_ring = offsets_of(np.bincount(use_ring, minlength=rings))
    end = np.empty_like(start)
    end[:-1] = start[1:]
    end[uses_of_ring[1:] - 1] = start[uses_of_ring[:-1]]
    segments = end - start
    wraps = segments <= 0
    segments[wraps] += np.diff(offsets)[use_ring[wraps]]

    # Two uses are one arc if they have the same ends and the same first step from the same end.
    first, first_step, last, last_step = rank[vertex[start]], rank[after[start]], rank[vertex[end]], rank[before[end]]
    backwards = np.where(first != last, first > last, first_step > last_step)
    name = np.where(backwards, last * len(position) + last_step, first * len(position) + first_step)
    _, chosen, arc = np.unique(name, return_index=True, return_inverse=True)

    length = segments[chosen] + 1
    turned = backwards[chosen]
    where = ranges(
        np.where(turned, start[chosen] + segments[chosen], start[chosen]),
        length,
        np.where(turned, -1, 1).astype(np.int64),
    )
    ring_end = np.repeat(offsets[1:][use_ring[chosen]], length)
    ring_size = np.repeat(np.diff(offsets)[use_ring[chosen]], length)
    past = where >= ring_end
    where[past] -= ring_size[past]
    along = picked(moved(picked(xy, position)), vertex[where])
    return Arcs(along, offsets_of(length), arc.astype(np.int64), backwards, use_ring, rings)


def distinct_vertices(xy: Points) -> tuple[Ints, Ints, Ints]:
    """(n,) a number for each vertex, equal where the coordinates are; the position where each number comes first, and its rank.

    Numbers count up by first occurrence, so that what is looked up for one vertex after the other lies together in memory.
    Ranks follow from the coordinates alone.
    """
    # Bits of x and y are mixed into one key; -0.0 is made 0.0 first. The position stands in the last bits of the key, as
    # sorting 2 M numbers takes a ninth of the time of finding the order in which they would be sorted.
    bits = np.ascontiguousarray(xy + 0.0).view(np.int64)
    last = np.int64((1 << len(xy).bit_length()) - 1)
    key = (bits[:, 0] * MIX[0] + bits[:, 1] * MIX[1]) & ~last
    key |= np.arange(len(xy))
    key.sort()
    order = key & last
    new = _changes(bits, order)
    mixed = new[1:] & (key[1:] & ~last == key[:-1] & ~last)
    if mixed.any():
        # Different points with one key lie in disorder: these few are sorted by their coordinates too.
        group = np.cumsum(np.append(True, key[1:] & ~last != key[:-1] & ~last))
        some = np.flatnonzero(np.isin(group, group[1:][mixed]))
        among = order[some]
        order[some] = among[np.lexsort((among, bits[among, 1], bits[among, 0], group[some]))]
        new = _changes(bits, order)
    first, begins = order[new], np.append(np.flatnonzero(new), len(order))
    is_first = np.zeros(len(order), bool)
    is_first[first] = True
    number = (np.cumsum(is_first) - 1)[first]
    vertex, rank = np.empty(len(order), np.int64), np.empty(len(first), np.int64)
    vertex[order] = np.repeat(number, np.diff(begins))
    rank[number] = np.arange(len(first))
    return vertex, np.flatnonzero(is_first), rank


def _changes(bits: Ints, order: Ints) -> NDArray[np.bool_]:
    """(n,) True where a point is another one than that before it in an order."""
    sorted_bits = picked(bits, order)
    new = np.ones(len(order), bool)
    new[1:] = (sorted_bits[1:, 0] != sorted_bits[:-1, 0]) | (sorted_bits[1:, 1] != sorted_bits[:-1, 1])
    return new


def neighbours(offsets: Ints) -> tuple[Ints, Ints]:
    """(flat,) position of the next and of the previous vertex in the same open ring."""
    n = int(offsets[-1])
    following, preceding = np.arange(1, n + 1), np.arange(-1, n - 1)
    following[offsets[1:] - 1] = offsets[:-1]
    preceding[offsets[:-1]] = offsets[1:] - 1
    return following, preceding


def _nodes(
    vertex: Ints, position: Ints, rank: Ints, after: Ints, before: Ints, ring: Ints, offsets: Ints
) -> NDArray[np.bool_]:
    """(vertices,) True for nodes; every ring has at least one."""
    low, high = np.minimum(after, before), np.maximum(after, before)
    shown = position[vertex]
    is_node = np.zeros(len(position), bool)
    is_node[vertex[(low != low[shown]) | (high != high[shown])]] = True
    has_node = np.zeros(len(offsets) - 1, bool)
    has_node[ring[is_node[vertex]]] = True
    while not has_node.all():
        number = np.empty_like(rank)
        number[rank] = np.arange(len(rank))
        lowest = np.minimum.reduceat(rank[vertex], offsets[:-1])
        is_node[number[lowest[~has_node]]] = True
        # A shared vertex may just have become a node of a ring that had none of its own, too.
        has_node[ring[is_node[vertex]]] = True
    return is_node
