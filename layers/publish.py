"""From raw figures to published ones: the only way out of ``layers`` for a figure.

Each region of a level gets a number or a reason. Numbers are rounded, half away from zero, to the decimals that the
catalog promises or the figures have, and nothing is invented: a region without a row is ``missing``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
from numpy.typing import NDArray

from layers.cells import (
    LARGEST,
    NOTHING,
    SENTINEL,
    Marks,
    NotANumber,
    Sign,
    TooLarge,
    is_unsure,
    read_category,
    read_number,
    without_percent,
)
from layers.codes import cell_text
from layers.crossing import NO_ROW
from layers.figures import RawTable
from layers.problems import InputProblems, Problem, counted, listed
from layers.values import Published, Reason

_MOST_CATEGORIES = 64
"""More are no categories but names."""

_LONGEST_SHOWN = 40
"""Of a cell in a sentence, in characters."""

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_NOTE_MARKS = "*†‡¹²³⁴⁵⁶⁷⁸⁹ "
"""What stands behind a number that has a note below the table."""

_SAME = 1e-9
"""Two numbers that differ by no more than this part of themselves are written alike: 0.1 + 0.2 has one decimal."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How the cells of a table are to be read, as its catalog entry says."""

    marks: Marks = NOTHING
    sign: Sign | None = None
    """The decimal sign of numbers written as text; None where the numbers tell."""

    is_percentage: bool = False
    """Whether ``12%`` is the number 12."""


@dataclass(frozen=True, slots=True)
class Figures:
    """A number or a reason for each region, not rounded yet and not to be shown."""

    numbers: NDArray[np.float64]
    """(regions,) NaN where there is a reason."""

    reasons: NDArray[np.uint8]
    """(regions,) the number of a reason, 0 where there is a number."""


@dataclass(frozen=True, slots=True)
class Rounding:
    """Published figures and how many of them lost decimals."""

    published: Published
    rounded: int
    to_zero: int = 0
    """How many of the rounded became 0."""

    hidden: int = 0
    """How many a rule withheld."""


def read_figures(table: RawTable, column: str, rows: NDArray[np.int64], reading: Reading) -> Figures:
    """The figure of each region; ``rows`` gives the index of its row, or ``NO_ROW``.

    Raises InputProblems with the rows whose cell is a text, or a number that is too large or cannot be read for sure.
    """
    parsed = _parsed(table, column, reading)
    regions = np.flatnonzero(rows != NO_ROW)
    at = rows[regions]
    problems = _problems(table, column, at, parsed)
    if problems:
        raise InputProblems(problems)
    numbers = np.full(len(rows), np.nan)
    reasons = np.full(len(rows), Reason.MISSING.number, dtype=np.uint8)
    numbers[regions] = parsed.numbers[at]
    reasons[regions] = parsed.kinds[at]
    return Figures(numbers, reasons)


_TEXT, _LARGE = -1, -2


@dataclass(frozen=True, slots=True)
class Parsed:
    """What the cells of a whole column mean; whether that is a problem depends on which rows count."""

    numbers: NDArray[np.float64]
    """(rows,) NaN where there is none."""

    kinds: NDArray[np.int8]
    """(rows,) 0 for a number, the number of a reason, ``_TEXT`` or ``_LARGE``."""

    is_unsure: NDArray[np.bool_]
    """(rows,) True for numbers that may be read in two ways."""

    sign: Sign
    """The decimal sign they were read with."""


def _parsed(table: RawTable, column: str, reading: Reading) -> Parsed:
    """The cells of a column, read once for all years and codes."""
    kept: list[tuple[Reading, Parsed]] = table.parsed.setdefault(column, [])
    for known, parsed in kept:
        if known == reading:
            return parsed
    if reading.is_percentage:
        plain = table.with_cells(column, [without_percent(cell) for cell in table.columns[column]])
        parsed = _parse(plain, column, reading)
    else:
        parsed = _parse(table, column, reading)
    kept.append((reading, parsed))
    return parsed


