"""Settings: read once, from a mapping, at the start.

The environment is read nowhere else. ``python -m server.settings`` prints the table in ``docs/settings.md``.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, Literal, get_args

from layers.catalog_words import is_parent
from server.access_log import AccessLogForm
from server.errors import BadSetting

PREFIX: Final = "ZICHTKAART_"
LogLevel = Literal["debug", "info", "warning", "error"]
BUILT_FRONT_END: Final = Path(__file__).with_name("static")
NAMED_BACKGROUNDS: Final[Mapping[str, str]] = {
    f"brt-{name}": f"https://service.pdok.nl/brt/achtergrondkaart/wmts/v2_0/{name}/EPSG:3857/{{z}}/{{x}}/{{y}}.png"
    for name in ("grijs", "standaard", "pastel", "water")
}
"""Address templates of the background maps of the Kadaster at PDOK (BRT-A)."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How the server behaves; every field can be set by ``ZICHTKAART_<FIELD>``."""

    host: str = "127.0.0.1"
    port: int = 8080
    workers: int = 1
    root_path: str = ""
    """Path under which the site stands, with a slash before and none behind: ``/kaart``. Empty for the root."""

    public_url: str = ""
    """Address under which the site is reached, without a slash behind. Empty: as the request and its proxy say."""

    allowed_parents: tuple[str, ...] = ("*",)
    """Origins of the pages that may frame ``/embed`` of an atlas that names none; ``*`` alone means any page."""

    tile_cache_mb: int = 64
    """Megabytes (of 1,000,000 bytes) of answers kept in memory, per worker."""

    reload_seconds: float = 1.0
    """How often a running server looks whether the atlas was replaced."""

    max_connections: int = 1000
    """Open at a time, per worker."""

    max_head_bytes: int = 16_384
    """Of the address and headers of a request together."""

    slow_seconds: float = 20.0
    """What a client may take to send the head of a request, or to read on."""

    grace_seconds: int = 10
    """What answers may still take once the server is told to stop."""

    fast_path: bool = True
    """Whether connections answer from memory what was answered before, without asking the application."""

    metrics: bool = True
    security_contact: tuple[str, ...] = ()
    """``mailto:`` or ``https:`` addresses for security.txt; empty for no such file."""

    security_expires: str = ""
    """Date until which security.txt is right."""

    security_policy: str = ""
    log: LogLevel = "info"
    access_log: AccessLogForm = "no"
    contact_name: str = ""
    """Who publishes the map, for the OpenAPI document and the metadata."""

    contact_email: str = ""
    contact_url: str = ""
    background: str = ""
    """Name or address template of a background map; empty for none."""

    background_attribution: str = ""
    """Whose map that is, for its readers."""

    static: Path = BUILT_FRONT_END
    """Folder of the built front end."""

    @staticmethod
    def read(environment: Mapping[str, str]) -> Settings:
        """Settings from the ``ZICHTKAART_*`` keys of a mapping; an empty value counts as not given.

        Raises BadSetting for the first value that cannot be used.
        """
        given: dict[str, Any] = {}
        for setting in SETTINGS:
            value = environment.get(setting.key, "").strip()
            if value:
                given[setting.field] = setting.parse(setting.key, value)
        settings = Settings(**given)
        if settings.security_contact and not settings.security_expires:
            raise BadSetting(
                f"{PREFIX}SECURITY_EXPIRES", "", "the date until which security.txt is right: a year from now"
            )
        if settings.background.startswith("http") and not settings.background_attribution:
            raise BadSetting(f"{PREFIX}BACKGROUND_ATTRIBUTION", "", "whose background map that is, for its readers")
        return settings


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as the documentation shows it."""

    field: str
    meaning: str
    parse: Callable[[str, str], Any]
    """From key and text to value; raises BadSetting."""

    default: str | None = None
    """In words, where the value itself says little."""

    @property
    def key(self) -> str:
        """Its name in the environment."""
        return PREFIX + self.field.upper()


def _text(_key: str, value: str) -> str:
    return value


def _whole_number(low: int, high: int) -> Callable[[str, str], int]:
    def parse(key: str, value: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", value) or not low <= int(value) <= high:
            raise BadSetting(key, value, f"a whole number from {low} to {high}")
        return int(value)

    return parse


def _seconds(key: str, value: str) -> float:
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", value) or float(value) < 0.1:
        raise BadSetting(key, value, "a number of seconds of at least 0.1")
    return float(value)


def _yes_or_no(key: str, value: str) -> bool:
    words = {"yes": True, "true": True, "1": True, "on": True, "no": False, "false": False, "0": False, "off": False}
    if value.lower() not in words:
        raise BadSetting(key, value, "yes or no")
    return words[value.lower()]


def _access_log(key: str, value: str) -> AccessLogForm:
    words: dict[str, AccessLogForm] = {
        "yes": "text",
        "true": "text",
        "1": "text",
        "on": "text",
        "text": "text",
        "json": "json",
    }
    words |= dict.fromkeys(("no", "false", "0", "off"), "no")
    if value.lower() not in words:
        raise BadSetting(key, value, "no, text (or yes), or json")
    return words[value.lower()]


def _date(key: str, value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        raise BadSetting(key, value, "a date such as 2027-01-31") from None


def _contacts(key: str, value: str) -> tuple[str, ...]:
    contacts = tuple(value.replace(",", " ").split())
    for contact in contacts:
        if not re.fullmatch(r"(mailto:[^\s@]+@[^\s@]+|https://[!-~]+|tel:\+[0-9-]+)", contact):
            raise BadSetting(
                key, value, "addresses such as mailto:security@gemeente.nl and https://www.gemeente.nl/melden"
            )
    return contacts


def _https(key: str, value: str) -> str:
    if not re.fullmatch(r"https://[!-~]+", value):
        raise BadSetting(key, value, "an address such as https://www.gemeente.nl/kwetsbaarheid")
    return value


def _log_level(key: str, value: str) -> str:
    levels = get_args(LogLevel)
    if value.lower() not in levels:
        raise BadSetting(key, value, f"one of {', '.join(levels)}")
    return value.lower()


def _root_path(key: str, value: str) -> str:
    path = value.rstrip("/")
    if path and not re.fullmatch(r"(/[A-Za-z0-9._~-]+)+", path):
        raise BadSetting(key, value, "a path such as /kaart, of letters, digits, dots and hyphens")
    return path


def _public_url(key: str, value: str) -> str:
    url = value.rstrip("/")
    if not re.fullmatch(r"https?://(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*", url):
        raise BadSetting(key, value, "an address such as https://kaart.gemeente.nl or https://www.gemeente.nl/kaart")
    return url


def _background(key: str, value: str) -> str:
    gaps = all(value.count(gap) == 1 for gap in ("{z}", "{x}", "{y}"))
    if value not in NAMED_BACKGROUNDS and not (
        gaps and re.fullmatch(r"https?://[A-Za-z0-9.:-]+/([!-z|~]|\{[xyz]\})*", value)
    ):
        raise BadSetting(
            key, value, f"one of {', '.join(NAMED_BACKGROUNDS)}, or an address with {{z}}, {{x}} and {{y}}"
        )
    return value


def _email(key: str, value: str) -> str:
    if not re.fullmatch(r"[^@\s]{1,64}@[A-Za-z0-9.-]{1,250}", value):
        raise BadSetting(key, value, "an address such as kaart@gemeente.nl")
    return value


def _origins(key: str, value: str) -> tuple[str, ...]:
    origins = tuple(value.replace(",", " ").split())
    for origin in origins:
        if not is_parent(origin):
            allowed = "* or origins such as https://www.gemeente.nl and https://*.gemeente.nl, with a space between"
            raise BadSetting(key, value, allowed)
    if "*" in origins and len(origins) > 1:
        raise BadSetting(key, value, "either * (any page) or a list of origins, not both")
    return origins


def _folder(key: str, value: str) -> Path:
    folder = Path(value)
    if not folder.is_dir():
        raise BadSetting(key, value, "a folder that exists")
    return folder


SETTINGS: Final = (
    Setting("host", "Address to listen on; `0.0.0.0` for every network.", _text),
    Setting("port", "Port to listen on; 0 picks a free one and prints it.", _whole_number(0, 65535)),
    Setting("workers", "Number of server processes.", _whole_number(1, 256)),
    Setting(
        "root_path",
        "Path under which the site stands, such as `/kaart`. A proxy may take it off or leave it on.",
        _root_path,
        "the root",
    ),
    Setting(
        "public_url",
        "Address under which visitors reach the site, such as `https://kaart.gemeente.nl`, for TileJSON and styles.",
        _public_url,
        "what `Host` and `X-Forwarded-Proto`, `-Host` and `-Prefix` say",
    ),
    Setting(
        "allowed_parents",
        "Origins of the pages that may embed `/embed`, such as `https://www.gemeente.nl`, with spaces between; those that an "
        "atlas names itself go before.",
        _origins,
        "`*`, any page",
    ),
    Setting("tile_cache_mb", "Megabytes of answers each process keeps in memory.", _whole_number(0, 65536)),
    Setting("reload_seconds", "Seconds between looks whether the atlas was replaced.", _seconds),
    Setting(
        "max_connections",
        "Connections a process holds at a time; others are told to come back.",
        _whole_number(1, 100_000),
    ),
    Setting("max_head_bytes", "Bytes of the address and headers of a request together.", _whole_number(1024, 65_536)),
    Setting("slow_seconds", "Seconds a client may take to send the head of a request, or to read on.", _seconds),
    Setting("grace_seconds", "Seconds answers may still take once the server is told to stop.", _whole_number(0, 600)),
    Setting("fast_path", "Answer from memory what was answered before, on the connection itself.", _yes_or_no, "yes"),
    Setting("metrics", "Counts for Prometheus at `/metrics`.", _yes_or_no, "yes"),
    Setting(
        "security_contact",
        "Whom to tell of a hole, such as `mailto:security@gemeente.nl`, for `/.well-known/security.txt`.",
        _contacts,
        "no such file",
    ),
    Setting(
        "security_expires",
        "Until which date that is right, at most a year ahead: `2027-01-31`.",
        _date,
        "needed with a contact",
    ),
    Setting("security_policy", "Address of the policy for those who report a hole.", _https, "none"),
    Setting("log", "What to log: `debug`, `info`, `warning` or `error`.", _log_level),
    Setting(
        "access_log",
        "Log each request (time, method, path, status, bytes, milliseconds; never who asked): `no`, `text` or `json`.",
        _access_log,
        "no",
    ),
    Setting("contact_name", "Who publishes the map, for programs: in OpenAPI and DCAT.", _text, "the attribution"),
    Setting("contact_email", "The address to write to about the map, in OpenAPI and DCAT.", _email, "none"),
    Setting("contact_url", "The page about the publisher, in OpenAPI and DCAT.", _public_url, "the site itself"),
    Setting(
        "background",
        "Map behind the figures that readers can switch on: `brt-grijs`, `brt-standaard`, `brt-pastel` or `brt-water` of PDOK, "
        "or an address with `{z}`, `{x}` and `{y}` in Web Mercator. The server fetches it: no reader's address goes there.",
        _background,
        "none",
    ),
    Setting("background_attribution", "Whose map that is, for its readers.", _text, "that of PDOK, for its maps"),
    Setting("static", "Folder of the built front end.", _folder, "the one that came with the package"),
)


def unknown(environment: Mapping[str, str]) -> list[str]:
    """A sentence for each ``ZICHTKAART_*`` key that looks like a setting spelled wrong.

    Other unknown keys are none of our business: Kubernetes adds some of its own for a service called *zichtkaart*.
    """
    keys = [setting.key for setting in SETTINGS]
    return [
        f"{key} is no setting; did you mean {near[0]}?"
        for key in sorted(environment)
        if key.startswith(PREFIX) and key not in keys and (near := get_close_matches(key, keys, n=1, cutoff=0.85))
    ]


def table() -> str:
    """The settings as a Markdown table."""
    defaults = {field.name: field.default for field in fields(Settings)}
    rows = ["| setting | default | meaning |", "|---|---|---|"]
    for setting in SETTINGS:
        default = setting.default or f"`{defaults[setting.field]}`"
        rows.append(f"| `{setting.key}` | {default} | {setting.meaning} |")
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    sys.stdout.write(table())
