"""Tile ids of many tiles at once, against the pmtiles package."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from pmtiles.tile import zxy_to_tileid

from tiles.hilbert import tile_ids, tile_places

places = st.integers(0, 31).flatmap(lambda z: st.tuples(st.just(z), st.integers(0, 2**z - 1), st.integers(0, 2**z - 1)))


@given(st.lists(places, max_size=40))
def test_ids_are_those_of_the_pmtiles_package(coords: list[tuple[int, int, int]]) -> None:
    z, x, y = np.array(coords, np.int64).reshape(-1, 3).T
    assert tile_ids(z, x, y).tolist() == [zxy_to_tileid(*coord) for coord in coords]


@given(st.lists(places, max_size=40))
def test_a_tile_id_gives_its_tile_back(coords: list[tuple[int, int, int]]) -> None:
    z, x, y = np.array(coords, np.int64).reshape(-1, 3).T
    found = np.column_stack(tile_places(tile_ids(z, x, y)))
    assert [tuple(row) for row in found.tolist()] == coords
