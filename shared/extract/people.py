"""People by business role: a name and a title side by side on cards, in lists and tables, and in imprints.
A name alone is nobody's; quoted customers, authors and commentators stay out."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from shared.extract.names import compact
from shared.extract.page import Line, ParsedPage
from shared.models import JSON, Fact

WORDS = json.loads(Path(__file__).with_name("people.json").read_text(encoding="utf-8"))
MOST = 150  # people of a page
SECTION_LINES = 40  # how far a heading's word reaches
LONG_RUN = 60  # lines; an even number, so that where it breaks off it tells the same
LABELLED = 0.15  # what an imprint's label counts less than a card that says each one's own title
LONG_TITLE, LONG_NAME = 110, 60  # characters
_TITLES = frozenset(word for words in WORDS["titles"].values() for word in words.split())
_TITLE_ENDINGS = tuple(WORDS["title_endings"].split())
_DEPARTMENTS = frozenset(WORDS["departments"])
_HONORIFICS = frozenset(WORDS["honorifics"].split())
_POSTNOMINALS = frozenset(WORDS["postnominals"].split())
_PARTICLES = frozenset(WORDS["particles"].split())
_NOT_NAMES = frozenset(WORDS["not_names"].split())
_SURNAMES = frozenset(WORDS["surnames"].split())
_NO_NAMES = _NOT_NAMES - _SURNAMES
_LABEL_TITLES = frozenset(WORDS["label_titles"].split())
_NO_TITLE = frozenset(WORDS["no_title_words"].split())
_EASTERN_TITLES = sorted(WORDS["eastern_titles"], key=len, reverse=True)
_EASTERN_TITLE = "|".join(map(re.escape, _EASTERN_TITLES))
_HAN, _KANA = "\u3400-\u9fff々", "\u3041-\u30fa"
_HAN_NAME = (
    rf"[{_HAN}]{{1,2}}[ \u3000]?[{_HAN}{_KANA}]{{1,3}}"
    rf"|[{_HAN}]{{3}}[ \u3000]?[{_HAN}{_KANA}]{{1,2}}"
    r"|[\uac00-\ud7a3]{3}"
)
_EASTERN_T = re.compile(
    rf"(?:{_EASTERN_TITLE})(?:[ \u3000]?[(（][^()（）]{{1,20}}[)）])?(?:\s?[兼・、/][^\s]{{1,20}})?[\s:：]*"
)
_EASTERN_N = re.compile(rf"({_HAN_NAME})(?:\s?(?:氏|様|先生))?")
_EASTERN_BOTH = re.compile(
    rf"(?:代表者[\s:：]*)?({_EASTERN_TITLE})(?:[(（][^()（）]{{1,20}}[)）])?[\s\u3000:：]+(?!{_EASTERN_TITLE})({_HAN_NAME})(?=$|[\s│|｜,，/(（])"
)
_EASTERN = re.compile(r"[\u3040-\u9fff\uac00-\ud7a3]")
_WORD = re.compile(r"[^\W\d_]+(?:['’.&-]+[^\W\d_]+)*\.?|&")
_NAME_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’`.-](?=[^\W\d_]))*\.?")
_QUOTED = re.compile(r"^\W{0,3}[\"“„«‟”»‘]|[\"”“»«’]\W{0,3}$")
_IN_ONE = re.compile(r"\s*(?:,|\s[-–—|•·:]|:|\s\(|\()\s*")
_PARTED = re.compile(r"[,(:|•·–—\u3040-\u9fff\uac00-\ud7a3-]")  # what _IN_ONE and _EASTERN_BOTH need
_LIST = re.compile(r"\s*(?:,|;|/|\s&|\sund|\sand|\set|\sy|\se|\sen|\soch|\sog|\si|\sa)\s+")
_REPRESENTED = re.compile(
    r"^(?:gesetzlich\s|rechtlich\s)?(?:vertreten\sdurch|vertretungsberechtigte[rs]?|represented\sby|our|unsere?|nos|notre)\s"
    r"(?:(?:den|die|das|ihren|the|its)\s)?",
    re.I,
)
_BY = re.compile(r"\W*(?:by|von|par|por|di|door|av|af)\s", re.I)
_ROLES = ("title", "department")
_HEADS = frozenset(
    "department group team global regional deputy co-head section division practice country area".split()
)
_TURNS = ("name", *_ROLES)
_SINCE = re.compile(r",?\s(?:since|seit|depuis|desde|dal|sinds|sedan|siden)\s(?:\w+\s)?\d{4}$", re.I)
_FOUNDED_BY = re.compile(
    r"(?:(?<!\w)(?:co-?)?founded|gegründet|fondée?|fundada?|fondata|opgericht|grundades)\s(?:(?:in|im|en|nel|\d{4}|[A-Z]\w+)\s){0,4}"
    r"(?:by|von|par|por|da|door|av)\s((?:[^\W\d_][\w.'’-]{0,20},?\s?){2,14})"
)
_FOUNDED_WORDS = ("ounded", "gründet", "ondée", "ondé ", "undada", "undado", "ondata", "pgericht", "rundades")
Mark = Literal["name", "title", "department", "eastern name", "eastern title", "other"]


class _Person(NamedTuple):
    line: int
    name: str
    title: str | None
    sure: float
    expected: bool = False  # under a heading that announces people


def people(page: ParsedPage) -> Iterator[Fact]:
    if page.kind in ("news", "press", "privacy"):
        return
    lines = page.lines
    found = list(_paired(page, lines))
    found += _told(page, lines)
    outsiders = _outsiders(page) if found else frozenset()
    seen: set[str] = set()
    for person in sorted(found, key=lambda one: one.line):
        key = compact(person.name)
        outside = key in outsiders and not person.expected
        if len(seen) >= MOST or outside or f"{key} {person.title}" in seen:
            continue
        seen.add(f"{key} {person.title}")
        value: dict[str, JSON] = {"name": person.name}
        if person.title:
            value["title"] = person.title
        yield page.fact("person", value, how="text", quote=lines[person.line].text, confidence=person.sure)


# ------------------------------------------------------------------ what a line is


def title(text: str) -> bool:
    """Whether a line names a role: `Head of People`, `Vertriebsleiterin`."""
    if (
        not 2 <= len(text) <= LONG_TITLE
        or text[-1] in ".!?…"
        or "@" in text
        or not (text[0].isalpha() or text[0] == "(")
    ):
        return False
    words = _WORD.findall(text.lower())
    if not 1 <= len(words) <= 14 or _QUOTED.search(text) or "://" in text or _NO_TITLE & {*text.split()[:1], *words}:
        return False
    return any(_is_title_word(word.rstrip(".")) for word in words) and (words[-1] != "head" or words[0] in _HEADS)


def _label(text: str) -> bool:
    """`Managing directors` before a colon."""
    return len(text) <= 60 and (title(text) or any(word in _LABEL_TITLES for word in _WORD.findall(text.lower())))


def _is_title_word(word: str) -> bool:
    if word in _TITLES or (len(word) > 7 and word.endswith(_TITLE_ENDINGS)):
        return True
    return any(part in _TITLES for part in word.split("-")) if "-" in word else False


@dataclass(frozen=True, slots=True)
class Name:
    text: str  # without post-nominals
    words: int
    sure: bool  # none of its words is written in lower case


def name(text: str) -> Name | None:
    """A person's name: two to five capitalised words, initials and particles; honorifics stay, post-nominals go."""
    return _name(text) if 3 <= len(text) <= LONG_NAME else None


