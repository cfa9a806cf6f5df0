"""What one pass over a page's tree collects."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from shared.extract.hrefs import resolved
from shared.extract.text import clean

MAX_IMAGES = 500
MAX_UNSEEN = 100  # texts
KEPT_ADDRESS = 300  # characters of an address and of what it is relative to, when what comes of them is kept

Where = Literal["header", "nav", "footer", "main"]
Attributes = dict[str, str | None]


class Line(NamedTuple):
    """The text of one block, white space collapsed."""

    text: str
    where: Where


@dataclass(slots=True)
class Link:
    url: str  # absolute where it is http(s), else as written (mailto:, tel:)
    text: str  # else the label, title or alternative text
    rel: str
    where: Where
    attributes: Attributes
    host: str  # canonical, without www.; "" where the address is none of http(s)


@dataclass(slots=True)
class Image:
    attributes: Attributes
    where: Where
    link: str | None  # href of the link around it, as written


@dataclass(slots=True)
class Script:
    type: str
    src: str
    text: str


Anchor = tuple[Attributes, Where, list[str]]  # and the texts in it


@dataclass(slots=True)
class Anchors:
    """Links in a row, resolved once for all pages on which they lead to the same addresses."""

    anchors: list[Anchor] = field(default_factory=list)
    # The links, and of what `on` is told, that on which these depend; set at once, since threads share kept parts.
    links: tuple[int, str, list[Link]] | None = None

    def on(self, *bases: str) -> list[Link]:
        """The links of a page with this origin, folder and address."""
        known = self.links
        if known is None or bases[known[0]] != known[1]:
            links: list[Link] = []
            most = 0
            for attributes, where, texts in self.anchors:
                href = (attributes.get("href") or "").strip()
                first = href[:1]
                # what the links of a site's pages are relative to is mostly the same for all of them
                relative_to = 0 if first == "/" or href[:4] == "http" else 2 if first in ("", "?", "#") else 1
                base = bases[relative_to]
                resolve = resolved if len(base) + len(href) <= KEPT_ADDRESS else resolved.__wrapped__
                url, host = resolve(base, href) if href != "#" else ("", "")
                if url:
                    named = (attributes.get(name) for name in ("aria-label", "title", "alt"))
                    text = clean("".join(texts)) or next(filter(None, named), "")
                    rel = (attributes.get("rel") or "").lower()
                    links.append(Link(url, text.strip(), rel, where, attributes, host))
                    if host:
                        most = max(most, relative_to)
            known = most, bases[most], links
            if len(bases[most]) <= KEPT_ADDRESS:
                self.links = known
        return known[2]


@dataclass(slots=True)
class Walk:
    """What one pass over the tree, or a part of it, collects."""

    lines: list[Line] = field(default_factory=list)
    anchors: list[Anchors] = field(default_factory=lambda: [Anchors()])
    heads: list[Attributes] = field(default_factory=list)  # <link>
    metas: list[Attributes] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    frames: list[str] = field(default_factory=list)
    scripts: list[Script] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)  # texts of noscript
    headings: list[str] = field(default_factory=list)  # texts of h1 to h6
    base: str = ""
    title: str = ""
    size: int = 0  # characters of text
    nodes: int = 0  # of a part, below its own

    def take(self, part: "Walk") -> None:
        self.lines += part.lines
        self.anchors += (*part.anchors, Anchors())
        self.heads += part.heads
        self.metas += part.metas
        self.images += part.images[: MAX_IMAGES - len(self.images)]
        self.frames += part.frames
        self.scripts += part.scripts
        again = [part.title] if self.title and part.title else []
        self.unseen = [*self.unseen, *again, *part.unseen][:MAX_UNSEEN]
        self.headings += part.headings
        self.base, self.title = self.base or part.base, self.title or part.title
