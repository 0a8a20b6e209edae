"""The rows of an OData answer, one by one, however long it is.

    {"odata.metadata": "..", "value": [ {row}, {row}, .. ], "odata.nextLink": ".."}

Only one row is in memory at a time. An answer that ends before its last bracket is half an answer, even where HTTP found
nothing wrong.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterable, Iterator
from typing import Any

from layers.remote.errors import BadAnswer, Passing, shown

Row = dict[str, Any]
_NEAR_END = 20
"""An error of JSON so many characters before the end of what came may be one because more has to come."""

_LONGEST_VALUE = 1 << 22
_SPACE = " \t\r\n"
_ERRORS = ("error", "odata.error")


class RowStream:
    """Iterates over the rows of one answer, once; the members around them are there when the rows are through."""

    def __init__(self, address: str, chunks: Iterable[bytes]) -> None:
        self.envelope: dict[str, Any] = {}
        """Members of the answer beside ``value``."""

        self._address = address
        self._chunks = _decoded(address, chunks)
        self._text, self._at = "", 0
        self._decode = json.JSONDecoder().raw_decode

    @property
    def next_link(self) -> str | None:
        """Where the next page is; None on the last one."""
        link = self.envelope.get("@odata.nextLink") or self.envelope.get("odata.nextLink")
        return link if isinstance(link, str) else None

    def __iter__(self) -> Iterator[Row]:
        if self._peek() != "{":
            raise BadAnswer(f"{shown(self._address)}: this is no OData answer, it begins with {self._text[:40]!r}")
        self._at += 1
        while self._peek() != "}":
            name = self._value()
            self._expect(":")
            if name == "value" and self._peek() == "[":
                yield from self._elements()
            else:
                self.envelope[str(name)] = self._value()
            if self._peek() == ",":
                self._at += 1
        for name in _ERRORS:
            if name in self.envelope:
                raise BadAnswer(f"{shown(self._address)}: {_told(self.envelope[name])}")

    def _elements(self) -> Iterator[Row]:
        self._at += 1
        while self._peek() != "]":
            row = self._value()
            if not isinstance(row, dict):
                raise BadAnswer(f"{shown(self._address)}: a row is no object")
            yield row
            if self._peek() == ",":
                self._at += 1
        self._at += 1

    def _peek(self) -> str:
        """The next character that is no space."""
        while True:
            while self._at < len(self._text):
                if self._text[self._at] not in _SPACE:
                    return self._text[self._at]
                self._at += 1
            self._more()

    def _expect(self, sign: str) -> None:
        if self._peek() != sign:
            raise BadAnswer(f"{shown(self._address)}: this is no JSON")
        self._at += 1

    def _value(self) -> Any:
        """The next value; read again from its start when more of it had to come."""
        self._peek()
        while True:
            try:
                value, end = self._decode(self._text, self._at)
            except json.JSONDecodeError as error:
                self._more_of_value(error)
                continue
            if end < len(self._text):
                self._at = end
                return value
            self._more()  # a number may go on in the next piece

    def _more_of_value(self, error: json.JSONDecodeError) -> None:
        """Get more of a value that may be incomplete; of one that is wrong, more would not help."""
        is_open = error.msg.startswith("Unterminated string") or error.pos > len(self._text) - _NEAR_END
        if not is_open or len(self._text) - self._at > _LONGEST_VALUE:
            raise BadAnswer(f"{shown(self._address)}: this is no JSON ({error.msg})") from error
        self._more()

    def _more(self) -> None:
        """Get the next piece, and forget what was read."""
        piece = next(self._chunks, None)
        if piece is None:
            raise Passing(self._address, "the answer ends halfway")
        self._text = self._text[self._at :] + piece
        self._at = 0


def _decoded(address: str, chunks: Iterable[bytes]) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        for chunk in chunks:
            text = decoder.decode(chunk)
            if text:
                yield text
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise BadAnswer(f"{shown(address)}: this is no UTF-8") from error


def _told(error: Any) -> str:
    """The message in an OData error, which v3 wraps in an object."""
    message = error.get("message", error) if isinstance(error, dict) else error
    if isinstance(message, dict):
        message = message.get("value", message)
    return f"the server says {str(message)[:200]!r}"
