"""Ids from texts."""

from __future__ import annotations

import re
import unicodedata


def slugged(text: str, otherwise: str = "cijfer") -> str:
    """A text as an id: small letters, digits and hyphens.

    >>> slugged("Gemiddelde WOZ-waarde (x 1.000 €)"), slugged("€", "code")
    ('gemiddelde-woz-waarde-x-1-000', 'code')
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    return "-".join(re.findall(r"[a-z0-9]+", plain)) or otherwise
