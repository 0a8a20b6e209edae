"""The packages of the themes: they hold together, name every information product, and say everything in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from layers.atlas import Text
from layers.catalog import Catalog, read_catalog
from layers.include import packages

THEMES = ("vastgoed", "drugs")
PRODUCTS = {"vastgoed": [f"V{n}" for n in range(1, 10)], "drugs": [f"D{n}" for n in range(1, 8)]}
CONTEXT = {
    "vastgoed": {
        *("gemiddelde-woz-waarde", "koopwoningen", "gemiddelde-verkoopprijs"),
        *("huurwoningen-corporaties", "huurwoningen-overig"),
    },
    "drugs": {"drugshandel", "drugsoverlast", "drugsmisdrijven", "aandeel-drugsmisdrijven"},
}
"""Indicators from open tables, which are in no product and have been protected by who published them."""

MINE = """
include = [{themes}]

[atlas]
id = "proef"
title = "Proef"
attribution = "Proef"

[[regions]]
level = "gemeente"
year = 2022
source = "gemeenten.gpkg"
code = "code"

[[tables]]
id = "cijfers"
source = "cijfers.csv"
level = "gemeente"
year = 2022
code = "code"
"""


def catalog_of(folder: Path, *themes: str) -> Catalog:
    path = folder / "catalog.toml"
    path.write_text(MINE.format(themes=", ".join(f'"theme:{theme}"' for theme in themes)), encoding="utf-8")
    return read_catalog(path)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return catalog_of(tmp_path_factory.mktemp("themes"), *THEMES)


def texts(catalog: Catalog) -> Iterator[tuple[str, Text | None]]:
    """Every text that a package must have, with where it stands."""
    whole = ("title", "explanation", "caveat", "source")
    for theme in catalog.themes:
        yield from ((f"theme {theme.id}: {key}", getattr(theme, key)) for key in ("title", "explanation"))
    for dimension in catalog.dimensions:
        yield f"dimension {dimension.id}", dimension.title
        yield from ((f"code {dimension.id}/{code.id}", code.title) for code in dimension.codes)
    for indicator in catalog.indicators:
        keys: tuple[str, ...] = (*whole, "unit", "definition", "base", "reference_date")
        yield from ((f"indicator {indicator.id}: {key}", getattr(indicator, key)) for key in keys)
        for measure in indicator.measures:
            where = f"indicator {indicator.id}, measure {measure.id}"
            yield from ((f"{where}: {key}", getattr(measure, key)) for key in ("title", "unit"))
    for panel in catalog.panels:
        yield from ((f"panel {panel.id}: {key}", getattr(panel, key)) for key in whole)
        for column in panel.columns:
            yield f"panel {panel.id}, column {column.id}", column.title
            if column.kind == "number":
                yield f"panel {panel.id}, unit of {column.id}", column.unit
    for flow in catalog.flows:
        keys = (*whole, "unit", "origin", "destination")
        yield from ((f"flow {flow.id}: {key}", getattr(flow, key)) for key in keys)
    for product in catalog.products:
        keys = ("title", "explanation", "caveat", "needs")
        yield from ((f"product {product.id}: {key}", getattr(product, key)) for key in keys)


def test_the_packages_are_there() -> None:
    assert set(THEMES) <= set(packages())


@pytest.mark.parametrize("theme", THEMES)
def test_a_package_holds_together_by_itself(theme: str, tmp_path: Path) -> None:
    catalog = catalog_of(tmp_path, theme)
    assert [entry.id for entry in catalog.themes] == [theme]
    assert [product.id for product in catalog.products] == PRODUCTS[theme]


def test_every_text_exists_in_both_languages(both: Catalog) -> None:
    missing = [
        where for where, text in texts(both) if text is None or not text.nl.strip() or not (text.en or "").strip()
    ]
    assert missing == []


def test_no_text_is_given_in_one_language_twice(both: Catalog) -> None:
    """A translation that was forgotten; words that are the same in both languages are allowed."""
    same = {"Drugs", "x 1000 euro", "euro", "Lift"}
    copied = [where for where, text in texts(both) if text is not None and text.nl == text.en and text.nl not in same]
    assert copied == []


def test_sentences_are_short_enough_to_read(both: Catalog) -> None:
    """B1 asks for short sentences; 30 words is where readers lose the thread."""
    long = [
        f"{where}: {part}"
        for where, text in texts(both)
        for part in re.split(r"(?<=[.?!:;])\s", text.nl if text is not None else "")
        if len(part.split()) > 30 and not where.endswith(": needs")
    ]
    assert long == []


def test_every_indicator_of_a_product_is_protected_and_context_is_as_it_was_published(both: Catalog) -> None:
    in_products = {name for product in both.products for name in product.indicators}
    context = CONTEXT["vastgoed"] | CONTEXT["drugs"]
    assert {indicator.id for indicator in both.indicators} == in_products | context
    assert in_products & context == set()
    for indicator in both.indicators:
        assert (indicator.protect is not None) == (indicator.id in in_products), indicator.id


def test_every_product_has_something_to_show_and_everything_to_show_is_in_a_product(both: Catalog) -> None:
    for product in both.products:
        assert product.indicators or product.panels or product.flows, product.id
    assert {panel.id for panel in both.panels} == {name for product in both.products for name in product.panels}
    assert {flow.id for flow in both.flows} == {name for product in both.products for name in product.flows}


def test_what_a_product_needs_names_the_columns(both: Catalog) -> None:
    columns = {indicator.id: indicator.column for indicator in both.indicators if indicator.column}
    for product in both.products:
        for name in product.indicators:
            for text in (product.needs.nl, product.needs.en or ""):
                assert columns[name] in text, (product.id, name)


def test_a_number_of_things_is_compared_by_a_share_or_rate(both: Catalog) -> None:
    """All but the family ties, of which the product is the number."""
    for indicator in both.indicators:
        if indicator.kind == "count" and indicator.id != "familierelaties-softdrugs":
            assert any(measure.first for measure in indicator.measures), indicator.id


def test_a_sum_is_judged_by_how_many_things_are_added_up(both: Catalog) -> None:
    counts = {indicator.column for indicator in both.indicators if indicator.kind == "count"}
    for indicator in both.indicators:
        if indicator.kind == "sum":
            assert indicator.denominator in counts, indicator.id


def test_the_risk_of_plantations_is_never_called_a_number_of_plantations(both: Catalog) -> None:
    """The unit, which stands on the map itself, says that it is a comparison with the Netherlands."""
    [risk] = [indicator for indicator in both.indicators if indicator.id == "hennep-verhoogd-risico"]
    shown = risk.measures[0].unit
    assert shown is not None
    assert "risico" in shown.nl
    assert "landelijk gemiddelde" in shown.nl
    assert "risk" in str(shown.en)
    assert "national mean" in str(shown.en)
    assert risk.caveat is not None
    assert "relatief risico" in risk.caveat.nl


def test_what_may_point_at_people_says_that_it_is_no_proof(both: Catalog) -> None:
    for indicator in both.indicators:
        if indicator.protect is not None and indicator.id not in ("particuliere-woningen", "woningtransacties"):
            assert indicator.caveat is not None
            assert re.search(r"geen bewijs", indicator.caveat.nl), indicator.id


@pytest.mark.parametrize("theme", THEMES)
def test_crime_is_never_drawn_in_red(theme: str, tmp_path: Path) -> None:
    allowed = {"vastgoed": {"YlGnBu", "Blues"}, "drugs": {"BuPu", "Purples"}}[theme]
    assert {indicator.style.palette for indicator in catalog_of(tmp_path, theme).indicators} <= allowed
