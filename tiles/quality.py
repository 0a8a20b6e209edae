"""What is wrong with the areas of an archive, of any maker: gaps, overlaps, losses, invalid polygons, and its bytes.

Tiles are decoded by GDAL (``tiles.decoded``), clipped to their own square and added up over a zoom:

    overlap     the sum of the areas of all features less the area of their union
    gap         ground that is truly covered and is not here, a CSS pixel or more inside the edge of all covered ground
    lost        regions that exist and have no area in any tile of the zoom
    invalid     polygons that are not valid, or whose rings are wound the wrong way

The truth is the source where there is one, otherwise what the largest zoom covers. A lake or an enclave abroad is a hole
in it and no gap; cracks in which no circle of a CSS pixel of the largest zoom fits are closed first. Staying a pixel
inside keeps a simplified coast from being taken for a gap.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from tiles.archive import TileArchive
from tiles.decoded import DecodedAreas, Key, decoded_areas
from tiles.errors import NotMeasurable
from tiles.grid import TileCoord
from tiles.truth import NOTHING, Source, Truth, by_tile, clipped, told_apart

Geometry = NDArray[np.object_]
Progress = Callable[[str, int, int], None]

PPM = 1e6
NOISE = 1e-10
"""Areas below this share of a tile come from rounding where features are cut at its edge (0.002 square tile units)."""


@dataclass(frozen=True, slots=True)
class ZoomQuality:
    """One layer at one zoom."""

    layer: str
    z: int
    tiles: int
    """Tiles with areas of this layer."""

    stored: int
    """Bytes of those tiles in the archive, with all their layers."""

    largest: int
    """Bytes of the largest of them."""

    features: int
    regions: int
    """Regions with some area."""

    lost: int
    """Regions of the source, or else of the largest zoom, without area here."""

    invalid: int
    overlap_ppm: float
    """Ground that lies under two features or more, in millionths of all ground that should be covered."""

    gap_ppm: float
    """Ground that should be covered and is not, in millionths of all that should be."""

    looked_at: float
    """Share of that ground that lies a CSS pixel or more inside its edge, where gaps are looked for."""

    difference: float | None
    """Symmetric difference of regions with the source, as a share of the source's area; None without a source."""


