"""Lines that cross off the tile grid are noded on it: hot-pixel snap rounding (Hobby 1999; Guibas & Marimont 1998).

Rounding vertices to the grid can make two borders cross between grid points. Here every vertex is inserted into each
segment that passes through its unit pixel, and crossings are rounded to a pixel; repeated until nothing changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
import shapely
from numpy.typing import NDArray

from tiles.ragged import Ints, grouped, offsets_of, ranges, row_of
from tiles.simplify import Lines

ROUNDS = 5
"""Each round can only meet what the one before it inserted; two or three have always been enough."""

Points = NDArray[np.float64]


def snap_rounded(lines: Lines, concerned: NDArray[np.bool_] | None = None) -> Lines:
    """The same lines with the vertices they need to meet only at vertices. Ends stay where they are.

    concerned says of each vertex whether the segment that begins there takes part; without it all do.
    """
    line = row_of(lines.offsets)
    part = np.ones(len(line), bool) if concerned is None else concerned.copy()
    part[:-1] &= (line[:-1] == line[1:]) & (lines.xy[:-1] != lines.xy[1:]).any(axis=1)
    part[-1:] = False
    work = _Work(lines.xy.astype(np.float64), line, lines.source, part, np.ones(len(line), bool))
    for _ in range(ROUNDS):
        segment = np.flatnonzero(work.part)
        if not len(segment):
            break
        # At the coarsest zooms many lines run over the same few pixels.
        chosen, same = distinct_segments(work.points[segment], work.points[segment + 1])
        begin, end = work.points[segment[chosen]], work.points[segment[chosen] + 1]
        # After the first round only what was inserted, and the segments it ends, can meet anything.
        fresh = np.bincount(same, work.new[segment] | work.new[segment + 1]) > 0
        tree = _tree(begin, end)
        passing, on_pixel = _passing_pixels(begin, end, fresh, tree)
        crossing, at_crossing = _crossings(begin, end, fresh, tree)
        met, pixels = np.concatenate([passing, crossing]), np.vstack([on_pixel, at_crossing])
        if not len(met):
            break
        order, count = np.argsort(same, kind="stable"), np.bincount(same)
        inserted = order[ranges(offsets_of(count)[met], count[met])]
        work = work.with_pixels(segment[inserted], np.repeat(pixels, count[met], axis=0))
    offsets = np.searchsorted(work.line, np.arange(len(lines.offsets)))
    return Lines(work.points.astype(np.int32), offsets, work.source)


@dataclass(frozen=True, slots=True)
class _Work:
    """Lines while vertices are put into them."""

    points: Points
    line: Ints
    """(vertices,) the line each belongs to."""

    source: Ints
    part: NDArray[np.bool_]
    """(vertices,) True where a segment begins that takes part."""

    new: NDArray[np.bool_]
    """(vertices,) True for those that came in the last round; in the first for all."""

    def with_pixels(self, after: Ints, pixels: Points) -> _Work:
        """Pixels inserted after given vertices, in their order along the segment, repeats dropped."""
        points, line = self.points, self.line
        step = points[after + 1] - points[after]
        along = ((pixels - points[after]) * step).sum(axis=1) / (step * step).sum(axis=1)
        place = np.concatenate([np.arange(len(points), dtype=np.float64), after + np.clip(along, 1e-6, 1 - 1e-6)])
        # Equal places are told apart by the pixel, so that the result does not depend on the order of the search.
        new = np.arange(len(place)) >= len(points)
        points, line = np.vstack([points, pixels]), np.concatenate([line, line[after]])
        source = np.concatenate([self.source, np.full(len(after), -1)])
        part = np.concatenate([self.part, np.ones(len(after), bool)])
        order = np.lexsort((points[:, 1], points[:, 0], place))
        points, line = points[order], line[order]
        repeats = np.zeros(len(line), bool)
        repeats[1:] = new[order[1:]] & (points[1:] == points[:-1]).all(axis=1)
        keep = order[~repeats]
        return _Work(points[~repeats], line[~repeats], source[keep], part[keep], new[keep])


def distinct_segments(begin: NDArray[np.number], end: NDArray[np.number]) -> tuple[Ints, Ints]:
    """One of each set of segments with the same two ends, and (segments,) the set of each."""
    back = (begin[:, 0] > end[:, 0]) | ((begin[:, 0] == end[:, 0]) & (begin[:, 1] > end[:, 1]))
    low, high = np.where(back[:, None], end, begin), np.where(back[:, None], begin, end)
    order, first = grouped(low[:, 0], low[:, 1], high[:, 0], high[:, 1])
    same = np.empty(len(order), np.int64)
    same[order] = np.cumsum(first) - 1
    return order[first], same


def crossings(begin: NDArray[np.int32], end: NDArray[np.int32], *, touching: bool = False) -> tuple[Ints, Ints, Points]:
    """Pairs of segments that cross each other between their ends, and where; or also those where one ends inside the other."""
    a, b = begin.astype(np.float64), end.astype(np.float64)
    one, other, along = _proper(a, b, np.ones(len(a), bool), _tree(a, b), touching=touching)
    return one, other, a[one] + along[:, None] * (b[one] - a[one])


def _passing_pixels(begin: Points, end: Points, fresh: NDArray[np.bool_], tree: shapely.STRtree) -> tuple[Ints, Points]:
    """Segments that pass through the pixel of a vertex that is not their own, and that vertex; one of the two is fresh."""
    points, new = np.vstack([begin, end]), np.tile(fresh, 2)
    vertices = np.unique(points[new], axis=0)
    near, segment = tree.query(_pixels(vertices))
    vertex = vertices[near]
    if not new.all():
        vertices = np.unique(points[~new], axis=0)
        some = np.flatnonzero(fresh)
        # Bounds grown by half a pixel, so that every vertex whose pixel the segment may pass is met.
        low, high = np.minimum(begin[some], end[some]) - 0.5, np.maximum(begin[some], end[some]) + 0.5
        which, old = shapely.STRtree(shapely.points(vertices)).query(shapely.box(*np.hstack([low, high]).T))
        segment = np.concatenate([segment, some[which]])
        vertex = np.vstack([vertex, vertices[old]])
    a, b = begin[segment], end[segment]
    step, away = b - a, a - vertex
    off = np.abs(step[:, 0] * away[:, 1] - step[:, 1] * away[:, 0])
    hit = off <= 0.5 * np.abs(step).sum(axis=1) - 1e-9
    hit &= (vertex != a).any(axis=1) & (vertex != b).any(axis=1)
    return segment[hit], vertex[hit]


def _pixels(vertices: Points) -> NDArray[np.object_]:
    """The unit squares around vertices."""
    return cast("NDArray[np.object_]", shapely.box(*np.hstack([vertices - 0.5, vertices + 0.5]).T))


def _crossings(begin: Points, end: Points, fresh: NDArray[np.bool_], tree: shapely.STRtree) -> tuple[Ints, Points]:
    """Segments that cross another one between their ends, one of the two fresh, and the pixel where they do."""
    one, other, along = _proper(begin, end, fresh, tree)
    pixel = np.rint(begin[one] + along[:, None] * (end[one] - begin[one]))
    segment, pixel = np.concatenate([one, other]), np.vstack([pixel, pixel])
    own_end = (pixel == begin[segment]).all(axis=1) | (pixel == end[segment]).all(axis=1)
    return segment[~own_end], pixel[~own_end]


def _proper(
    begin: Points, end: Points, fresh: NDArray[np.bool_], tree: shapely.STRtree, *, touching: bool = False
) -> tuple[Ints, Ints, NDArray[np.float64]]:
    """Pairs of segments that cross between their ends, one of them fresh, and how far along the first of them."""
    some = np.flatnonzero(fresh)
    asked, other = tree.query(tree.geometries[some])
    one = some[asked]
    pair = (one < other) | ~fresh[other]
    one, other = np.minimum(one, other)[pair], np.maximum(one, other)[pair]
    # Most pairs are neighbours on one line, which meet at a vertex.
    apart = (end[one] != begin[other]).any(axis=1)
    one, other = one[apart], other[apart]
    a, b, c, d = begin[one], end[one], begin[other], end[other]
    left, right = _side(c, d, a), _side(c, d, b)
    across, back = left * right, _side(a, b, c) * _side(a, b, d)
    proper = (across < 0) & (back < 0)
    if touching:
        ends_meet = np.zeros(len(one), bool)
        for p, q in ((a, c), (a, d), (b, c), (b, d)):
            ends_meet |= (p == q).all(axis=1)
        proper |= (np.minimum(across, back) < 0) & (np.maximum(across, back) == 0) & ~ends_meet
    left, right = left[proper], right[proper]
    along = left / np.where(left == right, 1, left - right)
    return one[proper], other[proper], along


def _tree(begin: Points, end: Points) -> shapely.STRtree:
    """The segments, to be asked which are near."""
    return shapely.STRtree(cast("NDArray[np.object_]", shapely.linestrings(np.stack([begin, end], axis=1))))


def _side(a: Points, b: Points, p: Points) -> NDArray[np.float64]:
    """Positive where p lies on one side of the line from a to b, negative on the other."""
    side: NDArray[np.float64] = (b[:, 0] - a[:, 0]) * (p[:, 1] - a[:, 1]) - (p[:, 0] - a[:, 0]) * (b[:, 1] - a[:, 1])
    return side
