from __future__ import annotations

from pathlib import Path

import pytest

from server.app import open_app
from server.settings import Settings
from tests.server.client import Client


@pytest.fixture(scope="session")
def client(settings: Settings, atlas_folder: Path) -> Client:
    return Client(open_app(settings, atlas_folder))
