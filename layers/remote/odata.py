"""What both versions of OData share: how an entity is read, and what a reader of a table can do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import quote, urljoin

from layers.remote.addresses import Addresses
from layers.remote.cell_store import Cell
from layers.remote.client import Answer, Client
from layers.remote.description import Description
from layers.remote.errors import BadAnswer, shown
from layers.remote.rows import Row, RowStream
from layers.remote.selection import Selection

JSON = {"Accept": "application/json"}


class Reader(Protocol):
    """Reads one table with one version of the protocol."""

    @property
    def service(self) -> str:
        """``odata4`` or ``odata3``."""

    @property
    def address(self) -> str:
        """Where the table is."""

    def describe(self) -> Description:
        """What the table is about."""

    def modified(self) -> str | None:
        """When it was last changed, as the publisher writes it."""

    def pages(self, selection: Selection, dimensions: Sequence[str], measures: Sequence[str]) -> tuple[str, ...]:
        """The address of the first page of a query, and further addresses to try where that one is refused."""

    def cells(self, row: Row, dimensions: Sequence[str], measures: Mapping[str, int]) -> Iterator[Cell]:
        """The cells in a row; ``measures`` are indices by identifier."""


def rows_of(client: Client, addresses: Addresses, address: str) -> tuple[list[Row], dict[str, Any]]:
    """All rows of a small entity over all its pages, and the members around the rows of the last one."""

    def receive(answer: Answer) -> tuple[list[Row], RowStream]:
        stream = RowStream(answer.address, answer.chunks())
        return list(stream), stream

    rows: list[Row] = []
    page: str | None = address
    while page is not None:
        some, stream = client.read(page, receive, JSON)
        rows += some
        page = following(addresses, page, stream)
    return rows, stream.envelope


def following(addresses: Addresses, page: str, stream: RowStream) -> str | None:
    """The address of the page after this one; links are followed as they are, since what is in them is for the server."""
    link = stream.next_link
    if link is None:
        return None
    address = addresses.here(urljoin(page, link))
    if address == page:
        raise BadAnswer(f"{shown(page)}: this page says that the next one is itself")
    return address


def query(address: str, **options: str) -> str:
    """An address with OData options, ``$`` put before their names and those that are empty left out."""
    asked = "&".join(f"${name}={quote(value, safe=chr(39) + '(),')}" for name, value in options.items() if value)
    return f"{address}?{asked}" if asked else address


def text_of(row: Row, *names: str) -> str | None:
    """The first of the members that is a text with something in it."""
    for name in names:
        value = row.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return None


def needed(row: Row, name: str, address: str) -> str:
    """A member that must be a text, as it is, with its padding. Raises BadAnswer."""
    value = row.get(name)
    if not isinstance(value, str):
        raise BadAnswer(f"{shown(address)}: a row has no {name}")
    return value


def whole(value: Any) -> int | None:
    """A number of decimals, as a number or a text."""
    try:
        return int(value)
    except (TypeError, ValueError):
        return None


def group_path(parent: Any, groups: Mapping[Any, tuple[str, Any]]) -> tuple[str, ...]:
    """Titles from the widest group to the nearest; ``groups`` are title and parent by id."""
    path: list[str] = []
    while parent in groups and len(path) < 20:
        title, parent = groups[parent]
        path.insert(0, title)
    return tuple(path)
