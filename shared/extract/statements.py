"""What a company says of its own revenue, staff and funding, in sentences and in lists of key figures."""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from shared.extract.dates import printed
from shared.extract.keywords import Kind, lines_with
from shared.extract.names import compact, own_names
from shared.extract.others import is_post, of_others
from shared.extract.page import ParsedPage
from shared.models import JSON, Fact

WORDS = json.loads(Path(__file__).with_name("statements.json").read_text(encoding="utf-8"))
LONG, MOST = 1_500, 30  # characters of a line that is read; places of a kind and page
LABEL = 40  # characters of a line that names the figure above or below it
REACH = 70  # characters between the word and its figure
KINDS: dict[Kind, dict[str, list[str]]] = WORDS["kinds"]  # by language, what a statement cannot do without
_SIGNS: dict[str, str] = WORDS["currencies"]
_SCALES = {word: float(scale) for scale, words in WORDS["scales"].items() for word in words}


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_NUMBER = r"\d{1,3}(?:[.,'’\u00a0\u202f ]\d{3}){1,4}(?!\d)(?:[.,]\d{1,2}(?!\d))?|\d{1,12}(?:[.,]\d{1,3})?(?!\d)"
_MONEY = re.compile(
    rf"(?:(?P<before>{_any(_SIGNS)})\s?)?(?<![\d.,])(?P<number>{_NUMBER})\s?(?:(?P<scale>{_any(_SCALES)})(?![a-zà-ÿ])"
    rf"\.?\s?)?(?:(?:de |d['’]|di )?(?P<after>{_any(_SIGNS)})(?![a-z]))?",
    re.I,
)
_COUNT = re.compile(rf"(?<![\d.,$€£-])(?<!\d:)(?P<number>{_NUMBER})")
_WORD = {kind: re.compile(_any({word for words in by.values() for word in words}), re.I) for kind, by in KINDS.items()}
_ROUND = re.compile(r"(?:pre-)?seed(?= |$)|s[eé]rie?s? [a-h](?![a-z])|シリーズ[A-H]", re.I)
_YEAR = re.compile(r"(?<![\d.,])(?:19|20)\d\d(?!\d|[.,]\d{3})")
_OTHERS = re.compile(rf"(?<![^\W_])(?:{_any(WORDS['others'])})", re.I)
_OWN = re.compile(rf"(?<![^\W_])(?:{_any(WORDS['own'])})(?![^\W_])", re.I)
_SENTENCE = re.compile(
    r"(?<=[^\s.][.!?])(?<!Mio\.)(?<!Mrd\.)(?<!Tsd\.)(?<!mln\.)(?<!Inc\.)(?<!Ltd\.)\s+(?=[^\sa-z])|。"
)
_AS_OF = re.compile(
    r"(?<!\w)(?:as of|as at|at|stand|zum|per|au|al|al día|a la fecha|em|op|pr|per den|den|na dzień|k|ke dni|dne)"
    r"[\s.:]{1,3}(?:the |dem )?$",
    re.I,
)
_RANGE = re.compile(
    rf"{_COUNT.pattern}(?:\s?(?:[-–—~]|to|bis|à|a|al|tot|till|til|do|から|至)\s?(?P<most>{_NUMBER}))?", re.I
)
_LANGUAGE = {
    "nb": "no",
    "nn": "no",
    "at": "de",
    "ch": "de",
    "be": "fr",
    "br": "pt",
    "mx": "es",
    "se": "sv",
    "dk": "da",
    "jp": "ja",
    "ua": "ru",
    "cz": "cs",
    "cn": "zh",
    "tw": "zh",
    "kr": "ko",
}
_CLAUSE = re.compile(r"[;|•]|(?<!\d r)\.\s|, (?:and|und|et|y|e|but) ")
# Between a number and whom it does not count: another clause, or what is for them.
_APART = re.compile(r"[;:|•·–—，。]|\.\s|(?<!\w)(?:for|für|pour|para|per|voor|dla|для)\s", re.I)
FEW, MOST_BETWEEN = 10, 2  # a lower number counts nobody whom more words part from it: `4 rules of motivating staff`
_EMPLOYS = re.compile(  # what must be people that it counts
    rf"(?<![^\W_])(?<!that )(?<!which )(?<!who )(?:{_any(WORDS['employing']['verbs'])})"
    rf"\s(?:[^\W\d_]{{1,12}}\s){{0,4}}(?P<number>{_NUMBER})\+?"
    rf"\s(?!(?:{_any(_SCALES)})(?![a-zà-ÿ]))(?:[^\W\d_]{{1,15}}\s)?(?:{_any(WORDS['employing']['people'])})(?![^\W_])",
    re.I,
)
_TRADE = re.compile(  # right before who employs: `The fishing industry`, `Each store`
    rf"(?<![^\W_])(?:{_any(WORDS['employing']['others'])})(?:\s(?!(?:we|wir|nous)\s)[^\W\d_]+){{0,2}}\s$", re.I
)
_SERVED = re.compile(r"(?<!\w)(?:serves|used by|trusted by)\s(?:\w+\s){0,3}$", re.I)  # before a number
_PERSONS = ("名", "人", "명")
_DEED = re.compile(  # somebody's, at an earlier employer
    r"\W{0,3}(?:Scaled|Led|Grew|Built|Drove|Managed|Generated|Increased|Oversaw|Delivered|Helped|Raised|Took)\s"
)


