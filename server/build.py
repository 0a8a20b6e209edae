"""Building an atlas: from a catalog to a folder that can be served.

    catalog -> prepare ─┬─> regions ──> geometry tiles   kept as they are while borders do not change
                        └─> values ──> classes
                                                         ──> manifest, last and at once

Whatever stops a build on the way, bad input or a power cut, leaves the atlas as it was.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from layers.atlas import (
    Artefact,
    AtlasFacts,
    BackdropFacts,
    DimensionFacts,
    EditionFacts,
    FlowFacts,
    GridFacts,
    IndicatorFacts,
    LevelFacts,
    PostcodeFacts,
    ProductFacts,
    RecodeFacts,
    Series,
    TableFacts,
    ThemeFacts,
    TilesetFacts,
    TopicFacts,
)
from layers.catalog import Catalog, read_catalog
from layers.catalog_model import AtlasEntry
from layers.catalog_products import ProductEntry
from layers.columns import SeriesRows, write_regions, write_values
from layers.editions import Edition, RegionLevel
from layers.flows import Flow
from layers.grids import GridSource, GridTally, write_grid
from layers.panel_rows import write_flow, write_panel
from layers.panels import Panel
from layers.postcode_rows import write_postcodes
from layers.postcodes import Postcodes
from layers.prepare import Prepared, prepare
from layers.problems import Gathering, InputProblems
from layers.recodes import Change
from layers.report import PrepareReport, things_to_look_at
from layers.store import AtlasWriter, artefacts_of
from layers.topics import Indicator, Topic
from layers.values import Reason
from server.classification import Classification, classified, style_problems, style_remarks
from server.geometry_key import geometry_key, kept_tiles, remember_tiles
from server.grid_facts import grid_facts, grid_sentence, grid_style_problems
from server.listing import size
from server.progress import Report, silent
from tiles.grid import RD_ZOOMS_AHEAD, GridName, lies_in_the_netherlands
from tiles.pyramid import Backdrop, Level, PyramidReport, write_pyramid

SeriesPlace = tuple[str, int, int]
"""Theme, year of the figures, and edition they stand on."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build came to."""

    facts: AtlasFacts
    prepared: PrepareReport
    pyramids: Mapping[int, PyramidReport]
    """By edition whose tiles were made; the tiles of other editions were kept."""

    seconds: float
    remarks: tuple[str, ...] = ()
    """What the publisher chose for styles and does not get."""

    def sentences(self) -> list[str]:
        """What to print, a line each: regions, joins, figures, tiles, what to look at, and the whole at the end."""
        told = self.prepared.sentences()
        for edition in self.facts.editions:
            told += _tile_sentences(edition, self.pyramids.get(edition.year))
        told += [f"grid {grid.id}: {grid_sentence(grid)}" for grid in self.facts.grids]
        regions = sum(level.regions for edition in self.facts.editions for level in edition.levels)
        joined = sum(joined.matched for joined in self.prepared.joins)
        unmatched = sum(len(joined.unmatched) for joined in self.prepared.joins)
        counts = (
            f"{regions:,} regions, {joined:,} joined, {unmatched:,} unmatched, "
            f"{self.prepared.total(Reason.WITHHELD):,} withheld, {self.prepared.repaired:,} repaired"
        )
        total = sum({artefact.path: artefact.size for artefact in artefacts_of(self.facts)}.values())
        told += things_to_look_at([*self.prepared.concerns(), *self.remarks])
        return [*told, f"atlas {self.facts.id}: {counts}; {size(total)} in {self.seconds:.1f} s"]


def _tile_sentences(edition: EditionFacts, pyramid: PyramidReport | None) -> Iterator[str]:
    if pyramid is None:
        yield f"borders {edition.year}: not changed, tiles kept ({size(edition.tiles.size)})"
        return
    largest = max(zoom.largest for zoom in pyramid.zooms)
    yield f"borders {edition.year}: {pyramid.tiles:,} tiles, {size(pyramid.size)}, the largest {size(largest)}"


