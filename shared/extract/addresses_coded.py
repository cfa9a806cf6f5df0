"""Addresses found at their postal code and read to both sides."""

import re

from shared.extract.address_components import BREAK, strong, without_country, without_label
from shared.extract.address_reader import Found, Reader
from shared.extract.address_sides import NUMBER_FIRST, read_street, set_place
from shared.extract.address_words import REGIONS, WORDS, names_street, part, street_language
from shared.extract.countries import named
from shared.extract.key_pages import classify
from shared.extract.postal import Code
from shared.models import JSON

_OWN_COUNTRY = {name: name.upper() for name in ("us", "gb", "ca", "ie", "nl", "jp", "br", "pt", "pl")}
_FIVE_OR_LETTERS = frozenset({"US", "GB", "CA", "IE"})  # whose codes are never of four digits
_SHAPES = {name: codes.split() for name, codes in WORDS["shapes"].items()}
_CODE_LAST = frozenset(WORDS["code_last"].split())
_UNSURE = frozenset({"four", "six", "seven", "spaced", "spaced6", "jp", "pl", "pt", "br"})
_LANGUAGES = {name: codes.split() for name, codes in WORDS["languages"].items()}
_AUSTRIAN = frozenset("Wien Graz Linz Salzburg Innsbruck Klagenfurt Villach Wels Dornbirn Bregenz Steyr".split())
_LOCALITY = re.compile(r"(?:\s[-–]\s|[\s,]{0,3})((?:[^\W\d_]|['’‘])(?:[^\d,|;•·│(:\n]|\d{1,2}(?=[\s,]|$)){1,40})")
_NO_PLACES = frozenset(WORDS["no_places"].split())
_SAINT = re.compile(r"St(?:e|\.)?[\s-]")
_AFTER_LOCALITY = re.compile(
    r"\s+[-–—/]\s.*|\s*[·•/].*|\s\S{1,64}@.*|[.,:]?\s*(?<!\w)(?:tel|fax|fon|phone|telefon|telephone|t[ée]l[ée]phone|teléfono|telefoon|contact|kontakt|contacto|contatti|e-?mail|mail|p|t|f|m|ph"
    r"|www|http|cvr|kvk|btw|vat|siret|siren|nip|ičo|dič|cnpj|nif|cif|abn|copyright|all|see|to|for|and|or|is|are|was|the|und|et|is|wird|ist|we|our|map|view|get)(?![\w'’]).*",
    re.I,
)
_PROVINCE = re.compile(r"(.{3,30})\s\(?([A-Z]{2})\)?")  # `Bari BA`
_SENTENCE = re.compile(r"(?<=\w{4})\.\s[A-ZÀ-Ý].*")  # the next one
_LETTER = re.compile(r"[^\W\d_]").search
_CODE_LABEL = re.compile(  # before a postal code
    r"(?:^|(?<=[\s,;(–-]))(?:c\.?\s?p|cep|cap|plz|psč|zip(?:\s?code)?|pin\s?code|postal\scode|postcode)[.:\s–-]*$", re.I
)
_AMID = re.compile(r"(?<=\d)\s(?:in|à|à l’|te|en|w|i|em)\s$")  # `Ringstraße 6 in 01234 Dorf`
_DIALLED = re.compile(r"(?<!\w)(?:t[eé]?lf?|(?:tele)?(?:fon|phone|fax)|mob\w{0,4})\W{1,3}[\d ]{0,9}$", re.I)
_UNIT_NEXT = re.compile(  # behind a house's number
    r",?\s(?:suite|ste|unit|apt|room|oficina|of\.|piso|depto|dpto|local|interior|int\.|floor)[\s.]", re.I
)
_SINGAPORE = re.compile(r"(?:^|[\s,])\(?S\)?\s?\(?$|(?<=Singapore)\s\($")  # `S(123456)`
_CAPITALS = {"CIUDAD DE MÉXICO": "MX", "CIUDAD DE MEXICO": "MX", "CDMX": "MX", "MÉXICO D.F": "MX", "D.F": "MX"}


