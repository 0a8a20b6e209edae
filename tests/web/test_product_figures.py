"""Every figure of every product of the demo, on each of its ways out, is that of the table it was made from.

The tables are read with the csv module and shares, comparisons and changes are worked out here once more. A figure that is not
shown must have a cause in the tables: a cell that is no number, a base below what the rule of the theme wants, or no borders.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import mapbox_vector_tile
import pytest

from layers.atlas import AtlasFacts, ColumnFacts, IndicatorFacts, TableFacts, TopicFacts
from tests.web.conftest import REPOSITORY
from tests.web.test_product_pages import IDS, read

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

Key = tuple[str, str, int]
"""Level, code and year."""

Figures = dict[Key, float | str]
"""A number or a reason."""

STATUS = {
    "-99997": "withheld",
    ".": "withheld",
    "-99995": "not-yet-published",
    "-99991": "not-applicable",
    "niet vergelijkbaar": "not-comparable",
    "": "missing",
}
IN_WORDS = {
    "withheld": "geheim",
    "missing": "geen cijfer",
    "not-yet-published": "volgt later",
    "not-applicable": "n.v.t.",
    "not-comparable": "niet te vergelijken",
}


@dataclass(frozen=True)
class Source:
    """Where the figures of a topic stand in the tables of the demo."""

    column: str
    files: dict[str, str] = field(default_factory=lambda: {"gemeente": "gemeente", "wijk": "wijk", "buurt": "buurt"})
    part: tuple[str, int] | None = None
    """What a share or rate is taken over, and how many it is expressed in."""

    least_base: int = 0
    whole: dict[str, str] = field(default_factory=dict)
    """What rows of the whole have in columns of breakdowns."""


OF_PROFILES = {"gemeente": "profielen-gemeente", "wijk": "profielen-wijk"}
OF_OFFENCES = {"gemeente": "drugsfeiten-gemeente", "wijk": "wijk", "buurt": "buurt"}
PRIVATE = ("particuliere_woningen", 100)
HOMES = ("woningen", 100)
PEOPLE = ("inwoners", 1000)
SOURCES = {
    "particuliere-woningen": Source("particuliere_woningen", part=HOMES, least_base=20),
    "woningtransacties": Source("woningtransacties", part=PRIVATE, least_base=20),
    "woningen-per-profiel": Source("profiel_woningen", OF_PROFILES, PRIVATE, 20, {"stichting": "alle"}),
    "transacties-per-profiel": Source(
        "profiel_transacties", {"gemeente": "kopers-gemeente"}, ("woningtransacties", 100), 20
    ),
    "woz-waarde-per-profiel": Source("profiel_woz", {"gemeente": "profielen-gemeente"}, whole={"stichting": "alle"}),
    "onverklaarbare-woningaankopen": Source("onverklaarbare_aankopen", part=("woningaankopen", 100), least_base=20),
    "woz-waarde-onverklaarbaar": Source("onverklaarbare_aankopen_woz"),
    "onverklaarbaar-woningbezit": Source("onverklaarbaar_bezit", part=PRIVATE, least_base=20),
    "woz-waarde-onverklaarbaar-bezit": Source("onverklaarbaar_bezit_woz"),
    "doorsluiswoningen": Source("doorsluiswoningen", part=HOMES, least_base=20),
    "onbekende-eigenaren": Source("onbekende_eigenaar", part=HOMES, least_base=20),
    "bezit-stichtingsbestuurders": Source("stichtingsbestuurder_woningen", part=PRIVATE, least_base=20),
    "woz-waarde-stichtingsbestuurders": Source("stichtingsbestuurder_woz"),
    "drugsdelicten": Source("delicten", OF_OFFENCES, PEOPLE, 50, {"drugsfeit": "alle"}),
    "drugsverdachten": Source("verdachten", OF_OFFENCES, PEOPLE, 100, {"drugsfeit": "alle"}),
    "hennep-verhoogd-risico": Source("woningen_verhoogd_risico", part=HOMES, least_base=20),
    "familierelaties-softdrugs": Source("familierelaties"),
    "woningen-familie-drugsverdachten": Source("familie_woningen", part=PRIVATE, least_base=20),
}
PANELS = {
    "woningmarkt-nederland": "woningmarkt",
    "profielen-nederland": "profielen",
    "drugsfeiten-per-jaar": "drugsfeiten",
    "verdachten-leeftijd-geslacht": "verdachten",
    "verdachten-kenmerken": "kenmerken",
    "hennep-risicofactoren": "risicofactoren",
    "verdachten-subgroepen": "subgroepen",
}
LANDS = {"NL00", "NL"}


# ---- the tables of the demo


@cache
def rows(name: str) -> list[dict[str, str]]:
    with (REPOSITORY / "data/demo" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cell(text: str) -> float | str:
    """What a cell of a table means: a number or a reason; a dash is nothing at all."""
    return STATUS[text] if text in STATUS else 0.0 if text == "-" else float(text)


def number(text: str) -> float | None:
    found = cell(text)
    return None if isinstance(found, str) else found


@cache
def cells(topic: str, breakdown: frozenset[tuple[str, str]]) -> Figures:
    """By place the number or reason in the table, also of the Netherlands."""
    source = SOURCES[topic]
    found: Figures = {}
    for level, name in source.files.items():
        for row in rows(name):
            there = source.column in row and all(
                row.get(column, source.whole.get(column)) == code for column, code in breakdown
            )
            if there:
                place = "land" if row["code"] in LANDS else level
                found[place, row["code"], int(row["jaar"])] = cell(row[source.column])
    return found


@cache
def bases(column: str) -> dict[Key, float | None]:
    return {
        ("land" if row["code"] in LANDS else level, row["code"], int(row["jaar"])): number(row[column])
        for level in ("gemeente", "wijk", "buurt")
        for row in rows(level)
        if column in row
    }


def half_up(value: float | Decimal, decimals: int) -> float:
    return float(Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def part(topic: str, breakdown: frozenset[tuple[str, str]], key: Key) -> float | None:
    """The share or rate at a place, or the number itself where the topic has neither."""
    source = SOURCES[topic]
    count = cells(topic, breakdown).get(key)
    if source.part is None or not isinstance(count, float):
        return count if isinstance(count, float) else None
    column, per = source.part
    base = bases(column).get(key)
    if not base or base < source.least_base:
        return None
    return half_up(Decimal(str(count)) * per / Decimal(str(base)), 1)


def expected(one: IndicatorFacts, key: Key) -> float | str | None:
    """What the tables say an indicator is at a place: for what is worked out a number, or None where there can be none."""
    breakdown = frozenset(one.breakdown.items())
    level, code, year = key
    if one.measure in ("aantal", "totaal"):
        return cells(one.topic, breakdown).get(key, "missing")
    now = part(one.topic, breakdown, key)
    if one.measure == "index":
        country = next((value for land in LANDS if (value := part(one.topic, breakdown, ("land", land, year)))), None)
        return (
            None
            if now is None or country is None
            else half_up(Decimal(str(now)) * 100 / Decimal(str(country)), one.decimals)
        )
    if one.measure == "verandering":
        then = part(one.topic, breakdown, (level, code, year - 5))
        return None if now is None or then is None else half_up(Decimal(str(now)) - Decimal(str(then)), one.decimals)
    return now


# ---- the ways out


@pytest.fixture(scope="module")
def facts(site: str) -> AtlasFacts:
    return AtlasFacts.model_validate_json(read(f"{site}atlas.json"))


def topics_of(facts: AtlasFacts, product: str) -> list[TopicFacts]:
    wanted = next(one.topics for one in facts.products if one.id == product)
    return [one for one in facts.topics if one.id in wanted]


def indicators_of(facts: AtlasFacts, product: str) -> list[IndicatorFacts]:
    wanted = {name for topic in topics_of(facts, product) for name in topic.indicators}
    return [one for one in facts.indicators if one.id in wanted]


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture(scope="module")
def level_by_code(site: str, facts: AtlasFacts) -> dict[str, str]:
    """By code the level of every region of any borders, as OGC API Features tells."""
    found: dict[str, str] = {}
    for edition in facts.editions:
        for level in edition.levels:
            address = f"{site}ogc/v1/collections/gebieden-{edition.year}-{level.id}/items?f=json&skipGeometry=true&limit=10000"
            found |= {one["properties"]["code"]: level.id for one in json.loads(read(address))["features"]}
    return found


def in_json(site: str, one: IndicatorFacts, levels: dict[str, str]) -> Figures:
    columns = json.loads(read(f"{site}values/{one.id}?f=json"))["columns"]
    every = zip(columns["code"], columns["year"], columns["value"], columns["status"], strict=True)
    return {(levels[code], code, year): status if value is None else value for code, year, value, status in every}


def in_csv(site: str, one: IndicatorFacts, levels: dict[str, str]) -> Figures:
    return {
        (levels[row["code"]], row["code"], int(row["year"])): float(row["value"]) if row["value"] else row["status"]
        for row in table(read(f"{site}values/{one.id}?f=csv").decode())
    }


def in_features(site: str, every: list[IndicatorFacts], levels: dict[str, str]) -> dict[str, Figures]:
    """By indicator what OGC API Features tells."""
    found: dict[str, Figures] = {one.id: {} for one in every}
    for collection in sorted({f"{s.tileset}-{s.level}" for one in every for s in one.series}):
        here = [one for one in every if any(f"{s.tileset}-{s.level}" == collection for s in one.series)]
        names = ["code", "year", *(name for one in here for name in (one.field, f"{one.field}_status"))]
        query = urlencode({"f": "json", "skipGeometry": "true", "limit": "10000", "properties": ",".join(names)})
        for feature in json.loads(read(f"{site}ogc/v1/collections/{collection}/items?{query}"))["features"]:
            told = feature["properties"]
            for one in here:
                value = told[one.field] if told.get(one.field) is not None else told[f"{one.field}_status"]
                found[one.id][levels[told["code"]], told["code"], told["year"]] = value
    return found


def tiles_over(bounds: tuple[float, float, float, float], zoom: int) -> Iterator[tuple[int, int]]:
    """x and y of every tile over the country."""
    west, south, east, north = bounds
    columns = [int((lon + 180) / 360 * 2**zoom) for lon in (west, east)]
    lines = [int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**zoom) for lat in (north, south)]
    for x in range(columns[0], columns[1] + 1):
        for y in range(lines[0], lines[1] + 1):
            yield x, y


def in_tiles(site: str, facts: AtlasFacts, every: list[IndicatorFacts]) -> dict[str, Figures]:
    """By indicator what tiles tell, each level at the first zoom that has it."""
    found: dict[str, Figures] = {one.id: {} for one in every}
    for edition in facts.editions:
        for level in edition.levels:
            zoom = max(level.minzoom, 8)
            for year in sorted(
                {s.year for one in every for s in one.series if (s.edition, s.level) == (edition.year, level.id)}
            ):
                here = [
                    one
                    for one in every
                    if any((s.edition, s.level, s.year) == (edition.year, level.id, year) for s in one.series)
                ]
                for batch in (here[at : at + 30] for at in range(0, len(here), 30)):
                    query = urlencode({"indicators": ",".join(one.id for one in batch), "year": year})
                    for x, y in tiles_over(edition.bounds, zoom):
                        body = read(f"{site}tiles/gebieden-{edition.year}/{zoom}/{x}/{y}?{query}")
                        layers: dict[str, Any] = mapbox_vector_tile.decode(body) if body else {}
                        for feature in layers.get(level.id, {"features": []})["features"]:
                            told = feature["properties"]
                            for one in batch:
                                value = told[one.field] if one.field in told else told[f"{one.field}_status"]
                                found[one.id][level.id, told["code"], year] = value
    return found


class Tables(HTMLParser):
    """The tables of a page: caption, and rows of cells with the number that a program reads, or else the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.captions: list[str] = []
        self.rows: list[list[list[float | str]]] = []
        self._text: list[str] | None = None
        self._value: float | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.rows.append([])
            self.captions.append("")
        elif tag == "tr":
            self.rows[-1].append([])
        elif tag in ("td", "th", "caption"):
            self._text, self._value = [], None
        elif tag == "data":
            self._value = float(dict(attrs)["value"] or "")

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data.strip())

    def handle_endtag(self, tag: str) -> None:
        if tag == "caption":
            self.captions[-1] = "".join(self._text or [])
        elif tag in ("td", "th"):
            text = "".join(self._text or [])
            self.rows[-1][-1].append(text if self._value is None else self._value)
        if tag in ("caption", "td", "th"):
            self._text = None


