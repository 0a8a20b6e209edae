"""All tiles of an edition: from regions to one archive.

    rings -> arcs -> project -> for each zoom, from fine to coarse:
                                  simplify -> mend -> cut -> encode -> compress
                             -> archive

Zooms that show the same levels form a storey. Below it, where finer levels are no longer shown, the coarser ones are cut
into arcs anew, so that their borders are not held up by nodes of levels that nobody sees.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from tiles.archive import Bounds, write_archive
from tiles.arcs import Points
from tiles.attributes import Attributes, TileColumn
from tiles.compression import Compression
from tiles.coverage import Coverage, outline_rank
from tiles.cut import EXTENT, Pieces, cut_lines, cut_points, cut_shapes
from tiles.encoding import Encoding
from tiles.grid import Grid, GridName, TileCoord
from tiles.joined import joined_all
from tiles.labels import label_rank
from tiles.mend import rings_for_coarser, shapes_of
from tiles.mlt import layers_by_tile
from tiles.mvt import GeometryKind, features_by_tile, layer
from tiles.outlines import drawn_once
from tiles.placing import Placed, check_on_grid
from tiles.project import to_unit_square
from tiles.ragged import Ints, offsets_of
from tiles.rings import Rings, picked
from tiles.simplify import Lines, lines_at, thinned

OUTLINES, LABELS = "grenzen", "labels"

OUTLINE_FIELDS = {"level": "String", "rank": "Number", "outer": "Boolean"}
LABEL_FIELDS = {"level": "String", "code": "String", "name": "String", "rank": "Number"}


TOLERANCES = {5: 1.0, 6: 1.34, 7: 1.68, 8: 1.95, 9: 2.25, 10: 3.0, 11: 5.0}
"""Tile units (8 of them are a CSS pixel) by zoom of Web Mercator: as much as leaves each zoom truer than tippecanoe's."""


def tolerance(z: int) -> float:
    """Tile units at a zoom of Web Mercator: a vertex whose triangle is smaller than the square of it goes.

    Regions of a national map are a few pixels wide at the coarsest zooms, so every vertex counts; from zoom 11 on they are
    so large that rounding to the grid changes them more than this does.
    """
    return TOLERANCES[min(max(z, min(TOLERANCES)), max(TOLERANCES))]


BUFFER = 32
"""Tile units around a tile: enough for outlines up to 8 CSS pixels wide, so that no tile edge shows."""

LABEL_BUFFER = 512
"""The same for labels. A client that draws tile by tile, as QGIS does, cuts a circle at the edge of each tile that does not
have its point; other clients pass over points outside a tile."""

Geometry = NDArray[np.object_]
NOTHING = np.array(None, object)
_Bodies = dict[TileCoord, bytes]
_Made = tuple[list[_Bodies], "ZoomReport"]
Progress = Callable[[str, int, int], None]
"""Called with a stage, how much of it is done, and how much there is."""


@dataclass(frozen=True)
class Level:
    """One level of regions, such as all wijken of a year. Every array has one row per region."""

    name: str
    """Also the name of the tile layer."""

    geometry: Geometry
    """Valid polygons; a coverage, or borders will not be shared. None and empty ones are left out."""

    ids: NDArray[np.int64]
    codes: Sequence[str]
    names: Sequence[str]
    label_x: NDArray[np.float64]
    """Label point in the CRS of the geometry; NaN for no label."""

    label_y: NDArray[np.float64]
    label_weight: NDArray[np.float64]
    """What makes one name more important than another, such as inhabitants or the room around the label point."""

    minzoom: int

    def by_code(self) -> Level:
        """The same with regions in the order of their codes, so that the order of input decides nothing."""
        order = np.array(sorted(range(len(self.codes)), key=self.codes.__getitem__), np.int64)
        if (order[1:] > order[:-1]).all():
            return self
        return replace(
            self,
            geometry=self.geometry[order],
            ids=self.ids[order],
            codes=[self.codes[row] for row in order],
            names=[self.names[row] for row in order],
            label_x=self.label_x[order],
            label_y=self.label_y[order],
            label_weight=self.label_weight[order],
        )