@lru_cache(8192)
def _name(text: str) -> Name | None:
    if any(map(str.isdigit, text)):
        return None
    head, _, tail = text.partition(",")
    if tail and not all(word.lower().rstrip(",") in _POSTNOMINALS for word in re.split(r"[\s,/]+", tail.strip())):
        return None
    words = head.split()
    while len(words) > 2 and words[-1].lower().strip("().") in _POSTNOMINALS and words[-1][0].isupper():
        suffix = words[-1].lower().strip(".")
        if suffix in ("jr", "sr", "ii", "iii", "iv"):
            break
        words = words[:-1]
    kept = [word for word in words if word.lower() not in _HONORIFICS]
    if tail.strip().lower().rstrip(".") in ("jr", "sr"):
        words = [*words[:-1], f"{words[-1]},", tail.strip()]
    real = [word for word in kept if word not in _PARTICLES]
    if not 1 <= len(real) <= 5 or len(kept) > 7 or any(not _NAME_WORD.fullmatch(word) for word in kept):
        return None
    lower = [word.lower().strip(".") for word in real if len(word.strip(".")) > 1]
    if (
        not lower
        or lower[0] in _NOT_NAMES
        or any(word in _NO_NAMES or _is_title_word(word) for word in lower if word not in _SURNAMES)
    ):
        return None
    if len(real) == 1 and len(words) == len(kept):
        return None
    upper = all(word[0].isupper() or not word.isascii() for word in real)
    if not upper and any(word[0].isupper() for word in real[:1]):
        upper = False
    return Name(" ".join(words), len(real), upper)


