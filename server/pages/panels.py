"""A table that is not per region as tables and charts of a page.

With years and something it is about, it is turned: a row for each thing, a column for each year, a table for each number. Free
text, such as the rule of a subgroup, stays a list that can be sorted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from markupsafe import Markup

from layers.atlas import ColumnFacts, DimensionFacts, Lang, TableFacts
from layers.panel_rows import PanelRows
from server.pages.parts import NO_ROW, Cell, Figure, Head, Table, figure_at, figure_cell, figure_text, with_unit
from server.pages.words import WORDS
from server.rows_route import titles_of
from styles.charts import Bar, ChartSeries, bars, lines, ticks_for

MOST_LINES: Final = 8
FLATTENED: Final = 20
"""A line so many times lower than another is flat beside it."""

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sorting:
    """How a list is ordered, as the address says."""

    column: str | None
    is_descending: bool


FEW_WORDS: Final = 5
"""So many texts, such as the names of a region and the country, still head the rows of a table over the years."""

UNSORTED: Final = Sorting(None, is_descending=False)


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel as readers see it: its axes are the columns of words with more than one word in them."""

    facts: TableFacts
    rows: PanelRows
    titles: Mapping[str, Mapping[str, str]]
    """By column of a dimension: the title of each code."""

    lang: Lang

    @staticmethod
    def of(facts: TableFacts, rows: PanelRows, dimensions: Sequence[DimensionFacts], lang: Lang) -> Panel:
        """The panel in a language."""
        titles = {
            column.id: {code: text.in_(lang) for code, text in titles_of(dimensions, column).items()}
            for column in facts.columns
        }
        return Panel(facts, rows, titles, lang)

    @property
    def numbers(self) -> list[ColumnFacts]:
        """The columns of numbers."""
        return [column for column in self.facts.columns if column.kind == "number"]

    @property
    def axes(self) -> list[ColumnFacts]:
        """What the rows are about, besides the year."""
        words = [column for column in self.facts.columns if column.kind in ("dimension", "text")]
        return [column for column in words if len(set(self.rows.keys[column.id])) > 1]

    @property
    def year(self) -> ColumnFacts | None:
        """The column of years."""
        return next((column for column in self.facts.columns if column.kind == "year"), None)

    @property
    def years(self) -> list[int]:
        """The years there are, rising."""
        if self.year is None:
            return []
        return sorted({year for year in self.rows.keys[self.year.id] if isinstance(year, int)})

    @property
    def is_list(self) -> bool:
        """Whether it is a list of texts rather than a few things counted over the years."""
        return not self.years or any(
            axis.kind == "text" and len(set(self.rows.keys[axis.id])) > FEW_WORDS for axis in self.axes
        )

    def word(self, column: ColumnFacts, row: int) -> str:
        """The word of a row in a column."""
        cell = self.rows.keys[column.id][row]
        return "" if cell is None else self.titles[column.id].get(str(cell), str(cell))

    def keys(self) -> list[Key]:
        """What each row is about, in words."""
        return [tuple(self.word(axis, row) for axis in self.axes) for row in range(len(self.rows))]

    def figure(self, column: ColumnFacts, row: int) -> Figure:
        """The figure of a row."""
        return figure_at(self.rows.numbers[column.id], row)

    def row_by_place(self) -> dict[tuple[Key, int], int]:
        """By what it is about and year, the row."""
        years = self.rows.keys[self.year.id] if self.year else [0] * len(self.rows)
        return {(key, int(year or 0)): row for row, (key, year) in enumerate(zip(self.keys(), years, strict=True))}


def tables(panel: Panel, sorting: Sorting) -> tuple[Table, ...]:
    """The panel as tables: one for each number over the years, or a list."""
    if panel.is_list:
        return (_list(panel, sorting),)
    return tuple(_turned(panel, column) for column in panel.numbers)


