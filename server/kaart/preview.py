"""What a site shows of a link to the viewer: title, description and picture of the map that the address asks for (Open Graph)."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Final
from urllib.parse import urlencode

from layers.atlas import IndicatorFacts, Lang
from server.kaart.routes import PREVIEW
from server.snapshot import Snapshot
from styles.scene import scene

_LOCALES: Final[Mapping[Lang, str]] = {"nl": "nl_NL", "en": "en_GB"}


def preview(snapshot: Snapshot, query: Mapping[str, str], lang: Lang, base: str) -> str:
    """The elements for the head of the page. What an address asks for and is not there is left out, as the viewer does."""
    facts = snapshot.facts
    indicator = _indicator(snapshot, query)
    if indicator is None:
        return ""
    chosen, area = _chosen(snapshot, indicator, query)
    title = ", ".join(part for part in (indicator.title.in_(lang), area, chosen["year"]) if part)
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


def _indicator(snapshot: Snapshot, query: Mapping[str, str]) -> IndicatorFacts | None:
    """The one asked for, the first of the theme asked for, or the first of all."""
    known = snapshot.indicator_by_id
    of_theme = (one for one in known.values() if one.theme == query.get("thema"))
    return known.get(query.get("indicator", "")) or next(of_theme, None) or next(iter(known.values()), None)


def _chosen(snapshot: Snapshot, indicator: IndicatorFacts, query: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """What the address says, in the words of the picture and as far as it is there; and the name of the area."""
    years = {str(series.year) for series in indicator.series}
    chosen = {"year": query["jaar"] if query.get("jaar") in years else max(years)}
    levels = {series.level for series in indicator.series if str(series.year) == chosen["year"]}
    if query.get("niveau") in levels:
        chosen["level"] = query["niveau"]
    edition = scene(snapshot.facts, indicator.id, int(chosen["year"]), chosen.get("level")).edition.year
    regions = snapshot.atlas.regions(edition)
    code = query.get("gebied")
    if code not in regions.code:
        return chosen, ""
    return chosen | {"gebied": code}, regions.name[regions.code.index(code)]
