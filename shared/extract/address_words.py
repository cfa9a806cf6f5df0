"""What the parts of a written address are: street, unit, box, label, region. The words are in addresses.json."""

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Literal

from shared.extract.legal_forms import legal_form
from shared.extract.names import compact, resembles

WORDS = json.loads(Path(__file__).with_name("addresses.json").read_text(encoding="utf-8"))
STRANGERS_HEAD = 4  # letters
Part = Literal["street", "unit", "plain", "stop"]

_STREET_LANGUAGE: dict[str, str] = {}
for _language, _words in WORDS["street_words"].items():
    for _word in _words.split():
        _STREET_LANGUAGE.setdefault(_word, _language)
_SUFFIXES = tuple(WORDS["street_suffixes"].split())
_LANGUAGE_SUFFIXES = (
    ("nl", ("straat", "laan", "plein", "gracht", "singel", "dijk", "kade")),
    ("de", ("straße", "strasse", "platz", "allee", "gasse", "str")),
    (
        "nordic",
        (
            "gatan",
            "vägen",
            "gata",
            "veien",
            "vegen",
            "gade",
            "vej",
            "plads",
            "torget",
            "gränd",
            "katu",
            "kuja",
            "tie",
            "polku",
        ),
    ),
)
_UNITS = frozenset(WORDS["unit_words"].split())
_BOX = re.compile(
    rf"(?<!\w)(?:{'|'.join(map(re.escape, WORDS['box_words']))})\.?\s?(?:n[o°º]\.?\s?)?\d[\d ]{{0,9}}", re.I
)
_BOX_WORDS = {word.replace(".", " ").split()[-1] for word in WORDS["box_words"]}
_EASTERN = re.compile(r"[\u3040-\u9fff\uac00-\ud7a3]")
_LABELS = frozenset(WORDS["labels"])
_OFFICE = re.compile(
    r"(?:(?!post)[a-z.&'’-]{1,15}\s){1,3}(?:offices?|headquarters|hq)"
)  # `our office`, `canada office`
_APART = str.maketrans(dict.fromkeys("()[]/|\"'„“”«»:;,-–", " "))
_REACH = frozenset(
    """tel fax fon phone telefon telephone teléfono téléphone email mail mobile mobil mob vat ust hrb iva iban kvk
    btw siret copyright open opening mon since version page seite http https www tomo folio""".split()
)
# Words that a legal form has, full stops left out; what has none of them needs no closer look.
_FORM_WORDS = frozenset(
    """inc incorporated corp corporation co ltd limited llc llp lp plc pty pvt pte sdn bhd gmbh ggmbh mbh ag se sa
    sas sasu as asa ab ad ead ug kg kgaa ohg og ek ev eg gbr sarl sàrl eurl sca nv bvba bv vof spa srl srls snc
    sl slu ltda lda aps aktiebolag oy oyj ehf hb kb sia spk sro ks kft zrt nyrt bt doo dd eood ood uab oü aş
    şti kk pt pbc tbk eireli company haftungsbeschränkt haftungsbeschraenkt ky scrl
    aktiengesellschaft eu oo & zoo cic dac clg ulc partg gesmbh
    flexco teoranta berhad ltée limitada scop vzw asbl doo fze fzco jsc cv coop hf""".split()
)
_WORD = re.compile(r"(?<!\w)c/(?!o(?!\w))|(?<![^\W_])[^\W\d_]+(?:['’.-][^\W\d_]+)*")
_TOKEN = re.compile(r"[^\W\d_]+")
_NUMBER_FIRST = re.compile(r"\d{1,5}[A-Za-z]?(?:\s?[-–/&]\s?\d{1,5}[A-Za-z]?)?,?\s+[^\W\d_]")
_NUMBER_LAST = re.compile(
    r"(?:,?\s|\.)(?:n[o°º.]{1,2}\s?)?\d{1,5}\s?[A-Za-z]?(?:\s?[-–/+&]\s?\d{0,5}\s?[A-Za-z]?){0,3}"
    r"(?:\s\([\w ]{1,12}\))?\.?$"
)
_REGISTERED = re.compile(r"\d{6}")  # no house has so long a number, a unit may
_GROUPED = re.compile(r"[A-Z]{2}\s?\d{2,4}\s\d{2,4}|(?:\d{3}[ .]){2}\d{3}")  # (the beginning of) a number in groups
_UNNUMBERED = re.compile(r"(?<![\w/])(?:s/n[º°]?|s\.\s?n\.|snc|s\.n\.c\.)(?!\w)", re.I)  # said to be without a number
_SPELT = re.compile(r"(?:One|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten)\s(?=[A-Z])")  # a house's number
_UNIT_HEAD = re.compile(
    r"(?<!\w)(?<![\dº°ª.] )(?:apartment|apt|flat|plot|room|rm|shop|ste|suite|unit|oficina|piso|sala|conj|loja|km)"
    r"[\s.#]{1,3}(?:no[\s.]{1,2})?$",
    re.I,
)
_OWN_HOUSES = frozenset("house building tower court haus gebäude".split())  # that have their owner's name
STOREY = re.compile(r"\d{1,3}(?:st|nd|rd|th)\s(?:floor|fl|flr|level|storey|story)\.?", re.I)
_UNIT_LONGEST = 20  # characters
_MONTHS = frozenset(
    """jan january januar feb february februar mar mär märz march apr april mai may jun june juni jul july juli aug
    august sep sept september okt oct october oktober nov november dez dec december dezember""".split()
)
_ALL_MONTHS = json.loads(Path(__file__).with_name("months.json").read_text(encoding="utf-8"))
_DATES = frozenset(f"de of {' '.join(_ALL_MONTHS.values())}".split())  # what dates in all languages consist of
_NO_SIGNS = frozenset("@©_")
_TIME = re.compile(r"(?:19|20)\d\d|\d[.:]\d\d(?!\d)")
_LOWER_UNITS = (
    "nº",
    "n°",
    "no.",
    "corner",
    "cor.",
    "near",
    "ground floor",
    "first floor",
    "second floor",
    "third floor",
    "nr.",
    "opp",
    "off ",
    "behind",
    "next",
    "c/o",
    "lok.",
    "et.",
    "ap.",
    "sc.",
    "bl.",
    "apt",
    "floor",
    "suite",
    "unit",
)


