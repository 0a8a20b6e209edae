from __future__ import annotations

from pathlib import Path

import pytest

from server.settings import Settings
from tests.server.make_atlas import make_atlas


@pytest.fixture(scope="session")
def atlas_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The atlas of the tiny country; not to be changed."""
    return make_atlas(tmp_path_factory.mktemp("proefland"))


@pytest.fixture(scope="session")
def static_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A front end as small as one can be."""
    folder = tmp_path_factory.mktemp("static")
    (folder / "assets").mkdir()
    (folder / "index.html").write_text(
        '<!doctype html>\n<html lang="xx">\n<head>\n<title>zichtkaart</title>\n'
        '<script type="module" src="./assets/index-abc123.js"></script>\n</head>\n<body></body>\n</html>\n'
    )
    (folder / "assets" / "index-abc123.js").write_text("export const a = 1;\n" * 100)
    (folder / "assets" / "map-abc123.js").write_text("export const b = 2;\n" * 100)
    (folder / "assets" / "map-abc123.js.br").write_bytes(b"brotli")
    (folder / "assets" / "map-abc123.js.gz").write_bytes(b"gzip")
    (folder / "favicon.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>\n')
    return folder


@pytest.fixture(scope="session")
def settings(static_folder: Path) -> Settings:
    return Settings(static=static_folder)
