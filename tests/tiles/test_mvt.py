"""Geometry of many tiles encoded at once, read back with mapbox-vector-tile."""

from __future__ import annotations

from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiles.cut import Pieces
from tiles.mvt import GeometryKind, features_by_tile, layer

coordinate = st.integers(-(2**20), 2**20)
point = st.tuples(coordinate, coordinate)
Parts = list[list[tuple[int, int]]]


def pieces_of(features: list[tuple[int, Parts]]) -> Pieces:
    """Of (tile, parts of a feature), in the order in which they are given."""
    parts = [(tile, number, part) for number, (tile, several) in enumerate(features) for part in several]
    xy = np.array([vertex for _, _, part in parts for vertex in part], np.int32).reshape(-1, 2)
    offsets = np.cumsum([0, *(len(part) for _, _, part in parts)])
    return Pieces(xy, offsets, np.array([tile for tile, _, _ in parts]), np.array([number for _, number, _ in parts]))


def decoded(body: bytes) -> dict[int, dict[str, Any]]:
    found = mapbox_vector_tile.decode(layer("regio", body), default_options={"y_coord_down": True})
    return {feature["id"]: feature["geometry"] for feature in found["regio"]["features"]}


def features(part: st.SearchStrategy[list[tuple[int, int]]], parts: int) -> st.SearchStrategy[list[tuple[int, Parts]]]:
    feature = st.tuples(st.integers(0, 3), st.lists(part, min_size=1, max_size=parts))
    return st.lists(feature, min_size=1, max_size=8).map(lambda found: sorted(found, key=lambda one: one[0]))


@given(features(st.lists(point, min_size=1, max_size=1), 1), st.integers(0, 2**53 - 9))
def test_points_come_back_as_they_were(given_features: list[tuple[int, Parts]], first_id: int) -> None:
    ids = np.arange(first_id, first_id + 8)
    tiles = features_by_tile(pieces_of(given_features), GeometryKind.POINT, ids)
    assert sorted(tiles) == sorted({tile for tile, _ in given_features})
    found = {id_: tuple(shape["coordinates"]) for body in tiles.values() for id_, shape in decoded(body).items()}
    assert found == {first_id + number: parts[0][0] for number, (_, parts) in enumerate(given_features)}


@given(features(st.lists(point, min_size=2, max_size=9), 3))
def test_lines_come_back_as_they_were(given_features: list[tuple[int, Parts]]) -> None:
    tiles = features_by_tile(pieces_of(given_features), GeometryKind.LINE, np.arange(1, 9))
    shapes = {id_: shape for body in tiles.values() for id_, shape in decoded(body).items()}
    for number, (_, parts) in enumerate(given_features):
        shape = shapes[number + 1]
        lines = [shape["coordinates"]] if shape["type"] == "LineString" else shape["coordinates"]
        assert [[tuple(vertex) for vertex in line] for line in lines] == parts


@given(st.lists(st.tuples(st.integers(0, 3), point, st.integers(3, 2**18), st.booleans()), min_size=1, max_size=8))
def test_polygons_with_their_holes_come_back_as_they_were(
    squares: list[tuple[int, tuple[int, int], int, bool]],
) -> None:
    def square(x: int, y: int, side: int, *, hole: bool) -> list[tuple[int, int]]:
        ring = [(x, y), (x + side, y), (x + side, y + side), (x, y + side)]
        return [ring[0], *reversed(ring[1:])] if hole else ring

    given_features: list[tuple[int, Parts]] = [
        (tile, [square(x, y, side, hole=False), *([square(x + 1, y + 1, 1, hole=True)] if hollow else [])])
        for tile, (x, y), side, hollow in sorted(squares)
    ]
    tiles = features_by_tile(pieces_of(given_features), GeometryKind.POLYGON, np.arange(1, 9))
    shapes = {id_: shape for body in tiles.values() for id_, shape in decoded(body).items()}
    for number, (_, parts) in enumerate(given_features):
        rings = [[tuple(vertex) for vertex in ring] for ring in shapes[number + 1]["coordinates"]]
        assert [set(ring) for ring in rings] == [set(part) for part in parts]
        assert all(ring[0] == ring[-1] for ring in rings)


@pytest.mark.parametrize("kind", list(GeometryKind))
def test_nothing_gives_no_tiles(kind: GeometryKind) -> None:
    assert features_by_tile(pieces_of([]), kind, np.zeros(0, np.int64)) == {}