def _turned(panel: Panel, column: ColumnFacts) -> Table:
    rows = panel.row_by_place()
    keys = list(dict.fromkeys(panel.keys()))
    heads = [Head(axis.title.in_(panel.lang)) for axis in panel.axes] or [Head("")]
    years = panel.years
    table: list[tuple[Cell, ...]] = []
    for key in keys:
        cells = [
            figure_cell(panel.figure(column, rows[key, year]), column.decimals, panel.lang)
            if (key, year) in rows
            else Cell(NO_ROW, "reason")
            for year in years
        ]
        names = key or (column.title.in_(panel.lang),)
        table.append((*(Cell(name, "head") for name in names), *cells))
    caption = with_unit(_caption(panel, column), unit_of(column, panel.lang))
    return Table(caption, (*heads, *(Head(str(year), is_number=True) for year in years)), tuple(table))


def _caption(panel: Panel, column: ColumnFacts) -> str:
    title = panel.facts.title.in_(panel.lang)
    return title if len(panel.numbers) == 1 else f"{title}: {column.title.in_(panel.lang)}"


def unit_of(column: ColumnFacts, lang: Lang) -> str:
    """The unit of a column of numbers; empty where it has none."""
    return column.unit.in_(lang) if column.unit else ""


def _list(panel: Panel, sorting: Sorting) -> Table:
    order = sorted(range(len(panel.rows)), key=lambda row: _rank(panel, sorting, row))
    heads = []
    for column in panel.facts.columns:
        is_sorted = column.id == sorting.column
        turn = (
            "af" if (column.kind == "number" and not is_sorted) or (is_sorted and not sorting.is_descending) else "op"
        )
        way: Literal["ascending", "descending"] = "descending" if sorting.is_descending else "ascending"
        unit = unit_of(column, panel.lang)
        heads.append(
            Head(
                with_unit(column.title.in_(panel.lang), unit),
                is_number=column.kind == "number",
                href=f"sorteer={column.id}&richting={turn}",
                sorted=way if is_sorted else None,
            )
        )
    return Table(panel.facts.title.in_(panel.lang), tuple(heads), tuple(_row(panel, row) for row in order))


def _row(panel: Panel, row: int) -> tuple[Cell, ...]:
    cells = []
    texts = [column for column in panel.facts.columns if column.kind == "text"] or [panel.facts.columns[0]]
    for column in panel.facts.columns:
        if column.kind == "number":
            cells.append(figure_cell(panel.figure(column, row), column.decimals, panel.lang))
        else:
            cells.append(Cell(panel.word(column, row), "head" if column == texts[-1] else "text"))
    return tuple(cells)


def _rank(panel: Panel, sorting: Sorting, row: int) -> tuple[bool, float, str]:
    """Where a row stands: rows without a number are last either way, equal ones stay as they were."""
    column = next((column for column in panel.facts.columns if column.id == sorting.column), None)
    if column is None:
        return False, 0.0, ""
    sign = -1.0 if sorting.is_descending else 1.0
    if column.kind == "number":
        value = panel.figure(column, row).value
        return value is None, sign * (value or 0.0), ""
    words = sorted({panel.word(column, other) for other in range(len(panel.rows))})
    return False, sign * words.index(panel.word(column, row)), ""


def charts(panel: Panel, chart_id: str) -> tuple[Markup, ...]:
    """The panel as charts, as its view asks; none for a table."""
    if panel.facts.view == "line" and len(panel.years) > 1:
        return _line_charts(panel, chart_id)
    if panel.facts.view == "bar" and panel.axes:
        return (_bar_chart(panel, chart_id),)
    return ()


