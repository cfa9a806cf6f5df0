"""A page parsed once and walked once; extractors read what the walk collected."""

import re
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import islice
from typing import Any, Literal, NamedTuple
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from shared.extract.bounds import bounded
from shared.extract.charset import to_utf8
from shared.extract.kept import Kept
from shared.extract.lazy import lazy
from shared.extract.xhtml import XML, as_html
from shared.models import JSON, Fact, How, Source
from shared.web.urls import canonical_host, registrable

MAX_NODES = 300_000
MAX_TEXT = 1_000_000  # characters
MAX_LINKS = 5_000
MAX_IMAGES = 500
MAX_UNSEEN = 100  # texts
MAX_TITLE = 1_000  # characters
MAX_QUOTE = 300
MAX_PART, MAX_PART_TEXT, MAX_PART_NODES = 60_000, 20_000, 2_000  # characters of markup and of text; a menu of 500 links
MAX_KEPT = 16_000_000  # bytes of what all menus and footers hold that are kept, two or three a site
KEPT_ADDRESS = 300  # characters of an address and of what it is relative to, when what comes of them is kept

Where = Literal["header", "nav", "footer", "main"]
Attributes = dict[str, str | None]

_BLOCKS = frozenset(
    """address article aside blockquote body br button caption center dd details dialog dir div dl dt fieldset
    figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hr html label legend li main menu nav ol option p
    pre section summary table tbody td tfoot th thead tr ul""".split()
)
_UNSEEN = frozenset("title script style noscript noframes template svg textarea select iframe object head math".split())
_PLACED: dict[str, Where] = {"header": "header", "nav": "nav", "footer": "footer", "main": "main"}
_PLACES = frozenset("div section ul table td aside p".split())  # may say by id or class what they are
_SECTIONS = frozenset(("article", "section", "main"))  # their headers are not the page's
_LINKS = frozenset(("a", "area"))
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_READING = frozenset("img meta link base frame script iframe".split()) | _HEADINGS
_TEXT, _PLAIN = "-text", "-plain"  # _PLAIN: a block that says nothing else
_PLACE_PARTS = ("foot", "nav", "menu", "head", "top", "colophon", "fusszeile")  # of what the next three find
_FOOTER = re.compile(r"(?:^|[\s_-])(?:foot(?:er)?|colophon|fusszeile)(?:$|[\s_-]|\d)|footer", re.I)
_NAV = re.compile(r"(?:^|[\s_-])(?:nav(?:bar|igation)?|menu|mainmenu|topmenu)(?:$|[\s_-])", re.I)
_HEADER = re.compile(r"(?:^|[\s_-])(?:header|head|masthead|topbar|top)(?:$|[\s_-])|header", re.I)
_UNSHOWN = re.compile(r"(?:^|[;\s/])(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)
_HIDDEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_CONTROL = re.compile(r"[\x00-\x20\x7f]+")
_WIDE = "０１２３４５６７８９"
_NARROW = str.maketrans(_WIDE, "0123456789")
_NO_DIGITS = bytes(set(range(256)) - set(b"0123456789\n"))


class Line(NamedTuple):
    """The text of one block, white space collapsed."""

    text: str
    where: Where


@dataclass(slots=True)
class Link:
    url: str  # absolute where it is http(s), else as written (mailto:, tel:)
    text: str  # else the label, title or image text
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


_Anchor = tuple[Attributes, Where, list[str]]  # and the texts in it
_Inside = tuple[Where, _Anchor | None, int, str, bool]


@dataclass(slots=True)
class _Anchors:
    """Links in a row, resolved once for all pages on which they lead to the same addresses."""

    anchors: list[_Anchor] = field(default_factory=list)
    # The links, and of what `on` is told, that on which these depend; set at once, since threads share kept parts.
    resolved: tuple[int, str, list[Link]] | None = None

    def on(self, *bases: str) -> list[Link]:
        """The links of a page with this origin, folder and address."""
        resolved = self.resolved
        if resolved is None or bases[resolved[0]] != resolved[1]:
            links: list[Link] = []
            most = 0
            for attributes, where, texts in self.anchors:
                href = (attributes.get("href") or "").strip()
                first = href[:1]
                # what the links of a site's pages are relative to is mostly the same for all of them
                relative_to = 0 if first == "/" or href[:4] == "http" else 2 if first in ("", "?", "#") else 1
                base = bases[relative_to]
                resolve = _resolved if len(base) + len(href) <= KEPT_ADDRESS else _resolved.__wrapped__
                url, host = resolve(base, href) if href != "#" else ("", "")
                if url:
                    text = clean("".join(texts)) or attributes.get("aria-label") or attributes.get("title") or ""
                    rel = (attributes.get("rel") or "").lower()
                    links.append(Link(url, text.strip(), rel, where, attributes, host))
                    if host:
                        most = max(most, relative_to)
            resolved = most, bases[most], links
            if len(bases[most]) <= KEPT_ADDRESS:
                self.resolved = resolved
        return resolved[2]


@dataclass(slots=True)
class _Walk:
    """What one pass over the tree, or a part of it, collects."""

    lines: list[Line] = field(default_factory=list)
    anchors: list[_Anchors] = field(default_factory=lambda: [_Anchors()])
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

    def take(self, part: "_Walk") -> None:
        self.lines += part.lines
        self.anchors += (*part.anchors, _Anchors())
        self.heads += part.heads
        self.metas += part.metas
        self.images += part.images[: MAX_IMAGES - len(self.images)]
        self.frames += part.frames
        self.scripts += part.scripts
        again = [part.title] if self.title and part.title else []
        self.unseen = [*self.unseen, *again, *part.unseen][:MAX_UNSEEN]
        self.headings += part.headings
        self.base, self.title = self.base or part.base, self.title or part.title


def collapse(text: str) -> str:
    return " ".join(text.split())


def clean(text: str) -> str:
    """White space collapsed, without what nobody sees: controls, marks of direction, spaces of no width."""
    text = text.strip()
    if text.isprintable() and "  " not in text:
        return text
    text = collapse(text)
    return text if text.isprintable() else collapse(_HIDDEN.sub("", text))


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
        return cls(url, fetched_at, kind, LexborHTMLParser(bounded(html)), named)

    @lazy
    def walk(self) -> _Walk:
        return _walk(self.tree)

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

    @property
    def lines(self) -> list[Line]:
        return self.walk.lines

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
        if not text.isascii() and any(wide in text for wide in _WIDE):
            text = text.translate(_NARROW)
        return text.encode(errors="replace").translate(None, _NO_DIGITS).split(b"\n") if self.lines else []

    @lazy
    def links(self) -> list[Link]:
        base = self.base
        origin, folder = _origin(base) or base, _folder(base)
        links: list[Link] = []
        for row in self.walk.anchors:
            links += row.on(origin, folder, base)
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


_ABSOLUTE = re.compile(r"https?://[\w.-]+(?::\d{1,5})?(?:[/?#][^\x00-\x20\x7f]*)?", re.I | re.A)
_HOST = re.compile(r"https?://([\w.-]{1,255})(?::\d{1,5})?(?=[/?#]|$)", re.A)
_PLAIN_PATH = re.compile(
    r"[\w%~-][\w.%~-]*(?:/[\w%~-][\w.%~-]*)*/?(?:\?[^\x00-\x20\x7f#]+)?(?:#[^\x00-\x20\x7f]+)?", re.A
)
_FRAGMENT = re.compile(r"#[^\x00-\x20\x7f]+")
_ROOTED = re.compile(r"/(?:[\w.~%-][^\x00-\x20\x7f\\]*)?", re.A)


@lru_cache(256)
def _origin(base: str) -> str:
    found = re.match(r"https?://[\w.-]+(?::\d{1,5})?(?=[/?#]|$)", base, re.I | re.A)
    return found[0] if found else ""


def absolute(base: str, href: str) -> str:
    """The absolute address of a link; "" for what is no address (scripts, data, nonsense)."""
    href = href.strip()
    if not href or len(href) > 2048:
        return ""
    if _ABSOLUTE.fullmatch(href):
        return href
    if _ROOTED.fullmatch(href) and "/." not in href and (origin := _origin(base)):
        return origin + href
    scheme = href[:12].partition(":")[0].lower()
    try:
        if _PLAIN_PATH.fullmatch(href) and (before := _before(base, "x")):
            return before + href
        if _FRAGMENT.fullmatch(href) and (before := _before(base, "#x")):
            return before + href
        if scheme in ("mailto", "tel", "callto", "fax"):
            return href
        if scheme not in ("http", "https"):
            href = urljoin(base, href)
            if not href.lower().startswith(("http://", "https://")):
                return ""
        return _CONTROL.sub("", href) if urlsplit(href).hostname else ""
    except ValueError:
        return ""


@lru_cache(256)
def _before(base: str, href: str) -> str:
    """What addresses begin with that are as plain as this one; "" where they are no address."""
    url = urljoin(base, href)
    plain = url.startswith(("http://", "https://")) and not _CONTROL.search(url) and urlsplit(url).hostname
    return url.removesuffix(href) if plain else ""


def _folder(base: str) -> str:
    """What addresses like "team.html" are relative to."""
    path = base.partition("#")[0].partition("?")[0]
    return path[: path.rfind("/") + 1] if path.count("/") > 2 else base


@lru_cache(8192)
def _resolved(base: str, href: str) -> tuple[str, str]:
    """The absolute address and its canonical host; "" for what is none of http(s)."""
    url = absolute(base, href)
    if href[:1] == "/" and url == base + href:
        return url, _host_at(base)
    return url, host_of(url) if url[:4] == "http" else ""


@lru_cache(256)
def _host_at(origin: str) -> str:
    return host_of(origin)


def host_of(url: str) -> str:
    """The canonical host, "" where there is none."""
    found = _HOST.match(url)
    return _canonical(found[1]) if found else _host_of(url)


@lru_cache(4096)
def _canonical(host: str) -> str:
    try:
        return canonical_host(host).removeprefix("www.")
    except ValueError:
        return ""


def _host_of(url: str) -> str:
    try:
        return canonical_host(urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


@cache
def _tags() -> dict[int, str]:
    """Names by lexbor's numbers, which cost less to ask for; of text, and of the elements that mean something."""
    tree = LexborHTMLParser("<p>text")
    numbers = {text.tag_id: _TEXT for text in tree.css("p")[0].iter(include_text=True)}
    names = _BLOCKS | _UNSEEN | _PLACED.keys() | _PLACES | _LINKS | _READING
    plain = _BLOCKS - _UNSEEN - _PLACED.keys() - _PLACES - _LINKS - _READING - {"br"}
    return numbers | {tree.create_node(name).tag_id: _PLAIN if name in plain else name for name in names}


def _walk(tree: LexborHTMLParser) -> _Walk:
    return _walked(tree.root, "main") if tree.root is not None else _Walk()


class _Seen(NamedTuple):
    """A part of a page that may come again: on how many it was, its markup and what it holds, where that is kept."""

    pages: int = 0
    html: str = ""
    part: _Walk | None = None


_SEEN: Kept[_Seen] = Kept(MAX_KEPT)


def _part(root: LexborNode, where: Where) -> _Walk | None:
    """What a menu, header, footer or dialog holds, where other pages had the same. The second page with its words is a
    reason to keep it, a third one with other markup, as where a menu marks the page, a reason not to look again."""
    text = root.text()
    if len(text) > MAX_PART_TEXT:
        return None
    key = hash((text, where))  # its markup is compared, too
    seen = _SEEN.get(key) or _Seen()
    if seen.part is None and seen.pages != 1:
        if not seen.pages:
            _SEEN.put(key, _Seen(1))
        return None
    html = root.html or ""
    if seen.part is not None:
        if seen.html != html:
            _SEEN.put(key, _Seen(2))
            return None
        return seen.part
    part = None
    if len(html) <= MAX_PART and (nodes := _nodes(root)) <= MAX_PART_NODES:
        part = _walked(root, where, whole=False)
        part.nodes = nodes
    _SEEN.put(key, _Seen(2, html, part) if part else _Seen(2), _bytes(html) if part else 0)
    return part


def _bytes(html: str) -> int:
    """What a part with this markup takes in memory, rather more than less: its texts, which are lines' and links', its
    lines, the attributes of its links, and these, once resolved."""
    elements, attributes, links = html.count("</"), html.count('="'), html.count(' href="')
    return 3 * sys.getsizeof(html) + 60 * elements + 100 * attributes + 700 * links


def _nodes(root: LexborNode) -> int:
    return len(list(root.traverse(include_text=True, skip_empty=True))) - 1


def _walked(root: LexborNode, outermost: Where, *, whole: bool = True) -> _Walk:
    """`whole`: a page rather than a part of one, so that there may be parts in it."""
    walk, tag_of = _Walk(), _tags().get
    lines, row = walk.lines, walk.anchors[0].anchors
    # What holds inside each element: its place, its link, its block, what hides its text, and
    # whether a part may begin there.
    inside: dict[int, _Inside] = {root.mem_id: (outermost, None, root.mem_id, "", whole)}
    nodes = islice(root.traverse(include_text=True, skip_empty=True), MAX_NODES)
    next(nodes)
    # The line so far, and what holds for its last text.
    line: list[str] = []
    line_where: Where = outermost
    line_block, line_anchor, size = 0, None, 0
    for node in nodes:
        tag = tag_of(node.tag_id)
        if tag is None:
            inside[node.mem_id] = inside[node.parent.mem_id]  # type: ignore[union-attr]
        elif tag == _TEXT:
            text = node.text_content or ""
            where, anchor, block, unseen, _ = inside[node.parent.mem_id]  # type: ignore[union-attr]
            if unseen:
                _unseen_text(walk, unseen, text)
                if anchor is not None and unseen == "noscript":
                    anchor[2].append(text)
                continue
            gap = True
            if line:
                if block != line_block:
                    _close(lines, line, line_where)
                elif not text[:1].isspace() and not line[-1][-1:].isspace():  # else there is a gap already
                    gap = _apart(node)
                    if gap or (anchor is not line_anchor and _joined(line[-1], text)):
                        line.append(" ")
            line.append(text)
            if anchor is not None:
                texts = anchor[2]
                if gap and texts:
                    texts.append(" ")
                texts.append(text)
            line_where, line_block, line_anchor = where, block, anchor
            size += len(text)
            if size > MAX_TEXT:
                break
        elif tag == _PLAIN:
            number = node.mem_id
            where, anchor, _, unseen, fresh = inside[node.parent.mem_id]  # type: ignore[union-attr]
            inside[number] = (where, anchor, number, unseen, fresh)
        else:
            around, anchor, block, unseen, fresh = inside[node.parent.mem_id]  # type: ignore[union-attr]
            where, number, dialog = around, node.mem_id, False
            if tag in _PLACES:
                if where != "footer" and (attributes := node.attributes):
                    where, dialog = _place(attributes, where), "role" in attributes and attributes["role"] in _DIALOGS
            elif tag in _LINKS:
                attributes = node.attributes
                if attributes.get("href") and len(row) < MAX_LINKS and not _concealed(attributes):
                    anchor = (attributes, where, [])
                    row.append(anchor)
            elif tag in _PLACED:
                if where != "footer" and not (tag == "header" and where == "main" and _in_section(node)):
                    where = _PLACED[tag]
            elif tag in _READING:
                _read(walk, node, tag, where, anchor)
            if fresh and (dialog or where is not around) and anchor is None and not unseen:
                fresh = False
                if (part := _part(node, where)) is not None:
                    _close(lines, line, line_where)
                    walk.take(part)
                    size += part.size
                    row = walk.anchors[-1].anchors
                    deque(islice(nodes, part.nodes), 0)
                    continue
            if tag in _BLOCKS:
                block = number
                if tag == "br" and line:
                    _close(lines, line, line_where)
            elif tag in _UNSEEN:
                unseen = tag
            inside[number] = (where, anchor, block, unseen, fresh)
    _close(lines, line, line_where)
    walk.size = size
    return walk


def _apart(text: LexborNode) -> bool:
    """Whether white space stands before the text, or an inline element ends and another begins right there: a reader
    sees a gap, and none where text goes on around an element."""
    node: LexborNode | None = text
    while node is not None:
        before = node.prev
        while before is not None and before.is_comment_node:
            before = before.prev
        if before is not None:
            last = before if before.is_text_node else before.last_child
            spaced = last is not None and last.is_text_node and (last.text_content or "").isspace()
            return spaced or (before.is_element_node and node is not text)
        node = node.parent
    return False


def _concealed(attributes: Attributes) -> bool:
    """Whether a link hides from readers by itself: a snare for whoever follows all links."""
    return "hidden" in attributes or ("style" in attributes and bool(_UNSHOWN.search(attributes["style"] or "")))


def _in_section(node: LexborNode) -> bool:
    around = node.parent
    return around is not None and around.tag in _SECTIONS


def _joined(text: str, following: str) -> bool:
    """Whether a link would grow together with a new word beside it, as in "office@example.comLinkedIn"."""
    return following[:1].isupper() and text[-1:].isalnum() and not text[-1:].isupper()


def _close(lines: list[Line], line: list[str], where: Where) -> None:
    if text := clean("".join(line)):
        lines.append(Line(text, where))
    line.clear()


def _unseen_text(walk: _Walk, tag: str, text: str) -> None:
    if tag == "title" and not walk.title:
        walk.title = clean(text[:MAX_TITLE])
    elif tag == "script" and walk.scripts:
        walk.scripts[-1].text = text
    elif tag != "style" and len(walk.unseen) < MAX_UNSEEN and (text := collapse(text)):
        walk.unseen.append(text)


def _read(walk: _Walk, node: LexborNode, tag: str, where: Where, anchor: _Anchor | None) -> None:
    """What an element says that holds nothing or is no block."""
    if tag in _HEADINGS:
        walk.headings.append(collapse(node.text(separator=" ")))
        return
    attributes = node.attributes
    if tag == "img":
        if anchor is not None:
            anchor[2].append(f" {attributes.get('alt') or ''} ")
        if len(walk.images) < MAX_IMAGES:
            walk.images.append(Image(attributes, where, anchor[0].get("href") if anchor is not None else None))
    elif tag == "meta":
        walk.metas.append(attributes)
    elif tag == "link":
        walk.heads.append(attributes)
    elif tag == "script":
        walk.scripts.append(Script((attributes.get("type") or "").lower().strip(), attributes.get("src") or "", ""))
    elif tag in ("iframe", "frame"):
        walk.frames.append(attributes.get("src") or "")
    elif tag == "base" and not walk.base:
        walk.base = (attributes.get("href") or "").strip()


_DIALOGS = frozenset(("dialog", "alertdialog"))
_ROLES: dict[str | None, Where] = {"contentinfo": "footer", "banner": "header", "navigation": "nav", "main": "main"}


def _place(attributes: Attributes, where: Where) -> Where:
    if "role" in attributes and (role := attributes["role"]) in _ROLES:
        return _ROLES[role]
    place = None
    if name := attributes.get("id"):
        place = _named(name[:200])
    if place is None and (classes := attributes.get("class")):
        place = _named(classes[:200])
    return place if place == "footer" or (place and where == "main") else where


@lru_cache(4096)
def _named(named: str) -> Where | None:
    """What an id or classes say of an element's place."""
    lower = named.lower()
    if not any(part in lower for part in _PLACE_PARTS):
        return None
    if _FOOTER.search(named):
        return "footer"
    return "nav" if _NAV.search(named) else "header" if _HEADER.search(named) else None
