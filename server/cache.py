"""Contents kept in memory, with the answers that were made of them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool

from server.answers import Answered
from server.metrics import Tally
from server.negotiation import Encoding, best_encoding
from server.responses import Content


@dataclass(slots=True)
class Kept:
    """A content, and the answers that hold it: they go when it goes."""

    content: Content
    answers: dict[Hashable, Answered] = field(default_factory=dict)

    def was_used(self) -> bool:
        """Whether any of its answers was sent since this was asked last."""
        used = [answered for answered in self.answers.values() if answered.is_used]
        for answered in used:
            answered.is_used = False
        return bool(used)


class ContentCache:
    """The contents used last, bounded by bytes.

    Lives on the event loop: it is looked into without a lock, and what it lacks is made in a worker thread. Sending an answer
    does not move its content to the end; it is asked whether it was used when its turn to go has come.
    """

    def __init__(self, limit: int, tally: Tally | None = None) -> None:
        self.limit = limit
        self.size = 0
        self._kept: OrderedDict[Hashable, Kept] = OrderedDict()
        self._tally = tally or Tally()

    async def get(self, key: Hashable, make: Callable[[], Content], accept_encoding: str | None = None) -> Content:
        """The content of a key, made where it is not there. What could not be made is not remembered.

        A content that is asked for again by someone who takes brotli is packed so, once.
        """
        known = self._kept.get(key)
        if known is not None:
            self._tally.cache["hit"] += 1
            self._kept.move_to_end(key)
            content = known.content
            if content.may_be_smaller and best_encoding(accept_encoding, content.offered) is Encoding.BROTLI:
                content = await run_in_threadpool(content.smaller)
                self._replace(key, known, content)
            return content
        self._tally.cache["miss"] += 1
        content = await run_in_threadpool(make)
        self._put(key, content)
        return content

    def kept(self, key: Hashable) -> Kept | None:
        """What is kept under a key."""
        return self._kept.get(key)

    def __iter__(self) -> Iterator[Hashable]:
        """The keys of what is kept, the oldest first."""
        return iter(self._kept)

    def _replace(self, key: Hashable, known: Kept, content: Content) -> None:
        """Put a content in the place of another; answers that hold the other are learned again."""
        if self._kept.get(key) is known:
            del self._kept[key]
            self.size -= known.content.size
            self._put(key, content)

    def _put(self, key: Hashable, content: Content) -> None:
        if key in self._kept or content.size > self.limit:
            return
        self._kept[key] = Kept(content)
        self.size += content.size
        chances = len(self._kept)
        while self.size > self.limit:
            oldest, kept = self._kept.popitem(last=False)
            chances -= 1
            if chances > 0 and kept.was_used():
                self._kept[oldest] = kept
            else:
                self.size -= kept.content.size
                self._tally.cache["evicted"] += 1
