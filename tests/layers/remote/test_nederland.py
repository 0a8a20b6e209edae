"""``data/nederland.toml``, fetched and built with two commands from doubles that hold real metadata, figures and borders."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest

from layers.store import Atlas
from tests.conftest import REPOSITORY
from tests.layers.remote.loopback import Asked, Loopback, Reply, serving
from tests.layers.remote.pdok_double import PdokDouble
from tests.layers.remote.pdok_double import answer as pdok_answer
from tests.layers.remote.statline_double import TableDouble
from tests.layers.remote.statline_double import answer as cbs_answer

pytestmark = pytest.mark.real_data
PROVINCE = "Drenthe"
DRUGS = "3.1.1"


@dataclass
class Netherlands:
    """One province of it, behind one address, and what is known of it without asking."""

    server: Loopback
    tables: dict[str, TableDouble]
    homes: pd.DataFrame
    """Real figures of gemeenten and wijken, by code."""

    catalog: Path

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The command ``zichtkaart`` in a process of its own."""
        names = ("CBS_V4", "CBS_V3", "DERDEN_V3", "PDOK")
        environ = {**os.environ, **{f"ZICHTKAART_{name}": self.server.address for name in names}}
        command = [sys.executable, "-m", "server.cli", *arguments]
        return subprocess.run(command, cwd=REPOSITORY, env=environ, capture_output=True, text=True, timeout=300)


@pytest.fixture
def netherlands(tmp_path: Path, shared_data: Path) -> Iterator[Netherlands]:
    layers = {
        level: pyogrio.read_dataframe(shared_data / "geo" / "nl_2022_tmap.gpkg", layer=f"{level}_2022")
        for level in ("gemeente", "wijk")
    }
    layers = {level: frame[frame["province"] == PROVINCE] for level, frame in layers.items()}
    homes = pd.concat(layers.values()).set_index("code")
    pdok = PdokDouble(
        files={"/cbs/wijkenbuurten/2024/atom/downloads/wijkenbuurten_2024.gpkg": _borders(layers, tmp_path)}
    )
    every = (_kwb(shared_data, homes), _police(shared_data, homes), _crime(homes), _prices(homes))
    tables = {table.id: table for table in every}
    catalog = tmp_path / "nederland.toml"
    catalog.write_text((REPOSITORY / "data" / "nederland.toml").read_text(encoding="utf-8"), encoding="utf-8")

    def answer(asked: Asked) -> Reply:
        return pdok_answer(pdok, server, asked) if "/atom/" in asked.path else cbs_answer(tables, server, asked)

    with serving(answer) as server:
        yield Netherlands(server, tables, homes, catalog)


def _borders(layers: dict[str, gpd.GeoDataFrame], folder: Path) -> bytes:
    """A Wijk- en Buurtkaart: three layers with the names of PDOK, each wijk being one buurt, and a row of water."""
    path = folder / "wijkenbuurten.gpkg"
    for layer, level, prefix in (("gemeenten", "gemeente", ""), ("wijken", "wijk", ""), ("buurten", "wijk", "BU")):
        one = {"gemeenten": "gemeente", "wijken": "wijk", "buurten": "buurt"}[layer]
        frame = layers[level].rename(columns={"code": f"{one}code", "name": f"{one}naam"})
        if prefix:
            frame[f"{one}code"] = [f"BU{code[2:]}00" for code in frame[f"{one}code"]]
        frame = frame[[f"{one}code", f"{one}naam", "geometry"]].assign(water="NEE")
        water = frame.head(1).assign(water="JA")
        pyogrio.write_dataframe(pd.concat([frame, water]), path, layer=layer, driver="GPKG", promote_to_multi=True)
    return path.read_bytes()


def _regions(homes: pd.DataFrame) -> list[tuple[str, str]]:
    named = [(str(code), str(name)) for code, name in homes["name"].items()]
    buurten = [(f"BU{code[2:]}00", name) for code, name in named if code.startswith("WK")]
    return [(code.ljust(10), name) for code, name in (("NL00", "Nederland"), *named, *buurten)]


