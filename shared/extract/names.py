"""The company's name and registered name: what titles, copyright lines and the domain agree on."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, TypeVar, TypeVarTuple

from shared.models import Fact

_Ts = TypeVarTuple("_Ts")
_R = TypeVar("_R")
if TYPE_CHECKING:  # assemble compares names and parses no page
    from shared.extract.collected import Line
    from shared.extract.page import ParsedPage

# Legal forms, as they end a registered name. Those of the second line are words of their own in lower case.
_FORMS = r"""ltd\.\s?şti\.|(?:limited|anonim)\sşirketi
|gesellschaft\smit\sbeschränkter\shaftung|\(pty\)\s?ltd\.?|s\.\s?a\.\s?(?:p\.\s?i\.\s?|b\.\s?)?de\sc\.\s?v\.?
|(?:sa(?:b|pi)?|srl)\sde\scv|s\.\s?de\sr\.\s?l\.?(?:\sde\sc\.\s?v\.?)?|s\sde\srl(?:\sde\scv)?|oy\sab
|(?:public|private)\scompany\slimited|s\.\s?à\s?r\.\s?l\.|unipessoal,?\slda\.?|[fa]\.m\.b\.a\.|se\s?&\s?co\.?\s?(?:kgaa|kg)|s\.\s?coop\.?|soc\.\s?coop\.?
|j\.\s?d\.\s?o\.\s?o\.|ges\.\s?m\.\s?b\.\s?h\.|gesmbh|partg(?:\s?mbb)?|flexco|teoranta|berhad|ltée|limitada|s\.\s?a\.\s?c\.|e\.i\.r\.l\.
|v\.\s?o\.\s?s\.|sp\.\s?j\.|hf\.|i/s|p/s|k/s|fz-?llc|g\.k\.|α\.\s?ε\.|ε\.\s?π\.\s?ε\.|ι\.\s?κ\.\s?ε\.|ο\.\s?ε\.|בע["״]מ
|inc\.?|incorporated|corp\.?|corporation|co\s?\.?,?\s?ltd\.?|ltd\.?|limited|l\.?l\.?c\.?|l\.?l\.?p\.?|plc
|pty\.?\s?ltd\.?
|pvt\.?\s?ltd\.?|private\slimited|pte\.?\s?ltd\.?|sdn\.?\s?bhd\.?|gmbh\s?&\s?co\.?\s?(?:kg|ohg)(?:aa)?|ag\s?&\s?co\.?\s?kg(?:aa)?
|ggmbh|gmbh|(?:ug|unternehmergesellschaft)\s?\(haftungsbeschr(?:ä|ae)nkt\)|kgaa|e\.\s?k\.|e\.\s?v\.|gbr|sarl(?:\sau)?|s\.à\.?r\.l\.|sàrl|s\.a\.r\.l\.|s\.a\.s\.u?\.?|eurl|s\.c\.a\.
|n\.\s?v\.|b\.v\.b\.a\.?|bvba|scrl|aktiengesellschaft|b\.\s?v\.|v\.\s?o\.\s?f\.?|s\.\s?p\.\s?a\.?|s\.\s?r\.\s?l\.?\s?s?\.?|srls?|s\.n\.c\.?|s\.\s?l\.\s?u?\.?|s\.\s?a\.
|ltda\.?|lda\.?|s/a|a/s|aps|aktiebolag|oyj|ehf\.?|p\.c\.|p\.\s?l\.\s?c\.|s\.a\.e\.|p\.?l\.?l\.?c\.?|sp\.\s?z\s?o\.\s?o\.?|sp\.\s?k\.|s\.\s?r\.\s?o\.|spol\.\ss\s?r\.\s?o\.|a\.\s?s\.|k\.\s?s\.
|kft\.?|zrt\.?|nyrt\.?|d\.\s?o\.\s?o\.?|d\.d\.|eood|ood|uab|oü|a\.ş\.|k\.k\.|p\.?t\.?y|pbc"""
_CAPITALS = (
    r"AG|SE|SA|SAS|SASU|OG|Ky|e\.\s?[UG]\.|AS|ASA|AB|AD|EAD|LP|UG|KG|OHG|HB|KB|SIA|BV|NV|VOF|SL|SLU|SPA|SpA|SNC|Oy|Bt\.?|Tbk|Bhd\.?|eG|bv|nv|CommV"
    r"|EIRELI|Company(?!\s(?:[Nn]o|NO|[Nn]umber|[Rr]eg))|CIC|DAC|CLG|ULC|NPC|SCOP|VZW|ASBL|ANS|IVS|DOO|doo|FZE|FZCO|DMCC|[CP]?JSC|Anstalt|ЕООД|ООД|ЕАД|АД"
)


class _Forms:
    """In any letter case by the text's lower case: a search that ignores case costs two and a half times as much."""

    def __init__(self, end: str) -> None:
        self.small = re.compile(rf"(?<=[\s,.])(?:{_FORMS.replace(chr(10), '')}){end}")
        self.as_is = re.compile(rf"(?<=[\s,.])(?:{_CAPITALS}){end}")

    def within(self, text: str) -> list[tuple[int, int]]:
        """Where they stand behind a name."""
        lower = text.replace("İ", "i").lower()  # of no other letter is that longer
        matches = [*self.small.finditer(lower), *self.as_is.finditer(text)]
        matches.sort(key=re.Match.start)
        found, last = [], 0
        for match in matches:
            if match.start() >= last:
                last = match.end()
                found.append(match.span())
        return [span for span in found if span[0] > 1]


_FORM = _Forms(r"(?![\w.&])")
_FORM_ENDS = _Forms(r"(?:\s\(publ\))?(?![\w&]|\.\w)")  # a full stop may follow
_CJK_LEGAL = re.compile(
    r"(?:株式会社\s?|有限会社\s?|合同会社\s?|주식회사\s?|\(주\)\s?|㈜)[\w・ー&]{2,30}(?:\.[A-Za-z]\w{0,19})?"
    r"|(?<!\d)(?!\d{1,8}\s)[\w・ー&（）()]{2,30}?(?:株式会社|有限会社|合同会社|股份有限公司|有限公司|有限责任公司|有限責任公司|\s?주식회사|\(주\)|㈜)"
)
_CJK_SIGN = re.compile("[株有合주㈜]")  # one of which each of these forms has
_CYRILLIC_LEGAL = re.compile(
    r"(?:ООО|ОАО|ЗАО|ПАО|АО|ТОВ|ПрАТ|ПАТ|ТОО|(?i:общество с ограниченной ответственностью|акционерное общество))"
    r"\s?[«\"„]([^»\"“]{2,60})[»\"“]"
    r"|(?<!\w)(?:ИП|(?i:индивидуальный предприниматель))\s"
    r"([А-ЯЁ][А-ЯЁа-яё-]{1,30}\s(?:[А-ЯЁ][А-ЯЁа-яё]{1,20}\s[А-ЯЁ][А-ЯЁа-яё]{1,20}|[А-ЯЁ]\.\s?[А-ЯЁ]\.))"
)
_FORM_FIRST = re.compile(
    r"(?<!\w)(?:PT\.?\s(?=[A-Z])|(?:Công ty|CÔNG TY) (?:TNHH|Cổ phần|CỔ PHẦN|CP)\s(?:MTV\s)?)"
    r"([^\W\d_][\w&.’'-]{1,30}(?:\s[^\W\d_a-z][\w&.’'-]{0,30}){0,5})(?<!\.)"
    r"|(?:^|(?<=la )|(?<=té )|(?<=de )|(?<=par )|(?<=: ))(?:SARL|SASU?|EURL|SELARL|SCEA|EARL)\s"
    r"([A-ZÀ-Ý][\w&’'-]{1,30}(?:\s[A-ZÀ-Ý][\w&’'-]{1,30}){0,4})"
)
_COPYRIGHT = re.compile(
    r"(?:[©ⓒ]|\(c\)|copyright|copyrights|版权所有|版權所有)[\s:：©ⓒ]*(?:\(c\)\s*)?(?:by\s+)?((?:19|20)\d\d\s*(?:[-–—/,]\s*(?:19|20)?\d\d\s*)?)?[\s,.:|–—-]*(?:by\s+)?"
    r"(?:版权所有|版權所有)?([^|©®\n]{2,100})",
    re.I,
)
_OWNER_FIRST = re.compile(r"([^|©ⓒ\n]{2,60}?)\s?(?:[©ⓒ]|\(c\)|copyright)\s?(?:19|20)\d\d", re.I)
_RIGHTS = re.compile(
    r"(?:^|[\s,.:;|–—-]{1,9})(?:all rights?|alle rechte|tous droits|todos (?:los|os) derechos|todos os direitos"
    r"|tutti i diritti"
    r"|alle rechten|with all rights|rights reserved|wszelkie prawa|všechna práva|všetky práva|все права|copyright"
    r"|alla rättigheter|alle rettigh?eter|alle rettigheder|kaikki oikeudet|minden jog|toate drepturile|tüm hakları"
    r"|sva prava|vse pravice|visos teisės|visas tiesības|kõik õigused|усі права|всі права|всички права|με επιφύλαξη"
    r"|inc\.? all|a (?:private|public) (?:limited )?company"
    r"|registered|powered|designed|design by|website by|site by|webdesign|made (?:by|with)|terms|privacy|impressum"
    r"|legal"
    r"|is a |are |p\.?\s?iva|partita|vat|tel|sitemap|cookie|and its|or its|and/or|und |•|·|\d{4}).*",
    re.I | re.S,
)
_PART_OF = re.compile(
    r",?\s(?:a|an|the)\s(?:\w+\s)?(?:division|subsidiary|unit|part|brand|member|affiliate)\sof\s", re.I
)
_AND = re.compile(r"\s(?:&|and|und|et|y)\s", re.I)  # `Example, Miller & Smith`
_SPLIT = re.compile(r"\s+[|–—·•»«:/-]+\s+|\s*[|»«·•]\s*|:\s+|\s+::\s+")
_BULLETS = re.compile(r"\s[|–—·•»«]\s")
_GENERIC = re.compile(
    r"(?:home ?page|home|welcome|start|startseite|index|willkommen|accueil|inicio|página inicial|about( us)?"
    r"|contact( us)?|kontakt|blog"
    r"|news|untitled( document)?|official (web)?site|hjem|hem|etusivu|strona główna|главная|首页|ホーム|홈|impressum"
    r"|login"
    r"|just a moment.*|attention required.*|404.*|page not found|error|default|site|website|the company|company)",
    re.I,
)
_SECTION = re.compile(
    r"\b(?:blog|careers?|jobs?|news|shop|store|home|login|index|web ?site|online|contact|kontakt|engineering|support"
    r"|over|über|à propos|sobre|om|chi|help|docs|magazin|karriere"
    r"|by|the|official|welcome|about|press|portal|team|pricing|startseite|homepage|inicio|impressum|index)\b|[<>-]",
    re.I,
)
_WELCOME = re.compile(
    r"^(?:welcome to|willkommen (?:bei|auf)|bienvenue (?:chez|à|sur)|bienvenidos? a|benvenuti (?:in|su|da)"
    r"|welkom bij|the official (?:web)?site of)\s+",
    re.I,
)


_NO_WORD = re.compile(r"[^a-z0-9]+")
_LOWER = bytes(range(256)).lower()
_BESIDE = bytes(code for code in range(128) if not chr(code).isalnum())
_NO_LETTER = re.compile(r"[\W_]+")
_PLAIN = bytes(
    ord(unicodedata.normalize("NFKD", chr(code).lower())[0])
    if chr(code).isalpha() and chr(code) not in "µßæø"
    else code
    for code in range(256)
).translate(bytes.maketrans("ßæø".encode("latin-1"), b"sao"))
_BETWEEN = bytes(code for code in range(256) if code != 10 and not (chr(code).isalnum() and chr(code) not in "²³¹ª"))
OWN_WORDS = 4  # of a name in a title
FOOTER = 60  # lines that may name the page's owner
KEPT = 200  # characters of a text that is judged once
MENTIONS = 50  # lines that name the company, of which its spelling is learned
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_JOINED = ("and", "und")  # how domains write `&`
_WORD = re.compile(r"[^\s|/:;,!?()<>\[\]{}\"“”«»®™©ⓒ]+(?<![.'’-])")
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"})
_TWO_LETTERS = re.compile(r"[aou]e|aa")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "å": "aa", "ø": "oe"})


