"""Editions: the levels of one boundary year, from coarse to fine, repaired and ready to be cut into tiles."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from layers import levels as known_levels
from layers.atlas import Text
from layers.codes import parent_code, tidy
from layers.names import official
from layers.problems import InputProblems, Problem, listed
from layers.regions import LevelRegions
from layers.sources import Shapes
from tiles.featureid import SameFeatureId, feature_ids
from tiles.labels import label_points
from tiles.repair import Repaired, RepairReport, metre_of, repair_coverage

Progress = Callable[[str, int, int], None]
"""Called with a stage, how much of it is done, and how much there is."""

Repair = Callable[[NDArray[np.object_], float], Repaired]
"""Makes a coverage of polygons, given the length of a metre in the units of their CRS."""

Bounds = tuple[float, float, float, float]
"""west, south, east, north in degrees (CRS84)."""

_CRS84 = pyproj.CRS.from_user_input("OGC:CRS84")
_VISIBLE_PX = 3.0
"""A level that we do not know is shown from the zoom at which half of its regions are this wide."""

_WHOLE_MAP = 5_000
"""The coarsest level is shown from zoom 0 if it has no more regions than this: they fit in one tile."""

_EQUATOR_PX_M = 2 * math.pi * 6378137 / 512
"""Metres on the equator per CSS pixel at zoom 0."""


@dataclass(frozen=True, slots=True)
class RegionLevel:
    """The regions of one level of an edition; every array has one row per region, by code."""

    id: str
    title: Text
    plural: Text
    minzoom: int
    codes: tuple[str, ...]
    names: tuple[str, ...]
    parents: tuple[str | None, ...]
    """Codes of regions of the next coarser level; None in the coarsest, and where the parent is not known."""

    geometry: NDArray[np.object_]
    """Valid polygons in the CRS of the edition, a coverage unless ``repair`` says otherwise."""

    ids: NDArray[np.int64]
    """Feature ids in tiles."""

    label_x: NDArray[np.float64]
    """Label point in the CRS of the edition."""

    label_y: NDArray[np.float64]
    label_weight: NDArray[np.float64]
    """What makes a name more important: inhabitants where the source has them, else the room around the label point."""

    lon: NDArray[np.float64]
    """The label point in degrees (CRS84)."""

    lat: NDArray[np.float64]
    bounds: NDArray[np.float64]
    """(regions, 4) west, south, east, north in degrees (CRS84)."""

    repair: RepairReport
    without_geometry: tuple[str, ...]
    """Codes that the source has without a usable geometry; they are left out."""

    def __len__(self) -> int:
        return len(self.codes)


@dataclass(frozen=True, slots=True)
class BackdropShapes:
    """Shapes for orientation, in the CRS of the edition."""

    id: str
    kind: Literal["water", "dike"]
    geometry: NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Edition:
    """The borders of one boundary year."""

    year: int
    crs: pyproj.CRS
    levels: tuple[RegionLevel, ...]
    """From coarse to fine."""

    backdrop: tuple[BackdropShapes, ...]
    bounds: Bounds

    def level(self, level_id: str) -> RegionLevel:
        """A level by id."""
        return next(level for level in self.levels if level.id == level_id)


def coarse_to_fine(levels: Sequence[LevelRegions]) -> tuple[LevelRegions, ...]:
    """Levels in order: the known Dutch ones by their place, any other mix by how many regions they have."""
    order = list(known_levels.KNOWN)
    if all(level.level in order for level in levels):
        return tuple(sorted(levels, key=lambda level: order.index(level.level)))
    return tuple(sorted(levels, key=lambda level: len(level.codes)))


def parents_of(fine: LevelRegions, coarse: LevelRegions | None) -> tuple[str | None, ...]:
    """The code of the coarser region that each region lies in, by the parent column, else by the logic of CBS codes.

    Raises InputProblems when there is a parent column that names no region of the coarser level at all.
    """
    if coarse is None:
        return (None,) * len(fine.codes)
    codes = set(coarse.codes)
    by_name = _unique_names(coarse)
    found: list[str | None] = []
    for code, given in zip(fine.codes, fine.parents, strict=True):
        by_column = tidy(given, coarse.level)
        by_code = parent_code(code, coarse.level)
        choices = (by_column, by_name.get(official(given or "")), by_code)
        found.append(next((choice for choice in choices if choice in codes), None))
    if any(fine.parents) and not any(found):
        theirs = listed((f'"{given}"' for given in dict.fromkeys(filter(None, fine.parents))), 3)
        ours = listed((f'"{code}"' for code in coarse.codes), 3)
        message = f'parent = "{fine.entry.parent}" has {theirs}, and none is a code or name of {coarse.level}: {ours}'
        raise InputProblems([Problem(fine.entry.source, message, layer=fine.entry.layer)])
    return tuple(found)


def _unique_names(level: LevelRegions) -> dict[str, str]:
    """Codes by name, of names that only one region bears."""
    spellings = [official(name) for name in level.names]
    pairs = zip(spellings, level.codes, strict=True)
    return {name: code for name, code in pairs if name and spellings.count(name) == 1}


def make_edition(
    levels: Sequence[LevelRegions],
    parents: Mapping[str, tuple[str | None, ...]],
    backdrop: Sequence[tuple[str, Literal["water", "dike"], Shapes]],
    crs: pyproj.CRS,
    maxzoom: int,
    progress: Progress,
    repair: Repair = repair_coverage,
) -> Edition:
    """The edition of levels that are in order, in one CRS; the long work of repairing is done here."""
    made: list[RegionLevel] = []
    for number, level in enumerate(levels):
        progress(f"regions {level.year}", number, len(levels))
        coarser = made[-1] if made else None
        made.append(_make_level(level, parents[level.level], coarser, crs, maxzoom, repair))
    progress(f"regions {levels[0].year}", len(levels), len(levels))
    shapes = tuple(BackdropShapes(name, kind, to_crs(s.geometry, s.crs, crs)) for name, kind, s in backdrop)
    every = np.vstack([level.bounds for level in made])
    west, south = np.nanmin(every[:, :2], axis=0).tolist()
    east, north = np.nanmax(every[:, 2:], axis=0).tolist()
    return Edition(levels[0].year, crs, tuple(made), shapes, (west, south, east, north))


def _make_level(
    level: LevelRegions,
    parents: tuple[str | None, ...],
    coarser: RegionLevel | None,
    crs: pyproj.CRS,
    maxzoom: int,
    repair: Repair,
) -> RegionLevel:
    repaired = repair(to_crs(level.geometry, level.crs, crs), metre_of(crs))
    labels = label_points(repaired.geometry)
    degrees = to_crs(repaired.geometry, crs, _CRS84)
    lon, lat = pyproj.Transformer.from_crs(crs, _CRS84, always_xy=True).transform(labels.x, labels.y)
    bounds = shapely.bounds(degrees)
    return RegionLevel(
        id=level.level,
        title=known_levels.title(level.level),
        plural=known_levels.plural(level.level),
        minzoom=min(maxzoom, _minzoom(level, coarser, bounds)),
        codes=level.codes,
        names=level.names,
        parents=parents,
        geometry=repaired.geometry,
        ids=_ids(level),
        label_x=labels.x,
        label_y=labels.y,
        label_weight=labels.radius if level.inhabitants is None else level.inhabitants,
        lon=np.asarray(lon),
        lat=np.asarray(lat),
        bounds=bounds,
        repair=repaired.report,
        without_geometry=level.without_geometry,
    )


def _ids(level: LevelRegions) -> NDArray[np.int64]:
    try:
        return feature_ids(level.codes)
    except SameFeatureId as error:
        raise InputProblems([Problem(level.entry.source, str(error), layer=level.entry.layer)]) from error


def _minzoom(level: LevelRegions, coarser: RegionLevel | None, bounds: NDArray[np.float64]) -> int:
    if level.entry.minzoom is not None:
        return level.entry.minzoom
    if coarser is None and len(level.codes) <= _WHOLE_MAP:
        return 0
    if level.level in known_levels.KNOWN:
        return known_levels.KNOWN[level.level].minzoom
    width_degrees = float(np.nanmedian(bounds[:, 2] - bounds[:, 0]))
    width_px = width_degrees / 360 * 2 * math.pi * 6378137 / _EQUATOR_PX_M
    zoom = math.ceil(math.log2(_VISIBLE_PX / max(width_px, 1e-9)))
    return max(coarser.minzoom if coarser else 0, zoom, 0)


def to_crs(geometry: NDArray[np.object_], source: pyproj.CRS, target: pyproj.CRS) -> NDArray[np.object_]:
    """Geometry in another CRS, x before y in both; as it is where they are the same."""
    if source.equals(target, ignore_axis_order=True):
        return geometry
    transformer = pyproj.Transformer.from_crs(source, target, always_xy=True)

    def project(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))

    return np.asarray(shapely.transform(geometry, project), dtype=object)
