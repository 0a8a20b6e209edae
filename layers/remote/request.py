"""What a catalog asks of the network: one request for each source, with the codes and columns it needs of a table."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from layers.problems import InputProblems, Problem, listed
from layers.remote.errors import shown

if TYPE_CHECKING:
    from layers.catalog import Catalog
    from layers.catalog_model import TableEntry


class Kind(StrEnum):
    """Where a source lives; the value is how it begins in a catalog."""

    CBS = "cbs"
    POLITIE = "politie"
    PDOK = "pdok"
    HTTP = "http"
    S3 = "s3"

    @property
    def is_table(self) -> bool:
        """Whether it is a table of StatLine, which arrives as Parquet."""
        return self in (Kind.CBS, Kind.POLITIE)


_KIND = re.compile(r"(cbs|politie|pdok|https?|s3):", re.IGNORECASE)
_TABLE = re.compile(r"[0-9A-Za-z]{4,16}")
_PDOK = re.compile(r"([a-z0-9-]+)/(\d{4})")
_EXAMPLES = {
    Kind.CBS: '"cbs:85984NED"',
    Kind.POLITIE: '"politie:47018NED"',
    Kind.PDOK: '"pdok:wijken-en-buurten/2024" or "pdok:gebiedsindelingen/2024"',
    Kind.HTTP: '"https://www.example.nl/figures.csv"',
    Kind.S3: '"s3://bucket/folder/figures.csv"',
}


def is_remote(source: str) -> bool:
    """Whether a source of a catalog comes over the network and is read from the cache.

    >>> is_remote("cbs:85984NED"), is_remote("pdok:wijken-en-buurten/2024"), is_remote("figures/wijk.csv")
    (True, True, False)
    """
    return _KIND.match(source) is not None


@dataclass(frozen=True, slots=True)
class Request:
    """One source of a catalog that comes over the network."""

    source: str
    """As the catalog writes it: ``cbs:85984NED``, ``politie:47018NED``, ``pdok:wijken-en-buurten/2024``, ``https://..``,
    ``s3://bucket/key``."""

    dimensions: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Of a table: by dimension (identifier or title) the codes or titles of the rows that are wanted, sorted; of a
    dimension that is not named, every code. For periods also ``JJ``, ``KW`` or ``MM``: all of that kind."""

    columns: tuple[str, ...] = ()
    """Of a table the measures that are wanted, by identifier or title, of borders the layers; sorted. None means all."""

    def __post_init__(self) -> None:
        fault = _fault(self.kind, self.name)
        if fault is not None:
            message = f"{fault}; write {_EXAMPLES[self.kind]}"
            raise InputProblems([Problem(str(self), message)])

    @property
    def kind(self) -> Kind:
        """Where the source lives."""
        found = _KIND.match(self.source)
        if found is None:
            raise InputProblems([Problem(self.source, "this is no source on the network")])
        return Kind(found[1].casefold().removesuffix("s") if found[1].casefold() == "https" else found[1].casefold())

    @property
    def name(self) -> str:
        """What follows the kind: the table, the dataset with its year, or the rest of the address."""
        return self.source.partition(":")[2].strip()

    @property
    def key(self) -> str:
        """Eight hexadecimal digits that tell sources and filters of one table apart; columns do not count."""
        text = json.dumps([self.source, self.dimensions], ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:8]

    @property
    def label(self) -> str:
        """What tells it from the other requests of a catalog, for people.

        >>> request_of("politie:47018NED", {"SoortMisdrijf": ["3.1.1", "2.1.1"]}).label
        'politie:47018NED (SoortMisdrijf 2.1.1, 3.1.1)'
        """
        filters = "; ".join(f"{name} {listed(codes, 4)}" for name, codes in self.dimensions)
        return f"{self} ({filters})" if filters else str(self)

    def __str__(self) -> str:
        """As it may stand in a message or a file: an address of the web without what may be a secret."""
        return shown(self.source) if self.kind is Kind.HTTP else self.source


def _fault(kind: Kind, name: str) -> str | None:
    if kind.is_table and _TABLE.fullmatch(name) is None:
        return f'"{name}" is no number of a table'
    if kind is Kind.PDOK and _PDOK.fullmatch(name) is None:
        return f'"{name}" is no dataset with a year'
    if kind is Kind.S3 and not all(part.strip() for part in name.removeprefix("//").partition("/")[::2]):
        return "an address in S3 has a bucket and a key"
    if kind is Kind.HTTP and not name.startswith("//"):
        return "this is no address on the web"
    return None


def request_of(
    source: str, dimensions: Mapping[str, str | Sequence[str]] | None = None, columns: Iterable[str] = ()
) -> Request:
    """The request for a source, with the filters as a catalog writes them. Raises InputProblems for an impossible one."""
    filters = []
    for name, codes in sorted((dimensions or {}).items()):
        wanted = (codes,) if isinstance(codes, str) else codes
        filters.append((name, tuple(sorted({code.strip() for code in wanted}))))
    return Request(source.strip(), tuple(filters), tuple(sorted(set(columns))))


def requests_of(catalog: Catalog) -> tuple[Request, ...]:
    """What a catalog needs from the network, each source with its filters once, in the order of the catalog.

    Tables with the same source and filters share a request, which has the columns of all. Raises InputProblems.
    """
    columns_by_request: dict[Request, set[str]] = {}
    files = [(entry.source, entry.layer) for entry in catalog.regions]
    files += [(entry.source, entry.layer) for entry in catalog.backdrop]
    files += [(entry.source, entry.layer) for entry in catalog.grids]
    files += [(entry.source, None) for entry in catalog.recodes if entry.source is not None]
    for source, layer in files:
        if is_remote(source):
            columns_by_request.setdefault(request_of(source), set()).add(layer or "")
    for table in catalog.tables:
        if is_remote(table.source):
            wanted = columns_by_request.setdefault(table_request(table), set())
            wanted |= _columns(catalog, table)
    for supplied in catalog.supplied:
        if is_remote(supplied.source):
            names = catalog.owner(supplied).source_columns
            request = table_request(supplied.as_table(names[0]))
            columns_by_request.setdefault(request, set()).update((*names, supplied.year_column or names[0]))
    return tuple(_with_columns(request, columns) for request, columns in columns_by_request.items())


def _with_columns(request: Request, columns: set[str]) -> Request:
    """The request with the columns of a table, or the layers of borders unless an entry does not name its own."""
    is_whole = not request.kind.is_table and (request.kind is not Kind.PDOK or "" in columns)
    return request if is_whole else replace(request, columns=tuple(sorted(columns)))


def table_request(table: TableEntry) -> Request:
    """The request for the source of a table, without the columns, as ``Cache.local`` takes it."""
    request = request_of(table.source)
    return request_of(table.source, table.dimensions) if request.kind.is_table else request


def _columns(catalog: Catalog, table: TableEntry) -> set[str]:
    """Names of columns that anything in the catalog may look for in a table."""
    names = {*table.key_parts, table.year_column or "", table.name or "", *table.breakdown.values()}
    ids = {indicator.id for indicator in catalog.indicators}
    for indicator in catalog.indicators:
        names.update((*indicator.columns(table.id), indicator.denominator or ""))
        names.update(name for name in indicator.dimensions if name not in table.breakdown)
        parts = (measure.of for measure in indicator.measures if measure.kind in ("share", "rate"))
        names.update(name for name in parts if name is not None and name not in ids)
    return {name for name in names if name}
