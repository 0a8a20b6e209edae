"""Figures and regions as tables: ``/values/{indicator}``, ``/regions/{edition}`` and the manifest itself."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from functools import partial
from typing import Final, Literal, get_args

from starlette.requests import Request
from starlette.responses import Response

from layers.atlas import IndicatorFacts, Series, Text
from layers.values import Reason
from server.csv_cells import safe
from server.documents import RegionColumns, ValueColumns, Values
from server.errors import BadRequest, NotThere
from server.negotiation import best_media_type
from server.parameters import Parameters
from server.responses import ALWAYS_THERE, CachePolicy, Content, respond, versioned_policy
from server.snapshot import Snapshot

Format = Literal["json", "csv", "xlsx", "gpkg"]
MEDIA_TYPES: Final[dict[Format, str]] = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8; header=present",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "gpkg": "application/geopackage+sqlite3",
}
DEGREES_DECIMALS: Final = 6
"""A decimetre."""


async def manifest(request: Request) -> Response:
    """``atlas.json``, byte for byte."""
    return respond(request, Snapshot.of(request).manifest, CachePolicy.ASK, key=ALWAYS_THERE)


async def regions(request: Request) -> Response:
    """The regions of an edition, without geometry."""
    snapshot = Snapshot.of(request)
    asked = request.path_params["edition"]
    by_year = {str(year): edition for year, edition in snapshot.edition_by_year.items()}
    if asked not in by_year:
        raise NotThere.named("edition", asked, by_year)
    edition = by_year[asked]
    key = ("regions", asked)
    content = await snapshot.cache.get(key, partial(regions_content, snapshot, edition.year))
    return respond(request, content, versioned_policy(request, edition.regions.version, CachePolicy.ASK), key=key)


def regions_content(snapshot: Snapshot, year: int) -> Content:
    """The regions of an edition as JSON columns; degrees rounded to a decimetre."""
    table = snapshot.atlas.regions(year)
    degrees = {
        name: getattr(table, name).round(DEGREES_DECIMALS).tolist()
        for name in ("lon", "lat", "west", "south", "east", "north")
    }
    columns = RegionColumns(
        year=year,
        level=list(table.level),
        code=list(table.code),
        name=list(table.name),
        parent=list(table.parent),
        **degrees,
    )
    return Content.of(columns.as_json(), MEDIA_TYPES["json"])


async def values(request: Request) -> Response:
    """The figures of an indicator, of all levels and years or of one."""
    snapshot = Snapshot.of(request)
    indicator = snapshot.indicator(request.path_params["indicator"])
    parameters = Parameters(request.query_params)
    level = parameters.optional("level", list(dict.fromkeys(series.level for series in indicator.series)))
    year = parameters.number("year", sorted({series.year for series in indicator.series}))
    wanted = best_media_type(request.headers.get("accept"), ["application/json", "text/csv"])
    form: Format = parameters.choice("f", get_args(Format), "csv" if wanted == "text/csv" else "json")
    parameters.check()
    if form == "gpkg" and (level is None or year is None):
        raise BadRequest(["a GeoPackage holds one level and one year: add level= and year="])
    key = ("values", indicator.id, level, year, form)
    content = await snapshot.cache.get(key, partial(values_content, snapshot, indicator, level, year, form))
    download = f'attachment; filename="{file_name(indicator, level, year, form)}"'
    headers = {"Content-Disposition": download} if form != "json" else {}
    policy = versioned_policy(request, indicator.values.version, CachePolicy.ASK)
    return respond(request, content, policy, vary="Accept, Accept-Encoding", headers=headers, key=key)


def values_content(
    snapshot: Snapshot, indicator: IndicatorFacts, level: str | None, year: int | None, form: Format
) -> Content:
    """The figures in one of the forms; None means every level or year. Raises NotThere where the two never meet."""
    every = [series for series in indicator.series if level in (None, series.level) and year in (None, series.year)]
    if not every:
        raise NotThere(f"{indicator.id} has no figures for level {level} in {year}")
    columns = value_columns(snapshot, indicator, every)
    match form:
        case "json":
            body = as_json(snapshot, indicator, columns)
        case "csv":
            body = as_csv(snapshot, indicator, columns)
        case "xlsx":
            from server.downloads import workbook  # here: they would double the memory of every server

            body = workbook(snapshot.facts, indicator, columns)
        case "gpkg":
            from server.downloads import geopackage

            body = geopackage(snapshot, indicator, every[0], columns)
    return Content.of(body, MEDIA_TYPES[form])


def value_columns(snapshot: Snapshot, indicator: IndicatorFacts, every: list[Series]) -> ValueColumns:
    """The figures of some series, one after the other."""
    code: list[str] = []
    name: list[str] = []
    level: list[str] = []
    year: list[int] = []
    value: list[float | None] = []
    status: list[Reason | None] = []
    reasons = [None, *Reason]
    for series in every:
        published = snapshot.atlas.published(indicator.id, series.level, series.year)
        rows = snapshot.atlas.regions(series.edition).of_level(series.level)
        code += list(rows.code)
        name += list(rows.name)
        level += [series.level] * len(published)
        year += [series.year] * len(published)
        value += published.values()
        status += [reasons[number] for number in published.reasons.tolist()]
    return ValueColumns(code=code, name=name, level=level, year=year, value=value, status=status)


def as_json(snapshot: Snapshot, indicator: IndicatorFacts, columns: ValueColumns) -> bytes:
    """The figures as JSON columns."""
    facts = snapshot.facts
    return Values(
        indicator=indicator.id,
        title=indicator.title,
        unit=indicator.unit,
        source=indicator.source or Text(nl=facts.attribution),
        notice=facts.notice,
        categories=list(indicator.categories) or None,
        columns=columns,
    ).as_json()


def as_csv(snapshot: Snapshot, indicator: IndicatorFacts, columns: ValueColumns) -> bytes:
    """The figures as CSV (RFC 4180, UTF-8): an empty value has a status, and a notice stands in every row."""
    text = io.StringIO()
    writer = csv.writer(text)
    notice = [snapshot.facts.notice.nl] if snapshot.facts.notice else []
    writer.writerow(["code", "name", "year", "value", "status", *(["notice"] if notice else [])])
    shown = as_text(columns.value, indicator.categories)
    rows = zip(columns.code, columns.name, columns.year, shown, columns.status, strict=True)
    is_text = bool(indicator.categories)  # a number below zero is no formula
    writer.writerows(
        [safe(code), safe(name), year, safe(value) if is_text else value, status or "", *notice]
        for code, name, year, value, status in rows
    )
    return text.getvalue().encode()


def as_text(numbers: list[float | None], categories: tuple[str, ...]) -> Iterator[str]:
    """Figures as they stand in CSV: whole numbers without a point, categories by name, nothing for a reason.

    >>> list(as_text([0.0, 2.5, None], ()))
    ['0', '2.5', '']
    """
    for number in numbers:
        if number is None:
            yield ""
        elif categories:
            yield categories[int(number)]
        else:
            yield str(int(number)) if number.is_integer() else repr(number)


def file_name(indicator: IndicatorFacts, level: str | None, year: int | None, form: Format) -> str:
    """The name a download gets: ``koopwoningen-wijk-2022.csv``."""
    parts = [indicator.id, level, None if year is None else str(year)]
    plain = "-".join(part for part in parts if part)
    return re.sub(r"[^A-Za-z0-9_-]", "_", plain) + f".{form}"
