"""On which line of a TOML text each key stands, which the standard parser does not tell."""

from __future__ import annotations

import json
from collections.abc import Callable

Key = tuple[str | int, ...]
"""The way to a value: names of tables and keys, and the number of an element, from 0: ``("regions", 0, "level")``."""

_BLANK = " \t\r\n"


def key_lines(text: str) -> dict[Key, int]:
    r"""The line, from 1, of each table, key and element of an array. The text must be valid TOML.

    >>> key_lines('[[a]]\nb = { c = 1 }')
    {('a',): 1, ('a', 0): 1, ('a', 0, 'b'): 2, ('a', 0, 'b', 'c'): 2}
    """
    return _Scanner(text.replace("\r\n", "\n")).scan()


class _Scanner:
    """Walks through a valid text once, from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Key, int] = {}
        self.elements: dict[Key, int] = {}
        """How many elements each array of tables has so far."""

    def scan(self) -> dict[Key, int]:
        """Read statement by statement: a header, or a key with its value."""
        table: Key = ()
        self._blank()
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._blank()
        return self.lines

    def _header(self) -> Key:
        is_array = self.text.startswith("[[", self.at)
        self.at += 2 if is_array else 1
        line = self._line()
        table: Key = ()
        names = self._names()
        for number, name in enumerate(names):
            table = (*table, name)
            self.lines.setdefault(table, line)
            is_last = number == len(names) - 1
            if is_array and is_last:
                self.elements[table] = self.elements.get(table, 0) + 1
            if table in self.elements:
                table = (*table, self.elements[table] - 1)
                self.lines.setdefault(table, line)
        self.at += 2 if is_array else 1
        return table

    def _pair(self, table: Key) -> None:
        line = self._line()
        path = table
        for name in self._names():
            path = (*path, name)
            self.lines.setdefault(path, line)
        self.at += 1  # the equals sign
        self._value(path)

    def _value(self, path: Key) -> None:
        self._blank()
        self.lines.setdefault(path, self._line())
        opening = self.text[self.at]
        if opening in "\"'":
            self._string()
        elif opening == "[":
            self._sequence("]", lambda number: self._value((*path, number)))
        elif opening == "{":
            self._sequence("}", lambda _: self._pair(path))
        else:
            while self.at < len(self.text) and self.text[self.at] not in ",]}#\n":
                self.at += 1

    def _sequence(self, closing: str, element: Callable[[int], None]) -> None:
        self.at += 1
        number = 0
        self._blank()
        while self.text[self.at] != closing:
            element(number)
            number += 1
            self._blank()
            if self.text[self.at] == ",":
                self.at += 1
                self._blank()
        self.at += 1

    def _names(self) -> list[str]:
        names = []
        while True:
            self._blank()
            names.append(self._name())
            self._blank()
            if self.text[self.at] != ".":
                return names
            self.at += 1

    def _name(self) -> str:
        start = self.at
        if self.text[start] in "\"'":
            self._string()
            quoted = self.text[start : self.at]
            return str(json.loads(quoted)) if quoted[0] == '"' else quoted[1:-1]
        while self.text[self.at] not in ".=] \t":
            self.at += 1
        return self.text[start : self.at]

    def _string(self) -> None:
        quote = self.text[self.at]
        mark = quote * 3 if self.text.startswith(quote * 3, self.at) else quote
        self.at += len(mark)
        while not self.text.startswith(mark, self.at):
            self.at += 2 if quote == '"' and self.text[self.at] == "\\" else 1
        self.at += len(mark)
        while len(mark) == 3 and self.text.startswith(quote, self.at):
            self.at += 1  # a long string may end in quotes of its own

    def _blank(self) -> None:
        while self.at < len(self.text) and self.text[self.at] in _BLANK + "#":
            if self.text[self.at] == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            else:
                self.at += 1

    def _line(self) -> int:
        return self.text.count("\n", 0, self.at) + 1
