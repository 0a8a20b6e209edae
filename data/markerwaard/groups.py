"""Groups of cells that hang together: how cells touch, and how they are shared out among centres."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping

import numpy as np
import shapely
from numpy.typing import NDArray

from markerwaard.land import Land

Neighbours = dict[int, list[tuple[int, float]]]
"""For each cell the cells across a border, and how far their middles are apart in metres."""


def adjacency(land: Land) -> Neighbours:
    """For each cell its neighbours across a border and how far their middles are apart."""
    middle = shapely.get_coordinates(shapely.centroid(land.cells))
    first, second = shapely.STRtree(land.cells).query(land.cells, predicate="touches")
    shared = shapely.length(
        shapely.intersection(shapely.boundary(land.cells[first]), shapely.boundary(land.cells[second]))
    )
    graph: Neighbours = {cell: [] for cell in range(len(land.cells))}
    for a, b in sorted(zip(first[shared > 60].tolist(), second[shared > 60].tolist(), strict=True)):
        graph[a].append((b, float(np.hypot(*(middle[a] - middle[b])))))
    return graph


def spread(graph: Neighbours, starts: Mapping[int, Iterable[int]], allowed: set[int]) -> dict[int, int]:
    """The nearest start of each allowed cell, walking over allowed cells only: groups that hang together."""
    queue = [(0.0, label, cell) for label, cells in starts.items() for cell in cells]
    heapq.heapify(queue)
    label_of: dict[int, int] = {}
    while queue:
        length, label, cell = heapq.heappop(queue)
        if cell in label_of:
            continue
        label_of[cell] = label
        for there, step in graph[cell]:
            if there in allowed and there not in label_of:
                heapq.heappush(queue, (length + step, label, there))
    return label_of


def groups(cells: list[int], size: float, land: Land, graph: Neighbours) -> list[list[int]]:
    """Connected groups of about ``size`` cells, as round as they get."""
    middle = shapely.get_coordinates(shapely.centroid(land.cells))
    starts: list[int] = []
    left = set(cells)
    while left:  # at least one start for every part that does not hang together
        starts.append(min(left))
        left -= set(spread(graph, {0: [starts[-1]]}, set(cells)))
    while len(starts) < round(len(cells) / size):
        away = [min(float(np.hypot(*(middle[cell] - middle[start]))) for start in starts) for cell in cells]
        starts.append(cells[int(np.argmax(away))])
    groups: list[list[int]] = []
    for _ in range(6):
        label = spread(graph, {index: [start] for index, start in enumerate(starts)}, set(cells))
        groups = [[cell for cell in cells if label[cell] == index] for index in range(len(starts))]
        starts = [_heart(middle, group) for group in groups]
    return groups


def _heart(middle: NDArray[np.float64], group: list[int]) -> int:
    """The cell of a group that is nearest to all its cells together."""
    return min(group, key=lambda cell: float(np.hypot(*(middle[group] - middle[cell]).T).sum()))
