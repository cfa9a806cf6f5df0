"""The year of foundation as it is stated, never read from a copyright line; somebody else's stays out."""

import json
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from shared.extract.beginnings import beginnings
from shared.extract.names import compact, own_names
from shared.extract.others import of_others
from shared.extract.page import ParsedPage
from shared.extract.postal import numbered
from shared.extract.text import ASCII_DIGITS
from shared.models import Fact

WORDS = json.loads(Path(__file__).with_name("founded.json").read_text(encoding="utf-8"))
MOST = 300  # years of a page that are looked at
LONG = 300  # characters of a line with a year in words
BEFORE, AFTER = 160, 90  # characters around a year
_YEAR = re.compile(r"(?<![\d$€£.,:/#-])(?:1[6-9]\d\d|20\d\d)(?![\d%]|['’]?s(?!\w)|er(?!\w))(?![.,:/]\d)")
_DATED = re.compile(
    r"(?:\d{1,2}[./-]){2}((?:19|20)\d\d)(?!\d)|(?<!\d)((?:19|20)\d\d)[./-]\d{1,2}(?:[./-]\d{1,2})?(?!\d)"
)


_ERA = re.compile(r"(明治|大正|昭和|平成|令和)\s?(\d{1,2}|元)年")
_ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}  # the years before them
_ERA_YEARS = {"明治": 45, "大正": 15, "昭和": 64, "平成": 31, "令和": 30}  # the last one goes on
_SPELLED = re.compile("[一二][〇○零一二三四五六七八九]{3}(?=年)")
_NUMERALS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_BUDDHIST = re.compile(r"ก่อตั้ง[^\d]{0,40}พ\.ศ\.\s?(2[34]\d\d|25\d\d)(?!\d)")
_NUMBER = re.compile(r"[12](?:(?<=1)[6-9]|(?<=2)0)\d\d")  # found fast, since it begins with one of few
_STEMS = {
    name: frozenset(max(words, key=len) for phrase in WORDS[name] if (words := beginnings(phrase)))
    for name in ("before", "after", "stories", "since")
}
_ANY_STEM = frozenset().union(*_STEMS.values())
_EASTERN = re.compile("[\u0370-\u04ff\u05d0-\u06ff\u0e00-\u0e7f设成创創設创会立設설창]")


def _any(name: str) -> str:
    return "|".join(sorted(map(re.escape, WORDS[name]), key=len, reverse=True))


_B = rf"(?:(?<!\w)(?:{_any('before')})|(?:成立|创立|创建|创办|始创|創立|創辦)(?:于|於))"  # Chinese parts no words
_FOUNDED = re.compile(
    rf"{_B}(?P<gap>[^\d;!?|]{{0,60}}|[^\d;!?|]{{0,30}}\d{{1,2}}(?:st|nd|rd|th|er|\.)?,?[^\d;!?|]{{0,15}})$", re.I
)
_AFTER = re.compile(rf"^(?:[^.;!?|\d]|(?<=Co)\.){{0,70}}?(?:{_any('after')})", re.I)
_STORY = re.compile(rf"(?<!\w)(?:{_any('stories')})\W{{0,3}}(?:the year|im jahre?|anno|del|l'anno)?\W{{0,2}}$", re.I)
_TIMELINE = re.compile(rf"\s?[–—:-]\s?(?:(?:the )?start\b|{_B})", re.I)
_SINCE = re.compile(rf"(?:^|[\s(])(?:{_any('since')})\W{{0,2}}(?:the year\s|anno\s|dem jahr\s|jahr\s|rok\w*\s)?$", re.I)
_LABEL = re.compile(
    rf"\W{{0,3}}(?:year\s|jahr der\s|date\s|company\s)?(?:of\s)?{_B}"
    r"(?:\s(?:in|am|on|im|year|date|jahr|yılı))?\W{0,3}",
    re.I,
)
# "Since 1990 your partner in"
_YOURS = re.compile(r"^\W{1,3}(?:your|ihre?|votre|su|il (?:vostro|tuo)|uw|din|deres|twój|váš)\s", re.I)
_OWN = re.compile(rf"(?<!\w)(?:{_any('own')})(?!\w)|当社|弊社|公司|당사|회사", re.I)
_NO = re.compile(rf"(?<!\w)(?:{_any('no')})(?!\w)", re.I)
# "our customer Example Ltd was founded in"
_THEIRS = re.compile(
    r"(?<!\w)(?:our|unser\w*|nos|notre|nuestr\w+|(?:il |la )?nostr\w|noss\w|onze?|vår\w?|vores|meidän"
    r"|nasz\w*|náš|našeho)\s(?:customer|client|partner|supplier|member|kund|lieferant|mitglied|fournisseur|proveedor|socio|fornitor|fornecedor"
    r"|klant|leverancier|leverand|leverantör|asiakka|klient|dostawc|zákazn|dodavatel|parceir)",
    re.I,
)
_SUBJECT = re.compile(  # what a company calls itself: `Family business founded in`
    r"(?:(?:an?|the|eine?|une?|una|een|ett?|family(?:-|\s)?(?:owned|run)?|independent|inhabergeführter?s?)\s){0,3}"
    r"(?:company|business|firm|unternehmen|betrieb|firma|familienbetrieb|familienunternehmen|traditions(?:betrieb|unternehmen)"
    r"|entreprise|société|maison|azienda|ditta|impresa|empresa|compañía|bedrijf|familiebedrijf|företag|familjeföretag"
    r"|virksomhed|yritys)(?:\s(?:familiale|familiare|familiar))?\W*",
    re.I,
)
_LEGAL_LINE = re.compile(r"©|copyright|\(c\)\s", re.I)
_DIRECT = re.compile(
    r"^\W{0,4}(?:$|(?:in|by|on|as|since|at|back|im|am|von|durch|en|par|le|à|por|em|el|nel|nell|da|a|il|in|door|op|av|af|i|w|v|roku|vuonna|anul|în|το|год|в|during|الشركة|през|у|m|năm|pada|tahun|sejak|عام|سنة|בשנת|godine|leta|aastal|árið)(?!\w))",
    re.I,
)
_SENTENCE = re.compile(r"(?<![Ee]st)(?<!Co)[.!?]\s+(?![a-zà-ÿ])|\s[|•·–]\s")


