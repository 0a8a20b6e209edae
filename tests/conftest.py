"""Fixtures every test may use."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from tests.tiles.decoders import Decoders

# How long an example takes says more about the machine than about the code.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real CBS files that lies beside the repository where there is one."""
    folder = REPOSITORY.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"the real data is not here: {folder} does not exist")
    return folder


@pytest.fixture(scope="session")
def decoders() -> Iterator[Decoders]:
    """Decoders of vector tiles that are not ours."""
    with Decoders() as running:
        yield running