def compact(text: str) -> str:
    """Letters and digits alone, without accents and case."""
    if text.isascii():
        return text.encode().translate(_LOWER, _BESIDE).decode()
    folded = _FOREIGN.sub(_folded, text).lower()
    return _NO_WORD.sub("", folded) if folded.isascii() else _NO_LETTER.sub("", folded)


def _folded(foreign: re.Match[str]) -> str:
    return _fold(foreign[0]) if len(foreign[0]) <= 4 else _fold.__wrapped__(foreign[0])


@lru_cache(4096)
def _fold(text: str) -> str:
    return unicodedata.normalize("NFKD", text).casefold().translate(_LETTERS)


def _compact_text(page: "ParsedPage") -> bytes:
    """The text's lines, compact, as far as Latin-1 has their letters; ß counts as one s."""
    if "compact text" not in page.memo:
        page.memo["compact text"] = page.text.encode("latin-1", "replace").translate(_PLAIN, _BETWEEN)
    found: bytes = page.memo["compact text"]
    return found


def _lines_with(page: "ParsedPage", letters: str) -> "Iterator[Line]":
    """The lines that spell these letters, whatever stands between them, in page order."""
    text, wanted = _compact_text(page), letters.encode()
    at = text.find(wanted) if wanted else -1
    index = counted = 0
    while at >= 0:
        index += text.count(b"\n", counted, at)
        yield page.lines[index]
        counted = at
        end = text.find(b"\n", at)
        at = text.find(wanted, end) if end >= 0 else -1


