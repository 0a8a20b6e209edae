"""Answers kept in memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator

from starlette.concurrency import run_in_threadpool

from server.responses import Content


class ContentCache:
    """The contents used last, bounded by bytes.

    Lives on the event loop: it is looked into without a lock, and what it lacks is made in a worker thread.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.size = 0
        self._contents: OrderedDict[Hashable, Content] = OrderedDict()

    async def get(self, key: Hashable, make: Callable[[], Content]) -> Content:
        """The content of a key, made where it is not there. What could not be made is not remembered."""
        known = self._contents.get(key)
        if known is not None:
            self._contents.move_to_end(key)
            return known
        content = await run_in_threadpool(make)
        self._put(key, content)
        return content

    def __iter__(self) -> Iterator[Hashable]:
        """The keys of what is kept, the oldest first."""
        return iter(self._contents)

    def _put(self, key: Hashable, content: Content) -> None:
        if key in self._contents or content.size > self.limit:
            return
        self._contents[key] = content
        self.size += content.size
        while self.size > self.limit:
            _, oldest = self._contents.popitem(last=False)
            self.size -= oldest.size
