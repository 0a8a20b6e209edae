"""The meter on archives with faults of known size, made with an encoder that is not ours."""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from pathlib import Path

import mapbox_vector_tile
import numpy as np
import pyproj
import pytest
import shapely
from mapbox_vector_tile.Mapbox import vector_tile_pb2

from tests.tiles.make import RD, level, pyramid, wiggly_coverage
from tiles.archive import TileArchive, write_archive
from tiles.decoded import decoded_areas
from tiles.errors import NotMeasurable
from tiles.grid import Grid, GridName, TileCoord
from tiles.quality import ZoomQuality, _cover, measure, ppm_text
from tiles.truth import Source, Truth

Ring = Sequence[tuple[int, int]]
Features = Mapping[int, Sequence[Ring]]
"""Rings of each feature by id, in tile units with y down."""

BOUNDS = (0.0, 0.0, 1.0, 1.0)
HERE = TileCoord(0, 0, 0)


def box(west: int, north: int, east: int, south: int) -> Ring:
    """A shell, wound as the specification asks."""
    return [(west, north), (east, north), (east, south), (west, south)]


def hole(west: int, north: int, east: int, south: int) -> Ring:
    return box(west, north, east, south)[::-1]


def tile_of(features: Features, *, extent: int = 4096, with_ids: bool = True) -> bytes:
    """A tile with one layer, exactly as told: nothing is closed, wound or dropped."""
    tile = vector_tile_pb2.tile()
    layer = tile.layers.add(name="regio", version=2, extent=extent, keys=["code"])
    for number, rings in features.items():
        layer.values.add(string_value=f"R{number}")
        feature = layer.features.add(type=3, tags=[0, len(layer.values) - 1])
        if with_ids:
            feature.id = number
        cursor = np.zeros(2, int)
        for ring in rings:
            steps = np.diff(np.vstack([cursor, ring]), axis=0)
            words = ((steps << 1) ^ (steps >> 31)).ravel().tolist()
            feature.geometry.extend([9, *words[:2], (len(ring) - 1) << 3 | 2, *words[2:], 15])
            cursor = np.array(ring[-1])
    return bytes(tile.SerializeToString())


def archive_of(folder: Path, tiles: Mapping[TileCoord, bytes]) -> TileArchive:
    write_archive(
        folder / "t.pmtiles", {coord: gzip.compress(tile, mtime=0) for coord, tile in tiles.items()}, BOUNDS, {}
    )
    return TileArchive.open(folder / "t.pmtiles")


def four_boxes(middle: int = 2048) -> dict[int, list[Ring]]:
    """A square of 2,000 units cut in four."""
    low, high = 1048, 3048
    return {
        1: [box(low, low, middle, middle)],
        2: [box(middle, low, high, middle)],
        3: [box(low, middle, middle, high)],
        4: [box(middle, middle, high, high)],
    }


def at_largest_zoom(folder: Path, features: Features) -> ZoomQuality:
    """What is found at zoom 0 of two, where zoom 1 shows four whole boxes in its north-west tile."""
    clean = {number: [[(x * 2, y * 2) for x, y in ring] for ring in rings] for number, rings in four_boxes().items()}
    quarters = {TileCoord(1, x, y): tile_of(_moved(clean, -4096 * x, -4096 * y)) for x in (0, 1) for y in (0, 1)}
    return measure(archive_of(folder, {HERE: tile_of(features), **quarters})).zooms[0]


def _moved(features: Features, right: int, down: int) -> dict[int, list[Ring]]:
    return {number: [[(x + right, y + down) for x, y in ring] for ring in rings] for number, rings in features.items()}


def test_a_clean_coverage_has_nothing_to_report(tmp_path: Path) -> None:
    found = at_largest_zoom(tmp_path, four_boxes())
    assert (found.features, found.regions, found.lost, found.invalid) == (4, 4, 0, 0)
    assert (found.overlap_ppm, found.gap_ppm) == (0, 0)
    assert found.looked_at == pytest.approx((2000 - 2 * 1.25 * 8) ** 2 / 2000**2)


def test_an_overlap_is_measured_in_millionths_of_the_ground(tmp_path: Path) -> None:
    found = at_largest_zoom(tmp_path, {**four_boxes(), 1: [box(1048, 1048, 2058, 2048)]})
    assert found.overlap_ppm == pytest.approx(10 * 1000 / 2000**2 * 1e6)
    assert (found.gap_ppm, found.lost, found.invalid) == (0, 0, 0)


def test_a_region_inside_another_overlaps_with_all_its_area(tmp_path: Path) -> None:
    found = at_largest_zoom(tmp_path, {**four_boxes(), 5: [box(1200, 1200, 1300, 1300)]})
    assert found.overlap_ppm == pytest.approx(100 * 100 / 2000**2 * 1e6)
    assert found.gap_ppm == 0


