"""What the parts of a written address are: street, unit, box, label, region. The words are in addresses.json."""

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Literal

from shared.extract.names import legal_form, resembles

WORDS = json.loads(Path(__file__).with_name("addresses.json").read_text(encoding="utf-8"))
Part = Literal["street", "unit", "plain", "stop"]

_STREET_LANGUAGE: dict[str, str] = {}
for _language, _words in WORDS["street_words"].items():
    for _word in _words.split():
        _STREET_LANGUAGE.setdefault(_word, _language)
_SUFFIXES = tuple(WORDS["street_suffixes"].split())
_UNITS = frozenset(WORDS["unit_words"].split())
_BOX = re.compile(
    rf"(?<!\w)(?:{'|'.join(map(re.escape, WORDS['box_words']))})\.?\s?(?:n[o°º]\.?\s?)?\d[\d ]{{0,9}}", re.I
)
_LABELS = frozenset(WORDS["labels"])
_STRANGERS = re.compile(rf"(?<![A-Za-zÀ-ž])(?:{'|'.join(map(re.escape, WORDS['strangers']))})", re.I)
_REACH = re.compile(
    r"[@©]|https?:|www\.|(?<!\w)(?:tel|fax|fon|phone|telefon|telephone|teléfono|téléphone|e-?mail|mobile?|mob|vat|ust|hrb"
    r"|p\.?\s?iva|iban|kvk|btw|siret|copyright|open|opening|mon|since|version|page|seite)(?!\w)",
    re.I,
)
_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*|c/")
_NUMBER_FIRST = re.compile(r"\d{1,5}[A-Za-z]?(?:\s?[-–/&]\s?\d{1,5}[A-Za-z]?)?,?\s+[^\W\d_]")
_NUMBER_LAST = re.compile(
    r"(?:,?\s|\.)(?:n[o°º.]{1,2}\s?)?\d{1,5}\s?[A-Za-z]?(?:\s?[-–/+&]\s?\d{0,5}\s?[A-Za-z]?){0,3}"
    r"(?:\s\([\w ]{1,12}\))?\.?$"
)
_MONTH = re.compile(
    r"(?<!\w)(?:jan(?:uar[yi]?)?|feb(?:ruar[yi]?)?|m[aä]r(?:z|ch)?|apr(?:il)?|ma[iy]|jun[ei]?|jul[yi]?|aug(?:ust)?"
    r"|sep(?:t(?:ember)?)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?)(?!\w)|(?:19|20)\d\d|\d[.:]\d\d",
    re.I,
)
_LOWER_UNITS = (
    "nº",
    "n°",
    "no.",
    "corner",
    "cor.",
    "near",
    "opp",
    "off ",
    "behind",
    "next",
    "c/o",
    "lok.",
    "apt",
    "floor",
    "suite",
    "unit",
)


def street_language(text: str) -> str | None:
    """The language whose word for a street stands in the text."""
    for word in _WORD.findall(text.lower()):
        bare = word.rstrip(".")
        if bare in _STREET_LANGUAGE:
            return _STREET_LANGUAGE[bare]
        if len(bare) > 6 and bare.endswith(("straat", "laan", "plein", "gracht", "singel", "dijk", "kade")):
            return "nl"
        if len(bare) > 5 and bare.endswith(("straße", "strasse", "platz", "allee", "gasse", "str")):
            return "de"
        if len(bare) > 6 and bare.endswith(("gatan", "vägen", "gata", "veien", "vegen", "katu")):
            return "nordic"
    return None


def has_street_word(text: str) -> bool:
    for word in _WORD.findall(text.lower()):
        bare = word.rstrip(".")
        if bare in _STREET_LANGUAGE or (len(bare) > 5 and bare.endswith(_SUFFIXES)):
            return True
    return False


def is_box(text: str) -> bool:
    return bool(_BOX.search(text))


def is_label(text: str) -> bool:
    return text.strip(" :.").lower() in _LABELS


def stranger(text: str) -> bool:
    """Words that stand before another company's address."""
    return bool(_STRANGERS.search(text))


def part(text: str, site: str) -> Part:
    """What one part of an address may be; `stop` for what ends it when read backwards."""
    words = text.split()
    if not words or len(text) > 90 or len(words) > 12 or text[-1] in ":?!" or _REACH.search(text):
        return "stop"
    if is_label(text) or sum(map(str.isdigit, text)) > 9 or legal_form(text):
        return "stop"
    if is_box(text):
        return "street"
    if "+" in text and re.search(r"\+\s?\d", text):
        return "stop"
    if words[0][0].islower() and street_language(words[0]) is None:
        return "unit" if text.lower().startswith(_LOWER_UNITS) else "stop"
    numbered = any(char.isdigit() for char in text)
    if numbered and has_street_word(text):
        return "street"
    if numbered and not _MONTH.search(text) and _numbered(text):
        return "unit" if words[0].lower().rstrip(".,") in _UNITS else "street"
    lower = {word.rstrip(".,:").lower() for word in re.findall(r"[\w.]+", text)}
    if lower & _UNITS or text[0] == "#" or (numbered and len(words) <= 4 and not _MONTH.search(text)):
        return "unit"
    if not (text[0].isupper() or text[0] == "'" or not text[0].isascii()) or len(words) > 6 or _MONTH.search(text):
        return "stop"
    return "stop" if resembles(text, site) else "plain"


def _numbered(text: str) -> bool:
    first = next((char for char in text if char.isalpha()), "")
    if _NUMBER_FIRST.match(text):
        return first.isupper() or not first.isascii()
    return first.isupper() and bool(_NUMBER_LAST.search(text)) and len(text.split()) <= 7


@lru_cache(1)
def states() -> dict[str, str]:
    """Of the United States: lower-case name or code to code."""
    pairs = [pair.split("=") for pair in WORDS["us_states"].split(";")]
    return {name.lower(): code for code, name in pairs} | {code.lower(): code for code, _ in pairs}


REGIONS = {code: {name.replace("_", " ") for name in names.split()} for code, names in WORDS["regions"].items()}
_STATE_NAMES = (name for pair in WORDS["us_states"].split(";") for name in pair.split("="))
ALL_STATES = "|".join(sorted(_STATE_NAMES, key=len, reverse=True))
