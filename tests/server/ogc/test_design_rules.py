"""The API Design Rules that can be seen in the OpenAPI document, and the document that names every test of a standard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.app import open_app
from server.settings import Settings
from tests.server.client import Client

REPOSITORY = Path(__file__).resolve().parents[3]
METHODS = {"get", "post", "put", "delete", "patch"}


@pytest.fixture(scope="module")
def document(static_folder: Path, atlas_folder: Path) -> dict[str, Any]:
    """That of a site which says who it is."""
    settings = Settings(
        static=static_folder,
        public_url="https://kaart.test",
        contact_name="Gemeente Westdam",
        contact_url="https://westdam.test",
        contact_email="kaart@westdam.test",
    )
    found: dict[str, Any] = Client(open_app(settings, atlas_folder)).get("/ogc/v1/openapi.json").json()
    return found


def responses(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, status and response, with references followed."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert method in METHODS | {"parameters"}
            for status, response in operation["responses"].items() if method in METHODS else ():
                yield path, status, _followed(document, response)


def _followed(document: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in part:
        found: Any = document
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        part = found
    return part


def test_every_answer_of_success_has_the_version_as_a_header(document: dict[str, Any]) -> None:
    assert [
        place for *place, found in responses(document) if place[1] < "4" and "API-Version" not in found["headers"]
    ] == []


def test_every_error_is_a_problem_document_with_its_members(document: dict[str, Any]) -> None:
    for path, status, found in responses(document):
        if status >= "4":
            schema = _followed(document, found["content"]["application/problem+json"]["schema"])
            assert {"status", "title", "detail"} <= set(schema["required"]), (path, status)


def test_whoever_takes_parameters_can_say_that_they_are_wrong(document: dict[str, Any]) -> None:
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert not operation.get("parameters") or "400" in operation["responses"], path


def test_version_servers_and_contact_are_as_the_rules_want_them(document: dict[str, Any]) -> None:
    assert re.fullmatch(r"3(\.\d+){1,2}", document["openapi"])
    assert re.fullmatch(r"\d+\.\d+\.\d+", document["info"]["version"])
    assert {"name", "email", "url"} <= set(document["info"]["contact"])
    assert all(re.match(r"https://.*/v\d+$", server["url"]) for server in document["servers"])
    assert all(re.fullmatch(r"([A-Z][a-z0-9]*)+", name) for name in document["components"]["schemas"])


def test_the_standards_name_tests_that_exist() -> None:
    text = (REPOSITORY / "docs" / "standards.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\*([a-z0-9_]{12,})\*", text))
    sources = [path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py")]
    there = {name for source in sources for name in re.findall(r"def test_(\w+)", source)}
    assert len(named) > 10
    assert named - there == set()


def test_the_deviations_from_the_published_rules_are_those_that_are_written_down(document: dict[str, Any]) -> None:
    text = (REPOSITORY / "docs" / "standards.md").read_text(encoding="utf-8")
    paths = [path for path in document["paths"] if not re.fullmatch(r"(/|(/([a-z0-9.-]+|\{\w+\}))+)", path)]
    parameters = [one["name"] for one in document["components"]["parameters"].values() if one["in"] == "query"]
    odd = [name for name in parameters if not re.fullmatch(r"\$?[a-z][a-z\d]*([A-Z][a-z\d]*)*", name)]
    assert len(paths) + len(odd) == 5
    assert all(f"`{name}`" in text for name in (*paths, *odd))
