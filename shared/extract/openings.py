"""Openings on careers pages: titles with their places, from lists, cards, tables and links to single postings."""

import json
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

from shared.extract.boards import board_of
from shared.extract.collected import Line, Link
from shared.extract.keywords import lines_with
from shared.extract.page import ParsedPage
from shared.extract.people_words import DEPARTMENTS
from shared.models import Fact

MOST = 200
MIN_TITLE, MAX_TITLE = 3, 110  # characters
MAX_PLACE = 60
FAR = 25  # lines below a title, where a label of its own stands above the place
_POSTING = re.compile(
    r"(?:^|[/_.-])(?:jobs?|careers?|karriere|stelle\w{0,20}|positions?|vacan\w{1,8}|vacatures?|openings?"
    r"|emplois?|offres?"
    r"|carrieres?|lavor\w{1,8}|empleos?|ofertas?|trabaj\w{1,8}|vagas?|prac[aey]|oferty|rekruta\w{1,8}|jobb"
    r"|ledig\w{0,10}|kariera|volna-mista"
    r"|recruit\w{0,8}|opportunit\w{1,5}|bewerb\w{1,8}|o)(?:[/_.-]|$)|[?&](?:job|position|gh_jid|vacancy"
    r"|stelle)\w{0,10}=",
    re.I,
)
_GENDERS = re.compile(
    r"\(?\b[mwfdhxvk]\s?[/|*]\s?[mwfdhxvk](?:\s?[/|*]\s?[mwfdhx])?\b\)?|\(all genders\)|\(gn\)|[a-zäöü][*:_]in\b"
    r"|[a-zäöü]/-in\b",
    re.I,
)
_NO_TITLE = re.compile(
    r"(?:apply|view|see|show|learn|read|more|all|our|open|current|details?|jetzt|hier|zur|zum|alle|mehr"
    r"|bewerb\w*|job alert|search"
    r"|postuler|voir|en savoir|ver|solicitar|candida\w*|scopri|leggi|bekijk|solliciteer|lees|aplikuj|zobacz"
    r"|ansök|søg|søk|hae|why|how|what|meet"
    r"|we\b|you\b|join|life at|working|benefits?|email|e-mail|contact|download|filter|sort|home|back|next"
    r"|previous|department|team|location|senden|werden?|become|devene[zr]|deviens|hazte|diventa)\b",
    re.I,
)
_NO_ROLE = re.compile(
    r"\b(?:reports?|program(?:me|m)?s?|guides?|stor(?:y|ies)|awards?|relations|portal|login|communit(?:y|ies)"
    r"|conference|training|academy|summit|tools?"
    r"|services|solutions|resources|webinars?|insights|events?|partners?|customers?|products?|briefings?"
    r"|schools?|tutorials?)$|(?:職種|要項|一覧|方法|資格|形態|内容|概要|情報|流れ|待遇|スキル|厚生|人物像|の声|紹介|インタビュー|メッセージ)$",
    re.I,
)
# What heads a list of titles: the word before "(m/f/d)".
_NO_ONE_ROLE = re.compile(
    r"(?:\w+ ){0,2}(?:\w{0,20}stellen(?:angebote|anzeigen)?|\w{0,20}plätze|jobs|positionen|praktika|karriere|vacancies"
    r"|openings|positions|postes|offres|vacatures|puestos|vacantes)\W{0,3}",
    re.I,
)
# What goes on behind "(m/f/d)" where a line tells of a trade.
_TOLD_OF = re.compile(r"\W{0,2}\s(?:ist|sind|wird|werden|hat|haben|kann|können)\s", re.I)
_APPLY = re.compile(
    r"\s?(?:apply(?: now| here| today)?|view (?:job|details|position)|learn more|read more|find out more"
    r"|more info(?:rmation)?|(?:full |job )?description|details"
    r"|(?:jetzt )?bewerben|mehr erfahren|mehr info(?:rmation(?:en)?|s)?|zur stelle(?:nanzeige)?|postuler|en savoir plus"
    r"|candidatez?|candidati|scopri di più|solicitar|inscríbete|más información|solliciteer|meer info(?:rmatie)?"
    r"|lees meer|ansök|läs mer|søg|læs mere|les mer|aplikuj|więcej"
    r"|応募する?|詳細(?:を見る|はこちら)?|詳しく見る|지원하기|자세히 보기|申请|查看详情|→|›|»|>|↗)\s?[!.→›»]{0,3}$",
    re.I,
)
_KINDS = (
    r"(?:(?:full|part)[ -]?time|vollzeit|teilzeit|temps (?:plein|partiel)|plein temps|tiempo completo|jornada completa"
    r"|permanent|festanstellung|unbefristet|befristet|contract|freelance"
    r"|stage|alternance|apprentissage|saisonnier|prácticas|tirocinio|werkstudent\w*|ausbildung|minijob|staż|praktyki"
    r"|praktik|stáž"
    r"|(?:(?:正社員|契約社員|準社員|派遣社員|アルバイト|パート|インターン|業務委託"
    r"|정규직|계약직|인턴|全职|兼职|实习)[ /／・]{0,3}){1,10}"
    r"|internship|praktikum|cdi|cdd|\d+ ?%|\d+ (?:openings?|stellen)|ab sofort|as soon as possible|no experience.*)"
)
_KIND = re.compile(rf"{_KINDS}(?:\W{{1,3}}{_KINDS}){{0,3}}", re.I)
# What stands around a place where nothing parts them: `2+ years Leeds Full-time`.
_AROUND_PLACE = re.compile(
    r"^\d+\+?(?: ?(?:-|–|to|bis|à|a) \d+\+?)? (?:years?|yrs?|jahre?|ans|años|anni|jaar)\b"
    r"|(?:\s(?:on-?site|vor ort|in[ -]office|full[ -]?time|part[ -]?time|vollzeit|teilzeit|temps plein|temps partiel"
    r"|tiempo completo|voltijd|deeltijd|permanent|contract|cdi|cdd|ausbildung|praktikum|minijob)){1,3}$",
    re.I,
)
_PLACE_LABEL = (
    r"(?:job )?(?:locations?|(?:arbeits|einsatz|dienst)?orte?|standorte?|lieu(?: de travail)?|localisation|ubicación"
    r"|lugar|sede|luogo|local|locatie|plats|sted|paikka|miejsce|lokalizacja|lokalita|umístění|helyszín|konum|勤務(?:地|場所)|工作地点|근무지)"
)
_PLACE_ALONE = re.compile(rf"{_PLACE_LABEL}\s?[:：]?", re.I)
_LABELLED = re.compile(
    _PLACE_LABEL
    + r"(?:\s?[:：]\s?|\s(?=(?-i:[A-ZÀ-Þ])))([^\W\d][\w.'’-]*(?:[ -][^\W\d][\w.'’-]*){0,2}?(?:,\s(?:[A-Z]{2}\b"
    r"|[A-Z][\w'-]+(?:\s[A-Z][\w'-]+)?)){0,2})(?=$|[\s|;·(])",
    re.I,
)
_CALLED = re.compile(
    r"(?:vacature|vacancy|stellenangebot|stellenausschreibung|stelle|offre d[’']emploi|job)\s?[:–-]\s", re.I
)
# What stands right below a posting's title.
_HEADED = re.compile(
    r"(?:key |main |your |the )?(?:responsibilities|requirements|duties|tasks|role|what you[’']?(?:ll| will) do)"
    r"|(?:ihre |deine )?(?:hauptaufgaben|aufgaben(?:gebiet|bereich)?|tätigkeiten)|(?:vos |tes |les )?missions"
    r"|(?:tus |sus )?(?:funciones|responsabilidades)|(?:suas )?(?:atividades|responsabilidades)|(?:le tue )?mansioni"
    r"|(?:jouw |uw )?(?:taken|werkzaamheden)|(?:twoje )?(?:obowiązki|zadania)|arbetsuppgifter|arbeidsoppgaver"
    r"|(?:業務|仕事|職務)内容|담당\s?업무|주요\s?업무|岗位职责|工作内容|职位描述",
    re.I,
)
_LIST = re.compile(r"\w\s?[:：]$")  # what heads a list
_EDGES = " ()-–—·・•|,"
_PICTURE = "\\s\U0001f300-\U0001faff\u2600-\u27bf\ufe0f\u200d"
_PICTURES = re.compile(f"(?<![{_PICTURE}])[{_PICTURE}]{{1,20}}$")
_SIGNS = re.compile(r"[^\w(\[]{1,3}\s|[・•●○■◆◇▶►]")
_SOUGHT = re.compile(
    r"(?:wir suchen (?:eine?n?|dich als) )?(.{4,60}?)\s(?:(?:wird|werden)\s)?"
    r"(?:gesucht|gezocht|wanted|søges|sökes)\s?[.!]{0,3}",
    re.I,
)
# What stands in brackets or behind a comma after a title and is no place.
_NO_PLACE = re.compile(
    r"(?:ai|ml|nlp|qa|ux|ui|react|angular|vue|node|java\w*|typescript|python|php|ruby|rails|golang|go|rust|scala|\.net|c#|c\+\+"
    r"|ios|android|flutter|kotlin|swift|full.?stack|front.?end|back.?end|web|mobile|cloud|data|sap|crm|erp|seo|sales|marketing"
    r"|hardware|firmware|embedded|platform|infrastructure|security|payments|growth"
    r"|senior|junior|mid|entry|lead|level|paid|unpaid|b2b|b2c|saas)\b",
    re.I,
)
_EASTERN_PLACE = re.compile(
    r"[都道府県市区町村州省시도구]$|東京|大阪|京都|名古屋|福岡|札幌|仙台|横浜|神戸|広島|本社|支社|在宅|リモート|全国"
    r"|北京|上海|深圳|广州|杭州|成都|总部|台北|香港|서울|부산|판교|대전|대구|인천|본사"
)
_EASTERN_SENTENCE = re.compile(r"[、を]|など$|(?:을|를) ")
_GENDER_SIGNS = frozenset("/|*:_(")
_INSIDE = re.compile(r"\(([^()]{2,40})\)$")
_APART = re.compile(r"\s+[|·•–—-]\s+|\s*[|·•]\s*|,\s+|\s{2,}|\s*:\s+")
_BESIDE = re.compile("\\s+[|·•–—-]\\s+|\\s*[|·•\U0001f300-\U0001faff\u2600-\u27bf\ufe0f]\\s*|\\s{2,}")
_WORD = re.compile(r"[^\W\d_]+")
_IDEOGRAPH = re.compile(r"[぀-ヿ一-鿿가-힯]")
_TABLE = json.loads(Path(__file__).with_name("openings.json").read_text(encoding="utf-8"))
_REMOTE = re.compile(_TABLE["remote"], re.I)


