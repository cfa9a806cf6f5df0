"""Addresses whose street stands behind their code and place: `1051 Budapest, Sas utca 10`, or in the line below."""

import re

from shared.extract.address_components import BREAK
from shared.extract.address_reader import Found, Reader
from shared.extract.address_words import WORDS, is_label, names_street, part
from shared.extract.countries import named
from shared.extract.postal import Code
from shared.models import JSON

LONGEST = 160  # characters of the line
_COUNTRIES = frozenset("AT CH CZ DE HR HU IT LT PL RO SI SK".split())
_SHAPES = {**{name: codes.split() for name, codes in WORDS["shapes"].items()}, "pl": ["PL"]}
_PLACE = re.compile(r"\s([^\W\d_][^\d,;|•·:()]{1,40})")
_YEAR = re.compile(r"19[5-9]\d|20[0-4]\d")
_NUMBER = re.compile(r"\s\d.*")


def code_first(reader: Reader, code: Code) -> Found | None:
    """Only where nothing but a label stands before the code, in a country where that is usual."""
    index, line = code.place, reader.lines[code.place].text
    head = line[: code.start].strip()
    country = next(iter(reader.regions), "")
    if len(line) > LONGEST or (head and not (head[-1] == ":" and len(head) <= 40)):
        return None
    if not head and _YEAR.fullmatch(code.text):  # `2015 Umbau, Ringstraße 5`
        return None
    if country not in _COUNTRIES or country not in _SHAPES.get(code.shape, ()):
        return None
    place = _PLACE.match(line, code.end)
    if place is None or named(place[1].strip()):
        return None
    parts = [one.strip(" .") for one in BREAK.split(line[place.end() :])]
    parts = [one for one in parts if one and not named(one)]
    end = index
    if not parts and index + 1 < len(reader.lines) and not reader.coded & {index + 1}:
        end = index + 1
        parts = [one.strip(" .") for one in BREAK.split(reader.lines[end].text[:LONGEST]) if one.strip(" .")]
    if not parts or not names_street(_NUMBER.sub("", parts[0])) or part(parts[0], reader.page.site) != "street":
        return None
    units = [one for one in parts[1:2] if part(one, reader.page.site) == "unit"]
    value: dict[str, JSON] = {"street": ", ".join([parts[0], *units]), "postal_code": code.text}
    value |= {"locality": place[1].strip(" -–"), "country": country}
    above = reader.lines[index - 1].text if index else ""
    owner = "" if is_label(above) else above
    return Found(value, reader.sure(index, index, owner, parts[:1], head) - 0.05, line[:LONGEST], end)
