"""Addresses that are written without a postal code, or with it in brackets amid a sentence, as each country does."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from shared.extract.address_components import without_label
from shared.extract.address_words import REGIONS, names_unit, street_language
from shared.extract.addresses_in_sentences import IN_SENTENCES
from shared.extract.addresses_in_sentences import LONG as LONGEST
from shared.extract.countries import named
from shared.extract.key_pages import classify
from shared.extract.page import ParsedPage
from shared.extract.postal import numbered
from shared.extract.regions import calling, regions
from shared.models import JSON

LONG = 200  # characters of a line
SHORT = 60  # and of one below it
_WORDS = json.loads(Path(__file__).with_name("addresses.json").read_text(encoding="utf-8"))
# What ends a line: the place and its province or state.
_ENDS = {
    "TR": re.compile(
        r"[\s,/-]{1,3}([^\W\d_]{3,20})\s?[/,-]\s?([^\W\d_]{3,20})[\s/,.-]{0,4}(?:t[üu]rk(?:iye|ey))?\.?$", re.I
    ),
    "BR": re.compile(r"(?:,|\s[-–])\s([A-ZÀ-Ý][\w' -]{2,60}?)(?:\s?[-–/]\s?|,\s)([A-Z]{2})\.?$"),
    "IT": re.compile(r"(?:,|\s[-–])\s([A-ZÀ-Ý][\w' -]{1,30})\s\(([A-Z]{2})\)\.?$"),
}
_STREETS = {
    country: frozenset(_WORDS["street_words"][language].split())
    for country, language in (("TR", "tr"), ("BR", "pt"), ("IT", "it"), ("es", "es"))
}
_SLAVIC_CITY = r"([А-ЯЁІЇЄҐ][а-яёіїєґ’']{1,20}(?:[- ][А-ЯЁа-яёІЇЄҐіїєґ]{1,15}){0,2})"
_SLAVIC_STREET = (
    r"(?:ул|улица|пр|просп|проспект|пр-т|пр-кт|пер|переулок|наб|набережная|ш|шоссе|б-р|бульвар|пл|площадь|проезд|пр-д"
    r"|тракт|вул|вулиця|пров|провулок|бул|площа|шосе|набережна)(?![\w-])"
)
_SLAVIC_HOUSE = (
    rf"((?:{_SLAVIC_STREET}\.?\s?[^,\d;]{{2,40}}|[А-ЯЁІЇЄҐ][^,\d;]{{2,40}}\s{_SLAVIC_STREET}\.?)"
    r",?\s(?:д\.|дом|зд\.|буд\.)?\s?(?!\d{1,9}\s?(?:год|г\.|этаж|кварт|м2|м²|кв|руб|км|мин|мест))\d"
)
_SLAVIC = re.compile(
    r"(?:(\d{5,6}),?\s)?(?:(?:Россия|РФ|Україна),\s?)?(?:([А-ЯЁІЇЄҐ][а-яёіїєґ-]{3,20}\s(?:обл\.|область|край)),\s?)?"
    rf"(?:г\.|город\s|гор\.|м\.|місто\s)?\s?{_SLAVIC_CITY},\s?{_SLAVIC_HOUSE}[^;|]{{0,80}})"
)
_SLAVIC_BACK = re.compile(  # the street first
    rf"{_SLAVIC_HOUSE}[^,;|]{{0,12}}(?:,\s?[а-яіїє]{{1,6}}\.?\s?\d{{1,5}}\w?){{0,2}}),"
    rf"\s(?:г\.|м\.)?\s?{_SLAVIC_CITY}(?:,?\s(\d{{5,6}}))?(?=[,.]|$)"
)
_SLAVIC_END = re.compile(r"\s?[•·]|[.,]?\s(?:[Тт]ел|[Фф]акс|[Ee]-?mail|ИНН|ОГРН)|(?<=\d)\.\s[А-ЯЁІЇЄҐ]|\s\(")
_HUNGARIAN = re.compile(
    r"(?<!\d)(\d{4})\s([A-ZÁÉÍÓÖŐÚÜŰ][^\W\d_]{1,25}(?:[ -][A-ZÁÉÍÓÖŐÚÜŰ][^\W\d_]{1,20})?),?"
    r"\s([A-ZÁÉÍÓÖŐÚÜŰ][^,\d;|]{1,40}?\s"
    r"(?:utca|u\.|út|útja|tér|tere|krt\.|körút|körtér|köz|sor|sétány|fasor|rakpart|park|dűlő|liget|lejtő|sgt\.|sugárút)"
    r"\s\d{1,4}(?:[-/]\d{1,4})?(?:[./]?\s?[A-Z](?!\w))?\.?(?:,?\s(?:[IVX]{1,4}\.?/\d{1,3}|\d{1,2}\.\s(?:em|emelet|ajtó)\.?(?:\s\d{1,3})?)\.?)?)"
)
_WORD = re.compile(r"[^\W\d_]+")
_PIECES = re.compile(r",\s?|\s[-–]\s")
_HOUSE = re.compile(r"\d{1,4}(?:\s?[/-]?\s?(?:[A-Za-z]|bis|\d{1,3}))?(?=,|\s[-–]|$)")  # `12/B`, but not `12 alloggi`
_HEADING = re.compile(r"[^\W\d_][\w -]{2,30}:\s")  # `Matriz: Avenida …`


Found = tuple[dict[str, JSON], int, str]  # with its line, and what stands before it there


def uncoded(page: ParsedPage) -> Iterator[Found]:
    """Of the page's own country: only there is it sure how they end."""
    likely = regions(page)[:2]
    yield from _alone(page, likely[0] if likely else "")
    for country in likely:
        read = IN_SENTENCES.get(country)
        for index, _ in numbered(page) if read or country in _ENDS else ():
            text = page.lines[index].text
            if read:
                yield from ((value, index, text[:start]) for value, start in read(text[:LONGEST]))
            elif len(text) <= LONG and (value := _ended_here(page, index, country)):
                yield value, index, _headed(text)


