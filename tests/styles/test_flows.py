from __future__ import annotations

import math
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from styles.flows import (
    WIDEST_PX,
    Flow,
    curves,
    feature_collection,
    layers,
    legend_svg,
    svg_paths,
    top_of,
    width_px,
)
from styles.tokens import LIGHT
from tests.styles.color_vision import VISION, contrast, difference
from tests.styles.style_golden import check
from tests.styles.style_validator import complaints

POINTS = {"GM1": (5.0, 52.0), "GM2": (5.4, 52.3), "GM3": (4.6, 52.2)}
FLOWS = [
    Flow("GM1", "GM2", 40),
    Flow("GM2", "GM1", 10),
    Flow("GM1", "GM1", 100),
    Flow("GM3", "GM1", 0),
    Flow("GM9", "GM1", 7),
]


def test_zeros_and_regions_without_a_point_have_no_curve_and_wide_ones_come_first() -> None:
    assert [(one.flow.origin, one.flow.destination) for one in curves(POINTS, FLOWS)] == [
        ("GM1", "GM1"),
        ("GM1", "GM2"),
        ("GM2", "GM1"),
    ]


def test_a_curve_runs_from_point_to_point_and_both_ways_lie_apart() -> None:
    _, out, back = curves(POINTS, FLOWS)
    assert (out.path[0], out.path[-1]) == (POINTS["GM1"], POINTS["GM2"])
    assert (back.path[0], back.path[-1]) == (POINTS["GM2"], POINTS["GM1"])
    one, other = shapely.LineString(out.path), shapely.LineString(back.path)
    assert one.interpolate(0.5, normalized=True).distance(other) > 0.08
    assert shapely.Point(out.head[1]).distance(one) < 1e-5, "the tip lies on the curve"
    to_tip, to_sides = (
        min(math.dist(point, POINTS["GM2"]) for point in points)
        for points in ([out.head[1]], [out.head[0], out.head[2]])
    )
    assert to_tip < to_sides, "and points to the destination"


def test_what_stays_within_a_region_is_a_loop_at_its_point() -> None:
    loop = curves(POINTS, FLOWS)[0]
    assert loop.path[0] == loop.path[-1] == pytest.approx(POINTS["GM1"])
    assert shapely.Polygon(loop.path).area > 0
    [alone] = curves({"GM1": (5.0, 52.0)}, [Flow("GM1", "GM1", 3)])
    assert shapely.Polygon(alone.path).area > 0, "also where nothing else says how large"


@settings(deadline=None)
@given(st.floats(0.05, 1), st.floats(0.05, 1))
def test_widths_are_in_proportion(one: float, other: float) -> None:
    assert width_px(one, 1) / width_px(other, 1) == pytest.approx(one / other)
    assert width_px(1, 1) == WIDEST_PX


def test_features_tell_origin_destination_value_and_width() -> None:
    found = feature_collection(curves(POINTS, FLOWS), top_of(FLOWS))
    lines = [one["properties"] for one in found["features"] if one["properties"]["part"] == "line"]
    assert lines[1] == {"origin": "GM1", "destination": "GM2", "value": 40, "width_px": 4.8, "part": "line"}
    assert len(found["features"]) == 2 * len(lines)
    assert all(
        math.isfinite(part) for one in found["features"] for point in one["geometry"]["coordinates"] for part in point
    )


def test_maplibre_accepts_the_layers(tmp_path: Path) -> None:
    data = feature_collection(curves(POINTS, FLOWS), 100)
    style = {"version": 8, "sources": {"stromen": {"type": "geojson", "data": data}}, "layers": layers("stromen")}
    assert complaints(style, tmp_path) == ""


def test_the_drawing_has_the_same_widths_and_says_what_each_curve_is() -> None:
    drawn = svg_paths(curves(POINTS, FLOWS), lambda point: (100 * point[0], -100 * point[1]), 100)
    root = ET.fromstring(drawn)
    assert [one.findtext("title") for one in root] == ["GM1 - GM1: 100", "GM1 - GM2: 40", "GM2 - GM1: 10"]
    assert [float(one[2].get("stroke-width", 0)) for one in root] == [12, 4.8, 1.2]


@pytest.mark.parametrize("vision", VISION)
def test_a_flow_stands_out_from_the_ground_and_its_casing(vision: str) -> None:
    for color in (LIGHT.flow, LIGHT.flow_head):
        assert min(contrast(color, ground) for ground in (LIGHT.land, LIGHT.flow_casing)) > 4.5
    assert all(difference(*pair, vision) > 7 for pair in combinations((LIGHT.flow, LIGHT.flow_head, LIGHT.land), 2))


def test_the_legend_of_widths_is_as_agreed() -> None:
    check("legend-flows.svg", legend_svg("Waar verdachten wonen", "verdachten", 130, 0, "nl"))


def test_no_flows_no_curves() -> None:
    assert curves(POINTS, []) == []
    assert top_of([]) == 1
