"""What may be a postal code in a page's lines, by its shape; found once, for addresses and for the page's country."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import compress
from typing import NamedTuple

from shared.extract.address_words import REGIONS, STATES, numbers_unit
from shared.extract.page import ParsedPage
from shared.extract.signs import lines_with

MOST_CODES = 600  # of a page
LONG = 20_000  # characters of a line that are looked at
SHORT = 200  # characters of a line whose codes are kept
_STATE_LONGEST = 22  # characters: "District of Columbia, "
# They begin with one character of a kind and look at what is before it after that: so they are found several times
# as fast.
_LETTERED = re.compile(
    r"[A-Z](?<!\w.)(?:(?P<gb>[A-Z]?\d[A-Z\d]?\s?\d[ABD-HJLNP-UW-Z]{2}(?!\w))"
    r"|(?P<ca>(?<=[ABCEGHJ-NPRSTVXY])\d[A-Z][ -]?\d[ABCEGHJ-NPRSTV-Z]\d(?!\w))"
    r"|(?P<ie>(?<=[AC-FHKNPRTV-Y])\d[\dW]\s?[0-9AC-FHKNPRTV-Y]{4}(?!\w)))"
)
_NUMBERS = re.compile(
    r"[0-9](?:(?<![\w.,/+#&=(].)|(?<=[\s,(]S[()].)|(?<=[\s,]S.)|(?<=pore\s\(.))(?<!\d[-–].)(?:(?P<us>\d{4}(?:-\d{4})?(?![\w-]))"
    r"|(?:(?P<nl>(?<!0)\d{3}\s?(?!SS|SA|SD)[A-Z]{2}(?!\w))"
    r"|(?P<jp>\d\d-\d{4})|(?P<br>\d\.?\d{3}-\d{3})|(?P<pt>\d{3}-\d{3})|(?P<pl>\d-\d{3})"
    r"|(?P<seven>\d{6})|(?P<six>\d{5})|(?P<spaced6>\d\d\s\d{3})|(?P<spaced>\d\d\s\d\d)|(?P<four>\d{3})"
    r")(?![\w@%€$£¥/°]|[-–.,:]\d|\s\d))"
)
_GOES_ON = re.compile(r"[\w@%€$£¥/°]|[-–.,:]\d|\s\d")
_CAR = re.compile(r"(?<![\w/])([A-Z]{1,3})\s?[-–]\s?$")


_Found = tuple[str, int, int, str, str]  # what a Code has besides its place


class Code(NamedTuple):
    place: int  # of the line
    shape: str
    start: int  # of the code, or of the state or car's country before it
    end: int
    text: str
    before: str  # the state (of Australia, too), or the country as cars have it


def codes(page: ParsedPage) -> list[Code]:
    if "postal codes" not in page.memo:
        page.memo["postal codes"] = [code for code, _ in zip(_codes(page), range(MOST_CODES), strict=False)]
    found: list[Code] = page.memo["postal codes"]
    return found


def numbered(page: ParsedPage) -> list[tuple[int, int]]:
    """The lines with digits, and how many they have."""
    if "numbered lines" not in page.memo:
        counts = list(map(len, page.digits))
        page.memo["numbered lines"] = list(compress(enumerate(counts), counts))
    found: list[tuple[int, int]] = page.memo["numbered lines"]
    return found


def _codes(page: ParsedPage) -> Iterator[Code]:
    lettered = set(lines_with(page, "postal code"))
    for index, count in numbered(page):
        if count >= 4 or index in lettered:
            text = page.lines[index].text
            found = _in_line(text) if len(text) <= SHORT else _in_line.__wrapped__(text)
            yield from (Code(index, *code) for code in found)


@lru_cache(8192)  # the pages of a site have most of their lines in common
def _in_line(text: str) -> list[_Found]:
    found = [*_LETTERED.finditer(text, 0, LONG), *_NUMBERS.finditer(text, 0, LONG)]
    found.sort(key=re.Match.start)
    return [code for match in found if (code := _code(text, match)) is not None]


def _code(line: str, match: re.Match[str]) -> _Found | None:
    shape, start, end = match.lastgroup or "", match.start(), match.end()
    if shape in ("gb", "ca", "ie"):
        return shape, start, end, match[0], ""
    head = line[max(start - _STATE_LONGEST, 0) : start]
    if shape == "us":
        state, begin = _state(head) if head[-1:].isspace() else ("", 0)
        if state:
            return shape, start - len(head) + begin, end, match[0], state
        if len(match[0]) > 5 or _GOES_ON.match(line, end):
            return None
        shape = "five"
    if shape in ("four", "five", "six") and numbers_unit(line, start):
        return None
    if shape == "four" and (state := head.rstrip(" ,").rpartition(" ")[2]) in REGIONS["AU"]:
        return shape, start, end, match[0], state
    if head.rstrip()[-1:] in ("-", "–") and (car := _CAR.search(head)):
        return shape, start - len(head) + car.start(), end, match[0], car[1]
    if head.endswith(("〒", "〒 ")):
        start -= 1 + head.endswith(" ")
    return shape, start, end, match[0], ""


def _state(head: str) -> tuple[str, int]:
    """The state that ends the text, and where it begins; "" for none."""
    bare = head.rstrip()
    if not 1 <= len(head) - len(bare) <= 2:
        return "", 0
    bare = bare.removesuffix(",").removesuffix(".")
    words = bare.replace(",", ", ").split()[-3:]
    for count in range(len(words), 0, -1):
        name = " ".join(words[-count:])
        code = STATES.get(name) or STATES.get(name.replace(".", ""))
        if code is not None:
            return name if name in STATES else code, max(bare.rfind(name), 0)
    return "", 0
