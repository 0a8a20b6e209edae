"""A theme of one's own by a catalog alone: the example of docs/themes.md is built, on invented and on genuine figures."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from layers.store import Atlas
from server.build import build

REPOSITORY = Path(__file__).resolve().parents[2]
DEMO = REPOSITORY / "data" / "demo"

MAP = """
include = ["leefbaarheid.toml"]

[atlas]
id = "leefbaarheid"
title = "Leefbaarheid"
attribution = "Proef"
maxzoom = 9
{notice}

[[regions]]
level = "wijk"
year = 2022
source = "{borders}"
layer = "wijk_2022"
code = "code"
name = "name"
"""

OF_CBS = """
[[themes]]
id = "leefbaarheid"
title = {{ nl = "Leefbaarheid", en = "Liveability" }}

[[tables]]
id = "wijken"
source = "{table}"
level = "wijk"
year = 2022
code = "code"

[[indicators]]
id = "arbeidsdeelname"
theme = "leefbaarheid"
title = {{ nl = "Mensen met werk", en = "People in work" }}
unit = {{ nl = "%", en = "%" }}
kind = "share"
decimals = 0
column = "employment_rate"
style = {{ palette = "Blues", classes = 4 }}
"""


def example() -> str:
    """The catalog in docs/themes.md under *A theme of your own*."""
    text = (REPOSITORY / "docs" / "themes.md").read_text(encoding="utf-8")
    return text.partition("## A theme of your own")[2].partition("```toml\n")[2].partition("```")[0]


def wijken() -> list[str]:
    with (DEMO / "wijk.csv").open(encoding="utf-8", newline="") as file:
        return sorted({row["code"] for row in csv.DictReader(file) if row["jaar"] == "2022"})


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Atlas, list[dict[str, str]]]:
    """The atlas of the example, and the rows of the table it was made of."""
    folder = tmp_path_factory.mktemp("eigen")
    rows = []
    for place, code in enumerate(wijken()):
        for year in (2022, 2023):
            reports = place % 9 * (year - 2020)
            rows.append(
                {
                    "code": code,
                    "jaar": str(year),
                    "meldingen_overlast": str(reports) if place != 20 else "",
                    "rapportcijfer": f"{5.5 + place % 7 / 4:.1f}",
                    "inwoners_wijk": str(40 if place == 10 else 1000 + 100 * place),
                }
            )
    with (folder / "leefbaarheid.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    (folder / "leefbaarheid.toml").write_text(example(), encoding="utf-8")
    borders = (DEMO / "markerwaard.gpkg").as_posix()
    catalog = MAP.format(borders=borders, notice='notice = "Fictieve gegevens"')
    (folder / "catalog.toml").write_text(catalog, encoding="utf-8")
    build(folder / "catalog.toml", folder / "eigen.atlas")
    return Atlas.open(folder / "eigen.atlas"), rows


def shown(atlas: Atlas, indicator: str, year: int) -> dict[str, float | str | None]:
    """By code: the number or the reason, as the atlas has it."""
    published = atlas.published(indicator, "wijk", year)
    codes = atlas.regions(atlas.series(indicator, "wijk", year).edition).of_level("wijk").code
    values = zip(published.values(), published.statuses(), strict=True)
    return {code: status or number for code, (number, status) in zip(codes, values, strict=True)}


def test_the_example_in_the_documentation_becomes_a_theme(made: tuple[Atlas, object]) -> None:
    facts = made[0].facts
    assert [theme.title.nl for theme in facts.themes] == ["Leefbaarheid"]
    assert {topic.id: [measure.id for measure in topic.measures] for topic in facts.topics} == {
        "overlast": ["per-1000-inwoners", "aantal", "verandering"],
        "rapportcijfer-buurt": ["gemiddelde"],
    }
    [product] = facts.products
    assert (product.id, product.topics) == ("L1", ("overlast", "rapportcijfer-buurt"))


def test_its_figures_are_those_of_the_table_and_its_rule_is_kept(
    made: tuple[Atlas, list[dict[str, str]]],
) -> None:
    atlas, rows = made
    for year in (2022, 2023):
        number = shown(atlas, "overlast-aantal", year)
        rate = shown(atlas, "overlast", year)
        mark = shown(atlas, "rapportcijfer-buurt", year)
        for row in (row for row in rows if row["jaar"] == str(year)):
            code, few = row["code"], int(row["inwoners_wijk"]) < 50
            assert mark[code] == ("withheld" if few else float(row["rapportcijfer"])), row
            if not row["meldingen_overlast"]:
                assert number[code] == rate[code] == "missing"
                continue
            count = int(row["meldingen_overlast"])
            assert number[code] == ("withheld" if 0 < count < 5 else count), row
            hidden = few or 0 < count < 5
            assert rate[code] == (
                "withheld" if hidden else pytest.approx(1000 * count / int(row["inwoners_wijk"]), abs=0.0501)
            )


@pytest.mark.real_data
def test_a_theme_of_ones_own_on_genuine_figures(tmp_path: Path, shared_data: Path) -> None:
    table = shared_data / "indicators" / "wijk_2022_tmap.csv"
    (tmp_path / "leefbaarheid.toml").write_text(OF_CBS.format(table=table.as_posix()), encoding="utf-8")
    borders = (shared_data / "geo" / "nl_2022_tmap.gpkg").as_posix()
    (tmp_path / "catalog.toml").write_text(MAP.format(borders=borders, notice=""), encoding="utf-8")
    build(tmp_path / "catalog.toml", tmp_path / "echt.atlas")
    with table.open(encoding="utf-8", newline="") as file:
        expected = {
            row["code"]: float(row["employment_rate"]) if row["employment_rate"] else "missing"
            for row in csv.DictReader(file)
        }
    assert shown(Atlas.open(tmp_path / "echt.atlas"), "arbeidsdeelname", 2022) == expected
