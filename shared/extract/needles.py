"""Which of all rules' words stand in a page's bytes: one pass, of about a nanosecond a byte, however many they are."""

import threading
from collections.abc import Iterable
from functools import cache

from hyperscan import HS_FLAG_CASELESS, HS_FLAG_SINGLEMATCH, HS_MODE_BLOCK, Database, Scratch

from shared.extract.page import ParsedPage
from shared.extract.technology_rules import rules

CARDS = ("h-card", "h-adr", "vcard", *(f"{before}adr" for before in "\"'= \n\t"))
MARKUP = ("itemscope", "typeof=", *CARDS)  # what items.py reads


class Needles:
    """Words to be found; those without capitals in any letter case."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted(set(words))
        self._database = Database(mode=HS_MODE_BLOCK)
        self._database.compile(
            expressions=[word.encode() for word in self._words],
            ids=range(len(self._words)),
            elements=len(self._words),
            flags=[HS_FLAG_SINGLEMATCH | (HS_FLAG_CASELESS if word.islower() else 0) for word in self._words],
            literal=True,
        )
        self._threads = threading.local()  # a scratch serves one scan at a time

    def within(self, text: bytes) -> dict[str, int]:
        """The words that stand in it, each with the end of its first place there."""
        if (scratch := getattr(self._threads, "scratch", None)) is None:
            scratch = self._threads.scratch = Scratch(self._database)
        found: dict[int, int] = {}

        def keep(number: int, start: int, end: int, flags: int, context: object) -> None:
            found.setdefault(number, end)

        self._database.scan(text, match_event_handler=keep, scratch=scratch)
        return {self._words[number]: end for number, end in found.items()}


@cache
def _of_markup() -> Needles:
    return Needles([*rules().marks, *MARKUP])


@cache
def of_scripts() -> Needles:
    """Of what the technologies' rules know of addresses and scripts."""
    return Needles(rules().words)


def in_markup(page: ParsedPage) -> dict[str, int]:
    """Of the marks of the technologies' rules and of MARKUP those that stand in the page, and where they first end."""
    if "needles" not in page.memo:
        page.memo["needles"] = _of_markup().within(page.tree.raw_html or b"")
    found: dict[str, int] = page.memo["needles"]
    return found
