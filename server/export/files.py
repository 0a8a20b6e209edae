"""Which file holds what the server answers to an address. ``server/web/src/static.ts`` names files by the same rule.

values/koopwoningen?level=wijk&year=2022&f=csv    values/koopwoningen.wijk.2022.csv
gebied/GM9901?lang=en                             gebied/GM9901.en.html
styles/koopwoningen/legend.svg?level=wijk         styles/koopwoningen/legend.wijk.svg
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

SUFFIXES: Final = {
    "products": "html",
    "gebied": "html",
    "regions": "json",
    "values": "json",
    "styles": "json",
    "tables": "json",
    "flows": "json",
    "postcodes": "json",
}
"""What is there without ``f``, by the first part of an address of two parts or fewer; other addresses end as their file does."""

VIEWERS: Final = {"": "index.html", "embed": "embed.html"}
"""Pages that read their query themselves."""

NOT_IN_NAMES: Final = ("f", "v")
DEFAULT: Final = ("lang", "nl")


@dataclass(frozen=True, slots=True)
class Address:
    """An address of the server, below its root."""

    path: str
    """Without a slash in front, as it is meant: nothing in it is escaped."""

    query: tuple[tuple[str, str], ...] = ()

    @staticmethod
    def of(path: str, **query: str | int | None) -> Address:
        """An address with what is given of a query."""
        return Address(path, tuple((name, str(value)) for name, value in query.items() if value is not None))

    @staticmethod
    def relative(href: str, page: str) -> Address | None:
        """What a link in the page at a path leads to; None where that is not of this site, or another part of the page.

        >>> Address.relative("../products?lang=en", "gebied/GM1").path
        'products'
        """
        parts = urlsplit(href)
        if parts.scheme or parts.netloc or not (parts.path or parts.query):
            return None
        path = posixpath.normpath(posixpath.join("/", posixpath.dirname(page), parts.path)) if parts.path else page
        return Address(unquote(path).strip("/"), tuple(parse_qsl(parts.query)))

    @property
    def target(self) -> str:
        """As it is asked for."""
        query = f"?{urlencode(self.query)}" if self.query else ""
        return f"/{quote(self.path)}{query}"

    @property
    def file(self) -> str:
        """The path of its file, with forward slashes.

        >>> Address.of("values/woz", year=2022, level="wijk", f="csv").file
        'values/woz.wijk.2022.csv'
        >>> Address.of("gebied/a b", lang="nl").file
        'gebied/a~20b/c.html'
        """
        if self.path in VIEWERS:
            return VIEWERS[self.path]
        query = dict(self.query)
        parts = self.path.split("/")
        if parts[0] in SUFFIXES and len(parts) <= 2:
            stem, suffix = "/".join(map(_escaped, parts)), f".{query.get('f', SUFFIXES[parts[0]])}"
        else:
            stem, suffix = posixpath.splitext(self.path)
        names = [
            value for name, value in sorted(query.items()) if name not in NOT_IN_NAMES and (name, value) != DEFAULT
        ]
        return ".".join([stem, *map(_escaped, names)]) + suffix

    @property
    def link(self) -> str:
        """Its file as part of a link, with what a viewer reads from the query."""
        kept = self.query if self.path in VIEWERS else tuple(pair for pair in self.query if pair[0] == "v")
        return quote(self.file) + (f"?{urlencode(kept)}" if kept else "")


def _escaped(text: str) -> str:
    """As encodeURIComponent of JavaScript has it, with ``~`` for ``%``, so that it is one plain name everywhere."""
    return quote(text, safe="!'()*").replace("%", "~")


def up(path: str) -> str:
    """The way from the folder of a file to the root.

    >>> up("gebied/GM1.html")
    '../'
    """
    return "../" * path.count("/")
