"""The start of an atlas about a theme: tables to fill in, and a catalog that takes in the theme and those tables."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from layers.draft import Draft
from layers.draft_borders import PDOK
from layers.errors import LayersError
from layers.include import THEME, packages
from layers.packages import Package, read_package
from layers.problems import counted, listed, suggestion
from layers.templates import CODE, YEAR, Column, Template, templates

_GUIDE: Final = "Toelichting"
"""The first sheet of the workbook; the name of no table."""

_GUIDE_COLUMNS: Final = ("Tabel", "Kolom", "Wat", "What", "Eenheid", "Invullen", "Definitie", "Producten")
_WIDTHS: Final = (30, 32, 46, 46, 30, 60, 70, 18)
_LONGEST_SHEET: Final = 31
"""Characters that Excel allows in the name of a sheet."""


class UnknownTheme(LayersError):
    """A theme that is not shipped."""

    def __init__(self, theme: str) -> None:
        self.theme = theme
        super().__init__(
            f'there is no theme "{theme}"{suggestion(theme, packages())}; the themes are {listed(packages())}'
        )


class UnknownLevel(LayersError):
    """A level that PDOK has no borders of."""

    def __init__(self, level: str) -> None:
        self.level = level
        super().__init__(f'there is no level "{level}"{suggestion(level, PDOK)}; the levels are {listed(PDOK)}')


class FilesExist(LayersError):
    """Files that would be overwritten."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = tuple(paths)
        shown = listed((path.name for path in paths), 3)
        super().__init__(f"{paths[0].parent} has {shown} already; name another folder with --output, or move them away")


@dataclass(frozen=True, slots=True)
class _Start:
    """What is to be written."""

    names: tuple[str, ...]
    levels: tuple[str, ...]
    year: int
    """Of the borders."""

    package: Package
    tables: tuple[Template, ...]

    @property
    def stem(self) -> str:
        """What catalog and workbook are called."""
        return "-".join(self.names)


def write_theme(names: Sequence[str], levels: Sequence[str], folder: Path, year: int) -> Draft:
    """Write a catalog, a CSV per table and a workbook with all of them, with borders of PDOK of a year.

    Raises UnknownTheme, UnknownLevel, and FilesExist before anything is written.
    """
    for name in names:
        if name not in packages():
            raise UnknownTheme(name)
    for level in levels:
        if level not in PDOK:
            raise UnknownLevel(level)
    package = read_package(names)
    in_order = tuple(level for level in PDOK if level in levels)
    start = _Start(tuple(dict.fromkeys(names)), in_order, year, package, templates(package, in_order))
    catalog = folder / f"{start.stem}.toml"
    files = {folder / f"{table.id}.csv": _as_csv(table) for table in start.tables}
    files |= {folder / f"{start.stem}.xlsx": _as_workbook(start), catalog: _as_catalog(start).encode()}
    if there := [path for path in files if path.exists()]:
        raise FilesExist(there)
    folder.mkdir(parents=True, exist_ok=True)
    for path, content in files.items():
        path.write_bytes(content)
    return Draft(catalog, tuple(_sentences(start, folder, catalog)))


# ---- tables


def _as_csv(table: Template) -> bytes:
    """The header; with a mark that makes Excel read it as UTF-8, and the semicolons that a Dutch one expects."""
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerow([column.name for column in table.columns])
    return text.getvalue().encode("utf-8-sig")


def _as_workbook(start: _Start) -> bytes:
    workbook = Workbook()
    guide = workbook.active
    guide.title = _GUIDE
    guide.append(list(_GUIDE_COLUMNS))
    for table in start.tables:
        for column in table.columns:
            guide.append(_explained(start.package, table, column))
        sheet = workbook.create_sheet(_sheet(table))
        sheet.append([column.name for column in table.columns])
        _as_header(sheet, [max(14, len(column.name) + 2) for column in table.columns])
    _as_header(guide, _WIDTHS)
    for row in guide.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


def _as_header(sheet: Worksheet, widths: Sequence[int]) -> None:
    """The first row in bold and always in sight."""
    sheet.freeze_panes = "A2"
    for cell, width in zip(sheet[1], widths, strict=True):
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = width


def _sheet(table: Template) -> str:
    return table.id[:_LONGEST_SHEET]


def _explained(package: Package, table: Template, column: Column) -> list[str]:
    """What the guide says of a column."""
    unit, definition = column.unit, column.definition
    return [
        table.id,
        column.name,
        column.title.nl,
        column.title.in_("en"),
        unit.nl if unit else "",
        how_to_fill(package, column),
        definition.nl if definition else "",
        ", ".join(table.products),
    ]


