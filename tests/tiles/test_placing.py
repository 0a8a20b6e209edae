"""Pyramids on both grids, at their edges and around the world, against tile matrix sets as morecantile reads them."""

from __future__ import annotations

from pathlib import Path

import morecantile
import numpy as np
import pyproj
import pytest
import shapely
from numpy.typing import NDArray

from tests.tiles.make import RD, decoded, decoded_shapes
from tiles.archive import TileArchive
from tiles.errors import NotOnGrid
from tiles.featureid import feature_ids
from tiles.grid import GridName, TileCoord
from tiles.pyramid import Backdrop, Level, write_pyramid

WGS84 = pyproj.CRS.from_user_input("OGC:CRS84")
FIJI = pyproj.CRS.from_epsg(3460)

RD_NEW_QUAD = morecantile.TileMatrixSet.model_validate(
    {
        "id": "NetherlandsRDNewQuad",
        "crs": "http://www.opengis.net/def/crs/EPSG/0/28992",
        "tileMatrices": [
            {
                "id": str(z),
                "scaleDenominator": 12288000 / 2**z,
                "cellSize": 3440.64 / 2**z,
                "pointOfOrigin": [-285401.92, 903401.92],
                "tileWidth": 256,
                "tileHeight": 256,
                "matrixWidth": 2**z,
                "matrixHeight": 2**z,
            }
            for z in range(15)
        ],
    }
)
"""As Geonovum publishes it."""

SETS = {GridName.RD_NEW: RD_NEW_QUAD, GridName.WEB_MERCATOR: morecantile.tms.get("WebMercatorQuad")}

Geometry = NDArray[np.object_]


def chequered(west: float, south: float, east: float, north: float, n: int = 4) -> Geometry:
    """n x n rectangles with a vertex at each corner they share."""
    x, y = np.linspace(west, east, n + 1), np.linspace(south, north, n + 1)
    return np.array([shapely.box(x[i], y[j], x[i + 1], y[j + 1]) for i in range(n) for j in range(n)], object)


def level(geometry: Geometry) -> Level:
    codes = [f"R{number:04d}" for number in range(len(geometry))]
    nowhere = np.full(len(geometry), np.nan)
    return Level("regio", geometry, feature_ids(codes), codes, codes, nowhere, nowhere, nowhere, 0)


def tiles_of(
    folder: Path,
    geometry: Geometry,
    crs: pyproj.CRS,
    grid: GridName,
    *,
    maxzoom: int = 7,
    backdrop: tuple[Backdrop, ...] = (),
) -> TileArchive:
    write_pyramid(folder / "t.pmtiles", [level(geometry)], backdrop, crs, maxzoom, {}, grid=grid, labels=False)
    return TileArchive.open(folder / "t.pmtiles")


def on_the_ground(
    archive: TileArchive, coord: TileCoord, tms: morecantile.TileMatrixSet
) -> dict[int, shapely.Geometry]:
    """Each feature of a tile in the CRS of the grid, without what lies in the buffer around the tile."""
    box = tms.xy_bounds(morecantile.Tile(coord.x, coord.y, coord.z))
    unit = np.array([(box.right - box.left) / 4096, (box.bottom - box.top) / 4096])
    return {
        id_: shapely.transform(
            shapely.clip_by_rect(shape, 0, 0, 4096, 4096), lambda xy: xy * unit + [box.left, box.top]
        )
        for id_, shape in decoded_shapes(decoded(archive, coord), "regio").items()
    }


