"""One pass over a page's tree, for all extractors."""

import re
import sys
from collections import deque
from functools import cache, lru_cache
from itertools import islice
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from shared.extract.collected import MAX_IMAGES, MAX_UNSEEN, Anchor, Attributes, Image, Line, Script, Walk, Where
from shared.extract.kept import Kept
from shared.extract.text import clean, collapse

MAX_NODES = 300_000
MAX_TEXT = 1_000_000  # characters
MAX_LINKS = 5_000
MAX_TITLE = 1_000  # characters
MAX_PART, MAX_PART_TEXT, MAX_PART_NODES = 60_000, 20_000, 2_000  # characters of markup and of text; a menu of 500 links
MAX_KEPT = 16_000_000  # bytes of what all menus and footers hold that are kept, two or three a site

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

_PRICE = re.compile(r"(?:[$€£¥]\s?|(?<!\d)(?!\d{4}))\d{1,6}$")  # to which raised digits are cents; no year

_Inside = tuple[Where, Anchor | None, int, str, bool]


@cache
def _tags() -> dict[int, str]:
    """Names by lexbor's numbers, which cost less to ask for; of text, and of the elements that mean something."""
    tree = LexborHTMLParser("<p>text")
    numbers = {text.tag_id: _TEXT for text in tree.css("p")[0].iter(include_text=True)}
    names = _BLOCKS | _UNSEEN | _PLACED.keys() | _PLACES | _LINKS | _READING
    plain = _BLOCKS - _UNSEEN - _PLACED.keys() - _PLACES - _LINKS - _READING - {"br"}
    return numbers | {tree.create_node(name).tag_id: _PLAIN if name in plain else name for name in names}


def walk(tree: LexborHTMLParser) -> Walk:
    return _walked(tree.root, "main") if tree.root is not None else Walk()


class _Seen(NamedTuple):
    """A part of a page that may come again: on how many it was, its markup and what it holds, where that is kept."""

    pages: int = 0
    html: str = ""
    part: Walk | None = None


_SEEN: Kept[_Seen] = Kept(MAX_KEPT)


def _part(root: LexborNode, where: Where) -> Walk | None:
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


def _walked(root: LexborNode, outermost: Where, *, whole: bool = True) -> Walk:
    """`whole`: a page rather than a part of one, so that there may be parts in it."""
    walk, tag_of = Walk(), _tags().get
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
                    raised = _raised(text, line[-1], node)
                    if raised and len(text) == 2 and _PRICE.search(line[-1][-12:]):
                        text, gap = f".{text}", False
                    else:
                        gap = raised or _apart(node)
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
                if attributes.get("href") and len(row) < MAX_LINKS and not concealed(attributes):
                    anchor = (attributes, where, [])
                    row.append(anchor)
            elif tag in _PLACED:
                if where != "footer" and not (tag == "header" and where == "main" and _in_section(node)):
                    where = _PLACED[tag]
            elif tag in _READING:
                _read(walk, node, tag, where, anchor)
                if line and tag == "img" and walk.images and walk.images[-1].attributes.get("alt") == "@":
                    line.append("@")  # a picture in the place of a letter
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


def _raised(text: str, before: str, node: LexborNode) -> bool:
    """Whether one or two raised digits stand behind others: a note's number, or a price's cents."""
    return len(text) <= 2 and text.isdecimal() and before[-1:].isdecimal() and node.parent.tag == "sup"  # type: ignore[union-attr]


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


def concealed(attributes: Attributes) -> bool:
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


def _unseen_text(walk: Walk, tag: str, text: str) -> None:
    if tag == "title" and not walk.title:
        walk.title = clean(text[:MAX_TITLE])
    elif tag == "script" and walk.scripts:
        walk.scripts[-1].text = text
    elif tag != "style" and len(walk.unseen) < MAX_UNSEEN and (text := collapse(text)):
        walk.unseen.append(text)


def _read(walk: Walk, node: LexborNode, tag: str, where: Where, anchor: Anchor | None) -> None:
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
        kind = (attributes.get("type") or "").partition(";")[0].strip().lower()
        walk.scripts.append(Script(kind, attributes.get("src") or "", ""))
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
