"""A client that talks to an application in this process, one request at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.types import ASGIApp

ORIGIN = "http://kaart.test"


@dataclass(frozen=True)
class Answer:
    """What came back, with the body as it was sent."""

    status: int
    headers: httpx.Headers
    raw: bytes = field(repr=False)
    """Before any decoding."""

    @property
    def text(self) -> str:
        return httpx.Response(200, headers=self.headers, content=self.raw).text

    def json(self) -> Any:
        return httpx.Response(200, headers=self.headers, content=self.raw).json()


@dataclass(frozen=True)
class Client:
    app: ASGIApp

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, {name.replace("_", "-"): value for name, value in headers.items()})

    def ask(self, method: str, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return asyncio.run(self._ask(method, path, headers or {}))

    async def _ask(self, method: str, path: str, headers: Mapping[str, str]) -> Answer:
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
            request = client.build_request(method, path)
            # httpx asks for packed answers on its own; here a test says what it asks for.
            for name in ("accept", "accept-encoding"):
                del request.headers[name]
            request.headers.update(headers)
            response = await client.send(request, stream=True)
            raw = b"".join([chunk async for chunk in response.aiter_raw()])
            await response.aclose()
            return Answer(response.status_code, response.headers, raw)
