"""A running server as its clients know it."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any

import httpx

from tests.server.process import PATIENCE_S


@dataclass(frozen=True)
class Site:
    """Its address, and what it answers."""

    url: str
    """With a slash behind."""

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"{self.url}{path}", timeout=PATIENCE_S).raise_for_status()

    def tiles(self, tileset: str) -> str:
        """What one types in QGIS."""
        return f"{self.url}tiles/{tileset}/{{z}}/{{x}}/{{y}}"

    def style(self, indicator: str, year: int, level: str | None = None) -> str:
        return f"{self.url}styles/{indicator}?profile=qgis&year={year}" + (f"&level={level}" if level else "")

    def values(self, indicator: str, year: int, level: str) -> dict[str, dict[str, str]]:
        """The rows of the CSV by code."""
        text = self.get(f"values/{indicator}?year={year}&level={level}&f=csv").text
        return {row["code"]: row for row in csv.DictReader(io.StringIO(text))}

    def minzoom(self, level: str) -> int:
        """From which zoom a level is drawn on the web."""
        levels = self.get("atlas.json").json()["editions"][-1]["levels"]
        return next(int(one["minzoom"]) for one in levels if one["id"] == level)

    @property
    def maxzoom(self) -> int:
        """The deepest zoom with tiles."""
        return int(self.get("atlas.json").json()["maxzoom"])

    def indicator(self, indicator: str) -> dict[str, Any]:
        """What the manifest says of it."""
        return next(one for one in self.get("atlas.json").json()["indicators"] if one["id"] == indicator)

    def places(self, edition: int) -> dict[str, dict[str, Any]]:
        """Label point and extent of regions, by code."""
        columns = self.get(f"regions/{edition}").json()
        columns.pop("year")
        return {
            row["code"]: row
            for row in (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))
        }