def _line_charts(panel: Panel, chart_id: str) -> tuple[Markup, ...]:
    """A chart for each unit: lines of what it is about, or of its numbers."""
    keys = list(dict.fromkeys(panel.keys()))
    groups = [[column] for column in panel.numbers] if len(keys) > 1 else _by_unit(panel)
    rows = panel.row_by_place()
    drawn = []
    parts = [(columns, part) for columns in groups for part in _of_one_size(panel, columns, keys)]
    for number, (group, shown) in enumerate(parts):
        series = [
            ChartSeries(
                ", ".join(key) or column.title.in_(panel.lang) if len(keys) > 1 else column.title.in_(panel.lang),
                tuple(_bar(panel, column, rows.get((key, year))) for year in panel.years),
            )
            for column in group
            for key in shown
        ][:MOST_LINES]
        values = [bar.value for one in series for bar in one.bars if bar.value is not None]
        numbers = ticks_for(values)
        decimals = 0 if all(tick == round(tick) for tick in numbers) else 1
        ticks = [Bar(tick, figure_text(tick, decimals, panel.lang)) for tick in numbers]
        unit = unit_of(group[0], panel.lang)
        title = with_unit(_group_title(panel, group), unit)
        description = WORDS[panel.lang].chart_description
        drawn.append(Markup(lines(f"{chart_id}-{number}", title, description, panel.years, series, ticks)))  # noqa: S704 - escaped where it is made
    return tuple(drawn)


def _of_one_size(panel: Panel, group: Sequence[ColumnFacts], keys: list[Key]) -> list[list[Key]]:
    """What can be drawn on one scale: lines of which the largest would flatten the others are drawn apart."""
    rows = panel.row_by_place()

    def top(key: Key) -> float:
        figures = [panel.figure(column, row) for column in group for (one, _), row in rows.items() if one == key]
        return max((abs(figure.value) for figure in figures if figure.value is not None), default=0.0)

    tops = [top(key) for key in keys]
    return [keys] if min(tops) * FLATTENED >= max(tops) else [[key] for key in keys[:MOST_LINES]]


def _group_title(panel: Panel, group: Sequence[ColumnFacts]) -> str:
    title = panel.facts.title.in_(panel.lang)
    return title if len(group) == len(panel.numbers) else ", ".join(column.title.in_(panel.lang) for column in group)


def _by_unit(panel: Panel) -> list[list[ColumnFacts]]:
    units: dict[str, list[ColumnFacts]] = {}
    for column in panel.numbers:
        units.setdefault(unit_of(column, "nl"), []).append(column)
    return list(units.values())


def _bar_chart(panel: Panel, chart_id: str) -> Markup:
    """Bars of the newest year: of the first number, or of those that are percentages as it is."""
    first = panel.numbers[0]
    year = max(panel.years, default=0)
    here = {key: row for (key, at), row in panel.row_by_place().items() if at == year}
    categories = list(dict.fromkeys(key[0] for key in here))
    if len(panel.axes) > 1:
        others = list(dict.fromkeys(key[1:] for key in here))[:MOST_LINES]
        series = [
            ChartSeries(
                ", ".join(other), tuple(_bar(panel, first, here.get((category, *other))) for category in categories)
            )
            for other in others
        ]
        shown = [first]
    else:
        shown = [column for column in panel.numbers if _is_percent(column) == _is_percent(first)]
        shown = shown if _is_percent(first) else [first]
        series = [
            ChartSeries(
                with_unit(column.title.in_(panel.lang), unit_of(column, panel.lang)),
                tuple(_bar(panel, column, here.get((category,))) for category in categories),
            )
            for column in shown
        ]
    words = WORDS[panel.lang]
    title = panel.facts.title.in_(panel.lang)
    if len(shown) == 1:
        title = with_unit(title, unit_of(first, panel.lang))
    if year:
        title = words.in_year.format(title=title, year=year)
    return Markup(bars(chart_id, title, words.chart_description, categories, series))  # noqa: S704 - escaped where it is made


def _is_percent(column: ColumnFacts) -> bool:
    return unit_of(column, "nl").startswith("%")


def _bar(panel: Panel, column: ColumnFacts, row: int | None) -> Bar:
    if row is None:
        return Bar(None, NO_ROW)
    figure = panel.figure(column, row)
    cell = figure_cell(figure, column.decimals, panel.lang)
    return Bar(figure.value, cell.text + ("%" if figure.value is not None and _is_percent(column) else ""))
