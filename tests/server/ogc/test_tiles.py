"""Tiles and grids under the addresses of OGC API Tiles; Geonovum's Praktijkrichtlijn Vector Tiling, a test for each demand."""

from __future__ import annotations

import gzip

import mapbox_vector_tile
import morecantile
import pytest
import shapely
from shapely.geometry import shape

from tests.server.client import ORIGIN, Client
from tests.server.make_atlas import SIDE, SOUTH, WEST

TILES = "/ogc/v1/collections/vastgoed-2022-wijk/tiles/WebMercatorQuad"
MIDDLE = "/8/84/131"
"""Row before column."""


def test_a_tile_is_the_same_here_and_at_its_other_address(client: Client) -> None:
    here, there = client.get(TILES + MIDDLE), client.get("/tiles/vastgoed-2022/8/131/84")
    assert gzip.decompress(client.get(TILES + MIDDLE, accept_encoding="gzip").raw) == there.raw == here.raw


def test_a_tile_has_the_media_type_and_the_encoding_that_the_guideline_demands(client: Client) -> None:
    packed = client.get(TILES + MIDDLE, accept_encoding="gzip")
    assert packed.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert packed.headers["content-encoding"] == "gzip"


def test_outer_rings_run_clockwise_on_the_screen_and_are_valid(client: Client) -> None:
    """MVT 2.1: in a tile y runs down, so that a clockwise ring has a positive area."""
    layers = mapbox_vector_tile.decode(client.get(TILES + MIDDLE).raw, default_options={"y_coord_down": True})
    assert {"version": layers["wijk"]["version"], "extent": layers["wijk"]["extent"]} == {"version": 2, "extent": 4096}
    for feature in layers["wijk"]["features"]:
        for part in shapely.get_parts(shape(feature["geometry"])):
            assert part.is_valid
            # shapely calls a ring counterclockwise with y up, which is clockwise with y down
            assert part.exterior.is_ccw


def test_an_empty_tile_in_the_grid_is_204_and_one_outside_it_404(client: Client) -> None:
    assert client.get(f"{TILES}/8/0/0").status == 204
    assert client.get(f"{TILES}/25/0/0").status == 204
    for outside in ("/8/256/0", "/8/0/256", "/a/0/0", "/8/-1/0"):
        answer = client.get(TILES + outside)
        assert answer.status == 404
        assert answer.headers["content-type"] == "application/problem+json"


def test_the_grid_is_the_one_of_the_standard(client: Client) -> None:
    found = client.get("/ogc/v1/tileMatrixSets/WebMercatorQuad").json()
    expected = morecantile.tms.get("WebMercatorQuad")
    assert [matrix["cellSize"] for matrix in found["tileMatrices"]] == [m.cellSize for m in expected.tileMatrices]


def test_the_dutch_grid_has_the_numbers_of_the_guideline(client: Client) -> None:
    found = client.get("/ogc/v1/tileMatrixSets/NetherlandsRDNewQuad").json()
    assert len(found["tileMatrices"]) == 17
    for z, matrix in enumerate(found["tileMatrices"]):
        assert matrix["cellSize"] == pytest.approx(3440.64 / 2**z)
        assert matrix["pointOfOrigin"] == pytest.approx([-285401.92, 903401.92])
        assert (matrix["tileWidth"], matrix["matrixWidth"]) == (256, 2**z)


def test_the_metadata_has_what_the_guideline_demands(client: Client) -> None:
    """A link to the grid, the CRS, a template for tiles, the type of data; limits and layers besides."""
    found = client.get(TILES).json()
    links = {link["rel"]: link for link in found["links"]}
    assert links["http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"]["href"].endswith("/WebMercatorQuad")
    template = links["item"]
    assert template["templated"]
    address = template["href"].format(tileMatrix=8, tileRow=84, tileCol=131)
    assert client.get(address.removeprefix(ORIGIN)).status == 200
    assert found["crs"] == "http://www.opengis.net/def/crs/EPSG/0/3857"
    assert found["dataType"] == "vector"
    [limits] = [limit for limit in found["tileMatrixSetLimits"] if limit["tileMatrix"] == "8"]
    assert limits["minTileRow"] <= 84 <= limits["maxTileRow"]
    assert limits["minTileCol"] <= 131 <= limits["maxTileCol"]
    assert {layer["id"] for layer in found["layers"]} >= {"gemeente", "wijk", "grenzen", "labels"}


