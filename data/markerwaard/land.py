"""The land: an outline, a lake and cells with natural borders that neighbours share to the last bit.

Seeds lie dense in towns and on a slanted grid of polder blocks outside them. Their Voronoi edges are cut into arcs from
junction to junction, each arc is bent once, and polygons are made of the bent arcs: so neighbours cannot disagree.
All lengths are metres, all coordinates RD (EPSG:28992), rounded to a decimetre.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, MultiPoint, Point, Polygon

from markerwaard.names import TOWNS, Town

SEED = 1932
"""The year the Afsluitdijk was closed."""

DECIMETRE = 0.1
GRID_ANGLE = np.deg2rad(27)
"""The polder blocks lie square to the eastern dike."""

BLOCK = (2150.0, 1450.0)
"""Width and height of a polder block."""

CREEKS = (
    (
        (136_000, 503_300),
        (139_200, 505_600),
        (142_300, 505_000),
        (145_600, 507_300),
        (148_300, 506_700),
        (152_300, 508_900),
    ),
    ((141_400, 516_500), (142_600, 513_400), (141_600, 510_400), (143_600, 507_600)),
    ((147_300, 498_200), (148_900, 501_400), (148_200, 504_300), (149_100, 506_600)),
)
"""Where a tidal channel ran before the land was drained, borders still wind."""

OUTLINE_KM = (
    (136.6, 498.2), (140.9, 497.1), (148.3, 497.1), (152.9, 498.9), (156.9, 502.6), (156.4, 505.9), (150.9, 520.9),
    (148.6, 520.9), (144.9, 517.6), (139.2, 516.2), (136.0, 513.6), (134.5, 508.2), (134.6, 503.3), (135.4, 500.3),
)  # fmt: skip
"""Corners of the dike, before they are rounded."""

LAKE_KM = (
    (145.2, 511.2), (146.9, 511.5), (148.4, 512.6), (149.1, 514.1), (148.5, 515.2), (147.1, 514.9), (146.3, 513.9),
    (145.0, 513.3), (144.4, 512.2),
)  # fmt: skip
COAST_KM = (
    (148.9, 524.6), (146.0, 523.2), (143.6, 520.9), (141.0, 518.6), (137.9, 518.2), (135.3, 517.8), (133.0, 516.9),
    (131.6, 514.2), (131.9, 510.9), (131.0, 507.0), (131.7, 503.2), (133.0, 500.6), (132.4, 498.0), (133.8, 495.2),
    (131.9, 491.9), (130.6, 489.4), (128.7, 487.4), (131.0, 486.5), (135.2, 484.9), (139.1, 485.0), (142.0, 487.2),
    (146.0, 491.0), (151.0, 495.9), (156.3, 500.7), (159.4, 503.6), (163.0, 510.5), (167.9, 515.5), (168.6, 519.6),
    (170.9, 523.5), (174.4, 529.7), (176.9, 537.6), (172.1, 538.6), (166.0, 538.0), (159.9, 540.8), (154.6, 542.9),
    (155.0, 547.6), (156.6, 553.4), (155.4, 559.5), (152.2, 562.3), (142.0, 555.6), (133.0, 550.1), (134.9, 545.0),
    (137.0, 538.0), (136.3, 531.8), (139.6, 529.4), (144.9, 530.5), (149.4, 527.0),
)  # fmt: skip
"""The shore of Markermeer and IJsselmeer, by eye: enough to see where one is."""


@dataclass(frozen=True, slots=True)
class Land:
    """Cells, the smallest pieces, and what is drawn around them."""

    cells: NDArray[np.object_]
    """(cells,) polygons; together a valid coverage of the outline without the lake."""

    towns: NDArray[np.int64]
    """(cells,) index into ``TOWNS`` of the town a cell is built up with, -1 for the countryside."""

    arcs: NDArray[np.object_]
    """(arcs,) the borders of the cells, each once."""

    outline: Polygon
    lake: Polygon
    dike: LineString


def draw_land() -> Land:
    """The whole land from fixed seeds."""
    outline = _rounded(OUTLINE_KM, radius_m=900)
    lake = Polygon(_bend(_smooth(LAKE_KM, step_m=400).exterior.coords, roughness=0.09))
    seeds, towns = _seeds(outline, lake)
    arcs = _arcs(seeds, outline, lake)
    bent = _bend_all(arcs, outline, lake, seeds[towns >= 0])
    faces = shapely.get_parts(shapely.polygonize(bent))
    middle = shapely.point_on_surface(faces)
    cells = faces[~shapely.contains(lake, middle)]
    cells = cells[np.lexsort(shapely.get_coordinates(shapely.point_on_surface(cells)).T)]
    nearest = shapely.STRtree(np.asarray(shapely.points(seeds))).nearest(shapely.point_on_surface(cells))
    return Land(cells, towns[nearest], bent, outline, lake, LineString(outline.exterior.coords))


def draw_sea(land: Land) -> Polygon:
    """The water around the polder: two lakes that are one here."""
    coast = Polygon(_bend(_smooth(COAST_KM, step_m=900).exterior.coords, roughness=0.05))
    return _on_grid(shapely.difference(coast, land.outline))


def draw_canals(land: Land) -> list[Polygon]:
    """Main canals along borders, from dike to dike, and a few ponds in the towns."""
    graph = _Graph.of(land.arcs)
    canals = [
        graph.path((134_600, 505_000), (156_400, 505_800)),
        graph.path((139_000, 515_800), (148_900, 498_000)),
        graph.path((143_300, 497_300), (144_900, 511_900)),
        graph.path((148_600, 515_000), (152_000, 517_800)),
    ]
    water = [_on_grid(canal.buffer(width / 2, cap_style="flat", join_style="mitre").intersection(land.outline))
             for canal, width in zip(canals, (60, 50, 40, 60), strict=True)]  # fmt: skip
    random = np.random.default_rng(SEED + 7)
    for town in TOWNS:
        for _ in range(2 if town.buurten > 20 else 1):
            at = np.array(town.at) + random.normal(0, town.radius_m * 0.5, 2)
            angles = np.arange(24) * 2 * np.pi / 24
            radius = random.uniform(110, 230) * (
                1 + 0.25 * np.sin(2 * angles + random.uniform(0, 6)) + random.normal(0, 0.05, 24)
            )
            pond = Polygon(at + radius[:, None] * np.c_[np.cos(angles), np.sin(angles)])
            if land.outline.buffer(-150).contains(pond):
                water.append(_on_grid(pond))
    return water


def _smooth(corners_km: tuple[tuple[float, float], ...], step_m: float) -> Polygon:
    """A closed Catmull-Rom curve through the corners."""
    points = np.array(corners_km) * 1000
    before, after, far = np.roll(points, 1, 0), np.roll(points, -1, 0), np.roll(points, -2, 0)
    pieces = []
    for p0, p1, p2, p3 in zip(before, points, after, far, strict=True):
        t = np.linspace(0, 1, max(2, round(float(np.hypot(*(p2 - p1))) / step_m)), endpoint=False)[:, None]
        pieces.append(
            0.5 * (2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3)
        )
    return Polygon(np.concatenate(pieces).round(1))


def _rounded(corners_km: tuple[tuple[float, float], ...], radius_m: float) -> Polygon:
    """A polygon with straight sides and round corners."""
    sharp = Polygon(np.array(corners_km) * 1000)
    rounded = sharp.buffer(-radius_m).buffer(2 * radius_m).buffer(-radius_m)
    return Polygon(shapely.get_coordinates(shapely.segmentize(rounded.exterior, 400)).round(1))


def _seeds(outline: Polygon, lake: Polygon) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Points around which cells grow, and the town each belongs to (-1: none)."""
    random = np.random.default_rng(SEED)
    points: list[NDArray[np.float64]] = []
    owners: list[int] = []
    for index, town in enumerate(TOWNS):
        for point in _sunflower(town, random):
            if outline.buffer(-120).contains(Point(point)) and not lake.buffer(120).contains(Point(point)):
                points.append(point)
                owners.append(index)
    built_up = shapely.union_all([Point(town.at).buffer(town.radius_m + 520) for town in TOWNS])
    turn = np.array([[np.cos(GRID_ANGLE), -np.sin(GRID_ANGLE)], [np.sin(GRID_ANGLE), np.cos(GRID_ANGLE)]])
    middle = np.array([145_500.0, 508_500.0])
    room = shapely.difference(outline.buffer(-420), shapely.union_all([built_up, lake.buffer(420)]))
    for row in range(-12, 13):
        for column in range(-12, 13):
            block = np.array([column * BLOCK[0], row * BLOCK[1]]) + random.normal(0, 30, 2)
            point = middle + turn @ block
            if room.contains(Point(point)):
                points.append(point)
                owners.append(-1)
    return np.array(points), np.array(owners)


