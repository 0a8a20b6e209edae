"""What a cell of a table of figures means: a number, or the reason why there is none.

Follows the signs of StatLine (``.`` and ``x`` secret, ``-`` nihil, blank nothing) and the numbers CBS uses instead of
figures (-99997 and its kin).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from numbers import Real
from typing import Final, Literal

from layers.codes import cell_text
from layers.values import Reason

Sign = Literal[".", ","]

SENTINEL: Final = -99990.0
"""This and everything below it is a reason in the guise of a number."""

_REASON_BY_SENTINEL: Final = {
    -99997.0: Reason.WITHHELD,
    -99995.0: Reason.NOT_YET_PUBLISHED,
    -99991.0: Reason.NOT_APPLICABLE,
}
_REASON_BY_WORD: Final[dict[str, Reason]] = {
    "": Reason.MISSING,
    ".": Reason.WITHHELD,
    "x": Reason.WITHHELD,
    "withheld": Reason.WITHHELD,
    "geheim": Reason.WITHHELD,
    "missing": Reason.MISSING,
    "ontbreekt": Reason.MISSING,
    "null": Reason.MISSING,
    "na": Reason.MISSING,
    "nan": Reason.MISSING,
    "none": Reason.MISSING,
    "#n/a": Reason.MISSING,
    "not-yet-published": Reason.NOT_YET_PUBLISHED,
    "nog niet gepubliceerd": Reason.NOT_YET_PUBLISHED,
    "not-applicable": Reason.NOT_APPLICABLE,
    "nvt": Reason.NOT_APPLICABLE,
    "n.v.t.": Reason.NOT_APPLICABLE,
    "not-comparable": Reason.NOT_COMPARABLE,
    "niet vergelijkbaar": Reason.NOT_COMPARABLE,
}
_NIHIL: Final = "-"
_SPACES: Final = re.compile(r"(?<=\d)[ \u00a0\u202f\u2009](?=\d{3}(?!\d))")
_POINTED: Final = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)?(?:\.\d*)?(?:[eE][+-]?\d+)?")
_COMMAED: Final = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+)?(?:,\d*)?(?:[eE][+-]?\d+)?")
_UNSURE: Final = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
"""1.234 and 1,234: a thousand or a little more than one."""


LARGEST: Final = 2.0**53
"""Beyond this a number in a file of JSON, or in a browser, is no longer exact."""


@dataclass(frozen=True, slots=True)
class Percentage:
    """A number that a workbook shows with a percent sign; as a text it is the same as in a CSV."""

    number: float
    """40.1 for what is shown as 40.1%, which the workbook has as 0.401."""

    @staticmethod
    def of_part(part: float) -> Percentage:
        """From a part of 1, in the 15 digits that a workbook shows: 0.07 is 7%, whatever multiplying says.

        >>> str(Percentage.of_part(0.07)), str(Percentage.of_part(0.401))
        ('7%', '40.1%')
        """
        return Percentage(float(f"{part * 100:.15g}"))

    def __str__(self) -> str:
        return f"{cell_text(self.number)}%"


class NotANumber(ValueError):
    """A text where a number should stand."""


class TooLarge(NotANumber):
    """A number that cannot be published as it is: infinite, or beyond ``LARGEST``."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What a table writes, besides the usual, where it has no figure, and why it has none."""

    reason_by_word: Mapping[str, Reason] = field(default_factory=dict)
    """Words in small letters."""

    reason_by_number: Mapping[float, Reason] = field(default_factory=dict)

    @staticmethod
    def of(missing: Iterable[str | float] = (), withheld: Iterable[str | float] = ()) -> Marks:
        """From texts and numbers as a catalog gives them; a text that is a number also means that number.

        A mark that is given for both means withheld.
        """
        words: dict[str, Reason] = {}
        numbers: dict[float, Reason] = {}
        for marks, reason in ((missing, Reason.MISSING), (withheld, Reason.WITHHELD)):
            for mark in marks:
                words[cell_text(mark).casefold()] = reason
                try:
                    numbers[float(mark)] = reason
                except ValueError:
                    continue
        return Marks(words, numbers)


NOTHING: Final = Marks()
"""No marks but the usual."""