def on_pages(site: str, product: str, one: IndicatorFacts, levels: dict[str, str], areas: list[str]) -> Figures:
    """What the page of a product tells about an indicator, with each of its areas chosen in turn; reasons in Dutch words."""
    found: Figures = {}
    finer = {series.level for series in one.series[1:]} - {one.series[0].level}
    for area in areas if finer else areas[:1]:
        page = Tables(read(f"{site}products/{product}?indicator={one.id}&gebied={area}").decode())
        for caption, (head, *lines) in zip(page.captions, page.rows, strict=True):
            if not caption.startswith(f"{one.title.nl} (") and not caption.startswith(f"{one.title.nl},"):
                continue
            if head[1:2] != ["Code"]:
                continue
            for _, code, *told in lines:
                for year, figure in zip(head[2:], told, strict=True):
                    if isinstance(code, str) and code in levels and figure != "bestond niet":
                        found[levels[code], code, int(str(year))] = figure
    return found


# ---- what must hold


def shown(figure: float | str) -> float | str:
    """As a page has it."""
    return IN_WORDS[figure] if isinstance(figure, str) else figure


@pytest.fixture(scope="module")
def tiled(site: str, facts: AtlasFacts) -> dict[str, Figures]:
    return in_tiles(site, facts, [one for one in facts.indicators if one.topic in SOURCES])