def build(catalog_path: Path, folder: Path, jobs: int = 1, progress: Report = silent) -> BuildReport:
    """Build or update the atlas in a folder, doing so many editions at a time.

    Raises InputProblems with everything that is wrong in catalog and sources, AtlasBusy, and BadAtlas where the folder
    holds something else, such as an atlas with another id.
    """
    start = time.perf_counter()
    catalog, prepared = checked(catalog_path, progress)
    with AtlasWriter(folder) as writer:
        writer.check_id(catalog.atlas.id)
        editions, pyramids = _write_editions(writer, prepared.editions, catalog.atlas, jobs, progress)
        tilesets = _tilesets(catalog, prepared.topics)
        facts = AtlasFacts(
            id=catalog.atlas.id,
            title=catalog.atlas.title,
            attribution=catalog.atlas.attribution,
            notice=catalog.atlas.notice,
            allowed_parents=catalog.atlas.allowed_parents,
            maxzoom=catalog.atlas.maxzoom,
            editions=editions,
            themes=tuple(
                ThemeFacts(id=theme.id, title=theme.title, explanation=theme.explanation) for theme in catalog.themes
            ),
            indicators=_write_indicators(writer, prepared, tilesets, progress),
            tilesets=(*_without_figures(prepared.editions), *tilesets.values()),
            dimensions=tuple(_dimension_facts(prepared)),
            topics=tuple(map(_topic_facts, prepared.topics)),
            tables=tuple(_write_panel(writer, panel) for panel in prepared.panels),
            flows=tuple(_write_flow(writer, flow) for flow in prepared.flows),
            products=tuple(_product_facts(entry, prepared) for entry in catalog.products),
            recodes=tuple(facts for change in prepared.recodes for facts in _recode_facts(change)),
            grids=tuple(_write_grid(writer, grid) for grid in prepared.grids),
            postcodes=tuple(_write_postcodes(writer, one) for one in prepared.postcodes),
        )
        writer.publish(facts)
    return BuildReport(facts, prepared.report, pyramids, time.perf_counter() - start, tuple(style_remarks(catalog)))


def checked(catalog_path: Path, progress: Report = silent) -> tuple[Catalog, Prepared]:
    """The catalog and everything it names, read and joined; nothing is written.

    An indicator for which the catalog does not say how many decimals it has gets those of its figures.
    Raises InputProblems with every problem of catalog, styles and sources.
    """
    catalog = read_catalog(catalog_path)
    gathering = Gathering()
    with gathering.step():
        if problems := [*style_problems(catalog), *grid_style_problems(catalog)]:
            raise InputProblems(problems)
    prepared = None
    with gathering.step():
        prepared = prepare(catalog, progress)
        catalog = _with_decimals(catalog, prepared.decimals)
        if problems := style_problems(catalog, prepared.categories):
            raise InputProblems(problems)
    gathering.close()
    if prepared is None:
        raise AssertionError("prepare either returns or raises")
    return catalog, prepared


def _with_decimals(catalog: Catalog, decimals: Mapping[str, int]) -> Catalog:
    indicators = (
        entry.model_copy(update={"decimals": decimals.get(entry.id, entry.decimals)}) for entry in catalog.indicators
    )
    return replace(catalog, indicators=tuple(indicators))


# ---- regions and their tiles


def _write_editions(
    writer: AtlasWriter, editions: Sequence[Edition], atlas: AtlasEntry, jobs: int, progress: Report
) -> tuple[tuple[EditionFacts, ...], dict[int, PyramidReport]]:
    """Editions in their order, and what came of the tiles of those that changed."""
    made = [_write_edition(writer, edition, atlas, jobs, progress) for edition in editions]
    return tuple(facts for facts, _ in made), {facts.year: report for facts, report in made if report is not None}


