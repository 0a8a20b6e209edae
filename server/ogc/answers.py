"""What all answers of the interface share: their headers and their form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, get_args

from starlette.requests import Request
from starlette.responses import Response

from layers.atlas import AtlasFacts, Lang
from server.address import base_url
from server.headers import page_headers
from server.negotiation import best_media_type
from server.parameters import Parameters
from server.problems import OGC_ROOT, OGC_VERSION
from server.responses import CachePolicy, Content, respond
from server.snapshot import Snapshot

VARY: Final = "Accept, Accept-Encoding"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for a document, as far as all have it in common."""

    snapshot: Snapshot
    site: str
    """Absolute address of the site, without a slash behind."""

    form: str
    """A word of ``f``."""

    lang: Lang

    @property
    def root(self) -> str:
        """Absolute address of the interface."""
        return self.site + OGC_ROOT

    @property
    def facts(self) -> AtlasFacts:
        """The manifest."""
        return self.snapshot.facts


def asked(request: Request, media_type_by_form: Mapping[str, str]) -> Asked:
    """What a request asks for, in one of some forms by ``f`` or else by ``Accept``. Raises BadRequest."""
    parameters = Parameters(request.query_params)
    offers: dict[str, str] = {}
    for form, media_type in media_type_by_form.items():
        offers.setdefault(media_type.partition(";")[0], form)  # of forms of one media type the first
    accepted = best_media_type(request.headers.get("accept"), list(offers))
    form = parameters.choice("f", list(media_type_by_form), offers[accepted])
    lang: Lang = parameters.choice("lang", get_args(Lang), "nl")
    parameters.check()
    return Asked(Snapshot.of(request), base_url(request, request.app.state.settings), form, lang)


def answer(
    request: Request,
    content: Content,
    headers: Mapping[str, str] | None = None,
    policy: CachePolicy = CachePolicy.ASK,
) -> Response:
    """An answer of the interface, with its version."""
    page = page_headers() if content.media_type.startswith("text/html") else {}
    return respond(request, content, policy, vary=VARY, headers={"API-Version": OGC_VERSION, **page, **(headers or {})})


def document(value: Any, media_type: str = "application/json") -> Content:
    """A JSON document."""
    return Content.of(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), media_type)
