"""Regions that are hard to draw, measured in the finished tiles as GDAL reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.tiles.make import MIDDLE, RD, coverages, level, pyramid, wiggly_coverage
from tests.tiles.test_pyramid import quiet
from tiles.archive import TileArchive
from tiles.decoded import decoded_areas
from tiles.errors import NotOnGrid
from tiles.pyramid import Level, PyramidReport, write_pyramid
from tiles.quality import ZoomQuality, measure
from tiles.truth import Source

Geometry = NDArray[np.object_]
Found = Mapping[int, ZoomQuality]
"""What was measured, by zoom."""

DEGREES = pyproj.CRS.from_user_input("OGC:CRS84")
X, Y = MIDDLE


def built(
    folder: Path, regions: Level, crs: pyproj.CRS = RD, maxzoom: int = 10, **options: Any
) -> tuple[TileArchive, PyramidReport]:
    """The tiles of one level."""
    report = write_pyramid(folder / "t.pmtiles", [regions], [], crs, maxzoom, {}, **options)
    return TileArchive.open(folder / "t.pmtiles"), report


def measured(archive: TileArchive, regions: Level, crs: pyproj.CRS = RD, zooms: Iterable[int] | None = None) -> Found:
    """What the meter finds against the regions themselves."""
    there = ~shapely.is_missing(regions.geometry) & ~shapely.is_empty(regions.geometry)
    source = Source(regions.geometry[there], regions.ids[there].tolist(), crs)
    return {zoom.z: zoom for zoom in measure(archive, source=source, layers=["regio"], zooms=zooms).zooms}


def has_no_fault(found: ZoomQuality) -> bool:
    """Nothing lost, nothing invalid, no ground twice, none forgotten."""
    return (found.lost, found.invalid, found.overlap_ppm, found.gap_ppm) == (0, 0, 0, 0)


def look(folder: Path, geometry: Geometry, crs: pyproj.CRS = RD, maxzoom: int = 10) -> Found:
    """Tiles of some regions, measured at all zooms."""
    regions = level("regio", geometry)
    return measured(built(folder, regions, crs, maxzoom)[0], regions, crs)


def square(x: float, y: float, side: float = 2_000) -> shapely.Polygon:
    """A square, so many metres from the middle of the map."""
    return shapely.box(X + x, Y + y, X + x + side, Y + y + side)


def rough_polygon(vertices: int, size_m: float) -> shapely.Polygon:
    """A polygon that is rougher the closer one looks, like a coast."""
    rng = np.random.default_rng(1)
    angle = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    radius = np.ones(vertices)
    for octave in range(1, 15):
        knots = rng.uniform(-1, 1, 1 << octave)
        at = np.linspace(0, 2 * np.pi, len(knots) + 1)
        radius += 0.5 * 0.72**octave * np.interp(angle, at, np.append(knots, knots[0]))
    radius *= size_m / 2 / radius.max()
    return shapely.Polygon(np.column_stack([X + radius * np.cos(angle), Y + radius * np.sin(angle)]))


def pierced(across: int, apart_m: float = 400) -> tuple[shapely.Polygon, Geometry]:
    """A square with a lattice of holes, and what fits in the holes."""
    steps = np.arange(across) * apart_m
    x, y = (corner.ravel() for corner in np.meshgrid(steps, steps))
    outline = np.array([[-60, -40], [50, -60], [70, 50], [-40, 60]])
    holes = shapely.polygons(np.column_stack([X + x, Y + y])[:, None, :] + outline)
    frame = shapely.box(X - apart_m, Y - apart_m, X + across * apart_m, Y + across * apart_m)
    return shapely.Polygon(frame.exterior, shapely.get_exterior_ring(holes)), holes


def test_a_polygon_of_43_000_vertices_keeps_its_shape_and_its_neighbour(tmp_path: Path) -> None:
    island = rough_polygon(43_000, 30_000)
    around = shapely.difference(square(-20_000, -20_000, 40_000), island)
    found = look(tmp_path, np.array([island, around], object), maxzoom=11)
    assert all(has_no_fault(zoom) for zoom in found.values())
    differences = [found[z].difference or 1 for z in sorted(found)]
    assert differences == sorted(differences, reverse=True)
    assert differences[-1] < 0.0011


def areas_add_up(archive: TileArchive, z: int) -> set[object]:
    """The regions of a zoom; asserts that they are valid and share no ground in any tile."""
    keys: set[object] = set()
    for coord in archive.coords():
        tile = archive.unpacked(coord) if coord.z == z else None
        for areas in decoded_areas(tile) if tile else ():
            assert not areas.faulty.any(), coord
            union = shapely.union_all(areas.shapes).area
            assert shapely.area(areas.shapes).sum() == pytest.approx(union, rel=1e-12), coord
            keys |= set(areas.keys)
    return keys


def test_a_polygon_with_10_000_holes_has_them_where_they_are_large_enough(tmp_path: Path) -> None:
    ground, holes = pierced(100)
    regions = level("regio", np.array([ground], object))
    archive, _ = built(tmp_path, regions, maxzoom=12)
    assert has_no_fault(measured(archive, regions, zooms=[12])[12])
    rings = sum(
        shapely.get_num_interior_rings(part)
        for coord in archive.coords()
        if coord.z == 9
        for areas in decoded_areas(archive.unpacked(coord) or b"")
        for part in shapely.get_parts(areas.shapes)
    )
    # Some lie in two tiles, some on the edge of one.
    assert len(holes) * 0.99 < rings < len(holes) * 1.1


@pytest.mark.parametrize("together", [False, True], ids=["each a region", "all one region"])
def test_10_000_holes_are_filled_by_what_lies_in_them(tmp_path: Path, together: bool) -> None:
    ground, holes = pierced(100)
    filling = [shapely.multipolygons(holes)] if together else holes
    # From zoom 6 on there is half a pixel for each.
    regions = level("regio", np.array([ground, *filling], object), minzoom=6)
    archive, report = built(tmp_path, regions, maxzoom=12)
    # Not against the regions themselves: to see that these are a coverage takes GEOS half a minute.
    (finest,) = measure(archive, layers=["regio"], zooms=[12]).zooms
    assert has_no_fault(finest)
    assert finest.regions == len(regions.ids)
    assert areas_add_up(archive, 7) == set(regions.ids.tolist())
    assert together or report.zooms[0].enlarged > 9_000


def test_islands_smaller_than_a_pixel_have_one_each(tmp_path: Path) -> None:
    # 20 m wide, 1.3 km apart; a tile unit on the ground is 185 m at zoom 5.
    islands = np.array([square(i * 1_300, j * 1_300, 20) for i in range(15) for j in range(15)], object)
    found = look(tmp_path, islands, maxzoom=11)
    assert all((zoom.regions, zoom.lost, zoom.invalid) == (225, 0, 0) for zoom in found.values())
    assert all(has_no_fault(found[z]) for z in range(3, 12))


def test_thousands_of_islands_in_one_pixel_are_all_there(tmp_path: Path) -> None:
    # 50 x 40 islands of 1 m within 100 m, while a tile unit is 6 km: they have to lie on each other.
    islands = [square(i * 2, j * 2, 1) for i in range(50) for j in range(40)]
    regions = level("regio", np.array([square(5_000, -20_000, 40_000), *islands], object))
    archive, report = built(tmp_path, regions, maxzoom=0)
    assert report.zooms[0].enlarged == 2_000
    (tile,) = map(archive.unpacked, archive.coords())
    (areas,) = (areas for areas in decoded_areas(tile or b"") if areas.layer == "regio")
    assert set(areas.keys) == set(regions.ids.tolist())
    assert not areas.faulty.any()


def test_specks_in_a_large_region_take_a_pixel_of_it_each(tmp_path: Path) -> None:
    specks = np.array([square(i * 3_000 + 500, j * 3_000 + 500, 4) for i in range(12) for j in range(12)], object)
    ground = shapely.difference(square(-2_000, -2_000, 40_000), shapely.union_all(specks))
    found = look(tmp_path, np.array([ground, *specks], object), maxzoom=10)
    assert all(has_no_fault(found[z]) for z in range(3, 11))
    assert all((zoom.regions, zoom.lost, zoom.invalid) == (145, 0, 0) for zoom in found.values())


@pytest.mark.parametrize(("regions", "radius"), [(60, 20e3), (100, 60e3), (300, 5e3)])
def test_many_regions_that_meet_in_a_point_are_all_there(tmp_path: Path, regions: int, radius: float) -> None:
    angle = np.linspace(0, 2 * np.pi, regions + 1)
    rim = np.column_stack([X + radius * np.cos(angle), Y + radius * np.sin(angle)])
    rim[-1] = rim[0]
    fan = np.array([shapely.Polygon([(X, Y), *pair]) for pair in pairwise(rim)], object)
    found = look(tmp_path, fan, maxzoom=6)
    assert all((zoom.lost, zoom.invalid) == (0, 0) for zoom in found.values())


def test_a_region_of_hundreds_of_tiles_is_whole_and_a_spiral_beside_it_too(tmp_path: Path) -> None:
    angle = np.linspace(0, 40 * np.pi, 2_000)
    line = shapely.LineString(np.column_stack([X + angle * 300 * np.cos(angle), Y + angle * 300 * np.sin(angle)]))
    spiral = shapely.buffer(line, 200)
    around = shapely.difference(square(-50_000, -50_000, 100_000), spiral)
    found = look(tmp_path, np.array([spiral, around], object), maxzoom=12)
    assert found[12].tiles > 250
    assert all(has_no_fault(zoom) for zoom in found.values())


def test_edges_along_tile_edges_are_cut_without_a_seam(tmp_path: Path) -> None:
    side = 20037508.342789244 / 32
    boxes = [shapely.box(i * side, j * side, (i + 1) * side, (j + 1) * side) for i in range(-3, 3) for j in range(5, 9)]
    found = look(tmp_path, np.array(boxes, object), pyproj.CRS.from_epsg(3857), maxzoom=8)
    assert all(has_no_fault(zoom) for zoom in found.values())


PLACES = [
    pytest.param("OGC:CRS84", 151.2, -33.9, id="Sydney"),
    pytest.param("OGC:CRS84", -78.5, -0.2, id="Quito"),
    pytest.param("OGC:CRS84", -118.2, 34.05, id="Los Angeles"),
    pytest.param("OGC:CRS84", 0, 0, id="Null Island"),
    pytest.param("OGC:CRS84", 179.6, -17, id="west of the antimeridian"),
    pytest.param("OGC:CRS84", 16, 78.5, id="Spitsbergen"),
    pytest.param("EPSG:4326", 5, 52, id="degrees as EPSG orders them"),
    pytest.param("EPSG:28992", 5.4, 52.2, id="RD"),
    pytest.param("EPSG:7415", 5.4, 52.2, id="RD with heights"),
    pytest.param("EPSG:32631", 4.9, 52.3, id="UTM north"),
    pytest.param("EPSG:32717", -78.5, -0.2, id="UTM south, across the equator"),
    pytest.param("EPSG:32701", -179.6, -17, id="UTM, east of the antimeridian"),
    pytest.param("EPSG:2229", -118.2, 34.05, id="US survey feet"),
]


@pytest.mark.parametrize(("crs", "lon", "lat"), PLACES)
def test_a_coverage_is_as_clean_anywhere_and_in_any_crs(tmp_path: Path, crs: str, lon: float, lat: float) -> None:
    around = pyproj.CRS.from_proj4(f"+proj=laea +lat_0={lat} +lon_0={lon} +datum=WGS84 +units=m")
    there = pyproj.Transformer.from_crs(around, crs, always_xy=True)
    coverage = shapely.transform(wiggly_coverage(3, 40), lambda xy: np.column_stack(there.transform(*(xy - MIDDLE).T)))
    found = look(tmp_path, coverage, pyproj.CRS.from_user_input(crs), maxzoom=10)
    # At zoom 0 all 40 share about as many tile units.
    assert all(has_no_fault(found[z]) for z in range(1, 11))
    assert (found[0].lost, found[0].invalid, found[0].gap_ppm) == (0, 0, 0)
    assert (found[10].difference or 1) < 0.004


def test_a_region_across_the_antimeridian_is_refused_among_others(tmp_path: Path) -> None:
    strip = np.array([shapely.box(lon, -17, lon + 1, -16) for lon in (177.5, 178.5, 179.5)], object)
    with pytest.raises(NotOnGrid, match=r"regio: R0002 crosses the antimeridian.*cut it at 180 degrees"):
        built(tmp_path, level("regio", strip), DEGREES)
    cut = [shapely.box(179.5, -17, 180, -16), shapely.box(-180, -17, -179.5, -16)]
    found = look(tmp_path, np.array([*strip[:2], shapely.multipolygons(cut)], object), DEGREES, maxzoom=8)
    assert all(has_no_fault(zoom) for zoom in found.values())


@pytest.mark.parametrize("nothing", [None, shapely.Polygon(), shapely.MultiPolygon()], ids=["None", "empty", "no part"])
@pytest.mark.parametrize("first", [True, False])
def test_regions_without_geometry_change_nothing_for_others(tmp_path: Path, nothing: object, first: bool) -> None:
    there = [square(0, 0), square(2_000, 0)]
    regions = level("regio", np.array([nothing, *there] if first else [*there, nothing], object))
    archive, _ = built(tmp_path, regions, maxzoom=8)
    found = measured(archive, regions)
    assert all((zoom.regions, zoom.lost, zoom.invalid) == (2, 0, 0) for zoom in found.values())
    assert all(has_no_fault(found[z]) for z in range(3, 9))


@pytest.mark.parametrize("geometry", [[], [None], [shapely.Polygon()]], ids=["no rows", "None", "empty"])
def test_regions_of_which_none_has_geometry_are_refused(tmp_path: Path, geometry: list[object]) -> None:
    with pytest.raises(NotOnGrid, match="no feature of regio has a shape"):
        built(tmp_path, level("regio", np.array(geometry, object)))


def test_one_region_is_enough(tmp_path: Path) -> None:
    assert all(has_no_fault(zoom) for zoom in look(tmp_path, np.array([square(0, 0)], object), maxzoom=8).values())
    assert has_no_fault(look(tmp_path, np.array([square(0, 0, 90_000)], object), maxzoom=0)[0])


def circles() -> list[shapely.Polygon]:
    """Discs in each other, the smallest of 9 m."""
    return [shapely.buffer(shapely.Point(X, Y), radius, quad_segs=64) for radius in (20e3, 15e3, 9e3, 4e3, 700, 90, 9)]


def in_each_other() -> Geometry:
    """Regions around regions, each with one neighbour on either side and no point where three meet."""
    discs = circles()
    return np.array([*(shapely.difference(*pair) for pair in pairwise(discs)), discs[-1]], object)


def enclaves() -> Geometry:
    """Two regions that lie in each other in turn, as in Baarle."""
    rings = in_each_other()
    return np.array([shapely.multipolygons(rings[0::2]), shapely.multipolygons(rings[1::2])], object)


def chessboard() -> Geometry:
    """Two regions whose parts touch in corners only."""
    return np.array(
        [
            shapely.multipolygons(
                [square(i * 2e3, j * 2e3) for i in range(12) for j in range(12) if (i + j) % 2 == odd]
            )
            for odd in (0, 1)
        ],
        object,
    )


def with_heights() -> Geometry:
    """Neighbours that agree on x and y and not on z."""
    return np.array([shapely.force_3d(square(0, 0), 3.0), shapely.force_3d(square(2_000, 0), 4.0)], object)


def written_differently() -> Geometry:
    """Neighbours that begin elsewhere, run the other way around or say a vertex twice."""
    corners = shapely.get_coordinates(square(2_000, 0))[:-1]
    return np.array(
        [
            square(0, 0),
            shapely.Polygon(np.roll(corners, 2, axis=0)),
            shapely.Polygon(shapely.get_coordinates(square(0, 2_000))[::-1]),
            shapely.Polygon(np.repeat(shapely.get_coordinates(square(2_000, 2_000)), 2, axis=0)),
        ],
        object,
    )


@pytest.mark.parametrize("made", [in_each_other, enclaves, chessboard, with_heights, written_differently])
def test_however_regions_lie_or_are_written_they_are_a_coverage(tmp_path: Path, made: Callable[[], Geometry]) -> None:
    found = look(tmp_path, made(), maxzoom=11)
    assert all((zoom.lost, zoom.invalid, zoom.gap_ppm) == (0, 0, 0) for zoom in found.values())
    assert all(has_no_fault(found[z]) for z in range(3, 12))


# ---- what must not matter


def shuffled(regions: Level, seed: int) -> Level:
    """The same regions in another order."""
    order = np.random.default_rng(seed).permutation(len(regions.ids))
    return Level(
        regions.name,
        regions.geometry[order],
        regions.ids[order],
        [regions.codes[i] for i in order],
        [regions.names[i] for i in order],
        regions.label_x[order],
        regions.label_y[order],
        regions.label_weight[order],
        regions.minzoom,
    )


@quiet
@given(coverages, st.integers(0, 100))
def test_the_order_of_regions_does_not_matter(tmp_path: Path, coverage: Geometry, seed: int) -> None:
    regions = level("regio", coverage)
    pyramid(tmp_path / "one", regions, maxzoom=8)
    pyramid(tmp_path / "other", shuffled(regions, seed), maxzoom=8)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_the_number_of_jobs_does_not_matter(tmp_path: Path) -> None:
    fine = wiggly_coverage(7, 60)
    coarse = np.array([shapely.coverage_union_all(fine[i::4]) for i in range(4)], object)
    levels = [level("gemeente", coarse, prefix="G"), level("wijk", fine, minzoom=5, prefix="W")]
    for jobs in (1, 2, 3):
        write_pyramid(tmp_path / f"{jobs}.mvt", levels, [], RD, 9, {}, mlt=tmp_path / f"{jobs}.mlt", jobs=jobs)
    for encoding in ("mvt", "mlt"):
        one, *others = ((tmp_path / f"{jobs}.{encoding}").read_bytes() for jobs in (1, 2, 3))
        assert others == [one, one]
