"""Every file of real borders, from the catalog to the finished tiles: what the build says, and what the meter finds."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.server.process import run

pytestmark = pytest.mark.real_data

ATLAS = """
[atlas]
id = "{name}"
title = "{name}"
attribution = "Bron: CBS, Kadaster/PDOK (CC BY 4.0)"
maxzoom = {maxzoom}
"""

REGIONS = """
[[regions]]
level = "{level}"
year = {year}
source = "shared/data/geo/{file}"
code = "{code}"
"""

LARGEST_TILE_KB = 500.0


@dataclass(frozen=True)
class Case:
    """A file, and what its tiles should come to."""

    name: str
    file: str
    year: int
    regions: Mapping[str, int]
    """How many of each level are shown, from coarse to fine."""

    code: str = "code"
    maxzoom: int = 12
    layers: Mapping[str, str] | None = None
    """The layer of the file with each level, where it has several."""

    told: tuple[str, ...] = ()
    """What the build says of the source, as patterns; nothing else of repairs and losses."""

    has_room: int = 0
    """The zoom from which there is a tile unit or two for each region; before it they lie on each other."""

    overlap_ppm: float = 0.0
    """At most, from that zoom on: where a source is no coverage, some ground remains under two regions."""

    gap_ppm: float = 0.0

    def catalog(self) -> str:
        """As a reader of the documentation would write it."""
        text = ATLAS.format(name=self.name, maxzoom=self.maxzoom)
        for level in self.regions:
            text += REGIONS.format(level=level, year=self.year, file=self.file, code=self.code)
            text += f'layer = "{self.layers[level]}"\n' if self.layers else ""
        return text


CASES = [
    Case(
        "wijken",
        "nl_2022_tmap.gpkg",
        2022,
        {"provincie": 12, "gemeente": 345, "wijk": 3_340},
        maxzoom=11,
        layers={"provincie": "provincie_2022", "gemeente": "gemeente_2022", "wijk": "wijk_2022"},
        told=(r"gemeente 2022: 345 regions \(.*\) without a known region around",),
    ),
    Case("gemeenten", "nl_gemeente_2022_pdok_wfs.geojson", 2022, {"gemeente": 345}, "statcode"),
    Case("baarn", "baarn_buurten.geojson", 2024, {"buurt": 21}, "buurtcode", has_room=3),
    Case("breda", "breda_buurten.geojson", 2022, {"buurt": 56}, "BU{GEMEENTECODE}{BUURTCODE}", has_room=3),
    Case(
        "buurten-2014",
        "nl_buurt_2014_q1e3.topojson",
        2014,
        {"buurt": 10_416},
        "statcode",
        told=(
            "buurt 2014: 614 regions had a border that crosses itself, made valid: BU00140101, .* and 609 more",
            r"buurt 2014: 1,488 regions overlapped a neighbour or did not match its border; now they do \(0.03\d+% .*\)",
            "buurt 2014: 2 regions would be lost wholly under a neighbour and kept as drawn: BU09880103, BU15810109",
            "buurt 2014: 22[0-9] regions changed by more than 0.1 % in area: .*",
            r"buurt 2014: 1,275 regions \(BU00050006, .*\) without a usable geometry left out",
        ),
        overlap_ppm=0.5,
        gap_ppm=0.5,
    ),
    Case(
        "buurten-2016",
        "nl_buurt_2016_wof.parquet",
        2016,
        {"buurt": 12_187},
        "BU_CODE",
        maxzoom=9,
        told=(
            "buurt 2016: 4 regions had a border that crosses itself, made valid: BU03850501, .*, BU08670002",
            r"buurt 2016: 3,336 regions overlapped a neighbour or did not match its border; now they do \(0.04\d+% .*\)",
            r"buurt 2016: 2\d,\d{3} gaps between neighbours narrower than 1 m closed",
            "buurt 2016: 3 regions changed by more than 0.1 % in area: BU00590004, BU08281700, BU19080300",
        ),
        overlap_ppm=0.1,
        # Without a source the meter takes water narrower than a pixel of zoom 9 for a crack.
        gap_ppm=10,
    ),
    Case(
        "postcodes",
        "nl_pc4_2020_certegis.parquet",
        2020,
        {"pc4": 4_067},
        "postcode",
        maxzoom=9,
        told=(
            r"pc4 2020: 4,059 regions overlapped a neighbour or did not match its border; now they do \(0.02\d+% .*\)",
            r"pc4 2020: 1\d,\d{3} gaps between neighbours narrower than 1 m closed",
            "pc4 2020: 1 region could not be matched everywhere: 1695",
            r"pc4 2020: 5\d\d regions changed by more than 0.1 % in area: 1011, 1014, .*",
            r"pc4 2020: 1 region \(5028\) without a usable geometry left out",
        ),
        has_room=4,
        # Each area was simplified by itself: wide gaps between neighbours are in the source and stay open.
        overlap_ppm=100,
        gap_ppm=1_000,
    ),
]

REPAIRS = (
    "crosses itself",
    "overlapped",
    "gaps",
    "matched",
    "changed",
    "lost",
    "left out",
    "without",
    "taken as meant",
)


@dataclass(frozen=True)
class Row:
    """A line of ``zichtkaart inspect --quality``."""

    level: str
    z: int
    largest_kb: float
    regions: int
    lost: int
    invalid: int
    overlap_ppm: float
    gap_ppm: float
    """Not a number where the zoom is too small to tell."""


def rows(output: str) -> list[Row]:
    """The table as printed."""
    cells = [line.replace(",", "").split() for line in output.splitlines()]
    return [
        Row(
            cell[0],
            int(cell[1]),
            float(cell[4]),
            int(cell[6]),
            int(cell[7]),
            int(cell[8]),
            float(cell[9]),
            math.nan if cell[10] == "-" else float(cell[10]),
        )
        for cell in cells
        if len(cell) == 12 and cell[1].isdigit()
    ]


@pytest.fixture(scope="module")
def folder(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With the real data under the name catalogs use."""
    folder = tmp_path_factory.mktemp("borders")
    (folder / "shared").symlink_to(shared_data.parent)
    return folder


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.file)
def test_real_borders_build_with_a_report_that_tells_and_tiles_without_fault(case: Case, folder: Path) -> None:
    catalog, atlas = folder / f"{case.name}.toml", folder / case.name
    catalog.write_text(case.catalog(), encoding="utf-8")
    built = run("build", catalog, "-o", atlas, "--jobs", "2")
    assert built.returncode == 0, built.stderr
    check_report(case, built.stdout)
    inspected = run("inspect", "--quality", atlas)
    assert inspected.returncode == 0, inspected.stderr
    found = rows(inspected.stdout)
    assert {row.level for row in found} == set(case.regions)
    assert {row.z for row in found} == set(range(min(row.z for row in found), case.maxzoom + 1))
    for row in found:
        check_zoom(case, row)


