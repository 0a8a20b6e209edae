"""Borders through OGC API Features, page by page, into one GeoPackage: for when there is no file to download.

    <base>/collections -> <base>/collections/<name>/items?f=json&limit=1000&crs=..EPSG/0/28992 -> link "next" -> ..

Pages are kept on disk and written as layers when all of them are here; then the type of every column is known.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin

import geopandas as gpd
import pyogrio

from layers.problems import listed, suggestion
from layers.remote.addresses import Addresses
from layers.remote.client import Answer, Client
from layers.remote.errors import BadAnswer, Passing, shown
from layers.remote.meter import Amount, Meter

_RD = "http://www.opengis.net/def/crs/EPSG/0/28992"
_PAGE = 1000
"""Features a page; PDOK gives no more at a time, and fewer without a word to who asks for more."""


@dataclass(slots=True)
class FeatureService:
    """A dataset behind OGC API Features."""

    client: Client
    addresses: Addresses
    base: str
    meter: Meter
    _bytes: int = 0
    _features: int = 0

    def collections(self) -> list[str]:
        """Names of the collections."""
        answer = self._json(f"{self.base}/collections?f=json")
        found = [each.get("id") for each in _list(answer, "collections", self.base) if isinstance(each, dict)]
        return [name for name in found if isinstance(name, str)]

    def download(self, path: Path, layers: Iterable[str], where: dict[str, str]) -> int:
        """Write the collections as layers of a GeoPackage in EPSG:28992; how many features they have.

        No layers means all collections. ``where`` are properties that the server filters by. Raises RemoteError.
        """
        path.unlink(missing_ok=True)
        for layer in self._chosen(layers):
            pages = self._pages(layer, where, path)
            _write_layer(path, layer, pages)
            for page in pages:
                page.unlink()
        return self._features

    def _chosen(self, layers: Iterable[str]) -> list[str]:
        there, wanted = self.collections(), sorted(layers)
        for layer in wanted:
            if layer not in there:
                hint = suggestion(layer, there)
                raise BadAnswer(f'{self.base}: there is no collection "{layer}"{hint}; there are {listed(there, 20)}')
        return wanted or there

    def _pages(self, layer: str, where: dict[str, str], path: Path) -> list[Path]:
        options = urlencode({"f": "json", "limit": _PAGE, "crs": _RD, **where})
        page: str | None = f"{self.base}/collections/{layer}/items?{options}"
        files: list[Path] = []
        while page is not None:
            answer = self._json(page)
            features = _list(answer, "features", page)
            file = path.with_name(f"{path.stem}-{len(files):05}.json")
            file.write_text(json.dumps(features), encoding="utf-8")
            files.append(file)
            self._features += len(features)
            self.meter(Amount(self._bytes, None, self._features))
            page = self._following(page, answer)
        return files

    def _following(self, page: str, answer: dict[str, Any]) -> str | None:
        links = [link for link in answer.get("links", []) if isinstance(link, dict) and link.get("rel") == "next"]
        if not links:
            return None
        following = self.addresses.here(urljoin(page, str(links[0].get("href", ""))))
        if following == page:
            raise BadAnswer(f"{shown(page)}: this page says that the next one is itself")
        return following

    def _json(self, address: str) -> dict[str, Any]:
        def receive(answer: Answer) -> dict[str, Any]:
            content = b"".join(answer.chunks())
            try:
                found = json.loads(content)
            except ValueError as error:
                raise Passing(address, "the answer is no JSON, or half of it") from error
            if not isinstance(found, dict):
                raise BadAnswer(f"{shown(address)}: this is no answer of OGC API Features")
            self._bytes += answer.arrived
            return found

        return self.client.read(address, receive, {"Accept": "application/geo+json, application/json"})


def _list(answer: dict[str, Any], name: str, address: str) -> list[Any]:
    found = answer.get(name)
    if not isinstance(found, list):
        raise BadAnswer(f'{shown(address)}: there are no "{name}" in the answer')
    return found


def _write_layer(path: Path, layer: str, pages: list[Path]) -> None:
    kinds = _kinds(feature for page in pages for feature in _features(page))
    shapes = {(feature.get("geometry") or {}).get("type") for page in pages for feature in _features(page)}
    shape = "MultiPolygon" if shapes <= {"Polygon", "MultiPolygon", None} else "Unknown"
    is_first = True
    for page in pages:
        rows = [_row(feature, kinds) for feature in _features(page)]
        if not rows and not is_first:
            continue
        frame = gpd.GeoDataFrame.from_features(rows, crs="EPSG:28992", columns=["geometry", *kinds])
        for name, kind in kinds.items():
            frame[name] = frame[name].astype("float64" if kind is float else "object")
        pyogrio.write_dataframe(
            frame, path, layer=layer, driver="GPKG", geometry_type=shape, promote_to_multi=True, append=not is_first
        )
        is_first = False


def _features(page: Path) -> list[dict[str, Any]]:
    features: list[dict[str, Any]] = json.loads(page.read_text(encoding="utf-8"))
    return features


def _kinds(features: Iterator[dict[str, Any]]) -> dict[str, Callable[[Any], Any]]:
    """By property: number where every value is one, else text."""
    kinds: dict[str, Callable[[Any], Any]] = {}
    for feature in features:
        for name, value in (feature.get("properties") or {}).items():
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if value is None:
                kinds.setdefault(name, float)
            elif not is_number:
                kinds[name] = str
            else:
                kinds.setdefault(name, float)
    return kinds


def _row(feature: dict[str, Any], kinds: dict[str, Callable[[Any], Any]]) -> dict[str, Any]:
    given = feature.get("properties") or {}
    properties = {name: None if given.get(name) is None else kind(given[name]) for name, kind in kinds.items()}
    return {"type": "Feature", "geometry": feature.get("geometry"), "properties": properties}
