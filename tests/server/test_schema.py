"""The schema that the front end makes its types from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from server.app import open_app
from server.schema import DOCUMENTS, schema
from server.settings import Settings
from tests.server.client import Client

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("path", "accept", "document"),
    [
        ("/atlas.json", "*/*", None),
        ("/regions/2022", "*/*", "RegionColumns"),
        ("/values/koopwoningen", "*/*", "Values"),
        ("/tiles/vastgoed-2022", "*/*", "TileJson"),
        ("/", "application/json", "Landing"),
        ("/health/ready", "*/*", "Health"),
        ("/nothing", "*/*", "ProblemDocument"),
    ],
)
def test_what_the_server_sends_is_what_the_schema_says(
    atlas_folder: Path, settings: Settings, path: str, accept: str, document: str | None
) -> None:
    sent = Client(open_app(settings, atlas_folder)).get(path, accept=accept).json()
    whole: dict[str, Any] = schema()
    part = whole if document is None else {"$defs": whole["$defs"], "$ref": f"#/$defs/{document}"}
    jsonschema.Draft202012Validator.check_schema(part)
    jsonschema.validate(sent, part, jsonschema.Draft202012Validator)


def test_every_document_is_defined_under_its_name() -> None:
    names = {document.__name__ for document in DOCUMENTS[1:]}
    assert names <= set(schema()["$defs"])


def test_the_schema_of_the_front_end_is_the_one_the_server_prints() -> None:
    kept = json.loads((REPOSITORY / "server" / "web" / "src" / "schema.json").read_text())
    assert kept == schema()