@dataclass(frozen=True)
class Backdrop:
    """Areas or lines for orientation, without ids or attributes."""

    name: str
    geometry: Geometry
    minzoom: int = 0


@dataclass(frozen=True, slots=True)
class ZoomReport:
    """What one zoom came to."""

    z: int
    tiles: int
    largest: int
    """Bytes of its largest tile as it is stored."""

    crossed: int
    pinched: int
    enlarged: int
    """Regions smaller than a pixel that were kept in their smallest form."""


@dataclass(frozen=True, slots=True)
class PyramidReport:
    """What a pyramid came to."""

    zooms: tuple[ZoomReport, ...]
    bounds: Bounds
    size: int
    """Bytes of the archive."""

    @property
    def tiles(self) -> int:
        """How many tiles."""
        return sum(zoom.tiles for zoom in self.zooms)


def write_pyramid(
    path: Path,
    levels: Sequence[Level],
    backdrop: Sequence[Backdrop],
    crs: pyproj.CRS,
    maxzoom: int,
    metadata: Mapping[str, object],
    *,
    grid: GridName = GridName.WEB_MERCATOR,
    mlt: Path | None = None,
    outlines: bool = True,
    labels: bool = True,
    compression: Compression = Compression.GZIP,
    jobs: int = 1,
    progress: Progress = lambda _stage, _done, _total: None,
) -> PyramidReport:
    """Write the geometry tiles of an edition; levels run from coarse to fine.

    Tiles hold a layer per backdrop and level (features with id and geometry, no tags), ``grenzen`` and ``labels``. There
    is a tile wherever a region reaches into one, from the smallest ``minzoom`` to ``maxzoom``. ``jobs`` zooms are worked on
    at a time; the result depends neither on it nor on the order of regions in a level. ``path`` becomes an archive of Mapbox
    Vector Tiles, ``mlt`` one of the same tiles as MapLibre Tiles. Tiles that are only there to be joined need no ``compression``.
    """
    paths = {Encoding.MVT: path} | ({Encoding.MLT: mlt} if mlt is not None else {})
    plan = _Plan(tuple(level.by_code() for level in levels), tuple(backdrop), crs, Grid.named(grid), outlines, labels)
    check_on_grid(plan.placed(), crs, plan.grid, EXTENT << maxzoom)
    tiles: dict[Encoding, _Bodies] = {encoding: {} for encoding in paths}
    reports = []
    first = min(item.minzoom for item in plan.layers)
    zooms = _zooms(plan, maxzoom, first)
    for done, (bodies, report) in enumerate(
        _in_turn(lambda zoom: _tiles_of(plan, zoom, list(paths), compression), zooms, jobs)
    ):
        for encoding, found in zip(paths, bodies, strict=True):
            tiles[encoding] |= found
        reports.append(report)
        progress("tiles", done + 1, maxzoom - first + 1)
    bounds = plan.bounds()
    described = {**metadata, "vector_layers": plan.vector_layers(maxzoom)}
    for encoding, archive in paths.items():
        write_archive(archive, tiles[encoding], bounds, described, encoding=encoding, compression=compression)
    return PyramidReport(tuple(reversed(reports)), bounds, path.stat().st_size)


def _in_turn(work: Callable[[_Zoom], _Made], zooms: Iterator[_Zoom], jobs: int) -> Iterator[_Made]:
    """The results of some work on all zooms, in their order; as many at a time as there are jobs.

    Threads do: NumPy, GEOS and the compressor work outside Python's lock, and all share the same arrays.
    """
    waiting: deque[Future[_Made]] = deque()
    with ThreadPoolExecutor(jobs) as pool:
        for zoom in zooms:
            waiting.append(pool.submit(work, zoom))
            if len(waiting) > jobs:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


# ---- what there is to draw