def _write_edition(
    writer: AtlasWriter, edition: Edition, atlas: AtlasEntry, jobs: int, progress: Report
) -> tuple[EditionFacts, PyramidReport | None]:
    regions = writer.artefact("regions", str(edition.year), ".parquet", partial(write_regions, edition=edition))
    made = {
        grid: _kept_or_made(writer, edition, regions, grid, atlas.maxzoom, jobs, progress)
        for grid in _grids(edition, atlas)
    }
    (mvt, mlt), report = made[GridName.WEB_MERCATOR]
    dutch = made.get(GridName.RD_NEW)
    facts = EditionFacts(
        year=edition.year,
        levels=tuple(_level_facts(level) for level in edition.levels),
        backdrop=tuple(BackdropFacts(id=shapes.id, kind=shapes.kind) for shapes in edition.backdrop),
        tiles=mvt,
        mlt=mlt,
        rd=None if dutch is None else dutch[0][0],
        regions=regions,
        bounds=edition.bounds,
    )
    return facts, report


def _grids(edition: Edition, atlas: AtlasEntry) -> Iterator[GridName]:
    """The grids that tiles are made in: the Dutch one where it is wanted and the regions lie in the Netherlands."""
    yield GridName.WEB_MERCATOR
    if GridName.RD_NEW in atlas.grids and lies_in_the_netherlands(edition.bounds):
        yield GridName.RD_NEW


def _kept_or_made(
    writer: AtlasWriter,
    edition: Edition,
    regions: Artefact,
    grid: GridName,
    maxzoom: int,
    jobs: int,
    progress: Report,
) -> tuple[tuple[Artefact, ...], PyramidReport | None]:
    """The tiles of an edition in a grid, and what came of them where they had to be made."""
    stem = f"gebieden-{edition.year}"
    name = stem if grid is GridName.WEB_MERCATOR else f"{stem}.rd"
    key = geometry_key(edition, regions, maxzoom, grid)
    kept = kept_tiles(writer.folder, name, key)
    if kept is not None:
        return kept, None
    artefacts, report = _write_tiles(writer, stem, edition, grid, maxzoom, jobs, progress)
    remember_tiles(writer.folder, name, key, artefacts)
    return artefacts, report


def _write_tiles(
    writer: AtlasWriter, stem: str, edition: Edition, grid: GridName, maxzoom: int, jobs: int, progress: Report
) -> tuple[tuple[Artefact, ...], PyramidReport]:
    """The tiles as MVT and as MLT; in the Dutch grid, which MapLibre does not draw by itself, as MVT only."""
    reports = []
    is_dutch = grid is GridName.RD_NEW
    behind = RD_ZOOMS_AHEAD if is_dutch else 0

    def write(mvt: Path, mlt: Path | None = None) -> None:
        report = write_pyramid(
            mvt,
            [_tile_level(level, max(0, level.minzoom - behind)) for level in edition.levels],
            [Backdrop(shapes.id, shapes.geometry) for shapes in edition.backdrop],
            edition.crs,
            # The last zoom is shown at all deeper ones too, so it is never coarser than in the other grid.
            max(0, maxzoom - behind + 1) if is_dutch else maxzoom,
            {"name": stem},
            grid=grid,
            mlt=mlt,
            jobs=jobs,
            progress=lambda stage, done, total: progress(f"{stage} {edition.year}", done, total),
        )
        reports.append(report)

    suffixes = [".rd.pmtiles"] if is_dutch else [".pmtiles", ".mlt.pmtiles"]
    artefacts = writer.artefacts("tiles", stem, suffixes, write)
    return artefacts, reports[0]


def _tile_level(level: RegionLevel, minzoom: int) -> Level:
    return Level(
        name=level.id,
        geometry=level.geometry,
        ids=level.ids,
        codes=level.codes,
        names=level.names,
        label_x=level.label_x,
        label_y=level.label_y,
        label_weight=level.label_weight,
        minzoom=minzoom,
    )


