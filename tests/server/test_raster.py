"""Pictures of tiles, by XYZ and by WMTS: the classes of the legend at the places of the regions, in both grids."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pyproj
import pytest
from owslib.wmts import WebMapTileService
from rasterio.io import MemoryFile

from layers.store import Atlas
from layers.values import Reason
from server.app import open_app
from server.settings import Settings
from styles.classes import classify
from styles.picture import Pixels
from styles.reasons import pattern_pixels
from tests.server.client import ORIGIN, Client
from tests.server.make_atlas import SIDE, SOUTH, WEST
from tiles.grid import Grid, GridName, TileCoord

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
"""A picture of a tile has no place in it: its address says that."""

MIDDLES = {f"WK990{g}0{w}": (WEST + SIDE * (g - 1 + (w - 0.5) / 2), SOUTH + SIDE / 2) for g in (1, 2) for w in (1, 2)}
"""In RD."""


@pytest.fixture(scope="module")
def client(settings: Settings, atlas_folder: Path) -> Client:
    return Client(open_app(settings, atlas_folder))


def pixels(content: bytes) -> Pixels:
    """(rows, columns, 4): the palette and its opacity as GDAL reads them."""
    with MemoryFile(content) as file, file.open() as dataset:
        table = dataset.colormap(1)
        assert dataset.profile["driver"] == "PNG"
        numbers = dataset.read(1)
        found: Pixels = np.array([table.get(number, (0, 0, 0, 0)) for number in range(256)], np.uint8)[numbers]
        return found


def at(grid: GridName, z: int, x_rd: float, y_rd: float) -> tuple[TileCoord, int, int]:
    """The tile of a point in RD, and the column and row of its pixel."""
    found = Grid.named(grid)
    x, y = pyproj.Transformer.from_crs("EPSG:28992", found.crs, always_xy=True).transform(x_rd, y_rd)
    coord = found.at(x, y, z)
    west, _, east, north = found.bounds(coord)
    return coord, int((x - west) / (east - west) * 256), int((north - y) / (east - west) * 256)


@pytest.mark.parametrize(("grid", "z"), [(GridName.WEB_MERCATOR, 9), (GridName.WEB_MERCATOR, 13), (GridName.RD_NEW, 5)])
def test_the_middle_of_a_region_has_the_color_of_its_class(
    client: Client, atlas_folder: Path, grid: GridName, z: int
) -> None:
    atlas = Atlas.open(atlas_folder)
    indicator = atlas.indicator("koopwoningen")
    published = atlas.published("koopwoningen", "wijk", 2022)
    classes = classify(published.numbers, indicator.breaks["wijk"])
    for row, (code, place) in enumerate(MIDDLES.items()):
        coord, column, line = at(grid, z, *place)
        answer = client.get(f"/raster/koopwoningen/{coord.z}/{coord.x}/{coord.y}.png?level=wijk&grid={grid}")
        assert answer.headers["content-type"] == "image/png"
        found = pixels(answer.raw)[line, column]
        if published.reasons[row] == 0:
            wanted = [int(indicator.colors[classes[row]][k : k + 2], 16) for k in (1, 3, 5)]
            assert found[:3].tolist() == wanted, code
        else:
            reason = list(Reason)[published.reasons[row] - 1]
            assert found[:3].tolist() in pattern_pixels(reason, 1).reshape(-1, 3).tolist(), code
        assert found[3] == 255


def test_where_no_region_is_a_picture_is_transparent(client: Client) -> None:
    assert not pixels(client.get("/raster/koopwoningen/5/3/3.png").raw)[..., 3].any()


def test_a_picture_for_fine_screens_is_twice_as_large(client: Client) -> None:
    assert pixels(client.get("/raster/koopwoningen/8/131/84@2x.png").raw).shape == (512, 512, 4)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/raster/koopwoningen/8/256/0.png", 404),
        ("/raster/koopwoningen/8/0/0.jpg", 404),
        ("/raster/koopwoningen/a/0/0.png", 404),
        ("/raster/koopwoningen/25/0/0.png", 404),
        ("/raster/nergens/8/0/0.png", 404),
        ("/raster/koopwoningen/8/0/0.png?year=1066", 400),
        ("/raster/koopwoningen/8/0/0.png?grid=Zomaar", 400),
        ("/raster/koopwoningen/8/0/0.png?level=provincie", 400),
    ],
)
def test_what_is_not_there_is_told(client: Client, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"


KVP = "/wmts?SERVICE=WMTS&VERSION=1.0.0&REQUEST="


def test_owslib_understands_the_capabilities(client: Client) -> None:
    answer = client.get(f"{KVP}GetCapabilities")
    service = WebMapTileService(f"{ORIGIN}/wmts", xml=answer.raw)
    assert set(service.contents) == {"koopwoningen", "gemiddelde-woz-waarde"}
    layer = service.contents["gemiddelde-woz-waarde"]
    assert layer.dimensions["Time"]["values"] == ["2021", "2022"]
    assert layer.dimensions["Time"]["default"] == "2022"
    assert set(layer.tilematrixsetlinks) == {"WebMercatorQuad", "NetherlandsRDNewQuad"}
    assert layer.boundingBoxWGS84 == pytest.approx((5.17, 52.03, 5.47, 52.13), abs=0.05)
    dutch = service.tilematrixsets["NetherlandsRDNewQuad"]
    assert dutch.crs == "urn:ogc:def:crs:EPSG::28992"
    assert dutch.tilematrix["0"].scaledenominator == pytest.approx(12_288_000)
    assert layer.styles["default"]["legend"].endswith("/styles/gemiddelde-woz-waarde/legend.svg?lang=nl")


def test_a_picture_is_the_same_by_key_and_value_by_path_and_by_xyz(client: Client) -> None:
    by_key = client.get(
        f"{KVP}GetTile&LAYER=koopwoningen&STYLE=default&FORMAT=image/png&TILEMATRIXSET=WebMercatorQuad"
        "&TILEMATRIX=9&TILEROW=168&TILECOL=263&TIME=2022"
    )
    by_path = client.get("/wmts/1.0.0/koopwoningen/default/2022/WebMercatorQuad/9/168/263.png")
    assert by_key.raw == by_path.raw == client.get("/raster/koopwoningen/9/263/168.png").raw


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("GetFeatureInfo", "InvalidParameterValue"),
        ("GetTile", "MissingParameterValue"),
        ("GetTile&LAYER=zomaar", "InvalidParameterValue"),
        ("GetTile&LAYER=koopwoningen&TILEMATRIXSET=X", "InvalidParameterValue"),
        (
            "GetTile&LAYER=koopwoningen&TILEMATRIXSET=WebMercatorQuad&TILEMATRIX=3&TILEROW=99&TILECOL=0",
            "TileOutOfRange",
        ),
        (
            "GetTile&LAYER=koopwoningen&TILEMATRIXSET=WebMercatorQuad&TILEMATRIX=3&TILEROW=0&TILECOL=0&TIME=1066",
            "InvalidParameterValue",
        ),
    ],
)
def test_mistakes_are_exception_reports(client: Client, query: str, code: str) -> None:
    answer = client.get(KVP + query)
    assert answer.status == 400
    assert re.search(r'exceptionCode="(\w+)"', answer.text)[1] == code  # type: ignore[index]
