"""Dates as pages print them, in the spellings of two dozen languages, to ISO 8601."""

import json
import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from shared.extract.text import ASCII_DIGITS

YEARS = range(1990, 2101)
MAX_LINE = 300  # characters that are searched

LONGEST = 40  # characters of a date before its year

_MONTH = r"([^\W\d_]{3,14})\.?"
_OF = r"(?:(?:de|of|di|del)\s|d['’])?"
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_GAPS = str.maketrans(dict.fromkeys(".,/-'’年年년月월日일", " "))
_DAY_FIRST = r"(?<![\d.,])(\d{1,2})"


def _forms(*patterns: tuple[str, str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern, re.I), order) for pattern, order in patterns)


# Each with the order of its groups, what follows the year and what leads to it; the first that reads as a date counts.
_AFTER = _forms(
    (r"\s?[年년]\s?(\d{1,2})\s?[月월](?:\s?(\d{1,2})\s?[日일])?", "md"),
    (r"([-./])\s?(\d{1,2})\1\s?(\d{1,2})(?!\d)", "-md"),
    (rf"\.?\s(?:m\.\s)?{_MONTH}\s(\d{{1,2}})(?!\d)", "md"),
    (rf"\.\sgada\s(\d{{1,2}})\.\s{_MONTH}", "dm"),
)
_NUMBERS = (r"(?<![\d./-])(\d{1,2})([./-])\s?(\d{1,2})\2\s?\Z", "d m")
_BEFORE_SIGN = _forms(_NUMBERS, (rf"{_DAY_FIRST}[-/]{_MONTH}[-/]\Z", "dm"))
_BEFORE = _forms(
    (rf"{_DAY_FIRST}(?:st|nd|rd|th|er|\.|º|ª)?\s{{0,2}}{_OF}{_MONTH},?\s{{1,2}}{_OF}\Z", "dm"),
    (rf"{_DAY_FIRST}\stháng\s(\d{{1,2}}),?\s(?:năm\s)?\Z", "dm"),
    (rf"(?<!\w){_MONTH}\s(\d{{1,2}})(?:st|nd|rd|th)?,?\s{{1,2}}\Z", "md"),
    _NUMBERS,
    (rf"(?<![\w.]){_MONTH},?\s{{1,2}}{_OF}\Z", "m"),
)


# The years before Japan's eras and the Chinese Republic.
_ERAS = {"令和": 2018, "平成": 1988, "民國": 1911, "民国": 1911}
_ERA = re.compile(r"(令和|平成|民[國国])\s?(\d{1,3}|元)\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日")
_ERA_SIGN = re.compile("令和|平成|民[國国]|[\u0e01-\u0e2e]|[\u0904-\u0939]")


_SHORT = re.compile(r"(?<![\w-])(\d{1,2})-([A-Z][a-z]{2})-(\d\d)(?![\w-])", re.A)  # `03-Sep-24`


class Printed(NamedTuple):
    iso: str
    start: int
    end: int


@cache
def _months(language: str) -> dict[str, int]:
    """Numbers by name; a name that two languages give to different months is the page's language's."""
    written = json.loads(Path(__file__).with_name("months.json").read_text(encoding="utf-8"))
    known: dict[str, int] = {}
    for names in (written.get(language, ""), *written.values()):
        for place, name in enumerate(names.split()):
            name, _, number = name.partition("=")
            known.setdefault(_plain(name), int(number) if number else place % 12 + 1)
    return known


def in_era(text: str) -> bool:
    """Whether a date may stand in it whose year is none of the common era's, or not all of it, or whose month's name
    has signs on it."""
    return (_SHORT if text.isascii() else _ERA_SIGN).search(text) is not None


@cache
def _marked_months() -> dict[str, int]:
    """Of the scripts whose vowels are no letters to a pattern."""
    written = json.loads(Path(__file__).with_name("months.json").read_text(encoding="utf-8"))
    names = ((place, *name.partition("=")) for code in ("hi", "th") for place, name in enumerate(written[code].split()))
    return {name: int(number) if number else place % 12 + 1 for place, name, _, number in names}