@cache
def _roles() -> tuple[frozenset[str], tuple[str, ...]]:
    """Whole words, and ends of words in languages that join them."""
    whole = {word for words in _TABLE["roles"].values() for word in words.split()}
    return frozenset(whole), tuple({word for words in _TABLE["joined"].values() for word in words.split()})


@lru_cache(4096)
def names_role(text: str) -> bool:
    whole, ends = _roles()
    if _IDEOGRAPH.search(text):
        return any(end in text for end in ends if _IDEOGRAPH.match(end))
    words = _WORD.findall(text.casefold())
    return any(word in whole or (len(word) > 8 and word.endswith(ends)) for word in words)


def openings(page: ParsedPage) -> Iterator[Fact]:
    careers = page.kind == "careers"
    telling = lines_with(page, "role")
    if not careers and not (telling and _may_hire(page)):
        return
    lines = page.lines
    if careers:
        gendered = (i for i, line in enumerate(lines) if not _GENDER_SIGNS.isdisjoint(line.text[:MAX_TITLE]))
        telling = sorted({*telling, *gendered})
    links: dict[str, Link] = {}
    for one in page.links:
        if one.host and (one.where == "main" or (one.where == "nav" and careers and _is_posting(page, one.url))):
            links.setdefault(_APPLY.sub("", one.text), one)
    seen: set[str] = set()
    for i in telling:
        if lines[i].where == "footer" or (lines[i].where == "nav" and _APPLY.sub("", lines[i].text) not in links):
            continue
        title, rest, link = _title(lines[i], links)
        below = [line for line in lines[i + 1 : i + 4] if line.where not in ("nav", "footer")]
        sought = bool(_SOUGHT.fullmatch(_APPLY.sub("", lines[i].text)))
        title = _PICTURES.sub("", title)
        judged = _judged(page, title, link, below, careers=careers, sought=sought)
        if judged and title.casefold() not in seen and len(seen) < MOST:
            seen.add(title.casefold())
            opening = {"title": title}
            inside = "" if _GENDERS.search(title) else _within(title)
            if place := _place(rest) or _place(inside) or _place_below(below) or _place_called(lines[i + 1 : i + FAR]):
                opening["location"] = place
            if link is not None and _is_posting(page, link.url):
                opening["url"] = link.url
            yield page.fact("hiring.opening", opening, how="html", quote=title, confidence=judged)


