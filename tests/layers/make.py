"""Words for small sources: squares in a row, a table beside them, and a catalog over both."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from shapely.geometry import box
from shapely.geometry.base import BaseGeometry

from layers.catalog import read_catalog
from layers.prepare import Prepared, prepare
from layers.problems import InputProblems

CODES = ("GM9901", "GM9902", "GM9903")
NAMES = ("Aardhuizen", "Boterveen", "Chaamdijk")

REGIONS = """
[[regions]]
level = "gemeente"
year = 2022
source = "regions.gpkg"
code = "code"
name = "name"
"""
TABLE = """
[[tables]]
id = "figures"
source = "figures.csv"
level = "gemeente"
year = 2022
code = "code"
"""
INDICATOR = """
[[themes]]
id = "vastgoed"
title = "Vastgoed"

[[indicators]]
id = "woz"
theme = "vastgoed"
title = { nl = "Gemiddelde WOZ-waarde", en = "Mean property value" }
unit = "x 1000 euro"
kind = "mean"
column = "woz"
"""
ATLAS = """
[atlas]
id = "klein"
title = "Klein"
attribution = "Bron: verzonnen"
maxzoom = 10
"""


def squares(count: int, side: float = 1000.0, west: float = 150_000.0, south: float = 450_000.0) -> list[BaseGeometry]:
    """Squares in a row, each sharing an edge with the next, in the middle of the Netherlands (EPSG:28992)."""
    return [box(west + i * side, south, west + (i + 1) * side, south + side) for i in range(count)]


def frame(
    codes: Sequence[object] = CODES,
    geometry: Sequence[BaseGeometry | None] | None = None,
    crs: str | None = "EPSG:28992",
    **columns: Sequence[object],
) -> gpd.GeoDataFrame:
    """Regions as a table with ``code``, ``name`` and further columns."""
    shapes = squares(len(codes)) if geometry is None else list(geometry)
    names = [f"Plaats {i + 1}" for i in range(len(codes))] if tuple(codes) != CODES else list(NAMES)
    data: dict[str, Any] = {"code": list(codes), "name": names, **{key: list(cells) for key, cells in columns.items()}}
    return gpd.GeoDataFrame(data, geometry=shapes, crs=crs)


def write_regions(
    regions: gpd.GeoDataFrame | None = None, path: str = "regions.gpkg", layer: str = "gemeente_2022"
) -> None:
    """Write regions as a layer of a file in the current folder."""
    regions = frame() if regions is None else regions
    if path.endswith("parquet"):
        regions.to_parquet(path)
    else:
        regions.to_file(path, layer=layer)


def write_table(text: str = "code,woz\nGM9901,250\nGM9902,300\nGM9903,.\n", path: str = "figures.csv") -> None:
    """Write a table of figures in the current folder."""
    Path(path).write_text(text, encoding="utf-8")


def write_catalog(*parts: str) -> Path:
    """Write a catalog in the current folder; regions, a table and an indicator unless other parts are given."""
    text = "".join([ATLAS, *(parts or (REGIONS, TABLE, INDICATOR))])
    Path("catalog.toml").write_text(text, encoding="utf-8")
    return Path("catalog.toml")


def prepared(*parts: str) -> Prepared:
    """What comes of a catalog of these parts."""
    return prepare(read_catalog(write_catalog(*parts)))


def complaints(*parts: str) -> list[str]:
    """What is said about a catalog of these parts, or its sources."""
    path = write_catalog(*parts)
    with pytest.raises(InputProblems) as caught:
        prepare(read_catalog(path))
    return [str(problem) for problem in caught.value.problems]
