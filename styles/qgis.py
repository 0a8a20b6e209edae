"""The MapLibre style for QGIS: one layer per class, so that QGIS before 3.40 can read it.

Its converter knows no ``step``, ``case`` or ``feature-state`` and paints what it does not know blue. Therefore classes
are layers with range filters, zooms are ``minzoom`` and ``maxzoom``, and layer ids are the texts a legend would have:
QGIS shows them in its list of styles.

QGIS 3.22 draws a layer at its ``maxzoom`` too, later ones stop before it as MapLibre does. Finer levels therefore come
after coarser ones and cover them, and names are one layer per level.

QGIS takes its zoom from the scale and rounds it: a map has a zoom half a step higher or lower than on the web, and in the
Dutch grid, whose meters are true, 0.7 higher still. All but the coarsest level therefore come one zoom later.

There is no background: QGIS draws one tile by tile, which shows as seams and steps, and here the map lies on others.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from layers.atlas import AtlasFacts, IndicatorFacts, Lang
from layers.values import Reason
from styles.bivariate import cell_filter, cells, reason_filters, reasons_by_weight
from styles.coloring import ColorClass, class_text
from styles.document import Layer, document, level_layer, zooms
from styles.reasons import image_name
from styles.scene import Band, Scene, scene
from styles.symbol_layers import BELOW, ground, is_sized, sized_circles
from styles.tokens import LIGHT, Line, Tokens
from styles.words import WORDS, reason_text

_NAMED = ((7, 50), (8, 200), (9, 800))
"""Zooms, and how many regions of a level are named below them: as many per screen as before, on four times the map."""


def style(
    facts: AtlasFacts,
    indicator_id: str,
    year: int,
    level: str | None,
    lang: Lang,
    base_url: str,
    tokens: Tokens = LIGHT,
    other: str | None = None,
) -> dict[str, Any]:
    """The style of an indicator in a year; the same map as ``styles.web.style`` makes, without hover and selection."""
    view = _later(scene(facts, indicator_id, year, level, other))
    layers: list[Layer] = [
        *(layer for band in view.bands for layer in _figures(band, view, lang, tokens)),
        *_backdrop(view, tokens),
        *(layer for band in view.bands for layer in _borders(band, view, lang, tokens)),
        *(layer for band in view.bands for layer in _outer(band, lang, tokens)),
        *(layer for band in view.bands if is_sized(view) for layer in sized_circles(band, view, lang)),
        *(layer for rank in reversed(view.ranks) for layer in _names(rank, view, lang, tokens)),
    ]
    return document(view, _with_unique_ids(layers), lang, base_url, level)


def _later(view: Scene) -> Scene:
    """The scene with its finer levels a zoom later, but no later than there are tiles."""
    first, *others = view.bands
    starts = [first.minzoom, *(min(band.minzoom + 1, view.atlas.maxzoom) for band in others)]
    zoomed = zip(view.bands, starts, [*starts[1:], None], strict=True)
    return replace(view, bands=tuple(replace(band, minzoom=start, maxzoom=end) for band, start, end in zoomed))


def _figures(band: Band, view: Scene, lang: Lang, tokens: Tokens) -> list[Layer]:
    if view.other is not None:
        return _pair_fills(band, view.indicator, view.other, lang)
    if is_sized(view):
        return [ground(band, tokens) | {"id": band.level.title.in_(lang)}]
    return _fills(band, view, lang)


def _pair_fills(band: Band, first: IndicatorFacts, second: IndicatorFacts, lang: Lang) -> list[Layer]:
    title, level = band.level.title.in_(lang), band.level.id
    layers = []
    for cell in cells(first, second, level):
        texts = (class_text(cell.first, first, level, lang), class_text(cell.second, second, level, lang))
        told = " / ".join(
            f"{text} {one.unit.in_(lang)}".strip() for text, one in zip(texts, (first, second), strict=True)
        )
        layer = level_layer(f"{title} {told}", "fill", band, "classes")
        layers.append(layer | {"filter": cell_filter(cell, first, second), "paint": {"fill-color": cell.color}})
    for reason in reasons_by_weight():
        layer = level_layer(f"{title} {reason_text(reason, lang).lower()}", "fill", band, "reason")
        either = [["==", field, value] for field, value in reason_filters(first, second, reason)]
        layers.append(layer | {"filter": ["any", *either], "paint": {"fill-pattern": image_name(reason)}})
    return layers


def _fills(band: Band, view: Scene, lang: Lang) -> list[Layer]:
    indicator = view.indicator
    title, unit = band.level.title.in_(lang), indicator.unit.in_(lang)
    classes = [
        level_layer(
            f"{title} {class_text(one, indicator, band.level.id, lang)} {unit}".strip(), "fill", band, "classes"
        )
        | {"filter": _range(one, indicator.field), "paint": {"fill-color": one.color}}
        for one in band.classes
    ]
    reasons = [
        level_layer(f"{title} {reason_text(reason, lang).lower()}", "fill", band, "reason")
        | {
            "filter": ["==", f"{indicator.field}_status", reason.value],
            "paint": {"fill-pattern": image_name(reason)},
        }
        for reason in Reason
    ]
    return [*classes, *reasons]


def _range(one: ColorClass, field: str) -> Any:
    """The regions of a class, in the filter language that QGIS reads."""
    if one.category is not None:
        return ["==", field, one.category]
    low = [] if one.low is None else [[">=", field, one.low]]
    high = [] if one.high is None else [["<", field, one.high]]
    return ["all", ["has", field], *low, *high]


def _backdrop(view: Scene, tokens: Tokens) -> list[Layer]:
    layers: list[Layer] = []
    for one in view.backdrop:
        layer: Layer = {"id": one.id, "source": "kaart", "source-layer": one.id}
        if one.kind == "water":
            layers.append({**layer, "type": "fill", "paint": {"fill-color": tokens.water}})
        else:
            paint = {"line-color": tokens.dike, "line-width": tokens.dike_px}
            layers.append({**layer, "type": "line", "paint": paint})
    return layers


def _borders(band: Band, view: Scene, lang: Lang, tokens: Tokens) -> list[Layer]:
    """The borders drawn in a band, from fine to coarse."""
    layers: list[Layer] = []
    for rank in range(band.rank, -1, -1):
        name = WORDS[lang].border.format(level=view.edition.levels[rank].title.in_(lang))
        filter_ = ["all", ["==", "rank", rank], ["!=", "outer", True]]
        line = tokens.border(band.rank - rank)
        layers += _double(f"{name} ({band.level.title.in_(lang)})", filter_, line, band, tokens)
    return layers


def _outer(band: Band, lang: Lang, tokens: Tokens) -> list[Layer]:
    name = f"{WORDS[lang].outer_border} ({band.level.title.in_(lang)})"
    return _double(name, ["==", "outer", True], tokens.outer, band, tokens)


def _double(name: str, filter_: Any, line: Line, band: Band, tokens: Tokens) -> list[Layer]:
    layer: Layer = {
        "type": "line",
        "source": "kaart",
        "source-layer": "grenzen",
        "filter": filter_,
        "layout": {"line-cap": "round", "line-join": "round"},
        **zooms(band.minzoom, band.maxzoom),
    }
    return [
        {"id": name, **layer, "paint": {"line-color": line.casing, "line-width": _width(line.casing_px, tokens)}},
        {"id": f"{name} *", **layer, "paint": {"line-color": line.core, "line-width": _width(line.core_px, tokens)}},
    ]


def _width(width_px: float, tokens: Tokens) -> Any:
    """A width that grows with the zoom; of all expressions this is the one that QGIS has always read."""
    stops = [part for zoom, factor in tokens.growth for part in (zoom, round(width_px * factor, 2))]
    return ["interpolate", ["linear"], ["zoom"], *stops]


def _names(rank: int, view: Scene, lang: Lang, tokens: Tokens) -> list[Layer]:
    """Names of a level, calmer than on the web, for QGIS has no sort key and writes every name that fits.

    Far out only the widest regions are named, and never three levels at once.
    """
    start, end = _names_from(rank, view), view.name_zooms(rank)[1]
    if end is not None and rank + 2 in view.ranks:
        end = min(end, _names_from(rank + 2, view) - 1)  # one less, or 3.22 would still show it
    if end is not None and end <= start:
        return []
    level, label = view.edition.levels[rank], tokens.label(view.bands[-1].rank - rank)
    return [
        {
            "id": WORDS[lang].names.format(levels=level.plural.in_(lang)),
            "type": "symbol",
            "source": "kaart",
            "source-layer": "labels",
            "filter": ["all", ["==", "level", level.id], *ranks],
            **zooms(first, end),
            "layout": {
                "text-field": ["get", "name"],
                "text-font": [],  # the font of the machine, for a missing one is a warning
                "text-size": label.size_px,
                "text-max-width": 8,
                **(BELOW if is_sized(view) else {}),
            },
            "paint": {
                "text-color": label.color,
                "text-halo-color": tokens.label_halo,
                "text-halo-width": tokens.label_halo_px,
            },
        }
        for first, ranks in _crowds(start, min(view.atlas.maxzoom + 1, end or math.inf))
    ]


def _names_from(rank: int, view: Scene) -> int:
    """The first zoom with names of a level: for finer ones two after their borders, but no later than there are tiles."""
    return min(view.name_zooms(rank)[0] + (1 if rank > view.bands[0].rank else 0), view.atlas.maxzoom)


def _crowds(start: int, end: float) -> list[tuple[int, list[Any]]]:
    """From which zoom on which regions of a level are named: its widest ones from the start, the others later."""
    steps = [(start, 0), *((zoom, number) for zoom, number in _NAMED if start < zoom < end)]
    crowds: list[tuple[int, list[Any]]] = []
    for place, (zoom, low) in enumerate(steps):
        above = [[">=", "rank", low]] if low else []
        below = [["<", "rank", steps[place + 1][1]]] if place + 1 < len(steps) else []
        crowds.append((zoom, [*above, *below]))
    return crowds


def _with_unique_ids(layers: list[Layer]) -> list[Layer]:
    """Two levels may share a title; MapLibre wants every id once."""
    seen: set[str] = set()
    unique: list[Layer] = []
    for layer in layers:
        name, number = layer["id"], 2
        while name in seen:
            name, number = f"{layer['id']} ({number})", number + 1
        seen.add(name)
        unique.append({**layer, "id": name})
    return unique