@pytest.fixture(scope="module")
def featured(site: str, facts: AtlasFacts, level_by_code: dict[str, str]) -> dict[str, Figures]:
    return in_features(site, [one for one in facts.indicators if one.topic in SOURCES], level_by_code)


WITH_TOPICS = [product for product in IDS if product not in ("D2", "D3", "D5")]


@pytest.mark.parametrize("product", WITH_TOPICS)
def test_every_figure_of_a_topic_is_that_of_the_table_in_json_csv_features_and_tiles(
    site: str,
    facts: AtlasFacts,
    level_by_code: dict[str, str],
    tiled: dict[str, Figures],
    featured: dict[str, Figures],
    product: str,
) -> None:
    for one in indicators_of(facts, product):
        told = in_json(site, one, level_by_code)
        assert {(level, year) for level, _, year in told} == {(s.level, s.year) for s in one.series}
        numbers = 0
        for key, figure in told.items():
            wanted = expected(one, key)
            if isinstance(figure, str) and one.measure not in ("aantal", "totaal"):
                # a rule may withhold what could be worked out; borders that moved cannot be compared
                assert wanted is None or figure in ("withheld", "not-comparable"), (one.id, key, wanted)
            else:
                assert figure == wanted, (one.id, key)
            numbers += isinstance(figure, float | int)
        # a profile that is found nowhere in the country cannot be compared with the country
        assert numbers > 0 or one.measure == "index", one.id
        assert in_csv(site, one, level_by_code) == told
        assert featured[one.id] == told
        assert tiled[one.id] == told


