"""Tiles of whole coverages, read back with mapbox-vector-tile."""

from __future__ import annotations

import gzip
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings

from tests.tiles.make import (
    MIDDLE,
    RD,
    Geometry,
    coverages,
    decoded,
    decoded_shapes,
    level,
    pyramid,
    wiggly_coverage,
)
from tiles.archive import TileArchive
from tiles.cut import EXTENT
from tiles.grid import Grid, GridName, TileCoord
from tiles.project import to_unit_square
from tiles.pyramid import LABEL_BUFFER, Backdrop, write_pyramid

FRAME = shapely.box(0, 0, 4096, 4096)

quiet = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def shapes_by_tile(path: Path, name: str) -> dict[TileCoord, dict[int, shapely.Geometry]]:
    archive = TileArchive.open(path)
    return {coord: decoded_shapes(decoded(archive, coord), name) for coord in archive.coords()}


@quiet
@given(coverages)
def test_neighbours_leave_neither_gap_nor_overlap_at_any_zoom(tmp_path: Path, coverage: Geometry) -> None:
    report = pyramid(tmp_path / "t.pmtiles", level("regio", coverage), maxzoom=9)
    # Regions smaller than a pixel keep about half a pixel each; nothing else may overlap.
    smallest = {zoom.z: zoom.enlarged for zoom in report.zooms}
    for coord, shapes in shapes_by_tile(tmp_path / "t.pmtiles", "regio").items():
        inside = shapely.intersection(np.array(list(shapes.values()), object), FRAME)
        union = shapely.union_all(inside)
        overlap = shapely.area(inside).sum() - union.area
        holes = sum(shapely.Polygon(ring).area for part in shapely.get_parts(union) for ring in _interiors(part))
        assert overlap <= smallest[coord.z] + 1e-6, coord
        assert holes <= smallest[coord.z] + 1e-6, coord


def _interiors(part: shapely.Geometry) -> list[shapely.LinearRing]:
    return list(part.interiors) if isinstance(part, shapely.Polygon) else []


@quiet
@given(coverages)
def test_no_region_is_lost_and_every_polygon_is_valid(tmp_path: Path, coverage: Geometry) -> None:
    regions = level("regio", coverage)
    pyramid(tmp_path / "t.pmtiles", regions, maxzoom=8)
    found: dict[int, set[int]] = defaultdict(set)
    for coord, shapes in shapes_by_tile(tmp_path / "t.pmtiles", "regio").items():
        found[coord.z] |= set(shapes)
        if coord.z >= 6:
            assert all(shape.is_valid for shape in shapes.values()), coord
    assert all(found[z] == set(regions.ids.tolist()) for z in range(9))


@quiet
@given(coverages)
def test_shapes_stay_within_a_few_pixels_of_the_source(tmp_path: Path, coverage: Geometry) -> None:
    regions = level("regio", coverage)
    pyramid(tmp_path / "t.pmtiles", regions, maxzoom=8)
    grid = Grid.named(GridName.WEB_MERCATOR)
    true = shapely.transform(coverage, lambda xy: to_unit_square(xy, RD, grid))
    true_shape = dict(zip(regions.ids.tolist(), true, strict=True))
    for coord, shapes in shapes_by_tile(tmp_path / "t.pmtiles", "regio").items():
        corner = np.array([coord.x, coord.y]) * 4096
        units = 4096 << coord.z
        for region, shape in shapes.items():
            on_grid = shapely.transform(shape, lambda xy, c=corner, u=units: (xy + c) / u)
            # No vertex strays from the true region by more than a simplification triangle reaches.
            away = shapely.hausdorff_distance(shapely.intersection(on_grid, true_shape[region]), on_grid) * units
            assert away < 40 or shape.area < 8, (coord, region)


