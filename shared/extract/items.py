"""Microdata, RDFa Lite and h-cards as the objects that JSON-LD would have: {"@type": "Person", "name": …}."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from selectolax.lexbor import LexborNode

from shared.extract.collected import Attributes
from shared.extract.hrefs import absolute
from shared.extract.json_ld_graph import Node
from shared.extract.legal_forms import without_form
from shared.extract.names import compact, resembles
from shared.extract.needles import CARDS, in_markup
from shared.extract.page import ParsedPage
from shared.extract.text import collapse

Syntax = Literal["microdata", "rdfa", "microformats"]
MAX_PROPERTIES = 5_000
MAX_VALUE = 5_000  # characters
MAX_VISITS = 100_000  # text nodes and elements read for values, all in all
MAX_REFERENCES = 500

# Properties whose value is where a link leads, not what it says; of the others a link's text counts.
_ADDRESSES = frozenset("url sameAs image logo photo contentUrl thumbnailUrl mainEntityOfPage item hasMap".split())
_SOURCES = {
    "a": "href", "area": "href", "link": "href", "img": "src", "audio": "src", "embed": "src", "iframe": "src",
    "source": "src", "track": "src", "video": "src", "object": "data",
}  # fmt: skip
# Classes of microformats, of the second and the first kind, to schema.org's properties.
_CARD = {
    "p-name": "name", "fn": "name", "p-org": "org", "org": "org", "organization-name": "org", "p-job-title": "jobTitle",
    "title": "jobTitle", "p-role": "jobTitle", "role": "jobTitle", "u-url": "url", "url": "url", "u-email": "email",
    "email": "email", "p-tel": "telephone", "tel": "telephone", "u-logo": "logo", "logo": "logo", "u-photo": "image",
    "photo": "image", "p-note": "description", "note": "description", "p-adr": "address", "adr": "address",
}  # fmt: skip
_PLACE = {
    "p-street-address": "streetAddress", "street-address": "streetAddress", "p-locality": "addressLocality",
    "locality": "addressLocality", "p-region": "addressRegion", "region": "addressRegion",
    "p-postal-code": "postalCode", "postal-code": "postalCode", "p-country-name": "addressCountry",
    "country-name": "addressCountry",
}  # fmt: skip
_MEANT = {"data": "value", "abbr": "title"}  # where an element of a card has what its text stands for
_CLASSES = frozenset(("h-card", "vcard", "h-adr", *_CARD, *_PLACE))


def items(page: ParsedPage) -> Iterator[tuple[Syntax, list[Node]]]:
    """The page's own items, those without a parent, by syntax; a child without a property is an item of its own."""
    marks = in_markup(page)
    if "itemscope" in marks:
        yield "microdata", _Microdata(page).read("[itemscope],[itemprop]")
    if "typeof=" in marks:
        yield "rdfa", _Rdfa(page).read("[typeof],[property]")
    if not marks.keys().isdisjoint(CARDS):
        yield "microformats", _Cards(page).read(".h-card,.vcard,.h-adr,.adr")