@dataclass(frozen=True)
class _Plan:
    """All features of all levels and of backdrop areas in one table, numbered level by level."""

    levels: tuple[Level, ...]
    backdrop: tuple[Backdrop, ...]
    crs: pyproj.CRS
    grid: Grid
    has_outlines: bool
    has_labels: bool

    @cached_property
    def layers(self) -> tuple[Level | Backdrop, ...]:
        """Backdrop first, then levels from coarse to fine."""
        return (*self.backdrop, *self.levels)

    def tolerance(self, z: int) -> float:
        """Tile units at a zoom of its grid."""
        return tolerance(z + self.grid.zooms_ahead)

    def placed(self) -> list[Placed]:
        """All layers, for what is said of a feature that cannot be drawn."""
        return [
            Placed(item.name, item.geometry, item.codes if isinstance(item, Level) else None) for item in self.layers
        ]

    @cached_property
    def first_feature(self) -> Ints:
        """(layers + 1,) the number of the first feature of each layer."""
        return offsets_of(np.array([len(item.geometry) for item in self.layers], np.int64))

    @cached_property
    def geometry(self) -> Geometry:
        """(features,)."""
        return np.concatenate([item.geometry for item in self.layers])

    @cached_property
    def ids(self) -> NDArray[np.int64]:
        """(features,) ids in tiles; backdrop features are numbered from 1."""
        return np.concatenate(
            [item.ids if isinstance(item, Level) else np.arange(1, len(item.geometry) + 1) for item in self.layers]
        )

    @cached_property
    def rank(self) -> Ints:
        """(features,) 0 for the coarsest level, counting up; backdrop comes last."""
        ranks = [self.levels.index(item) if isinstance(item, Level) else len(self.levels) for item in self.layers]
        return np.repeat(np.array(ranks, np.int64), np.diff(self.first_feature))

    @cached_property
    def minzoom(self) -> Ints:
        """(features,)."""
        return np.repeat(np.array([item.minzoom for item in self.layers], np.int64), np.diff(self.first_feature))

    @cached_property
    def backdrop_lines(self) -> dict[str, tuple[NDArray[np.float64], Ints]]:
        """By layer: where the vertices of its lines lie in the unit square, and where each line begins."""
        found = {}
        for item in self.backdrop:
            parts = shapely.get_parts(item.geometry)
            lines = parts[shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING]
            if len(lines):
                xy = to_unit_square(shapely.get_coordinates(lines), self.crs, self.grid)
                found[item.name] = xy, offsets_of(shapely.get_num_coordinates(lines))
        return found

    @cached_property
    def labels(self) -> tuple[NDArray[np.float64], Attributes, NDArray[np.int64], Ints]:
        """Of all labels: where they lie in the unit square, attributes, ids, the zoom from which they are shown."""
        x, y, rank, ids, minzoom = (
            np.concatenate(column)
            for column in (
                [level.label_x for level in self.levels],
                [level.label_y for level in self.levels],
                [label_rank(level.label_weight) for level in self.levels],
                [level.ids for level in self.levels],
                [np.full(len(level.ids), level.minzoom) for level in self.levels],
            )
        )
        there = np.flatnonzero(~np.isnan(x))
        text = {
            "level": [level.name for level in self.levels for _ in level.ids],
            "code": [code for level in self.levels for code in level.codes],
            "name": [name for level in self.levels for name in level.names],
        }
        columns = {key: TileColumn.full(np.array(values, object)[there]) for key, values in text.items()}
        columns["rank"] = TileColumn.full(rank[there])
        unit = to_unit_square(np.column_stack([x, y])[there], self.crs, self.grid)
        return unit, Attributes.of(ids[there], columns), ids[there], minzoom[there]

    @cached_property
    def outline_attributes(self) -> Attributes:
        """Attributes of the features of ``grenzen``, whose ids are ``1 + 2 * rank + outer``."""
        ranks = np.repeat(np.arange(len(self.levels)), 2)
        outer = np.tile([False, True], len(self.levels))
        names = np.array([level.name for level in self.levels], object)
        return Attributes.of(
            1 + 2 * ranks + outer,
            {
                "level": TileColumn.full(names[ranks]),
                "rank": TileColumn.full(ranks),
                "outer": TileColumn(outer, outer),
            },
        )

    def in_unit_square(self, points: Points) -> Points:
        """Where points of the source lie in the square of tile 0/0/0."""
        return to_unit_square(points, self.crs, self.grid)

    def bounds(self) -> Bounds:
        """Of all that is drawn, in degrees."""
        west, south, east, north = shapely.total_bounds(self.geometry).tolist()
        to_degrees = pyproj.Transformer.from_crs(self.crs, "OGC:CRS84", always_xy=True)
        west, south, east, north = to_degrees.transform_bounds(west, south, east, north)
        return west, south, east, north

    def vector_layers(self, maxzoom: int) -> list[dict[str, object]]:
        """Layers as the metadata of an archive lists them."""

        def entry(name: str, minzoom: int, fields: Mapping[str, str]) -> dict[str, object]:
            return {"id": name, "minzoom": minzoom, "maxzoom": maxzoom, "fields": dict(fields)}

        first = min(level.minzoom for level in self.levels)
        return [
            *(entry(item.name, item.minzoom, {}) for item in self.layers),
            *([entry(OUTLINES, first, OUTLINE_FIELDS)] if self.has_outlines else []),
            *([entry(LABELS, first, LABEL_FIELDS)] if self.has_labels else []),
        ]


