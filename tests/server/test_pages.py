"""Products, fact sheets, panels and flows as pages, JSON and CSV."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args
from urllib.parse import urljoin, urlsplit

import pytest

from layers.atlas import Lang
from layers.recodes import known_recodes
from server.app import create_app
from server.csv_cells import safe
from server.settings import Settings
from server.snapshot import CurrentAtlas
from tests.server.client import Answer, Client
from tests.server.make_products import FILES, make_products

PAGES = ("products", "products/P1", "products/P2", "products/P3", "products/P4", "gebied/GM9901", "gebied/WK990101")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Client:
    folder = make_products(tmp_path_factory.mktemp("producten"))
    return Client(create_app(Settings(static=Path("none")), CurrentAtlas(folder, 10**8)))


class Outline(HTMLParser):
    """Headings, ids, links and the text of cells by row header, as a reader of HTML who knows nothing of ours finds them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.captions: list[str] = []
        self.tables: list[list[list[str]]] = []
        self._in: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if given.get("id"):
            self.ids.append(given["id"] or "")
        if given.get("href"):
            self.links.append(given["href"] or "")
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
            self._in = "cell"
        elif tag == "caption":
            self.captions.append("")
            self._in = "caption"

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "caption"):
            self._in = None

    def handle_data(self, data: str) -> None:
        if self._in == "cell":
            self.tables[-1][-1][-1] += data.strip()
        elif self._in == "caption":
            self.captions[-1] += data.strip()


def rows_of(answer: Answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.text)))


@pytest.mark.parametrize("lang", get_args(Lang))
@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_one_first_heading_none_skipped_ids_once_and_nothing_that_runs(
    site: Client, path: str, lang: Lang
) -> None:
    answer = site.get(f"/{path}?lang={lang}", accept="text/html")
    outline = Outline(answer.text)
    assert answer.status == 200
    assert f'<html lang="{lang}">' in answer.text
    assert outline.headings[0] == 1
    assert outline.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(outline.headings, outline.headings[1:], strict=False))
    assert len(set(outline.ids)) == len(outline.ids)
    assert "<script" not in answer.text
    assert not re.search(r"\sstyle=|\son\w+=|<style", answer.text)
    assert "script-src 'none'" in answer.headers["content-security-policy"]
    assert all(outline.captions)
    assert ("Fictief" if lang == "nl" else "Fictitious") in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_every_link_of_a_page_leads_somewhere_below_any_path(site: Client, path: str) -> None:
    base = "http://kaart.test/" + path
    for link in Outline(site.get(f"/{path}", accept="text/html").text).links:
        where = urlsplit(urljoin(base, link))
        assert not link.startswith("/")
        if "favicon" not in link:
            assert site.get(f"{where.path}?{where.query}").status == 200, link


def test_products_are_listed_with_pages_and_figures(site: Client) -> None:
    listed = site.get("/products?f=json").json()["products"]
    assert [one["id"] for one in listed] == ["P1", "P2", "P3", "P4"]
    assert listed[0]["page"] == "http://kaart.test/products/P1"
    assert listed[0]["figures"] == [
        "http://kaart.test/tables/feiten-per-jaar?f=csv",
        "http://kaart.test/values/delicten?f=csv",
    ]
    assert [one["has_figures"] for one in listed] == [True, True, True, False]


def test_accept_chooses_the_form_and_etags_spare_a_second_copy(site: Client) -> None:
    assert site.get("/products", accept="application/json").json()["products"]
    page = site.get("/products", accept="text/html")
    assert page.headers["content-type"].startswith("text/html")
    assert site.get("/products", accept="text/html", if_none_match=page.headers["etag"]).status == 304
    assert site.get("/gebied/GM9901", accept="text/csv").headers["content-type"].startswith("text/csv")
    assert site.get("/gebied/GM9901?f=xml").status == 400


def test_a_product_without_figures_says_which_table_it_needs(site: Client) -> None:
    page = site.get("/products/P4?lang=en", accept="text/html").text
    assert "No figures in this atlas" in page
    assert "A table with the columns a and b." in page


def test_a_frequency_table_has_the_figures_of_the_source_and_reasons_in_words(site: Client) -> None:
    page = site.get("/products/P1?gebied=GM9901", accept="text/html").text
    panel, _, chosen, regions = Outline(page).tables
    assert panel == [["Feit", "2021", "2022"], ["Alle feiten", "1.200", "1.300"], ["Bezit <b>&", "geheim", "425"]]
    assert chosen[1:] == [["Alle feiten", "120", "130"], ["Bezit <b>&", "geheim", "40"]]
    assert regions[1:] == [["Oosterveen", "GM9902", "0", "60"], ["Westdam", "GM9901", "120", "130"]]
    assert "Geheim of te weinig waarnemingen" in page
    assert "<b>&amp;" not in page.replace("&lt;b&gt;&amp;", "")


def test_another_indicator_of_the_topic_can_be_chosen_without_a_script(site: Client) -> None:
    page = site.get("/products/P1?indicator=delicten-bezit", accept="text/html").text
    assert Outline(page).tables[-1][1:] == [
        ["Oosterveen", "GM9902", "0", "geen cijfer"],
        ["Westdam", "GM9901", "geheim", "40"],
    ]
    assert site.get("/products/P1?indicator=nergens").status == 400


