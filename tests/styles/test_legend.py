from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from layers.atlas import AtlasFacts, Breaks, Lang
from layers.values import Reason
from styles.drawing import text_width_px
from styles.errors import NoFigures, UnknownIndicator
from styles.legend import LegendEntry, entries, legend_svg
from styles.reasons import image_name
from styles.words import number_text
from tests.styles.make_facts import homes, series, town
from tests.styles.style_golden import check

WOZ = "gemiddelde-woz-waarde"


def texts(facts: AtlasFacts, indicator: str, level: str | None = None, lang: Lang = "nl") -> list[str]:
    return [entry.label for entry in entries(facts, indicator, level, lang, reasons=[])]


def with_breaks(breaks: Breaks, decimals: int = 0) -> AtlasFacts:
    changed = {"breaks": {"wijk": breaks}, "decimals": decimals}
    return town(homes(series(["wijk"])).model_copy(update=changed))


def test_classes_run_from_low_to_high_with_the_last_one_open(facts: AtlasFacts) -> None:
    assert texts(facts, WOZ, "wijk") == ["70 tot 250", "250 tot 300", "300 tot 350", "350 tot 1.410", "1.410 of meer"]
    assert texts(facts, WOZ, "wijk", "en")[-2:] == ["350 to 1,410", "1,410 or more"]


def test_classes_have_the_colors_of_the_map(facts: AtlasFacts) -> None:
    found = entries(facts, WOZ, "buurt", "nl", reasons=[])
    assert found == [
        LegendEntry("50 tot 300", color="#ffffcc", high=300),
        LegendEntry("300 of meer", color="#a1dab4", low=300),
    ]


def test_zero_alone_is_written_as_zero(facts: AtlasFacts) -> None:
    assert texts(facts, "drugsmisdrijven", "wijk") == ["0", "1 tot 5", "5 tot 1.000", "1.000 of meer"]


@pytest.mark.parametrize(
    ("breaks", "expected"),
    [
        (Breaks(edges=(), low=3, high=9), ["3 tot en met 9"]),
        (Breaks(edges=(), low=0, high=0), ["0"]),
        (Breaks(edges=(2.5,), low=4, high=9), ["minder dan 2,5", "2,5 of meer"]),
        (Breaks(edges=(-1.5,), low=-2, high=3), ["-2,0 tot -1,5", "-1,5 of meer"]),
    ],
)
def test_odd_classes_are_still_told_truly(breaks: Breaks, expected: list[str]) -> None:
    decimals = 1 if breaks.edges else 0
    assert texts(with_breaks(breaks, decimals), WOZ, "wijk") == expected


def test_a_level_without_any_number_has_reasons_only() -> None:
    bare = town(homes(series(["wijk"])).model_copy(update={"breaks": {}}))
    assert texts(bare, WOZ, "wijk") == []
    assert "Geen cijfer" in legend_svg(bare, WOZ, "wijk", "nl")


def test_without_a_level_entries_are_of_the_coarsest_one(facts: AtlasFacts) -> None:
    assert texts(facts, WOZ) == texts(facts, WOZ, "gemeente")


def test_categories_are_themselves(facts: AtlasFacts) -> None:
    assert texts(facts, "meeste-eigenaren") == ["bewoner", "corporatie", "belegger"]


def test_reasons_come_last_and_only_those_that_occur(facts: AtlasFacts) -> None:
    found = entries(facts, WOZ, "wijk", "nl", reasons=[Reason.NOT_COMPARABLE, Reason.WITHHELD])
    assert [(entry.label, entry.reason) for entry in found[-2:]] == [
        ("Geheim of te weinig waarnemingen", Reason.WITHHELD),
        ("Niet vergelijkbaar", Reason.NOT_COMPARABLE),
    ]
    everything = entries(facts, WOZ, "wijk", "en")
    assert {entry.reason for entry in everything} == {None, *Reason}


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("indicator", [WOZ, "drugsmisdrijven", "meeste-eigenaren"])
def test_the_drawing_is_as_agreed(facts: AtlasFacts, indicator: str, lang: Lang) -> None:
    check(f"legend-{indicator}-{lang}.svg", legend_svg(facts, indicator, None, lang))


def test_a_screen_reader_gets_title_unit_and_rows(facts: AtlasFacts) -> None:
    root = ET.fromstring(legend_svg(facts, "drugsmisdrijven", "wijk", "nl"))
    by_id = {element.get("id"): element.text for element in root.iter() if element.get("id")}
    assert root.get("role") == "img"
    assert by_id[root.get("aria-labelledby")] == "Drugsmisdrijven & wapens <geregistreerd>, misdrijven"
    spoken = by_id[root.get("aria-describedby")] or ""
    assert spoken.startswith("0; 1 tot 5; 5 tot 1.000; 1.000 of meer; Geheim of te weinig waarnemingen;")


def test_high_contrast_modes_and_print_leave_the_swatches_alone(facts: AtlasFacts) -> None:
    style = ET.fromstring(legend_svg(facts, WOZ, "wijk", "nl")).get("style") or ""
    assert "forced-color-adjust:none" in style
    assert "print-color-adjust:exact" in style


def test_every_swatch_with_a_pattern_finds_it_in_the_drawing(facts: AtlasFacts) -> None:
    drawing = legend_svg(facts, WOZ, "wijk", "nl", reasons=[Reason.WITHHELD])
    assert f'<pattern id="{image_name(Reason.WITHHELD)}"' in drawing
    assert f'fill="url(#{image_name(Reason.WITHHELD)})"' in drawing
    assert image_name(Reason.MISSING) not in drawing


def test_no_text_is_wider_than_the_drawing(facts: AtlasFacts) -> None:
    root = ET.fromstring(legend_svg(facts, WOZ, None, "nl"))
    for text in root.iter("{http://www.w3.org/2000/svg}text"):
        end = float(text.get("x", 0)) + text_width_px(text.text or "", float(text.get("font-size", 0)))
        assert end <= float(root.get("width", 0))


@pytest.mark.parametrize(
    ("value", "decimals", "nl", "en"),
    [
        (1234567.891, 2, "1.234.567,89", "1,234,567.89"),
        (-0.0, 1, "0,0", "0.0"),
        (-1500, 0, "-1.500", "-1,500"),
        (999, 0, "999", "999"),
    ],
)
def test_numbers_are_written_as_readers_write_them(value: float, decimals: int, nl: str, en: str) -> None:
    assert (number_text(value, decimals, "nl"), number_text(value, decimals, "en")) == (nl, en)


def test_an_unknown_indicator_is_refused_with_the_ones_there_are(facts: AtlasFacts) -> None:
    with pytest.raises(UnknownIndicator, match="no indicator 'woz' in this atlas: it has gemiddelde-woz-waarde"):
        entries(facts, "woz", None, "nl")


def test_a_level_without_figures_is_refused_with_the_ones_there_are(facts: AtlasFacts) -> None:
    with pytest.raises(NoFigures, match="'drugsmisdrijven' has no figures for buurt: it has wijk"):
        legend_svg(facts, "drugsmisdrijven", "buurt", "nl")
