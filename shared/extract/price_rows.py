"""Lines that hold prices, and those that say there is none, or that it is asked for."""

import re
from typing import NamedTuple

from shared.extract.prices import FREE, REQUEST, Price, prices

MAX_LINE = 140  # characters; a longer line tells of prices rather than naming one
MAX_ASIDE = 45  # letters beside the price
MAX_IN_SENTENCE = 30
# What is paid on top, for something else, or no more.
_NO_PRICE = re.compile(
    r"\+|(?:(?-i:plus)|vs\.?|versus|(?:you )?saves?|sparen?|statt|instead of|au lieu de|économisez|ahorra|risparmia"
    r"|bespaar|was|war|zzgl\.?)\s",
    re.I,
)
_BRACKETED = re.compile(r"\([^()]*[^\W\d_]{2}[^()]*$")  # the price of something told in passing
_ASIDE = re.compile(r"[\W\d_]+")


class Row(NamedTuple):
    text: str
    prices: list[Price]
    free: bool
    request: bool

    @property
    def priced(self) -> bool:
        return bool(self.prices) or self.free or self.request


Found = tuple[str, Row, list[Row]]


def read_row(text: str, countries: list[str], money: bool = True) -> Row:
    if len(text) > MAX_LINE:
        return Row(text, [], False, False)
    found = prices(text, countries) if money else []
    if found and (_NO_PRICE.match(text) or text[: found[0].start].rstrip()[-1:] == "+"):  # "was $29, now $19"
        found = found[1:]
    if found and not found[0].starting and _BRACKETED.search(text[: found[0].start]):
        found = []
    if found:
        aside = text[: found[0].start] + text[found[-1].end :]
        if len(_ASIDE.sub("", aside)) > (MAX_IN_SENTENCE if text[-1] == "." else MAX_ASIDE):
            found = []
    return Row(text, found, bool(FREE.fullmatch(text)), bool(REQUEST.fullmatch(text)))
