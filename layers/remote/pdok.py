"""Borders of CBS as PDOK publishes them, by dataset and year: a GeoPackage from the ATOM feed, else OGC API Features."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from layers.problems import InputProblems, Problem, listed, suggestion
from layers.remote.addresses import Addresses
from layers.remote.atom import FeedFile, newest, read_files
from layers.remote.cache import Cache, Local
from layers.remote.client import Client
from layers.remote.download import Download, Downloaded
from layers.remote.errors import BadAnswer, Refused, shown
from layers.remote.features import FeatureService
from layers.remote.meter import Meter
from layers.remote.provenance import Provenance
from layers.remote.request import Request

_LICENCE = "CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/deed.nl)"
_ATTRIBUTION = "Bron: CBS, Kadaster/PDOK"


@dataclass(frozen=True, slots=True)
class Dataset:
    """Where a dataset is; ``{year}`` stands for the year."""

    feeds: tuple[str, ...]
    """Where its feed may be, the likeliest first."""

    files: tuple[str, ...]
    """Where the file may be when there is no feed."""

    api: str
    where: Mapping[str, str]
    """What the API is asked for besides, where one dataset has all years."""


DATASETS: Final[Mapping[str, Dataset]] = {
    "wijken-en-buurten": Dataset(
        feeds=("cbs/wijkenbuurten/{year}/atom/index.xml", "cbs/wijken-en-buurten-{year}/atom/index.xml"),
        files=("cbs/wijkenbuurten/{year}/atom/downloads/wijkenbuurten_{year}.gpkg",),
        api="cbs/wijken-en-buurten-{year}/ogc/v1",
        where={},
    ),
    "gebiedsindelingen": Dataset(
        feeds=("cbs/gebiedsindelingen/atom/v1_0/index.xml", "cbs/gebiedsindelingen/{year}/atom/index.xml"),
        files=("cbs/gebiedsindelingen/atom/v1_0/downloads/cbsgebiedsindelingen{year}.gpkg",),
        api="cbs/gebiedsindelingen/ogc/v1",
        where={"jaarcode": "{year}"},
    ),
}


def fetch_borders(
    request: Request, cache: Cache, client: Client, addresses: Addresses, meter: Meter
) -> tuple[Local, bool]:
    """The GeoPackage in the cache, and whether it is new. Raises InputProblems and RemoteError."""
    name, _, year = request.name.partition("/")
    dataset = DATASETS.get(name)
    if dataset is None:
        message = f'there is no dataset "{name}"{suggestion(name, DATASETS)}; there are {listed(DATASETS)}'
        raise InputProblems([Problem(str(request), message)])
    fetching = _Borders(request, cache, client, addresses, meter, dataset, int(year))
    refusal: Refused | None = None
    for way in (fetching.from_feed, fetching.from_file, fetching.from_api):
        try:
            return way()
        except Refused as error:
            refusal = refusal or error
    raise refusal or BadAnswer(f"{request}: there is no way to ask for it")


@dataclass(frozen=True, slots=True)
class _Borders:
    """One dataset of one year on its way; each way raises Refused where PDOK does not have it there."""

    request: Request
    cache: Cache
    client: Client
    addresses: Addresses
    meter: Meter
    dataset: Dataset
    year: int

    def from_feed(self) -> tuple[Local, bool]:
        """The newest file that the feed offers."""
        refusal: Refused | None = None
        for place in self.dataset.feeds:
            index = f"{self.addresses.pdok_files}/{place.format(year=self.year)}"
            try:
                file = newest(read_files(self.client, self.addresses, index), self.year)
            except Refused as error:
                refusal = refusal or error
                continue
            if file is not None:
                return self._download(file)
            refusal = Refused(index, 404, f"the feed offers no GeoPackage of {self.year}")
        raise refusal or Refused(self.addresses.pdok_files, 404, "there is no feed")

    def from_file(self) -> tuple[Local, bool]:
        """The file under the name it has had so far."""
        address = f"{self.addresses.pdok_files}/{self.dataset.files[0].format(year=self.year)}"
        return self._download(FeedFile(address, title="", updated=None, rights=None, length=None))

    def _download(self, file: FeedFile) -> tuple[Local, bool]:
        known = self.cache.find(self.request)
        before = known.provenance if known is not None and self.cache.is_whole(known) else None
        if before is not None and before.address != shown(file.address):
            before = None  # another version, of which the publisher cannot say whether it is the one that is here
        path = self.cache.work(self.request, ".gpkg")
        came = Download(self.client, file.address, path, self.meter, before).run()
        if came is None:
            return self.cache.local(self.request), False
        check_geopackage(path, file.address)
        return self.cache.keep(self.request, path, self._of_file(file, came)), True

    def from_api(self) -> tuple[Local, bool]:
        """All features of the layers that the catalog names, of every layer when it names none."""
        base = f"{self.addresses.pdok_api}/{self.dataset.api.format(year=self.year)}"
        path = self.cache.work(self.request, ".gpkg")
        where = {name: value.format(year=self.year) for name, value in self.dataset.where.items()}
        count = FeatureService(self.client, self.addresses, base, self.meter).download(
            path, self.request.columns, where
        )
        if count == 0:
            raise BadAnswer(f"{base}: there are no features of {self.year}")
        provenance = self._provenance(base, "ogc-api", rows=count, columns=self.request.columns)
        return self.cache.keep(self.request, path, provenance), True

    def _of_file(self, file: FeedFile, came: Downloaded) -> Provenance:
        notes: tuple[str, ...] = ()
        if file.length not in (None, came.length):
            notes = (f"the feed says {file.length:,} bytes, and {came.length:,} came",)
        return self._provenance(
            shown(file.address),
            "atom",
            title=file.title or None,
            version=file.version,
            modified=file.updated,
            etag=came.etag,
            last_modified=came.last_modified,
            rights=file.rights,
            notes=notes,
        )

    def _provenance(
        self,
        address: str,
        service: str,
        *,
        title: str | None = None,
        version: str | None = None,
        modified: str | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
        rights: str | None = None,
        rows: int | None = None,
        columns: tuple[str, ...] = (),
        notes: tuple[str, ...] = (),
    ) -> Provenance:
        return Provenance(
            source=str(self.request),
            address=address,
            service=service,
            licence=rights or _LICENCE,
            attribution=_ATTRIBUTION,
            columns=columns,
            rows=rows,
            title=title,
            version=version,
            modified=modified,
            etag=etag,
            last_modified=last_modified,
            notes=notes,
        )


def check_geopackage(path: Path, address: str) -> None:
    """Refuse a file that is no GeoPackage, or less of it than its own head says.

    A GeoPackage is an SQLite database, whose head has the size of a page at 16 and the number of pages at 28 (SQLite file
    format, section 1.3). Raises BadAnswer, and takes the file away.
    """
    with path.open("rb") as file:
        head = file.read(100)
    page = int.from_bytes(head[16:18], "big")
    expected = (65536 if page == 1 else page) * int.from_bytes(head[28:32], "big")
    if head.startswith(b"SQLite format 3\0") and expected <= path.stat().st_size:
        return
    is_short = head.startswith(b"SQLite format 3\0")
    path.unlink()
    message = "only a part of the file came; try again later" if is_short else "this is no GeoPackage"
    raise BadAnswer(f"{shown(address)}: {message}")