def check_report(case: Case, output: str) -> None:
    """Says how many regions there are, what was repaired and what is missing, and nothing that is not so."""
    lines = [line.strip() for line in output.splitlines()]
    for level, count in case.regions.items():
        assert f"{level} {case.year}: {count:,} regions" in lines
    told = [line for line in lines if line.partition(" ")[0] in case.regions]
    repairs = [line for line in told if any(word in line for word in REPAIRS)]
    untold = [line for line in repairs if not any(re.fullmatch(pattern, line) for pattern in case.told)]
    assert untold == []
    assert [pattern for pattern in case.told if not any(re.fullmatch(pattern, line) for line in repairs)] == []


def check_zoom(case: Case, row: Row) -> None:
    """No region is lost, polygons are valid, borders fit and tiles are small."""
    assert (row.regions, row.lost) == (case.regions[row.level], 0), row
    assert row.invalid <= (0 if row.z >= 8 else 0.0005 * row.regions), row
    assert row.largest_kb <= LARGEST_TILE_KB, row
    if row.z >= case.has_room:
        assert row.overlap_ppm <= case.overlap_ppm, row
        assert math.isnan(row.gap_ppm) or row.gap_ppm <= case.gap_ppm, row


def test_codes_that_occur_twice_are_refused_with_their_rows(folder: Path) -> None:
    case = Case("dubbel", "nl_buurt_2016_wof_duplicates.parquet", 2016, {"buurt": 152}, "BU_CODE")
    (folder / "dubbel.toml").write_text(case.catalog(), encoding="utf-8")
    for words in (("check",), ("build", "-o", folder / "dubbel")):
        refused = run(words[0], folder / "dubbel.toml", *words[1:])
        assert refused.returncode == 1
        assert "76 codes occur more than once: BU00590004 (rows 1, 2)" in refused.stderr
        assert "choose with where = .., or merge the rows" in refused.stderr
    assert not (folder / "dubbel").exists()


def test_every_file_of_borders_is_looked_at(shared_data: Path) -> None:
    looked_at = {case.file for case in CASES} | {"nl_buurt_2016_wof_duplicates.parquet"}
    assert {path.name for path in (shared_data / "geo").iterdir()} == looked_at