@dataclass
class _Reader(ABC):
    page: ParsedPage
    tops: list[Node] = field(default_factory=list)
    holders: dict[int, list[Node]] = field(default_factory=dict)  # element -> the items that what is in it belongs to
    referring: dict[str, list[Node]] = field(default_factory=dict)  # id -> items with that itemref
    referred: dict[int, list[Node]] = field(default_factory=dict)  # element -> those items
    visits: int = 0

    @abstractmethod
    def scope(self, node: LexborNode, attributes: Attributes) -> Node | None:
        """The item that the element begins."""

    @abstractmethod
    def properties(self, attributes: Attributes, owner: Node) -> list[str]: ...

    def read(self, css: str) -> list[Node]:
        elements = self.elements(css)
        scopes: dict[int, Node] = {}
        for node in elements:
            attributes = node.attributes
            if (item := self.scope(node, attributes)) is not None:
                scopes[node.mem_id] = item
                for name in (attributes.get("itemref") or "").split()[:20]:
                    if len(self.referring) < MAX_REFERENCES:
                        self.referring.setdefault(name, []).append(item)
        if self.referring:
            self._refer()
        for node in elements:
            self._place(node, scopes)
        return self.tops

    def elements(self, css: str) -> list[LexborNode]:
        return list({node.mem_id: node for node in self.page.tree.css(css)}.values())[:MAX_PROPERTIES]

    def _refer(self) -> None:
        for node in self.page.tree.css("[id]"):
            if (name := node.attributes.get("id") or "") in self.referring:
                self.referred[node.mem_id] = self.referring.pop(name)

    def _place(self, node: LexborNode, scopes: dict[int, Node]) -> None:
        item = scopes.get(node.mem_id)
        owners = [*self._held_by(node.parent, scopes), *self.referred.get(node.mem_id, ())]
        attributes = node.attributes
        placed = False
        for owner in owners:
            for name in self.properties(attributes, owner):
                if item is None:
                    value = self.value(node, attributes, name)
                    if value:
                        _add(owner, name, value)
                elif item is not owner:
                    _add(owner, name, item if not placed else _reference(item))
                    placed = True
        if item is not None and not placed:
            self.tops.append(item)

    def _held_by(self, node: LexborNode | None, scopes: dict[int, Node]) -> list[Node]:
        """The items that own what stands in an element; remembered along the way up, so that depth costs once."""
        path: list[int] = []
        held: list[Node] = []
        while node is not None:
            name = node.mem_id
            if name in self.holders:
                held = self.holders[name]
                break
            if name in scopes:
                held = self.holders[name] = [scopes[name]]
                break
            path.append(name)
            node = node.parent
        for name in reversed(path):
            if name in self.referred:
                held = [*held, *self.referred[name]]
            self.holders[name] = held
        return held

    def value(self, node: LexborNode, attributes: Attributes, name: str) -> str:
        if (content := attributes.get("content")) is not None:
            return collapse(content[:MAX_VALUE])
        tag = node.tag or ""
        if tag in ("data", "meter") and attributes.get("value"):
            return collapse((attributes["value"] or "")[:MAX_VALUE])
        if tag == "time" and attributes.get("datetime"):
            return collapse((attributes["datetime"] or "")[:MAX_VALUE])
        source = attributes.get(_SOURCES.get(tag, "")) or ""
        if source and (name in _ADDRESSES or tag not in ("a", "area")):
            return absolute(self.page.base, source) or source[:MAX_VALUE]
        if text := self.text(node):
            return text
        return source.partition(":")[2].partition("?")[0] if source.startswith(("mailto:", "tel:")) else ""

    def text(self, node: LexborNode) -> str:
        parts: list[str] = []
        size = 0
        for inner in node.traverse(include_text=True):
            self.visits += 1
            if size > MAX_VALUE or self.visits > MAX_VISITS:
                break
            if inner.tag == "-text" and (inner.parent is None or inner.parent.tag not in ("script", "style")):
                parts.append(inner.text_content or "")
                size += len(parts[-1])
            elif inner.tag in ("br", "p", "div", "li"):
                parts.append(" ")
        return collapse("".join(parts))[:MAX_VALUE]


def _add(owner: Node, name: str, value: str | Node) -> None:
    """A second value makes a list."""
    if name not in owner:
        owner[name] = value
    elif isinstance(owner[name], list):
        owner[name].append(value)
    else:
        owner[name] = [owner[name], value]


def _reference(item: Node) -> Node:
    """A second parent refers to the item, so that no two hold each other."""
    item.setdefault("@id", f"#item-{id(item)}")
    return {"@id": item["@id"]}


def _types(names: str | None) -> list[str]:
    return [name.rstrip("/").rpartition("/")[2].rpartition("#")[2].rpartition(":")[2] for name in (names or "").split()]


class _Microdata(_Reader):
    def scope(self, node: LexborNode, attributes: Attributes) -> Node | None:
        if "itemscope" not in attributes:
            return None
        item: Node = {"@type": _types(attributes.get("itemtype"))}
        if name := attributes.get("itemid"):
            item["@id"] = absolute(self.page.base, name) or name
        return item

    def properties(self, attributes: Attributes, owner: Node) -> list[str]:
        return [name.rpartition("/")[2] for name in (attributes.get("itemprop") or "").split()[:10]]


