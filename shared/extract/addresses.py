"""Postal addresses in running text, footers and imprints: found at their postal code, then read to both sides."""

import re
from bisect import bisect_right, insort
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice, takewhile

from shared.extract.address_components import (
    BREAK,
    behind_form,
    joined,
    pieces,
    strong,
    without_country,
    without_label,
)
from shared.extract.address_sides import read_street, set_place
from shared.extract.address_words import (
    REGIONS,
    STATES,
    WORDS,
    body,
    is_label,
    names_street,
    names_unit,
    part,
    stranger,
    street_language,
)
from shared.extract.addresses_east import eastern
from shared.extract.addresses_uncoded import uncoded
from shared.extract.countries import named
from shared.extract.key_pages import classify
from shared.extract.keywords import countries
from shared.extract.lazy import lazy
from shared.extract.legal_forms import legal_form
from shared.extract.names import resembles
from shared.extract.others import (
    beside_strangers,
    commented,
    heads_makers,
    made,
    names_own,
    of_others,
    officer,
    strange,
)
from shared.extract.page import ParsedPage
from shared.extract.postal import Code, codes, numbered
from shared.extract.regions import calling, regions
from shared.extract.signs import lines_with
from shared.models import JSON, Fact

MOST = 60  # addresses of a page
LATER = 0.0005  # what each further address of a page counts less: the head office stands first
LINES_ABOVE = 6
LONG_ABOVE = 120  # characters of a line above that holds no part
LONGEST = 300  # characters of a line in which an address without a code ends with its country
LINES_BELOW = 4  # a line with digits, in which an address without a code ends
_OWN_COUNTRY = {name: name.upper() for name in ("us", "gb", "ca", "ie", "nl", "jp", "br", "pt", "pl")}
_SHAPES = {name: codes.split() for name, codes in WORDS["shapes"].items()}
_CODE_LAST = frozenset(WORDS["code_last"].split())
_UNSURE = frozenset({"four", "six", "spaced", "spaced6", "jp", "pl", "pt", "br"})
_NUMBER_FIRST = frozenset({"US", "GB", "CA", "AU", "NZ", "IE", "IN", "ZA", "SG"})
_EASTERN = re.compile(r"[\u3040-\u9fff\uac00-\ud7a3]")
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
_INTO = re.compile(
    r"(?:^|.*[a-z]\s)(?:at|is|to|visit|in|on|near|from|\w*[Aa]d+ress\w{0,2}\s(?:er|är|ist|est|lautet)"
    r"|(?:situ[ée]e?s?|sise?|domicilié[es]?|résidant|demeurant|établie?|siège(?:\ssocial)?(?:\sest)?)(?:\s(?:au|à))?"
    r"|(?:domicilio|sede|sita|sito|ubicad[oa]|domiciliad[oa]|situad[oa]|sediad[oa])(?:\s(?!en\s)\w{1,12}){0,2}\s(?:en|na|no|em)"
    r"|(?:gevestigd|kantoorhoudend)\s(?:te|aan)|(?:siedzib[ąay]\s(?:\w{1,12}\s)?|mieszcz\w{2,4}\ssię\s)(?:w|przy)|sídlem(?:\s(?:na|v))?)\s(?=(?:[Tt]he\s)?(?:\d|[Pp]\.?\s?[Oo]\.?\s?[Bb]ox|[A-Z]|(?:via|viale|piazza|corso|rue|avenue|calle|rua|(?:ul|al|pl|os)\.)\s))"
)
_LABEL_AT_END = re.compile(r"\.\s(?:registered|head|main|principal)\s(?:office|address|seat)$", re.I)
_CODE_LABEL = re.compile(  # before a postal code
    r"(?:^|(?<=[\s,;(–-]))(?:c\.?\s?p|cep|cap|plz|psč|zip(?:\s?code)?|pin\s?code|postal\scode|postcode)[.:\s–-]*$", re.I
)
_DIALLED = re.compile(r"(?<!\w)(?:t[eé]?lf?|(?:tele)?(?:fon|phone|fax)|mob\w{0,4})\W{1,3}[\d ]{0,9}$", re.I)
_UNIT_NEXT = re.compile(  # behind a house's number
    r",?\s(?:suite|ste|unit|apt|room|oficina|of\.|piso|depto|dpto|local|interior|int\.|floor)[\s.]", re.I
)
_STATE_ALONE = re.compile(r"([A-Z][\w.' -]{2,30}),\s([A-Z][A-Za-z ]+?)(?:,?\s(?:USA|U\.S\.A\.|United States))?\.?")
_TEMPLATE = re.compile(r"123,? (?:(?:your|demo|fake) )?street(?: name)?(?:,|$)|muster(?:stra(?:ß|ss)e|str\.|weg)", re.I)
_CAPITALS = {"CIUDAD DE MÉXICO": "MX", "CIUDAD DE MEXICO": "MX", "CDMX": "MX", "MÉXICO D.F": "MX", "D.F": "MX"}
_NO_CODES = re.compile(r"(?<!\w)(?P<IE>Dublin,?\s\d{1,2}|Cork|Galway)(?!\w)|(?<!\w)(?P<HK>Hong ?[Kk]ong)(?:\sSAR)?\W*$")