def test_the_quick_way_and_adding_everything_up_find_the_same_overlap() -> None:
    rng = np.random.default_rng(2)
    cells = wiggly_coverage(3, 40)
    west, south, east, north = shapely.total_bounds(cells)
    shapes = shapely.transform(cells, lambda xy: (xy - (west, south)) / (east - west, north - south))
    moved = rng.choice(len(shapes), 5, replace=False)
    shapes[moved] = shapely.transform(shapes[moved], lambda xy: xy + 0.01)
    cover, overlap = _cover(shapes)
    inside = shapely.intersection(shapes, shapely.box(0, 0, 1, 1))
    assert overlap == pytest.approx(shapely.area(inside).sum() - shapely.union_all(inside).area)
    assert cover.symmetric_difference(shapely.union_all(inside)).area < 1e-12


def test_a_gap_between_neighbours_is_measured_up_to_a_pixel_from_the_edge(tmp_path: Path) -> None:
    found = at_largest_zoom(tmp_path, {**four_boxes(), 1: [box(1048, 1048, 2038, 2048)]})
    assert found.gap_ppm == pytest.approx(10 * (1000 - 1.25 * 8) / 2000**2 * 1e6)
    assert found.overlap_ppm == 0


def test_a_region_that_is_gone_is_lost_and_leaves_a_gap(tmp_path: Path) -> None:
    three = {number: rings for number, rings in four_boxes().items() if number != 3}
    found = at_largest_zoom(tmp_path, three)
    assert (found.regions, found.lost) == (3, 1)
    assert found.gap_ppm == pytest.approx(990**2 / 2000**2 * 1e6)


def test_a_region_without_area_is_lost_and_invalid(tmp_path: Path) -> None:
    found = at_largest_zoom(tmp_path, {**four_boxes(), 3: [[(1048, 2048), (2048, 2048), (1500, 2048)]]})
    assert (found.features, found.regions, found.lost, found.invalid) == (4, 3, 1, 1)


@pytest.mark.parametrize(
    "rings",
    [
        pytest.param([[(1048, 1048), (2048, 2048), (2048, 1048), (1048, 2048)]], id="bow-tie"),
        pytest.param([box(1048, 1048, 2048, 2048)[::-1]], id="shell wound the wrong way"),
        pytest.param([box(1048, 1048, 2048, 2048), box(1100, 1100, 1200, 1200)], id="hole wound like its shell"),
        pytest.param([box(1048, 1048, 2048, 2048), hole(5000, 1, 5010, 9)], id="hole outside its shell"),
        pytest.param([box(1048, 1048, 2048, 2048), box(1500, 1500, 2048, 2048)], id="part in a part"),
        pytest.param(
            [[(1048, 1048), (2048, 1048), (2048, 2048), (2048, 3000), (2048, 2048), (1048, 2048)]], id="spike"
        ),
    ],
)
def test_an_invalid_polygon_is_counted(tmp_path: Path, rings: list[Ring]) -> None:
    assert at_largest_zoom(tmp_path, {**four_boxes(), 1: rings}).invalid == 1


def test_a_ring_of_one_or_two_points_is_counted_and_not_stumbled_over() -> None:
    square = box(0, 0, 10, 10)
    tile = tile_of({1: [square], 2: [square, [(3, 3), (4, 4)]], 3: [square, [(3, 3)]], 4: [[(3, 3)]]})
    (areas,) = decoded_areas(tile)
    assert areas.keys == (1, 2, 3, 4)
    assert areas.faulty.tolist() == [False, True, True, True]


def test_a_bow_tie_counts_with_the_area_it_encloses(tmp_path: Path) -> None:
    bow_tie = [[(1048, 1048), (2048, 2048), (2048, 1048), (1048, 2048)]]
    found = at_largest_zoom(tmp_path, {**four_boxes(), 1: bow_tie})
    assert found.overlap_ppm == 0
    assert found.gap_ppm == pytest.approx(500 * 1000 / 2000**2 * 1e6, rel=0.05)


def test_a_lake_is_no_gap_and_a_crack_at_the_largest_zoom_is_one(tmp_path: Path) -> None:
    lake = {1: [box(0, 0, 4096, 4096), hole(1000, 1000, 1100, 1100)]}
    crack = {1: [box(0, 0, 4096, 4096), hole(1000, 1000, 2000, 1005)]}
    (tmp_path / "a").mkdir()
    assert measure(archive_of(tmp_path, {HERE: tile_of(lake)})).zooms[0].gap_ppm == 0
    found = measure(archive_of(tmp_path / "a", {HERE: tile_of(crack)})).zooms[0]
    assert found.gap_ppm == pytest.approx(5000 / 4096**2 * 1e6)


def test_a_lake_smaller_than_a_pixel_with_its_shore_and_an_island_in_a_lake_are_the_truth() -> None:
    lakes = [shapely.box(0.3, 0.3, 0.3003, 0.3003), shapely.box(0.6, 0.6, 0.9, 0.9)]
    island = shapely.box(0.7, 0.7, 0.8, 0.8)
    land = shapely.union(shapely.difference(shapely.box(0, 0, 1, 1), shapely.union_all(lakes)), island)
    looked_at = Truth(land, frozenset()).well_inside(0)
    assert not looked_at.intersects(shapely.union_all(lakes).difference(island.buffer(0.01)))
    assert island.buffer(-0.01).within(looked_at)


