"""Where the publishers are: public addresses, or a mirror, a proxy or a test server that the environment names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit, urlunsplit

from layers.problems import InputProblems, Problem

CBS_V4 = "https://datasets.cbs.nl/odata/v1"
CBS_V3 = "https://opendata.cbs.nl"
DERDEN_V3 = "https://dataderden.cbs.nl"
PDOK_FILES = "https://service.pdok.nl"
PDOK_API = "https://api.pdok.nl"

Login = tuple[str, str]
"""A user and a password."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """The beginnings of all addresses, without a slash at the end."""

    cbs_v4: str = CBS_V4
    """OData 4: ``<cbs_v4>/CBS/<table>/Observations``."""

    cbs_v3: str = CBS_V3
    """OData 3: ``<cbs_v3>/ODataApi/odata/<table>/..`` and ``<cbs_v3>/ODataFeed/odata/<table>/..``."""

    derden_v3: str = DERDEN_V3
    """The same of other publishers, such as the police."""

    pdok_files: str = PDOK_FILES
    """ATOM: ``<pdok_files>/cbs/wijkenbuurten/2024/atom/index.xml``."""

    pdok_api: str = PDOK_API
    """OGC API: ``<pdok_api>/cbs/wijken-en-buurten-2024/ogc/v1``."""

    logins: Mapping[str, Login] = field(default_factory=dict, repr=False, kw_only=True)
    """By host, with its port where it has one; the addresses themselves hold no user and no password."""

    @staticmethod
    def read(environ: Mapping[str, str]) -> Addresses:
        """From ``ZICHTKAART_CBS_V4``, ``.._CBS_V3``, ``.._DERDEN_V3`` and ``.._PDOK``. Raises InputProblems."""
        logins: dict[str, Login] = {}

        def base(key: str, default: str) -> str:
            address, login = _base(environ, key, default)
            logins.update(login)
            return address

        pdok = base("ZICHTKAART_PDOK", "")
        return Addresses(
            cbs_v4=base("ZICHTKAART_CBS_V4", CBS_V4),
            cbs_v3=base("ZICHTKAART_CBS_V3", CBS_V3),
            derden_v3=base("ZICHTKAART_DERDEN_V3", DERDEN_V3),
            pdok_files=pdok or PDOK_FILES,
            pdok_api=pdok or PDOK_API,
            logins=logins,
        )

    def here(self, link: str) -> str:
        """A link from an answer, with a public beginning replaced by ours, so that a mirror can pass answers on unread.

        >>> Addresses(cbs_v3="http://127.0.0.1:9").here("http://opendata.cbs.nl/ODataFeed/odata/1/T?$skip=5")
        'http://127.0.0.1:9/ODataFeed/odata/1/T?$skip=5'
        """
        for public, ours in (
            (CBS_V4, self.cbs_v4),
            (CBS_V3, self.cbs_v3),
            (DERDEN_V3, self.derden_v3),
            (PDOK_FILES, self.pdok_files),
            (PDOK_API, self.pdok_api),
        ):
            for begin in (public, public.replace("https:", "http:", 1)):  # links in answers may lack the s
                if link == begin or link.startswith((f"{begin}/", f"{begin}?")):
                    return ours + link[len(begin) :]
        return link


def _base(environ: Mapping[str, str], key: str, default: str) -> tuple[str, dict[str, Login]]:
    """An address without a login, and the login by its host where there is one."""
    value = environ.get(key, "").strip().rstrip("/")
    if not value:
        return default, {}
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        named = value.rpartition("@")[2]  # what comes before it may be a password
        message = f'{key} is "{named}", but must be an address that begins with http:// or https://'
        raise InputProblems([Problem("the environment", message)])
    host = parts.netloc.rpartition("@")[2]
    if host == parts.netloc:
        return value, {}
    login = unquote(parts.username or ""), unquote(parts.password or "")
    return urlunsplit(parts._replace(netloc=host)), {host: login}
