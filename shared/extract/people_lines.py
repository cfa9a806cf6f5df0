"""A page's lines, as those who look for people in them see them."""

import re
from functools import lru_cache
from typing import NamedTuple

from shared.extract.lazy import lazy
from shared.extract.names import compact, own_names
from shared.extract.page import ParsedPage
from shared.extract.people_titles import WORDS
from shared.extract.people_words import Mark, mark
from shared.extract.text import collapse

SECTION_LINES = 40  # how far a heading's word reaches
LIST = re.compile(r"\s?(?:;|/|,?\s(?:&|und|and|et|y|e|en|och|og|i|a)|,)\s")
ROLES = ("title", "department")
SOLE = frozenset(WORDS["sole_titles"])  # of one person of a company, whose name may stand below
LEADING = re.compile(  # or right behind it, unless other things are called so, too
    rf"(?:{'|'.join(sorted(SOLE - frozenset(WORDS['plain_titles']), reverse=True))}|(?-i:GF)(?=\s?:))"
    r"(?P<label>\s?:)?\s(?=[^\W\d_])",
    re.I,
)
_INVESTORS = frozenset(WORDS["sections"]["investors"])
# Whole words, or their plurals: `jury` is no injury, `oradores` no colaboradores; `atención a clientes` serves them.
_STRANGERS = re.compile(
    rf"(?<![a-zà-ž])(?<!\sa\s)(?:{'|'.join(map(re.escape, WORDS['sections']['strangers']))})"
    r"(?:(?<=[\u3040-\uffff])|(?!\w{3}))"
)
_FOR = re.compile(r"(?<!\w)(?:for|für|pour|para|per|voor|för|til|dla|pro)\s")  # whom something is made for: `for teams`
ASIDE = re.compile(r"\s\([^()]{1,40}\)?$")


_INLINE = "span,strong,b,em,i,small,a,font,u"


class Person(NamedTuple):
    line: int
    name: str
    title: str
    sure: float
    expected: bool = False  # under a heading that announces people


class Lines:
    """The page's lines, each judged when it is asked about."""

    def __init__(self, page: ParsedPage) -> None:
        self.page, self.lines = page, page.lines
        self.headings = frozenset(page.headings)
        self.imprint = page.kind == "legal"

    @lazy
    def links(self) -> set[tuple[str, str]]:
        """Texts of links, as `Place an ad`, and where they stand; of a card's a name leads to the same page."""
        cards = {link.url for link in self.page.links if mark(link.text) == "name"}
        return {(link.text, link.where) for link in self.page.links if link.url not in cards}

    @lazy
    def elements(self) -> frozenset[str]:
        """The texts that have an element within a line to themselves."""
        return frozenset(collapse(node.text(deep=False)) for node in self.page.tree.css(_INLINE))

    def text(self, i: int) -> str:
        return self.lines[i].text if 0 <= i < len(self.lines) else ""

    def mark(self, i: int) -> Mark:
        found = mark(self.lines[i].text) if 0 <= i < len(self.lines) else "other"
        firm = found == "name" and self.names_firm(i)
        return "other" if firm or (found == "title" and self.lines[i] in self.links) else found

    def named(self, i: int) -> bool:
        """Of a line that is a name, or one with its role in brackets."""
        return self.mark(i) == "name" or mark(ASIDE.sub("", self.text(i))) == "name"

    def in_menu(self, text: str) -> bool:
        """Whether it is no heading and leads to another page."""
        return text not in self.headings and text in self.entries

    @lazy
    def entries(self) -> frozenset[str]:
        here = self.page.url.partition("#")[0]
        return frozenset(link.text for link in self.page.links if link.host and link.url.partition("#")[0] != here)

    def names_firm(self, i: int) -> bool:
        """Of a name above `Owner` and another name, in one line or two: whether it is the company's."""
        below = self.text(i + 1)
        if (leading := LEADING.match(below)) and mark(below[leading.end() :]) == "name":
            return any(own in compact(self.text(i)) for own in own_names(self.page))
        sole = below.lower().strip(" :") in SOLE or self.text(i).count(" ") > 2
        if not sole or mark(below) != "title":
            return False
        if mark(self.text(i + 3)) in ROLES or self.headings.issuperset((self.text(i), self.text(i + 2))):
            return False  # in a list, each with a title below: the company is called like its owner
        return mark(self.text(i + 2)) == "name" and compact(self.text(i)) in own_names(self.page)


def section_at(lines: Lines, i: int) -> str:
    """What the nearest heading at or above line i announces; an entry of a menu is none."""
    parts = lines.page.parts
    above = (lines.text(j) for j in range(i, max(i - SECTION_LINES, 0) - 1, -1) if parts[j] == parts[i])
    short = (text for text in above if len(text) <= 60 and "@" not in text)
    found = next((kind for text in short if (kind := _announced(text)) and not lines.in_menu(text)), "")
    return found if found != "investors" else "" if lines.page.kind == "investors" else "strangers"


@lru_cache(8192)
def _announced(text: str) -> str:
    lower = text.lower()
    if _FOR.search(lower):
        return ""
    if lower in _INVESTORS:
        return "investors"
    others = (found for found in _STRANGERS.finditer(lower) if len(lower) <= len(found[0]) + 30)
    if any(others) and mark(text) not in ROLES:  # `Alumni Officer` is one of the team
        return "strangers"
    announcing = filter(lower.__contains__, WORDS["sections"]["people"])
    return "people" if any(len(lower) <= len(word) + 30 for word in announcing) else ""
