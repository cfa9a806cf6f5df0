"""News in RSS 0.9x, 1.0, 2.0, Atom and JSON Feed."""

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import urljoin

from shared.entities import unescape
from shared.feeds.dates import instant, iso
from shared.feeds.markup import Close, Open, tokens
from shared.web.urls import normalise

ITEMS_MAX = 30
SCANNED_MAX = 3_000  # items of a feed that are looked at for the newest
TOKENS_MAX = 300_000  # about two seconds' work
TEXT_MAX = 4_000  # characters of one element
TITLE_MAX = 500
DEPTH_MAX = 50  # elements inside an item

ROOTS = ("rss", "rdf", "feed", "channel")
# Namespaces that speak for the item itself, with the prefixes that feeds use without declaring them.
OWN_SPACE = re.compile(
    r"w3\.org/2005/atom|purl\.org/(atom|rss|dc)|netscape\.com|userland\.com|feedburner", re.IGNORECASE
)
OWN_PREFIXES = frozenset({"", "atom", "a10", "rss", "dc", "dcterms", "feedburner"})
LINKS = ("origlink", "link")
DATES = ("pubdate", "published", "issued", "date", "created", "updated", "modified")  # the first that can be read
LEAVES = frozenset({"title", "guid", *LINKS, *DATES})

ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})", re.IGNORECASE)
# Python's names for encodings of text; it also knows "punycode" and the like, and says Latin-1 where cp1252 is meant.
TEXTUAL = re.compile(
    r"utf_(8|16)(_[bl]e)?|iso8859_(?!1$)\d+|cp\d+|(mac|koi8)_\w+|shift_jis\w*|euc_\w+|gb\w+|big5\w*|iso2022_\w+|hz"
)
MARKUP = re.compile(r"</?[A-Za-z][^<>]*>")
COMMENT = re.compile(r"#comment-?\d+$")


class NotAFeed(ValueError):
    """The document is something else, a web page for instance."""


@dataclass(frozen=True, slots=True)
class Item:
    title: str
    url: str | None
    date: str | None
    quote: str  # title and date as printed


@dataclass(slots=True)
class Draft:
    """An item while it is read: its direct children's texts by their names."""

    is_atom: bool
    base: str
    about: str
    texts: dict[str, str] = field(default_factory=dict)
    alternate: str = ""
    guid_is_link: bool = True
    title_is_text: bool = False
    stack: list[str] = field(default_factory=list)  # open elements, as written
    child: str = ""  # of LEAVES, where the outermost of them is one

    def open(self, tag: Open, name: str) -> None:
        """`name` is empty for another namespace's element."""
        if name in LEAVES and (self.child or (self.stack and ":" in self.stack[0])):
            self.stack.clear()  # the one before was never closed: no leaf has another in it
        if name == "link" and "href" in tag.attributes:
            if not self.stack:
                self.link(tag)
            return
        if not self.stack:
            self.child = name if name in LEAVES and name not in self.texts else ""
            if name == "guid":
                self.guid_is_link = tag.attributes.get("ispermalink", "true").lower() != "false"
            if name == "title":
                self.title_is_text = self.is_atom and tag.attributes.get("type", "text") == "text"
        if not tag.empty and len(self.stack) < DEPTH_MAX:
            self.stack.append(tag.name)

    def link(self, tag: Open) -> None:
        is_page = tag.attributes.get("type", "text/html") == "text/html"
        if tag.attributes.get("rel", "alternate") == "alternate" and (is_page or not self.alternate):
            self.alternate = urljoin_safely(tag.attributes.get("xml:base", ""), tag.attributes["href"])

    def close(self, name: str) -> None:
        if name in self.stack:
            del self.stack[len(self.stack) - 1 - self.stack[::-1].index(name) :]

    def text(self, text: str) -> None:
        if self.stack and self.child and len(known := self.texts.get(self.child, "")) < TEXT_MAX:
            self.texts[self.child] = known + text[:TEXT_MAX]

    def item(self) -> Item | None:
        """None where there is no title, or it is a reader's comment."""
        title = self.texts.get("title", "")
        if not self.title_is_text:
            title = unescape(MARKUP.sub(" ", title))
        title = " ".join(title.split())[:TITLE_MAX]
        links = [self.alternate, *(self.texts.get(name, "") for name in LINKS)]
        links += [self.texts.get("guid", "") if self.guid_is_link else "", self.about]
        links = [link.strip() for link in links]
        if not title or any(map(COMMENT.search, links)):
            return None
        url = next(filter(None, (normalise(link, self.base) for link in links if link)), None)
        printed = {date: text for name in DATES if (text := self.texts.get(name)) and (date := iso(text))}
        date = next(iter(printed), None)
        quote = f"{title} ({printed[date].strip()})" if date else title
        return Item(title, url, date, quote)


