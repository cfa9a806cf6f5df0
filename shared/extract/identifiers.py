"""VAT, register and tax numbers behind their labels, with the check digits where a country has them."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from shared.extract.address_words import stranger
from shared.extract.beginnings import beginnings
from shared.extract.check_digits import REGISTERS, VAT
from shared.extract.collected import Line
from shared.extract.legal_forms import legal_form
from shared.extract.names import resembles
from shared.extract.others import names_own, of_others, strange
from shared.extract.page import ParsedPage
from shared.extract.postal import numbered
from shared.extract.regions import regions
from shared.models import JSON, Fact

WORDS = json.loads(Path(__file__).with_name("identifiers.json").read_text(encoding="utf-8"))
SHORT = 200  # characters of a line whose marks are kept
LONG, MOST = 3_000, 40  # characters of a line; numbers of a page
_NUMBER = (
    r"(?:no|nr|nro|num|number|nummer|numéro|numero|número|numer|n[°ºo.]|č|kod|code|id"
    r"|reg|registered|registration|identification|tunnus)"
)
_GAP = (
    r"(?:/mf)?(?:\s(?:sob|sous|onder|under|unter)(?:\s(?:o|le|het|the|der))?(?!\w))?"
    rf"(?:[\s.:：#№=/(),-]{{0,5}}{_NUMBER}(?!\w)){{0,2}}"
    r"(?:[\s.]{0,2}(?:gem[.äa]|nach|laut|according|pursuant|as per|in accordance)"
    r"[^:]{0,70}?(?::|UStG|steuergesetz\w{0,2}))?"
    r"[\s.:：#№=()–-]{0,6}(?:is|ist|est|lautet)?[\s:]{0,2}"
)
OTHERS = 0.0  # of an authority, a customer
UNCHECKED = 0.5  # a labelled VAT number whose check digits are wrong: it is what the page says
_LENGTHS = {
    "DE": (9,), "AT": (9,), "BE": (10,), "NL": (12,), "FR": (11,), "IT": (11,), "GB": (9, 12), "XI": (9, 12),
    "SE": (12,), "DK": (8,), "FI": (8,), "PL": (10,), "PT": (9,), "ES": (9,), "CZ": (8, 9, 10), "NO": (9,), "CHE": (9,),
}  # fmt: skip
_VAT_VALUE = re.compile(
    r"(?:(?P<country>CHE|[A-Z]{2})[\s.-]{0,2})?(?P<number>(?:U\s?)?(?:[A-Z]-?)?\d(?:[\s.-]?\d|\.?[A-Z]){6,12})"
    r"(?:\s(?:MWST|TVA|IVA))?(?!\w)"
)
_INVOICES = re.compile(r"T\d{13}")  # Japan's, of those who write qualified invoices
_LABEL_COUNTRY = [
    (re.compile(pattern, re.I), country)
    for pattern, country in (
        (r"p\.? ?iva|partita|c\.? ?f\.?", "IT"), (r"cif|c\.i\.f|\bnif", "ES"), (r"nipc|contribuinte", "PT"),
        (r"\bnip\b", "PL"), (r"btw|b\.t\.w", "NL"), (r"dič|dic", "CZ"), (r"mva", "NO"), (r"alv", "FI"),
    )
]  # fmt: skip
_COURT = re.compile(
    r"(?:Amtsgerichts?|Registergericht|Handelsregister(?:\s(?:des|beim))?(?:\sAmtsgerichts?)?|Landesgericht|Handelsgericht"
    r"|Firmenbuchgericht)"
    r"[\s:]{1,3}(?:Amtsgericht\s)?([A-ZÄÖÜ][\w.äöüß()/-]{2,30}(?:\s(?:am|an|im|der|[A-ZÄÖÜ(a-z]{1,3}\.?)\s?[\w()/]{2,20})?)"
)


class _Rule(NamedTuple):
    kind: str
    country: str
    value: re.Pattern[str]
    check: str


_RULES = [
    _Rule(kind, country, re.compile(rf"(?<![\w])(?:{value})"), check)
    for kind, country, _, value, check, _ in WORDS["registers"]
]
_LABELS = re.compile(  # in lower case, since a search that ignores case tries every label at every letter
    r"(?<![^\W_])(?:"
    + "|".join(
        rf"(?P<{name}>{labels})(?=$|[\W\d_]|nr|no\b|nummer|number)"
        for name, labels in (
            ("vat", WORDS["vat"][""]),
            *((f"r{place}", row[2]) for place, row in enumerate(WORDS["registers"]) if row[2]),
        )
    )
    + ")"
)
_UNLABELLED = [rule for rule, row in zip(_RULES, WORDS["registers"], strict=True) if not row[2]]
_GAP_RE = re.compile(_GAP, re.I)
DIGITS = 5  # of a line that may hold a number; those of the commercial registers may be short
_REGISTERS = ("HRB", "HRA", "GnR", "VR ", "PR ", "FN ", "in Scotland")
# Beginnings, of four letters, of the words that labels consist of: in ASCII, without dots and dashes.
_STEMS = frozenset(WORDS["stems"].encode().split())
_ELSEWHERE = re.compile(WORDS["stems_of_other_scripts"], re.I)


_BELGIAN = re.compile(r"BE ?[01]\d{3}[. ]")  # stands without a label
_OF_VAT = re.compile(r"(?<!\w)vat\s$", re.I)  # `VAT Reg No`
_HYPHENS = str.maketrans(dict.fromkeys("\u2010\u2011", "-"))


class _Number(NamedTuple):
    kind: str
    value: str
    register: str | None
    start: int  # in its line
    checked: bool = True  # false where a VAT number's check digits are wrong


def identifiers(page: ParsedPage) -> Iterator[Fact]:
    found: dict[tuple[str, str], tuple[int, _Number, bool]] = {}
    for index in _labelled(page):
        text = page.lines[index].text[:LONG].translate(_HYPHENS)
        if len(found) >= MOST:
            break
        for number in _found(page, index, text):
            foreign = _foreign(page, text[max(number.start - 400, 0) : number.start])
            found.setdefault((number.kind, _bare(number.value)), (index, number, foreign))
    kinds = Counter(number.kind for _, number, _ in found.values())
    prefixed = {bare[2:] for kind, bare in found if kind == "vat" and bare[:2].isalpha()}
    for (kind, bare), (index, number, foreign) in found.items():
        if kind == "vat" and bare in prefixed:  # once more, without its country
            continue
        text = page.lines[index].text
        value: dict[str, JSON] = {"type": number.kind, "value": number.value}
        if number.register:
            value["register_name"] = number.register
        within = number.start < len(text)
        quote = text[max(number.start - 80, 0) : number.start + 120] if within else page.lines[index + 1].text
        sure = 0.42 if foreign and kinds[number.kind] > 1 else _sure(page, index, text[: number.start])
        if sure == OTHERS:
            continue
        sure = sure if number.checked else min(sure, UNCHECKED)
        yield page.fact("financial.identifier", value, how="text", quote=quote, confidence=sure)


def _labelled(page: ParsedPage) -> Iterator[int]:
    """The lines that may hold a label, with a number behind it or in the next line."""
    least = 2 if any(name in page.text for name in _REGISTERS) else DIGITS
    last = -1
    for index in [index for index, count in numbered(page) if count >= least]:
        for place in (index - 1, index):
            text = page.lines[place].text if place > last else ""
            if text and (place == index or len(text) <= 80) and _says_label(text if len(text) <= LONG else text[:LONG]):
                yield place
        last = index


def _says_label(text: str) -> bool:
    return _labels(text) if len(text) <= SHORT else _labels.__wrapped__(text)


@lru_cache(8192)
def _labels(text: str) -> bool:
    return (
        not _STEMS.isdisjoint(beginnings(text))
        or _BELGIAN.search(text) is not None
        or (not text.isascii() and _ELSEWHERE.search(text) is not None)
    )


def _foreign(page: ParsedPage, before: str) -> bool:
    """Whether the number stands behind the name of another company in the same text."""
    names = [piece.strip() for piece in re.split(r"[.;|•·(]\s|\s(?:and|und|et|is|are|by|of)\s", before)]
    return any(legal_form(name) and not resembles(name, page.site) for name in names[-10:] if 5 < len(name) < 80)


def _sure(page: ParsedPage, index: int, before: str) -> float:
    above = " ".join(one.text[-120:] for one in _above(page, index))
    others = stranger(f"{above} {before}"[-300:]) or strange(page, index, before)
    if others and not resembles(before[-60:], page.site):
        return OTHERS
    footer = page.lines[index].where == "footer"
    if of_others(page) and page.lines[index].where == "main":
        return OTHERS
    if page.kind in ("privacy", "news", "press") and not footer:
        near = [before, *(one.text for one in page.lines[max(index - 2, 0) : index])]
        return 0.6 if page.kind == "privacy" and names_own(page, near) else 0.4
    return 0.9 if footer or page.kind in ("legal", "contact", "home", "about") else 0.75


def _above(page: ParsedPage, index: int) -> list[Line]:
    """The three lines above, down from the nearest heading among them: what stands above that is about another."""
    lines = page.lines[max(index - 3, 0) : index]
    last = max((place for place, one in enumerate(lines) if one.text in page.headings), default=0)
    return lines[last:]


@lru_cache(8192)  # the pages of a site have most of their lines in common
def _marks(text: str) -> tuple[list[tuple[_Rule, list[re.Match[str]]]], list[re.Match[str]]]:
    """The numbers that need no label, and the labels of others."""
    unlabelled = [(rule, list(rule.value.finditer(text))) for rule in _UNLABELLED]
    lower = text.lower() if len(text.lower()) == len(text) else text
    return [(rule, matches) for rule, matches in unlabelled if matches], list(_LABELS.finditer(lower))


def _found(page: ParsedPage, index: int, text: str) -> Iterator[_Number]:
    unlabelled, labels = _marks(text) if len(text) <= SHORT else _marks.__wrapped__(text)
    for rule, matches in unlabelled:
        for match in matches:
            if not rule.check or REGISTERS[rule.check](_core(match[0], rule).removeprefix("CHE")):
                court = _court(page, index) if rule.kind == "registration_number" and rule.country == "DE" else None
                if match[0].startswith("VR") and not court and "regist" not in page.lower:
                    continue  # virtual reality
                if match[0].startswith("PR") and not court:
                    continue  # press, Puerto Rico
                written = _bare(match[0]) if rule.kind == "vat" else _written(match[0])
                yield _Number(rule.kind, written, court, match.start())
    below = page.lines[index + 1].text[:60] if index + 1 < len(page.lines) else ""
    whole = text if len(text) > 80 else f"{text} {below}"
    for label in labels:
        gap = _GAP_RE.match(whole, label.end())
        start = gap.end() if gap else label.end()
        if start > len(text) + 1:
            continue
        written = text if start < len(text) else whole
        if label.lastgroup == "vat":
            found = _VAT_VALUE.match(written, start)
            if found and (number := _vat(page, label[0], found)):
                yield _Number("vat", number[0], None, found.start(), number[1])
        elif not _OF_VAT.search(text, max(label.start() - 5, 0), label.start()):
            rule = _RULES[int((label.lastgroup or "r0")[1:])]
            for one in _same_label(page, rule, label[0]):
                value = one.value.match(written, start)
                if value and (not one.check or REGISTERS[one.check](_core(value[0], one))):
                    named = "FN " if one.country == "AT" and value[0][0].isdigit() else ""
                    written_so = _bare(value[0]) if one.kind == "lei" else named + _written(value[0])
                    yield _Number(one.kind, written_so, None, value.start())
                    break


def _same_label(page: ParsedPage, rule: _Rule, label: str) -> Iterator[_Rule]:
    """The rules that share a label, the one of the page's country first."""
    likely = regions(page)
    yield from sorted(
        _sharing(rule, label), key=lambda one: likely.index(one.country) if one.country in likely else len(likely)
    )


