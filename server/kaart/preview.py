"""What a site shows of a link to the viewer: title, description and picture of the map that the address asks for (Open Graph)."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Final
from urllib.parse import urlencode

from layers.atlas import Lang
from server.kaart.routes import PREVIEW
from server.snapshot import Snapshot
from server.viewer_query import ViewerQuery, viewer_query

_LOCALES: Final[Mapping[Lang, str]] = {"nl": "nl_NL", "en": "en_GB"}


def preview(snapshot: Snapshot, query: Mapping[str, str], base: str) -> str:
    """The elements for the head of the page. What an address asks for and is not there is left out, as the viewer does."""
    facts = snapshot.facts
    asked = viewer_query(snapshot, query)
    if asked is None:
        return ""
    indicator, lang = asked.indicator, asked.lang
    chosen = {"year": str(asked.year)}
    chosen |= {"level": asked.level.id} if asked.level else {}
    chosen |= {"gebied": asked.area} if asked.area else {}
    title = ", ".join(part for part in (indicator.title.in_(lang), _name(snapshot, asked), chosen["year"]) if part)
    address = f"{base}/kaart/{indicator.id}.png?" + urlencode(
        chosen | {"width": PREVIEW, "lang": lang, "v": snapshot.version}
    )
    described = indicator.explanation or facts.notice or facts.title
    properties = {
        "og:type": "website",
        "og:site_name": facts.title.in_(lang),
        "og:title": title,
        "og:description": described.in_(lang),
        "og:locale": _LOCALES[lang],
        "og:image": address,
        "og:image:type": "image/png",
        "og:image:width": str(PREVIEW),
        "og:image:alt": title,
    }
    lines = [f'<meta property="{name}" content="{escape(content)}">' for name, content in properties.items()]
    return "\n".join([*lines, '<meta name="twitter:card" content="summary_large_image">'])


def _name(snapshot: Snapshot, asked: ViewerQuery) -> str:
    """Of the chosen region, where there is one."""
    regions = snapshot.atlas.regions(asked.edition.year)
    return "" if asked.area is None else regions.name[regions.code.index(asked.area)]
