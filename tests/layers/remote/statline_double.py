"""A table of StatLine as both versions of OData give it: shapes from genuine answers, figures of our own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from tests.layers.remote.loopback import Asked, Loopback, Reply

Cell = float | str | None


@dataclass
class TableDouble:
    """What the doubles serve; change it between two requests to play the publisher."""

    id: str = "84999NED"
    title: str = "Kerncijfers van de dubbelganger"
    modified: str = "2025-03-27T02:00:00"
    dimensions: dict[str, tuple[str, str, list[tuple[str, str]]]] = field(default_factory=dict)
    """By identifier: type of v3, title, and (padded key, title) of each code."""

    measures: dict[str, tuple[str, str, str, str, str]] = field(default_factory=dict)
    """By key of v3: identifier of v4, title, unit, datatype, and title of the group it stands in."""

    cells: dict[tuple[str, ...], dict[str, Cell]] = field(default_factory=dict)
    """By stripped codes, then by key of v3: a number, a text, ``.``, ``x``, or None for an empty cell."""

    page: int = 3
    most: int = 10_000
    """Rows that ODataApi gives at most."""

    on_v4: bool = True
    on_v3: bool = True

    def keys(self) -> list[tuple[str, ...]]:
        return list(product(*([key for key, _ in codes] for _, _, codes in self.dimensions.values())))

    def present(self) -> list[tuple[str, ...]]:
        return [keys for keys in self.keys() if tuple(key.strip() for key in keys) in self.cells]


def answer(tables: Mapping[str, TableDouble], base: Loopback, asked: Asked) -> Reply:
    """The answer of CBS to a request, v3 or v4 by its path."""
    for pattern, reply in (
        (r"/CBS/(\w+)/(\w+)", _v4),
        (r"/(ODataFeed|ODataApi)/odata/(\w+)/(\w+)", _v3),
    ):
        found = re.fullmatch(pattern, asked.path)
        if found:
            return reply(tables, base, asked, *found.groups())
    return Reply(b"nothing here", 404)


def _v4(tables: Mapping[str, TableDouble], base: Loopback, asked: Asked, name: str, entity: str) -> Reply:
    table = tables.get(name)
    if table is None or not table.on_v4:
        return Reply(b'{"error":{"code":"404","message":"Not found"}}', 404)
    context = {"@odata.context": f"{base.address}/CBS/{name}/$metadata#{entity}"}
    if entity == "Properties":
        facts = {
            "Identifier": name,
            "Title": table.title,
            "Version": "202503270200",
            "Modified": table.modified,
            "ObservationsModified": table.modified,
            "ObservationCount": sum(len(row) for row in table.cells.values()),
            "License": "https://creativecommons.org/licenses/by/4.0/",
        }
        return _json(context | facts)
    rows: list[dict[str, Any]]
    if entity == "Dimensions":
        rows = [
            {"Identifier": id_, "Title": title, "Kind": kind.replace("GeoDetail", "GeoDimension"), "MapYear": None}
            for id_, (kind, title, _) in table.dimensions.items()
        ]
        return _json(context | {"value": rows})
    if entity == "MeasureGroups":
        return _json(context | {"value": _groups(table)})
    if entity == "MeasureCodes":
        numbers = {row["Title"]: row["Id"] for row in _groups(table)}
        rows = [
            {
                "Identifier": id_,
                "Index": at,
                "Title": title,
                "Unit": unit,
                "Decimals": 0,
                "DataType": datatype,
                "MeasureGroupId": numbers[group],
            }
            for at, (id_, title, unit, datatype, group) in enumerate(table.measures.values())
        ]
        return _json(context | {"value": rows})
    if entity.endswith("Codes") and entity.removesuffix("Codes") in table.dimensions:
        codes = table.dimensions[entity.removesuffix("Codes")][2]
        rows = [{"Identifier": key, "Index": at, "Title": title} for at, (key, title) in enumerate(codes)]
        return _paged4(rows, table, base, asked, context)
    if entity == "Observations":
        return _paged4([row for row in _observations(table) if _passes(row, asked)], table, base, asked, context)
    return Reply(b"", 404)


def _observations(table: TableDouble) -> Iterator[dict[str, Any]]:
    number = 0
    for keys in table.present():
        for key, cell in table.cells[tuple(part.strip() for part in keys)].items():
            if cell is None:
                continue  # empty cells are not sent
            attribute = {".": "Missing", "x": "Confidential", "nvt": "Impossible"}.get(str(cell), "None")
            is_number = isinstance(cell, int | float)
            yield {
                "Id": number,
                "Measure": table.measures[key][0],
                "ValueAttribute": attribute,
                "Value": float(cell) if isinstance(cell, int | float) else None,
                "StringValue": None if is_number or attribute != "None" else str(cell).ljust(20),
            } | dict(zip(table.dimensions, keys, strict=True))
            number += 1


def _paged4(rows: list[Any], table: TableDouble, base: Loopback, asked: Asked, context: dict[str, Any]) -> Reply:
    start = int(asked.options.get("$skiptoken", 0))
    page = context | {"value": rows[start : start + table.page]}
    if start + table.page < len(rows):
        page["@odata.nextLink"] = _link(base, asked, start + table.page)
    return _json(page)


def _v3(tables: Mapping[str, TableDouble], base: Loopback, asked: Asked, service: str, name: str, entity: str) -> Reply:
    table = tables.get(name)
    if table is None or not table.on_v3:
        return Reply(b"", 404)
    if asked.options.get("$format") != "json":
        return Reply(b"<?xml version='1.0'?><feed/>", headers={"Content-Type": "application/atom+xml"})
    rows = _rows3(table, entity)
    if rows is None:
        return Reply(b"", 404)
    rows = [row for row in rows if _passes(row, asked)]
    if "$select" in asked.options:
        wanted = asked.options["$select"].split(",")
        rows = [{name: row[name] for name in wanted} for row in rows]
    page: dict[str, Any] = {"odata.metadata": f"{base.address}/{service}/odata/{name}/$metadata#{entity}"}
    if service == "ODataApi":
        if len(rows) > table.most:
            said = "The query returns more than 10000 records. Please use a filter or the feed service."
            body = {"odata.error": {"code": "", "message": {"lang": "en-US", "value": said}}}
            return _json(body, 500)
        return _json(page | {"value": rows})
    start = int(asked.options.get("$skiptoken", 0))
    page["value"] = rows[start : start + table.page]
    if start + table.page < len(rows):
        page["odata.nextLink"] = _link(base, asked, start + table.page)
    return _json(page)


def _rows3(table: TableDouble, entity: str) -> list[dict[str, Any]] | None:
    if entity == "TableInfos":
        return [{"ID": 0, "Title": table.title, "Identifier": table.id, "Modified": table.modified, "Language": "nl"}]
    if entity == "DataProperties":
        return _properties(table)
    if entity in table.dimensions:
        return [{"Key": key, "Title": title, "Description": ""} for key, title in table.dimensions[entity][2]]
    if entity in ("TypedDataSet", "UntypedDataSet"):
        return list(_dataset(table, is_typed=entity == "TypedDataSet"))
    return None


def _properties(table: TableDouble) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for id_, (kind, title, _) in table.dimensions.items():
        rows.append({"ID": len(rows), "ParentID": None, "Type": kind, "Key": id_, "Title": title})
    numbers = {}
    for group in dict.fromkeys(group for *_, group in table.measures.values()):
        numbers[group] = len(rows)
        rows.append({"ID": len(rows), "ParentID": None, "Type": "TopicGroup", "Key": "", "Title": group})
    for key, (_, title, unit, datatype, group) in table.measures.items():
        rows.append(
            {
                "odata.type": "Cbs.OData.Topic",
                "ID": len(rows),
                "ParentID": numbers[group],
                "Type": "Topic",
                "Key": key,
                "Title": title,
                "Datatype": datatype,
                "Unit": unit,
                "Decimals": 0,
                "Default": "Impossible",
            }
        )
    return rows


def _dataset(table: TableDouble, *, is_typed: bool) -> Iterator[dict[str, Any]]:
    for number, keys in enumerate(table.present()):
        row: dict[str, Any] = {"ID": number} | dict(zip(table.dimensions, keys, strict=True))
        for key, (*_, datatype, _group) in table.measures.items():
            cell = table.cells[tuple(part.strip() for part in keys)].get(key)
            is_number = isinstance(cell, int | float)
            if is_typed:
                row[key] = cell if is_number else str(cell).ljust(20) if datatype == "String" and cell else None
            else:
                row[key] = "" if cell in (None, "nvt") else f"{cell:>8}"
        yield row


def _groups(table: TableDouble) -> list[dict[str, Any]]:
    titles = dict.fromkeys(group for *_, group in table.measures.values())
    return [{"Id": str(at + 1), "Index": at, "Title": title, "ParentId": None} for at, title in enumerate(titles)]


def _passes(row: Mapping[str, Any], asked: Asked) -> bool:
    """``$filter`` as far as the product uses it: clauses in brackets, joined by ``and``."""
    text = asked.options.get("$filter", "")
    for clause in filter(None, text.split(" and ")):
        starts = re.fullmatch(r"startswith\((\w+),'(.*)'\)", clause)
        if starts:
            if not str(row[starts[1]]).startswith(starts[2]):
                return False
            continue
        pairs = re.findall(r"(\w+) eq '((?:[^']|'')*)'", clause)
        assert pairs, f"a filter the real server would not know: {text}"
        if not any(row.get(name) == key.replace("''", "'") for name, key in pairs):
            return False
    return True


def _link(base: Loopback, asked: Asked, start: int) -> str:
    from urllib.parse import urlencode

    return f"{base.address}{asked.path}?{urlencode({**asked.options, '$skiptoken': start})}"


def _json(content: Any, code: int = 200) -> Reply:
    return Reply(json.dumps(content).encode(), code, {"Content-Type": "application/json; charset=utf-8"})


def neighbourhoods() -> TableDouble:
    """Two gemeenten with a wijk each: figures, a zero, a secret, an empty cell, a row of empty cells, texts."""
    return TableDouble(
        dimensions={
            "WijkenEnBuurten": (
                "GeoDetail",
                "Wijken en buurten",
                [
                    ("NL00      ", "Nederland"),
                    ("GM0003    ", "Appingedam"),
                    ("WK000300  ", "Wijk 00"),
                    ("GM0363    ", "Amsterdam"),
                    ("WK0363AD  ", "Centrum"),
                ],
            )
        },
        measures={
            "Gemeentenaam_1": ("T001", "Gemeentenaam", "naam", "String", "Regioaanduiding"),
            "AantalInwoners_5": ("T001036", "Aantal inwoners", "aantal", "Long", "Bevolking"),
            "Koopwoningen_47": ("1014800", "Koopwoningen", "%", "Long", "Woningen naar eigendom"),
            "Nederland_17": ("N17", "Nederland", "aantal", "Long", "Herkomstland"),
            "Nederland_20": ("N20", "Nederland", "aantal", "Long", "Geboren in Nederland"),
        },
        cells={
            ("NL00",): {"Gemeentenaam_1": "Nederland", "AantalInwoners_5": 17942942, "Koopwoningen_47": 57},
            ("GM0003",): {"Gemeentenaam_1": "Appingedam", "AantalInwoners_5": 11642, "Koopwoningen_47": "."},
            ("WK000300",): {"Gemeentenaam_1": "Appingedam", "AantalInwoners_5": 0, "Koopwoningen_47": None},
            ("GM0363",): {"Gemeentenaam_1": "Amsterdam", "AantalInwoners_5": 931298, "Koopwoningen_47": 29},
            ("WK0363AD",): {"AantalInwoners_5": ".", "Koopwoningen_47": "x"},
        },
    )


def offences() -> TableDouble:
    """Offences by kind, region and period, with months besides years and keys padded to the width of each dimension."""
    kinds = [("0.0.0 ", "Totaal misdrijven"), ("2.1.1 ", "2.1.1 Drugs/drankoverlast"), ("3.1.1 ", "3.1.1 Drugshandel")]
    regions = [("NL00      ", "Nederland"), ("GM0363    ", "Amsterdam"), ("BU0363AD07", "Burgwallen")]
    periods = [("2023JJ00", "2023"), ("2024MM12", "2024 december"), ("2024JJ00", "2024")]
    table = TableDouble(
        id="47018NED",
        title="Geregistreerde misdrijven",
        dimensions={
            "SoortMisdrijf": ("Dimension", "Soort misdrijf", kinds),
            "WijkenEnBuurten": ("GeoDetail", "Wijken en buurten", regions),
            "Perioden": ("TimeDimension", "Perioden", periods),
        },
        measures={
            "GeregistreerdeMisdrijven_1": ("M1", "Geregistreerde misdrijven", "aantal", "Long", "Misdrijven"),
        },
        on_v4=False,
    )
    for number, keys in enumerate(table.keys()):
        table.cells[tuple(key.strip() for key in keys)] = {"GeregistreerdeMisdrijven_1": number}
    return table
