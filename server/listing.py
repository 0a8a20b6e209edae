"""What is in an atlas, as text: the tool we use ourselves."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator

from layers.atlas import AtlasFacts, IndicatorFacts
from layers.store import Atlas
from layers.tileset import Tileset
from server.errors import NotThere, choices, shown
from tiles.grid import TileCoord
from tiles.text import tile_as_text


def atlas_as_text(facts: AtlasFacts) -> str:
    """The atlas as a list: editions with their levels, themes with their topics, tables, flows and products, tilesets."""
    return "\n".join(_lines(facts)) + "\n"


def _lines(facts: AtlasFacts) -> Iterator[str]:
    yield f"{facts.id}: {facts.title.nl}, zoom 0 to {facts.maxzoom}"
    if facts.notice:
        yield f"notice: {facts.notice.nl}"
    for edition in facts.editions:
        yield f"edition {edition.year}: tiles {size(edition.tiles.size)}, regions {size(edition.regions.size)}"
        for level in edition.levels:
            yield f"  {level.id}: {level.regions:,} regions, from zoom {level.minzoom}"
    for theme in facts.themes:
        yield f"theme {theme.id}: {theme.title.nl}"
        yield from _figures(facts, theme.id)
        for table in facts.tables:
            if table.theme == theme.id:
                columns = ", ".join(column.id for column in table.columns)
                yield f"  table {table.id}: {table.title.nl} ({columns}), {size(table.rows.size)}"
        for flow in facts.flows:
            if flow.theme == theme.id:
                years = ", ".join(map(str, flow.years))
                yield f"  flow {flow.id}: {flow.title.nl}: {flow.level} {years}, {size(flow.rows.size)}"
        for product in facts.products:
            if product.theme == theme.id:
                parts = ", ".join((*product.topics, *product.tables, *product.flows))
                yield f"  product {product.id}: {product.title.nl}: {parts or 'no figures'}"
    for tileset in facts.tilesets:
        yield f"tileset {tileset.id}: {', '.join(tileset.indicators) or 'no figures'}"


def _figures(facts: AtlasFacts, theme_id: str) -> Iterator[str]:
    """The indicators of a theme; those of a topic with several stand below it."""
    topics = {topic.id: topic for topic in facts.topics}
    told: set[str] = set()
    for indicator in facts.indicators:
        if indicator.theme != theme_id:
            continue
        topic = topics.get(indicator.topic)
        if topic is None or len(topic.indicators) == 1:
            yield f"  {indicator.id}: {_indicator(indicator)}"
            continue
        if topic.id not in told:
            told.add(topic.id)
            measures = ", ".join(measure.title.nl for measure in topic.measures)
            by = f" by {', '.join(topic.dimensions)}" if topic.dimensions else ""
            yield f"  topic {topic.id}: {topic.title.nl} in {measures}{by}"
        yield f"    {indicator.id}: {_indicator(indicator)}"


def _indicator(indicator: IndicatorFacts) -> str:
    years_by_level: dict[str, list[str]] = {}
    for series in indicator.series:
        years_by_level.setdefault(series.level, []).append(str(series.year))
    where = "; ".join(f"{level} {', '.join(years)}" for level, years in years_by_level.items())
    return f"{indicator.title.nl} ({indicator.unit.nl or indicator.kind}): {where}, {size(indicator.values.size)}"


def size(number: int) -> str:
    """Bytes as a person reads them.

    >>> size(999), size(1_500), size(12_345_678)
    ('999 B', '1.5 kB', '12.3 MB')
    """
    if number < 1000:
        return f"{number} B"
    if number < 1_000_000:
        return f"{number / 1000:.1f} kB"
    return f"{number / 1_000_000:.1f} MB"


def joined_tile_as_text(atlas: Atlas, layer: str, address: str) -> str:
    """A tile of a tileset as the server sends it.

    ``layer`` is a tileset, or a tileset and one of its layers with a slash between. Raises NotThere and TileOutOfRange.
    """
    known = [tileset.id for tileset in atlas.facts.tilesets]
    tileset_id, _, only = layer.partition("/")
    if tileset_id not in known:
        raise NotThere.named("tileset", tileset_id, known)
    found = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,10})/([0-9]{1,10})", address)
    if found is None:
        raise NotThere(f"a tile is z/x/y, such as 8/131/84, not {shown(address)}")
    coord = TileCoord(*map(int, found.groups()))
    body = Tileset(atlas, tileset_id).tile(coord)
    if body is None:
        return f"tile {coord} of {tileset_id} is empty\n"
    return _only(tile_as_text(gzip.decompress(body)), only)


def _only(text: str, layer: str) -> str:
    """The part of a tile's text about one layer, everything where none is named."""
    parts = re.split(r"(?m)^(?=layer )", text)
    named = {match[1]: part for part in parts if (match := re.match(r"layer ([^:]+):", part))}
    if not layer:
        return text
    if layer not in named:
        raise NotThere(f"this tile has no layer {shown(layer)}; {choices(layer, named)}")
    return named[layer]
