"""A coverage: which arcs make which rings, parts and features, at whatever zoom.

As long as arcs cancel (each is used once from either side), rings that are simple and have a positive area leave neither
gap nor overlap between neighbours. So whatever is mended is mended in the arcs, never in a single polygon.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tiles.arcs import Arcs, Points, arcs_of
from tiles.ragged import Ints, grouped, offsets_of, ranges, sums
from tiles.rings import Rings, first_of_each
from tiles.simplify import Lines

MOST_AT_A_PLACE = 8
"""Thousands of islands may lie on one pixel, and all their pairs would fill the memory."""


@dataclass(frozen=True)
class Coverage:
    """Which arcs make which rings, parts and features; the same at every zoom of a pyramid's storey."""

    arcs: Arcs
    part: Ints
    """(rings,) the part each ring belongs to; shells come first in their part."""

    feature: Ints
    """(parts,) the feature each part belongs to."""

    level: Ints
    """(features,) regions of different levels lie on the same ground. Features without a part have no geometry."""

    @staticmethod
    def of(rings: Rings, level: Ints, moved: Callable[[Points], Points] = lambda points: points) -> Coverage:
        """The coverage that rings make, with their borders as arcs; ``moved`` says where their points come to lie."""
        return Coverage(arcs_of(rings.xy, rings.offsets, moved), rings.part, rings.feature, level)

    @property
    def features(self) -> int:
        """How many features there are."""
        return len(self.level)

    @property
    def unthinned(self) -> tuple[Ints, Ints]:
        """Source and offsets of the arcs with all their vertices."""
        return np.arange(len(self.arcs.xy)), self.arcs.offsets

    @cached_property
    def is_shell(self) -> NDArray[np.bool_]:
        """(rings,) True for outer rings."""
        return first_of_each(self.part)

    @cached_property
    def uses_of_ring(self) -> Ints:
        """(rings,) how many uses of arcs each ring has."""
        return np.bincount(self.arcs.use_ring, minlength=self.arcs.rings)

    @cached_property
    def first_use(self) -> Ints:
        """(rings,) the first use of each ring."""
        return offsets_of(self.uses_of_ring)[:-1]

    @cached_property
    def use_part(self) -> Ints:
        """(uses,) the part of each use of an arc."""
        return self.part[self.arcs.use_ring]

    @cached_property
    def outer_arcs(self) -> tuple[Ints, Ints]:
        """Arcs with a region on one side only (all their uses run the same way), and one feature that uses each."""
        uses = np.bincount(self.arcs.use_arc, minlength=len(self.arcs))
        backwards = np.bincount(self.arcs.use_arc[self.arcs.use_backwards], minlength=len(self.arcs))
        owner = np.zeros(len(self.arcs), np.int64)
        owner[self.arcs.use_arc] = self.feature[self.use_part]
        outer = np.flatnonzero((backwards == 0) | (backwards == uses))
        return outer, owner[outer]

    @cached_property
    def users(self) -> tuple[Ints, Ints, Ints]:
        """The features that use each arc, arc by arc, where those of each begin, and (arcs,) how many there are."""
        order = np.argsort(self.arcs.use_arc, kind="stable")
        count = np.bincount(self.arcs.use_arc, minlength=len(self.arcs))
        return self.feature[self.use_part[order]], offsets_of(count)[:-1], count

    def pairs_of_users(self, arc: Ints, place: Ints) -> tuple[Ints, Ints]:
        """Pairs of features of one level that use arcs at the same place; where a great many do, each with the next ones only."""
        users, first, count = self.users
        place, user = _distinct(np.repeat(place, count[arc]), users[ranges(first[arc], count[arc])])
        next_one, end = np.arange(1, len(place) + 1), np.searchsorted(place, place, side="right")
        count = np.minimum(end - next_one, MOST_AT_A_PLACE)
        one, other = np.repeat(user, count), user[ranges(next_one, count)]
        pairs = self.level[one] == self.level[other]
        return _distinct(one[pairs], other[pairs])

    def neighbours(self, features: Ints) -> tuple[Ints, Ints]:
        """Pairs of one of some features and one of the same level that shares an arc with it, in order."""
        owner = self.feature[self.use_part]
        own = np.flatnonzero(np.isin(owner, features))
        users, first, count = self.users
        arc = self.arcs.use_arc[own]
        one, other = np.repeat(owner[own], count[arc]), users[ranges(first[arc], count[arc])]
        pairs = (one != other) & (self.level[one] == self.level[other])
        return _distinct(one[pairs], other[pairs])

    @cached_property
    def ends(self) -> NDArray[np.complex128]:
        """(arcs, 2) the two nodes of each arc, the lower one first, each as one number."""
        of_arc = np.column_stack([self.arcs.offsets[:-1], self.arcs.offsets[1:] - 1])
        return np.sort(self.arcs.xy.view(np.complex128).ravel()[of_arc], axis=1)

    @cached_property
    def coastal_arcs(self) -> tuple[Ints, Ints]:
        """Outer arcs and those that end at one, and who each belongs to: a feature, or for an inner border only itself."""
        outer, owner = self.outer_arcs
        ends = self.arcs.xy.view(np.complex128).ravel()[
            np.column_stack([self.arcs.offsets[:-1], self.arcs.offsets[1:] - 1])
        ]
        landing = np.asarray(np.isin(ends, ends[outer]).any(axis=1))
        landing[outer] = False
        inner = np.flatnonzero(landing)
        return np.concatenate([outer, inner]), np.concatenate([owner, self.features + inner])

    def arcs_of_parts(self, parts: NDArray[np.bool_]) -> Ints:
        """The arcs that the marked parts use."""
        return np.unique(self.arcs.use_arc[parts[self.use_part]])


