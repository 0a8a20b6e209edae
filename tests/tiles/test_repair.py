"""Input that is no clean coverage."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely
import shapely.affinity
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.tiles.make import wiggly_coverage
from tiles.repair import metre_of, repair_coverage


def test_a_clean_coverage_is_left_as_it_is() -> None:
    coverage = wiggly_coverage(1, 8)
    repaired = repair_coverage(coverage)
    assert shapely.equals_exact(repaired.geometry, coverage, 0).all()
    assert repaired.report.sentences() == []


def test_an_overlap_between_neighbours_is_given_to_one_of_them() -> None:
    overlapping = np.array([shapely.box(0, 0, 1000, 1000), shapely.box(999, 0, 2000, 1000)], object)
    repaired = repair_coverage(overlapping)
    assert shapely.coverage_is_valid(repaired.geometry)
    assert shapely.area(repaired.geometry).sum() == pytest.approx(2_000_000)
    assert repaired.report.mismatched.tolist() == [0, 1]
    assert "2 regions overlapped a neighbour" in repaired.report.sentences()[0]


def test_edges_that_do_not_match_get_the_same_vertices() -> None:
    west = shapely.box(0, 0, 10, 10)
    north_east, south_east = shapely.box(10, 5, 20, 10), shapely.box(10, 0, 20, 5)
    repaired = repair_coverage(np.array([west, north_east, south_east], object))
    assert shapely.coverage_is_valid(repaired.geometry)
    assert [10.0, 5.0] in shapely.get_coordinates(repaired.geometry[0]).tolist()


def test_a_narrow_gap_goes_to_the_neighbour_with_the_longest_border_on_it() -> None:
    west = shapely.Polygon([(0, 0), (0, 100), (100, 100), (100, 90), (99.5, 50), (100, 10), (100, 0)])
    east = shapely.Polygon([(100, 0), (100, 10), (100, 90), (100, 100), (200, 100), (150, 50), (200, 0)])
    overlapping = shapely.box(-50, 0, 0.5, 100)
    repaired = repair_coverage(np.array([west, east, overlapping], object))
    assert repaired.report.gaps == 1
    assert "1 gap between neighbours narrower than 1 m closed" in repaired.report.sentences()
    union = shapely.union_all(repaired.geometry)
    assert len(union.interiors) == 0
    assert shapely.coverage_is_valid(repaired.geometry)


def test_a_lake_is_no_gap() -> None:
    around = shapely.Polygon([(0, 0), (100, 0), (100, 100), (0, 100)], [[(40, 40), (60, 40), (60, 60), (40, 60)]])
    repaired = repair_coverage(np.array([around, shapely.box(99.5, 0, 200, 100)], object))
    assert len(repaired.geometry[0].interiors) == 1
    assert repaired.report.gaps == 0


@pytest.mark.parametrize(("epsg", "metre"), [(28992, 1.0), (3857, 1.0), (4326, 1 / 111_195)])
def test_a_metre_is_known_in_every_crs(epsg: int, metre: float) -> None:
    assert metre_of(pyproj.CRS.from_epsg(epsg)) == pytest.approx(metre, rel=1e-4)


def test_a_polygon_that_crosses_itself_is_made_valid_and_named() -> None:
    bow_tie = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    repaired = repair_coverage(np.array([bow_tie, shapely.box(20, 0, 30, 10)], object))
    assert shapely.is_valid(repaired.geometry).all()
    assert repaired.geometry[0].area == 50
    names = np.array(["WK990101", "WK990102"], object)
    assert repaired.report.sentences(names)[0] == "1 region had a border that crosses itself, made valid: WK990101"


def test_regions_that_overlap_by_design_keep_their_shape() -> None:
    districts = np.array([shapely.box(0, 0, 10, 10), shapely.box(5, 0, 15, 10), shapely.box(0, 0, 15, 5)], object)
    repaired = repair_coverage(districts)
    assert repaired.report.overlap_by_design
    assert shapely.equals_exact(repaired.geometry, districts, 0).all()
    assert "taken as meant" in " ".join(repaired.report.sentences())


def test_regions_without_geometry_stay_without() -> None:
    some = np.array([None, shapely.Polygon(), shapely.box(0, 0, 1, 1)], object)
    repaired = repair_coverage(some)
    assert repaired.geometry[0] is None
    assert repaired.geometry[1].is_empty


@pytest.mark.real_data
def test_the_buurten_of_2016_become_a_valid_coverage_and_none_is_lost(shared_data: Path) -> None:
    frame = gpd.read_parquet(shared_data / "geo" / "nl_buurt_2016_wof.parquet")
    repaired = repair_coverage(np.asarray(frame.geometry.array), metre_of(frame.crs))
    report = repaired.report
    kept = np.setdiff1d(np.arange(len(frame)), report.unrepaired)
    edges = shapely.coverage_invalid_edges(repaired.geometry[kept])
    assert kept[~shapely.is_empty(edges)].tolist() == report.remaining.tolist()
    assert len(report.remaining) <= 2
    assert (shapely.area(repaired.geometry) > 0).all()
    assert len(report.invalid) == 4
    assert 3000 < len(report.mismatched) < 4000


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.sampled_from([1e-3, 200.0, 9e3]))
@example(2, 1e-3)
def test_faults_are_found_where_geos_finds_them_when_it_looks_everywhere(seed: int, shift_m: float) -> None:
    """Edges that are once one region's and once another's are not handed to GEOS."""
    coverage = wiggly_coverage(seed, 40)
    shifted = coverage.copy()
    for region in np.random.default_rng(seed).choice(40, 3, replace=False):
        shifted[region] = shapely.affinity.translate(coverage[region], shift_m, 0)
    edges = shapely.coverage_invalid_edges(shifted)
    assert np.flatnonzero(~shapely.is_empty(edges)).tolist() == repair_coverage(shifted).report.mismatched.tolist()


def test_a_border_is_no_fault_where_only_one_side_of_it_is_looked_at() -> None:
    """All edges of the square in the middle have another side, so GEOS does not get it."""
    squares = [shapely.box(x, y, x + 10, y + 10) for y in (0, 10, 20) for x in (0, 10, 20)]
    regions = np.array([*squares, shapely.box(5, 5, 25, 25)], object)
    edges = shapely.coverage_invalid_edges(regions)
    assert np.flatnonzero(~shapely.is_empty(edges)).tolist() == [9]
    assert repair_coverage(regions).report.mismatched.tolist() == [9]


def test_a_region_drawn_twice_is_a_fault() -> None:
    box, beside = shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)
    assert repair_coverage(np.array([box, beside, box], object)).report.mismatched.tolist()


def test_ten_thousand_filled_holes_are_asked_about_one_by_one() -> None:
    """GEOS took minutes, as it looks at all edges of the polygon with the holes for each of those that fill them."""
    x, y = (10.0 * axis.ravel() for axis in np.meshgrid(np.arange(100), np.arange(100)))
    holes = shapely.box(x + 2, y + 2, x + 8, y + 8)
    around = shapely.Polygon(shapely.box(-5, -5, 1005, 1005).exterior, [hole.exterior for hole in holes])
    assert repair_coverage(np.append(holes, around)).report.sentences() == []