_ALONE = re.compile(
    r"([^,;:|]{4,40}\s\d{1,4}(?:\s?[A-Za-z])?),\s([A-ZÅÄÖÆØÜ][^\W\d_]{2,20}(?:\s[A-ZÅÄÖÆØÜ][^\W\d_]{2,20})?)"
)
_ASIDE = re.compile(  # no place
    r"(?:\w{0,12}(?:gescho(?:ss|ß)|etage|stockwerk)|eingang|einfahrt|ausgang|zufahrt|hinterhof|hinterhaus|links|rechts|telefon\w*|fax|mo|montag|täglich|parkplatz"
    r"|bezoekadres|postadres|ingang|ingång|besöksadress|postadress|inngang|indgang|sisäänkäynti"
    r"|horario|entrada|estacionamiento|teléfono|sede|oficinas?|planta baja)(?:\W.*)?",
    re.I,
)
_NORTHERN = frozenset("SE DK NO FI DE AT CH NL BE".split())
_SPANISH = frozenset("AR BO CL CO CR DO EC GT HN MX NI PA PE PY SV UY VE".split())
_PLACE = re.compile(r"[A-ZÁÉÍÓÚÑ][^\W\d_]+(?:\s(?:de\s|del\s|la\s|los\s)*[A-ZÁÉÍÓÚÑ][\w.]+){0,3}")


def _alone(page: ParsedPage, country: str) -> Iterator[Found]:
    """`Storgatan 16, Malmö`, `Av. Los Pinos 3721, Piso 12, Lima`: a street and its place alone in a line, where the
    page says how to reach the company."""
    spanish = country in _SPANISH
    if not spanish and country not in _NORTHERN:
        return
    headings = frozenset(page.headings if spanish else ())
    for index, count in numbered(page):
        line = page.lines[index]
        text = without_label(line.text.removeprefix(_headed(line.text))) if len(line.text) <= 120 else ""
        if not text or not (line.where == "footer" or page.kind == "contact" or len(text) < len(line.text)):
            continue
        if spanish:
            if value := _spanish(text, page.lines[index - 1].text if index else "", headings):
                beside = (calling(near.text[:300]) for near in page.lines[index : index + 5] if "+" in near.text)
                yield {**value, "country": next((found for found in beside if found), country)}, index, ""
        elif count <= 4 and (match := _ALONE.fullmatch(text)) and street_language(match[1]) and _may_be_place(match[2]):
            yield {"street": match[1], "locality": match[2], "country": country}, index, ""


def _may_be_place(text: str) -> bool:
    """No country, part of the house, or what else stands behind a street and a comma."""
    return not (named(text) or names_unit(text) or _ASIDE.fullmatch(text))


def _spanish(text: str, above: str, headings: frozenset[str]) -> dict[str, JSON] | None:
    """The place is its last part, or the heading above."""
    parts = [part.strip(" .") for part in text.split(",")]
    if named(parts[-1]):
        parts.pop()
    first = _WORD.match(parts[0].lower()) if 0 < len(parts) <= 6 and all(parts) else None
    if first is None or first[0] not in _STREETS["es"] or not any(map(str.isdigit, " ".join(parts[:2]))):
        return None
    if len(parts) == 1 and above in headings and _PLACE.fullmatch(above) and classify("", above) is None:
        return {"street": parts[0], "locality": above}
    if len(parts) == 1 or not (_PLACE.fullmatch(parts[-1]) and _may_be_place(parts[-1])):
        return None
    if parts[-1].split()[0].lower() in _STREETS["es"]:
        return None
    return {"street": ", ".join(parts[:-1]), "locality": parts[-1]}