def statements(page: ParsedPage) -> Iterator[Fact]:
    """A sentence counts where it speaks of the company itself: by `we`, by its name, or as a figure of its own."""
    languages = _languages(page)
    for kind, by_language in KINDS.items():
        if places := lines_with(page, kind):
            words = [word for language in languages for word in by_language.get(language, ())]
            words += WORDS["employing"]["verbs"] if kind == "employees" else []
            for index in [index for index in places if _says(page.lines[index].text, words)][:MOST]:
                yield from _read(page, kind, index)


def _languages(page: ParsedPage) -> list[str]:
    """English, the one that the page declares, and the one of its domain; all where it declares none."""
    known = KINDS["revenue"].keys()
    declared, domain = page.lang[:2].lower(), page.host.rpartition(".")[2]
    if not declared:
        return list(known)
    named = ["en", _LANGUAGE.get(declared, declared), _LANGUAGE.get(domain, domain)]
    return [language for language in dict.fromkeys(named) if language in known]


def _says(text: str, words: list[str]) -> bool:
    return len(text) <= LONG and any(word in text.lower() for word in words)


def _read(page: ParsedPage, kind: Kind, index: int) -> Iterator[Fact]:
    line = page.lines[index].text
    money = kind != "employees"
    if not page.digits[index] or (money and len(line) <= LABEL and not _has_sum(line)):
        line = _with_figure(page, index, money=money)
    if page.kind in ("careers", "news", "press", "privacy") and kind == "employees" and len(line) > 200:
        return
    for sentence in _SENTENCE.split(line):
        if _OTHERS.search(sentence) or not any(char.isdigit() for char in sentence):
            continue
        own = _names_own(page, sentence) or (not of_others(page) and bool(_OWN.search(sentence)))
        alone = len(sentence) <= 60
        told_of = page.kind in ("news", "press") or is_post(page)
        if not own and (kind == "funding" or told_of or not alone or of_others(page) or _DEED.match(sentence)):
            continue
        value = _money(kind, sentence) if kind != "employees" else _staff(sentence, page.lang[:2].lower())
        if value is not None:
            sure = (0.7 if own else 0.6) + (0.1 if page.kind in ("about", "home", "investors") else 0)
            yield page.fact(f"financial.{kind}", value, how="text", quote=sentence, confidence=round(sure, 2))


def _with_figure(page: ParsedPage, index: int, *, money: bool) -> str:
    """A label and the figure in the line before or after it: `250` over `employees`, `Revenue` over `€12 million`;
    nothing where it could be either."""
    label = page.lines[index].text
    if len(label) > LABEL:
        return ""
    above, below = (
        page.lines[near].text
        if 0 <= near < len(page.lines)
        and page.digits[near]
        and len(page.lines[near].text) <= 25
        and _has_sum(page.lines[near].text) == money
        else ""
        for near in (index - 1, index + 1)
    )
    return "" if bool(above) == bool(below) else f"{above} {label}" if above else f"{label} {below}"


def _has_sum(text: str) -> bool:
    return any(match["before"] or match["after"] for match in _MONEY.finditer(text))