PLACES = [
    pytest.param(RD, GridName.RD_NEW, (100e3, 400e3, 200e3, 500e3), id="the middle of the Dutch grid"),
    pytest.param(RD, GridName.RD_NEW, (-385e3, 300e3, -185e3, 500e3), id="over its west edge"),
    pytest.param(RD, GridName.RD_NEW, (500e3, -100e3, 700e3, 100e3), id="over its south-east corner"),
    pytest.param(RD, GridName.RD_NEW, (100e3, 800e3, 200e3, 1000e3), id="over its north edge"),
    pytest.param(RD, GridName.RD_NEW, (-400e3, -100e3, 700e3, 1000e3), id="around all of it"),
    pytest.param(RD, GridName.WEB_MERCATOR, (100e3, 400e3, 200e3, 500e3), id="Dutch regions on the grid of the web"),
    pytest.param(WGS84, GridName.RD_NEW, (4.0, 52.0, 6.0, 53.0), id="degrees on the Dutch grid"),
    pytest.param(WGS84, GridName.WEB_MERCATOR, (18.0, -34.0, 20.0, -33.0), id="south"),
    pytest.param(WGS84, GridName.WEB_MERCATOR, (-75.0, -12.0, -70.0, -8.0), id="south and west"),
    pytest.param(WGS84, GridName.WEB_MERCATOR, (-1.0, -1.0, 1.0, 1.0), id="both hemispheres"),
    pytest.param(WGS84, GridName.WEB_MERCATOR, (170.0, -20.0, 180.0, -10.0), id="up to the antimeridian"),
    pytest.param(WGS84, GridName.WEB_MERCATOR, (-180.0, 60.0, -170.0, 70.0), id="from the antimeridian"),
    pytest.param(WGS84, GridName.WEB_MERCATOR, (0.0, 80.0, 20.0, 88.0), id="over the north edge of the web"),
    pytest.param(WGS84, GridName.WEB_MERCATOR, (-180.0, -85.0, 180.0, 85.0), id="the world"),
]


@pytest.mark.parametrize(("crs", "grid", "box"), PLACES)
def test_tiles_show_each_region_where_it_is_and_nothing_beyond_the_grid(
    tmp_path: Path, crs: pyproj.CRS, grid: GridName, box: tuple[float, float, float, float]
) -> None:
    regions = chequered(*box)
    maxzoom = 4 if box[2] - box[0] == 360 else 7
    archive = tiles_of(tmp_path, regions, crs, grid, maxzoom=maxzoom)
    tms = SETS[grid]
    to_grid = pyproj.Transformer.from_crs(crs, tms.crs.to_epsg(), always_xy=True)
    truth = shapely.transform(regions, lambda xy: np.column_stack(to_grid.transform(*xy.T)))
    edge = shapely.box(*tms.xy_bbox)
    ids = level(regions).ids.tolist()
    for z in (2, maxzoom):
        coords = [coord for coord in archive.coords() if coord.z == z]
        pieces: dict[int, list[shapely.Geometry]] = {}
        for coord in coords:
            for id_, shape in on_the_ground(archive, coord, tms).items():
                pieces.setdefault(id_, []).append(shape)
        pixel = (
            tms.matrix(z).cellSize / 8
        )  # half of a CSS pixel is 4 tile units; rounding moves a vertex by less than one
        for id_, region in zip(ids, shapely.intersection(truth, edge), strict=True):
            if region.is_empty:
                assert id_ not in pieces or shapely.union_all(pieces[id_]).area == 0
                continue
            shown = shapely.union_all(pieces[id_])
            assert shapely.symmetric_difference(shown, region).area <= region.length * pixel
            assert sum(piece.area for piece in pieces[id_]) == pytest.approx(shown.area, rel=1e-6)


def test_there_is_a_tile_exactly_where_a_region_reaches(tmp_path: Path) -> None:
    # Inside tile 6/32/21 of the web, less than the buffer from its north edge.
    box = SETS[GridName.WEB_MERCATOR].xy_bounds(morecantile.Tile(32, 21, 6))
    side = box.right - box.left
    region = shapely.box(box.left + 0.3 * side, box.top - 0.5 * side, box.left + 0.6 * side, box.top - side / 4096)
    archive = tiles_of(
        tmp_path, np.array([region], object), pyproj.CRS.from_epsg(3857), GridName.WEB_MERCATOR, maxzoom=6
    )
    assert sorted((coord.x, coord.y) for coord in archive.coords() if coord.z == 6) == [(32, 20), (32, 21)]