def _may_hire(page: ParsedPage) -> bool:
    return page.kind in ("home", "other", "about", "team") and any(
        names_role(link.text) and _is_posting(page, link.url)
        for link in page.links
        if link.where == "main" and MIN_TITLE <= len(link.text) <= MAX_TITLE
    )


def _title(line: Line, links: dict[str, Link]) -> tuple[str, str, Link | None]:
    """The title, what else is on its line, and the link that it is."""
    text = _APPLY.sub("", line.text)
    if text in links:
        return text, "", links[text]
    if len(text) > 2 * MAX_TITLE:
        return "", "", None
    for before in (_SIGNS, _CALLED):
        if found := before.match(text):
            text = text[found.end() :]
    if text in links:
        return text, "", links[text]
    if sought := _SOUGHT.fullmatch(text):
        return sought[1], "", links.get(line.text)
    words = text.split(" ")
    for count in range(len(words) - 1, 0, -1):  # a link, and beside it what no sign parts from it
        if (start := " ".join(words[:count])) in links and len(start) >= 5:
            return start, text[len(start) :], links[start]
    parts = _APART.split(text)
    for count in range(len(parts) - 1, 0, -1):
        start = text[: _end_of(text, parts[:count])]
        if start in links:
            return start, text[len(start) :], links[start]
    closed = parts[0].count("(") == parts[0].count(")")
    if (
        len(parts) > 1
        and closed
        and names_role(parts[0])
        and _looks_like_place(parts[-1])
        and not names_role(parts[-1])
        and not _NO_PLACE.match(parts[-1])
        and not _GENDERS.search(parts[-1])
    ):
        return parts[0], text[len(parts[0]) :], None
    return text, "", None


