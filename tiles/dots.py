"""Regions too small for a pixel: half a pixel each, near where they lie, taken from a region that can spare it."""

from __future__ import annotations

import numpy as np
import shapely

from tiles.coverage import Coverage
from tiles.ragged import Ints, nth_of_group
from tiles.rings import PIXELS, first_of_each, pixel_key
from tiles.shapes import Geometry, Shapes
from tiles.simplify import Lines

HALVES = np.array([[[0, 0], [1, 0], [0, 1]], [[1, 1], [0, 1], [1, 0]]])
"""A pixel's two halves, in the direction of shells."""

REACH = 5
"""How many pixels away a place is looked for."""


def with_dots(coverage: Coverage, lines: Lines, shapes: Shapes, features: Ints, *, crowded: bool) -> Shapes:
    """Shapes with half a pixel for each of some features, none of which has a shape; a crowded grid has no place to look for."""
    if not len(features):
        return shapes
    corner = _corners(coverage, lines, features)
    triangles = corner[:, None, :] + HALVES[0]
    if not crowded:
        pieces, owner = shapes.polygons()
        places, taken_from = _places(corner, coverage.level[features], pieces, coverage.level[owner])
        found = taken_from >= 0
        triangles[found] = places[found]
        losers = np.unique(taken_from[found])
        left = _without(pieces, taken_from[found], shapely.polygons(places[found]))
        keep = ~np.isin(np.cumsum(shapes.is_shell) - 1, losers)
        shapes = shapes.where(keep).and_also(left, owner[losers])
    return shapes.and_also(shapely.polygons(triangles), features)


def _corners(coverage: Coverage, lines: Lines, features: Ints) -> PIXELS:
    """(features, 2) a pixel on the border of each."""
    # Uses stand in the order of their features.
    use = np.searchsorted(coverage.feature[coverage.use_part], features)
    corners: PIXELS = lines.xy[lines.offsets[:-1][coverage.arcs.use_arc[use]]]
    return corners


def _places(corner: PIXELS, level: Ints, pieces: Geometry, piece_level: Ints) -> tuple[PIXELS, Ints]:
    """Half a pixel for each corner inside a piece of its level, as near as can be, and that piece; -1 where there is none.

    No pixel is given twice, and every piece keeps half a unit.
    """
    triangle = np.zeros((len(corner), 3, 2), np.int32)
    piece_of = np.full(len(corner), -1)
    spare = shapely.area(pieces) - 0.5
    tree = shapely.STRtree(pieces)
    shapely.prepare(pieces)
    taken = np.zeros(0, np.int64)
    for cell in _cells_around():
        for half in HALVES:
            waiting = np.flatnonzero(piece_of < 0)
            if not len(waiting):
                return triangle, piece_of
            # Of those that ask for a pixel the first may have it, if it is free.
            pixel = corner[waiting] + cell
            key, first = np.unique(pixel_key(pixel), return_index=True)
            first = first[~np.isin(key, taken)]
            asking, pixel = waiting[first], pixel[first]
            dots = shapely.polygons(pixel[:, None, :] + half)
            candidate, piece = tree.query(dots)
            fits = (piece_level[piece] == level[asking[candidate]]) & (spare[piece] >= 0.5)
            candidate, piece = candidate[fits], piece[fits]
            fits = shapely.contains(pieces[piece], dots[candidate])
            candidate, piece = candidate[fits], piece[fits]
            # As many to a piece as it can spare.
            order = np.argsort(piece, kind="stable")
            nth = nth_of_group(first_of_each(piece[order]))
            order = order[0.5 * (nth + 1) <= spare[piece[order]]]
            candidate, piece = candidate[order], piece[order]
            triangle[asking[candidate]], piece_of[asking[candidate]] = pixel[candidate, None, :] + half, piece
            spare -= 0.5 * np.bincount(piece, minlength=len(pieces))
            taken = np.concatenate([taken, pixel_key(pixel[candidate])])
    return triangle, piece_of


def _cells_around() -> list[tuple[int, int]]:
    """Steps from a corner to the north-west corners of the pixels around it, nearest first."""
    steps = [(x, y) for x in range(-REACH, REACH) for y in range(-REACH, REACH)]
    return sorted(steps, key=lambda step: ((step[0] + 0.5) ** 2 + (step[1] + 0.5) ** 2, step))


def _without(pieces: Geometry, taken_from: Ints, dots: Geometry) -> Geometry:
    """Those pieces that dots are taken from, in their order, without them."""
    order = np.argsort(taken_from, kind="stable")
    losers, group = np.unique(taken_from[order], return_inverse=True)
    taken = shapely.union_all(shapely.multipolygons(dots[order], indices=group)[:, None], axis=1)
    left: Geometry = shapely.difference(pieces[losers], taken)
    return left
