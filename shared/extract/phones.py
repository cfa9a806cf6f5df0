"""Phone and fax numbers in E.164. A number without its country is read with the page's; an unsure one is left out."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from urllib.parse import unquote

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from shared.extract.address_words import stranger
from shared.extract.page import ParsedPage
from shared.extract.regions import regions
from shared.models import Fact, How

STRANGERS = 4  # lines above a number in which another company's word may stand: a dealer, an authority
STRANGE = 0.3
MOST = 60  # candidates of a page that are looked at
_NUMBER = re.compile(
    r"(?<![\w.,/@=&#$€£¥%+-])(?:\(?\+\s?\d|\(\d|\d)(?:[\d\s\u00a0().\u2010-\u2015\u2212/-]|\[0\]){5,24}\d(?![\w%€$£@])"
)
_FAX = re.compile(
    r"(?:tele)?fax|facsimile|télécopie|\bfx\b|\bf\s?[:.]|传真|傳真|ファックス|ＦＡＸ|팩스|факс|φαξ|faks|فاكس|פקס|\bF\s*$",
    re.I,
)
_PHONE = re.compile(
    r"\btel\b|tel[eé](?:ph|f)|tél|phone|\bfon\b|\bph\b|call|mobile?\b|mobil|handy|cell|hotline|\bt\s?[:.]|\bm\s?[:.]"
    r"|\bp\s?[:.]|toll|ring|rufen|whats ?app"
    r"|bel\b|bellen|puhelin|puh\b|电话|電話|联系|手机|代表|ＴＥＬ|전화|연락처|телефон|тел\b|моб|τηλ|هاتف|טלפון"
    r"|điện thoại|โทร|číslo|komórk|kontakt|telepon|gsm|appelez|llámanos|"
    r"service|support|office|sales|free",
    re.I,
)
_OTHER = re.compile(
    r"\b(?:hrb|hra|vat|ust|iban|bic|kvk|btw|tva|siret|siren|rcs|nip|regon|krs|ico|ičo|dič|cvr|ein|duns|abn|acn|cnpj|cin|gst|gstin|isbn|ean|upc|sku"
    r"|inn|инн|огрн|p\.?\s?iva|c\.?f\.?|rea|reg(?:istration)?\b|company n|no\.|nr\.|nº|n°|order|konto|account|blz"
    r"|bank|postcode|zip|id|ref|article|art\.|"
    r"registered|license|lic|patent|copyright|©|since|seit|founded|ip|version|date|fca|charity|steuer|统一|统编|统|備案|备|icp|사업자|등록)\b[\s.:#()/-]*(?:\w{0,12}\W{0,3}){0,2}$",
    re.I,
)
_DIGIT = re.compile(r"\d")
_DIGITS = re.compile(r"\d(?:\D{0,4}\d){6}")
_DATE = re.compile(
    r"\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{4}|(?:19|20)\d\d\s?[-–]\s?(?:19|20)\d\d"
    r"|\d{1,2}[.:]\d\d\s*[-–—]\s*\d{1,2}[.:]\d\d$"  # opening hours
)
_FAX_AFTER = re.compile(r"\W{0,3}(?:tele)?fax(?!\W{0,3}[\d+(])", re.I)
_NANP = re.compile(r"^(?:\+?1[\s.-]*)?(?:\(\d{3}\)\s?|\d{3}[\s.-])\d{3}[\s.-]\d{4}$")
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-") | {"\u00a0": " "})
_TRUNK = re.compile(r"\(\s?0\s?\)|\[0\]")
_VANITY = re.compile(r"\b(1[-.\s]?8(?:00|33|44|55|66|77|88)[-.\s](?=[\dA-Z-]*[A-Z]{2})[\dA-Z][\dA-Z.-]{5,9})\b")


def e164(text: str, countries: Sequence[str]) -> str | None:
    """The number in E.164, with its own country code or the first country in which it is valid."""
    return _e164(text, tuple(countries)) if len(text) <= 60 else _e164.__wrapped__(text, tuple(countries))


@lru_cache(4096)
def _e164(text: str, countries: tuple[str, ...]) -> str | None:
    text = _TRUNK.sub("" if "+" in text or text.strip().startswith("00") else "0", text.translate(_DASHES)).strip()
    if len(text) > 40 or not re.search(r"\d", text):
        return None
    for country in [None] if "+" in text else countries:
        try:
            number = phonenumbers.parse(text, country)
        except NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(
                phonenumbers.PhoneNumber(number.country_code, number.national_number,
                                         italian_leading_zero=number.italian_leading_zero,
                                         number_of_leading_zeros=number.number_of_leading_zeros),
                PhoneNumberFormat.E164,
            )  # fmt: skip
    return None


def phones(page: ParsedPage) -> Iterator[Fact]:
    countries = regions(page)
    seen: set[tuple[str, str, str]] = set()
    for field, value, how, quote, confidence in (*_linked(page, countries), *_written(page, countries)):
        if (field, value, how) not in seen:
            seen.add((field, value, how))
            yield page.fact(field, value, how=how, quote=quote, confidence=confidence)


_Found = Iterator[tuple[str, str, How, str, float]]


def _linked(page: ParsedPage, countries: list[str]) -> _Found:
    for link in page.links:
        scheme, _, rest = link.url.partition(":")
        if scheme.lower() not in ("tel", "callto", "fax"):
            continue
        number = unquote(rest, errors="replace").partition("?")[0].partition(";")[0].strip("/ ")
        letters = _VANITY.search(link.text.translate(_DASHES).upper())
        value: str | None = _vanity(letters[1]) if letters else None  # what is printed is what people dial
        value = value or e164(number, countries) or e164(link.text, countries)
        if value is None and re.fullmatch(r"(?:00)?[1-9]\d{9,13}", number):
            value = e164("+" + number.removeprefix("00"), [])
        if value is not None:
            fax = scheme.lower() == "fax" or bool(_FAX.search(link.text[:20]))
            quote = link.text if re.search(r"\d{3}", link.text) else link.attributes.get("href") or rest
            yield "contact.fax" if fax else "contact.phone", value, "link", quote, 0.9


def _written(page: ParsedPage, countries: list[str]) -> _Found:
    before, looked = "", 0
    for index, line in enumerate(page.lines):
        text = line.text if len(line.text) <= 3000 else ""
        end = 0
        for match in _NUMBER.finditer(text) if _DIGIT.search(text) and _DIGITS.search(text) else ():
            looked += 1
            if looked > MOST:
                return
            label, end = text[end : match.start()], match.end()
            if _FAX_AFTER.match(text, end):
                label = "fax"
            elif not label.strip(" :.-|") and match.start() < 4 and len(before) <= 40:
                label = f"{before} "
            found = _judge(match[0], label[-60:], text, countries)
            if found is not None:
                above = " ".join(one.text[-80:] for one in page.lines[max(index - STRANGERS, 0) : index])
                sure = STRANGE if stranger(f"{above} {text[: match.start()][-120:]}") else found[2]
                yield found[0], found[1], "text", text[max(match.start() - 60, 0) : match.end() + 60], sure
        letters = _VANITY.search(text.translate(_DASHES)) if "1" in text and "8" in text else None
        if letters and (dialled := _vanity(letters[1])):
            yield "contact.phone", dialled, "text", text[max(letters.start() - 60, 0) : letters.end() + 60], 0.75
        before = text


def _judge(printed: str, label: str, line: str, countries: list[str]) -> tuple[str, str, float] | None:
    """(field, E.164, confidence) of a candidate, by what stands before it."""
    digits = sum(char.isdigit() for char in printed)
    if not 7 <= digits <= 16 or _DATE.match(printed):
        return None
    value = e164(printed, countries) or _without_tail(printed, countries)
    if value is None:
        return None
    fax, phone = _last(_FAX, label), _last(_PHONE, label)
    if fax >= 0 and fax >= phone:
        return "contact.fax", value, 0.85
    if printed.lstrip(" (").startswith("+"):
        return "contact.phone", value, 0.85 if phone >= 0 else 0.75
    if _OTHER.search(label):
        return None
    apart = bool(re.search(r"\d[\s().\u2010-\u2015/-]+\d", printed))
    if phone >= 0:
        return "contact.phone", value, 0.8 if apart else 0.7
    if _NANP.match(printed) and value.startswith("+1"):
        return "contact.phone", value, 0.7
    if apart and printed[0] in "(0" and len(line) <= 60:
        return "contact.phone", value, 0.6
    return None


def _vanity(text: str) -> str | None:
    """1-800-FLOWERS; letters beyond the number's length are dialled for nothing."""
    digits = re.sub(r"\D", "", phonenumbers.convert_alpha_characters_in_number(text))
    return e164(f"+{digits[:11]}", [])


def _without_tail(printed: str, countries: list[str]) -> str | None:
    """`040 1234567 / 68`, `+1 202 555 0100 - 04`: the number before the last separator."""
    head = re.split(r"\s*/\s*|\s+[-\u2013]\s+|\s{2,}", printed)
    return e164(head[0], countries) if len(head) > 1 and sum(c.isdigit() for c in head[0]) >= 7 else None


def _last(pattern: re.Pattern[str], text: str) -> int:
    """Where the last match starts, -1 where there is none."""
    return max((match.start() for match in pattern.finditer(text)), default=-1)
