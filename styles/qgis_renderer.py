"""A style for QGIS as the renderer and the labels of a vector tile layer, in the XML of a QGIS project.

QGIS makes the same of a style when somebody loads it by hand; a layer file has to bring it along. Only what ``styles.qgis``
writes is understood: plain colors, patterns, widths by zoom, simple filters, names, circles and icons.
"""

from __future__ import annotations

import base64
import itertools
from collections.abc import Callable
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement

from styles.document import Layer

MM_PER_PX: Final = 25.4 / 96
ZOOM: Final = "@vector_tile_zoom"

_GEOMETRY: Final = {"circle": "0", "symbol": "0", "line": "1", "fill": "2"}
"""Numbers of QgsWkbTypes: point, line, polygon."""

Images = Callable[[str], bytes]
"""The PNG of a name in the sprite."""


def renderer(layers: list[Layer], images: Images) -> Element:
    """The areas, lines and points of a style, in the order they are drawn."""
    root = Element("renderer", {"type": "basic"})
    styles = SubElement(root, "styles")
    for layer in layers:
        if layer["type"] == "symbol" and "icon-image" not in layer["layout"]:
            continue
        item = SubElement(styles, "style", _frame(layer))
        symbol = SubElement(SubElement(item, "symbols"), "symbol", _symbol_frame(layer))
        _draw(symbol, layer, images)
    return root


def labeling(layers: list[Layer]) -> Element:
    """The names of a style."""
    root = Element("labeling", {"type": "basic"})
    styles = SubElement(root, "styles")
    for layer in layers:
        if layer["type"] == "symbol" and "text-field" in layer["layout"]:
            item = SubElement(styles, "style", _frame(layer))
            settings = SubElement(item, "settings", {"calloutType": "simple"})
            _text(settings, layer)
            SubElement(settings, "placement", {"placement": "1", "priority": "5", "obstacle": "1"})
            SubElement(settings, "rendering", {"scaleVisibility": "0", "drawLabels": "1", "obstacle": "1"})
    return root


def _frame(layer: Layer) -> dict[str, str]:
    return {
        "name": layer["id"],
        "layer": layer["source-layer"],
        "enabled": "1",
        "geometry": _GEOMETRY[layer["type"]],
        "min-zoom": str(layer.get("minzoom", -1)),
        "max-zoom": str(layer.get("maxzoom", -1)),
        "expression": expression(layer["filter"]) if "filter" in layer else "",
    }


def _symbol_frame(layer: Layer) -> dict[str, str]:
    kind = {"fill": "fill", "line": "line"}.get(layer["type"], "marker")
    return {"type": kind, "name": "0", "alpha": "1", "force_rhr": "0", "clip_to_extent": "1"}


def expression(condition: Any) -> str:
    """A filter as QGIS writes it.

    >>> expression(["all", ["has", "koop"], ["<", "koop", 40]])
    '("koop" IS NOT NULL) AND ("koop" < 40)'
    """
    match condition:
        case ["all", *parts]:
            return " AND ".join(f"({expression(part)})" for part in parts)
        case ["any", *parts]:
            return " OR ".join(f"({expression(part)})" for part in parts)
        case ["!", part]:
            return f"NOT ({expression(part)})"
        case ["has", name]:
            return f"{_name(name)} IS NOT NULL"
        case ["!has", name]:
            return f"{_name(name)} IS NULL"
        case ["==", name, value]:
            return f"{_name(name)} IS {_value(value)}"
        case ["!=", name, value]:
            return f"{_name(name)} IS NOT {_value(value)}"
        case [("<" | "<=" | ">" | ">=") as sign, name, value]:
            return f"{_name(name)} {sign} {_value(value)}"
        case ["in", name, *values]:
            return f"{_name(name)} IN ({', '.join(map(_value, values))})"
    raise ValueError(f"no filter of a style for QGIS: {condition}")


def _name(part: Any) -> str:
    name = part[1] if isinstance(part, list) else part
    return f'"{name}"'


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return f"{value:g}" if isinstance(value, float) and value.is_integer() else repr(value)


def _draw(symbol: Element, layer: Layer, images: Images) -> None:
    paint: dict[str, Any] = layer.get("paint", {})
    match layer["type"]:
        case "fill" if "fill-pattern" in paint:
            image = _encoded(images(paint["fill-pattern"]))
            options = {"imageFile": image, "coordinate_mode": "1", "width": "16", "width_unit": "Pixel", "alpha": "1"}
            _symbol_layer(symbol, "RasterFill", options)
        case "fill":
            color = _rgba(paint["fill-color"])
            _symbol_layer(symbol, "SimpleFill", {"color": color, "style": "solid", "outline_style": "no"})
        case "line":
            options = {
                "line_color": _rgba(paint["line-color"]),
                "line_style": "solid",
                "capstyle": "round",
                "joinstyle": "round",
                "line_width_unit": "MM",
                "line_width": f"{_first(paint['line-width']) * MM_PER_PX:.4g}",
            }
            _symbol_layer(symbol, "SimpleLine", options, {"outlineWidth": _by_zoom(paint["line-width"], MM_PER_PX)})
        case "circle":
            fill = _rgba(paint.get("circle-color", "#000000"), paint.get("circle-opacity", 1))
            options = {
                "name": "circle",
                "color": fill,
                "outline_color": _rgba(paint.get("circle-stroke-color", "#000000")),
                "outline_width": f"{_first(paint.get('circle-stroke-width', 0)) * MM_PER_PX:.4g}",
                "outline_width_unit": "MM",
                "outline_style": "solid",
                "size": f"{2 * _first(paint['circle-radius']) * MM_PER_PX:.4g}",
                "size_unit": "MM",
            }
            _symbol_layer(symbol, "SimpleMarker", options, {"size": _by_zoom(paint["circle-radius"], 2 * MM_PER_PX)})
        case _:
            layout = layer["layout"]
            size = 16 * _first(layout.get("icon-size", 1)) * MM_PER_PX
            image = _encoded(images(layout["icon-image"]))
            _symbol_layer(symbol, "RasterMarker", {"imageFile": image, "size": f"{size:.4g}", "size_unit": "MM"})