def _distinct(one: Ints, other: Ints) -> tuple[Ints, Ints]:
    """Each pair once, in order."""
    order, first = grouped(other, one)
    return one[order[first]], other[order[first]]


def ring_vertices(coverage: Coverage, lines: Lines, *, by_pixel: bool, rings: Ints | None = None) -> tuple[Ints, Ints]:
    """Positions in ``lines.xy`` of the vertices of each ring, or of some, and where each ring begins.

    An arc gives all its vertices but the last, which is the first of the next. Where only pixels count, an arc whose ends
    fell on one pixel gives none.
    """
    arcs = coverage.arcs
    use = slice(None) if rings is None else ranges(coverage.first_use[rings], coverage.uses_of_ring[rings])
    uses_of_ring = coverage.uses_of_ring if rings is None else coverage.uses_of_ring[rings]
    arc, backwards = arcs.use_arc[use], arcs.use_backwards[use]
    first, last = lines.offsets[:-1], lines.offsets[1:] - 1
    given = last - first
    if by_pixel:
        given = np.where((given == 1) & (lines.xy[first] == lines.xy[last]).all(axis=1), 0, given)
    given = given[arc]
    index = ranges(np.where(backwards, last[arc], first[arc]), given, np.where(backwards, -1, 1).astype(np.int64))
    return index, offsets_of(sums(given, offsets_of(uses_of_ring)))


def outline_rank(coverage: Coverage, feature_rank: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """(arcs,) the lowest rank among the features that use each arc, and whether only one feature of that rank does.

    With rank 0 for the coarsest level this is the highest level an arc separates, and True for outer borders. An arc that
    one feature uses on both sides (a cut in itself) separates nothing and gets rank -1.
    """
    arcs = coverage.arcs
    owner = coverage.feature[coverage.use_part]
    rank = feature_rank[owner]
    order = np.lexsort((owner, rank, arcs.use_arc))
    arc, rank, owner = arcs.use_arc[order], rank[order], owner[order]
    first = first_of_each(arc)
    lowest = rank[first]
    group = np.cumsum(first) - 1
    at_lowest = rank == lowest[group]
    distinct = at_lowest & (first_of_each(owner) | first)
    owners = np.bincount(group[distinct], minlength=len(lowest))
    uses = np.bincount(group[at_lowest], minlength=len(lowest))
    out_rank = np.full(len(arcs), -1, np.int64)
    outer = np.zeros(len(arcs), bool)
    names = arc[first]
    out_rank[names] = np.where((owners == 1) & (uses > 1), -1, lowest)
    outer[names] = (owners == 1) & (uses == 1)
    return out_rank, outer
