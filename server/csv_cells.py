"""Cells of CSV that no spreadsheet takes for a formula."""

from __future__ import annotations

from typing import Final

_BEGINS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def safe(cell: str | float | None) -> str:
    """A cell as text: numbers whole without a point, nothing for None, and no text that begins a formula.

    >>> safe(3.0), safe(-2.5), safe(None), safe("=SUM(A1)"), safe("Westdam")
    ('3', '-2.5', '', "'=SUM(A1)", 'Westdam')
    """
    if cell is None:
        return ""
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return f"'{cell}" if cell.startswith(_BEGINS_A_FORMULA) else cell