def _years(page: ParsedPage) -> Iterator[tuple[int, re.Match[str]]]:
    """The lines with years, and those with a word of foundation around them."""
    for index in [index for index, count in numbered(page) if count >= 4]:
        text = page.lines[index].text
        text = text if text.isascii() else text.translate(ASCII_DIGITS)
        for number in _NUMBER.finditer(text):
            at = number.start()
            year = _YEAR.match(text, at)
            if year is None or "©" in text[max(at - 12, 0) : at]:
                continue
            around = text[max(at - BEFORE, 0) : at + 4 + AFTER]
            dated = at <= 3 or (len(text) <= 30 and _DAY.fullmatch(text, 0, at))
            if dated and index and len(above := page.lines[index - 1].text) <= 40:
                around = f"{above} {around}"
            if len(text) <= 4:
                around = f"{around} {_below(page, index)}"
            if not _ANY_STEM.isdisjoint(beginnings(around)) or (not around.isascii() and _EASTERN.search(around)):
                yield index, year


def _below(page: ParsedPage, index: int) -> str:
    """The short line under a year that stands alone."""
    return text if index + 1 < len(page.lines) and len(text := page.lines[index + 1].text) <= 40 else ""


def founded(page: ParsedPage) -> Iterator[Fact]:
    lines = page.lines
    for index, match in islice(_years(page), MOST):
        text, at = lines[index].text, match.start()
        above = lines[index - 1].text if index else ""
        sure = _sure(page, text, at, above)
        if not sure and len(text) <= 4 and page.kind in ("about", "home") and _LABEL.fullmatch(_below(page, index)):
            sure = 0.75
        if sure:
            quote = text if len(text) <= 250 else text[max(at - 150, 0) : at + 100]
            yield page.fact("identity.founded_year", int(match[0]), how="text", quote=quote, confidence=sure)
    yield from _described(page)
    if "พ.ศ." in page.text:
        yield from _buddhist(page)
    if "年" in page.text:
        yield from _eras(page)
    for index in [index for index, count in numbered(page) if 5 <= count <= 8]:
        line = lines[index]
        if len(line.text) <= 80 and index and (dated := _DATED.search(line.text)) and not _LEGAL_LINE.search(line.text):
            label = f"{lines[index - 1].text} " if dated.start() < 3 else line.text[: dated.start()]
            if len(label) <= 40 and _LABEL.fullmatch(label):
                year = int(dated[1] or dated[2])
                yield page.fact("identity.founded_year", year, how="text", quote=line.text, confidence=0.85)


def _described(page: ParsedPage) -> Iterator[Fact]:
    """What the page's description says of the company by its name."""
    text = page.metas.get("description", "")[:500] if page.kind in ("home", "about") else ""
    for match in islice(_YEAR.finditer(text), 5):
        if _names_own(page, text) and (sure := _sure(page, text, match.start(), "")):
            yield page.fact("identity.founded_year", int(match[0]), how="meta", quote=text, confidence=sure)


