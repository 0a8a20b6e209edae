"""The draft of a catalog for a table of figures: TOML that works, with a comment wherever something was guessed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from layers.catalog_checks import RESERVED_LEVELS, RESERVED_THEMES
from layers.draft_borders import Borders, borders_of_file, borders_of_pdok, relative
from layers.errors import LayersError
from layers.levels import KNOWN
from layers.measures import Measure, measures
from layers.problems import counted, listed
from layers.recognise import Recognised, figure_cells, recognise
from layers.slugs import slugged

_MOST: Final = 24
"""More indicators are named in a comment."""

_THEME: Final = "cijfers"


class CatalogExists(LayersError):
    """A catalog that would be overwritten."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"{path} exists already; name another file with --output, or move it away")


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft, written."""

    path: Path
    sentences: tuple[str, ...]
    """What was recognised, and what to do next."""


def write_draft(figures: Path, output: Path | None, regions: Path | None, this_year: int) -> Draft:
    """Write the draft of a catalog for a table of figures, beside it unless another place is given.

    ``regions`` is a file with borders; without it those of PDOK are named. Raises CatalogExists, and InputProblems when the
    figures cannot be recognised or their regions are not in the file.
    """
    path = output or figures.with_suffix(".toml")
    if path.exists():
        raise CatalogExists(path)
    found = recognise(figures, this_year)
    borders = borders_of_pdok(found) if regions is None else borders_of_file(found, regions, path.parent)
    made = _indicators(found)
    text = "\n".join(_lines(found, borders, made, relative(figures, path.parent)))
    path.write_text(text + "\n", encoding="utf-8")
    return Draft(path, tuple(_sentences(found, borders, made, path)))


def _indicators(found: Recognised) -> tuple[Measure, ...]:
    raw = found.raw
    columns = []
    for name in found.measures:
        at = _column_of(found, name)
        columns.append((name, raw.columns[at], figure_cells(raw, at)[1]))
    taken = ("code", "name", _THEME, *KNOWN, *RESERVED_LEVELS, *RESERVED_THEMES, *found.levels)
    return measures(columns, taken, found.subject)


def _column_of(found: Recognised, name: str) -> str:
    """The column of a measure; of one with the years in the header the newest."""
    if name in found.raw.columns:
        return name
    return next(
        column for year in reversed(found.years) if (column := name.replace("{year}", str(year))) in found.raw.columns
    )


# ---- text


def _lines(found: Recognised, borders: Sequence[Borders], made: Sequence[Measure], source: str) -> Iterator[str]:
    title = found.path.stem.replace("_", " ").replace("-", " ")
    yield f"# A draft made from {found.path.name}. Look at every line with a # behind it."
    yield "# Keys are explained in docs/catalog.md; zichtkaart check says what does not fit."
    yield "\n[atlas]"
    yield f"id = {_quoted(slugged(found.path.stem))}"
    yield f"title = {_quoted(title[:1].upper() + title[1:])}  # guessed from the name of the file"
    if found.source_text:
        yield f"attribution = {_quoted(found.source_text)}  # as the file says; add the licence and who made the borders"
    else:
        yield 'attribution = "Bron: onbekend"  # fill in who made the figures and the borders, and under which licence'
    for entry in borders:
        yield from _border_lines(entry)
    for level in dict.fromkeys(entry.level for entry in borders):
        yield from _table_lines(found, level, source, len({entry.level for entry in borders}) > 1)
    yield "\n[[themes]]"
    yield f"id = {_quoted(_THEME)}"
    yield 'title = { nl = "Cijfers", en = "Figures" }'
    for measure in made[:_MOST]:
        yield from _indicator_lines(measure)
    if len(made) > _MOST:
        yield f"\n# {counted(len(made) - _MOST, 'more column')} with figures: {', '.join(m.column for m in made[_MOST:])}"


def _border_lines(entry: Borders) -> Iterator[str]:
    yield "\n[[regions]]"
    yield f"level = {_quoted(entry.level)}"
    yield f"year = {entry.year}{f'  # {entry.why}' if entry.why else ''}"
    yield f"source = {_quoted(entry.source)}"
    for key in ("layer", "code", "name", "where"):
        value = getattr(entry, key)
        if value:
            yield f"{key} = {_quoted(value)}"


def _table_lines(found: Recognised, level: str, source: str, is_one_of_several: bool) -> Iterator[str]:
    stem = slugged(found.path.stem)
    yield "\n[[tables]]"
    yield f"id = {_quoted(f'{stem}-{level}' if is_one_of_several else stem)}"
    yield f"source = {_quoted(source)}"
    if found.sheet:
        yield f"sheet = {_quoted(found.sheet)}"
    yield f"level = {_quoted(level)}{_comment(found, 'level')}"
    if found.year_column:
        yield f"year_column = {_quoted(found.year_column)}"
    elif found.year_headers:
        yield f"year_header = [{', '.join(map(_quoted, found.year_headers))}]"
        if found.without_year:
            left_out = _plain(", ".join(found.without_year))
            yield f"# Not in it, for want of a year: {left_out}. Give those a [[tables]] with year = .."
    else:
        yield f"year = {found.year}{_comment(found, 'year')}"
    yield f"{'name' if found.is_name else 'code'} = {_quoted(found.key)}"
    if found.dimensions:
        chosen = ", ".join(f"{_quoted(name)} = [{_quoted(value)}]" for name, value, _ in found.dimensions)
        yield f"dimensions = {{ {chosen} }}"
        for name, _, others in found.dimensions:
            yield f"# {_plain(name)} can also be: {_plain(listed(others, 60))}"


def _indicator_lines(measure: Measure) -> Iterator[str]:
    yield "\n[[indicators]]"
    yield f"id = {_quoted(measure.id)}"
    yield f"theme = {_quoted(_THEME)}"
    yield f"title = {_quoted(measure.title)}"
    if measure.unit:
        yield f"unit = {_quoted(measure.unit)}  # guessed"
    yield f"kind = {_quoted(measure.kind)}  # {measure.why}"
    yield f"column = {_quoted(measure.column)}"


def _comment(found: Recognised, key: str) -> str:
    return f"  # {_plain(found.guesses[key])}" if key in found.guesses else ""


def _plain(text: str) -> str:
    """A text on one line, as a comment must be."""
    return " ".join(text.split())


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _sentences(found: Recognised, borders: Sequence[Borders], made: Sequence[Measure], path: Path) -> Iterator[str]:
    years = listed(map(str, found.years), 6)
    what = "names" if found.is_name else "codes"
    yield f'{found.path.name}: regions of level {listed(found.levels)}, by the {what} in column "{found.key}"; figures of {years}'
    yield from (f"{found.path.name}: {note}" for note in found.raw.notes)
    shown = listed((measure.title for measure in made), 6)
    yield f"{found.path.name}: {counted(len(made), 'column')} with figures: {shown}"
    if found.without_year:
        yield f"{found.path.name}: left out, for want of a year: {listed(found.without_year, 6)}"
    for name, value, others in found.dimensions:
        yield f'{found.path.name}: of column "{name}" only "{value}" is taken; there are {len(others)} others'
    for level in found.levels:
        if level not in {entry.level for entry in borders}:
            yield f"{found.path.name}: rows about level {level} are left out: there are no borders for them"
    remote = any(entry.source.startswith("pdok:") for entry in borders)
    yield f"Wrote {path}. Look at it, then: {f'zichtkaart fetch {path}, and ' if remote else ''}zichtkaart check {path}"
