"""The words of the pages, in Dutch (B1) and English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from layers.atlas import Lang
from layers.values import Reason


@dataclass(frozen=True, slots=True)
class PageWords:
    """The words of one language; sentences have gaps."""

    skip: str
    map: str
    products: str
    other_language: str
    products_intro: str
    id: str
    title: str
    kind: str
    kinds: Mapping[str, str]
    figures: str
    no_figures: str
    needs: str
    download: str
    open_map: str
    map_of: str
    area: str
    figure: str
    choose: str
    show: str
    caveat: str
    source: str
    definition: str
    base: str
    reference_date: str
    netherlands: str
    per_year: str
    per_region: str
    code: str
    year: str
    trend: str
    trend_text: str
    not_here: str
    reasons_heading: str
    reasons_short: Mapping[Reason, str]
    did_not_exist: str
    sheet_title: str
    sheet_intro: str
    lies_in: str
    borders: str
    sheet_for: str
    print_hint: str
    became: str
    not_found: str
    unknown_area: str
    unknown_product: str
    near: str
    was_changed: str
    all_products: str
    flow_from: str
    flow_to: str
    flow_title: str
    flow_description: str
    flow_key_out: str
    flow_key_in: str
    other_end: str
    absent_zero: str
    absent_missing: str
    chart_description: str
    in_year: str
    attribution: str
    in_qgis: str
    """A sentence that is true without its link as well: a static site has no such page."""

    other_levels: str
    within: str
    nothing: str
    level: str
    search: str
    class_: str
    plain_title: str
    plain_hint: str
    pages: str
    page_of: str
    previous: str
    next: str


WORDS: Final[Mapping[Lang, PageWords]] = {
    "nl": PageWords(
        skip="Naar de inhoud",
        map="Kaart",
        products="Producten",
        other_language="English",
        products_intro="Alles wat deze atlas laat zien. Een product is een kaart, tabel, grafiek of kaart met stromen.",
        id="Nummer",
        title="Product",
        kind="Soort",
        kinds={"map": "kaart", "table": "tabel", "chart": "grafiek", "flow": "stromen"},
        figures="Cijfers",
        no_figures="Geen cijfers in deze atlas",
        needs="Dit is er nodig:",
        download="Cijfers als CSV",
        open_map="Bekijk op de kaart",
        map_of="Kaart: {title}",
        area="Gebied",
        figure="Cijfer",
        choose="Kies wat je wilt zien",
        show="Toon",
        caveat="Let op",
        source="Bron",
        definition="Wat er is geteld",
        base="Ten opzichte van",
        reference_date="Peilmoment",
        netherlands="Nederland",
        per_year="{title}: {area}",
        per_region="{title}, per {level}",
        code="Code",
        year="Jaar",
        trend="Verloop",
        trend_text="{first_year}: {first}; {last_year}: {last}",
        not_here="niet per {level}",
        reasons_heading="Waarom er soms geen cijfer staat",
        reasons_short={
            Reason.WITHHELD: "geheim",
            Reason.MISSING: "geen cijfer",
            Reason.NOT_YET_PUBLISHED: "volgt later",
            Reason.NOT_APPLICABLE: "n.v.t.",
            Reason.NOT_COMPARABLE: "niet te vergelijken",
        },
        did_not_exist="bestond niet",
        sheet_title="{name} in cijfers",
        sheet_intro="Alle cijfers van deze atlas over {name}, naast die van het grotere gebied en van Nederland.",
        lies_in="Ligt in",
        borders="Grenzen van",
        sheet_for="{level} {code}",
        print_hint="Deze pagina past op A4. Kies in de browser Afdrukken, en daar eventueel Opslaan als PDF.",
        became="Dit gebied bestaat niet meer in de grenzen van {year}. Het ging op in:",
        not_found="Niet gevonden",
        unknown_area="Er is geen gebied met de code {code} in deze atlas.",
        unknown_product="Er is geen product met het nummer {code} in deze atlas.",
        near="Bedoel je een van deze?",
        was_changed="{name} ging in {year} op in:",
        all_products="Alle producten",
        flow_from="Van {name} naar andere gebieden",
        flow_to="Van andere gebieden naar {name}",
        flow_title="Stromen van en naar {name}, {year}",
        flow_description="Kaart met {out} lijnen van {name} en {into} lijnen naar {name}. De cijfers staan in de tabellen.",
        flow_key_out="Hele lijn: van {name} naar een ander gebied ({destination}).",
        flow_key_in="Gestreepte lijn: van een ander gebied ({origin}) naar {name}.",
        other_end="Ander gebied",
        absent_zero="Een gebied dat niet in de tabel staat, heeft 0.",
        absent_missing="Van een gebied dat niet in de tabel staat, is geen cijfer gepubliceerd. Dat is iets anders dan 0.",
        chart_description="De cijfers staan in de tabel onder de grafiek.",
        in_year="{title}, {year}",
        attribution="Herkomst",
        in_qgis="Ook te gebruiken in QGIS",
        other_levels="Andere niveaus staan op de kaart en in het CSV-bestand, en van het gekozen gebied onder de tabel.",
        within="{title}, per {level} in {area}",
        nothing="Er zijn geen rijen.",
        level="Niveau",
        search="Zoek op naam of code",
        class_="Klasse",
        plain_title="{title}, {year}: kaart en tabel",
        plain_hint="Deze pagina werkt zonder JavaScript. De kaart is hier een plaatje, de cijfers staan in de tabel.",
        pages="Pagina's van de tabel",
        page_of="Pagina {page} van {pages}",
        previous="Vorige",
        next="Volgende",
    ),
    "en": PageWords(
        skip="Skip to content",
        map="Map",
        products="Products",
        other_language="Nederlands",
        products_intro="Everything this atlas shows, in one list. A product is a map, a table, a chart or a map of flows.",
        id="Number",
        title="Product",
        kind="Kind",
        kinds={"map": "map", "table": "table", "chart": "chart", "flow": "flows"},
        figures="Figures",
        no_figures="No figures in this atlas",
        needs="This is needed:",
        download="Figures as CSV",
        open_map="See it on the map",
        map_of="Map: {title}",
        area="Area",
        figure="Figure",
        choose="Choose what to see",
        show="Show",
        caveat="Mind",
        source="Source",
        definition="What is counted",
        base="Taken over",
        reference_date="Reference date",
        netherlands="The Netherlands",
        per_year="{title}: {area}",
        per_region="{title}, per {level}",
        code="Code",
        year="Year",
        trend="Trend",
        trend_text="{first_year}: {first}; {last_year}: {last}",
        not_here="not per {level}",
        reasons_heading="Why there is no figure in some places",
        reasons_short={
            Reason.WITHHELD: "secret",
            Reason.MISSING: "no figure",
            Reason.NOT_YET_PUBLISHED: "comes later",
            Reason.NOT_APPLICABLE: "n/a",
            Reason.NOT_COMPARABLE: "not comparable",
        },
        did_not_exist="did not exist",
        sheet_title="{name} in figures",
        sheet_intro="All figures of this atlas about {name}, beside those of the larger area and of the Netherlands.",
        lies_in="Lies in",
        borders="Borders of",
        sheet_for="{level} {code}",
        print_hint="This page fits A4. Choose Print in the browser, and there Save as PDF if you like.",
        became="This area no longer exists in the borders of {year}. It became part of:",
        not_found="Not found",
        unknown_area="There is no area with the code {code} in this atlas.",
        unknown_product="There is no product with the number {code} in this atlas.",
        near="Do you mean one of these?",
        was_changed="{name} became part of these in {year}:",
        all_products="All products",
        flow_from="From {name} to other areas",
        flow_to="From other areas to {name}",
        flow_title="Flows from and to {name}, {year}",
        flow_description="Map with {out} lines from {name} and {into} lines to {name}. The figures are in the tables.",
        flow_key_out="Whole line: from {name} to another area ({destination}).",
        flow_key_in="Dashed line: from another area ({origin}) to {name}.",
        other_end="Other area",
        absent_zero="An area that is not in the table has 0.",
        absent_missing="Of an area that is not in the table no figure was published. That is not the same as 0.",
        chart_description="The figures are in the table below the chart.",
        in_year="{title}, {year}",
        attribution="Origin",
        in_qgis="Also for use in QGIS",
        other_levels="Other levels are on the map and in the CSV file, and those of the chosen area below the table.",
        within="{title}, per {level} in {area}",
        nothing="There are no rows.",
        level="Level",
        search="Search by name or code",
        class_="Class",
        plain_title="{title}, {year}: map and table",
        plain_hint="This page works without JavaScript. The map is a picture here, and the figures are in the table.",
        pages="Pages of the table",
        page_of="Page {page} of {pages}",
        previous="Previous",
        next="Next",
    ),
}
