"""Addresses that a pattern finds amid a line, as France, Israel, Poland and Romania write them: without a code, or
with it in brackets."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from shared.models import JSON

LONG = 2_000  # characters of a line
Found = tuple[dict[str, JSON], int]  # with where it begins
_WORDS = json.loads(Path(__file__).with_name("addresses.json").read_text(encoding="utf-8"))


def _any(words: str) -> str:
    return "|".join(sorted(map(re.escape, words.split()), key=len, reverse=True))


# `18 rue des Tanneurs à Annonay (07100)`
_FRENCH_PLACE = r"[A-ZÀ-Ý][\w’'-]{1,30}(?:\s[\w’'-]{1,30}){0,4}"
_FRENCH = re.compile(
    rf"(?<![\w.,/])(\d{{1,4}}(?:\s?(?:bis|ter|[A-D])(?!\w))?(?:\s?-\s?\d{{1,4}})?,?\s(?i:{_any(_WORDS['street_words']['fr'])})"
    rf"\.?\s[^;:()|]{{2,60}}?)(?:(?:,\s|\sà\s)({_FRENCH_PLACE})\s?\((\d{{5}})\)|,?\s\((\d{{5}})\),?\s({_FRENCH_PLACE}))"
)
# `z siedzibą w Warszawie (00-950), przy ul. Długiej 5`: the place is inflected, so that it is left out.
_POLISH = re.compile(
    r"\((\d\d-\d{3})\),?\s(?:przy\s)?((?:ul|al|pl|os)\.\s[^,;()]{3,40}?\s(?:nr\s)?\d{1,4}[A-Za-z]?(?:/\d{1,4}[A-Za-z]?)?"
    r"(?:[.,]?\s(?:lok|m)\.?\s?\w{1,4})?)(?=[,.;)]|\s|$)"
)  # fmt: skip
# `Str. Fabricii nr. 12, bl. A2, Cluj-Napoca`, `București, Calea Victoriei 5, sector 1`
_ROMANIAN_STREET = (
    r"(?:Str(?:ada)?|Calea|B-?d(?:ul)?|Bulevardul|Bulevard|[SȘŞ]os(?:eaua)?|Aleea|Splaiul|Pia[tțţ]a|Intrarea|Drumul)\.?"
    r"\s[^,;:|()]{2,45}?,?\s(?:[Nn]r\.?\s?)?\d{1,4}(?:\s?-\s?\d{1,4})?(?:\s?[A-Z])?(?!\w)"
    r"(?:,?\s(?:[Bb]l|[Bb]loc|[Ss]c|[Ss]cara|[Ee]t|[Ee]taj|[Aa]p|[Cc]orp|[Cc]am|[Cc]amera|[Bb]irou|[Pp]arter|[Hh]ala)"
    r"(?!\w)\.?(?:\s?[\w/-]{1,8})?){0,6}"
)
_ROMANIAN_CITY = f"(?:{_any(_WORDS['romanian_cities'])})(?!\\w)"
_ROMANIAN_PLACE = r"[A-ZȘȚŞŢÎÂĂ][\w-]{2,20}(?:\s[A-ZȘȚŞŢÎÂĂ][\w-]{2,20})?"
_ROMANIAN = re.compile(
    rf"(?<!\w)({_ROMANIAN_STREET}(?:,\s[Ss]ector(?:ul)?\s?[1-6])?),?\s(?:[Mm]un(?:\.|icipiul)\s?|[Ll]oc(?:\.|alitatea)\s?"
    rf"|[Oo]ra[sșş](?:ul)?\s)?(?:({_ROMANIAN_CITY})(?:,\s(?:[Jj]ud(?:\.|e[tțţ]ul)?\s)?({_ROMANIAN_CITY}))?"
    rf"|({_ROMANIAN_PLACE}),\s[Jj]ud(?:\.|e[tțţ]ul)?\s?({_ROMANIAN_PLACE}))"
)
_ROMANIAN_BACK = re.compile(rf"(?<!\w)({_ROMANIAN_CITY}),\s({_ROMANIAN_STREET}(?:,\s[Ss]ector(?:ul)?\s?[1-6])?)")
# `דרך השלום 7, תל אביב`; without a word for the street only where that is all.
_HEBREW_NAME = r"[א-ת][א-ת\"'׳״.-]{1,15}(?:\s[א-ת][א-ת\"'׳״.-]{1,15}){0,3}\s\d{1,3}(?:\s?[א-ד](?![א-ת]))?"
_HEBREW_CITY = f"({'|'.join(_WORDS['hebrew_cities'])})(?![א-ת\"׳״'-])"
_HEBREW = re.compile(
    rf"(?<![א-ת])((?:רחוב|רח['׳]|דרך|שד['׳]|שדרות|כיכר)\s{_HEBREW_NAME}(?:,\s?קומה\s\d{{1,2}})?),?\s{_HEBREW_CITY}"
)
_HEBREW_ALONE = re.compile(
    rf"(?:כתובת(?:נו)?\s?:?\s)?(?!סניף|קומה|יום|ימי|שעה|טלפון|טל|פקס|ת\.ד|אולם|חניון|מספר)({_HEBREW_NAME}),?\s{_HEBREW_CITY}(?:,?\sישראל)?\.?"
)


def _french(text: str) -> Iterator[Found]:
    for match in _FRENCH.finditer(text) if "(" in text else ():
        street, place, code = match[1].strip(" ,"), match[2] or match[5], match[3] or match[4]
        yield {"street": street, "locality": place, "postal_code": code, "country": "FR"}, match.start()


def _polish(text: str) -> Iterator[Found]:
    for match in _POLISH.finditer(text) if "siedzib" in text else ():
        street = " ".join(match[2].split()).rstrip(" .,")
        yield {"street": street, "postal_code": match[1], "country": "PL"}, match.start()


def _romanian(text: str) -> Iterator[Found]:
    found = False
    for match in _ROMANIAN.finditer(text):
        value: dict[str, JSON] = {"street": match[1], "locality": match[2] or match[4], "country": "RO"}
        if region := match[3] or match[5]:
            value["region"] = region
        found = True
        yield value, match.start()
    for match in _ROMANIAN_BACK.finditer(text) if not found else ():
        yield {"street": match[2], "locality": match[1], "country": "RO"}, match.start()


def _hebrew(text: str) -> Iterator[Found]:
    alone = _HEBREW_ALONE.fullmatch(text)
    for match in [alone] if alone else _HEBREW.finditer(text):
        yield {"street": match[1], "locality": match[2], "country": "IL"}, match.start()


IN_SENTENCES: dict[str, Callable[[str], Iterator[Found]]] = {
    "FR": _french, "IL": _hebrew, "PL": _polish, "RO": _romanian,
}  # fmt: skip
