"""Pieces in tiles made in code: what encoders are given."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from tiles.cut import Pieces
from tiles.mvt import GeometryKind

Points = list[tuple[int, int]]
Parts = list[list[Points]]
"""The parts of a feature; a part is a shell and its holes, or one line or point."""

near = st.tuples(st.integers(-2, 3), st.integers(-2, 3))
"""Few pixels, so that parts share many."""

far = st.tuples(st.integers(-33, 4129), st.integers(-33, 4129))


def doubled_area(ring: Sequence[tuple[int, int]]) -> int:
    return sum(ring[i - 1][0] * ring[i][1] - ring[i][0] * ring[i - 1][1] for i in range(len(ring)))


def turned(ring: Points, sign: int) -> Points:
    """The ring as a shell, for sign 1, or as a hole, for -1."""
    return ring if doubled_area(ring) * sign > 0 else ring[::-1]


rings = st.one_of([st.lists(point, min_size=3, max_size=9) for point in (near, far)]).filter(doubled_area)
polygons = st.builds(
    lambda shell, holes: [turned(shell, 1), *(turned(hole, -1) for hole in holes)],
    rings,
    st.lists(rings, max_size=2),
)
lines = st.one_of([st.lists(point, min_size=2, max_size=9) for point in (near, far)]).map(lambda line: [line])
points = st.one_of(near, far).map(lambda point: [[point]])

PARTS = {GeometryKind.POLYGON: polygons, GeometryKind.LINE: lines, GeometryKind.POINT: points}


def tiles_of(kind: GeometryKind) -> st.SearchStrategy[dict[int, dict[int, Parts]]]:
    """By tile and feature: parts."""
    features = st.dictionaries(st.integers(0, 9), st.lists(PARTS[kind], min_size=1, max_size=3), min_size=1, max_size=5)
    return st.dictionaries(st.integers(0, 40), features, min_size=1, max_size=4)


def pieces_of(tiles: dict[int, dict[int, Parts]]) -> Pieces:
    """Ordered by tile and feature."""
    rows = [
        (tile, feature, ring)
        for tile, features in sorted(tiles.items())
        for feature, parts in sorted(features.items())
        for part in parts
        for ring in part
    ]
    return Pieces(
        np.array([point for _, _, ring in rows for point in ring], np.int32).reshape(-1, 2),
        np.append(0, np.cumsum([len(ring) for _, _, ring in rows])).astype(np.int64),
        np.array([tile for tile, _, _ in rows], np.int64),
        np.array([feature for _, feature, _ in rows], np.int64),
    )
