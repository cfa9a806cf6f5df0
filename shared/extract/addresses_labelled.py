"""Addresses in rows of a table or a list, each part behind its label."""

import re
from collections.abc import Iterator

from shared.extract.address_reader import Found, Reader
from shared.extract.address_words import STATES, WORDS, housed, is_box
from shared.extract.collected import Line
from shared.extract.countries import named
from shared.extract.postal import numbered
from shared.models import JSON

REACH = 10  # lines of the other parts on either side of a code
LONG = 60  # characters of a part
_KINDS = {label: kind for kind, labels in WORDS["rows"].items() for label in labels} | dict.fromkeys(
    WORDS["labels"], "street"
)
_CODELESS = frozenset({"AE", "QA", "BH", "KW", "OM", "HK"})  # where codes are little used, or none
_CODE = re.compile(r"[A-Z\d](?:[ -]?[A-Z\d]){2,9}")
_PLACE = re.compile(r"[^\W\d_][^\d:@|]{1,40}(?: \d{1,2})?")


def labelled(reader: Reader) -> Iterator[Found]:
    lines = reader.lines
    for index, count in numbered(reader.page):
        text = lines[index].text
        if count < 2 or len(text) > LONG or index in reader.rows:
            continue
        kind, above = _row(text)[0], _row(lines[index - 1].text) if index else ("", "")
        told = kind or (above[0] if not above[1] else "")
        if told != "code" and not (told == "street" and _CODELESS.intersection(reader.regions)):
            continue
        parts, first, last = _around(lines, index)
        if told == "street" and "code" in parts:
            continue
        value = _value(reader, parts, index)
        if value is not None:
            reader.rows.update(range(first, last + 1))
            yield Found(value, reader.sure(index, first, "", []), text, last)


def _row(text: str) -> tuple[str, str]:
    """What a line's label names, and what stands behind it there."""
    label, _, rest = text[:LONG].partition(":")
    return _KINDS.get(label.strip(" .*").lower(), ""), rest.strip()


def _rows(lines: list[Line], first: int, end: int) -> Iterator[tuple[int, str, str]]:
    """The last line of each row, what its label names, "" for none, and its value: behind the label or below."""
    at = first
    while at < end:
        kind, value = _row(lines[at].text)
        if kind and not value and at + 1 < len(lines) and not _row(lines[at + 1].text)[0]:
            at += 1
            value = lines[at].text[: LONG + 1]
        yield at, kind, value
        at += 1


def _around(lines: list[Line], index: int) -> tuple[dict[str, str], int, int]:
    """The parts in the rows around a code, and where these begin and end."""
    parts: dict[str, str] = {}
    begin, end, above = index, index, ""
    for at, kind, value in _rows(lines, max(index - REACH, 0), min(index + REACH + 1, len(lines))):
        if above == "street" and not kind:
            parts["street"] += f", {lines[at].text[:LONG]}"  # its second line
        elif not kind or kind in parts:
            if at > index:
                break
            parts = {}
        if kind:
            begin, end = begin if parts else at - 1, at
            parts[kind] = value
        above = kind
    return parts, max(begin, 0), end


def _value(reader: Reader, parts: dict[str, str], index: int) -> dict[str, JSON] | None:
    street, place, code = (parts.get(kind, "") for kind in ("street", "place", "code"))
    country = named(parts.get("country", "")) or reader.calling_code(index) or next(iter(reader.regions), None)
    coded = bool(_CODE.fullmatch(code)) if code else country in _CODELESS
    if not (coded and _PLACE.fullmatch(place) and (housed(street) or is_box(street))):
        return None
    value: dict[str, JSON] = {"street": street, "locality": place} | ({"postal_code": code} if code else {})
    if country:
        value["country"] = country
    if region := parts.get("region"):
        value["region"] = STATES.get(region, region) if country == "US" else region.partition("(")[0].strip()
    return value
