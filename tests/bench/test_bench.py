"""The parts of the benchmarks that can be wrong without anyone seeing it."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import shapely

from tests.bench import __main__ as page
from tests.bench import inputs
from tests.bench.contest import contest
from tests.bench.coverage import made_up_coverage
from tests.bench.load import Peer, Run
from tests.bench.process import CommandFailed, run
from tests.bench.serving import Goal, Measured, Scenario, _goals, _table
from tests.bench.tools import Tool
from tiles.quality import ppm_text


def test_the_made_up_country_is_a_clean_coverage_with_exclaves_and_lakes() -> None:
    regions = made_up_coverage(1_500, 20)
    assert len(regions) == 1_500
    assert shapely.is_valid(regions).all()
    assert shapely.coverage_is_valid(regions)
    assert 15 < shapely.get_num_coordinates(regions).mean() < 25
    assert (shapely.get_num_geometries(regions) > 1).any()
    assert len(shapely.get_parts(shapely.coverage_union_all(regions))[0].interiors) >= 1


def test_the_made_up_country_is_the_same_every_time() -> None:
    one, two = made_up_coverage(60, 40), made_up_coverage(60, 40)
    assert np.array_equal(shapely.to_wkb(one), shapely.to_wkb(two))


def test_the_cost_of_a_command_counts_the_processes_it_starts() -> None:
    child = "x = bytearray(60_000_000); import time; [i * i for i in range(10**6)]; time.sleep(0.3)"
    parent = f"import subprocess, sys; y = bytearray(60_000_000); subprocess.run([sys.executable, '-c', {child!r}]); print('hi')"
    cost = run([sys.executable, "-c", parent])
    assert cost.said == "hi\n"
    assert cost.memory_mb > 115
    assert 0 < cost.cpu_s < 60
    assert cost.wall_s > 0.3


def test_a_command_that_fails_tells_its_last_words() -> None:
    with pytest.raises(CommandFailed, match="ended with 3: no such luck"):
        run([sys.executable, "-c", "import sys; sys.stderr.write('no such luck'); sys.exit(3)"])


def test_a_section_of_the_page_is_renewed_in_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "DOCUMENT", tmp_path / "benchmarks.md")
    for name, text in (("tiles", "one"), ("serving", "two"), ("tiles", "three")):
        page._write(name, text)
    written = (tmp_path / "benchmarks.md").read_text()
    assert written.startswith("# Benchmarks\n")
    assert "one" not in written.split("<!-- tiles -->")[1]
    assert written.index("three") < written.index("two")


def test_a_figure_of_nothing_is_told_from_a_small_one() -> None:
    assert (ppm_text(0), ppm_text(4e-5)) == ("0", "4e-05")


def test_a_tool_that_cannot_be_run_is_left_out_and_tells_why(tmp_path: Path) -> None:
    given = inputs.Input("SYN", tmp_path, "two regions", 0.0)
    write = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_text('tiles')"
    tools = [
        Tool("good", lambda _given, out: [sys.executable, "-c", write, str(out)]),
        Tool("gone", lambda _given, _out: [], missing="cannot be installed: no such package"),
        Tool("unknown", lambda _given, _out: ["/no/such/program"]),
        Tool("broken", lambda _given, _out: [sys.executable, "-c", "raise SystemExit('no memory left')"]),
    ]
    good, gone, unknown, broken = contest(given, tools, rounds=2)
    assert (good.failed, len(good.costs), good.size) == ("", 2, 5)
    assert gone.failed == "cannot be installed: no such package"
    assert "/no/such/program" in unknown.failed
    assert broken.failed.endswith("no memory left")


def test_a_country_ten_times_is_ten_countries_apart(tmp_path: Path) -> None:
    one = inputs.made_up(tmp_path, 300)
    ten = inputs.ten_times(tmp_path, one).frame()
    assert len(ten) == 3_000
    assert ten["code"].is_unique
    assert shapely.coverage_is_valid(ten.geometry.to_numpy())
    assert ten.geometry.union_all().area == pytest.approx(10 * one.frame().geometry.union_all().area)


def test_what_was_wanted_of_a_server_stands_beside_what_was_measured() -> None:
    peers = [Peer(name, lambda _port: [], ["/"]) for name in ("ours", "theirs", "gone")]
    goals = [
        Goal("ours", "theirs", "per_s", 4, at_least=2),
        Goal("ours", "", "p50_ms", 4, at_most=2),
        Goal("ours", "gone", "per_s", 4, at_least=1),
    ]
    runs = {("ours", 4): [Run(300, 3_000, 2.5, 9), Run(100, 1_000, 2.5, 9)], ("theirs", 4): [Run(100, 500, 4, 9)]}
    measured = Measured(
        Scenario("Some", "", peers, (4,), goals), runs, {"ours": 5, "theirs": 9}, {"gone": "it does not start"}
    )
    assert _goals(measured).splitlines()[2:] == [
        "| ours, requests per s at 4, x theirs: at least 2 | 2 | 4 | yes |",
        "| ours, p50 at 4: at most 2 | 2.5 |  | no |",
        "| ours, requests per s at 4, x gone: at least 1 | nan | nan | not measured |",
    ]
    assert "| theirs | 100 | 500 | 0.25 | 4.00, 9.0 | 9 |" in _table(measured)
    assert "gone is left out: it does not start" in _table(measured)
