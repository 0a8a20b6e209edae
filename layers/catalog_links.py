"""What entries of a catalog name in other entries: themes, tables, dimensions, rules, panels and flows must exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from layers.problems import listed, suggestion
from layers.toml_lines import Key

Found = Iterator[tuple[Key, str]]
"""A key and a sentence for each thing that is wrong."""


def link_checks(data: Mapping[str, Any]) -> Found:
    """A key and a sentence for each name of something that does not exist."""
    for check in (_themes, _dimensions, _rules, _products):
        yield from check(data)


def entries_of(data: Mapping[str, Any], section: str) -> list[tuple[Key, dict[str, Any]]]:
    """The entries of a section with their keys."""
    tables = data.get(section)
    if not isinstance(tables, list):
        return []
    return [((section, number), table) for number, table in enumerate(tables) if isinstance(table, dict)]


def texts_of(data: Mapping[str, Any], section: str, key: str) -> list[str]:
    """The distinct texts of a key in the entries of a section."""
    return list(dict.fromkeys(t[key] for _, t in entries_of(data, section) if isinstance(t.get(key), str)))


def _themes(data: Mapping[str, Any]) -> Found:
    for section in ("indicators", "panels", "flows", "products"):
        yield from _names(data, section, "theme", "themes")
    tables = texts_of(data, "tables", "id")
    for key, entry in entries_of(data, "indicators"):
        origins = entry.get("from")
        for number, origin in enumerate(origins if isinstance(origins, list) else []):
            table = origin.get("table") if isinstance(origin, dict) else None
            if isinstance(table, str) and table not in tables:
                hint = f"{suggestion(table, tables)}; the tables are {listed(tables)}"
                yield (*key, "from", number, "table"), f'table = "{table}" does not exist{hint}'


def _names(data: Mapping[str, Any], section: str, key: str, named: str, *, what: str = "") -> Found:
    """Keys of entries that name an entry, or a list of entries, of another section."""
    known = texts_of(data, named, "id")
    told = f"the {named} are {listed(known)}" if known else f"there are no [[{named}]]"
    for at, entry in entries_of(data, section):
        value = entry.get(key)
        places = [((*at, key), value)] if isinstance(value, str) else [((*at, key, n), v) for n, v in _elements(value)]
        for place, name in places:
            if isinstance(name, str) and name not in known:
                yield place, f'{what or key} = "{name}" does not exist{suggestion(name, known)}; {told}'


def _elements(value: object) -> list[tuple[int, Any]]:
    return list(enumerate(value)) if isinstance(value, list) else []


def _dimensions(data: Mapping[str, Any]) -> Found:
    """Dimensions that are named somewhere, and codes that columns are about."""
    known = texts_of(data, "dimensions", "id")
    told = f"the dimensions are {listed(known)}" if known else "there are no [[dimensions]]"
    yield from _names(data, "indicators", "dimensions", "dimensions", what="dimension")
    for at, table in entries_of(data, "tables"):
        for name in table["breakdown"] if isinstance(table.get("breakdown"), dict) else ():
            if name not in known:
                yield (*at, "breakdown", name), f'dimension "{name}" does not exist{suggestion(name, known)}; {told}'
    for at, panel in entries_of(data, "panels"):
        for number, column in _elements(panel.get("columns")):
            if isinstance(column, dict) and column.get("kind") == "dimension":
                name = column.get("dimension", column.get("id"))
                key = "dimension" if "dimension" in column else "id"
                if isinstance(name, str) and name not in known:
                    message = f'dimension "{name}" does not exist{suggestion(name, known)}; {told}'
                    yield (*at, "columns", number, key), message
    yield from _codes(data)


def _codes(data: Mapping[str, Any]) -> Found:
    """``indicators.from.codes`` name dimensions of the indicator, and codes of these."""
    codes_of = {
        entry.get("id"): [code.get("id") for _, code in _elements(entry.get("codes")) if isinstance(code, dict)]
        for _, entry in entries_of(data, "dimensions")
    }
    for at, indicator in entries_of(data, "indicators"):
        declared = [name for _, name in _elements(indicator.get("dimensions")) if isinstance(name, str)]
        for number, origin in _elements(indicator.get("from")):
            codes = origin.get("codes") if isinstance(origin, dict) else None
            for name, code in codes.items() if isinstance(codes, dict) else ():
                place = (*at, "from", number, "codes", name)
                if name not in declared:
                    has = f"it has {listed(declared)}" if declared else "it has none"
                    yield place, f'the indicator has no dimension "{name}"{suggestion(name, declared)}; {has}'
                elif isinstance(code, str) and name in codes_of and code not in codes_of[name]:
                    known = [text for text in codes_of[name] if isinstance(text, str)]
                    message = f'{name} = "{code}" does not exist{suggestion(code, known)}'
                    yield place, f"{message}; the codes are {listed(known, 20)}"


def _rules(data: Mapping[str, Any]) -> Found:
    rules = list(data["protect"]) if isinstance(data.get("protect"), dict) else []
    told = f"the rules are {listed(rules)}" if rules else "there is no [protect.NAME]"
    for section in ("indicators", "panels", "flows"):
        for at, entry in entries_of(data, section):
            columns = entry.get("columns") if section == "panels" else None
            below = enumerate(columns) if isinstance(columns, list) else ()
            parts = [((*at, "columns", number), part) for number, part in below if isinstance(part, dict)]
            for place, part in ((at, entry), *parts):
                name = part.get("protect")
                if not isinstance(name, str) or name in rules:
                    continue
                yield (*place, "protect"), f'protect = "{name}" does not exist{suggestion(name, rules)}; {told}'


def _products(data: Mapping[str, Any]) -> Found:
    """What products name, and what tables are for."""
    for key in ("indicators", "panels", "flows"):
        yield from _names(data, "products", key, key, what=key.removesuffix("s"))
    panels, flows = texts_of(data, "panels", "id"), texts_of(data, "flows", "id")
    for at, entry in entries_of(data, "flows"):
        if entry.get("id") in panels:
            yield (
                (*at, "id"),
                f'id = "{entry["id"]}" is also the id of a panel; tables name either, so they must differ',
            )
    known = [*panels, *flows]
    for at, table in entries_of(data, "tables"):
        name = table.get("for")
        if not isinstance(name, str):
            continue
        if name not in known:
            told = f"the panels and flows are {listed(known)}" if known else "there are no [[panels]] or [[flows]]"
            yield (*at, "for"), f'for = "{name}" does not exist{suggestion(name, known)}; {told}'
        elif name in flows and "level" not in table:
            yield at, f'a table for the flow "{name}" needs level, the level of its regions'
        elif name in flows and not {"year", "year_column"} & table.keys():
            yield at, f'a table for the flow "{name}" needs year or year_column'
        elif name in panels and (extra := sorted({"level", "borders"} & table.keys())):
            yield (*at, extra[0]), f'{extra[0]} is for figures per region, and "{name}" is a panel'
