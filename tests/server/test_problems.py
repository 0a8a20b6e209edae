from __future__ import annotations

import asyncio

import pytest
from starlette.types import Message, Receive, Scope, Send

from server.errors import NotThere, choices
from server.problems import ErrorBoundary

HTTP: Scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}


async def received() -> Message:
    return {"type": "http.request"}


def test_of_many_names_the_nearest_are_told() -> None:
    names = [f"indicator-{number}" for number in range(40)] + ["koopwoningen"]
    assert "there are 41, such as koopwoningen" in str(NotThere.named("indicator", "koopwoning", names))
    assert choices("zzz", names) == "there are 41, such as indicator-0, indicator-1, indicator-2"


@pytest.mark.parametrize(
    ("names", "told"), [([], "there are none"), (["a"], "there is only a"), (["a", "b", "c"], "there are a, b and c")]
)
def test_of_few_names_all_are_told(names: list[str], told: str) -> None:
    assert choices("x", names) == told


def test_a_failure_after_the_answer_began_breaks_the_connection_and_adds_no_second_answer() -> None:
    sent: list[Message] = []

    async def broken(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ZeroDivisionError

    async def send(message: Message) -> None:
        sent.append(message)

    with pytest.raises(ZeroDivisionError):
        asyncio.run(ErrorBoundary(broken)(HTTP, received, send))
    assert [message.get("status") for message in sent] == [200]
