"""Documents say what the code does: keys of the catalog, targets of the Makefile, files that exist."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel

from layers.catalog_grids import GridCategoryEntry, GridEntry
from layers.catalog_model import (
    AtlasEntry,
    BackdropEntry,
    CodeEntry,
    ColumnEntry,
    DimensionEntry,
    IndicatorEntry,
    MeasureEntry,
    RecodeEntry,
    RegionsEntry,
    StyleEntry,
    TableEntry,
    ThemeEntry,
)
from layers.catalog_products import FlowEntry, PanelColumnEntry, PanelEntry, ProductEntry, SuppliedEntry
from layers.protect import ProtectRule

REPOSITORY = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted(path for pattern in ("*.md", "docs/**/*.md", "data/*.md") for path in REPOSITORY.glob(pattern))
ENTRIES: dict[str, type[BaseModel]] = {
    "[atlas]": AtlasEntry,
    "[[regions]]": RegionsEntry,
    "[[tables]]": TableEntry,
    "[[themes]]": ThemeEntry,
    "[[dimensions]]": DimensionEntry,
    "codes": CodeEntry,
    "[[indicators]]": IndicatorEntry,
    "from": ColumnEntry,
    "[[indicators.measures]]": MeasureEntry,
    "style": StyleEntry,
    "[protect.RULE]": ProtectRule,
    "[[panels]]": PanelEntry,
    "columns": PanelColumnEntry,
    "[[flows]]": FlowEntry,
    "[[tables]] with for": SuppliedEntry,
    "[[products]]": ProductEntry,
    "[[backdrop]]": BackdropEntry,
    "[[grids]]": GridEntry,
    "categories": GridCategoryEntry,
    "[[recodes]]": RecodeEntry,
}


def section(heading: str) -> str:
    """The part of docs/catalog.md under a heading."""
    text = (REPOSITORY / "docs" / "catalog.md").read_text(encoding="utf-8")
    _, _, rest = text.partition(f"# `{heading}`\n")
    return re.split(r"^##", rest, maxsplit=1, flags=re.MULTILINE)[0]


@pytest.mark.parametrize("heading", ENTRIES)
def test_the_catalog_reference_lists_the_keys_of_the_model_in_its_order(heading: str) -> None:
    documented = re.findall(r"^\| `(\w+)` \|", section(heading), flags=re.MULTILINE)
    assert documented == [field.alias or name for name, field in ENTRIES[heading].model_fields.items()]


@pytest.mark.parametrize("heading", ENTRIES)
def test_the_catalog_reference_says_which_keys_are_required(heading: str) -> None:
    documented = re.findall(r"^\| `(\w+)` \| required \|", section(heading), flags=re.MULTILINE)
    fields = ENTRIES[heading].model_fields.items()
    assert documented == [field.alias or name for name, field in fields if field.is_required()]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_links_in_documents_lead_to_files_that_exist(path: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_targets_that_documents_name_are_in_the_makefile(path: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):.*## ", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:`|^)make ([a-z]+)\b", path.read_text(encoding="utf-8"), re.MULTILINE))
    assert named <= targets


def test_the_catalog_in_the_readme_is_sound(tmp_path: Path) -> None:
    from layers.catalog import read_catalog

    (text,) = re.findall(r"```toml\n(.*?)```", (REPOSITORY / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    path = tmp_path / "catalog.toml"
    path.write_text(text, encoding="utf-8")
    assert [indicator.id for indicator in read_catalog(path).indicators] == ["koopwoningen"]


def test_the_commands_in_the_readme_exist() -> None:
    from server.cli import cli

    named = set(re.findall(r"`zichtkaart ([a-z]+)\b", (REPOSITORY / "README.md").read_text(encoding="utf-8")))
    assert named == {command.name or getattr(command.callback, "__name__", "") for command in cli.registered_commands}


def test_the_licence_is_the_one_the_package_names() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    licence = (REPOSITORY / "LICENSE").read_text(encoding="utf-8")
    assert project["license"] == "EUPL-1.2"
    assert licence.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2")
    assert "15.Applicable Law" in licence
    assert "Appendix" in licence


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_help_lists_the_promised_targets() -> None:
    shown = subprocess.run(["make", "help"], cwd=REPOSITORY, check=True, capture_output=True, text=True).stdout
    listed = {line.split()[1] for line in shown.splitlines() if line.startswith("make ")}
    assert {"demo", "test", "check", "bench", "lock", "bless", "clean", "help"} <= listed


def test_the_script_of_the_ci_is_executable_and_stops_at_the_first_failure() -> None:
    script = REPOSITORY / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    assert "set -euo pipefail" in script.read_text(encoding="utf-8")
    subprocess.run(["bash", "-n", script], check=True)
