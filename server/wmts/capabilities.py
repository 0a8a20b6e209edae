"""What the service says of itself: a layer for each indicator, with its years and both grids."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from layers.atlas import GridFacts, IndicatorFacts, Lang
from server.ogc.tiles import limits
from server.snapshot import Snapshot
from tiles.grid import Grid, GridName, tile_matrix_set

PIXEL_M: Final = 0.00028
"""The pixel that scale denominators are about (OGC 07-057r7, 6.1)."""


@dataclass(frozen=True, slots=True)
class WmtsLayer:
    """An indicator or a grid as WMTS shows it."""

    id: str
    title: str
    abstract: str
    bounds: tuple[float, float, float, float]
    years: tuple[int, ...]
    """Empty for a grid, which has no dimension of time."""

    legend: str
    """The address of the legend, below the site."""

    grids: tuple[str, ...]
    """The tile matrix sets of its borders: each edition has its own, since its bounds are its own."""


@dataclass(frozen=True, slots=True)
class MatrixLimits:
    """The rows and columns of one zoom that have pictures."""

    matrix: str
    min_row: int
    max_row: int
    min_col: int
    max_col: int


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("server.wmts"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def capabilities(snapshot: Snapshot, site: str, lang: Lang, deeper: int) -> bytes:
    """The capabilities document; pictures go ``deeper`` zooms beyond tiles."""
    facts = snapshot.facts
    newest = snapshot.borders(max(edition.year for edition in facts.editions))
    grids = [grid for grid in GridName if newest.archive(grid) is not None]
    zooms = {grid: _zooms(snapshot, grid, deeper) for grid in grids}
    return (
        _templates()
        .get_template("capabilities.xml")
        .render(
            lang=lang,
            title=facts.title.in_(lang),
            attribution=facts.attribution,
            notice=facts.notice.in_(lang) if facts.notice else "",
            site=site,
            layers=[
                *(_layer(indicator, snapshot, grids, lang) for indicator in facts.indicators),
                *(_grid_layer(grid, grids, lang) for grid in facts.grids),
            ],
            grids=[(grid, Grid.named(grid), _matrices(grid, zooms[grid])) for grid in grids],
            limits={grid.value: list(_limits(snapshot, grid, zooms[grid])) for grid in grids},
        )
        .encode()
    )


def _layer(indicator: IndicatorFacts, snapshot: Snapshot, grids: list[GridName], lang: Lang) -> WmtsLayer:
    editions = [snapshot.edition_by_year[series.edition] for series in indicator.series]
    wests, souths, easts, norths = zip(*(edition.bounds for edition in editions), strict=True)
    told = [text.in_(lang) for text in (indicator.explanation, indicator.caveat) if text is not None]
    unit = indicator.unit.in_(lang)
    return WmtsLayer(
        id=indicator.id,
        title=f"{indicator.title.in_(lang)} ({unit})" if unit else indicator.title.in_(lang),
        abstract=" ".join(told),
        bounds=(min(wests), min(souths), max(easts), max(norths)),
        legend=f"styles/{indicator.id}/legend.svg",
        years=tuple(sorted({series.year for series in indicator.series})),
        grids=tuple(grid.value for grid in grids),
    )


def _grid_layer(grid: GridFacts, grids: list[GridName], lang: Lang) -> WmtsLayer:
    told = [text.in_(lang) for text in (grid.explanation, grid.caveat) if text is not None]
    unit = grid.unit.in_(lang)
    return WmtsLayer(
        id=grid.id,
        title=f"{grid.title.in_(lang)} ({unit})" if unit else grid.title.in_(lang),
        abstract=" ".join(told),
        bounds=grid.bounds,
        years=(),
        legend=f"grids/{grid.id}/legend.svg",
        grids=tuple(name.value for name in grids),
    )


def _zooms(snapshot: Snapshot, grid: GridName, deeper: int) -> range:
    """The zooms of pictures in a grid, over all editions."""
    archives = [snapshot.borders(edition.year).archive(grid) for edition in snapshot.facts.editions]
    deepest = max(archive.maxzoom for archive in archives if archive is not None) + deeper
    return range(min(deepest, len(tile_matrix_set(grid).tileMatrices) - 1) + 1)


def _matrices(grid: GridName, zooms: range) -> list[tuple[int, float, int]]:
    """Zoom, scale denominator, and tiles along a side."""
    size_m = Grid.named(grid).size_m
    return [(z, size_m / (256 << z) / PIXEL_M, 1 << z) for z in zooms]


def _limits(snapshot: Snapshot, grid: GridName, zooms: range) -> Iterator[MatrixLimits]:
    bounds = [*(one.bounds for one in snapshot.facts.editions), *(one.bounds for one in snapshot.facts.grids)]
    wests, souths, easts, norths = zip(*bounds, strict=True)
    whole = (min(wests), min(souths), max(easts), max(norths))
    for found in limits(Grid.named(grid), whole, zooms.start, zooms.stop - 1):
        yield MatrixLimits(
            found["tileMatrix"],
            found["minTileRow"],
            found["maxTileRow"],
            found["minTileCol"],
            found["maxTileCol"],
        )
