"""The legend of two indicators in one map: a square of three by three, with the figures that part the thirds."""

from __future__ import annotations

from collections.abc import Collection
from itertools import groupby

from layers.atlas import AtlasFacts, IndicatorFacts, Lang
from layers.values import Reason
from styles.bivariate import Cell, cells
from styles.coloring import class_text
from styles.drawing import TEXT_PX, TITLE_PX, Drawing, wrapped
from styles.errors import NoFigures
from styles.legend import draw_reasons
from styles.scene import pair
from styles.tokens import LIGHT, Tokens
from styles.words import WORDS, number_text

CELL_PX = 46


def pair_legend_svg(
    facts: AtlasFacts,
    indicator_id: str,
    other_id: str,
    level: str | None,
    lang: Lang,
    reasons: Collection[Reason] | None = None,
    tokens: Tokens = LIGHT,
) -> str:
    """The legend as an SVG image; a screen reader reads both titles and what each of the nine colors says.

    Without a level it has a square for each level on which both have figures. Raises ``UnknownIndicator``, ``NoPair``,
    ``CountIsNoFill`` and ``NoFigures``.
    """
    first, second = pair(facts, indicator_id, other_id)
    levels = common_levels(first, second)
    if level is not None and level not in levels:
        raise NoFigures(f"{first.id} with {second.id}", level, levels)
    titles = {one.id: one.title.in_(lang) for edition in facts.editions for one in edition.levels}
    drawing = Drawing(tokens)
    for arrow, one in (("\u2191", second), ("\u2192", first)):
        for line in wrapped(f"{arrow} {_titled(one, lang)}", TITLE_PX):
            drawing.text(line, TITLE_PX, bold=True)
    for shown in [level] if level is not None else levels:
        drawing.space(6)
        if len(levels) > 1 and level is None:
            drawing.text(WORDS[lang].per.format(level=titles[shown]), TEXT_PX, bold=True)
        _draw_square(drawing, first, second, shown, lang)
    drawing.space(6)
    title = f"{_titled(first, lang)} / {_titled(second, lang)}"
    return drawing.svg(title, draw_reasons(drawing, reasons, lang, tokens))


def common_levels(first: IndicatorFacts, second: IndicatorFacts) -> list[str]:
    """The levels on which two indicators have figures of the same year and borders, from coarse to fine."""
    theirs = {(series.level, series.year, series.edition) for series in second.series}
    ours = [series.level for series in first.series if (series.level, series.year, series.edition) in theirs]
    return list(dict.fromkeys(ours))


def _draw_square(drawing: Drawing, first: IndicatorFacts, second: IndicatorFacts, level: str, lang: Lang) -> None:
    def rising(cell: Cell) -> int:
        return cell.row

    found = cells(first, second, level)
    if not found:
        return
    fills = [[cell.color for cell in row] for _, row in groupby(found, rising)]
    across, upwards = (
        [number_text(edge, one.decimals, lang) for edge in one.breaks[level].thirds] for one in (first, second)
    )
    drawing.square(fills, across, upwards, CELL_PX)
    drawing.tell(
        f"{first.title.in_(lang)} {class_text(cell.first, first, level, lang)}, "
        f"{second.title.in_(lang)} {class_text(cell.second, second, level, lang)}: {cell.color}"
        for cell in found
    )


def _titled(indicator: IndicatorFacts, lang: Lang) -> str:
    unit = indicator.unit.in_(lang)
    return f"{indicator.title.in_(lang)} ({unit})" if unit else indicator.title.in_(lang)