# ---- zoom by zoom


@dataclass(frozen=True)
class _Storey:
    """Zooms that show the same levels: one set of arcs."""

    coverage: Coverage
    """In the unit square."""

    outlines: Ints
    """(arcs,) the feature of ``grenzen`` each arc belongs to: ``2 * rank + outer``, negative for none."""


@dataclass(frozen=True)
class _Zoom:
    z: int
    storey: _Storey
    lines: Lines
    """Thinned."""

    finest: Lines
    """The same arcs on the same grid before that."""


def _zooms(plan: _Plan, maxzoom: int, first: int) -> Iterator[_Zoom]:
    """Simplified arcs, from ``maxzoom`` to ``first``; each zoom starts from what the one before it kept."""
    shown = plan.minzoom <= maxzoom
    storey = _storey(plan, Rings.of(np.where(shown, plan.geometry, NOTHING)), plan.in_unit_square)
    zoom: _Zoom | None = None
    for z in range(maxzoom, first - 1, -1):
        showing = plan.minzoom <= z
        if zoom is not None and not np.array_equal(showing, shown):
            storey = _storey(plan, rings_for_coarser(zoom.storey.coverage, zoom.lines, zoom.finest, showing))
            zoom, shown = None, showing
        source, offsets = storey.coverage.unthinned if zoom is None else (zoom.lines.source, zoom.lines.offsets)
        finest = lines_at(picked(storey.coverage.arcs.xy, source), offsets, source, EXTENT << z)
        zoom = _Zoom(z, storey, thinned(finest, plan.tolerance(z)), finest)
        yield zoom


