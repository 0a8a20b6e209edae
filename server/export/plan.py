"""What a static site consists of: every address that becomes a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, get_args

from layers.atlas import AtlasFacts, IndicatorFacts, Lang, ProductFacts
from layers.store import Atlas
from server.export.files import Address
from server.pages.site import STYLE_SHEET
from server.styles_route import SPRITES, levels_of
from styles.scene import common_years

LANGS: Final[tuple[Lang, ...]] = get_args(Lang)


def addresses(atlas: Atlas, assets: Sequence[str]) -> list[Address]:
    """All of them, each once. ``assets`` are the files of the front end."""
    facts = atlas.facts
    every = [
        *_viewer(assets),
        *(Address(f"regions/{edition.year}") for edition in facts.editions),
        *(address for indicator in facts.indicators for address in _of_indicator(indicator)),
        *_rows(facts),
        *_products(facts),
        *_areas(atlas),
        *_postcodes(atlas),
    ]
    return list(dict.fromkeys(every))


def _viewer(assets: Sequence[str]) -> Iterator[Address]:
    yield Address("")
    yield Address("embed")
    yield Address("atlas.json")
    yield Address(f"pages/{STYLE_SHEET}")
    for path in assets:
        if not path.endswith(".html"):
            yield Address(path)
    for name in SPRITES:
        yield Address(f"sprites/{name}")


def _of_indicator(indicator: IndicatorFacts) -> Iterator[Address]:
    if not indicator.series:
        return
    levels = [None, *levels_of(indicator)]
    for lang in LANGS:
        for level in levels:
            yield Address.of(f"styles/{indicator.id}/legend.svg", level=level, lang=lang)
        for year in common_years(indicator, indicator):
            there = {series.level for series in indicator.series if series.year == year}
            for level in (level for level in levels if level is None or level in there):
                yield Address.of(f"styles/{indicator.id}", year=year, level=level, lang=lang)
    for form in ("json", "csv"):
        yield Address.of(f"values/{indicator.id}", f=form)
        for series in indicator.series:
            yield Address.of(f"values/{indicator.id}", level=series.level, year=series.year, f=form)


def _rows(facts: AtlasFacts) -> Iterator[Address]:
    for form in ("json", "csv"):
        yield from (Address.of(f"tables/{table.id}", f=form) for table in facts.tables)
        yield from (Address.of(f"flows/{flow.id}", f=form) for flow in facts.flows)


def _products(facts: AtlasFacts) -> Iterator[Address]:
    for lang in LANGS if facts.products else ():
        yield Address.of("products", lang=lang)
        for product in facts.products:
            yield Address.of(f"products/{product.id}", lang=lang)
            for indicator in _indicators(facts, product):
                yield Address.of(f"products/{product.id}", indicator=indicator, lang=lang)
            for year in sorted({year for flow in facts.flows if flow.id in product.flows for year in flow.years}):
                yield Address.of(f"products/{product.id}", jaar=year, lang=lang)


def _indicators(facts: AtlasFacts, product: ProductFacts) -> list[str]:
    """What can be chosen on the page of a product."""
    return [name for topic in facts.topics if topic.id in product.topics for name in topic.indicators]


def _areas(atlas: Atlas) -> Iterator[Address]:
    codes = dict.fromkeys(code for edition in atlas.facts.editions for code in atlas.regions(edition.year).code)
    for code in codes:
        yield Address.of(f"gebied/{code}", f="json")
        for lang in LANGS:
            yield Address.of(f"gebied/{code}", lang=lang)


def _postcodes(atlas: Atlas) -> Iterator[Address]:
    digits = {postcode[:4] for facts in atlas.facts.postcodes for postcode in atlas.postcodes(facts).postcode}
    yield from (Address(f"postcodes/{one}") for one in sorted(digits))