def _names_own(page: ParsedPage, text: str) -> bool:
    """By its name; where anybody may be told of, not by the beginning of the domain's, which may be a town's."""
    plain, names = compact(text), own_names(page)
    meant = names[:1] if of_others(page) else names[1:] if is_post(page) and len(names) > 1 else names
    return any(name in plain for name in meant)


def _money(kind: Kind, sentence: str) -> JSON:
    """The sum nearest to the word; None without a currency, and where a rate or a part is meant."""
    words = list(_WORD[kind].finditer(sentence))
    sums = [match for match in _MONEY.finditer(sentence) if match["before"] or match["after"]]
    near = [
        (len(gap), one)
        for word in words
        for one in sums
        if len(gap := _between(sentence, word, one)) <= REACH and not _CLAUSE.search(gap)
    ]
    if not near:
        return None
    _, match = min(near, key=lambda pair: (pair[0], pair[1].start()))
    amount = round(_amount(match["number"]) * _SCALES.get((match["scale"] or "").lower(), 1.0), 2)
    if amount < 1_000:
        return None
    currency = _SIGNS[(match["before"] or match["after"]).lower()]
    years = _YEAR.findall(sentence[: match.start()] + " " + sentence[match.end() :])
    if kind == "revenue":
        return {"amount": amount, "currency": currency, "fiscal_period": f"FY{years[0]}" if len(years) == 1 else None}
    named = _ROUND.search(sentence)
    year = years[0] if len(years) == 1 else None
    return {"round": named[0] if named else None, "amount": amount, "currency": currency, "date": year}


def _staff(sentence: str, language: str) -> JSON:
    """How many, with the upper end of a range (`50-100 employees`) and the day where the sentence names one."""
    if employed := _EMPLOYS.search(sentence):
        if _TRADE.search(sentence[: employed.start()]):
            return None
        return {"amount": float(int(_amount(employed["number"])))}
    for word in _WORD["employees"].finditer(sentence):
        before = sentence[max(word.start() - 40, 0) : word.start()]
        numbers = list(_RANGE.finditer(before))
        count = numbers[-1] if numbers and _belongs(numbers[-1], before) else None
        behind = next(
            (one for one in _RANGE.finditer(sentence[word.end() : word.end() + 45]) if one.start() <= 20), None
        )
        if count is None or (
            behind is not None
            and behind.start() <= 3 < len(before) - count.end()
            and sentence.startswith(_PERSONS, word.end() + behind.end())  # `従業員数 1,250名`
        ):
            count = behind
        amount = _amount(count["number"]) if count else 0
        if 2 <= amount <= 3_000_000 and amount == int(amount) and not (count and _YEAR.fullmatch(count["number"])):
            value: dict[str, JSON] = {"amount": float(int(amount))}
            if count and count["most"] and (most := _amount(count["most"])) > amount:
                value["amount_max"] = float(int(most))
            day = printed(sentence, language=language)
            told = day and (_AS_OF.search(sentence[: day.start]) or sentence[day.end :].startswith("現在"))
            if day and told and len(day.iso) == len("2025-12-31"):
                value["period_end"] = day.iso
            return value
    return None


def _belongs(count: re.Match[str], before: str) -> bool:
    """Whether a number counts those whom the text before their word ends with."""
    gap = before[count.end() :]
    few = _amount(count["number"]) < FEW and len(gap.split()) >= MOST_BETWEEN
    return not (few or gap.startswith(",") or _APART.search(gap) or _SERVED.search(before[: count.start()]))


def _between(sentence: str, word: re.Match[str], one: re.Match[str]) -> str:
    first, second = (word, one) if word.start() < one.start() else (one, word)
    return sentence[first.end() : second.start()]


def _amount(written: str) -> float:
    """The last point or comma is the decimal mark unless three digits follow it."""
    whole = re.sub(r"[\s'’]", "", written)
    mark = max(whole.rfind("."), whole.rfind(","))
    if mark >= 0 and (len(whole) - mark - 1 != 3 or len({*whole} & {".", ","}) == 2):
        return float(re.sub(r"[.,]", "", whole[:mark]) + "." + whole[mark + 1 :])
    return float(re.sub(r"[.,]", "", whole))
