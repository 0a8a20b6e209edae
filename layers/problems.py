"""Problems in what a publisher gave us: each one sentence that says where, what, and the way out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NoReturn

from layers.errors import LayersError


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a catalog or a source."""

    file: str
    """As the publisher wrote it."""

    message: str
    """What is wrong and what is allowed, without a full stop."""

    layer: str | None = None
    """Layer of a geographical file."""

    sheet: str | None = None
    """Sheet of a workbook."""

    line: int | None = None
    """Line of a text file, from 1."""

    row: int | None = None
    """Row of a table as a spreadsheet counts it (the header is row 1), or number of a feature, from 1."""

    def __str__(self) -> str:
        place = [self.file]
        if self.layer is not None:
            place.append(f"layer {self.layer}")
        if self.sheet is not None:
            place.append(f"sheet {self.sheet}")
        if self.line is not None:
            place.append(f"line {self.line}")
        if self.row is not None:
            place.append(f"row {self.row}")
        return f"{', '.join(place)}: {self.message}"


class InputProblems(LayersError):
    """Everything that is wrong in the publisher's input, at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def refuse(
    source: str, message: str, *, layer: str | None = None, sheet: str | None = None, cause: Exception | None = None
) -> NoReturn:
    """Raise InputProblems with one problem of a source."""
    raise InputProblems([Problem(source, message, layer=layer, sheet=sheet)]) from cause


class Gathering:
    """Collects problems of several steps, so that one bad source does not hide the next."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    @contextmanager
    def step(self) -> Iterator[None]:
        """A step whose problems are kept; what comes after it goes on."""
        try:
            yield
        except InputProblems as error:
            self.problems.extend(error.problems)

    def close(self) -> None:
        """Raise what was collected, each problem once, if there is any."""
        if self.problems:
            raise InputProblems(list(dict.fromkeys(self.problems)))


def listed(words: Iterable[str], limit: int = 12) -> str:
    """The words with commas; of a long list the first ones and how many more.

    >>> listed(["a", "b", "c"], limit=2)
    'a, b and 1 more'
    """
    every = list(words)
    if len(every) <= limit:
        return ", ".join(every)
    return f"{', '.join(every[:limit])} and {len(every) - limit} more"


def nearest(word: str, allowed: Iterable[str], count: int = 1) -> list[str]:
    """Those allowed words that look most like a word, whatever their case."""
    by_folded = {name.casefold(): name for name in allowed}
    close = get_close_matches(word.casefold(), list(by_folded), n=count, cutoff=0.6)
    return [by_folded[name] for name in close]


def suggestion(word: str, allowed: Iterable[str]) -> str:
    """``(did you mean "gemeente"?)`` after a space, or nothing.

    >>> suggestion("gemente", ["gemeente", "wijk"])
    ' (did you mean "gemeente"?)'
    """
    close = nearest(word, allowed)
    return f' (did you mean "{close[0]}"?)' if close else ""


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """A number with its noun.

    >>> counted(1, "region"), counted(3340, "region")
    ('1 region', '3,340 regions')
    """
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"
