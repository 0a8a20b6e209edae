"""Query parameters: each is checked against what is allowed, and all problems are told at once.

Parameters nobody asked for are ignored: proxies and statistics add their own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeVar

from server.errors import BadRequest, choices, shown

Choice = TypeVar("Choice", bound=str)


class Parameters:
    """The query of one request, with what was found wrong with it so far."""

    def __init__(self, query: Mapping[str, str]) -> None:
        self._query = query
        self._problems: list[str] = []

    def choice(self, name: str, allowed: Collection[Choice], default: Choice) -> Choice:
        """One of a few words, or the default where it is not given."""
        found = self.optional(name, allowed)
        return default if found is None else found

    def optional(self, name: str, allowed: Collection[Choice]) -> Choice | None:
        """One of a few words, or None where it is not given."""
        asked = self._query.get(name)
        if asked is None:
            return None
        for word in allowed:
            if word == asked:
                return word
        self._problems.append(f"{name} is {shown(asked)}, but {choices(asked, allowed)}")
        return None

    def number(self, name: str, allowed: Collection[int]) -> int | None:
        """One of some whole numbers, such as the years of an indicator, or None where it is not given."""
        found = self.optional(name, [str(number) for number in allowed])
        return None if found is None else int(found)

    def check(self) -> None:
        """Raise BadRequest with everything that was wrong, if anything was."""
        if self._problems:
            raise BadRequest(self._problems)
