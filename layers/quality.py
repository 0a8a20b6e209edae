"""The quality of an archive, or of the tiles of an atlas: what ``zichtkaart inspect --quality`` prints.

The figures are those of ``tiles.quality``; here it is decided what is measured, and against which true regions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from layers.sources import Shapes, read_shapes
from layers.store import Atlas
from tiles.archive import TileArchive
from tiles.encoding import Encoding
from tiles.errors import NotMeasurable
from tiles.featureid import feature_ids
from tiles.grid import GridName
from tiles.quality import ArchiveQuality, measure
from tiles.remote_archive import open_archive
from tiles.repair import metre_of, repair_coverage
from tiles.truth import Source

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is measured, and with what it is compared."""

    key: str | None = None
    """The property of features that tells regions apart; None for the feature id."""

    layers: tuple[str, ...] | None = None
    zooms: range | None = None
    """None for all; zooms that an archive does not have are left out, unless it has none of them."""

    source: Path | None = None
    """The true regions of one layer."""

    source_layer: str | None = None
    code: str | None = None
    """The column of the source that has the codes of regions; None for one that is called as ``key``."""

    grid: GridName = GridName.WEB_MERCATOR
    jobs: int = 2


def qualities(address: str, wanted: Wanted, progress: Progress) -> Iterator[tuple[str, ArchiveQuality]]:
    """Each archive, with a name: the one at a path or ``http(s)://`` address, or that of each edition of an atlas.

    Raises NotMeasurable, BadArchive and BadTile; for a folder NoAtlas and BadAtlas; for a source InputProblems.
    """
    for name, archive, layers in _archives(address, wanted.zooms):
        try:
            yield name, _quality(archive, wanted, layers, progress)
        finally:
            archive.close()


def _archives(address: str, zooms: range | None) -> Iterator[tuple[str, TileArchive, tuple[str, ...] | None]]:
    """Each archive with its name, and where they are known the layers of regions that are shown at these zooms."""
    if not Path(address).is_dir():
        yield address, open_archive(address), None
        return
    atlas = Atlas.open(Path(address))
    for edition in atlas.facts.editions:
        archive = TileArchive.open(atlas.path(edition.tiles))
        yield (
            f"edition {edition.year}",
            archive,
            tuple(level.id for level in edition.levels if zooms is None or level.minzoom < zooms.stop),
        )


def _quality(
    archive: TileArchive, wanted: Wanted, levels: tuple[str, ...] | None, progress: Progress
) -> ArchiveQuality:
    if archive.encoding is not Encoding.MVT:
        raise NotMeasurable(
            f"{archive.address}: holds MapLibre Tiles, which GDAL cannot decode; measure the archive of Mapbox Vector Tiles "
            "that was made beside it, which has the same features"
        )
    layers = wanted.layers or levels
    source = None
    if wanted.source is not None:
        layers = (_only_layer(archive, layers),)
        source = true_regions(wanted.source, wanted)
    return measure(
        archive,
        key=wanted.key,
        source=source,
        layers=layers,
        zooms=_zooms(archive, wanted.zooms),
        jobs=wanted.jobs,
        progress=progress,
    )


def _only_layer(archive: TileArchive, layers: tuple[str, ...] | None) -> str:
    """The layer a source has the regions of."""
    known = layers or tuple(layer["id"] for layer in archive.metadata.get("vector_layers", []))
    if len(known) != 1:
        raise NotMeasurable(
            f"a source has the regions of one layer, and {archive.address} has {', '.join(known) or 'no list of them'}: "
            "name the layer with --layers"
        )
    return known[0]


def _zooms(archive: TileArchive, wanted: range | None) -> range | None:
    if wanted is None:
        return None
    found = range(max(wanted.start, archive.minzoom), min(wanted.stop, archive.maxzoom + 1))
    if not found:
        raise NotMeasurable(
            f"{archive.address} has zooms {archive.minzoom} to {archive.maxzoom}, none of those that were asked for"
        )
    return found


def true_regions(path: Path, wanted: Wanted) -> Source:
    """The regions of a file, each code once and repaired as for tiles; without ``key`` they are called by feature id.

    Raises InputProblems where the file or a column cannot be used, NotMeasurable where it is not clear what regions are called.
    """
    column = wanted.code or wanted.key
    if column is None:
        raise NotMeasurable(
            f"{path}: tell which of its columns has the codes of regions, with --code, or with --key where features have "
            "a property of that name"
        )
    shapes = read_shapes(path, str(path), wanted.source_layer)
    codes, geometry = _by_code(shapes, shapes.column(column))
    repaired = repair_coverage(geometry, metre_of(shapes.crs)).geometry
    keys = codes if wanted.key is not None else feature_ids(codes).tolist()
    return Source(repaired, keys, shapes.crs, wanted.grid)


def _by_code(shapes: Shapes, column: str) -> tuple[list[str], np.ndarray[tuple[int], np.dtype[np.object_]]]:
    """Codes and areas of regions; rows without either are left out, rows with the same code are one region."""
    there = ~shapely.is_missing(shapes.geometry) & ~shapely.is_empty(shapes.geometry)
    rows_by_code: dict[str, list[int]] = {}
    for row, code in enumerate(shapes.columns[column].tolist()):
        if there[row] and isinstance(code, str | int) and str(code).strip():
            rows_by_code.setdefault(str(code).strip(), []).append(row)
    if not rows_by_code:
        raise NotMeasurable(f"{shapes.source}: column {column!r} has no codes of regions with an area")
    areas = np.empty(len(rows_by_code), object)
    for number, rows in enumerate(rows_by_code.values()):
        parts = shapes.geometry[rows]
        areas[number] = parts[0] if len(rows) == 1 else shapely.union_all(shapely.make_valid(parts))
    return list(rows_by_code), areas
