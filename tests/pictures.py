"""Contact sheets of real maps: ``python -m tests.pictures FOLDER`` draws them, somebody looks at them.

One row per zoom; from left to right MapLibre, QGIS, and the same tiles as rasterio fills them, every region in a colour of its
own. There ground of the source without a fill is red, and ground under two fills is black; both are counted and printed. It ends
with status 1 where ground has no fill.

Needs the real data beside the repository, Chromium and QGIS. The folder stays outside the repository: the data are not ours.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import urllib.request
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import mapbox_vector_tile
import numpy as np
import rasterio
import shapely
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, Route, sync_playwright
from pyproj import CRS
from rasterio.enums import MergeAlg
from rasterio.errors import NotGeoreferencedWarning
from rasterio.features import rasterize

from layers.catalog import read_catalog
from layers.editions import Edition
from layers.prepare import prepare
from layers.store import Atlas
from server.build import build
from tests.e2e.test_netherlands import BUURTEN_2016
from tests.qgis.clients import View, open_in_qgis
from tests.qgis.pictures import Pixels, read_png
from tests.server.process import REPOSITORY, serving
from tests.web.conftest import CHROMIUM, FLAGS
from tests.web.test_mlt import MAPLIBRE, PAGE
from tiles.archive import TileArchive
from tiles.grid import Grid, GridName, TileCoord
from tiles.project import to_unit_square

SHARED = REPOSITORY.parent / "shared"
ZOOMS = (5, 8, 11)
SIDE = 800
"""Pixels along a picture; MapLibre draws a tile on 512 of them."""

HEIGHT = 600
TILE_PX = 512
MISSING, TWICE, OUTSIDE = (255, 0, 0), (0, 0, 0), (255, 255, 255)

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Place:
    """Where to look."""

    name: str
    lon: float
    lat: float


PLACES = (
    Place("den-haag", 4.31, 52.07),
    Place("wadden", 5.3, 53.3),
    Place("baarle", 4.93, 51.44),
    Place("nederland", 5.3, 52.15),
)


@dataclass(frozen=True)
class Map:
    """An atlas of real data, and what to draw of it."""

    name: str
    catalog: str
    tileset: str
    indicator: str
    year: int


def maps() -> tuple[Map, ...]:
    """Gemeenten and wijken of 2022 as the design describes them; all buurten of 2016 at every zoom."""
    [design] = re.findall(r"```toml\n(.*?)```", (SHARED / "DESIGN.md").read_text(encoding="utf-8"), re.DOTALL)
    buurten = BUURTEN_2016.format(file="nl_buurt_2016_wof.parquet").replace(
        "[[regions]]\n", "[[regions]]\nminzoom = 5\n"
    )
    return (
        Map("wijken-2022", design, "vastgoed-2022", "gemiddelde-woz-waarde", 2022),
        Map("buurten-2016", buurten, "context-2016", "adressendichtheid", 2016),
    )


def main() -> None:
    """Draw all sheets; ends with 1 where ground of the source has no fill."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder.resolve()
    if folder.is_relative_to(REPOSITORY):
        parser.error("pictures of real data do not belong in the repository: name a folder outside it")
    folder.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        missing = sum(draw(one, folder, browser) for one in maps())
    sys.exit(1 if missing else 0)


def say(sentence: str) -> None:
    """A line for who runs this."""
    sys.stdout.write(f"{sentence}\n")


def draw(one: Map, folder: Path, browser: Browser) -> int:
    """The sheets of a map; how many pixels of its ground have no fill."""
    with tempfile.TemporaryDirectory() as scratch:
        here = Path(scratch)
        (here / "shared").symlink_to(SHARED)
        (here / "catalog.toml").write_text(one.catalog, encoding="utf-8")
        build(here / "catalog.toml", here / "atlas", jobs=2)
        [edition] = prepare(read_catalog(here / "catalog.toml")).editions
        atlas = Atlas.open(here / "atlas")
        archive = TileArchive.open(atlas.path(atlas.facts.editions[0].tiles))
        with serving(here / "atlas", here) as running:
            qgis = drawn_by_qgis(running.url, one, here / "qgis")
            missing = 0
            for place in PLACES:
                rows = []
                for zoom in ZOOMS:
                    filled = Filled.of(archive, edition, Window.around(place, zoom))
                    missing += filled.report(f"{one.name} {place.name} zoom {zoom}")
                    left = drawn_by_maplibre(browser, running.url, one, place, zoom)
                    rows.append(np.hstack([left, qgis[place.name, zoom], filled.picture()]))
                write_png(folder / f"{one.name}-{place.name}.png", np.vstack(rows))
        return missing


