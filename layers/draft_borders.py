"""Where the borders come from that a draft of a catalog names: a file, in which the regions of the figures are found, or PDOK."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd
import pyarrow.parquet as pq

from layers.codes import cbs_level, cell_text, tidy
from layers.composed import composed
from layers.levels import KNOWN
from layers.names import official
from layers.problems import counted, listed, refuse
from layers.recognise import Recognised
from layers.sources import layers_of, read_attributes

PDOK: Final = {
    "provincie": ("gebiedsindelingen", "statcode", "statnaam"),
    "gemeente": ("wijken-en-buurten", "gemeentecode", "gemeentenaam"),
    "wijk": ("wijken-en-buurten", "wijkcode", "wijknaam"),
    "buurt": ("wijken-en-buurten", "buurtcode", "buurtnaam"),
}
"""By level: the dataset of PDOK that has it, and its columns with codes and names."""

_YEAR: Final = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")


@dataclass(frozen=True, slots=True)
class Borders:
    """Where the regions of one level come from."""

    level: str
    year: int
    source: str
    code: str
    name: str | None
    layer: str | None = None
    where: str | None = None
    why: str = ""


def relative(path: Path, folder: Path) -> str:
    """A path as a catalog in a folder names it."""
    return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()


def borders_of_pdok(found: Recognised) -> list[Borders]:
    """The borders of the newest year of the figures, as PDOK has them."""
    unknown = [level for level in found.levels if level not in PDOK]
    if unknown:
        refuse(found.path.name, f"PDOK has no borders of level {listed(unknown)}; name a file with --regions")
    year = max(found.years)
    why = "of the newest year of the figures"
    return [
        Borders(level, year, f"pdok:{dataset}/{year}", code, name, why=why)
        for level, (dataset, code, name) in ((level, PDOK[level]) for level in found.levels)
    ]


def borders_of_file(found: Recognised, regions: Path, folder: Path) -> list[Borders]:
    """The borders in a file: of each level the layer with most of the regions the figures are about."""
    source = relative(regions, folder)
    layers = [(layer, _attributes(regions, layer)) for layer in _layers(regions)]
    made: list[Borders] = []
    for level in found.levels:
        keys = _keys(found, level)
        matches = [(_matched(found, level, keys, frame), layer, frame) for layer, frame in layers]
        most = max(matched for (matched, _, _), _, _ in matches)
        for (matched, code, name), layer, frame in matches if most else ():
            year, why = _year_of(found, frame, layer, regions)
            is_known = (level, year) in {(entry.level, entry.year) for entry in made}
            if 2 * matched >= most and not is_known:
                why = f"{matched} of {counted(len(keys), 'region')} of the figures are in it; {why}"
                several = layer if len(layers) > 1 else None
                made.append(Borders(level, year, source, code, name or None, several, _land(frame), why))
    if not made:
        shown = listed((f'"{key}"' for key in sorted(_keys(found, found.levels[0]))), 3)
        refuse(source, f"none of the regions of the figures ({shown}) is in it; is it the right file?")
    return made


def _land(frame: pd.DataFrame) -> str | None:
    """The condition that leaves out large water, where it has rows of its own."""
    water = next((str(name) for name in frame.columns if str(name).casefold() in ("water", "h2o")), None)
    return f"{water} = 'NEE'" if water and "NEE" in set(map(cell_text, frame[water])) else None


def _layers(regions: Path) -> list[str | None]:
    if regions.suffix.lower() in (".parquet", ".geoparquet", ".pq") or not regions.is_file():
        return [None]
    return list(layers_of(regions, regions.name))


def _attributes(regions: Path, layer: str | None) -> pd.DataFrame:
    if not regions.is_file():
        refuse(regions.name, "this file does not exist")
    if layer is not None:
        return read_attributes(regions, regions.name, layer)
    schema = pq.read_schema(regions)
    frame: pd.DataFrame = pq.read_table(regions, columns=[n for n in schema.names if n != "geometry"]).to_pandas()
    return frame


def _keys(found: Recognised, level: str) -> set[str]:
    """The regions of a level in the figures: codes, or names as spelled for comparison."""
    cells = found.raw.columns[found.key]
    if found.is_name:
        return {official(re.sub(r"\s*\([^()]*\)$", "", cell_text(cell))) for cell in cells if cell_text(cell)}
    return {tidy(cell, level) for cell in cells if cbs_level(cell_text(cell)) == level}


def _matched(found: Recognised, level: str, keys: set[str], frame: pd.DataFrame) -> tuple[int, str, str]:
    """How many keys a layer has, and its columns with codes and names."""
    texts = {str(name): [cell_text(cell) for cell in frame[name]] for name in frame.columns}
    unique = {name: cells for name, cells in texts.items() if len(set(cells)) > 0.9 * len(cells)}
    codes = {name: sum(cbs_level(tidy(cell, level)) == level for cell in cells) for name, cells in texts.items()}
    exact = {name: sum(cbs_level(cell) == level for cell in cells) for name, cells in texts.items()}
    code = max(texts, key=lambda name: (exact[name], codes[name], -list(texts).index(name)), default="")
    wordy = [name for name, cells in unique.items() if name != code and any(map(str.isalpha, "".join(cells[:50])))]
    name = next((n for n in wordy if re.search(r"na(a)?m|name|label", n, re.IGNORECASE)), wordy[0] if wordy else "")
    if not code or exact[code] == 0:
        code = _put_together(texts, level) or ""
        if not code:
            return 0, "", ""
        texts[code] = composed(code, texts)
    held = (
        {official(cell) for cell in texts.get(name, ())}
        if found.is_name
        else {tidy(cell, level) for cell in texts[code]}
    )
    return len(keys & held), code, name


def _put_together(texts: Mapping[str, Sequence[str]], level: str) -> str | None:
    """How codes of a level are put together from two columns, the first of which is about the gemeente; None if not."""
    if level not in ("wijk", "buurt"):
        return None
    of_gemeente = [name for name in texts if re.search(r"gemeente|gm", name, re.IGNORECASE)]
    of_level = [
        name for name in texts if level in name.casefold() or name.casefold().startswith(KNOWN[level].prefix.casefold())
    ]
    for first, second in ((first, second) for first in of_gemeente for second in of_level):
        code = f"{KNOWN[level].prefix}{{{first}}}{{{second}}}"
        if all(cbs_level(made) == level for made in composed(code, texts)):
            return code
    return None


def _year_of(found: Recognised, frame: pd.DataFrame, layer: str | None, regions: Path) -> tuple[int, str]:
    for where, text in (("the layer", layer or ""), ("the file", regions.stem)):
        if years := _YEAR.findall(text):
            return int(years[-1]), f"the year is guessed from the name of {where}"
    for name in frame.columns:
        match = _YEAR.match(cell_text(frame[name].iloc[0])[:4])
        if match and str(name).casefold() in ("jaar", "jrstatcode", "year"):
            return int(match[1]), f'the year is guessed from the column "{name}"'
    return max(found.years), "the year is guessed to be that of the figures"