def street_language(text: str) -> str | None:
    """The language whose word for a street stands in the text."""
    return _street(text)[0] if len(text) <= 100 else _street.__wrapped__(text)[0]


@lru_cache(4096)
def _street(text: str) -> tuple[str | None, bool]:
    """The language whose word for a street stands in the text, and whether any does."""
    found = False
    for word in _WORD.findall(text.lower()):
        bare = word.rstrip(".")
        if bare in _STREET_LANGUAGE:
            return _STREET_LANGUAGE[bare], True
        if len(bare) > 5 and bare.endswith(_SUFFIXES):
            found = True
            for language, suffixes in _LANGUAGE_SUFFIXES:
                if bare.endswith(suffixes):
                    return language, True
    return None, found


def names_street(text: str) -> bool:
    """Whether a text without a number begins or ends with a word for a street: `Bahnhofstrasse`, `Avenue de Bastia`."""
    words = text.split()
    if not 0 < len(words) <= 6:
        return False
    language, ends = _street(words[-1])
    return _street(words[0])[1] or (ends and language != "en")


def names_unit(text: str) -> bool:
    """Whether a word for a floor, an office or a building stands in the text."""
    return len(text) <= 90 and not _UNITS.isdisjoint(_TOKEN.findall(text.lower()))


def is_box(text: str) -> bool:
    return not _BOX_WORDS.isdisjoint(text.lower().replace(".", " ").split()) and bool(_BOX.search(text))


def is_label(text: str) -> bool:
    bare = text.strip(" :.").lower()
    return bare in _LABELS or (len(bare) <= 40 and _OFFICE.fullmatch(bare) is not None)


def numbers_unit(text: str, start: int) -> bool:
    """Whether the number that begins there is a unit's: `Unit 100200`."""
    return _UNIT_HEAD.search(text[max(start - _UNIT_LONGEST, 0) : start]) is not None


_BODY, _SELLER = 1, 2
_PHRASES: dict[str, list[tuple[str, int]]] = {}  # by the first letters of their first words
for _kind, _name in ((_BODY, "strangers"), (_SELLER, "sellers")):
    for _word in WORDS[_name]:
        _PHRASES.setdefault(_word.partition(" ")[0][:STRANGERS_HEAD], []).append((_word, _kind))
_EASTERN_PHRASES = [pair for pairs in _PHRASES.values() for pair in pairs if _EASTERN.match(pair[0])]


