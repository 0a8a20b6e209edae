"""OpenLayers, Leaflet, OWSLib and GDAL: clients that nobody here wrote find the figure and the class of regions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import pytest
from owslib.wmts import WebMapTileService
from playwright.sync_api import Browser, Page
from rasterio.io import MemoryFile

from layers.values import Reason
from styles.reasons import patterns
from tests.qgis.clients import run
from tests.qgis.pictures import class_color, rgb
from tests.qgis.running import Site
from tests.web.conftest import REPOSITORY, absent, chromium
from tiles.grid import Grid, GridName

__all__ = ["chromium"]

pytestmark = pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")

MODULES = REPOSITORY / "server" / "web" / "node_modules"
PATIENCE_MS = 120_000
ZOOM = 10
"""Of tiles of 256 pixels: wijken are shown."""

YEAR = 2022
DEMO = ("demo", "onverklaarbare-woningaankopen")
NETHERLANDS = ("netherlands", "gemiddelde-woz-waarde")
Row = Mapping[str, Any]


class Chosen:
    """Some wijken around the first, with what the server's CSV says of them."""

    def __init__(self, site: Site, indicator: str, year: int = YEAR) -> None:
        self.site, self.id, self.field = site, indicator, indicator.replace("-", "_")
        self.facts = site.indicator(indicator)
        rows, places = site.values(indicator, year, "wijk"), site.places(YEAR)
        middle = places["WK036300" if "WK036300" in rows else next(iter(rows))]
        self.lon, self.lat = (0.5 * (middle[a] + middle[b]) for a, b in (("west", "east"), ("south", "north")))
        near = [
            {**places[code], **row}
            for code, row in rows.items()
            if abs(places[code]["lon"] - self.lon) < 0.3
            and abs(places[code]["lat"] - self.lat) < 0.15
            # a pond, an island or a hair of a wijk can lie at the place of its label; larger ones are sure
            and places[code]["east"] - places[code]["west"] > 0.02
        ]
        with_figure, without = ([row for row in near if bool(row["value"]) is wanted] for wanted in (True, False))
        self.rows: list[Row] = [*with_figure[:6], *without[:3]]
        assert len(self.rows) >= 6

    def color(self, row: Row) -> tuple[int, int, int]:
        """The color of its class, or the ground of the pattern of its reason."""
        if row["value"]:
            return rgb(class_color(float(row["value"]), self.facts["breaks"]["wijk"]["edges"], self.facts["colors"]))
        return rgb(patterns()[Reason(row["status"])].ground)

    def check(self, row: Row, properties: Mapping[str, Any]) -> None:
        """Whether a feature has the figure of the CSV, or its reason and no figure."""
        assert properties["code"] == row["code"]
        if row["value"]:
            assert properties[self.field] == pytest.approx(float(row["value"]))
        else:
            assert self.field not in properties
            assert properties[f"{self.field}_status"] == row["status"]


@pytest.fixture
def chosen(request: pytest.FixtureRequest) -> Chosen:
    site, indicator = request.param
    return Chosen(request.getfixturevalue(site), indicator)


BOTH = pytest.mark.parametrize(
    "chosen", [DEMO, pytest.param(NETHERLANDS, marks=pytest.mark.real_data)], indirect=True, ids=["demo", "netherlands"]
)


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """An empty page with a place for a map, and no errors at the end."""
    page = chromium.new_page(viewport={"width": 800, "height": 600})
    page.set_default_timeout(PATIENCE_MS)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_content('<body style="margin:0"><div id="map" style="width:800px;height:600px"></div></body>')
    yield page
    page.close()
    assert errors == []


def load(page: Page, *files: str) -> None:
    for name in files:
        path = MODULES / name
        if not path.is_file():
            absent(f"{path} is not there: run npm ci in server/web")
        if name.endswith(".css"):
            page.add_style_tag(path=path)
        else:
            page.add_script_tag(path=path)


