"""Checks across the entries of a catalog: what must be unique, and what must exist.

They read the parsed TOML and not the models, so that a mistake in one entry does not hide those between entries.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from layers.catalog_links import Found, entries_of, link_checks, texts_of
from layers.postgis import database_fault, is_database
from layers.problems import InputProblems, listed, suggestion
from layers.remote.request import is_remote, request_of
from layers.toml_lines import Key
from layers.where import BadWhere, parse_where

RESERVED_THEMES = ("gebieden",)
"""Names of tilesets of our own."""

RESERVED_LEVELS = ("grenzen", "labels")
"""Names of tile layers of our own."""


def cross_checks(data: Mapping[str, Any]) -> list[tuple[Key, str]]:
    """A key and a sentence for each thing that is wrong between entries."""
    checks = (
        _duplicates,
        _shared_ids,
        link_checks,
        _levels,
        _borders,
        _wheres,
        _remote,
        _tile_names,
        _endless,
    )
    return [problem for check in checks for problem in check(data)]


def _endless(data: Mapping[str, Any]) -> Found:
    """TOML knows nan and inf; maps do not."""
    waiting: list[tuple[Key, Any]] = [((), data)]
    while waiting:
        key, value = waiting.pop()
        if isinstance(value, float) and not math.isfinite(value):
            name = next(part for part in reversed(key) if isinstance(part, str))
            yield key, f"{name} holds {value}, and must hold ordinary numbers"
        elif isinstance(value, dict):
            waiting += [((*key, name), inner) for name, inner in value.items()]
        elif isinstance(value, list):
            waiting += [((*key, number), inner) for number, inner in enumerate(value)]


def _duplicates(data: Mapping[str, Any]) -> Found:
    """Levels of a year; ids that one file uses twice are found where files are put together."""
    levels: set[tuple[object, object]] = set()
    for key, entry in entries_of(data, "regions"):
        level, year = entry.get("level"), entry.get("year")
        if isinstance(level, str) and isinstance(year, int):
            if (level, year) in levels:
                yield (*key, "level"), f'level "{level}" of {year} is given twice; a level has one source per year'
            levels.add((level, year))
    if not entries_of(data, "regions"):
        yield (), "there are no [[regions]]; a map needs at least one level of regions"


def _shared_ids(data: Mapping[str, Any]) -> Found:
    themes = texts_of(data, "themes", "id")
    for key, entry in entries_of(data, "indicators"):
        if entry.get("id") in themes:
            yield (
                (*key, "id"),
                f'id = "{entry["id"]}" is also the id of a theme; styles are found by either, so they must differ',
            )
    others = {name: kind for kind in ("themes", "indicators") for name in texts_of(data, kind, "id")}
    for key, entry in entries_of(data, "grids"):
        if (kind := others.get(str(entry.get("id")))) is not None:
            yield (
                (*key, "id"),
                f'id = "{entry["id"]}" stands in {kind} too; pictures are found by either, so they must differ',
            )
    for key, entry in entries_of(data, "themes"):
        if entry.get("id") in RESERVED_THEMES:
            yield (*key, "id"), f'id = "{entry["id"]}" is the name of the tileset without figures; choose another'


def _levels(data: Mapping[str, Any]) -> Found:
    levels = texts_of(data, "regions", "level")
    for key, entry in entries_of(data, "tables"):
        level = entry.get("level")
        if isinstance(level, str) and level not in levels:
            hint = suggestion(level, levels)
            yield (*key, "level"), f'level = "{level}" has no [[regions]]{hint}; the levels are {listed(levels)}'


def _borders(data: Mapping[str, Any]) -> Found:
    for key, entry in entries_of(data, "tables"):
        borders, level = entry.get("borders"), entry.get("level")
        years = {r.get("year") for _, r in entries_of(data, "regions") if r.get("level") == level}
        if isinstance(borders, int) and years and borders not in years:
            known = listed(str(year) for year in sorted(years, key=str))
            yield (
                (*key, "borders"),
                f'borders = {borders} has no [[regions]] of level "{level}"; there are those of {known}',
            )


def _wheres(data: Mapping[str, Any]) -> Found:
    for key, entry in entries_of(data, "regions"):
        if isinstance(entry.get("where"), str) and entry["where"]:
            try:
                parse_where(entry["where"])
            except BadWhere as error:
                yield (*key, "where"), f"where: {error}"


def _remote(data: Mapping[str, Any]) -> Found:
    for section in ("regions", "tables", "backdrop", "grids"):
        for key, entry in entries_of(data, section):
            source = entry.get("source")
            if not isinstance(source, str):
                continue
            if is_remote(source):
                try:
                    request_of(source)
                except InputProblems as error:
                    yield (*key, "source"), str(error)
            elif is_database(source):
                if (fault := database_fault(source)) is not None:
                    yield (*key, "source"), fault
            elif "://" in source:
                kind = source.partition("://")[0]
                yield (
                    (*key, "source"),
                    f'a source cannot begin with "{kind}://"; https://, s3://, cbs:, pdok: and postgis: can be read',
                )


def _tile_names(data: Mapping[str, Any]) -> Found:
    """Names that would meet in a tile: layers, and the attributes of a region."""
    levels = texts_of(data, "regions", "level")
    for key, entry in entries_of(data, "regions"):
        if entry.get("level") in RESERVED_LEVELS:
            yield (*key, "level"), f'level = "{entry["level"]}" is the name of a tile layer of our own; choose another'
    for key, entry in entries_of(data, "backdrop"):
        if entry.get("id") in (*RESERVED_LEVELS, *levels):
            yield (*key, "id"), f'id = "{entry["id"]}" is also the name of another tile layer; choose another'
    fields = {name.replace("-", "_") for name in texts_of(data, "indicators", "id")}
    for key, entry in entries_of(data, "indicators"):
        name = entry.get("id")
        if not isinstance(name, str):
            continue
        column = name.replace("-", "_")
        if name in ("code", "name", *levels) or (
            column.endswith("_status") and column.removesuffix("_status") in fields
        ):
            yield (*key, "id"), f'id = "{name}" is also the name of another attribute in the tiles; choose another'
