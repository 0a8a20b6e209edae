"""Where the sources of a catalog are: files beside it, downloads in the cache, tables of a database. Each is read once."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from layers.catalog_model import BackdropEntry, RegionsEntry, TableEntry
from layers.codes import cell_text
from layers.figures import RawTable, read_table, with_key
from layers.postgis import Database, is_database, shown
from layers.problems import InputProblems, counted, listed, suggestion
from layers.regions import WATER
from layers.remote import is_remote, request_of
from layers.remote.cache import Cache
from layers.remote.request import Kind, table_request
from layers.remote.statline import StatlineTable
from layers.sources import Shapes, as_shapes, layers_of, read_shapes
from layers.wide import by_year

if TYPE_CHECKING:
    from layers.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Places:
    """The sources of one catalog, opened when they are asked for."""

    catalog: Catalog
    cache: Cache
    database: Database
    _shapes: dict[tuple[str, str | None, str | None], Shapes] = field(default_factory=dict)
    _tables: dict[tuple[object, ...], RawTable] = field(default_factory=dict)

    @staticmethod
    def of(catalog: Catalog, environ: Mapping[str, str] | None = None) -> Places:
        """The sources of a catalog; the environment names the database and the folder of downloads."""
        environ = os.environ if environ is None else environ
        return Places(catalog, Cache.of(catalog.path.parent, environ), Database.of(environ))

    def shapes(self, entry: RegionsEntry | BackdropEntry) -> Shapes:
        """The features of an entry. Raises InputProblems."""
        layer = self._layer(entry)
        key = entry.source, layer, entry.crs
        if key not in self._shapes:
            self._shapes[key] = self._read_shapes(entry, layer)
        return self._shapes[key]

    def _read_shapes(self, entry: RegionsEntry | BackdropEntry, layer: str | None) -> Shapes:
        if is_database(entry.source):
            return as_shapes(self.database.shapes(entry.source), shown(entry.source), None, entry.crs)
        return read_shapes(self.path(entry.source), _label(entry.source), layer, entry.crs)

    def _layer(self, entry: RegionsEntry | BackdropEntry) -> str | None:
        """The layer of an entry; of a download of PDOK the one that is called after the level."""
        if entry.layer is not None or not isinstance(entry, RegionsEntry) or not _is_pdok(entry.source):
            return entry.layer
        return self._layer_of(entry.source, entry.level)

    def _layer_of(self, source: str, level: str) -> str | None:
        named = [layer for layer in layers_of(self.path(source), source) if layer.casefold().startswith(level)]
        return named[0] if len(named) == 1 else None

    def path(self, source: str) -> Path:
        """The file of a source that is no database. Raises InputProblems for one that was not fetched."""
        return self.cache.local(request_of(source)).path if is_remote(source) else self.catalog.locate(source)

    def table(self, entry: TableEntry) -> RawTable:
        """The rows of an entry that count, in the long form. Raises InputProblems."""
        key: tuple[object, ...] = (
            entry.source,
            entry.sheet,
            entry.key_column,
            entry.header_row,
            entry.delimiter,
            entry.encoding,
        )
        if is_remote(entry.source):
            key = (*key, table_request(entry).key)
        if key not in self._tables:
            self._tables[key] = self._read_table(entry)
        raw = self._tables[key]
        if not _is_statline(entry.source):  # which is fetched with these rows only
            raw = with_dimensions(raw, entry.dimensions)
        elif entry.year_column is not None:
            raw = _whole_years(raw, entry.year_column)
        return by_year(raw, entry.year_header) if entry.year_header else raw

    def _read_table(self, entry: TableEntry) -> RawTable:
        if is_database(entry.source):
            frame = self.database.table(entry.source)
            columns: dict[str, list[object]] = {str(name): frame[name].tolist() for name in frame.columns}
            return with_key(RawTable(shown(entry.source), None, columns, list(range(1, len(frame) + 1))), entry)
        if _is_statline(entry.source):
            return with_key(_statline(StatlineTable.open(self.cache.local(table_request(entry)).path), entry), entry)
        labelled = entry.model_copy(update={"source": _label(entry.source)})
        if not _is_pdok(entry.source):
            return read_table(self.path(entry.source), labelled)
        layer = entry.sheet or self._layer_of(entry.source, entry.level)
        raw = read_table(self.path(entry.source), labelled.model_copy(update={"sheet": layer}))
        return with_dimensions(raw, {name: ("NEE",) for name in raw.columns if name.casefold() in WATER})


def _label(source: str) -> str:
    """A source as problems name it: what follows the ? of an address may be a secret."""
    return str(request_of(source)) if is_remote(source) else source


def with_dimensions(raw: RawTable, dimensions: Mapping[str, Sequence[str]]) -> RawTable:
    """The rows that have one of the wanted codes or titles in each of the columns. Raises InputProblems for one nobody has."""
    chosen: Sequence[int] = range(len(raw.rows))
    for name, wanted in dimensions.items():
        cells = raw.columns[raw.column(name)]
        texts = [cell_text(cell) for cell in cells]
        meant = {text for mark in wanted for text in _values(raw, name, mark, texts)}
        chosen = [index for index in chosen if texts[index] in meant]
    if not chosen:
        asked = listed(f"{name} = [{', '.join(wanted)}]" for name, wanted in dimensions.items())
        raise InputProblems([raw.problem(f"no row has all of these dimensions: {asked}")])
    return raw.take(chosen) if dimensions else raw


def _values(raw: RawTable, name: str, wanted: str, texts: Sequence[str]) -> set[str]:
    """The texts of a column that a code or title means: ``3.1.1`` is ``3.1.1 Drugshandel`` and the other way round."""
    distinct = list(dict.fromkeys(texts))
    folded = wanted.strip().casefold()
    same = {text for text in distinct if text.casefold() == folded}
    found = same or {text for text in distinct if _parts(text) & {folded} or _parts(folded) & {text.casefold()}}
    if not found:
        message = f'dimensions: column "{name}" has no "{wanted}"{suggestion(wanted, distinct)}'
        raise InputProblems([raw.problem(f"{message}; it has {listed(filter(None, distinct), 12)}")])
    return found


def _parts(text: str) -> set[str]:
    """The code and the title in ``3.1.1 Drugshandel``; none where there is no code in front."""
    code, _, title = text.casefold().partition(" ")
    return {code, title.strip()} if title and any(map(str.isdigit, code)) else set()


def _is_statline(source: str) -> bool:
    return is_remote(source) and request_of(source).kind.is_table


def _is_pdok(source: str) -> bool:
    return is_remote(source) and request_of(source).kind is Kind.PDOK


def _statline(table: StatlineTable, entry: TableEntry) -> RawTable:
    names = [name for name in table.names if not name.endswith(":sign")]
    columns = StatlineColumns(table, names)
    rows = len(columns[names[0]]) if names else 0
    note = f'read from StatLine: "{table.title}", {counted(rows, "row")}'
    titles = {dimension.id: table.labels(dimension.id) for dimension in table.dimensions}
    numbers = list(range(2, rows + 2))
    return RawTable(entry.source, None, columns, numbers, notes=(note,), titles=titles, finder=table.matching)


@dataclass(frozen=True, slots=True)
class StatlineColumns(Mapping[str, list[object]]):
    """Columns of a table in the cache, each read when it is asked for."""

    table: StatlineTable
    names: Sequence[str]
    _read: dict[str, list[object]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> list[object]:
        if name not in self._read:
            if name not in self.names:
                raise KeyError(name)
            self._read[name] = list(self.table.cells(name))
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


def _whole_years(raw: RawTable, year_column: str) -> RawTable:
    """The rows about years, where the table has quarters or months too."""
    kinds = f"{raw.column(year_column)}:kind"
    if kinds not in raw.columns:
        return raw
    cells = raw.columns[kinds]
    chosen = [index for index, kind in enumerate(cells) if kind == "year"]
    return raw.take(chosen) if 0 < len(chosen) < len(cells) else raw
