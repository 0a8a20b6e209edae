"""What can go wrong at the edge.

ServerError
├── BadSetting          the environment holds a value that cannot be used     the start stops
├── BadRequest          an address or header that cannot be understood        400
├── NotThere            an address that names nothing                         404
├── NoBackground        the site of the background map fails                  502
├── AtlasNameTaken      two things would stand at one address                 the start stops
├── BadExport           a static site cannot be written as asked              the export stops
└── CannotListen        an address or port the server cannot have             the start stops
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

LISTED = 12
"""So many names at most are listed in an answer; of more only the nearest are."""


class ServerError(Exception):
    """Something at the edge is wrong; the message is a sentence for a person."""


class BadSetting(ServerError):
    """A setting that cannot be used."""

    def __init__(self, key: str, value: str, allowed: str) -> None:
        self.key, self.value, self.allowed = key, value, allowed
        super().__init__(f"{key} is {shown(value)}, but must be {allowed}")


class BadRequest(ServerError):
    """A request with one or more parts that cannot be understood; all of them are told at once."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(self.problems))


class NotThere(ServerError):
    """An address that names nothing; the message says what there is."""

    @staticmethod
    def named(kind: str, name: str, allowed: Iterable[str]) -> NotThere:
        """No such tileset, indicator, style...: names what there is, or the nearest where there is much."""
        return NotThere(f"there is no {kind} {shown(name)}: {choices(name, allowed)}")


class CannotListen(ServerError):
    """An address or port the server cannot have."""


class BadExport(ServerError):
    """A static site that cannot be written as asked."""


class NoBackground(ServerError):
    """The site that the background map comes from gave no picture."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(f"the site of the background map {what}; the map itself works without it")


class AtlasNameTaken(ServerError):
    """An atlas has the name of another one, or of an address of the server."""


def choices(asked: str, allowed: Iterable[str]) -> str:
    """What may be asked for instead, as the end of a sentence.

    >>> choices("wjk", ["gemeente", "wijk"])
    'there are gemeente and wijk'
    """
    names = list(allowed)
    if not names:
        return "there are none"
    if len(names) == 1:
        return f"there is only {names[0]}"
    if len(names) <= LISTED:
        return f"there are {', '.join(names[:-1])} and {names[-1]}"
    nearest = get_close_matches(asked[:100], names, n=3) or names[:3]
    return f"there are {len(names)}, such as {', '.join(nearest)}"


def shown(text: str) -> str:
    """What somebody wrote, quoted, without control characters and not longer than a line."""
    line = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
    return f'"{line}"' if len(line) <= 80 else f'"{line[:79]}…"'
