"""Components of a written address: parted at commas and the like, put together, cut where none parts them."""

import re
from functools import lru_cache

from shared.extract.address_words import STOREY, WORDS, housed, is_box, street_language
from shared.extract.countries import named
from shared.extract.legal_forms import form_spans

BREAK = re.compile(
    r"\s?[,;|•·●│](?:\s+|(?=\D)|$)|\s[-–—/]\s+(?!\d)|\s[-–—]\s+(?=\d{1,4}(?:\s?(?:bis|ter))?,?\s(?:rue|avenue|boulevard|allée|place|quai|chemin|impasse|route)\s)|\s?[|•·│]\s*|(?<!No):\s+"
)
_BARE_NUMBER = re.compile(
    r"(?:[Nn][o°º]\.?\s?)?\d{1,5}\s?(?:[A-Za-z]|bis|ter|quater)?(?:[-/]\d{1,4}[A-Za-z]?)?|[Ss]/[Nn][º°]?|[Ss]\.\s?[Nn]|snc|SNC"
)
_NUMBER_AND_UNIT = re.compile(
    r"\d{1,4}\s?[A-Z]?[\s-](?:[Bb]ajos?|[Ll]ocal|[Pp]iso|[Nn]ave|[Oo]ficina|\d{1,2}\s?[ºª°])(?:[\s-].{1,12})?"
)
_PIN = re.compile("[\u2600-\u27bf\ufe0f\U0001f300-\U0001faff]+ ?")  # pictures in place of labels
_SLASHED = re.compile(r"\s\d{1,4}/\d{1,4}[A-Za-z]?$")  # the two numbers of a Czech or Slovak house
_UNIT_END = re.compile(
    r"((?:suite|ste|unit|apt|floor|room)\.?\s#?\d[\w-]{0,5})\s((?:[A-Z][a-z.'-]{1,20}\s?){1,3})", re.I
)
_BOX_END = re.compile(r"((?:P\.?\s?O\.?\s?)?Box\s\d{1,6})\s((?:[A-Z][\w.'-]{1,20}\s?){1,3})")
_STREET_END = re.compile(
    r"(.*\d.*?(?<!\w)(?:street|st|road|rd|avenue|ave|boulevard|blvd|drive|dr|lane|ln|way|court|ct|place|pl|parkway|pkwy"
    r"|highway|hwy|square|sq|circle|cir|terrace|plaza|broadway)\.?(?:\s(?:[NSEW]{1,2}|#?\d+\w?|(?:suite|ste|unit|floor)\.?\s[\w-]{1,6})(?!\w)\.?)*)"
    r"\s((?:[A-Z][\w.'-]{1,20}\s?){1,3})",
    re.I,
)


def without_label(street: str) -> str:
    """`Adresse Ringstr. 6`, where no colon parts them."""
    label, _, rest = street.partition(" ")
    return rest if " " in rest and label.lower() in WORDS["address_labels"] else street


def without_country(name: str) -> tuple[str, str | None]:
    """`Leeds United Kingdom`: the place and the country named behind it."""
    words = name.split()
    for size in (1, 2):
        tail = " ".join(words[-size:])
        small = words[-size - 1 :][:1] in (["de"], ["del"], ["of"], ["do"])  # Ciudad de México
        if len(words) > size and len(tail) > 2 and not small and (code := named(tail)):
            return " ".join(words[:-size]), code
    return name, None


@lru_cache(4096)  # the pages of a site have most of their lines in common
def pieces(text: str) -> list[str]:
    """What commas and the like part, the last first."""
    parts = [one.strip(" .\u200b") if len(one) > 5 else one.strip() for one in BREAK.split(_PIN.sub("", text))]
    return joined(parts)[::-1]


def joined(parts: list[str]) -> list[str]:
    """A house number that a comma cut off is put back to its street."""
    whole: list[str] = []
    for one in parts:
        last = whole[-1] if whole else ""
        unit = street_language(last) in ("es", "pt") and _NUMBER_AND_UNIT.fullmatch(one) is not None
        numbered = unit or (_BARE_NUMBER.fullmatch(one) and street_language(last))
        street, number = (last, one) if numbered else (one, last)
        bare = _BARE_NUMBER.fullmatch(number) and (number == one or number[0].isdigit() or number[-1].isdigit())
        if street and (bare or unit) and not any(map(str.isdigit, street)):
            whole[-1] = f"{last}, {one}"
        else:
            whole.append(one)
    return whole


def strong(street: list[str]) -> bool:
    return any(
        is_box(one) or (housed(one) and (street_language(one) or _SLASHED.search(one) or STOREY.fullmatch(one)))
        for one in street
    )


def complete(one: str) -> bool:
    return housed(one) and bool(street_language(one))


def in_line(one: str) -> bool:
    """Whether a street part before another may belong to the same address: a box, a corner, a cross."""
    return is_box(one) or bool(
        re.search(
            r"(?<!\w)(?:floor|fl|level|unit|suite|block|plot|tower|bldg|cross|corner|sector|phase)(?!\w)", one, re.I
        )
    )


@lru_cache(4096)
def behind_form(text: str) -> str:
    end = max((end for _, end in form_spans(text)), default=0)
    return text[end:].strip(" ,.:-–") if end else ""


def after_street(text: str) -> tuple[str, str] | None:
    """`325 Cherry Street Bridgeport`: street and place where no comma parts them."""
    if len(text) > 120:
        return None
    found = _STREET_END.fullmatch(text) or _UNIT_END.fullmatch(text) or _BOX_END.fullmatch(text)
    if found and found[2][0].isupper():
        return found[1].strip(), found[2].strip()
    return None
