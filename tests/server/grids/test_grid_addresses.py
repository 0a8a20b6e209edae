"""Grids by HTTP: the cell at a point, pictures in both tile matrix sets, the legend, WMTS."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyproj
import pytest
import rasterio
from owslib.wmts import WebMapTileService
from rasterio.io import MemoryFile
from rasterio.transform import Affine

from layers.store import Atlas
from layers.values import Reason
from server.app import open_app
from server.build import build
from server.settings import Settings
from styles.classes import classify
from styles.picture import Pixels
from styles.reasons import pattern_pixels
from tests.server.client import ORIGIN, Client
from tests.server.make_atlas import CATALOG, SOUTH, WEST, write_sources
from tiles.grid import Grid, GridName

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")

CELL = 500
COLUMNS, ROWS = 40, 20
GRIDS = """
[[grids]]
id = "inwoners"
title = { nl = "Inwoners", en = "Inhabitants" }
unit = "inwoners"
year = 2023
source = "inwoners.tif"
style = { classes = 4 }

[[grids]]
id = "bodem"
title = "Bodem"
source = "bodem.tif"
categories = [{ value = 9, title = "Klei", color = "#aa7744" }, { value = 2, title = { nl = "Zand", en = "Sand" } }]
"""


def write(path: Path, values: np.ndarray, colors: dict[int, tuple[int, int, int]] | None = None) -> None:
    transform = Affine(CELL, 0, WEST, 0, -CELL, SOUTH + ROWS * CELL)
    profile = {"crs": "EPSG:28992", "transform": transform, "dtype": values.dtype, "nodata": 0 if colors else -1}
    with rasterio.open(path, "w", driver="GTiff", count=1, height=ROWS, width=COLUMNS, **profile) as dataset:
        dataset.write(values, 1)
        if colors:
            dataset.write_colormap(1, colors)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An atlas with a grid of numbers and one of categories."""
    folder = tmp_path_factory.mktemp("grids")
    path = write_sources(folder / "sources", CATALOG + GRIDS)
    random = np.random.default_rng(5)
    values = random.integers(0, 900, (ROWS, COLUMNS)).astype(np.int32)
    values[random.random(values.shape) < 0.2] = -1
    values[random.random(values.shape) < 0.2] = -99997
    write(path.parent / "inwoners.tif", values)
    kinds = random.choice(np.array([0, 2, 9], np.uint8), (ROWS, COLUMNS))
    write(path.parent / "bodem.tif", kinds, {2: (240, 220, 130), 9: (1, 2, 3)})
    build(path, folder / "atlas")
    return folder


@pytest.fixture(scope="module")
def client(settings: Settings, folder: Path) -> Client:
    return Client(open_app(settings, folder / "atlas"))


