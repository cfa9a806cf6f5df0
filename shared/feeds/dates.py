"""Dates of feeds: RFC 822 with the liberties that people take, and ISO 8601."""

import re
from datetime import UTC, datetime

TIME = r"(\d\d?):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?"
ZONE = r"\s*(Z|[A-Z]{2,5}|[+-]\d\d:?\d\d)?"
ISO = re.compile(rf"(\d{{4}})(?:-(\d\d)(?:-(\d\d)(?:[T ]{TIME}{ZONE})?)?)?", re.ASCII)
RFC822 = re.compile(
    rf"(?:[A-Z]+[,.]*\s)?(\d\d?)(?:ST|ND|RD|TH)?[\s.-]+([A-Z]{{3,9}})[\s.,-]+(\d{{4}}|\d\d)(?:,?\s{TIME}{ZONE})?",
    re.ASCII,
)
AMERICAN = re.compile(
    rf"(?:[A-Z]+[,.]*\s)?([A-Z]{{3,9}})\.?\s(\d\d?)(?:ST|ND|RD|TH)?,?\s(\d{{4}})(?:,?\s{TIME}{ZONE})?", re.ASCII
)
MONTHS = "JANUARY|FEBRUARY|MARCH|APRIL|MAY|JUNE|JULY|AUGUST|SEPTEMBER|OCTOBER|NOVEMBER|DECEMBER".split("|")
# RFC 822's zones and those of European feeds, in hours; another name leaves the zone open.
HOURS = {"Z": 0, "UT": 0, "UTC": 0, "GMT": 0, "BST": 1, "CET": 1, "CEST": 2, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5}
HOURS |= {"MST": -7, "MDT": -6, "PST": -8, "PDT": -7}
YEARS = range(1990, 2101)  # dates beyond mean that there is none, such as 0001-01-01


def iso(printed: str) -> str | None:
    """The date as exact as printed, in the zone that it is printed with; None where it can't be read for certain."""
    text = " ".join(printed[:80].split()).upper()
    if found := ISO.fullmatch(text):
        year, month, day, *time = found.groups()
    elif found := RFC822.fullmatch(text):
        day, month, year, *time = found.groups()
    elif found := AMERICAN.fullmatch(text):
        month, day, year, *time = found.groups()
    else:
        return None
    if len(year) == 2:
        year = f"{'20' if year < '70' else '19'}{year}"
    if month and month.isalpha():  # a name or the beginning of one
        month = next((str(number) for number, name in enumerate(MONTHS, 1) if name.startswith(month)), "unknown")
    date = "-".join(part.zfill(2) for part in (year, month, day) if part)
    hour, minute, second, zone = time
    if hour:
        date += f"T{hour.zfill(2)}:{minute}:{second or '00'}" + offset(zone or "")
    try:
        return date if instant(date).year in YEARS else None
    except ValueError:
        return None


def offset(zone: str) -> str:
    if zone == "-0000":  # RFC 5322: nothing is known about the zone
        return ""
    if zone in HOURS:
        return f"{HOURS[zone]:+03}:00"
    return f"{zone[:3]}:{zone[-2:]}" if zone.startswith(("+", "-")) else ""


def instant(date: str) -> datetime:
    """When that was, for putting dates in order: what is not printed counts as the beginning, no zone as UTC."""
    when = datetime.fromisoformat({4: f"{date}-01-01", 7: f"{date}-01"}.get(len(date), date))
    return when if when.tzinfo else when.replace(tzinfo=UTC)