def _sunflower(town: Town, random: np.random.Generator) -> NDArray[np.float64]:
    """Points around a town's centre, further apart towards its edge."""
    rank = np.arange(town.buurten) + 0.6
    radius = town.radius_m * (rank / town.buurten) ** 0.62
    angle = rank * np.pi * (3 - 5**0.5) + random.uniform(0, 2 * np.pi)
    oval = np.c_[radius * np.cos(angle) * town.stretch, radius * np.sin(angle) / town.stretch]
    turn = np.array([[np.cos(GRID_ANGLE), -np.sin(GRID_ANGLE)], [np.sin(GRID_ANGLE), np.cos(GRID_ANGLE)]])
    points: NDArray[np.float64] = np.array(town.at) + oval @ turn.T + random.normal(0, 55, (town.buurten, 2))
    return points


def _arcs(seeds: NDArray[np.float64], outline: Polygon, lake: Polygon) -> NDArray[np.object_]:
    """Straight borders from junction to junction, with junctions that almost touch made one."""
    edges = shapely.voronoi_polygons(MultiPoint(seeds), extend_to=outline.buffer(9000), only_edges=True)
    inside = shapely.intersection(edges, shapely.difference(outline.buffer(60), lake.buffer(-60)))
    rings = [outline.exterior, lake.exterior]
    noded = shapely.union_all([inside, *rings], grid_size=DECIMETRE)
    shores = shapely.union_all([ring.buffer(0.5) for ring in rings])
    lines = shapely.get_parts(shapely.line_merge(noded))
    middle = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    on_shore = shapely.within(lines, shores)
    stubs = ~on_shore & (~shapely.contains(outline, middle) | shapely.contains(lake, middle))
    return _join_junctions(lines[~stubs], on_shore[~stubs])


