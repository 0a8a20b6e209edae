"""The catalog: one TOML file, and what it includes, that say which regions, figures and indicators make an atlas.

Reading it finds every problem at once, each with the line it stands on, the key, and what is allowed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from layers.catalog_checks import cross_checks
from layers.catalog_errors import sentences
from layers.catalog_grids import GridEntry
from layers.catalog_model import (
    AtlasEntry,
    BackdropEntry,
    DimensionEntry,
    IndicatorEntry,
    PostcodesEntry,
    RecodeEntry,
    RegionsEntry,
    TableEntry,
    ThemeEntry,
)
from layers.catalog_products import FlowEntry, PanelEntry, ProductEntry, SuppliedEntry
from layers.catalog_words import Entry
from layers.include import Place, merged, place_of
from layers.problems import InputProblems, Problem, listed, suggestion
from layers.protect import ProtectRule
from layers.toml_lines import Key

SECTIONS: dict[str, type[Entry]] = {
    "regions": RegionsEntry,
    "tables": TableEntry,
    "themes": ThemeEntry,
    "dimensions": DimensionEntry,
    "indicators": IndicatorEntry,
    "panels": PanelEntry,
    "flows": FlowEntry,
    "products": ProductEntry,
    "backdrop": BackdropEntry,
    "recodes": RecodeEntry,
    "grids": GridEntry,
    "postcodes": PostcodesEntry,
}
"""The lists of a catalog; beside them stand ``include``, ``[atlas]`` and ``[protect.RULE]``."""

_Entry = TypeVar("_Entry", bound=Entry)
_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Catalog:
    """A catalog that holds together; whether its sources do is for ``layers.prepare``."""

    path: Path
    atlas: AtlasEntry
    regions: tuple[RegionsEntry, ...]
    tables: tuple[TableEntry, ...]
    supplied: tuple[SuppliedEntry, ...]
    """Tables of panels and flows."""

    themes: tuple[ThemeEntry, ...]
    dimensions: tuple[DimensionEntry, ...]
    indicators: tuple[IndicatorEntry, ...]
    panels: tuple[PanelEntry, ...]
    flows: tuple[FlowEntry, ...]
    products: tuple[ProductEntry, ...]
    protect: Mapping[str, ProtectRule]
    backdrop: tuple[BackdropEntry, ...]
    recodes: tuple[RecodeEntry, ...]
    grids: tuple[GridEntry, ...]
    postcodes: tuple[PostcodesEntry, ...]
    included: frozenset[tuple[str, int]]
    """Entries of other files, by section and number: where no table has their columns they are left out without an error."""

    places: Mapping[Key, Place] = field(repr=False)
    """Where each key stands, such as ``("indicators", 0, "style", "palette")``."""

    def locate(self, source: str) -> Path:
        """The path of a source, which is written relative to the catalog."""
        return self.path.parent / source

    def problem(self, key: Key, message: str) -> Problem:
        """A problem with a value of this catalog, at its line or that of the table it stands in."""
        place = place_of(self.places, key, self.path)
        return Problem(place.file, message, line=place.line)

    def owner(self, table: SuppliedEntry) -> PanelEntry | FlowEntry:
        """The panel or flow that a table is for."""
        panel = next((panel for panel in self.panels if panel.id == table.for_), None)
        return panel or next(flow for flow in self.flows if flow.id == table.for_)


def read_catalog(path: Path) -> Catalog:
    """The catalog in a file.

    Raises InputProblems with everything that is wrong in it.
    """
    source = merged(path)
    data = source.data
    found = _unknown_sections(data) + _misshapen(data)
    atlas, atlas_problems = _atlas(data)
    found += atlas_problems
    entries: dict[str, list[Entry]] = {}
    for section, model in SECTIONS.items():
        entries[section] = []
        for number, table in enumerate(_tables(data, section)):
            is_supplied = section == "tables" and "for" in table
            entry, problems = _validated(SuppliedEntry if is_supplied else model, table, (section, number))
            found += problems
            if entry is not None:
                entries[section].append(entry)
    rules, rule_problems = _rules(data)
    found += rule_problems
    found += cross_checks(data)
    if found or atlas is None or source.doubled:
        problems_by_place = [(source.place(key), message) for key, message in found] + source.doubled
        raise InputProblems(_sorted(problems_by_place, path))
    return Catalog(
        path=path,
        atlas=atlas,
        regions=_of(entries, RegionsEntry, "regions"),
        tables=_of(entries, TableEntry, "tables"),
        supplied=_of(entries, SuppliedEntry, "tables"),
        themes=_of(entries, ThemeEntry, "themes"),
        dimensions=_of(entries, DimensionEntry, "dimensions"),
        indicators=_of(entries, IndicatorEntry, "indicators"),
        panels=_of(entries, PanelEntry, "panels"),
        flows=_of(entries, FlowEntry, "flows"),
        products=_of(entries, ProductEntry, "products"),
        protect=rules,
        backdrop=_of(entries, BackdropEntry, "backdrop"),
        recodes=_of(entries, RecodeEntry, "recodes"),
        grids=_of(entries, GridEntry, "grids"),
        postcodes=_of(entries, PostcodesEntry, "postcodes"),
        included=source.included,
        places=source.places,
    )


def _sorted(problems: list[tuple[Place, str]], path: Path) -> list[Problem]:
    """Problems of the catalog first, then those of each included file, in the order of their lines."""
    files = list(dict.fromkeys([str(path), *(place.file for place, _ in problems)]))
    ordered = sorted(problems, key=lambda problem: (files.index(problem[0].file), problem[0].line or 0))
    return [Problem(place.file, message, line=place.line) for place, message in ordered]


def _unknown_sections(data: Mapping[str, Any]) -> list[tuple[Key, str]]:
    allowed = ["include", "atlas", *SECTIONS, "protect"]
    return [
        ((key,), f'unknown key "{key}"{suggestion(key, allowed)}; allowed here: {listed(allowed)}')
        for key in data
        if key not in allowed
    ]


def _misshapen(data: Mapping[str, Any]) -> list[tuple[Key, str]]:
    problems: list[tuple[Key, str]] = []
    for section in SECTIONS:
        value = data.get(section, [])
        if isinstance(value, dict):
            problems.append(((section,), f"{section} is a list: write [[{section}]] with two brackets"))
        elif not isinstance(value, list) or not all(isinstance(table, dict) for table in value):
            problems.append(((section,), f"{section} is a list of tables: write [[{section}]] above each"))
    return problems


def _tables(data: Mapping[str, Any], section: str) -> list[dict[str, Any]]:
    value = data.get(section, [])
    return [table if isinstance(table, dict) else {} for table in value] if isinstance(value, list) else []


def _rules(data: Mapping[str, Any]) -> tuple[dict[str, ProtectRule], list[tuple[Key, str]]]:
    tables = data.get("protect", {})
    if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
        return {}, [(("protect",), "protect holds rules by name: write [protect.NAME] above each")]
    rules: dict[str, ProtectRule] = {}
    found: list[tuple[Key, str]] = []
    for name, table in tables.items():
        rule, problems = _validated(ProtectRule, table, ("protect", name))
        found += problems
        if rule is not None:
            rules[name] = rule
    return rules, found


def _atlas(data: Mapping[str, Any]) -> tuple[AtlasEntry | None, list[tuple[Key, str]]]:
    table = data.get("atlas")
    if isinstance(table, dict):
        return _validated(AtlasEntry, table, ("atlas",))
    if table is None:
        return None, [((), "[atlas] is missing; it needs id, title and attribution")]
    return None, [(("atlas",), "atlas is a table: write [atlas] with one pair of brackets")]


def _validated(model: type[_Model], table: dict[str, Any], key: Key) -> tuple[_Model | None, list[tuple[Key, str]]]:
    try:
        return model.model_validate(table), []
    except ValidationError as error:
        return None, sentences(error, model, key)


def _of(entries: Mapping[str, list[Entry]], model: type[_Entry], section: str) -> tuple[_Entry, ...]:
    return tuple(entry for entry in entries[section] if isinstance(entry, model))
