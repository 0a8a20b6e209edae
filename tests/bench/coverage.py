"""A made-up country for benchmarks: regions with natural borders that share every vertex, islands, exclaves and lakes.

Cells of a Voronoi diagram with dense cities and empty countryside; each edge between two cells is made rough once, by
moving the middles of its pieces, so both neighbours get the same vertices.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import Voronoi  # type: ignore[import-untyped]  # scipy ships no types

Geometry = NDArray[np.object_]
Points = NDArray[np.float64]

MIDDLE = (155_000.0, 463_000.0)
"""In RD."""

AREA_PER_REGION_M2 = 2.4e6
"""On average, as of Dutch buurten."""

ROUGHNESS = 0.16
"""How far a middle moves, as a share of its piece's length."""


def made_up_coverage(regions: int, vertices: int, seed: int = 1) -> Geometry:
    """(regions,) polygons in RD, a clean coverage, with about ``vertices`` each."""
    rng = np.random.default_rng(seed)
    points = _points(regions, rng)
    diagram = Voronoi(points)
    lakes, exclaves = regions // 500, regions // 100
    inner = _inside(diagram, points, regions + lakes + exclaves)
    rough = np.full(len(diagram.ridge_points), ROUGHNESS)
    steps = 0
    while True:
        steps += 1
        cells = _cells(diagram, inner, rough, vertices, seed)
        crossing = ~shapely.is_valid(cells)
        simple = cells.copy()
        simple[crossing] = None
        edges = shapely.coverage_invalid_edges(simple)
        bad = np.flatnonzero(crossing | (~shapely.is_missing(edges) & ~shapely.is_empty(edges)))
        if not len(bad):
            break
        # Borders that cross are made straighter until none do.
        touched = np.isin(diagram.ridge_points, np.flatnonzero(inner)[bad]).any(axis=1)
        rough[touched] *= 0.5 if steps < 8 else 0.0
    return _regions(cells, lakes, exclaves, rng)


