"""The words and numbers of legends and layer names, in Dutch and English."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from layers.atlas import Lang
from layers.values import Reason

_SOURCE = re.compile(r"^(?:bron|bronnen|source|sources):\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language. Sentences have gaps for numbers that are already text."""

    up_to: str
    """From the first number up to, and not including, the second."""

    through: str
    """From the first number up to and including the second."""

    less: str
    more: str
    """The number itself or more."""

    per: str
    """Heads the part of a legend that is about one level."""

    border: str
    outer_border: str
    names: str
    reasons: Mapping[Reason, str]
    decimal_mark: str
    thousands_mark: str


WORDS: Mapping[Lang, Words] = {
    "nl": Words(
        up_to="{low} tot {high}",
        through="{low} tot en met {high}",
        less="minder dan {high}",
        more="{low} of meer",
        per="per {level}",
        border="grens {level}",
        outer_border="buitengrens",
        names="namen {levels}",
        reasons={
            Reason.WITHHELD: "Geheim of te weinig waarnemingen",
            Reason.MISSING: "Geen cijfer",
            Reason.NOT_YET_PUBLISHED: "Nog niet gepubliceerd",
            Reason.NOT_APPLICABLE: "Niet van toepassing",
            Reason.NOT_COMPARABLE: "Niet vergelijkbaar",
        },
        decimal_mark=",",
        thousands_mark=".",
    ),
    "en": Words(
        up_to="{low} to {high}",
        through="{low} up to and including {high}",
        less="less than {high}",
        more="{low} or more",
        per="per {level}",
        border="border {level}",
        outer_border="outer border",
        names="names {levels}",
        reasons={
            Reason.WITHHELD: "Secret or too few observations",
            Reason.MISSING: "No figure",
            Reason.NOT_YET_PUBLISHED: "Not yet published",
            Reason.NOT_APPLICABLE: "Not applicable",
            Reason.NOT_COMPARABLE: "Not comparable",
        },
        decimal_mark=".",
        thousands_mark=",",
    ),
}


def reason_text(reason: Reason, lang: Lang) -> str:
    """What a reason is called for readers."""
    return WORDS[lang].reasons[reason]


def source_text(text: str) -> str:
    """A source without the word for it in front, for where that word stands already.

    >>> source_text("Bron: CBS"), source_text("CBS, bronbestand")
    ('CBS', 'CBS, bronbestand')
    """
    return _SOURCE.sub("", text)


def number_text(value: float, decimals: int, lang: Lang) -> str:
    """A number as readers of a language write it.

    >>> number_text(1234.5, 1, "nl"), number_text(1234.5, 1, "en")
    ('1.234,5', '1,234.5')
    """
    words = WORDS[lang]
    marks = {",": words.thousands_mark, ".": words.decimal_mark}
    return "".join(marks.get(sign, sign) for sign in f"{value + 0.0:,.{decimals}f}")
