"""An atlas of one small town, made in code: three levels, gaps of every kind, a backdrop."""

from __future__ import annotations

import pytest

from layers.atlas import AtlasFacts
from tests.styles.make_facts import town


@pytest.fixture
def facts() -> AtlasFacts:
    """The manifest of the town."""
    return town()
