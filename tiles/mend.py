"""The shapes of a zoom from its arcs, mended: no region vanishes, no border crosses another, every polygon is valid.

Rounding to the tile grid now and then makes borders cross, or a small region collapse. Both are mended in the arcs, so that
all regions which share an arc change alike.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tiles.coverage import Coverage, ring_vertices
from tiles.dots import with_dots
from tiles.noding import noded
from tiles.ragged import Ints, offsets_of, ranges, row_of
from tiles.rings import Rings, first_of_each
from tiles.shapes import RingsAt, Shapes
from tiles.simplify import Lines, replaced, rows
from tiles.twists import upright, without_straits


@dataclass(slots=True)
class Mending:
    """What had to be mended at one zoom."""

    crossed: int = 0
    """Features whose borders crossed off the grid and were noded."""

    pinched: int = 0
    """Features that were split where they touch themselves."""

    enlarged: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    """Features smaller than a pixel that were kept in their smallest form."""


def shapes_of(coverage: Coverage, lines: Lines, finest: Lines, units: int) -> tuple[Shapes, Lines, Mending]:
    """The polygons of a zoom, and the lines they are made of.

    ``finest`` are the same arcs on the same grid before they were thinned: where thinning makes borders cross or a
    region vanish, they take its place. ``units`` is the number of steps of the grid along the side of the unit square.
    """
    mending = Mending()
    lines, rings, mending.enlarged = _with_all_regions(coverage, lines, finest)
    bad = rings.bad_features(np.arange(coverage.features))
    after = noded(coverage, lines, finest, units, rings, bad)
    lines, rings, mending.crossed = after.lines, after.rings, after.crossed
    mending.pinched = len(after.bad)
    shapes = upright(rings, after.bad, after.valid)
    if not rings.is_crowded:
        shapes = without_straits(coverage, lines, shapes)
    gone = _missing(coverage, shapes)
    mending.enlarged = np.union1d(mending.enlarged, gone)
    return with_dots(coverage, lines, shapes, gone, crowded=rings.is_crowded), lines, mending


def _with_all_regions(coverage: Coverage, lines: Lines, finest: Lines) -> tuple[Lines, RingsAt, Ints]:
    """Lines in which no region has vanished, the rings they make, and the regions that had vanished.

    First their arcs get back what thinning took; a region that is smaller than a pixel then gets one corner more, which its
    neighbour across that arc gives away.
    """
    rings = RingsAt.of(coverage, lines)
    lost = rings.lost_features()
    if len(lost):
        lines, arcs = restored(coverage, lines, finest, lost)
        rings = rings.updated(lines, arcs)
        lines, arcs = _with_corners(coverage, lines, rings.lost_features())
        rings = rings.updated(lines, arcs)
    return lines, rings, lost


def restored(coverage: Coverage, lines: Lines, finest: Lines, features: Ints) -> tuple[Lines, Ints]:
    """Lines in which the arcs of some features have all their vertices again, and these arcs."""
    wanted = np.zeros(coverage.features, bool)
    wanted[features] = True
    arcs = coverage.arcs_of_parts(wanted[coverage.feature])
    return replaced(lines, arcs, rows(finest, arcs)), arcs


def rings_for_coarser(coverage: Coverage, lines: Lines, finest: Lines, keep: NDArray[np.bool_]) -> Rings:
    """The rings of the features marked True, with the vertices that simplification kept so far, where they really lie.

    Features that would have vanished get their vertices back.
    """
    lost = RingsAt.of(coverage, lines).lost_features()
    lines, _ = restored(coverage, lines, finest, lost[keep[lost]])
    index, offsets = ring_vertices(coverage, lines, by_pixel=False)
    rings = keep[coverage.feature[coverage.part]]
    length = np.diff(offsets)[rings]
    source = lines.source[index[ranges(offsets[:-1][rings], length)]]
    kept_parts, part = np.unique(coverage.part[rings], return_inverse=True)
    xy = coverage.arcs.xy[source]
    return Rings(xy, offsets_of(length), part.astype(np.int64), coverage.feature[kept_parts]).tidied()


def _with_corners(coverage: Coverage, lines: Lines, features: Ints) -> tuple[Lines, Ints]:
    """Lines in which the longest arc around each collapsed region makes a detour by one pixel, outwards; and these arcs."""
    if not len(features):
        return lines, features
    arcs = coverage.arcs
    wanted = np.zeros(coverage.features, bool)
    wanted[features] = True
    uses = np.flatnonzero(coverage.is_shell[arcs.use_ring] & wanted[coverage.feature[coverage.use_part]])
    feature = coverage.feature[coverage.use_part[uses]]
    order = np.lexsort((-np.diff(lines.offsets)[arcs.use_arc[uses]], feature))
    longest = uses[order[first_of_each(feature[order])]]
    # An arc between two collapsed regions can only bulge into one of them.
    arc, chosen = np.unique(arcs.use_arc[longest], return_index=True)
    backwards = arcs.use_backwards[longest[chosen]]
    return _with_bulges(lines, arc, backwards), arc


def _with_bulges(lines: Lines, arcs: Ints, backwards: NDArray[np.bool_]) -> Lines:
    """Lines in which the longest step of some arcs gets vertices beside it, to the right as the region runs through it."""
    some = rows(lines, arcs)
    xy, offsets = some.xy, some.offsets
    step = np.abs(np.diff(xy, axis=0)).sum(axis=1)
    step[offsets[1:-1] - 1] = -1  # from one arc to the next
    owner = row_of(offsets)[:-1]
    longest = np.lexsort((np.arange(len(step)), -step, owner))
    longest = longest[first_of_each(owner[longest])]
    a, b = xy[longest].astype(np.int64), xy[longest + 1].astype(np.int64)
    # Shells run with their inside on the left of (x, y), so outside is to the right: (dy, -dx), or back if we run back.
    outwards = np.sign(np.column_stack([b[:, 1] - a[:, 1], a[:, 0] - b[:, 0]])) * np.where(backwards, -1, 1)[:, None]
    first = np.rint((a + b) / 2 + outwards)
    # An arc on one pixel becomes a triangle, in the direction that gives the region the inside.
    dot = step[longest] == 0
    first[dot] = a[dot] + np.where(backwards[dot, None], (1, 1), (1, 0))
    second = a + np.where(backwards[:, None], (1, 0), (1, 1))
    place = np.concatenate([np.arange(len(xy), dtype=np.float64), longest + 0.3, longest[dot] + 0.6])
    order = np.argsort(place, kind="stable")
    points = np.vstack([xy, first, second[dot]]).astype(np.int32)[order]
    source = np.concatenate([some.source, np.full(len(order) - len(xy), -1)])[order]
    return replaced(lines, arcs, Lines(points, offsets_of(np.diff(offsets) + 1 + dot), source))


def _missing(coverage: Coverage, shapes: Shapes) -> Ints:
    """Features that have rings but no shape."""
    missing = np.zeros(coverage.features, bool)
    missing[coverage.feature] = True
    missing[shapes.feature] = False
    return np.flatnonzero(missing)
