"""Running servers to open in QGIS."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.build import build
from tests.qgis.running import Site
from tests.server.process import REPOSITORY, serving


def _served(catalog: Path, folder: Path) -> Iterator[Site]:
    build(catalog, folder / "atlas")
    with serving(folder / "atlas", folder) as running:
        yield Site(running.url)
        assert running.stop() == 0
        assert running.log.read_text() == ""


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo atlas."""
    yield from _served(REPOSITORY / "data" / "demo.toml", tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="session")
def netherlands(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Gemeenten and wijken of 2022: the catalog that the design shows."""
    folder = tmp_path_factory.mktemp("netherlands")
    [text] = re.findall(r"```toml\n(.*?)```", (shared_data.parent / "DESIGN.md").read_text(encoding="utf-8"), re.DOTALL)
    (folder / "nederland.toml").write_text(text, encoding="utf-8")
    (folder / "shared").mkdir()
    (folder / "shared" / "data").symlink_to(shared_data)
    yield from _served(folder / "nederland.toml", folder)
