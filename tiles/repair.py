"""Polygons that are no clean coverage made into one: valid, without overlaps, with borders that match.

Small faults are mended (GEOS ``make_valid`` and ``CoverageCleaner``), counted and named. Regions that overlap by
design, such as districts drawn by different offices, are left as they are: they get valid polygons, not shared borders.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from tiles.rings import Rings, first_of_each

Geometry = NDArray[np.object_]
Indices = NDArray[np.int64]

BY_DESIGN = 0.02
"""Where more than this share of the ground lies under two regions, overlap is meant and stays."""

GAP_M = 1.0
"""Gaps between neighbours that are narrower than this, in metres, are closed: borders are not known better (CBS: 5 m)."""

EARTH_M = 6_371_000.0
"""Metres to a radian of latitude."""

SWALLOWED = 0.2
"""A region that cleaning leaves less than this share of its area lies on ground that another one claims too."""

SPARED = 0.05
"""Such a region gets its ground back where no other one would be left less than this share of its own."""

CHANGED = 0.001
"""A region whose area changed by more than this share is named in the report."""


def _none() -> Indices:
    return np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class RepairReport:
    """What was found and done; all indices are those of the geometry handed in."""

    regions: int
    invalid: Indices = field(default_factory=_none)
    """Polygons that crossed themselves, made valid."""

    mismatched: Indices = field(default_factory=_none)
    """Regions with an edge that overlapped a neighbour or did not match its vertices."""

    gaps: int = 0
    """Gaps between neighbours that were closed."""

    changed: Indices = field(default_factory=_none)
    """Regions whose area changed by more than a thousandth."""

    unrepaired: Indices = field(default_factory=_none)
    """Regions that cleaning would have swallowed; they keep their own shape and cover a neighbour."""

    remaining: Indices = field(default_factory=_none)
    """Regions with an edge that still does not match after cleaning."""

    overlap_share: float = 0.0
    """How much of the ground lay under two regions, as a share of all of it."""

    overlap_by_design: bool = False
    """True where so much overlapped that it was left as it is."""

    def sentences(self, names: NDArray[np.object_] | None = None) -> list[str]:
        """What to tell the publisher, nothing where nothing was done; ``names`` are the codes of the regions."""
        told = []
        if len(self.invalid):
            told.append(
                f"{_count(self.invalid)} had a border that crosses itself, made valid{_named(self.invalid, names)}"
            )
        if self.overlap_by_design:
            told.append(
                f"{self.overlap_share:.1%} of the ground lies under two regions; that is taken as meant, "
                "so borders are not shared between neighbours"
            )
        elif len(self.mismatched):
            told.append(
                f"{_count(self.mismatched)} overlapped a neighbour or did not match its border; now they do "
                f"({self.overlap_share:.4%} of the ground lay under two regions)"
            )
        if self.gaps:
            told.append(f"{_gaps(self.gaps)} between neighbours narrower than {GAP_M:g} m closed")
        if len(self.remaining):
            told.append(f"{_count(self.remaining)} could not be matched everywhere{_named(self.remaining, names)}")
        if len(self.changed):
            told.append(f"{_count(self.changed)} changed by more than 0.1 % in area{_named(self.changed, names)}")
        if len(self.unrepaired):
            told.append(
                f"{_count(self.unrepaired)} would be lost wholly under a neighbour and kept as drawn"
                f"{_named(self.unrepaired, names)}"
            )
        return told


@dataclass(frozen=True, slots=True)
class Repaired:
    """Geometry fit for a pyramid."""

    geometry: Geometry
    """(regions,) valid polygons and multipolygons, empty or None where there were none."""

    report: RepairReport


def repair_coverage(geometry: Geometry, metre: float = 1.0) -> Repaired:
    """Valid polygons without overlap between neighbours, where that is meant to be so.

    Geometry of other kinds than polygons is dropped from collections that ``make_valid`` leaves; a region without any polygon
    stays without. Coordinates of a valid coverage are not touched. ``metre`` is the length of a metre in the units of the CRS.
    """
    valid, invalid = _valid(geometry)
    here = np.flatnonzero(~shapely.is_missing(valid) & ~shapely.is_empty(valid))
    mismatched = here[_mismatched(valid[here])]
    if not len(mismatched):
        return Repaired(valid, RepairReport(len(geometry), invalid))
    cleaned = _cleaned(valid[here])
    before, after = shapely.area(valid[here]), shapely.area(cleaned)
    share = float(max(before.sum() - after.sum(), 0.0) / after.sum())
    if share > BY_DESIGN:
        report = RepairReport(len(geometry), invalid, mismatched, overlap_share=share, overlap_by_design=True)
        return Repaired(valid, report)
    swallowed = np.flatnonzero(after < SWALLOWED * before)
    for region in swallowed:
        _give_back(cleaned, int(region), valid[here[region]])
    gaps = _close_gaps(cleaned, GAP_M * metre)
    kept = shapely.area(cleaned)
    lost = kept == 0
    out = valid.copy()
    out[here[~lost]] = cleaned[~lost]
    changed = here[~lost & (np.abs(kept - before) > CHANGED * before)]
    left = here[~lost][_mismatched(cleaned[~lost])]
    return Repaired(out, RepairReport(len(geometry), invalid, mismatched, gaps, changed, here[lost], left, share))


def metre_of(crs: pyproj.CRS) -> float:
    """The length of a metre in the units of a CRS; in degrees, along a meridian."""
    unit = crs.axis_info[0].unit_conversion_factor
    return 1 / (unit * EARTH_M if crs.is_geographic else unit)


def _cleaned(geometry: Geometry) -> Geometry:
    cleaned: Geometry = shapely.coverage_clean(geometry)
    return cleaned


def _close_gaps(coverage: Geometry, width: float) -> int:
    """Give each hole between regions that is narrower than ``width`` to the one with the longest border on it; how many.

    Width is twice the area by the perimeter, that of a long strip.
    """
    ground = shapely.get_parts(shapely.coverage_union_all(coverage[~shapely.is_empty(coverage)]))
    rings, owner = shapely.get_rings(ground, return_index=True)
    holes = shapely.polygons(rings[~first_of_each(owner)])
    holes = holes[2 * shapely.area(holes) < width * shapely.length(holes)]
    if not len(holes):
        return 0
    hole, region = shapely.STRtree(coverage).query(holes, predicate="intersects")
    shared = shapely.length(shapely.intersection(shapely.boundary(holes[hole]), shapely.boundary(coverage[region])))
    best = np.lexsort((region, -shared, hole))
    best = best[first_of_each(hole[best])]
    order = np.argsort(region[best], kind="stable")
    taker, given = region[best][order], hole[best][order]
    bounds = np.append(np.flatnonzero(first_of_each(taker)), len(taker)).tolist()
    for low, high in pairwise(bounds):
        coverage[taker[low]] = shapely.coverage_union_all([coverage[taker[low]], *holes[given[low:high]]])
    return len(holes)


def _give_back(coverage: Geometry, region: int, ground: shapely.Geometry) -> None:
    """Cut the ground of a region that cleaning swallowed out of those that lie on it, if they can spare it."""
    tree = shapely.STRtree(coverage)
    takers = tree.query(ground, predicate="intersects")
    takers = takers[takers != region]
    cut = shapely.difference(coverage[takers], ground)
    if (shapely.area(cut) < SPARED * shapely.area(coverage[takers])).any():
        return
    around = np.unique(tree.query(coverage[takers], predicate="intersects")[1])
    coverage[takers], coverage[region] = cut, ground
    near = np.union1d(around, [region])
    coverage[near] = _cleaned(coverage[near])


def _valid(geometry: Geometry) -> tuple[Geometry, Indices]:
    """Polygons only, all valid, and which were not."""
    flat = shapely.force_2d(geometry)
    invalid = np.flatnonzero(~shapely.is_valid(flat) & ~shapely.is_missing(flat))
    out = flat.copy()
    out[invalid] = shapely.make_valid(flat[invalid], method="structure", keep_collapsed=False)
    mixed = np.flatnonzero(shapely.get_type_id(out) == shapely.GeometryType.GEOMETRYCOLLECTION)
    for region in mixed:
        parts = shapely.get_parts(out[region])
        out[region] = shapely.multipolygons(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON])
    return out, invalid


def _mismatched(geometry: Geometry) -> NDArray[np.bool_]:
    """(regions,) True for those with an edge that a neighbour overlaps or does not match."""
    # GEOS looks at all edges of every neighbour of each region: for each of 10,000 filled holes at those of all holes. So it
    # gets only what may be at fault: regions at an edge that is not once one's and once another's.
    begin, end, region = _edges(geometry)
    paired = _in_pairs(begin, end)
    near = _near_lone_edges(geometry, begin[~paired], end[~paired], region[~paired])
    lines, owner = shapely.get_parts(shapely.coverage_invalid_edges(geometry[near]), return_index=True)
    bad = np.zeros(len(geometry), bool)
    bad[near[owner]] = True
    # An edge whose other side is not among these regions is none that matches nothing.
    known = paired & bad[region]
    xy, line = shapely.get_coordinates(lines, return_index=True)
    step = np.flatnonzero(line[1:] == line[:-1])
    at_fault = ~np.isin(_edge_keys(xy[step], xy[step + 1]), _edge_keys(begin[known], end[known]))
    bad[:] = False
    bad[near[owner[line[step[at_fault]]]]] = True
    return bad


def _near_lone_edges(
    geometry: Geometry, begin: NDArray[np.float64], end: NDArray[np.float64], region: Indices
) -> Indices:
    """The regions of some edges, and those whose bounds they reach into."""
    boxes = shapely.box(*np.hstack([np.minimum(begin, end), np.maximum(begin, end)]).T)
    reached = shapely.STRtree(boxes).query(shapely.box(*shapely.bounds(geometry).T))[0]
    return np.union1d(region, reached)


def _edges(geometry: Geometry) -> tuple[NDArray[np.float64], NDArray[np.float64], Indices]:
    """Begin and end of all edges with the ground on their right, and the region of each."""
    rings = Rings.of(geometry)
    after = np.arange(1, len(rings.xy) + 1)
    after[rings.offsets[1:] - 1] = rings.offsets[:-1]
    region = np.repeat(rings.feature[rings.part], np.diff(rings.offsets))
    return rings.xy, rings.xy[after], region


def _in_pairs(begin: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(edges,) True for those that there are two of, one each way."""
    # Sorting one number per edge takes an eighth of the time of sorting by coordinates; whether two with equal numbers are equal
    # edges is asked afterwards.
    key = _edge_keys(begin, end)
    order = np.argsort(key, kind="stable")
    key = key[order]
    same = key[1:] == key[:-1]
    alone = np.concatenate([[True], ~same[:-1]]) & np.concatenate([~same[1:], [True]]) if len(same) else same
    first = np.flatnonzero(same & alone)
    one, other = order[first], order[first + 1]
    opposite = (begin[one] == end[other]).all(axis=1) & (end[one] == begin[other]).all(axis=1)
    paired = np.zeros(len(begin), bool)
    paired[one[opposite]] = paired[other[opposite]] = True
    return paired


def _edge_keys(begin: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.uint64]:
    """(edges,) a number that different edges hardly ever share, the same both ways."""
    keys: NDArray[np.uint64] = _mixed(begin) + _mixed(end)
    return keys


def _mixed(points: NDArray[np.float64]) -> NDArray[np.uint64]:
    """(points,) a number that different points hardly ever share."""
    bits = np.ascontiguousarray(points).view(np.uint64)
    mixed = bits[:, 0] * np.uint64(0x9E3779B97F4A7C15) ^ bits[:, 1] * np.uint64(0xC2B2AE3D27D4EB4F)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    folded: NDArray[np.uint64] = mixed ^ (mixed >> np.uint64(32))
    return folded


def _gaps(count: int) -> str:
    return "1 gap" if count == 1 else f"{count:,} gaps"


def _count(regions: Indices) -> str:
    return "1 region" if len(regions) == 1 else f"{len(regions):,} regions"


def _named(regions: Indices, names: NDArray[np.object_] | None, most: int = 5) -> str:
    if names is None:
        return ""
    shown = ", ".join(str(name) for name in names[regions[:most]])
    return f": {shown}" + (f" and {len(regions) - most:,} more" if len(regions) > most else "")