def test_regions_outside_the_grid_are_left_out_and_the_others_are_as_without_them(tmp_path: Path) -> None:
    inside = chequered(100e3, 400e3, 200e3, 500e3, 2)
    outside = np.array([shapely.box(-500e3, 0, -400e3, 100e3), shapely.box(5e6, 0, 5.1e6, 1e5)], object)
    alone = tiles_of(tmp_path, inside, RD, GridName.RD_NEW)
    bodies = {coord: alone.unpacked(coord) for coord in alone.coords()}
    both = tiles_of(tmp_path, np.concatenate([inside, outside]), RD, GridName.RD_NEW)
    assert {coord: both.unpacked(coord) for coord in both.coords()} == bodies


@pytest.mark.parametrize(
    ("crs", "region"),
    [
        (WGS84, shapely.Polygon([(179, -17), (-179, -17), (-179, -16), (179, -16)])),
        (WGS84, shapely.box(175, -17, 185, -16)),
        (FIJI, shapely.box(2_100_000, 3_900_000, 2_300_000, 4_100_000)),
    ],
    ids=["jumping", "beyond 180", "in a national grid"],
)
def test_a_region_across_the_antimeridian_is_refused_with_its_name(
    tmp_path: Path, crs: pyproj.CRS, region: shapely.Polygon
) -> None:
    with pytest.raises(NotOnGrid, match=r"layer regio: R0000 crosses the antimeridian.*cut it at 180 degrees"):
        tiles_of(tmp_path, np.array([region], object), crs, GridName.WEB_MERCATOR)
    assert not (tmp_path / "t.pmtiles").exists()


def test_a_region_cut_at_the_antimeridian_lies_on_both_sides_of_the_map(tmp_path: Path) -> None:
    fiji = shapely.MultiPolygon([shapely.box(179, -17, 180, -16), shapely.box(-180, -17, -179, -16)])
    archive = tiles_of(tmp_path, np.array([fiji], object), WGS84, GridName.WEB_MERCATOR, maxzoom=6)
    assert {coord.x for coord in archive.coords() if coord.z == 6} == {0, 63}
    ground = on_the_ground(archive, TileCoord(6, 0, 34), SETS[GridName.WEB_MERCATOR])
    west, _, east, _ = shapely.union_all(list(ground.values())).bounds
    assert (west, east) == pytest.approx((-20_037_508, -19_926_188), abs=200)


def test_an_ocean_around_a_pole_is_no_region_across_the_antimeridian(tmp_path: Path) -> None:
    outline = [(-180, -90), (180, -90), (180, -60), (60, -60), (-60, -60), (-180, -60)]
    ocean = Backdrop("zee", np.array([shapely.Polygon(outline)], object))
    archive = tiles_of(tmp_path, chequered(0, -50, 10, -40), WGS84, GridName.WEB_MERCATOR, maxzoom=2, backdrop=(ocean,))
    assert {"zee", "regio"} <= set(decoded(archive, TileCoord(0, 0, 0)))


@pytest.mark.parametrize(
    ("crs", "region", "grid", "maxzoom", "told"),
    [
        (
            RD,
            shapely.box(-500e3, 0, -400e3, 1e5),
            GridName.RD_NEW,
            7,
            "no region lies inside the grid NetherlandsRDNewQuad",
        ),
        (RD, shapely.box(1e5, 4e5, 5e7, 5e5), GridName.RD_NEW, 14, "R0000 is too far from the grid"),
        (WGS84, shapely.box(0, 88, 10, 95), GridName.WEB_MERCATOR, 7, "R0000 cannot be projected"),
    ],
)
def test_what_a_grid_cannot_hold_is_refused(
    tmp_path: Path, crs: pyproj.CRS, region: shapely.Polygon, grid: GridName, maxzoom: int, told: str
) -> None:
    with pytest.raises(NotOnGrid, match=told):
        tiles_of(tmp_path, np.array([region], object), crs, grid, maxzoom=maxzoom)


def test_many_regions_that_cannot_be_drawn_are_counted(tmp_path: Path) -> None:
    with pytest.raises(NotOnGrid, match=r"R0008 \(and 3 more\) crosses"):
        tiles_of(tmp_path, chequered(175, -20, 185, -10), WGS84, GridName.WEB_MERCATOR)