@dataclass(frozen=True, slots=True)
class _Found:
    value: dict[str, JSON]
    confidence: float
    quote: str
    end: int  # line after it


def addresses(page: ParsedPage) -> Iterator[Fact]:
    reader = _Reader(page)
    western = ((found.value, reader.unless_foreign(found), found.quote) for found in list(reader.found()))
    for order, (value, confidence, quote) in enumerate(islice(chain(eastern(page), western), MOST)):
        sure = confidence - LATER * order
        if confidence > 0 and not _TEMPLATE.match(str(value.get("street"))):
            yield page.fact("contact.address", value, how="text", quote=quote, confidence=sure)


@lru_cache(2048)  # footers repeat on a site's pages
def _before(texts: tuple[str, ...], site: str) -> tuple[list[str], str, int]:
    """The parts in these texts, the nearest first; the text that ended them, and how many texts further up."""
    parts: list[str] = []
    for further, text in enumerate(texts):
        if further and len(text) > LONG_ABOVE:
            return parts, text[-LONG_ABOVE:], further
        for one in pieces(text[-200:]):
            if not one:
                continue
            if _EASTERN.search(one):
                return parts, one, further
            if _LABEL_AT_END.search(one):
                return parts, one, further
            if cut := _INTO.match(one):
                return [*parts, one[cut.end() :]], text, further
            if part(one, site if parts else "") == "stop":
                tail = behind_form(one)
                if tail and part(tail, site) in ("street", "unit"):
                    parts.append(tail)
                return parts, "" if is_label(one) else one, further
            parts.append(one)
            if len(parts) >= 9:
                return parts, "", further
    return parts, "", len(texts) - 1