def _kwb(shared_data: Path, homes: pd.DataFrame) -> TableDouble:
    """Table 85984NED with its real measures, and real values of homes and ownership where these are known."""
    rows = json.loads((shared_data / "odata" / "85984NED_DataProperties.json").read_text(encoding="utf-8"))
    titles = {row["ID"]: row["Title"] for row in rows}
    known = {"GemiddeldeWOZWaardeVanWoningen_39": "M001642", "Koopwoningen_47": "1014800"}
    measures = {
        row["Key"]: (
            known.get(row["Key"], f"X{row['ID']:06}"),
            row["Title"],
            row["Unit"],
            row["Datatype"],
            titles[row["ParentID"]],
        )
        for row in rows
        if row["Type"] == "Topic"
    }
    infos = json.loads((shared_data / "odata" / "85984NED_TableInfos.json").read_text(encoding="utf-8"))
    table = TableDouble("85984NED", infos[0]["Title"], infos[0]["Modified"], measures=measures, page=100)
    table.dimensions = {"WijkenEnBuurten": ("GeoDetail", "Wijken en buurten", _regions(homes))}
    for code, woz, owned in homes[["dwelling_value", "dwelling_ownership"]].itertuples():
        cells = {
            "GemiddeldeWOZWaardeVanWoningen_39": "." if pd.isna(woz) else int(woz),
            "Koopwoningen_47": "." if pd.isna(owned) else int(owned),
            "OnbewoondeWoningen_46": 0,
        }
        table.cells[code,] = dict(cells)
        table.cells[f"BU{code[2:]}00",] = dict(cells)
    return table


def _police(shared_data: Path, homes: pd.DataFrame) -> TableDouble:
    with (shared_data / "odata" / "47022NED_soortmisdrijf_codes.csv").open(encoding="utf-8-sig") as file:
        kinds = [(row["Key"], row["Title"]) for row in csv.DictReader(file, delimiter=";")]
    table = TableDouble(
        "47018NED",
        "Geregistreerde misdrijven; soort misdrijf, wijk, buurt, jaarcijfers",
        dimensions={
            "SoortMisdrijf": ("Dimension", "Soort misdrijf", kinds),
            "WijkenEnBuurten": ("GeoDetail", "Wijken en buurten", _regions(homes)),
            "Perioden": ("TimeDimension", "Perioden", [("2023JJ00", "2023"), ("2024JJ00", "2024")]),
        },
        measures={"GeregistreerdeMisdrijven_1": ("M1", "Geregistreerde misdrijven", "aantal", "Long", "Misdrijven")},
        page=500,
        on_v4=False,
    )
    for number, keys in enumerate(table.keys()):
        if keys[0].strip() in (DRUGS, "2.1.1", "0.0.0"):
            table.cells[tuple(key.strip() for key in keys)] = {"GeregistreerdeMisdrijven_1": number % 97}
    return table


def _crime(homes: pd.DataFrame) -> TableDouble:
    table = TableDouble(
        "83648NED",
        "Geregistreerde criminaliteit; soort misdrijf, regio",
        dimensions={
            "SoortMisdrijf": (
                "Dimension",
                "Soort misdrijf",
                [("CRI6100", "6.1 Harddrugs"), ("CRI6200", "6.2 Softdrugs")],
            ),
            "RegioS": (
                "GeoDimension",
                "Regio's",
                [
                    ("NL01  ", "Nederland"),
                    *((str(c), str(n)) for c, n in homes["name"].items() if str(c).startswith("GM")),
                ],
            ),
            "Perioden": ("TimeDimension", "Perioden", [("2023JJ00", "2023"), ("2024JJ00", "2024")]),
        },
        measures={
            "TotaalGeregistreerdeMisdrijven_1": (
                "M004200_2",
                "Totaal geregistreerde misdrijven",
                "aantal",
                "Long",
                "Misdrijven",
            )
        },
        page=100,
    )
    for number, keys in enumerate(table.keys()):
        table.cells[tuple(key.strip() for key in keys)] = {"TotaalGeregistreerdeMisdrijven_1": 5 * (number % 40)}
    return table


