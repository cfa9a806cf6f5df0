"""A page parsed once and walked once; extractors read what the walk collected."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from shared.extract.bounds import bounded
from shared.extract.charset import to_utf8
from shared.extract.collected import Line, Link, Walk, Where
from shared.extract.hrefs import absolute, folder, host_of, origin
from shared.extract.lazy import lazy
from shared.extract.text import ASCII_DIGITS, DIGITS, clean, collapse
from shared.extract.walk import MAX_LINKS, walk
from shared.extract.xhtml import XML, as_html
from shared.models import JSON, Fact, How, Source
from shared.web.urls import registrable

MAX_QUOTE = 300
_TEMPLATE = re.compile(rb"<(/?)template(?![\w-])(?=(\s[^<>]{0,300}\bshadowroot)?)", re.I)
_NO_DIGITS = bytes(set(range(256)) - set(b"0123456789\n"))


@dataclass
class ParsedPage:
    """Pure and linear in the page's size; no bytes make it raise."""

    url: str
    fetched_at: str
    kind: str
    tree: LexborHTMLParser
    headers: tuple[tuple[str, str], ...] = ()  # of the answer, a name perhaps several times
    memo: dict[str, Any] = field(default_factory=dict, repr=False)  # what extractors share

    @classmethod
    def parse(
        cls,
        body: bytes,
        *,
        url: str,
        fetched_at: str,
        charset: str | None = None,
        kind: str = "other",
        headers: Iterable[tuple[str, str]] = (),
    ) -> "ParsedPage":
        html, named = to_utf8(body, charset), tuple(headers)
        if any(name.lower() == "content-type" and value.lower().startswith(XML) for name, value in named):
            html = as_html(html)
        if b"shadowroot" in html:
            html = _shadows_shown(html)
        return cls(url, fetched_at, kind, LexborHTMLParser(bounded(html)), named)

    @lazy
    def walk(self) -> Walk:
        return walk(self.tree)

    @lazy
    def base(self) -> str:
        return absolute(self.url, self.walk.base) or self.url if self.walk.base else self.url

    @property
    def title(self) -> str:
        return self.walk.title

    @lazy
    def lang(self) -> str:
        """The lang attribute as written, "" where there is none."""
        html = self.tree.root
        attributes = html.attributes if html is not None and html.tag == "html" else {}
        return (attributes.get("lang") or attributes.get("xml:lang") or "").strip()

    @lazy
    def lines(self) -> list[Line]:
        return self.walk.lines

    @lazy
    def parts(self) -> list[Where]:
        """Where each line stands; what is marked up as a header within the text is a heading there."""
        begun, parts = False, list[Where]()
        for _, where in self.lines:
            begun = begun or where == "main"
            parts.append("main" if begun and where == "header" else where)
        return parts

    @lazy
    def text(self) -> str:
        """What a reader sees, a block a line."""
        return "\n".join([line.text for line in self.lines])

    @lazy
    def lower(self) -> str:
        """The text in lower case: `"word" in page.lower` costs microseconds, a pattern over the text a parse."""
        return "\n".join([line.text.lower() for line in self.lines])  # ASCII takes no time, and most lines are

    @lazy
    def digits(self) -> list[bytes]:
        """The digits of each line, wide ones included; what has none, or too few, needs no pattern."""
        text = self.text
        if not text.isascii() and any(digit in text for digit in DIGITS):
            text = text.translate(ASCII_DIGITS)
        return text.encode(errors="replace").translate(None, _NO_DIGITS).split(b"\n") if self.lines else []

    @lazy
    def links(self) -> list[Link]:
        base = self.base
        bases = origin(base) or base, folder(base), base
        links: list[Link] = []
        for row in self.walk.anchors:
            links += row.on(*bases)
            if len(links) >= MAX_LINKS:
                return links[:MAX_LINKS]
        return links

    @property
    def headings(self) -> list[str]:
        """The texts of h1 to h6, in order."""
        return self.walk.headings

    @lazy
    def metas(self) -> dict[str, str]:
        """First content by lower-case name or property."""
        found: dict[str, str] = {}
        for attributes in self.walk.metas:
            name, content = attributes.get("property") or attributes.get("name"), attributes.get("content")
            if name and content and content.strip():
                found.setdefault(name.strip().lower(), clean(content))
        return found

    @lazy
    def host(self) -> str:
        return host_of(self.url)

    @lazy
    def site(self) -> str:
        """The registrable domain, an address as it is."""
        return registrable(self.host)

    def mentions(self, markup: bytes) -> bool:
        """Whether these bytes stand anywhere in the page; as costly as a selector is otherwise."""
        return markup in (self.tree.raw_html or b"")

    def is_own(self, url: str) -> bool:
        return registrable(host_of(url)) == self.site

    def select(self, css: str) -> Iterator[tuple[LexborNode, str]]:
        """Matching nodes with their text. Selectors with descendants cost depth: keep them simple."""
        for node in self.tree.css(css):
            yield node, collapse(node.text(separator=" "))

    def fact(self, name: str, value: JSON, *, how: How, quote: str, confidence: float) -> Fact:
        return Fact(name, value, Source(self.url, how, collapse(quote)[:MAX_QUOTE], self.fetched_at), confidence)


def _shadows_shown(html: bytes) -> bytes:
    """Shadow roots as blocks, since they are shown as other templates are not."""
    shown: list[bool] = []  # of the templates that are open

    def one(tag: re.Match[bytes]) -> bytes:
        if tag[1]:
            return b"</div" if shown and shown.pop() else tag[0]
        shown.append(tag[2] is not None)
        return b"<div" if shown[-1] else tag[0]

    return _TEMPLATE.sub(one, html)