class _Reader:
    def __init__(self, page: ParsedPage) -> None:
        self.page = page
        self.lines = page.lines
        self.used: list[int] = []  # last lines of the addresses read
        self.coded = {code.place for code in codes(page)}
        self.owned: set[int] = set()  # the lines of addresses behind the company's name
        self.foreign: set[int] = set()  # and behind those of other companies

    @lazy
    def headings(self) -> frozenset[str]:
        return frozenset(self.page.headings)

    @lazy
    def regions(self) -> list[str]:
        return regions(self.page)

    def found(self) -> Iterator[_Found]:
        used, begin = -1, 0  # line up to which an address has been read, and where in it the next may begin
        for code in codes(self.page):
            found = self.at(code, used, begin if code.place == used else 0)
            if found is not None:
                used, begin = found.end, code.end
                yield found
                self.used.append(used)
        for value, index, inline in uncoded(self.page):
            if index not in self.used:
                insort(self.used, index)
                sure = self.sure(index, index, "", [], inline) - 0.05
                yield _Found(value, sure, self.lines[index].text[:LONGEST], index)
        yield from self.without_code()
        yield from self.before_country()

    # ------------------------------------------------------------ around one code

    def at(self, code: Code, used: int, begin: int) -> _Found | None:
        index, shape, line = code.place, code.shape, self.lines[code.place].text
        head = line[max(code.start - 200, begin) : code.start]
        if shape in ("four", "five") and (_UNIT_NEXT.match(line, code.end) or _DIALLED.search(head)):
            return None
        parts, owner, first = self.before(index, _CODE_LABEL.sub("", head), used)
        if shape in ("four", "five"):  # a heading may name the same place
            parts = parts[: next((i for i, one in enumerate(parts) if code.text in one.split()), len(parts))]
        if not parts:
            return None
        bare = names_street(parts[0])
        estates = shape in ("gb", "ie") or (shape == "six" and not REGIONS["IN"].isdisjoint(parts))
        if not bare and not read_street(parts, self.page.site, number_first=False, estates=estates)[0]:
            return None
        after, behind = without_country(self.locality_after(line, code.end))
        if shape in ("four", "five") and street_language(_SAINT.sub("", after)) == "en":  # it is a house number
            return None
        stated = shape == "four" and code.before in REGIONS["AU"]
        country = "AU" if stated else _OWN_COUNTRY.get(shape)
        said = behind or self.said_country(line[code.end : code.end + 80], index)
        if not behind and shape in ("four", "five") and said in _SHAPES["four" if shape == "five" else "five"]:
            said = said if said in _SHAPES[shape] else None  # it heads what comes next
        year = shape == "four" and code.text[:2] in ("19", "20") and not stated
        if not said and shape == "six" and head.rstrip(" ,–-").endswith("Singapore"):
            said = "SG"
        if year and not after and not said:
            return None
        language = next((name for one in parts if (name := street_language(one))), None)
        if country is None:
            swiss = any("strasse" in one.lower() for one in parts) and "ß" not in self.page.text
            swiss = swiss and after.partition(" ")[0] not in _AUSTRIAN
            country = self.country(shape, code.before, said, language, index, bool(after), swiss=swiss)
        last = not after or country in _CODE_LAST
        street, middle = read_street(
            parts, self.page.site, number_first=country in _NUMBER_FIRST, estates=estates, mixed=country == "IN"
        )
        if not street and bare and after and (said or self.near(index, country)):
            street, middle = parts[:1], []
        if not any(map(_LETTER, street)) or (country is None and (last or not strong(street))):
            return None
        near = country is not None and (country == said or self.near(index, country))
        spoken = country in _LANGUAGES.get(language or "", ())
        indian = shape == "six" and country == "IN" and len(street) + len(middle) >= 3
        sure = near or indian or shape == "spaced" or (spoken and (not last or shape in ("br", "pt")))
        if shape in _UNSURE and not sure:
            return None
        if shape == "gb" and " " not in code.text and "GB" not in (said, *self.regions):
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
            after = self.headed(parts, street)
        if last and after in REGIONS.get(country or "", ()):
            value.setdefault("region", after)
        elif after:
            value.setdefault("locality", after)
        value["street"] = without_label(", ".join(street))
        quote = line if len(line) <= 300 else line[max(code.start - 150, 0) : code.end + 100]
        return _Found(value, self.sure(index, first, owner, parts, line[: code.start]), quote, index)

    def headed(self, parts: list[str], street: list[str]) -> str:
        """The place that is the heading of an address without one, as in lists of offices."""
        at = parts.index(street[0]) + 1 if street[0] in parts else len(parts)
        place = parts[at] if at < len(parts) else ""
        named_so = place in self.headings and len(place.split()) <= 3 and place[:1].isupper()
        told = place.lower() in _NO_PLACES or classify("", place) is not None
        return place if named_so and not told and part(place, self.page.site) == "plain" else ""

    def locality_after(self, line: str, end: int) -> str:
        found = _LOCALITY.match(line, end)
        if not found:
            return ""
        name = _AFTER_LOCALITY.sub("", _SENTENCE.sub("", found[1])).strip(" .,-–/'’")
        words = name.split()
        if not words or len(words) > 5 or not (words[0][0].isupper() or not words[0][0].isascii() or "'" in words[0]):
            return ""
        return "" if named(name) and named(name) not in ("SG", "LU") else name

    def said_country(self, tail: str, index: int) -> str | None:
        """The country that is named behind the code: in the same line or as one of the next two."""
        for one in BREAK.split(tail)[:5]:
            one = one.strip(" .()")
            first = one.partition(" ")[0]
            if code := named(one) or (named(first) if len(first) > 2 else None) or _CAPITALS.get(one.upper()):
                return code
        for line in self.lines[index + 1 : index + 3]:
            if len(line.text) < 60 and (code := named(BREAK.split(line.text)[0].strip(" ."))):
                return code
        return None

    def country(
        self,
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
            return said
        allowed: list[str] = _SHAPES[shape]
        if car and (abroad := WORDS["car_codes"].get(car)) and (abroad in allowed or shape not in ("four", "five")):
            return str(abroad)
        if (near := self.calling_code(index)) in allowed:
            return near
        spoken: list[str] = [code for code in _LANGUAGES.get(language or "", ()) if code in allowed]
        likely = [code for code in self.regions if code in allowed]
        for code in likely:
            if not spoken or code in spoken:
                return code
        if spoken and (language != "en"):
            return "CH" if swiss and "CH" in spoken else spoken[0]  # where no ß is written
        if shape == "six" and not after:
            return "IN"
        return likely[0] if likely else None

    def calling_code(self, index: int) -> str | None:
        """Of a number within four lines."""
        for line in self.lines[index : index + 5]:
            if "+" in line.text and (code := calling(line.text[:300])):
                return code
        return None

    def near(self, index: int, country: str | None) -> bool:
        return country is not None and (country == self.calling_code(index) or country in self.regions[:1])

    # ------------------------------------------------------------ to the left

    def before(self, index: int, head: str, used: int) -> tuple[list[str], str, int]:
        """The parts before the code, nearest first; the text that ended them; the line where they begin."""
        edges, lowest = self.page.parts, max(index - LINES_ABOVE, min(used, index - 1), -1) + 1
        above = takewhile(lambda i: edges[i] == edges[index], range(index - 1, lowest - 1, -1))
        texts = (head, *[self.lines[i].text[-LONG_ABOVE - 1 :] for i in above])
        parts, owner, lines = _before(texts, self.page.site)
        return list(parts), owner, index - lines

    # ------------------------------------------------------------ whose

    def unless_foreign(self, found: _Found) -> float:
        """How sure an address is: 0 behind another company's name, where there is one behind the own."""
        return 0 if self.owned and found.end in self.foreign - self.owned else found.confidence

    def sure(self, index: int, first: int, owner: str, parts: list[str], inline: str = "") -> float:
        """0 where it is another's. `first` is the line where the address begins; those above it and what stands in it
        say whose it is."""
        where, places = self.lines[index].where, self.page.parts
        near = [i for i in range(max(first - 2, 0), first) if places[i] == places[index]]
        above = " ".join(self.lines[i].text[-100:] for i in near)
        context = f"{above} {owner[-150:]} {' '.join(parts)} {inline[-150:]}"
        own = bool(owner) and "@" not in owner and not body(owner) and resembles(owner, self.page.site)
        heading = self.lines[first - 1].text if first else ""
        others = of_others(self.page) and where == "main"
        if made(f"{' '.join(reversed(parts))} "):
            return 0
        if not own and (
            others
            or strange(self.page, first, inline)
            or beside_strangers(self.page, index)
            or stranger(context)
            or officer(context)
            or made(inline[-150:])
            or heads_makers(heading)
            or commented(self.page, parts[0] if parts else "")
        ):
            return 0
        foreign = bool(owner) and legal_form(owner) and not own
        if own:
            self.owned.add(index)
        elif foreign:
            self.foreign.add(index)
        kind = self.page.kind
        if kind == "privacy" and where != "footer" and not own:
            told = [inline, *(one.text for one in self.lines[max(first - 2, 0) : first])]
            if not names_own(self.page, told):
                return 0.4
        if kind in ("news", "press") and where == "main" and not own:
            return 0.42
        base = 0.88 if own or kind in ("contact", "legal") or where == "footer" else 0.78
        return base - 0.15 if foreign else base

    # ------------------------------------------------------------ without a code

    def without_code(self) -> Iterator[_Found]:
        lines, digits = self.lines, self.page.digits
        labelled = [index for index, _ in numbered(self.page) if index and lines[index - 1].text[-1] in ":s"]
        for index in sorted({*lines_with(self.page, "state"), *lines_with(self.page, "place"), *labelled}):
            text, has_digits = lines[index].text, bool(digits[index])
            if len(text) > 60 or not any(digits[max(index - LINES_BELOW + 1, 0) : index + 1]):
                continue
            if not has_digits and "," in text and (match := _STATE_ALONE.fullmatch(text)) and match[2] in STATES:
                parts, owner, first = self.before(index, "", self.read_above(index))
                street, middle = read_street(parts, self.page.site, number_first=True)
                if street and not middle and strong(street):
                    value = {"street": ", ".join(street), "locality": match[1], "country": "US"}
                    value["region"] = STATES[match[2]]
                    yield _Found(value, self.sure(index, first, owner, parts) - 0.1, text, index)
            elif ("Dublin" in text or "Cork" in text or "Galway" in text or "Hong" in text) and (
                match := _NO_CODES.search(text)
            ):
                parts, owner, first = self.before(index, text[: match.start()], self.read_above(index))
                street, middle = read_street(parts, self.page.site, number_first=True)
                named_house = any(map(names_unit, street)) and any(map(street_language, street))
                if (
                    street
                    and (strong(street) or named_house)
                    and not self.coded & {index, index + 1}
                    and not self.code_behind_country(index + 1)
                ):
                    country = match.lastgroup or ""
                    if country == "HK" and middle:  # the district is the place
                        value = {"street": ", ".join([*street, *middle[:-1]]), "locality": middle[-1]}
                    else:
                        value = {"street": ", ".join([*street, *middle]), "locality": match[0].strip(" .,")}
                    value["country"] = country
                    yield _Found(value, self.sure(index, first, owner, parts), text, index)
            if has_digits and index and (above := lines[index - 1].text)[-1] in ":s" and is_label(above):
                yield from self.labelled(index - 1)

    def code_behind_country(self, index: int) -> bool:
        """`Cork`, `Ireland`, `T23 KX89`."""
        return index + 1 in self.coded and named(self.lines[index].text.strip()) is not None

    def before_country(self) -> Iterator[_Found]:
        """A street with its number, a place and a country, without a code: `91 King Street, Adelaide, Australia`."""
        for index in sorted({index for lines in countries(self.page).values() for index in lines}):
            text = self.lines[index].text
            if len(text) > LONGEST or not {index - 1, index}.isdisjoint(self.used) or self.code_behind_country(index):
                continue
            begins = [0, *(found.end() for found in BREAK.finditer(text))]
            begin = next((at for at in begins if named(BREAK.split(text[at:], maxsplit=1)[0].strip(" ."))), None)
            if begin is None:
                continue
            country = named(BREAK.split(text[begin:], maxsplit=1)[0].strip(" ."))
            parts, owner, first = self.before(index, text[:begin], self.read_above(index))
            street, middle = read_street(
                parts, self.page.site, number_first=country in _NUMBER_FIRST, mixed=country == "IN"
            )
            told = any(map(street_language, street)) or is_label(BREAK.split(text, maxsplit=1)[0])
            told = told or any(map(names_unit, street))
            housed = told and any(map(str.isdigit, "".join(street)))
            if 1 <= len(middle) <= 2 and housed and not any(map(str.isdigit, "".join(middle))):
                if len(middle) == 2 and street_language(middle[0]):
                    street.append(middle.pop(0))
                value: dict[str, JSON] = {"street": ", ".join(street), "country": country}
                known = middle[-1] in REGIONS.get(country or "", ())
                if known or len(middle) == 2:
                    value["region"] = middle.pop()
                if middle:
                    value["locality"] = middle[0]
                yield _Found(value, self.sure(index, first, owner, parts, text[:begin]) - 0.1, text, index)

    def read_above(self, index: int) -> int:
        place = bisect_right(self.used, index - 1)
        return self.used[place - 1] if place else -1

    def labelled(self, index: int) -> Iterator[_Found]:
        """`Address:` and under it a street and a place, without a code."""
        parts: list[str] = []
        if not self.coded.isdisjoint(range(index + 1, index + 7)):
            return
        for line in self.lines[index + 1 : index + 4]:
            if len(line.text) > 120:
                break
            here = joined([one.strip(" .") for one in BREAK.split(line.text)])
            kinds = [part(one, self.page.site) for one in here if one]
            if "stop" in kinds:
                break
            parts += [one for one in here if one]
        kinds = [part(one, self.page.site) for one in parts]
        if not 2 <= len(parts) <= 7 or "street" not in kinds[:-1] or kinds[-1] != "plain" or not self.regions:
            return
        last = max(i for i, kind in enumerate(kinds) if kind in ("street", "unit"))
        if not any(street_language(one) for one in parts[: last + 1]) or len(parts) - last > 3:
            return
        said = named(parts[-1])
        if said and last == len(parts) - 2:
            return
        country, place = said or self.calling_code(index) or self.regions[0], parts[-2] if said else parts[-1]
        value = {"street": ", ".join(parts[: last + 1]), "country": country}
        value["region" if place in REGIONS.get(country, ()) else "locality"] = place
        yield _Found(value, self.sure(index, index, "", parts) - 0.1, self.lines[index + 1].text, index)
