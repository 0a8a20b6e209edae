"""Lines that cross off the tile grid are noded on it: hot-pixel snap rounding (Hobby 1999; Guibas & Marimont 1998).

Rounding vertices to the grid can make two borders cross between grid points. Here every vertex is inserted into each
segment that passes through its unit pixel, and crossings are rounded to a pixel; repeated until nothing changes.
"""

from __future__ import annotations

from typing import cast

import numpy as np
import shapely
from numpy.typing import NDArray

from tiles.ragged import Ints, row_of

ROUNDS = 5
"""Each round can only meet what the one before it inserted; two or three have always been enough."""

Points = NDArray[np.float64]


def snap_rounded(xy: NDArray[np.int32], offsets: Ints) -> tuple[NDArray[np.int32], Ints]:
    """The same lines with the vertices they need to meet only at vertices. Ends stay where they are."""
    points, line, new = xy.astype(np.float64), row_of(offsets), np.ones(len(xy), bool)
    for _ in range(ROUNDS):
        segment = np.flatnonzero(line[:-1] == line[1:])
        if not len(segment):
            break
        begin, end = points[segment], points[segment + 1]
        # After the first round only what was inserted, and the segments it ends, can meet anything.
        fresh = new[segment] | new[segment + 1]
        tree = _tree(begin, end)
        passing, on_pixel = _passing_pixels(points, new, begin, end, fresh, tree)
        crossing, at_crossing = _crossings(begin, end, fresh, tree)
        inserted = np.concatenate([passing, crossing])
        if not len(inserted):
            break
        points, line, new = _inserted(points, line, segment[inserted], np.vstack([on_pixel, at_crossing]))
    return points.astype(np.int32), np.searchsorted(line, np.arange(len(offsets)))


def crossings(begin: NDArray[np.int32], end: NDArray[np.int32]) -> tuple[Ints, Ints]:
    """Pairs of segments that cross each other between their ends."""
    a, b = begin.astype(np.float64), end.astype(np.float64)
    one, other, _ = _proper(a, b, np.ones(len(a), bool), _tree(a, b))
    return one, other


def _passing_pixels(
    points: Points,
    new: NDArray[np.bool_],
    begin: Points,
    end: Points,
    fresh: NDArray[np.bool_],
    tree: shapely.STRtree,
) -> tuple[Ints, Points]:
    """Segments that pass through the pixel of a vertex that is not their own, and that vertex; one of the two is new."""
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
    begin: Points, end: Points, fresh: NDArray[np.bool_], tree: shapely.STRtree
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
    proper = (left * right < 0) & (_side(a, b, c) * _side(a, b, d) < 0)
    along = left[proper] / (left[proper] - right[proper])
    return one[proper], other[proper], along


def _tree(begin: Points, end: Points) -> shapely.STRtree:
    """The segments, to be asked which are near."""
    return shapely.STRtree(cast("NDArray[np.object_]", shapely.linestrings(np.stack([begin, end], axis=1))))


def _side(a: Points, b: Points, p: Points) -> NDArray[np.float64]:
    """Positive where p lies on one side of the line from a to b, negative on the other."""
    side: NDArray[np.float64] = (b[:, 0] - a[:, 0]) * (p[:, 1] - a[:, 1]) - (p[:, 0] - a[:, 0]) * (b[:, 1] - a[:, 1])
    return side


def _inserted(points: Points, line: Ints, after: Ints, pixels: Points) -> tuple[Points, Ints, NDArray[np.bool_]]:
    """Lines with pixels inserted after given vertices, in their order along the segment, repeats dropped, and which are new."""
    step = points[after + 1] - points[after]
    along = ((pixels - points[after]) * step).sum(axis=1) / (step * step).sum(axis=1)
    place = np.concatenate([np.arange(len(points), dtype=np.float64), after + np.clip(along, 1e-6, 1 - 1e-6)])
    # Equal places are told apart by the pixel, so that the result does not depend on the order of the search.
    new = np.arange(len(place)) >= len(points)
    points, line = np.vstack([points, pixels]), np.concatenate([line, line[after]])
    order = np.lexsort((points[:, 1], points[:, 0], place))
    points, line, new = points[order], line[order], new[order]
    keep = np.ones(len(line), bool)
    keep[1:] = (points[1:] != points[:-1]).any(axis=1) | (line[1:] != line[:-1])
    return points[keep], line[keep], new[keep]