def _join_junctions(lines: NDArray[np.object_], on_shore: NDArray[np.bool_]) -> NDArray[np.object_]:
    """The same arcs without the tiny ones: their two ends become one junction, on the shore if one of them was."""
    remap: dict[tuple[float, float], tuple[float, float]] = {}
    fixed = {end for line, shore in zip(lines, on_shore, strict=True) if shore for end in _ends(line)}

    def now(end: tuple[float, float]) -> tuple[float, float]:
        while end in remap:
            end = remap[end]
        return end

    for line, shore in zip(lines, on_shore, strict=True):
        if not shore and line.length < 190:
            a, b = (now(end) for end in _ends(line))
            if a != b and not (a in fixed and b in fixed):
                a, b = (b, a) if a in fixed else (a, b)
                remap[a] = b
    kept = []
    for line in lines:
        coords = shapely.get_coordinates(line)
        coords[0], coords[-1] = now(_ends(line)[0]), now(_ends(line)[1])
        if len(coords) > 2 or not np.array_equal(coords[0], coords[-1]):
            kept.append(LineString(coords))
    return np.array(kept, dtype=object)


def _ends(line: LineString) -> tuple[tuple[float, float], tuple[float, float]]:
    coords = shapely.get_coordinates(line)
    return (float(coords[0, 0]), float(coords[0, 1])), (float(coords[-1, 0]), float(coords[-1, 1]))


def _bend_all(
    arcs: NDArray[np.object_], outline: Polygon, lake: Polygon, built: NDArray[np.float64]
) -> NDArray[np.object_]:
    """Every arc bent by its surroundings; one that would touch another is bent less until none does."""
    creeks = shapely.union_all([LineString(creek) for creek in CREEKS])
    middle = shapely.line_interpolate_point(arcs, 0.5, normalized=True)
    shore = shapely.union_all([outline.exterior.buffer(0.5), lake.exterior.buffer(0.5)])
    is_shore = shapely.within(arcs, shore)
    in_town = shapely.distance(middle, MultiPoint(built)) < 650
    by_creek = shapely.distance(middle, creeks) < 850
    roughness = np.select([is_shore, by_creek, in_town], [0.0, 0.15, 0.06], default=0.012)
    for _ in range(12):
        bent = np.array(
            [
                arc if rough == 0 else LineString(_bend(arc.coords, rough))
                for arc, rough in zip(arcs, roughness, strict=True)
            ],
            dtype=object,
        )
        touching = _touching(bent)
        if not len(touching):
            return bent
        roughness[touching] *= np.where(roughness[touching] < 0.004, 0, 0.5)
    raise RuntimeError("borders still cross after twelve rounds of straightening")


