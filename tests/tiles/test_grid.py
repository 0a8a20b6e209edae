"""Grids and projection, against pyproj and published numbers."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiles.grid import RD_NEW_EXTENT, Grid, GridName, TileCoord, tile_matrix_set
from tiles.project import FIT_FROM, to_unit_square

coords = st.integers(0, 20).flatmap(
    lambda z: st.builds(TileCoord, st.just(z), st.integers(0, 2**z - 1), st.integers(0, 2**z - 1))
)


@given(coords, st.sampled_from(list(GridName)))
def test_the_middle_of_a_tile_lies_in_that_tile(coord: TileCoord, name: GridName) -> None:
    grid = Grid.named(name)
    west, south, east, north = grid.bounds(coord)
    assert grid.at((west + east) / 2, (south + north) / 2, coord.z) == coord


def test_amersfoort_is_in_tile_8_128_128_of_the_dutch_grid() -> None:
    grid = Grid.named(GridName.RD_NEW)
    assert grid.at(155_001, 462_999, 8) == TileCoord(8, 128, 128)
    assert (grid.west, grid.north) == (RD_NEW_EXTENT[0], RD_NEW_EXTENT[3])
    assert grid.size_m == pytest.approx(256 * 3440.64)


@pytest.mark.parametrize("name", GridName)
def test_a_grid_has_the_numbers_of_its_tile_matrix_set(name: GridName) -> None:
    grid, matrices = Grid.named(name), tile_matrix_set(name)
    assert matrices.crs.to_epsg() == grid.epsg
    for z in (0, 1, 7, 16):
        matrix = matrices.matrix(z)
        assert (matrix.matrixWidth, matrix.matrixHeight) == (1 << z, 1 << z)
        assert matrix.pointOfOrigin == (grid.west, grid.north)
        assert matrix.cellSize * matrix.tileWidth == pytest.approx(grid.size_m / (1 << z), rel=1e-12)


def test_many_points_are_projected_to_within_a_centimetre_of_pyproj() -> None:
    rng = np.random.default_rng(5)
    xy = rng.uniform((10_000, 306_000), (278_000, 620_000), (FIT_FROM * 3, 2))
    grid = Grid.named(GridName.WEB_MERCATOR)
    unit = to_unit_square(xy, pyproj.CRS.from_epsg(28992), grid)
    x, y = pyproj.Transformer.from_crs(28992, 3857, always_xy=True).transform(xy[:, 0], xy[:, 1])
    assert np.abs(unit[:, 0] * grid.size_m + grid.west - x).max() < 0.02
    assert np.abs(grid.north - unit[:, 1] * grid.size_m - y).max() < 0.02


def test_equal_points_stay_equal_among_many() -> None:
    rng = np.random.default_rng(6)
    xy = rng.uniform((10_000, 306_000), (278_000, 620_000), (FIT_FROM, 2))
    grid = Grid.named(GridName.WEB_MERCATOR)
    first = to_unit_square(np.vstack([xy, xy[:7]]), pyproj.CRS.from_epsg(28992), grid)
    assert np.allclose(first[:7], first[-7:], rtol=0, atol=1e-15)