def test_there_is_a_default_style_and_it_is_a_style(client: Client) -> None:
    styles = client.get("/ogc/v1/styles").json()
    assert styles["default"] in {style["id"] for style in styles["styles"]}
    found = client.get(f"/ogc/v1/styles/{styles['default']}")
    assert found.headers["content-type"] == "application/vnd.mapbox.style+json"
    assert found.json()["version"] == 8


def test_no_tile_is_larger_than_the_guideline_recommends(client: Client) -> None:
    for z, row, col in ((0, 0, 0), (5, 10, 16), (8, 84, 131), (10, 337, 526)):
        assert len(client.get(f"{TILES}/{z}/{row}/{col}").raw) < 500_000


def test_tilejson_names_tiles_row_before_column(client: Client) -> None:
    found = client.get(f"{TILES}?f=tilejson").json()
    [template] = found["tiles"]
    address = template.format(z=8, y=84, x=131).removeprefix(ORIGIN)
    assert client.get(address).raw == client.get(TILES + MIDDLE).raw


def test_an_unknown_grid_is_told_with_those_there_are(client: Client) -> None:
    answer = client.get("/ogc/v1/tiles/WorldCRS84Quad")
    assert answer.status == 404
    assert "NetherlandsRDNewQuad" in answer.json()["detail"]


DUTCH = "/ogc/v1/collections/vastgoed-2022-wijk/tiles/NetherlandsRDNewQuad"


def test_a_tile_in_the_dutch_grid_has_regions_where_they_are_in_rd(client: Client) -> None:
    """By the numbers of the guideline: the tile of a point, and where in it the corner of a square of the tiny country lies."""
    z, side = 5, 3440.64 * 256 / 2**5
    col, row = int((WEST + 285401.92) // side), int((903401.92 - (SOUTH + SIDE)) // side)
    answer = client.get(f"{DUTCH}/{z}/{row}/{col}")
    assert answer.status == 200
    layers = mapbox_vector_tile.decode(answer.raw, default_options={"y_coord_down": True})
    [feature] = [one for one in layers["wijk"]["features"] if one["properties"]["code"] == "WK990101"]
    found = shapely.get_coordinates(shape(feature["geometry"]))
    corner = ((WEST + 285401.92) / side - col) * 4096, ((903401.92 - SOUTH - SIDE) / side - row) * 4096
    assert abs(found - corner).sum(axis=1).min() <= 1.5
    assert feature["properties"]["koopwoningen"] == 40


def test_the_dutch_grid_has_its_own_metadata(client: Client) -> None:
    found = client.get(DUTCH).json()
    assert found["crs"] == "http://www.opengis.net/def/crs/EPSG/0/28992"
    assert found["tileMatrixSetURI"].endswith("/NetherlandsRDNewQuad")
    deepest = found["tileMatrixSetLimits"][-1]
    assert deepest["tileMatrix"] == "6"  # a zoom more than as deep as Web Mercator's 10
    tilejson = client.get(f"{DUTCH}?f=tilejson").json()
    assert (tilejson["crs"], tilejson["profile"], tilejson["maxzoom"]) == ("EPSG:28992", "custom", 6)
    for limits in found["tileMatrixSetLimits"]:
        row, col = limits["minTileRow"], limits["minTileCol"]
        assert client.get(f"{DUTCH}/{limits['tileMatrix']}/{row}/{col}").status in (200, 204)