def items(body: bytes, url: str, charset: str | None = None) -> list[Item]:
    """The newest items, newest first, undated ones last; raises NotAFeed. `url` is where the feed was found."""
    text = decoded(body, charset)
    read = listed if text.lstrip().startswith("{") else drafts
    found = [item for draft in islice(read(text, url), SCANNED_MAX) if (item := draft.item())]
    unique = list({(item.title, item.url): item for item in reversed(found)}.values())[::-1]
    dated = sorted((item for item in unique if item.date), key=lambda item: instant(item.date or ""), reverse=True)
    return [*dated, *(item for item in unique if not item.date)][:ITEMS_MAX]


def decoded(body: bytes, charset: str | None) -> str:
    """A byte order mark decides, then what can be UTF-8, then what the document or the server declares."""
    for mark, name in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if body.startswith(mark):
            return body.decode(name, "replace").removeprefix("\ufeff")
    if body[:2] in (b"<\0", b"\0<"):
        return body.decode("utf-16-le" if body[1] == 0 else "utf-16-be", "replace")
    declared = ENCODING.search(body[:400])
    names = [name for name in (declared and declared[1].decode(), charset) if name]
    if b"\x1b" not in body:  # ISO-2022 could be UTF-8 as well
        names.insert(0, "utf-8")
    for name in names:
        try:
            if TEXTUAL.fullmatch(codecs.lookup(name).name.replace("-", "_")):
                return body.decode(name)
        except (LookupError, ValueError):
            continue
    return body.decode("cp1252", "replace")


def drafts(text: str, url: str) -> Iterator[Draft]:
    own, base, rooted = set(OWN_PREFIXES), url, False
    draft: Draft | None = None
    for token in islice(tokens(text.replace("\0", "")), TOKENS_MAX):
        if isinstance(token, str):
            if draft:
                draft.text(token)
            continue
        prefix, _, name = token.name.rpartition(":")
        if isinstance(token, Close):
            if draft and name in ("item", "entry") and prefix in own:
                yield draft
                draft = None
            elif draft:
                draft.close(token.name)
            continue
        own |= {key[6:] for key, value in token.attributes.items() if key[:6] == "xmlns:" and OWN_SPACE.search(value)}
        if not rooted and name not in ROOTS:
            raise NotAFeed(f"the document is <{token.name[:40]}>")
        rooted = True
        if name in ("item", "entry") and prefix in own:
            if draft:
                yield draft
            here = urljoin_safely(base, token.attributes.get("xml:base", ""))
            draft = Draft(name == "entry", here, token.attributes.get("rdf:about", ""))
        elif draft:
            draft.open(token, name if prefix in own else "")
        elif name in ROOTS:
            base = urljoin_safely(base, token.attributes.get("xml:base", ""))
    if not rooted:
        raise NotAFeed("the document has no elements")
    if draft:
        yield draft


def listed(text: str, url: str) -> Iterator[Draft]:
    """The items of a JSON Feed (jsonfeed.org)."""
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError):
        raise NotAFeed("the document is broken JSON") from None
    if "jsonfeed.org" not in str(feed.get("version")) or not isinstance(feed.get("items"), list):
        raise NotAFeed("the document is other JSON")
    for one in feed["items"]:
        if isinstance(one, dict):
            said = {"title": one.get("title"), "link": one.get("url"), "published": one.get("date_published")}
            texts = {name: text[:TEXT_MAX] for name, text in said.items() if isinstance(text, str)}
            yield Draft(True, url, "", texts, title_is_text=True)


def urljoin_safely(base: str, link: str) -> str:
    try:
        return urljoin(base, link)
    except ValueError:
        return link