def coded(reader: Reader, code: Code, used: int, begin: int) -> Found | None:
    """The address around a code. `used` is the line up to which, and `begin` where in it, others have been read."""
    index, shape, line = code.place, code.shape, reader.lines[code.place].text
    head = line[max(code.start - 200, begin) : code.start]
    if shape in ("four", "five") and (_UNIT_NEXT.match(line, code.end) or _DIALLED.search(head)):
        return None
    head = _AMID.sub("", _CODE_LABEL.sub("", head))
    singapore = _SINGAPORE.search(head) if shape == "six" and "SG" in reader.regions else None
    if singapore:
        head = head[: singapore.start()]
    parts, owner, first = reader.before(index, head, used)
    if shape in ("four", "five"):  # a heading may name the same place
        parts = parts[: next((i for i, one in enumerate(parts) if code.text in one.split()), len(parts))]
    if not parts:
        return None
    bare = names_street(parts[0])
    estates = shape in ("gb", "ie") or (shape == "six" and not REGIONS["IN"].isdisjoint(parts))
    if not bare and not read_street(parts, reader.page.site, number_first=False, estates=estates)[0]:
        return None
    after, behind = without_country(_locality_after(line, code.end))
    if shape in ("four", "five") and street_language(_SAINT.sub("", after)) == "en":  # it is a house number
        return None
    stated = shape == "four" and code.before in REGIONS["AU"]
    country = "AU" if stated else _OWN_COUNTRY.get(shape)
    said = behind or _said_country(reader, line[code.end : code.end + 80], index)
    if not behind and shape in ("four", "five") and said in _SHAPES["four" if shape == "five" else "five"]:
        said = said if said in _SHAPES[shape] else None  # it heads what comes next
    year = shape == "four" and code.text[:2] in ("19", "20") and not stated
    if not said and shape == "six" and (singapore or head.rstrip(" ,–-").endswith("Singapore")):
        said = "SG"
    if year and not after and not said:
        return None
    language = next((name for one in parts if (name := street_language(one))), None)
    if country is None:
        swiss = any("strasse" in one.lower() for one in parts) and "ß" not in reader.page.text
        swiss = swiss and after.partition(" ")[0] not in _AUSTRIAN
        country = _country(reader, shape, code.before, said, language, index, bool(after), swiss=swiss)
    last = not after or country in _CODE_LAST
    street, middle = read_street(
        parts, reader.page.site, number_first=country in NUMBER_FIRST, estates=estates, mixed=country == "IN"
    )
    if not street and bare and after and (said or reader.near(index, country)):
        street, middle = parts[:1], []
    if not any(map(_LETTER, street)) or (country is None and (last or not strong(street))):
        return None
    near = country is not None and (country == said or reader.near(index, country))
    spoken = country in _LANGUAGES.get(language or "", ())
    indian = shape == "six" and country == "IN" and len(street) + len(middle) >= 3
    sure = near or indian or shape == "spaced" or (spoken and (not last or shape in ("br", "pt")))
    if shape in _UNSURE and not sure:
        return None
    if shape == "gb" and " " not in code.text and "GB" not in (said, *reader.regions):
        return None
    if not last and middle and not strong(street) and not (shape == "spaced" and near and len(middle) == 1):
        return None
    if year and not (said if last else near):
        return None
    if last and country not in _CODE_LAST and not near:
        return None
    value: dict[str, JSON] = {"postal_code": code.text}
    if country:
        value["country"] = country
    if shape == "us":
        value["region"] = code.before
    if last:
        set_place(value, country, middle, street)
    province = _PROVINCE.fullmatch(after) if country in ("IT", "CH") else None
    if province and province[2] == "IT":
        after = province[1]
    elif province and (country == "IT" or province[2] in REGIONS["CH"]):
        after, value["region"] = province[1], province[2]
    if not after and last and country not in _CODE_LAST and not middle:
        after = _headed(reader, parts, street)
    if last and after in REGIONS.get(country or "", ()):
        value.setdefault("region", after)
    elif after:
        value.setdefault("locality", after)
    value["street"] = without_label(", ".join(street))
    quote = line if len(line) <= 300 else line[max(code.start - 150, 0) : code.end + 100]
    return Found(value, reader.sure(index, first, owner, parts, line[: code.start]), quote, index)


def _headed(reader: Reader, parts: list[str], street: list[str]) -> str:
    """The place that is the heading of an address without one, as in lists of offices."""
    at = parts.index(street[0]) + 1 if street[0] in parts else len(parts)
    place = parts[at] if at < len(parts) else ""
    named_so = place in reader.headings and len(place.split()) <= 3 and place[:1].isupper()
    told = place.lower() in _NO_PLACES or classify("", place) is not None
    return place if named_so and not told and part(place, reader.page.site) == "plain" else ""


def _locality_after(line: str, end: int) -> str:
    found = _LOCALITY.match(line, end)
    if not found:
        return ""
    name = _AFTER_LOCALITY.sub("", _SENTENCE.sub("", found[1])).strip(" .,-–/'’")
    words = name.split()
    if not words or len(words) > 5 or not (words[0][0].isupper() or not words[0][0].isascii() or "'" in words[0]):
        return ""
    return "" if named(name) and named(name) not in ("SG", "LU") else name


def _said_country(reader: Reader, tail: str, index: int) -> str | None:
    """The country that is named behind the code: in the same line or as one of the next two."""
    for one in BREAK.split(tail)[:5]:
        one = one.strip(" .()")
        first = one.partition(" ")[0]
        if code := named(one) or (named(first) if len(first) > 2 else None) or _CAPITALS.get(one.upper()):
            return code
    for line in reader.below(index, 2):
        if len(line.text) < 60 and (code := named(BREAK.split(line.text)[0].strip(" ."))):
            return code
    return None


def _country(
    reader: Reader,
    shape: str,
    car: str | None,
    said: str | None,
    language: str | None,
    index: int,
    after: bool,
    *,
    swiss: bool,
) -> str | None:
    if said:
        return None if shape == "four" and said in _FIVE_OR_LETTERS else said
    allowed: list[str] = _SHAPES[shape]
    if car and (abroad := WORDS["car_codes"].get(car)) and (abroad in allowed or shape not in ("four", "five")):
        return str(abroad)
    if (near := reader.calling_code(index)) in allowed:
        return near
    spoken: list[str] = [code for code in _LANGUAGES.get(language or "", ()) if code in allowed]
    likely = [code for code in reader.regions if code in allowed]
    for code in likely:
        if not spoken or code in spoken:
            return code
    if spoken and (language != "en"):
        return "CH" if swiss and "CH" in spoken else spoken[0]  # where no ß is written
    if shape == "six" and not after:
        return "IN"
    return likely[0] if likely else None