def test_two_builds_give_the_same_bytes(tmp_path: Path) -> None:
    coverage = wiggly_coverage(1, 12)
    for name in ("one", "two"):
        pyramid(tmp_path / name, level("regio", coverage))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_nested_levels_coincide_at_every_zoom(tmp_path: Path) -> None:
    fine = wiggly_coverage(7, 24)
    coarse = np.array([shapely.coverage_union_all(fine[i::4]) for i in range(4)], object)
    pyramid(
        tmp_path / "t.pmtiles",
        level("gemeente", coarse, prefix="G"),
        level("wijk", fine, minzoom=5, prefix="W"),
        maxzoom=9,
    )
    archive = TileArchive.open(tmp_path / "t.pmtiles")
    for coord in archive.coords():
        layers = decoded(archive, coord)
        assert ("wijk" in layers) == (coord.z >= 5)
        if coord.z >= 5:
            both = [
                shapely.union_all(shapely.intersection(list(decoded_shapes(layers, name).values()), FRAME))
                for name in ("gemeente", "wijk")
            ]
            assert both[0].symmetric_difference(both[1]).area < 1e-6, coord


def test_a_country_of_islands_keeps_those_smaller_than_a_pixel(tmp_path: Path) -> None:
    islands = np.array(
        [shapely.box(x, y, x + 30, y + 30) for x in MIDDLE[0] + np.arange(5) * 900 for y in (MIDDLE[1], 463_700)],
        object,
    )
    regions = level("eiland", islands)
    pyramid(tmp_path / "t.pmtiles", regions, maxzoom=6)
    for shapes in shapes_by_tile(tmp_path / "t.pmtiles", "eiland").values():
        assert set(shapes) == set(regions.ids.tolist())
        assert all(shape.area > 0 for shape in shapes.values())


def test_each_border_is_drawn_once_with_the_level_it_separates(tmp_path: Path) -> None:
    x, y = MIDDLE
    quarter = [
        shapely.box(x + i * 4e3, y + j * 4e3, x + (i + 1) * 4e3, y + (j + 1) * 4e3) for i in (0, 1) for j in (0, 1)
    ]
    wijken = np.array(quarter, object)
    gemeenten = np.array([shapely.union(quarter[0], quarter[1]), shapely.union(quarter[2], quarter[3])], object)
    pyramid(
        tmp_path / "t.pmtiles", level("gemeente", gemeenten, prefix="G"), level("wijk", wijken, prefix="W"), maxzoom=8
    )
    archive = TileArchive.open(tmp_path / "t.pmtiles")
    grid = Grid.named(GridName.WEB_MERCATOR)
    unit = to_unit_square(np.array([[x + 4e3, y + 4e3]]), RD, grid)[0]
    layers = decoded(archive, TileCoord(8, int(unit[0] * 256), int(unit[1] * 256)))
    drawn = {
        (feature["properties"]["level"], feature["properties"].get("outer", False)): shapely.geometry.shape(
            feature["geometry"]
        ).length
        for feature in layers["grenzen"]["features"]
    }
    side = drawn["gemeente", True] / 8
    assert set(drawn) == {("gemeente", True), ("gemeente", False), ("wijk", False)}
    assert drawn["gemeente", False] == pytest.approx(2 * side, rel=0.01)
    assert drawn["wijk", False] == pytest.approx(2 * side, rel=0.01)


def test_every_region_has_one_label_in_each_zoom_inside_itself(tmp_path: Path) -> None:
    coverage = wiggly_coverage(3, 20)
    regions = level("regio", coverage)
    pyramid(tmp_path / "t.pmtiles", regions, maxzoom=9)
    archive = TileArchive.open(tmp_path / "t.pmtiles")
    for z in (5, 9):
        found = []
        for coord in (coord for coord in archive.coords() if coord.z == z):
            layers = decoded(archive, coord)
            shapes = decoded_shapes(layers, "regio")
            for feature in layers.get("labels", {"features": []})["features"]:
                if not all(0 <= place < EXTENT for place in feature["geometry"]["coordinates"]):
                    continue  # the label of a neighbour, for clients that draw tile by tile
                found.append(feature["properties"]["code"])
                assert z < 9 or shapes[feature["id"]].distance(shapely.geometry.shape(feature["geometry"])) <= 1
        assert sorted(found) == sorted(regions.codes)