def _buddhist(page: ParsedPage) -> Iterator[Fact]:
    """`ก่อตั้งเมื่อปี พ.ศ. 2535`"""
    for text, _ in page.lines:
        if found := _BUDDHIST.search(text[:BEFORE]):
            yield page.fact("identity.founded_year", int(found[1]) - 543, how="text", quote=text, confidence=0.8)


def _eras(page: ParsedPage) -> Iterator[Fact]:
    """`設立 平成9年`, `成立于一九九八年`"""
    for index, (text, _) in enumerate(page.lines):
        for spelled in _SPELLED.finditer(text[:LONG]) if "年" in text else ():
            if sure := _sure(page, text, spelled.start(), page.lines[index - 1].text if index else ""):
                year = int(spelled[0].translate(_NUMERALS))
                yield page.fact("identity.founded_year", year, how="text", quote=text, confidence=sure)
        if len(text) <= 80 and (era := _ERA.search(text)):
            label = page.lines[index - 1].text if era.start() < 3 and index else text[: era.start()]
            if len(label) <= 20 and _LABEL.fullmatch("".join(label.split())):
                number = 1 if era[2] == "元" else int(era[2])
                if number > _ERA_YEARS[era[1]]:
                    continue
                year = _ERAS[era[1]] + number
                yield page.fact("identity.founded_year", year, how="text", quote=text, confidence=0.82)


# A day or month before its year.
_DAY = re.compile(r"(?:\d{1,2}(?:st|nd|rd|th|\.)?\s)?[^\W\d_]{3,12}\.?\s(?:\d{1,2}(?:st|nd|rd|th)?,?\s)?")


def _sure(page: ParsedPage, text: str, at: int, above: str) -> float:
    """0 where the year is not one of foundation."""
    before, after = text[max(at - BEFORE, 0) : at], text[at + 4 : at + 4 + AFTER]
    if _LEGAL_LINE.search(before[-60:]) or _LEGAL_LINE.search(after[:30]):
        return 0
    kind = (
        0.05
        if page.kind in ("about", "home", "legal")
        else -0.1
        if page.kind in ("news", "press", "careers", "other")
        else 0
    )
    if of_others(page) and not _names_own(page, text, titles=False):
        return 0
    dated = at <= 3 or _DAY.fullmatch(text, 0, at)
    if dated and len(text) <= 30 and len(above) <= 40 and _LABEL.fullmatch(above):
        return 0.82 + kind
    told_of = page.kind in ("news", "press")
    if len(text) <= 60 and _LABEL.fullmatch(before) and not (told_of and after.strip(" .")):
        return 0.85 + kind
    if at <= 2 and len(text) <= 60 and _TIMELINE.match(after):
        return 0.0 if told_of else 0.7 + kind
    breaks = [found.end() for found in _SENTENCE.finditer(before)]
    sentence = before[breaks[-1] :] if breaks else before
    stop = _SENTENCE.search(after)
    rest = after[: stop.start()] if stop else after
    whole = f"{sentence}{rest}"
    told, stated, since = (_says(name, sentence) for name in ("stories", "before", "since"))
    later = _AFTER.search(rest)
    if not (told or stated or since or later) or _NO.search(whole) or _THEIRS.search(sentence):
        return 0
    own = _names_own(page, whole)
    if told and (story := _STORY.search(sentence)) and story.start() <= 12:
        return 0.75 + kind
    if stated and (found := _FOUNDED.search(sentence)):
        gap, subject = found["gap"], sentence[: found.start()]
        if not _DIRECT.match(gap) and not gap.isspace() and gap.strip(" :") and not _names_own(page, gap):
            return 0
        if own or _OWN.search(subject):
            return 0.85 + kind
        if told_of:
            return 0
        return 0.7 + kind if len(subject.strip()) <= 3 or _SUBJECT.fullmatch(subject.strip()) else 0
    if later:
        return 0.83 + kind if own or _OWN.search(whole) else 0.6 + kind if len(sentence) < 25 else 0
    if since and not told_of and (found := _SINCE.search(sentence)):
        if _SUBJECT.fullmatch(sentence[: found.start()].strip()):
            return 0.7 + kind
        if len(text) <= 40 and len(sentence) <= 9:
            return 0.6 + kind
        if len(sentence) <= 20 and (own or _OWN.search(rest) or _YOURS.match(rest)):
            return 0.68 + kind
        return 0.5 if own and page.kind in ("about", "home") and len(whole) < 120 else 0
    return 0


def _says(name: str, sentence: str) -> bool:
    """Whether one of these words may stand in it."""
    return not sentence.isascii() or not _STEMS[name].isdisjoint(beginnings(sentence))


def _names_own(page: ParsedPage, text: str, *, titles: bool = True) -> bool:
    """`titles`: also by what the page's title calls it, which may be another's name."""
    plain = compact(text)
    return any(name in plain for name in own_names(page)[: None if titles else 1])