def test_ground_is_missed_where_the_tile_is_missing(tmp_path: Path) -> None:
    whole = {1: [box(0, 0, 4096, 4096)]}
    tiles = {TileCoord(2, x, y): tile_of(whole) for x in (0, 1) for y in (0, 1)}
    archive = archive_of(tmp_path, {TileCoord(1, 0, 0): tile_of(whole), **tiles})
    assert [zoom.gap_ppm for zoom in measure(archive).zooms] == [0, 0]
    (tmp_path / "less").mkdir()
    square = shapely.box(*Grid.named(GridName.WEB_MERCATOR).bounds(TileCoord(1, 0, 0)))
    source = Source(np.array([square]), [1], pyproj.CRS.from_epsg(3857))
    tiles.pop(TileCoord(2, 1, 1))
    less = archive_of(tmp_path / "less", tiles)
    found = measure(less, source=source, layers=["regio"]).zooms[0]
    assert found.gap_ppm == pytest.approx(0.25e6, rel=0.02)
    assert found.difference == pytest.approx(0.25)


def test_what_lies_in_the_buffer_of_a_tile_does_not_count(tmp_path: Path) -> None:
    beyond = {1: [box(0, 0, 4096 + 64, 4096)], 2: [box(4096 + 10, 0, 4096 + 64, 4096)]}
    assert measure(archive_of(tmp_path, {HERE: tile_of(beyond)})).zooms[0].overlap_ppm == 0


def test_any_extent_is_read_and_a_property_can_be_the_key(tmp_path: Path) -> None:
    small = {number: [[(x // 8, y // 8) for x, y in ring] for ring in rings] for number, rings in four_boxes().items()}
    archive = archive_of(tmp_path, {HERE: tile_of(small, extent=512, with_ids=False)})
    found = measure(archive, key="code").zooms[0]
    assert (found.regions, found.overlap_ppm, found.gap_ppm) == (4, 0, 0)
    with pytest.raises(NotMeasurable, match=r"a feature has no id.*name a property"):
        measure(archive)


def test_a_zoom_or_layer_that_is_not_there_is_named(tmp_path: Path) -> None:
    archive = archive_of(tmp_path, {HERE: tile_of(four_boxes())})
    with pytest.raises(NotMeasurable, match=r"has zooms 0 to 0, not \[3\]"):
        measure(archive, zooms=[3])
    with pytest.raises(NotMeasurable, match="no areas in a layer wijk"):
        measure(archive, layers=["wijk"])
    with pytest.raises(NotMeasurable, match="name that layer"):
        measure(archive, source=Source(np.array([shapely.box(0, 0, 1, 1)]), [1], RD))


def test_our_tiles_read_the_same_with_both_decoders(tmp_path: Path) -> None:
    pyramid(tmp_path / "t.pmtiles", level("regio", wiggly_coverage(1, 60)), maxzoom=9)
    archive = TileArchive.open(tmp_path / "t.pmtiles")
    for coord in archive.coords():
        tile = archive.unpacked(coord)
        assert tile is not None
        layers = mapbox_vector_tile.decode(tile, default_options={"y_coord_down": True})
        for ours in decoded_areas(tile):
            features = layers[ours.layer]["features"]
            other = {feature["id"]: shapely.geometry.shape(feature["geometry"]) for feature in features}
            assert set(ours.keys) == set(other)
            for key, shape in zip(ours.keys, ours.shapes, strict=True):
                assert shapely.normalize(_whole(shape)).equals(shapely.normalize(_whole(other[int(key or 0)])))


def _whole(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.multipolygons(shapely.get_parts(shape))


def test_a_pyramid_of_ours_is_clean_and_close_to_its_source(tmp_path: Path) -> None:
    regions = level("regio", wiggly_coverage(4, 80))
    pyramid(tmp_path / "t.pmtiles", regions, maxzoom=9)
    source = Source(regions.geometry, regions.ids.tolist(), RD)
    quality = measure(TileArchive.open(tmp_path / "t.pmtiles"), source=source, layers=["regio"], zooms=range(4, 10))
    for zoom in quality.zooms:
        assert (zoom.overlap_ppm, zoom.gap_ppm, zoom.lost, zoom.invalid) == (0, 0, 0, 0)
    differences = [zoom.difference or 1 for zoom in quality.zooms]
    assert differences == sorted(differences, reverse=True)
    assert differences[-1] < 0.004
    assert quality.table().count("\n") == 8


def test_parts_per_million_keep_two_figures() -> None:
    assert [ppm_text(ppm) for ppm in (0, 0.0123, 3.04, 70331.4)] == ["0", "0.012", "3", "70,331"]