@dataclass(frozen=True, slots=True)
class ArchiveQuality:
    """What was found in an archive."""

    zooms: tuple[ZoomQuality, ...]
    """Layer by layer, from the smallest zoom to the largest."""

    size: int
    """Bytes of the file."""

    def table(self) -> str:
        """The figures as text, one line per layer and zoom."""
        head = "layer z tiles kB largest_kB features regions lost invalid overlap_ppm gap_ppm differs_%"
        rows = [tuple(name.replace("_", " ") for name in head.split()), *map(_row, self.zooms)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
        return "\n".join([*lines, f"archive: {self.size / 1e6:,.2f} MB"]) + "\n"


def _row(zoom: ZoomQuality) -> tuple[str, ...]:
    return (
        zoom.layer,
        str(zoom.z),
        f"{zoom.tiles:,}",
        f"{zoom.stored / 1e3:,.1f}",
        f"{zoom.largest / 1e3:,.1f}",
        f"{zoom.features:,}",
        f"{zoom.regions:,}",
        f"{zoom.lost:,}",
        f"{zoom.invalid:,}",
        ppm_text(zoom.overlap_ppm),
        ppm_text(zoom.gap_ppm) if zoom.looked_at else "-",
        "-" if zoom.difference is None else f"{zoom.difference * 100:.3f}",
    )


def ppm_text(ppm: float) -> str:
    """Two figures at least, and 0 for nothing at all.

    >>> ppm_text(0), ppm_text(0.0123), ppm_text(70331.4)
    ('0', '0.012', '70,331')
    """
    return "0" if ppm == 0 else f"{ppm:,.0f}" if ppm >= 10 else f"{ppm:.2g}"


def measure(
    archive: TileArchive,
    *,
    key: str | None = None,
    source: Source | None = None,
    layers: Sequence[str] | None = None,
    zooms: Iterable[int] | None = None,
    jobs: int = 2,
    progress: Progress = lambda _stage, _done, _total: None,
) -> ArchiveQuality:
    """The quality of the areas in an archive of vector tiles.

    key: the property that tells regions apart; without it, feature ids do. layers: those to measure, else all with polygons.
    source: the true regions of one layer, which is then the one named in ``layers``. zooms: those to measure, else all; without
    a source the largest is decoded in any case. An invalid polygon counts with the area its rings enclose, even-odd.
    Raises NotMeasurable where regions cannot be told apart or a zoom or layer is not there, BadTile for bytes that are no tile.
    """
    every = range(archive.minzoom, archive.maxzoom + 1)
    wanted = set(every) if zooms is None else set(zooms)
    if not wanted <= set(every):
        raise NotMeasurable(f"{archive.address} has zooms {archive.minzoom} to {archive.maxzoom}, not {sorted(wanted)}")
    if source is not None and (layers is None or len(layers) != 1):
        raise NotMeasurable("a source has the regions of one layer: name that layer")
    truths = {layers[0]: Truth.of_source(source, archive.maxzoom)} if source is not None and layers is not None else {}
    order = sorted(wanted if source is not None else wanted | {archive.maxzoom}, reverse=True)
    coords = _coords_by_zoom(archive)
    found = []
    for done, z in enumerate(order):
        progress("zooms", done, len(order))
        look = _Look(archive, key, layers, source)
        for layer, tiles in _facts_by_layer(look, coords[z], jobs).items():
            # The first zoom at which a layer is met is its largest.
            if layer not in truths:
                truths[layer] = Truth.of_tiles(_covers(tiles), _keys(tiles))
            if z in wanted:
                found.append(_zoom(layer, z, tiles, truths[layer], jobs))
    progress("zooms", len(order), len(order))
    missing = set(layers or ()) - {zoom.layer for zoom in found}
    if missing:
        raise NotMeasurable(f"{archive.address} has no areas in a layer {', '.join(sorted(missing))} at these zooms")
    return ArchiveQuality(tuple(sorted(found, key=lambda zoom: (zoom.layer, zoom.z))), archive.size)


def _coords_by_zoom(archive: TileArchive) -> Mapping[int, list[TileCoord]]:
    coords: dict[int, list[TileCoord]] = defaultdict(list)
    for coord in archive.coords():
        coords[coord.z].append(coord)
    return coords


# ---- one tile


@dataclass(frozen=True, slots=True)
class _TileFacts:
    """One layer of one tile; areas are shares of the tile's square."""

    layer: str
    coord: TileCoord
    stored: int
    features: int
    invalid: int
    keys: frozenset[Key]
    """Of features with some area."""

    cover: shapely.Geometry
    """The union of all features, in a square of side 1."""

    overlap: float
    differs: float
    """Symmetric difference with the source."""

    true_area: float
    """Of the source in this tile."""


@dataclass(frozen=True, slots=True)
class _Look:
    """How a tile is looked at."""

    archive: TileArchive
    key: str | None
    layers: Sequence[str] | None
    source: Source | None

    def tile(self, coord: TileCoord) -> list[_TileFacts]:
        """The facts of each layer with areas."""
        body, tile = self.archive.tile(coord), self.archive.unpacked(coord)
        if body is None or tile is None:
            return []
        return [
            self._layer(coord, len(body), areas)
            for areas in decoded_areas(tile, self.key)
            if self.layers is None or areas.layer in self.layers
        ]

    def _layer(self, coord: TileCoord, stored: int, areas: DecodedAreas) -> _TileFacts:
        shapes = _painted(areas)
        cover, overlap = _cover(shapes)
        differs, true_area = self._difference(coord, areas, clipped(shapes))
        return _TileFacts(
            areas.layer,
            coord,
            stored,
            len(shapes),
            int(areas.faulty.sum()),
            self._keys(coord, areas, shapes),
            cover,
            overlap,
            differs,
            true_area,
        )

    def _keys(self, coord: TileCoord, areas: DecodedAreas, shapes: Geometry) -> frozenset[Key]:
        if None in areas.keys:
            lacking = "id" if self.key is None else f"property {self.key!r}"
            raise NotMeasurable(
                f"layer {areas.layer} of tile {coord}: a feature has no {lacking}, so regions cannot be told apart; "
                "name a property that every feature has as the key"
            )
        there = shapely.area(shapes) > 0
        return frozenset(
            key for key, has_area in zip(areas.keys, there.tolist(), strict=True) if has_area and key is not None
        )

    def _difference(self, coord: TileCoord, areas: DecodedAreas, inside: Geometry) -> tuple[float, float]:
        """Area of the symmetric difference with the source, and of the source."""
        if self.source is None:
            return 0.0, 0.0
        true = self.source.in_tile(coord)
        here: dict[Key | None, shapely.Geometry] = {}
        for key, shape in zip(areas.keys, inside, strict=True):
            here[key] = shapely.union(here[key], shape) if key in here else shape
        keys = sorted({*true, *here}, key=str)
        ours = np.array([here.get(key, NOTHING) for key in keys], object)
        theirs = np.array([true.get(key, NOTHING) for key in keys if key is not None], object)
        return float(shapely.area(shapely.symmetric_difference(ours, theirs)).sum()), float(shapely.area(theirs).sum())


def _facts_by_layer(look: _Look, coords: Sequence[TileCoord], jobs: int) -> Mapping[str, list[_TileFacts]]:
    by_layer: dict[str, list[_TileFacts]] = defaultdict(list)
    with ThreadPoolExecutor(jobs) as pool:
        for several in pool.map(look.tile, coords):
            for facts in several:
                by_layer[facts.layer].append(facts)
    return by_layer


def _painted(areas: DecodedAreas) -> Geometry:
    """Features in a square of side 1, made valid."""
    shapes: Geometry = shapely.transform(areas.shapes, lambda xy: xy / areas.extent)
    bad = np.flatnonzero(~shapely.is_valid(shapes))
    for row in bad.tolist():
        parts = shapely.get_parts(shapely.get_parts(_mended(shapes[row])))
        shapes[row] = shapely.multipolygons(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON])
    return shapes


