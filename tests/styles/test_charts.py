"""Charts say what their figures are, without colour and without a script."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from styles.charts import INKS, Bar, ChartSeries, bars, lines, sparkline, ticks_for
from styles.flow_map import Outline, Stream, flow_map
from tests.styles.color_vision import contrast

SVG = "{http://www.w3.org/2000/svg}"


def parsed(text: str) -> ET.Element:
    return ET.fromstring(text.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def test_lengths_of_bars_are_as_their_figures_and_a_reason_has_none() -> None:
    series = ChartSeries("Aandeel", (Bar(10, "10"), Bar(40, "40"), Bar(0, "0"), Bar(None, "geheim")))
    svg = parsed(bars("a", "Titel <&>", "Tekst", ["a", "b", "c", "d"], [series]))
    widths = [float(bar.get("width", 0)) for bar in svg.iter(f"{SVG}rect") if bar.get("class") == "bar"]
    assert widths == [widths[1] / 4, widths[1], 0.5]
    assert [text.text for text in svg.iter(f"{SVG}text")] == ["a", "10", "b", "40", "c", "0", "d", "geheim"]
    assert svg.findtext(f"{SVG}title") == "Titel <&>"


def test_a_year_without_a_figure_is_a_gap_in_a_line() -> None:
    series = ChartSeries("Westdam", (Bar(1, "1"), Bar(2, "2"), Bar(None, "geheim"), Bar(4, "4")))
    ticks = [Bar(tick, str(tick)) for tick in ticks_for([1, 4])]
    svg = parsed(lines("b", "Titel", "Tekst", [2019, 2020, 2021, 2022], [series], ticks))
    line = next(path for path in svg.iter(f"{SVG}path") if path.get("class") == "line")
    assert re.sub(r"[^ML]", "", line.get("d", "")) == "MLM"
    assert "Westdam" in [text.text for text in svg.iter(f"{SVG}text")]
    assert sparkline([None, 3.0]) == ""


def test_series_differ_by_more_than_colour() -> None:
    series = [ChartSeries(str(number), (Bar(5, "5"),)) for number in range(3)]
    svg = parsed(bars("c", "T", "D", ["x"], series))
    assert len({bar.get("fill") for bar in svg.iter(f"{SVG}rect") if bar.get("class") == "bar"}) == 3
    assert len(list(svg.iter(f"{SVG}pattern"))) == 2


def test_inks_stand_out_on_white() -> None:
    assert all(contrast(ink, "#ffffff") >= 4.5 for ink in INKS)


def test_flows_are_as_wide_as_their_figures_and_dashed_where_they_come_in() -> None:
    outlines = {code: Outline("M0 0L9 0L9 9Z", 50.0 * place, 20.0, code) for place, code in enumerate("ABC")}
    streams = [Stream("B", 100, "A - B: 100", is_out=True), Stream("C", 50, "C - A: 50", is_out=False)]
    svg = parsed(flow_map("d", "T", "D", (100, 100), outlines, "A", streams))
    drawn = [path for path in svg.iter(f"{SVG}path") if path.get("class") == "stream"]
    assert [float(path.get("stroke-width", 0)) for path in drawn] == [12, 6]
    assert [path.get("stroke-dasharray") for path in drawn] == ["none", "7 5"]
    assert drawn[0].findtext(f"{SVG}title") == "A - B: 100"