_TURKISH_PLACE = re.compile(r"[^\W\d_]{3,20}\s?/\s?[^\W\d_]{3,20}")


def _ended_here(page: ParsedPage, index: int, country: str) -> dict[str, JSON] | None:
    above = page.lines[index - 1].text if index else ""
    value = _ended(page.lines[index].text, country, above)
    return value or (_ended(_with_place(page, index), country, "") if country == "TR" else None)


def _with_place(page: ParsedPage, index: int) -> str:
    """A line with the place below it, "Konak / İzmir"."""
    below = page.lines[index + 1].text if index + 1 < len(page.lines) else ""
    return f"{page.lines[index].text} {below}" if _TURKISH_PLACE.fullmatch(below[:50]) else ""


def _headed(text: str) -> str:
    heading = _HEADING.match(text)
    return heading[0] if heading else ""


def _ended(text: str, country: str, above: str) -> dict[str, JSON] | None:
    text = without_label(text.removeprefix(_headed(text)))
    if country == "TR" and text.startswith("No") and not any(map(str.isdigit, above)) and len(above) <= 80:
        text = f"{above} {text}"
    match = _ENDS[country].search(text)
    if match is None:
        return None
    province = _PROVINCES.get(_plain(match[2])) if country == "TR" else match[2]
    street = text[: match.start()].strip(" ,-–")
    if province is None or (country == "BR" and province not in REGIONS["BR"]) or not any(map(str.isdigit, street)):
        return None
    if not _is_street(street, country):
        return None
    *quarter, place = re.split(r"\s[-–]\s", match[1].strip())
    return {"street": ", ".join([street, *quarter]), "locality": place, "region": province, "country": country}


def _is_street(street: str, country: str) -> bool:
    """Its word ends a Turkish one; elsewhere it begins it, or a sentence goes on: `Obra entregue em 2019 na Rua …`."""
    if country == "TR":
        return not _STREETS[country].isdisjoint(_WORD.findall(street.lower()))
    first = [_WORD.match(piece) for piece in _PIECES.split(street.lower())]
    begins = any(one and one[0] in _STREETS[country] for one in first)
    return begins and (country != "IT" or bool(_HOUSE.search(street)))


def _plain(name: str) -> str:
    """In lower case, with one i for two: `İSTANBUL`, `Istanbul`."""
    return name.translate(_ONE_I).casefold()


_ONE_I = str.maketrans("İIı", "iii")
_PROVINCES = {_plain(name): name for name in _WORDS["turkish_provinces"].split()}


def by_street(page: ParsedPage) -> Iterator[tuple[dict[str, JSON], range, str]]:
    """Those known by the words for their streets, in one line or in it and the next two, with their lines."""
    for country in (one for one in regions(page)[:2] if one in _BY_STREET):
        read, last = _BY_STREET[country], -1
        for index, _ in numbered(page):
            near = [one.text for one in page.lines[index : index + 3]]
            if index <= last or len(near[0]) > LONG:
                continue
            short = next((i for i, one in enumerate(near) if i and (len(one) > SHORT or read(one, country))), len(near))
            for count in range(1, short + 1):
                if value := read(", ".join(near[:count]), country):
                    last = index + count - 1
                    yield value, range(index, last + 1), _headed(near[0])
                    break


def _slavic(text: str, country: str) -> dict[str, JSON] | None:
    """`г. Пермь, ул. Садовая, д. 5, офис 12`."""
    begin = len(_headed(text))
    if match := _SLAVIC.match(text, begin):
        code, region, place, street = match.groups()
    elif match := _SLAVIC_BACK.match(text, begin):
        (street, place, code), region = match.groups(), None
    else:
        return None
    street = _SLAVIC_END.split(street, maxsplit=1)[0].strip(" ,.")
    if len(code or "") not in (0, 6 if country == "RU" else 5):
        return None
    parts = {"street": street, "locality": place, "region": region, "postal_code": code}
    return {**{key: part for key, part in parts.items() if part}, "country": country}


def _hungarian(text: str, country: str) -> dict[str, JSON] | None:
    match = _HUNGARIAN.search(text)
    return match and {
        "street": match[3].strip(" ,"),
        "locality": match[2],
        "postal_code": match[1],
        "country": country,
    }


_BY_STREET: dict[str, Callable[[str, str], dict[str, JSON] | None]] = {
    "RU": _slavic,
    "UA": _slavic,
    "HU": _hungarian,
}
