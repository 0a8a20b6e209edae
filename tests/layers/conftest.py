"""Fixtures for tests of sources and atlases."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the current one, so that problems name files as short as a publisher would."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
