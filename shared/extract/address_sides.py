"""The street and the place among the parts of an address on one side of its postal code."""

import re
from collections.abc import Callable

from shared.extract.address_components import after_street, complete, in_line
from shared.extract.address_words import REGIONS, is_box, part, street_language
from shared.extract.countries import named
from shared.models import JSON

NUMBER_FIRST = frozenset({"US", "GB", "CA", "AU", "NZ", "IE", "IN", "ZA", "SG"})  # a house's, before the street's name
_Wanted = Callable[[int], bool]
_COUNTY = re.compile(r"(?:Co\.?|County)\s[A-Z]\w{2,12}|[A-Z][a-z]{2,14}shire")


def read_street(
    parts: list[str], site: str, *, number_first: bool, estates: bool = False, mixed: bool = False
) -> tuple[list[str], list[str]]:
    """(street, parts between it and the code), each in reading order; `estates`: an estate may be without any
    number; `mixed`: a quarter may stand between two numbered parts."""
    kinds = [part(one, site if i else "") for i, one in enumerate(parts)]

    def nearest(wanted: _Wanted) -> int | None:
        return next((i for i in range(min(len(kinds), 5)) if wanted(i)), None)

    first = nearest(lambda i: kinds[i] == "street" and (is_box(parts[i]) or bool(street_language(parts[i]))))
    if first is None:
        first = nearest(lambda i: kinds[i] == "street" and (not number_first or parts[i][0].isdigit()))
    if first is None:
        least = 0 if estates else 1  # parts above it
        first = nearest(lambda i: kinds[i] != "stop" and street_language(parts[i]) == "en" and i + least < len(parts))
    if first is None:
        first = nearest(lambda i: kinds[i] == "unit" and any(map(str.isdigit, parts[i])))
    if first is None and estates:
        first = nearest(lambda i: kinds[i] == "unit")
    if first is None:
        return [], []
    while first > 0 and kinds[first - 1] == "unit":
        first -= 1
    last = first
    for i in range(first + 1, min(len(parts), first + 6)):
        if kinds[i] == "street":
            if complete(parts[last]) and not in_line(parts[i]) and kinds[last] == "street":
                break
        elif kinds[i] == "plain" and "unit" in kinds[i + 1 : i + 2] and (mixed or street_language(parts[i])):
            continue
        elif kinds[i] != "unit" and not ((kinds[last] == "unit" or is_box(parts[last])) and street_language(parts[i])):
            break
        last = i
    return parts[first : last + 1][::-1], parts[:first][::-1]


def set_place(value: dict[str, JSON], country: str | None, middle: list[str], street: list[str]) -> None:
    """Locality and region of an address whose code comes last."""
    known = REGIONS.get(country or "", set())
    names = []
    for one in middle:
        if named(one) and one not in known and named(one) != "SG":
            continue
        words = one.strip(" -–").rsplit("/" if country == "BR" and "/" in one else " ", 1)
        county = country in ("GB", "IE") and len(middle) > 1 and _COUNTY.fullmatch(one)
        if county or one.strip(" -–.") in known:
            value.setdefault("region", one.strip(" -–."))
        elif len(words) == 2 and (last := words[1].strip("-–.()")) in known and (last.isupper() or words[1][0] == "("):
            value.setdefault("region", last)
            names.append(words[0])
        else:
            names.append(one.strip(" -–"))
    if names:
        value["locality"] = names[-1]
        street += names[:-1]
    elif (tail := after_street(street[-1])) is not None:
        street[-1], locality = tail
        place, _, last = locality.rpartition(" ")
        if place and last.isupper() and last in known:
            locality, value["region"] = place, last
        value["locality"] = locality
    elif len(street) > 1 and not any(map(str.isdigit, street[-1])):
        value["locality"] = street.pop()
    elif "region" in value and country == "GB":
        value["locality"] = value.pop("region")
