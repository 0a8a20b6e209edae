"""CSV files of any usual dialect, as records of texts."""

from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path
from typing import Protocol

from layers.problems import InputProblems, Problem, refuse

SIGNS = (";", "\t", ",", "|")
"""What may part the cells."""


class Dialect(Protocol):
    """What an entry of a catalog says of a CSV."""

    @property
    def source(self) -> str:
        """The file as the publisher wrote it."""

    @property
    def encoding(self) -> str | None:
        """None where the bytes tell."""

    @property
    def delimiter(self) -> str | None:
        """None where the rows tell."""


def read_delimited(path: Path, entry: Dialect, kinds: str) -> tuple[list[list[str]], str]:
    """The records of a file and the sign between their cells; ``kinds`` says what can be read instead.

    A record may run over several lines, and counts as one row, as in a spreadsheet. Raises InputProblems.
    """
    try:
        text = _decoded(path.read_bytes(), entry)
    except OSError as error:
        refuse(entry.source, f"this file cannot be read ({error.strerror})", cause=error)
    if "\0" in text:
        refuse(entry.source, f"this is no CSV file; {kinds}")
    delimiter = entry.delimiter or delimiter_of(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    records: list[list[str]] = []
    begin = end = 0
    try:
        for record in reader:
            records.append(record)
            begin, end = end, reader.line_num
    except csv.Error as error:
        refuse(entry.source, f"line {reader.line_num} cannot be read as CSV ({error})", cause=error)
    if end - begin > 1 and _is_open(io.StringIO(text, newline="").readlines()[begin:], delimiter):
        message = (
            'a quote (") in this row is not closed, so all that follows would be one cell; remove it, or write it twice'
        )
        raise InputProblems([Problem(entry.source, message, row=len(records))])
    return records, delimiter


def _is_open(record: list[str], delimiter: str) -> bool:
    """Whether the lines of a record end within quotes, so that whatever comes next is of the same cell."""
    *_, last = csv.reader([*record, "next"], delimiter=delimiter)
    return last != ["next"]


def _decoded(content: bytes, entry: Dialect) -> str:
    if entry.encoding is None:
        return decoded(content)
    try:
        return content.decode(entry.encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        message = f'encoding = "{entry.encoding}" does not fit: byte {error.start + 1} cannot be read'
        refuse(entry.source, f'{message}; leave it out, or try "cp1252"', cause=error)


def decoded(content: bytes) -> str:
    """UTF-16 where a mark or every second byte says so, UTF-8, else the code page of Western Windows, which reads anything."""
    for encoding in (wide,) if (wide := _wide(content)) else ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding).removeprefix("\ufeff")
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def _wide(content: bytes) -> str | None:
    """The encoding of a file with two bytes per letter; None for other files."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    head = content[:2000]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if len(head) % 2 or 3 * max(even, odd) < len(head) or 40 * min(even, odd) > len(head):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def delimiter_of(text: str) -> str:
    """What parts the cells: the sign that gives most rows the same number of cells, more than one."""
    lines = [line for line in text.splitlines()[:200] if line.strip()]

    def agreement(delimiter: str) -> tuple[int, int]:
        widths = [len(record) for record in csv.reader(lines, delimiter=delimiter)]
        common = max(set(widths), key=lambda width: (widths.count(width), width), default=1)
        return (widths.count(common) if common > 1 else 0, common)

    try:
        return max(SIGNS, key=agreement)
    except csv.Error:
        return ","
