"""Grids: squares of CBS and rasters, read as they are and kept apart from what is withheld and what is not there."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from hypothesis import given
from hypothesis import strategies as st
from rasterio.transform import Affine

from layers.catalog_grids import GridEntry
from layers.grid_cells import ABSENT, cells_at
from layers.grids import GridSource, read_grid, write_grid
from layers.problems import InputProblems
from layers.squares import corner_of
from layers.values import Reason

RD = "EPSG:28992"
CSV = """crs28992res100m;aantal_inwoners
E1230N4560;25
E1231N4560;-99997
E1230N4562;7,5
E1233N4561;
"""


def entry(source: str, **keys: object) -> GridEntry:
    return GridEntry.model_validate({"id": "cellen", "title": "Cellen", "source": source, **keys})


def squares(folder: Path, text: str = CSV, **keys: object) -> GridSource:
    (folder / "vk.csv").write_text(text, encoding="utf-8")
    return read_grid(entry("vk.csv", **{"column": "aantal_inwoners", **keys}), folder / "vk.csv")


def raster(folder: Path, values: np.ndarray, **profile: object) -> Path:
    path = folder / "cellen.tif"
    defaults = {"crs": RD, "transform": Affine(100, 0, 120_000, 0, -100, 460_000), "nodata": -9999}
    height, width = values.shape
    with rasterio.open(
        path, "w", driver="GTiff", count=1, height=height, width=width, dtype=values.dtype, **(defaults | profile)
    ) as dataset:
        dataset.write(values, 1)
    return path


@given(st.integers(0, 2800), st.integers(3000, 6300))
def test_an_id_in_metres_and_one_in_hundreds_name_the_same_corner(east: int, north: int) -> None:
    short, long = f"E{east:04}N{north:04}", f"E{east * 100:06}N{north * 100:06}"
    assert corner_of(short) == corner_of(long) == (east * 100, north * 100)


def test_squares_lie_where_their_ids_say(tmp_path: Path) -> None:
    source = squares(tmp_path)
    write_grid(tmp_path / "made.tif", source)
    middle = np.array(
        [[123_050, 456_050], [123_150, 456_050], [123_050, 456_250], [123_350, 456_150], [123_150, 456_150]]
    )
    found = cells_at(tmp_path / "made.tif", RD, middle[:, 0].astype(float), middle[:, 1].astype(float))
    assert found.numbers[:1].tolist() == [25]
    assert found.numbers[2] == 7.5
    assert found.status.tolist() == [0, Reason.WITHHELD.number, 0, Reason.MISSING.number, ABSENT]


def test_a_geopackage_of_squares_is_the_same_as_its_csv(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(
        {"crs28992res500m": ["E1230N4560", "E1235N4560"], "aantal_woningen": [12, -99997]},
        geometry=[shapely.box(123_000, 456_000, 123_500, 456_500), shapely.box(123_500, 456_000, 124_000, 456_500)],
        crs=RD,
    )
    frame.to_file(tmp_path / "cbs_vk500_2023.gpkg", layer="vierkant_500m", engine="pyogrio")
    source = read_grid(entry("cbs_vk500_2023.gpkg", column="aantal_woningen"), tmp_path / "cbs_vk500_2023.gpkg")
    assert (source.width, source.height, source.transform.a) == (2, 1, 500)
    [strip] = source.strips()
    assert strip.status.tolist() == [[0, Reason.WITHHELD.number]]


@pytest.mark.parametrize(
    ("text", "keys", "message"),
    [
        (CSV + "E12N45;1\n", {}, 'vk.csv, row 6: "E12N45" is no id of a square, such as E1234N4567'),
        (CSV + "E1230N4560;9\n", {}, 'square "E1230N4560" stands in row 2 already'),
        (CSV + "\nE12N45;1\n", {}, 'vk.csv, row 7: "E12N45" is no id of a square, such as E1234N4567'),
        (CSV.replace("25", "vijf"), {}, 'column "aantal_inwoners" has "vijf" where a number should be'),
        (CSV.replace("25", "1e300"), {}, 'column "aantal_inwoners" has "1e300", and a figure is at most'),
        (CSV + "E9999N0001;1\n", {}, "one of the ids is wrong"),
        (CSV, {"cell": 500}, "lies on no multiple of 500 m"),
        (CSV, {"column": "woningen"}, 'there is no column "woningen"'),
        (CSV.replace("crs28992res100m", "vierkant"), {}, "give square, the column with ids"),
    ],
)
def test_what_is_wrong_with_squares_is_told(tmp_path: Path, text: str, keys: dict[str, object], message: str) -> None:
    with pytest.raises(InputProblems) as error:
        squares(tmp_path, text, **keys)
    assert message in str(error.value)


def test_a_raster_keeps_withheld_apart_from_nodata(tmp_path: Path) -> None:
    values = np.array([[1.5, -9999], [-99997, -99995]], np.float32)
    source = read_grid(entry("cellen.tif"), raster(tmp_path, values))
    [strip] = source.strips()
    assert strip.status.tolist() == [[0, ABSENT], [Reason.WITHHELD.number, Reason.NOT_YET_PUBLISHED.number]]
    assert np.isnan(strip.numbers.ravel()[1:]).all()


def test_where_nodata_is_the_mark_of_withheld_nothing_is_called_absent(tmp_path: Path) -> None:
    values = np.array([[1, -99997]], np.int32)
    [strip] = read_grid(entry("cellen.tif"), raster(tmp_path, values, nodata=-99997)).strips()
    assert strip.status.tolist() == [[0, Reason.WITHHELD.number]]


@pytest.mark.parametrize("crs", [RD, "EPSG:4326"])
def test_cells_at_points_are_those_that_rasterio_reads_from_the_source(tmp_path: Path, crs: str) -> None:
    random = np.random.default_rng(7)
    values = random.integers(-50, 50, (700, 900)).astype(np.float32) / 4
    values[random.random(values.shape) < 0.2] = -9999
    values[random.random(values.shape) < 0.2] = -99997
    degrees = Affine(0.001, 0, 5.0, 0, -0.001, 52.5)
    path = raster(tmp_path, values, **({} if crs == RD else {"crs": crs, "transform": degrees}))
    write_grid(tmp_path / "made.tif", read_grid(entry("cellen.tif"), path))
    with rasterio.open(path) as dataset:
        left, bottom, right, top = dataset.bounds
        x, y = random.uniform(left, right, 500), random.uniform(bottom, top, 500)
        wanted = np.array([value[0] for value in dataset.sample(zip(x, y, strict=True))])
    # Point by point, as a point query asks: many at once may be read from an overview.
    found = [cells_at(tmp_path / "made.tif", crs, x[at : at + 1], y[at : at + 1]) for at in range(len(x))]
    for value, cell in zip(wanted.tolist(), found, strict=True):
        status = {-9999: ABSENT, -99997: Reason.WITHHELD.number}.get(value, 0)
        assert cell.status.tolist() == [status]
        assert status or cell.numbers.tolist() == [value]


def test_overviews_hold_cells_of_the_grid_and_no_mixtures(tmp_path: Path) -> None:
    random = np.random.default_rng(8)
    values = random.choice(np.array([1.0, 1000.0, -99997.0], np.float32), (2600, 2600))
    write_grid(tmp_path / "made.tif", read_grid(entry("cellen.tif"), raster(tmp_path, values)))
    with rasterio.open(tmp_path / "made.tif") as dataset:
        assert dataset.overviews(1) == [2, 4, 8]
        numbers, status = dataset.read(out_shape=(2, 325, 325))
    assert set(np.unique(numbers[~np.isnan(numbers)]).tolist()) == {1.0, 1000.0}
    assert set(np.unique(status).tolist()) == {0.0, float(Reason.WITHHELD.number)}
    assert np.array_equal(np.isnan(numbers), status != 0)


@pytest.mark.parametrize(
    ("keys", "profile", "message"),
    [
        ({"band": 3}, {}, "band = 3 is not there; there is one band"),
        ({}, {"crs": None}, "has no place on earth"),
        ({"categories": [{"value": 1, "title": "een"}]}, {}, "2 stand in no category; the categories are 1"),
    ],
)
def test_what_is_wrong_with_a_raster_is_told(
    tmp_path: Path, keys: dict[str, object], profile: dict[str, object], message: str
) -> None:
    path = raster(tmp_path, np.array([[1, 2]], np.int16), **profile)
    with pytest.raises(InputProblems, match=message):
        read_grid(entry("cellen.tif", **keys), path)


def test_a_file_that_is_no_raster_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_text("no")
    with pytest.raises(InputProblems, match="cannot be read as a raster"):
        read_grid(entry("a.tif"), tmp_path / "a.tif")
