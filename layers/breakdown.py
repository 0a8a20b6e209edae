"""Breakdowns: which rows of a table are about which codes of a dimension, such as an offence or an age.

    "Harddrugs", "hard", "3.2 Harddrugs"  ->  hard

What tables write is a code where it is its id, its title, or one of the texts the catalog gives; of open dimensions, texts
that nobody listed become codes of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from layers.atlas import CodeFacts, DimensionFacts, Text
from layers.catalog_model import DimensionEntry
from layers.codes import cell_text
from layers.figures import RawTable
from layers.problems import InputProblems, Problem, counted, listed, suggestion
from layers.slugs import slugged

Codes = tuple[tuple[str, str], ...]
"""What figures are about: a code per dimension, in the order of the dimensions' ids."""

_TOTAL = re.compile(r"(totaal|total|alle|all|t\d*)\b.*")
"""Texts that mean everything together, in small letters."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """A dimension with all its codes, those of the catalog before those that tables add."""

    entry: DimensionEntry
    codes: tuple[CodeFacts, ...]
    meant: Mapping[str, str] = field(repr=False)
    """By text in small letters: the id of the code."""

    @property
    def id(self) -> str:
        """Its id."""
        return self.entry.id

    @property
    def order(self) -> dict[str, int]:
        """The place of each code."""
        return {code.id: number for number, code in enumerate(self.codes)}

    def title(self, code_id: str) -> Text:
        """The title of a code."""
        return next(code.title for code in self.codes if code.id == code_id)

    def code_of(self, text: str) -> str | None:
        """The code that a text means; None where it means none."""
        return _meant(text, self.meant)

    def facts(self, used: Iterable[str]) -> DimensionFacts:
        """What the manifest says of it, with those of its codes that are used."""
        wanted = set(used)
        codes = tuple(code for code in self.codes if code.id in wanted)
        return DimensionFacts(id=self.id, title=self.entry.title, codes=codes)


def dimension_of(entry: DimensionEntry, texts: Mapping[str, str]) -> Dimension:
    """A dimension and what tables write about it: texts with their titles, in any order.

    Texts that no code of the catalog means become codes where the dimension is open: the total first, the others as a
    reader would sort them, so that the order of rows does not matter.
    """
    meant: dict[str, str] = {}
    for code in entry.codes:
        for text in (code.id, code.title.nl, code.title.en, *code.is_):
            if text is not None:
                meant.setdefault(_folded(text), code.id)
    codes = [CodeFacts(id=code.id, title=code.title) for code in entry.codes]
    if entry.open:
        taken = {code.id for code in codes}
        for text in sorted((text for text in texts if text and _meant(text, meant) is None), key=_order):
            if _folded(text) not in meant:  # in another case it may be there by now
                code_id = _new_id(texts[text] or text, taken)
                taken.add(code_id)
                meant[_folded(text)] = code_id
                codes.append(CodeFacts(id=code_id, title=Text(nl=texts[text] or text)))
    if not codes:  # no table is broken down by it
        codes.append(CodeFacts(id="totaal", title=Text(nl="Totaal", en="Total")))
    return Dimension(entry, tuple(codes), meant)


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _meant(text: str, meant: Mapping[str, str]) -> str | None:
    """The code of a text: the whole of it, or what stands before or behind the first space where that begins with a number."""
    folded = _folded(text)
    if folded in meant:
        return meant[folded]
    code, _, title = folded.partition(" ")
    parts = (code, title) if title and any(map(str.isdigit, code)) else ()
    return next((meant[part] for part in parts if part in meant), None)


def _order(text: str) -> tuple[object, ...]:
    folded = _folded(text)
    parts = re.split(r"(\d+)", folded)
    natural = tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts if part)
    return (_TOTAL.fullmatch(folded) is None, natural, text)


def _new_id(text: str, taken: set[str]) -> str:
    slug = slugged(text, "code")
    return next(
        name
        for number in range(1, len(taken) + 3)
        if (name := slug if number == 1 else f"{slug}-{number}") not in taken
    )


def dimension_column(raw: RawTable, dimension_id: str, breakdown: Mapping[str, str]) -> str | None:
    """The column of a table with the codes of a dimension: as the entry says, else the one that is called like it.

    Raises InputProblems where the entry names a column that is not there.
    """
    if dimension_id in breakdown:
        return raw.column(breakdown[dimension_id])
    return raw.first_column([dimension_id])


def texts_of(raw: RawTable, column: str) -> dict[str, str]:
    """The distinct texts of a column of codes, each with its title where the source has titles."""
    titles = raw.titles.get(column, {})
    return {text: titles.get(text, "") for text in dict.fromkeys(map(cell_text, raw.columns[column]))}


def read_codes(raw: RawTable, column: str, dimension: Dimension) -> list[str]:
    """The code of each row. Raises InputProblems with the first row that has none."""
    cells = [cell_text(cell) for cell in raw.columns[column]]
    code_by_text = {text: dimension.code_of(text) for text in dict.fromkeys(cells)}
    lost = [(raw.rows[row], text) for row, text in enumerate(cells) if code_by_text[text] is None]
    if lost:
        raise InputProblems([_no_code(raw, column, dimension, lost)])
    return [code_by_text[text] or "" for text in cells]


def _no_code(raw: RawTable, column: str, dimension: Dimension, lost: Sequence[tuple[int, str]]) -> Problem:
    row, text = lost[0]
    rest = f" ({counted(len(lost) - 1, 'more row')} like it)" if len(lost) > 1 else ""
    if not text:
        message = f'column "{column}" is blank{rest}, and says which code of "{dimension.id}" a row is about'
        return raw.problem(f"{message}; fill it, or leave such rows out with dimensions", row=row)
    known = [code.title.nl for code in dimension.codes]
    message = f'column "{column}" has "{text}"{rest}, which is no code of "{dimension.id}"{suggestion(text, known)}'
    way_out = "add it to codes, write open = true, or leave such rows out with dimensions"
    return raw.problem(f"{message}; the codes are {listed(known)}: {way_out}", row=row)


def rows_by_codes(
    raw: RawTable, columns: Mapping[str, str], dimensions: Mapping[str, Dimension]
) -> tuple[list[Codes], NDArray[np.int64]]:
    """The combinations of codes that occur in a table, in the order of readers, and (rows,) which of them each row is about.

    ``columns`` are those of each dimension, by its id. A table without any has one combination, of no codes.
    """
    ids = sorted(columns)
    if not ids:
        return [()], np.zeros(len(raw.rows), dtype=np.int64)
    keys = [read_codes(raw, columns[name], dimensions[name]) for name in ids]
    orders = [dimensions[name].order for name in ids]
    numbers = np.array([[order[key] for key in column] for order, column in zip(orders, keys, strict=True)])
    distinct, inverse = np.unique(numbers, axis=1, return_inverse=True)
    combinations = [
        tuple((name, dimensions[name].codes[number].id) for name, number in zip(ids, combination, strict=True))
        for combination in distinct.T.tolist()
    ]
    return combinations, inverse.reshape(-1).astype(np.int64)
