"""Doubles of CBS on this machine, a cache in an empty folder, and a client that does not really wait."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from layers.remote.addresses import Addresses
from layers.remote.cache import Cache, Local
from layers.remote.client import Client, Patience
from layers.remote.meter import Amount
from layers.remote.request import Request
from layers.remote.table import fetch_table
from tests.layers.remote.loopback import Loopback, serving
from tests.layers.remote.statline_double import TableDouble, answer, neighbourhoods, offences


@dataclass
class Cbs:
    """A CBS of our own, and how it is asked."""

    server: Loopback
    tables: dict[str, TableDouble]
    cache: Cache
    client: Client
    waits: list[float]
    amounts: list[Amount]

    @property
    def table(self) -> TableDouble:
        return self.tables["84999NED"]

    @property
    def addresses(self) -> Addresses:
        here = self.server.address
        return Addresses(here, here, here, here, here)

    def fetch(self, request: Request) -> tuple[Local, bool]:
        return fetch_table(request, self.cache, self.client, self.addresses, self.amounts.append)


@pytest.fixture
def waits() -> list[float]:
    """How long the client would have waited, each time."""
    return []


@pytest.fixture
def client(waits: list[float]) -> Iterator[Client]:
    patience = Patience(tries=4, silence_s=0.3, connect_s=2.0)
    with Client(patience, sleep=waits.append, chance=lambda: 0.0) as client:
        yield client


@pytest.fixture
def cbs(tmp_path: Path, client: Client, waits: list[float]) -> Iterator[Cbs]:
    tables = {table.id: table for table in (neighbourhoods(), offences())}
    with serving(lambda asked: answer(tables, server, asked)) as server:
        yield Cbs(server, tables, Cache(tmp_path / "downloads"), client, waits, [])