@lru_cache(1024)
def _sharing(rule: _Rule, label: str) -> list[_Rule]:
    rows = zip(_RULES, WORDS["registers"], strict=True)
    return [one for one, row in rows if one is rule or (row[2] and re.fullmatch(row[2], label))]


def _vat(page: ParsedPage, label: str, found: re.Match[str]) -> tuple[str, bool] | None:
    """The number, and whether its check digits are right. Without a country's prefix only they tell a number from
    others, but for a country whose label and letters say whose it is."""
    country, number = found["country"] or "", _bare(found["number"])
    if sum(map(str.isdigit, number)) < 7:
        return None
    if country:
        shaped = country in VAT and len(number) in _LENGTHS.get(country, range(8, 13))
        return (f"{country}{number}", VAT[country](number)) if shaped else None
    implied = next((code for pattern, code in _LABEL_COUNTRY if pattern.search(label)), None)
    if implied == "NL" and number.isdigit() and len(number) == 9:
        return number, True
    if implied == "ES" and len(number) == 9 and not number.isdigit():
        return number, VAT["ES"](number)
    if _INVOICES.fullmatch(number):
        return number, True
    if "adószám" in label and len(number) == 11:  # with its kind and district
        return number, VAT["HU"](number[:8])
    if number.startswith("U"):
        return (number, True) if VAT["AT"](number) else None
    tries = [implied] if implied else [*regions(page), "IT", "GB", "FR", "BE", "DK"]
    return (number, True) if any(code in VAT and VAT[code](number) for code in tries) else None


def _court(page: ParsedPage, index: int) -> str | None:
    for line in (page.lines[index], *page.lines[max(index - 2, 0) : index], *page.lines[index + 1 : index + 3]):
        if len(line.text) <= 400 and (match := _COURT.search(line.text)) and "HR" not in match[1][:3]:
            return f"Amtsgericht {match[1].strip(' ,.:')}"
    return None


def _bare(text: str) -> str:
    return re.sub(r"[\s.\-–/]", "", text).upper()


def _core(text: str, rule: _Rule) -> str:
    bare = _bare(text)
    return bare.removeprefix(rule.country) if rule.country in ("DK", "NO", "BE") else bare


def _written(text: str) -> str:
    return " ".join(text.replace(":", " ").split()).strip(" .-")
