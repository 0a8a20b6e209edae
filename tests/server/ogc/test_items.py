"""Features: found, sorted, paged and written as was asked, against readings that are not ours."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pyogrio
import pyproj
import pytest
import shapely
from shapely.geometry import shape

from tests.server.client import ORIGIN, Client
from tests.server.make_atlas import SIDE, SOUTH, WEST

WIJKEN = "/ogc/v1/collections/vastgoed-2022-wijk/items"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
RD = f"{EPSG}28992"


def codes(client: Client, query: str, path: str = WIJKEN) -> list[str]:
    answer = client.get(f"{path}?{query}")
    assert answer.status == 200, answer.text
    return [feature["id"] for feature in answer.json()["features"]]


def problem(client: Client, query: str) -> str:
    answer = client.get(f"{WIJKEN}?{query}")
    assert answer.status == 400, answer.text
    detail: str = answer.json()["detail"]
    return detail


def test_a_feature_has_its_figure_or_the_reason_and_never_both(client: Client) -> None:
    features = client.get(WIJKEN).json()["features"]
    found = [(f["properties"].get("koopwoningen"), f["properties"].get("koopwoningen_status")) for f in features]
    assert found == [(40, None), (0, None), (None, "withheld"), (None, "missing")]
    assert [f["properties"]["gemeente"] for f in features] == ["GM9901", "GM9901", "GM9902", "GM9902"]


def test_following_next_meets_every_feature_once_and_prev_leads_back(client: Client) -> None:
    address, seen, pages = f"{WIJKEN}?limit=1&sortby=-code", [], []
    while address:
        page = client.get(address.removeprefix(ORIGIN)).json()
        assert page["numberMatched"] == 4
        assert page["numberReturned"] == 1
        seen += [feature["id"] for feature in page["features"]]
        pages.append({link["rel"]: link["href"] for link in page["links"]})
        address = pages[-1].get("next", "")
    assert seen == ["WK990202", "WK990201", "WK990102", "WK990101"]
    back = client.get(pages[-1]["prev"].removeprefix(ORIGIN)).json()
    assert [feature["id"] for feature in back["features"]] == ["WK990102"]
    assert "prev" not in pages[0]


def test_a_cursor_of_another_question_is_refused(client: Client) -> None:
    first = client.get(f"{WIJKEN}?limit=1").json()
    [following] = [link["href"] for link in first["links"] if link["rel"] == "next"]
    cursor = following.partition("cursor=")[2].partition("&")[0]
    assert "cursor is not of this question" in problem(client, f"limit=1&cursor={cursor}&sortby=name")
    assert "cursor is not of this question" in problem(client, "cursor=zomaar")


@pytest.mark.parametrize("crs", ["28992", "3857", "4258", "9067"])
def test_coordinates_come_in_the_crs_and_with_the_axes_that_were_asked_for(client: Client, crs: str) -> None:
    answer = client.get(f"{WIJKEN}?limit=1&crs={EPSG}{crs}")
    assert answer.headers["content-crs"] == f"<{EPSG}{crs}>"
    found = shapely.get_coordinates(shape(answer.json()["features"][0]["geometry"]))
    # An oracle that follows the axes of the authority by itself.
    step = pyproj.Transformer.from_crs("EPSG:28992", f"EPSG:{crs}", always_xy=False)
    corners = [(WEST, SOUTH), (WEST + SIDE / 2, SOUTH), (WEST + SIDE / 2, SOUTH + SIDE), (WEST, SOUTH + SIDE)]
    expected = np.array([step.transform(*corner) for corner in corners])
    for corner in expected:
        assert np.abs(found - corner).sum(axis=1).min() < (1e-6 if crs in ("4258", "9067") else 0.01)


def test_without_a_crs_coordinates_are_longitude_and_latitude_and_rings_run_counterclockwise(client: Client) -> None:
    answer = client.get(f"{WIJKEN}?limit=1")
    assert answer.headers["content-crs"] == "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>"
    found = shape(answer.json()["features"][0]["geometry"])
    assert 4 < found.centroid.x < 7
    assert 51 < found.centroid.y < 54
    assert all(part.exterior.is_ccw for part in shapely.get_parts(found))


def test_a_box_finds_what_it_meets_in_any_crs(client: Client) -> None:
    inner = (WEST + 100, SOUTH + 100, WEST + SIDE / 2 - 100, SOUTH + 200)
    everywhere = ["WK990101"]
    for crs in (28992, 3857, 4258):
        step = pyproj.Transformer.from_crs("EPSG:28992", f"EPSG:{crs}")
        low, high = step.transform(*inner[:2]), step.transform(*inner[2:])
        box = ",".join(str(number) for number in (*low, *high))
        assert codes(client, f"bbox={box}&bbox-crs={EPSG}{crs}") == everywhere
    west, south, east, north = pyproj.Transformer.from_crs("EPSG:28992", "OGC:CRS84").transform_bounds(*inner)
    assert codes(client, f"bbox={west},{south},{east},{north}") == everywhere
    assert codes(client, f"bbox={east},{south},{west},{north}") != everywhere  # all the way round the other side
    assert codes(client, "bbox=100,10,110,20") == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("datetime=2022-06-01", 4),
        ("datetime=2022-01-01T00:00:00Z/..", 4),
        ("datetime=../2021-12-31", 0),
        ("datetime=2023-01-01", 0),
        ("code=WK990101", 1),
        ("koopwoningen=0", 1),
        ("koopwoningen_status=withheld", 1),
        ("gemeente=GM9902&koopwoningen_status=missing", 1),
    ],
)
def test_time_and_properties_choose(client: Client, query: str, found: int) -> None:
    assert len(codes(client, query)) == found


def test_sorting_puts_regions_without_a_figure_last_in_their_own_order(client: Client) -> None:
    assert codes(client, "sortby=koopwoningen") == ["WK990102", "WK990101", "WK990201", "WK990202"]
    assert codes(client, "sortby=-koopwoningen") == ["WK990101", "WK990102", "WK990201", "WK990202"]
    assert codes(client, "sortby=gemeente,-code") == ["WK990102", "WK990101", "WK990202", "WK990201"]


def test_properties_and_skip_geometry_make_a_feature_smaller(client: Client) -> None:
    [feature] = client.get(f"{WIJKEN}?limit=1&properties=name&skipGeometry=true").json()["features"]
    assert feature == {
        "type": "Feature",
        "id": "WK990101",
        "geometry": None,
        "properties": {"code": "WK990101", "name": "Wijk 01"},
    }


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("bbox=1,2,3", 'bbox is "1,2,3", but must be four numbers'),
        ("bbox=5,53,6,52", "its lower edge is above its upper edge"),
        ("bbox=nan,1,2,3", "must be four numbers"),
        ("bbox=1,2,3,1e999", "must be four numbers"),
        ("crs=EPSG:28992", 'crs is "EPSG:28992", but there are'),
        ("limit=0", "limit is"),
        ("limit=-1", "limit is"),
        ("datetime=gisteren", "datetime is"),
        ("datetime=2022-13-01", "datetime is"),
        ("datetime=2023-01-01/2022-01-01", "it ends before it begins"),
        ("sortby=zomaar", 'sortby names "zomaar"'),
        ("properties=zomaar", 'properties names "zomaar"'),
        ("koopwoningen=veel", "must be a number"),
        ("onbekend=1", 'the parameter "onbekend" is not known'),
        ("f=xml", "f is"),
        ("filter=" + quote("koopwoningen >"), "is no cql2-text"),
    ],
)
def test_what_cannot_be_understood_is_told_in_a_sentence(client: Client, query: str, sentence: str) -> None:
    assert sentence in problem(client, query)


def test_all_mistakes_are_told_at_once(client: Client) -> None:
    told = problem(client, "limit=0&bbox=1&crs=x")
    assert all(word in told for word in ("limit is", "bbox is", "crs is"))


def test_a_limit_beyond_the_most_is_taken_for_the_most(client: Client) -> None:
    assert len(codes(client, "limit=999999")) == 4


def test_one_feature_has_an_address_and_an_unknown_one_is_404(client: Client) -> None:
    found = client.get(f"{WIJKEN}/WK990102").json()
    assert found["id"] == "WK990102"
    assert found["properties"]["koopwoningen"] == 0
    assert client.get(f"{WIJKEN}/WK000000").status == 404


@pytest.mark.parametrize(("form", "driver"), [("gpkg", "GPKG"), ("fgb", "FlatGeobuf")])
def test_gdal_reads_the_same_from_files_as_from_geojson(client: Client, tmp_path: Path, form: str, driver: str) -> None:
    answer = client.get(f"{WIJKEN}?f={form}&crs={RD}")
    assert answer.headers["content-disposition"] == f'attachment; filename="vastgoed-2022-wijk.{form}"'
    path = tmp_path / f"wijk.{form}"
    path.write_bytes(answer.raw)
    meta, _, geometry, columns = pyogrio.raw.read(path)
    assert meta["crs"] == "EPSG:28992"
    assert pyogrio.read_info(path)["driver"] == driver if "driver" in pyogrio.read_info(path) else True
    rows = dict(zip(meta["fields"].tolist(), columns, strict=True))
    by_code: dict[str, Any] = {f["id"]: f for f in client.get(f"{WIJKEN}?crs={RD}").json()["features"]}
    for row, code in enumerate(rows["code"].tolist()):
        expected = by_code[code]["properties"]
        assert rows["name"][row] == expected["name"]
        assert rows["koopwoningen_status"][row] == expected.get("koopwoningen_status")
        figure = rows["koopwoningen"][row]
        assert (figure != figure) if expected.get("koopwoningen") is None else figure == expected["koopwoningen"]
        own = shapely.from_wkb(geometry[row])
        assert shapely.equals(own, shape(by_code[code]["geometry"]))


def test_a_csv_has_a_row_per_feature_and_the_notice_in_each(client: Client) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get(f"{WIJKEN}?f=csv").text)))
    assert [(row["code"], row["koopwoningen"], row["koopwoningen_status"]) for row in rows] == [
        ("WK990101", "40", ""),
        ("WK990102", "0", ""),
        ("WK990201", "", "withheld"),
        ("WK990202", "", "missing"),
    ]
    assert {row["notice"] for row in rows} == {"Fictief"}


def test_an_answer_is_kept_and_asked_again_with_its_tag(client: Client) -> None:
    first = client.get(WIJKEN)
    again = client.get(WIJKEN, if_none_match=first.headers["etag"])
    assert again.status == 304


def test_a_feature_that_the_rest_of_its_address_leaves_out_is_404(client: Client) -> None:
    code = codes(client, "limit=1")[0]
    for query in ("datetime=1900-01-01", "bbox=0,0,1,1", "name=x", "filter=koopwoningen%3E1000"):
        answer = client.get(f"{WIJKEN}/{code}?{query}")
        assert answer.status in (400, 404), query
        assert answer.json()["detail"]


def test_a_property_that_is_named_twice_comes_once(client: Client) -> None:
    rows = list(csv.reader(io.StringIO(client.get(f"{WIJKEN}?f=csv&properties=name,name").text)))
    assert rows[0][:2] == ["code", "name"]
    assert client.get(f"{WIJKEN}?f=gpkg&properties=name,name").status == 200