def _points(regions: int, rng: np.random.Generator) -> Points:
    """Middles of cells: two thirds in cities, spread evenly enough that no cell is a sliver."""
    wanted = int(regions * 1.25)
    side = np.sqrt(wanted * AREA_PER_REGION_M2)
    cities = rng.uniform(-side / 2, side / 2, (max(wanted // 120, 1), 2))
    sizes = rng.pareto(1.5, len(cities)) + 0.2
    which = rng.choice(len(cities), wanted * 2 // 3, p=sizes / sizes.sum())
    spread = (2_000 + 2_500 * np.sqrt(sizes))[which][:, None]
    points = np.vstack(
        [
            cities[which] + rng.normal(0, 1, (len(which), 2)) * spread,
            rng.uniform(-side / 2, side / 2, (wanted - len(which), 2)),
        ]
    )
    for _ in range(2):  # Lloyd's relaxation, roughly
        diagram = Voronoi(points)
        inner = _bounded(diagram, side)
        for cell in np.flatnonzero(inner).tolist():
            points[cell] = diagram.vertices[diagram.regions[diagram.point_region[cell]]].mean(axis=0)
    return points + MIDDLE


def _bounded(diagram: Voronoi, side: float, middle: tuple[float, float] = (0.0, 0.0)) -> NDArray[np.bool_]:
    """Which cells end somewhere, not far outside the square."""
    return np.array(
        [
            len(corners) > 0
            and -1 not in corners
            and bool((np.abs(diagram.vertices[corners] - middle) < 0.6 * side).all())
            for corners in (diagram.regions[number] for number in diagram.point_region.tolist())
        ]
    )


def _inside(diagram: Voronoi, points: Points, count: int) -> NDArray[np.bool_]:
    """Cells of the country: as many as asked for, inside a coast with bays."""
    side = float(np.ptp(points, axis=0).max())
    away = points - MIDDLE
    angle, radius = np.arctan2(away[:, 1], away[:, 0]), np.hypot(away[:, 0], away[:, 1])
    coast = 0.47 + 0.05 * np.sin(3 * angle + 1) + 0.03 * np.sin(11 * angle) + 0.02 * np.sin(29 * angle + 2)
    from_coast = np.where(_bounded(diagram, side, MIDDLE), radius / coast, np.inf)
    inside = np.zeros(len(points), bool)
    inside[np.argsort(from_coast)[:count]] = True
    return inside & np.isfinite(from_coast)


def _cells(diagram: Voronoi, inner: NDArray[np.bool_], rough: Points, vertices: int, seed: int) -> Geometry:
    """The cells of the country with rough edges."""
    pieces = _pieces(diagram, inner, vertices)
    lines = [
        _rough(diagram.vertices[ends], levels, amount, np.random.default_rng((seed, number)))
        if levels >= 0
        else np.empty((0, 2))
        for number, (ends, levels, amount) in enumerate(
            zip(diagram.ridge_vertices, pieces.tolist(), rough.tolist(), strict=True)
        )
    ]
    of_cell: dict[int, list[int]] = {cell: [] for cell in np.flatnonzero(inner).tolist()}
    for ridge, pair in enumerate(diagram.ridge_points.tolist()):
        for cell in pair:
            if cell in of_cell:
                of_cell[cell].append(ridge)
    return np.array([_ring(diagram, ridges, lines) for ridges in of_cell.values()], object)


def _pieces(diagram: Voronoi, inner: NDArray[np.bool_], vertices: int) -> NDArray[np.int64]:
    """How often each edge is halved, -1 for edges outside the country; about ``vertices`` vertices in a cell on average."""
    used = inner[diagram.ridge_points].any(axis=1)
    ends = np.array(diagram.ridge_vertices)
    length = np.hypot(*(diagram.vertices[ends[:, 0]] - diagram.vertices[ends[:, 1]]).T)
    # An edge belongs to two cells; longer ones get more pieces, but less than in proportion.
    share = np.sqrt(length[used])
    total = vertices * int(inner.sum()) / 2
    low, high = -10.0, 20.0
    for _ in range(50):
        middle = (low + high) / 2
        levels = np.clip(np.round(np.log2(share / share.mean()) + middle), 0, 9)
        low, high = (middle, high) if (2**levels).sum() < total else (low, middle)
    out = np.full(len(used), -1, np.int64)
    out[used] = levels.astype(np.int64)
    return out


def _rough(ends: Points, levels: int, amount: float, rng: np.random.Generator) -> Points:
    """A line between two points with ``2 ** levels`` pieces, rough at every scale."""
    line = ends
    for _ in range(levels):
        step = np.diff(line, axis=0)
        sideways = np.column_stack([-step[:, 1], step[:, 0]]) * rng.uniform(-1, 1, (len(step), 1)) * 2 * amount
        finer = np.empty((2 * len(line) - 1, 2))
        finer[::2] = line
        finer[1::2] = line[:-1] + step * rng.uniform(0.4, 0.6, (len(step), 1)) + sideways
        line = finer
    return line


def _ring(diagram: Voronoi, ridges: list[int], lines: list[Points]) -> shapely.Polygon:
    """The edges of a cell one after the other."""
    at: dict[int, list[int]] = {}
    for ridge in ridges:
        for end in diagram.ridge_vertices[ridge]:
            at.setdefault(end, []).append(ridge)
    ridge, end = ridges[0], diagram.ridge_vertices[ridges[0]][0]
    ring = []
    for _ in ridges:
        first, last = diagram.ridge_vertices[ridge]
        ring.append(lines[ridge][:-1] if end == first else lines[ridge][:0:-1])
        end = last if end == first else first
        one, other = at[end]
        ridge = other if ridge == one else one
    return shapely.Polygon(np.vstack(ring))


def _regions(cells: Geometry, lakes: int, exclaves: int, rng: np.random.Generator) -> Geometry:
    """Cells as regions, less some that become lakes and some that are exclaves of a region nearby."""
    order = rng.permutation(len(cells))
    kept = np.sort(order[lakes + exclaves :])
    owners = dict(zip(kept.tolist(), cells[kept], strict=True))
    tree = shapely.STRtree(shapely.centroid(cells[kept]))
    for cell in cells[order[lakes : lakes + exclaves]]:
        near = kept[tree.query(cell.centroid, predicate="dwithin", distance=9_000)].tolist()
        apart = [owner for owner in near if not owners[owner].intersects(cell)]
        if apart:
            owners[apart[0]] = shapely.union(owners[apart[0]], cell)
    return np.array(list(owners.values()), object)