def how_to_fill(package: Package, column: Column) -> str:
    """In Dutch, what stands in the cells of a column."""
    if column.kind == "code":
        return "Code van CBS, zoals GM0363, WK036301 of BU03630101. Nederland is NL00."
    if column.kind == "year":
        return "Jaar, zoals 2024."
    if column.kind == "text":
        return "Tekst."
    if column.dimension is not None:
        shown = ", ".join(code.id for code in column.dimension.codes)
        more = " Andere waarden mogen ook." if column.dimension.open else ""
        first = column.dimension.codes[0].id
        without = "" if column.is_needed else f" Zonder deze kolom gaan alle rijen over {first}."
        return f"Een van: {shown}.{more}{without}"
    rule = f" {package.protect[column.rule].sentences().nl}" if column.rule else ""
    return f"Getal, of een punt als het geheim is; leeg als het ontbreekt.{rule}"


# ---- catalog


def _as_catalog(start: _Start) -> str:
    return "\n".join(_lines(start)) + "\n"


def _lines(start: _Start) -> Iterator[str]:
    titles = [theme.title for theme in start.package.themes]
    catalog = f"{start.stem}.toml"
    yield f"# Fill in the tables beside this file, and take out those you have no figures for. {start.stem}.xlsx explains every"
    yield f"# column. Then: zichtkaart fetch {catalog}, zichtkaart check {catalog}, zichtkaart build {catalog} -o ATLAS"
    yield "# Keys are explained in docs/catalog.md, the tables in docs/themes.md."
    yield f"\ninclude = [{', '.join(_quoted(THEME + name) for name in start.names)}]"
    yield "\n[atlas]"
    yield f"id = {_quoted(start.stem)}"
    nl, en = " en ".join(t.nl for t in titles), " and ".join(t.in_("en") for t in titles)
    yield f"title = {{ nl = {_quoted(nl)}, en = {_quoted(en)} }}"
    yield 'attribution = "Bron: onbekend"  # fill in who made the figures and the borders, and under which licence'
    for level in start.levels:
        dataset, code, name = PDOK[level]
        yield f"\n[[regions]]\nlevel = {_quoted(level)}"
        yield f"year = {start.year}  # the borders that the newest figures stand on"
        yield f"source = {_quoted(f'pdok:{dataset}/{start.year}')}\ncode = {_quoted(code)}\nname = {_quoted(name)}"
    for table in start.tables:
        yield from _table_lines(table, start)
    yield from _rule_lines(start.package)
    yield from _context_lines(start.package)


def _table_lines(table: Template, start: _Start) -> Iterator[str]:
    yield f"\n# {table.title.nl}: {', '.join(table.products)}"
    yield f"[[tables]]\nid = {_quoted(table.id)}"
    yield f"source = {_quoted(f'{table.id}.csv')}  # or {_quoted(f'{start.stem}.xlsx')} with sheet = {_quoted(_sheet(table))}"
    if table.of is not None:
        yield f"for = {_quoted(table.of)}"
    if table.level is not None:
        yield f"level = {_quoted(table.level)}\nyear_column = {_quoted(YEAR)}"
    if table.of is None:
        yield f"code = {_quoted(CODE)}"


def _rule_lines(package: Package) -> Iterator[str]:
    yield "\n# What is withheld before anything is shown. These are the rules of the packages; for other numbers take the # away."
    for name, rule in package.protect.items():
        yield f"#\n# [protect.{name}]"
        for key, value in rule.model_dump(exclude_defaults=True).items():
            yield f"# {key} = {json.dumps(value)}"


def _context_lines(package: Package) -> Iterator[str]:
    if not package.context:
        return
    yield "\n# Context from open tables comes in by a [[tables]] with their columns; data/nederland.toml has examples."
    for indicator in package.context:
        names = [indicator.column] if indicator.column else [entry.column for entry in indicator.from_]
        source = indicator.source.nl if indicator.source else ""
        yield f"#   {indicator.id}: column {' or '.join(map(str, names))}. {source}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _sentences(start: _Start, folder: Path, catalog: Path) -> Iterator[str]:
    tables = counted(len(start.tables), "table")
    yield f"{folder}: {tables} to fill in, as CSV and together in {start.stem}.xlsx, which explains the columns"
    for table in start.tables:
        yield f"{table.id}.csv: {table.title.nl} ({', '.join(table.products)})"
    then = f"zichtkaart fetch {catalog}, and zichtkaart check {catalog}"
    yield f"Wrote {catalog}. Fill in the tables, take out those you have no figures for, then: {then}"
