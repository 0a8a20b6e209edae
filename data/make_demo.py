"""Write the demo data: ``python data/make_demo.py [FOLDER]`` (``data/demo`` when none is given).

Running it again gives the same bytes. The data are fictitious; see data/README.md.
"""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

os.environ["OGR_CURRENT_DATE"] = "2024-01-01T00:00:00.000Z"  # else a GeoPackage tells when it was made

import geopandas
import numpy as np
import shapely
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parent))

from markerwaard import panels, tables
from markerwaard.figures import make_counts
from markerwaard.homes import settle
from markerwaard.land import draw_canals, draw_land, draw_sea
from markerwaard.regions import LEVELS, Edition, make_province
from markerwaard.squares import squares

CRS = "EPSG:28992"
GEOPACKAGE = "markerwaard.gpkg"


def main(folder: Path) -> None:
    """Write the GeoPackage and the tables of figures."""
    folder.mkdir(parents=True, exist_ok=True)
    land = draw_land()
    province = make_province(land)
    homes = settle(land, province)
    counts = make_counts(homes)
    geopackage = folder / GEOPACKAGE
    geopackage.unlink(missing_ok=True)
    for edition in province.editions:
        for level in LEVELS:
            regions = edition.levels[level]
            _write(geopackage, f"{level}_{edition.year}", regions.geometry, code=regions.codes, name=regions.names)
    water = np.array([draw_sea(land), land.lake, *draw_canals(land)], dtype=object)
    _write(geopackage, "water", water, kind=["meer", "meer", *["vaart"] * 4, *["vijver"] * (len(water) - 6)])
    _write(geopackage, "dijk", np.array([land.dike], dtype=object), kind=["ringdijk"])
    _without_version(geopackage)
    per_edition: dict[str, Callable[[Edition], list[list[str]]]] = {
        **{level: partial(tables.plain_table, level=level, counts=counts) for level in LEVELS},
        "profielen-gemeente": partial(tables.profile_table, level="gemeente", counts=counts),
        "profielen-wijk": partial(tables.profile_table, level="wijk", counts=counts),
        "kopers-gemeente": partial(tables.buyer_table, counts=counts),
        "drugsfeiten-gemeente": partial(tables.offence_table, counts=counts),
        "drugsmisdrijven-gemeente": partial(tables.crime_table, counts=counts),
        "woon-pleeggemeente": partial(panels.flows, counts=counts),
    }
    for name, table in per_edition.items():
        before, after = (table(edition) for edition in province.editions)
        _write_table(folder / f"{name}.csv", [*before, *after[1:]])
    _write_table(folder / "herindeling.csv", tables.changes())
    _write_table(folder / "vierkanten.csv", squares(land, homes))
    _write_table(folder / "postcodes.csv", tables.postcode_table(province.editions[-1]))
    _write_table(folder / "woningmarkt.csv", panels.market(counts))
    _write_table(folder / "profielen.csv", panels.profiles(counts))
    _write_table(folder / "drugsfeiten.csv", panels.offences(counts))
    _write_table(folder / "verdachten.csv", panels.suspects(counts))
    _write_table(folder / "kenmerken.csv", panels.traits())
    _write_table(folder / "risicofactoren.csv", panels.risks())
    _write_table(folder / "subgroepen.csv", panels.groups(counts))


def _write_table(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def _write(path: Path, layer: str, geometry: NDArray[np.object_], **columns: Sequence[str]) -> None:
    """Add a layer to the GeoPackage."""
    frame = geopandas.GeoDataFrame(columns, geometry=shapely.force_2d(geometry), crs=CRS)
    frame.to_file(
        path, layer=layer, driver="GPKG", engine="pyogrio", SPATIAL_INDEX="NO", ASPATIAL_VARIANT="GPKG_ATTRIBUTES"
    )


def _without_version(path: Path) -> None:
    """Blank the bytes in which SQLite counts changes and notes its own version.

    They are advice to other writers only (SQLite file format, 1.3.10 and 1.3.16).
    """
    content = bytearray(path.read_bytes())
    content[24:28] = content[92:96] = bytes([0, 0, 0, 1])
    content[96:100] = bytes(4)
    path.write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent / "demo")