def _within(title: str) -> str:
    """What the brackets behind a title hold, where it may be a place."""
    found = _INSIDE.search(title)
    if not found or _NO_PLACE.match(found[1]):
        return ""
    return "" if _IDEOGRAPH.search(found[1]) and not _EASTERN_PLACE.search(found[1]) else found[1]


def _end_of(text: str, parts: list[str]) -> int:
    end = 0
    for part in parts:
        end = text.find(part, end) + len(part)
    return end


def _judged(
    page: ParsedPage, title: str, link: Link | None, below: list[Line], *, careers: bool, sought: bool
) -> float:
    """How sure it is an opening, 0 where it isn't."""
    posting = link is not None and _is_posting(page, link.url)
    least = 3 if posting or _IDEOGRAPH.search(title) else 5
    if (
        not least <= len(title) <= MAX_TITLE
        or _NO_TITLE.match(title)
        or title[-1:] in ".!?:…。！？"
        or _NO_ROLE.search(title)
        or _KIND.fullmatch(title)
    ):
        return 0.0
    gendered = _GENDERS.search(title)
    if gendered and (_NO_ONE_ROLE.fullmatch(title[: gendered.start()]) or _TOLD_OF.match(title, gendered.end())):
        return 0.0
    role = bool(gendered) or names_role(title)
    if posting and role:
        return 0.9
    if not careers or not role:
        return 0.0
    if gendered:
        return 0.85
    short = len([word for word in title.split() if any(map(str.isalpha, word))]) <= 8 and (
        least == 3 or any(map(str.isupper, title.partition(" ")[0]))
    )
    if not short:
        return 0.0
    placed = any(_place(_APPLY.sub("", line.text)) or _APPLY.fullmatch(line.text) for line in below[:2])
    placed = placed or bool(_place_called(below))
    told = bool(below) and (_names_kind(below[0].text) or bool(_HEADED.fullmatch(below[0].text.rstrip(" :："))))
    return 0.75 if placed or sought or link is not None or told else 0.0