OPENLAYERS = """async ({url, lon, lat, zoom, points}) => {
  const source = new ol.source.OGCVectorTile({url, format: new ol.format.MVT({layers: ["wijk"]})});
  while (source.getState() === "loading") await new Promise((done) => source.once("change", done));
  if (source.getState() !== "ready") throw new Error(`OpenLayers cannot use ${url}`);
  const layer = new ol.layer.VectorTile({source});
  const view = new ol.View({center: ol.proj.fromLonLat([lon, lat]), zoom});
  const map = new ol.Map({target: "map", layers: [layer], view});
  await new Promise((done) => map.once("rendercomplete", done));
  const found = [];
  for (const point of points) {
    const pixel = map.getPixelFromCoordinate(ol.proj.fromLonLat(point));
    const features = await layer.getFeatures(pixel);
    found.push(features.filter((one) => one.get("layer") === "wijk").map((one) => one.getProperties()));
  }
  return found;
}"""


@pytest.mark.browser
@BOTH
def test_openlayers_finds_figures_by_ogc_api_tiles(chosen: Chosen, page: Page) -> None:
    load(page, "ol/dist/ol.js")
    url = f"{chosen.site.url}ogc/v1/collections/vastgoed-{YEAR}-wijk/tiles/WebMercatorQuad"
    points = [[row["lon"], row["lat"]] for row in chosen.rows]
    job = {"url": url, "lon": chosen.lon, "lat": chosen.lat, "zoom": ZOOM, "points": points}
    for row, found in zip(chosen.rows, page.evaluate(OPENLAYERS, job), strict=True):
        [properties] = [one for one in found if one["code"] == row["code"]]
        chosen.check(row, properties)


OPENLAYERS_WMTS = """async ({url, layer, year, lon, lat, zoom, points}) => {
  const text = await (await fetch(url)).text();
  const options = ol.source.WMTS.optionsFromCapabilities(
    new ol.format.WMTSCapabilities().read(text), {layer, matrixSet: "WebMercatorQuad", crossOrigin: "anonymous"});
  options.dimensions.Time = year;
  const tiles = new ol.layer.Tile({source: new ol.source.WMTS(options)});
  const view = new ol.View({center: ol.proj.fromLonLat([lon, lat]), zoom});
  const map = new ol.Map({target: "map", layers: [tiles], view});
  await new Promise((done) => map.once("rendercomplete", done));
  return points.map((point) => {
    const [x, y] = map.getPixelFromCoordinate(ol.proj.fromLonLat(point));
    const around = [];
    for (let dx = -4; dx <= 4; dx++) for (let dy = -4; dy <= 4; dy++) {
      const data = tiles.getData([x + dx, y + dy]);
      if (data) around.push([...data.slice(0, 3)]);
    }
    return around;
  });
}"""


@pytest.mark.browser
@BOTH
def test_openlayers_finds_classes_by_wmts(chosen: Chosen, page: Page) -> None:
    load(page, "ol/dist/ol.js")
    job = {
        "url": f"{chosen.site.url}wmts?SERVICE=WMTS&REQUEST=GetCapabilities",
        "layer": chosen.id,
        "year": str(YEAR),
        "lon": chosen.lon,
        "lat": chosen.lat,
        "zoom": ZOOM,
        "points": [[row["lon"], row["lat"]] for row in chosen.rows],
    }
    check_colors(chosen, page.evaluate(OPENLAYERS_WMTS, job))


def check_colors(chosen: Chosen, found: list[list[list[int]]]) -> None:
    """The color of its class or reason is among the pixels around each region."""
    for row, around in zip(chosen.rows, found, strict=True):
        assert chosen.color(row) in {tuple(color[:3]) for color in around}, row["code"]


LEAFLET = """async ({url, field, edges, colors, lon, lat, zoom, points}) => {
  const map = L.map("map", {zoomAnimation: false, fadeAnimation: false}).setView([lat, lon], zoom);
  const wijk = (properties) => {
    const figure = properties[field];
    const fillColor = figure === undefined ? "#123456" : colors[edges.filter((edge) => figure >= edge).length];
    return {fill: true, fillColor, fillOpacity: 1, weight: 0.5};
  };
  const vectorTileLayerStyles = new Proxy({wijk}, {get: (styles, name) => styles[name] ?? []});
  const layer = L.vectorGrid.protobuf(url, {rendererFactory: L.svg.tile, interactive: true, vectorTileLayerStyles});
  window.clicked = [];
  layer.on("click", (event) => window.clicked.push(event.layer.properties));
  await new Promise((done) => layer.once("load", done).addTo(map));
  return points.map(([lon, lat]) => { const {x, y} = map.latLngToContainerPoint([lat, lon]); return [x, y]; });
}"""