def _mended(shape: shapely.Geometry) -> shapely.Geometry:
    """Valid, with the area its rings enclose, even-odd; GEOS gives up on a few, whose rings are then taken one by one."""
    try:
        return shapely.make_valid(shape)
    except shapely.errors.GEOSException:
        return shapely.make_valid(shape, method="structure", keep_collapsed=False)


def _cover(shapes: Geometry) -> tuple[shapely.Geometry, float]:
    """The union of features in the square, and how much of it they cover more than once, counted as often."""
    clean, doubtful = told_apart(shapes)
    simple = clipped(np.array([shapely.coverage_union_all(clean)], object))[0]
    if not len(doubtful):
        return simple, 0.0
    # Adding up is slow, so only what may overlap is added up.
    inside = clipped(doubtful)
    union = shapely.union_all(inside)
    overlap = float(shapely.area(inside).sum() - union.area)
    return shapely.union(simple, union), overlap if overlap > NOISE else 0.0


# ---- one zoom


def _zoom(layer: str, z: int, tiles: Sequence[_TileFacts], truth: Truth, jobs: int) -> ZoomQuality:
    squares = float(1 << z) ** 2
    ground = truth.cover.area * squares
    inside = truth.well_inside(z)
    regions = _keys(tiles)
    return ZoomQuality(
        layer,
        z,
        len(tiles),
        sum(tile.stored for tile in tiles),
        max(tile.stored for tile in tiles),
        sum(tile.features for tile in tiles),
        len(regions),
        len(truth.keys - regions),
        sum(tile.invalid for tile in tiles),
        sum(tile.overlap for tile in tiles) / ground * PPM,
        _gap(inside, z, _covers(tiles), jobs) / ground * PPM,
        inside.area / truth.cover.area,
        _difference(tiles, truth.source, squares),
    )


def _gap(inside: shapely.Geometry, z: int, covers: Mapping[TileCoord, shapely.Geometry], jobs: int) -> float:
    """Area, in tile squares, that lies inside and is not covered."""

    def in_tile(part: tuple[TileCoord, shapely.Geometry]) -> float:
        coord, expected = part
        area = float(shapely.difference(expected, covers.get(coord, NOTHING)).area)
        return area if area > NOISE else 0.0

    with ThreadPoolExecutor(jobs) as pool:
        return sum(pool.map(in_tile, by_tile(inside, z)))


def _difference(tiles: Sequence[_TileFacts], source: Source | None, squares: float) -> float | None:
    if source is None:
        return None
    true_area = source.area * squares
    elsewhere = max(true_area - sum(tile.true_area for tile in tiles), 0.0)
    return (sum(tile.differs for tile in tiles) + elsewhere) / true_area


def _covers(tiles: Sequence[_TileFacts]) -> Mapping[TileCoord, shapely.Geometry]:
    return {tile.coord: tile.cover for tile in tiles}


def _keys(tiles: Sequence[_TileFacts]) -> frozenset[Key]:
    return frozenset().union(*(tile.keys for tile in tiles))
