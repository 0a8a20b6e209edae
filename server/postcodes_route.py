"""Postcodes: ``/postcodes/1234`` names the regions of all postcodes that begin so. The rest of a postcode need not be told."""

from __future__ import annotations

import re
from functools import partial
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from server.documents import Document
from server.errors import NotThere, shown
from server.parameters import Parameters
from server.responses import CachePolicy, Content, respond
from server.snapshot import Snapshot

_DIGITS: Final = re.compile(r"\d{4}")


class PostcodeColumns(Document):
    """Postcodes as columns of one length; of one postcode the region with most addresses first."""

    edition: list[int]
    postcode: list[str]
    code: list[str]


async def postcodes(request: Request) -> Response:
    """The regions of the postcodes that begin with four digits; empty where there are none."""
    snapshot = Snapshot.of(request)
    digits = request.path_params["digits"]
    Parameters(request.query_params).check()
    if _DIGITS.fullmatch(digits) is None or not snapshot.facts.postcodes:
        why = "it begins with four digits, such as 1234" if snapshot.facts.postcodes else "this atlas has none"
        raise NotThere(f"there are no postcodes {shown(digits)}: {why}")
    content = await snapshot.cache.get(("postcodes", digits), partial(_content, snapshot, digits))
    return respond(request, content, CachePolicy.ASK)


def _content(snapshot: Snapshot, digits: str) -> Content:
    tables = [(one.edition, snapshot.atlas.postcodes(one).beginning(digits)) for one in snapshot.facts.postcodes]
    columns = PostcodeColumns(
        edition=[edition for edition, rows in tables for _ in rows.code],
        postcode=[postcode for _, rows in tables for postcode in rows.postcode],
        code=[code for _, rows in tables for code in rows.code],
    )
    return Content.of(columns.as_json(), "application/json")