def _symbol_layer(symbol: Element, kind: str, options: dict[str, str], by_data: dict[str, str] | None = None) -> None:
    layer = SubElement(symbol, "layer", {"class": kind, "enabled": "1", "pass": "0", "locked": "0"})
    _map(SubElement(layer, "Option", {"type": "Map"}), options)
    found = {name: text for name, text in (by_data or {}).items() if text}
    if found:
        _properties(SubElement(layer, "data_defined_properties"), found)


def _map(option: Element, values: dict[str, str]) -> None:
    for name, value in values.items():
        SubElement(option, "Option", {"name": name, "value": value, "type": "QString"})


def _properties(parent: Element, expressions: dict[str, str]) -> None:
    """Properties that follow from an expression (QgsProperty type 3)."""
    whole = SubElement(parent, "Option", {"type": "Map"})
    _map(whole, {"name": ""})
    inner = SubElement(whole, "Option", {"name": "properties", "type": "Map"})
    for name, text in expressions.items():
        one = SubElement(inner, "Option", {"name": name, "type": "Map"})
        SubElement(one, "Option", {"name": "active", "value": "true", "type": "bool"})
        SubElement(one, "Option", {"name": "expression", "value": text, "type": "QString"})
        SubElement(one, "Option", {"name": "type", "value": "3", "type": "int"})
    _map(whole, {"type": "collection"})


def _stops(value: Any) -> list[tuple[float, float]]:
    """Zoom and size of ``["interpolate", ["linear"], ["zoom"], …]`` or of ``exponential``; none for a plain number."""
    if not isinstance(value, list):
        return []
    parts = value[3:]
    return list(zip(parts[::2], parts[1::2], strict=True))


def _first(value: Any) -> float:
    """A plain number, or the one in the middle of its stops."""
    stops = _stops(value)
    return float(stops[len(stops) // 2][1]) if stops else float(value)


def _by_zoom(value: Any, factor: float) -> str:
    """Straight lines, or curves that double with each zoom, between stops; nothing for a plain number."""
    stops = _stops(value)
    if not stops:
        return ""
    base = value[1][1] if value[1][0] == "exponential" else 1
    parts = [f"WHEN {ZOOM} <= {stops[0][0]:g} THEN {stops[0][1] * factor:.4g}"]
    for (low, start), (high, end) in itertools.pairwise(stops):
        between = f"{ZOOM}, {low:g}, {high:g}, {start * factor:.4g}, {end * factor:.4g}"
        line = f"scale_linear({between})"
        if base != 1:
            rise = f"({base:g}^({ZOOM} - {low:g}) - 1) / ({base:g}^({high - low:g}) - 1)"
            line = f"{start * factor:.4g} + {(end - start) * factor:.4g} * {rise}"
        parts.append(f"WHEN {ZOOM} <= {high:g} THEN {line}")
    return f"CASE {' '.join(parts)} ELSE {stops[-1][1] * factor:.4g} END"


def _text(settings: Element, layer: Layer) -> None:
    layout, paint = layer["layout"], layer["paint"]
    style = SubElement(
        settings,
        "text-style",
        {
            "fieldName": '"name"',
            "isExpression": "1",
            "fontFamily": "Open Sans",
            "fontSize": f"{_first(layout['text-size']) * MM_PER_PX:.4g}",
            "fontSizeUnit": "MM",
            "textColor": _rgba(paint["text-color"]),
            "textOpacity": "1",
        },
    )
    halo = {
        "bufferDraw": "1",
        "bufferSize": f"{_first(paint['text-halo-width']) * MM_PER_PX:.4g}",
        "bufferSizeUnits": "MM",
        "bufferColor": _rgba(paint["text-halo-color"]),
        "bufferOpacity": "1",
    }
    SubElement(style, "text-buffer", halo)
    SubElement(settings, "text-format", {"autoWrapLength": "12"})


def _rgba(color: str, opacity: float = 1) -> str:
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return f"{red},{green},{blue},{round(255 * opacity)}"


def _encoded(image: bytes) -> str:
    return "base64:" + base64.b64encode(image).decode("ascii")
