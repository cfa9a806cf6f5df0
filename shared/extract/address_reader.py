"""What a page says around an address: the parts before it, its country, and whose it is."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from shared.extract.address_components import behind_form, pieces
from shared.extract.address_words import body, is_label, part, stranger
from shared.extract.collected import Line
from shared.extract.countries import named
from shared.extract.lazy import lazy
from shared.extract.legal_forms import legal_form
from shared.extract.names import compact, resembles
from shared.extract.others import (
    beside_strangers,
    commented,
    heads_makers,
    made,
    names_own,
    of_others,
    officer,
    strange,
)
from shared.extract.page import ParsedPage
from shared.extract.postal import codes
from shared.extract.regions import calling, regions
from shared.models import JSON

LINES_ABOVE = 6
AKIN = 4  # letters that the names of a group's companies begin with
LONGEST = 300  # characters of a line in which an address without a code ends with its country
LONG_ABOVE = 120  # characters of a line above that holds no part
_EASTERN = re.compile(r"[\u3040-\u9fff\uac00-\ud7a3]")
_INTO = re.compile(
    r"(?:^|.*[a-z]\s)(?:in\sder|in\sdem|am|im|at|is|to|visit|in|on|near|from|\w*[Aa]d+ress\w{0,2}\s(?:er|är|ist|est|lautet)"
    r"|(?:situ[ée]e?s?|sise?|domicilié[es]?|résidant|demeurant|établie?|siège(?:\ssocial)?(?:\sest)?)(?:\s(?:au|à))?"
    r"|(?:domicilio|sede|sita|sito|ubicad[oa]|domiciliad[oa]|situad[oa]|sediad[oa])(?:\s(?!en\s)\w{1,12}){0,2}\s(?:en|na|no|em)"
    r"|(?:gevestigd|kantoorhoudend)\s(?:te\s[A-Z][\w-]{1,20}\s(?=aan\s))?(?:te|aan)(?:\s(?:de|het))?|(?:siedzib[ąay]\s(?:\w{1,12}\s)?|mieszcz\w{2,4}\ssię\s)(?:w|przy)|sídlem(?:\s(?:na|v))?)\s(?=(?:[Tt]he\s)?(?:\d|[Pp]\.?\s?[Oo]\.?\s?[Bb]ox|[A-Z]|(?:via|viale|piazza|corso|rue|avenue|calle|rua|(?:ul|al|pl|os)\.)\s))"
)
_LABEL_AT_END = re.compile(r"\.\s(?:registered|head|main|principal)\s(?:office|address|seat)$", re.I)


@dataclass(frozen=True, slots=True)
class Found:
    value: dict[str, JSON]
    confidence: float
    quote: str
    end: int  # line after it


@lru_cache(2048)  # footers repeat on a site's pages
def _before(texts: tuple[str, ...], site: str) -> tuple[list[str], str, int]:
    """The parts in these texts, the nearest first; the text that ended them, and how many texts further up."""
    parts: list[str] = []
    for further, text in enumerate(texts):
        if further and len(text) > LONG_ABOVE:
            return parts, text[-LONG_ABOVE:], further
        for one in pieces(text[-200:]):
            if not one:
                continue
            if _EASTERN.search(one):
                return parts, one, further
            if _LABEL_AT_END.search(one):
                return parts, one, further
            if cut := _INTO.match(one):
                return [*parts, one[cut.end() :]], text, further
            if part(one, site if parts else "") == "stop":
                tail = behind_form(one)
                if tail and part(tail, site) in ("street", "unit"):
                    parts.append(tail)
                return parts, "" if is_label(one) else one, further
            parts.append(one)
            if len(parts) >= 9:
                return parts, "", further
    return parts, "", len(texts) - 1


class Reader:
    """A page's lines, as those around an address are looked at."""

    def __init__(self, page: ParsedPage) -> None:
        self.page = page
        self.lines = page.lines
        self.used: list[int] = []  # last lines of the addresses read
        self.rows: set[int] = set()  # lines of those in labelled rows
        self.coded = {code.place for code in codes(page)}
        self.owned: set[int] = set()  # the lines of addresses behind the company's name
        self.foreign: set[int] = set()  # and behind those of other companies

    @lazy
    def headings(self) -> frozenset[str]:
        return frozenset(self.page.headings)

    @lazy
    def regions(self) -> list[str]:
        return regions(self.page)

    def below(self, index: int, count: int) -> Iterator[Line]:
        """The next lines, up to the heading of another address."""
        return takewhile(lambda line: line.text not in self.headings, self.lines[index + 1 : index + 1 + count])

    def calling_code(self, index: int) -> str | None:
        """Of a number within four lines."""
        for line in (self.lines[index], *self.below(index, 4)):
            if "+" in line.text and (code := calling(line.text[:300])):
                return code
        return None

    def near(self, index: int, country: str | None) -> bool:
        return country is not None and (country == self.calling_code(index) or country in self.regions[:1])

    def before(self, index: int, head: str, used: int) -> tuple[list[str], str, int]:
        """The parts before the code, nearest first; the text that ended them; the line where they begin."""
        edges, lowest = self.page.parts, max(index - LINES_ABOVE, min(used, index - 1), -1) + 1
        above = takewhile(lambda i: edges[i] == edges[index] and i not in self.rows, range(index - 1, lowest - 1, -1))
        texts = (head, *[self.lines[i].text[-LONG_ABOVE - 1 :] for i in above])
        parts, owner, lines = _before(texts, self.page.site)
        return list(parts), owner, index - lines

    def read_above(self, index: int) -> int:
        place = bisect_right(self.used, index - 1)
        return self.used[place - 1] if place else -1

    def code_behind_country(self, index: int) -> bool:
        """`Cork`, `Ireland`, `T23 KX89`."""
        return index + 1 in self.coded and named(self.lines[index].text.strip()) is not None

    def unless_foreign(self, found: Found) -> float:
        """How sure an address is: 0 behind another company's name, where there is one behind the own."""
        return 0 if self.owned and found.end in self.foreign - self.owned else found.confidence

    def sure(self, index: int, first: int, owner: str, parts: list[str], inline: str = "") -> float:
        """0 where it is another's. `first` is the line where the address begins; those above it and what stands in it
        say whose it is."""
        where, places = self.lines[index].where, self.page.parts
        near = [i for i in range(max(first - 2, 0), first) if places[i] == places[index]]
        above = " ".join(self.lines[i].text[-100:] for i in near)
        context = f"{above} {owner[-150:]} {' '.join(parts)} {inline[-150:]}"
        named_so = bool(owner) and "@" not in owner and "www." not in owner and not body(owner)
        own = named_so and resembles(owner, self.page.site)
        heading = self.lines[first - 1].text if first else ""
        others = of_others(self.page) and where == "main"
        if made(f"{' '.join(reversed(parts))} "):
            return 0
        if not own and (
            others
            or strange(self.page, first, inline)
            or beside_strangers(self.page, index)
            or stranger(context)
            or officer(context)
            or made(inline[-150:])
            or heads_makers(heading)
            or commented(self.page, parts[0] if parts else "")
        ):
            return 0
        foreign = bool(owner) and legal_form(owner) and not own
        if own:
            self.owned.add(index)
        elif foreign and compact(owner)[:AKIN] != compact(self.page.site)[:AKIN]:
            self.foreign.add(index)
        kind = self.page.kind
        if kind == "privacy" and where != "footer" and not own:
            told = [inline, *(one.text for one in self.lines[max(first - 2, 0) : first])]
            if not names_own(self.page, told):
                return 0.4
        if kind in ("news", "press") and where == "main" and not own:
            return 0.42
        base = 0.88 if own or kind in ("contact", "legal") or where == "footer" else 0.78
        return base - 0.15 if foreign else base
