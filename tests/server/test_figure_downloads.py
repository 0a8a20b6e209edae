"""Figures to take along hold what the table holds."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

import pyogrio
import pytest
from openpyxl import load_workbook

from layers.values import Reason
from server.app import open_app
from server.settings import Settings
from styles.words import reason_text
from tests.server.client import Client


@pytest.fixture
def client(atlas_folder: Path, settings: Settings) -> Client:
    return Client(open_app(settings, atlas_folder))


ASKED = "/values/koopwoningen?level=wijk&year=2022"


def rows(client: Client) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(f"{ASKED}&f=csv").text)))


def test_a_workbook_has_the_numbers_and_the_reasons_of_the_table(client: Client) -> None:
    answer = client.get(f"{ASKED}&f=xlsx")
    assert "koopwoningen-wijk-2022.xlsx" in answer.headers["content-disposition"]
    book = load_workbook(io.BytesIO(answer.raw))
    _, *cells = book["cijfers"].iter_rows(values_only=True)
    assert len(cells) == len(rows(client)) > 0
    for (code, name, level, year, value, reason), row in zip(cells, rows(client), strict=True):
        assert (code, name, level, year) == (row["code"], row["name"], "wijk", int(row["year"]))
        assert value == (float(row["value"]) if row["value"] else None)
        assert reason == (reason_text(Reason(row["status"]), "nl") if row["status"] else None)
    assert ("Onderwerp", "Koopwoningen") in list(book["toelichting"].iter_rows(values_only=True))


def test_a_geopackage_has_the_borders_with_the_figures_of_the_table(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "figures.gpkg"
    path.write_bytes(client.get(f"{ASKED}&f=gpkg").raw)
    frame = pyogrio.read_dataframe(path)
    assert frame.geometry.is_valid.all()
    assert frame.geometry.area.min() > 0
    assert list(frame.code) == [row["code"] for row in rows(client)]
    for value, status, row in zip(frame.koopwoningen, frame.koopwoningen_status, rows(client), strict=True):
        assert row["status"] == (status if isinstance(status, str) else "")
        assert math.isnan(value) if row["status"] else value == float(row["value"])


def test_a_geopackage_of_all_years_at_once_is_refused_with_a_way_out(client: Client) -> None:
    answer = client.get("/values/koopwoningen?f=gpkg")
    assert answer.status == 400
    assert "add level= and year=" in answer.json()["detail"]