def _kept(function: Callable[[str, *_Ts], _R]) -> Callable[[str, *_Ts], _R]:
    """Keeps what comes of short texts, since names and footers repeat on a site's pages."""
    kept = lru_cache(4096)(function)

    def ask(text: str, /, *others: *_Ts) -> _R:
        return kept(text, *others) if len(text) <= KEPT else function(text, *others)

    return ask


@_kept
def without_form(name: str) -> str:
    """A registered name as people say it."""
    if first := _CYRILLIC_LEGAL.fullmatch(name) or _FORM_FIRST.fullmatch(name):
        return str(next(filter(None, first.groups()))).removesuffix(" Tbk")
    forms = _FORM.within(name)
    short = name[: forms[0][0]] if forms else name
    short = re.sub(r"株式会社|有限会社|合同会社|주식회사|\(주\)|㈜|股份有限公司|有限(?:责任|責任)?公司", "", short)
    return short.strip(" ,.-–&") or name


def form_spans(text: str) -> list[tuple[int, int]]:
    """Where legal forms stand that end a name."""
    return _FORM_ENDS.within(text)


_CJK_LETTER = re.compile(r"[\u3041-\u9fff\uac00-\ud7a3]")
_DESCRIBED = re.compile(  # what a company does, before its name: `機械販売の…株式会社`
    r"(?:[^の]{0,20}[・、／][^の]{0,20}|[^の]{1,20}(?:販売|開発|製造|専門|運営|派遣|施工|設計|制作|支援|メーカー))の"
)
_NAME_AFTER = re.compile(r"[\u3041-\u9fffA-Za-z0-9]{2,20}")


