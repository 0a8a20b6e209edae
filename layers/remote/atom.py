"""PDOK's ATOM feeds: which file of a dataset is the newest of a year.

    index.xml ──alternate──> feed of the dataset ──> links to files, with their length

The form is that of the INSPIRE Technical Guidance for download services (pre-defined ATOM implementation).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote, urljoin, urlsplit
from xml.etree import ElementTree as ET

from layers.remote.addresses import Addresses
from layers.remote.client import Answer, Client
from layers.remote.errors import BadAnswer, Passing, shown

_ATOM = "{http://www.w3.org/2005/Atom}"
_LARGEST_FEED = 20_000_000
_VERSION = re.compile(r"_(v\d+)|[._-](\d{4}-\d{2}(?:-\d{2})?)")
_SPOKEN_VERSION = re.compile(r"\b(?:v|versie |version )(\d+)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FeedFile:
    """A file that a feed offers."""

    address: str
    title: str
    updated: str | None
    """When the publisher last changed it, ISO 8601."""

    rights: str | None
    length: int | None
    """Bytes, as the feed says; it may be older than the file."""

    @property
    def name(self) -> str:
        """The last part of its address."""
        return PurePosixPath(unquote(urlsplit(self.address).path)).name

    @property
    def version(self) -> str | None:
        """``v1`` to ``v3``, or a month, from its name or else its title; None where neither has one."""
        found = _VERSION.search(self.name)
        if found:
            return found[1] or found[2]
        spoken = _SPOKEN_VERSION.search(self.title)
        return f"v{spoken[1]}" if spoken else None


def newest(files: list[FeedFile], year: int) -> FeedFile | None:
    """Of the GeoPackages of a year the one of the highest version, else the one that was changed last."""
    of_year = [
        file
        for file in files
        if file.name.lower().endswith(".gpkg") and re.search(rf"(?<!\d){year}(?!\d)(?!-\d)", file.name)
    ]
    return max(of_year, key=lambda file: (_rank(file.version), file.updated or ""), default=None)


def _rank(version: str | None) -> tuple[int, str]:
    numbered = re.fullmatch(r"v(\d+)", version or "")
    return (int(numbered[1]), "") if numbered else (0, version or "")


def read_files(client: Client, addresses: Addresses, index: str) -> list[FeedFile]:
    """All files that a feed, and the feeds it points to, offer. Raises RemoteError."""
    files: list[FeedFile] = []
    seen, waiting = {index}, [index]
    while waiting:
        address = waiting.pop(0)
        feed = _feed(client, address)
        for entry in (feed, *feed.iter(f"{_ATOM}entry")):
            for link in entry.findall(f"{_ATOM}link"):
                target = addresses.here(urljoin(address, link.get("href", "")))
                if _is_file(link, target):
                    files.append(_file(link, target, entry, feed))
                elif _is_feed(link, target) and target not in seen:
                    seen.add(target)
                    waiting.append(target)
    return files


def _feed(client: Client, address: str) -> ET.Element:
    def receive(answer: Answer) -> ET.Element:
        content = b""
        for chunk in answer.chunks():
            content += chunk
            if len(content) > _LARGEST_FEED:
                raise BadAnswer(f"{shown(address)}: a feed of more than {_LARGEST_FEED:,} bytes")
        if b"<!DOCTYPE" in content[:2000] or b"<!ENTITY" in content:
            raise BadAnswer(f"{shown(address)}: this is no ATOM feed")
        try:
            return ET.fromstring(content)  # noqa: S314 - entities are refused above
        except ET.ParseError as error:
            if b"</" not in content[-200:]:
                raise Passing(address, "the feed ends halfway") from error
            raise BadAnswer(f"{shown(address)}: this is no ATOM feed ({error})") from error

    return client.read(address, receive, {"Accept": "application/atom+xml, application/xml"})


def _is_file(link: ET.Element, target: str) -> bool:
    return urlsplit(target).path.lower().endswith((".gpkg", ".zip")) and link.get("rel", "alternate") != "self"


def _is_feed(link: ET.Element, target: str) -> bool:
    is_atom = "atom+xml" in link.get("type", "") or urlsplit(target).path.endswith(".xml")
    return is_atom and link.get("rel", "alternate") in ("alternate", "section", "enclosure")


def _file(link: ET.Element, target: str, entry: ET.Element, feed: ET.Element) -> FeedFile:
    def text(name: str) -> str | None:
        return next(_texts(name, link, entry, feed), None)

    length = link.get("length", "")
    return FeedFile(
        address=target,
        title=link.get("title") or text("title") or "",
        updated=link.get("updated") or text("updated"),
        rights=text("rights"),
        length=int(length) if length.isdigit() else None,
    )


def _texts(name: str, *elements: ET.Element) -> Iterator[str]:
    for element in elements:
        found = element.findtext(f"{_ATOM}{name}")
        if found and found.strip():
            yield " ".join(found.split())
