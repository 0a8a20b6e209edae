from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import layers.remote


@pytest.mark.parametrize("name", [module.name for module in pkgutil.iter_modules(layers.remote.__path__)])
def test_the_examples_in_docstrings_are_true(name: str) -> None:
    assert doctest.testmod(importlib.import_module(f"layers.remote.{name}")).failed == 0
