"""A static site: the answers of the server as files, with tiles as archives.

addresses ──ask the application──> answer ──links and styles turned──> file
tilesets  ──join──> archives
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from html import escape
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

import httpx

from layers.store import Atlas
from server.app import open_app
from server.errors import BadExport
from server.export.archives import parts_of, pointed_at_archives, write_archives
from server.export.files import Address
from server.export.folder import MARK, replaced
from server.export.page_links import standing_alone
from server.export.plan import addresses
from server.progress import Report, silent
from server.settings import Settings
from server.site import Site

ACCEPTED: Final = {"html": "text/html"}
_BASE: Final = re.compile(r"https?://(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*/?")

_PICTURE: Final = re.compile(r'<meta (?:property="og:image|name="twitter:card)[^>]*>\n?')
"""What a shared link shows; a server draws it."""

_REFRESH: Final = re.compile(r'<noscript><meta http-equiv="refresh"[^>]*></noscript>\n?')
"""Sends readers without scripts to a page that a server makes for what the address asks."""

_WITHOUT_SCRIPTS: Final = (
    '<noscript><p>Deze kaart heeft JavaScript nodig; de cijfers staan ook in <a href="./atlas.json">bestanden</a>. / '
    'This map needs JavaScript; the figures are in <a href="./atlas.json">files</a> too.</p></noscript>'
)

Turn = Callable[[Address, bytes], bytes]
"""From an answer of the server to what stands in its file."""


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was written."""

    folder: Path
    base_url: str
    files: int
    archives: int
    size: int

    def sentences(self) -> list[str]:
        """The closing report."""
        return [
            f"{self.files:,} files and {self.archives:,} archives of tiles, {self.size / 1e6:,.1f} MB.",
            f"Put the content of {self.folder} where {self.base_url}/ is; the web server must answer range requests.",
        ]


def export(
    atlas_folder: Path, output: Path, base_url: str, settings: Settings, jobs: int = 1, progress: Report = silent
) -> ExportReport:
    """Write the static site of an atlas. Raises a sentence, and leaves what is there, where that cannot be done."""
    base = checked_base(base_url)
    site = open_app(
        Settings(public_url=base, static=settings.static, tile_cache_mb=1, contact_name=settings.contact_name),
        atlas_folder,
    )
    if "index.html" not in site.state.static.content_by_path:
        raise BadExport("the front end is not built: run npm ci and npm run build in server/web, or make web")
    atlas = site.atlases[0].snapshot.atlas
    planned = addresses(atlas, list(site.state.static.content_by_path))
    with replaced(output, atlas.facts.id) as folder:
        parts = parts_of(atlas.facts)
        written = write_archives(atlas, parts, folder, jobs, progress)
        style = partial(pointed_at_archives, base=base, parts=parts, written=written)
        files = {address.file for address in planned}
        asyncio.run(_write(site, planned, folder, partial(_turned, files=files, style=style), progress))
        (folder / MARK).write_text(_mark(atlas, base))
        every = [path for path in folder.rglob("*") if path.is_file()]
        archives = sum(map(len, written.values()))
        return ExportReport(output, base, len(every) - archives, archives, sum(path.stat().st_size for path in every))


def checked_base(base_url: str) -> str:
    """The address of a site, without a slash behind. Raises BadExport."""
    if not _BASE.fullmatch(base_url):
        raise BadExport(f"--base-url is {base_url}, but must be an address such as https://www.gemeente.nl/kaart")
    return base_url.rstrip("/")


async def _write(site: Site, planned: Iterable[Address], folder: Path, turn: Turn, progress: Report) -> None:
    """Ask for each address, and write what comes."""
    every = list(planned)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(site), base_url="http://localhost") as client:
        for number, address in enumerate(every):
            if number % 100 == 0:
                progress("files", number, len(every))
            suffix = address.file.rpartition(".")[2]
            headers = {"accept": ACCEPTED.get(suffix, "*/*"), "accept-encoding": "identity"}
            answer = await client.get(address.target, headers=headers)
            if answer.status_code != httpx.codes.OK:
                raise BadExport(f"{address.target} was answered with {answer.status_code}: {answer.text[:300]}")
            path = folder / address.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(turn(address, answer.content))
    progress("files", len(every), len(every))


def _turned(address: Address, body: bytes, *, files: set[str], style: Callable[[dict[str, object]], object]) -> bytes:
    """An answer as it stands in its file."""
    if address.path in ("", "embed"):
        page = _REFRESH.sub("", _PICTURE.sub("", body.decode()))
        page = re.sub(r"<noscript>.*?</noscript>", _WITHOUT_SCRIPTS, page, flags=re.DOTALL)
        return _marked(page, "script-src 'self'; frame-src 'self'").encode()
    if address.file.endswith(".html"):
        return _marked(standing_alone(body.decode(), address, files), "script-src 'none'; frame-src 'self'").encode()
    if address.path.startswith("styles/") and address.file.endswith(".json"):
        return json.dumps(style(json.loads(body)), ensure_ascii=False, separators=(",", ":")).encode()
    return body


def _marked(page: str, scripts: str) -> str:
    """A page that says that no server stands behind it, with the policy that the server sends as a header."""
    policy = (
        f"default-src 'none'; {scripts}; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
        "connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'none'"
    )
    metas = (
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">\n'
        '<meta name="zichtkaart:site" content="static">'
    )
    return page.replace("<head>", f"<head>\n{metas}", 1)


def _mark(atlas: Atlas, base: str) -> str:
    try:
        by = version("zichtkaart")
    except PackageNotFoundError:
        by = "unknown"
    return json.dumps({"atlas": atlas.facts.id, "base_url": base, "zichtkaart": by}, indent=1) + "\n"
