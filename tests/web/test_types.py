"""The types of the front end follow the server."""

from __future__ import annotations

import json
from pathlib import Path

from server.schema import schema

SCHEMA = Path(__file__).resolve().parents[2] / "server/web/src/schema.json"


def test_the_schema_that_the_front_end_makes_its_types_from_is_the_one_of_the_server() -> None:
    hint = "run python -m server.schema > server/web/src/schema.json and npm run types in server/web"
    assert json.loads(SCHEMA.read_text()) == schema(), hint
