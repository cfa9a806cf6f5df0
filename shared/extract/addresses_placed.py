"""Addresses without a postal code, found at their state, city, country or label."""

import re
from collections.abc import Iterator

from shared.extract.address_components import BREAK, joined, strong
from shared.extract.address_reader import LONGEST, Found, Reader
from shared.extract.address_sides import NUMBER_FIRST, read_street
from shared.extract.address_words import REGIONS, STATES, is_box, is_label, names_unit, part, street_language
from shared.extract.countries import named
from shared.extract.keywords import countries
from shared.extract.postal import numbered
from shared.extract.signs import lines_with
from shared.models import JSON

_CITY_STATES = frozenset({"AE", "QA", "KW", "BH"})  # whose cities' quarters stand before them
LINES_BELOW = 4  # a line with digits, in which an address without a code ends
_STATE_ALONE = re.compile(r"([A-Z][\w.' -]{2,30}),\s([A-Z][A-Za-z ]+?)(?:,?\s(?:USA|U\.S\.A\.|United States))?\.?")
_NO_CODES = re.compile(r"(?<!\w)(?P<IE>Dublin,?\s\d{1,2}|Cork|Galway)(?!\w)|(?<!\w)(?P<HK>Hong ?[Kk]ong)(?:\sSAR)?\W*$")


def placed(reader: Reader) -> Iterator[Found]:
    """Those that end with a state or a city, or stand below their label."""
    lines, digits = reader.lines, reader.page.digits
    labelled = [index for index, _ in numbered(reader.page) if index and lines[index - 1].text[-1] in ":s"]
    for index in sorted({*lines_with(reader.page, "state"), *lines_with(reader.page, "place"), *labelled}):
        text, has_digits = lines[index].text, bool(digits[index])
        if len(text) > 60 or index in reader.rows or not any(digits[max(index - LINES_BELOW + 1, 0) : index + 1]):
            continue
        if not has_digits and "," in text and (match := _STATE_ALONE.fullmatch(text)) and match[2] in STATES:
            parts, owner, first = reader.before(index, "", reader.read_above(index))
            street, middle = read_street(parts, reader.page.site, number_first=True)
            if street and not middle and strong(street):
                value = {"street": ", ".join(street), "locality": match[1], "country": "US"}
                value["region"] = STATES[match[2]]
                yield Found(value, reader.sure(index, first, owner, parts) - 0.1, text, index)
        elif ("Dublin" in text or "Cork" in text or "Galway" in text or "Hong" in text) and (
            match := _NO_CODES.search(text)
        ):
            parts, owner, first = reader.before(index, text[: match.start()], reader.read_above(index))
            street, middle = read_street(parts, reader.page.site, number_first=True)
            named_house = any(map(names_unit, street)) and any(map(street_language, street))
            if (
                street
                and (strong(street) or named_house)
                and not reader.coded & {index, index + 1}
                and not reader.code_behind_country(index + 1)
            ):
                country = match.lastgroup or ""
                if country == "HK" and middle:  # the district is the place
                    value = {"street": ", ".join([*street, *middle[:-1]]), "locality": middle[-1]}
                else:
                    value = {"street": ", ".join([*street, *middle]), "locality": match[0].strip(" .,")}
                value["country"] = country
                yield Found(value, reader.sure(index, first, owner, parts), text, index)
        if has_digits and index and (above := lines[index - 1].text)[-1] in ":s" and is_label(above):
            yield from _labelled(reader, index - 1)


def _labelled(reader: Reader, index: int) -> Iterator[Found]:
    """`Address:` and under it a street and a place, without a code."""
    parts: list[str] = []
    if not reader.coded.isdisjoint(range(index + 1, index + 7)):
        return
    for line in reader.lines[index + 1 : index + 4]:
        if len(line.text) > 120:
            break
        here = joined([one.strip(" .") for one in BREAK.split(line.text)])
        kinds = [part(one, reader.page.site) for one in here if one]
        if "stop" in kinds:
            break
        parts += [one for one in here if one]
    kinds = [part(one, reader.page.site) for one in parts]
    if not 2 <= len(parts) <= 7 or "street" not in kinds[:-1] or kinds[-1] != "plain" or not reader.regions:
        return
    last = max(i for i, kind in enumerate(kinds) if kind in ("street", "unit"))
    if not any(street_language(one) for one in parts[: last + 1]) or len(parts) - last > 3:
        return
    said = named(parts[-1])
    if said and last == len(parts) - 2:
        return
    country, place = said or reader.calling_code(index) or reader.regions[0], parts[-2] if said else parts[-1]
    value = {"street": ", ".join(parts[: last + 1]), "country": country}
    value["region" if place in REGIONS.get(country, ()) else "locality"] = place
    yield Found(value, reader.sure(index, index, "", parts) - 0.1, reader.lines[index + 1].text, index)


def before_country(reader: Reader) -> Iterator[Found]:
    """A street with its number, a place and a country, without a code: `91 King Street, Adelaide, Australia`."""
    for index in sorted({index for lines in countries(reader.page).values() for index in lines}):
        text = reader.lines[index].text
        read = index in reader.rows or not {index - 1, index}.isdisjoint(reader.used)
        if len(text) > LONGEST or read or reader.code_behind_country(index):
            continue
        begins = [0, *(found.end() for found in BREAK.finditer(text))]
        begin = next((at for at in begins if named(BREAK.split(text[at:], maxsplit=1)[0].strip(" ."))), None)
        if begin is None:
            continue
        country = named(BREAK.split(text[begin:], maxsplit=1)[0].strip(" ."))
        parts, owner, first = reader.before(index, text[:begin], reader.read_above(index))
        street, middle = read_street(
            parts, reader.page.site, number_first=country in NUMBER_FIRST, mixed=country == "IN"
        )
        told = any(map(street_language, street)) or is_label(BREAK.split(text, maxsplit=1)[0])
        told = told or any(map(names_unit, street)) or any(map(is_box, street))
        housed = told and any(map(str.isdigit, "".join(street)))
        while len(middle) > 1 and (country in _CITY_STATES or (len(middle) > 2 and street_language(middle[0]))):
            street.append(middle.pop(0))
        if 1 <= len(middle) <= 2 and housed and not any(map(str.isdigit, "".join(middle))):
            if len(middle) == 2 and street_language(middle[0]):
                street.append(middle.pop(0))
            value: dict[str, JSON] = {"street": ", ".join(street), "country": country}
            known = middle[-1] in REGIONS.get(country or "", ())
            if known or len(middle) == 2:
                value["region"] = middle.pop()
            if middle:
                value["locality"] = middle[0]
            yield Found(value, reader.sure(index, first, owner, parts, text[:begin]) - 0.1, text, index)
