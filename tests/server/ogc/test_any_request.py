"""Schemathesis asks whatever the OpenAPI document allows, and what it does not; every answer is as documented."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import CHECKS, load_all_checks, not_a_server_error

from server.app import open_app
from server.settings import Settings

load_all_checks()
NAMES = [
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
]
WANTED = [not_a_server_error, *CHECKS.get_by_names(NAMES)]


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode), ids=lambda mode: mode.value)
def test_every_answer_is_as_documented(
    atlas_folder: Path, static_folder: Path, mode: schemathesis.GenerationMode
) -> None:
    app = open_app(Settings(static=static_folder), atlas_folder)
    interface = schemathesis.openapi.from_asgi("/ogc/v1/openapi.json", app)
    operations: list[Any] = [found.ok() for found in interface.get_all_operations()]  # type: ignore[union-attr]
    assert len(operations) == 20
    for operation in operations:

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
        def answers(case: Any) -> None:
            case.call_and_validate(checks=WANTED)

        try:
            answers()
        except BaseException as error:
            error.add_note(operation.label)
            raise