def _names_kind(text: str) -> bool:
    """`Harbour office · Full-time`"""
    return len(text) <= MAX_TITLE and any(_KIND.fullmatch(part) for part in _APART.split(text))


def _is_posting(page: ParsedPage, url: str) -> bool:
    """Whether an address is one posting's: below a careers page, or on a board."""
    if not url.startswith("http"):
        return False
    if board_of(url) is not None:
        return True
    try:
        parts = urlsplit(url)
        own = page.is_own(url)
        place = unquote(f"{parts.path}?{parts.query}"[:500], errors="replace")
    except ValueError:
        return False
    return (
        own
        and bool(_POSTING.search(place))
        and len(place) > 4
        and (bool(parts.query) or place.rstrip("/?").count("/") > 1)
    )


def _looks_like_place(text: str) -> bool:
    text = text.strip(_EDGES)
    if not 2 <= len(text) <= MAX_PLACE or text[-1:] in ".!?:。！？" or _NO_TITLE.match(text) or _KIND.fullmatch(text):
        return False
    if _HEADED.fullmatch(text) or _PLACE_ALONE.fullmatch(text):
        return False
    if text.lower() in DEPARTMENTS or _NO_ROLE.search(text) or _GENDERS.search(text):
        return False
    if _IDEOGRAPH.search(text) and (len(text) > MAX_PLACE // 2 or _EASTERN_SENTENCE.search(text)):
        return False
    if _REMOTE.search(text):
        return True
    words = text.replace("/", " ").replace(",", " ").split()
    return (
        len(words) <= 6
        and not any(map(str.isdecimal, words))
        and all(w[:1].upper() == w[:1] for w in words if len(w) > 3)
        and not names_role(text)
    )


def _place(rest: str) -> str:
    if labelled := _LABELLED.match(rest[:200]):
        return labelled[1]
    parts = [_AROUND_PLACE.sub("", part.strip(_EDGES)).strip() for part in _BESIDE.split(rest.strip(" ,-–—|·"))]
    return next((part for part in parts if _looks_like_place(part)), "")


def _place_below(below: list[Line]) -> str:
    """The first line below that reads as a place, up to the next title; behind a sentence one that is plainly one."""
    told = False
    for line in below:
        text = _APPLY.sub("", line.text).strip()
        if names_role(_AROUND_PLACE.sub("", text)) or _LIST.search(text) or _HEADED.fullmatch(text):
            break
        if (place := _place(text)) and (not told or "," in place or _REMOTE.search(place)):
            return place
        if told:
            break
        told = len(text) > MAX_PLACE
    return ""


def _place_called(below: list[Line]) -> str:
    """The line under one that says "location", before the next title."""
    for label, line in pairwise(below):
        if _GENDERS.search(label.text) or names_role(label.text):
            break
        if _PLACE_ALONE.fullmatch(label.text):
            return place if _looks_like_place(place := _APPLY.sub("", line.text).strip(_EDGES)) else ""
    return ""
