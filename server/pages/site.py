"""Pages as HTML: templates, the style sheet, and answers with the headers of a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from typing import Any, Final, Literal, get_args

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from layers.atlas import AtlasFacts, Lang
from server.headers import page_headers
from server.negotiation import best_media_type
from server.pages.parts import Section, reasons_in
from server.pages.words import WORDS
from server.parameters import Parameters
from server.responses import CachePolicy, Content, respond
from styles.words import reason_text, source_text

PageFormat = Literal["html", "json", "csv"]
HTML: Final = "text/html; charset=utf-8"
STYLE_SHEET: Final = "pages.css"


@dataclass(frozen=True, slots=True)
class Asked:
    """The form and language of an answer."""

    form: PageFormat
    lang: Lang


def asked(request: Request, forms: tuple[PageFormat, ...], parameters: Parameters) -> Asked:
    """What ``?f=`` and ``?lang=`` ask for; without ``f`` what the client likes best, HTML where it does not mind."""
    offers = {"html": "text/html", "json": "application/json", "csv": "text/csv"}
    wanted = best_media_type(request.headers.get("accept"), [offers[form] for form in forms])
    liked = next(form for form in forms if offers[form] == wanted)
    langs: tuple[Lang, ...] = get_args(Lang)
    return Asked(parameters.choice("f", forms, liked), parameters.choice("lang", langs, "nl"))


@dataclass(frozen=True, slots=True)
class Page:
    """What every page has."""

    title: str
    lang: Lang
    root: str
    """The way to the root of the site, such as ``../``."""

    other: str
    """The address of this page in the other language, relative to it."""

    map_href: str
    """The map about the same thing, relative to the root."""


def html(template: str, page: Page, facts: AtlasFacts, **more: Any) -> Content:
    """A page made by a template."""
    sections: list[Section] = more.get("sections", [])
    reasons = [
        (WORDS[page.lang].reasons_short[reason], reason_text(reason, page.lang))
        for reason in reasons_in((table for section in sections for table in section.tables), page.lang)
    ]
    text = (
        environment()
        .get_template(template)
        .render(
            page=page,
            words=WORDS[page.lang],
            lang=page.lang,
            atlas_title=facts.title.in_(page.lang),
            attribution=source_text(facts.attribution),
            notice=facts.notice.in_(page.lang) if facts.notice else None,
            style_version=style_sheet().tag[:12],
            reasons=reasons,
            **more,
        )
    )
    return Content.of(text.encode(), HTML)


def respond_page(request: Request, content: Content, parents: Sequence[str] | None = None) -> Response:
    """An answer in a form that the client chose; a page gets the headers of one, which say who may frame it."""
    headers = _page_headers(parents) if content.media_type == HTML else {}
    return respond(request, content, CachePolicy.ASK, vary="Accept, Accept-Encoding", headers=headers)


def respond_not_found(request: Request, content: Content) -> Response:
    """A page that says what is not there."""
    body = next(iter(content.bodies.values()))
    headers = _page_headers() | {"Cache-Control": CachePolicy.NEVER.value, "Vary": "Accept"}
    headers |= {"Content-Type": HTML, "Content-Length": str(len(body))}
    return Response(b"" if request.method == "HEAD" else body, status_code=HTTPStatus.NOT_FOUND, headers=headers)


def _page_headers(parents: Sequence[str] | None = None) -> dict[str, str]:
    headers = page_headers(parents)
    # Pages have no script.
    policy = headers["Content-Security-Policy"].replace("script-src 'self'", "script-src 'none'")
    return headers | {"Content-Security-Policy": policy}


@cache
def environment() -> Environment:
    """The templates; everything is escaped, and a name that is not there is an error."""
    return Environment(
        loader=PackageLoader("server.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def style_sheet() -> Content:
    """The style sheet of the pages."""
    body = files("server.pages").joinpath("static", STYLE_SHEET).read_bytes()
    return Content.of(body, "text/css; charset=utf-8")


async def static(request: Request) -> Response:
    """The style sheet, whose address holds its version."""
    if request.path_params["name"] != STYLE_SHEET:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    is_current = request.query_params.get("v") == style_sheet().tag[:12]
    return respond(request, style_sheet(), CachePolicy.IMMUTABLE if is_current else CachePolicy.SHORT)
