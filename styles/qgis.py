"""The MapLibre style for QGIS: one layer per class, so that QGIS before 3.40 can read it.

Its converter knows no ``step``, ``case`` or ``feature-state`` and paints what it does not know blue. Therefore classes
are layers with range filters, zooms are ``minzoom`` and ``maxzoom``, and layer ids are the texts a legend would have:
QGIS shows them in its list of styles.

QGIS 3.22 draws a layer at its ``maxzoom`` too, later ones stop before it as MapLibre does. Finer levels therefore come
after coarser ones and cover them, and names are one layer per level.
"""

from __future__ import annotations

from typing import Any

from layers.atlas import AtlasFacts, Lang
from layers.values import Reason
from styles.coloring import ColorClass, class_text
from styles.document import Layer, document, level_layer, zooms
from styles.reasons import image_name
from styles.scene import Band, Scene, scene
from styles.tokens import LIGHT, Line, Tokens
from styles.words import WORDS, reason_text


def style(
    facts: AtlasFacts,
    indicator_id: str,
    year: int,
    level: str | None,
    lang: Lang,
    base_url: str,
    tokens: Tokens = LIGHT,
) -> dict[str, Any]:
    """The style of an indicator in a year; the same map as ``styles.web.style`` makes, without hover and selection."""
    view = scene(facts, indicator_id, year, level)
    words = WORDS[lang]
    layers: list[Layer] = [
        {"id": words.background, "type": "background", "paint": {"background-color": tokens.background}},
        *(layer for band in view.bands for layer in _fills(band, view, lang)),
        *_backdrop(view, tokens),
        *(layer for band in view.bands for layer in _borders(band, view, lang, tokens)),
        *(layer for band in view.bands for layer in _outer(band, lang, tokens)),
        *(layer for rank in reversed(view.ranks) for layer in _names(rank, view, lang, tokens)),
    ]
    return document(view, _with_unique_ids(layers), lang, base_url, level)


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
    factor = tokens.factor(band.minzoom + 1)
    layer: Layer = {
        "type": "line",
        "source": "kaart",
        "source-layer": "grenzen",
        "filter": filter_,
        "layout": {"line-cap": "round", "line-join": "round"},
        **zooms(band.minzoom, band.maxzoom),
    }
    return [
        {"id": name, **layer, "paint": {"line-color": line.casing, "line-width": round(line.casing_px * factor, 2)}},
        {"id": f"{name} *", **layer, "paint": {"line-color": line.core, "line-width": round(line.core_px * factor, 2)}},
    ]


def _names(rank: int, view: Scene, lang: Lang, tokens: Tokens) -> list[Layer]:
    start, end = view.name_zooms(rank)
    if end is not None and end <= start:
        return []
    level, label = view.edition.levels[rank], tokens.label(view.bands[-1].rank - rank)
    return [
        {
            "id": WORDS[lang].names.format(levels=level.plural.in_(lang)),
            "type": "symbol",
            "source": "kaart",
            "source-layer": "labels",
            "filter": ["==", "level", level.id],
            **zooms(start, end),
            "layout": {
                "text-field": ["get", "name"],
                "text-font": [],  # the font of the machine, for a missing one is a warning
                "text-size": label.size_px,
                "text-max-width": 8,
            },
            "paint": {
                "text-color": label.color,
                "text-halo-color": tokens.label_halo,
                "text-halo-width": tokens.label_halo_px,
            },
        }
    ]


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
