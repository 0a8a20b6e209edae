"""The legend of an indicator: the same classes and patterns as the map, as entries and as an accessible SVG."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from layers.atlas import AtlasFacts, IndicatorFacts, Lang, LevelFacts
from layers.values import Reason
from styles.coloring import class_text, color_classes
from styles.drawing import TEXT_PX, TITLE_PX, Drawing, wrapped
from styles.errors import NoFigures
from styles.reasons import image_name, mark_svg, pattern_svg
from styles.scene import find_indicator
from styles.symbols import CIRCLE_OPACITY, MOST_PX, Growth, radius_px, round_figures, top_of
from styles.tokens import LIGHT, Tokens
from styles.words import WORDS, number_text, reason_text


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One line of a legend."""

    label: str
    """Without the unit, which heads the legend."""

    color: str | None = None
    """``#rrggbb`` of a class or category."""

    reason: Reason | None = None
    """Instead of a color: the reason whose pattern this is."""

    low: float | None = None
    """Of a class: its lowest number; None where it is open at the bottom."""

    high: float | None = None
    """Of a class: what it runs up to; None where it is open at the top."""

    radius: float | None = None
    """Of a circle: its radius in parts of the largest one."""


def entries(
    facts: AtlasFacts,
    indicator_id: str,
    level: str | None,
    lang: Lang,
    reasons: Collection[Reason] | None = None,
) -> list[LegendEntry]:
    """The classes of a level from low to high, then the reasons.

    Without a level: the coarsest with figures. ``reasons`` are those that occur; None is all. Raises
    ``UnknownIndicator`` and ``NoFigures``.
    """
    indicator = find_indicator(facts, indicator_id)
    return [
        *_class_entries(indicator, _levels(facts, indicator, level)[0].id, lang),
        *_reason_entries(reasons, lang),
    ]


def legend_svg(
    facts: AtlasFacts,
    indicator_id: str,
    level: str | None,
    lang: Lang,
    reasons: Collection[Reason] | None = None,
    tokens: Tokens = LIGHT,
    zoom: float | None = None,
) -> str:
    """The legend as an SVG image that stands on its own; a screen reader reads its title, unit and rows.

    Without a level it has a part for each level with figures, as an automatic map needs. Circles are as large as at a zoom, or
    as they become in the end. High contrast modes leave its colors alone, since they carry the meaning.
    """
    indicator = find_indicator(facts, indicator_id)
    is_sized = indicator.drawn == "symbols"
    levels = _levels(facts, indicator, level)
    drawing = Drawing(tokens)
    for line in wrapped(indicator.title.in_(lang), TITLE_PX):
        drawing.text(line, TITLE_PX, bold=True)
    if unit := indicator.unit.in_(lang):
        drawing.text(unit, TEXT_PX)
    for one in levels:
        drawing.space(6)
        if level is None and len(levels) > 1 and indicator.kind != "category":
            drawing.text(WORDS[lang].per.format(level=one.title.in_(lang)), TEXT_PX, bold=True)
        draw_figures(drawing, facts, indicator, one.id, lang, zoom)
        if indicator.kind == "category":
            break  # the same for every level
    drawing.space(6)
    title = ", ".join(part for part in (indicator.title.in_(lang), unit) if part)
    return drawing.svg(title, draw_reasons(drawing, reasons, lang, tokens, are_marks=is_sized))


def draw_figures(
    drawing: Drawing, facts: AtlasFacts, indicator: IndicatorFacts, level: str, lang: Lang, zoom: float | None = None
) -> None:
    """The rows of classes or categories of a level, or its circles."""
    if indicator.drawn == "symbols":
        _draw_circles(drawing, facts, indicator, level, lang, zoom)
        return
    for entry in _class_entries(indicator, level, lang):
        drawing.row(entry.color or drawing.tokens.missing, entry.label)


def draw_reasons(
    drawing: Drawing, reasons: Collection[Reason] | None, lang: Lang, tokens: Tokens, *, are_marks: bool = False
) -> list[str]:
    """The rows of reasons, as patterns or as the marks that stand among circles; the patterns they need."""
    shown = [reason for reason in Reason if reasons is None or reason in reasons]
    for reason in shown:
        if are_marks:
            drawing.mark(mark_svg(reason, tokens), reason_text(reason, lang))
        else:
            drawing.row(f"url(#{image_name(reason)})", reason_text(reason, lang))
    return [] if are_marks else [pattern_svg(reason, tokens) for reason in shown]


def _draw_circles(
    drawing: Drawing, facts: AtlasFacts, indicator: IndicatorFacts, level: str, lang: Lang, zoom: float | None
) -> None:
    shown = _class_entries(indicator, level, lang)
    if not shown:
        return
    newest = max(series.edition for series in indicator.series if series.level == level)
    growth = Growth.of(next(one for one in facts.editions if one.year == newest), level)
    largest = MOST_PX if zoom is None else growth.largest_px(zoom)
    circles = [(round(largest * entry.radius, 2), entry.label) for entry in shown if entry.radius is not None]
    drawing.circles(indicator.colors[-1], CIRCLE_OPACITY, circles)


def _levels(facts: AtlasFacts, indicator: IndicatorFacts, level: str | None) -> list[LevelFacts]:
    """The levels with figures, from coarse to fine, or just the one asked for."""
    known = {one.id: one for edition in facts.editions for one in edition.levels}
    with_figures = list(dict.fromkeys(series.level for series in indicator.series))
    wanted = [name for name in with_figures if level in (None, name)]
    if not wanted:
        raise NoFigures(indicator.id, level or "any level", with_figures)
    return [known[name] for name in wanted]


def _class_entries(indicator: IndicatorFacts, level: str, lang: Lang) -> list[LegendEntry]:
    if indicator.drawn == "symbols":
        return _circle_entries(indicator, level, lang)
    return [
        LegendEntry(class_text(one, indicator, level, lang), color=one.color, low=one.low, high=one.high)
        for one in color_classes(indicator, level)
    ]


def _circle_entries(indicator: IndicatorFacts, level: str, lang: Lang) -> list[LegendEntry]:
    """Circles of round figures, from large to small, and of zero where figures begin there."""
    if level not in indicator.breaks:
        return []
    top, decimals = top_of(indicator, level), indicator.decimals
    values = [*round_figures(top, decimals), *([0.0] if indicator.breaks[level].low <= 0 else [])]
    return [
        LegendEntry(number_text(value, decimals, lang), color=indicator.colors[-1], radius=radius_px(value, top, 1.0))
        for value in values
    ]


def _reason_entries(reasons: Collection[Reason] | None, lang: Lang) -> list[LegendEntry]:
    shown = [reason for reason in Reason if reasons is None or reason in reasons]
    return [LegendEntry(reason_text(reason, lang), reason=reason) for reason in shown]
