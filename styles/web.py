"""The MapLibre style for browsers: one fill layer per level with all classes, zoom expressions, hover and selection.

From bottom to top: background, classes, reasons, water and dikes, borders from fine to coarse, selection, names. Fills
are opaque so that map and legend show the same colors. A region with a reason is drawn by the reason layers only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from layers.atlas import AtlasFacts, IndicatorFacts, Lang
from layers.values import Reason
from styles.bivariate import color_expression, reason_filters, reasons_by_weight, thirds_of
from styles.document import Layer, document, level_layer, zooms
from styles.reasons import image_name
from styles.scene import Band, Scene, scene
from styles.symbol_layers import BELOW, circles, ground, is_sized
from styles.tokens import FONTS, FONTS_STRONG, LIGHT, Line, Tokens
from tiles.encoding import Encoding


def style(
    facts: AtlasFacts,
    indicator_id: str,
    year: int,
    level: str | None,
    lang: Lang,
    base_url: str,
    tokens: Tokens = LIGHT,
    encoding: Encoding = Encoding.MLT,
    other: str | None = None,
) -> dict[str, Any]:
    """The style of an indicator in a year; without a level the level follows the zoom.

    ``other`` is a second indicator in the same map, three classes by three.

    ``encoding`` is that of the tiles it asks for, where the atlas has them.

    ``base_url`` is the absolute address of the server, to which tiles and sprite are relative. Each layer says in its
    metadata what it is (``zichtkaart:role``) and of which level (``zichtkaart:level``). Raises ``UnknownIndicator`` and
    ``NoFigures``, and for two indicators ``NoPair`` and ``CountIsNoFill``.
    """
    view = scene(facts, indicator_id, year, level, other)
    layers: list[Layer] = [
        {"id": "background", "type": "background", "paint": {"background-color": tokens.background}},
        *(layer for band in view.bands for layer in _figures(band, view, tokens)),
        *_backdrop(view, tokens),
        *(layer for rank in reversed(view.ranks) for layer in _borders(rank, view, tokens)),
        *_outer(view, tokens),
        *(layer for band in view.bands if is_sized(view) for layer in circles(band, view)),
        *(layer for band in view.bands for layer in _states(band, tokens)),
        *(layer for rank in reversed(view.ranks) for layer in _names(rank, view, tokens)),
    ]
    known = encoding if view.edition.mlt is not None else Encoding.MVT
    return document(view, layers, lang, base_url, level, known)


def _figures(band: Band, view: Scene, tokens: Tokens) -> list[Layer]:
    """What fills the regions of a band."""
    if view.other is not None:
        return _pair_fills(band, view.indicator, view.other)
    return [ground(band, tokens)] if is_sized(view) else _fills(band, view)


def _pair_fills(band: Band, first: IndicatorFacts, second: IndicatorFacts) -> list[Layer]:
    """Nine colors where both have a figure; where either has none, its reason."""
    layers: list[Layer] = []
    if thirds_of(first, band.level.id) and thirds_of(second, band.level.id):
        layer = level_layer(f"{band.level.id}-classes", "fill", band, "classes")
        both = ["all", ["has", first.field], ["has", second.field]]
        layers.append(layer | {"filter": both, "paint": {"fill-color": color_expression(first, second, band.level.id)}})
    for reason in reasons_by_weight():
        either = [["==", ["get", field], value] for field, value in reason_filters(first, second, reason)]
        layer = level_layer(f"{band.level.id}-{reason.value}", "fill", band, "reason")
        layers.append(layer | {"filter": ["any", *either], "paint": {"fill-pattern": image_name(reason)}})
    return layers


def _fills(band: Band, view: Scene) -> list[Layer]:
    field = view.indicator.field
    layers = [_reason(band, field, reason) for reason in Reason]
    if band.classes:
        layer = level_layer(f"{band.level.id}-classes", "fill", band, "classes")
        layers.insert(0, layer | {"filter": ["has", field], "paint": {"fill-color": _color(band, field)}})
    return layers


def _color(band: Band, field: str) -> Any:
    """The color of a region by its figure."""
    first, *others = band.classes
    if not others and first.category is None:
        return first.color
    if first.category is not None:
        pairs = [part for one in band.classes for part in (one.category, one.color)]
        return ["match", ["get", field], *pairs, first.color]
    return ["step", ["get", field], first.color, *(part for one in others for part in (one.low, one.color))]


def _reason(band: Band, field: str, reason: Reason) -> Layer:
    return level_layer(f"{band.level.id}-{reason.value}", "fill", band, "reason") | {
        "filter": ["==", ["get", f"{field}_status"], reason.value],
        "paint": {"fill-pattern": image_name(reason)},
    }


def _backdrop(view: Scene, tokens: Tokens) -> list[Layer]:
    layers: list[Layer] = []
    for one in view.backdrop:
        layer: Layer = {"id": f"backdrop-{one.id}", "source": "kaart", "source-layer": one.id}
        if one.kind == "water":
            layers.append(layer | {"type": "fill", "paint": {"fill-color": tokens.water}})
        else:
            paint = {"line-color": tokens.dike, "line-width": tokens.dike_px}
            layers.append(layer | {"type": "line", "paint": paint})
    return layers


def _borders(rank: int, view: Scene, tokens: Tokens) -> list[Layer]:
    depths = view.depths(rank)
    lines = [(band.minzoom, tokens.border(depth)) for band, depth in depths]
    inner = ["all", ["==", ["get", "rank"], rank], ["!=", ["get", "outer"], True]]
    return _double(f"border-{view.edition.levels[rank].id}", inner, lines, tokens)


def _outer(view: Scene, tokens: Tokens) -> list[Layer]:
    outer = [(view.bands[0].minzoom, tokens.outer)]
    return _double("border-outer", ["==", ["get", "outer"], True], outer, tokens)


def _double(name: str, filter_: Any, lines: list[tuple[int, Line]], tokens: Tokens) -> list[Layer]:
    """A border; ``lines`` are from which zoom on it is drawn how."""
    layer: Layer = {
        "type": "line",
        "source": "kaart",
        "source-layer": "grenzen",
        "filter": filter_,
        "layout": {"line-cap": "round", "line-join": "round"},
        **zooms(lines[0][0], None),
    }
    casing = _widths([(zoom, line.casing_px) for zoom, line in lines], tokens)
    core = _widths([(zoom, line.core_px) for zoom, line in lines], tokens)
    last = lines[-1][1]
    return [
        {"id": f"{name}-casing", **layer, "paint": {"line-color": last.casing, "line-width": casing}},
        {"id": f"{name}-core", **layer, "paint": {"line-color": last.core, "line-width": core}},
    ]


def _widths(widths_px: list[tuple[int, float]], tokens: Tokens) -> Any:
    """A width that changes from band to band and grows with the zoom."""
    first = widths_px[0][0]
    stops = sorted({*(zoom for zoom, _ in widths_px), *(zoom for zoom, _ in tokens.growth if zoom > first)})
    widths = [next(width for start, width in reversed(widths_px) if start <= zoom) for zoom in stops]
    pairs = zip(stops, widths, strict=True)
    return _by_zoom([(zoom, round(width * tokens.factor(zoom), 2)) for zoom, width in pairs])


def _states(band: Band, tokens: Tokens) -> list[Layer]:
    def outline(role: str, name: str, color: str, width_px: float) -> Layer:
        opacity = ["case", ["boolean", ["feature-state", role], False], 1, 0]
        return level_layer(f"{band.level.id}-{name}", "line", band, role) | {
            "layout": {"line-join": "round"},
            "paint": {"line-color": color, "line-width": width_px, "line-opacity": opacity},
        }

    return [
        outline("hover", "hover", tokens.hover, tokens.hover_px),
        outline("selected", "selected-casing", tokens.selected_casing, tokens.selected_px + 3),
        outline("selected", "selected", tokens.selected, tokens.selected_px),
    ]


def _names(rank: int, view: Scene, tokens: Tokens) -> list[Layer]:
    start, end = view.name_zooms(rank)
    if end is not None and end <= start:
        return []
    level = view.edition.levels[rank]
    sizes = {max(band.minzoom, start): tokens.label(depth).size_px for band, depth in view.depths(rank)}
    label = tokens.label(view.depths(rank)[-1][1])
    return [
        {
            "id": f"names-{level.id}",
            "type": "symbol",
            "source": "kaart",
            "source-layer": "labels",
            "filter": ["==", ["get", "level"], level.id],
            **zooms(start, end),
            "metadata": {"zichtkaart:role": "names", "zichtkaart:level": level.id},
            "layout": {
                "text-field": ["get", "name"],
                "text-font": list(FONTS_STRONG if label.strong else FONTS),
                "text-size": _by_zoom(sorted(sizes.items())),
                "text-max-width": 8,
                "text-padding": _by_zoom([(5, 24), (9, 4)]),
                "symbol-sort-key": ["get", "rank"],
                **(BELOW if is_sized(view) else {}),
            },
            "paint": {
                "text-color": label.color,
                "text-halo-color": tokens.label_halo,
                "text-halo-width": tokens.label_halo_px,
            },
        }
    ]


def _by_zoom(stops: Sequence[tuple[float, float]]) -> Any:
    """A number in straight lines between zooms."""
    if len(stops) == 1:
        return stops[0][1]
    return ["interpolate", ["linear"], ["zoom"], *(part for stop in stops for part in stop)]
