"""Servers from PyPI on the same regions and figures: pygeoapi and tipg on one PostGIS table, titiler on one picture.

Each runs under uvicorn, as its makers advise, with one process and without a log.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import geopandas
import numpy as np
import psycopg
import rasterio
import rasterio.features
from rasterio.enums import Resampling
from rasterio.shutil import copy

from layers.store import Atlas
from tests.bench.load import CannotMeasure
from tests.layers.postgis_server import NoServer, Server, postgis_server

PACKAGES: Final = (
    "tipg==1.6.*",
    "pygeoapi==0.21.*",
    "titiler.application==2.4.*",
    "uvicorn[standard]",
    "psycopg2-binary",
    "geoalchemy2",
    "sqlalchemy",
)
TABLE: Final = "wijk"
COLORS: Final = ((239, 243, 255), (189, 215, 231), (107, 174, 214), (49, 130, 189), (8, 81, 156))
PIXEL_M: Final = 40_075_016.685578488 / 256 / (1 << 11)
"""Of a tile of zoom 11."""


def python(folder: Path) -> Path:
    """The Python that has them, installed on first use (network)."""
    venv = folder / "venv"
    if not (venv / ".installed").exists():
        sys.stderr.write(f"installing {', '.join(PACKAGES)} in {venv}\n")
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        subprocess.run([str(venv / "bin" / "pip"), "install", "--quiet", *PACKAGES], check=True)
        (venv / ".installed").touch()
    return venv / "bin" / "python"


def uvicorn(program: Path, application: str) -> Callable[[int], list[str]]:
    """The command by port."""
    return lambda port: [
        *(str(program), "-m", "uvicorn", application, "--port", str(port)),
        *("--log-level", "error", "--no-access-log"),
    ]


# ---- features


@dataclass(frozen=True, slots=True)
class Regions:
    """The regions of a level of a tileset with their figures, as a table."""

    frame: geopandas.GeoDataFrame
    """``code``, ``name``, a column for each indicator, and geometry in degrees."""

    columns: tuple[str, ...]

    @staticmethod
    def of(atlas: Atlas, tileset_id: str) -> Regions:
        """The finest level there is."""
        facts = atlas.tileset(tileset_id)
        edition = atlas.edition(facts.edition)
        level = edition.levels[-1].id
        frame = geopandas.read_parquet(atlas.path(edition.regions))
        frame = frame[frame["level"] == level][["code", "name", "parent", "geometry"]].to_crs(4326)
        indicators = [atlas.indicator(indicator) for indicator in facts.indicators]
        for indicator in indicators:
            frame[indicator.field] = atlas.published(indicator.id, level, facts.year or 0).numbers
        return Regions(frame, tuple(indicator.field for indicator in indicators))

    def boxes(self, count: int) -> list[tuple[float, float, float, float]]:
        """West, south, east, north of some of the regions around these, in degrees."""
        bounds = self.frame.bounds.groupby(self.frame["parent"]).agg(
            {"minx": "min", "miny": "min", "maxx": "max", "maxy": "max"}
        )
        step = max(len(bounds) // count, 1)
        return [tuple(round(degrees, 5) for degrees in row) for row in bounds.to_numpy()[::step][:count].tolist()]


@contextmanager
def database(regions: Regions) -> Iterator[Server]:
    """PostGIS with the regions in one table, indexed by place and by code, on the first core. Raises CannotMeasure."""
    try:
        with postgis_server() as server:
            _fill(server, regions)
            yield server
    except NoServer as reason:
        raise CannotMeasure(str(reason)) from reason


def postmaster(server: Server) -> int:
    """The process that starts those that answer; all are of its session."""
    with psycopg.connect(server.address(), autocommit=True) as connection:
        [row] = connection.execute("SELECT pg_backend_pid()").fetchall()
        stat = Path(f"/proc/{row[0]}/stat").read_text().rpartition(")")[2].split()
        return int(stat[1])


def _fill(server: Server, regions: Regions) -> None:
    figures = ", ".join(f'"{name}" double precision' for name in regions.columns)
    server.run(
        f"CREATE TABLE {TABLE} (id serial PRIMARY KEY, code text, name text, {figures}, geom geometry(Geometry, 4326))"
    )
    names = ["code", "name", *regions.columns]
    listed = ", ".join(f'"{name}"' for name in [*names, "geom"])
    with (
        psycopg.connect(server.address(), autocommit=True) as connection,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {TABLE} ({listed}) FROM STDIN".encode()) as rows,
    ):
        for values, geometry in zip(
            regions.frame[names].astype(object).to_numpy().tolist(),
            regions.frame.geometry.to_wkb(hex=True),
            strict=True,
        ):
            cells = [None if isinstance(value, float) and np.isnan(value) else value for value in values]
            rows.write_row([*cells, geometry])
    server.run(
        f"CREATE INDEX ON {TABLE} USING gist (geom)", f"CREATE INDEX ON {TABLE} (code)", f"VACUUM ANALYZE {TABLE}"
    )


def tipg_env(server: Server) -> dict[str, str]:
    """Settings of tipg."""
    return {
        "DATABASE_URL": server.address(),
        "TIPG_DB_SCHEMAS": '["public"]',
        "TIPG_MAX_FEATURES_PER_QUERY": "10000",
        "TIPG_MAX_FEATURES_PER_TILE": "20000",
    }


def pygeoapi_env(folder: Path, program: Path, server: Server, columns: Sequence[str]) -> dict[str, str]:
    """Settings of pygeoapi, with its description of the table and its OpenAPI document in files."""
    config, openapi = folder / "pygeoapi.yml", folder / "pygeoapi-openapi.yml"
    config.write_text(json.dumps(_pygeoapi_config(server, columns), indent=1))  # JSON is YAML
    env = {"PYGEOAPI_CONFIG": str(config.resolve()), "PYGEOAPI_OPENAPI": str(openapi.resolve())}
    command = [str(program.parent / "pygeoapi"), "openapi", "generate", str(config), "--output-file", str(openapi)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotMeasure(f"pygeoapi: {done.stderr[-500:]}")
    return env


def _pygeoapi_config(server: Server, columns: Sequence[str]) -> dict[str, Any]:
    text = {"en": "Wijken"}
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": 5000},
            "url": "http://127.0.0.1:5000",
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "languages": ["en"],
            "gzip": False,
            "map": {"url": "https://tile.openstreetmap.org/{z}/{x}/{y}.png", "attribution": "-"},
            "limits": {"default_items": 10, "max_items": 10_000},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {
                "title": text,
                "description": text,
                "keywords": {"en": ["wijk"]},
                "keywords_type": "theme",
                "terms_of_service": "-",
                "url": "http://localhost",
            },
            "license": {"name": "-", "url": "http://localhost"},
            "provider": {"name": "-", "url": "http://localhost"},
            "contact": {"name": "-", "email": "a@example.org", "url": "http://localhost"},
        },
        "resources": {
            TABLE: {
                "type": "collection",
                "title": text,
                "description": text,
                "keywords": {"en": ["wijk"]},
                "extents": {
                    "spatial": {"bbox": [3.2, 50.7, 7.3, 53.6], "crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"}
                },
                "links": [],
                "providers": [
                    {
                        "type": "feature",
                        "name": "PostgreSQL",
                        "data": {
                            "host": "127.0.0.1",
                            "port": server.port,
                            "dbname": "postgres",
                            "user": "owner",
                            "password": server.password,
                            "search_path": ["public"],
                        },
                        "id_field": "id",
                        "table": TABLE,
                        "geom_field": "geom",
                        "properties": ["code", "name", *columns],
                    }
                ],
            }
        },
    }


# ---- pictures


def cog(folder: Path, regions: Regions, column: str) -> Path:
    """A picture of the map as a cloud-optimised GeoTIFF: one band of classes with overviews, in tiles of 256 pixels."""
    path = folder / f"{column}.tif"
    if path.exists():
        return path
    mercator = regions.frame.to_crs(3857)
    west, _, _, north = mercator.total_bounds
    east, south = mercator.total_bounds[2], mercator.total_bounds[1]
    width, height = int((east - west) / PIXEL_M) + 1, int((north - south) / PIXEL_M) + 1
    values = mercator[column].to_numpy()
    edges = np.nanquantile(values, np.linspace(0, 1, len(COLORS) + 1)[1:-1])
    classes = np.where(np.isnan(values), 0, np.searchsorted(edges, values) + 1)
    transform = rasterio.transform.from_origin(west, north, PIXEL_M, PIXEL_M)
    pixels = rasterio.features.rasterize(
        zip(mercator.geometry, classes.tolist(), strict=True), (height, width), transform=transform, dtype="uint8"
    )
    profile = {"driver": "GTiff", "width": width, "height": height, "count": 1, "dtype": "uint8", "nodata": 0}
    rough = folder / "rough.tif"
    with rasterio.open(
        rough, "w", **profile, crs="EPSG:3857", transform=transform, tiled=True, compress="deflate"
    ) as out:
        out.write(pixels, 1)
        out.build_overviews([2, 4, 8, 16, 32, 64], Resampling.nearest)
    copy(rough, path, driver="COG", blocksize=256, compress="DEFLATE", overviews="FORCE_USE_EXISTING")
    rough.unlink()
    return path


def titiler_query(path: Path) -> str:
    """Which picture, and its colors."""
    colors = {str(number + 1): [*color, 255] for number, color in enumerate(COLORS)}
    return f"url={quote(str(path.resolve()))}&colormap={quote(json.dumps(colors, separators=(',', ':')))}"