def _undescribed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without what the company does, behind which its form may stand first."""
    if "の" in text[start:end] and (described := _DESCRIBED.match(text, start, end)):
        after = _NAME_AFTER.match(text, end)
        start = described.end()
        if end - start == len("株式会社") and after:
            end = after.end()
    return start, end


def eastern_names(text: str) -> Iterator[tuple[int, int]]:
    """Where registered names in Chinese, Japanese or Korean stand, and in Cyrillic with their forms first."""
    if _CJK_SIGN.search(text):
        yield from (_undescribed(text, *match.span()) for match in _CJK_LEGAL.finditer(text))
    yield from (match.span() for match in _CYRILLIC_LEGAL.finditer(text))


def names_after_forms(text: str) -> Iterator[tuple[int, int]]:
    """Where registered names of Indonesia, Vietnam and, in their texts, France stand."""
    return (match.span() for match in _FORM_FIRST.finditer(text))


def legal_form(name: str) -> bool:
    return bool(
        _FORM.within(name)
        or (_CJK_SIGN.search(name) and _CJK_LEGAL.fullmatch(name))
        or _CYRILLIC_LEGAL.fullmatch(name)
        or _FORM_FIRST.fullmatch(name)
    )


@_kept
def resembles(name: str, site: str) -> bool:
    """Whether a name or handle is the one that the domain spells: `Example Widgets` and `example-widgets.com`,
    `examplehq`, `ew.com`."""
    label, spelled = compact(site.partition(".")[0]), compact(without_form(name))
    if len(label) < 2 or not spelled:
        return False
    if spelled in (label, compact(site)) or label == compact(without_form(name).translate(_UMLAUTS)):
        return True
    if len(spelled) >= 4 and len(label) >= 4 and (spelled in label or label in spelled):
        return True
    words = [compact(word) for word in without_form(name).split()]
    if 2 <= len(words) <= 4 and len(label) >= 6 and (_skips(words, label) or "".join(words[::-1]) == label):
        return True
    initials = "".join(word[0] for word in re.findall(r"\w+", name)).casefold()
    return len(label) >= 2 and initials == label


def _skips(words: list[str], label: str) -> bool:
    """Whether the label is the first word and some later ones: `exampleclinic` of Example Dental Clinic."""
    rest = label.removeprefix(words[0]) if len(words[0]) >= 4 else label
    for word in words[1:] if rest != label else ():
        rest = rest.removeprefix(word)
    return not rest


def own_names(page: "ParsedPage") -> list[str]:
    """What the company may be called, compact: the beginning of what the domain spells, and short names of the site
    in its metas and title."""
    if "own names" not in page.memo:
        label = compact(page.site.partition(".")[0])
        said = [page.metas.get("og:site_name", ""), page.metas.get("application-name", "")]
        said += [part for part in _SPLIT.split(page.title[:300]) if part]
        short = [without_form(text) for text in said if len(text.split()) <= OWN_WORDS and _plausible(text)]
        found = {compact(name) for name in short}
        page.memo["own names"] = [label[:5]] * (len(label) >= 3 and not label.isdigit()) + sorted(
            name for name in found if len(name) >= 4
        )
    known: list[str] = page.memo["own names"]
    return known


def names(page: "ParsedPage") -> Iterator[Fact]:
    """Candidates; those that the domain confirms count for more."""
    for key, how, sure in (
        ("og:site_name", "opengraph", 0.75),
        ("application-name", "meta", 0.6),
        ("apple-mobile-web-app-title", "meta", 0.6),
    ):
        if (text := as_spelled(page.metas.get(key, ""), page.site)) and _plausible(text):
            confidence = sure + 0.15 if resembles(text, page.site) else sure - 0.15
            confidence -= 0.15 * (text == page.site)  # the address says less of how the name is spelt
            yield page.fact("identity.name", text, how=how, quote=text, confidence=confidence)  # type: ignore[arg-type]
    yield from _from_title(page)
    yield from _from_copyright(page)
    yield from _from_text(page)


def _from_text(page: "ParsedPage") -> Iterator[Fact]:
    """What the domain spells, as the page's text and pictures write it most."""
    counts: dict[str, int] = {}
    label = compact(page.site.partition(".")[0])
    texts = [line.text[:1000] for line in islice(_lines_with(page, label), MENTIONS)]
    texts += [image.attributes.get("alt") or "" for image in page.walk.images[:50]]
    for text in texts:
        if (label[:3] in text.lower() or not text.isascii()) and (name := spelled_in(text, page.site)):
            name = without_form(name)
            counts[name] = counts.get(name, 0) + 1
    if counts:
        name = min(counts, key=lambda one: (one == one.lower(), -counts[one], one))
        yield page.fact("identity.name", name, how="text", quote=name, confidence=0.55 if counts[name] > 1 else 0.5)


