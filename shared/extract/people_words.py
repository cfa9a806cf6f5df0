"""What a short text says of a person: a name, a role, or neither."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from shared.extract.people_titles import (
    DEPARTMENTS,
    LONG_TITLE,
    SHORT_TITLE,
    WORD,
    WORDS,
    is_title_word,
    title,
)

LONG_NAME = 60  # characters

_HONORIFICS = frozenset(WORDS["honorifics"].split())
_ADDRESS = frozenset("dr dr. prof prof. professor mr. mrs. ms. sr. sra. dra. herr frau".split())
_POSTNOMINALS = frozenset(WORDS["postnominals"].replace(".", "").split())
_PARTICLES = frozenset(WORDS["particles"].split())
_NOT_NAMES = frozenset(WORDS["not_names"].split())
_SURNAMES = frozenset(WORDS["surnames"].split())
_NO_NAMES = _NOT_NAMES - _SURNAMES
_LABEL_TITLES = frozenset(WORDS["label_titles"].split())
_EASTERN_TITLE = "|".join(map(re.escape, sorted(WORDS["eastern_titles"], key=len, reverse=True)))
_EASTERN_RANK = "(?:代表|専務|常務|社外|上席)?(?:取締役|執行役員)"  # and the office that one is head of
_EASTERN_FIELD = (  # of whom one is director, manager, engineer
    "副|总|總|高级|高級|首席|执行|執行|技术|技術|财务|財務|市场|市場|销售|銷售|运营|營運|产品|產品|人事|人力资源|行政|项目|專案|研发|研發"
    "|业务|業務|设计|設計|法务|法務|采购|採購|工程|区域|品质|品質"
    "|기술|영업|연구|경영|개발|마케팅|사업|관리|총괄|생산|품질|재무|인사|기획|전략|디자인|홍보"
)
_HAN, _KANA = "\u3400-\u9fff々", "\u3041-\u30fa"
_NO_GIVEN = (
    "サービス|システム|オフィス|センター|マネジ|グループ|サポート|チーム"
    "|マーケティング|ソリューション|デザイン|ビジネス|コンサル|エンジニア"
)
_HAN_NAME = (
    rf"[{_HAN}]{{1,3}}[ \u3000]?(?!{_NO_GIVEN})[\u30a1-\u30fa][\u30a1-\u30fc]{{2,9}}"
    rf"|[{_HAN}]{{1,2}}[ \u3000]?[{_HAN}{_KANA}]{{1,3}}"
    rf"|[{_HAN}]{{3}}[ \u3000]?[{_HAN}{_KANA}]{{1,2}}"
    r"|[\uac00-\ud7a3]{3}"
)
_EASTERN_T = re.compile(
    rf"(?:(?:{_EASTERN_TITLE})명?|(?:{_EASTERN_RANK})[^\s。、,（(]{{1,12}}(?:長|担当)"
    rf"|(?:{_EASTERN_FIELD}){{1,3}}(?:总监|總監|经理|經理|主任|主管|工程师|工程師|顾问|顧問|이사|팀장|부장|실장|소장))"
    r"(?:[ \u3000]?[(（][^()（）]{1,20}[)）])?(?:\s?[兼・、/][^\s]{1,20})?[\s:：]*"
)
_EASTERN_N = re.compile(rf"({_HAN_NAME})(?:\s?(?:氏|様|先生))?")
_EASTERN_BOTH = re.compile(
    rf"(?:代表者[\s:：]*)?({_EASTERN_TITLE})명?(?:[(（][^()（）]{{1,20}}[)）])?[\s\u3000:：]+(?!{_EASTERN_TITLE}|[{_HAN}]{{2,4}}[部長])({_HAN_NAME})(?=$|[\s│|｜,，/()（）])"
)
_KOREAN_MORE = re.compile(rf"\s?[,，]\s?([{WORDS['korean_surnames']}][\uac00-\ud7a3]{{2}})(?=$|[\s,，)])")
_KOREAN_WORD = re.compile(r"..[회사점팀적의들은는을를]|유능한|우수한")
_KOREAN_RANK = r"이사|팀장|부장|실장|소장"
_KOREAN_BOTH = re.compile(
    rf"([{WORDS['korean_surnames']}][\uac00-\ud7a3]{{2}})\s((?:{_EASTERN_FIELD}){{1,3}}(?:{_KOREAN_RANK})|{_EASTERN_TITLE})"
)
_KOREAN_JOINED = re.compile(rf"(대표이사|대표자)([{WORDS['korean_surnames']}][\uac00-\ud7a3]{{2}})")  # of two elements
_EASTERN = re.compile(r"[\u3040-\u9fff\uac00-\ud7a3]")
_SPACED = re.compile(rf"[{_HAN}](?:[ \u3000]{{1,4}}[{_HAN}]){{2,4}}")
_JOINED = re.compile(r"\s(?:&|und|and|et|e|y|en)\s")  # departments
_EASTERN_LABELS = frozenset(WORDS["eastern_labels"])
_NO_PERSON = re.compile(r"\s[^\s]{0,6}(?:[社店部課所場局室県市府]|銀行|会)$")  # `東京 本社`, `本 社`
_READING = re.compile(r"(?<=\S)\s?[(（][\u3041-\u30ff \u3000A-Za-z-]{2,30}[)）]$")
_NAME_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’`.-](?=[^\W\d_]))*\.?")
_IN_NO_NAME = re.compile(r"[\d:;!?&@|²³¹]")
_SURNAME_FIRST = re.compile(r"([^\W\d_][\w'’-]{1,25}),\s([^\W\d_][\w'’-]{1,20}(?:\s[^\W\d_][\w'’.-]{0,20})?)")
_DEGREE = re.compile(r"[\"“][A-Z][\w.-]{1,14}[\"”]|[Dd]ipl(?:\.|om)-\S{1,25}|\((?:FH|BA|TU|TH|Univ\.?|Uni)\)")
PRONOUNS = r"\(?(?:she|he|they)\s?/\s?(?:her|him|his|them|she|he|they)(?:s|\s?/\s?\w{2,6})?\)?"
_PRONOUNS = re.compile(rf"\s{PRONOUNS}$", re.I)
IN_ONE = re.compile(r"\s?(?:,|\s[-–—|•·:]|:(?!in(?:nen)?(?!\w))|\()\s?")  # what parts a name from a title
_NAME_LABELS = frozenset(("ad soyad", "adı soyadı", "ad, soyad", "ad-soyad"))  # Turkish: name, surname
_GENERATIONS = ("jr", "sr", "ii", "iii", "iv")
Mark = Literal["name", "title", "department", "eastern name", "eastern title", "other"]


@dataclass(frozen=True, slots=True)
class Name:
    text: str  # without post-nominals
    words: int
    sure: bool  # none of its words is written in lower case


def mark(text: str) -> Mark:
    return _mark(text) if len(text) <= LONG_TITLE else "other"


@lru_cache(8192)  # the pages of a site have most of their lines in common
def _mark(text: str) -> Mark:
    text = spaced(text)
    if not text.isascii() and _EASTERN.search(text):
        return _eastern_mark(text)
    if name(text) is not None:
        return "name"
    if title(text):
        cut = IN_ONE.search(text)
        labels = cut is not None and ":" in cut[0] and cut.end() < len(text)  # `Geschäftsführer: Ada Fern`
        return "other" if labels or led(text) or (cut and name(text[: cut.start()].strip())) else "title"
    return "department" if not DEPARTMENTS.isdisjoint(_JOINED.split(text.lower())) else "other"


def _eastern_mark(text: str) -> Mark:
    first = text.split()[0]
    if _EASTERN_T.fullmatch(text):
        return "eastern title"
    if _EASTERN_BOTH.search(text) or _KOREAN_BOTH.fullmatch(text) or _KOREAN_JOINED.fullmatch(text):
        return "other"
    if _EASTERN_T.fullmatch(first) and len(text) <= 40:
        return "eastern title"
    if "".join(text.split()) in _EASTERN_LABELS or _NO_PERSON.search(text):
        return "other"
    text = _READING.sub("", text)
    if len(text) <= 40 and (_EASTERN_N.fullmatch(text) or (_EASTERN_N.fullmatch(first) and " " in text)):
        return "eastern name"
    return "other"


def label(text: str) -> bool:
    """`Managing directors` before a colon."""
    if text.lower() in _NAME_LABELS:
        return False
    return len(text) <= 60 and (title(text) or any(word in _LABEL_TITLES for word in WORD.findall(text.lower())))


def name(text: str) -> Name | None:
    """A person's name: two to five capitalised words, initials and particles; honorifics stay, post-nominals go."""
    return _name(text) if 3 <= len(text) <= LONG_NAME and text.count(" ") < 10 else None