def _parse(table: RawTable, column: str, reading: Reading) -> Parsed:
    cells = table.columns[column]
    if set(map(type, cells)) <= {int, float, type(None)}:
        try:
            return _parse_numbers(np.array(cells, dtype=np.float64), reading.marks)
        except OverflowError:  # a whole number that no float holds
            pass
    shown = reading.sign or table.sign(column)
    sign = shown or table.usual_sign or "."
    numbers, kinds = np.full(len(cells), np.nan), np.zeros(len(cells), dtype=np.int8)
    unsure = np.zeros(len(cells), dtype=np.bool_)
    read: dict[object, tuple[float, int, bool]] = {}
    for row, cell in enumerate(cells):
        if cell not in read:
            is_open = shown is None and isinstance(cell, str) and is_unsure(cell) and not _is_usual(table, cell)
            read[cell] = (*_parse_cell(cell, sign, reading.marks), is_open)
        numbers[row], kinds[row], unsure[row] = read[cell]
    return Parsed(numbers, kinds, unsure, sign)


def _parse_cell(cell: object, sign: Sign, marks: Marks) -> tuple[float, int]:
    try:
        value = read_number(cell, sign, marks)
    except TooLarge:
        return np.nan, _LARGE
    except NotANumber:
        return np.nan, _TEXT
    return (np.nan, value.number) if isinstance(value, Reason) else (value, 0)


def _parse_numbers(numbers: NDArray[np.float64], marks: Marks) -> Parsed:
    """``_parse_cell`` of each, where no cell is a text: most cells stand for themselves, the others are read one by one."""
    kinds = np.zeros(len(numbers), dtype=np.int8)
    is_special = np.isnan(numbers) | (numbers <= SENTINEL) | ~(numbers <= LARGEST)
    for mark in marks.reason_by_number:
        is_special |= numbers == mark
    read: dict[float | None, tuple[float, int]] = {}
    numbers = numbers + 0.0  # minus zero becomes zero
    for row in np.flatnonzero(is_special).tolist():
        cell = None if np.isnan(numbers[row]) else float(numbers[row])
        if cell not in read:
            read[cell] = _parse_cell(cell, ".", marks)
        numbers[row], kinds[row] = read[cell]
    return Parsed(numbers, kinds, np.zeros(len(numbers), dtype=np.bool_), ".")


def _problems(table: RawTable, column: str, at: NDArray[np.int64], parsed: Parsed) -> list[Problem]:
    """What is wrong with the cells of the rows that count."""
    kinds, unsure = parsed.kinds[at], parsed.is_unsure[at]
    if kinds.min(initial=0) >= 0 and not unsure.any():
        return []
    cells = table.columns[column]

    def told(rows: NDArray[np.int64]) -> list[tuple[int, str]]:
        return [(table.rows[row], cell_text(cells[row])) for row in rows.tolist()]

    return [
        *_texts(table, column, told(at[kinds == _TEXT]), parsed.sign),
        *_large(table, column, told(at[kinds == _LARGE])),
        *_unsure(table, column, told(at[unsure])),
    ]


def round_figures(figures: Figures, decimals: int) -> Rounding:
    """Figures with so many decimals, and how many lost some."""
    numbers = rounded_numbers(figures.numbers, decimals)
    is_rounded = ~np.isnan(numbers) & (numbers != figures.numbers)
    to_zero = int((is_rounded & (numbers == 0)).sum())
    return Rounding(Published(numbers, figures.reasons), int(is_rounded.sum()), to_zero)


def decimals_in(every: Sequence[Figures], most: int) -> int:
    """How many decimals it takes to write all figures, and no more than ``most``."""
    numbers = np.concatenate([figures.numbers[~np.isnan(figures.numbers)] for figures in every])
    tolerance = _SAME * np.abs(numbers)
    enough = (d for d in range(most) if (np.abs(np.round(numbers, d) - numbers) <= tolerance).all())
    return next(enough, most)


def rounded_numbers(numbers: NDArray[np.float64], decimals: int) -> NDArray[np.float64]:
    """``rounded_half_up`` of each number; NaN stays NaN."""
    scaled = np.abs(numbers) * 10.0**decimals
    nearest = np.floor(scaled + 0.5)
    rounded: NDArray[np.float64] = np.copysign(nearest / 10.0**decimals, numbers) + 0.0
    # Near a half, and where a double has few decimals left, the shortest decimal form decides.
    slow = (np.abs(scaled - nearest) > 0.499) | (scaled > 2.0**40)
    for at in np.flatnonzero(slow).tolist():
        rounded[at] = rounded_half_up(float(numbers[at]), decimals)
    return rounded


def rounded_half_up(number: float, decimals: int) -> float:
    """A number with so many decimals, as its shortest decimal form would be rounded by hand; never minus zero.

    >>> rounded_half_up(0.5, 0), rounded_half_up(2.675, 2), rounded_half_up(-0.2, 0)
    (1.0, 2.68, 0.0)
    """
    exact = Decimal(repr(number))
    if -exact.as_tuple().exponent <= decimals:  # type: ignore[operator]  # numbers are finite
        return number + 0.0
    return float(exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)) + 0.0


