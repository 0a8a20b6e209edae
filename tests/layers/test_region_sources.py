from __future__ import annotations

import json
import shutil
from pathlib import Path
from zipfile import ZipFile

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from layers.where import BadWhere, parse_where
from tests.layers.make import CODES, REGIONS, complaints, frame, prepared, squares, write_regions

pytestmark = pytest.mark.usefixtures("folder")


def said(regions: str = REGIONS) -> str:
    """The only problem with a source of regions."""
    [sentence] = complaints(regions)
    return sentence


def source(path: str, more: str = "") -> str:
    return REGIONS.replace("regions.gpkg", path) + more


@pytest.mark.parametrize("path", ["r.gpkg", "r.parquet", "r.geojson", "r.shp", "r.fgb"])
def test_regions_come_from_every_kind_of_file(path: str) -> None:
    regions = frame().to_crs(4326) if path.endswith("json") else frame()
    write_regions(regions, path)
    [level] = prepared(source(path)).editions[0].levels
    assert level.codes == CODES
    assert level.names == ("Aardhuizen", "Boterveen", "Chaamdijk")


def test_a_zipped_shapefile_is_read(folder: Path) -> None:
    (folder / "shp").mkdir()
    write_regions(frame(), "shp/r.shp")
    shutil.make_archive("r", "zip", "shp")
    assert prepared(source("r.zip")).editions[0].levels[0].codes == CODES


def test_topojson_is_read_whatever_its_first_key_is() -> None:
    arcs = [[[5.0, 52.0], [5.0, 52.1], [5.1, 52.1], [5.1, 52.0], [5.0, 52.0]]]
    place = {"type": "Polygon", "arcs": [[0]], "properties": {"code": "GM0001", "name": "A"}}
    topology = {
        "arcs": arcs,
        "objects": {"x": {"type": "GeometryCollection", "geometries": [place]}},
        "type": "Topology",
    }
    for path in ("r.topojson", "r.json"):
        Path(path).write_text(json.dumps(topology))
        edition = prepared(source(path)).editions[0]
        assert edition.levels[0].codes == ("GM0001",)
        assert edition.bounds == pytest.approx((5.0, 52.0, 5.1, 52.1))


def test_a_missing_file_names_its_neighbour() -> None:
    write_regions(path="region.gpkg")
    assert said() == 'regions.gpkg: this file does not exist (did you mean "region.gpkg"?)'


