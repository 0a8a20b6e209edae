from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import server

MODULES = [f"server.{module.name}" for module in pkgutil.iter_modules(server.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_docstrings_hold(name: str) -> None:
    failures, _ = doctest.testmod(importlib.import_module(name))
    assert failures == 0
