"""The company's name and registered name: what titles, copyright lines and the domain agree on."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from shared.extract.kept import judged_once
from shared.extract.legal_forms import form_spans, legal_form, without_form
from shared.models import Fact

if TYPE_CHECKING:  # assemble compares names and parses no page
    from shared.extract.collected import Line
    from shared.extract.page import ParsedPage

_COPYRIGHT = re.compile(
    r"(?:[©ⓒ]|\(c\)|copyright|copyrights|版权所有|版權所有)[\s:：©ⓒ]*(?:\(c\)\s*|copyright\s+)?(?:by\s+)?((?:19|20)\d\d\s*(?:[-–—/,]\s*(?:19|20)?\d\d\s*)?)?[\s,.:|–—-]*(?:(?:by|of)\s*:?\s+)?"
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
    r"|registered|powered|designed|design by|website by|site by|webdesign|made (?:by|with)"
    r"|(?:realizzat|sviluppat|progettat)[oa] |réalisée? (?:par|avec)|conçue? par"
    r"|(?:création|realisatie|umsetzung|wykonanie)\s?:|(?:gemaakt|ontwikkeld) door"
    r"|(?:desarrollad|diseñad|desenvolvid|criad)[oa] por|(?:umgesetzt|erstellt|gestaltet) (?:von|durch)"
    r"|技术支持|技術支援|terms|privacy|impressum"
    r"|legal"
    r"|is a |are |p\.?\s?iva|partita|vat|tel|sitemap|cookie|and its|or its|and/or|und |•|·|\d{4}).*",
    re.I | re.S,
)
_PART_OF = re.compile(
    r",?\s(?:a|an|the)\s(?:\w+\s)?(?:division|subsidiary|unit|part|brand|member|affiliate)\sof\s"
    r"|(?:\s[–—-]|\.)\s(?:an?|part of)\s",
    re.I,
)
_ADDRESS = re.compile(r"(?<=[^\W\d]{3}),\s[^,]*\d.*", re.S)  # behind a name
_EASTERN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")  # no domain spells it
_AND = re.compile(r"\s(?:&|and|und|et|y)\s", re.I)  # `Example, Miller & Smith`
_SPLIT = re.compile(r"\s+[|–—·•»«:/-]+\s+|\s*[|｜»«·•：]\s*|:\s+|\s+::\s+|(?<=[\u3041-\u9fff])_|_(?=[\u3041-\u9fff])")
_PLACE = re.compile(r"(?<=\S)\s?[(（][^()（）]{1,20}[)）]$")
_COUNTRY = (
    "UK|USA?|Ireland|Canada|Australia|New Zealand|India|Singapore|South Africa|Deutschland|Germany|Österreich|Austria"
    "|Schweiz|Suisse|Switzerland|France|España|Spain|Italia|Italy|Nederland|België|Belgique|Belgium|Portugal|Brasil"
    "|México|Polska|Danmark|Norge|Sverige|Suomi|Finland|Japan"
)
_BEHIND = re.compile(  # a name that the domain spells: a country, a place, a year
    rf"\s(?:{_COUNTRY})|,\s[^\W\d_][\w .-]{{2,30}}|\s(?:since|seit|sinds|depuis|desde|dal|est\.?|anno)\s\d{{4}}"
)
_OFFICE = re.compile(r"(?:(?:City|Town|Village|Borough|County|State|University|Bank|Parish) of(?: the)?) ", re.I)
_ON_A_RIVER = re.compile(r"\s(?:ob|an|aan) de[rnm] [^\W\d_]+")
_POSTCODE = re.compile(r"(?<!\d)\d{4,5}(?:\s?[A-Z]{2})?,?$")
_BULLETS = re.compile(r"\s[|–—·•»«]\s")
_GENERIC = re.compile(
    r"(?:home ?page|home|welcome|start|startseite|index|willkommen|accueil|inicio|página inicial|about( us)?"
    r"|contact( us)?|kontakt|blog"
    r"|news|untitled( document)?|official (web)?site|hjem|hem|etusivu|strona główna|главная|首页|ホーム|홈|impressum"
    r"|login|トップ(?:ページ)?|ログイン|お知らせ|会社概要|メンテナンス中?|主页|登录|关于我们|메인(?:페이지)?|로그인|회사소개"
    r"|just a moment.*|attention required.*|404.*|page not found|error|default|site|website|the company|company)",
    re.I,
)
_SECTION = re.compile(
    r"\b(?:blog|careers?|jobs?|news|shop|store|home|login|index|web ?site|online|contact|kontakt|engineering|support"
    r"|over|über|à propos|sobre|om|chi|help|docs|documentation|magazin|karriere"
    r"|by|the|official|welcome|about|press|portal|team|pricing|startseite|homepage|inicio|impressum|index)\b|[<>-]",
    re.I,
)
_WELCOME = re.compile(
    r"^(?:welcome to|willkommen (?:bei|auf)|bienvenue (?:chez|à|sur)|bienvenidos? a|benvenuti (?:in|su|da)"
    r"|welkom bij|the official (?:web)?site of)\s+",
    re.I,
)


_CJK_LETTER = re.compile(r"[\u3041-\u9fff\uac00-\ud7a3]")
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
MENTIONS = 50  # lines that name the company, of which its spelling is learned
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_JOINED = ("and", "und")  # how domains write `&`
_WORD = re.compile(r"[^\s|/:;,!?()<>\[\]{}\"“”«»®™©ⓒ]+(?<![.'’-])")
_CYRILLIC = dict(  # as domains write them
    zip(
        "абвгдежзиклмнопрстуфхцчшщъыьэюяієґ",
        "a b v g d e zh z i k l m n o p r s t u f kh ts ch sh shch _ y _ e yu ya i ye g".replace("_", "").split(" "),
        strict=True,
    )
)
_LETTERS = str.maketrans(_CYRILLIC | {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"})
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


@judged_once
def resembles(name: str, site: str) -> bool:
    """Whether a name or handle is the one that the domain spells: `Example Widgets` and `example-widgets.com`,
    `examplehq`, `ew.com`."""
    label, spelled = compact(site.partition(".")[0]), compact(without_form(name))
    if len(label) < 2 or not spelled:
        return False
    umlauts = spelled if name.isascii() else compact(without_form(name).translate(_UMLAUTS))
    if spelled in (label, compact(site)) or label == umlauts:
        return True
    if len(spelled) >= 4 and len(label) >= 4 and (spelled in label or label in spelled or umlauts in label):
        return True
    words = [compact(word) for word in without_form(name).split()]
    parts = site.partition(".")[0].split("-")
    if 2 <= len(parts) <= len(words) <= 6 and len(label) >= 8 and _abbreviates(parts, words):
        return True
    if 2 <= len(words) <= 4 and len(label) >= 6 and (_skips(words, label) or "".join(words[::-1]) == label):
        return True
    initials = "".join(word[0] for word in re.findall(r"\w+", name)).casefold()
    return len(label) >= 2 and initials == label


def _skips(words: list[str], label: str) -> bool:
    """Whether the label is the first word and some later ones: `exampleclinic` of Example Dental Clinic; or the first
    and how people shorten the next: `examplevets` of Example Veterinary Clinic."""
    rest = label.removeprefix(words[0]) if len(words[0]) >= 4 else label
    if rest == label:
        return False
    short = rest.removesuffix("s")
    if len(words[0]) >= 6 and len(short) >= 3 and words[1].startswith(short):
        return True
    for word in words[1:]:
        rest = rest.removeprefix(word)
    return not rest


def _abbreviates(parts: list[str], words: list[str]) -> bool:
    """Whether each of the domain's words begins another one of the name's: `example-am-markt` of Examplehof am Markt,
    `miller-tischler` of Tischlerei Miller."""
    left = list(words)
    for part in parts:
        word = next((one for one in left if one == part or (len(part) >= 4 and one.startswith(part))), None)
        if word is None:
            return False
        left.remove(word)
    return True


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
        text = _without_place(page, as_spelled(page.metas.get(key, ""), page.site))
        if text and _plausible(text):
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
        yield page.fact("identity.name", name, how="text", quote=name, confidence=0.62 if counts[name] > 1 else 0.5)


@judged_once
def as_spelled(text: str, site: str) -> str:
    """The part of a title that names the company: all of it where it is hardly longer than what the domain spells."""
    short = _PLACE.sub("", without_form(text))
    spelled = spelled_in(short, site)
    if not spelled:
        return short
    before, _, after = short.partition(spelled)
    rest = f"{before} {after}"
    if not before and _BEHIND.fullmatch(after) and (after[0] != "," or " " in spelled):
        return spelled
    if after.endswith("?") or (before[:1].islower() and spelled[:1].isupper() and before != "the "):
        return spelled  # of a sentence
    if not before and _ON_A_RIVER.fullmatch(after):
        return short
    if len(rest.split()) <= 2 and not _SECTION.search(rest) and not _SPLIT.search(short):
        return short
    if before.lower() == "the " and not after.strip():
        return f"The {spelled}"
    return before + spelled if _OFFICE.fullmatch(before) else spelled


@judged_once
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


@judged_once
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
        best = _without_place(page, best)
        yield page.fact("identity.name", best, how="html", quote=best, confidence=0.75)
    elif spelled := spelled_in(page.title[:300], page.site):
        name = _BULLETS.sub(" ", spelled)
        yield page.fact("identity.name", name, how="html", quote=spelled, confidence=0.75)
    elif parts:
        choice = parts[-1] if page.kind != "home" and len(parts) > 1 else parts[0]
        first = choice.split()[0]  # of a page's title, of which other words may say what the page is
        half = _half_spelled(choice if page.kind == "home" else first, page.site)
        printed = len(parts) > 1 and _EASTERN.search(choice) and choice in page.text and not legal_form(choice)
        alone = len(parts) == 1
        clear = printed or (alone and half and (page.kind == "home" or first.isascii()))
        sure = 0.5 if clear else 0.3 if alone else 0.35
        yield page.fact("identity.name", choice, how="html", quote=choice, confidence=sure)


def _without_place(page: "ParsedPage", name: str) -> str:
    """As those call it who sign the page; and without the place whose postcode the page gives."""
    words = name.split()
    if len(words) < 2 or compact(name) == compact(page.site) or not resembles(name, page.site):
        return name
    signed = [without_form(owner) for owner, _ in _copyrights(page)]
    signed = [one for one in signed if name.startswith(one) and _goes_on(name[len(one) :])]
    if signed := [one for one in signed if resembles(one, page.site)]:
        return max(signed, key=len)
    short, place = " ".join(words[:-1]), words[-1]
    whole = spelled_in(short, page.site) == short or _in_any_order(short, page.site)
    if whole and place[0].isupper():
        at = page.text.find(f" {place}")
        if at >= 0 and _POSTCODE.search(page.text, max(at - 8, 0), at):
            return short
    return name


def _in_any_order(name: str, site: str) -> bool:
    """Whether the domain has just the name's words: `miller-joinery` of Joinery Miller."""
    return sorted(map(compact, name.split())) == sorted(site.partition(".")[0].split("-"))


