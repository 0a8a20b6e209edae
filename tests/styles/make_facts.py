"""Manifests made in code."""

from __future__ import annotations

from collections.abc import Sequence

from layers.atlas import (
    Artefact,
    AtlasFacts,
    BackdropFacts,
    Breaks,
    EditionFacts,
    IndicatorFacts,
    LevelFacts,
    Series,
    Text,
    ThemeFacts,
    TilesetFacts,
)
from styles.palettes import colors

FILE = Artefact(path="values/x-000000000000.parquet", version="000000000000", size=1)

LEVELS = {
    "gemeente": LevelFacts(
        id="gemeente",
        title=Text(nl="gemeente", en="municipality"),
        plural=Text(nl="gemeenten", en="municipalities"),
        minzoom=0,
        regions=2,
    ),
    "wijk": LevelFacts(
        id="wijk", title=Text(nl="wijk", en="district"), plural=Text(nl="wijken", en="districts"), minzoom=6, regions=9
    ),
    "buurt": LevelFacts(
        id="buurt",
        title=Text(nl="buurt", en="neighbourhood"),
        plural=Text(nl="buurten", en="neighbourhoods"),
        minzoom=8,
        regions=40,
    ),
}


def edition(year: int = 2022, levels: Sequence[str] = ("gemeente", "wijk", "buurt")) -> EditionFacts:
    """Borders of a year around Utrecht, with water and a dike."""
    return EditionFacts(
        year=year,
        levels=tuple(LEVELS[level] for level in levels),
        backdrop=(BackdropFacts(id="plassen", kind="water"), BackdropFacts(id="lekdijk", kind="dike")),
        tiles=FILE,
        regions=FILE,
        bounds=(4.9, 52.0, 5.3, 52.2),
    )


def homes(series: Sequence[Series]) -> IndicatorFacts:
    """Mean value of homes: five classes on each level but the buurt, which has two."""
    return IndicatorFacts(
        id="gemiddelde-woz-waarde",
        theme="vastgoed",
        title=Text(nl="Gemiddelde WOZ-waarde", en="Mean property value"),
        unit=Text(nl="x 1000 euro", en="x 1000 euro"),
        kind="mean",
        decimals=0,
        source=Text(nl="Bron: CBS", en="Source: Statistics Netherlands"),
        series=tuple(series),
        colors=colors("YlGnBu", 5),
        breaks={
            "gemeente": Breaks(edges=(265, 300, 335, 380), low=165, high=830, thirds=(280, 350)),
            "wijk": Breaks(edges=(250, 300, 350, 1410), low=70, high=1600, thirds=(260, 340)),
            "buurt": Breaks(edges=(300,), low=50, high=2100, thirds=(300,)),
        },
        values=FILE,
    )


def offences(series: Sequence[Series]) -> IndicatorFacts:
    """A count with many zeros."""
    return IndicatorFacts(
        id="drugsmisdrijven",
        theme="drugs",
        title=Text(nl="Drugsmisdrijven & wapens <geregistreerd>"),
        unit=Text(nl="misdrijven", en="offences"),
        kind="count",
        decimals=0,
        series=tuple(series),
        colors=colors("BuPu", 4),
        breaks={"wijk": Breaks(edges=(1, 5, 1000), low=0, high=1200)},
        values=FILE,
    )


def owners(series: Sequence[Series]) -> IndicatorFacts:
    """A category."""
    return IndicatorFacts(
        id="meeste-eigenaren",
        theme="vastgoed",
        title=Text(nl="Meest voorkomende eigenaar", en="Most common owner"),
        unit=Text(nl="", en=""),
        kind="category",
        decimals=0,
        series=tuple(series),
        colors=colors("TolLight", 3),
        breaks={},
        categories=("bewoner", "corporatie", "belegger"),
        values=FILE,
    )


def incidents(series: Sequence[Series]) -> IndicatorFacts:
    """A number of things, drawn as circles: up to 1,200 per wijk."""
    found = offences(series)
    breaks = {one.level: Breaks(edges=(), low=0, high=1200) for one in series}
    return found.model_copy(
        update={
            "id": "incidenten",
            "drawn": "symbols",
            "colors": ("#88419d",),
            "breaks": breaks,
            "title": Text(nl="Incidenten"),
        }
    )


def risk(series: Sequence[Series]) -> IndicatorFacts:
    """A share, with thirds: in both themes' maps."""
    thirds = {"gemeente": (4.0, 6.5), "wijk": (3.0, 7.0)}
    return IndicatorFacts(
        id="verhoogd-risico",
        theme="drugs",
        title=Text(nl="Verhoogd risico", en="Raised risk"),
        unit=Text(nl="% van de woningen", en="% of homes"),
        kind="share",
        decimals=1,
        series=tuple(series),
        colors=colors("Purples", 3),
        breaks={
            level: Breaks(edges=(2.0, 8.0), low=0, high=22, thirds=thirds[level])
            for level in dict.fromkeys(one.level for one in series)
        },
        values=FILE,
    )


def series(
    levels: Sequence[str], year: int = 2022, edition_year: int = 2022, tileset: str = "vastgoed-2022"
) -> list[Series]:
    """One series per level, on one tileset."""
    return [Series(level=level, year=year, edition=edition_year, tileset=tileset) for level in levels]


def town(*indicators: IndicatorFacts, editions: Sequence[EditionFacts] = ()) -> AtlasFacts:
    """An atlas with these indicators, or else with one of each kind."""
    standard = (
        homes(series(["gemeente", "wijk", "buurt"])),
        offences(series(["wijk"], tileset="drugs-2022")),
        owners(series(["gemeente", "wijk"])),
    )
    return AtlasFacts(
        id="stad",
        title=Text(nl="De stad", en="The town"),
        attribution="Bron: Kadaster/PDOK (CC BY 4.0)",
        maxzoom=12,
        editions=tuple(editions) or (edition(),),
        themes=(ThemeFacts(id="vastgoed", title=Text(nl="Vastgoed")), ThemeFacts(id="drugs", title=Text(nl="Drugs"))),
        indicators=indicators or standard,
        tilesets=(
            TilesetFacts(id="gebieden-2022", edition=2022),
            TilesetFacts(
                id="vastgoed-2022", edition=2022, year=2022, indicators=("gemiddelde-woz-waarde", "meeste-eigenaren")
            ),
            TilesetFacts(id="drugs-2022", edition=2022, year=2022, indicators=("drugsmisdrijven",)),
        ),
    )
