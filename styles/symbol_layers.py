"""The layers of circles and of what stands where there is no figure, for browsers and for QGIS.

Circles lie on a calm ground at the points of ``labels``. In browsers a radius is computed; QGIS before 3.40 cannot and gets a
layer for each of a few sizes. A region with a reason has a small square instead: what is square is no figure.
"""

from __future__ import annotations

from typing import Any

from layers.atlas import Lang
from layers.values import Reason
from styles.document import Layer, level_layer, zooms
from styles.reasons import MARK_SIZE, mark_name
from styles.scene import Band, Scene
from styles.symbols import CIRCLE_OPACITY, MOST_TILED_PX, Growth, SizeClass, size_classes, top_of
from styles.tokens import Tokens
from styles.words import WORDS, number_text, reason_text

OUTLINE_PX = 1.0

BELOW = {"text-anchor": "top", "text-offset": [0, 0.75]}
"""Names among symbols stand below the point, where they do not cover a mark or a small circle."""


def is_sized(view: Scene) -> bool:
    """Whether figures are drawn as circles."""
    return view.other is None and view.indicator.drawn == "symbols"


def ground(band: Band, tokens: Tokens) -> Layer:
    """The regions of a band under their circles."""
    return level_layer(f"{band.level.id}-classes", "fill", band, "classes") | {"paint": {"fill-color": tokens.land}}


def circles(band: Band, view: Scene) -> list[Layer]:
    """Circles whose area is proportional to the figure, the largest below; hollow where it is below zero."""
    field, level = view.indicator.field, band.level.id
    layers = [_mark(f"{level}-{reason.value}", band, field, reason, is_classic=False) for reason in Reason]
    if level not in view.indicator.breaks:
        return layers
    top = top_of(view.indicator, level)
    root = ["sqrt", ["abs", ["get", field]]]
    stops = [
        part
        for zoom, largest in Growth.of(view.edition, level).stops()
        for part in (zoom, ["*", round(largest / top**0.5, 6), root])
    ]
    layer = _at_labels(f"{level}-symbols", "circle", band, "symbols")
    return [
        *layers,
        layer
        | {
            "filter": ["all", ["==", ["get", "level"], level], ["has", field]],
            "layout": {"circle-sort-key": ["-", 0, ["abs", ["get", field]]]},
            "paint": _paint(view.indicator.colors[-1], ["interpolate", ["exponential", 2], ["zoom"], *stops])
            | {"circle-opacity": ["case", ["<", ["get", field], 0], 0, CIRCLE_OPACITY]},
        },
    ]


def sized_circles(band: Band, view: Scene, lang: Lang) -> list[Layer]:
    """The same in a few sizes, for QGIS: a layer per size, the largest first.

    QGIS 3.22 reads no radius that follows the zoom, so circles are as large as they are on the web when the level begins.
    """
    indicator, level, title = view.indicator, band.level.id, band.level.title.in_(lang)
    field = indicator.field
    layers = [
        _mark(f"{title} {reason_text(reason, lang).lower()}", band, field, reason, is_classic=True) for reason in Reason
    ]
    if level not in indicator.breaks:
        return layers
    largest = fixed_px(band, view)
    for size in reversed(size_classes(top_of(indicator, level), indicator.decimals)):
        paint = _paint(indicator.colors[-1], round(largest * size.fraction, 2))
        for sign in (1, -1) if indicator.breaks[level].low < 0 else (1,):
            layer = _at_labels(f"{title} {_text(size, sign, view, lang)}".strip(), "circle", band, "symbols")
            range_ = _range(size, sign, field)
            opacity = {"circle-opacity": CIRCLE_OPACITY if sign > 0 else 0.0}
            layers.append(
                layer | {"filter": ["all", ["==", "level", level], ["has", field], *range_], "paint": paint | opacity}
            )
    return layers


def fixed_px(band: Band, view: Scene) -> float:
    """The radius of the largest circle of a level where it cannot grow: that of half a zoom after all of it comes into view."""
    return Growth.of(view.edition, band.level.id, MOST_TILED_PX).largest_px(max(band.minzoom, view.zoom) + 0.5)


def _range(size: SizeClass, sign: int, field: str) -> list[Any]:
    if sign > 0:
        return [[">=", field, size.low], *([] if size.high is None else [["<", field, size.high]])]
    return [["<=", field, -size.low], ["<", field, 0], *([] if size.high is None else [[">", field, -size.high]])]


def _text(size: SizeClass, sign: int, view: Scene, lang: Lang) -> str:
    words, decimals = WORDS[lang], view.indicator.decimals
    low = number_text(sign * size.low, decimals, lang)
    if size.high is None:
        told = words.more.format(low=low)
    elif round((size.high - size.low) * 10**decimals) == 1:
        told = low
    else:
        told = words.up_to.format(low=low, high=number_text(sign * size.high, decimals, lang))
    return f"{told} {view.indicator.unit.in_(lang)}"


def _mark(name: str, band: Band, field: str, reason: Reason, *, is_classic: bool) -> Layer:
    """The small square of a reason. ``is_classic``: in the filter language that QGIS reads."""
    status = f"{field}_status"
    level, told = ("level", status) if is_classic else (["get", "level"], ["get", status])
    return _at_labels(name, "symbol", band, "reason-symbols") | {
        "filter": ["all", ["==", level, band.level.id], ["==", told, reason.value]],
        "layout": {
            "icon-image": mark_name(reason),
            "icon-size": MARK_SIZE,
            **({} if is_classic else {"icon-allow-overlap": True, "icon-ignore-placement": True}),
        },
    }


def _paint(color: str, radius: Any) -> dict[str, Any]:
    return {
        "circle-color": color,
        "circle-radius": radius,
        "circle-stroke-color": color,
        "circle-stroke-width": OUTLINE_PX,
    }


def _at_labels(layer_id: str, kind: str, band: Band, role: str) -> Layer:
    return {
        "id": layer_id,
        "type": kind,
        "source": "kaart",
        "source-layer": "labels",
        **zooms(band.minzoom, band.maxzoom),
        "metadata": {"zichtkaart:role": role, "zichtkaart:level": band.level.id},
    }