def _level_facts(level: RegionLevel) -> LevelFacts:
    low, high = np.nanmin(level.bounds, axis=0).tolist(), np.nanmax(level.bounds, axis=0).tolist()
    return LevelFacts(
        id=level.id,
        title=level.title,
        plural=level.plural,
        minzoom=level.minzoom,
        regions=len(level.codes),
        bounds=(low[0], low[1], high[2], high[3]),
    )


def _recode_facts(change: Change) -> Iterator[RecodeFacts]:
    """What became of each of its old regions."""
    for code in sorted(change.old):
        new = tuple(sorted(change.became(frozenset({code}))))
        yield RecodeFacts(level=change.level, year=change.year, old=code, new=new)


# ---- figures


def _tilesets(catalog: Catalog, topics: Sequence[Topic]) -> dict[SeriesPlace, TilesetFacts]:
    """The tileset of each theme, year and edition, in the order of the catalog and then by year.

    It holds the first indicator of each topic. Where figures of one year stand on two editions, the newest borders have
    the short name.
    """
    tilesets: dict[SeriesPlace, TilesetFacts] = {}
    for theme in catalog.themes:
        of_theme = [topic for topic in topics if topic.entry.theme == theme.id]
        stands = {stand for topic in of_theme for indicator in topic.indicators for stand in _stands(indicator)}
        for year, edition in sorted(stands):
            newest = max(other for same_year, other in stands if same_year == year)
            firsts = [topic.indicators[0] for topic in of_theme]
            tilesets[theme.id, year, edition] = TilesetFacts(
                id=f"{theme.id}-{year}" if edition == newest else f"{theme.id}-{year}-op-{edition}",
                edition=edition,
                theme=theme.id,
                year=year,
                indicators=tuple(first.id for first in firsts if (year, edition) in _stands(first)),
            )
    return tilesets


def _stands(indicator: Indicator) -> set[tuple[int, int]]:
    """The years of an indicator, each with the edition its figures stand on."""
    return {(year, series.edition) for (_, year), series in indicator.series.items()}


def _without_figures(editions: Sequence[Edition]) -> Iterator[TilesetFacts]:
    for edition in editions:
        yield TilesetFacts(id=f"gebieden-{edition.year}", edition=edition.year)


def _write_indicators(
    writer: AtlasWriter,
    prepared: Prepared,
    tilesets: Mapping[SeriesPlace, TilesetFacts],
    progress: Report,
) -> tuple[IndicatorFacts, ...]:
    indicators = [indicator for topic in prepared.topics for indicator in topic.indicators]
    codes = {(edition.year, level.id): level.codes for edition in prepared.editions for level in edition.levels}
    made = []
    for number, indicator in enumerate(indicators):
        progress("figures", number, len(indicators))
        rows = [
            SeriesRows(level, year, codes[found.edition, level], found.published)
            for (level, year), found in indicator.series.items()
        ]
        values = writer.artefact("values", indicator.id, ".parquet", partial(write_values, series=rows))
        look = classified(indicator, rows, indicator.categories)
        made.append(_indicator_facts(indicator, tilesets, values, look))
    progress("figures", len(indicators), len(indicators))
    return tuple(made)


def _indicator_facts(
    indicator: Indicator,
    tilesets: Mapping[SeriesPlace, TilesetFacts],
    values: Artefact,
    look: Classification,
) -> IndicatorFacts:
    entry = indicator.entry
    return IndicatorFacts(
        id=indicator.id,
        theme=entry.theme,
        title=indicator.title,
        unit=indicator.measure.unit,
        kind=indicator.kind,
        decimals=indicator.decimals,
        topic=entry.id,
        measure=indicator.measure.id,
        breakdown=dict(indicator.breakdown),
        national=indicator.national,
        explanation=entry.explanation,
        definition=entry.definition,
        base=indicator.base,
        reference_date=entry.reference_date,
        caveat=entry.caveat,
        source=entry.source,
        series=tuple(
            Series(
                level=level,
                year=year,
                edition=found.edition,
                tileset=tilesets[entry.theme, year, found.edition].id,
            )
            for (level, year), found in indicator.series.items()
        ),
        colors=look.colors,
        breaks=look.breaks,
        drawn=look.drawn,
        middle=look.middle,
        categories=indicator.categories,
        values=values,
    )