# ---- MapLibre and QGIS


@contextmanager
def chromium() -> Iterator[Browser]:
    """As the tests of the viewer run it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        yield browser
        browser.close()


def drawn_by_maplibre(browser: Browser, url: str, one: Map, place: Place, zoom: int) -> Pixels:
    """The style of the web, from MapLibre Tiles."""

    def answer(route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        route.fulfill(path=MAPLIBRE / name) if name else route.fulfill(body=sized(PAGE), content_type="text/html")

    context = browser.new_context(viewport={"width": SIDE, "height": HEIGHT})
    context.route("**/maplibre/*", answer)
    page: Page = context.new_page()
    page.goto(f"{url}maplibre/")
    page.wait_for_function("window.ready")
    with urllib.request.urlopen(f"{url}styles/{one.indicator}?year={one.year}", timeout=60) as style:
        asked = [json.load(style), [place.lon, place.lat], zoom]
    found = page.evaluate("([style, center, zoom]) => draw(style, center, zoom)", asked)
    for trouble in found["troubles"]:
        say(f"{one.name} {place.name} zoom {zoom}: MapLibre says {trouble}")
    picture = read_png(page.locator("#map").screenshot())
    context.close()
    return picture


def sized(page: str) -> str:
    """The page of the tests with a map of our size."""
    return re.sub(r"width: \d+px; height: \d+px", f"width: {SIDE}px; height: {HEIGHT}px", page)


def drawn_by_qgis(url: str, one: Map, folder: Path) -> dict[tuple[str, int], Pixels]:
    """The style for QGIS, from Mapbox Vector Tiles; by place and zoom."""
    keys = [(place, zoom) for place in PLACES for zoom in ZOOMS]
    views = [
        View(
            name=f"{place.name}-{zoom}",
            crs="EPSG:3857",
            lon=place.lon,
            lat=place.lat,
            zoom=zoom,
            width=SIDE,
            height=HEIGHT,
        )
        for place, zoom in keys
    ]
    style = f"{url}styles/{one.indicator}?profile=qgis&year={one.year}"
    found = open_in_qgis(f"{url}tiles/{one.tileset}/{{z}}/{{x}}/{{y}}", style, folder, views, [])
    for problem in found["problems"]:
        say(f"{one.name}: QGIS says {problem}")
    return {
        (place.name, zoom): read_png(Path(found["views"][f"{place.name}-{zoom}"]["picture"]).read_bytes())
        for place, zoom in keys
    }


# ---- the same tiles as pixels


@dataclass(frozen=True)
class Window:
    """A part of the world in pixels, as MapLibre counts them at a whole zoom."""

    zoom: int
    west: float
    north: float

    @staticmethod
    def around(place: Place, zoom: int) -> Window:
        """The picture with a place in its middle."""
        grid = Grid.named(GridName.WEB_MERCATOR)
        unit = to_unit_square(np.array([[place.lon, place.lat]]), CRS.from_user_input("OGC:CRS84"), grid)[0]
        x, y = unit * (TILE_PX << zoom)
        return Window(zoom, float(x - SIDE / 2), float(y - HEIGHT / 2))

    def tiles(self) -> Iterator[TileCoord]:
        """Those it shows."""
        for x in range(int(self.west // TILE_PX), int((self.west + SIDE) // TILE_PX) + 1):
            for y in range(int(self.north // TILE_PX), int((self.north + HEIGHT) // TILE_PX) + 1):
                if 0 <= x < 1 << self.zoom and 0 <= y < 1 << self.zoom:
                    yield TileCoord(self.zoom, x, y)


@dataclass(frozen=True)
class Filled:
    """What rasterio makes of a window."""

    number: NDArray[np.int32]
    """(height, width) the region of each pixel, 0 for none."""

    times: NDArray[np.int32]
    """How often each pixel is filled."""

    ground: Mask
    """Pixels a whole pixel or more from the nearest water of the source."""

    @staticmethod
    def of(archive: TileArchive, edition: Edition, window: Window) -> Filled:
        """The finest level that the zoom shows."""
        level = [level for level in edition.levels if level.minzoom <= window.zoom][-1]
        number, times = np.zeros((HEIGHT, SIDE), np.int32), np.zeros((HEIGHT, SIDE), np.int32)
        for coord in window.tiles():
            shapes = on_window(archive, coord, level.id, window)
            if shapes:
                number = np.maximum(number, rasterize(shapes, (HEIGHT, SIDE), dtype="int32"))
                ones = [(shape, 1) for shape, _ in shapes]
                times += rasterize(ones, (HEIGHT, SIDE), dtype="int32", merge_alg=MergeAlg.add)
        return Filled(number, times, ground_of(edition, level.geometry, window))

    def report(self, what: str) -> int:
        """Prints what is wrong; how many pixels have no fill."""
        missing, twice = int((self.ground & (self.times == 0)).sum()), int((self.times > 1).sum())
        drawn = int((self.times > 0).sum())
        say(f"{what}: {drawn:,} pixels drawn, {missing:,} of the ground without fill, {twice:,} twice")
        return missing

    def picture(self) -> Pixels:
        """A colour for each region; what is wrong stands out."""
        colors = np.random.default_rng(1).integers(110, 240, (4096, 3))
        picture = colors[self.number % 4096].astype(np.uint8)
        picture[self.number == 0] = OUTSIDE
        picture[self.ground & (self.times == 0)] = MISSING
        picture[self.times > 1] = TWICE
        return picture


def on_window(archive: TileArchive, coord: TileCoord, level: str, window: Window) -> list[tuple[shapely.Geometry, int]]:
    """The regions in the square of a tile, in pixels of the window, each with a number."""
    tile = archive.unpacked(coord)
    layers = mapbox_vector_tile.decode(tile, default_options={"y_coord_down": True}) if tile else {}
    corner = np.array([coord.x * TILE_PX - window.west, coord.y * TILE_PX - window.north])
    found = []
    for feature in layers.get(level, {"features": []})["features"]:
        shape = shapely.clip_by_rect(shapely.make_valid(shapely.geometry.shape(feature["geometry"])), 0, 0, 4096, 4096)
        placed = shapely.transform(shape, lambda xy: xy * (TILE_PX / 4096) + corner)
        found += [(placed, feature["id"] % 2_000_003 + 1)] if shape.area else []
    return found


def ground_of(edition: Edition, geometry: NDArray[np.object_], window: Window) -> Mask:
    """Where the source has ground and nothing else, with a pixel around."""
    grid = Grid.named(GridName.WEB_MERCATOR)
    size = np.array([window.west, window.north])

    def pixels(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        moved: NDArray[np.float64] = to_unit_square(xy, edition.crs, grid) * (TILE_PX << window.zoom) - size
        return moved

    frame = shapely.box(0, 0, SIDE, HEIGHT)
    shapes = shapely.transform(geometry, pixels)
    near = shapes[shapely.intersects(shapely.box(*shapely.bounds(shapes).T), frame)]
    water = shapely.difference(frame, shapely.coverage_union_all(near))
    wet: Mask = rasterize([(water, 1)], (HEIGHT, SIDE), all_touched=True) > 0
    dry: Mask = ~wet
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            dry &= ~np.roll(wet, (down, right), (0, 1))
    dry[[0, -1]] = dry[:, [0, -1]] = False
    return dry


def write_png(path: Path, picture: Pixels) -> None:
    """A picture of (height, width, 3)."""
    height, width = picture.shape[:2]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(path, "w", driver="PNG", width=width, height=height, count=3, dtype="uint8") as file:
            file.write(np.moveaxis(picture, -1, 0))


if __name__ == "__main__":
    main()