def _touching(arcs: NDArray[np.object_]) -> NDArray[np.int64]:
    """Indices of arcs that meet another anywhere but at a shared end, or cross themselves."""
    first, second = shapely.STRtree(arcs).query(arcs, predicate="intersects")
    pairs = first < second
    first, second = first[pairs], second[pairs]
    met = shapely.intersection(arcs[first], arcs[second])
    ends = shapely.boundary(arcs)
    rings = shapely.is_empty(ends)
    ends[rings] = shapely.get_point(arcs[rings], 0)
    clean = shapely.covers(shapely.intersection(ends[first], ends[second]), met)
    crossing = ~shapely.is_simple(arcs)
    crossing[first[~clean]] = True
    crossing[second[~clean]] = True
    return np.flatnonzero(crossing)


def _bend(coords: object, roughness: float) -> NDArray[np.float64]:
    """Midpoint displacement: each piece longer than 95 m gets a middle that is pushed aside, the ends stay.

    The random numbers come from the place itself, so an arc is bent alike wherever it is met.
    """
    points = np.asarray(coords, dtype=np.float64)
    key = np.abs(points[[0, -1]] * 10).round().astype(np.int64).sum(axis=0)
    random = np.random.default_rng([SEED, *key.tolist(), len(points)])
    while True:
        steps = np.hypot(*np.diff(points, axis=0).T)
        long = np.flatnonzero(steps > (95 if roughness > 0.03 else 420))
        if not len(long):
            return points.round(1)
        a, b = points[long], points[long + 1]
        aside = (
            np.c_[a[:, 1] - b[:, 1], b[:, 0] - a[:, 0]]
            * random.normal(0, roughness, len(long)).clip(-2 * roughness, 2 * roughness)[:, None]
        )
        points = np.insert(points, long + 1, (a + b) / 2 + aside, axis=0)


def _on_grid(area: shapely.Geometry) -> Polygon:
    """The polygon with coordinates on whole decimetres."""
    polygon = shapely.normalize(shapely.set_precision(area, DECIMETRE))
    if not isinstance(polygon, Polygon):
        raise TypeError(f"expected one polygon, got {polygon}")
    return polygon


@dataclass(frozen=True, slots=True)
class _Graph:
    """Arcs as a graph of junctions, to follow borders from one place to another."""

    neighbours: dict[tuple[float, float], list[tuple[tuple[float, float], LineString]]]

    @classmethod
    def of(cls, arcs: NDArray[np.object_]) -> _Graph:
        """The graph of some arcs."""
        neighbours: dict[tuple[float, float], list[tuple[tuple[float, float], LineString]]] = {}
        for arc in arcs:
            a, b = _ends(arc)
            neighbours.setdefault(a, []).append((b, arc))
            neighbours.setdefault(b, []).append((a, arc.reverse()))
        return cls(neighbours)

    def path(self, start: tuple[float, float], end: tuple[float, float]) -> LineString:
        """The shortest way along borders between the junctions nearest to two places."""
        junctions = sorted(self.neighbours)
        near = [min(junctions, key=lambda at: (at[0] - x) ** 2 + (at[1] - y) ** 2) for x, y in (start, end)]
        best: dict[tuple[float, float], float] = {near[0]: 0.0}
        came: dict[tuple[float, float], tuple[tuple[float, float], LineString]] = {}
        queue = [(0.0, near[0])]
        while queue:
            length, here = heapq.heappop(queue)
            if here == near[1]:
                break
            for there, arc in self.neighbours[here]:
                if length + arc.length < best.get(there, np.inf):
                    best[there] = length + arc.length
                    came[there] = (here, arc)
                    heapq.heappush(queue, (best[there], there))
        steps: list[tuple[float, ...]] = [near[1]]
        while here != near[0]:
            here, arc = came[here]
            steps = [*arc.coords[:-1], *steps]
        return LineString([a for a, b in pairwise([*steps, (0, 0)]) if a != b])
