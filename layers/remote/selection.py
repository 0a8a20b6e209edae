"""Which rows of a table are asked for at a time, as OData filters, and how a query that is too large is divided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from layers.remote.description import Code, Description, Dimension

_KEYS_AT_A_TIME = 40
"""Codes in one filter; an address should stay under 2,000 characters."""


@dataclass(frozen=True, slots=True)
class Clause:
    """What is asked of one dimension: certain keys, or all that begin alike."""

    dimension: str
    keys: tuple[str, ...] = ()
    """Padded, as the server has them: an unpadded key finds nothing, and says so nowhere."""

    prefix: str = ""

    def __str__(self) -> str:
        if self.keys:
            return f"({' or '.join(f'{self.dimension} eq {_quoted(key)}' for key in self.keys)})"
        return f"startswith({self.dimension},{_quoted(self.prefix)})"

    def holds(self, code: Code) -> bool:
        """Whether a code is asked for."""
        return code.key in self.keys if self.keys else code.key.startswith(self.prefix)


Selection = tuple[Clause, ...]
"""At most one clause per dimension; a dimension without one is asked for whole."""


def filter_of(clauses: Iterable[Clause]) -> str:
    """As ``$filter`` has it; empty where everything is asked for.

    >>> filter_of([Clause("SoortMisdrijf", ("3.1.1 ",)), Clause("Perioden", prefix="2024")])
    "(SoortMisdrijf eq '3.1.1 ') and startswith(Perioden,'2024')"
    """
    return " and ".join(map(str, clauses))


def selections(chosen: Mapping[str, Sequence[Code]]) -> list[Selection]:
    """Queries that together ask for the chosen codes, each once; one query for everything where none are chosen."""
    clauses = [
        [
            Clause(dimension, tuple(code.key for code in codes[at : at + _KEYS_AT_A_TIME]))
            for at in range(0, len(codes), _KEYS_AT_A_TIME)
        ]
        for dimension, codes in chosen.items()
    ]
    return [tuple(each) for each in product(*clauses)]


def divided(selection: Selection, description: Description) -> list[Selection]:
    """Two or more smaller queries that ask for the same rows; none when it asks for a single row already.

    The dimension with most codes is divided: where it has many, by the next letter in which they differ.
    """
    clause_by_dimension = {clause.dimension: clause for clause in selection}
    covered = {dimension.id: _covered(dimension, clause_by_dimension) for dimension in description.dimensions}
    widest = max(covered, key=lambda dimension: len(covered[dimension]), default=None)
    if widest is None or len(covered[widest]) < 2:
        return []
    others = tuple(clause for clause in selection if clause.dimension != widest)
    return [(*others, clause) for clause in _clauses(widest, covered[widest])]


def _covered(dimension: Dimension, clauses: Mapping[str, Clause]) -> list[Code]:
    clause = clauses.get(dimension.id)
    return [code for code in dimension.codes if clause is None or clause.holds(code)]


def _clauses(dimension: str, codes: list[Code]) -> list[Clause]:
    if len(codes) <= _KEYS_AT_A_TIME:
        keys, middle = tuple(code.key for code in codes), len(codes) // 2
        return [Clause(dimension, keys[:middle]), Clause(dimension, keys[middle:])]
    keys = tuple(sorted(code.key for code in codes))
    shared = next(at for at in range(len(keys[0]) + 1) if keys[0][: at + 1] != keys[-1][: at + 1])
    prefixes = sorted({key[: shared + 1] for key in keys})
    return [Clause(dimension, prefix=prefix) for prefix in prefixes]


def _quoted(key: str) -> str:
    return "'" + key.replace("'", "''") + "'"
