"""Layer files of QGIS (``.qlr``): a theme as a group, to be dragged into a project.

For each topic a vector tile layer with its classes, and the regions of each level as a layer of OGC API Features with a legend.
QGIS needs the whole description of a CRS: with its code alone a map stays blank and says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from layers.atlas import AtlasFacts, IndicatorFacts, Lang
from layers.values import Reason
from styles import qgis
from styles.coloring import class_text, color_classes
from styles.qgis_renderer import Images, labeling, renderer
from styles.words import reason_text

_CRS: Final = {
    "EPSG:3857": (
        "3857",
        "+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +nadgrids=@null +wktext +no_defs",
        "WGS 84 / Pseudo-Mercator",
        "false",
    ),
    "EPSG:4326": ("3452", "+proj=longlat +datum=WGS84 +no_defs", "WGS 84", "true"),
}
"""Number in QGIS's own list, definition, name, and whether it is in degrees."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A layer, and its place in the tree."""

    id: str
    name: str
    provider: str
    source: str
    is_checked: bool
    element: Element


def layer_file(facts: AtlasFacts, theme_id: str, year: int, lang: Lang, site: str, images: Images) -> bytes:
    """The layers of a theme in a year; ``site`` is the absolute address of the server."""
    theme = next(theme for theme in facts.themes if theme.id == theme_id)
    entries = [*_maps(facts, theme_id, year, lang, site, images), *_tables(facts, theme_id, year, lang, site)]
    root = Element("qlr")
    outer = SubElement(root, "layer-tree-group", {"checked": "Qt::Checked", "expanded": "1", "name": ""})
    title = f"{theme.title.in_(lang)} {year} ({facts.title.in_(lang)})"
    group = SubElement(outer, "layer-tree-group", {"checked": "Qt::Checked", "expanded": "1", "name": title})
    layers = SubElement(root, "maplayers")
    for entry in entries:
        SubElement(
            group,
            "layer-tree-layer",
            {
                "id": entry.id,
                "name": entry.name,
                "providerKey": entry.provider,
                "source": entry.source,
                "checked": "Qt::Checked" if entry.is_checked else "Qt::Unchecked",
                "expanded": "0",
            },
        )
        layers.append(entry.element)
    indent(root, " ")
    body: bytes = tostring(root, encoding="utf-8")
    return b"<!DOCTYPE qgis-layer-definition>\n" + body


def shown_indicators(facts: AtlasFacts, theme_id: str, year: int) -> Iterator[IndicatorFacts]:
    """The first indicator of each topic that has figures in a year."""
    in_tiles = {one for tileset in facts.tilesets for one in tileset.indicators}
    for indicator in facts.indicators:
        has_year = any(series.year == year for series in indicator.series)
        if indicator.theme == theme_id and indicator.id in in_tiles and has_year:
            yield indicator


def _maps(facts: AtlasFacts, theme_id: str, year: int, lang: Lang, site: str, images: Images) -> Iterator[_Entry]:
    for number, indicator in enumerate(shown_indicators(facts, theme_id, year)):
        style = qgis.style(facts, indicator.id, year, None, lang, site)
        tiles = style["sources"]["kaart"]["url"]
        address = quote(f"{tiles.partition('?')[0]}/{{z}}/{{x}}/{{y}}", safe=":/")
        source = f"type=xyz&url={address}&zmin=0&zmax={facts.maxzoom}"
        unit = indicator.unit.in_(lang)
        name = f"{indicator.title.in_(lang)} ({unit})" if unit else indicator.title.in_(lang)
        element = _layer("vector-tile", f"kaart_{indicator.field}_{year}", name, "vectortile", source, "EPSG:3857")
        _about(element, indicator, facts, lang)
        element.append(renderer(style["layers"], images))
        element.append(labeling(style["layers"]))
        yield _Entry(element.findtext("id", ""), name, "vectortile", source, number == 0, element)


def _tables(facts: AtlasFacts, theme_id: str, year: int, lang: Lang, site: str) -> Iterator[_Entry]:
    """The regions of each level with all figures, colored by the first indicator that is drawn as areas."""
    tilesets = [one for one in facts.tilesets if one.theme == theme_id and one.year == year]
    for tileset in tilesets:
        edition = next(edition for edition in facts.editions if edition.year == tileset.edition)
        for level in edition.levels:
            place = (level.id, year, edition.year)
            here = [
                one
                for one in shown_indicators(facts, theme_id, year)
                if any((s.level, s.year, s.edition) == place for s in one.series) and one.drawn == "fill"
            ]
            if not here:
                continue
            collection = f"{tileset.id}-{level.id}"
            source = f"url='{site}/ogc/v1/' typename='{collection}' pageSize='1000'"
            name = f"{level.plural.in_(lang)}: {here[0].title.in_(lang)}"
            element = _layer("vector", f"tabel_{collection.replace('-', '_')}", name, "OAPIF", source, "EPSG:4326")
            element.set("geometry", "Polygon")
            _about(element, here[0], facts, lang)
            element.append(rules(here[0], level.id, lang))
            yield _Entry(element.findtext("id", ""), name, "OAPIF", source, False, element)


