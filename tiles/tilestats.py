"""What an archive says of its attributes: fields in ``vector_layers``, and ``tilestats`` in the form of mapbox-geostats.

https://github.com/mapbox/mapbox-geostats; GDAL takes the types of fields from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tiles.attributes import Attributes, TileColumn

COUNTED, TOLD = 1000, 100
"""How many distinct values are counted, and how many of them are told."""

LONGEST = 256
"""Characters of a text that is told."""


def with_fields(metadata: Mapping[str, Any], attributes: Mapping[str, Attributes]) -> dict[str, Any]:
    """Metadata of a geometry archive with the fields that are joined to its layers."""
    layers = [
        {**layer, "fields": fields_of(attributes[layer["id"]])} if layer["id"] in attributes else dict(layer)
        for layer in metadata.get("vector_layers", [])
    ]
    geometry = {layer["layer"]: layer["geometry"] for layer in metadata.get("tilestats", {}).get("layers", [])}
    told = [
        _layer(layer["id"], attributes[layer["id"]], geometry.get(layer["id"], "Polygon"))
        for layer in layers
        if layer["id"] in attributes
    ]
    return {**metadata, "vector_layers": layers, "tilestats": {"layerCount": len(told), "layers": told}}


def fields_of(attributes: Attributes) -> dict[str, str]:
    """Number, String or Boolean by key, as TileJSON's ``vector_layers`` wants it."""
    return {key: _type(column).capitalize() for key, column in attributes.columns.items()}


def _layer(name: str, attributes: Attributes, geometry: str) -> dict[str, Any]:
    told = [_attribute(key, column) for key, column in attributes.columns.items()]
    return {
        "layer": name,
        "count": len(attributes.ids),
        "geometry": geometry,
        "attributeCount": len(told),
        "attributes": told,
    }


def _attribute(key: str, column: TileColumn) -> dict[str, Any]:
    values = column.values[column.present]
    if values.dtype.kind == "f":
        values = values[np.isfinite(values)]  # JSON has no others
    distinct = sorted(set(values.tolist())) if values.dtype.kind in "OU" else np.unique(values).tolist()
    found: dict[str, Any] = {
        "attribute": key,
        "count": min(len(distinct), COUNTED),
        "type": _type(column),
        "values": [value for value in distinct[:TOLD] if not isinstance(value, str) or len(value) <= LONGEST],
    }
    if found["type"] == "number" and distinct:
        found |= {"min": distinct[0], "max": distinct[-1]}
    return found


def _type(column: TileColumn) -> str:
    return {"b": "boolean", "O": "string", "U": "string"}.get(column.values.dtype.kind, "number")