def _prices(homes: pd.DataFrame) -> TableDouble:
    table = TableDouble(
        "83625NED",
        "Bestaande koopwoningen; gemiddelde verkoopprijzen, regio",
        dimensions={
            "RegioS": (
                "GeoDimension",
                "Regio's",
                [("NL01  ", "Nederland"), *((str(c), n) for c, n in homes["name"].items())],
            ),
            "Perioden": ("TimeDimension", "Perioden", [("1995JJ00", "1995"), ("2024JJ00", "2024")]),
        },
        measures={"GemiddeldeVerkoopprijs_1": ("M001534", "Gemiddelde verkoopprijs", "euro", "Long", "Prijzen")},
        page=100,
    )
    for number, keys in enumerate(table.keys()):
        table.cells[tuple(key.strip() for key in keys)] = {"GemiddeldeVerkoopprijs_1": 100_000 + number}
    return table


@pytest.mark.parametrize("version", ["v4", "v3"])
def test_two_commands_make_an_atlas_with_the_figures_of_the_publishers(
    netherlands: Netherlands, tmp_path: Path, version: str
) -> None:
    for table in netherlands.tables.values():
        table.on_v4 = version == "v4" and table.id != "47018NED"
    unfetched = netherlands.run("build", str(netherlands.catalog), "-o", str(tmp_path / "kaart.atlas"))
    assert unfetched.returncode == 1
    assert "Traceback" not in unfetched.stderr
    assert "zichtkaart fetch" in unfetched.stderr

    fetched = netherlands.run("fetch", str(netherlands.catalog))
    assert (fetched.returncode, len(fetched.stdout.splitlines())) == (0, 7), fetched.stderr
    asked = len(netherlands.server.asked)
    built = netherlands.run("build", str(netherlands.catalog), "-o", str(tmp_path / "kaart.atlas"), "--jobs", "2")
    assert built.returncode == 0, built.stderr
    assert len(netherlands.server.asked) == asked  # building asks nobody

    atlas = Atlas.open(tmp_path / "kaart.atlas")
    assert {indicator.id for indicator in atlas.facts.indicators} >= {
        "gemiddelde-woz-waarde",
        "koopwoningen",
        "drugshandel",
        "verkoopprijs",
    }
    for level, prefix in (("gemeente", "GM"), ("wijk", "WK")):
        expected = netherlands.homes[netherlands.homes.index.str.startswith(prefix)]
        found = _values(atlas, "gemiddelde-woz-waarde", level)
        assert {code: value for code, (value, _) in found.items() if value is not None} == expected[
            "dwelling_value"
        ].dropna().to_dict()
        assert {reason for value, reason in found.values() if value is None} <= {"withheld"}
        if level == "gemeente":
            crime = netherlands.tables["83648NED"].cells
            for kind, key in (("harddrugs", "CRI6100"), ("softdrugs", "CRI6200")):
                assert {code: value for code, (value, _) in _values(atlas, kind, level).items()} == {
                    code: crime[key, str(code), "2024JJ00"]["TotaalGeregistreerdeMisdrijven_1"]
                    for code in expected.index
                }
        zero = _values(atlas, "onbewoonde-woningen", level)
        assert {value for value, _ in zero.values()} == {0.0}
        police = netherlands.tables["47018NED"].cells
        assert {code: value for code, (value, _) in _values(atlas, "drugshandel", level).items()} == {
            code: police[DRUGS, str(code), "2024JJ00"]["GeregistreerdeMisdrijven_1"] for code in expected.index
        }


def _values(atlas: Atlas, indicator: str, level: str) -> dict[str, tuple[float | None, str | None]]:
    codes = atlas.regions(2024).of_level(level).code
    published = atlas.published(indicator, level, 2024)
    return dict(zip(codes, zip(published.values(), published.statuses(), strict=True), strict=True))
