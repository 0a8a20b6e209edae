"""A legend as an SVG that grows downwards: lines of text, swatches, and whatever else is put into it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from styles.tokens import Tokens

FONT_FAMILY = "'Noto Sans','Open Sans',Arial,sans-serif"
MARGIN_PX = 12
SWATCH_PX = (26, 16)
ROW_PX = 22
TEXT_PX = 13
TITLE_PX = 14
WRAP_PX = 300
"""Titles are broken to stay within this width."""


class Drawing:
    """An SVG that grows downwards and becomes as wide as its widest line."""

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self._ink = tokens.label(0).color
        self._outline = tokens.border(0).casing
        self._parts: list[str] = []
        self._rows: list[str] = []
        self._y_px = float(MARGIN_PX)
        self._width_px = 0.0

    def space(self, height_px: float) -> None:
        """Nothing, so high."""
        self._y_px += height_px

    def text(self, text: str, size_px: int, *, bold: bool = False) -> None:
        """A line."""
        self._y_px += size_px + 5
        self._write(MARGIN_PX, self._y_px - 5, text, size_px, bold=bold)

    def row(self, fill: str, label: str) -> None:
        """A swatch with a thin dark outline, so that the lightest class has an edge, and its text."""
        width, height = SWATCH_PX
        top = self._y_px + (ROW_PX - height) / 2
        # Moved as a whole, so that a pattern begins at the corner of its swatch.
        place = f'transform="translate({MARGIN_PX + 0.5:g} {top + 0.5:g})" width="{width}" height="{height}"'
        self._parts.append(f'<rect {place} fill="{fill}" stroke="{self._outline}"/>')
        self._write(MARGIN_PX + width + 8, top + height - 3, label, TEXT_PX)
        self._rows.append(label)
        self._y_px += ROW_PX

    def mark(self, mark: str, label: str) -> None:
        """A small picture of 16 by 16 where a swatch would be, and its text."""
        left, top = MARGIN_PX + (SWATCH_PX[0] - 16) / 2, self._y_px + (ROW_PX - 16) / 2
        self._parts.append(f'<g transform="translate({left:g} {top:g})">{mark}</g>')
        self._write(MARGIN_PX + SWATCH_PX[0] + 8, top + 13, label, TEXT_PX)
        self._rows.append(label)
        self._y_px += ROW_PX

    def circles(self, color: str, opacity: float, circles: Sequence[tuple[float, str]]) -> None:
        """Circles within each other that stand on one line, from large to small, each with its figure beside its top."""
        widest, pitch = max(radius for radius, _ in circles), TEXT_PX + 5
        foot = self._y_px + max(2 * widest, pitch * len(circles)) + 4
        middle, labels = MARGIN_PX + widest + 1, MARGIN_PX + 2 * widest + 18
        below = -float(pitch)
        for place, (radius, label) in enumerate(circles):
            self._parts.append(
                f'<circle cx="{middle:g}" cy="{foot - radius:g}" r="{radius:g}" fill="{color}" '
                f'fill-opacity="{opacity:g}" stroke="{color}"/>'
            )
            # No nearer to the one above than a line, and with room for those below.
            top = foot - 2 * radius
            line = min(max(top, self._y_px + 8, below + pitch), foot - pitch * (len(circles) - 1 - place))
            self._parts.append(
                f'<path d="M{middle:g} {top:g}L{labels - 4:g} {line:g}" stroke="{self._outline}" stroke-width="0.75"/>'
            )
            self._write(labels, line + 4, label, TEXT_PX)
            self._rows.append(label)
            below = line
        self._y_px = foot + 6

    def square(
        self, fills: Sequence[Sequence[str]], across: Sequence[str], upwards: Sequence[str], side_px: int
    ) -> None:
        """Cells from bottom to top and from left to right, with a number at each line between them."""
        left, rows = MARGIN_PX + 4, len(fills)
        top, wide = self._y_px + 6, side_px * max(map(len, fills))
        for row, colors in enumerate(fills):
            y = top + (rows - 1 - row) * side_px
            self._parts += [
                f'<rect x="{left + column * side_px:g}" y="{y:g}" width="{side_px}" height="{side_px}" fill="{color}" '
                f'stroke="{self._outline}" stroke-width="0.75"/>'
                for column, color in enumerate(colors)
            ]
        for place, label in enumerate(upwards, 1):
            self._write(left + wide + 6, top + (rows - place) * side_px + 4, label, TEXT_PX)
        for place, label in enumerate(across, 1):
            self._middle(left + place * side_px, top + rows * side_px + TEXT_PX + 3, label, TEXT_PX)
        self._y_px = top + rows * side_px + TEXT_PX + 8

    def tell(self, rows: Iterable[str]) -> None:
        """Texts that are read aloud and not drawn."""
        self._rows += rows

    def line(self, width_px: float, color: str, label: str) -> None:
        """A stroke of a width, and its text."""
        height = max(ROW_PX, width_px + 6)
        middle = self._y_px + height / 2
        self._parts.append(
            f'<path d="M{MARGIN_PX} {middle:g}h{SWATCH_PX[0] * 2}" stroke="{color}" stroke-width="{width_px:g}"/>'
        )
        self._write(MARGIN_PX + SWATCH_PX[0] * 2 + 8, middle + 4.5, label, TEXT_PX)
        self._rows.append(label)
        self._y_px += height

    @property
    def size_px(self) -> tuple[float, float]:
        """Width and height of what is there, with a margin around it."""
        return self._width_px + MARGIN_PX, self._y_px + MARGIN_PX

    @property
    def rows(self) -> tuple[str, ...]:
        """The texts of its rows, as they are read aloud."""
        return tuple(self._rows)

    def part(self, x: float, y: float) -> str:
        """What is there, as a part of a larger SVG; its corner lies at a point. Patterns it needs are for the whole to define."""
        return f'<g transform="translate({x:g} {y:g})">{"".join(self._parts)}</g>'

    def svg(self, title: str, swatches: list[str]) -> str:
        """The whole, with a title and all rows for who cannot see it."""
        width, height = round(self._width_px + MARGIN_PX), round(self._y_px + MARGIN_PX)
        size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        spoken = 'role="img" aria-labelledby="legend-title" aria-describedby="legend-rows"'
        look = f'style="forced-color-adjust:none;print-color-adjust:exact" font-family="{FONT_FAMILY}"'
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

    def _middle(self, x: float, y: float, text: str, size_px: int) -> None:
        self._write(x - text_width_px(text, size_px) / 2, y, "", size_px)
        self._parts[-1] = (
            f'<text x="{x:g}" y="{y:g}" font-size="{size_px}" fill="{self._ink}" text-anchor="middle">{escape(text)}</text>'
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


def wrapped(text: str, size_px: float, width_px: float = WRAP_PX) -> list[str]:
    """A text in lines that stay within a width, that of a legend or another, broken between words."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width_px(longer, size_px) <= width_px:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
