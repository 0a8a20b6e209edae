"""The legend of an indicator: the same classes and patterns as the map, as entries and as an accessible SVG."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from html import escape

from layers.atlas import AtlasFacts, IndicatorFacts, Lang, LevelFacts
from layers.values import Reason
from styles.coloring import class_text, color_classes
from styles.errors import NoFigures
from styles.reasons import image_name, pattern_svg
from styles.scene import find_indicator
from styles.tokens import LIGHT, Tokens
from styles.words import WORDS, reason_text

_FONTS = "'Noto Sans','Open Sans',Arial,sans-serif"
_MARGIN_PX = 12
_SWATCH_PX = (26, 16)
_ROW_PX = 22
_TEXT_PX = 13
_TITLE_PX = 14
_WRAP_PX = 300
"""Titles are broken to stay within this width."""


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
) -> str:
    """The legend as an SVG image that stands on its own; a screen reader reads its title, unit and rows.

    Without a level it has a part for each level with figures, as an automatic map needs. High contrast modes leave its
    colors alone, since they carry the meaning.
    """
    indicator = find_indicator(facts, indicator_id)
    levels = _levels(facts, indicator, level)
    drawing = _Drawing(tokens)
    for line in _wrapped(indicator.title.in_(lang), _TITLE_PX):
        drawing.text(line, _TITLE_PX, bold=True)
    if unit := indicator.unit.in_(lang):
        drawing.text(unit, _TEXT_PX)
    for one in levels:
        drawing.space(6)
        if level is None and len(levels) > 1 and indicator.kind != "category":
            drawing.text(WORDS[lang].per.format(level=one.title.in_(lang)), _TEXT_PX, bold=True)
        for entry in _class_entries(indicator, one.id, lang):
            drawing.row(entry.color or tokens.missing, entry.label)
        if indicator.kind == "category":
            break  # the same for every level
    drawing.space(6)
    shown = _reason_entries(reasons, lang)
    for entry in shown:
        drawing.row(f"url(#{image_name(entry.reason)})" if entry.reason else tokens.missing, entry.label)
    swatches = [pattern_svg(entry.reason, tokens) for entry in shown if entry.reason]
    return drawing.svg(", ".join(part for part in (indicator.title.in_(lang), unit) if part), swatches)


def _levels(facts: AtlasFacts, indicator: IndicatorFacts, level: str | None) -> list[LevelFacts]:
    """The levels with figures, from coarse to fine, or just the one asked for."""
    known = {one.id: one for edition in facts.editions for one in edition.levels}
    with_figures = list(dict.fromkeys(series.level for series in indicator.series))
    wanted = [name for name in with_figures if level in (None, name)]
    if not wanted:
        raise NoFigures(indicator.id, level or "any level", with_figures)
    return [known[name] for name in wanted]


def _class_entries(indicator: IndicatorFacts, level: str, lang: Lang) -> list[LegendEntry]:
    return [
        LegendEntry(class_text(one, indicator, level, lang), color=one.color, low=one.low, high=one.high)
        for one in color_classes(indicator, level)
    ]


def _reason_entries(reasons: Collection[Reason] | None, lang: Lang) -> list[LegendEntry]:
    shown = [reason for reason in Reason if reasons is None or reason in reasons]
    return [LegendEntry(reason_text(reason, lang), reason=reason) for reason in shown]


class _Drawing:
    """An SVG that grows downwards and becomes as wide as its widest line."""

    def __init__(self, tokens: Tokens) -> None:
        self._ink = tokens.label(0).color
        self._outline = tokens.border(0).casing
        self._parts: list[str] = []
        self._rows: list[str] = []
        self._y_px = float(_MARGIN_PX)
        self._width_px = 0.0

    def space(self, height_px: float) -> None:
        self._y_px += height_px

    def text(self, text: str, size_px: int, *, bold: bool = False) -> None:
        self._y_px += size_px + 5
        self._write(_MARGIN_PX, self._y_px - 5, text, size_px, bold=bold)

    def row(self, fill: str, label: str) -> None:
        """A swatch with a thin dark outline, so that the lightest class has an edge, and its text."""
        width, height = _SWATCH_PX
        top = self._y_px + (_ROW_PX - height) / 2
        # Moved as a whole, so that a pattern begins at the corner of its swatch.
        place = f'transform="translate({_MARGIN_PX + 0.5:g} {top + 0.5:g})" width="{width}" height="{height}"'
        self._parts.append(f'<rect {place} fill="{fill}" stroke="{self._outline}"/>')
        self._write(_MARGIN_PX + width + 8, top + height - 3, label, _TEXT_PX)
        self._rows.append(label)
        self._y_px += _ROW_PX

    def svg(self, title: str, swatches: list[str]) -> str:
        width, height = round(self._width_px + _MARGIN_PX), round(self._y_px + _MARGIN_PX)
        size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        spoken = 'role="img" aria-labelledby="legend-title" aria-describedby="legend-rows"'
        look = f'style="forced-color-adjust:none;print-color-adjust:exact" font-family="{_FONTS}"'
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" {size} {spoken} {look}>',
                f'<title id="legend-title">{escape(title)}</title>',
                f'<desc id="legend-rows">{escape("; ".join(self._rows))}</desc>',
                f"<defs>{''.join(swatches)}</defs>",
                f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
                *self._parts,
                "</svg>\n",
            ]
        )

    def _write(self, x: float, y: float, text: str, size_px: int, *, bold: bool = False) -> None:
        weight = ' font-weight="700"' if bold else ""
        self._parts.append(
            f'<text x="{x:g}" y="{y:g}" font-size="{size_px}" fill="{self._ink}"{weight}>{escape(text)}</text>'
        )
        self._width_px = max(self._width_px, x + text_width_px(text, size_px))


def text_width_px(text: str, size_px: float) -> float:
    """How wide a text can be: rather too much than too little, for the reader's font is not known here."""
    return size_px * sum(0.95 if sign in "mwMW@%" else 0.72 if sign.isupper() else 0.62 for sign in text)


def _wrapped(text: str, size_px: float) -> list[str]:
    """A text in lines that stay within the width of a legend, broken between words."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width_px(longer, size_px) <= _WRAP_PX:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
