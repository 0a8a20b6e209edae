"""From a catalog to everything an atlas is made of: regions, figures, and a report of what met and what did not.

    regions:  read -> order -> parents ------------------> repair, label -> Edition
    tables:   read -> years -> join with regions
    indicators:                  └-> find column -> publish -> PublishedSeries

All problems of all sources are found before the long work begins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyproj
import shapely

from layers.borders import Borders, Comparison
from layers.breakdown import Dimension, dimension_of, texts_of
from layers.catalog import Catalog
from layers.catalog_model import BackdropEntry
from layers.crossing import Regions
from layers.editions import Edition, Progress, coarse_to_fine, make_edition, parents_of
from layers.flows import Flow, published_flows
from layers.grids import GridSource, read_grid
from layers.indicators import IndicatorFigures, PublishedSeries, SeriesKey, publish_indicators
from layers.kept_repairs import KeptRepairs
from layers.languages import untranslated
from layers.measured import measured_topics
from layers.panels import Panel, published_panels
from layers.places import Places
from layers.postcodes import Postcodes, read_postcodes
from layers.problems import Gathering, InputProblems, listed
from layers.recodes import Change, known_recodes
from layers.regions import LevelRegions, read_regions
from layers.report import LevelReport, PrepareReport
from layers.sources import Shapes
from layers.supplied import SuppliedTable, read_supplied
from layers.tables import JoinedTable, ReadTable, join_tables, read_tables
from layers.topics import Topic, check_ids


@dataclass(frozen=True, slots=True)
class Prepared:
    """What an atlas is made of."""

    editions: tuple[Edition, ...]
    """By year."""

    topics: tuple[Topic, ...]
    """Those that have figures, in the order of the catalog."""

    panels: tuple[Panel, ...]
    flows: tuple[Flow, ...]
    postcodes: tuple[Postcodes, ...]
    dimensions: dict[str, Dimension]
    grids: tuple[GridSource, ...]
    categories: dict[str, tuple[str, ...]]
    """By topic of kind ``category``: what its numbers index."""

    decimals: dict[str, int]
    """By topic: how many decimals its figures have, as the catalog says or as the figures are."""

    recodes: tuple[Change, ...]
    """What the catalog says became of regions."""

    report: PrepareReport

    @property
    def figures(self) -> dict[SeriesKey, PublishedSeries]:
        """By indicator, level and year; in the order of the catalog, then from coarse to fine, then by year."""
        return {
            (indicator.id, level, year): series
            for topic in self.topics
            for indicator in topic.indicators
            for (level, year), series in indicator.series.items()
        }

    def edition(self, year: int) -> Edition:
        """An edition by its year."""
        return next(edition for edition in self.editions if edition.year == year)


def prepare(catalog: Catalog, progress: Progress = lambda _stage, _done, _total: None) -> Prepared:
    """Read, join, publish and repair all that a catalog names.

    Raises InputProblems with every problem of every source.
    """
    gathering = Gathering()
    places = Places.of(catalog)
    drafts = _drafts(catalog, places, gathering, progress)
    backdrop = [(entry, shapes) for entry in catalog.backdrop for shapes in _backdrop(entry, places, gathering)]
    parents = {}
    for levels in (
        drafts.values() if not gathering.problems else ()
    ):  # a level that is lacking would be missed as parent
        for number, level in enumerate(levels):
            with gathering.step():
                parents[level.year, level.level] = parents_of(level, levels[number - 1] if number else None)
    tables: tuple[JoinedTable, ...] = ()
    topics: tuple[Topic, ...] = ()
    flows: tuple[Flow, ...] = ()
    postcodes: tuple[Postcodes, ...] = ()
    borders = None
    raw = read_tables(catalog, places, gathering, progress)
    supplied = read_supplied(catalog, places, gathering)
    dimensions = _dimensions(catalog, raw, supplied)
    with gathering.step():
        borders = _borders(catalog, places, drafts)
        tables = join_tables(raw, dimensions, borders, gathering, progress)
    figures = publish_indicators(catalog, tables, dimensions, gathering)
    if borders is not None:
        order = [level.level for of_year in drafts.values() for level in of_year]
        topics = measured_topics(catalog, tables, dimensions, figures, Comparison(borders), order, gathering)
        with gathering.step():
            check_ids(catalog, topics)
        flows = published_flows(catalog, supplied, borders, gathering, figures.notes)
        postcodes = read_postcodes(catalog, places, borders, gathering)
    panels = published_panels(catalog, supplied, dimensions, gathering, figures.notes)
    grids = _grids(catalog, places, topics, gathering)
    gathering.close()
    repairs = KeptRepairs(places.cache.folder / "repaired")
    editions = []
    for year, levels in sorted(drafts.items()):
        crs = _first_crs(catalog, levels)
        of_year = {level.level: parents[year, level.level] for level in levels}
        shapes = [(entry.id, entry.kind, shapes) for entry, shapes in backdrop]
        editions.append(make_edition(levels, of_year, shapes, crs, catalog.atlas.maxzoom, progress, repairs.repaired))
    return Prepared(
        editions=tuple(editions),
        topics=topics,
        panels=panels,
        flows=flows,
        postcodes=postcodes,
        dimensions=dimensions,
        grids=grids,
        categories=figures.categories,
        decimals=figures.decimals,
        recodes=borders.recodes.changes[len(known_recodes().changes) :] if borders is not None else (),
        report=_report(catalog, editions, tables, supplied, figures, panels, flows, postcodes),
    )


def _drafts(
    catalog: Catalog, places: Places, gathering: Gathering, progress: Progress
) -> dict[int, tuple[LevelRegions, ...]]:
    """By year: the levels that could be read, from coarse to fine."""
    by_year: dict[int, list[LevelRegions]] = {}
    for number, entry in enumerate(catalog.regions):
        progress("read regions", number, len(catalog.regions))
        with gathering.step():
            by_year.setdefault(entry.year, []).append(read_regions(entry, places.shapes(entry)))
    progress("read regions", len(catalog.regions), len(catalog.regions))
    return {year: coarse_to_fine(levels) for year, levels in by_year.items() if levels}


def _borders(catalog: Catalog, places: Places, drafts: Mapping[int, Sequence[LevelRegions]]) -> Borders:
    """The regions of all editions, and what became of them between."""
    levels = [level for levels in drafts.values() for level in levels]
    return Borders(
        regions={(x.year, x.level): Regions(x.level, x.year, x.codes, x.names) for x in levels},
        recodes=known_recodes().with_entries(catalog.recodes, places.path),
        changed={(x.year, x.level): x.changed for x in levels if x.changed},
    )


def _dimensions(
    catalog: Catalog, tables: Sequence[ReadTable], supplied: Sequence[SuppliedTable]
) -> dict[str, Dimension]:
    """The dimensions of the catalog, with the codes that tables have."""
    texts: dict[str, dict[str, str]] = {entry.id: {} for entry in catalog.dimensions}
    for table in tables:
        for name, column in table.columns.items():
            texts[name] |= texts_of(table.raw, column)
    panels = {panel.id: panel for panel in catalog.panels}
    for other in supplied:
        for part in panels[other.entry.for_].columns if other.entry.for_ in panels else ():
            if part.kind == "dimension" and (found := other.raw.first_column([part.name])) is not None:
                texts[part.of] |= texts_of(other.raw, found)
    return {entry.id: dimension_of(entry, texts[entry.id]) for entry in catalog.dimensions}


def _backdrop(entry: BackdropEntry, places: Places, gathering: Gathering) -> list[Shapes]:
    """The shapes of a backdrop entry: areas for water, lines for dikes. None where there is a problem."""
    with gathering.step():
        shapes = places.shapes(entry)
        dimension = shapely.get_dimensions(shapes.geometry)
        wanted, noun = (2, "areas") if entry.kind == "water" else (1, "lines")
        if not (dimension == wanted).any():
            raise InputProblems([shapes.problem(f'there are no {noun} in it, which kind = "{entry.kind}" needs')])
        return [shapes.take(dimension == wanted)]
    return []


def _grids(catalog: Catalog, places: Places, topics: Sequence[Topic], gathering: Gathering) -> tuple[GridSource, ...]:
    """The grids that could be opened."""
    found = []
    taken = {indicator.id for topic in topics for indicator in topic.indicators}
    for number, entry in enumerate(catalog.grids):
        with gathering.step():
            if entry.id in taken:
                message = f'id = "{entry.id}" is also what an indicator is called, so they must differ'
                raise InputProblems([catalog.problem(("grids", number, "id"), message)])
            found.append(read_grid(entry, places.path(entry.source)))
    return tuple(found)


def _first_crs(catalog: Catalog, levels: tuple[LevelRegions, ...]) -> pyproj.CRS:
    """The CRS of the level that the catalog names first."""
    first = min(levels, key=lambda level: catalog.regions.index(level.entry))
    return first.crs


def _report(
    catalog: Catalog,
    editions: list[Edition],
    tables: Sequence[JoinedTable],
    supplied: Sequence[SuppliedTable],
    figures: IndicatorFigures,
    panels: Sequence[Panel],
    flows: Sequence[Flow],
    postcodes: Sequence[Postcodes],
) -> PrepareReport:
    levels = []
    for edition in editions:
        for number, level in enumerate(edition.levels):
            orphans = [code for code, parent in zip(level.codes, level.parents, strict=True) if parent is None]
            levels.append(
                LevelReport(
                    edition.year,
                    level.id,
                    len(level),
                    level.without_geometry,
                    tuple(orphans) if number else (),
                    level.repair,
                    level.codes,
                )
            )
    joins = tuple(joined for table in tables for joined in table.joined)
    notes = [f"table {table.entry.id}: {note}" for table in tables for note in table.raw.notes]
    notes += [f"table {other.entry.id}: {note}" for other in supplied for note in other.raw.notes]
    concerns = [*figures.concerns]
    concerns += [concern for flow in flows for concern in flow.concerns()]
    concerns += [concern for table in postcodes for concern in table.concerns()]
    others = [
        *(panel.sentence() for panel in panels),
        *(flow.sentence() for flow in flows),
        *(table.sentence() for table in postcodes),
    ]
    if dutch := untranslated(catalog):
        others.append(f"no English: {listed(dutch, 3)}; English pages show the Dutch")
    return PrepareReport(
        tuple(levels), joins, tuple(figures.reports), (*notes, *figures.notes), tuple(concerns), tuple(others)
    )
