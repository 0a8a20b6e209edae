"""Pages of the server made into pages that stand by themselves: links lead to files, and what only a server can do is left out.

A link to something that has no file becomes its text. A form in which one chooses becomes lists of links, one for each choice
that has a page.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from html import escape, unescape
from html.parser import HTMLParser

from server.export.files import Address, up

_LINKING = {"a": "href", "link": "href", "iframe": "src", "script": "src", "img": "src"}


def standing_alone(html: str, page: Address, files: Collection[str]) -> str:
    """A page with its links turned; ``files`` are those of the site."""
    turning = _Turning(page, files)
    turning.feed(html)
    turning.close()
    return "".join(turning.pieces)


@dataclass(slots=True)
class _Choices:
    """A select of a form."""

    name: str
    heading: str
    options: list[tuple[str, str, bool]] = field(default_factory=list)
    """Value, text, and whether it is chosen."""


class _Turning(HTMLParser):
    """Copies a page piece by piece."""

    def __init__(self, page: Address, files: Collection[str]) -> None:
        super().__init__(convert_charrefs=False)
        self.pieces: list[str] = []
        self._page, self._files = page, files
        self._unlinked: list[bool] = []
        """For each open link whether it was left out."""

        self._form: list[_Choices] | None = None
        self._label = ""
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if self._form is not None:
            self._in_form(self._form, tag, given)
            return
        if tag == "form":
            self._form = []
            return
        source = self.get_starttag_text() or ""
        attribute = _LINKING.get(tag)
        href = given.get(attribute or "")
        turned = href if href is None else self._turned(href)
        if tag == "a":
            self._unlinked.append(turned is None and href is not None)
            if self._unlinked[-1]:
                return
        if turned is not None and turned != href:
            source = re.sub(rf'(\s{attribute}=)"[^"]*"', lambda found: f'{found[1]}"{escape(turned)}"', source, count=1)
        self.pieces.append(source)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._form is None:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self._form is not None:
            text = "".join(self._text).strip()
            if tag == "label":
                self._label = text
            if tag == "option" and self._form and self._form[-1].options:
                value, _, is_chosen = self._form[-1].options[-1]
                self._form[-1].options[-1] = (value or text, text, is_chosen)
            if tag == "form":
                self.pieces.append(self._lists(self._form))
                self._form = None
            return
        if tag == "a" and self._unlinked and self._unlinked.pop():
            return
        self.pieces.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self._form is None:
            self.pieces.append(data)
            return
        self._text.append(data)

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        self.pieces.append(f"<!{decl}>")

    def handle_comment(self, data: str) -> None:
        self.pieces.append(f"<!--{data}-->")

    def _in_form(self, form: list[_Choices], tag: str, given: dict[str, str]) -> None:
        self._text = []
        if tag == "select":
            form.append(_Choices(given["name"], self._label))
        elif tag == "option" and form:
            form[-1].options.append((given.get("value", ""), "", "selected" in given))

    def _lists(self, form: list[_Choices]) -> str:
        lists = []
        for choices in form:
            links = []
            for value, text, is_chosen in choices.options:
                query = {**{n: v for n, v in self._page.query if n == "lang"}, choices.name: unescape(value)}
                address = Address(self._page.path, tuple(query.items()))
                if address.file in self._files:
                    current = ' aria-current="true"' if is_chosen else ""
                    links.append(f'<li><a href="{escape(self._to(address))}"{current}>{text}</a></li>')
            if len(links) > 1:
                lists.append(f'<h2>{choices.heading}</h2>\n<ul class="choose">\n{"".join(links)}\n</ul>')
        return "\n".join(lists)

    def _turned(self, href: str) -> str | None:
        """Where a link leads in the static site; None where there is no file."""
        address = Address.relative(href, self._page.path)
        if address is None:
            return href
        if address.file not in self._files:
            return None
        _, hash_, fragment = href.partition("#")
        return self._to(address) + hash_ + fragment

    def _to(self, address: Address) -> str:
        return up(self._page.file) + address.link
