"""Menus that are no links: buttons and lists with addresses, and what a page's state has for its scripts to show."""

import re
from collections.abc import Iterator
from itertools import islice

from selectolax.lexbor import LexborNode

from shared.extract.collected import Link
from shared.extract.hrefs import resolved
from shared.extract.page import ParsedPage
from shared.extract.state import first, objects
from shared.extract.text import clean
from shared.extract.walk import concealed

MOST = 500  # elements
MOST_STATED = 2_000  # entries of the state
NODES = 30  # of an element, which have its words
_HOLDERS = "[data-href],[data-url],[data-link],[to],[href]:not(a),[onclick],option[value]"
_ADDRESSES = ("data-href", "data-url", "data-link", "to", "href", "value")
_LINKS = ("a", "area", "link", "base")  # which the walk has read
LOCATION = re.compile(
    r"\blocation(?:(?:\.(?:href|pathname))?\s*=|\.(?:replace|assign)\()\s*"
    r"(?P<quote>[\"'`])(?P<url>[^\"'\s`${]+)(?P=quote)"
)


def menu(page: ParsedPage) -> list[Link]:
    """In the page's order, each with its words; those of its state after those of its elements."""
    found = (_link(page, address, words) for address, words in (*_held(page), *_stated(page)) if words)
    return [link for link in found if link is not None]


def _held(page: ParsedPage) -> Iterator[tuple[str, str]]:
    for node in islice(page.tree.css(_HOLDERS), MOST):
        attributes = node.attributes
        if node.tag in _LINKS or concealed(attributes):
            continue
        address = next((said for name in _ADDRESSES if (said := attributes.get(name))), "")
        if not address and (led := LOCATION.search((attributes.get("onclick") or "")[:500])):
            address = led["url"]
        yield address, _words(node) or attributes.get("aria-label") or ""


def _words(node: LexborNode) -> str:
    """Of what stands first in it: an element may hold the whole page, and others in it as well."""
    texts = (one.text_content or "" for one in islice(node.traverse(include_text=True), NODES) if one.is_text_node)
    return clean(" ".join(text[:200] for text in texts))


def _stated(page: ParsedPage) -> Iterator[tuple[str, str]]:
    for _, value in islice(objects(page), MOST_STATED):
        yield first(value, "href", "url", "link", "path", "to"), first(value, "label", "title", "text", "name")


def _link(page: ParsedPage, address: str, words: str) -> Link | None:
    if not address.startswith(("/", ".", "http://", "https://")) and not address.endswith((".html", ".htm", ".php")):
        return None
    url, host = resolved(page.base, address)
    return Link(url, words[:200], "", "nav", {}, host) if host else None