def test_a_file_that_is_no_map_is_refused() -> None:
    Path("regions.gpkg").write_text("hello")
    assert said() == "regions.gpkg: this is no GeoPackage, or a damaged one"
    Path("r.geojson").write_text("hello")
    assert said(source("r.geojson")) == (
        "r.geojson: this file cannot be read as a map; GeoPackage, GeoParquet, GeoJSON, TopoJSON and zipped Shapefile are "
        "understood"
    )
    Path("empty.gpkg").touch()
    assert said(source("empty.gpkg")) == "empty.gpkg: this file is empty"
    Path("folder.gpkg").mkdir()
    assert said(source("folder.gpkg")) == "folder.gpkg: this is a folder; name the file in it"
    Path("r.zip").write_text("hello")
    assert said(source("r.zip")) == "r.zip: this is no zip file, or a damaged one"
    ZipFile("none.zip", "w").close()
    assert said(source("none.zip")) == "none.zip: this zip file is empty"
    with ZipFile("text.zip", "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert said(source("text.zip")) == "text.zip: no map is in this zip file"
    Path("r.parquet").write_text("hello")
    assert said(source("r.parquet")).startswith("r.parquet: this file cannot be read as GeoParquet (")


def test_a_geopackage_that_was_cut_short_is_refused() -> None:
    write_regions(frame([f"GM{i:04}" for i in range(500)]))
    content = Path("regions.gpkg").read_bytes()
    Path("regions.gpkg").write_bytes(content[: len(content) // 2])
    assert "regions.gpkg" in said()


def test_a_parquet_file_without_geometry_is_refused() -> None:
    frame().drop(columns="geometry").to_parquet("r.parquet")
    assert said(source("r.parquet")) == (
        "r.parquet: this Parquet file has no geometry (no GeoParquet metadata); save it with geopandas or GDAL"
    )


def test_a_missing_layer_lists_the_layers() -> None:
    write_regions(layer="gemeente_2022")
    write_regions(layer="wijk_2022")
    assert said(REGIONS + 'layer = "gemeente_2023"\n') == (
        'regions.gpkg: there is no layer "gemeente_2023" (did you mean "gemeente_2022"?); '
        "the layers are gemeente_2022, wijk_2022"
    )
    assert said() == "regions.gpkg: this file has several layers; choose one with layer = .. : gemeente_2022, wijk_2022"


def test_a_missing_column_lists_the_columns() -> None:
    write_regions()
    assert said(REGIONS.replace('code = "code"', 'code = "cod"')) == (
        'regions.gpkg: there is no column "cod" (did you mean "code"?); the columns are code, name'
    )


def test_columns_are_found_in_any_case() -> None:
    write_regions()
    assert prepared(REGIONS.replace('"code"', '"CODE"')).editions[0].levels[0].codes == CODES


def test_a_layer_without_crs_says_which_it_looks_like() -> None:
    write_regions(frame(crs=None), "r.parquet")
    assert said(source("r.parquet")) == (
        "r.parquet: no coordinate reference system is given (x runs from 150000 to 153000, y from 450000 to 451000); "
        'they look like EPSG:28992: add crs = "EPSG:28992"'
    )


def test_metres_declared_as_degrees_are_refused() -> None:
    write_regions(frame(crs="EPSG:4326"))
    assert said() == (
        "regions.gpkg: the coordinates cannot be in EPSG:4326 as the file says: x runs from 150000 to 153000, y from 450000 to "
        '451000, and these look like EPSG:28992; write crs = "EPSG:28992" in the catalog'
    )


def test_degrees_declared_as_metres_are_refused() -> None:
    write_regions(frame(["GM0001"], [box(5.0, 52.0, 5.1, 52.1)], crs="EPSG:28992"))
    assert said() == (
        "regions.gpkg: the coordinates cannot be in EPSG:28992 as the file says: x runs from 5 to 5.1, y from 52 to 52.1, "
        'and these look like EPSG:4326; write crs = "EPSG:4326" in the catalog'
    )


def test_swapped_axes_are_refused() -> None:
    write_regions(frame(["GM0001"], [box(52.0, 5.0, 52.1, 5.1)], crs="EPSG:4326"))
    assert said() == (
        "regions.gpkg: latitude stands where longitude should be (x runs from 50 to 54); swap the axes with ogr2ogr -swapxy"
    )


def test_an_empty_layer_is_refused() -> None:
    write_regions(frame().iloc[:0], "r.parquet")
    assert said(source("r.parquet")) == "r.parquet: there are no features in it"


@pytest.mark.parametrize(
    ("shape", "kind"), [(Point(150_500, 450_500), "Point"), (LineString([(15e4, 45e4), (16e4, 45e4)]), "LineString")]
)
def test_what_is_no_area_is_refused(shape: shapely.Geometry, kind: str) -> None:
    write_regions(frame(CODES, [*squares(2), shape]), "r.parquet")
    assert (
        said(source("r.parquet")) == f"r.parquet, row 3: GM9903 is a {kind}; a region must be a Polygon or MultiPolygon"
    )


def test_doubled_codes_are_refused_with_their_rows() -> None:
    write_regions(frame(["GM9901", "GM9902", "GM9901", "gm9902 ", "GM9904"]))
    assert said() == (
        "regions.gpkg, row 3: 2 codes occur more than once: GM9901 (rows 1, 3), GM9902 (rows 2, 4); "
        "every region must have one row: choose with where = .., or merge the rows"
    )


def test_land_and_water_in_rows_of_their_own_name_the_way_out() -> None:
    write_regions(frame(["GM9901", "GM9901"], water=["NEE", "JA"]))
    assert said() == (
        "regions.gpkg, row 2: 1 code occurs more than once: GM9901 (rows 1, 2); "
        "land and water have rows of their own here: choose with where = \"water = 'NEE'\""
    )
    prepared_land = prepared(REGIONS + "where = \"WATER = 'NEE'\"\n")
    assert prepared_land.editions[0].levels[0].codes == ("GM9901",)


def test_a_blank_code_is_refused_with_its_row() -> None:
    write_regions(frame(["GM9901", None, " "]))
    assert said() == (
        'regions.gpkg, row 2: column "code" is empty in 2 rows (rows 2, 3); every region needs a code, '
        'or leave the row out with where = "code is not null"'
    )


def test_a_condition_that_leaves_nothing_is_refused() -> None:
    write_regions()
    assert said(REGIONS + "where = \"name = 'Nergens'\"\n") == (
        "regions.gpkg: where = \"name = 'Nergens'\" leaves none of the 3 features"
    )


def test_a_region_without_geometry_is_left_out_and_reported() -> None:
    flat = Polygon([(0, 0), (1, 1), (2, 2)])
    write_regions(frame([*CODES, "GM9904"], [squares(1)[0], None, Polygon(), flat]), "r.parquet")
    result = prepared(source("r.parquet"))
    assert result.editions[0].levels[0].codes == ("GM9901",)
    assert result.report.concerns() == [
        "gemeente 2022: 3 regions (GM9902, GM9903, GM9904) without a usable geometry left out"
    ]


def test_regions_that_all_lack_geometry_are_refused() -> None:
    write_regions(frame(CODES, [None, None, Polygon()]), "r.parquet")
    assert said(source("r.parquet")) == "r.parquet: none of the 3 regions has a geometry; is this the right layer?"


def test_geometry_is_repaired_and_counted() -> None:
    bow_tie = Polygon([(0, 0), (1000, 1000), (1000, 0), (0, 1000)])
    write_regions(frame(CODES, [*squares(2), shapely.affinity.translate(bow_tie, 160_000, 450_000)]))
    result = prepared(REGIONS)
    assert shapely.is_valid(result.editions[0].levels[0].geometry).all()
    assert result.report.repaired == 1
    assert any(sentence.endswith("made valid: GM9903") for sentence in result.report.sentences())


def test_codes_get_the_zeros_back_that_a_spreadsheet_ate() -> None:
    write_regions(frame([363, 14, 1680]))
    assert prepared(REGIONS).editions[0].levels[0].codes == ("GM0014", "GM0363", "GM1680")


def test_codes_of_other_systems_are_text_and_whole_numbers_have_no_point() -> None:
    write_regions(frame([1011.0, 2022.0]))
    assert prepared(REGIONS.replace('"gemeente"', '"pc4"')).editions[0].levels[0].codes == ("1011", "2022")


WIJKEN = REGIONS.replace('"gemeente"', '"wijk"').replace("regions.gpkg", "wijken.gpkg")


def test_parents_come_from_cbs_codes_and_orphans_are_reported() -> None:
    write_regions()
    write_regions(frame(["WK990101", "WK9902AB", "WK880000"]), "wijken.gpkg")
    result = prepared(WIJKEN, REGIONS)
    gemeente, wijk = result.editions[0].levels
    assert (gemeente.id, gemeente.minzoom, wijk.id, wijk.minzoom) == ("gemeente", 0, "wijk", 7)
    assert dict(zip(wijk.codes, wijk.parents, strict=True)) == {
        "WK880000": None,
        "WK990101": "GM9901",
        "WK9902AB": "GM9902",
    }
    assert "wijk 2022: 1 region (WK880000) without a known region around" in result.report.sentences()


AREAS = """
[[regions]]
level = "area"
year = 2022
source = "areas.gpkg"
code = "code"
parent = "of"
"""


def test_parents_come_from_a_column_with_codes_or_names() -> None:
    write_regions()
    write_regions(frame(["a", "b", "c", "d"], of=["9901", "boterveen", None, "elsewhere"]), "areas.gpkg")
    coarse, fine = prepared(AREAS, REGIONS).editions[0].levels
    assert (coarse.id, fine.id) == ("gemeente", "area")
    assert fine.parents == ("GM9901", "GM9902", None, None)


def test_a_parent_column_that_names_nothing_is_refused() -> None:
    write_regions()
    write_regions(frame(["a", "b", "c", "d"], of=["p", "q", "r", "r"]), "areas.gpkg")
    [sentence] = complaints(AREAS, REGIONS)
    assert sentence == (
        'areas.gpkg: parent = "of" has "p", "q", "r", and none is a code or name of gemeente: '
        '"GM9901", "GM9902", "GM9903"'
    )


def test_a_level_we_do_not_know_is_named_by_its_id_and_shown_when_it_can_be_seen() -> None:
    write_regions()
    write_regions(frame(["a", "b", "c", "d"], of=["9901"] * 4), "areas.gpkg")
    fine = prepared(AREAS, REGIONS).editions[0].levels[1]
    assert (fine.title.nl, fine.plural.nl) == ("area", "area")
    assert fine.minzoom == 8  # a kilometre is three pixels wide from zoom 8 on at this latitude


def test_minzoom_of_the_catalog_goes_before_ours() -> None:
    write_regions()
    assert prepared(REGIONS + "minzoom = 3\n").editions[0].levels[0].minzoom == 3


def test_levels_in_several_crs_are_brought_into_that_of_the_first() -> None:
    write_regions()
    write_regions(frame(["WK990101", "WK990201", "WK990301"]).to_crs(4326), "wijken.gpkg")
    edition = prepared(REGIONS, WIJKEN).editions[0]
    assert edition.crs.to_epsg() == 28992
    gemeente, wijk = edition.levels
    assert shapely.equals_exact(
        shapely.normalize(gemeente.geometry), shapely.normalize(wijk.geometry), tolerance=0.001
    ).all()


def test_bounds_and_label_points_are_degrees_and_labels_lie_inside() -> None:
    write_regions()
    edition = prepared(REGIONS).editions[0]
    level = edition.levels[0]
    expected = frame().to_crs(4326).geometry
    assert level.bounds == pytest.approx(expected.bounds.to_numpy())
    assert edition.bounds == pytest.approx(expected.total_bounds)
    assert expected.contains(gpd.GeoSeries(gpd.points_from_xy(level.lon, level.lat), crs=4326)).all()


def test_third_dimensions_are_dropped() -> None:
    write_regions(frame(["GM0001"], [shapely.force_3d(squares(1)[0], 7.0)]))
    assert not shapely.has_z(prepared(REGIONS).editions[0].levels[0].geometry).any()


def test_several_bad_sources_are_told_at_once() -> None:
    write_regions(frame(["GM0001", "GM0001"]))
    sentences = complaints(REGIONS, WIJKEN)
    assert len(sentences) == 2


BACKDROP = '[[backdrop]]\nid = "water"\nkind = "water"\nsource = "water.gpkg"\n'


def test_a_backdrop_is_brought_into_the_crs_of_the_edition() -> None:
    write_regions()
    frame().to_crs(4326).to_file("water.gpkg")
    [water] = prepared(REGIONS, BACKDROP).editions[0].backdrop
    assert (water.id, water.kind) == ("water", "water")
    assert shapely.total_bounds(water.geometry) == pytest.approx((150_000, 450_000, 153_000, 451_000), abs=0.01)


def test_a_backdrop_of_the_wrong_kind_is_refused() -> None:
    write_regions()
    frame().to_file("water.gpkg")
    [sentence] = complaints(REGIONS, BACKDROP.replace('kind = "water"', 'kind = "dike"'))
    assert sentence == 'water.gpkg: there are no lines in it, which kind = "dike" needs'


@pytest.mark.parametrize(
    ("where", "codes"),
    [
        ("n = 1", ["a"]),
        ("n <> 1", ["b"]),
        ("n >= 1 and t = 'o''x'", ["b"]),
        ("t in ('x', 'o''x')", ["a", "b"]),
        ("t is null", ["c"]),
        ('"T" IS NOT NULL AND n < 2', ["a"]),
    ],
)
def test_a_condition_chooses_rows(where: str, codes: list[str]) -> None:
    write_regions(frame(["a", "b", "c"], n=[1.0, 2.0, np.nan], t=["x", "o'x", None]))
    level = prepared(REGIONS.replace('"gemeente"', '"area"') + f"where = '''{where}'''\n").editions[0].levels[0]
    assert list(level.codes) == codes


@given(st.text(alphabet="ab '\"=<>(),.1and isnull", max_size=20))
def test_any_text_is_a_condition_or_refused_with_a_sentence(text: str) -> None:
    try:
        comparisons = parse_where(text)
    except BadWhere as error:
        sentence = str(error)
    else:
        sentence = "write comparisons such as" if comparisons else ""
    assert "write comparisons such as" in sentence


def test_multipolygons_stay_one_region() -> None:
    a, b, c = squares(3)
    write_regions(frame(["GM0001", "GM0002"], [MultiPolygon([a, c]), b]))
    assert len(prepared(REGIONS).editions[0].levels[0]) == 2


def test_names_of_regions_with_more_inhabitants_come_first() -> None:
    regions = frame()
    regions["AANT_INW"] = [500, 90_000, -99997]
    write_regions(regions)
    [level] = prepared(REGIONS).editions[0].levels
    assert level.label_weight.tolist() == [500, 90_000, 0]


def test_without_inhabitants_the_roomiest_region_is_named_first() -> None:
    write_regions(frame())
    [level] = prepared(REGIONS).editions[0].levels
    assert (level.label_weight > 0).all()