# ---- topics and products


def _topic_facts(topic: Topic) -> TopicFacts:
    return TopicFacts(
        id=topic.entry.id,
        theme=topic.entry.theme,
        title=topic.entry.title,
        dimensions=topic.entry.dimensions,
        measures=topic.measures,
        indicators=tuple(indicator.id for indicator in topic.indicators),
    )


def _dimension_facts(prepared: Prepared) -> Iterator[DimensionFacts]:
    """The dimensions that something is broken down by, with the codes that occur."""
    used: dict[str, set[str]] = {}
    for indicator in (indicator for topic in prepared.topics for indicator in topic.indicators):
        for name, code in indicator.breakdown.items():
            used.setdefault(name, set()).add(code)
    for panel in prepared.panels:
        for column in panel.columns:
            if column.dimension is not None:
                used.setdefault(column.dimension, set()).update(map(str, panel.rows.keys[column.id]))
    for dimension in prepared.dimensions.values():
        if dimension.id in used:
            yield dimension.facts(used[dimension.id])


def _write_panel(writer: AtlasWriter, panel: Panel) -> TableFacts:
    entry = panel.entry
    write = partial(write_panel, columns=panel.columns, rows=panel.rows)
    return TableFacts(
        id=entry.id,
        theme=entry.theme,
        title=entry.title,
        explanation=entry.explanation,
        caveat=entry.caveat,
        source=entry.source,
        view=entry.view,
        columns=panel.columns,
        rows=writer.artefact("tables", entry.id, ".parquet", write),
    )


def _write_postcodes(writer: AtlasWriter, postcodes: Postcodes) -> PostcodeFacts:
    entry, rows = postcodes.entry, postcodes.rows
    artefact = writer.artefact("postcodes", str(entry.year), ".parquet", lambda path: write_postcodes(path, rows))
    return PostcodeFacts(edition=entry.year, level=entry.level, rows=artefact)


def _write_flow(writer: AtlasWriter, flow: Flow) -> FlowFacts:
    entry = flow.entry
    return FlowFacts(
        id=entry.id,
        theme=entry.theme,
        title=entry.title,
        unit=entry.unit,
        decimals=entry.decimals,
        explanation=entry.explanation,
        caveat=entry.caveat,
        source=entry.source,
        origin=entry.origin,
        destination=entry.destination,
        level=flow.level,
        years=tuple(flow.edition_by_year),
        editions=tuple(flow.edition_by_year.values()),
        absent=entry.absent,
        rows=writer.artefact("flows", entry.id, ".parquet", partial(write_flow, rows=flow.rows)),
    )


def _write_grid(writer: AtlasWriter, grid: GridSource) -> GridFacts:
    tallies: list[GridTally] = []
    cells = writer.artefact("grids", grid.entry.id, ".tif", lambda path: tallies.append(write_grid(path, grid)))
    return grid_facts(grid, tallies[0], cells)


def _product_facts(entry: ProductEntry, prepared: Prepared) -> ProductFacts:
    """A product with those of its parts that have figures."""
    present = {topic.entry.id for topic in prepared.topics}
    panels = {panel.entry.id for panel in prepared.panels}
    flows = {flow.entry.id for flow in prepared.flows}
    return ProductFacts(
        id=entry.id,
        theme=entry.theme,
        title=entry.title,
        kind=entry.kind,
        explanation=entry.explanation,
        caveat=entry.caveat,
        topics=tuple(name for name in entry.indicators if name in present),
        tables=tuple(name for name in entry.panels if name in panels),
        flows=tuple(name for name in entry.flows if name in flows),
        needs=entry.needs,
    )