def points(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Places in RD, in and around the grid, not on the edge of a cell."""
    random = np.random.default_rng(6)
    x = WEST + CELL * (random.integers(-3, COLUMNS + 3, count) + random.uniform(0.2, 0.8, count))
    y = SOUTH + CELL * (random.integers(-3, ROWS + 3, count) + random.uniform(0.2, 0.8, count))
    return x, y


def test_the_figure_at_a_point_is_what_rasterio_reads_from_the_source(client: Client, folder: Path) -> None:
    x, y = points(60)
    lon, lat = pyproj.Transformer.from_crs("EPSG:28992", "OGC:CRS84", always_xy=True).transform(x, y)
    with rasterio.open(folder / "sources" / "inwoners.tif") as dataset:
        wanted = [int(value[0]) for value in dataset.sample(zip(x, y, strict=True))]
    met = set()
    for value, east, north in zip(wanted, lon.tolist(), lat.tolist(), strict=True):
        found = client.get(f"/grids/inwoners?lon={east}&lat={north}").json()
        status = {-1: "absent", -99997: "withheld"}.get(value)
        met.add(status)
        assert (found["value"], found["status"]) == (None if status else value, status)
    assert met == {None, "absent", "withheld"}


@pytest.mark.parametrize(("name", "z"), [(GridName.WEB_MERCATOR, 12), (GridName.RD_NEW, 8), (GridName.RD_NEW, 5)])
def test_a_picture_has_the_color_of_the_cell_at_each_pixel(
    client: Client, folder: Path, name: GridName, z: int
) -> None:
    facts = Atlas.open(folder / "atlas").facts.grids[0]
    assert facts.breaks is not None
    grid = Grid.named(name)
    forward = pyproj.Transformer.from_crs("EPSG:28992", grid.crs, always_xy=True)
    coord = grid.at(*forward.transform(WEST + 3 * CELL, SOUTH + 9 * CELL), z)
    found = pixels(client.get(f"/raster/inwoners/{coord.z}/{coord.x}/{coord.y}.png?grid={name}").raw)
    west, _, east, north = grid.bounds(coord)
    middles = (np.arange(3, 256, 7) + 0.5) * (east - west) / 256
    x, y = forward.transform(
        *np.meshgrid(west + middles, north - middles), direction=pyproj.enums.TransformDirection.INVERSE
    )
    withheld = {tuple(color) for color in pattern_pixels(Reason.WITHHELD, 1).reshape(-1, 3).tolist()}
    met = set()
    with rasterio.open(folder / "sources" / "inwoners.tif") as dataset:
        for line in range(len(middles)):
            values = dataset.sample(list(zip(x[line], y[line], strict=True)))
            for column, value in enumerate(int(one[0]) for one in values):
                pixel = found[3 + 7 * line, 3 + 7 * column].tolist()
                met.add(min(value, 0))
                if value == -99997:
                    assert tuple(pixel[:3]) in withheld
                elif value == -1 or not inside(x[line, column], y[line, column]):
                    assert pixel[3] == 0
                else:
                    color = facts.colors[int(classify(np.array([float(value)]), facts.breaks)[0])]
                    assert pixel == [*bytes.fromhex(color[1:]), 255]
    assert met == {0, -1, -99997}


def inside(x: float, y: float) -> bool:
    return WEST <= x < WEST + COLUMNS * CELL and SOUTH < y <= SOUTH + ROWS * CELL


def pixels(content: bytes) -> Pixels:
    with MemoryFile(content) as file, file.open() as dataset:
        table = dataset.colormap(1)
        found: Pixels = np.array([table.get(number, (0, 0, 0, 0)) for number in range(256)], np.uint8)[dataset.read(1)]
        return found


def test_categories_have_the_color_of_the_catalog_else_that_of_the_file(client: Client, folder: Path) -> None:
    assert Atlas.open(folder / "atlas").facts.grids[1].colors == ("#aa7744", "#f0dc82")
    x, y = points(40)
    lon, lat = pyproj.Transformer.from_crs("EPSG:28992", "OGC:CRS84", always_xy=True).transform(x, y)
    texts = [client.get(f"/grids/bodem?lon={e}&lat={n}&lang=en").json()["text"] for e, n in zip(lon, lat, strict=True)]
    assert set(texts) == {"Klei", "Sand", "There is no cell here"}
    legend = client.get("/grids/bodem/legend.svg").text
    assert all(word in legend for word in ("Klei", "Zand", "#aa7744", "#f0dc82"))


def test_the_legend_has_classes_and_the_reasons_that_occur(client: Client) -> None:
    legend = client.get("/grids/inwoners/legend.svg?lang=en").text
    assert "Secret or too few observations" in legend
    assert "No figure" not in legend


def test_grids_are_listed_with_where_to_find_them(client: Client) -> None:
    [first, _] = client.get("/grids?lang=en").json()["grids"]
    assert first == client.get("/grids/inwoners?lang=en").json()
    links = {link["rel"]: link["href"] for link in first["links"]}
    assert client.get(links["legend"].removeprefix(ORIGIN)).status == 200
    tile = links["tiles"].format(z=12, x=2107, y=1354).removeprefix(ORIGIN)
    assert "immutable" in client.get(tile).headers["cache-control"]


def test_owslib_finds_grids_as_layers_of_wmts(client: Client) -> None:
    service = WebMapTileService(f"{ORIGIN}/wmts", xml=client.get("/wmts?SERVICE=WMTS&REQUEST=GetCapabilities").raw)
    layer = service.contents["inwoners"]
    assert layer.title == "Inwoners (inwoners)"
    assert not layer.dimensions
    assert layer.styles["default"]["legend"].endswith("/grids/inwoners/legend.svg?lang=nl")
    query = "SERVICE=WMTS&VERSION=1.0.0&REQUEST=GetTile&STYLE=default&FORMAT=image/png&LAYER=inwoners"
    place = "TILEMATRIXSET=NetherlandsRDNewQuad&TILEMATRIX=6&TILEROW=31&TILECOL=30"
    by_key = client.get(f"/wmts?{query}&{place}")
    by_path = client.get("/wmts/1.0.0/inwoners/default/default/NetherlandsRDNewQuad/6/31/30.png")
    assert by_key.headers["content-type"] == "image/png"
    assert by_key.raw == by_path.raw == client.get("/raster/inwoners/6/30/31.png?grid=NetherlandsRDNewQuad").raw


@pytest.mark.parametrize(
    ("path", "status", "word"),
    [
        ("/grids/zomaar", 404, "inwoners"),
        ("/grids/inwoners?lon=5", 400, "lat is missing"),
        ("/grids/inwoners?lon=oost&lat=nan", 400, "lon is"),
        ("/grids/inwoners?lon=181&lat=52", 400, "-180 to 180"),
        ("/grids?lang=de", 400, "nl"),
        ("/raster/inwoners/30/0/0.png", 404, "zoom"),
        ("/raster/inwoners/3/9/0.png", 404, "3/9/0"),
        ("/raster/inwoners/3/0/0.png?grid=X", 400, "grid"),
    ],
)
def test_what_is_not_there_is_told(client: Client, path: str, status: int, word: str) -> None:
    answer = client.get(path)
    assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json")
    assert word in answer.json()["detail"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (('id = "inwoners"', 'id = "koopwoningen"'), 'id = "koopwoningen" stands in indicators too'),
        (("classes = 4", 'palette = "Zomaar"'), "palette of inwoners"),
        (("inwoners.tif", "weg.tif"), "weg.tif: this file does not exist"),
        (("inwoners.tif", "postgis:x"), "postgis"),
    ],
)
def test_a_mistake_in_a_grid_stops_the_build(
    folder: Path, tmp_path: Path, change: tuple[str, str], message: str
) -> None:
    from layers.problems import InputProblems

    wrong = folder / "sources" / "wrong.toml"
    wrong.write_text(CATALOG + GRIDS.replace(*change))
    with pytest.raises(InputProblems, match=message):
        build(wrong, tmp_path / "atlas")