def read_number(cell: object, sign: Sign = ".", marks: Marks = NOTHING) -> float | Reason:
    """The number in a cell, or the reason why there is none. ``sign`` is the decimal sign of numbers written as text.

    Raises NotANumber for any other text, and TooLarge for a number that is.

    >>> read_number("1.234,5", ","), read_number("-"), read_number(0), read_number(".")
    (1234.5, 0.0, 0.0, <Reason.WITHHELD: 'withheld'>)
    """
    reason = read_reason(cell, marks)
    if reason is not None:
        return reason
    number = _number(cell, sign)
    if number in marks.reason_by_number:
        return marks.reason_by_number[number]
    if not math.isfinite(number) or number > LARGEST:
        raise TooLarge(str(cell))
    if number <= SENTINEL:
        return _REASON_BY_SENTINEL.get(number, Reason.MISSING)
    return number + 0.0  # minus zero becomes zero


def _number(cell: object, sign: Sign) -> float:
    if not isinstance(cell, Real) or isinstance(cell, bool):
        return _parsed(cell_text(cell), sign)
    try:
        return float(cell)
    except OverflowError:
        return math.inf


def without_percent(cell: object) -> object:
    """A cell without its percent sign, where it has one: the number of ``12%`` is 12.

    >>> without_percent("7,5 %"), without_percent(Percentage(7.5)), without_percent(3)
    ('7,5', 7.5, 3)
    """
    if isinstance(cell, Percentage):
        return cell.number
    return cell_text(cell).removesuffix("%").rstrip() if isinstance(cell, str) else cell


def read_reason(cell: object, marks: Marks = NOTHING) -> Reason | None:
    """The reason a cell gives by a word or sign; None for any other content."""
    if isinstance(cell, Real) and cell == cell:  # NaN alone differs from itself, and a huge int has no float to ask
        return None
    word = cell_text(cell).casefold()
    return marks.reason_by_word.get(word) or _REASON_BY_WORD.get(word)


def read_category(cell: object, marks: Marks = NOTHING) -> str | Reason:
    """The category in a cell as text, or the reason why there is none; nihil is no category."""
    reason = read_reason(cell, marks)
    if reason is not None:
        return reason
    text = cell_text(cell)
    number = float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else 0.0
    if number <= SENTINEL:
        return _REASON_BY_SENTINEL.get(number, Reason.MISSING)
    if isinstance(cell, Real) and number in marks.reason_by_number:
        return marks.reason_by_number[number]
    return Reason.MISSING if text == _NIHIL else text


def _parsed(text: str, sign: Sign) -> float:
    if text == _NIHIL:
        return 0.0
    if text.casefold().lstrip("+-") in ("inf", "infinity"):
        raise TooLarge(text)
    plain = _SPACES.sub("", text.replace("\u2212", "-"))
    thousands, pattern = (",", _POINTED) if sign == "." else (".", _COMMAED)
    if pattern.fullmatch(plain) is None or not any(character.isdigit() for character in plain):
        raise NotANumber(text)
    return float(plain.replace(thousands, "").replace(sign, "."))


def decimal_sign(texts: Iterable[str]) -> Sign | None:
    """The decimal sign that texts show beyond doubt; None where they show none, or both.

    >>> decimal_sign(["1.234", "0,5"]), decimal_sign(["12.5"]), decimal_sign(["1.234"])
    (',', '.', None)
    """
    points = commas = False
    for text in texts:
        shown = _sign_of(text.strip())
        points |= shown == "."
        commas |= shown == ","
    if points == commas:
        return None
    return "." if points else ","


def is_unsure(text: str) -> bool:
    """Whether a text is one number with a decimal point and quite another with a decimal comma.

    >>> is_unsure("1.234"), is_unsure("0.234"), is_unsure("12.5")
    (True, False, False)
    """
    return _UNSURE.fullmatch(text.strip()) is not None


def _sign_of(text: str) -> Sign | None:
    """The decimal sign of one number, where it can be told."""
    if not any(map(str.isdigit, text)) or not set(text) <= set("+-0123456789.,eE"):
        return None
    point, comma = text.rfind("."), text.rfind(",")
    if point >= 0 and comma >= 0:
        return "." if point > comma else ","
    if max(text.count("."), text.count(",")) > 1:
        return _sign_of_groups(text)  # 1.234.567, and not 3.1.1
    if _UNSURE.fullmatch(text) or (point < 0 and comma < 0):
        return None
    return "." if point >= 0 else ","


def _sign_of_groups(text: str) -> Sign | None:
    if re.fullmatch(r"[+-]?\d{1,3}(\.\d{3})+", text):
        return ","
    return "." if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+", text) else None