class _Rdfa(_Reader):
    def scope(self, node: LexborNode, attributes: Attributes) -> Node | None:
        if not attributes.get("typeof"):
            return None
        item: Node = {"@type": _types(attributes["typeof"])}
        if name := attributes.get("resource") or attributes.get("about"):
            item["@id"] = absolute(self.page.base, name) or name
        return item

    def properties(self, attributes: Attributes, owner: Node) -> list[str]:
        names = (attributes.get("property") or "").split()[:10]
        names = [name.rpartition("/")[2] if "//" in name else name.removeprefix("schema:") for name in names]
        return [name for name in names if ":" not in name]  # og:title and the like are of other vocabularies


class _Cards(_Reader):
    def elements(self, css: str) -> list[LexborNode]:
        """Looked for within the cards only."""
        found: dict[int, LexborNode] = {}
        for card in super().elements(css):
            if card.mem_id not in found:
                found[card.mem_id] = card
                for node in card.css("[class]"):
                    if not _CLASSES.isdisjoint((node.attributes.get("class") or "").split()):
                        found[node.mem_id] = node
        return list(found.values())[:MAX_PROPERTIES]

    def read(self, css: str) -> list[Node]:
        tops = super().read(css)
        for card in tops:
            _told_apart(card, self.page.site)
        return tops

    def scope(self, node: LexborNode, attributes: Attributes) -> Node | None:
        classes = (attributes.get("class") or "").split()
        if "h-card" in classes or "vcard" in classes:
            return {"@type": ["h-card"] if "source-org" not in classes else []}  # whom an article is from
        if "h-adr" in classes or "adr" in classes or "p-adr" in classes:
            return {"@type": ["PostalAddress"]}
        return None

    def properties(self, attributes: Attributes, owner: Node) -> list[str]:
        classes = (attributes.get("class") or "").split()[:30]
        place = "PostalAddress" in owner["@type"]
        names = (_PLACE.get(name) if place else _CARD.get(name) or _PLACE.get(name) for name in classes)
        return list(dict.fromkeys(name for name in names if name))

    def value(self, node: LexborNode, attributes: Attributes, name: str) -> str:
        source = attributes.get("href") or attributes.get("src") or ""
        if name in _ADDRESSES and source:
            return absolute(self.page.base, source)
        if meant := attributes.get(_MEANT.get(node.tag or "", "")):
            return collapse(meant[:MAX_VALUE])
        text = self.text(node) or collapse(attributes.get("title") or attributes.get("alt") or "")
        if source.startswith("mailto:" if name == "email" else "tel:") and not (text and name == "telephone"):
            return source.partition(":")[2].partition("?")[0]
        return text


_FAX = re.compile(r"(?:tele)?fax(?![a-z])", re.I)


def _told_apart(card: Node, site: str) -> None:
    """An organization's card names it as its own organization, or as the domain does, or names nobody; any other card
    is a person's."""
    numbers = card.get("telephone")
    numbers = numbers if isinstance(numbers, list) else [numbers]
    if faxes := [one for one in numbers if isinstance(one, str) and _FAX.match(one)]:
        card["faxNumber"] = faxes
        card["telephone"] = [one for one in numbers if one not in faxes]
    organization = card.pop("org", None)
    organization = organization[0] if isinstance(organization, list) else organization
    place = {name: card.pop(name) for name in set(_PLACE.values()) & card.keys()}
    if place and "address" not in card:
        card["address"] = {"@type": ["PostalAddress"], **place}
    if card["@type"] != ["h-card"]:
        card.update(place)
        card.pop("address", None)
        return
    if isinstance(organization, str) and card.get("name") in (None, organization) and "jobTitle" not in card:
        card["@type"] = ["Organization"]
        card["name"] = organization
    elif "jobTitle" in card or organization:
        card["@type"] = ["Person"]
        if organization:
            card["worksFor"] = organization
    else:
        called = card.get("name")
        card["@type"] = ["Organization"] if isinstance(called, str) and _is_firm(called[:200], site) else []


def _is_firm(name: str, site: str) -> bool:
    """Named as all of the domain is, or with a legal form: a card of whom the company is called after is not."""
    spelled = without_form(name)
    return compact(spelled) == compact(site.partition(".")[0]) or (spelled != name and resembles(name, site))