def _goes_on(rest: str) -> bool:
    """Whether what stands behind a name says more than its form."""
    return len(rest) > 3 and not rest[0].isalnum()


def _half_spelled(name: str, site: str) -> bool:
    """Whether the domain spells one of its words, or can spell none: it is in another script."""
    label = compact(site.partition(".")[0])
    words = [compact(word) for word in name.split()]
    foreign = len(name) <= 12 and "の" not in name and bool(_CJK_LETTER.search(name))
    return len(words) <= 3 and (foreign or any(len(w) > 5 and w in label for w in words))


def _from_copyright(page: "ParsedPage") -> Iterator[Fact]:
    for owner, line in _copyrights(page):
        legal = legal_form(owner)
        close = resembles(owner, page.site)
        if legal:
            yield page.fact("identity.legal_name", owner, how="text", quote=line, confidence=0.85 if close else 0.6)
        first, _, rest = owner.partition(", ")
        alone = close and resembles(first, page.site) and not _AND.search(rest)
        name = without_form(first if alone else owner)
        if _plausible(name) and len(name.split()) <= 6:
            confidence = 0.7 if close else 0.5 if legal else 0.4
            confidence -= 0.05 * (close and legal and compact(name) != compact(page.site.partition(".")[0]))
            yield page.fact("identity.name", name, how="text", quote=line, confidence=confidence)


def _copyrights(page: "ParsedPage") -> list[tuple[str, str]]:
    """Who signs the page, each with the line that says so."""
    if "copyrights" not in page.memo:
        lowest = len(page.lines) - FOOTER
        lines = [page.lines[index].text for index in _signed(page.lower) if index >= lowest]
        page.memo["copyrights"] = [(owner, line) for line in lines if len(line) <= 600 for owner in _owners(line)]
    found: list[tuple[str, str]] = page.memo["copyrights"]
    return found


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


@judged_once
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
    if re.search(r"\.\w$", name) and text[text.find(name) + len(name) :][:1] == ".":
        name += "."  # of its form, not of a sentence
    forms = form_spans(name)
    if forms:
        end = forms[0][1]
        for start, after in forms[1:]:
            if start - end <= 3:
                end = after
        return name[:end]
    name = _ADDRESS.sub("", name).strip(" .")
    return name if _plausible(name) and len(name) <= 60 and not re.match(r"(?:19|20)\d\d$", name) else ""
