"""The documents of the interface: what they link to is there, and they are what the standards say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import validate

from tests.server.client import ORIGIN, Client

ROOT = "/ogc/v1"


def links_in(document: Any) -> Iterator[str]:
    """Every address in a document that is no template."""
    if isinstance(document, dict):
        if isinstance(document.get("href"), str) and not document.get("templated"):
            yield document["href"]
        for value in document.values():
            yield from links_in(value)
    elif isinstance(document, list):
        for value in document:
            yield from links_in(value)


def test_every_link_below_the_landing_page_leads_somewhere(client: Client) -> None:
    known, waiting = set(), [f"{ORIGIN}{ROOT}/"]
    while waiting:
        address = waiting.pop()
        if address in known or not address.startswith(ORIGIN) or "/gebied/" in address:
            continue
        known.add(address)
        answer = client.get(address.removeprefix(ORIGIN))
        assert answer.status == 200, address
        if "json" in answer.headers["content-type"]:
            waiting += links_in(answer.json())
    assert len(known) > 60


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_every_page_is_whole_html_in_its_language(client: Client, lang: str) -> None:
    pages = ["/", "/conformance", "/openapi.json", "/collections", "/styles", "/tiles"]
    collection = "/collections/vastgoed-2022-wijk"
    for path in [*pages, collection, f"{collection}/items", f"{collection}/items/WK990101", f"{collection}/tiles"]:
        answer = client.get(f"{ROOT}{path}?f=html&lang={lang}")
        assert answer.status == 200, path
        assert f'<html lang="{lang}">' in answer.text
        assert "Undefined" not in answer.text
        assert answer.headers["content-security-policy"].startswith("default-src")
        assert answer.text.rstrip().endswith("</html>")


def test_the_page_of_features_says_reasons_in_words_and_zero_as_a_figure(client: Client) -> None:
    text = client.get(f"{ROOT}/collections/vastgoed-2022-wijk/items?f=html&properties=koopwoningen").text
    cells = re.findall(r'<td class="number">([^<]*)</td>', text)
    assert cells == ["40", "0", "Geheim of te weinig waarnemingen", "Geen cijfer"]


def test_the_openapi_document_is_valid_and_names_every_address(client: Client) -> None:
    document = client.get(f"{ROOT}/openapi.json").json()
    validate(document)
    examples = {
        "collectionId": "vastgoed-2022-wijk",
        "featureId": "WK990101",
        "tileMatrixSetId": "WebMercatorQuad",
        "tileMatrix": "8",
        "tileRow": "84",
        "tileCol": "131",
        "styleId": "koopwoningen",
    }
    for path, operations in document["paths"].items():
        address = re.sub(r"\{(\w+)\}", lambda match: examples[match[1]], path)
        answer = client.get(ROOT + address)
        assert answer.status == 200, path
        documented = operations["get"]["responses"]["200"]["content"]
        assert answer.headers["content-type"].partition(";")[0] in {name.partition(";")[0] for name in documented}, path


def test_every_answer_says_the_version_of_the_interface_and_errors_are_problem_documents(client: Client) -> None:
    for path, status in [("/", 200), ("/collections/nergens", 404), ("/collections?f=xml", 400), ("/zomaar", 404)]:
        answer = client.get(ROOT + path)
        assert answer.status == status
        assert answer.headers["api-version"] == "1.0.0"
        if status >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            assert {"title", "status", "detail"} <= set(answer.json())


def test_an_address_with_a_slash_behind_is_another_address(client: Client) -> None:
    assert client.get(f"{ROOT}/collections/").status == 404


def test_the_rules_for_paths_and_parameters_hold_but_for_the_names_of_ogc(client: Client) -> None:
    """API Design Rules: kebab-case in paths, camelCase in parameters; names that OGC fixes are the exceptions."""
    document = client.get(f"{ROOT}/openapi.json").json()
    fixed = {"/tileMatrixSets", "bbox-crs", "filter-lang", "filter-crs", "/openapi.json"}
    for path in document["paths"]:
        for segment in path.split("/")[1:]:
            assert re.fullmatch(r"|\{\w+\}|[a-z0-9-]+", segment) or f"/{segment}" in fixed, path
    for parameter in document["components"]["parameters"].values():
        if parameter["in"] == "query":
            assert re.fullmatch(r"[a-z][a-z\d]*([A-Z][a-z\d]*)*", parameter["name"]) or parameter["name"] in fixed


def test_a_collection_says_where_it_lies_when_it_holds_and_which_crs_it_speaks(client: Client) -> None:
    found = client.get(f"{ROOT}/collections/vastgoed-2022-wijk").json()
    west, south, east, north = found["extent"]["spatial"]["bbox"][0]
    assert 4 < west < east < 7
    assert 51 < south < north < 54
    assert found["extent"]["temporal"]["interval"] == [["2022-01-01T00:00:00Z", "2022-12-31T23:59:59Z"]]
    assert found["crs"][0] == "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
    assert "http://www.opengis.net/def/crs/EPSG/0/9067" in found["crs"]
    assert found["storageCrs"] == "http://www.opengis.net/def/crs/EPSG/0/28992"


def test_queryables_tell_title_unit_and_reasons(client: Client) -> None:
    properties = client.get(f"{ROOT}/collections/vastgoed-2022-wijk/queryables").json()["properties"]
    assert (
        properties["koopwoningen"] == {"type": "number", "title": "Koopwoningen", "x-ogc-unit": "%"}
        or properties["koopwoningen"]["type"] == "integer"
    )
    assert "withheld" in properties["koopwoningen_status"]["enum"]
    assert properties["code"]["x-ogc-role"] == "id"


def test_the_metadata_has_what_dcat_ap_nl_requires(client: Client) -> None:
    graph = client.get(f"{ROOT}/metadata").json()["@graph"]
    required = {
        "dcat:Catalog": {"dct:title", "dct:description", "dct:publisher", "dcat:contactPoint", "dcat:dataset"},
        "dcat:Dataset": {
            "dct:title",
            "dct:description",
            "dct:identifier",
            "dct:publisher",
            "dct:creator",
            "dcat:contactPoint",
            "dcat:theme",
            "dct:accessRights",
        },
        "dcat:DataService": {
            "dct:title",
            "dct:description",
            "dct:identifier",
            "dct:publisher",
            "dcat:contactPoint",
            "dcat:theme",
            "dct:accessRights",
            "dct:license",
            "dcat:endpointURL",
            "dcat:endpointDescription",
        },
    }
    assert {node["@type"] for node in graph} == set(required)
    for node in graph:
        assert required[node["@type"]] <= set(node), node["@type"]
        for distribution in node.get("dcat:distribution", []):
            assert {"dcat:accessURL", "dct:license", "dcat:mediaType"} <= set(distribution)
    json.dumps(graph)
