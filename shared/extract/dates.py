"""Dates as pages print them, in the spellings of two dozen languages, to ISO 8601."""

import json
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

YEARS = range(1990, 2101)
MAX_LINE = 300  # characters that are searched

_MONTH = r"([^\W\d_]{3,14})\.?"
_YEAR = r"((?:19|20)\d\d)(?!\d)"
_OF = r"(?:(?:de|of|di|del)\s|d['’])?"
# Each with the order of its groups; the first that reads as a date counts.
_FORMS = tuple(
    (re.compile(pattern, re.I), order)
    for pattern, order in (
        (rf"(?<![\d.]){_YEAR}\s?[年년]\s?(\d{{1,2}})\s?[月월](?:\s?(\d{{1,2}})\s?[日일])?", "ymd"),
        (rf"(?<![\d./-]){_YEAR}([-./])(\d{{1,2}})\2(\d{{1,2}})(?!\d)", "y md"),
        (rf"(?<![\d./-]){_YEAR}\.?\s{_MONTH}\s(\d{{1,2}})(?!\d)", "ymd"),
        (rf"(?<![\d.,])(\d{{1,2}})(?:st|nd|rd|th|er|\.|º|ª)?\s{{0,2}}{_OF}{_MONTH},?\s{{1,2}}{_OF}{_YEAR}", "dmy"),
        (rf"(?<![\d.,])(\d{{1,2}})[-/]{_MONTH}[-/]{_YEAR}", "dmy"),
        (rf"(?<!\w){_MONTH}\s(\d{{1,2}})(?:st|nd|rd|th)?,?\s{{1,2}}{_YEAR}", "mdy"),
        (rf"(?<![\d./-])(\d{{1,2}})([./-])\s?(\d{{1,2}})\2\s?{_YEAR}", "d my"),
        (rf"(?<![\w.]){_MONTH},?\s{{1,2}}{_OF}{_YEAR}", "my"),
    )
)
_A_YEAR = re.compile(r"(?:19|20)\d\d(?!\d)")


class Printed(NamedTuple):
    iso: str
    start: int
    end: int


@cache
def months() -> dict[str, int]:
    written = json.loads(Path(__file__).with_name("months.json").read_text(encoding="utf-8"))
    known: dict[str, int] = {}
    for names in written.values():
        for place, name in enumerate(names.split()):
            name, _, number = name.partition("=")
            known.setdefault(name, int(number) if number else place % 12 + 1)
    return known


def printed(text: str, *, month_first: bool = False) -> Printed | None:
    """The first date of a line, as exact as printed, a month at least. `month_first` is how 06/07/2024 is read;
    what can only be read the other way is."""
    text = text[:MAX_LINE]
    if not _A_YEAR.search(text):
        return None
    for form, order in _FORMS:
        for found in form.finditer(text):
            parts = dict(zip(order, found.groups(), strict=True))
            american = order == "d my" and ((month_first and parts[" "] == "/") or int(parts["m"] or 0) > 12)
            if iso := _iso(parts["y"], parts["d" if american else "m"], parts.get("m" if american else "d")):
                return Printed(iso, found.start(), found.end())
    return None


def _iso(year: str | None, month: str | None, day: str | None) -> str | None:
    number = int(month) if month and month.isdecimal() else months().get((month or "").casefold(), 0)
    try:
        when = date(int(year or 0), number, int(day or 1))
    except ValueError:
        return None
    if when.year not in YEARS:
        return None
    return when.isoformat() if day else when.isoformat()[:7]