@pytest.mark.parametrize("product", WITH_TOPICS)
def test_every_figure_of_a_topic_stands_in_the_page_of_its_product(
    site: str, facts: AtlasFacts, level_by_code: dict[str, str], product: str
) -> None:
    areas = sorted(code for code, level in level_by_code.items() if level == "gemeente")  # also those that are no more
    for topic in topics_of(facts, product):
        for one in (one for one in facts.indicators if one.id in topic.indicators):
            is_first = one.id == topic.indicators[0]
            told = in_json(site, one, level_by_code)
            of_page = on_pages(site, product, one, level_by_code, areas if is_first else areas[:1])
            wanted = {key for key in told if is_first or key[0] == one.series[0].level}
            assert wanted <= of_page.keys() <= told.keys(), one.id
            assert of_page == {key: shown(told[key]) for key in of_page}, one.id


PanelRows = dict[tuple[str, ...], dict[str, float | str]]
"""By the words of a row, its figures by column."""


@dataclass(frozen=True)
class PanelWords:
    """The columns of words of a panel."""

    names: list[str]
    titles: list[dict[str, str]]
    """Of each column by code the Dutch title; empty where a column has other words."""

    def key(self, cells: list[str]) -> tuple[str, ...]:
        return tuple(titles.get(cell, cell) for titles, cell in zip(self.titles, cells, strict=True))


def words_of(facts: AtlasFacts, panel: TableFacts) -> PanelWords:
    titles = {one.id: {code.id: code.title.nl for code in one.codes} for one in facts.dimensions}
    columns = [column for column in panel.columns if column.kind != "number"]
    return PanelWords([c.id for c in columns], [titles.get(c.dimension or "", {}) for c in columns])


def panel_in_json(site: str, panel: TableFacts, words: PanelWords, numbers: list[ColumnFacts]) -> PanelRows:
    columns = json.loads(read(f"{site}tables/{panel.id}"))["columns"]
    return {
        words.key([str(columns[name][row]) for name in words.names]): {
            one.id: columns[f"{one.id}_status"][row] or columns[one.id][row] for one in numbers
        }
        for row in range(len(columns[numbers[0].id]))
    }


def panel_in_csv(site: str, panel: TableFacts, words: PanelWords, numbers: list[ColumnFacts]) -> PanelRows:
    return {
        tuple(row[name] for name in words.names): {
            one.id: float(row[one.id]) if row[one.id] else row[f"{one.id}_status"] for one in numbers
        }
        for row in table(read(f"{site}tables/{panel.id}?f=csv").decode())
    }


def list_on_page(lines: list[list[float | str]], words: PanelWords, numbers: list[ColumnFacts]) -> PanelRows:
    """A table of a page with a row for each row of the panel."""
    width = len(words.names)
    return {
        tuple(map(str, line[:width])): dict(zip((one.id for one in numbers), line[width:], strict=True))
        for line in lines
    }


