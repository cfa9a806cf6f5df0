"""Whether a text names a role."""

import json
import re
from pathlib import Path

WORDS = json.loads(Path(__file__).with_name("people.json").read_text(encoding="utf-8"))
LONG_TITLE, SHORT_TITLE = 110, 50  # characters
DEPARTMENTS = frozenset(WORDS["departments"])
_TITLES = frozenset(word for words in WORDS["titles"].values() for word in words.split())
_TITLE_ENDINGS = tuple(WORDS["title_endings"].split())
_NO_TITLE = frozenset(WORDS["no_title_words"].split())
_ORDINAL = re.compile(r"^[1-3]\.\s(?=\w)")
_HEADS = frozenset(
    "department group team global regional deputy co-head section division practice country area".split()
)
_OFFICE = re.compile(r"\bhead\s?(?:offices?|quarters?)\b", re.I)  # a place
_CHAIR = re.compile(r"^chair(?:$|\W+of\b|, )|\b(?:board|committee|vice|deputy|co)[ -]chair\b", re.I)  # no furniture
WORD = re.compile(r"[^\W\d_]+(?:['’.&-]+[^\W\d_]+)*\.?|&")
_QUOTED = re.compile(r"^\W{0,3}[\"“„«‟”»‘]|[\"”“»«’]\W{0,3}$")
_POSTAL_CODE = re.compile(r"\d{4}\s[A-Z]{2}(?!\w)")  # a Dutch one, no AD
_BY = frozenset("by von par por di door av af".split())  # before who wrote it
_PROSE = frozenset("a an by for from in is of since the was who with aus bei mit seit von depuis de desde da".split())
_GENDERED = re.compile(r"(?<=\w)[*:]in(?:nen)?(?!\w)")  # `Geschäftsführer*innen`
_NUMBER = re.compile(r"(?<![\w.,])(?!(?:19|20)\d\d(?!\d))[$€£]?\d")  # no year: of a headline, a list or a price
# Each part of a title may name a role: `Partner, Head of Tax`.
_PARTS = re.compile(r"[,;/|·•–—()&:+]|\s-\s|\s(?:and|und|et|y|e|en|och|og|i|of|de[lrs]?|du|da|di|do|van|d['’])\s", re.I)
_ABOUT = re.compile(  # what, behind a role
    r"\s(?:for|from|to|in(?!\schief)|at|on|with|für|bei|aus|von|pour|para|per|voor|bij|för|till|til|ds\.?|dla|pro|по)\s",
    re.I,
)
# Behind a role: since when, and a phone.
_SINCE = re.compile(r",?\s\(?(?:since|seit|depuis|desde|dal|sinds|sedan|siden)\s(?:\w{2,12}\s)?\d{4}\)?$", re.I)
_PHONE = re.compile(
    r"(?:[\s,;|·•–-]{1,3}(?:t|tel|tél|telefon|fon|ph|phone|m|mob|mobile?|mobil|col)\b[.:]?)?"
    r"[\s,;|·•–-]{1,3}\+?\(?(?!(?:19|20)\d\d\s?[-–])\d[\d\s()/.-]{5,24}$",
    re.I,
)
_AWARDED = re.compile(  # no role: a prize, and a rank among the companies that one works with
    r"\bof the (?:year|month|week)\b|^(?:gold|silver|bronze|platinum|certified|authori[sz]ed|premier|elite|preferred"
    r"|implementation|technology|solutions?|channel|strategic) partners?$",
    re.I,
)
MOST_WORDS = 6  # of such a part, without what may stand before any rank
_BEFORE_RANK = frozenset(
    "senior junior vice executive deputy assistant associate general managing global regional corporate".split()
)
_NOT_FIRST = frozenset(  # with another word behind it each is no role: `Member area`, `Partner links`
    "member members partner partners lead host agent hr editor fellow associate executive staff".split()
)
_TRADES = frozenset({("agent", "immobilier"), ("agent", "immobilière")})


def title(text: str) -> bool:
    """Whether a text names a role: `Head of People`, `Vertriebsleiterin`, `2. Vorsitzender`."""
    text = without_details(_ORDINAL.sub("", text).partition(" @ ")[0])
    if text in ("AD", "MD"):  # amministratore delegato, managing director; elsewhere a degree or a state
        return True
    if text.endswith(".") and len(text) <= SHORT_TITLE:
        said = [word.strip(",.") for word in text.lower().split()]
        if is_title_word(said[0]) and _PROSE.isdisjoint(said):
            text = text[:-1]  # `Founder, editor.`, but not `Engineer by trade.`
    if (
        not 2 <= len(text) <= LONG_TITLE
        or text[-1] in ".!?…"
        or "@" in text
        or "_" in text
        or not (text[0].isalpha() or text[0] == "(")
    ):
        return False
    words = WORD.findall(_OFFICE.sub(" ", text.lower()))
    if not 1 <= len(words) <= 14 or quoted(text) or "://" in text or _NO_TITLE & {*text.split()[:1], *words}:
        return False
    if words[0] in _BY or words[0] in ("a", "an") or words == ["lead"] or _AWARDED.search(text):
        return False
    titles = {word.rstrip(".") for word in words if is_title_word(word.rstrip("."))}
    if not titles or _POSTAL_CODE.search(text) or _NUMBER.search(text):
        return False
    if titles == {"chair"}:
        return _CHAIR.search(text) is not None
    parts = _PARTS.split(_GENDERED.sub("", text))
    return (words[-1] != "head" or words[0] in _HEADS) and any(map(_is_role, parts))


def without_details(role: str) -> str:
    return _SINCE.sub("", _PHONE.sub("", role)) if role[-1:].isdigit() or role[-1:] == ")" else role


def bare(text: str) -> str:
    """A title without since when, where and, behind a dot, in which place."""
    head, dot, rest = without_details(text.partition(" @ ")[0]).partition(" · ")
    role = (head if dot and title(head) and not title(rest) else head + dot + rest).strip().removesuffix(".")
    return role if role.count("(") == role.count(")") and role[:1] != "(" else role.strip(" ()")


def _is_role(part: str) -> bool:
    """Whether a rank is what the words are about: `Sales Manager`, `Manager Sales`, but not `Digital Leader Award`."""
    words = [word.rstrip(".") for word in WORD.findall(_ABOUT.split(_OFFICE.sub(" ", part), maxsplit=1)[0])]
    while len(words) > 1 and words[0].lower() in _BEFORE_RANK and not is_title_word(words[-1].lower()):
        words = words[1:]
    if not 1 <= len(words) <= MOST_WORDS:
        return False
    first, last = words[0].lower(), words[-1].lower()
    if len(words) > 1 and (words[-1].isupper() or last in DEPARTMENTS) and is_title_word(words[-2].lower()):
        return True  # `Sales Manager EMEA`
    return is_title_word(last) or (is_title_word(first) and first not in _NOT_FIRST) or (first, last) in _TRADES


def is_title_word(word: str) -> bool:
    if word in _TITLES or (len(word) > 7 and word.endswith(_TITLE_ENDINGS)):
        return True
    return any(part in _TITLES for part in word.split("-")) if "-" in word else False


def quoted(text: str) -> int:
    """At how many ends of the text a quotation begins or ends."""
    return len(_QUOTED.findall(text))
