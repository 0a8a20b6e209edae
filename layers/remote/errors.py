"""What can go wrong between here and a server.

RemoteError
├── Passing         trying again may help: 429, 5xx, a time-out, a connection that was cut, half an answer
│   └── GaveUp      it did not, so many times
├── Refused         the server understood and said no; trying again does not help
├── TooManyRows     CBS answers no query of more than 10,000 rows here; ask for less at a time
├── BadAnswer       what came is not what the protocol says
└── ChangedMeanwhile   the publisher replaced the data while it was read
"""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from layers.errors import LayersError


class RemoteError(LayersError):
    """A server did not give what was asked; the message is a sentence for a person."""


class Passing(RemoteError):
    """Something that may be over in a moment."""

    def __init__(self, address: str, what: str, wait_s: float | None = None, *, is_unreachable: bool = False) -> None:
        self.address, self.what, self.is_unreachable = address, what, is_unreachable
        self.wait_s = wait_s
        """Seconds the server asks to wait, where it does."""
        super().__init__(f"{shown(address)}: {what}")


class GaveUp(RemoteError):
    """It was tried so often, or the server asks to wait so long, that a person must decide."""


class Refused(RemoteError):
    """An answer that says no."""

    def __init__(self, address: str, status: int, what: str) -> None:
        self.address, self.status = address, status
        super().__init__(f"{shown(address)}: {what}")


class TooManyRows(RemoteError):
    """A query with more rows than the server gives at once."""


class BadAnswer(RemoteError):
    """An answer that is not what the protocol says."""


class ChangedMeanwhile(RemoteError):
    """The data was replaced while it was read."""


def shown(address: str) -> str:
    """An address as it may stand in a message, a log or a file: without user, password, and what follows ``?``.

    >>> shown("https://ann:secret@www.example.nl/a.csv?token=1")
    'https://www.example.nl/a.csv'
    """
    parts = urlsplit(address)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
