"""A tiny country for tests: two gemeenten of two wijken each, with trouble in known places.

    GM9901 Westdam      | GM9902 Oosterveen          squares of 10 km, in EPSG:28992
    WK990101  WK990102  | WK990201  WK990202         halves of them: west and east

Koopwoningen (share): 40, 0 (a real zero), withheld, missing. Woningen (mean) only per gemeente, in two years.
"""

from __future__ import annotations

import json
from pathlib import Path

from server.build import build

WEST, SOUTH, SIDE = 140_000, 450_000, 10_000

CATALOG = """
[atlas]
id = "proefland"
title = { nl = "Proefland", en = "Testland" }
attribution = "Bron: verzonnen"
maxzoom = 10
notice = { nl = "Fictief", en = "Fictitious" }

[[regions]]
level = "gemeente"
year = 2022
source = "gemeente.geojson"
code = "code"
name = "name"

[[regions]]
level = "wijk"
year = 2022
source = "wijk.geojson"
code = "code"
name = "name"

[[tables]]
id = "wijken"
source = "wijk.csv"
level = "wijk"
year = 2022
code = "code"

[[tables]]
id = "gemeenten"
source = "gemeente.csv"
level = "gemeente"
year_column = "year"
code = "code"

[[themes]]
id = "vastgoed"
title = { nl = "Vastgoed", en = "Real estate" }

[[indicators]]
id = "koopwoningen"
theme = "vastgoed"
title = { nl = "Koopwoningen", en = "Owner-occupied homes" }
unit = "%"
kind = "share"
column = "koop"
style = { palette = "Blues", classes = 3, method = "quantiles" }

[[indicators]]
id = "gemiddelde-woz-waarde"
theme = "vastgoed"
title = { nl = "Gemiddelde WOZ-waarde", en = "Mean property value" }
unit = "x 1000 euro"
kind = "mean"
decimals = 1
column = "woz"
"""

WIJKEN = """code,koop
WK990101,40
WK990102,0
WK990201,.
WK990202,
"""

GEMEENTEN = """code,year,koop,woz
GM9901,2022,20,251.5
GM9902,2022,55,310
GM9901,2021,,240.5
GM9902,2021,,x
"""


def write_sources(folder: Path, catalog: str = CATALOG, wijken: str = WIJKEN) -> Path:
    """Write the catalog and its sources into a folder; the path of the catalog."""
    folder.mkdir(parents=True, exist_ok=True)
    gemeenten = {f"GM990{g}": _square(g - 1, 0, 1) for g in (1, 2)}
    wijken_shapes = {f"WK990{g}0{w}": _square(g - 1, (w - 1) / 2, w / 2) for g in (1, 2) for w in (1, 2)}
    names = {"GM9901": "Westdam", "GM9902": "Oosterveen"}
    _write_shapes(folder / "gemeente.geojson", gemeenten, names)
    _write_shapes(folder / "wijk.geojson", wijken_shapes, {code: f"Wijk {code[-2:]}" for code in wijken_shapes})
    (folder / "wijk.csv").write_text(wijken)
    (folder / "gemeente.csv").write_text(GEMEENTEN)
    path = folder / "catalog.toml"
    path.write_text(catalog)
    return path


def make_atlas(folder: Path, wijken: str = WIJKEN) -> Path:
    """Build the atlas of the tiny country; the folder it is in."""
    build(write_sources(folder / "sources", wijken=wijken), folder / "atlas")
    return folder / "atlas"


def _square(gemeente: int, begin: float, end: float) -> list[list[float]]:
    west, east = (WEST + SIDE * (gemeente + part) for part in (begin, end))
    return [[west, SOUTH], [east, SOUTH], [east, SOUTH + SIDE], [west, SOUTH + SIDE], [west, SOUTH]]


def _write_shapes(path: Path, shapes: dict[str, list[list[float]]], names: dict[str, str]) -> None:
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": names[code]},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        for code, ring in shapes.items()
    ]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}))
