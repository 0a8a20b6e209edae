"""Ground that lies upside down: where rounding has made two borders of a region change places.

Let region A lie between B and C, narrow enough for its two borders to change places from one pixel to another. In between A
is upside down: its winding number is -1. All winding numbers of a coverage add up to one everywhere, so there both B and
C claim the ground. A then is what has a positive winding number, and the ground in between goes to one of its claimants.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from tiles.coverage import Coverage
from tiles.ragged import Ints, grouped, in_order, offsets_of, ranges, row_of
from tiles.rings import first_of_each, picked, pixel_key
from tiles.shapes import Geometry, RingsAt, Shapes, less, marked, valid, whole_features
from tiles.simplify import Lines, rows

STEPS_AT_ONCE = 2_000_000
"""Pairs of a point and a step of a ring looked at together; bounds the memory that winding numbers need."""


def upright(rings: RingsAt, bad: Ints, known: Geometry | None = None) -> Shapes:
    """All regions of a zoom as valid polygons; the bad ones put right, split at the pixels where they touch themselves.

    known: (features,) what those have been made already, None for others.
    """
    coverage = rings.coverage
    special, feature = _put_right(rings, bad, known)
    standing = np.flatnonzero(rings.standing() & ~np.isin(coverage.feature, feature)[coverage.part])
    shapes = Shapes(
        rings.xy,
        rings.start[standing],
        rings.length[standing],
        coverage.is_shell[standing],
        rings.ring_feature[standing],
    )
    return shapes.and_also(special, feature)


def _put_right(rings: RingsAt, bad: Ints, known: Geometry | None) -> tuple[Geometry, Ints]:
    """Valid polygons of bad features, and of others that have to give up ground for them; and the feature of each."""
    whole, names = whole_features(*rings.polygons(bad))
    made = valid(whole, None if known is None else known[names])
    if rings.is_hopeless:
        return made, names
    twisted = bad[rings.covers_other(names, made)[bad]]
    twisted = np.union1d(twisted, rings.ring_feature[rings.doubtful()])
    plain = ~np.isin(names, twisted)
    right = untwisted(rings, twisted)
    others, other_names = whole_features(*rings.polygons(np.setdiff1d(right.loser, np.union1d(bad, twisted))))
    geometry = np.concatenate([made[plain], valid(right.geometry), others])
    feature = np.concatenate([names[plain], right.feature, other_names])
    return less(geometry, feature, right.given_up, right.loser), feature


@dataclass(frozen=True, slots=True)
class Untwisted:
    """Regions put right."""

    geometry: Geometry
    """(regions,) what each covers, valid."""

    feature: Ints
    """(regions,)."""

    given_up: Geometry
    """(pieces,) ground that another region keeps, without overlap between pieces of a region."""

    loser: Ints
    """(pieces,) the feature that gives it up."""


def untwisted(rings: RingsAt, features: Ints) -> Untwisted:
    """What some features cover, and what their neighbours have to give up for it."""
    faces, owner = _faces(rings, features)
    points = shapely.get_coordinates(shapely.point_on_surface(faces))
    winding = windings(rings, points, owner)
    order = np.argsort(owner, kind="stable")
    order = order[winding[order] > 0]
    covered, feature = _together(faces[order], owner[order])
    upside_down = np.flatnonzero(winding < 0)
    claimed, claimant = _claims(rings, points[upside_down], owner[upside_down])
    # The smallest claimant keeps the ground: it has the least to spare.
    size = rings.areas()
    rank = np.lexsort((claimant, size[claimant], claimed))
    loses = rank[~first_of_each(claimed[rank])]
    return Untwisted(covered, feature, faces[upside_down[claimed[loses]]], claimant[loses])


def windings(rings: RingsAt, points: NDArray[np.float64], feature: Ints) -> Ints:
    """(points,) how often the rings of a feature run around a point that lies on none of them.

    Sunday's winding number, https://en.wikipedia.org/wiki/Point_in_polygon#Winding_number_algorithm
    """
    ring_feature = rings.ring_feature
    first, last = np.searchsorted(ring_feature, feature), np.searchsorted(ring_feature, feature, side="right")
    before = offsets_of(rings.length)
    batch = np.cumsum(before[last] - before[first]) // STEPS_AT_ONCE
    batches = np.split(np.arange(len(feature)), np.flatnonzero(np.diff(batch)) + 1)
    return np.concatenate([_windings(rings, points[some], first[some], last[some]) for some in batches])


def _windings(rings: RingsAt, points: NDArray[np.float64], first: Ints, last: Ints) -> Ints:
    """The same for points and the first and last ring to ask, all at once."""
    ring = ranges(first, last - first)
    steps = np.bincount(np.repeat(np.arange(len(points)), last - first), rings.length[ring], len(points)).astype(
        np.int64
    )
    begin = ranges(rings.start[ring], rings.length[ring])
    a, b = picked(rings.xy, begin).astype(np.float64), picked(rings.xy, begin + 1).astype(np.float64)
    p = np.repeat(points, steps, axis=0)
    left = (b[:, 0] - a[:, 0]) * (p[:, 1] - a[:, 1]) - (p[:, 0] - a[:, 0]) * (b[:, 1] - a[:, 1])
    up = (a[:, 1] <= p[:, 1]) & (b[:, 1] > p[:, 1]) & (left > 0)
    down = (a[:, 1] > p[:, 1]) & (b[:, 1] <= p[:, 1]) & (left < 0)
    around = np.repeat(np.arange(len(points)), steps)
    total: Ints = np.bincount(around[up], minlength=len(points)) - np.bincount(around[down], minlength=len(points))
    return total


def _faces(rings: RingsAt, features: Ints) -> tuple[Geometry, Ints]:
    """The pieces of ground between all borders of each feature, and the feature of each."""
    ring_feature = rings.ring_feature
    ring = np.flatnonzero(np.isin(ring_feature, features) & (rings.length >= 3))
    closed = rings.length[ring] + 1
    xy = picked(rings.xy, ranges(rings.start[ring], closed)).astype(np.float64)
    lines = shapely.from_ragged_array(shapely.GeometryType.LINESTRING, xy, (offsets_of(closed),))
    names, owner = np.unique(ring_feature[ring], return_inverse=True)
    noded = shapely.node(shapely.multilinestrings(lines, indices=owner))
    faces, at = shapely.get_parts(shapely.polygonize(noded[:, None]), return_index=True)
    return faces, names[at]


def _together(faces: Geometry, owner: Ints) -> tuple[Geometry, Ints]:
    """The faces of each feature as one geometry."""
    if not len(faces):
        return faces, owner
    names, group = np.unique(owner, return_inverse=True)
    whole: Geometry = shapely.union_all(shapely.multipolygons(faces, indices=group)[:, None], axis=1)
    return whole, names


def _claims(rings: RingsAt, points: NDArray[np.float64], owner: Ints) -> tuple[Ints, Ints]:
    """Which points which neighbours of their owner claim, of the same level."""
    coverage = rings.coverage
    neighbour_of, neighbour = coverage.neighbours(np.unique(owner))
    first = np.searchsorted(neighbour_of, owner)
    count = np.searchsorted(neighbour_of, owner, side="right") - first
    point = np.repeat(np.arange(len(owner)), count)
    other = neighbour[ranges(first, count)]
    claims = windings(rings, points[point], other) > 0
    return point[claims], other[claims]


def without_straits(coverage: Coverage, lines: Lines, shapes: Shapes) -> Shapes:
    """Shapes in which no two regions overlap across a strait too narrow for the grid; the smaller one keeps the ground.

    Their coasts have changed places: it is the sea that is upside down there.
    """
    one, other = _across_straits(coverage, lines)
    if not len(one):
        return shapes
    near = np.isin(shapes.feature, np.concatenate([one, other]))
    geometry, names = whole_features(*shapes.where(near).polygons())
    row = np.full(coverage.features, -1)
    row[names] = np.arange(len(names))
    drawn = (row[one] >= 0) & (row[other] >= 0)
    one, other = one[drawn], other[drawn]
    overlap = shapely.intersection(geometry[row[one]], geometry[row[other]])
    lies = shapely.area(overlap) > 0
    if not lies.any():
        return shapes
    one, other, overlap = one[lies], other[lies], overlap[lies]
    loser = np.where(shapely.area(geometry[row[one]]) > shapely.area(geometry[row[other]]), one, other)
    losers = np.unique(loser)
    pieces, owner = shapely.get_parts(overlap, return_index=True)
    areal = shapely.area(pieces) > 0
    left = valid(less(geometry[row[losers]], losers, pieces[areal], loser[owner[areal]]))
    return shapes.where(~np.isin(shapes.feature, losers)).and_also(left, losers)


def _across_straits(coverage: Coverage, lines: Lines) -> tuple[Ints, Ints]:
    """Pairs of features of one level between whose coasts there may be no water left.

    Either some that meet on a pixel have not met in the source, or the two enclose a lake from one node to another.
    """
    arcs, _ = coverage.outer_arcs
    some = rows(lines, arcs)
    pixel, vertex = in_order(pixel_key(some.xy))
    new_pixel = first_of_each(pixel)
    alone = new_pixel & np.append(new_pixel[1:], True)
    pixel, vertex = pixel[~alone], vertex[~alone]
    source = some.source[vertex]
    # What mending added has come from nowhere, so it has met nothing there.
    given = np.where(source[:, None] < 0, vertex[:, None] + 2.0, picked(coverage.arcs.xy, source))
    place = np.cumsum(first_of_each(pixel)) - 1
    by_source, _ = grouped(given[:, 1], given[:, 0], place)
    mixed = (place[1:] == place[:-1]) & (np.diff(given[by_source], axis=0) != 0).any(axis=1)
    meets = marked(place[1:][mixed], len(place))[place]
    by_ends, new_ends = grouped(*coverage.ends[arcs].T)
    lake = np.cumsum(new_ends) - 1
    encloses = np.bincount(lake)[lake] > 1
    return coverage.pairs_of_users(
        np.concatenate([arcs[row_of(some.offsets)[vertex[meets]]], arcs[by_ends[encloses]]]),
        np.concatenate([place[meets], len(place) + lake[encloses]]),
    )