def _mark(text: str) -> Mark:
    return _mark_of(text) if len(text) <= LONG_TITLE else "other"


@lru_cache(8192)  # the pages of a site have most of their lines in common
def _mark_of(text: str) -> Mark:
    if _EASTERN.search(text):
        first = text.split()[0]
        if _EASTERN_T.fullmatch(text):
            return "eastern title"
        if _EASTERN_T.fullmatch(first) and len(text) <= 40 and not _EASTERN_BOTH.search(text):
            return "eastern title"
        if len(text) <= 40 and (_EASTERN_N.fullmatch(text) or (_EASTERN_N.fullmatch(first) and " " in text)):
            return "eastern name"
        return "other"
    if name(text) is not None:
        return "name"
    if title(text):
        cut = _IN_ONE.search(text)
        return "other" if cut and name(text[: cut.start()].strip()) else "title"
    return "department" if text.lower() in _DEPARTMENTS else "other"


# ------------------------------------------------------------------ names and titles in neighbouring lines


def _paired(page: ParsedPage, lines: list[Line]) -> Iterator[_Person]:
    marks = [_mark(line.text) for line in lines]
    pairs: list[_Person] = []
    for i, mark in enumerate(marks):
        text = lines[i].text
        if not _may_tell(text, marks, i) or (lines[i].where == "nav" and page.kind not in ("team", "about")):
            continue
        above = lines[i - 1].text if i else ""
        if (len(above) > 30 and _QUOTED.search(above)) or _BY.match(text) or _quoted_below(lines, i):
            continue
        section = _section_of(lines, i)
        if section == "strangers":
            continue
        sure = _sure(page, section)
        here: list[_Person] = []
        if mark == "name":
            here += _beside(lines, marks, i, sure)
        elif mark == "eastern name" and i and marks[i - 1] == "eastern title":
            here += _below_eastern(text, above, i, sure)
        elif mark in ("other", "title"):
            here += _in_one(lines, marks, i, sure)
        pairs += (person._replace(expected=section == "people") for person in here)
    yield from pairs
    yield from _alone(page, lines, marks, pairs)


def _may_tell(text: str, marks: list[Mark], i: int) -> bool:
    """Whether the line can be a name that has its title, or hold both; most lines can't."""
    mark = marks[i]
    if mark == "name":
        return "title" in marks[max(i - 1, 0) : i + 2]
    if mark == "eastern name":
        return i > 0 and marks[i - 1] == "eastern title"
    return mark in ("other", "title") and len(text) <= 200 and _PARTED.search(text) is not None


