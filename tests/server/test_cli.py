"""The command line: what it prints, where, and with which exit status."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from server.cli import cli
from tests.server.make_atlas import CATALOG, WIJKEN, make_atlas, write_sources
from tests.server.process import run

COMMANDS = ("build", "check", "serve", "inspect")


def content_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_build_ends_with_a_report_and_status_0(tmp_path: Path) -> None:
    catalog = write_sources(tmp_path / "in")
    done = run("build", catalog, "-o", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    last = done.stdout.splitlines()[-1]
    assert last.startswith("atlas proefland: 6 regions, 8 joined, 0 unmatched, 2 withheld, 0 repaired; ")
    assert (tmp_path / "out" / "atlas.json").is_file()


def test_progress_is_plain_lines_where_there_is_no_terminal(tmp_path: Path) -> None:
    done = run("build", write_sources(tmp_path / "in"), "-o", tmp_path / "out")
    assert "tiles 2022 …" in done.stderr.splitlines()
    assert "\x1b" not in done.stderr + done.stdout
    assert "\r" not in done.stderr + done.stdout


def test_bad_input_is_a_sentence_each_and_status_1_and_the_old_atlas_stays(tmp_path: Path) -> None:
    folder = make_atlas(tmp_path)
    before = content_of(folder)
    bad = CATALOG.replace('kind = "share"', 'kind = "part"').replace("decimals = 1", "decimals = 9")
    catalog = write_sources(tmp_path / "sources", catalog=bad)
    done = run("build", catalog, "-o", folder)
    assert done.returncode == 1
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 2
    assert '"part"' in lines[0]
    assert "9" in lines[1]
    assert "Traceback" not in done.stderr
    assert content_of(folder) == before


def test_problems_of_style_and_of_sources_are_told_together(tmp_path: Path) -> None:
    bad = CATALOG.replace('palette = "Blues"', 'palette = "Blue"').replace('"quantiles"', '"quantile"')
    catalog = write_sources(tmp_path, catalog=bad, wijken=WIJKEN.replace("WK990101,40", "WK990101,veel"))
    done = run("check", catalog)
    assert done.returncode == 1
    problems = [line for line in done.stderr.splitlines() if "…" not in line]
    assert any("palette" in line and "'Blue'" in line and "Blues" in line and "line" in line for line in problems)
    assert any("method" in line and "'quantile'" in line and "quantiles" in line for line in problems)
    assert any('"veel"' in line and "wijk.csv" in line for line in problems)


def test_check_builds_nothing(tmp_path: Path) -> None:
    catalog = write_sources(tmp_path / "in")
    before = content_of(tmp_path)
    done = run("check", catalog)
    assert done.returncode == 0
    assert done.stdout.endswith("No problems.\n")
    assert content_of(tmp_path) == before


def test_what_was_lost_is_told_at_the_end(tmp_path: Path) -> None:
    catalog = write_sources(tmp_path / "in", wijken=WIJKEN.replace("WK990101", "WK990109") + ",7\n")
    lost = [
        "4 things to look at:",
        "  table wijken, wijk 2022: 1 row (WK990109) is about no region of 2022",
        "  table wijken, wijk 2022: 1 row without a code or name left out (row 6)",
        "  table wijken, wijk 2022: 1 region (WK990101) has no row",
        "  koopwoningen, wijk 2022: 3 of 4 values unknown or withheld",
    ]
    assert run("check", catalog).stdout.splitlines()[-5:] == lost
    lines = run("build", catalog, "-o", tmp_path / "out").stdout.splitlines()
    assert lines[-6:-1] == lost
    assert lines[-1].startswith("atlas proefland: ")


def test_a_catalog_that_is_not_there_is_a_problem_of_input(tmp_path: Path) -> None:
    for command in (("check", tmp_path / "none.toml"), ("build", tmp_path / "none.toml", "-o", tmp_path / "out")):
        done = run(*command)
        assert done.returncode == 1
        assert "does not exist" in done.stderr
        assert not (tmp_path / "out").exists()


def test_a_folder_of_something_else_is_not_built_into(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "holiday.jpg").write_bytes(b"x")
    done = run("build", write_sources(tmp_path / "in"), "-o", tmp_path / "out")
    assert done.returncode == 1
    assert "holds no atlas" in done.stderr
    assert content_of(tmp_path / "out") == {"holiday.jpg": b"x"}


def test_a_disk_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    done = run("build", write_sources(tmp_path / "in"), "-o", "/proc/atlas")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[-1].startswith("/proc/atlas")


@pytest.mark.parametrize(
    "arguments",
    [
        ("fly",),
        ("build",),
        ("build", "catalog.toml"),
        ("build", "catalog.toml", "-o", "out", "--jobs", "many"),
        ("serve", "atlas", "--port", "70000"),
        ("inspect", "atlas", "vastgoed-2022"),
        ("check", "catalog.toml", "--fast"),
    ],
)
def test_wrong_usage_is_status_2_and_says_how(arguments: tuple[str, ...]) -> None:
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert "Usage" in done.stderr


def test_the_version_is_printed() -> None:
    done = run("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("zichtkaart")


def test_help_lists_exactly_the_commands_there_are() -> None:
    done = run("--help")
    assert done.returncode == 0
    listed = [line.split()[0] for line in done.stdout.partition("Commands:")[2].splitlines() if line.strip()]
    assert tuple(word for word in listed if word in COMMANDS) == COMMANDS
    assert "CATALOG" in run("build", "--help").stdout


def test_inspect_prints_the_atlas(atlas_folder: Path) -> None:
    done = CliRunner().invoke(cli, ["inspect", str(atlas_folder)])
    assert done.exit_code == 0
    assert done.output.startswith("proefland: Proefland, zoom 0 to 10\nnotice: Fictief\nedition 2022: tiles ")
    assert "  wijk: 4 regions, from zoom 7\n" in done.output
    assert "tileset vastgoed-2021: gemiddelde-woz-waarde, koopwoningen" not in done.output.splitlines()[0]
    assert "tileset gebieden-2022: no figures\n" in done.output


def test_inspect_prints_a_tile_as_it_is_sent(atlas_folder: Path) -> None:
    done = CliRunner().invoke(cli, ["inspect", str(atlas_folder), "vastgoed-2022", "8/131/84"])
    assert done.exit_code == 0
    assert "layer gemeente: extent 4096, 2 features" in done.output
    assert 'name="Westdam"' in done.output
    assert 'koopwoningen_status="withheld"' in done.output


def test_inspect_prints_one_layer_of_a_tile(atlas_folder: Path) -> None:
    done = CliRunner().invoke(cli, ["inspect", str(atlas_folder), "vastgoed-2022/wijk", "8/131/84"])
    assert done.output.startswith("layer wijk: extent 4096, 4 features")
    assert "layer gemeente" not in done.output


def test_inspect_says_that_a_tile_is_empty(atlas_folder: Path) -> None:
    done = CliRunner().invoke(cli, ["inspect", str(atlas_folder), "vastgoed-2022", "8/0/0"])
    assert (done.exit_code, done.output) == (0, "tile 8/0/0 of vastgoed-2022 is empty\n")


@pytest.mark.parametrize(
    ("layer", "tile", "told"),
    [
        ("vastgoed", "8/131/84", "gebieden-2022"),
        ("vastgoed-2022/buurt", "8/131/84", "wijk"),
        ("vastgoed-2022", "8/131", "z/x/y"),
        ("vastgoed-2022", "1/2/0", "columns and rows run from 0 to 1"),
    ],
)
def test_inspect_of_what_is_not_there_says_what_is(atlas_folder: Path, layer: str, tile: str, told: str) -> None:
    done = CliRunner().invoke(cli, ["inspect", str(atlas_folder), layer, tile])
    assert done.exit_code == 1
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


def test_inspect_of_no_atlas_is_a_sentence(tmp_path: Path) -> None:
    done = run("inspect", tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("there is no atlas in ")
