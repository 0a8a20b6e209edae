"""What the styles of all profiles share: the frame around the layers, and the parts of a layer."""

from __future__ import annotations

from typing import Any

from layers.atlas import Lang
from styles.scene import Band, Scene
from tiles.encoding import Encoding

Layer = dict[str, Any]
"""A layer of a MapLibre style, ready for JSON."""


def document(
    view: Scene, layers: list[Layer], lang: Lang, base_url: str, level: str | None, encoding: Encoding = Encoding.MVT
) -> dict[str, Any]:
    """A style around layers: one vector source ``kaart``, and metadata for clients that want to know what it shows."""
    base = base_url.rstrip("/")
    indicator = view.indicator
    lon, lat = view.center
    return {
        "version": 8,
        "name": f"{indicator.title.in_(lang)} {view.year}",
        "metadata": {
            "zichtkaart:indicator": indicator.id,
            "zichtkaart:year": view.year,
            "zichtkaart:level": level,
            "zichtkaart:unit": indicator.unit.in_(lang),
            "zichtkaart:breaks": {
                band.level.id: indicator.breaks[band.level.id].model_dump(mode="json", exclude={"thirds"})
                for band in view.bands
                if band.level.id in indicator.breaks
            },
            "zichtkaart:attribution": view.attribution(lang),
        },
        "center": [lon, lat],
        "zoom": view.zoom,
        "sprite": f"{base}/sprites/reasons",
        "sources": {"kaart": _source(view, lang, base, encoding)},
        "layers": layers,
    }


def _source(view: Scene, lang: Lang, base: str, encoding: Encoding) -> dict[str, Any]:
    source = {"type": "vector", "url": f"{base}/tiles/{view.tileset}", "attribution": view.attribution(lang)}
    if encoding is Encoding.MVT:
        return source
    return source | {"url": f"{source['url']}?f={encoding}", "encoding": encoding.value}


def level_layer(layer_id: str, kind: str, band: Band, role: str) -> Layer:
    """A layer that draws the regions of a band, at the zooms of the band."""
    return {
        "id": layer_id,
        "type": kind,
        "source": "kaart",
        "source-layer": band.level.id,
        **zooms(band.minzoom, band.maxzoom),
        "metadata": {"zichtkaart:role": role, "zichtkaart:level": band.level.id},
    }


def zooms(minzoom: int, maxzoom: int | None) -> Layer:
    """The keys that say at which zooms a layer is drawn, as few as possible."""
    low = {} if minzoom == 0 else {"minzoom": minzoom}
    return low if maxzoom is None else {**low, "maxzoom": maxzoom}