def stranger(text: str) -> bool:
    """Words that stand before another company's address."""
    return _kinds(text) > 0


def body(text: str) -> bool:
    """Words for an authority, a share register, a host, …"""
    return _kinds(text) & _BODY > 0


def seller(text: str) -> bool:
    """Words for a dealer; they stand in menus too."""
    return _kinds(text) & _SELLER > 0


@lru_cache(8192)  # the pages of a site have most of their lines in common
def _kinds(text: str) -> int:
    lower = text.lower()
    heads = {word[:STRANGERS_HEAD] for word in lower.translate(_APART).split()}
    known = [pair for head in heads & _PHRASES.keys() for pair in _PHRASES[head]]
    if not text.isascii() and _EASTERN.search(text):
        known += _EASTERN_PHRASES
    kinds = 0
    for phrase, kind in known:
        if phrase in lower:
            kinds |= kind
    return kinds


def housed(text: str) -> bool:
    """Whether a house number stands in the text, or that there is none."""
    return any(map(str.isdigit, text)) or (
        len(text) <= 100 and (_SPELT.match(text) or _UNNUMBERED.search(text)) is not None
    )


def part(text: str, site: str) -> Part:
    """What one part of an address may be; `stop` for what ends it when read backwards."""
    return _part(text, site) if text and len(text) <= 90 and text[-1] not in ":?!" else "stop"


@lru_cache(4096)
def _part(text: str, site: str) -> Part:
    words, lower = text.split(), text.lower()
    tokens = set(_TOKEN.findall(lower.replace("tel aviv", "")))
    if not words or len(words) > 12 or not _REACH.isdisjoint(tokens) or "e-mail" in lower:
        return "stop"
    if not _NO_SIGNS.isdisjoint(text):
        return "stop"
    if is_label(text) or sum(map(str.isdigit, text)) > 9 or _has_form(text, lower):
        return "stop"
    if is_box(text):
        return "street"
    registered = any(not numbers_unit(text, found.start()) for found in _REGISTERED.finditer(text))
    if registered or _GROUPED.fullmatch(text):
        return "stop"
    if "+" in text and re.search(r"(?<![\dA-Za-z])\+\s?\d", text):
        return "stop"
    numbered = housed(text)
    if words[0][0].islower() and street_language(words[0]) is None:
        unit = lower.startswith(_LOWER_UNITS) or (numbered and words[0].rstrip(".") in {*_UNITS, "s/n", "snc"})
        return "unit" if unit else "stop"
    if numbered and _street(text)[1]:
        return "street"
    dated = not _MONTHS.isdisjoint(tokens) or (numbered and (_dates_alone(tokens) or bool(_TIME.search(text))))
    if numbered and not dated and _numbered(text):
        return "unit" if words[0].lower().rstrip(".,") in _UNITS or STOREY.fullmatch(text) else "street"
    if not _UNITS.isdisjoint(tokens) or text[0] == "#":
        return "stop" if not numbered and _begins_with_owner(text, site) else "unit"
    if numbered and len(words) <= 4 and not dated:
        return "stop" if resembles(text, site) else "unit"
    if not (text[0].isupper() or text[0] == "'" or not text[0].isascii()) or len(words) > 6 or dated:
        return "stop"
    return "stop" if resembles(text, site) else "plain"


def _dates_alone(tokens: set[str]) -> bool:
    return bool(tokens) and tokens <= _DATES


def _begins_with_owner(text: str, site: str) -> bool:
    """`Example's by the Harbour` above the street."""
    label = compact(site.partition(".")[0])
    own = text.rpartition(" ")[2].lower() in _OWN_HOUSES
    return len(label) > 4 and not own and compact(text).startswith(label)


def _has_form(text: str, lower: str) -> bool:
    words = lower.replace(".", "").translate(_APART).split()
    return (not _FORM_WORDS.isdisjoint(words) or not lower.isascii()) and legal_form(text)


def _numbered(text: str) -> bool:
    first = next((char for char in text if char.isalpha()), "")
    if _NUMBER_FIRST.match(text):
        return first.isupper() or not first.isascii()
    return first.isupper() and bool(_NUMBER_LAST.search(text)) and len(text.split()) <= 7


STATES = {name: pair[:2] for pair in WORDS["us_states"].split(";") for name in (pair[:2], pair[3:])}  # to their codes
REGIONS = {code: {name.replace("_", " ") for name in names.split()} for code, names in WORDS["regions"].items()}
