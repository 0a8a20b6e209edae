from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import layers


@pytest.mark.parametrize("name", [module.name for module in pkgutil.iter_modules(layers.__path__)])
def test_the_examples_in_docstrings_are_true(name: str) -> None:
    assert doctest.testmod(importlib.import_module(f"layers.{name}")).failed == 0
