"""What is written on a picture and what is read aloud with it, in Dutch and English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from layers.atlas import Lang


@dataclass(frozen=True, slots=True)
class MapWords:
    """Sentences of one language, with gaps."""

    told: str
    own: str
    figures: str
    categories: str
    no_figures: str
    reason: str
    source: str


WORDS: Mapping[Lang, MapWords] = {
    "nl": MapWords(
        told="Kaart van {area}, {year}, {per}.",
        own="{area}: {figure}.",
        figures="In beeld: {count} met een cijfer, van {low} tot en met {high}.",
        categories="In beeld: {count} met een soort.",
        no_figures="In beeld is geen gebied met een cijfer.",
        reason="{reason}: {count}.",
        source="Bron: {source}",
    ),
    "en": MapWords(
        told="Map of {area}, {year}, {per}.",
        own="{area}: {figure}.",
        figures="In view: {count} with a figure, from {low} through {high}.",
        categories="In view: {count} with a category.",
        no_figures="No area in view has a figure.",
        reason="{reason}: {count}.",
        source="Source: {source}",
    ),
}