@_kept
def as_spelled(text: str, site: str) -> str:
    """The part of a title that names the company: all of it where it is hardly longer than what the domain spells."""
    short = without_form(text)
    spelled = spelled_in(short, site)
    rest = short.replace(spelled, " ", 1)
    if not spelled or (len(rest.split()) <= 2 and not _SECTION.search(rest) and not _SPLIT.search(short)):
        return short
    return spelled


@_kept
def spelled_in(text: str, site: str) -> str:
    """The first words in a row that the domain spells: `Example Widgets` for example-widgets.com."""
    label = compact(site.partition(".")[0])
    joined = next((word for word in _JOINED if word in label), "") if "&" in text else ""
    if joined and label not in compact(text):
        text_as_spelled = text.replace("&", joined)
    else:
        joined, text_as_spelled = "", text
    if len(label) < 3 or (label not in compact(text_as_spelled) and not _umlauts(label, text)):
        return ""
    plain_ones = [(match, joined if match[0] == "&" else compact(match[0])) for match in _WORD.finditer(text)]
    words = [(m, one, one if m[0].isascii() else compact(m[0].translate(_UMLAUTS))) for m, one in plain_ones]
    for start in range(len(words)):
        if not words[start][1]:
            continue
        plain = umlauts = ""
        for match, one, other in words[start : start + 5]:
            plain, umlauts = plain + one, umlauts + other
            if label in (plain, umlauts) or (plain == one and match[0].lower() == site):
                return text[words[start][0].start() : match.end()]
            if len(plain) > len(label) + 2:
                break
    return ""


