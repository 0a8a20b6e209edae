"""What pages are made of: figures with their text, tables and sections. The templates know nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from markupsafe import Markup

from layers.atlas import IndicatorFacts, Lang, Status
from layers.values import Published, Reason
from server.pages.words import WORDS
from styles.words import number_text, source_text

NO_ROW: Final = "\N{EN DASH}"
"""Where a table has no row for a place."""

CellKind = Literal["head", "number", "reason", "text"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number or a reason; neither where the region did not exist or the level has no figures."""

    value: float | None = None
    status: Status | None = None


def figure_at(published: Published, row: int) -> Figure:
    """One figure of a series."""
    reason = int(published.reasons[row])
    return Figure(status=Reason.of(reason).value) if reason else Figure(value=float(published.numbers[row]))


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table."""

    text: str
    kind: CellKind = "text"
    href: str | None = None
    drawing: Markup | None = None
    value: float | None = None
    """The number itself, for programs that read the page."""


@dataclass(frozen=True, slots=True)
class Head:
    """The heading of a column, which may sort the table."""

    text: str
    is_number: bool = False
    href: str | None = None
    sorted: Literal["ascending", "descending"] | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption."""

    caption: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[Cell, ...], ...]
    is_folded: bool = False
    """Whether readers open it themselves, since it is long and beside the point."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link within the site."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page under a heading of its own."""

    id: str
    title: str
    explanation: str = ""
    terms: tuple[tuple[str, str], ...] = ()
    """What one must know to read it, such as caveat and source."""

    links: tuple[Link, ...] = ()
    frame: Link | None = None
    """A map to be shown in the page."""

    charts: tuple[Markup, ...] = ()
    notes: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()


def figure_cell(
    figure: Figure | None, decimals: int, lang: Lang, categories: Sequence[str] = (), unit: str = ""
) -> Cell:
    """A figure as a cell: a number, or in short why there is none. None: there was no such region."""
    words = WORDS[lang]
    if figure is None:
        return Cell(words.did_not_exist, "reason")
    if figure.status is not None:
        return Cell(words.reasons_short[Reason(figure.status)], "reason")
    if figure.value is None:
        return Cell(words.reasons_short[Reason.MISSING], "reason")
    return Cell(figure_text(figure.value, decimals, lang, categories, unit), "number", value=figure.value)


def figure_text(value: float, decimals: int, lang: Lang, categories: Sequence[str] = (), unit: str = "") -> str:
    """A number as readers write it, or the name of a category."""
    if categories:
        return categories[int(value)]
    return number_text(value, decimals, lang) + ("%" if unit == "%" else "")


def with_unit(title: str, unit: str) -> str:
    """A title with its unit behind it, where there is one and the title does not say it."""
    return f"{title} ({unit})" if unit and unit.casefold() not in title.casefold() else title


def about(indicator: IndicatorFacts, attribution: str, lang: Lang) -> tuple[tuple[str, str], ...]:
    """What one must know to read an indicator, term by term."""
    words = WORDS[lang]
    texts = (
        (words.definition, indicator.definition),
        (words.base, indicator.base),
        (words.reference_date, indicator.reference_date),
        (words.caveat, indicator.caveat),
    )
    source = indicator.source.in_(lang) if indicator.source else attribution
    known = ((term, text.in_(lang)) for term, text in texts if text is not None)
    return (*known, (words.source, source_text(source)))


def reasons_in(tables: Iterable[Table], lang: Lang) -> list[Reason]:
    """The reasons that occur in tables, to be explained once."""
    shown = {cell.text for table in tables for row in table.rows for cell in row if cell.kind == "reason"}
    return [reason for reason in Reason if WORDS[lang].reasons_short[reason] in shown]