@lru_cache(8192)
def _name(text: str) -> Name | None:
    if _IN_NO_NAME.search(text):
        return None
    if "/" in text:
        text = _PRONOUNS.sub("", text)
    head, _, tail = text.partition(",")
    if tail and not all(map(_is_postnominal, re.split(r"[\s,/]+", tail.strip()))):
        return None
    words = head.split()
    if not words:
        return None
    while len(words) > 2 and _is_postnominal(words[-1]) and words[-1].strip("(")[:1].isupper():
        if words[-1].lower().strip(".") in _GENERATIONS or (
            words[-1].istitle() and words[-1] not in ("Esq", "Esq.", "(Hons)")
        ):
            break  # the third, or the surname Ma
        words = words[:-1]
    kept = [word for word in words if word.lower() not in _HONORIFICS and not _DEGREE.fullmatch(word)]
    if any(word.lower() in _ADDRESS and words[0] in kept for word in words[2:-1]):  # a role, and who has it
        return None
    if tail.strip().lower().rstrip(".") in ("jr", "sr"):
        words = [*words[:-1], f"{words[-1]},", tail.strip()]
    real = [word for word in kept if word not in _PARTICLES]
    if not 1 <= len(real) <= 5 or len(kept) > 7 or any(not _NAME_WORD.fullmatch(word) for word in kept):
        return None
    lower = [word.lower().strip(".") for word in real if len(word.strip(".")) > 1]
    if not lower or lower[0] in _NOT_NAMES or any(_says_no_name(word) for word in lower):
        return None
    if len(real) == 1 and len(words) == len(kept):
        return None
    if real[0][0].isupper() and sum(word[0].islower() for word in real) > 1:  # a phrase
        return None
    return Name(" ".join(words), len(real), not any(word[0].islower() for word in real))