def test_a_label_near_an_edge_is_in_the_tile_beyond_it_too(tmp_path: Path) -> None:
    """QGIS draws tile by tile and would cut its circle in half."""
    pyramid(tmp_path / "t.pmtiles", level("regio", wiggly_coverage(3, 20)), maxzoom=9)
    archive = TileArchive.open(tmp_path / "t.pmtiles")
    places: dict[int, dict[TileCoord, tuple[float, float]]] = defaultdict(dict)
    for coord in (coord for coord in archive.coords() if coord.z == 9):
        for feature in decoded(archive, coord).get("labels", {"features": []})["features"]:
            x, y = feature["geometry"]["coordinates"]
            places[feature["id"]][coord] = (coord.x * EXTENT + x, coord.y * EXTENT + y)
    assert any(len(tiles) > 1 for tiles in places.values())
    for tiles in places.values():
        [(x, y)] = set(tiles.values())
        near = {
            (int((x + dx) // EXTENT), int((y + dy) // EXTENT))
            for dx in (-LABEL_BUFFER, 0, LABEL_BUFFER)
            for dy in (-LABEL_BUFFER, 0, LABEL_BUFFER)
        }
        assert {(coord.x, coord.y) for coord in tiles} == {
            at for at in near if TileCoord(9, *at) in set(archive.coords())
        }


def test_a_crowded_tile_has_a_point_for_every_region(tmp_path: Path) -> None:
    x, y = MIDDLE
    sizes = np.linspace(20, 60, 300)
    regions = level(
        "regio",
        np.array([shapely.box(x + i * 90, y, x + i * 90 + size, y + size) for i, size in enumerate(sizes)], object),
    )
    pyramid(tmp_path / "t.pmtiles", regions, maxzoom=3)
    archive = TileArchive.open(tmp_path / "t.pmtiles")
    (coord,) = (coord for coord in archive.coords() if coord.z == 3)
    named = [feature["properties"]["rank"] for feature in decoded(archive, coord)["labels"]["features"]]
    assert sorted(named) == list(range(300))


def test_a_backdrop_is_a_layer_of_its_own(tmp_path: Path) -> None:
    x, y = MIDDLE
    water = Backdrop("water", np.array([shapely.box(x, y, x + 500, y + 500)], object))
    dike = Backdrop("dijk", np.array([shapely.LineString([(x, y), (x + 9e3, y + 1e3)])], object), minzoom=6)
    pyramid(tmp_path / "t.pmtiles", level("regio", wiggly_coverage(5, 6)), backdrop=(water, dike), maxzoom=8)
    archive = TileArchive.open(tmp_path / "t.pmtiles")
    by_zoom: dict[int, set[str]] = defaultdict(set)
    for coord in archive.coords():
        by_zoom[coord.z] |= set(decoded(archive, coord))
    assert "water" in by_zoom[0]
    assert "dijk" not in by_zoom[5]
    assert "dijk" in by_zoom[6]


def test_the_dutch_grid_comes_from_the_same_code(tmp_path: Path) -> None:
    coverage = wiggly_coverage(2, 10)
    write_pyramid(tmp_path / "t.pmtiles", [level("regio", coverage)], [], RD, 8, {}, grid=GridName.RD_NEW)
    archive = TileArchive.open(tmp_path / "t.pmtiles")
    grid = Grid.named(GridName.RD_NEW)
    middle = grid.at(*MIDDLE, 8)
    assert archive.tile(middle) is not None
    west, south, east, north = grid.bounds(middle)
    for region, shape in decoded_shapes(decoded(archive, middle), "regio").items():
        index = level("regio", coverage).ids.tolist().index(region)
        on_ground = shapely.transform(
            shape,
            lambda xy: np.column_stack(
                [west + xy[:, 0] / 4096 * (east - west), north - xy[:, 1] / 4096 * (north - south)]
            ),
        )
        true = shapely.clip_by_rect(coverage[index], west, south, east, north)
        inside = shapely.clip_by_rect(on_ground, west, south, east, north)
        assert true.symmetric_difference(inside).area < 0.02 * (east - west) * (north - south)


def test_tiles_that_hold_nothing_are_not_there(tmp_path: Path) -> None:
    pyramid(tmp_path / "t.pmtiles", level("regio", wiggly_coverage(4, 5)), maxzoom=7)
    archive = TileArchive.open(tmp_path / "t.pmtiles")
    assert archive.tile(TileCoord(7, 0, 0)) is None
    assert all(gzip.decompress(archive.tile(coord) or b"") for coord in archive.coords())
