"""Phone and fax numbers in E.164. A number without its country is read with the page's; an unsure one is left out."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain, islice
from urllib.parse import unquote

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumberDesc
from phonenumbers.re_util import enable_pattern_cache, re_compile

from shared.extract.check_digits import VAT
from shared.extract.kept import judged_once
from shared.extract.needles import FAXED, in_markup
from shared.extract.others import beside_strangers, strange
from shared.extract.page import ParsedPage
from shared.extract.phone_words import kind_of
from shared.extract.postal import numbered
from shared.extract.regions import regions
from shared.models import Fact, How

MOST = 200  # candidates of a page that are looked at
LONG = 3_000  # characters of a line; longer ones are not looked at
LEAST_DIGITS, MOST_DIGITS = 7, 16
VANITY_DIGITS = 4  # 1-800, and letters
LABEL = 40  # characters of a line that may label the one below
_CANDIDATE = re.compile(
    r"[0-9(+](?<![\w.,/@=&#$€£¥%+-].)(?:(?<=\()(?:\+\s?)?[0-9]|(?<=\+)\s?[0-9]|(?<=[0-9]))"
    r"(?:[0-9\s\u00a0().\u2010-\u2015\u2212/-]|\[0\]){5,24}[0-9](?![\w%€$£@])"
)
_FINNISH = re.compile(r"\(\d{7}-\d")  # a company's number
_LABEL_STOP = re.compile(r"(?<=[Tt][Ee][Ll])\.(?=[0-9(+])|(?<=[Ff][Aa][Xx])\.(?=[0-9(+])")  # `Tel.030 1234567`
_DATE = re.compile(
    r"(?:19|20)\d\d[-./]\d{1,2}[-./]\d{1,2}(?!\d)|\d{1,2}[-./]\d{1,2}[-./](?:19|20)\d\d(?!\d)"
    r"|(?:19|20)\d\d\s?[-–]\s?(?:19|20)\d\d"
    r"|\d{1,2}[.:]\d\d\s*[-–—]\s*\d{1,2}[.:]\d\d$"  # opening hours
)
_DOI = re.compile(r"(?<!\d)10\.\d{4,5}$")
_FAX_AFTER = re.compile(r"\W{0,3}(?:tele)?fax(?!\W{0,3}[\d+(]|\s?:)", re.I)
_TWO = re.compile(r"\s*/\s*|\s{2,}|\s[-–]\s")
_ONE_MORE = re.compile(
    r"\s*(?:[,;/|·•]|(?:and|or|und|oder|et|ou|y|o|e|och|eller|и|или|i|lub)(?=\s))\s*"
)  # of the same kind
_PREFIX = re.compile(r"(?<!\w)([A-Z]{2})[\s.-]?$")  # of a tax number
_NANP = re.compile(r"(?:\+?1[\s.-]*)?(?:\(\d{3}\)\s?|\d{3}[\s.-])\d{3}[\s.-]\d{4}")
_APART = re.compile(r"\d[\s().\u2010-\u2015/-]+\d")
_PLAIN = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d", "-")
    | {"\u00a0": " ", "\uff0b": "+", "\uff08": "(", "\uff09": ")"}
    | {chr(0xFF10 + digit): str(digit) for digit in range(10)}
)
_SEPARATORS = str.maketrans(dict.fromkeys(" \t().-/"))
_KINDS = "fixed_line mobile toll_free premium_rate shared_cost voip personal_number pager uan voicemail".split()
enable_pattern_cache()  # the patterns of all countries are more than re keeps
_KEEPING_ZERO = (39, 225, 229, 241, 242)  # Italy, the Ivory Coast, Benin, Gabon, the Congo
_TRUNK = re.compile(r"\(\s?0\s?\)|\[0\]")
_TEMPLATE = re.compile(r"(\d)\1{8}$|1234567890{0,2}$")  # +7 999 999-99-99
_FAX_PICTURES = (
    "[class*=fa-fax],[class*=icon-fax],img[alt=fax i],img[alt=telefax i],svg[aria-label=fax i],i[title=fax i]"
)
_CHATS = ("wa.me", "api.whatsapp.com", "web.whatsapp.com")
_CHAT = re.compile(r"(?:wa\.me/|[?&]phone=)(?:\+|%2[Bb])?([1-9]\d{7,14})(?!\d)")
_VANITY = re.compile(r"\b(1[-.\s]?8(?:00|33|44|55|66|77|88)[-.\s](?=[\dA-Z-]*[A-Z]{2})[\dA-Z][\dA-Z.-]{5,9})\b")


def e164(text: str, countries: Sequence[str]) -> str | None:
    """The number in E.164, with its own country code or the first country in which it is valid."""
    found = _e164(text, tuple(countries)) if len(text) <= 60 else None
    return None if found and _TEMPLATE.search(found) else found


@lru_cache(4096)
def _e164(text: str, countries: tuple[str, ...]) -> str | None:
    text = text.translate(_PLAIN).strip()
    if "0)" in text or "[0]" in text or "0 )" in text:
        text = _TRUNK.sub("" if "+" in text or text.startswith("00") else "0", text).strip()
    digits = text.translate(_SEPARATORS)
    plain = digits.removeprefix("+")
    if not (plain.isascii() and plain.isdigit()):
        tries = [None] if "+" in text else countries
        return next((found for country in tries if (found := _parsed(text, country))), None)
    if digits[0] == "+":
        return _international(plain) or _parsed(digits, None)
    if digits.startswith("00") and (found := _international(digits[2:])):
        return found
    if found := next((found for country in countries if (found := _national(digits, country))), None):
        return found
    return _international(digits) if text[0] == "(" and len(digits) >= 10 else None  # (852) 2345 6789


def _international(digits: str) -> str | None:
    if digits.startswith("0"):
        return None
    for size in (1, 2, 3):
        if (code := int(digits[:size] or 0)) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
            return _valid(code, digits[size:])
    return None


def _valid(code: int, national: str) -> str | None:
    if not 4 <= len(national) <= 14 or (national[0] == "0" and code not in _KEEPING_ZERO):
        return None
    return f"+{code}{national}" if _is_valid(code, national) else None


def _is_valid(code: int, national: str) -> bool:
    """As phonenumbers.is_valid_number, which asks for the rare kinds first: a pattern costs up to 5 ms to compile."""
    for region in phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code]:
        about = PhoneMetadata.metadata_for_region_or_calling_code(code, region)
        if about is None:
            continue
        first = about.leading_digits
        if first is None or re_compile(first).match(national):
            general = _has_shape(national, about.general_desc)
            valid = general and any(_has_shape(national, getattr(about, kind)) for kind in _KINDS)
            if valid or first is not None:
                return valid
    return False


def _has_shape(national: str, kind: PhoneNumberDesc | None) -> bool:
    if kind is None or not kind.national_number_pattern:
        return False
    lengths = kind.possible_length
    sized = not lengths or len(national) in lengths
    return sized and re_compile(kind.national_number_pattern).fullmatch(national) is not None


def _national(digits: str, country: str) -> str | None:
    about = PhoneMetadata.metadata_for_region(country, None)
    if about is None or not about.general_desc:
        return None
    lengths, code, prefix = about.general_desc.possible_length, str(about.country_code), about.national_prefix or ""
    if not lengths[0] <= len(digits) <= lengths[-1] + len(prefix) + len(code) + 2:
        return None
    bare = digits.removeprefix(prefix)
    if found := _valid(int(code), bare):
        return found
    if digits.startswith(code) and (found := _valid(int(code), digits.removeprefix(code))):
        return found
    return _parsed(digits, country) if about.national_prefix_for_parsing not in (None, prefix) else None


def _parsed(text: str, country: str | None) -> str | None:
    """As the library reads it, with extensions, letters, carriers and all: costs several times as much."""
    try:
        number = phonenumbers.parse(text, country)
    except NumberParseException:
        return None
    code, national = number.country_code or 0, phonenumbers.national_significant_number(number)
    return f"+{code}{national}" if _is_valid(code, national) else None


def phones(page: ParsedPage) -> Iterator[Fact]:
    seen: set[tuple[str, str, str]] = set()
    others: set[str] = set()
    written = list(_written(page, others))
    others -= {value for _, value, *_ in written}
    faxes = {value for field, value, *_ in written if field == "contact.fax"}
    faxes -= {value for field, value, *_ in written if field == "contact.phone"}
    faxes.update(pictured := set(_pictured(page)))
    for field, value, how, quote, confidence in (*_linked(page), *written):
        if value in others:
            continue
        if value in pictured or (how == "link" and value in faxes):  # the telephone's link around what is called a fax
            field = "contact.fax"
        if (field, value, how) not in seen:
            seen.add((field, value, how))
            yield page.fact(field, value, how=how, quote=quote, confidence=confidence)


_Found = Iterator[tuple[str, str, How, str, float]]
_Number = tuple[str, str, float]  # field, E.164, confidence


def _pictured(page: ParsedPage) -> Iterator[str]:
    """Numbers beside a picture of a fax, which no word calls one."""
    if in_markup(page).keys().isdisjoint(FAXED):
        return
    for node in page.tree.css(_FAX_PICTURES)[:MOST]:
        beside = node.next or (node.parent.next if node.parent is not None else None)
        for _ in range(4):
            if beside is None:
                break
            text = beside.text(separator=" ")[:LONG].translate(_PLAIN)
            if number := _CANDIDATE.search(text):
                labelled = any(map(str.isalpha, text[: number.start()]))
                if not labelled and (value := _of_page(page, number[0])):
                    yield value
                break
            beside = beside.next


def _linked(page: ParsedPage) -> _Found:
    for link in page.links:
        if link.host in _CHATS:
            if (chat := _CHAT.search(link.url)) and (value := e164(f"+{chat[1]}", [])):
                yield "contact.phone", value, "link", link.attributes.get("href") or link.url, 0.75
            continue
        if link.host:
            continue
        scheme, _, rest = link.url.partition(":")
        if scheme.lower() not in ("tel", "callto", "fax"):
            continue
        number = unquote(rest, errors="replace").partition("?")[0].partition(";")[0].strip("/ ")
        letters = _VANITY.search(link.text.translate(_PLAIN).upper())
        value = _vanity(letters[1]) if letters else None  # what is printed is what people dial
        value = value or _of_page(page, number) or _of_page(page, link.text)
        if value is None and re.fullmatch(r"(?:00)?[1-9]\d{9,13}", number):
            value = e164("+" + number.removeprefix("00"), [])
        if value is not None:
            fax = scheme.lower() == "fax" or kind_of(link.text[:20]) == "fax"
            quote = link.text if re.search(r"\d{3}", link.text) else link.attributes.get("href") or rest
            yield "contact.fax" if fax else "contact.phone", value, "link", quote, 0.9


def _of_page(page: ParsedPage, text: str) -> str | None:
    return e164(text, () if "+" in text else regions(page))


def _written(page: ParsedPage, others: set[str]) -> _Found:
    """`others` gets the numbers of other bodies."""
    looked = 0
    wide = "\uff10" in page.text  # digits as wide as Chinese characters
    lines = numbered(page) if not wide else [(index, LEAST_DIGITS) for index in range(len(page.lines))]
    for index, count in lines:
        if count < VANITY_DIGITS:
            continue
        vanity = b"18" in page.digits[index]
        if count < LEAST_DIGITS and not vanity:
            continue
        text = page.lines[index].text
        if len(text) > LONG or looked >= MOST:
            continue
        plain = text.translate(_PLAIN) if wide or not text.isascii() else text
        plain = _LABEL_STOP.sub(" ", plain) if "." in plain else plain
        above = page.lines[index - 1].text if index else ""
        told = _told(plain, above if len(above) <= LABEL else "", tuple(regions(page)))
        looked += len(told)
        for start, end, found in told:
            for field, value, sure in found:
                if strange(page, index, plain[:start]) or beside_strangers(page, index):
                    others.add(value)
                else:
                    yield field, value, "text", text[max(start - 60, 0) : end + 60], sure
        letters = _VANITY.search(plain) if vanity else None
        if letters and (dialled := _vanity(letters[1])):
            yield "contact.phone", dialled, "text", text[max(letters.start() - 60, 0) : letters.end() + 60], 0.75


@judged_once
def _told(line: str, above: str, countries: tuple[str, ...]) -> list[tuple[int, int, list[_Number]]]:
    """Where in a line that may be a number which stands, and what each tells; `above`: what may label the first."""
    told: list[tuple[int, int, list[_Number]]] = []
    end, said = 0, ""
    for match in islice(_CANDIDATE.finditer(line), MOST):
        label, end = line[end : match.start()], match.end()
        if _DOI.search(line, match.start(), end) and line[end : end + 1] == "/":
            continue
        if told and _ONE_MORE.fullmatch(label) and said:
            label = said
        said = label if kind_of(label) in ("phone", "fax", "both") else ""
        if _FAX_AFTER.match(line, end):
            label = "fax"
        elif not label.strip(" :.-|") and match.start() < 4:
            label = above or label
        told.append((match.start(), end, list(_each(match[0], label, line, countries))))
    return told


def _each(printed: str, label: str, line: str, countries: tuple[str, ...]) -> Iterator[_Number]:
    """What a candidate tells, which may be two numbers."""
    digits = sum(map(str.isdigit, printed))
    parts = _TWO.split(printed) if digits >= 2 * LEAST_DIGITS else [printed]
    if len(parts) == 1 and digits > MOST_DIGITS and printed.count(" ") == 1:
        parts = printed.split()
    told = [list(_judge(part, label, line, countries)) for part in parts]
    whole = chain.from_iterable(told) if all(told) or digits > MOST_DIGITS else None
    yield from _judge(printed, label, line, countries) if whole is None else whole


def _judge(printed: str, label: str, line: str, countries: tuple[str, ...]) -> Iterator[_Number]:
    """By what stands before it."""
    digits = sum(map(str.isdigit, printed))
    if not LEAST_DIGITS <= digits <= MOST_DIGITS or _DATE.match(printed):
        return
    if (country := _PREFIX.search(label)) and country[1] in VAT and VAT[country[1]](re.sub(r"\D", "", printed)):
        return
    kind, whole = kind_of(label), printed.lstrip(" (").startswith("+")
    apart = bool(_APART.search(printed))
    american = bool(_NANP.fullmatch(printed))
    if not whole and (kind == "other" or not (kind or american or (apart and printed[0] in "(0" and len(line) <= 60))):
        return
    value = e164(printed, countries) or _without_tail(printed, countries)
    if value is None and american and digits == 11:  # it has its country's code
        value = e164(f"+{printed}", ())
    if value is None:
        return
    if kind in ("fax", "both"):
        yield "contact.fax", value, 0.85
    if kind in ("phone", "both"):
        yield "contact.phone", value, 0.85 if whole else 0.8 if apart or kind == "both" else 0.7
    elif kind != "fax":
        if whole or (american and value.startswith("+1")):
            yield "contact.phone", value, 0.75 if whole else 0.7
        elif apart and printed[0] in "(0" and len(line) <= 60 and not _FINNISH.fullmatch(printed):
            yield "contact.phone", value, 0.6


def _vanity(text: str) -> str | None:
    """1-800-FLOWERS; letters beyond the number's length are dialled for nothing."""
    digits = re.sub(r"\D", "", phonenumbers.convert_alpha_characters_in_number(text))
    return e164(f"+{digits[:11]}", [])


def _without_tail(printed: str, countries: tuple[str, ...]) -> str | None:
    """`040 1234567 / 68`, `+1 202 555 0100 - 04`: the number before the last separator."""
    head = re.split(r"\s*/\s*|\s+[-\u2013]\s+|\s{2,}", printed)
    return e164(head[0], countries) if len(head) > 1 and sum(map(str.isdigit, head[0])) >= LEAST_DIGITS else None
