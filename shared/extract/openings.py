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
from shared.extract.opening_words import (
    APPLY,
    AROUND_PLACE,
    CALLED,
    EASTERN_PLACE,
    EASTERN_SENTENCE,
    EDGES,
    GENDERS,
    HEADED,
    LABELLED,
    LIST,
    NO_PLACE,
    NO_ROLE,
    NO_TITLE,
    PICTURES,
    PLACE_ALONE,
    SIGNS,
    SOUGHT,
    TOLD_OF,
    WANTED,
)
from shared.extract.page import ParsedPage
from shared.extract.people_titles import DEPARTMENTS
from shared.extract.people_words import name
from shared.models import Fact

MOST, MOST_TELLING = 200, 1_500  # openings of a page; lines that may name one
MIN_TITLE, MAX_TITLE = 3, 110  # characters
MAX_PLACE = 60
MIN_TOLD, SEVERAL = 40, 2  # characters behind a title in bold; such titles
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
# What heads a list of titles: the word before "(m/f/d)".
_NO_ONE_ROLE = re.compile(
    r"(?:\w+ ){0,2}(?:\w{0,20}stellen(?:angebote|anzeigen)?|\w{0,20}plätze|jobs|positionen|praktika|karriere|vacancies"
    r"|openings|positions|postes|offres|vacatures|puestos|vacantes)\W{0,3}|(?:[\w-]+ ){1,6}\w{0,20}berufen?\W{0,3}",
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
    headings = frozenset(page.headings)
    for one in page.links:
        if one.host and (one.where == "main" or (one.where == "nav" and careers and _is_posting(page, one.url))):
            links.setdefault(APPLY.sub("", one.text), one)
            if careers and len(one.text) > MAX_TITLE // 3 and (start := _heading_of(one.text, headings)):
                links.setdefault(start, one)
    bold = _bold(page) if careers and (page.mentions(b"<strong") or page.mentions(b"<b>")) else frozenset[str]()
    reached = {one.text for one in page.links if one.url.startswith(("mailto:", "tel:"))}
    seen: set[str] = set()
    for i in telling[:MOST_TELLING]:
        if lines[i].where == "footer" or (lines[i].where == "nav" and APPLY.sub("", lines[i].text) not in links):
            continue
        if WANTED.match(lines[i].text) and page.mentions(b"JobPosting"):
            continue
        title, rest, link = _title(lines[i], links, bold)
        below = [line for line in lines[i + 1 : i + 4] if line.where not in ("nav", "footer")]
        sought = (
            title in bold
            or bool(SOUGHT.fullmatch(APPLY.sub("", lines[i].text)))
            or (rest[:1] != "," and bool(_place(rest)))
        )
        title = PICTURES.sub("", title)
        if (
            link is None
            and i
            and title not in headings
            and any(line.text in reached or "@" in line.text for line in below)
        ):
            above = name(lines[i - 1].text)
            if above is not None and above.sure and above.words > 1:  # whom to ask
                continue
        judged = _judged(page, title, link, below, careers=careers, sought=sought, headed=title in headings)
        if judged and title.casefold() not in seen and len(seen) < MOST:
            seen.add(title.casefold())
            opening = {"title": title}
            inside = "" if GENDERS.search(title) else _within(title)
            place = _place(rest) or _place(inside) or _place_below(below) or _place_called(lines[i + 1 : i + FAR])
            if place and title not in bold:  # below one that is in bold stands another
                opening["location"] = place
            if link is not None and _is_posting(page, link.url):
                opening["url"] = link.url
            yield page.fact("hiring.opening", opening, how="html", quote=title, confidence=judged)


def _bold(page: ParsedPage) -> frozenset[str]:
    """What opens items of lists in bold before a colon, `Weaver: You work at our looms`, where several are roles."""
    texts = {
        text.rstrip(" :")
        for node, text in page.select("b,strong")
        if len(text) <= MAX_TITLE and node.parent is not None and node.parent.tag in ("li", "p") and node.prev is None
    }
    roles = frozenset(text for text in texts if names_role(text) and len(_APART.split(text)) == 1)  # `Ada, weaver`
    return roles if len(roles) >= SEVERAL else frozenset()


def _may_hire(page: ParsedPage) -> bool:
    return page.kind in ("home", "other", "about", "team") and any(
        names_role(link.text) and _is_posting(page, link.url)
        for link in page.links
        if link.where == "main" and MIN_TITLE <= len(link.text) <= MAX_TITLE
    )


def _title(line: Line, links: dict[str, Link], bold: frozenset[str]) -> tuple[str, str, Link | None]:
    """The title, what else is on its line, and the link that it is."""
    text = APPLY.sub("", line.text)
    if text in links:
        return text, "", links[text]
    if len(text) > 2 * MAX_TITLE:
        return "", "", None
    for before in (SIGNS, CALLED):
        if found := before.match(text):
            text = text[found.end() :]
    if text in links:
        return text, "", links[text]
    if sought := SOUGHT.fullmatch(text):
        return sought[1], "", links.get(line.text)
    if wanted := WANTED.match(text):
        text = text[wanted.end() :]
    start, _, told = text.partition(": ")
    if start in bold and len(told) >= MIN_TOLD:
        return start, "", links.get(start)
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
        and not NO_PLACE.match(parts[-1])
        and not GENDERS.search(parts[-1])
    ):
        return parts[0], text[len(parts[0]) :], None
    return text, "", None