def _storey(plan: _Plan, rings: Rings, moved: Callable[[Points], Points] = lambda points: points) -> _Storey:
    coverage = Coverage.of(rings, plan.rank, moved)
    rank, outer = outline_rank(coverage, plan.rank)
    drawn = (rank >= 0) & (rank < len(plan.levels))
    return _Storey(coverage, np.where(drawn, 2 * rank + outer, -1))


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What one tile layer shows at one zoom."""

    pieces: Pieces
    kind: GeometryKind
    ids: NDArray[np.int64]

    def layers(self, name: str, encoding: Encoding) -> dict[int, bytes]:
        """By tile number: the layer, without attributes."""
        match encoding:
            case Encoding.MVT:
                features = features_by_tile(self.pieces, self.kind, self.ids)
                return {number: layer(name, body) for number, body in features.items()}
            case Encoding.MLT:
                return layers_by_tile(name, self.pieces, self.kind, self.ids)


def _tiles_of(plan: _Plan, zoom: _Zoom, encodings: Sequence[Encoding], compression: Compression) -> _Made:
    """The tiles of one zoom in each encoding, compressed."""
    shapes, lines, mending = shapes_of(zoom.storey.coverage, zoom.lines, zoom.finest, EXTENT << zoom.z)
    areas = cut_shapes(shapes, zoom.z, BUFFER)
    drawn = {
        **_areas(plan, areas),
        **_lines(plan, zoom, lines),
        **({LABELS: _labels(plan, zoom.z, areas.tile)} if plan.has_labels else {}),
    }
    bodies = [_encoded(plan, zoom.z, drawn, encoding, compression) for encoding in encodings]
    report = ZoomReport(
        zoom.z,
        len(bodies[0]),
        max(map(len, bodies[0].values()), default=0),
        mending.crossed,
        mending.pinched,
        len(mending.enlarged),
    )
    return bodies, report


def _encoded(plan: _Plan, z: int, drawn: Mapping[str, _Drawn], encoding: Encoding, compression: Compression) -> _Bodies:
    layers = [one.layers(name, encoding) for name, one in drawn.items()]
    numbers = sorted({number for found in layers for number in found})
    tiles = [b"".join(found[number] for found in layers if number in found) for number in numbers]
    text = {OUTLINES: plan.outline_attributes} | ({LABELS: plan.labels[1]} if plan.has_labels else {})
    return {
        TileCoord(z, number % (1 << z), number >> z): compression.packed(tile)
        for number, tile in zip(numbers, joined_all(tiles, text, encoding), strict=True)
    }


def _areas(plan: _Plan, pieces: Pieces) -> dict[str, _Drawn]:
    """Each layer of areas."""
    found = {}
    for item, low, high in zip(plan.layers, plan.first_feature[:-1], plan.first_feature[1:], strict=True):
        own = pieces.where((pieces.feature >= low) & (pieces.feature < high))
        found[item.name] = _Drawn(own, GeometryKind.POLYGON, plan.ids)
    return found


def _lines(plan: _Plan, zoom: _Zoom, lines: Lines) -> dict[str, _Drawn]:
    """Outlines and backdrop lines."""
    found = {}
    if plan.has_outlines:
        ids = np.arange(1, 2 * len(plan.levels) + 1)
        pieces = cut_lines(*drawn_once(lines, zoom.storey.outlines), zoom.z, BUFFER)
        found[OUTLINES] = _Drawn(pieces, GeometryKind.LINE, ids)
    for item in plan.backdrop:
        if item.name in plan.backdrop_lines and zoom.z >= item.minzoom:
            unit_xy, offsets = plan.backdrop_lines[item.name]
            thin = thinned(
                lines_at(unit_xy, offsets, np.arange(len(unit_xy)), EXTENT << zoom.z), plan.tolerance(zoom.z)
            )
            pieces = cut_lines(thin, np.arange(len(thin)), zoom.z, BUFFER)
            found[item.name] = _Drawn(pieces, GeometryKind.LINE, np.arange(1, len(thin) + 1))
    return found


def _labels(plan: _Plan, z: int, tiles: Ints) -> _Drawn:
    """The points of labels, in ``tiles`` only: there is no tile for a point in its buffer alone."""
    unit, _, ids, minzoom = plan.labels
    shown = np.flatnonzero(minzoom <= z)
    xy = np.floor(unit[shown] * float(EXTENT << z)).astype(np.int32)
    # All of them, though a map has no room for all names: symbols are drawn at these points too.
    own, around = cut_points(xy, shown, z), cut_points(xy, shown, z, LABEL_BUFFER)
    there = np.isin(around.tile, np.union1d(own.tile, tiles))
    return _Drawn(around.where(there), GeometryKind.POINT, ids)
