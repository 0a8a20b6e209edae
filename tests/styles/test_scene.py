from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from layers.atlas import AtlasFacts, LevelFacts, Text
from styles.errors import NoFigures, UnknownIndicator
from styles.scene import Scene, scene
from tests.styles.make_facts import edition, homes, series, town

WOZ = "gemiddelde-woz-waarde"


def bands(view: Scene) -> list[tuple[str, int, int | None]]:
    return [(band.level.id, band.minzoom, band.maxzoom) for band in view.bands]


def with_levels(*levels: str) -> AtlasFacts:
    return town(homes(series(levels)))


def test_each_level_is_shown_from_its_minzoom_to_the_next_finer_one(facts: AtlasFacts) -> None:
    assert bands(scene(facts, WOZ, 2022, None)) == [("gemeente", 0, 6), ("wijk", 6, 8), ("buurt", 8, None)]


def test_a_level_without_figures_is_skipped() -> None:
    view = scene(with_levels("gemeente", "buurt"), WOZ, 2022, None)
    assert bands(view) == [("gemeente", 0, 8), ("buurt", 8, None)]
    assert [band.rank for band in view.bands] == [0, 2], "ranks of borders count the levels of the edition"


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("gemeente", [("gemeente", 0, None)]),
        ("wijk", [("gemeente", 0, 6), ("wijk", 6, None)]),
        ("buurt", [("gemeente", 0, 6), ("wijk", 6, 8), ("buurt", 8, None)]),
    ],
)
def test_a_fixed_level_stays_and_below_its_minzoom_coarser_ones_are_shown(
    facts: AtlasFacts, level: str, expected: Sequence[tuple[str, int, int | None]]
) -> None:
    assert bands(scene(facts, WOZ, 2022, level)) == expected


def test_a_level_that_begins_no_later_than_a_coarser_one_takes_its_place() -> None:
    both = edition(levels=("gemeente", "wijk"))
    early = both.model_copy(
        update={"levels": (both.levels[0], both.levels[1].model_copy(update={"minzoom": 0}))},
    )
    view = scene(town(homes(series(["gemeente", "wijk"])), editions=[early]), WOZ, 2022, None)
    assert bands(view) == [("wijk", 0, None)]


def test_figures_on_two_editions_show_the_tileset_with_most_levels() -> None:
    old = series(["gemeente"], 2022, 2021, "vastgoed-2022-op-2021")
    new = series(["wijk", "buurt"], 2022, 2022, "vastgoed-2022-op-2022")
    facts = town(homes([*old, *new]), editions=[edition(2021), edition(2022)])
    automatic = scene(facts, WOZ, 2022, None)
    assert (automatic.tileset, automatic.edition.year) == ("vastgoed-2022-op-2022", 2022)
    assert bands(automatic) == [("wijk", 6, 8), ("buurt", 8, None)]
    fixed = scene(facts, WOZ, 2022, "gemeente")
    assert (fixed.tileset, bands(fixed)) == ("vastgoed-2022-op-2021", [("gemeente", 0, None)])


def test_the_first_view_holds_the_whole_edition(facts: AtlasFacts) -> None:
    view = scene(facts, WOZ, 2022, None)
    west, south, east, north = view.edition.bounds
    lon, lat = view.center
    assert west < lon < east
    assert south < lat < north
    shown_degrees = 360 * 640 / (512 * 2**view.zoom)
    assert east - west <= shown_degrees
    assert (north - south) / math.cos(math.radians(lat)) <= shown_degrees * 1.001
    assert shown_degrees < 1.5 * max(east - west, (north - south) / math.cos(math.radians(lat)))


def test_the_first_view_is_not_empty_where_only_fine_levels_have_figures() -> None:
    wide = edition().model_copy(update={"bounds": (3.2, 50.7, 7.3, 53.6)})
    assert scene(town(homes(series(["buurt"])), editions=[wide]), WOZ, 2022, None).zoom == 8


def test_names_of_a_level_make_way_for_those_of_finer_ones(facts: AtlasFacts) -> None:
    view = scene(facts, WOZ, 2022, None)
    assert [view.name_zooms(rank) for rank in view.ranks] == [(0, 10), (7, 12), (9, None)]


def test_the_source_of_an_indicator_is_named_before_that_of_the_atlas(facts: AtlasFacts) -> None:
    assert scene(facts, WOZ, 2022, None).attribution("en") == (
        "Source: Statistics Netherlands | Bron: Kadaster/PDOK (CC BY 4.0)"
    )
    assert scene(facts, "drugsmisdrijven", 2022, None).attribution("en") == "Bron: Kadaster/PDOK (CC BY 4.0)"


def test_any_level_name_will_do() -> None:
    tract = LevelFacts(id="tract", title=Text(nl="tract"), plural=Text(nl="tracts"), minzoom=0, regions=3)
    abroad = edition().model_copy(update={"levels": (tract,)})
    view = scene(town(homes(series(["tract"])), editions=[abroad]), WOZ, 2022, "tract")
    assert bands(view) == [("tract", 0, None)]
    assert view.bands[0].classes == (), "a level without breaks has no classes"


def test_an_unknown_indicator_is_refused_with_the_ones_there_are(facts: AtlasFacts) -> None:
    with pytest.raises(UnknownIndicator, match="no indicator 'woz'"):
        scene(facts, "woz", 2022, None)


def test_a_year_without_figures_is_refused_with_the_ones_there_are(facts: AtlasFacts) -> None:
    with pytest.raises(NoFigures, match="no figures for 1999: it has 2022"):
        scene(facts, WOZ, 1999, None)


def test_a_level_without_figures_in_that_year_is_refused_with_the_ones_there_are(facts: AtlasFacts) -> None:
    with pytest.raises(NoFigures, match="no figures for gemeente in 2022: it has wijk"):
        scene(facts, "drugsmisdrijven", 2022, "gemeente")
