from __future__ import annotations

import asyncio

import pytest

from server.cache import ContentCache
from server.responses import Content


def content(size: int) -> Content:
    return Content.picture(b"x" * size, "a/b")


def test_what_is_known_is_not_made_again() -> None:
    async def run() -> None:
        cache = ContentCache(100_000)
        first = await cache.get("a", lambda: content(10))
        assert await cache.get("a", lambda: pytest.fail("made again")) is first

    asyncio.run(run())


def test_the_content_used_longest_ago_goes_first_and_the_size_stays_within_the_limit() -> None:
    async def run() -> None:
        cache = ContentCache(3 * content(1000).size)
        for key in "abc":
            await cache.get(key, lambda: content(1000))
        await cache.get("a", lambda: content(1000))
        await cache.get("d", lambda: content(1000))
        made = []
        for key in "acdb":
            await cache.get(key, lambda key=key: made.append(key) or content(1000))  # type: ignore[misc,func-returns-value]
        assert made == ["b"]
        assert cache.size <= cache.limit

    asyncio.run(run())


def test_what_is_larger_than_the_cache_is_served_and_not_kept() -> None:
    async def run() -> None:
        cache = ContentCache(100)
        assert (await cache.get("a", lambda: content(1000))).body is not None
        assert cache.size == 0

    asyncio.run(run())


def test_a_failure_is_not_remembered() -> None:
    async def run() -> None:
        cache = ContentCache(100_000)
        with pytest.raises(ZeroDivisionError):
            await cache.get("a", lambda: content(1 // 0))
        assert (await cache.get("a", lambda: content(1))).size

    asyncio.run(run())
