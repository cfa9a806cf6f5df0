"""Which of all rules' words stand in a page's bytes."""

from collections.abc import Iterable
from functools import cache

from shared.extract.block_marks import block_marks
from shared.extract.literals import CASELESS, FIRST, Literals
from shared.extract.page import ParsedPage
from shared.extract.technology_rules import rules

CARDS = ("h-card", "h-adr", "vcard", *(f"{before}adr" for before in "\"'= \n\t"))
# Selectors of elements that hold others' words, by what a page without such elements has not.
OUTSIDE = {
    "<blockquote": "blockquote", "testimonial": "[class*=testimonial],[class*=Testimonial]",
    "quote": "[class*=quote]", "review": "[class*=review]", "comment": "[class*=comment]", "<cite": "cite",
    "<figcaption": "figure:has(blockquote) figcaption",
    "author": "[class*=author],[itemprop=author],[rel=author]", "byline": "[class*=byline]",
}  # fmt: skip
LOGIN = "password"
SVELTE = "kit.start("
# How a script is given its state.
ASSIGNED = ("window.__", "self.__", "globalThis.__", 'window["__', "window['__", SVELTE)
HELD = "data-page="  # where Inertia has it
# Attributes that hold an email or its parts, pictures of a fax, texts that are hidden.
CLOUDFLARE = "data-cfemail="
MAILED = ("data-email=", "data-mail=", "data-mailto=", "data-address=", "data-reverse=")
HOSTED = ("data-domain=", "data-host=")
FAXED = ("fa-fax", "icon-fax", '"fax"', '"telefax"')
HIDDEN = ("display:none", "display: none")
# What a link does that is a script, and how a script spells an @ or puts an address together.
LINKED = ("onclick", "javascript:")
SPELLED = ("u0040", "x40", "%40", "#64;", "fromCharCode", "reverse()", "atob(", "mailto(")
MARKUP = (
    "itemscope",
    "typeof=",
    *CARDS,
    *OUTSIDE,
    *ASSIGNED,
    HELD,
    CLOUDFLARE,
    *MAILED,
    *HOSTED,
    *FAXED,
    *HIDDEN,
    *LINKED,
    *SPELLED,
    LOGIN,
)  # what items.py, people.py, state.py, blocks.py and those of emails and phones read


class Needles:
    """Words to be found; those without capitals in any letter case."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted(set(words))
        flags = [FIRST | (CASELESS if word.islower() else 0) for word in self._words]
        self._literals = Literals([word.encode() for word in self._words], flags)

    def within(self, text: bytes) -> dict[str, int]:
        """The words that stand in it, each with the end of its first place there."""
        found: dict[str, int] = {}
        for end, number in self._literals.within(text):
            found.setdefault(self._words[number], end)
        return found


@cache
def _of_markup() -> Needles:
    return Needles(
        [*rules().marks, *MARKUP, *(mark for row in block_marks().values() for mark in (*row.sure, *row.usual))]
    )


@cache
def of_scripts() -> Needles:
    """Of what the technologies' rules know of addresses and scripts."""
    return Needles(rules().words)


def in_markup(page: ParsedPage) -> dict[str, int]:
    """Of the marks of technologies and walls and of MARKUP those that stand in the page, and where they first end."""
    if "needles" not in page.memo:
        page.memo["needles"] = _of_markup().within(page.tree.raw_html or b"")
    found: dict[str, int] = page.memo["needles"]
    return found