def _layer(kind: str, layer_id: str, name: str, provider: str, source: str, crs: str) -> Element:
    element = Element("maplayer", {"type": kind, "styleCategories": "AllStyleCategories"})
    SubElement(element, "id").text = layer_id
    SubElement(element, "datasource").text = source
    SubElement(element, "layername").text = name
    number, proj4, told, is_degrees = _CRS[crs]
    system = SubElement(SubElement(element, "srs"), "spatialrefsys")
    for tag, text in (
        ("proj4", proj4),
        ("srsid", number),
        ("srid", crs.partition(":")[2]),
        ("authid", crs),
        ("description", told),
        ("geographicflag", is_degrees),
    ):
        SubElement(system, tag).text = text
    SubElement(element, "provider", {} if kind == "vector-tile" else {"encoding": ""}).text = provider
    SubElement(element, "layerOpacity").text = "1"
    return element


def _about(element: Element, indicator: IndicatorFacts, facts: AtlasFacts, lang: Lang) -> None:
    """What the properties of the layer say: explanation, caveat, notice and source."""
    told = [text.in_(lang) for text in (facts.notice, indicator.explanation, indicator.caveat) if text is not None]
    source = indicator.source.in_(lang) if indicator.source else facts.attribution
    metadata = SubElement(element, "resourceMetadata")
    SubElement(metadata, "title").text = indicator.title.in_(lang)
    SubElement(metadata, "abstract").text = " ".join([*told, source])


def style_document(indicator: IndicatorFacts, level: str, lang: Lang) -> str:
    """The classes and reasons of a level as the style that QGIS keeps beside a layer of a GeoPackage (QML)."""
    root = Element("qgis", {"version": "3.22.0", "styleCategories": "Symbology"})
    root.append(rules(indicator, level, lang))
    indent(root, " ")
    return "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n" + tostring(root, encoding="unicode")


def rules(indicator: IndicatorFacts, level: str, lang: Lang) -> Element:
    """Classes and reasons as rules, which QGIS shows as a legend."""
    root = Element("renderer-v2", {"type": "RuleRenderer", "symbollevels": "0", "forceraster": "0"})
    rules = SubElement(root, "rules", {"key": "{alles}"})
    symbols = SubElement(root, "symbols")

    def add(name: str, condition: str, color: str, style: str = "solid") -> None:
        number = str(len(symbols))
        SubElement(rules, "rule", {"key": f"{{{number}}}", "filter": condition, "label": name, "symbol": number})
        symbol = SubElement(symbols, "symbol", {"type": "fill", "name": number, "alpha": "1", "clip_to_extent": "1"})
        layer = SubElement(symbol, "layer", {"class": "SimpleFill", "enabled": "1", "pass": "0", "locked": "0"})
        options = SubElement(layer, "Option", {"type": "Map"})
        red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
        values = {
            "color": f"{red},{green},{blue},255",
            "style": style,
            "outline_color": "61,75,89,255",
            "outline_style": "solid",
            "outline_width": "0.1",
            "outline_width_unit": "MM",
        }
        for key, value in values.items():
            SubElement(options, "Option", {"name": key, "value": value, "type": "QString"})

    field = f'"{indicator.field}"'
    for part in color_classes(indicator, level):
        if part.category is not None:
            add(part.category, f"{field} = '{part.category.replace(chr(39), chr(39) * 2)}'", part.color)
            continue
        conditions = [f"{field} IS NOT NULL"]
        conditions += [f"{field} >= {part.low!r}"] if part.low is not None else []
        conditions += [f"{field} < {part.high!r}"] if part.high is not None else []
        add(class_text(part, indicator, level, lang), " AND ".join(conditions), part.color)
    brushes = {Reason.WITHHELD: "b_diagonal", Reason.NOT_YET_PUBLISHED: "dense6", Reason.NOT_APPLICABLE: "horizontal"}
    for reason in Reason:
        brush = brushes.get(reason, "diagonal_x" if reason is Reason.NOT_COMPARABLE else "solid")
        color = "#d9d3cd" if brush == "solid" else "#6b6560"
        add(reason_text(reason, lang), f"\"{indicator.field}_status\" = '{reason.value}'", color, brush)
    return root
