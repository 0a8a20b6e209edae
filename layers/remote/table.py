"""A table of CBS or the police, from its publisher into the cache.

    describe ──> choose codes and measures ──> pages ──> CellStore (disk) ──> sorted rows ──> Parquet

A page that breaks off is asked again; a fetch that was stopped goes on with the page it was at; a table that was replaced
while it was read is read again from the beginning.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock

from layers.problems import InputProblems, Problem, counted
from layers.remote.addresses import Addresses
from layers.remote.cache import Cache, Local, lacking_columns
from layers.remote.cell_store import CellStore
from layers.remote.client import Client
from layers.remote.description import Code, Description, Measure, Role, chosen_codes, chosen_measures
from layers.remote.errors import ChangedMeanwhile, Refused, RemoteError
from layers.remote.meter import Meter
from layers.remote.odata import Reader
from layers.remote.odata3 import OData3
from layers.remote.odata4 import OData4
from layers.remote.pages import Pages
from layers.remote.provenance import Provenance
from layers.remote.request import Kind, Request
from layers.remote.statline import Written, write_table

_READINGS = 3
"""How often a table is begun that is replaced while it is read."""

_LICENCE = "CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/deed.nl)"


class Descriptions:
    """What tables are about, so that one which a catalog narrows in several ways is asked for it once."""

    def __init__(self) -> None:
        self._by_address: dict[str, Description] = {}
        self._turns: dict[str, Lock] = defaultdict(Lock)
        self._door = Lock()

    def of(self, reader: Reader) -> Description:
        """The description of a table. Raises RemoteError."""
        with self._door:
            turn = self._turns[reader.address]
        with turn:
            if reader.address not in self._by_address:
                self._by_address[reader.address] = reader.describe()
            return self._by_address[reader.address]


def fetch_table(
    request: Request,
    cache: Cache,
    client: Client,
    addresses: Addresses,
    meter: Meter,
    descriptions: Descriptions | None = None,
) -> tuple[Local, bool]:
    """The table in the cache, and whether it is new; one that did not change at its publisher is not read again.

    Raises InputProblems for filters or columns that the table does not have, RemoteError when it cannot be had.
    """
    readers = readers_of(request, client, addresses)
    known = cache.find(request)
    if known is not None and _is_current(known, request, readers) and cache.is_whole(known):
        return known, False
    reader, description = _first_that_answers(readers, descriptions or Descriptions())
    codes = chosen_codes(request, description)
    measures = chosen_measures(request, description)
    download = _Download(request, cache, client, addresses, meter, reader, description, codes, measures)
    return download.run(), True


def readers_of(request: Request, client: Client, addresses: Addresses) -> tuple[Reader, ...]:
    """The services that may have a table, the better one first."""
    four = OData4(client, addresses, request.name)
    if request.kind is Kind.CBS:
        return four, OData3(client, addresses, addresses.cbs_v3, request.name)
    return OData3(client, addresses, addresses.derden_v3, request.name), four


def _first_that_answers(readers: Sequence[Reader], descriptions: Descriptions) -> tuple[Reader, Description]:
    first: RemoteError | None = None
    for reader in readers:
        try:
            return reader, descriptions.of(reader)
        except RemoteError as error:
            first = first or error
    if isinstance(first, Refused) and first.status == 404:
        raise Refused(first.address, 404, "there is no such table (404); is its number right?") from first
    raise first or RemoteError("there is no service to ask")


def _is_current(known: Local, request: Request, readers: Sequence[Reader]) -> bool:
    """Whether the service a download came from says that the table did not change since."""
    had = known.provenance
    if had.modified is None or lacking_columns(had, request) or (had.columns and not request.columns):
        return False
    for reader in readers:
        if reader.service == had.service and reader.address == had.address:
            try:
                return reader.modified() == had.modified
            except RemoteError:  # then every service is asked, and the error told if none answers
                return False
    return False


@dataclass(frozen=True, slots=True)
class _Download:
    """One table on its way."""

    request: Request
    cache: Cache
    client: Client
    addresses: Addresses
    meter: Meter
    reader: Reader
    description: Description
    codes: Mapping[str, tuple[Code, ...]]
    measures: tuple[Measure, ...]

    def run(self) -> Local:
        """Read all of it, from the beginning again while it is replaced meanwhile."""
        for number in range(1, _READINGS + 1):
            try:
                return self._read()
            except ChangedMeanwhile as error:
                if number == _READINGS:
                    message = f"the publisher replaced it while it was read, {number} times; try again later"
                    raise ChangedMeanwhile(f"{self.reader.address}: {message}") from error
        raise AssertionError("a table is read at least once")

    def _read(self) -> Local:
        path = self.cache.work(self.request, ".cells")
        dimensions = [dimension.id for dimension in self.description.dimensions]
        numbers = {measure.id: number for number, measure in enumerate(self.measures)}
        modified = self.reader.modified()
        with CellStore(path, dimensions, list(numbers)) as store:
            pages = Pages(
                self.client, self.addresses, self.reader, self.description, self.codes, store, numbers, self.meter
            )
            try:
                notes = pages.read(modified)
                self._check_unchanged(modified)
                self._fill(store)
                local = self._write(store, modified, notes)
            except ChangedMeanwhile:
                store.forget()
                raise
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        return local

    def _check_unchanged(self, modified: str | None) -> None:
        if self.reader.modified() != modified:
            raise ChangedMeanwhile("the moment of the last change is another one")

    def _fill(self, store: CellStore) -> None:
        """Give every region a row: OData 4 does not send empty cells, nor regions that have no others.

        Of a table that is divided by more than regions and periods it cannot be told which rows these would be.
        """
        roles = [dimension.role for dimension in self.description.dimensions]
        if (
            self.reader.service != "odata4"
            or roles.count(Role.REGION) != 1
            or Role.PLAIN in roles
            or store.arrived == 0
        ):
            return
        region = self.description.dimensions[roles.index(Role.REGION)]
        codes = self.codes.get(region.id, region.codes)
        store.fill(roles.index(Role.REGION), [code.code for code in codes])

    def _write(self, store: CellStore, modified: str | None, notes: tuple[str, ...]) -> Local:
        if store.arrived == 0:
            message = "no rows came for these dimensions" if self.request.dimensions else "there are no rows in it"
            raise InputProblems([Problem(str(self.request), message)])
        texts = store.texts()
        measures = tuple(
            replace(measure, is_text=measure.is_text or number in texts) for number, measure in enumerate(self.measures)
        )
        dimensions = (replace(d, codes=self.codes.get(d.id, d.codes)) for d in self.description.dimensions)
        narrowed = replace(self.description, dimensions=tuple(dimensions))
        path = self.cache.work(self.request, ".parquet")
        written = write_table(path, narrowed, measures, store.rows(), store.signed())
        return self.cache.keep(self.request, path, self._provenance(written, modified, (*notes, *_unheard(written))))

    def _provenance(self, written: Written, modified: str | None, notes: tuple[str, ...]) -> Provenance:
        is_police = self.request.kind is Kind.POLITIE
        return Provenance(
            source=str(self.request),
            address=self.reader.address,
            service=self.reader.service,
            content=written.content,
            licence=self.description.licence or _LICENCE,
            attribution="Bron: Politie" if is_police else "Bron: CBS",
            dimensions=self.request.dimensions,
            columns=self.request.columns,
            rows=written.rows,
            title=self.description.title,
            version=self.description.version,
            modified=modified,
            notes=notes,
        )


def _unheard(written: Written) -> Iterator[str]:
    for attribute, times in written.unknown.items():
        yield f'{counted(times, "cell")} with the attribute "{attribute}", which is not documented, count as missing'