def _section_of(lines: list[Line], i: int) -> str:
    """Whose people the nearest heading above says that these are."""
    for line in reversed(lines[max(i - SECTION_LINES, 0) : i + 1]):
        if len(line.text) <= 60 and (told := _section(line.text)):
            return told
    return ""


def _quoted_below(lines: list[Line], i: int) -> bool:
    """Name, `title, company`, and then what that customer says."""
    return i + 2 < len(lines) and ", " in lines[i + 1].text and len(_QUOTED.findall(lines[i + 2].text)) > 1


def _below_eastern(text: str, above: str, i: int, sure: float) -> Iterator[_Person]:
    """`取締役` and under it the name; where the line goes on in other scripts, its first word."""
    written = _EASTERN_N.fullmatch(text) or _EASTERN_N.fullmatch(text.split()[0])
    if written and not _EASTERN_T.search(text):
        yield _Person(i, written[1], above.split()[0].rstrip(":："), sure)


def _beside(lines: list[Line], marks: list[Mark], i: int, sure: float) -> Iterator[_Person]:
    """The name in line i with the title below, or, in lists that begin with a title, above it."""
    found = name(lines[i].text)
    if found is None:
        return
    start = i  # of the run in which names and titles take turns
    while (
        start > max(i - LONG_RUN, 0)
        and marks[start - 1] in _TURNS
        and (marks[start - 1] == "name") != (marks[start] == "name")
    ):
        start -= 1
    if marks[start] == "name" and i + 1 < len(marks) and marks[i + 1] == "title":
        role = _SINCE.sub("", lines[i + 1].text).strip(" ()")
        yield _Person(i, found.text, role, sure if found.sure else sure - 0.15)
    elif found.sure and i > 0 and marks[i - 1] == "title" and marks[start] == "title":
        role = lines[i - 1].text.rstrip()
        if role[-1] == ":" or "name" in marks[start:i] or marks[i + 1 : i + 3] == ["title", "name"]:
            yield _Person(i, found.text, role.strip(" ():"), sure)
        elif marks[i + 1 : i + 2] == ["title"]:
            yield _Person(i, found.text, _SINCE.sub("", lines[i + 1].text).strip(" ()"), sure)


def _in_one(lines: list[Line], marks: list[Mark], i: int, sure: float) -> Iterator[_Person]:
    """`Ada Fern, CEO`, `Ada Fern (CEO)`, `Managing directors: Ada Fern, Bo Reed`, `代表取締役 山田 太郎`."""
    text = lines[i].text
    for match in _EASTERN_BOTH.finditer(text) if _EASTERN.search(text) else ():
        yield _Person(i, match[2].strip(), match[1], sure)
    cut = _IN_ONE.search(text)
    if cut is None or cut.start() < 2:
        return
    head, tail = text[: cut.start()].strip(), text[cut.end() :].strip(" )")
    if ":" in cut[0]:
        if _label(head):
            for one in _LIST.split(tail)[:12]:
                if (found := name(one.strip(" ."))) is not None and found.words >= 2 and found.sure:
                    yield _Person(i, found.text, _role(head), sure - LABELLED)
                else:
                    break
            return
        if not tail and i + 1 < len(lines) and marks[i + 1] != "name" and _label(head):
            for one in _LIST.split(lines[i + 1].text)[:12]:
                if (found := name(one.strip(" ."))) is not None and found.words >= 2 and found.sure:
                    yield _Person(i + 1, found.text, _role(head), sure - LABELLED)
                else:
                    break
            return
    if tail and title(tail) and len(tail) <= LONG_TITLE:
        rest = _without_postnominals(tail)
        found = name(head)
        if found is not None and found.sure and rest:
            yield _Person(i, found.text, rest, sure)
        elif "(" in cut[0] and text.endswith(")") and _one_word(head) and not title(head):
            yield _Person(i, head, rest, sure - 0.1)


def _role(label: str) -> str:
    """`Vertreten durch den Geschäftsführer`: what the person is."""
    return _REPRESENTED.sub("", label).strip() or label