@pytest.mark.browser
@BOTH
def test_leaflet_finds_figures_and_classes_with_its_vector_grid(chosen: Chosen, page: Page) -> None:
    load(page, "leaflet/dist/leaflet.css", "leaflet/dist/leaflet.js")
    load(page, "leaflet.vectorgrid/dist/Leaflet.VectorGrid.bundled.js")
    job = {
        "url": f"{chosen.site.url}tiles/vastgoed-{YEAR}/{{z}}/{{x}}/{{y}}?indicators={chosen.id}",
        "field": chosen.field,
        "edges": chosen.facts["breaks"]["wijk"]["edges"],
        "colors": chosen.facts["colors"],
        "lon": chosen.lon,
        "lat": chosen.lat,
        "zoom": ZOOM,
        "points": [[row["lon"], row["lat"]] for row in chosen.rows],
    }
    pixels = page.evaluate(LEAFLET, job)
    for row, (x, y) in zip(chosen.rows, pixels, strict=True):
        fill = page.evaluate("([x, y]) => document.elementFromPoint(x, y).getAttribute('fill')", [x, y])
        assert fill == ("#{:02x}{:02x}{:02x}".format(*chosen.color(row)) if row["value"] else "#123456"), row["code"]
        page.evaluate("window.clicked.length = 0")
        page.mouse.click(x, y)
        [properties] = page.evaluate("window.clicked")
        chosen.check(row, properties)


GRIDS = pytest.mark.parametrize("name", list(GridName))


@pytest.mark.qgis
@BOTH
@GRIDS
def test_gdal_finds_classes_by_wmts(chosen: Chosen, name: GridName, tmp_path: Path) -> None:
    """It asks for the year that is shown where nobody chose: the newest."""
    chosen = Chosen(chosen.site, chosen.id, max(series["year"] for series in chosen.facts["series"]))
    grid = Grid.named(name)
    source = f"WMTS:{chosen.site.url}wmts?SERVICE=WMTS&REQUEST=GetCapabilities,layer={chosen.id},tilematrixset={name}"
    # Level 10 of Web Mercator and 5 of RD are where wijken are shown.
    level = ZOOM if name is GridName.WEB_MERCATOR else ZOOM - 5
    points = [str(row[axis]) for row in chosen.rows for axis in ("lon", "lat")]
    found = run("read_wmts.py", "osgeo.gdal", tmp_path, f"{source},tilematrix={level}", f"EPSG:{grid.epsg}", *points)
    assert found["crs"] == str(grid.epsg)
    check_colors(chosen, found["colors"])


@BOTH
@GRIDS
def test_owslib_finds_classes_by_wmts(chosen: Chosen, name: GridName) -> None:
    grid = Grid.named(name)
    z = ZOOM if name is GridName.WEB_MERCATOR else ZOOM - 5
    service = WebMapTileService(f"{chosen.site.url}wmts")
    forward = pyproj.Transformer.from_crs("OGC:CRS84", grid.crs, always_xy=True)
    found = []
    for row in chosen.rows:
        x, y = forward.transform(row["lon"], row["lat"])
        coord = grid.at(x, y, z)
        picture = service.gettile(
            layer=chosen.id, tilematrixset=name.value, tilematrix=str(z), row=coord.y, column=coord.x,
            format="image/png", TIME=str(YEAR),
        )  # fmt: skip
        west, _, east, north = grid.bounds(coord)
        column, line = (int(way / (east - west) * 256) for way in (x - west, north - y))
        with MemoryFile(picture.read()) as file, file.open() as dataset:
            colors = np.array([dataset.colormap(1)[number][:3] for number in range(len(dataset.colormap(1)))])
            around = dataset.read(1)[max(line - 4, 0) : line + 5, max(column - 4, 0) : column + 5]
        found.append(colors[around].reshape(-1, 3).tolist())
    check_colors(chosen, found)
