"""Tables that are not per region, and flows: ``/tables/{id}`` and ``/flows/{id}`` as JSON and CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from functools import partial
from typing import Final, Literal

from starlette.requests import Request
from starlette.responses import Response

from layers.atlas import ColumnFacts, DimensionFacts, FlowFacts, Status, TableFacts, Text
from server.csv_cells import safe
from server.documents import Document, FigureDocument
from server.errors import NotThere
from server.negotiation import best_media_type
from server.parameters import Parameters
from server.responses import CachePolicy, Content, respond, versioned_policy
from server.snapshot import Snapshot

Format = Literal["json", "csv"]
MEDIA_TYPES: Final[dict[Format, str]] = {"json": "application/json", "csv": "text/csv; charset=utf-8; header=present"}

Column = Sequence[str | int | float | None]


class TableRows(FigureDocument):
    """A table that is not per region, as columns of one length."""

    id: str
    title: Text
    source: Text
    caveat: Text | None
    notice: Text | None
    facts: list[ColumnFacts]
    columns: dict[str, list[str | int | float | None]]
    """By column; beside a column of numbers ``<id>_status``, null exactly where there is a number."""


class FlowColumns(Document):
    """Flows as columns of one length, by year, origin and destination."""

    year: list[int]
    origin: list[str]
    origin_name: list[str]
    destination: list[str]
    destination_name: list[str]
    value: list[float | None]
    status: list[Status | None]


class Flows(FigureDocument):
    """Figures from region to region."""

    id: str
    title: Text
    unit: Text
    origin: Text
    destination: Text
    level: str
    absent: Literal["zero", "missing"]
    source: Text
    caveat: Text | None
    notice: Text | None
    columns: FlowColumns


async def table(request: Request) -> Response:
    """The rows of a table that is not per region."""
    snapshot = Snapshot.of(request)
    by_id = {one.id: one for one in snapshot.facts.tables}
    asked = request.path_params["table"]
    if asked not in by_id:
        raise NotThere.named("table", asked, by_id)
    form = _form(request)
    make = partial(_table_content, snapshot, by_id[asked], form)
    return await _answer(request, snapshot, ("tables", asked, form), make, by_id[asked].rows.version, asked)


async def flow(request: Request) -> Response:
    """The rows of a flow."""
    snapshot = Snapshot.of(request)
    by_id = {one.id: one for one in snapshot.facts.flows}
    asked = request.path_params["flow"]
    if asked not in by_id:
        raise NotThere.named("flow", asked, by_id)
    form = _form(request)
    make = partial(_flow_content, snapshot, by_id[asked], form)
    return await _answer(request, snapshot, ("flows", asked, form), make, by_id[asked].rows.version, asked)


def _form(request: Request) -> Format:
    wanted = best_media_type(request.headers.get("accept"), ["application/json", "text/csv"])
    parameters = Parameters(request.query_params)
    form: Format = parameters.choice("f", ("json", "csv"), "csv" if wanted == "text/csv" else "json")
    parameters.check()
    return form


async def _answer(
    request: Request,
    snapshot: Snapshot,
    key: tuple[str, str, Format],
    make: partial[Content],
    version: str,
    name: str,
) -> Response:
    content = await snapshot.cache.get(key, make)
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'} if key[2] == "csv" else {}
    policy = versioned_policy(request, version, CachePolicy.ASK)
    return respond(request, content, policy, vary="Accept, Accept-Encoding", headers=headers)


def _table_content(snapshot: Snapshot, facts: TableFacts, form: Format) -> Content:
    rows = snapshot.atlas.table(facts.id)
    columns: dict[str, list[str | int | float | None]] = {}
    for column in facts.columns:
        if column.kind == "number":
            published = rows.numbers[column.id]
            columns[column.id] = list(published.values())
            columns[f"{column.id}_status"] = list(published.statuses())
        else:
            columns[column.id] = list(rows.keys[column.id])
    if form == "csv":
        shown = columns | {column.id: _titles(snapshot, column, columns[column.id]) for column in facts.columns}
        return Content.of(_csv(snapshot, shown), MEDIA_TYPES["csv"])
    document = TableRows(
        id=facts.id,
        title=facts.title,
        source=facts.source or Text(nl=snapshot.facts.attribution),
        caveat=facts.caveat,
        notice=snapshot.facts.notice,
        facts=list(facts.columns),
        columns=columns,
    )
    return Content.of(document.as_json(), MEDIA_TYPES["json"])


def _titles(snapshot: Snapshot, column: ColumnFacts, cells: Column) -> list[str | int | float | None]:
    """The cells of a column of codes as Dutch titles; other cells as they are."""
    titles = titles_of(snapshot.facts.dimensions, column)
    return [titles[cell].nl if isinstance(cell, str) and cell in titles else cell for cell in cells]


def titles_of(dimensions: Sequence[DimensionFacts], column: ColumnFacts) -> dict[str, Text]:
    """By code, the title of each member of the dimension of a column; none for other columns."""
    found = (dimension for dimension in dimensions if dimension.id == column.dimension)
    return {code.id: code.title for dimension in found for code in dimension.codes}


def _flow_content(snapshot: Snapshot, facts: FlowFacts, form: Format) -> Content:
    rows = snapshot.atlas.flows(facts.id)
    names = flow_names(snapshot, facts)
    years = rows.year.tolist()
    statuses: list[Status | None] = list(rows.published.statuses())  # type: ignore[arg-type]
    columns = FlowColumns(
        year=years,
        origin=list(rows.origin),
        origin_name=[names[year].get(code, code) for year, code in zip(years, rows.origin, strict=True)],
        destination=list(rows.destination),
        destination_name=[names[year].get(code, code) for year, code in zip(years, rows.destination, strict=True)],
        value=rows.published.values(),
        status=statuses,
    )
    if form == "csv":
        return Content.of(_csv(snapshot, columns.model_dump()), MEDIA_TYPES["csv"])
    document = Flows(
        id=facts.id,
        title=facts.title,
        unit=facts.unit,
        origin=facts.origin,
        destination=facts.destination,
        level=facts.level,
        absent=facts.absent,
        source=facts.source or Text(nl=snapshot.facts.attribution),
        caveat=facts.caveat,
        notice=snapshot.facts.notice,
        columns=columns,
    )
    return Content.of(document.as_json(), MEDIA_TYPES["json"])


def flow_names(snapshot: Snapshot, facts: FlowFacts) -> dict[int, dict[str, str]]:
    """By year, the name of each region by code."""
    by_year = {}
    for year, edition in zip(facts.years, facts.editions, strict=True):
        regions = snapshot.atlas.regions(edition).of_level(facts.level)
        by_year[year] = dict(zip(regions.code, regions.name, strict=True))
    return by_year


def _csv(snapshot: Snapshot, columns: dict[str, list[str | int | float | None]]) -> bytes:
    """Columns as CSV (RFC 4180, UTF-8): an empty number has a status, and a notice stands in every row."""
    text = io.StringIO()
    writer = csv.writer(text)
    notice = [snapshot.facts.notice.nl] if snapshot.facts.notice else []
    writer.writerow([*columns, *(["notice"] if notice else [])])
    writer.writerows([*map(safe, row), *notice] for row in zip(*columns.values(), strict=True))
    return text.getvalue().encode()