def _heading_of(text: str, headings: frozenset[str]) -> str:
    """The heading that a link's text begins with, where the link holds a whole card."""
    words = text[: MAX_TITLE + 1].split(" ")
    starts = (" ".join(words[:count]) for count in range(1, len(words)))
    return next((start for start in starts if start in headings), "")


def _within(title: str) -> str:
    """What the brackets behind a title hold, where it may be a place."""
    found = _INSIDE.search(title)
    if not found or NO_PLACE.match(found[1]):
        return ""
    return "" if _IDEOGRAPH.search(found[1]) and not EASTERN_PLACE.search(found[1]) else found[1]


def _end_of(text: str, parts: list[str]) -> int:
    end = 0
    for part in parts:
        end = text.find(part, end) + len(part)
    return end


def _judged(
    page: ParsedPage, title: str, link: Link | None, below: list[Line], *, careers: bool, sought: bool, headed: bool
) -> float:
    """How sure it is an opening, 0 where it isn't."""
    posting = link is not None and _is_posting(page, link.url)
    least = 3 if posting or _IDEOGRAPH.search(title) else 5
    if (
        not least <= len(title) <= MAX_TITLE
        or NO_TITLE.match(title)
        or title[-1:] in ".!?:…。！？"
        or NO_ROLE.search(title)
        or _KIND.fullmatch(title)
    ):
        return 0.0
    gendered = GENDERS.search(title)
    if gendered and (_NO_ONE_ROLE.fullmatch(title[: gendered.start()]) or TOLD_OF.match(title, gendered.end())):
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
    placed = any(_place(APPLY.sub("", line.text)) or APPLY.fullmatch(line.text) for line in below[:2])
    placed = placed or bool(_place_called(below))
    told = bool(below) and (
        _names_kind(below[0].text) or _describes(below[0]) or (headed and any(map(_describes, below[1:])))
    )
    return 0.75 if placed or sought or link is not None or told else 0.0


def _describes(line: Line) -> bool:
    return bool(HEADED.fullmatch(line.text.rstrip(" :：")))


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
    text = text.strip(EDGES)
    if not 2 <= len(text) <= MAX_PLACE or text[-1:] in ".!?:。！？" or NO_TITLE.match(text) or _KIND.fullmatch(text):
        return False
    if HEADED.fullmatch(text) or PLACE_ALONE.fullmatch(text):
        return False
    if text.lower() in DEPARTMENTS or NO_ROLE.search(text) or GENDERS.search(text):
        return False
    if _IDEOGRAPH.search(text) and (len(text) > MAX_PLACE // 2 or EASTERN_SENTENCE.search(text)):
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
    if labelled := LABELLED.match(rest[:200]):
        return labelled[1]
    parts = [AROUND_PLACE.sub("", part.strip(EDGES)).strip() for part in _BESIDE.split(rest.strip(" ,-–—|·"))]
    return next((part for part in parts if _looks_like_place(part)), "")


def _place_below(below: list[Line]) -> str:
    """The first line below that reads as a place, up to the next title; behind a sentence one that is plainly one."""
    told = False
    for line in below:
        text = APPLY.sub("", line.text).strip()
        if names_role(AROUND_PLACE.sub("", text)) or LIST.search(text) or HEADED.fullmatch(text):
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
        if GENDERS.search(label.text) or names_role(label.text):
            break
        if PLACE_ALONE.fullmatch(label.text):
            return place if _looks_like_place(place := APPLY.sub("", line.text).strip(EDGES)) else ""
    return ""