def _umlauts(label: str, text: str) -> bool:
    """Whether the text may spell the label with an umlaut that the label writes as two letters."""
    return not text.isascii() and bool(_TWO_LETTERS.search(label)) and label in compact(text.translate(_UMLAUTS))


@_kept
def _plausible(name: str) -> bool:
    return (
        2 <= len(name) <= 60
        and not re.match(r"www\.|https?:|@", name, re.I)
        and not _GENERIC.fullmatch(name)
        and bool(re.search(r"[^\W\d_]", name))
    )


def _from_title(page: "ParsedPage") -> Iterator[Fact]:
    parts = [_WELCOME.sub("", part).strip(" \"'®™") for part in _SPLIT.split(page.title[:300]) if part.strip()]
    parts = [part for part in parts if _plausible(part) and len(part.split()) <= 6]
    known = [as_spelled(part, page.site) for part in parts if resembles(part, page.site)]
    best = min(known, key=lambda part: (compact(part) != compact(page.site.partition(".")[0]), len(part)), default=None)
    if best is not None:
        yield page.fact("identity.name", best, how="html", quote=best, confidence=0.75)
    elif spelled := spelled_in(page.title[:300], page.site):
        name = _BULLETS.sub(" ", spelled)
        yield page.fact("identity.name", name, how="html", quote=spelled, confidence=0.75)
    elif parts:
        choice = parts[-1] if page.kind != "home" and len(parts) > 1 else parts[0]
        sure = 0.35 if len(parts) > 1 else 0.5 if page.kind == "home" and _half_spelled(choice, page.site) else 0.3
        yield page.fact("identity.name", choice, how="html", quote=choice, confidence=sure)


def _half_spelled(name: str, site: str) -> bool:
    """Whether the domain spells one of its words, or can spell none: it is in another script."""
    label = compact(site.partition(".")[0])
    words = [compact(word) for word in name.split()]
    foreign = len(name) <= 12 and "の" not in name and bool(_CJK_LETTER.search(name))
    return len(words) <= 3 and (foreign or any(len(w) > 5 and w in label for w in words))


def _from_copyright(page: "ParsedPage") -> Iterator[Fact]:
    lowest = len(page.lines) - FOOTER
    for line in [page.lines[index] for index in _signed(page.lower) if index >= lowest]:
        for owner in _owners(line.text) if len(line.text) <= 600 else ():
            legal = legal_form(owner)
            close = resembles(owner, page.site)
            if legal:
                yield page.fact(
                    "identity.legal_name", owner, how="text", quote=line.text, confidence=0.85 if close else 0.6
                )
            first, _, rest = owner.partition(", ")
            alone = close and resembles(first, page.site) and not _AND.search(rest)
            name = without_form(first if alone else owner)
            if _plausible(name) and len(name.split()) <= 6:
                confidence = 0.7 if close else 0.5 if legal else 0.4
                yield page.fact("identity.name", name, how="text", quote=line.text, confidence=confidence)


def _signed(lower: str) -> list[int]:
    """The numbers of the lines with a mark of copyright."""
    lines = set()
    for mark in ("©", "ⓒ", "copyright", "(c)", "所有"):
        index = counted = 0
        at = lower.find(mark)
        while at >= 0:
            index += lower.count("\n", counted, at)
            lines.add(index)
            counted, at = at, lower.find(mark, at + 1)
    return sorted(lines)


@_kept
def _owners(text: str) -> list[str]:
    found = []
    for match in _COPYRIGHT.finditer(text):
        owner = _owner(match[2])
        if not owner and (before := _OWNER_FIRST.search(text[: match.end()])):
            owner = _owner(before[1])
        found.append(owner)
    return list(filter(None, found))


def _owner(text: str) -> str:
    name = _RIGHTS.sub("", text.strip()).strip(" ,;:–—-*\"'")
    if name.startswith("."):  # of the next sentence: the owner is a picture
        return ""
    name = _PART_OF.split(name, maxsplit=1)[0]
    forms = _FORM.within(name)
    if forms:
        end = forms[0][1]
        for start, after in forms[1:]:
            if start - end <= 3:
                end = after
        whole = name[:end]
        at = text.find(whole) + end
        return f"{whole}." if re.search(r"\.\w$", whole) and text[at : at + 1] == "." else whole
    name = name.strip(" .")
    return name if _plausible(name) and len(name) <= 60 and not re.match(r"(?:19|20)\d\d$", name) else ""