@cache
def _marked() -> re.Pattern[str]:
    months = "|".join(sorted(map(re.escape, _marked_months()), key=len, reverse=True))
    return re.compile(rf"(?<!\d)(\d{{1,2}})\s({months}),?\s(?:พ\.ศ\.\s?)?(2[05]\d\d|[67]\d)(?!\d)")


def _of_era(text: str) -> Printed | None:
    if found := _SHORT.search(text):
        iso = _iso(2000 + int(found[3]), _months("en").get(found[2].lower(), 0), found[1])
        return Printed(iso, found.start(), found.end()) if iso else None
    if found := _ERA.search(text):
        year = _ERAS[found[1]] + (1 if found[2] == "元" else int(found[2]))
        iso = _iso(year, int(found[3]), found[4])
    elif found := _marked().search(text):
        year = int(found[3]) + (2500 if len(found[3]) == 2 else 0)  # Buddhist
        iso = _iso(year - 543 if year > 2400 else year, _marked_months()[found[2]], found[1])
    else:
        return None
    return Printed(iso, found.start(), found.end()) if iso else None


@lru_cache(4096)
def _plain(name: str) -> str:
    """In lower case, without accents, which capitals are often without."""
    return "".join(c for c in unicodedata.normalize("NFD", name.casefold()) if not unicodedata.combining(c))


@lru_cache(2048)
def printed(text: str, *, month_first: bool = False, language: str = "") -> Printed | None:
    """The first date of a line, as exact as printed, a month at least. `month_first` is how 06/07/2024 is read;
    what can only be read the other way is."""
    if not text.isascii():
        text = text.translate(ASCII_DIGITS)
    if in_era(text[:MAX_LINE]) and (found := _of_era(text[:MAX_LINE])):
        return found
    months = _months(language[:2].lower())
    for year in _YEAR.finditer(text[:MAX_LINE]):
        if not _may_date(text, year, months):
            continue
        for start, end, parts in _around(text, year.start(), year.end()):
            american = " " in parts and _is_american(parts, month_first)
            month, day = parts["d" if american else "m"] or "", parts.get("m" if american else "d")
            number = int(month) if month.isdecimal() else months.get(_plain(month), 0)
            if iso := _iso(int(year[0]), number, day):
                return Printed(iso, start, end)
    return None


def _may_date(text: str, year: re.Match[str], months: dict[str, int]) -> bool:
    """Whether a short number or a month's name stands beside the year; the patterns cost ten times as much."""
    before = text[max(year.start() - LONGEST, 0) : year.start()].translate(_GAPS).split()
    after = text[year.end() : year.end() + LONGEST].translate(_GAPS).split()
    return any((len(word) <= 2 and word.isdecimal()) or _plain(word) in months for word in (*before[-3:], *after[:3]))


def _around(text: str, start: int, end: int) -> Iterator[tuple[int, int, dict[str, str | None]]]:
    """What may be the month and day of a year."""
    before, behind = text[max(start - 1, 0) : start], text[end : end + 1]
    if behind and behind in "-./ 年년" and before not in (".", "/", "-"):
        for form, order in _AFTER:
            if found := form.match(text, end):
                yield start, found.end(), dict(zip(order, found.groups(), strict=True))
    for form, order in _BEFORE_SIGN if before in (".", "/", "-") else _BEFORE:
        if found := form.search(text, max(start - LONGEST, 0), start):
            yield found.start(), end, dict(zip(order, found.groups(), strict=True))


def _is_american(parts: dict[str, str | None], month_first: bool) -> bool:
    first, second = int(parts["d"] or 0), int(parts["m"] or 0)
    return second > 12 or (month_first and parts[" "] == "/" and first <= 12)


def _iso(year: int, month: int, day: str | None) -> str | None:
    try:
        when = date(year, month, int(day or 1))
    except ValueError:
        return None
    if when.year not in YEARS:
        return None
    return when.isoformat() if day else when.isoformat()[:7]
