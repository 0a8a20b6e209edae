"""What a table of StatLine is about, the same for both versions of OData: dimensions with their codes, and measures."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from layers.problems import InputProblems, Problem, counted, listed, suggestion
from layers.remote.periods import KIND_BY_LETTERS, read_period
from layers.remote.request import Request

_POSITION = re.compile(r"_\d+$")
_DIGIT_FIRST = re.compile(r"^k_(?=\d)")


class Role(StrEnum):
    """What a dimension divides by."""

    PLAIN = "dimension"
    TIME = "time"
    REGION = "region"

    @staticmethod
    def of(kind: str) -> Role:
        """From ``Kind`` (v4) or ``Type`` (v3): Dimension, TimeDimension, GeoDimension or GeoDetail."""
        return Role.TIME if kind.startswith("Time") else Role.REGION if kind.startswith("Geo") else Role.PLAIN


@dataclass(frozen=True, slots=True)
class Code:
    """One value of a dimension."""

    key: str
    """As the server writes it, padded with spaces to the width of its dimension; filters need it so."""

    title: str
    status: str | None = None
    """Of a period: ``Definitief``, ``Voorlopig``, ``NaderVoorlopig``."""

    @property
    def code(self) -> str:
        """The key without padding: what figures are joined on."""
        return self.key.strip()


@dataclass(frozen=True, slots=True)
class Dimension:
    """What the rows of a table are divided by."""

    id: str
    title: str
    role: Role
    codes: tuple[Code, ...]
    """In the order of CBS."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A column of figures."""

    id: str
    title: str
    unit: str
    decimals: int | None
    is_text: bool
    """Whether its cells are texts, such as the name of a gemeente."""

    path: tuple[str, ...] = ()
    """Titles of the groups it stands in, the widest first."""


@dataclass(frozen=True, slots=True)
class Description:
    """A table."""

    table: str
    title: str
    modified: str | None
    """When it was last changed, as CBS writes it."""

    version: str | None
    licence: str | None
    dimensions: tuple[Dimension, ...]
    measures: tuple[Measure, ...]
    observations: int | None = None
    """How many cells it has, roughly, where CBS says so."""


def normal(name: str) -> str:
    """A title or identifier without what differs between years and between versions of OData.

    Keys of v3 are titles without spaces and signs, with their place in the table behind, which moves from year to year.

    >>> normal("Percentage meergezinswoning") == normal("PercentageMeergezinswoning_45")
    True
    """
    plain = unicodedata.normalize("NFKD", _POSITION.sub("", _DIGIT_FIRST.sub("", name.strip())))
    return "".join(
        filter(str.isalnum, plain)
    ).casefold()  # an accent has become a sign of its own, and goes with the signs


def matching(name: str, measures: Iterable[Measure]) -> list[Measure]:
    """The measures a catalog may mean by a name: by identifier, else by title, else by either without place and signs.

    More than one where titles repeat, as ``Nederland`` does under *Herkomstland* and *Geboren in Nederland*; a title with
    its group before it (``Herkomstland / Nederland``) tells them apart.
    """
    every = list(measures)
    wanted = name.strip()
    for found in (
        [measure for measure in every if measure.id == wanted],
        [measure for measure in every if wanted.casefold() in (measure.title.casefold(), _full(measure).casefold())],
    ):
        if found:
            return found
    # a long title is cut off in both versions, though not at the same letter
    return [measure for measure in every if normal(wanted) in (normal(measure.id), normal(measure.title))]


def _full(measure: Measure) -> str:
    return " / ".join((*measure.path[-1:], measure.title))


def chosen_measures(request: Request, description: Description) -> tuple[Measure, ...]:
    """The measures a request asks for; all when it names none.

    Names that are no measure of this table are passed over, since a catalog looks for its columns in every table. Raises
    InputProblems when none of the names is one.
    """
    if not request.columns:
        return description.measures
    kept = {measure.id for name in request.columns for measure in matching(name, description.measures)}
    if kept:
        return tuple(measure for measure in description.measures if measure.id in kept)
    measures = [f'"{measure.title}"' for measure in description.measures]
    dimensions = {dimension.id for dimension in description.dimensions}
    names = [name for name in request.columns if name not in dimensions]
    hint = suggestion(names[0], [measure.title for measure in description.measures]) if names else ""
    message = f"none of the columns {listed(names)} is in this table{hint}; it has {listed(measures, 20)}"
    raise InputProblems([Problem(str(request), message)])


def chosen_codes(request: Request, description: Description) -> dict[str, tuple[Code, ...]]:
    """By dimension that a request narrows: the codes that are wanted, in the order of CBS. Raises InputProblems."""
    problems: list[Problem] = []
    chosen: dict[str, tuple[Code, ...]] = {}
    for name, wanted in request.dimensions:
        dimension = _dimension(name, description.dimensions)
        if dimension is None:
            names = [dimension.id for dimension in description.dimensions]
            message = f'there is no dimension "{name}"{suggestion(name, names)}; the dimensions are {listed(names)}'
            problems.append(Problem(str(request), message))
            continue
        found = {code for text in wanted for code in _codes(text, dimension)}
        chosen[dimension.id] = tuple(code for code in dimension.codes if code in found)
        problems += [_no_code(request, text, dimension) for text in wanted if not _codes(text, dimension)]
    if problems:
        raise InputProblems(problems)
    return chosen


def _dimension(name: str, dimensions: Sequence[Dimension]) -> Dimension | None:
    exact = [dimension for dimension in dimensions if dimension.id == name]
    alike = [dimension for dimension in dimensions if normal(name) in (normal(dimension.id), normal(dimension.title))]
    return next(iter(exact + alike), None)


def _codes(text: str, dimension: Dimension) -> list[Code]:
    """The codes a catalog means: a code, a title, or for periods all of a kind."""
    exact = [code for code in dimension.codes if code.code == text]
    if exact:
        return exact
    if dimension.role is Role.TIME and text in KIND_BY_LETTERS:
        kind = KIND_BY_LETTERS[text]
        periods = [(code, read_period(code.code)) for code in dimension.codes]
        return [code for code, period in periods if period is not None and period.kind == kind]
    return [code for code in dimension.codes if code.title.strip().casefold() == text.casefold()]


def _no_code(request: Request, text: str, dimension: Dimension) -> Problem:
    codes = [code.code for code in dimension.codes]
    hint = suggestion(text, codes) or suggestion(text, [code.title.strip() for code in dimension.codes])
    message = f'{dimension.id} has no code or title "{text}"{hint}; it has {counted(len(codes), "code")}, such as '
    return Problem(str(request), message + listed([f'"{code}"' for code in codes[:3]]))
