"""The header of a table: which row it is, and what its columns are called where several rows say so.

An export of StatLine has titles, then a row per dimension, and last the units; in Excel a text may stand above several columns:

    "Vermogen van huishoudens"                          title
    "";"Totaal vermogen";"Mediaan vermogen"             names        Totaal vermogen / mld euro
    "Regio's";"mld euro";"1 000 euro"                   key, units

Such columns are called by all their texts, and each text that only one of them has is a name for it too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from layers.catalog_model import TableEntry
from layers.codes import cell_text
from layers.delimited import SIGNS
from layers.problems import InputProblems, Problem, counted, listed, refuse, suggestion

_WITHIN = 40
"""Among how many first rows the header is looked for; exports of StatLine have titles above it."""

_LABELS = frozenset({"onderwerp", "onderwerpen", "topic", "topics", "perioden", "periods"})
"""What StatLine calls the rows of its header; no column is called so."""

_FOOTER = re.compile(r"(bron|source|©|copyright|noot|note)\b.*|© .*", re.IGNORECASE | re.DOTALL)

Records = Sequence[Sequence[object]]


@dataclass(frozen=True, slots=True)
class Header:
    """What the columns of a table are called."""

    names: tuple[str, ...]
    """By position; empty where a column has no name."""

    below: int
    """Index of the first record below it."""

    aliases: dict[str, list[int]] = field(default_factory=dict)
    """Further names, with the positions they may mean."""

    notes: tuple[str, ...] = ()
    """What is worth telling about how it was found."""


def read_header(records: Records, entry: TableEntry, sheet: str | None) -> Header:
    """The header: the row the catalog names, else the first with the columns that name the regions, and what belongs to it.

    Raises InputProblems when there is no such row.
    """
    at = _header_row(records, entry, sheet)
    header = [cell_text(cell) for cell in records[at]]
    key = _key_position(header, entry)
    above = [] if entry.header_row is not None else _rows_above(records, at, key)
    has_second = entry.header_row is None and _goes_on(records, at, key)
    rows = [*above, at, *([at + 1] if has_second else [])]
    below = rows[-1] + 1
    if len(rows) == 1:
        return Header(tuple(header), below, notes=_notes(rows))
    stacks = _stacks(records, rows, key)
    names = tuple(" / ".join(stack) for stack in stacks)
    return Header(names, below, _aliases(stacks, names), _notes(rows))


def without_footer(
    body: Sequence[tuple[int, Sequence[object]]],
) -> tuple[list[tuple[int, Sequence[object]]], list[str]]:
    """The numbered records without those at the end that name the source, and the texts of these."""
    kept = list(body)
    texts: list[str] = []
    while kept and (text := _footer(kept[-1][1])) is not None:
        texts.insert(0, text)
        kept.pop()
    return kept, texts


def _footer(record: Sequence[object]) -> str | None:
    filled = [cell_text(cell) for cell in record if cell_text(cell)]
    return filled[0] if len(filled) == 1 and _FOOTER.fullmatch(filled[0]) else None


def _header_row(records: Records, entry: TableEntry, sheet: str | None) -> int:
    wanted = {part.strip().casefold() for part in entry.key_parts}
    if entry.header_row is not None:
        at = entry.header_row - 1
        texts = [cell_text(cell) for cell in records[at]] if at < len(records) else []
        if not wanted <= {text.casefold() for text in texts}:
            shown = f"has {listed(filter(None, texts), 20)}" if any(texts) else "is empty"
            refuse(
                entry.source, f'header_row = {entry.header_row} {shown}, and no column "{_first(entry)}"', sheet=sheet
            )
        return at
    for number, record in enumerate(records[:_WITHIN]):
        if wanted <= {cell_text(cell).casefold() for cell in record}:
            return number
    filled = [record for record in records[:_WITHIN] if any(map(cell_text, record))]
    if not filled:
        refuse(entry.source, "there is nothing in it", sheet=sheet)
    widest = max(filled, key=lambda record: sum(map(bool, map(cell_text, record))))
    names = [cell_text(cell) for cell in widest if cell_text(cell)]
    lacking = next((part for part in entry.key_parts if part.casefold() not in map(str.casefold, names)), _first(entry))
    hint = suggestion(lacking, names) if len(names) > 1 or sheet is not None else _parted(names[0], entry)
    message = f'there is no column "{lacking}"{hint}; the columns are {listed(names, 20)}'
    raise InputProblems([Problem(entry.source, message, sheet=sheet)])


def _parted(header: str, entry: TableEntry) -> str:
    """What may be wrong where a whole header stands in one cell of a CSV."""
    sign = next((sign for sign in SIGNS if sign in header and sign != entry.delimiter), None)
    if sign is not None:
        written = "\\t" if sign == "\t" else sign
        return f', and the whole row is one cell: write delimiter = "{written}" if that parts the cells'
    return ", and the whole row is one cell: save the file with ; between the cells" if ":" in header else ""


def _first(entry: TableEntry) -> str:
    return entry.key_parts[0]


def _key_position(header: Sequence[str], entry: TableEntry) -> int:
    folded = [text.casefold() for text in header]
    return max(folded.index(part.strip().casefold()) for part in entry.key_parts)


def _rows_above(records: Records, at: int, key: int) -> list[int]:
    """The rows right above the header that speak of columns too: they have a text to the right of the key."""
    rows = takewhile(lambda row: any(map(cell_text, records[row][key + 1 :])), range(at - 1, -1, -1))
    return sorted(rows)


def _goes_on(records: Records, at: int, key: int) -> bool:
    """Whether the next row names the columns below a text that stands above several of them."""
    if at + 1 >= len(records):
        return False
    header, following = records[at], records[at + 1]
    texts = [cell_text(cell) for cell in following]
    if not any(texts[key + 1 :]) or any(texts[: key + 1]):
        return False
    return any(
        text and (position >= len(header) or not cell_text(header[position])) for position, text in enumerate(texts)
    )


def _stacks(records: Records, rows: Sequence[int], key: int) -> list[list[str]]:
    """By position the texts that name a column, from the top, each once. A text goes on to the right until the next one."""
    width = max(len(records[row]) for row in rows)
    stacks: list[list[str]] = [[] for _ in range(width)]
    for row in rows:
        standing = ""
        for position in range(width):
            text = cell_text(records[row][position]) if position < len(records[row]) else ""
            if position <= key:
                stacks[position] = [text] if text else stacks[position]  # the header itself comes last
                continue
            standing = text or ("" if row == rows[-1] else standing)
            if standing and standing.casefold() not in _LABELS and standing not in stacks[position]:
                stacks[position].append(standing)
    return stacks


def _aliases(stacks: Sequence[Sequence[str]], names: Sequence[str]) -> dict[str, list[int]]:
    aliases: dict[str, list[int]] = {}
    for position, stack in enumerate(stacks):
        for text in stack if len(stack) > 1 else ():
            if text not in names:
                aliases.setdefault(text, []).append(position)
    return aliases


def _notes(rows: Sequence[int]) -> tuple[str, ...]:
    first, last = rows[0] + 1, rows[-1] + 1
    titles = f" below {counted(rows[0], 'row')} of titles" if rows[0] else ""
    if first == last:
        return (f"the header is row {first},{titles}",) if titles else ()
    return (
        f"the header is rows {first} to {last}{',' if titles else ''}{titles}; columns are called by their texts in all of them",
    )