def publish_categories(table: RawTable, column: str, rows: NDArray[np.int64], marks: Marks) -> list[str | Reason]:
    """The category of each region as text, or a reason; see ``number_categories``."""
    cells = table.columns[column]
    return [Reason.MISSING if row == NO_ROW else read_category(cells[row], marks) for row in rows.tolist()]


def categories_of(every: Sequence[Sequence[str | Reason]], table: RawTable, column: str) -> tuple[str, ...]:
    """The distinct categories of all series of an indicator: numbers by size, texts by alphabet."""
    found = {value for values in every for value in values if not isinstance(value, Reason)}
    if len(found) > _MOST_CATEGORIES:
        shown = listed((f'"{value}"' for value in sorted(found)), 3)
        most = f"at most {_MOST_CATEGORIES} can be told apart"
        message = f'column "{column}" has {len(found)} categories, such as {shown}; {most}'
        raise InputProblems([table.problem(message)])
    return tuple(sorted(found, key=_category_order))


def number_categories(values: Sequence[str | Reason], categories: Sequence[str]) -> Published:
    """Categories as numbers that index ``categories``."""
    place = {category: float(number) for number, category in enumerate(categories)}
    numbers = np.array([np.nan if isinstance(value, Reason) else place[value] for value in values], dtype=np.float64)
    reasons = np.array([value.number if isinstance(value, Reason) else 0 for value in values], dtype=np.uint8)
    return Published(numbers, reasons)


def _category_order(category: str) -> tuple[int, float, str]:
    try:
        return 0, float(category), category
    except ValueError:
        return 1, 0.0, category.casefold() + category


def _is_usual(table: RawTable, text: str) -> bool:
    """Whether the sign in a number is the decimal sign of this kind of file."""
    return table.usual_sign is not None and table.usual_sign in text


def _texts(table: RawTable, column: str, texts: list[tuple[int, str]], sign: Sign) -> list[Problem]:
    if not texts:
        return []
    row, text = texts[0]
    distinct = list(dict.fromkeys(text for _, text in texts))
    rest = f" ({counted(len(texts) - 1, 'more row')} without a number)" if len(texts) > 1 else ""
    message = f'column "{column}" has "{_cut(text)}" where a number should be{rest}; {_way_out(distinct, sign)}'
    return [table.problem(message, row=row)]


def _way_out(texts: Sequence[str], sign: Sign) -> str:
    """What to do about texts where numbers should be."""
    if any(text.endswith("%") for text in texts):
        return 'take the % sign away, or give the indicator unit = "%"'
    if any("€" in text for text in texts):
        return "take the € sign away; it belongs in the unit of the indicator"
    first = texts[0]
    if _DATE.fullmatch(first):
        return "Excel makes dates of numbers such as 1-4; write the number again in a cell that is text"
    if _is_number(first.rstrip(_NOTE_MARKS), sign):
        return "take the mark of the note away"
    if _is_number(first, "." if sign == "," else ","):
        return f'the decimal sign of the other numbers is "{sign}"; write this one like them'
    marks = ", ".join(f'"{_cut(text)}"' for text in texts[:4])
    return (
        f"if it means that there is no figure, add missing = [{marks}] to the table, "
        "or withheld = [..] with the same where the figure is secret"
    )


def _is_number(text: str, sign: Sign) -> bool:
    try:
        return isinstance(read_number(text, sign), float)
    except NotANumber:
        return False


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _large(table: RawTable, column: str, large: list[tuple[int, str]]) -> list[Problem]:
    if not large:
        return []
    row, text = large[0]
    rest = f" ({counted(len(large) - 1, 'more row')} with such a number)" if len(large) > 1 else ""
    message = f'column "{column}" has "{_cut(text)}"{rest}, and a figure is at most {LARGEST:,.0f}'
    return [table.problem(f"{message}: beyond that numbers are not exact", row=row)]


def _unsure(table: RawTable, column: str, unsure: list[tuple[int, str]]) -> list[Problem]:
    if not unsure:
        return []
    row, text = unsure[0]
    thousand = text.replace(".", "").replace(",", "")
    message = (
        f'"{text}" in column "{column}" may be {thousand} or {text.replace(",", ".")}, and no other number tells; '
    )
    return [table.problem(f'{message}add decimal = "." or decimal = "," to the table', row=row)]