def turned_on_page(tables: Tables, source: PanelRows, words: PanelWords, panel: TableFacts) -> PanelRows:
    """A table of a page for each number, with a column for each year."""
    numbers = [column for column in panel.columns if column.kind == "number"]
    year_at = words.names.index("jaar")
    axes = [at for at in range(len(words.names)) if at != year_at and len({key[at] for key in source}) > 1]
    found: PanelRows = {key: {} for key in source}
    for one in numbers:
        title = panel.title.nl if len(numbers) == 1 else f"{panel.title.nl}: {one.title.nl}"
        [place] = [at for at, caption in enumerate(tables.captions) if caption.startswith(title)]
        head, *lines = tables.rows[place]
        width = max(len(axes), 1)
        for line in lines:
            for year, figure in zip(head[width:], line[width:], strict=True):
                about = dict(zip(axes, map(str, line), strict=False)) | {year_at: str(year)}
                [key] = [key for key in source if all(key[at] == word for at, word in about.items())]
                found[key][one.id] = figure
    return found


@pytest.mark.parametrize(("panel_id", "file"), PANELS.items())
def test_every_row_of_a_panel_is_that_of_the_table_in_json_csv_and_page(
    site: str, facts: AtlasFacts, panel_id: str, file: str
) -> None:
    panel = next(one for one in facts.tables if one.id == panel_id)
    words = words_of(facts, panel)
    numbers = [column for column in panel.columns if column.kind == "number"]
    source = {
        words.key([row[name] for name in words.names]): {one.id: cell(row[one.id.replace("-", "_")]) for one in numbers}
        for row in rows(file)
    }
    assert len(source) == len(rows(file)) > 0
    assert panel_in_json(site, panel, words, numbers) == source
    assert panel_in_csv(site, panel, words, numbers) == source
    [product] = [one.id for one in facts.products if panel_id in one.tables]
    page = Tables(read(f"{site}products/{product}").decode())
    if panel_id == "verdachten-subgroepen":
        of_page = list_on_page(page.rows[0][1:], words, numbers)
    else:
        of_page = turned_on_page(page, source, words, panel)
    assert of_page == {key: {name: shown(it) for name, it in told.items()} for key, told in source.items()}


def test_every_flow_is_that_of_the_table_in_json_csv_and_on_the_page_of_each_gemeente_and_year(
    site: str,
) -> None:
    source = {
        (row["woongemeente"], row["pleeggemeente"], int(row["jaar"])): cell(row["verdachten"])
        for row in rows("woon-pleeggemeente")
    }
    assert len(source) == len(rows("woon-pleeggemeente"))
    of_csv = {
        (row["origin"], row["destination"], int(row["year"])): float(row["value"]) if row["value"] else row["status"]
        for row in table(read(f"{site}flows/woon-pleeggemeente?f=csv").decode())
    }
    columns = json.loads(read(f"{site}flows/woon-pleeggemeente"))["columns"]
    ends = zip(columns["origin"], columns["destination"], columns["year"], strict=True)
    assert of_csv == source
    figures = (status or value for value, status in zip(columns["value"], columns["status"], strict=True))
    assert dict(zip(ends, figures, strict=True)) == source
    of_pages: dict[tuple[str, str, int], float | str] = {}
    for area, year in sorted({(one, key[2]) for key in source for one in key[:2]}):
        page = Tables(read(f"{site}products/D2?gebied={area}&jaar={year}").decode())
        assert [caption.endswith(f", {year}") for caption in page.captions] == [True, True]
        out, into = ([line[1:] for line in every[1:]] for every in page.rows)
        told = {(area, str(code), year): value for code, value in out}
        came = {(str(code), area, year): value for code, value in into}
        assert told.keys() == {key for key in source if key[0] == area and key[2] == year}
        assert came.keys() == {key for key in source if key[1] == area and key[2] == year}
        of_pages |= told | came
    assert of_pages == {key: shown(value) for key, value in source.items()}


def test_the_tables_of_the_demo_are_the_ones_that_are_held_against() -> None:
    """So that a new table of the demo is not forgotten here."""
    held = {file for source in SOURCES.values() for file in source.files.values()} | set(PANELS.values())
    files = {path.stem for path in Path(REPOSITORY / "data/demo").glob("*.csv")}
    others = {"woon-pleeggemeente", "drugsmisdrijven-gemeente", "vierkanten", "herindeling", "postcodes"}
    assert files - held == others  # a flow, a context layer without a product, and what is no figure of a product