def _is_postnominal(word: str) -> bool:
    return word.lower().replace(".", "").strip("(),").removesuffix("(hons") in _POSTNOMINALS


def _says_no_name(word: str) -> bool:
    word = word[:-2] if word.endswith(("'s", "’s")) else word
    return word not in _SURNAMES and (word in _NO_NAMES or is_title_word(word))


def untitled(text: str) -> str:
    """A name without the trades before it: `Steuerberater Ada Fern`."""
    words = text.split()
    while len(words) > 1 and words[0].lower() not in _SURNAMES and is_title_word(words[0].lower().strip(".,")):
        words = words[1:]
    return " ".join(words)


def one_word(text: str) -> bool:
    return 3 <= len(text) <= 15 and text.isalpha() and text.istitle() and text.lower() not in _NOT_NAMES


def surname_first(text: str) -> str:
    """`Ada Fern` of `Fern, Ada`, "" of other texts."""
    found = _SURNAME_FIRST.fullmatch(text)
    return f"{found[2]} {found[1]}" if found and name(f"{found[2]} {found[1]}") else ""


_POSTNOMINAL = re.compile(r"[\w.]+(?:,\s|\s[-–—]\s|$)")


def credentials(text: str) -> bool:
    """Whether a line has nothing but degrees: `M.Sc., MBA`."""
    first, _, rest = text.partition(" ")
    return _is_postnominal(first) and len(rest) <= SHORT_TITLE and all(map(_is_postnominal, rest.split()))


_LED = re.compile(r"(?P<role>.{3,50}?)\s(?P<name>(?:Dr|Dra|Mr|Mrs|Ms|Sr|Sra|Herr|Frau)\.?\s(?!\w+$).{5,50})")


def led(text: str) -> tuple[str, str] | None:
    """Name and title of `Presidenta Sra. Ada Fern Reed`."""
    found = _LED.fullmatch(text) if len(text) <= LONG_TITLE else None
    who = name(found["name"]) if found and title(found["role"].rstrip(" :")) else None
    return (who.text, found["role"].rstrip(" :")) if found and who and who.sure and who.words > 1 else None


def without_postnominals(text: str) -> str:
    """What follows a name and a comma, without its degrees or, as in `Bowie, MD – Games`, its state."""
    while (first := _POSTNOMINAL.match(text)) and _is_postnominal(first[0].rstrip(", -–—")):
        text = text[first.end() :]
    return text


def eastern_pairs(text: str) -> Iterator[tuple[str, str]]:
    """Name and title of `代表取締役 山田 太郎`, `홍길동 대표이사`."""
    if not text.isascii() and _EASTERN.search(text):
        for match in _EASTERN_BOTH.finditer(text):
            yield match[2].strip(), match[1]
            more = _KOREAN_MORE.match(text, match.end())
            while more:
                yield more[1], match[1]
                more = _KOREAN_MORE.match(text, more.end())
        if joined := _KOREAN_JOINED.fullmatch(text):
            yield joined[2], joined[1]
        if (whole := _KOREAN_BOTH.fullmatch(text)) and not _KOREAN_WORD.fullmatch(whole[1]):
            yield whole[1], whole[2]


def spaced(text: str) -> str:
    """A label of Chinese characters that spaces set to a table's width: `代 表 者`."""
    return "".join(text.split()) if _SPACED.fullmatch(text) else text


def eastern_name(text: str) -> str:
    """The name that a line is, or that stands before other scripts; "" where it is none or names a role."""
    text = _READING.sub("", text)
    found = _EASTERN_N.fullmatch(text) or _EASTERN_N.fullmatch(text.split()[0])
    return found[1] if found and not _EASTERN_T.search(text) and found[1] not in WORDS["eastern_labels"] else ""