def test_a_flow_is_drawn_and_told_in_both_directions(site: Client) -> None:
    page = site.get("/products/P2?gebied=GM9901", accept="text/html").text
    out, into = Outline(page).tables
    assert out[1:] == [["Westdam", "GM9901", "50"], ["Oosterveen", "GM9902", "20"]]
    assert into[1:] == [["Westdam", "GM9901", "50"], ["Oosterveen", "GM9902", "geheim"]]
    assert page.count('class="stream"') == 1
    assert page.count('class="region') == 2


def test_a_list_is_sorted_by_a_link_and_rows_without_a_number_stay_last(site: Client) -> None:
    def lifts(query: str) -> list[str]:
        page = site.get(f"/products/P3?{query}", accept="text/html").text
        return [row[1] for row in Outline(page).tables[0][1:]]

    assert lifts("sorteer=lift&richting=op") == ["1,4", "2,5", "geheim"]
    assert lifts("sorteer=lift&richting=af") == ["2,5", "1,4", "geheim"]
    assert 'aria-sort="descending"' in site.get("/products/P3?sorteer=lift&richting=af", accept="text/html").text


def test_rows_of_panels_and_flows_are_those_of_the_source_and_begin_no_formula(site: Client) -> None:
    rows = rows_of(site.get("/tables/subgroepen?f=csv"))
    assert [(row["regel"], row["lift"], row["lift_status"], row["notice"]) for row in rows] == [
        ("'=1+1", "1.4", "", "Fictief"),
        ("Woont alleen", "2.5", "", "Fictief"),
        ("Jonger dan 25", "", "withheld", "Fictief"),
    ]
    ours = rows_of(site.get("/flows/heen-en-weer?f=csv"))
    theirs = list(csv.DictReader(io.StringIO(FILES["stromen.csv"])))
    shown = {(row["origin"], row["destination"]): row["value"] or row["status"] for row in ours}
    assert shown == {(row["van"], row["naar"]): row["aantal"].replace(".", "withheld") for row in theirs}
    table = site.get("/tables/feiten-per-jaar").json()["columns"]
    assert table["delicten"] == [1200, 1300, None, 425]
    assert table["delicten_status"] == [None, None, "withheld", None]


def test_a_fact_sheet_has_every_topic_with_the_areas_around_it_in_three_forms(site: Client) -> None:
    sheet = site.get("/gebied/WK990102?f=json").json()
    topics = {topic["id"]: topic for theme in sheet["themes"] for topic in theme["topics"]}
    assert set(topics) == {"koopwoningen", "gemiddelde-woz-waarde", "delicten"}
    shown = topics["koopwoningen"]["indicators"][0]["figures"]
    assert [(one["code"], one["value"], one["status"]) for one in shown] == [
        ("WK990102", 0, None),
        ("GM9901", 20, None),
        ("NL", None, "missing"),
    ]
    assert topics["delicten"]["indicators"][0]["figures"][0]["status"] == "not-at-this-level"
    rows = rows_of(site.get("/gebied/GM9901?f=csv"))
    bezit = [(row["year"], row["value"], row["status"]) for row in rows if row["indicator"] == "delicten-bezit"]
    assert bezit == [("2021", "", "withheld"), ("2022", "40", ""), ("2022", "", "missing")]
    assert {row["notice"] for row in rows} == {"Fictief"}
    page = site.get("/gebied/GM9901?lang=en", accept="text/html").text
    assert "A pattern, not proof." in page
    assert "2021: 240.5; 2022: 251.5" in page


def test_an_unknown_area_names_near_ones_in_both_languages_and_as_a_problem(site: Client) -> None:
    for lang, words in (("nl", "Bedoel je"), ("en", "Do you mean")):
        answer = site.get(f"/gebied/GM9909?lang={lang}", accept="text/html")
        assert answer.status == 404
        assert words in answer.text
        assert "../gebied/GM9901" in answer.text
    problem = site.get("/gebied/westdam", accept="application/json")
    assert problem.status == 404
    assert problem.headers["content-type"] == "application/problem+json"
    assert "GM9901 (Westdam)" in problem.json()["detail"]
    assert site.get("/products/P9", accept="text/html").status == 404
    assert "<script>" not in site.get("/gebied/%3Cscript%3E", accept="text/html").text


def test_a_code_that_the_catalog_says_has_ended_leads_to_what_it_became(site: Client) -> None:
    page = site.get("/gebied/GM9908", accept="text/html")
    assert page.status == 404
    assert "GM9908 ging in 2021 op in:" in page.text
    assert "Westdam (GM9901)" in page.text
    assert "Oosterveen (GM9902)" in page.text
    problem = site.get("/gebied/GM9907", accept="application/json").json()
    assert "became part of GM9901 (Westdam), GM9902 (Oosterveen) in 2022" in problem["detail"]


def test_a_gemeente_became_those_that_got_its_land_and_not_all_that_changed_with_it() -> None:
    [change] = [change for change in known_recodes().changes if change.year == 2021 and "GM0788" in change.old]
    assert change.became(frozenset({"GM0788"})) == {"GM0757", "GM0824", "GM0855", "GM0865"}
    assert change.became(frozenset({"GM0757"})) == {"GM0757"}


def test_no_text_of_csv_begins_a_formula() -> None:
    for begin in "=+-@\t\r":
        assert safe(f"{begin}1").startswith("'")
    assert safe(-1.0) == "-1"
