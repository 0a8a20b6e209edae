"""What the styles of all profiles share: the frame around the layers, and the parts of a layer."""

from __future__ import annotations

from typing import Any

from layers.atlas import Lang
from styles.bivariate import rows
from styles.scene import Band, Scene
from styles.symbols import Growth, round_figures, top_of
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
    title = " / ".join(one.title.in_(lang) for one in view.indicators)
    return {
        "version": 8,
        "name": f"{title} {view.year}",
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
            **_of_symbols(view),
            **_of_pair(view, lang),
        },
        "center": [lon, lat],
        "zoom": view.zoom,
        "sprite": f"{base}/sprites/reasons",
        "sources": {"kaart": _source(view, lang, base, encoding)},
        "layers": layers,
    }


def _of_symbols(view: Scene) -> dict[str, Any]:
    """By level what a circle is: which figure the largest has, its radius between two zooms, round figures for a legend."""
    if view.indicator.drawn != "symbols" or view.other is not None:
        return {}
    symbols = {}
    for band in view.bands:
        if band.level.id in view.indicator.breaks:
            top = top_of(view.indicator, band.level.id)
            symbols[band.level.id] = {
                "top": top,
                "color": view.indicator.colors[-1],
                "radius_px": [list(stop) for stop in Growth.of(view.edition, band.level.id).stops()],
                "legend": list(round_figures(top, view.indicator.decimals)),
            }
    return {"zichtkaart:symbols": symbols}


def _of_pair(view: Scene, lang: Lang) -> dict[str, Any]:
    """The second indicator, and by level the table of the nine colors."""
    if view.other is None:
        return {}
    tables = {band.level.id: rows(view.indicator, view.other, band.level.id, lang) for band in view.bands}
    return {"zichtkaart:with": view.other.id, "zichtkaart:colors": tables}


def _source(view: Scene, lang: Lang, base: str, encoding: Encoding) -> dict[str, Any]:
    source = {"type": "vector", "url": f"{base}/tiles/{view.tiles}", "attribution": view.attribution(lang)}
    if encoding is Encoding.MVT:
        return source
    join = "&" if "?" in view.tiles else "?"
    return source | {"url": f"{source['url']}{join}f={encoding}", "encoding": encoding.value}


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