def _one_word(text: str) -> bool:
    return 3 <= len(text) <= 15 and text.isalpha() and text.istitle() and text.lower() not in _NOT_NAMES


def _without_postnominals(text: str) -> str:
    parts = text.split(", ")
    while len(parts) > 1 and parts[0].lower().rstrip(".") in _POSTNOMINALS:
        parts = parts[1:]
    return ", ".join(parts)


def _alone(page: ParsedPage, lines: list[Line], marks: list[Mark], pairs: list[_Person]) -> Iterator[_Person]:
    """What the page's own pattern adds: in a list of people also departments are titles, and one word may be a name."""
    if len(pairs) < 3 and page.kind not in ("team", "about"):
        return
    known = {person.line for person in pairs}
    listed = sum(mark == "name" and marks[i + 1] in _ROLES for i, mark in enumerate(marks[:-1]))
    if listed < 4:
        return
    for i in range(len(marks) - 1):
        if i in known or marks[i + 1] not in _ROLES or lines[i].where == "nav":
            continue
        text = lines[i].text
        before = i > 1 and marks[i - 1] in _TURNS
        if marks[i] == "name" and marks[i + 1] == "department" and (found := name(text)) is not None and found.sure:
            yield _Person(i, found.text, lines[i + 1].text, _sure(page, "people"))
        elif marks[i] == "other" and before and _one_word(text):
            yield _Person(i, text, lines[i + 1].text, _sure(page, "people") - 0.15)


# ------------------------------------------------------------------ told in prose


def _told(page: ParsedPage, lines: list[Line]) -> Iterator[_Person]:
    """`founded by Ada Fern and Bo Reed`, where it is the site's own company that was founded."""
    if page.kind not in ("home", "about", "team") or not any(word in page.text for word in _FOUNDED_WORDS):
        return
    for i, line in enumerate(lines):
        if len(line.text) > 3000:
            continue
        for match in _FOUNDED_BY.finditer(line.text):
            sentence = line.text[max(line.text.rfind(". ", 0, match.start()), 0) : match.start()]
            if not _own_story(sentence, page):
                continue
            for one in _LIST.split(match[1])[:5]:
                found = name(" ".join(one.strip(" .,").split()[:3]))
                if found is None or found.words < 2 or not found.sure:
                    break
                yield _Person(i, found.text, "Founder", 0.6)


def _own_story(text: str, page: ParsedPage) -> bool:
    label = compact(page.site.partition(".")[0])
    return (len(label) >= 3 and label in compact(text)) or bool(
        re.search(r"(?<!\w)(?:we|wir|nous|our company)(?!\w)", text, re.I)
    )


# ------------------------------------------------------------------ whose people


@lru_cache(8192)
def _section(text: str) -> str:
    lower = text.lower()
    for kind in ("strangers", "people"):
        for word in WORDS["sections"][kind]:
            if word in lower and len(lower) <= len(word) + 30:
                return kind
    return ""


def _sure(page: ParsedPage, section: str) -> float:
    base = {"team": 0.85, "about": 0.8, "legal": 0.8, "investors": 0.75, "contact": 0.75, "home": 0.7, "careers": 0.35}
    sure = base.get(page.kind, 0.6)
    return min(sure + 0.1, 0.9) if section == "people" and sure > 0.4 else sure


_OUTSIDE = (
    "blockquote,[class*=testimonial],[class*=Testimonial],[class*=quote],[class*=review],[class*=comment],[class*=author]"
    ",[class*=byline],[itemprop=author],[rel=author],cite"
)


def _outsiders(page: ParsedPage) -> frozenset[str]:
    """Names in quotations, bylines, reviews and comments."""
    found = set()
    for _, text in page.select(_OUTSIDE):
        if len(text) <= 1500:
            words = text.split()
            for size in (2, 3, 4):
                found |= {compact(" ".join(words[i : i + size])) for i in range(len(words) - size + 1)}
    return frozenset(found)
