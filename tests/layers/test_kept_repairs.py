"""Borders that were repaired before are not repaired again, and never taken for others."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import shapely

import layers.kept_repairs as module
from layers.kept_repairs import KeptRepairs
from tiles.repair import Geometry, Repaired, repair_coverage


@pytest.fixture
def repairs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many regions were repaired each time that it was really done; all borders are worth keeping."""
    done: list[int] = []

    def repair(geometry: Geometry, metre: float) -> Repaired:
        done.append(len(geometry))
        return repair_coverage(geometry, metre)

    monkeypatch.setattr(module, "repair_coverage", repair)
    monkeypatch.setattr(module, "WORTH_KEEPING", 0)
    return done


def _borders(shift: float = 0.0) -> Geometry:
    boxes = [shapely.box(0, 0, 1000, 1000), shapely.box(999 + shift, 0, 2000, 1000), shapely.Polygon(), None]
    return np.array(boxes, object)


def _same(one: Repaired, other: Repaired) -> bool:
    np.testing.assert_equal(asdict(one.report), asdict(other.report))
    return bool(shapely.to_wkb(one.geometry).tolist() == shapely.to_wkb(other.geometry).tolist())


def test_the_same_borders_are_repaired_once(tmp_path: Path, repairs: list[int]) -> None:
    first = KeptRepairs(tmp_path / "repaired").repaired(_borders(), 1.0)
    second = KeptRepairs(tmp_path / "repaired").repaired(_borders(), 1.0)
    assert repairs == [4]
    assert _same(first, second)
    assert second.report.sentences() == repair_coverage(_borders()).report.sentences() != []


def test_a_vertex_a_region_or_a_unit_that_differs_is_repaired_anew(tmp_path: Path, repairs: list[int]) -> None:
    kept = KeptRepairs(tmp_path)
    kept.repaired(_borders(), 1.0)
    for geometry, metre in ((_borders(1e-9), 1.0), (_borders()[:3], 1.0), (_borders()[::-1], 1.0), (_borders(), 2.0)):
        assert _same(kept.repaired(geometry, metre), repair_coverage(geometry, metre))
    assert repairs == [4, 4, 3, 4, 4]


def test_other_code_repairs_anew(tmp_path: Path, repairs: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    KeptRepairs(tmp_path).repaired(_borders(), 1.0)
    monkeypatch.setattr(module, "engine_version", lambda: "another")
    KeptRepairs(tmp_path).repaired(_borders(), 1.0)
    assert len(repairs) == 2


@pytest.mark.parametrize("damage", [b"", b"PAR1 and nothing more"])
def test_a_damaged_file_is_made_again(tmp_path: Path, repairs: list[int], damage: bytes) -> None:
    kept = KeptRepairs(tmp_path)
    kept.repaired(_borders(), 1.0)
    [path] = tmp_path.iterdir()
    path.write_bytes(damage)
    assert _same(kept.repaired(_borders(), 1.0), kept.repaired(_borders(), 1.0))
    assert len(repairs) == 2


def test_a_folder_that_cannot_be_made_only_costs_time(tmp_path: Path, repairs: list[int]) -> None:
    (tmp_path / "file").write_text("")
    for _ in range(2):
        KeptRepairs(tmp_path / "file" / "repaired").repaired(_borders(), 1.0)
    assert len(repairs) == 2


def test_those_not_asked_for_longest_go_first(
    tmp_path: Path, repairs: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    kept = KeptRepairs(tmp_path)
    for shift in (0.0, 1.0, 0.0, 2.0, 0.0):
        kept.repaired(_borders(shift), 1.0)
    assert len(repairs) == 3
    assert len(list(tmp_path.iterdir())) == 2


def test_small_borders_leave_no_file(tmp_path: Path) -> None:
    KeptRepairs(tmp_path / "repaired").repaired(_borders(), 1.0)
    assert list(tmp_path.iterdir()) == []
