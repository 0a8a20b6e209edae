"""Which rows of a source count: a small part of SQL's WHERE.

Comparisons joined by AND, names of columns in any case:

    water = 'NEE' and jaar >= 2022
    gm_code in ('GM0363', 'GM0457')
    naam is not null
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layers.codes import cell_text

_TOKEN = re.compile(
    r"""\s*(?:
        '(?P<text>(?:[^']|'')*)'
      | (?P<number>[+-]?\d+(?:\.\d+)?)
      | "(?P<quoted>[^"]+)"
      | (?P<word>[^\W\d]\w*)
      | (?P<sign><>|!=|<=|>=|[=<>(),])
    )""",
    re.VERBOSE,
)
_SIGNS = {"=", "<>", "!=", "<", ">", "<=", ">="}
_GRAMMAR = "write comparisons such as water = 'NEE', joined by and; the signs are =, <>, <, >, <=, >=, in (..), is null"


class BadWhere(ValueError):
    """A condition that cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One column compared with one or more constants."""

    column: str
    sign: str
    """One of the signs, ``in``, ``null`` or ``not null``."""

    constants: tuple[str | float, ...] = ()

    def holds(self, cells: pd.Series[Any]) -> NDArray[np.bool_]:
        """(rows,) True where it holds; an empty cell only meets ``is null``."""
        texts = [cell_text(cell) for cell in cells]
        filled = np.array([text != "" for text in texts], dtype=bool)
        if self.sign in ("null", "not null"):
            return filled if self.sign == "not null" else ~filled
        meets = [any(self._meets(text, constant) for constant in self.constants) for text in texts]
        return np.asarray(filled & np.array(meets, dtype=bool))

    def _meets(self, text: str, constant: str | float) -> bool:
        if isinstance(constant, str):
            return _COMPARE[self.sign](text, constant)
        try:
            return _COMPARE[self.sign](float(text), constant)
        except ValueError:
            return self.sign in ("<>", "!=")


_COMPARE: dict[str, Callable[[object, object], bool]] = {
    "=": lambda a, b: a == b,
    "in": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,  # type: ignore[operator]
    ">": lambda a, b: a > b,  # type: ignore[operator]
    "<=": lambda a, b: a <= b,  # type: ignore[operator]
    ">=": lambda a, b: a >= b,  # type: ignore[operator]
}


def parse_where(condition: str) -> tuple[Comparison, ...]:
    """The comparisons of a condition, all of which must hold.

    Raises BadWhere when it is no condition we know.
    """
    tokens = _tokens(condition)
    comparisons = [_comparison(tokens)]
    while tokens:
        _expect(tokens, "and")
        comparisons.append(_comparison(tokens))
    return tuple(comparisons)


def _tokens(condition: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    at = 0
    while condition[at:].strip():
        found = _TOKEN.match(condition, at)
        if found is None:
            raise BadWhere(f"{condition[at:].strip()[:20]!r} cannot be read; {_GRAMMAR}")
        kind = found.lastgroup or ""
        tokens.append((kind, found[kind]))
        at = found.end()
    return tokens


def _comparison(tokens: list[tuple[str, str]]) -> Comparison:
    kind, column = _next(tokens)
    if kind not in ("word", "quoted"):
        raise BadWhere(f"{column!r} stands where the name of a column should be; {_GRAMMAR}")
    _, sign = _next(tokens)
    match sign.lower():
        case "is":
            _, word = _next(tokens)
            if word.lower() == "not":
                _expect(tokens, "null")
                return Comparison(column, "not null")
            if word.lower() != "null":
                raise BadWhere(f"{word!r} stands where null should be; {_GRAMMAR}")
            return Comparison(column, "null")
        case "in":
            _expect(tokens, "(")
            constants = [_constant(tokens)]
            while tokens and tokens[0][1] == ",":
                tokens.pop(0)
                constants.append(_constant(tokens))
            _expect(tokens, ")")
            return Comparison(column, "in", tuple(constants))
        case known if known in _SIGNS:
            return Comparison(column, known, (_constant(tokens),))
    raise BadWhere(f"{sign!r} stands where a sign should be; {_GRAMMAR}")


def _constant(tokens: list[tuple[str, str]]) -> str | float:
    kind, text = _next(tokens)
    if kind == "number":
        return float(text)
    if kind == "text":
        return text.replace("''", "'")
    raise BadWhere(f"{text!r} stands where a number or a 'text' in single quotes should be; {_GRAMMAR}")


def _expect(tokens: list[tuple[str, str]], word: str) -> None:
    _, text = _next(tokens)
    if text.lower() != word:
        raise BadWhere(f"{text!r} stands where {word!r} should be; {_GRAMMAR}")


def _next(tokens: list[tuple[str, str]]) -> tuple[str, str]:
    if not tokens:
        raise BadWhere(f"it ends too early; {_GRAMMAR}")
    return tokens.pop(0)
